"""How large a drop is, and its interval."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from pytest_alienbio.gate.align import Aligned, align
from pytest_alienbio.gate.drops import at_level, drop_of
from pytest_alienbio.model import Batch, Interval, Rule
from pytest_alienbio.stats import newcombe

from .batches import Numbers, baseline, batch, joined


def aligned(new: Numbers | Batch, base: Numbers | Batch, rule: Rule | None = None) -> tuple[Aligned, ...]:
    return align(new if isinstance(new, Batch) else batch(new), baseline(base), rule or Rule())


RNG = np.random.default_rng(2)
BASE, NEW = RNG.random(7).tolist(), RNG.random(7).tolist()


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


def test_pairs_are_the_t_interval_of_their_differences() -> None:
    found = drop_of(aligned({("a", "x"): NEW}, {("a", "x"): BASE}))
    true = scipy.stats.ttest_rel(BASE, NEW).confidence_interval(0.95)
    assert ends(found.interval) == pytest.approx((true.low, true.high))
    assert (found.n, found.unit) == (7, "worlds")


def test_two_samples_are_welchs_interval() -> None:
    found = drop_of(aligned(batch({("a", "x"): NEW[:4]}, first=50), {("a", "x"): BASE}))
    true = scipy.stats.ttest_ind(BASE, NEW[:4], equal_var=False).confidence_interval(0.95)
    assert ends(found.interval) == pytest.approx((true.low, true.high))


def test_another_level_is_what_would_have_been_asked_for() -> None:
    for new in ({("a", "x"): NEW}, {("a", "x"): [1.0, 0.0, 1.0]}):
        node = aligned(new, {("a", "x"): BASE if new["a", "x"] is NEW else [1.0, 1.0, 1.0]})
        assert ends(at_level(drop_of(node), node, 0.9)) == pytest.approx(ends(drop_of(node, 0.9).interval))


def test_passes_are_newcombes_whatever_the_direction() -> None:
    base, new = [1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]
    up = drop_of(aligned({("a", "x"): new}, {("a", "x"): base}))
    assert up.method == "Newcombe"
    assert ends(up.interval) == pytest.approx(ends(newcombe(3, 4, 1, 4).interval))
    down = drop_of(aligned({("a", "x"): base}, {("a", "x"): new}, Rule(better="lower")))
    assert ends(down.interval) == pytest.approx(ends(up.interval))
    assert float(down) == float(up)


def test_leaves_weigh_the_same_and_their_variances_add() -> None:
    base = {("a", f"s{at}"): RNG.random(3 + at).tolist() for at in range(3)}
    new = {name: RNG.random(len(row)).tolist() for name, row in base.items()}
    found = drop_of(aligned(new, base))
    rows = [np.array(base[name]) - np.array(new[name]) for name in base]
    assert float(found) == pytest.approx(np.mean([row.mean() for row in rows]))
    assert found.stderr == pytest.approx(np.sqrt(sum(row.var(ddof=1) / len(row) for row in rows)) / 3)


def test_passes_without_any_spread_are_newcombes_of_all_worlds() -> None:
    rows = {("a", f"s{at}"): [1.0] * 5 for at in range(4)}
    found = drop_of(aligned(rows, rows))
    assert ends(found.interval) == pytest.approx(ends(newcombe(20, 20, 20, 20).interval))
    assert found.mark == ""


def test_equal_differences_are_no_proof_and_have_no_interval() -> None:
    found = drop_of(aligned({("a", "x"): [0.6, 0.5]}, {("a", "x"): [0.9, 0.8]}))
    assert (found.mark, found.interval, round(float(found), 12)) == ("degenerate", None, 0.3)


def test_levels_of_two_samples_keep_their_own_means() -> None:
    """A level on which everything is easy is no noise."""
    new = joined(
        batch({("a", "x"): [0.9, 0.91, 0.92]}, first=9, difficulty=1), batch({("a", "x"): [0.1, 0.11]}, first=9, difficulty=2)
    )
    base = joined(batch({("a", "x"): [0.9, 0.91, 0.92]}, difficulty=1), batch({("a", "x"): [0.1, 0.11]}, difficulty=2))
    found = drop_of(aligned(new, base))
    assert found.stderr is not None
    assert found.stderr < 0.01


def test_an_interval_of_scores_stays_within_one() -> None:
    found = drop_of(aligned({("a", "x"): [0.0, 0.9]}, {("a", "x"): [1.0, 0.95]}))
    assert ends(found.interval) == (-1.0, 1.0)
    wide = drop_of(aligned({("a", "x"): [0.0, 9.0]}, {("a", "x"): [10.0, 9.5]}))
    assert ends(wide.interval)[1] > 1
