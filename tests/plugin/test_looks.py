"""Seeds until the gates are decided, under pytest: what is skipped, what is said, and the same answer in every mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, Outcome, ScenarioVersion
from pytest_alienbio.store import dat
from pytest_alienbio.store.baseline import write_baseline
from pytest_alienbio.store.verdicts import read_verdicts

from .conftest import Lab

LOOKS = (2, 4, 8)
SCORES = {"right": 1.0, "half": 0.5}
WORLDS = (("walks/line", 1), ("walks/plain", None))
A_SEED = len(SCORES) * len(WORLDS)
"""Cells of one seed."""


def prepare(lab: Lab, name: str, was: Callable[[str, int], float]) -> None:
    """A battery with looks, and a baseline that had so much more than now, by agent and seed."""
    lab.battery(
        f"experiment.{name}:\n  scenarios: [walks/plain, {{name: walks/line, difficulty: [1]}}]\n  agents: [right, half]\n"
        f"  seeds: {{looks: {list(LOOKS)}, until: decided}}\n  gates: [score]\n",
        f"{name}.battery.yaml",
    )
    cells = [
        BatchCell(agent, world, seed, level, values={"score": score + was(agent, seed)})
        for agent, score in sorted(SCORES.items())
        for world, level in WORLDS
        for seed in range(LOOKS[-1])
    ]
    versions, agents = {world: ScenarioVersion() for world, _ in WORLDS}, {agent: AgentVersion() for agent in SCORES}
    batch = Batch(name, tuple(cells), {"score": "higher"}, versions, agents, at="2026-01-01T00:00:00Z")
    path = lab.path / "baselines" / f"{name}.json"
    write_baseline(path, Baseline(batch, str(path), blessing=Blessing("Ann", "2026-01-02T00:00:00Z")))


def played(folder: Path) -> Counter[Outcome]:
    """How many cells ended how."""
    return Counter(result.outcome for result in dat.open(folder).results())


def test_a_run_stops_at_the_first_look_that_decides_in_every_mode(lab: Lab, mode: str) -> None:
    """A drop shows after four seeds, sameness after two; noise takes all eight. Workers do not wait for one another, so that
    they may play more than is needed; what the gate says is the same."""
    prepare(lab, "fell", lambda agent, seed: (0.25 if agent == "half" else 0.0) + 0.01 * (seed % 3))
    prepare(lab, "same", lambda agent, seed: -0.002 if seed % 2 else 0.002)
    prepare(lab, "unsure", lambda agent, seed: 0.2 * (-1) ** seed)
    run = lab.run(mode)
    assert run.ret == 1
    dats = {folder.parent.name: folder for folder in lab.dats()}
    told = {name: read_verdicts(folder)[0] for name, folder in dats.items()}
    assert {name: (each.call.value, each.expected, round(each.alpha, 9)) for name, each in told.items()} == {
        "fell": ("FAIL", A_SEED * 4, 0.015),
        "same": ("PASS", A_SEED * 2, 0.01),
        "unsure": ("INCONCLUSIVE", A_SEED * 8, 0.025),
    }
    assert [note for note in told["fell"].notes if "look" in note] == [
        "looked after 2, 4 of 8 seeds, as declared before the run"
    ]
    assert {each.rule.alpha for each in told.values()} == {0.05}
    counts = {name: played(folder) for name, folder in dats.items()}
    assert all(set(count) <= {Outcome.COMPLETED, Outcome.SKIPPED} for count in counts.values())
    assert counts["unsure"] == {Outcome.COMPLETED: A_SEED * 8}
    skipped = {name: counts[name][Outcome.SKIPPED] for name in ("fell", "same")}
    needless = {"fell": A_SEED * 4, "same": A_SEED * 6}
    if mode == "n2":
        assert all(skipped[name] <= needless[name] for name in needless)
    else:
        assert skipped == needless
        text = run.stdout.str()
        assert f"decided after 4 of 8 seeds: {A_SEED * 4} of {A_SEED * 8} cells not played" in text
        assert f"decided after 2 of 8 seeds: {A_SEED * 6} of {A_SEED * 8} cells not played" in text
        reasons = {result.reason for result in dat.open(dats["same"]).results() if result.outcome is Outcome.SKIPPED}
        assert reasons == {"not needed: decided after 2 seeds"}
        looked = [entry["reason"] for entry in dat.open(dats["fell"]).log() if entry["event"] == "looked"]
        assert looked == ["2 of 8 seeds: gate[score] INCONCLUSIVE", "4 of 8 seeds: gate[score] FAIL"]


def test_a_part_of_a_battery_decides_nothing(lab: Lab) -> None:
    """All that was asked for is played; so with `--bio-no-gates`, with seeds from outside, and where a baseline is made."""
    prepare(lab, "same", lambda agent, seed: -0.002 if seed % 2 else 0.002)
    for args, cells in (
        (("-k", "half"), A_SEED // 2),
        (("--bio-no-gates",), A_SEED),
        (("--bio-seeds", "0-7"), A_SEED),
        (("--bio-save-baseline=next",), A_SEED),
    ):
        assert lab.run("plain", *args).ret == 0
        assert played(lab.dats()[0]) == {Outcome.COMPLETED: cells * 8}
