"""Ranks and how sure they are: paired worlds drawn together, ties kept, memory bounded."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_alienbio.model import Estimate, Interval
from pytest_alienbio.stats import rank_intervals
from pytest_alienbio.stats.standings import Worlds


def board(scores: NDArray[np.float64], first_seed: int = 0) -> dict[str, dict[str, Worlds]]:
    """Agents a0, a1, ... from scores of shape (agents, scenarios, seeds)."""
    return {
        f"a{a}": {
            f"s{s}": {(1, first_seed + seed): [score] for seed, score in enumerate(leaf)} for s, leaf in enumerate(leaves)
        }
        for a, leaves in enumerate(scores.tolist())
    }


def ends(found: Estimate) -> tuple[float, float]:
    assert found.interval is not None
    return found.interval.low, found.interval.high


def test_ranks_go_by_the_mean_over_scenarios_best_first_and_equal_means_share_one() -> None:
    scores = {
        "low": {"s": {1: [0.1], 2: [0.2]}},
        "high": {"s": {1: [0.9], 2: [0.8]}},
        "twin": {"s": {1: [0.1], 2: [0.2]}},
        "last": {"s": {1: [0.0], 2: [0.1]}},
    }
    found = rank_intervals(scores, seed=0, resamples=100)
    assert [(agent, one.value) for agent, one in found.items()] == [("high", 1), ("low", 2), ("twin", 2), ("last", 4)]
    assert {ends(found["low"]), ends(found["twin"])} == {(2, 2)}
    lower = rank_intervals(scores, seed=0, resamples=100, better="lower")
    assert list(lower) == ["last", "low", "twin", "high"]


def test_a_hard_world_moves_no_rank_where_agents_are_paired() -> None:
    """One is better by a little on every world, and worlds differ by much: paired the order is sure, apart it is not."""
    rng = np.random.default_rng(1)
    worlds = rng.uniform(0, 0.9, (4, 10))
    scores = np.stack([worlds, worlds + 0.02])
    paired = rank_intervals(board(scores), seed=0, resamples=500)
    assert (ends(paired["a1"]), ends(paired["a0"])) == ((1, 1), (2, 2))
    apart = rank_intervals({**board(scores[:1]), "a1": board(scores[1:], first_seed=100)["a0"]}, seed=0, resamples=500)
    assert (ends(apart["a1"]), ends(apart["a0"])) == ((1, 2), (1, 2))


def test_it_is_the_interval_of_resamples_taken_plainly() -> None:
    """Joint draws of worlds for all agents, written out with numpy; the shares of ranks within three MC errors, ends alike."""
    rng = np.random.default_rng(4)
    scores = np.clip(rng.normal(np.linspace(0.45, 0.55, 5)[:, None, None], 0.25, (5, 6, 4)), 0, 1)
    drawn = rng.integers(4, size=(20_000, 6, 4))
    means = np.mean([[scores[a, s][drawn[:, s]].mean(axis=1) for s in range(6)] for a in range(5)], axis=1)
    ranks = 1 + (means[None, :, :] > means[:, None, :]).sum(axis=1)
    found = rank_intervals(board(scores), seed=0, resamples=20_000)
    for a in range(5):
        low, high = np.quantile(ranks[a], 0.025, method="lower"), np.quantile(ranks[a], 0.975, method="higher")
        slack = 3 * np.sqrt(0.025 * 0.975 / 20_000) * 2
        below, above = (ranks[a] < low).mean(), (ranks[a] > high).mean()
        assert below <= 0.025 + slack
        assert above <= 0.025 + slack
        assert ends(found[f"a{a}"]) == (low, high)


def test_a_lost_cell_leaves_its_agent_paired_with_the_others() -> None:
    """An outage takes a world from one agent, not the pairing; it is counted, and no zero."""
    rng = np.random.default_rng(2)
    worlds = rng.uniform(0, 0.8, (3, 12))
    scores: dict[str, dict[str, dict[object, list[float | None]]]] = {
        name: {s: {w: list(v) for w, v in leaf.items()} for s, leaf in leaves.items()}
        for name, leaves in board(np.stack([worlds, worlds + 0.1])).items()
    }
    scores["a1"]["s0"][(1, 3)] = [None]
    found = rank_intervals(scores, seed=0, resamples=500)
    assert found["a1"].missing == {"no score": 1}
    assert (ends(found["a1"]), found["a1"].value) == ((1, 1), 1)


def test_several_cells_of_a_world_are_one_unit() -> None:
    """Twice the same cells in each world change nothing."""
    rng = np.random.default_rng(3)
    scores = board(rng.uniform(0, 1, (3, 2, 6)))
    twice = {a: {s: {w: [*v, *v] for w, v in leaf.items()} for s, leaf in leaves.items()} for a, leaves in scores.items()}
    ours, theirs = (rank_intervals(some, seed=0, resamples=300) for some in (scores, twice))
    assert {agent: one.interval for agent, one in ours.items()} == {agent: one.interval for agent, one in theirs.items()}


def test_drawing_scenarios_too_widens_ranks_that_lean_on_one_of_them() -> None:
    """`a0` wins on one scenario alone, by much: sure on these, not on others of their kind."""
    rng = np.random.default_rng(6)
    noise = rng.normal(0, 0.01, (2, 5, 8))
    scores = 0.5 + noise + np.array([[0.4, 0, 0, 0, 0], [0, 0.03, 0.03, 0.03, 0.03]])[:, :, None]
    seeds, both = (rank_intervals(board(scores), seed=0, resamples=500, scenarios=flag) for flag in (False, True))
    assert ends(seeds["a0"]) == (1, 1)
    assert ends(both["a0"]) == (1, 2)
    assert seeds["a0"].method.endswith("seeds only")
    assert both["a0"].method.endswith("seeds and scenarios")


LONE = {"a": {"s": {1: [0.1]}}, "b": {"s": {1: [0.2]}}}
STILL = {"a": {"s": {1: [0.1], 2: [0.1]}}, "b": {"s": {1: [0.2], 2: [0.2]}}}
ONE = {"a": {"s": {1: [0.1], 2: [0.3]}}, "b": {"s": {1: [0.2], 2: [0.2]}}}


@pytest.mark.parametrize(
    ("scores", "scenarios", "why", "mark", "ranks"),
    [
        (LONE, False, "no scenario has two worlds", "", [1, 2]),
        (STILL, False, "nothing has any spread", "degenerate", [1, 2]),
        (ONE, True, "one scenario alone has no spread", "", [1, 1]),
    ],
)
def test_no_interval_where_none_can_be_told(
    scores: dict[str, dict[str, Worlds]], scenarios: bool, why: str, mark: str, ranks: list[int]
) -> None:
    """But the rank is there."""
    found = rank_intervals(scores, seed=0, resamples=50, scenarios=scenarios)
    assert [one.value for one in found.values()] == ranks
    for one in found.values():
        assert (one.interval, one.mark) == (None, mark)
        assert one.why.startswith(why)


def test_the_only_agent_is_first_and_one_without_a_score_has_no_rank() -> None:
    found = rank_intervals({"a": {"s": {1: [0.5]}}, "none": {"s": {1: [None]}}, "never": {}}, seed=0)
    assert (found["a"].value, found["a"].interval) == (1, Interval(1, 1))
    assert (found["none"].value, found["none"].why, found["none"].missing) == (None, "no score", {"no score": 1})
    assert found["never"].value is None
    assert rank_intervals({}, seed=0) == {}


def test_what_is_not_like_for_like_is_said() -> None:
    found = rank_intervals(
        {"a": {"s": {1: [0.5], 2: [0.4]}, "t": {1: [0.3]}}, "b": {"s": {1: [0.1], 2: [0.2]}}}, seed=0, resamples=50
    )
    assert found["b"].notes == ("no score on 1 of 2 scenarios: not like for like",)
    assert found["a"].notes == ("1 of 2 scenarios have one world: they add no spread",)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"better": "up"}, "higher or lower"), ({"resamples": 0}, "one resample"), ({"level": 1}, "strictly")],
)
def test_nonsense_is_refused(options: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        rank_intervals({}, seed=0, **options)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        rank_intervals({"a": {"s": {1: [float("inf")]}}}, seed=0)


def test_scores_at_the_end_of_floats_do_not_overflow() -> None:
    scores = {"a": {"s": {1: [1.7e308], 2: [1.6e308]}}, "b": {"s": {1: [-1.7e308], 2: [1.5e308]}}}
    assert [one.value for one in rank_intervals(scores, seed=0, resamples=100).values()] == [1, 2]


SCORE = st.sampled_from([0.0, 0.3, 0.5, 1.0]) | st.floats(0, 1)
LEAF = st.dictionaries(st.integers(0, 4), st.lists(SCORE | st.none(), min_size=1, max_size=2), max_size=4)
BOARD = st.dictionaries(st.sampled_from("abcd"), st.dictionaries(st.sampled_from("st"), LEAF, max_size=2), max_size=4)


@settings(deadline=None, max_examples=60)
@given(BOARD, st.booleans(), st.randoms(use_true_random=False))
def test_order_never_matters_and_an_interval_holds_its_rank(
    scores: dict[str, dict[str, Worlds]], scenarios: bool, shuffler: object
) -> None:
    """Agents, scenarios and worlds in any order; ranks from 1, in whole numbers; the worst rank is at most their number."""
    ours = rank_intervals(scores, seed=1, resamples=30, scenarios=scenarios)

    def shuffled(items: dict[str, object]) -> dict[str, object]:
        pairs = [(key, shuffled(value) if isinstance(value, dict) else value) for key, value in items.items()]
        shuffler.shuffle(pairs)  # type: ignore[attr-defined]
        return dict(pairs)

    theirs = rank_intervals(shuffled(scores), seed=1, resamples=30, scenarios=scenarios)  # type: ignore[arg-type]
    assert list(ours) == list(theirs)
    assert {agent: (one.value, one.interval) for agent, one in ours.items()} == {
        agent: (one.value, one.interval) for agent, one in theirs.items()
    }
    for one in ours.values():
        if one.value is not None and one.interval is not None:
            assert 1 <= one.interval.low <= one.value <= one.interval.high <= len(scores)
            assert one.interval.low == int(one.interval.low)


def test_twenty_agents_over_sixty_scenarios_and_thirty_seeds_stay_small() -> None:
    """36,000 cells in 60 MB; 2,000 resamples of all cells at once would be 576 MB. What it costs is a benchmark."""
    scores = board(np.random.default_rng(0).beta(2, 2, (20, 60, 30)))
    tracemalloc.start()
    try:
        assert len(rank_intervals(scores, seed=0)) == 20
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 60e6
