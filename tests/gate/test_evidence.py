"""The gate's test: its numbers against formulas written out, its level by brute force, and its laws."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.gate.evidence import Evidence, mirrored, weigh, weights
from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.model import NodeKind

from . import reference
from .batches import leaves, scores

Name = tuple[str, str]
FOUR: list[Name] = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
FEW = settings(max_examples=20, deadline=None)


def p_of(found: Evidence) -> dict[Name, float]:
    return {(node.agent, node.scenario): node.p for node in found.nodes}


def some_leaves(rng: np.random.Generator) -> reference.Leaves:
    """One to four leaves of every sort: pairs and two samples, Beta, pass or fail, constants, ties, one seed."""
    names = [*FOUR, ("b", "z"), ("c", "x")]
    chosen = sorted(rng.choice(len(names), int(rng.integers(1, 5)), replace=False).tolist())
    found: reference.Leaves = {}
    for at in chosen:
        paired, n = bool(rng.integers(2)), int(rng.integers(1, 3 if len(chosen) == 4 else 4))
        n_base = n if paired else int(rng.integers(1, 4))
        sort = rng.integers(4)

        def draw(k: int, sort: int = int(sort)) -> list[float]:
            raw = rng.random(k)
            made = [raw, (raw < 0.6).astype(float), np.full(k, 0.7), np.round(raw, 1)][sort]
            return [float(value) for value in made]

        found[names[at]] = (draw(n_base), draw(n), paired)
    return found


@pytest.mark.parametrize("seed", range(45))
def test_small_batches_agree_with_the_formulas_written_out(seed: int) -> None:
    """Every adjusted p and score to 1e-12, whatever the design, the scores, the tolerance."""
    rng = np.random.default_rng(seed)
    given_leaves = some_leaves(rng)
    tol = float(rng.choice([0.0, 0.05]))
    found = weigh([Leaf.of(*name, b, x, paired=paired) for name, (b, x, paired) in given_leaves.items()], tol=tol)
    assert found.exact
    expected = reference.judged(given_leaves, tol)
    assert {(node.agent, node.scenario) for node in found.nodes} == expected.keys()
    for node in found.nodes:
        p, score = expected[node.agent, node.scenario]
        assert node.p == pytest.approx(p, abs=1e-12)
        assert node.score == pytest.approx(score, rel=1e-12, abs=1e-12)


def excess(p_values: list[float]) -> float:
    """By how much P(p <= a) is above a, at worst over all a; every p is one of equally likely outcomes."""
    ordered = sorted(p_values)
    return max((at + 1) / len(ordered) - p for at, p in enumerate(ordered))


SAMPLES = {
    "Beta": np.random.default_rng(1).beta(5, 3, (4, 2, 2)),
    "pass or fail": np.array([[[1, 0], [1, 0]], [[0, 1], [1, 1]], [[1, 0], [0, 0]], [[0, 1], [1, 0]]], dtype=float),
    "uneven": np.random.default_rng(2).random((4, 2, 2)) * np.array([1.0, 0.1, 0.01, 1.0])[:, None, None],
}


def swapped(pairs: np.ndarray, labels: tuple[bool, ...]) -> list[Leaf]:
    """Four leaves of two seeds, (leaf, seed, side), with these eight pairs swapped."""
    swap = np.array(labels).reshape(4, 2, 1)
    data = np.where(swap, pairs[:, :, ::-1], pairs)
    return [Leaf.of(*name, data[at, :, 0], data[at, :, 1]) for at, name in enumerate(FOUR)]


@pytest.mark.parametrize("sort", SAMPLES)
def test_the_level_is_exact_by_brute_force_over_pairs(sort: str) -> None:
    """Each of all 256 labellings as the data: P(p <= a) <= a for every a, of the smallest p and of each node's own."""
    each = [p_of(weigh(swapped(SAMPLES[sort], labels))) for labels in product((False, True), repeat=8)]
    assert excess([min(p.values()) for p in each]) <= 1e-12
    assert all(excess([p[node] for p in each]) <= 1e-12 for node in each[0])


@pytest.mark.parametrize("fallen", [1, 2])
@pytest.mark.parametrize("sort", SAMPLES)
def test_no_clean_node_is_named_more_often_than_alpha_while_others_collapse(sort: str, fallen: int) -> None:
    """Strong control: one or two leaves are fixed as collapsed, the labels of the rest are all tried."""
    pairs = SAMPLES[sort].copy()
    pairs[:fallen] = np.array([0.95, 0.02]) + SAMPLES["uneven"][:fallen] * 0.01
    clean = [*FOUR[fallen:], ("b", ""), *([("", "y")] if fallen == 1 else [])]
    p_values = []
    for labels in product((False, True), repeat=8 - 2 * fallen):
        found = p_of(weigh(swapped(pairs, (False, False) * fallen + labels)))
        p_values.append(min(found[node] for node in clean))
    assert excess(p_values) <= 1e-12


