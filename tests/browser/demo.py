"""A small project that was played: worlds, agents from best to worst, one that errs, a model asked over a wire, a task."""

from __future__ import annotations

import json
from pathlib import Path

from ..journeys.conftest import Project
from ..providers.conftest import serving
from ..providers.fake import Fake

CONFTEST = '''
class Stumbles:
    """Waits, and errs at its third decision."""

    def start(self, briefing):
        self.decided = 0

    def decide(self, observation):
        from pytest_alienbio import Action

        self.decided += 1
        if self.decided == 3:
            raise ValueError("no third thought was given to <this>")
        return Action("wait", reasoning=f"thought {self.decided}: nothing to be done yet")

    def end(self, scores):
        pass


def pytest_alienbio_register_agents(registry):
    registry.add("stumbles", Stumbles)
'''
BATTERIES = """
experiment.demo:
  description: Two worlds at two levels, from the agent that knows all to the one that does nothing.
  scenarios:
    - {name: mutualism/competition, difficulty: [1, 3]}
    - {name: regulation/setpoint, difficulty: [1, 2]}
  agents:
    - oracle
    - greedy
    - random
    - noop
    - stumbles
    - reader
    - {name: simulated-llm, as: shaky, params: {rate_429: 0.05, retries: 1}}
  seeds: 2
  cells: record
"""
TASK = """
experiment: {id: WORDS, name: How many words are there?}
task: {type: count_words}
variations:
  - {name: all, params: {most: 9}}
  - {name: few, params: {most: 4}}
trials: 3
random_seed: 1
metrics: [words, seconds]
success_criteria:
  - {metric: words, condition: "> 4"}
score: {metric: words, better: higher}
"""
COUNT = """
import random

def execute(params, data_path, metrics_file):
    return {"metrics": {"words": random.randint(1, params["most"]), "seconds": 0.25}}
"""


def played(root: Path) -> Path:
    """The project, made and played in `root`; gives its folder, below which its result folders are."""
    project = Project(root / "demo")
    project.write("pytest.ini", "[pytest]\n")
    project.write("conftest.py", CONFTEST)
    project.write("demo.battery.yaml", BATTERIES)
    project.write("words/config.yaml", TASK)
    project.write("words/tasks/count_words.py", COUNT)
    with serving() as url:
        fake = Fake.at(url, policy="reader", script=["server"])
        line = {"kind": "openai", "model": "model-reader", "base_url": fake.openai, "price": {"input": 2, "output": 8}}
        project.write("bio.yaml", json.dumps({"agents": {"reader": {**line, "api_key": {"env": "DEMO_KEY"}}}}))
        keys = {"DEMO_KEY": fake.key, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        done = project.pytest("-n", "2", "-q", "--bio-live", "--bio-data", "data", **keys)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return project.path
