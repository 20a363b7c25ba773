"""`bio share`: a DAT as one zip, the same bytes for the same DAT."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ...errors import StoreError
from ...store import battery_of, dat, log
from ...store.disk import store_error
from ..target import new_file
from .manifest import DAT, MANIFEST, README, Entry, Manifest
from .screen import Screen
from .staging import ALL, FAILED, NONE, Staged, stage

_WHEN = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_PACKED = (".zst", ".gz", ".zip", ".png", ".jpg", ".jpeg", ".parquet", ".xlsx")
"""What zip would not make smaller."""
_CHUNK = 2**20

_README = """\
This is a result folder (DAT) of pytest-alienbio, packed by `bio share`.

  dat            {name}
  battery        {battery}
  state          {state}
  traces         {traces}

To take it into a project, checked against manifest.json, below its data root:

  pip install pytest-alienbio
  bio import THIS.zip

Or unpack it by hand: dat/ is the folder itself. dat/results.yaml and dat/summary.csv are made to be read;
dat/cells/*.jsonl is what they are made from; dat/_spec_.yaml plays the same cells again.
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """An archive that was written."""

    path: Path
    files: int
    """Of the DAT."""
    bytes: int
    """Of the archive."""
    sha256: str
    traces_kept: int
    traces_left_out: int
    state: str
    """`closed`, or `open`: it was running, or its run never ended."""
    hidden: int
    homes: Mapping[str, int] = field(default_factory=dict)
    """File -> how often it names somebody's home folder."""
    notes: tuple[str, ...] = ()
    """What is not in it as it is in the DAT, in words."""


def share(
    dat_path: Path,
    out: Path,
    *,
    root: Path,
    traces: str | Collection[str] = ALL,
    redact: bool = False,
    force: bool = False,
    author: str = "",
) -> Shared:
    """Writes the DAT at `dat_path`, below the data root `root`, to the new file `out`, and `shared` into its log;
    where that cannot be written, a note says so.

    `traces`: `all`, `failed`, `none`, or ids. Nothing is written, and `SpecError` names each place, if something in it
    looks like a secret; `redact` writes that hidden. Raises `StoreError` for what cannot be read or written.
    """
    opened = dat.open(dat_path)
    screen = Screen(hide=redact)
    with new_file(out, force=force) as file:
        try:
            folder = Path(tempfile.mkdtemp(prefix=f".{out.name[:80]}.", suffix=".tmp", dir=out.absolute().parent))
        except OSError as error:
            raise store_error("write beside", out, error) from error
        try:
            staged = stage(opened.path, folder, screen, traces)
            screen.refuse()
            manifest = _manifest(opened, root, staged, screen, traces)
            _write(file, folder, manifest)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        size = file.tell()
        file.flush()
        file.seek(0)
        checksum = _sha256(file)
    notes = list(staged.notes)
    try:
        log.append(opened.path, "shared", {"file": out.name, "sha256": checksum, "traces": manifest.traces}, author=author)
    except StoreError as error:  # a disk that is read-only: the archive is whole
        notes.append(f"its log does not say that it was shared: {error}")
    return Shared(
        path=out,
        files=len(manifest.files),
        bytes=size,
        sha256=checksum,
        traces_kept=staged.traces_kept,
        traces_left_out=staged.traces_left_out,
        state=manifest.state,
        hidden=screen.hidden,
        homes=dict(sorted(screen.homes.items())),
        notes=tuple(notes),
    )


def _manifest(opened: dat.Dat, root: Path, staged: Staged, screen: Screen, choice: str | Collection[str]) -> Manifest:
    path, base = opened.path.absolute(), root.absolute()
    files: dict[str, Entry] = {}
    for file in sorted(staged.folder.rglob("*")):
        name = file.relative_to(staged.folder)
        if file.is_file() and not any(part.startswith(".") for part in name.parts):
            with file.open("rb") as source:
                files[name.as_posix()] = Entry(file.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest())
    return Manifest(
        dat=(path.relative_to(base) if path.is_relative_to(base) else Path(path.name)).as_posix(),
        battery=battery_of(opened.path),
        state=str(opened.status().get("state")),
        traces=choice if isinstance(choice, str) and choice in (ALL, FAILED, NONE) else "chosen",
        traces_kept=staged.traces_kept,
        traces_left_out=staged.traces_left_out,
        hidden=screen.hidden,
        files=files,
    )


def _sha256(file: IO[bytes]) -> str:
    checksum = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        checksum.update(chunk)
    return checksum.hexdigest()


def _write(out: IO[bytes], folder: Path, manifest: Manifest) -> None:
    told = f"{manifest.traces} ({manifest.traces_kept} here, {manifest.traces_left_out} left out)"
    readme = _README.format(name=manifest.dat, battery=manifest.battery or "-", state=manifest.state, traces=told)
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in ((README, readme.encode()), (MANIFEST, manifest.encode())):
            archive.writestr(_info(name), text)
        for name, entry in sorted(manifest.files.items()):
            info = _info(f"{DAT}/{name}")
            info.file_size = entry.bytes
            with (folder / name).open("rb") as source, archive.open(info, "w") as target:
                shutil.copyfileobj(source, target, _CHUNK)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _WHEN)
    info.create_system = 3
    info.external_attr = _MODE
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    return info
