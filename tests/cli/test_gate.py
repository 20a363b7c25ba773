"""`bio gate`: what it says, what it exits with, and what it refuses."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import Baseline, Outcome, Result
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.store.annotations import tag
from pytest_alienbio.store.baseline import write_baseline

from ..results.parts import cell, write_dat
from .conftest import Desk

NOISE = (0.0, 0.03, -0.02, 0.01, -0.03, 0.02, -0.01, 0.015)
"""Added to a seed's score: nothing here is of the same size twice."""


def results(fall: float = 0.0, *, turn: int = 0, seeds: int = 8, agents: Sequence[str] = ("greedy", "prober")) -> list[Result]:
    """Two agents on two scenarios; of the first agent `fall` lower. `turn` gives the seeds each other's noise."""
    return [
        cell(scenario, agent, seed, level + NOISE[(seed + turn) % len(NOISE)] - fall * (at == 0), duration_s=1.0 + seed)
        for at, agent in enumerate(agents)
        for scenario, level in (("m/x", 0.7), ("m/y", 0.6))
        for seed in range(seeds)
    ]


def put(desk: Desk, name: str, some: Sequence[Result], gates: Sequence[dict[str, Any]] = ()) -> Path:
    """A DAT; with `gates` frozen in its spec."""
    path = write_dat(desk.path / "data" / "results" / name, some)
    if gates:
        head = {"scenarios": ["m/x", "m/y"], "agents": ["greedy", "prober"], "seeds": 8, "gates": list(gates)}
        (path / "_spec_.yaml").write_text(
            json.dumps({"v": 1, "run": "r1", "experiment.b": head, "resolved": {"seed_digits": 1}}), "utf-8"
        )
    return path


@pytest.fixture
def runs(desk: Desk) -> Desk:
    """A run to hold others against, one that is as good, and one in which greedy fell by 0.2."""
    put(desk, "before", results())
    put(desk, "same", results(turn=3))
    put(desk, "worse", results(0.2, turn=3))
    return desk


def judged(desk: Desk, *argv: str) -> dict[str, Any]:
    """What `bio gate --json` says of its only gate, and its row."""
    said = desk.bio("gate", *argv, "--json")
    assert said.err == ""
    sections = json.loads(said.out)["sections"]
    [row] = sections["gates"]["gates"]
    return {**sections[f"gate[{row['gate']}]"], "row": row}


def test_a_drop_fails_with_the_word_and_its_reason_first(runs: Desk) -> None:
    said = runs.bio("gate", "results/worse", "--against", "results/before")
    assert said.code == 1
    assert said.lines[0] == "b: data/results/worse"
    assert said.lines[2].startswith("FAIL: gate[score]")
    assert "greedy" in said.lines[3]
    found = judged(runs, "results/worse", "--against", "results/before")
    nodes = {node["node"]: node for node in found["nodes"]}
    assert nodes["greedy"]["call"] == "regressed"
    assert nodes["greedy"]["drop"] == pytest.approx(0.2)
    assert nodes["prober"]["call"] != "regressed"
    assert len(nodes) == 9
    assert nodes["greedy"]["p"] <= 0.05
    assert found["row"]["better"] == "higher"


def test_an_unchanged_run_passes(runs: Desk) -> None:
    said = runs.bio("gate", "results/same", "--against", "results/before")
    assert (said.code, said.lines[2].split(":")[0]) == (0, "PASS")


def test_too_little_to_tell_is_inconclusive_and_only_strictness_minds(desk: Desk) -> None:
    put(desk, "before", results(seeds=2))
    put(desk, "new", [one.with_(score=(one.score or 0) - 0.15 * (one.seed == 1)) for one in results(seeds=2)])
    argv = ("gate", "results/new", "--against", "results/before")
    assert desk.bio(*argv).lines[2].startswith("INCONCLUSIVE")
    assert desk.bio(*argv).code == 0
    assert desk.bio(*argv, "--strict").code == 4


def test_an_outage_is_invalid_until_it_is_allowed(runs: Desk) -> None:
    """And never a drop."""
    some = results(turn=3)
    put(
        runs,
        "outage",
        [one.with_(score=None, passed=None, outcome=Outcome.PROVIDER_ERROR) if at == 3 else one for at, one in enumerate(some)],
    )
    said = runs.bio("gate", "results/outage", "--against", "results/before")
    assert (said.code, said.lines[2].split(":")[0]) == (3, "INVALID")
    assert "provider_error" in said.out
    assert runs.bio("gate", "results/outage", "--against", "results/before", "--max-missing", "1").code == 0


def test_a_run_without_gates_needs_something_to_hold_it_against(runs: Desk) -> None:
    assert "--against" in runs.refused("gate", "results/same")
    assert "no gate" in runs.refused("gate", "results/same")


