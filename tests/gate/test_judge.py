"""From a run, a baseline and a rule to a verdict: what each node is called, the one word, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from pytest_alienbio.gate import judge
from pytest_alienbio.model import (
    AgentVersion,
    Baseline,
    Batch,
    Blessing,
    Call,
    NodeCall,
    NodeKind,
    Rule,
    ScenarioVersion,
    Verdict,
)

from .batches import Numbers, baseline, batch, scores

ALL = {("", ""): 0.2}
QUIET = [("a", "s0"), ("a", "s1"), ("b", "s0"), ("b", "s1")]


def judged(
    new: Numbers | Batch, base: Numbers | Batch | Baseline, rule: Rule | None = None, *, seed: int = 0, draws: int = 999
) -> Verdict:
    held = base if isinstance(base, Baseline) else baseline(base)
    return judge(new if isinstance(new, Batch) else batch(new), held, rule or Rule(), seed=seed, draws=draws)


def test_a_drop_everywhere_fails_and_says_how_large_it_is() -> None:
    found = judged(scores(2, 4, 10, seed=2, drops=ALL), scores(2, 4, 10, seed=1))
    assert found.call is Call.FAIL
    assert found.fails
    whole = found.node()
    assert whole.call is NodeCall.REGRESSED
    assert whole.drop.interval is not None
    assert whole.drop.interval.low < 0.2 < whole.drop.interval.high
    assert found.why[0] == "the battery as a whole dropped by 0.220 [0.170, 0.270] (p 0.001), everywhere by more than 0.05"
    assert (found.cells, found.expected, found.relabellings, found.exact, found.seed) == (80, 80, 1000, False, 0)


def test_an_agent_that_fell_is_named_and_the_other_one_is_not() -> None:
    found = judged(scores(2, 4, 10, seed=2, drops={("a", ""): 0.3}), scores(2, 4, 10, seed=1))
    assert found.node("a").call is NodeCall.REGRESSED
    assert found.node("b").call is not NodeCall.REGRESSED
    assert found.why[0].startswith("a dropped by 0.")


def test_a_scenario_that_fell_for_everyone_is_named() -> None:
    found = judged(scores(3, 4, 10, seed=2, drops={("", "s2"): 0.35}), scores(3, 4, 10, seed=1))
    assert found.node(scenario="s2").call is NodeCall.REGRESSED
    assert found.why[0].startswith("all agents on s2 dropped by 0.")


def test_a_leaf_that_collapsed_is_named_first() -> None:
    found = judged(scores(2, 6, 10, seed=2, drops={("a", "s1"): 0.6}), scores(2, 6, 10, seed=1))
    assert found.node("a", "s1").call is NodeCall.REGRESSED
    assert found.node("a", "s1").p_alone is not None
    assert found.why[0].startswith("a on s1 dropped by 0.")


def test_a_leaf_is_named_only_with_its_agent_and_the_battery() -> None:
    """Of every verdict here, whatever fell."""
    for seed in range(6):
        found = judged(scores(3, 3, 6, seed=seed, drops={("a", "s1"): 0.1 * seed}), scores(3, 3, 6, seed=99))
        fell = {(node.agent, node.scenario) for node in found.nodes if node.call in (NodeCall.REGRESSED, NodeCall.CONTAINS)}
        assert (found.call is Call.FAIL) == bool(fell)
        for agent, scenario in fell:
            assert {("", "")} <= fell
            assert {(agent, ""), ("", "")} <= fell or not (agent and scenario)


def test_one_collapse_among_rises_is_a_regression_somewhere() -> None:
    """The battery's own mean rose: it contains a regression, and fails all the same."""
    base = {("a", f"s{at}"): [0.5, 0.6, 0.4, 0.5, 0.6, 0.4, 0.5, 0.6] for at in range(6)}
    new = {name: [value + (0.15 if name[1] != "s0" else -0.4) for value in row] for name, row in base.items()}
    base["b", "s0"] = new["b", "s0"] = [0.5, 0.4, 0.6, 0.5, 0.4, 0.6, 0.5, 0.5]
    found = judged(new, base)
    assert found.node().drop.value is not None
    assert float(found.node().drop) < 0
    assert (found.call, found.node().call, found.node("a").call) == (Call.FAIL, NodeCall.CONTAINS, NodeCall.CONTAINS)
    assert found.why[0].startswith("a on s0 dropped by 0.4")


