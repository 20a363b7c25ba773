"""Data on disk against their manifest: checksums, and what was changed, is missing or is there too much.

Data are regular files, also through links that stay inside the base folder (the manifest's, or the project's).
"""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import AlienBioError, Complaint
from ..model import DataManifest, DataSource, Mismatch, folder_checksum, storable
from ..model.manifest import ALGORITHM, is_data, path_problem

MOST_NAMED = 5
"""Files that a complaint names."""

POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_BYTES = 1024
_POINTS = ("is a Git LFS pointer, not the data", "are Git LFS pointers, not the data")
_PULL = "fetch the data with `git lfs pull`"


class DataError(AlienBioError, ValueError):
    """Raised for data that cannot be read safely; says which path and why."""

    def __init__(self, path: str, why: str, hint: str = "") -> None:
        self.path, self.why, self.hint = storable(path), why, hint
        super().__init__(": ".join(filter(None, (self.path, why))) + (f"; {hint}" if hint else ""))


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a source's path now."""

    checksum: str
    files: Mapping[str, str] | None
    """Of a folder: each file's path below it -> its checksum; None for a file."""
    pointers: Mapping[str, str]
    """Git LFS pointers among the files (a file itself is ''): path -> checksum of the data each stands for, '' if it lacks."""


def locate(path: str, bases: Sequence[Path]) -> tuple[Path, Path] | None:
    """The first of `bases` below which `path` exists, and where; None if it is below none. Never leads out of a base."""
    for base in bases:
        place = base / path
        if os.path.lexists(place):
            _stay_inside(place, base, "")
            return base, place
    return None


def examine(place: Path, base: Path) -> Found:
    """The checksums of the file or folder at `place`, which lies below `base`. Raises `DataError`."""
    _stay_inside(place, base, "")
    mode = _mode(place, "")
    pointers: dict[str, str] = {}
    if stat.S_ISREG(mode):
        return Found(_checksum(place, "", pointers), None, pointers)
    if not stat.S_ISDIR(mode):
        raise DataError("", "this is no file and no folder but a device, a pipe or a socket")
    files = {name: _checksum(file, name, pointers) for name, file in _walk(place, base)}
    return Found(folder_checksum(files), files, pointers)


def verify(manifest: DataManifest, project: Path) -> tuple[Mismatch, ...]:
    """Everything in which the data differ from their manifest, by source and kind; () if nothing does.

    Paths are looked for below the manifest's folder, then below `project`. Reads all data once.
    """
    bases = bases_of(manifest, project)
    return tuple(mismatch for source in manifest.sources for mismatch in _differences(source, manifest.file, bases))


def bases_of(manifest: DataManifest, project: Path) -> tuple[Path, ...]:
    """The folders that a manifest's paths are relative to, in the order in which they are looked in."""
    return tuple(dict.fromkeys((Path(os.path.abspath(manifest.file)).parent, Path(os.path.abspath(project)))))


def _differences(source: DataSource, manifest: str, bases: Sequence[Path]) -> Iterator[Mismatch]:
    def mismatch(kind: str, what: str, hint: str, files: Iterable[str] = ()) -> Mismatch:
        complaint = Complaint(f"{source.path}: {what}", manifest, source.line, source.column, hint=hint)
        return Mismatch(kind, source.path, tuple(sorted(files)), complaint)

    try:
        where = locate(source.path, bases)
        if where is None:
            yield mismatch("missing", "there are no such data", f"looked in {' and '.join(map(str, bases))}")
            return
        found = examine(where[1], where[0])
    except DataError as error:
        yield mismatch("refused", ": ".join(filter(None, (error.path, error.why))), error.hint, filter(None, [error.path]))
        return
    here = os.path.relpath(manifest)
    place = shlex.quote(manifest if here.startswith(os.pardir) else here)
    hint = f"put the data back, or accept them with `bio manifest write --manifest {place}`"
    if source.is_folder not in (None, found.files is not None):
        what = "this is a file, not a folder" if source.is_folder else "this is a folder, not a file"
        yield mismatch("changed", what, hint)
        return
    if found.pointers:
        yield mismatch("pointer", *_pointing(source, found), filter(None, found.pointers))
    if found.checksum == source.checksum or (found.pointers and source.files is None):
        return  # of pointers nobody can tell what else differs
    if found.files is None or source.files is None:
        yield mismatch("changed", _unlike(source, found), _untold(found, hint))
        return
    both = source.files.keys() & found.files.keys() - found.pointers.keys()
    for kind, names, said in (
        ("changed", {name for name in both if source.files[name] != found.files[name]}, ("was changed", "were changed")),
        ("missing", source.files.keys() - found.files.keys(), ("is missing", "are missing")),
        ("extra", found.files.keys() - source.files.keys(), ("is not in the manifest", "are not in the manifest")),
    ):
        if names:
            yield mismatch(kind, _listing(names, said), hint, names)
            hint = ""  # once is enough


