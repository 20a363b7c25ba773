"""A session that is killed with all its workers: what it had paid for cells that it never recorded is told, once."""

from __future__ import annotations

import json
import signal
import subprocess

import pytest

from ..plugin.conftest import CONFTEST
from .conftest import Project

PAYER = """
class Payer(Right):
    def attach(self, meter): self.meter = meter

    def decide(self, observation):
        from pathlib import Path
        with self.meter.call("maker", tokens=20, usd=0.02) as call:
            if observation.step == 3 and not Path("killed").exists():
                Path("killed").touch()
                os.killpg(0, signal.SIGKILL)
            call.settle(tokens=10, usd=0.01)
        return Action("right")


_others = pytest_alienbio_register_agents


def pytest_alienbio_register_agents(registry):
    _others(registry)
    registry.add("payer", Payer, paid=True)
"""
BATTERY = "experiment.b: {scenarios: [walks/plain], agents: [payer], seeds: 3}\n"


MODES = {
    "plain": ("-p", "no:xdist"),
    "n0": ("-n", "0"),
    "n2": ("-n", "2"),
    "threads": ("-p", "no:xdist", "--bio-engine", "threads:2"),
}


@pytest.mark.parametrize("mode", MODES)
def test_what_a_killed_session_had_paid_for_and_never_recorded_is_told_once(project: Project, mode: str) -> None:
    """Three calls were paid, and the fourth perhaps: `bio cost` and the end of the run say so beside sums without them."""
    project.write("conftest.py", CONFTEST + PAYER)
    project.write("a.battery.yaml", BATTERY)
    command = project.command(["a.battery.yaml", "--bio-live", *MODES[mode]])
    killed = subprocess.run(command, cwd=project.path, start_new_session=True, capture_output=True, check=False, timeout=300)
    assert killed.returncode == -signal.SIGKILL, killed.stdout
    sentence = "a session that was killed had taken $0."
    gone_on = project.pytest("a.battery.yaml", "--bio-live", "--bio-resume", *MODES[mode])
    assert gone_on.returncode == 0, gone_on.stdout
    assert " ".join(gone_on.stdout.split()).count(sentence) == 1, gone_on.stdout
    again = project.pytest("a.battery.yaml", "--bio-live", "--bio-resume", *MODES[mode])
    assert again.returncode == 0, again.stdout
    assert sentence not in " ".join(again.stdout.split())
    (log,) = (project.path / "data/results").glob("b/*/log.jsonl")
    (told,) = [entry for entry in map(json.loads, log.read_text().splitlines()) if "left_by" in entry]
    assert told["unsettled_calls"] >= 1
    assert told["usd"] >= 0.03
    settled = told["requests"] - told["unsettled_calls"]
    assert (told["tokens"], round(100 * told["usd"])) == (10 * settled, settled)
    cost = project.bio("cost", "b")
    assert " ".join(cost.stdout.split()).count(sentence) == 1, cost.stdout + cost.stderr
    (line,) = json.loads(project.bio("cost", "b", "--json").stdout)["sections"]["accounts"]["lines"]
    assert (line["cells"], line["requests"], line["usd"]) == (3, 30, 0.3), "of the cells that were recorded alone"
