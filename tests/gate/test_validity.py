"""What forbids to hold a run against a baseline, each by its name; and what is only told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from pytest_alienbio.gate.validity import drifts, remarks
from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, Drift, Rule, ScenarioVersion

X, Y = "mutualism/x", "regulation/y"


def a_cell(agent: str, scenario: str, seed: int, *, why: str = "", score: float = 0.5, **more: Any) -> BatchCell:
    return BatchCell(agent, scenario, seed, 2, values={} if why else {"score": score}, why=why, **more)


def a_batch(
    agents: Iterable[str] = ("greedy", "noop"), scenarios: Iterable[str] = (X, Y), seeds: Iterable[int] = range(3), **more: Any
) -> Batch:
    """Every agent on every scenario."""
    who, what = list(agents), list(scenarios)
    made = Batch(
        "b",
        tuple(a_cell(agent, scenario, seed) for agent in who for scenario in what for seed in seeds),
        {"score": "higher"},
        {name: ScenarioVersion(f"content of {name}", f"scoring of {name}", "0.6") for name in what},
        {name: AgentVersion(f"hash of {name}") for name in who},
        world="1",
    )
    return replace(made, **more)


def a_baseline(batch: Batch | None = None, **more: Any) -> Baseline:
    return replace(Baseline(batch or a_batch(), "baselines/b.json"), **more)


def found(new: Batch, base: Baseline | None = None, rule: Rule | None = None, **more: Any) -> list[Drift]:
    return list(drifts(new, base or a_baseline(), rule or Rule(), **more))


def kinds(new: Batch, base: Baseline | None = None, rule: Rule | None = None, **more: Any) -> list[str]:
    return [drift.kind for drift in found(new, base, rule, **more)]


def with_scenario(batch: Batch, name: str, **more: Any) -> Batch:
    return replace(batch, scenarios={**batch.scenarios, name: replace(batch.scenarios[name], **more)})


def losing(batch: Batch, count: int, why: str = "provider_error") -> Batch:
    """`batch` with its first cells lost."""
    lost = [replace(cell, values={}, why=why) for cell in batch.cells[:count]]
    return replace(batch, cells=(*lost, *batch.cells[count:]))


def test_the_same_question_may_be_judged() -> None:
    """Whatever the scores are, on any seeds, by agents that changed."""
    assert found(a_batch()) == []
    assert found(a_batch(seeds=range(100, 110))) == []
    assert found(a_batch(agents=("greedy", "noop", "newcomer"))) == found(a_batch(agents=["greedy"])) == []
    changed = a_batch(commit="other")
    assert found(replace(changed, agents={name: AgentVersion("other") for name in changed.agents})) == []


def test_a_scenario_that_asks_something_else_is_named() -> None:
    [drift] = found(with_scenario(a_batch(), X, content="other"))
    assert (drift.kind, drift.was, drift.now, drift.cells) == ("scenario", "content of mutualism/x", "other", 6)
    assert "mutualism/x is another one than in the baseline (content of m, now other)" in drift.sentence
    both = with_scenario(with_scenario(a_batch(), X, content="other"), Y, content="other")
    assert [X in drift.sentence for drift in found(both)] == [True, False]


def test_a_scenario_that_scores_in_another_way_is_named() -> None:
    [drift] = found(with_scenario(a_batch(), Y, scoring="other"))
    assert (drift.kind, drift.cells) == ("scoring", 6)
    assert "regulation/y is scored in another way" in drift.sentence


def test_another_bar_matters_only_to_what_is_passed() -> None:
    base = a_baseline()
    batch = replace(base.batch, cells=tuple(replace(cell, values={"passed": 1.0}) for cell in base.batch.cells))
    new = with_scenario(batch, X, bar="0.8")
    rule = Rule("passed", "passed", "higher")
    assert kinds(new, a_baseline(batch), rule) == ["scoring"]
    assert kinds(with_scenario(a_batch(), X, bar="0.8")) == []


def test_what_nobody_recorded_is_no_drift_and_told() -> None:
    """An older run does not say how it was scored."""
    base = a_baseline(with_scenario(a_batch(), X, scoring="", content=""))
    assert found(a_batch(), base) == []
    told = remarks(a_batch(), base, Rule())
    assert "the scenario's version is not recorded for mutualism/x: taken for the same" in told
    assert "how it is scored is not recorded for mutualism/x: taken for the same" in told
    assert remarks(a_batch(), a_baseline(a_batch(world="")), Rule()) == (
        "the version of the worlds is not recorded in the baseline: taken for the same",
    )


def test_other_worlds_are_told_once_and_not_for_each_scenario() -> None:
    """The generator's version is part of every content hash."""
    new = a_batch(world="2")
    new = replace(new, scenarios={name: replace(each, content="other") for name, each in new.scenarios.items()})
    [drift] = found(new)
    assert (drift.kind, drift.was, drift.now) == ("world", "1", "2")
    assert "2 scenarios" in drift.sentence


