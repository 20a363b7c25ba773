"""The gate keeps its level and sees what it should, on simulated batches: a short version of `tests/benchmarks/gate_power.py`.

Seeded, so each test gives the same counts every time. A bound is where a count would lie with a chance of 1e-4 or less if the
share behind it were what the test says: of 300 batches at 0.05 at most 31 fail, for instance.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.confirm import confirmed, worst
from pytest_alienbio.gate.judge import FIRST as FIRST_PART
from pytest_alienbio.model import Batch, Rule
from pytest_alienbio.stats.looks import shares

from ..benchmarks.gate_jobs import ALPHA, FIRST, FRESH, LOOKS, SECOND, Job, Tally, play, second, weighed
from ..benchmarks.gate_jobs import worst as worst_leaves
from ..benchmarks.gate_model import FAMILIES, LOWEST, Floats, Setting, draw, leaves, names, pattern
from .batches import baseline, batch

DRAWS = 199
"""Relabellings: 0.05 of 200 columns is 10, so the level is exact."""
SURE = 1e-4


def tally(setting: Setting, name: str, batches: int, tol: float = 0.0) -> Tally:
    """Some batches, judged."""
    return play(Job("test", setting, name, batches, tol=tol), DRAWS, seed=1)


def most(batches: int, share: float) -> int:
    """So many are not exceeded if the share is no larger."""
    return int(binom.ppf(1 - SURE, batches, share))


def least(batches: int, share: float) -> int:
    """So many are reached if the share is no smaller."""
    return int(binom.ppf(SURE, batches, share))


@pytest.fixture(scope="module")
def unchanged() -> Tally:
    """Scores without ties, nothing changed."""
    return tally(Setting("Beta", 12, 5), "none", 300)


def test_unchanged_batches_fail_as_often_as_alpha_says(unchanged: Tally) -> None:
    """No more often; and not less, for a test that never fails keeps any level."""
    assert unchanged.failed == unchanged.falsely
    assert least(300, ALPHA) <= unchanged.failed <= most(300, ALPHA)


def test_thresholds_on_means_cry_wolf_there(unchanged: Tally) -> None:
    """In nearly every one of the same batches some mean is lower by 5 %."""
    assert unchanged.rivals["mean drop > 5 %"] >= 0.95 * 300
    assert unchanged.rivals["mean drop > 0.1"] >= 0.7 * 300


@pytest.mark.parametrize(
    ("setting", "batches"),
    [
        (Setting("Bernoulli", 12, 3), 150),
        (Setting("zero-infl.", 12, 3, n_base=30), 50),
        (Setting("zero-infl.", 12, 5, still=0.2), 120),
        (Setting("Bernoulli", 36, 5, common=True), 50),
    ],
    ids=str,
)
def test_no_kind_of_unchanged_batch_fails_more_often(setting: Setting, batches: int) -> None:
    """Passes; collapses, against stored runs; leaves that never vary; seeds that are hard for all."""
    assert tally(setting, "none", batches).failed <= most(batches, ALPHA)


@pytest.mark.parametrize(
    ("setting", "name", "share"),
    [
        (Setting("Bernoulli", 36, 5), "all 0.1", 0.70),
        (Setting("zero-infl.", 36, 5), "all 0.1", 0.78),
        (Setting("Beta", 36, 5), "agent 0.2", 0.99),
        (Setting("Beta", 12, 5), "leaf 0.5", 0.85),
    ],
    ids=str,
)
def test_what_got_worse_is_found(setting: Setting, name: str, share: float) -> None:
    """At least as often as the gate promises: a drop of 0.1 everywhere, of 0.2 in one agent, a collapse of one leaf."""
    told = tally(setting, name, 50)
    assert told.failed >= least(50, share)


def test_who_is_named_did_get_worse() -> None:
    """Strong control: one agent of three drops, is named, and hardly ever is anything named in which nothing changed."""
    told = tally(Setting("Beta", 36, 5), "agent 0.2", 70)
    assert told.agent >= least(70, 0.95)
    assert told.falsely <= most(70, ALPHA)


def test_a_drop_up_to_the_tolerance_raises_no_alarm() -> None:
    """Exactly at it the level holds; one of 0.01 with a tolerance of 0.05 is as good as never found."""
    at = tally(Setting("Beta", 12, 5), "all 0.05", 120, tol=0.05)
    assert at.failed <= most(120, ALPHA)
    assert tally(Setting("Beta", 12, 5), "all 0.01", 60, tol=0.05).failed <= most(60, 0.01)


def test_the_same_seed_gives_the_same_counts() -> None:
    """Whatever was judged before."""
    job = Job("test", Setting("Bernoulli", 12, 3), "all 0.1", 20)
    first, again = play(job, DRAWS, seed=3), play(job, DRAWS, seed=3)
    assert (first.failed, first.rivals) == (again.failed, again.rivals)


def as_batch(setting: Setting, scores: Floats, first: int = 0, only: tuple[tuple[str, str], ...] = ()) -> Batch:
    """The cells of one side, on the seeds from `first` on."""
    return batch({name: scores[at].tolist() for name, at in names(setting).items() if not only or name in only}, first=first)


@pytest.mark.parametrize("at", range(2))
def test_what_is_simulated_is_what_a_run_is_judged_by(at: int) -> None:
    """On the cells of one batch `judge`, `worst` and `confirmed` come to the very p and leaves that are counted here."""
    setting = Setting("Beta", 12, 3)
    job = Job("test", setting, "leaf 0.5", 1)
    base, new = (
        side[at] for side in draw(Setting("Beta", 12, 3 + FRESH), pattern("leaf 0.5", setting), 2, np.random.default_rng(4))
    )
    stored, fresh = baseline(as_batch(setting, base)), as_batch(setting, new[:, :3])
    rule = Rule(confirm=FRESH)
    verdict = judge(fresh, stored, rule, draws=DRAWS, seed=9)
    evidence = weighed(job, base[:, :3], new[:, :3], DRAWS, 9)
    assert {node.name: node.p for node in verdict.nodes} == {
        f"{node.agent or '*'}|{node.scenario}" if node.scenario else node.agent or "overall": node.p for node in evidence.nodes
    }
    chosen = worst_leaves(leaves(setting, base[:, :3], new[:, :3]), evidence)
    assert [leaf.name for leaf in chosen] == list(worst(verdict, fresh, stored, rule))
    again = [leaf for leaf in leaves(setting, base[:, 3:], new[:, 3:]) if leaf.name in [one.name for one in chosen]]
    played = as_batch(setting, new[:, 3:], 3, tuple(leaf.name for leaf in chosen))
    stage = confirmed(verdict, played, stored, rule, new=fresh, draws=DRAWS, seed=9).confirmation
    assert stage is not None
    assert stage.p == second(again, DRAWS, 9)


def test_what_is_spent_is_what_a_run_spends() -> None:
    """Of alpha, by the two stages and by the three looks."""
    assert pytest.approx((FIRST, SECOND)) == (ALPHA * FIRST_PART, ALPHA * (1 - FIRST_PART))
    assert [alpha for _, alpha in LOOKS] == pytest.approx([ALPHA * share for share in shares(3)])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_batches_are_what_they_are_said_to_be(family: str) -> None:
    """Seeds correlate with 0.3 (collapses are no seed's), a leaf drops by what the pattern says, and the others do not."""
    setting = Setting(family, 12, 10)
    drops = pattern("agent 0.2", setting)
    base, new = draw(setting, drops, 600, np.random.default_rng(0))
    inside = [side - side.mean(axis=2, keepdims=True) for side in draw(setting, 0 * drops, 600, np.random.default_rng(1))]
    shared = (inside[0] * inside[1]).sum() / np.sqrt((inside[0] ** 2).sum() * (inside[1] ** 2).sum())
    assert shared == pytest.approx(0.3 if family != "zero-infl." else 0.04, abs=0.03)
    fell = (base - new).mean(axis=(0, 2))
    assert fell == pytest.approx(drops, abs=0.03)
    assert min(base.min(), new.min()) >= 0.0
    assert max(base.max(), new.max()) <= 1.0
    assert base.mean() == pytest.approx((LOWEST + 0.95) / 2 * (0.7 if family == "zero-infl." else 1.0), abs=0.015)
