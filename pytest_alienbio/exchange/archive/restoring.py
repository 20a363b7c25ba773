"""`bio import file.zip`: an archive becomes a DAT again, whole and checked, or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import StoreError
from ...store import codec, dat, layout, log
from ...store.disk import locked, store_error
from .entries import checked, opened
from .limits import Limits
from .manifest import DAT, MANIFEST, README, Manifest

IMPORTED = "imported"
"""The event in its log; and the folder below the data root for a DAT whose own place cannot be used."""

MAX_COPIES = 999
MAX_MANIFEST = 64 * 2**20
_CHUNK = 2**20
_HIDDEN = ".bio-import."
"""How the folder is called in which an archive is unpacked until all of it is known to be sound."""
_LEFT_S = 24 * 3600
"""Age from which such a folder was left by an import that was killed."""
_STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the DAT of an archive is now."""

    path: Path
    manifest: Manifest
    new: bool
    """False: the same content was there already, and nothing was written."""


def restore(path: Path, root: Path, *, limits: Limits = _STANDARD, author: str = "", check_only: bool = False) -> Restored:
    """Unpacks the archive at `path` to where its DAT lay, below the data root `root`.

    What is there is never written to: if it is the same, nothing happens, else the new one's name gets a `_002`, `_003`,
    ... Its log then says who imported it, from which file. `check_only` checks all of it, and leaves nothing. Raises
    `StoreError` for anything that is not as its manifest says, is larger than `limits`, or would be written elsewhere; then
    nothing is left.
    """
    with opened(path, limits) as archive:
        files = checked(archive, limits, str(path))
        manifest = _manifest(archive, files, path)
        _compare(files, manifest, path)
        place = _place(manifest.dat)
        if check_only:
            for name, entry in manifest.files.items():
                _take(archive, files[f"{DAT}/{name}"], entry.sha256, None, path)
            return Restored(root / place, manifest, new=True)
        try:
            root.mkdir(parents=True, exist_ok=True)
            root = root.resolve(strict=True)
            _sweep(root)
            folder = root / f"{_HIDDEN}{secrets.token_hex(8)}"
            folder.mkdir()
        except (OSError, RuntimeError) as error:
            cause = error if isinstance(error, OSError) else OSError(str(error))
            raise store_error("import into", root, cause, "the data root must be a folder (--data)") from error
        try:
            for name, entry in manifest.files.items():
                _take(archive, files[f"{DAT}/{name}"], entry.sha256, folder / name, path)
            _sound(folder, path)
            with locked(root / layout.CLAIMS_LOCK):
                return _settle(folder, root, place, manifest, path, author)
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise store_error("import into", root, error) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _manifest(archive: zipfile.ZipFile, files: Mapping[str, zipfile.ZipInfo], path: Path) -> Manifest:
    info = files.get(MANIFEST)
    if info is None:
        raise StoreError(f"{path}: no {MANIFEST} in it: `bio share` did not write it, or somebody packed it anew")
    if info.file_size > MAX_MANIFEST:
        raise StoreError(f"{path}: {MANIFEST} is larger than {MAX_MANIFEST // 2**20} MiB")
    with archive.open(info) as source:
        return Manifest.decode(source.read(MAX_MANIFEST), str(path))


def _compare(files: Mapping[str, zipfile.ZipInfo], manifest: Manifest, path: Path) -> None:
    """Raises `StoreError` if there is more or less in the archive than its manifest says."""
    held = {name.removeprefix(f"{DAT}/") for name in files} - {README, MANIFEST}
    told = manifest.files.keys()
    if missing := sorted(told - held):
        raise StoreError(f"{path}: {missing[0][:200]!r} is missing, which {MANIFEST} lists ({len(missing)} files in all)")
    if more := sorted(held - told):
        raise StoreError(f"{path}: {more[0][:200]!r} is not in {MANIFEST} ({len(more)} files in all)")
    for name, entry in manifest.files.items():
        if entry.bytes != files[f"{DAT}/{name}"].file_size:
            raise StoreError(f"{path}: {name[:200]!r} is not as long as {MANIFEST} says")
    if layout.SPEC not in told:
        raise StoreError(f"{path}: no {DAT}/{layout.SPEC} in it: this is no result folder")