def test_records_of_another_format() -> None:
    assert kinds(a_batch(version=2)) == ["format"]


def test_another_batterys_baseline() -> None:
    [drift] = found(a_batch(battery="mine"))
    assert (drift.kind, drift.was, drift.now) == ("battery", "b", "mine")
    assert kinds(a_batch(agents=["other"])) == ["battery"]
    assert kinds(a_batch(), a_baseline(replace(a_batch(), cells=()))) == ["battery", "metric"]


@pytest.mark.parametrize(("was", "rule", "now", "expected"), [
    ("higher", "", "higher", []),
    ("higher", "lower", "higher", ["metric"]),
    ("higher", "higher", "", []),
    ("", "", "lower", []),
    ("lower", "", "", []),
    ("lower", "", "higher", ["metric"]),
    ("", "", "", ["metric"]),
    ("", "lower", "", []),
])  # fmt: skip
def test_which_way_is_better_must_be_told_and_the_same(was: str, rule: str, now: str, expected: list[str]) -> None:
    """A loss that is taken for a score would be judged upside down."""
    base = a_baseline(a_batch(better={"score": was} if was else {}))
    assert kinds(a_batch(better={"score": now} if now else {}), base, Rule(better=rule)) == expected


def test_a_gate_says_which_way_a_sub_score_is_better_and_a_blessing_keeps_it() -> None:
    """A sub-score takes over what its score says: a cost that is recorded beside a score is no better the higher it is."""
    cells = tuple(replace(cell, values={"spent": 2.0}) for cell in a_batch().cells)
    new = a_batch(cells=cells, better={"spent": "higher"})
    rule = Rule("spent", "spent", "lower")
    assert kinds(new, a_baseline(new), rule) == []
    signed = Blessing("Kim", "2026-11-01T00:00:00Z")
    assert kinds(new, a_baseline(replace(new, better={"spent": "lower"}), blessing=signed), rule) == []
    [drift] = found(new, a_baseline(new, blessing=signed), rule)
    assert drift.sentence.endswith("say `better: higher`, or bless a run anew, with `better: lower` in the battery's gate")


def test_a_metric_that_one_of_them_has_not() -> None:
    rule = Rule("loss", "loss", "lower")
    new = a_batch(agents=["greedy"], scenarios=[X], seeds=[0])
    both = replace(new, cells=tuple(replace(cell, values={"loss": 1.0, "score": 0.5}) for cell in new.cells))
    [drift] = found(both, None, rule)
    assert drift.kind == "metric"
    assert "the baseline has no number for the metric loss; it has score; bless it with --metric loss" in drift.sentence
    assert kinds(new, a_baseline(both), rule) == ["metric"]


@pytest.mark.parametrize("why", ["provider_error", "timed_out", "not_run", "lost", "skipped"])
def test_an_outage_neither_looks_like_a_drop_nor_hides_one(why: str) -> None:
    [drift] = found(losing(a_batch(), 2, why))
    assert (drift.kind, drift.cells) == ("missing", 2)
    assert drift.sentence == f"2 of 12 cells have no score (2 {why}), and none may be missing; play them again"
    assert kinds(losing(a_batch(), 2, why), rule=Rule(max_missing=2)) == []
    assert kinds(losing(a_batch(), 3, why), rule=Rule(max_missing=2)) == ["missing"]


