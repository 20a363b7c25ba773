"""Gates in pytest: what they report, what the session ends with, what the folder keeps; the same in every mode."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

# pytester forgets what an in-process run imported, and this is slow to import.
from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, ScenarioVersion
from pytest_alienbio.plugin import hookspecs
from pytest_alienbio.store import dat
from pytest_alienbio.store.baseline import write_baseline
from pytest_alienbio.store.verdicts import read_verdicts

from .conftest import Lab

SEEDS = 6
ACTUAL = {"right": 1.0, "half": 0.5, "outage": 0.5}
"""What the agents score on `walks/plain`, whatever the seed."""


def battery(name: str, *agents: str, gates: str = "[score]") -> str:
    """A battery that every test here plays: its agents on two worlds of the same kind."""
    return (
        f"experiment.{name}:\n  scenarios: [walks/plain, {{name: walks/line, difficulty: [1]}}]\n"
        f"  agents: [{', '.join(agents or ('right', 'half'))}]\n  seeds: {SEEDS}\n  gates: {gates}\n"
    )


def bless(
    lab: Lab, name: str, was: Callable[[str, int], float], agents: Sequence[str] = ("right", "half"), folder: str = ""
) -> None:
    """The battery's default baseline: so much more than now its cells had, by agent and seed."""
    cells = [
        BatchCell(agent, scenario, seed, level, values={"score": ACTUAL[agent] + was(agent, seed)})
        for agent in sorted(agents)
        for scenario, level in (("walks/line", 1), ("walks/plain", None))
        for seed in range(SEEDS)
    ]
    versions = {cell.scenario: ScenarioVersion() for cell in cells}
    batch = Batch(name, tuple(cells), {"score": "higher"}, versions, {agent: AgentVersion() for agent in agents})
    path = lab.path / folder / "baselines" / f"{name}.json"
    write_baseline(path, Baseline(batch, str(path), blessing=Blessing("Ann", "2026-01-02T00:00:00Z")))


def fell(agent: str, seed: int) -> float:
    """`half` was better by a quarter, with some noise."""
    return (0.25 if agent == "half" else 0.0) + 0.01 * (seed % 3)


def shook(by: float) -> Callable[[str, int], float]:
    """As much better as worse."""
    return lambda agent, seed: by * (-1) ** seed


def calls_of(folder: Path) -> dict[str, str]:
    """What a folder's status says of its gates."""
    gates = dat.open(folder).status()["gates"]
    assert isinstance(gates, list)
    return {gate["name"]: gate["call"] for gate in gates}


CALLS = {"fell": "FAIL", "same": "PASS", "unsure": "INCONCLUSIVE", "outage": "INVALID", "own": "FAIL"}
"""Batteries, each with a gate on the score, and what it says."""
AGENTS = {"outage": ("half", "outage")}
OWN_RULE = textwrap.dedent((inspect.getdoc(hookspecs.pytest_alienbio_regression) or "").partition("::\n")[2])
TOLD = """
def pytest_alienbio_gate_verdict(verdict):
    import pathlib
    written = any(pathlib.Path("data/results", verdict.battery).rglob("gates.json"))
    with open("told.txt", "a") as file:
        file.write(f"{verdict.battery} {verdict.rule.name} {verdict.call.value} {written}\\n")
"""


@pytest.fixture
def every(lab: Lab) -> Lab:
    """A project with a battery for each verdict; one folder has a rule of its own, as the hook's docstring shows one."""
    lab.conftest(TOLD)
    for name in CALLS:
        folder = "sub" if name == "own" else ""
        lab.battery(battery(name, *AGENTS.get(name, ())), Path(folder, f"{name}.battery.yaml").as_posix())
        bless(
            lab, name, {"same": shook(0.005), "unsure": shook(0.2)}.get(name, fell), AGENTS.get(name, ("right", "half")), folder
        )
    (lab.path / "sub" / "conftest.py").write_text(OWN_RULE)
    return lab


def test_every_verdict_counts_as_it_should(every: Lab, mode: str) -> None:
    """FAIL and INVALID fail once each, PASS passes, INCONCLUSIVE passes with a warning; cells are only recorded.

    So in pytest's counts, its exit code and the folders; `--lf` remembers cells alone, and each verdict is told once. A
    conftest's own rule judges the battery beside it, and not what cannot be compared.
    """
    run = every.run(mode)
    assert run.ret == 1
    broken, cells = 2 * SEEDS, 2 * 2 * SEEDS * len(CALLS)
    assert run.parseoutcomes() == {"passed": cells - broken + 2, "failed": broken + 3, "warnings": 1}
    dats = {folder.parent.name: folder for folder in every.dats()}
    assert {name: calls_of(folder) for name, folder in dats.items()} == {name: {"score": call} for name, call in CALLS.items()}
    statuses = {name: dat.open(folder).status()["verdict"] for name, folder in dats.items()}
    assert statuses == {"fell": "failed", "same": "passed", "unsure": "passed", "outage": "invalid", "own": "failed"}
    remembered = (every.path / ".pytest_cache" / "v" / "cache" / "lastfailed").read_text()
    assert "outage" in remembered
    assert "gate" not in remembered
    told = (every.path / "told.txt").read_text().splitlines()
    assert sorted(told) == sorted(f"{name} score {call} True" for name, call in CALLS.items())
    run.stdout.fnmatch_lines(
        [
            *([] if mode == "n2" else ["same.battery.yaml .*"]),
            "*unsure.battery.yaml::unsure::gate[[]score[]]",
            "*unsure.battery.yaml:5: GateWarning: gate[[]score[]] INCONCLUSIVE: *",
            "FAILED fell.battery.yaml::fell::gate[[]score[]] - gate[[]score[]] FAIL: half dropped*",
        ]
    )
    assert not any(f"{percent}%" in run.stdout.str() for percent in range(101, 105))
    (own,), (outage,) = read_verdicts(dats["own"]), read_verdicts(dats["outage"])
    assert (own.why, own.nodes, own.baseline) == (("the mean went from 0.89 to 0.75",), (), "sub/baselines/own.json")
    assert outage.missing == {"provider_error": broken}
