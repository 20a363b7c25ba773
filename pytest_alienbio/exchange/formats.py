"""The one table of formats: who writes which, who reads which, and how each is told from its name or its first bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Literal

from ..errors import SpecError, did_you_mean
from ..model import Result
from .cells import Cells
from .columns import Columns
from .problems import Problems
from .tracking import Tracking

HEAD = 4096
"""Bytes from which a file's format is told."""
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way out. What it needs is imported when it is used."""

    name: str
    what: str
    """For people: what is written."""
    place: str
    """`module:function` in this room: `f(cells: Cells, out: IO[bytes])`; of a folder `f(cells: Cells, folder: Path)`;
    of a store `f(cells: Cells, uri: str, tracking: Tracking)`."""
    suffixes: tuple[str, ...] = ()
    kind: Literal["file", "folder", "store"] = "file"
    text: bool = False
    """Whether it may go to standard output."""
    traces: bool = False
    """Whether it holds what happened step by step."""
    holds: tuple[str, ...] = ()
    """Globs of what stands directly in its folder: one that holds anything else is never replaced."""
    in_place: bool = False
    """Whether files in its folder name others by whole paths: then it is filled where it stays, and removed if that fails."""

    def write_file(self, cells: Cells, out: IO[bytes]) -> None:
        """Writes all of `cells` to `out`. Raises `AlienBioError`."""
        _load(self.place)(cells, out)

    def write_store(self, cells: Cells, uri: str, tracking: Tracking) -> None:
        """Writes all of `cells` to the store at `uri`. Raises `AlienBioError`."""
        _load(self.place)(cells, uri, tracking)

    def write_folder(self, cells: Cells, folder: Path) -> None:
        """Writes all of `cells` below the empty folder `folder`. Raises `AlienBioError`."""
        _load(self.place)(cells, folder)


@dataclass(frozen=True, slots=True)
class Importer:
    """A way in."""

    name: str
    what: str
    place: str
    """`module:function` in this room: `f(source: str, columns: Columns, problems: Problems) -> Iterator[Result]`.

    What is wrong goes into `problems`, and the next row is tried; nothing is written anywhere. Results carry an `origin`.
    """
    suffixes: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    """Beginnings of sources that are no files: `sqlite:`."""
    recognise: str = ""
    """`module:function`: `f(path: Path, head: bytes) -> bool`, whether this file (or folder) is meant whatever its suffix."""

    def read(self, source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
        """The cells of `source`, one by one."""
        found: Iterator[Result] = _load(self.place)(source, columns, problems)
        return found

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether what begins with `head` is certainly this format."""
        return bool(self.recognise) and bool(_load(self.recognise)(path, head))


