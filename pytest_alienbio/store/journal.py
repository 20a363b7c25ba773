"""Append-only journals: one line a finished cell, one writer a file. What `append` returned from survives a SIGKILL."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import StoreError
from ..model import Result
from . import codec
from .disk import OwnFile, lines, store_error
from .layout import ARTIFACTS, journal_path, journals, safe_name, writer_name


class Journal:
    """The results of one writer, in `cells/<run_id>-<worker>.jsonl`: made with the first result, never reopened."""

    def __init__(self, dat_path: Path, run_id: str, worker: str) -> None:
        self.run_id, self.worker = run_id, worker
        self._file = OwnFile(journal_path(Path(dat_path), run_id, worker))

    @property
    def path(self) -> Path:
        """Where it is, or will be."""
        return self._file.path

    def append(self, result: Result) -> None:
        """Writes one whole line; when it returns the line is with the operating system. Thread-safe.

        A result without `run` or `worker` gets this journal's. Raises `ValueError` (see `codec.encode`) and
        `StoreError` (disk full, file taken by another writer); in both cases nothing of the line is in the file.
        """
        if not result.run or not result.worker:
            result = result.with_(run=result.run or self.run_id, worker=result.worker or self.worker)
        self._file.append(codec.sealed(codec.encode(result)) + b"\n")

    def close(self) -> None:
        """Closes the file. Appending afterwards is a `StoreError`."""
        self._file.close()


def journal_of(dat_path: Path, run_id: str, worker: str) -> Iterator[Result]:
    """Every result one writer recorded, in order, superseded ones too; damaged lines are left out. Nothing if it has none."""
    path = journal_path(Path(dat_path), run_id, worker)
    if not path.is_file():
        return
    for _, _, raw in lines(path):
        with suppress(ValueError):
            yield codec.decode(raw, dat_path=str(dat_path))


def records_of(dat_path: Path, run_id: str, cell_id: str) -> Iterator[Result]:
    """Every record of one cell in one run, by whichever writer, in no order; damaged lines are left out."""
    wanted, start = json.dumps(cell_id).encode(), writer_name(run_id, "")
    for path in journals(Path(dat_path)):
        if path.name.startswith(start):
            for _, _, raw in lines(path):
                if wanted in raw:
                    with suppress(ValueError):
                        if (result := codec.decode(raw, dat_path=str(dat_path))).id == cell_id:
                            yield result


def add_artifact(dat_path: Path, name: str, path: Path) -> Path:
    """Copies the file `path` to `artifacts/<name>/<file name>`, never over another one (`-2`, `-3`, ...); gives its place.

    Raises `StoreError` if `path` is no file or the copy fails.
    """
    if not Path(path).is_file():
        raise StoreError(f"cannot keep {path}: it is not a file")
    folder = Path(dat_path) / ARTIFACTS / safe_name(name)
    wanted = safe_name(Path(path).name)
    stem, suffix = os.path.splitext(wanted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            target = folder / (wanted if number == 1 else f"{stem}-{number}{suffix}")
            with suppress(FileExistsError), target.open("xb") as out:
                try:
                    with Path(path).open("rb") as source:
                        shutil.copyfileobj(source, out)
                except BaseException:
                    target.unlink(missing_ok=True)
                    raise
                return target
            number += 1
    except OSError as error:
        raise store_error("keep", Path(path), error) from error
