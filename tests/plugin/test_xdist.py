"""Workers: one run, one folder, and the books kept when a worker dies."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome

from .conftest import Lab

pytestmark = pytest.mark.usefixtures("xdist_only")


@pytest.fixture
def xdist_only(request: pytest.FixtureRequest) -> None:
    if not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")


def test_a_killed_worker_loses_one_cell_and_no_other(lab: Lab) -> None:
    """SIGKILL in the middle of a cell: `lost`, no score; every other cell is there exactly once."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, killer], seeds: 2}")
    run = lab.run("n2", "--max-worker-restart=8")
    assert run.ret == 1
    results = lab.results()
    assert {r.outcome for r in results.values() if r.agent == "killer"} == {Outcome.LOST}
    assert [r.score for r in results.values() if r.agent == "right"] == [1.0, 1.0]
    assert all(r.score is None for r in results.values() if r.agent == "killer")
    assert "died while it played this cell" in results["walks/plain[killer-s0]"].reason


def test_workers_that_may_not_be_replaced_leave_not_run(lab: Lab) -> None:
    """What no worker came to play is said; nothing is silently missing."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [killer, right], seeds: 12}")
    run = lab.run("n2", "--max-worker-restart=0")
    assert run.ret != 0
    outcomes = [result.outcome for result in lab.results().values()]
    assert len(outcomes) == 24
    assert Outcome.LOST in outcomes
    assert Outcome.NOT_RUN in outcomes


def test_a_cell_that_ignores_its_deadline_costs_its_worker_only(lab: Lab) -> None:
    """After the grace the worker ends itself; the cell is `timed_out`, not `lost`, and the rest is played."""
    lab.battery(
        """
        experiment.x:
          scenarios: [walks/plain]
          agents: [deaf, right]
          seeds: 1
          limits: {per_cell: {wall_clock_s: 0.2}}
        """
    )
    lab.conftest(
        """
        def pytest_sessionstart(session):
            if hasattr(session.config, "workerinput"):
                from pytest_alienbio.play import run_cell
                run_cell.__kwdefaults__["grace_s"] = 0.1
        """
    )
    run = lab.run("n2")
    assert run.ret == 1
    results = lab.results()
    assert results["walks/plain[deaf-s0]"].outcome is Outcome.TIMED_OUT
    assert results["walks/plain[right-s0]"].score == 1.0
    assert "did not stop when told to" in run.stdout.str()


def test_a_session_that_must_not_start_workers_breaks_if_it_would(lab: Lab) -> None:
    """So tests of what ends a session before it plays cannot pass for another reason."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}")
    run = lab.run("n2", workers=False)
    assert run.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "workers were about to be started" in run.stdout.str()
    assert not [file for folder in lab.dats() for file in folder.glob("cells/*")]


@pytest.mark.parametrize("dist", ["loadscope", "loadfile", "worksteal"])
def test_every_way_to_distribute_gives_the_same_results(lab: Lab, dist: str) -> None:
    """`load`, xdist's own choice, is what all other tests here use."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 4, cells: record}")
    assert lab.run("n2", "--dist", dist).parseoutcomes() == {"passed": 8}
    assert len(lab.results()) == 8


def test_a_worker_that_dies_in_a_python_test_loses_that_cell_by_name(lab: Lab) -> None:
    """The battery is known to the workers only; the controller still books the cell as `lost`."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, killer], seeds: 1}", "x.yaml")
    lab.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio):
            bio.play(cell)
        """
    )
    assert lab.run("n2").ret == 1
    results = lab.results()
    assert results["walks/plain[killer-s0]"].outcome is Outcome.LOST
    assert results["walks/plain[right-s0]"].score == 1.0