EXPORTERS: tuple[Exporter, ...] = (
    Exporter("csv", "one row a cell, the columns of summary.csv", "csv_out:write", (".csv",), text=True),
    Exporter("jsonl", "journal lines, each with its DAT", "json_out:write_lines", (".jsonl", ".ndjson"), text=True),
    Exporter("json", "one JSON document", "json_out:write_document", (".json",), text=True),
    Exporter("parquet", "typed columns (extra `parquet`)", "parquet_out:write", (".parquet", ".pq")),
    Exporter("excel", "a workbook: cells, leaves, about (extra `excel`)", "excel_out:write", (".xlsx",)),
    Exporter("junit", "JUnit XML: a suite for each scenario of a battery", "junit_out:write", (".xml",), text=True),
    Exporter("runs", "a folder a cell: run-001/summary.json and metrics.jsonl", "runs_out:write", kind="folder",
             holds=("run-*",)),
    Exporter("traces", "a JSON file a cell: what happened step by step", "traces_out:write", kind="folder", traces=True,
             holds=("*.json",)),
    Exporter("inspect", "a folder of Inspect AI logs: one for each agent of each DAT", "inspect_log.out:write", kind="folder",
             traces=True, holds=("*.eval",)),
    Exporter("inspect-json", "the same as .json logs", "inspect_log.out:write_json", kind="folder", traces=True,
             holds=("*.json",)),
    Exporter("eval", "one Inspect AI log, of one agent in one DAT", "inspect_log.out:write_one", (".eval",), traces=True),
    Exporter("mlflow", "runs in an MLflow store, sqlite:///runs.db or a server (extra `mlflow`)", "mlflow_out:write",
             kind="store"),
    Exporter("wandb", "a folder of offline W&B runs, for `wandb sync` (extra `wandb`)", "wandb_out:write", kind="folder",
             holds=("wandb", "staged"), in_place=True),
)  # fmt: skip
IMPORTERS: tuple[Importer, ...] = (
    Importer("inspect", "Inspect AI logs: .eval, .json, or a folder of them", "inspect_log.read:read_log", (".eval",),
             recognise="inspect_log.read:is_log"),
    Importer("sacred", "a folder of Sacred's FileStorageObserver, or of one of its runs", "sacred_in:read",
             recognise="sacred_in:is_sacred"),
    Importer("mlflow", "runs of an MLflow store: `sqlite:///runs.db#experiment`, its file, or a server (extra `mlflow`)",
             "mlflow_in:read", schemes=("sqlite:", "http:", "https:"), recognise="mlflow_in:is_store"),
    Importer("csv", "a table with a header: commas, semicolons or tabs", "csv_in:read", (".csv", ".tsv")),
    Importer("parquet", "what `bio export` wrote, or a table of typed columns (extra `parquet`)", "parquet_in:read",
             (".parquet", ".pq"), recognise="sniff:is_parquet"),
    Importer("junit", "JUnit XML", "junit_in:read", (".xml",), recognise="sniff:is_junit"),
    Importer("json", "what `bio export` wrote", "json_in:read_document", (".json",), recognise="sniff:is_document"),
    Importer("jsonl", "one JSON object a line", "json_in:read_lines", (".jsonl", ".ndjson"), recognise="sniff:is_lines"),
)  # fmt: skip
"""In the order in which they are asked whether they recognise a file."""


def exporter(name: str, path: str = "") -> Exporter:
    """The exporter called `name`; without a name the one that `path`'s suffix means. Raises `SpecError`."""
    known = {each.name: each for each in EXPORTERS}
    if name:
        if name in known:
            return known[name]
        raise SpecError(f"unknown format {name!r}; {did_you_mean(name, known, most=20)}")
    suffix = Path(path).suffix.lower()
    for each in EXPORTERS:
        if suffix in each.suffixes:
            return each
    what = f"the suffix of {path!r} names no format" if suffix else f"{path!r} has no suffix that names a format"
    raise SpecError(f"{what}; say which with --format: {', '.join(known)}")


def importer(name: str, source: str) -> Importer:
    """The importer called `name`; without a name the one that knows `source`, by content, then by suffix.

    Raises `SpecError`, also for a file that cannot be read.
    """
    known = {each.name: each for each in IMPORTERS}
    if name:
        if name in known:
            return known[name]
        raise SpecError(f"unknown format {name!r}; {did_you_mean(name, known, most=20)}")
    for each in IMPORTERS:
        if source.startswith(each.schemes or "\0"):
            return each
    path = Path(source)
    head = head_of(path)
    if sure := next((each for each in IMPORTERS if each.recognises(path, head)), None):
        return sure
    suffix = path.suffix.lower()
    if likely := next((each for each in IMPORTERS if suffix in each.suffixes), None):
        return likely
    if suffix in _WORKBOOKS:
        raise SpecError(f"{source}: this is a workbook, which is not read; save the sheet as CSV, and import that")
    raise SpecError(f"{source}: neither its content nor its suffix says what it is; say it with --format: {', '.join(known)}")


def head_of(path: Path) -> bytes:
    """The first bytes of a file; none of a folder. Raises `SpecError` for what cannot be read."""
    if path.is_dir():
        return b""
    if path.exists() and not path.is_file():
        raise SpecError(f"{path}: this is a device or a pipe; copy its content to a file")
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise SpecError(f"{path}: cannot be read: {why}") from None


def names(formats: Sequence[Exporter] | Sequence[Importer]) -> tuple[str, ...]:
    """What they are called."""
    return tuple(each.name for each in formats)


def _load(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f".{module}", __package__), name)
    return found