def test_a_number_too_large_to_be_squared_is_missing_like_any_other() -> None:
    """It is not compared, so it must not be passed over either."""
    new = a_batch()
    new = replace(new, cells=(replace(new.cells[0], values={"score": -1e300}), *new.cells[1:]))
    [drift] = found(new)
    assert drift.sentence == "1 of 12 cells has no score (1 too large to compare), and none may be missing; play them again"
    assert kinds(new, rule=Rule(max_missing=1)) == []
    assert remarks(a_batch(), a_baseline(new), Rule()) == ("1 cell of the baseline has no score (1 too large to compare)",)


def test_an_outage_of_everything_is_missing_cells_and_no_unknown_metric() -> None:
    assert kinds(losing(a_batch(), 12)) == ["missing"]


def test_what_a_newcomer_lacks_is_not_counted_and_what_the_baseline_lacks_is_told() -> None:
    """There is no regression of it that an outage could hide."""
    new = a_batch(agents=("aaa", "greedy", "noop"))
    assert found(losing(new, 6)) == []
    assert kinds(losing(new, 7)) == ["missing"]
    base = a_baseline(losing(a_batch(), 2))
    assert found(a_batch(), base) == []
    assert remarks(a_batch(), base, Rule()) == ("2 cells of the baseline have no score (2 provider_error)",)


def test_what_the_other_agent_of_the_same_run_lacks_is_an_outage_of_this_run() -> None:
    """Held against greedy, noop may not win or lose by what greedy could not play."""
    new = a_batch(agents=["noop"], run="this")
    base = a_baseline(losing(new, 2), name="agent:greedy", kind="agent")
    [drift] = found(new, base)
    assert drift.sentence == "2 of 12 cells have no score (2 provider_error), and none may be missing; play them again"
    assert kinds(new, base, Rule(max_missing=2)) == []
    assert kinds(new, replace(base, batch=replace(base.batch, run="earlier"))) == []
    gone = replace(base, batch=losing(new, 6))
    assert kinds(new, gone) == ["missing"], "no advice to bless what is no file"


def test_a_gate_cannot_turn_a_score_round() -> None:
    """Its results say themselves which way it is better: no blessing would make it so."""
    [drift] = found(a_batch(), a_baseline(a_batch(better={})), Rule(better="lower"))
    assert drift.sentence == "of the metric score higher is better, as its results say; leave `better: lower` out of the gate"


def test_a_level_that_only_one_of_them_plays_is_told() -> None:
    new = a_batch(scenarios=[X])
    harder = tuple(replace(cell, difficulty=3) for cell in new.cells)
    both = replace(new, cells=(*new.cells, *harder))
    said = "6 cells{} at difficulties, params or surfaces that {} lacks: not compared"
    assert remarks(new, a_baseline(both), Rule()) == (said.format(" of the baseline", "the run"),)
    assert remarks(both, a_baseline(new), Rule()) == (said.format("", "the baseline"),)


def test_a_scenario_that_is_broken_and_a_run_that_was_cut_short() -> None:
    new = a_batch()
    assert [drift.kind for drift in found(new, broken=("oracle reaches 0.4",), cut_short="-x")] == ["sanity", "cut short"]


def test_a_confirm_stage_needs_seeds_that_only_the_baseline_has() -> None:
    """Seeds, and not cells: surfaces of one world are one."""
    base = a_baseline(a_batch(seeds=range(8)))
    assert found(a_batch(), base, Rule(confirm=5)) == []
    [drift] = found(a_batch(), base, Rule(confirm=6))
    assert drift.kind == "seeds"
    assert "confirm stage plays 6 seeds that the baseline has and the run has not, and for 4 leaves" in drift.sentence
    assert "it has only 5" in drift.sentence
    surfaces = tuple(replace(cell, variant=variant) for cell in a_batch(seeds=range(5)).cells for variant in (1, 2, 3))
    assert kinds(a_batch(), a_baseline(replace(a_batch(), cells=surfaces)), Rule(confirm=3)) == ["seeds"]
    assert found(a_batch(), a_baseline(), Rule()) == []


