"""One open DAT in one process: the only thing that writes results while cells play."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol

from ..errors import StoreError
from ..model import Cell, Json, MetricEvent, Plan, Result, TraceRef
from ..store import Aggregate, Journal, LastWords, TraceWriter, add_artifact, log, trace_of, write_events, write_metric
from ..store.layout import trace_name
from ..store.log import NOTICED
from .retrying import Pause, rest

PACK_ABOVE = 200
"""With `trace_files: auto`, more cells than this go into packed traces."""


def is_packed(plan: Plan) -> bool:
    """Whether the traces of `plan` go into packed files instead of one file each."""
    trace_files = plan.battery.trace_files
    return trace_files == "packed" or (trace_files == "auto" and len(plan) > PACK_ABOVE)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a run keeps of its cells, the same for all of its writers."""

    traces: str = "all"
    packed: bool = False
    levels: tuple[str, ...] = ()
    """Scenarios that are played at several difficulties: their traces' names say which."""
    checkpoint: int = 0
    """Calls between two checkpoints of a cell; 0 = none are made."""
    retries: Mapping[str, int] = field(default_factory=dict)
    """By outcome: how often a cell that ended so is played again at once."""
    aggregate: bool = False


def keeping(plan: Plan) -> Keeping:
    """What the run of `plan` keeps."""
    played: dict[str, set[int | None]] = {}
    for cell in plan.cells:
        played.setdefault(cell.case.scenario, set()).add(cell.case.difficulty)
    levels = tuple(scenario for scenario, found in played.items() if len(found) > 1)
    battery = plan.battery
    return Keeping(
        battery.traces, is_packed(plan), levels, battery.checkpoint, dict(battery.retries or {}), bool(battery.aggregate)
    )


def keeps_trace(traces: str, result: Result) -> bool:
    """Whether a run with these `traces` keeps this result's."""
    return traces == "all" or (traces == "failed" and not result.success)


class Recorder(Protocol):
    """What takes what a cell gives: a `Run`, or what stands for one where a cell is played for somebody else's."""

    dat_path: Path
    checkpoint: int
    """Calls between two checkpoints of a cell; 0 = none are made."""
    retries: Mapping[str, int]
    """By outcome: how often a cell that ended so is played again at once."""

    @property
    def pause(self) -> Pause:
        """Waits before it is."""

    @property
    def last_words(self) -> Callable[[Result, Cell], int] | None:
        """Writes down, beforehand, the result that a cell has if it freezes this process, and gives the descriptor to which is
        added where it stood; None: such a process is left to itself."""

    def record(self, result: Result, cell: Cell, /) -> Result:
        """Keeps `result`; gives it as it was recorded."""

    def events(self, cell: Cell, events: Sequence[MetricEvent], /) -> None:
        """Keeps metric events of a cell."""

    def notice(self, what: str, /) -> None:
        """Keeps a sentence about the whole run, once."""


