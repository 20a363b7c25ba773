"""The folder that results go to: whether it can be written, locked and trusted, and whether there is room."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ...errors import AlienBioError
from ...store import replace_file
from ...store.disk import locked
from .symptom import Symptom

NETWORK = frozenset(
    (
        *(
            "9p",
            "afs",
            "cifs",
            "davfs",
            "glusterfs",
            "ncpfs",
            "nfs",
            "nfs4",
            "smb",
            "smb2",
            "smb3",
            "smbfs",
            "vboxsf",
            "virtiofs",
        ),
        *("fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "osxfuse", "webdav"),
    )
)
"""File systems that other machines serve: locks may hold for this machine only, or not at all."""
CLUSTER = frozenset(("beegfs", "ceph", "fuse.ceph", "gpfs", "lustre", "orangefs", "pvfs2"))
"""Those of clusters: locks hold where they were switched on."""
LEAST_BYTES, FEW_BYTES = 200 * 2**20, 2 * 2**30
LEAST_INODES = 10_000

_LOCKS = "SQLite and file locks are not safe there: the index, limits that workers share, and two sessions at once may go wrong"


def file_system(path: Path, mounts: str) -> tuple[str, str]:
    """Type and place of the file system under `path`; ('', '') if it is not told. `mounts`: /proc/self/mountinfo, or `mount`.

    The last line of the longest place that is above `path` counts: later ones lie over earlier ones.
    """
    found = ("", "")
    for line in mounts.splitlines():
        words = line.split(" ")
        if " - " in line and len(words) > 6:
            place, kind = words[4].encode().decode("unicode_escape"), line.partition(" - ")[2].split(" ")[0]
        elif " on " in line and line.endswith(")"):
            place, _, about = line.partition(" on ")[2].rpartition(" (")
            kind = about.partition(",")[0].rstrip(")")
        else:
            continue
        if path.is_relative_to(place) and len(place) >= len(found[1]):
            found = kind, place
    return found


def of_file_system(path: Path, mounts: str) -> Iterator[Symptom]:
    """What the file system under the data root is."""
    kind, place = file_system(path, mounts)
    todo = "put results on a local disk: --bio-data, ALIENBIO_DATA or `data:` in bio.yaml; copy them when they are done"
    if kind in NETWORK:
        yield Symptom(
            "file system", f"{path} is on a network file system ({kind}, mounted at {place})", _LOCKS, todo, grave=True
        )
    elif kind in CLUSTER:
        why = f"{_LOCKS}, unless it is mounted with locks (flock) on every machine"
        yield Symptom("file system", f"{path} is on a cluster's file system ({kind}, mounted at {place})", why, todo)


def of_room(path: Path) -> Iterator[Symptom]:
    """Free space and files."""
    about = os.statvfs(path)
    free, total = about.f_bavail * about.f_frsize, about.f_blocks * about.f_frsize
    todo = "make room, or put results elsewhere: --bio-data; old traces take the most (`bio results`, `bio share`)"
    if free < FEW_BYTES:
        what = f"{free / 2**20:,.0f} MiB of {total / 2**20:,.0f} are free at {path}"
        why = "a run on a full disk stops; what was finished is kept"
        yield Symptom("disk", what, why, todo, grave=free < LEAST_BYTES)
    if about.f_files and about.f_favail < LEAST_INODES:
        what = f"{about.f_favail:,} more files can be made at {path}"
        yield Symptom(
            "disk", what, "each trace and each world in the cache is a file", f"{todo}; run.trace_files: packed", grave=True
        )


def of_writing(path: Path) -> Iterator[Symptom]:
    """Does there what a run does, in a folder that is gone afterwards: whole files, locks, SQLite with a log beside it."""
    try:
        with tempfile.TemporaryDirectory(prefix=".bio-doctor-", dir=path) as name:
            folder = Path(name)
            replace_file(folder / "file", [b"written"])
            with locked(folder / "lock", timeout_s=5.0):
                os.link(folder / "file", folder / "other")
            with closing(sqlite3.connect(folder / "database")) as file:
                mode = file.execute("PRAGMA journal_mode = WAL").fetchone()[0]
                file.execute("CREATE TABLE one (two)")
                file.commit()
            if str(mode).lower() != "wal":
                yield Symptom(
                    "writing", f"SQLite cannot keep a write-ahead log at {path}", _LOCKS, "use a local disk", grave=True
                )
    except (OSError, AlienBioError, sqlite3.Error) as error:
        todo = "give the folder to yourself (chmod, chown), or name another: --bio-data, ALIENBIO_DATA"
        yield Symptom("writing", f"{path} cannot be used: {error}", "no result could be recorded", todo, grave=True)


def of_place(root: Path) -> Iterator[Symptom]:
    """All of it, for the data root, or for the nearest folder above it if that is still to be made."""
    place = root
    while not place.exists() and place != place.parent:
        place = place.parent
    place = place.resolve()
    yield from of_file_system(place, _mounts())
    yield from of_room(place)
    yield from of_writing(place)


def _mounts() -> str:
    """What is mounted where, as the system tells; '' if it does not."""
    try:
        if sys.platform == "darwin":
            return subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5.0, check=True).stdout
        return Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except (OSError, subprocess.SubprocessError):
        return ""
