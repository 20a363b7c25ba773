"""Same scenario, difficulty, agent and seed: same score and same trajectory, wherever it is played."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.store import dat, find_dats

from .conftest import Project

BATTERY = """
experiment.same:
  scenarios: [{name: mutualism/competition, difficulty: [1, 4]}, {name: mutualism/hidden_dependency, difficulty: 1}]
  agents: [oracle, greedy, random, noop]
  seeds: [3]
  cells: record
"""


def played(root: Path) -> dict[str, object]:
    """Scores and whole traces by cell, without what a clock or a process says."""
    opened = dat.open(find_dats(root)[0])
    found: dict[str, object] = {}
    for result in opened.results():
        trace = opened.trace(result)
        assert trace is not None
        found[result.id] = (result.key, result.score, dict(result.scores), trace)
    return found


def test_pytest_serial_and_parallel_and_bio_with_another_hash_seed_each(project: Project) -> None:
    """Each in processes of its own and with a cold cache of its own, so that generation is compared too."""
    project.write("same.battery.yaml", BATTERY)
    assert project.pytest("--bio-data", "serial", PYTHONHASHSEED="1").returncode == 0
    assert project.pytest("-n", "2", "--bio-data", "parallel", PYTHONHASHSEED="2").returncode == 0
    assert project.bio("batch", "same.battery.yaml", "--data", "batch", PYTHONHASHSEED="3").returncode == 0
    serial = played(project.path / "serial")
    assert len(serial) == 12
    assert serial == played(project.path / "parallel") == played(project.path / "batch")