def _take(archive: zipfile.ZipFile, info: zipfile.ZipInfo, sha256: str, target: Path | None, path: Path) -> None:
    """Unpacks one file, to nowhere if `target` is None. Raises `StoreError` if it is not the one that the manifest means."""
    checksum, left = hashlib.sha256(), info.file_size
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(info) as source, open(target or os.devnull, "xb" if target else "wb") as out:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                checksum.update(chunk)
                out.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise StoreError(f"{path}: {info.filename[:200]!r} is damaged: {error}") from None
    if left or checksum.hexdigest() != sha256:
        raise StoreError(f"{path}: {info.filename[:200]!r} is not what {MANIFEST} says: damaged, or changed by somebody")


def _sound(folder: Path, path: Path) -> None:
    """Raises `StoreError` if what was unpacked cannot be read as a DAT."""
    try:
        for _ in dat.open(folder).results():
            break
    except StoreError as error:
        raise StoreError(str(error).replace(str(folder), f"{path}: {DAT}")) from None


def _place(told: str) -> PurePosixPath:
    """Where the DAT goes below the data root: where it was, or, if no path of ours says that, a place of its name."""
    parts = PurePosixPath(told).parts if not told.startswith("/") else ()
    if 0 < len(parts) <= 8 and all(part == layout.safe_name(part) for part in parts):
        return PurePosixPath(*parts)
    return PurePosixPath(IMPORTED, layout.safe_name(parts[-1] if parts else "dat"))


def _settle(folder: Path, root: Path, place: PurePosixPath, manifest: Manifest, path: Path, author: str) -> Restored:
    """Moves what was unpacked to its place, or finds it there. The caller holds the lock of the data root."""
    around = [root / parent for parent in list(place.parents)[:-1]]
    if any(each.is_symlink() or layout.is_dat(each) or layout.is_aggregate(each) for each in around):
        place = PurePosixPath(IMPORTED, place.name)
    for number in range(1, MAX_COPIES + 1):
        target = root / (place if number == 1 else place.with_name(f"{place.name}_{number:03d}"))
        if os.path.lexists(target):
            if _is_same(target, folder, manifest):
                return Restored(target, manifest, new=False)
            continue
        with path.open("rb") as source:
            checksum = hashlib.file_digest(source, "sha256").hexdigest()
        began = _began(folder)
        log.append(folder, IMPORTED, {"file": path.name, "sha256": checksum, "dat": manifest.dat}, author=author)
        with suppress(OSError):
            (folder / layout.LOCK).unlink()
        if began:  # or an old run would be taken for the latest of its battery
            os.utime(folder / layout.SPEC, (began, began))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(folder, target)
        return Restored(target, manifest, new=True)
    raise StoreError(f"cannot import {path}: {root / place} and {MAX_COPIES - 1} copies of it are taken")


def _sweep(root: Path) -> None:
    """Removes what imports that were killed left, a day later."""
    for left in root.glob(f"{_HIDDEN}*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _LEFT_S:
                shutil.rmtree(left)


def _is_same(target: Path, folder: Path, manifest: Manifest) -> bool:
    """Whether everything in the archive is in the DAT at `target`, too; of its log every line."""
    if not layout.is_dat(target):
        return False
    for name, entry in manifest.files.items():
        there = target / name
        try:
            if there.is_symlink() or not there.is_file():
                return False
            if name == layout.LOG:
                known = set(there.read_bytes().splitlines())
                if not known.issuperset((folder / name).read_bytes().splitlines()):
                    return False
                continue
            if there.stat().st_size != entry.bytes:
                return False
            with there.open("rb") as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != entry.sha256:
                    return False
        except OSError:
            return False
    return True


def _began(folder: Path) -> float:
    """When the run was created, as its log says; 0 if it does not, or says a time to come."""
    first = next(iter(log.read(folder)), {})
    try:
        began = codec.seconds(first.get("at"))
    except ValueError:
        return 0.0
    return began if 0 < began <= codec.seconds(codec.now_text()) else 0.0