def test_what_is_not_located_names_the_likeliest() -> None:
    base = {("a", "s0"): [0.9, 0.8], ("a", "s1"): [0.7, 0.8], ("b", "s0"): [0.6, 0.9], ("b", "s1"): [0.5, 0.9]}
    found = judged({name: [value - 0.3 for value in row] for name, row in base.items()}, base, Rule(alpha=0.02))
    named = [node.name for node in found.nodes if node.call in (NodeCall.REGRESSED, NodeCall.CONTAINS)]
    assert named == ["overall"]
    assert found.why[0].startswith("a regression somewhere in the battery, not located: the battery as a whole dropped by 0.3")
    assert found.why[1].startswith("the likeliest: a on s0 (drop 0.30)")


def test_a_gain_that_is_not_shown_to_be_one_is_not_worse() -> None:
    """A drop by the margin is excluded, so it passes; more tolerance never makes it less sure."""
    rows = scores(2, 2, 6, seed=1)
    better = {name: [value + (0.05 if at % 2 else 0.35) for at, value in enumerate(row)] for name, row in rows.items()}
    for tol in (0.0, 0.25):
        found = judged(better, rows, Rule(tol=tol))
        assert found.call is Call.PASS
    assert found.node().call is NodeCall.NOT_WORSE
    assert "is not worse by 0.25 or more: drop -0." in found.why[0]


def test_an_unchanged_battery_passes_and_a_noisy_one_is_inconclusive() -> None:
    rows = scores(2, 4, 40, seed=1)
    near = {name: [value + (0.01 if at % 2 else -0.01) for at, value in enumerate(row)] for name, row in rows.items()}
    found = judged(near, rows)
    assert (found.call, found.node().call) == (Call.PASS, NodeCall.UNCHANGED)
    assert found.why[0].startswith("nothing regressed, and the battery as a whole changed by no more than 0.05")
    noisy = judged(scores(2, 2, 4, seed=2), scores(2, 2, 4, seed=1))
    assert (noisy.call, noisy.node().call) == (Call.INCONCLUSIVE, NodeCall.INCONCLUSIVE)
    needed = noisy.node().seeds_needed
    assert needed is not None
    assert needed > 4
    assert f"about {needed} seeds a scenario would settle it (this run has 4)" in noisy.why


def test_as_many_seeds_as_it_asks_for_settle_an_inconclusive_battery() -> None:
    """Mostly: with that many the same agents on fresh seeds are called unchanged."""
    first = judged(scores(2, 3, 6, seed=4), scores(2, 3, 6, seed=3))
    needed = first.node().seeds_needed
    assert first.call is Call.INCONCLUSIVE
    assert needed is not None
    calls = [judged(scores(2, 3, needed, seed=10 + at), scores(2, 3, needed, seed=50 + at), draws=199).call for at in range(5)]
    assert calls.count(Call.PASS) >= 3


def test_an_improvement_passes_and_is_told() -> None:
    found = judged(scores(2, 4, 10, seed=1), scores(2, 4, 10, seed=2, drops=ALL))
    assert (found.call, found.node().call) == (Call.PASS, NodeCall.IMPROVED)
    assert found.why[0].startswith("nothing regressed; the battery as a whole improved by 0.2")


def test_lower_is_better_fails_when_numbers_rise_and_shows_them_as_they_are() -> None:
    low, high = scores(2, 4, 10, seed=2, drops=ALL), scores(2, 4, 10, seed=1)
    found = judged(batch(high, better="lower"), batch(low, better="lower"))
    assert found.call is Call.FAIL
    assert found.rule == Rule(better="lower")
    base, new = found.node().base, found.node().new
    assert base is not None
    assert new is not None
    assert base < new
    assert float(found.node().drop) == pytest.approx(new - base)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_scores_all_over_are_no_proof_of_certainty(n: int) -> None:
    rows = {name: [0.7] * n for name in QUIET}
    found = judged(rows, rows)
    assert (found.call, found.node().call, found.node().p) == (Call.INCONCLUSIVE, NodeCall.INCONCLUSIVE, 1.0)
    assert found.node().detectable is None
    assert found.power.overall is None
    assert "no spread" in found.why[0] or "alone has no spread" in found.why[0] or "no leaf has two worlds" in found.why[0]


