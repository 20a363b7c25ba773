"""Result <-> DAT: the folder that holds a run, its journals, traces and log.

What is exported is looked up when it is used: a question to the index must not pay for what writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door

if TYPE_CHECKING:
    from . import aggregate, codec, dat, layout, log, provenance, template, traces
    from .aggregate import Aggregate
    from .annotations import annotated, annotated_by
    from .checkpoints import CheckpointFile
    from .claims import check_root
    from .codec import decode, encode
    from .costs import CellCost, Costs
    from .dat import Dat, claim, close, discard
    from .dat import open as open_for_reading
    from .disk import replace_file
    from .events import read_events, write_events, write_metric
    from .find import TAG_PREFIX, battery_of, distinct, find_dats, find_run, source_of, tags_below
    from .history import deeds_of
    from .journal import Journal, add_artifact, journal_of, records_of
    from .last_words import LastWords
    from .provenance import capture
    from .traces import TraceWriter, trace_of, trajectory_of

__all__ = [
    "TAG_PREFIX",
    "Aggregate",
    "CellCost",
    "CheckpointFile",
    "Costs",
    "Dat",
    "Journal",
    "LastWords",
    "TraceWriter",
    "add_artifact",
    "aggregate",
    "annotated",
    "annotated_by",
    "battery_of",
    "capture",
    "check_root",
    "claim",
    "close",
    "codec",
    "dat",
    "decode",
    "deeds_of",
    "discard",
    "distinct",
    "encode",
    "find_dats",
    "find_run",
    "journal_of",
    "layout",
    "log",
    "open_for_reading",
    "provenance",
    "read_events",
    "records_of",
    "replace_file",
    "source_of",
    "tags_below",
    "template",
    "trace_of",
    "traces",
    "trajectory_of",
    "write_events",
    "write_metric",
]

_MODULES = {
    "aggregate": ("Aggregate",),
    "annotations": ("annotated", "annotated_by"),
    "checkpoints": ("CheckpointFile",),
    "claims": ("check_root",),
    "codec": ("decode", "encode"),
    "costs": ("CellCost", "Costs"),
    "dat": ("Dat", "claim", "close", "discard", "open_for_reading"),
    "disk": ("replace_file",),
    "events": ("read_events", "write_events", "write_metric"),
    "find": ("TAG_PREFIX", "battery_of", "distinct", "find_dats", "find_run", "source_of", "tags_below"),
    "history": ("deeds_of",),
    "last_words": ("LastWords",),
    "journal": ("Journal", "add_artifact", "journal_of", "records_of"),
    "provenance": ("capture",),
    "traces": ("TraceWriter", "trace_of", "trajectory_of"),
}

_ITSELF = ("codec", "dat", "layout", "log", "provenance", "template", "traces")

__getattr__ = door(__name__, _MODULES, itself=_ITSELF, renamed={"open_for_reading": "open"})
