"""Cells that go on from a checkpoint, played by pytest."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_alienbio.model import Outcome

from .conftest import Lab

KILLS = """
    class Kept(Line):
        def checkpoint(self): return [self.steps, self.place]
        def restore(self, state): self.steps, self.place = state
        def seen(self): return Observation(self.steps, {"kept": float(self.place)}, max_steps=10, budget=10.0)

    class Dies(Half):
        # Takes its process down in its eighth decision there, once a folder
        def decide(self, observation):
            if observation.step == 7 and "kept" in observation.state and os.path.exists("armed"):
                os.remove("armed")
                os.kill(os.getpid(), signal.SIGKILL)
            return super().decide(observation)

        def checkpoint(self): return None
        def restore(self, state): pass

    @pytest.hookimpl(specname="pytest_alienbio_register_agents")
    def pytest_register_dies(registry):
        registry.add("dies", Dies)

    @pytest.hookimpl(specname="pytest_alienbio_register_scenarios")
    def pytest_register_kept(registry):
        registry.add("walks/kept", Kept, passing_score=0.5)
"""
BATTERY = "experiment.x: {scenarios: [walks/kept, walks/plain], agents: [right, dies], seeds: 1, run: {checkpoint: 3}}"
CELL = "walks/kept[dies-s0]"


@pytest.fixture
def armed(lab: Lab) -> Lab:
    """A project with an agent that will take its process down once."""
    lab.battery(BATTERY)
    lab.conftest(KILLS)
    (lab.path / "armed").touch()
    return lab


def check(lab: Lab) -> None:
    """The cell went on after its sixth call, and came to what it always comes to."""
    results = lab.results()
    assert [result.score for result in results.values()] == [0.5, 1.0, 0.5, 1.0]
    assert results[CELL].metrics == {"continued_at_step": 6}
    trace = results[CELL].trace
    assert trace is not None
    assert trace.steps == 10
    assert not (lab.dats()[0] / "checkpoints").exists()


def test_after_a_session_was_killed_its_cell_goes_on_when_it_is_resumed(armed: Lab) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:xdist"]
    killed = subprocess.run(command, cwd=armed.path, capture_output=True, check=False, timeout=120)
    assert killed.returncode < 0
    run = armed.run("plain", "--bio-resume")
    assert run.ret == 1, "walks/plain of the others is below its bar"
    check(armed)
    run.stdout.fnmatch_lines(["note: no checkpoints: scenario 'walks/plain' offers no checkpoint() and*"])


def test_a_cell_whose_worker_was_killed_goes_on_when_it_is_retried(armed: Lab, request: pytest.FixtureRequest) -> None:
    if not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")
    armed.run("n2")
    assert armed.results()[CELL].outcome is Outcome.LOST
    armed.run("plain", "--bio-retry", "lost")
    check(armed)
    assert armed.results()[CELL].attempt == 2


def test_a_replaced_agent_starts_its_cells_anew(armed: Lab) -> None:
    """Nobody could build it again."""
    (armed.path / "armed").unlink()
    armed.conftest("@pytest.fixture\ndef agent(agent): return Right()")
    armed.run("plain", "--bio-checkpoint", "1")
    assert all("checkpoint" not in str(result.metrics) for result in armed.results().values())
    assert not (armed.dats()[0] / "checkpoints").exists()