def test_enough_passes_and_nothing_else_are_unchanged() -> None:
    """Pass or fail needs no spread: 40 of 40 against 40 of 40 leaves little room; 8 of 8 does not, and says how many would."""
    many, few = ({name: [1.0] * n for name in QUIET} for n in (15, 2))
    assert judged(many, many).call is Call.PASS
    found = judged(few, few)
    assert found.call is Call.INCONCLUSIVE
    needed = found.node().seeds_needed
    assert needed is not None
    assert judged({name: [1.0] * needed for name in QUIET}, {name: [1.0] * needed for name in QUIET}).call is Call.PASS
    assert judged({name: [1.0] * (needed - 1) for name in QUIET}, {name: [1.0] * (needed - 1) for name in QUIET}).call is (
        Call.INCONCLUSIVE
    )


def test_one_agent_and_one_scenario_have_verdicts_and_an_overall_node() -> None:
    agent = judged(scores(1, 4, 8, seed=2, drops=ALL), scores(1, 4, 8, seed=1))
    assert [node.kind for node in agent.nodes][:2] == [NodeKind.OVERALL, NodeKind.AGENT]
    assert agent.node().p == agent.node("a").p
    scenario = judged(scores(3, 1, 8, seed=2, drops=ALL), scores(3, 1, 8, seed=1))
    assert {node.kind for node in scenario.nodes} == {NodeKind.OVERALL, NodeKind.LEAF}
    leaf = judged({("a", "s"): [0.1, 0.2, 0.3, 0.2, 0.1]}, {("a", "s"): [0.5, 0.6, 0.7, 0.9, 0.4]})
    assert (leaf.call, leaf.node().p, leaf.node("a", "s").p_alone) == (Call.FAIL, 1 / 32, 1 / 32)
    assert leaf.exact
    assert leaf.seed is None


def test_one_seed_is_an_honest_verdict() -> None:
    """Five scenarios that all fell by as much can be told with one seed; how sure each drop is cannot."""
    base = {("a", f"s{at}"): [0.9 - 0.01 * at] for at in range(5)}
    found = judged({name: [0.4] for name in base}, base)
    assert (found.call, found.node().p) == (Call.FAIL, 1 / 32)
    assert found.node().drop.interval is None
    assert found.power.leaf is None


def test_a_tolerated_drop_is_none() -> None:
    base = scores(2, 4, 10, seed=1)
    new = {name: [value - 0.03 for value in row] for name, row in base.items()}
    assert judged(new, base).call is Call.FAIL
    assert judged(new, base, Rule(tol=0.05)).call is Call.INCONCLUSIVE
    assert judged(new, base, Rule(tol=0.02)).call is Call.FAIL


def test_missing_cells_are_left_out_and_told_up_to_what_is_allowed() -> None:
    base = scores(2, 4, 10, seed=1)
    new: dict[tuple[str, str], list[float | None]] = {name: list(row) for name, row in base.items()}
    new["a", "s0"][3] = None
    strict = judged(new, base)
    assert strict.call is Call.INVALID
    assert strict.nodes == ()
    found = judged(new, base, Rule(max_missing=1))
    assert found.missing == {"timed_out": 1}
    assert found.cells == 79
    assert "1 of 80 cells has no number and is left out: 1 timed_out" in found.why
    assert found.node("a", "s0").n == 9


def test_leaves_that_only_one_side_has_are_told_and_not_tested() -> None:
    base, new = scores(2, 3, 10, seed=1), scores(2, 3, 10, seed=1)
    del base["b", "s2"]
    del new["a", "s0"]
    found = judged(new, base)
    assert (found.node("b", "s2").call, found.node("a", "s0").call) == (NodeCall.NEW, NodeCall.MISSING)
    assert found.node("b", "s2").p is None
    assert "not in the baseline, so not judged: b on s2" in found.why
    assert "not compared: a on s0" in found.why


