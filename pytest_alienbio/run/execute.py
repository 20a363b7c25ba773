"""The one loop over many cells, and its body."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, as_completed, wait
from contextlib import closing, nullcontext, suppress
from queue import SimpleQueue
from threading import Lock, get_ident
from time import monotonic, sleep

from ..engine import Engine, Inline
from ..errors import StuckCellError
from ..model import Agent, Cell, CellLimits, Environment, InstanceCache, Json, MetricEvent, Outcome, Result
from ..model.result import GENERATION, LIMIT_WAIT, RECALLED, WAITING
from ..play import Catalog, result_of, run_cell
from ..play.catalog import Records
from ..play.meter import CellMeter
from ..play.through import ended_through, is_the_runs
from ..resources import TimedCache
from .checkpoints import keeper_of
from .limits.limiting import Allowance, Limiting
from .limits.recorded import as_recorded
from .retrying import until_it_holds
from .run import Recorder, Run
from .stopping import FINISH_S, Stop, stoppable

NAP_S = 0.002
"""Where cells end faster than this, several are waited for: to be woken for each would cost as much as a cell does."""
SPARE = 16
"""Cells that an engine is handed beyond those that it can use, so that it does not run out of them meanwhile."""

OnResult = Callable[[Cell, Result], None]
Allow = Callable[[Cell, CellLimits], Allowance]


def play_one(
    cell: Cell,
    run: Recorder,
    catalog: Catalog,
    *,
    limits: CellLimits,
    allow: Allow | None = None,
    cache: InstanceCache | None = None,
    agent: Agent | None = None,
    environment: Environment | None = None,
    on_stuck: Callable[[Result], None] | None = None,
    stop: Stop | None = None,
) -> Result:
    """Plays one cell and records it; what `execute` and every pytest item do. Never raises for what the cell did wrong.

    `allow`: what the limits of its run leave an attempt; None = its own `limits` alone.

    What of its time went into generating its world, or into waiting for another cell that did, or for leave of a limit, is in
    its metrics. A cell that breaks in a way that the run retries is played again, and each attempt recorded; not one with an
    `agent` or an `environment` of the caller's, which has played then, nor once `stop` is asked. `on_stuck` gets the recorded
    result of a cell that could not be stopped, in another thread; if such a cell comes back after all, it is too late:
    `StuckCellError` is raised once `on_stuck` has returned.
    """

    if catalog.replay:
        return _replayed(cell, run, catalog, catalog.replay, limits, cache, agent, environment, on_stuck)

    def once() -> Result:
        allowance = allow(cell, limits) if allow else Allowance(limits, CellMeter(limits))
        return _played(cell, run, catalog, allowance, cache, agent, environment, on_stuck)

    if not run.retries or agent is not None or environment is not None:
        return once()
    return until_it_holds(once, run.retries, run.pause, lambda: bool(stop and stop.asked))


def _replayed(
    cell: Cell,
    run: Recorder,
    catalog: Catalog,
    records: Records,
    limits: CellLimits,
    cache: InstanceCache | None,
    agent: Agent | None,
    environment: Environment | None,
    on_stuck: Callable[[Result], None] | None,
) -> Result:
    """What another run recorded, once more; a cell that this cannot be done with is skipped."""
    if cell.agent.skip_reason == "" and (why := records.refusal(cell)):
        return run.record(result_of(cell, Outcome.SKIPPED, why), cell)
    return _played(cell, run, catalog, as_recorded(cell, records, limits), cache, agent, environment, on_stuck)


def _played(
    cell: Cell,
    run: Recorder,
    catalog: Catalog,
    allowed: Allowance,
    cache: InstanceCache | None,
    agent: Agent | None,
    environment: Environment | None,
    on_stuck: Callable[[Result], None] | None,
) -> Result:
    """One attempt, recorded."""
    timed = TimedCache(cache) if cache else None
    taken, told = Lock(), Lock()
    """Taken, once, by the thread that records the cell: this one or the clock's; `told` is free once that was told."""
    keeper = keeper_of(run, cell, catalog)

    def record(result: Result) -> Result:
        recorded = run.record(allowed.read(result), cell)
        if keeper:
            keeper.remove()
        return recorded

    def stuck(result: Result) -> None:
        assert on_stuck is not None
        with told:
            if taken.acquire(blocking=False):
                on_stuck(record(result))

    def events(found: Sequence[MetricEvent]) -> None:
        run.events(cell, found)

    result = run_cell(
        cell,
        catalog,
        limits=allowed.limits,
        cache=timed,
        agent=agent,
        environment=environment,
        keeper=keeper,
        on_stuck=stuck if on_stuck else None,
        on_events=events,
        last_words=None if (words := run.last_words) is None else lambda result: words(allowed.read(result), cell),
        meter=allowed.meter,
    )
    if not taken.acquire(blocking=False):
        with told:
            raise StuckCellError(cell.id, result.reason, str(run.dat_path))
    took = {GENERATION: timed.made_s, WAITING: timed.waited_s} if timed else {}
    spent: dict[str, Json] = {name: seconds for name, seconds in took.items() if seconds is not None}
    if result.trajectory and (recalled := sum(call.recalled for call in result.trajectory.calls)):
        spent[RECALLED] = recalled
    if allowed.meter.waited_s:
        spent[LIMIT_WAIT] = allowed.meter.waited_s
    if spent:
        result = result.with_(metrics={**result.metrics, **spent})
    return record(result)