@pytest.mark.parametrize("mixed", [False, True])
def test_the_level_is_exact_by_brute_force_over_two_samples(mixed: bool) -> None:
    """Three stored runs and two new ones of two leaves, all ways to deal them; alone and beside pairs."""
    rng = np.random.default_rng(5)
    runs = np.round(rng.random((2, 5)), 1)
    pairs = rng.random((2, 2))
    deals = list(combinations(range(5), 2))
    p_values = []
    for chosen in product(deals, repeat=len(runs)):
        two = [
            Leaf.of(*FOUR[at], np.delete(row, new), row[list(new)], paired=False)
            for at, (row, new) in enumerate(zip(runs, chosen, strict=True))
        ]
        for labels in product((False, True), repeat=2 if mixed else 0):
            beside = [Leaf.of("b", "xy"[at], *(side[None] for side in pairs[at][:: -1 if swap else 1]))
                      for at, swap in enumerate(labels)]  # fmt: skip
            p_values.append(weigh([*two, *beside]).p)
    assert excess(p_values) <= 1e-12


values = st.floats(0, 1).map(lambda value: round(value, 3))
pairs_of_four = st.lists(st.tuples(values, values), min_size=8, max_size=8)


def four(drawn: list[tuple[float, float]], scale: float = 1.0) -> list[Leaf]:
    return [
        Leaf.of(*name, [scale * b for b, _ in drawn[2 * at : 2 * at + 2]], [scale * x for _, x in drawn[2 * at : 2 * at + 2]])
        for at, name in enumerate(FOUR)
    ]


@FEW
@given(pairs_of_four, st.sampled_from([1000.0, 1e-12, 3.0, 1e200]))
def test_no_p_depends_on_the_unit(drawn: list[tuple[float, float]], scale: float) -> None:
    assert p_of(weigh(four(drawn, scale))) == p_of(weigh(four(drawn)))


@FEW
@given(pairs_of_four, st.permutations(range(4)))
def test_no_p_depends_on_the_order_of_leaves(drawn: list[tuple[float, float]], order: list[int]) -> None:
    """Drawn relabellings, too: they are dealt by name."""
    mine = four(drawn)
    turned = [mine[at] for at in order]
    assert weigh(turned) == weigh(mine)
    assert weigh(turned, most=1, draws=99) == weigh(mine, most=1, draws=99)


@FEW
@given(pairs_of_four)
def test_an_improvement_is_a_drop_with_the_sides_exchanged(drawn: list[tuple[float, float]]) -> None:
    turned = four([(x, b) for b, x in drawn])
    assert p_of(weigh(mirrored(four(drawn)))) == p_of(weigh(turned))


@FEW
@given(pairs_of_four, st.booleans())
def test_a_node_is_never_below_what_is_inside_it(drawn: list[tuple[float, float]], scenarios: bool) -> None:
    """So a leaf is never named unless its agent, its scenario and the battery are."""
    found = weigh(four(drawn), scenarios=scenarios)
    scores_of = {(node.agent, node.scenario): node for node in found.nodes}
    for node in found.nodes:
        for parent in [("", ""), (node.agent, ""), ("", node.scenario)]:
            if node.kind is NodeKind.LEAF and parent in scores_of:
                assert scores_of[parent].score >= node.score - 1e-9
                assert scores_of[parent].p <= node.p
        assert scores_of["", ""].p <= node.p
    assert [node.p for node in found.nodes] == sorted(node.p for node in found.nodes)


@pytest.mark.parametrize("paired", [True, False])
def test_drawn_relabellings_agree_with_all_of_them(paired: bool) -> None:
    """Within four Monte-Carlo standard errors, of leaves of several blocks of pairs, too."""
    base = {("a", "x"): [0.9, 0.8, 0.9, 0.7, 0.8, 0.9, 0.6], ("b", "x"): [0.9, 0.5, 0.8, 0.4, 0.8, 0.7, 0.9]}
    new = {name: [value - 0.1 * (at % 3) for at, value in enumerate(row)] for name, row in base.items()}
    if not paired:
        base = {name: row[:4] for name, row in base.items()}
        new = {name: row[:3] for name, row in new.items()}
    mine = leaves(base, new, paired=paired)
    every, drawn = weigh(mine), weigh(mine, most=1, draws=9999, seed=3)
    assert (every.exact, drawn.exact, drawn.relabellings) == (True, False, 10_000)
    for node, p in p_of(drawn).items():
        true = p_of(every)[node]
        assert p == pytest.approx(true, abs=4 * (true * (1 - true) / 9999) ** 0.5 + 2e-4)