def test_a_confirm_stage_has_no_seeds_left_of_what_is_two_samples() -> None:
    """They use every stored run, however many seeds the run has not; one such leaf is told apart from a baseline too small."""
    base = a_baseline(a_batch(seeds=range(8)))
    [drift] = found(a_batch(seeds=range(6, 10)), base, Rule(confirm=3))
    assert (drift.kind, drift.sentence) == (
        "seeds",
        "the confirm stage plays 3 seeds that the baseline has and the run has not, and for 4 leaves (greedy|mutualism/x, "
        "greedy|regulation/y, noop|mutualism/x and 1 more) the run has seeds that the baseline lacks, so all that this one has "
        "are used at once; play its seeds, or leave `confirm` out",
    )
    one = replace(a_batch(), cells=(*a_batch().cells, a_cell("noop", Y, 20)))
    assert ["the run has seeds" in each.sentence for each in found(one, base, Rule(confirm=6))] == [True, False]
    assert ["1 leaf (noop|" in each.sentence for each in found(one, base, Rule(confirm=5))] == [True]


def test_what_is_verified_needs_no_fresh_seeds() -> None:
    new = a_batch(agents=["greedy"])
    new = replace(new, agents={"greedy": AgentVersion("hash of greedy", deterministic=True)})
    base = a_baseline(new, verified=frozenset(cell.leaf for cell in new.cells))
    assert found(new, base, Rule(confirm=3)) == []
    assert kinds(new, a_baseline(new), Rule(confirm=3)) == ["seeds"]


def test_a_leaf_at_other_difficulties_cannot_be_compared() -> None:
    harder = [replace(cell, difficulty=4) if cell.leaf == ("greedy", X) else cell for cell in a_batch().cells]
    [drift] = found(a_batch(cells=tuple(harder)))
    assert drift.kind == "scenario"
    assert "greedy on mutualism/x plays other difficulties, params or surfaces" in drift.sentence
    assert (drift.was, drift.now) == ("difficulty 2", "difficulty 4")


def test_who_came_who_left_and_who_changed_is_told() -> None:
    new = a_batch(agents=("greedy", "newcomer"), scenarios=(X, "z"))
    new = replace(new, agents={**new.agents, "greedy": AgentVersion("other")})
    assert remarks(new, a_baseline(), Rule()) == (
        "agent noop: in the baseline and no longer in the battery",
        "agent newcomer: new, and not judged until a run with it is blessed",
        "scenario regulation/y: in the baseline and no longer in the battery",
        "scenario z: new, and not judged until a run with it is blessed",
        "greedy is another profile than in the baseline",
    )
    assert remarks(a_batch(), a_baseline(), Rule()) == ()


def test_an_agent_that_cannot_play_here_is_not_new() -> None:
    """Nothing of it will ever be blessed. One that the baseline has is missing, and has not left."""
    new = a_batch(agents=("aaa", "greedy", "noop"))
    assert remarks(losing(new, 6, "skipped"), a_baseline(), Rule()) == ()
    lost = losing(a_batch(), 6, "skipped")
    assert (remarks(lost, a_baseline(), Rule()), kinds(lost)) == ((), ["missing"])


def test_held_against_an_agent_nobody_came_or_left() -> None:
    """It is another one: that is what is asked."""
    base = a_batch(agents=["greedy"])
    mine = replace(base, agents={"greedy": AgentVersion("mine")})
    assert remarks(mine, a_baseline(base, kind="agent"), Rule()) == ()


def test_that_it_was_blessed_by_force_is_told() -> None:
    forced = a_baseline(blessing=Blessing("Kim", "now", "the network was down", True, "INVALID"))
    assert remarks(a_batch(), forced, Rule()) == (
        "the baseline was blessed by force of a run that was INVALID: the network was down",
    )