def _pointing(source: DataSource, found: Found) -> tuple[str, str]:
    """What is said of Git LFS pointers, and what helps."""
    expected = {"": source.checksum, **(source.files or {})}
    others = any(oid and expected.get(name, oid) != oid for name, oid in found.pointers.items())
    hint = _PULL + ("; what the pointers stand for is not what the manifest has, either" if others else "")
    return _listing(found.pointers, _POINTS) if found.files is not None else f"this {_POINTS[0]}", hint


def _unlike(source: DataSource, found: Found) -> str:
    if found.files is None:
        return f"the file was changed: its checksum is {found.checksum}, the manifest has {source.checksum}"
    held = f"{len(found.files):,} file" + ("" if len(found.files) == 1 else "s")
    return f"the folder was changed: with its {held} it has the checksum {found.checksum}, the manifest has {source.checksum}"


def _untold(found: Found, accept: str) -> str:
    if found.files is None:
        return accept
    return f"{accept}; a manifest with `files`, as that writes it, lets say which file it was"


def _listing(names: Iterable[str], said: tuple[str, str]) -> str:
    listed = sorted(names)
    shown = ", ".join(listed[:MOST_NAMED])
    more = f" and {len(listed) - MOST_NAMED:,} more" if len(listed) > MOST_NAMED else ""
    return f"1 file {said[0]}: {shown}" if len(listed) == 1 else f"{len(listed):,} files {said[1]}: {shown}{more}"


def _walk(folder: Path, base: Path) -> Iterator[tuple[str, Path]]:
    """Every file of data below `folder`, with its path below it. Raises `DataError`."""
    pending: list[tuple[str, Path, frozenset[tuple[int, int]]]] = [("", folder, frozenset())]
    while pending:
        prefix, place, above = pending.pop()
        try:
            about, entries = os.stat(place), sorted(os.listdir(place))
        except OSError as error:
            raise DataError(prefix.rstrip("/"), f"cannot be listed: {error.strerror}") from error
        here = (about.st_dev, about.st_ino)
        if here in above:
            raise DataError(prefix.rstrip("/"), "this link leads back into a folder that it lies in", "remove the link")
        for entry in entries:
            if not is_data(entry):
                continue
            name, inner = prefix + entry, place / entry
            if problem := path_problem(entry):
                raise DataError(name, f"this cannot stand in a manifest: {problem}", "rename it")
            if inner.is_symlink():
                _stay_inside(inner, base, name)
            mode = _mode(inner, name)
            if stat.S_ISDIR(mode):
                pending.append((name + "/", inner, above | {here}))
            elif stat.S_ISREG(mode):
                yield name, inner
            else:
                raise DataError(name, "this is a device, a pipe or a socket", "remove it from the data")


def _stay_inside(place: Path, base: Path, name: str) -> None:
    real = os.path.realpath(place)
    if not Path(real).is_relative_to(os.path.realpath(base)):
        raise DataError(name, f"this leads out of {base}, to {real}", "copy the data into the project")


def _mode(place: Path, name: str) -> int:
    try:
        return os.stat(place).st_mode
    except OSError as error:
        broken = "this link leads to nothing" if os.path.islink(place) else f"cannot be read: {error.strerror}"
        raise DataError(name, broken) from error


def _checksum(file: Path, name: str, pointers: dict[str, str]) -> str:
    """The checksum of a file's content; a Git LFS pointer is also noted in `pointers`."""
    try:
        with file.open("rb") as content:
            start = content.read(_POINTER_BYTES)
            if start.startswith(POINTER) and len(start) < _POINTER_BYTES:
                lines = (line for line in start.decode("ascii", "replace").splitlines() if line.startswith("oid sha256:"))
                pointers[name] = next(lines, "").removeprefix("oid ")
            content.seek(0)
            return f"{ALGORITHM}:{hashlib.file_digest(content, ALGORITHM).hexdigest()}"
    except OSError as error:
        raise DataError(name, f"cannot be read: {error.strerror}") from error
