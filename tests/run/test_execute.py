"""The one loop over many cells."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Event, Thread

import pytest

from pytest_alienbio.engine import Engine, Inline, Threads
from pytest_alienbio.errors import StuckCellError
from pytest_alienbio.model import Action, Cell, CellLimits, Observation, Outcome, Result
from pytest_alienbio.play import result_of
from pytest_alienbio.play.meter import CellMeter
from pytest_alienbio.play.through import is_the_runs
from pytest_alienbio.run import play_one
from pytest_alienbio.run.execute import SPARE, execute, stream
from pytest_alienbio.run.limits.limiting import Allowance
from pytest_alienbio.store import dat

from .parts import Crash, Half, Lab, Line, make_plan


def test_every_cell_is_played_and_on_disk_before_the_next(tmp_path: Path) -> None:
    """The listener is called after the record is written, so whoever reads then finds it."""
    lab = Lab(tmp_path, make_plan(agents=["right", "crash"]))
    run = lab.run()
    on_disk: list[int] = []
    results = execute(
        lab.plan.cells,
        run,
        lab.catalog,
        limits=CellLimits(),
        on_result=lambda cell, result: on_disk.append(len(list(dat.open(lab.dat_path).results()))),
    )
    assert on_disk == [1, 2, 3, 4]
    assert [result.id for result in results] == [cell.id for cell in lab.plan.cells]
    assert {result.outcome for result in results} == {Outcome.COMPLETED, Outcome.AGENT_ERROR}


def test_ctrl_c_passes_on_and_leaves_what_was_played(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right", "interrupted", "half"], seeds=[0]))
    with pytest.raises(KeyboardInterrupt):
        lab.play()
    assert [result.agent for result in dat.open(lab.dat_path).results()] == ["right"]


def test_one_cell_with_its_limits(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    result = play_one(lab.plan.cells[0], lab.run(), lab.catalog, limits=CellLimits(steps=7))
    assert (result.outcome, result.score) == (Outcome.TRUNCATED, 0.7)
    assert result.run == lab.run_id
    assert [found.score for found in dat.open(lab.dat_path).results()] == [0.7]


def test_what_a_cell_waited_for_leave_of_limits_is_in_its_record(tmp_path: Path) -> None:
    """And nothing where it did not wait."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1]))

    def allow(cell: Cell, limits: CellLimits) -> Allowance:
        meter = CellMeter(limits)
        meter.waited_s = 2.5 * cell.seed
        return Allowance(limits, meter)

    run = lab.run()
    results = [play_one(cell, run, lab.catalog, limits=CellLimits(), allow=allow) for cell in lab.plan.cells]
    assert [result.metrics.get("limit_wait_s") for result in results] == [None, 2.5]
    assert [result.metrics.get("limit_wait_s") for result in dat.open(lab.dat_path).results()] == [None, 2.5]


def test_agent_and_environment_at_hand_take_the_catalogs_place(tmp_path: Path) -> None:
    """What the fixtures of a pytest item give."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    result = play_one(
        lab.plan.cells[0], lab.run(), lab.catalog, limits=CellLimits(), agent=Half(), environment=Line(bonus=0.25)
    )
    assert result.score == 0.75


def late_by(call: Callable[..., object], lab: Lab, told: Callable[[Result], None], monkeypatch: pytest.MonkeyPatch) -> Result:
    """`play_one` of a cell for which `call(on_stuck, result)` takes the place of playing."""
    late = result_of(lab.plan.cells[0], Outcome.TIMED_OUT, "too long")

    def play(cell: object, *args: object, on_stuck: Callable[[Result], None], **more: object) -> Result:
        call(on_stuck, late)
        return late.with_(reason="came back")

    monkeypatch.setattr(import_module("pytest_alienbio.run.execute"), "run_cell", play)
    return play_one(lab.plan.cells[0], lab.run(), lab.catalog, limits=CellLimits(), on_stuck=told)


def test_a_stuck_cell_is_recorded_before_anyone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`on_stuck` gets the result with its place in the DAT: it is on disk by then. What the cell gives later is dropped."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    told: list[str] = []

    def tell(result: Result) -> None:
        told.append(f"{result.dat_path} {next(dat.open(lab.dat_path).results()).outcome}")

    with pytest.raises(StuckCellError, match=f"came back; its run ends here, and what was finished is in {lab.dat_path}"):
        late_by(lambda on_stuck, late: on_stuck(late), lab, tell, monkeypatch)
    assert told == [f"{lab.dat_path} timed_out"]
    assert [result.reason for result in dat.open(lab.dat_path).results()] == ["too long"]


def test_a_cell_that_comes_back_while_it_is_being_given_up_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the other thread is done: nobody else writes meanwhile."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    begun, done = Event(), []

    def tell(result: Result) -> None:
        begun.set()
        list(dat.open(lab.dat_path).results())
        done.append(True)

    def in_another_thread(on_stuck: Callable[[Result], None], late: Result) -> None:
        Thread(target=on_stuck, args=(late,)).start()
        begun.wait(30)

    with pytest.raises(StuckCellError):
        late_by(in_another_thread, lab, tell, monkeypatch)
    assert done == [True]


def test_a_cell_that_was_in_time_after_all_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock's thread may be about to give it up when it ends."""
    lab = Lab(tmp_path, make_plan(seeds=[0]))
    kept: list[Callable[[], None]] = []
    result = late_by(lambda on_stuck, late: kept.append(lambda: on_stuck(late)), lab, lambda result: None, monkeypatch)
    kept[0]()
    assert result.reason == "came back"
    assert [result.reason for result in dat.open(lab.dat_path).results()] == ["came back"]


