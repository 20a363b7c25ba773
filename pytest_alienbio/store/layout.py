"""Where everything lies in a DAT, and in the data root around it: the only file that spells a file name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..model import Json, slug

SPEC = "_spec_.yaml"
ENVIRONMENT = "environment.json"
CELLS = "cells"
METRICS = "metrics"
TRACES = "traces"
ARTIFACTS = "artifacts"
REPORTS = "reports"
CONFIRM = "confirm"
"""Below it a result folder for each gate that played fresh seeds: part of the run, and found by no pattern."""
RESCORED = "rescored"
"""Below it a result folder for each time its cells were scored again: found by no pattern, and named by its own path."""
JUDGEMENTS = "judgements.jsonl"
"""Of a rescoring: a line a cell, with every score that a scorer gave it and every call that it made."""
GATES = "gates.json"
"""Of the reports: what the gates said, for programs."""
PAGE = "report.html"
"""Of the reports: the one for a browser. Beside it `report.files`, if its traces need more room."""
RESULTS_JSON = "results.json"
RESULTS_YAML = "results.yaml"
SUMMARY = "summary.csv"
LOG = "log.jsonl"
LOCK = ".lock"
"""Held by whoever writes the log, or the files made at close."""
RUNNING = ".running"
"""Held by the session that plays into a DAT, as long as it lives."""
PLAYING = ".playing"
"""Held, together, by its other processes: they may outlive the one that they play for."""

CLAIMS = ".bio-claims.json"
"""In the data root: which run claimed which folder."""
CLAIMS_LOCK = ".bio-claims.lock"
INDEX = ".bio-index.sqlite"
"""In the data root: what all DATs hold, a cache. SQLite puts `-wal` and `-shm` beside it while it is open."""
INDEX_LOCK = ".bio-index.lock"
"""Held by whoever makes the index anew."""

AGGREGATE = "aggregate.json"
"""In a folder below the data root: the DATs in it are light copies, not meant by patterns that mean DATs."""

IMPORTS = "imports"
"""In the data root: the folder of what came from other tools' files."""

CHECKPOINTS = "checkpoints"
"""Where cells that are being played stand: a file a cell, gone when the cell is recorded."""

FROZEN = "frozen"
"""What processes say if a cell freezes them: a file a writer, gone when it is closed."""

AT_CLAIM = (SPEC, ENVIRONMENT, LOG, LOCK, RUNNING, PLAYING)
AT_CLOSE = (RESULTS_JSON, RESULTS_YAML, SUMMARY)
RECORDS = (CELLS, METRICS, TRACES, ARTIFACTS, REPORTS, CONFIRM, RESCORED)
"""Folders that hold what a run recorded; made when the first thing goes in."""

WORKING = (CHECKPOINTS, FROZEN)
"""Folders that hold what a run needs while it goes on, and nobody afterwards."""

MAX_DEPTH = 12
"""Folders below the data root in which DATs are looked for."""

MAX_NAME = 120
"""Characters of one file or folder name of ours: every file system takes 255 bytes, and suffixes come on top."""


def safe_name(text: str, *, most: int = MAX_NAME) -> str:
    """`text` as one file name: `[A-Za-z0-9_.+-]`, no leading dot, 1 to `most` characters, the same every time.

    What is too long is cut and ends in a hash of the whole, so that two long names stay two.
    """
    name = slug(text).replace("/", "-").lstrip(".") or "-"
    if len(name) > most:
        name = f"{name[: most - 13]}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:12]}"
    return name


def writer_name(run_id: str, worker: str) -> str:
    """The name under which one process writes its files: `<run_id>-<worker>`."""
    return safe_name(f"{run_id}-{worker}")


def journal_path(dat: Path, run_id: str, worker: str) -> Path:
    """The journal of one writer."""
    return dat / CELLS / f"{writer_name(run_id, worker)}.jsonl"


def metrics_path(dat: Path, run_id: str, worker: str) -> Path:
    """The metric events of one writer."""
    return dat / METRICS / f"{writer_name(run_id, worker)}.jsonl"


def packed_path(dat: Path, run_id: str, worker: str, suffix: str) -> Path:
    """The packed traces of one writer; `suffix` is that of the compression, `.zst` or `.gz`."""
    return dat / TRACES / f"{writer_name(run_id, worker)}{suffix}"


def checkpoint_path(dat: Path, identity: str) -> Path:
    """The last checkpoint of a cell that is just `identity` (64 hexadecimal digits)."""
    return dat / CHECKPOINTS / f"{identity[:40]}.json"


def frozen_path(dat: Path, run_id: str, worker: str) -> Path:
    """The last words of one writer."""
    return dat / FROZEN / f"{writer_name(run_id, worker)}.txt"


def trace_name(scenario: str, level: int | None, params: Mapping[str, Json], variant: int, agent: str, seed: int) -> str:
    """What a cell's own trace file is called, without `.json`; `level` only where a scenario was played at several."""
    at = "" if level is None else f"_d{level}"
    told = "".join(f"_{name}{value}" for name, value in params.items())
    surface = "" if variant == 1 else f"_v{variant}"
    return slug(f"{scenario}{at}{told}{surface}_{agent}_seed{seed}").replace("/", "-")


def json_trace_path(dat: Path, name: str, attempt: int = 1) -> Path:
    """One cell's own trace file; from the second of a name on with `-2`, `-3`, ..."""
    return dat / TRACES / f"{name}{'' if attempt == 1 else f'-{attempt}'}.json"


def journals(dat: Path) -> list[Path]:
    """All journals of a DAT by name; [] before the first result. Links are not followed."""
    try:
        with os.scandir(dat / CELLS) as entries:
            names = [e.name for e in entries if e.name.endswith(".jsonl") and e.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [dat / CELLS / name for name in sorted(names)]


def absolute(path: Path) -> Path:
    """`path` from the root of the file system on, and without `..`, which means what the links before it say."""
    return Path(path).resolve() if ".." in Path(path).parts else Path(path).absolute()


def is_dat(folder: Path) -> bool:
    """Whether `folder` is a DAT: its spec is written last when one is created, so a half-made folder is none."""
    return (folder / SPEC).is_file()


def is_aggregate(folder: Path) -> bool:
    """Whether the DATs below `folder` are light copies of others."""
    return (folder / AGGREGATE).is_file()


def walk(root: str, depth: int = 0, *, aggregates: bool = False) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """Every DAT below `root`, in no order, and what is in its folder; `aggregates`: also the light copies in aggregates."""
    try:
        with os.scandir(root) as entries:
            inside = list(entries)
    except OSError:
        return
    if any(entry.name == SPEC and entry.is_file() for entry in inside):
        yield root, inside
    elif depth and not aggregates and any(entry.name == AGGREGATE for entry in inside):
        return
    elif depth < MAX_DEPTH:
        for entry in inside:
            if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield from walk(entry.path, depth + 1, aggregates=aggregates)