class TestDeterministic:
    """Seed by seed, with certainty, outside what alpha pays for."""

    BASE: ClassVar[dict[tuple[str, str], list[float]]] = {
        ("a", "s0"): [0.7, 0.7],
        ("a", "s1"): [0.5, 0.5],
        ("b", "s0"): [0.5, 0.6],
        ("b", "s1"): [0.4, 0.6],
    }
    VERIFIED = (("a", "s0"), ("a", "s1"))

    def against(self, new: Numbers, rule: Rule | None = None) -> Verdict:
        return judged(batch(new, deterministic=["a"]), baseline(self.BASE, verified=self.VERIFIED), rule)

    def test_one_changed_seed_is_a_regression_without_any_p(self) -> None:
        found = self.against({**self.BASE, ("a", "s0"): [0.7, 0.6]})
        leaf = found.node("a", "s0")
        assert (found.call, leaf.call, leaf.p, leaf.design) == (Call.FAIL, NodeCall.REGRESSED, None, "exact")
        assert leaf.drop.mark == "exact"
        assert (found.node("a").call, found.node().call) == (NodeCall.REGRESSED, NodeCall.CONTAINS)
        assert "a on s0 dropped by 0.050 (exact)" in found.why

    def test_within_the_tolerance_it_is_changed_and_does_not_fail(self) -> None:
        found = self.against({**self.BASE, ("a", "s0"): [0.7, 0.6]}, Rule(tol=0.05))
        assert found.node("a", "s0").call is NodeCall.CHANGED
        assert found.call is not Call.FAIL

    def test_other_seeds_that_balance_are_changed(self) -> None:
        assert self.against({**self.BASE, ("a", "s0"): [0.75, 0.65]}).node("a", "s0").call is NodeCall.CHANGED

    def test_the_same_numbers_are_unchanged_and_rounding_is_no_change(self) -> None:
        found = self.against({**self.BASE, ("a", "s0"): [0.7, 0.1 + 0.6]})
        assert found.node("a", "s0").call is NodeCall.UNCHANGED

    @pytest.mark.parametrize(("size", "call"), [(1e-11, NodeCall.CHANGED), (1e-8, NodeCall.REGRESSED)])
    def test_the_last_bits_of_another_platform_are_a_change_and_no_drop(self, size: float, call: NodeCall) -> None:
        """Whatever the metric's unit is; nor are they an improvement."""
        for unit in (1.0, 1e6):
            base = {name: [value * unit for value in row] for name, row in self.BASE.items()}
            for sign, expected in ((-1, call), (1, NodeCall.IMPROVED if call is NodeCall.REGRESSED else call)):
                new = {**base, ("a", "s0"): [value + sign * size * unit for value in base["a", "s0"]]}
                found = judged(batch(new, deterministic=["a"]), baseline(base, verified=self.VERIFIED))
                assert found.node("a", "s0").call is expected

    def test_it_improves_with_certainty(self) -> None:
        assert self.against({**self.BASE, ("a", "s0"): [0.9, 0.7]}).node("a", "s0").call is NodeCall.IMPROVED

    def test_a_battery_of_nothing_else_passes_with_two_seeds(self) -> None:
        rows = {name: row for name, row in self.BASE.items() if name[0] == "a"}
        found = judged(batch(rows, deterministic=["a"]), baseline(rows, verified=self.VERIFIED))
        assert (found.call, found.node().call, found.node().p) == (Call.PASS, NodeCall.UNCHANGED, None)
        assert found.relabellings == 0

    def test_not_verified_it_is_random(self) -> None:
        found = judged(batch({**self.BASE, ("a", "s0"): [0.7, 0.6]}, deterministic=["a"]), baseline(self.BASE))
        assert found.call is not Call.FAIL
        assert found.node("a", "s0").design == "pairs"

    def test_inconclusive_for_want_of_spread_names_the_command_that_verifies(self) -> None:
        """Of the baseline's own run, where that is known; into its own file, where that is not the default.

        A run or a tag keeps nothing of it.
        """
        rows = {name: [0.7, 0.7] for name in QUIET}
        new, base = batch(rows, deterministic=["a"]), baseline(rows)
        said = "2 leaves are declared deterministic, and judged with certainty once the baseline is verified: "
        assert said + "bio baseline save small --verify" in judged(new, base).why
        named = replace(base, name="baselines/x.json", batch=replace(base.batch, dat="data/small 1"))
        assert said + "bio baseline save 'data/small 1' --verify -o baselines/x.json" in judged(new, named).why
        tagged = replace(base, name="tag:first", kind="dat")
        assert said + "bio baseline save small --verify, and `against` the file that it writes" in judged(new, tagged).why
        chance = replace(new, scenarios={name: ScenarioVersion() for name in ("s0", "s1")})
        assert not any("--verify" in each for each in judged(chance, base).why)
        verified = judged(batch(rows, deterministic="ab"), replace(base, verified=frozenset(QUIET)))
        assert (verified.call, any("--verify" in each for each in verified.why)) == (Call.PASS, False)
        assert not any("--verify" in each for each in judged(new, replace(base, kind="agent")).why)
        assert not any("--verify" in each for each in judged(batch(rows), base).why)


