"""Gates of a run that is played in this process: what they are held against, what they say, what the run ends with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Baseline, Batch, Call, Rule, Verdict
from pytest_alienbio.run import BatchResult, Project, run_batch
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.gates.blessing import bless
from pytest_alienbio.run.gates.judging import Gate, Judging, gates_of, judged, line_of
from pytest_alienbio.run.plan import plan
from pytest_alienbio.store import dat, find_dats
from pytest_alienbio.store.baseline import write_baseline
from pytest_alienbio.store.verdicts import read_verdicts

from ..parts import make_battery, make_catalog

SEEDS = range(6)
GATE = (Rule(),)
BOTH = ["walks/plain", "walks/line"]


def play(
    root: Path, *, strict: bool = False, gates: tuple[Rule, ...] = GATE, agents: tuple[str, ...] = ("right", "half")
) -> Any:
    """A run of two agents on two worlds, judged by `gates`."""
    battery = make_battery(BOTH, agents, SEEDS, cells="record", gates=gates)
    return run_batch(battery, Project(root), make_catalog(), root / "data", command=["t"], strict=strict)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run."""
    root = tmp_path_factory.mktemp("played")
    play(root, gates=())
    return root


def stored(root: Path, played: Path, was: Callable[[int], float] = lambda seed: 0.0) -> None:
    """The default baseline of a project: what `played` has, and so much more by seed."""
    found = batch_of(find_dats(played / "data")[0])
    cells = (replace(cell, values={"score": cell.values["score"] + was(cell.seed)}) for cell in found.cells)
    write_baseline(root / "baselines" / "b.json", Baseline(replace(found, cells=tuple(cells)), "b"))


@pytest.mark.parametrize(
    ("was", "strict", "call", "status"),
    [
        (lambda seed: 0.2 + seed / 100, False, Call.FAIL, "failed"),
        (lambda seed: 0.005 * (-1) ** seed, True, Call.PASS, "passed"),
        (lambda seed: 0.2 * (-1) ** seed, False, Call.INCONCLUSIVE, "passed"),
        (lambda seed: 0.2 * (-1) ** seed, True, Call.INCONCLUSIVE, "inconclusive"),
    ],
)
def test_a_run_ends_with_the_word_of_its_gate(
    tmp_path: Path, played: Path, was: Callable[[int], float], strict: bool, call: Call, status: str
) -> None:
    """In the result, first in the report, in the folder's status and whole in its `gates.json`."""
    stored(tmp_path, played, was)
    batch: BatchResult = play(tmp_path, strict=strict)
    assert (batch.verdict, batch.status) == (call, status)
    assert [section.key for section in batch.document.sections][:3] == ["gates", "gate[score]", "run"]
    assert repr(batch).splitlines()[1].startswith(f"{call}: gate[score]: ")
    told = dat.open(batch.dat_path).status()
    assert told["verdict"] == status
    why = list(batch.verdicts[0].why)
    assert told["gates"] == [{"name": "score", "call": call.value, "why": why, "baseline": "baselines/b.json"}]
    assert read_verdicts(batch.dat_path) == batch.verdicts


def test_an_outage_is_invalid_before_it_is_a_failed_cell(tmp_path: Path, played: Path) -> None:
    """What broke is why nothing can be said: 3, no negative verdict."""
    stored(tmp_path, played)
    path = tmp_path / "baselines" / "b.json"
    path.write_text(path.read_text().replace('"half"', '"outage"'))
    batch = play(tmp_path, agents=("right", "outage"))
    assert (batch.verdict, batch.status) == (Call.INVALID, "invalid")
    assert batch.verdicts[0].missing == {"provider_error": 12}


def test_a_missing_baseline_is_said_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"there is no baseline baselines/b\.json.*bio baseline save b"):
        play(tmp_path)
    assert not (tmp_path / "data").exists()


def test_every_missing_one_is_said_at_once_and_each_gate_tells_its_own(tmp_path: Path, played: Path) -> None:
    """A gate that has its baseline is none of them."""
    stored(tmp_path, played)
    rules = (Rule(), Rule("a", against="tag:gone"), Rule("c", against="agent:nobody"))
    planned = plan(make_battery(BOTH, ["right"], SEEDS, gates=rules), make_catalog())
    gates = gates_of(planned, project=tmp_path, data_root=tmp_path / "data")
    assert [bool(gate.missing) for gate in gates] == [False, True, True]
    lines = [line_of(gate) for gate in gates]
    assert lines[0] == "gate[score] against baselines/b.json"
    assert "no run has the tag 'gone'" in lines[1]
    assert "has an agent 'nobody'" in lines[2]
    assert "would not be judged" in line_of(gates[0], whole=False)


