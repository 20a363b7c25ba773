"""The test loop of sessions in which engines play: order, stopping early, and what else is in the session."""

from __future__ import annotations

import pytest

from pytest_alienbio.store import dat

from ..conftest import Lab
from .conftest import interrupted, played, reported


def cells(lab: Lab, agents: str, *, seeds: int = 1, name: str = "a", run: str = "", cells: str = "assert") -> None:
    """A battery of one scenario."""
    more = f", run: {{{run}}}" if run else ""
    lab.battery(
        f"experiment.{name}: {{scenarios: [walks/plain], agents: [{agents}], seeds: {seeds}, cells: {cells}{more}}}\n",
        f"{name}.battery.yaml",
    )


def test_cells_are_reported_as_they_end(lane: Lab) -> None:
    """A slow cell at the front holds nobody up."""
    cells(lane, "{name: last, params: {after: 2}}, right, half", cells="record")
    run = lane.run("plain", "--bio-engine", "threads:2")
    assert run.ret == 0
    assert reported(run) == ["right-s0", "half-s0", "last-s0"]


def test_one_engine_plays_the_cells_of_all_batteries_that_name_it_together(lane: Lab) -> None:
    """The last of one and the first of the next are on at the same time: neither could go on alone."""
    cells(lane, "meets", name="a", run="engine: threads, concurrency: 2")
    cells(lane, "meets", name="b", run="engine: 'threads:2'")
    run = lane.run("plain")
    assert (run.ret, sorted(reported(run))) == (0, ["meets-s0", "meets-s0"])
    assert [len(list(dat.open(folder).results())) for folder in lane.dats()] == [1, 1]


def test_x_stops_after_the_first_failure_and_plays_nothing_else(lane: Lab) -> None:
    cells(lane, "right, crash, half", seeds=4)
    run = lane.run("plain", "--bio-engine", "inline", "-x")
    assert run.ret == 1
    assert reported(run) == ["right-s0", "right-s1", "right-s2", "right-s3", "crash-s0"]
    assert len(played(lane.dats()[0])) == 5
    run.stdout.fnmatch_lines(["*stopping after 1 failures*"])


@pytest.mark.parametrize(("argument", "most"), [("-x", 4), ("--maxfail=2", 5)])
def test_x_keeps_cells_that_play_and_drops_those_that_wait(lane: Lab, argument: str, most: int) -> None:
    """`last` plays until the first report, which is a failure: it is recorded and reported, too. Of the 52 behind it no more
    begin than the engine had been handed."""
    cells(lane, "last, falls, outage", run="engine: 'threads:2'")
    cells(lane, "right", seeds=50, name="b", run="engine: 'threads:2'")
    run = lane.run("plain", argument)
    assert run.ret == 1
    results = [name for folder in lane.dats() for name in played(folder)]
    assert sorted(reported(run)) == sorted(results)
    assert {"last-s0", "falls-s0"} <= set(results)
    assert len(results) <= most


def test_stepwise_stops_at_the_first_failure_in_order_and_goes_on_from_it(lane: Lab) -> None:
    """Whoever ends first: the reports keep the order, for what is behind the failure has to be played again."""
    cells(lane, "last, right, half, crash")
    run = lane.run("plain", "--bio-engine", "inline", "--sw", "--deselect", "a.battery.yaml::a::walks/plain[last-s0]")
    assert reported(run) == ["right-s0", "half-s0"]
    lane.conftest("REACHED[1].set()")
    run = lane.run("plain", "--bio-engine", "threads:4", "--sw")
    assert reported(run) == ["half-s0"]
    run.stdout.fnmatch_lines(["*skipping 2 already passed items*"])


def test_ctrl_c_lets_cells_that_play_finish_and_reports_them(lane: Lab) -> None:
    """One presses it, another one ends only when that one has been reported: all that played is in the books and was reported.
    Exit 2; what had not begun is not played, and the run says that it was interrupted."""
    cells(lane, "right, ctrlc, {name: last, params: {after: 2}}, half", run="engine: 'threads:2'")
    run = interrupted(lane)
    assert run.ret == 2
    found = played(lane.dats()[0])
    assert sorted(found) == sorted(reported(run))
    assert {"right-s0", "ctrlc-s0"} <= found.keys()
    assert "last-s0" in found or "half-s0" not in found
    assert dat.open(lane.dats()[0]).status()["verdict"] == "interrupted"


