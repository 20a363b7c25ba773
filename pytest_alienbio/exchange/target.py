"""Where an export goes: a file or folder that appears when it is complete, and never replaces another one unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import AlienBioError, SpecError
from ..store.disk import store_error


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
def new_folder(path: Path, *, force: bool = False, in_place: bool = False) -> Iterator[Path]:
    """An empty folder to fill, which becomes `path` if the block ends well and is gone if not.

    With `force` a folder that is there is replaced, whatever is in it. `in_place`: it is `path` from the start, and what
    was there before comes back if the block fails.
    """
    _refuse(path, force, folder=True)
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
        os.rename(made, path)
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


def _refuse(path: Path, force: bool, *, folder: bool) -> None:
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


def _taken(path: Path) -> SpecError:
    return SpecError(f"{path}: this exists already and is not overwritten; name another, or say --force")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
