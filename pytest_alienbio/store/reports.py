"""What a run's reports are kept as in its DAT."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .disk import locked, replace_file, store_error
from .layout import LOCK, REPORTS


def write_reports(dat_path: Path, files: Mapping[str, str | bytes]) -> None:
    """Writes `files` (text or bytes by name) below `reports/`, each all or nothing, under the DAT's lock; none makes no folder.

    Raises `StoreError`.
    """
    if not files:
        return
    folder = dat_path / REPORTS
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise store_error("make", folder, error) from error
    with locked(dat_path / LOCK):
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
            replace_file(folder / name, [raw])
