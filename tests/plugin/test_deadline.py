"""The cell's own wall clock."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.run import Run

from .conftest import Lab


def test_a_sleeping_cell_is_woken_and_the_others_go_on(lab: Lab, mode: str) -> None:
    """Also out of a blocking system call; timed_out, no score, letter T."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [sleepy, right], seeds: 1}")
    run = lab.run(mode, "--bio-timeout", "0.3", "-v")
    assert run.parseoutcomes() == {"failed": 1, "passed": 1}
    result = lab.results()["walks/plain[sleepy-s0]"]
    assert result.outcome is Outcome.TIMED_OUT
    assert result.score is None
    assert result.duration_s < 30
    assert "TIMEOUT" in run.stdout.str()


def test_a_cell_that_cannot_be_stopped_ends_a_serial_session_with_its_results_kept(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, deaf], seeds: 1}")
    lab.conftest("from pytest_alienbio.play import run_cell\nrun_cell.__kwdefaults__['grace_s'] = 0.1")
    run = lab.pytester.runpytest_subprocess("-p", "no:randomly", "--bio-timeout", "0.2")
    assert run.ret == 1
    assert "cannot go on in this process" in run.stderr.str()
    results = lab.results()
    assert results["walks/plain[right-s0]"].score == 1.0
    assert results["walks/plain[deaf-s0]"].outcome is Outcome.TIMED_OUT
    assert (lab.dats()[0] / "summary.csv").is_file(), "closed before the process ended"


def test_pytest_timeout_still_works_beside_ours(lab: Lab, request: pytest.FixtureRequest) -> None:
    if not request.config.pluginmanager.hasplugin("timeout"):
        pytest.skip("pytest-timeout is not installed")
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [sleepy, right], seeds: 1}")
    run = lab.run("plain", "--timeout", "1", "--timeout-method", "signal")
    assert run.parseoutcomes() == {"failed": 1, "passed": 1}
    assert lab.results()["walks/plain[sleepy-s0]"].outcome is Outcome.TIMED_OUT


def test_an_agent_whose_building_hangs_is_timed_too(lab: Lab) -> None:
    """Fixtures build nothing themselves: the constructor runs under the cell's clock."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [slow_to_build, right], seeds: 1}")
    lab.conftest(
        """
        class SlowToBuild(Right):
            def __init__(self): time.sleep(60)

        @pytest.hookimpl(specname="pytest_alienbio_register_agents")
        def pytest_register_slow(registry):
            registry.add("slow_to_build", SlowToBuild)
        """
    )
    assert lab.run("plain", "--bio-timeout", "0.3").parseoutcomes() == {"failed": 1, "passed": 1}
    assert lab.results()["walks/plain[slow_to_build-s0]"].outcome is Outcome.TIMED_OUT


FREEZES = """
    from pytest_alienbio.play import limits, run_cell
    run_cell.__kwdefaults__["grace_s"] = limits.MARGIN_S = 0.2

    class Freezes(Right):
        def decide(self, observation):
            sum(range(10**12))

    @pytest.hookimpl(specname="pytest_alienbio_register_agents")
    def pytest_register_freezes(registry):
        registry.add("freezes", Freezes)
"""


def test_a_cell_that_freezes_its_worker_is_timed_out_and_the_others_go_on(lab: Lab, request: pytest.FixtureRequest) -> None:
    """It holds the interpreter in one call: no thread of the worker runs any more, that of its clock neither."""
    if not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [freezes, right], seeds: 1}")
    lab.conftest(FREEZES)
    run = lab.run("n2", "--bio-timeout", "0.3")
    assert run.parseoutcomes() == {"failed": 1, "passed": 1}
    results = lab.results()
    froze = results["walks/plain[freezes-s0]"]
    assert (froze.outcome, results["walks/plain[right-s0]"].score) == (Outcome.TIMED_OUT, 1.0)
    assert froze.reason == "cell ran longer than 0.3 s, and a call let nothing else run in its process, which was ended"
    assert froze.error is not None
    assert "conftest.py" in froze.error.traceback
    assert "in decide" in run.stdout.str()
    assert not (lab.dats()[0] / "frozen").exists()


def test_a_frozen_serial_session_ends_with_a_sentence_and_can_be_resumed(lab: Lab) -> None:
    """The cell has its record, so that it is not what the next session freezes on."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [half, freezes, right], seeds: 1}")
    lab.conftest(FREEZES)
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:xdist", "--bio-timeout", "0.3"]
    run = subprocess.run(command, cwd=lab.path, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 1
    said = run.stderr
    assert "walks/plain[freezes-s0]: cell ran longer than 0.3 s, and a call let nothing else run in its process" in said
    assert f"Results so far are kept in {lab.dats()[0]}.\n--bio-resume goes on after that cell" in said
    assert "in decide" in said
    assert "pytest_alienbio" not in said.partition("in decide")[2], "only what is the agent's own"
    assert set(lab.results()) == {"walks/plain[half-s0]", "walks/plain[freezes-s0]"}
    again = lab.run("plain", "--bio-resume", "--bio-timeout", "0.3")
    assert again.parseoutcomes()["passed"] == 1
    outcomes = {name: result.outcome for name, result in lab.results().items()}
    assert outcomes == {
        "walks/plain[half-s0]": Outcome.COMPLETED,
        "walks/plain[freezes-s0]": Outcome.TIMED_OUT,
        "walks/plain[right-s0]": Outcome.COMPLETED,
    }


def test_where_pytest_dumps_tracebacks_of_slow_tests_its_timer_is_left_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one such timer a process, and this one was asked for."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1}")
    lab.pytester.makeini("[pytest]\nfaulthandler_timeout = 60\n")
    monkeypatch.delattr(Run, "end_if_frozen")
    assert lab.run("plain", "--bio-timeout", "5").parseoutcomes() == {"passed": 1}
