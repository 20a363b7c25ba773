"""Who played what when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A cell on the clock of its worker; or several in a row, where there are too many to be told apart."""

    worker: int
    """Its place in `Timeline.workers`."""
    start: float
    """Unix seconds, as `end`."""
    end: float
    cells: int = 1
    id: str = ""
    """'' for several, as the next two."""
    agent: str = ""
    scenario: str = ""
    outcome: str = ""
    """Of several one that is an error, if there is one, else that of the first."""
    attempt: int = 1
    """Of several the highest."""
    retries: int | None = None
    """Requests to its model that repeated one that had failed; None: not told."""
    limit_wait_s: float | None = None
    """Of its time, what its calls waited for leave of limits, added up; None: none of them waited."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Between two cells of one worker: nothing of ours is recorded there."""

    worker: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Worker:
    """One process or thread of one run: what it did between its first cell and its last."""

    run: str
    name: str
    cells: int
    """Attempts that it played, those included that do not count since the cell was tried again."""
    start: float
    end: float
    busy_s: float
    """Time in cells; what overlaps is counted once."""
    longest_pause_s: float
    again: int = 0
    """Attempts at cells that had been tried before."""
    errors: int = 0
    retries: int | None = None
    generation_s: float | None = None
    """Spent in its cells on generating worlds, and, next, on waiting for another one that did; None: it was never told."""
    waiting_s: float | None = None
    limit_wait_s: float | None = None
    """As in a stretch."""

    @property
    def span_s(self) -> float:
        """From its first cell's start to its last one's end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """The cells that were played here, by worker. Times are those that the workers' own clocks gave."""

    workers: tuple[Worker, ...] = ()
    """By run, the earliest first, then by name."""
    stretches: tuple[Stretch, ...] = ()
    """By worker and start."""
    pauses: tuple[Pause, ...] = ()
    """The longest ones, by worker and start."""
    merged: bool = False
    """Whether stretches stand for several cells each."""
    untold: int = 0
    """Cells that do not say when they were played, and are in none of it."""

    @property
    def start(self) -> float:
        """Of the first cell; 0 if there is none."""
        return min((worker.start for worker in self.workers), default=0.0)

    @property
    def end(self) -> float:
        """Of the last one."""
        return max((worker.end for worker in self.workers), default=0.0)

    @property
    def span_s(self) -> float:
        """From the first cell's start to the last one's end, run by run: what lies between runs is in none."""
        runs: dict[str, tuple[float, float]] = {}
        for worker in self.workers:
            start, end = runs.get(worker.run, (worker.start, worker.end))
            runs[worker.run] = min(start, worker.start), max(end, worker.end)
        return sum(end - start for start, end in runs.values())

    @property
    def busy_s(self) -> float:
        """Of all workers together."""
        return sum(worker.busy_s for worker in self.workers)