def test_an_agent_that_raises_keyboard_interrupt_in_a_thread_is_data(lane: Lab) -> None:
    """Ctrl-C reaches the main thread alone; inline the agent plays there, and it ends the session as in the fixture lane."""
    cells(lane, "interrupted, right")
    run = lane.run("plain", "--bio-engine", "threads:2")
    assert (run.ret, sorted(reported(run))) == (1, ["interrupted-s0", "right-s0"])
    assert [result.outcome.value for result in lane.results().values()] == ["agent_error", "completed"]
    assert interrupted(lane, "--bio-engine", "inline").ret == 2


def test_other_tests_go_their_usual_way(lane: Lab) -> None:
    """Fixtures of a module are set up once although cells stand between its tests; a battery without an engine stays with
    pytest; `capsys` and `caplog` have what is theirs alone."""
    cells(lane, "right, half", name="b", run="engine: threads", cells="record")
    cells(lane, "right", name="c")
    lane.pytester.makepyfile(
        test_a="""
        import logging
        import pytest

        @pytest.fixture(scope="module")
        def once():
            print("set up")
            yield
            print("torn down")

        def test_one(once, capsys):
            print("mine")
            assert capsys.readouterr().out == "mine\\n"

        def test_two(once, caplog):
            logging.getLogger("x").warning("mine")
            assert caplog.messages == ["mine"]

        @pytest.mark.battery("b.battery.yaml")
        def test_over(cell, bio):
            assert bio.play(cell).score is not None
        """
    )
    lane.conftest(
        """
        def pytest_collection_modifyitems(items):
            one, two = (next(item for item in items if item.name == name) for name in ("test_one", "test_two"))
            cells = [item for item in items if item.nodeid.startswith("b.")]
            items[:] = [one, *cells, two, *(item for item in items if item not in (one, two, *cells))]
        """
    )
    run = lane.run("plain", "-s")
    assert run.ret == 0
    first, *lane_cells, second, third, fourth, fifth = reported(run)
    assert (first, sorted(lane_cells), second) == ("test_one", ["half-s0", "right-s0"], "test_two")
    assert {third, fourth, fifth} == {"right-s0", "walks/plain-right-s0", "walks/plain-half-s0"}
    assert run.stdout.str().count("set up") == run.stdout.str().count("torn down") == 1


def test_cells_that_cannot_be_recorded_fail_one_by_one_as_in_the_other_lane(lane: Lab) -> None:
    """The disk is gone while the session runs: the reports say so, and the session goes on."""
    cells(lane, "right, breaks, half")
    first = lane.run("plain")
    second = lane.run("plain", "--bio-engine", "inline")
    assert reported(first) == reported(second)
    assert (first.ret, first.parseoutcomes()) == (second.ret, second.parseoutcomes())
    assert second.parseoutcomes()["failed"] >= 2


def test_an_engine_that_cannot_play_ends_the_session_before_anything_is_run(lane: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder is left behind."""
    from pytest_alienbio import engine
    from pytest_alienbio.errors import EngineError

    def refuse(choice: object) -> object:
        raise EngineError("no worker came")

    monkeypatch.setattr(engine, "open_engine", refuse)
    monkeypatch.setattr("pytest_alienbio.plugin.lane.playing.open_engine", refuse)
    cells(lane, "right")
    run = lane.run("plain", "--bio-engine", "threads:3")
    assert run.ret == 4
    assert "the engine threads:3 cannot play: no worker came" in run.stderr.str() + run.stdout.str()
    assert lane.dats() == []


def test_a_cell_that_cannot_be_stopped_is_timed_out_and_its_slot_is_filled_again(
    lane: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread, held for good by a call that nothing wakes; the cell behind it is played all the same."""
    from pytest_alienbio.play import run_cell

    defaults = run_cell.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "grace_s", 0.05)
    lane.conftest(
        """
        NEVER = threading.Event()

        class Held(Right):
            def decide(self, observation):
                print("held")
                NEVER.wait()

        def pytest_alienbio_register_agents(registry):
            registry.add("held", Held)
            registry.add("right", Right)

        def pytest_unconfigure(config):
            NEVER.set()
        """
    )
    cells(lane, "held, right", run="engine: 'threads:1'")
    run = lane.run("plain", "--bio-timeout", "0.1")
    assert (run.ret, reported(run)) == (1, ["held-s0", "right-s0"])
    assert played(lane.dats()[0]) == {"held-s0": "timed_out", "right-s0": "completed"}
    run.stdout.fnmatch_lines(["*a.battery.yaml T.*", "*could not be stopped*", "*Captured stdout call*", "held"])