@pytest.mark.parametrize("n_base", [12, 30])
def test_two_samples_too_many_to_list_are_dealt_evenly(n_base: int) -> None:
    """Without replacement, and each run as often as any other: the mean and the variance of the drop are those of all deals."""
    from pytest_alienbio.gate.relabel import relabelled

    rng = np.random.default_rng(8)
    leaf = Leaf.of("a", "x", rng.random(n_base), rng.random(12), paired=False)
    drops, exact = relabelled([leaf], draws=20_000, seed=1)
    runs = np.concatenate([leaf.levels[0].base, leaf.levels[0].new])
    variance = float(runs.var(ddof=1)) * len(runs) / (n_base * 12)
    assert not exact
    assert abs(drops[0, 1:].mean()) < 4 * (variance / 20_000) ** 0.5
    assert drops[0, 1:].var() == pytest.approx(variance, rel=0.06)


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly_so() -> None:
    base, new = scores(3, 4, 10, seed=1), scores(3, 4, 10, seed=2, drops={("a", ""): 0.1})
    mine = leaves(base, new)
    assert weigh(mine, seed=4) == weigh(mine, seed=4)
    one, other = p_of(weigh(mine, seed=4)), p_of(weigh(mine, seed=5))
    assert one != other
    assert all(one[node] == pytest.approx(other[node], abs=0.03) for node in one)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (FOUR, {"": 0.48, "a": 0.37 / 2, "*|x": 0.10 / 2, "a|x": 0.15 / 4}),
        ([("a", "x"), ("a", "y")], {"a": 0.37 / 0.52, "a|x": 0.15 / 0.52 / 2}),
        ([("a", "x"), ("b", "x")], {"": 0.48 / 0.63, "a|x": 0.15 / 0.63 / 2}),
        ([("a", "x")], {"a|x": 1.0}),
    ],
    ids=["two agents", "one agent", "one scenario", "one leaf"],
)
def test_kinds_that_are_not_there_leave_their_share_to_the_others(names: list[Name], expected: dict[str, float]) -> None:
    found = weigh([Leaf.of(*name, [0.5], [0.4]) for name in names])
    kinds = [node.kind for node in found.nodes]
    share = weights(kinds)
    called = {
        (node.agent if not node.scenario else f"{node.agent or '*'}|{node.scenario}"): share[node.kind] for node in found.nodes
    }
    assert {name: called[name] for name in expected} == pytest.approx(
        {name: value / (1.10 if names is FOUR else 1.0) for name, value in expected.items()}
    )
    assert sum(share[node.kind] for node in found.nodes) == pytest.approx(1.0)


def test_nothing_that_varies_has_p_one_and_no_noise() -> None:
    found = weigh(leaves({name: [0.7, 0.7] for name in FOUR}, {name: [0.7, 0.1 + 0.6] for name in FOUR}))
    assert set(p_of(found).values()) == {1.0}
    assert set(found.noise.values()) == {0.0}


def test_a_leaf_without_variance_is_silent_and_leaves_the_others_alone() -> None:
    base, new = scores(2, 2, 4, seed=1), scores(2, 2, 4, seed=2, drops={("a", ""): 0.4})
    base["b", "s1"] = new["b", "s1"] = [0.5] * 4
    found = p_of(weigh(leaves(base, new)))
    assert found["b", "s1"] == 1.0
    assert found["a", ""] < 0.05


def test_a_constant_drop_everywhere_is_as_sure_as_its_pairs_allow() -> None:
    found = weigh(leaves({name: [0.7, 0.7] for name in FOUR}, {name: [0.5, 0.5] for name in FOUR}))
    assert found.p == 2.0**-8


def test_one_seed_can_reject_from_five_leaves_on() -> None:
    for count in (4, 5):
        names = [("a", f"s{at}") for at in range(count)]
        found = weigh([Leaf.of(*name, [0.9 - 0.01 * at], [0.4]) for at, name in enumerate(names)])
        assert found.p == 2.0**-count
        assert (found.p <= 0.05) == (count == 5)


def test_one_leaf_is_the_plain_exact_test() -> None:
    assert weigh([Leaf.of("a", "x", [0.9, 0.8, 0.7, 0.9, 0.6], [0.5, 0.7, 0.6, 0.2, 0.5])]).p == 1 / 32


def test_a_drop_of_exactly_the_tolerance_is_none() -> None:
    mine = leaves({name: [0.7, 0.6, 0.8] for name in FOUR}, {name: [0.6, 0.5, 0.7] for name in FOUR})
    assert weigh(mine, tol=0.1).p == 1.0
    assert weigh(mine, tol=0.05).p < 0.01


def test_no_leaves_no_evidence() -> None:
    found = weigh([])
    assert (found.p, found.nodes, found.exact) == (1.0, (), True)


def test_a_leaf_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a on x is there twice"):
        weigh([Leaf.of("a", "x", [0.5], [0.5])] * 2)