def stream(
    cells: Iterable[Cell],
    play: Callable[[Cell], Result],
    engine: Engine,
    stop: Stop | None = None,
    *,
    spare: int = SPARE,
) -> Generator[tuple[Cell, Result], None, None]:
    """Each cell with what `play` gave for it, as soon as it is there: the loop itself, in completion order.

    No more cells are handed to the engine than it can use, and `spare` ones, so that whoever stops taking stops the playing
    too: closing the generator drops what has not begun and waits for what has. Once `stop` is asked, what has begun is
    finished and given, and `KeyboardInterrupt` passes on; of one that comes by itself (there is no `stop`, or a cell raises
    it) likewise, within `FINISH_S` seconds. What a `play` raises does so at once.
    """
    waiting, done = iter(cells), SimpleQueue[Future[Result] | None]()
    running: dict[Future[Result], Cell] = {}
    stop, taken = stop or Stop(), 0.0
    ahead = engine.ahead + (spare if engine.at_home else 0)
    if isinstance(engine, Inline):  # a future that is there at once would be a tenth of what the loop costs
        while not stop.asked and (cell := next(waiting, None)) is not None:
            yield cell, play(cell)
        if stop.asked:
            raise KeyboardInterrupt
        return
    try:
        with stop.waking(lambda: done.put(None)):
            while True:
                while not stop.asked and len(running) < ahead and (cell := next(waiting, None)) is not None:
                    future = engine.submit(play, cell)
                    running[future] = cell
                    future.add_done_callback(done.put)
                if not running:
                    break
                if stop.asked:
                    _drop(running)
                if spare and done.empty() and len(running) > engine.width and monotonic() - taken < NAP_S:
                    sleep(NAP_S)
                ended = done.get() if running else None
                taken = monotonic()
                if ended and (found := running.pop(ended, None)):
                    yield found, ended.result()
        if stop.asked:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        begun = {} if stop.asked else dict(running)
        _drop(begun)
        running.clear()  # nobody waits for them any longer than this, and after a second Ctrl-C not at all
        with suppress(TimeoutError):
            for ended in as_completed(begun, timeout=FINISH_S):
                yield begun[ended], ended.result()
        raise
    finally:
        _drop(running)
        wait([] if stop.at_once else running)


