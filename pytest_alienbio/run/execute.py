"""The one loop over many cells, and its body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event, Lock

from ..errors import StuckCellError
from ..model import Agent, Cell, CellLimits, Environment, InstanceCache, MetricEvent, Outcome, Result
from ..model.result import GENERATION, WAITING
from ..play import Catalog, result_of, run_cell
from ..resources import TimedCache
from .run import Run

OnResult = Callable[[Cell, Result], None]


def play_one(
    cell: Cell,
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    cache: InstanceCache | None = None,
    agent: Agent | None = None,
    environment: Environment | None = None,
    on_stuck: Callable[[Result], None] | None = None,
) -> Result:
    """Plays one cell and records it; what `execute` and every pytest item do. Never raises for what the cell did wrong.

    What of its time went into generating its world, or into waiting for another cell that did, is in its metrics.
    `on_stuck` gets the recorded result of a cell that could not be stopped, in another thread; if such a cell comes back
    after all, it is too late: `StuckCellError` is raised once `on_stuck` has returned.
    """
    timed = TimedCache(cache) if cache else None
    taken, told = Lock(), Event()
    """Taken, once, by the thread that records the cell: this one or the clock's."""

    def stuck(result: Result) -> None:
        assert on_stuck is not None
        if taken.acquire(blocking=False):
            try:
                on_stuck(run.record(result, cell))
            finally:
                told.set()

    def events(found: Sequence[MetricEvent]) -> None:
        run.events(cell, found)

    result = run_cell(
        cell,
        catalog,
        limits=limits,
        cache=timed,
        agent=agent,
        environment=environment,
        on_stuck=stuck if on_stuck else None,
        on_events=events,
    )
    if not taken.acquire(blocking=False):
        told.wait()
        raise StuckCellError(cell.id, result.reason, str(run.dat_path))
    if timed:
        spent = {GENERATION: timed.made_s, WAITING: timed.waited_s}
        result = result.with_(metrics={**result.metrics, **{name: s for name, s in spent.items() if s is not None}})
    return run.record(result, cell)


def execute(
    cells: Iterable[Cell],
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    cache: InstanceCache | None = None,
    on_result: OnResult | None = None,
    on_stuck: Callable[[Result], None] | None = None,
    needless: Callable[[Cell], str] | None = None,
) -> list[Result]:
    """Plays `cells` in order, here and now. A Ctrl-C leaves what was played recorded and passes on.

    A cell of which `needless` says why is recorded as skipped.

    So does `StuckCellError`, if the cell that could not be stopped comes back; see `play_one`.
    """
    results: list[Result] = []
    for cell in cells:
        if why := needless(cell) if needless else "":
            result = run.record(result_of(cell, Outcome.SKIPPED, why), cell)
        else:
            result = play_one(cell, run, catalog, limits=limits, cache=cache, on_stuck=on_stuck)
        if on_result:
            on_result(cell, result)
        results.append(result.with_(trajectory=None))
    return results
