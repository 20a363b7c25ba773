"""Who played what when."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def span_s(self) -> float:
        """From its first cell's start to its last one's end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """The cells that were played here, by worker. Times are those that the workers' own clocks gave."""

    workers: tuple[Worker, ...] = ()
    """By run, the earliest first, then by name."""
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