def test_threads_play_many_at_once_and_give_the_plans_order(tmp_path: Path) -> None:
    """Every cell is recorded once, whoever plays it when; the results come in the order of the cells."""
    lab = Lab(tmp_path, make_plan(agents=["right", "half", "crash"], seeds=list(range(20))))
    heard: list[str] = []
    results = execute(
        lab.plan.cells,
        lab.run(),
        lab.catalog,
        limits=CellLimits(),
        engine=Threads(8),
        on_result=lambda cell, result: heard.append(cell.id),
    )
    ids = [cell.id for cell in lab.plan.cells]
    assert [result.id for result in results] == ids
    assert sorted(heard) == sorted(ids)
    assert sorted(result.id for result in dat.open(lab.dat_path).results()) == sorted(ids)


def test_a_slow_cell_does_not_hold_up_the_others(tmp_path: Path) -> None:
    """Results come as they are there: the first cell ends only after all others were heard of."""
    lab = Lab(tmp_path, make_plan(agents=["right"], seeds=list(range(6))))
    first, others = lab.plan.cells[0], Event()

    def play(cell: Cell) -> Result:
        if cell is first:
            others.wait(30)
        return result_of(cell, Outcome.COMPLETED)

    heard = []
    for cell, _ in stream(lab.plan.cells, play, Threads(2)):
        heard.append(cell.id)
        if len(heard) == 5:
            others.set()
    assert heard[-1] == first.id
    assert len(heard) == 6


def test_whoever_stops_taking_stops_the_playing(tmp_path: Path) -> None:
    """What has begun ends and is kept; nothing else begins, and no more can have begun than were handed out."""
    lab = Lab(tmp_path, make_plan(agents=["right"], seeds=list(range(100))))
    run, engine, begun = lab.run(), Threads(4), []

    def play(cell: Cell) -> Result:
        begun.append(cell.id)
        return play_one(cell, run, lab.catalog, limits=CellLimits())

    played = stream(lab.plan.cells, play, engine)
    first, _ = next(played)
    played.close()
    kept = [result.id for result in dat.open(lab.dat_path).results()]
    assert first.id in kept
    assert sorted(kept) == sorted(begun)
    assert len(kept) <= engine.ahead + SPARE < len(lab.plan.cells)
    run.close()


def test_after_ctrl_c_what_has_begun_is_finished_and_given(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right"], seeds=list(range(50))))
    begun, raised, go_on = Event(), Event(), Event()

    def play(cell: Cell) -> Result:
        if cell is lab.plan.cells[1]:
            begun.wait(30)
            raised.set()
            raise KeyboardInterrupt
        begun.set()
        go_on.wait(30)
        return result_of(cell, Outcome.COMPLETED)

    given = []
    played = stream(lab.plan.cells, play, Threads(2))

    def let_go() -> None:
        raised.wait(30)
        go_on.set()

    def take_all() -> None:
        for cell, _ in played:
            given.append(cell.id)

    Thread(target=let_go).start()
    with pytest.raises(KeyboardInterrupt):
        take_all()
    assert lab.plan.cells[0].id in given
    assert len(given) < 50


@pytest.mark.parametrize("engine", [Inline(), Threads(3)], ids=["inline", "threads"])
def test_a_cell_with_a_result_already_is_not_played(tmp_path: Path, engine: Engine) -> None:
    lab = Lab(tmp_path, make_plan(agents=["right"], seeds=[0, 1, 2]))

    def instead(cell: Cell) -> Result | None:
        return result_of(cell, Outcome.NOT_RUN, "no money") if cell.seed == 1 else None

    results = execute(lab.plan.cells, lab.run(), lab.catalog, limits=CellLimits(), engine=engine, instead=instead)
    assert [result.outcome for result in results] == [Outcome.COMPLETED, Outcome.NOT_RUN, Outcome.COMPLETED]
    assert sum(result.outcome is Outcome.NOT_RUN for result in dat.open(lab.dat_path).results()) == 1


def raising(error: BaseException) -> Callable[[Crash, Observation], Action]:
    """A `decide` that raises `error`."""

    def decide(self: Crash, observation: Observation) -> Action:
        raise error

    return decide


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (pytest.skip.Exception("no gpu"), Outcome.SKIPPED),
        (pytest.fail.Exception("enough"), Outcome.AGENT_ERROR),
        (GeneratorExit(), Outcome.AGENT_ERROR),
    ],
)
def test_control_flow_of_a_cell_ends_that_cell_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException, outcome: Outcome
) -> None:
    """`pytest.importorskip` in an agent, say: it was started, so it is booked, and the others are played."""
    lab = Lab(tmp_path, make_plan(agents=["crash", "right"], seeds=[0]))
    monkeypatch.setattr(Crash, "decide", raising(raised))
    assert [result.outcome for result in lab.play()] == [outcome, Outcome.COMPLETED]
    assert len(list(dat.open(lab.dat_path).results())) == 2


def test_ctrl_c_that_an_agent_raises_in_a_thread_is_its_error(tmp_path: Path) -> None:
    """The real one reaches the main thread alone; `pytest.exit` is meant for the run wherever it is raised."""
    lab = Lab(tmp_path, make_plan(agents=["interrupted", "right"], seeds=[0]))
    results = execute(lab.plan.cells, lab.run(), lab.catalog, limits=CellLimits(), engine=Threads(2))
    assert [result.outcome for result in results] == [Outcome.AGENT_ERROR, Outcome.COMPLETED]
    assert is_the_runs(pytest.exit.Exception("all of it"))
