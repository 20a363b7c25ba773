"""Each hook implemented in a conftest, as its docstring shows it."""

from __future__ import annotations

import pytest

from .conftest import Lab

ONE = "experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 1, cells: record}"


def test_cell_finish_sees_every_cell_where_it_was_played_and_summary_the_document_once(lab: Lab, mode: str) -> None:
    lab.battery(ONE)
    lab.conftest(
        """
        def pytest_alienbio_cell_finish(cell, result):
            with open("finished.txt", "a") as file:
                file.write(f"{cell.id} {result.outcome} {result.score}\\n")

        def pytest_alienbio_summary(document):
            with open("leader.txt", "a") as file:
                file.write(document["leaderboard"].rows("standings")[0]["agent"] + "\\n")
        """
    )
    lab.run(mode)
    assert sorted((lab.path / "finished.txt").read_text().splitlines()) == [
        "walks/plain[half-s0] completed 0.5",
        "walks/plain[right-s0] completed 1.0",
    ]
    assert (lab.path / "leader.txt").read_text() == "right\n"


def test_agents_of_conftest_and_profiles_of_bio_yaml_are_names_like_any_other(lab: Lab, mode: str) -> None:
    """A registered agent takes params and an alias; a profile brings its own."""
    (lab.path / "bio.yaml").write_text("agents: {waiter: {kind: scripted, params: {actions: [wait, right]}, role: floor}}\n")
    lab.battery(
        "experiment.x: {scenarios: [walks/plain], agents: [{name: steps, params: {n: 7}, as: seven}, waiter], seeds: 1}"
    )
    lab.conftest(
        """
        class Steps(Right):
            def __init__(self, n): self.n = n
            def decide(self, observation): return Action("right" if observation.step < self.n else "left")

        @pytest.hookimpl(specname="pytest_alienbio_register_agents")
        def pytest_register_more(registry):
            registry.add("steps", Steps)
        """
    )
    assert lab.run(mode).parseoutcomes() == {"passed": 1, "xfailed": 1}
    assert lab.results()["walks/plain[seven-s0]"].score == 0.7
    assert lab.results()["walks/plain[waiter-s0]"].role == "floor"


def test_a_name_taken_twice_ends_the_session(lab: Lab, mode: str) -> None:
    lab.battery(ONE)
    lab.conftest(
        """
        @pytest.hookimpl(specname="pytest_alienbio_register_agents")
        def pytest_register_again(registry):
            registry.add("oracle", Right)
        """
    )
    run = lab.run(mode, workers=False)
    assert run.ret == 2
    assert "already registered" in run.stderr.str() + run.stdout.str()


@pytest.mark.parametrize("engine", ["", "inline"])
def test_a_hook_that_fails_fails_its_cell_and_nothing_else(lab: Lab, engine: str) -> None:
    """With its traceback, in both lanes."""
    lab.conftest(
        """
        def pytest_alienbio_cell_finish(cell, result):
            assert cell.agent.name == "half", "a hook's own trouble"
        """
    )
    lab.battery("experiment.a: {scenarios: [walks/plain], agents: [right, half], seeds: 1, cells: record}\n")
    run = lab.run("plain", *(["--bio-engine", engine] if engine else []))
    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines(["*a hook's own trouble*"])