def test_frozen_gates_are_judged_without_any_option(runs: Desk) -> None:
    """What is asked otherwise now is told as edited."""
    put(runs, "frozen", results(0.2, turn=3), [{"metric": "score", "against": "results/before", "alpha": 0.04}])
    said = runs.bio("gate", "results/frozen")
    assert said.code == 1
    found = judged(runs, "results/frozen")
    assert found["row"]["alpha"] == 0.04
    told = judged(runs, "results/frozen", "--tol", "0.3")
    assert told["row"]["call"] != "FAIL"
    assert any("tol" in each["text"] for each in told["edited"])
    assert "tol" not in str(found.get("edited", ""))


def test_the_same_baseline_in_other_words_is_nothing_else(runs: Desk) -> None:
    write_baseline(runs.path / "baselines" / "b.json", Baseline(batch_of(runs.path / "data" / "results" / "before"), "b"))
    put(runs, "frozen", results(0.2, turn=3), [{"metric": "score"}])
    for reference in ("baselines/b.json", str(runs.path / "baselines" / "b.json"), "./baselines/../baselines/b.json"):
        said = runs.bio("gate", "results/frozen", "--against", reference)
        assert (said.code, "was not given" in said.out) == (1, False)
    assert "was not given" in runs.bio("gate", "results/frozen", "--against", "results/before").out
    assert runs.bio("gate", "results/frozen", "--against", "baselines/b.json", "--metric", "duration_s").code == 3


def test_a_run_that_was_played_without_its_gates_is_judged_by_those_of_its_battery(runs: Desk) -> None:
    """Record now, decide later: with the tolerances that the file has, which is told."""
    path = put(runs, "bare", results(0.2, turn=3), [{"metric": "score"}])
    spec = json.loads((path / "_spec_.yaml").read_text("utf-8"))
    head = spec["experiment.b"]
    del head["gates"]
    spec["resolved"]["source"] = "b.battery.yaml"
    (path / "_spec_.yaml").write_text(json.dumps(spec), "utf-8")
    assert "no gate" in runs.refused("gate", "results/bare")
    gates = [{"metric": "score", "tol": 0.3}, {"metric": "score", "as": "strict", "alpha": 0.02}]
    (runs.path / "b.battery.yaml").write_text(json.dumps({"experiment.b": {**head, "gates": gates}}), "utf-8")
    said = runs.bio("gate", "results/bare", "--against", "results/before", "--json")
    sections = json.loads(said.out)["sections"]
    rows = {row["gate"]: row for row in sections["gates"]["gates"]}
    assert (rows["score"]["call"] != "FAIL", rows["score"]["alpha"]) == (True, pytest.approx(0.03))
    assert (rows["strict"]["call"], rows["strict"]["alpha"]) == ("FAIL", 0.02)
    assert "no gate was settled before the first cell" in said.out
    (runs.path / "b.battery.yaml").write_text("experiment.b: [", "utf-8")
    assert "no gate" in runs.refused("gate", "results/bare")


def test_a_gate_that_was_rewritten_later_is_told(runs: Desk) -> None:
    """The spec holds a hash of its gates; one by hand has none, or another."""
    put(runs, "frozen", results(turn=3), [{"metric": "score", "against": "results/before"}])
    assert "not those that were settled" in str(judged(runs, "results/frozen")["edited"])


def test_a_frozen_gate_is_picked_by_its_metric_or_name(runs: Desk) -> None:
    gates = [
        {"metric": "score", "against": "results/before", "alpha": 0.03},
        {"metric": "duration_s", "as": "speed", "against": "results/before", "alpha": 0.02},
    ]
    put(runs, "two", results(turn=3), gates)
    sections = json.loads(runs.bio("gate", "results/two", "--json").out)["sections"]
    assert {row["gate"] for row in sections["gates"]["gates"]} == {"score", "speed"}
    assert judged(runs, "results/two", "--metric", "speed")["row"]["metric"] == "duration_s"
    assert "only score, speed" in runs.refused("gate", "results/two", "--metric", "tokens")


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_another_metric_has_its_own_direction(runs: Desk, better: str) -> None:
    """A run that takes three times as long is worse; that more of it were better is against what the baseline says."""
    put(runs, "slow", [one.with_(duration_s=one.duration_s * 3) for one in results()])
    found = judged(runs, "results/slow", "--against", "results/before", "--metric", "duration_s", "--better", better)
    assert found["row"]["call"] == ("FAIL" if better == "lower" else "INVALID")