def test_an_agent_that_is_not_in_the_run_is_taken_from_the_newest_that_has_it(tmp_path: Path) -> None:
    """Each candidate is held against it, as a gate of its own."""
    play(tmp_path, gates=(), agents=("right",))
    batch = play(tmp_path, gates=(Rule(against="agent:right"),), agents=("half", "lazy"))
    assert [(each.rule.name, each.call, each.baseline) for each in batch.verdicts] == [("score-half", Call.FAIL, "agent:right")]
    batch = play(tmp_path, gates=(Rule(against="agent:right"),), agents=("half", "right"))
    assert [each.rule.name for each in batch.verdicts] == ["score-half"]


def test_less_than_the_plan_is_not_judged_and_reads_nothing(tmp_path: Path, played: Path) -> None:
    stored(tmp_path, played)
    planned = plan(make_battery(BOTH, ["right", "half"], SEEDS, gates=GATE), make_catalog())
    how = Judging(gates_of(planned, project=tmp_path, data_root=tmp_path))
    [verdict] = judged(tmp_path / "nowhere", planned, how, selected=[planned.cells[0].id, "another"])
    assert (verdict.call, verdict.why) == (Call.NOT_JUDGED, ("not judged: 1 of 24 cells selected",))


def test_a_rule_of_ones_own_is_asked_only_what_can_be_compared(tmp_path: Path, played: Path) -> None:
    """Its verdict goes under the gate's name; None leaves it to the test."""
    stored(tmp_path, played, lambda seed: 0.2 + seed / 100)
    run = find_dats(played / "data")[0]
    planned = plan(make_battery(BOTH, ["right", "half"], SEEDS, gates=GATE), make_catalog())
    asked = []

    def own(baseline: Baseline, current: Batch, rule: Rule) -> Verdict | None:
        asked.append((baseline.name, len(current.cells), rule.name))
        return Verdict(Call.PASS, "other", Rule("other"), ("fine",)) if len(asked) < 2 else None

    how = Judging(gates_of(planned, project=tmp_path, data_root=tmp_path), own)
    every = [cell.id for cell in planned.cells]
    [first] = judged(run, planned, how, selected=every)
    assert (first.call, first.battery, first.rule, first.baseline) == (
        Call.PASS,
        "b",
        Rule(better="higher"),
        "baselines/b.json",
    )
    [second] = judged(run, planned, how, selected=every)
    assert second.call is Call.FAIL
    [third] = judged(run, planned, how, selected=every, broken=["walks/plain is broken"])
    assert third.call is Call.INVALID
    assert asked == [("baselines/b.json", 24, "score")] * 2


def test_a_number_that_nobody_can_judge_is_invalid_with_its_sentence(tmp_path: Path, played: Path) -> None:
    """The test refuses it; the session ends in good order."""
    run = find_dats(played / "data")[0]
    found = batch_of(run, ("score",))
    cells = (replace(found.cells[0], values={"score": float("nan")}), *found.cells[1:])
    planned = plan(make_battery(BOTH, ["right", "half"], SEEDS, gates=GATE), make_catalog())
    how = Judging((Gate(Rule(), Baseline(replace(found, cells=cells), "baselines/b.json")),))
    [verdict] = judged(run, planned, how, selected=[cell.id for cell in planned.cells])
    assert (verdict.call, verdict.baseline, verdict.expected) == (Call.INVALID, "baselines/b.json", 24)
    assert verdict.why[0].startswith("cannot be judged: score must be a finite number, got nan (half on walks/line, seed 0)")


def test_judging_again_says_the_same(tmp_path: Path, played: Path) -> None:
    """The seed of the relabellings is recorded."""
    stored(tmp_path, played, lambda seed: seed / 50)
    run = find_dats(played / "data")[0]
    planned = plan(make_battery(BOTH, ["right", "half"], SEEDS, gates=GATE), make_catalog())
    gates = gates_of(planned, project=tmp_path, data_root=tmp_path)
    every = [cell.id for cell in planned.cells]
    first, again, other = (judged(run, planned, Judging(gates, seed=seed), selected=every) for seed in (3, 3, 4))
    assert first == again != other
    assert first[0].seed == 3


def test_a_blessed_run_is_what_the_next_is_held_against(tmp_path: Path) -> None:
    batch = play(tmp_path, gates=())
    bless(batch.dat_path, project=tmp_path, data_root=tmp_path / "data", why="the first")
    assert json.loads((tmp_path / "baselines" / "b.json").read_text())["blessed"]["why"] == "the first"
    [verdict] = play(tmp_path).verdicts
    assert verdict.about["why"] == "the first"
    assert verdict.call in (Call.PASS, Call.INCONCLUSIVE)
