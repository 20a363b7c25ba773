"""What people read after a run: everything decided once in a `Document`, then shown."""

from .build import build
from .cells import render_cell, table
from .columns import ascii_only
from .document import Counts, Document, Failure, FailureGroup, Failures, Leaderboard, ScoreTable, SkippedGroup
from .inert import inert
from .text import render

__all__ = [
    "Counts",
    "Document",
    "Failure",
    "FailureGroup",
    "Failures",
    "Leaderboard",
    "ScoreTable",
    "SkippedGroup",
    "ascii_only",
    "build",
    "inert",
    "render",
    "render_cell",
    "table",
]
