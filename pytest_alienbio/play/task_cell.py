"""A cell whose scenario is a task: its variation's params in, a result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import StoreError
from ..model import (
    Cell,
    CellError,
    CellLimits,
    Json,
    MetricEvent,
    Outcome,
    Result,
    Task,
    TaskRecord,
    Trajectory,
    Turn,
    storable,
)
from ..scenarios.task.trial import OnEvents, Trial
from .blank import result_of
from .fault import Blame, CellFault, is_failure, keep
from .judge import metrics_of, missed
from .limits import CellClock, play_within
from .memory import Growth

_ANSWER = Blame(Outcome.SCORER_ERROR, "its metrics cannot be used")
_STAGES = {
    "import": "the task could not be imported",
    "run": "the task failed",
    "answer": "the task gave no metrics",
}
_SHOWN = 40
"""Lines of what a trial printed that its failure shows: the last."""


class TaskSession:
    """One trial of a task: running it, then judging what it gave. Used once."""

    def __init__(self, cell: Cell, task: Task, limits: CellLimits, on_events: OnEvents | None) -> None:
        self._cell, self._task, self._limits, self._on_events = cell, task, limits, on_events
        self._params: Mapping[str, Json] = {**cell.case.params, **cell.agent.params}
        self._trial = Trial(task.seed_of(cell.seed))
        self._growth: Growth | None = None

    def play(self, grace_s: float, on_stuck: Callable[[Result], None] | None) -> Result:
        """The trial's result, without times. Never raises for what the task did; `StoreError` if events cannot be kept."""
        try:
            if self._task.isolate == "none":
                if self._here(grace_s, on_stuck):
                    return self._failed(*self._late())
            else:
                self._apart()
            if self._trial.timed_out:
                return self._failed(Outcome.TIMED_OUT, self._too_long())
            if self._trial.stage:
                return self._broke()
            with _ANSWER:
                metrics, left_out = metrics_of(self._trial.value, self._task)
        except CellFault as fault:
            return self._failed(fault.outcome, fault.reason, fault.error)
        return self._judged(metrics, left_out)

    def _apart(self) -> None:
        from ..scenarios.task.process import run_in_process

        task, limit_s = self._task, self._limits.wall_clock_s
        try:
            self._trial = run_in_process(task, self._params, self._cell.seed, limit_s=limit_s, on_events=self._on_events)
        except StoreError:
            raise  # our own disk: nobody can blame the task for it
        except OSError as error:
            kept = keep(error)
            raise CellFault(Outcome.ENVIRONMENT_ERROR, f"the task could not be run: {_first(kept)}", kept) from error

    def _here(self, grace_s: float, on_stuck: Callable[[Result], None] | None) -> bool:
        """Runs it in this process; whether its time was up."""
        from ..scenarios.task.here import load_here, run_here

        def stuck() -> None:
            if on_stuck is not None:
                outcome, why = self._late()
                on_stuck(self._failed(outcome, f"{why}, and could not be stopped"))

        limit, clock = self._limits.wall_clock_s, None
        if self._limits.memory_mb is not None:
            self._growth = Growth(self._limits.memory_mb)
        if limit is not None or self._growth:
            clock = CellClock(limit, grace_s=grace_s, on_stuck=stuck, growth=self._growth)

        def play() -> None:
            stage = "import"
            try:
                function = load_here(self._task)
                stage = "run"
                run_here(self._task, function, self._params, self._trial, self._on_events)
            except BaseException as error:
                if not is_failure(error) or isinstance(error, StoreError):
                    raise
                kept = keep(error)
                self._trial.fail(stage, _first(kept), (kept.type, kept.message, kept.traceback))

        play_within(clock, play)
        return clock is not None and clock.fired

    def _late(self) -> tuple[Outcome, str]:
        if self._growth and self._growth.grown:
            return Outcome.OVER_LIMIT, self._growth.reason
        return Outcome.TIMED_OUT, self._too_long()

    def _too_long(self) -> str:
        return f"cell ran longer than {self._limits.wall_clock_s or 0:g} s"

    def _broke(self) -> Result:
        trial = self._trial
        kind, message, trace = map(storable, trial.error)
        printed = self._printed()
        error = CellError(kind or "TaskError", message or trial.reason, "\n".join(filter(None, [trace.rstrip(), *printed])))
        return self._failed(Outcome.ENVIRONMENT_ERROR, f"{_STAGES[trial.stage]}: {trial.reason}", error)

    def _failed(self, outcome: Outcome, reason: str, error: CellError | None = None) -> Result:
        printed = "\n".join(self._printed())
        if error is None and printed:
            error = CellError(str(outcome), reason, printed)
        reason = storable("; ".join(filter(None, [reason, self._trial.note])))
        return self._result(outcome, reason, {}).with_(error=error)

    def _judged(self, metrics: dict[str, Json], left_out: str) -> Result:
        task = self._task
        wrong = missed(metrics, task)
        score = metrics[task.score] if task.score else None
        reason = "; ".join(filter(None, [*wrong, left_out, self._trial.note]))
        return self._result(Outcome.COMPLETED, storable(reason), metrics).with_(
            score=float(score) if isinstance(score, int | float) else None, better=task.better, passed=not wrong
        )

    def _result(self, outcome: Outcome, reason: str, metrics: dict[str, Json]) -> Result:
        trial = self._trial
        return result_of(self._cell, outcome, reason).with_(
            metrics=metrics,
            task=TaskRecord(trial.seed, trial.count, trial.unread),
            trajectory=self._trajectory(metrics),
        )

    def _printed(self) -> list[str]:
        """The end of what the trial printed, stream by stream."""
        lines: list[str] = []
        for name, text in (("stdout", self._trial.stdout), ("stderr", self._trial.stderr)):
            if text.strip():
                lines += [f"--- {name} ---", *storable(text).rstrip().splitlines()[-_SHOWN:]]
        return lines

    def _trajectory(self, metrics: Mapping[str, Json]) -> Trajectory:
        """A trial as turns: it was executed with these params, told these events, printed this, and gave these metrics."""
        trial = self._trial
        turns = [Turn(0, "execute", {**self._params, "trial": self._cell.seed, "random_seed": trial.seed})]
        turns += [_turn(number, event) for number, event in enumerate(trial.events, 1)]
        if len(trial.events) < trial.count:
            turns.append(Turn(len(turns), "events", {"more": trial.count - len(trial.events)}))
        for name, text in (("stdout", trial.stdout), ("stderr", trial.stderr)):
            if text.strip():
                turns.append(Turn(len(turns), "print", {"stream": name}, reasoning=storable(text)))
        if metrics:
            turns.append(Turn(len(turns), "return", reading=metrics))
        return Trajectory(tuple(turns))


def _turn(number: int, event: MetricEvent) -> Turn:
    data = {storable(str(name)): value for name, value in event.data.items() if name != "timestamp"}
    return Turn(number, "metric", {"at": round(event.at, 6), **data})


def _first(error: CellError) -> str:
    line = error.message.strip().split("\n", 1)[0]
    return f"{error.type}: {line}" if line else error.type
