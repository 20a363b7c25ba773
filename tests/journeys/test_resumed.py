"""A run that is killed in the middle is finished later, and says what an undisturbed one would say."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pytest_alienbio.store import codec, dat, find_dats, layout

from .conftest import Project

CONFTEST = """
import os
from pytest_alienbio import Action, ActionResult, ActionSpec, Briefing, Observation, Scores, Step

class Line:
    def reset(self, seed):
        self.seed, self.steps, self.place = seed, 0, 0
        return Observation(0, {"place": 0.0})
    def briefing(self):
        return Briefing("go right", actions=(ActionSpec("right"), ActionSpec("left")), max_steps=10, budget=10.0)
    def step(self, action):
        self.steps += 1
        self.place += action.name == "right" and self.steps <= self.seed % 10 + 1
        return Step(Observation(self.steps, {"place": float(self.place)}), ActionResult(True), terminated=self.steps == 10)
    def score(self):
        return Scores(self.place / 10)

class Right:
    '''In the cell that is to be the last one it says so (by opening a pipe), and waits to be killed.'''
    def start(self, briefing): pass
    def decide(self, observation):
        if os.environ.get("STOP_AFTER") and observation.step == 5:
            with open("count", "ab+") as file:
                file.write(b".")
                count = file.tell()
            if count > int(os.environ["STOP_AFTER"]):
                with open("playing.fifo", "w") as pipe:
                    pipe.write("here")
                import time
                time.sleep(600)
        return Action("right")
    def end(self, scores): pass

def pytest_alienbio_register_agents(registry): registry.add("right", Right)
def pytest_alienbio_register_scenarios(registry): registry.add("walks/line", Line, passing_score=0.1)
"""
CELLS = 20


def expected() -> list[tuple[object, ...]]:
    """What an undisturbed run records."""
    return [(f"walks/line[right-s{seed:02d}]", "completed", (seed % 10 + 1) / 10, 1) for seed in range(CELLS)]


@pytest.mark.parametrize(("mode", "seed"), [(("-p", "no:xdist"), 20261126), (("-n", "2"), 20261127)])
def test_a_killed_run_is_finished_and_says_what_an_undisturbed_one_says(
    project: Project, mode: tuple[str, ...], seed: int
) -> None:
    """Killed in a cell that the recorded seed draws: what had ended is there once, the rest is played once."""
    project.write("conftest.py", CONFTEST)
    project.write("a.battery.yaml", f"experiment.a: {{scenarios: [walks/line], agents: [right], seeds: {CELLS}}}\n")
    os.mkfifo(project.path / "playing.fifo")
    after = int(np.random.default_rng(seed).integers(1, CELLS - 3))
    running = project.start(*mode, STOP_AFTER=str(after))
    with (project.path / "playing.fifo").open() as pipe:
        assert pipe.read().startswith("here")
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=120)
    [path] = find_dats(project.path / "data")
    kept = {result.id: result for result in dat.open(path).results()}
    assert dat.open(path).status() == {"state": "open"}
    assert len(kept) >= after - 2, f"seed {seed}, stopped after {after}"
    done = project.pytest(*mode, "--bio-resume")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{CELLS} cells, {len(kept)} from before, {CELLS - len(kept)} run: {CELLS} completed" in done.stdout
    assert find_dats(project.path / "data") == [path]
    assert [(r.id, str(r.outcome), r.score, r.attempt) for r in dat.open(path).results()] == expected()
    assert max(Counter(ids(path)).values()) == 1, "no cell was played twice"
    assert {result.id: result for result in dat.open(path).results() if result.id in kept} == kept


def ids(path: Path) -> list[str]:
    """Of every whole line of every journal."""
    whole = [line for file in layout.journals(path) for line in file.read_bytes().splitlines(True) if line.endswith(b"\n")]
    return [codec.decode(line).id for line in whole]