class Run:
    """One DAT, opened for writing by one process under the name `<run_id>-<worker>`.

    Results are on disk when `record` returns. Thread-safe; every process has its own, and no two share a file.
    """

    def __init__(
        self,
        dat_path: Path,
        run_id: str,
        worker: str,
        *,
        traces: str = "all",
        packed: bool = False,
        levels: Iterable[str] = (),
        checkpoint: int = 0,
        attempts: Mapping[str, int] | None = None,
    ) -> None:
        self.dat_path, self.run_id, self.worker = dat_path, run_id, worker
        self.checkpoint = checkpoint
        """Calls between two checkpoints of a cell; 0 = none are made."""
        self.retries: Mapping[str, int] = {}
        self.pause: Pause = rest
        self._noticed: set[str] = set()
        self._last_words: LastWords | None = None
        self._journal = Journal(dat_path, run_id, worker)
        self._traces = TraceWriter(dat_path, run_id, worker, "packed" if packed else "json")
        self._keep = traces
        self._levels = frozenset(levels)
        self._attempts: Counter[str] = Counter(attempts)
        self._lock = Lock()
        """For what the files' own locks do not cover: attempts, the aggregate."""
        self._aggregate: Aggregate | None = None

    @classmethod
    def of_plan(cls, plan: Plan, dat_path: Path, run_id: str, worker: str, attempts: Mapping[str, int] | None = None) -> Run:
        """The run of `plan`, with traces kept as its battery says; `attempts`: of cells the number of their last one so far."""
        return cls.of(keeping(plan), dat_path, run_id, worker, attempts)

    @classmethod
    def of(cls, kept: Keeping, dat_path: Path, run_id: str, worker: str, attempts: Mapping[str, int] | None = None) -> Run:
        """The run that keeps what `kept` says."""
        run = cls(
            dat_path,
            run_id,
            worker,
            traces=kept.traces,
            packed=kept.packed,
            levels=kept.levels,
            checkpoint=kept.checkpoint,
            attempts=attempts,
        )
        run.retries = kept.retries
        if kept.aggregate:
            run._aggregate = Aggregate.of(dat_path, run_id, worker)
        return run

    def record(self, result: Result, cell: Cell, *, before: int = 0) -> Result:
        """Writes trace and journal line; gives back `result` as it was recorded, its trajectory still attached.

        `before`: attempts that ended without a record, as their worker died.
        """
        with self._lock:
            self._attempts[cell.id] += 1 + before
            attempt = self._attempts[cell.id]
        result = self._kept(result, cell, attempt)
        self._keep_record(result)
        return result

    def keep_trace(self, result: Result, cell: Cell) -> Result:
        """Writes the trace alone, for a result that another process records."""
        return self._kept(result, cell, result.attempt)

    def end_if_frozen(self, sentence: str = "", *, say_on: int | None = None) -> None:
        """From now on a cell that freezes this process ends it, a moment after its time and its grace are up.

        What it is recorded as then stands in the run's folder. `say_on`: a descriptor to say it on, with `sentence`, where no
        other process watches over this one.
        """
        self._last_words = LastWords(self.dat_path, self.run_id, self.worker, sentence)
        if say_on is not None:
            self._last_words.have_told(say_on)

    @property
    def last_words(self) -> Callable[[Result, Cell], int] | None:
        """See `Recorder`."""
        words = self._last_words
        if words is None:
            return None
        return lambda result, cell: words.prepare(result.with_(run=self.run_id, attempt=self.attempts(cell) + 1))

    def attempts(self, cell: Cell) -> int:
        """The number of the last attempt at `cell` so far; 0 before the first."""
        with self._lock:
            return self._attempts[cell.id]

    def take(self, result: Result, cell: Cell) -> Result:
        """Records for `cell` what was played for another DAT, `result.dat_path`, and copies its trace if traces are kept.

        It stays the attempt at its time that it was. A trace that cannot be read is left out.
        """
        source, trace = Path(result.dat_path), result.trace
        mine = result.with_(run=self.run_id, worker=self.worker, attempt=1, trajectory=None, dat_path=str(self.dat_path))
        if trace and trace.file and keeps_trace(self._keep, mine):
            try:
                mine = mine.with_(trace=self._traces.take(self._trace_name(cell), source, trace))
            except StoreError:
                mine = mine.with_(trace=trace.elsewhere())
        elif trace:
            mine = mine.with_(trace=trace.elsewhere())
        self._keep_record(mine)
        return mine

    def amend(self, result: Result) -> Result:
        """Writes a recorded result again with more in it (scores added by a test); the later line of an attempt counts."""
        self._keep_record(result)
        return result

    def notice(self, what: str) -> None:
        """Writes a sentence about the whole run into its log, once, for its report. A log that cannot be written is let be."""
        with self._lock:
            if what in self._noticed:
                return
            self._noticed.add(what)
        with suppress(StoreError):
            log.append(self.dat_path, NOTICED, {"run": self.run_id, "text": what})

    def metric(self, cell: Cell, name: str, value: Json, step: int | None = None) -> None:
        """Appends a timestamped metric event."""
        write_metric(self.dat_path, self.run_id, self.worker, cell.id, name, value, step)

    def events(self, cell: Cell, events: Sequence[MetricEvent]) -> None:
        """Appends what a task wrote to its `metrics.jsonl`."""
        write_events(self.dat_path, self.run_id, self.worker, cell.id, events)

    def artifact(self, cell: Cell, path: Path) -> Path:
        """Copies a file into the DAT, under the cell's name; gives back where it is now."""
        return add_artifact(self.dat_path, self._trace_name(cell), path)

    def close(self) -> None:
        """Closes the files. Recording afterwards is an error."""
        self._journal.close()
        self._traces.close()
        if self._last_words:
            self._last_words.close()
        if self._aggregate:
            self._aggregate.close()

    def _keep_record(self, result: Result) -> None:
        self._journal.append(result)
        if self._aggregate:
            with self._lock:
                self._aggregate.push(result)

    def _kept(self, result: Result, cell: Cell, attempt: int) -> Result:
        worker = result.worker or self.worker
        result = result.with_(attempt=attempt, run=self.run_id, worker=worker, dat_path=str(self.dat_path))
        return self._write_trace(result, cell)

    def _write_trace(self, result: Result, cell: Cell) -> Result:
        """Also of a trace that is not kept its steps and cost are: else those of failures alone would be known."""
        trajectory = result.trajectory
        if trajectory is None or not (trajectory.turns or trajectory.initial or trajectory.calls):
            return result
        if not keeps_trace(self._keep, result):
            return result.with_(trace=TraceRef("", steps=trajectory.steps, cost=trajectory.cost))
        trace: Mapping[str, Json] = trace_of(result)
        return result.with_(trace=self._traces.write(self._trace_name(cell), trace))

    def _trace_name(self, cell: Cell) -> str:
        case = cell.case
        level = case.difficulty if case.scenario in self._levels else None
        return trace_name(case.scenario, level, cell.params, case.variant, cell.agent.name, cell.seed)
