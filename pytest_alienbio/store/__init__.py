"""Result <-> DAT: the folder that holds a run, its journals, traces and log."""

from . import codec, dat, layout, log, provenance, template, traces
from .claims import check_root
from .codec import decode, encode
from .costs import CellCost, Costs
from .dat import Dat, claim, close, discard
from .dat import open as open_for_reading
from .disk import replace_file
from .events import read_events, write_events, write_metric
from .find import battery_of, find_dats, find_run, source_of
from .journal import Journal, add_artifact, journal_of
from .provenance import capture
from .traces import TraceWriter, trace_of, trajectory_of

__all__ = [
    "CellCost",
    "Costs",
    "Dat",
    "Journal",
    "TraceWriter",
    "add_artifact",
    "battery_of",
    "capture",
    "check_root",
    "claim",
    "close",
    "codec",
    "dat",
    "decode",
    "discard",
    "encode",
    "find_dats",
    "find_run",
    "journal_of",
    "layout",
    "log",
    "open_for_reading",
    "provenance",
    "read_events",
    "replace_file",
    "source_of",
    "template",
    "trace_of",
    "traces",
    "trajectory_of",
    "write_events",
    "write_metric",
]