def test_what_drifted_makes_it_invalid_and_nothing_is_tested() -> None:
    rows = scores(2, 2, 4, seed=1)
    found = judge(batch(rows), baseline(rows), Rule(), cut_short="interrupted")
    assert (found.call, found.nodes, found.relabellings) == (Call.INVALID, (), 0)
    assert found.why == tuple(drift.sentence for drift in found.drifts)


def test_the_same_seed_gives_the_same_verdict_in_any_order_of_cells() -> None:
    new, base = batch(scores(2, 3, 8, seed=2)), batch(scores(2, 3, 8, seed=1))
    turned = replace(new, cells=new.cells[::-1])
    assert judged(turned, baseline(base), seed=7) == judged(new, baseline(base), seed=7)


def test_a_verdict_says_what_it_was_held_against() -> None:
    rows = scores(2, 2, 4, seed=1)
    held = replace(
        baseline(replace(batch(rows), commit="abc", at="2026-11-01")), blessing=Blessing("ann", "2026-11-02", "first")
    )
    found = judge(batch(rows), held, Rule())
    assert found.baseline == "baselines/small.json"
    assert found.about == {"by": "ann", "at": "2026-11-02", "why": "first", "commit": "abc"}


def test_scores_that_were_found_on_other_seeds_are_two_samples() -> None:
    new = batch(scores(2, 3, 6, seed=2, drops=ALL), first=100)
    found = judged(new, scores(2, 3, 20, seed=1))
    assert found.call is Call.FAIL
    assert {node.design for node in found.nodes if node.kind is NodeKind.LEAF} == {"two samples"}
    assert (found.node("a", "s0").n, found.node("a", "s0").n_base) == (6, 20)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(alpha=0.0), "alpha is a chance between 0 and 1"),
        (Rule(alpha=2.0), "alpha is a chance between 0 and 1"),
        (Rule(alpha=float("nan")), "alpha is a chance between 0 and 1"),
        (Rule(tol=-0.1), "tol is a drop that is none"),
        (Rule(tol=float("nan")), "tol is a drop that is none"),
        (Rule(margin=0.0), "margin is a finite number above 0"),
        (Rule(better="more"), "better is higher or lower"),
        (Rule(confirm=-1), "counts from 0 on"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_what_was_expected(rule: Rule, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        judged(QUIET_ROWS, QUIET_ROWS, rule)


QUIET_ROWS = {name: [0.5, 0.6] for name in QUIET}


def test_nothing_in_common_is_invalid() -> None:
    found = judged({("a", "x"): [0.5]}, {("b", "y"): [0.5]})
    assert found.call is Call.INVALID
    assert "in common" in found.why[0]


def test_numbers_on_no_seed_of_both_are_inconclusive() -> None:
    """Within what may be missing, nothing may be left to compare."""
    found = judged({("a", "x"): [0.5, None]}, {("a", "x"): [None, 0.5]}, Rule(max_missing=1))
    assert found.call is Call.INCONCLUSIVE
    assert found.why[0] == "nothing of this run can be compared with the baseline"


def test_what_is_worth_telling_and_forbids_nothing_is_in_the_notes() -> None:
    rows = scores(2, 2, 4, seed=1)
    other = replace(batch(rows), agents={name: AgentVersion(f"{name}2") for name in "ab"})
    held = baseline(replace(batch(rows), agents={name: AgentVersion(name) for name in "ab"}))
    assert any("other profiles than in the baseline" in note for note in judge(other, held, Rule()).notes)