def left_behind(engine: Engine, otherwise: Callable[[Result], None] | None) -> Callable[[Result], None] | None:
    """What to do with a cell of the calling thread that cannot be stopped: its thread is left behind and another one takes
    its place, where `engine` can do that; else `otherwise`.
    """
    if not engine.replaces:
        return otherwise
    thread = get_ident()

    def stuck(result: Result) -> None:
        if not engine.replace(thread, result) and otherwise:
            otherwise(result)

    return stuck


def _drop(running: dict[Future[Result], Cell]) -> None:
    """Forgets the cells that have not begun."""
    for future in [future for future in running if future.cancel()]:
        del running[future]


def cell_player(
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    engine: Engine,
    stop: Stop,
    asking: Lock,
    limiting: Limiting | None = None,
    cache: InstanceCache | None = None,
    on_stuck: Callable[[Result], None] | None = None,
    instead: Callable[[Cell], Result | None] | None = None,
    elsewhere: Callable[[Cell], Result] | None = None,
    ended: Callable[[Cell, BaseException], Result] = ended_through,
) -> Callable[[Cell], Result]:
    """What `engine` calls for each cell of a run: it plays the cell, or refuses it, and records what came of it.

    See `execute`. `asking` is held while it is asked whether a cell may begin: the same for all runs under common limits.
    `ended` gives the result of a cell that control flow of others ended (`pytest.skip` in an agent, say).
    """
    allow = limiting.allow if limiting else None

    def play(cell: Cell) -> Result:
        with asking:
            found = instead(cell) if instead else None
            if found is None and limiting:
                found = limiting.instead(cell)
        if found is not None:
            return run.record(found, cell)
        with stop.cell(cell):
            if elsewhere:
                return elsewhere(cell)
            stuck = left_behind(engine, on_stuck)
            try:
                return play_one(cell, run, catalog, limits=limits, allow=allow, cache=cache, on_stuck=stuck, stop=stop)
            except BaseException as error:  # the cell was started and is booked
                if is_the_runs(error):
                    raise
                return run.record(ended(cell, error), cell)

    return play


def execute(
    cells: Sequence[Cell],
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    limiting: Limiting | None = None,
    engine: Engine | None = None,
    cache: InstanceCache | None = None,
    on_result: OnResult | None = None,
    on_stuck: Callable[[Result], None] | None = None,
    instead: Callable[[Cell], Result | None] | None = None,
    elsewhere: Callable[[Cell], Result] | None = None,
    stop: Stop | None = None,
) -> list[Result]:
    """Plays `cells` on `engine`, by default one after the other here and now; gives their results in the cells' order.

    Cells that `limiting` does not let start any more are recorded as `not_run`; what others take is held to its caps.
    `instead` is asked just before a cell would begin, by one thread at a time; a result that it gives is recorded in place of
    playing. `on_result` hears of each cell when it ended, in this thread. Ctrl-C and SIGTERM are heard as `stoppable` says,
    unless `stop` is somebody's who hears them: what was played is recorded, then `KeyboardInterrupt` passes on. A cell that
    cannot be stopped is left behind with its thread, where the engine can do that; elsewhere `on_stuck` hears of it, and if it
    comes back after all, `StuckCellError` passes on; see `play_one`. `elsewhere` plays and records a cell in place of
    `play_one`, see `abroad`.
    """
    on = engine or Inline()
    found: dict[str, Result] = {}
    heard = nullcontext(stop) if stop else stoppable(Stop())
    with heard as asked:
        play = cell_player(
            run,
            catalog,
            limits=limits,
            engine=on,
            stop=asked,
            asking=Lock(),
            limiting=limiting,
            cache=cache,
            on_stuck=on_stuck,
            instead=instead,
            elsewhere=elsewhere,
        )
        with closing(stream(cells, play, on, asked)) as played:
            for cell, result in played:
                if on_result:
                    on_result(cell, result)
                found[cell.id] = result.with_(trajectory=None)
    return [found[cell.id] for cell in cells]
