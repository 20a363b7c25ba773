"""What can be seen of a run from outside, at a moment: from its folder alone, whoever plays it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .canonical import Json
from .cap_use import CapUse
from .estimate import Summary
from .failure import FailureGroup
from .forecast import Quantity
from .result import Usage

_UNTOLD, _NOTHING = Quantity(), Usage()


class Life(StrEnum):
    """Whether a run's session still lives."""

    RUNNING = "running"
    """A session holds the DAT."""
    FINISHED = "finished"
    """It was closed: results and reports are written."""
    DIED = "died"
    """Nobody holds it, and it was never closed: killed, or the machine went down. What it recorded is kept."""
    UNKNOWN = "unknown"
    """It was not closed, and whether somebody holds it cannot be told here."""
    GONE = "gone"
    """The folder was there, and is no more."""


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """What one worker of the run has recorded."""

    name: str
    cells: int
    last: str
    """The id of the cell it recorded last."""
    last_at: float
    """When that ended, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class CellSeen:
    """A cell that is being played, as its last checkpoint says."""

    id: str
    saved_at: float
    """When that was saved, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a DAT. Times are Unix seconds; 0 where one is not known. Texts are as they stand there: not safe to print.

    Of a cell's attempts the latest scored one counts, else the latest.
    """

    dat: str
    at: float
    life: Life
    battery: str = ""
    run: str = ""
    """The id of the last run: a DAT that was gone on with has several."""
    since: float = 0.0
    """When that run began."""
    until: float = 0.0
    """When it was closed."""
    planned: int = 0
    """Cells of the battery; 0 if the DAT does not say."""
    selected: int = 0
    """Cells that this run is to play, as far as the DAT says; those left out by pytest's `-k` are told in the end."""
    before: int = 0
    """Cells that stand from earlier runs of the DAT."""
    done: int = 0
    """Cells that this run has recorded."""
    recorded: int = 0
    """Cells with a record, whichever run made it."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """How those ended."""
    last_at: float = 0.0
    """When the last of them ended."""
    rate: float | None = None
    """Cells a minute, lately; None before two have ended."""
    limit_wait: float | None = None
    """Of the time that this run's cells took, the share that their calls waited for leave of limits; None: none waited."""
    eta: Quantity = _UNTOLD
    """Seconds to go: see `run.watching.ahead`. Nothing where nothing is left or can be told."""
    summary: Summary | None = None
    """Scores so far; None before the first."""
    summary_of: int = 0
    """Records that `summary` is made of: of a large run it is not made anew at every look."""
    errors: tuple[FailureGroup, ...] = ()
    """What broke, those that say the same together, the latest first."""
    broken: int = 0
    """Cells in `errors`."""
    workers: tuple[WorkerSeen, ...] = ()
    """Of this run, by name."""
    playing: tuple[CellSeen, ...] = ()
    """Cells with a checkpoint, the newest first: nearly all cells have none."""
    spent: Usage = _NOTHING
    """What all attempts took together that were played for this DAT, as far as it was measured."""
    caps: tuple[CapUse, ...] = ()
    """As the session's ledger has them, while it lives."""
    status: Mapping[str, Json] = field(default_factory=dict)
    """What was written when it was closed: verdict, cells, gates; {} if that is not there to be read."""
    missing: int = 0
    """Records that it was closed with, and that are not there any more."""
    again: str = ""
    """The shell command that goes on with the run; '' where it is finished, or nobody knows."""
    notes: tuple[str, ...] = ()
    """What could not be read."""

    @property
    def left(self) -> int:
        """Cells that this run has still to play."""
        return max(self.selected - self.done, 0)
