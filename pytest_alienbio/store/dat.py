"""A DAT: the one folder that holds a run. Claimed, opened, read, closed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import StoreError
from ..model import Json, Result
from . import claims, closing, codec, log, provenance, scan, traces, yamltext
from .disk import locked, replace_file, store_error
from .fields import complaints
from .layout import AT_CLAIM, AT_CLOSE, CHECKPOINTS, CLAIMS, CLAIMS_LOCK, ENVIRONMENT, FROZEN, RECORDS, SPEC, WORKING, is_dat


@dataclass(frozen=True, slots=True)
class Dat:
    """A result folder. Reading it is the same while it is being written, after it was closed, and after a crash."""

    path: Path
    _notes: dict[object, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The notes of the last scan, by what the journals looked like before it."""

    def spec(self) -> dict[str, Json]:
        """What `_spec_.yaml` holds. Raises `StoreError` if it is damaged or of a newer format version."""
        return _read_spec(self.path)

    def environment(self) -> dict[str, Json]:
        """What `environment.json` holds; {} if it is missing or damaged."""
        try:
            value = json.loads((self.path / ENVIRONMENT).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def results(self) -> Iterator[Result]:
        """Every cell's result, ordered by scenario, difficulty, agent, seed and id, whoever played it when.

        Of a cell's attempts the latest scored one counts, else the latest. Streams: a result at a time is in memory.
        What could not be read is in `notes`.
        """
        for raw in self._scan().raw():
            yield codec.build(codec.parse_again(raw), dat_path=str(self.path))

    def books(self) -> closing.Books:
        """The journals, read once for everything that is made of them when it is closed."""
        books = closing.Books.read(self.path)
        self._notes.clear()
        self._notes[books.seen] = books.found.notes
        return books

    def other_attempts(self, books: closing.Books) -> Iterator[Result]:
        """Attempts at its cells that do not count, since another one does; they were played, and paid, all the same."""
        for raw in books.found.raw(books.found.others):
            yield codec.build(codec.parse_again(raw), dat_path=str(self.path))

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the journals could not be read and why, by file and line."""
        now = scan.signature(self.path)
        return self._notes[now] if now in self._notes else self._scan().notes

    def _scan(self) -> scan.Scan:
        before = scan.signature(self.path)
        found = scan.scan(self.path)
        self._notes.clear()
        self._notes[before] = found.notes
        return found

    def status(self) -> dict[str, Json]:
        """What was handed to `close`; `{state: open}` while it runs, and after a crash. `state` is `closed` if none was."""
        last = ""
        for entry in log.read(self.path):
            if entry.get("event") in ("created", "resumed", "closed"):
                last = str(entry["event"])
        head = closing.read_head(self.path)
        if head is None or last not in ("closed", ""):
            return {"state": "open"}
        status = head.get("status")
        return {"state": "closed", **(status if isinstance(status, dict) else {})}

    def trace(self, result: Result) -> dict[str, Json] | None:
        """The trace of one of its results; None if none was kept. Raises `StoreError` for one that is damaged or gone."""
        return traces.read(self.path, result.trace) if result.trace and result.trace.file else None

    def log(self) -> list[dict[str, Json]]:
        """The audit log, oldest first."""
        return log.read(self.path)


def claim(
    data_root: Path,
    template: str,
    *,
    run_id: str,
    spec: Mapping[str, Json],
    fields: Mapping[str, str],
    command: Sequence[str],
    environment: Mapping[str, Json] | None = None,
    details: Mapping[str, Json] | None = None,
    on_made: Callable[[Path], None] | None = None,
) -> Dat:
    """The DAT of `run_id` under `template`: a new folder below `data_root`, or the one this run already has there.

    A new one holds `_spec_.yaml` (`v`, `run`, then `spec`), `environment.json` (`environment`, by default what
    `provenance.capture` finds here) and a log that begins with who, when, `command` and `details`. `fields` fill the template.
    `on_made` is told of a new one before anyone else can find it: to hold it, say.
    Raises `SpecError` for a bad template, `StoreError` for what the disk refuses, `ValueError` for a `spec` that is no JSON.
    """
    head: dict[str, Json] = {"v": codec.VERSION, "run": run_id}
    text = _checked({**head, **{k: v for k, v in spec.items() if k not in head}})

    def fill(folder: Path) -> None:
        around = {**head, **(provenance.capture(Path.cwd(), command) if environment is None else environment)}
        replace_file(folder / ENVIRONMENT, [json.dumps(around, indent=2, default=dict, allow_nan=False).encode(), b"\n"])
        created: dict[str, Json] = {"run": run_id, "battery": fields.get("battery", ""), **(details or {})}
        log.append(folder, "created", created, command=command)
        if on_made:
            on_made(folder)
        # Last, for the spec is what makes a folder a DAT: after a crash before this line there is none.
        replace_file(folder / SPEC, [text.encode()])

    return Dat(claims.claim_folder(Path(data_root), template, run_id=run_id, fields=fields, fill=fill))


def open(path: Path) -> Dat:
    """The DAT at `path`, closed or not. Raises `StoreError` if there is none, or one of a newer format version."""
    path = Path(path)
    if not path.exists():
        raise StoreError(f"no result folder at {path}")
    if not path.is_dir():
        raise StoreError(f"{path} is a file; expected a result folder, the one that holds {SPEC}")
    if not is_dat(path):
        raise StoreError(f"{path} is no result folder: it has no {SPEC}; was its run killed while it was being created?")
    _read_spec(path)
    return Dat(path)


def known(path: Path) -> Dat:
    """The DAT at `path` that this process has opened before: its spec is not read again. Raises `StoreError` if it is gone."""
    if not is_dat(path):
        raise StoreError(f"no result folder at {path}: it was there when this run began")
    return Dat(path)


def close(dat: Dat, *, status: Mapping[str, Json], command: Sequence[str] = (), books: closing.Books | None = None) -> None:
    """Writes `results.json`, `results.yaml` and `summary.csv` from the journals and logs `closed`.

    Each file is replaced whole; closing again (after a resumed run) writes them anew. `books`: the journals, if they have been
    read; they are read again if they have changed. Raises `StoreError`.
    """
    cells = closing.consolidate(dat.path, status, books)
    shutil.rmtree(dat.path / FROZEN, ignore_errors=True)  # prepared by processes that were killed
    with suppress(OSError):
        (dat.path / CHECKPOINTS).rmdir()  # unless a cell that was not finished has left one
    log.append(dat.path, "closed", {"cells": cells}, command=command)


def discard(dat: Dat) -> None:
    """Removes a DAT in which nothing was recorded, and folders between it and its data root that are empty then.

    Raises `StoreError`, and removes nothing, if it holds a result, a metric, a trace, an artifact or any file that is
    not ours, or if its log says that more was done to it than creating and closing.
    """
    root = next((parent for parent in dat.path.parents if (parent / CLAIMS).is_file()), None)
    with locked(root / CLAIMS_LOCK) if root else nullcontext():
        own, folders = {*AT_CLAIM, *AT_CLOSE}, (*RECORDS, *WORKING)
        others = sorted(p.name for p in dat.path.iterdir() if p.name not in own and not (p.name in folders and _is_empty(p)))
        done = [str(entry.get("event")) for entry in dat.log() if entry.get("event") not in ("created", "closed")]
        if others or done:
            raise StoreError(f"{dat.path} is not removed: it holds {', '.join([*others, *done][:5])}")
        try:
            # The spec goes first: a crash in between leaves a folder that is no DAT.
            for name in AT_CLAIM + AT_CLOSE:
                (dat.path / name).unlink(missing_ok=True)
            for name in folders:
                with suppress(FileNotFoundError):
                    (dat.path / name).rmdir()
            dat.path.rmdir()
        except OSError as error:
            raise store_error("remove", dat.path, error) from error
        if root:
            claims.forget(root, dat.path)
            for parent in dat.path.relative_to(root).parents[:-1]:
                with suppress(OSError):
                    (root / parent).rmdir()


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


def _checked(spec: dict[str, Json]) -> str:
    if wrong := next(complaints(spec), ""):
        raise ValueError(f"spec: {wrong}")
    return yamltext.dump(spec)


def _read_spec(folder: Path) -> dict[str, Json]:
    path = folder / SPEC
    try:
        spec = yamltext.load(path.read_text("utf-8"))
    except OSError as error:
        raise store_error("read", path, error) from error
    except ValueError as error:
        raise StoreError(f"{path}: {error}") from error
    version = spec.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise StoreError(f"{path}: v: expected a format version (1 to {codec.VERSION}), got {version!r:.40}")
    if version > codec.VERSION:
        raise StoreError(
            f"{path}: format version {version} is newer than {codec.VERSION}, the newest this pytest-alienbio can read; "
            "upgrade pytest-alienbio"
        )
    return spec
