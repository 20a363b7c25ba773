"""Who gets which folder below the data root: numbers claimed one by one, the same one again for the same run."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from ..errors import SpecError, StoreError
from ..model import Json, digest
from . import template as templates
from .disk import locked, replace_file, store_error
from .layout import CLAIMS, CLAIMS_LOCK, is_dat

MAX_CLAIMS = 256
"""Latest claims remembered. A run claims within moments of its start, so older ones are never asked for again."""

MAX_SEQ = 99_999


def claim_folder(
    root: Path,
    template: str,
    *,
    run_id: str,
    fields: Mapping[str, str],
    fill: Callable[[Path], None],
) -> Path:
    """The folder of `run_id` under this template: made and filled now, or the one it already has. Safe between processes.

    `fill` writes what makes it a DAT. Raises `SpecError` for a bad template, `StoreError` for a data root that cannot
    be used and for a path that would lead out of it.
    """
    _check_template(template)
    root = _ready(root)
    key = digest({"run": run_id, "template": template, "fields": dict(fields)})
    with locked(root / CLAIMS_LOCK):
        claims = _read(root)
        known = claims.get(key)
        if known is not None and is_dat(folder := inside(root, root / known)):
            return folder
        folder = _make(root, template, fields)
        fill(folder)
        claims.pop(key, None)
        claims[key] = folder.relative_to(root).as_posix()
        _write(root, claims)
        return folder


def check_root(root: Path, template: str) -> None:
    """Raises what `claim_folder` would, as far as that can be told without making anything: nothing is written."""
    _check_template(template)
    hint = "the data root must be a folder (--bio-data, ALIENBIO_DATA)"
    place = root.absolute()
    while not os.path.lexists(place):
        place = place.parent
    if not place.is_dir():
        raise store_error("use", root, NotADirectoryError(errno.ENOTDIR, f"{place} is no folder"), hint)
    if not os.access(place, os.W_OK | os.X_OK):
        raise store_error("use", root, PermissionError(errno.EACCES, f"{place} cannot be written"), hint)


def _check_template(template: str) -> None:
    if wrong := templates.check(template):
        raise SpecError("\n".join(f"output_path {template!r}: {text}" for text in wrong))


def forget(root: Path, folder: Path) -> None:
    """Forgets who claimed `folder`. The caller holds the lock of the data root."""
    claims = _read(root)
    left = {key: path for key, path in claims.items() if root / path != folder}
    if len(left) < len(claims):
        _write(root, left)


def _ready(root: Path) -> Path:
    try:
        root.mkdir(parents=True, exist_ok=True)
        return root.resolve(strict=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise store_error("use", root, error, "the data root must be a folder (--bio-data, ALIENBIO_DATA)") from error
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise store_error("create the data root", root, cause, "choose another by --bio-data or ALIENBIO_DATA") from error


def _make(root: Path, template: str, fields: Mapping[str, str]) -> Path:
    today = date.today()
    start = 1
    while start <= MAX_SEQ:
        folder = inside(root, root / templates.expand(template, fields, today=today, seq=start))
        try:
            for parent in reversed(folder.relative_to(root).parents[:-1]):
                if is_dat(root / parent):
                    raise StoreError(f"cannot create {folder}: {root / parent} is itself a result folder; change output_path")
                (root / parent).mkdir(exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError as error:
            if not folder.parent.is_dir():
                raise store_error("create", folder, error, "a file stands where a folder should be") from error
            if not folder.is_dir() and "{seq}" not in template:
                raise store_error("create", folder, error, "it is a file") from error
            start += 1
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise store_error("create", folder, error) from error
    raise StoreError(f"cannot create a folder for {template!r} in {root}: {MAX_SEQ} are taken")


def inside(root: Path, folder: Path) -> Path:
    """`folder` if following every link it still lies below `root` and is not `root` itself."""
    try:
        resolved = folder.resolve()
    except (OSError, RuntimeError) as error:
        raise StoreError(f"cannot use {folder}: {error}") from error
    if resolved == root or not resolved.is_relative_to(root):
        raise StoreError(f"cannot use {folder}: it leads out of the data root {root} (to {resolved})")
    return folder


def _read(root: Path) -> dict[str, str]:
    try:
        value: Json = json.loads((root / CLAIMS).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        # Only a memory of who has what: without it a run that claims twice would get a second folder, nothing worse.
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: path for key, path in value.items() if isinstance(path, str)}


def _write(root: Path, claims: dict[str, str]) -> None:
    kept = dict(list(claims.items())[-MAX_CLAIMS:])
    replace_file(root / CLAIMS, [json.dumps(kept, indent=0).encode(), b"\n"])
