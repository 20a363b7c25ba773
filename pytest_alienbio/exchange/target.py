"""Where an export goes: a file or folder that appears when it is complete, and never replaces another one unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from ..errors import AlienBioError, SpecError
from ..store.disk import store_error
from ..store.layout import is_dat


@contextmanager
def new_file(path: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file to write, which becomes `path` if the block ends well and is gone if not. Raises `SpecError`, `StoreError`."""
    _refuse(path, force, folder=False)
    made = ""
    try:
        handle, made = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".tmp", dir=path.parent)
        with open(handle, "w+b") as out:
            yield out
        os.chmod(made, 0o666 & ~_umask())
        if force:
            os.replace(made, path)
        else:
            _place(made, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        if isinstance(error, AlienBioError):
            raise
        raise store_error("write", path, error) from error
    finally:
        if made:
            with suppress(OSError):
                os.unlink(made)


@contextmanager
def new_folder(path: Path, *, force: bool = False, in_place: bool = False, holds: Sequence[str] = ("*",)) -> Iterator[Path]:
    """An empty folder to fill, which becomes `path` if the block ends well and is gone if not.

    With `force` a folder that is there is replaced, if all in it has a name that fits one of `holds`: what an earlier
    export wrote. `in_place`: it is `path` from the start. What was there before comes back if it cannot be replaced.
    """
    _refuse(path, force, folder=True, holds=holds)
    made = old = ""
    try:
        if in_place:
            yield from _filled_in_place(path)
            return
        made = tempfile.mkdtemp(prefix=f".{path.name[:80]}.", suffix=".tmp", dir=path.parent)
        yield Path(made)
        os.chmod(made, 0o777 & ~_umask())
        if force and path.is_dir():
            old = tempfile.mkdtemp(prefix=f".{path.name[:80]}.", suffix=".old", dir=path.parent)
            os.rename(path, Path(old, "replaced"))
        try:
            os.rename(made, path)
        except OSError:
            if old:
                os.rename(Path(old, "replaced"), path)
            raise
    except OSError as error:
        if isinstance(error, AlienBioError):
            raise
        raise store_error("write", path, error) from error
    finally:
        for leftover in filter(None, (made, old)):
            shutil.rmtree(leftover, ignore_errors=True)


def _place(made: str, path: Path) -> None:
    """Gives a finished file its name. Unlike replacing, a link fails if somebody made a file of that name in the meantime."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(made, path)


def _filled_in_place(path: Path) -> Iterator[Path]:
    old = ""
    if path.is_dir():
        old = tempfile.mkdtemp(prefix=f".{path.name[:80]}.", suffix=".old", dir=path.parent)
        os.rename(path, Path(old, "replaced"))
    try:
        path.mkdir()
        yield path
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        if old:
            os.rename(Path(old, "replaced"), path)
        raise
    finally:
        if old:
            shutil.rmtree(old, ignore_errors=True)


def _refuse(path: Path, force: bool, *, folder: bool, holds: Sequence[str] = ()) -> None:
    if not path.name:
        raise SpecError(f"{str(path)!r} names no file to write")
    if not path.absolute().parent.is_dir():
        raise SpecError(f"{path}: there is no folder {path.parent}; make it first")
    if os.path.lexists(path):
        if not force:
            raise _taken(path)
        if path.is_symlink() or (path.is_dir() if not folder else not path.is_dir()):
            kind = "a link" if path.is_symlink() else "no folder" if folder else "no file"
            raise SpecError(f"{path}: this is {kind}; it is not replaced")
        if dat := next((each for each in path.resolve().parents if is_dat(each)), None):
            raise SpecError(f"{path}: this is a part of the result folder {dat}; it is not replaced")
        if folder and (other := next((name for name in sorted(os.listdir(path)) if not _fits(name, holds)), "")):
            what = f"there is {other!r} in it, which this export does not write"
            raise SpecError(f"{path}: {what}; a folder is only replaced if nothing else is in it")


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _taken(path: Path) -> SpecError:
    return SpecError(f"{path}: this exists already and is not overwritten; name another, or say --force")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