def test_runs_are_named_in_every_way(runs: Desk) -> None:
    """A tag, an agent, a baseline's file: on either side."""
    base = runs.path / "data" / "results" / "before"
    tag(base, ["release-3"])
    write_baseline(runs.path / "baselines" / "b.json", Baseline(batch_of(base), "b"))
    for reference in ("tag:release-3", "baselines/b.json", "data/results/before"):
        said = runs.bio("gate", "results/worse", "--against", reference)
        assert (said.code, reference) == (1, reference), said.err
    assert runs.bio("gate", "baselines/b.json", "--against", "results/same").code == 0
    assert runs.bio("gate", "tag:release-3", "--against", "results/same").code == 0


def test_a_battery_s_name_is_its_latest_run_and_not_the_baseline_that_is_called_so(runs: Desk) -> None:
    """Which would be held against itself, and hide what fell."""
    write_baseline(runs.path / "baselines" / "b.json", Baseline(batch_of(runs.path / "data" / "results" / "before"), "b"))
    tag(runs.path / "data" / "results" / "worse", ["fell"])
    os.utime(runs.path / "data" / "results" / "worse" / "_spec_.yaml", (2e9, 2e9))
    said = runs.bio("gate", "b", "--against", "baselines/b.json")
    assert (said.code, said.lines[0]) == (1, "b: data/results/worse")
    assert "did you mean 'fell'" in runs.refused("gate", "tag:fel", "--against", "baselines/b.json")
    assert "is the run that is judged itself" in runs.refused("gate", "tag:fell", "--against", "tag:fell")
    assert "baselines/c.json" in runs.refused("gate", "baselines/c.json", "--against", "b")


def test_an_agent_is_held_against_another(desk: Desk) -> None:
    """Of the same run; each candidate has a gate of its own, with its part of alpha."""
    put(desk, "one", results(0.2, agents=("greedy", "prober", "third")), [])
    path = desk.path / "data" / "results" / "one" / "_spec_.yaml"
    agents = {name: {"hash": name} for name in ("greedy", "prober", "third")}
    path.write_text(json.dumps({"v": 1, "run": "r1", "resolved": {"agents": agents}}), "utf-8")
    sections = json.loads(desk.bio("gate", "results/one", "--against", "agent:prober", "--json").out)["sections"]
    rows = {row["gate"]: row for row in sections["gates"]["gates"]}
    assert {name: row["call"] for name, row in rows.items()}["score-greedy"] == "FAIL"
    assert rows["score-third"]["call"] != "FAIL"
    assert rows["score-third"]["alpha"] == 0.025
    assert judged(desk, "agent:greedy", "--against", "agent:prober")["row"]["alpha"] == 0.05
    assert "no run" in desk.refused("gate", "results/one", "--against", "agent:nobody")
    assert "no run has an agent" in desk.refused("gate", "agent:nobody", "--against", "agent:prober")


def test_the_same_seed_draws_the_same_relabellings(runs: Desk) -> None:
    argv = ("results/same", "--against", "results/before", "--draws", "500")
    assert judged(runs, *argv) == judged(runs, *argv)
    one, other = (judged(runs, *argv, "--seed", seed)["nodes"] for seed in ("1", "2"))
    assert [node["drop"] for node in one] != []
    assert {node["node"]: node["drop"] for node in one} == {node["node"]: node["drop"] for node in other}
    assert [node["p"] for node in one] != [node["p"] for node in other]


def test_markdown_and_files_are_written_as_everywhere(runs: Desk) -> None:
    said = runs.bio("gate", "results/worse", "--against", "results/before", "-o", "gate.md")
    assert said.code == 1
    assert "## FAIL: gate" in (runs.path / "gate.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--alpha", "0"), "--alpha"),
        (("--alpha", "2"), "--alpha"),
        (("--tol", "-1"), "--tol"),
        (("--tol", "nan"), "--tol"),
        (("--margin", "0"), "--margin"),
        (("--max-missing", "-1"), "--max-missing"),
        (("--draws", "3"), "--draws"),
        (("--seed", "x"), "--seed"),
        (("--against", ""), "--against"),
        (("--against", "nothing.json"), "bless"),
        (("--against", "nothing"), "no baseline and no run"),
        (("--against", "tag:nothing"), "tag"),
    ],
)
def test_what_cannot_be_meant_is_refused(runs: Desk, argv: tuple[str, ...], said: str) -> None:
    given = (
        ("gate", "results/same", *argv)
        if argv[0] == "--against"
        else ("gate", "results/same", "--against", "results/before", *argv)
    )
    assert said in runs.refused(*given)


@pytest.mark.parametrize("new", ["", "nothing", "results/*"])
def test_new_is_one_run(runs: Desk, new: str) -> None:
    assert runs.refused("gate", new, "--against", "results/before")
