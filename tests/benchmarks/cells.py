"""What a cell costs beside a plain parametrised test: CPU time of whole processes, interleaved, medians.

    python -m tests.benchmarks.cells [CELLS] [ROUNDS]

Prints CPU ms an item for both and the median of the paired ratios. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CONFTEST = """
from pytest_alienbio import Action, ActionResult, Observation, Scores, Step

class Nothing:
    def reset(self, seed): return Observation(0, {})
    def step(self, action): return Step(Observation(1, {}), ActionResult(True), terminated=True)
    def score(self): return Scores(0.5)

class Idle:
    def start(self, briefing): pass
    def decide(self, observation): return Action("wait")
    def end(self, scores): pass

def pytest_alienbio_register_agents(registry): registry.add("idle", Idle)
def pytest_alienbio_register_scenarios(registry): registry.add("nothing", Nothing, passing_score=0.1)
"""
PLAIN = """
import json
import pytest

@pytest.fixture(scope="session")
def journal():
    with open("plain.jsonl", "w") as file:
        yield file

@pytest.mark.parametrize("seed", range({cells}))
def test_cell(seed, journal):
    journal.write(json.dumps({{"seed": seed, "score": 0.5}}) + "\\n")
"""


def cpu_s(folder: Path, *args: str) -> float:
    """CPU seconds, user and system, of one pytest process in `folder`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *args]
    subprocess.run(command, cwd=folder, env=os.environ, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(cells: int = 2000, rounds: int = 5) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as name:
        plain, ours = Path(name, "plain"), Path(name, "ours")
        for folder in (plain, ours):
            folder.mkdir()
            (folder / "pytest.ini").write_text("[pytest]\n")
        (plain / "test_plain.py").write_text(PLAIN.format(cells=cells))
        (ours / "conftest.py").write_text(CONFTEST)
        (ours / "a.battery.yaml").write_text(
            f"experiment.a: {{scenarios: [nothing], agents: [idle], seeds: {cells}, run: {{traces: none}}}}\n"
        )
        pairs = [(cpu_s(ours), cpu_s(plain, "-p", "no:alienbio")) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    sys.stdout.write(
        f"{cells} cells, {rounds} rounds, start-up included: "
        f"{1000 * mine / cells:.3f} ms a cell, {1000 * theirs / cells:.3f} ms a plain test, ratio {ratio:.2f}\n"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
