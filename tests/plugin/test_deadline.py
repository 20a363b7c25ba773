"""The cell's own wall clock."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome

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
