"""What is compared: a cell, with what tells it from others, and why it has no score."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.stats import Unit, units

from .results import result


def test_units_stand_by_agent_with_all_that_pairs_them() -> None:
    """Equal params are equal text, whatever their order; a changed scenario is another one."""
    one = result("s", "a", 0.5).with_(params={"x": 1, "y": 2}, difficulty=3, variant=2, scenario_hash="h")
    two = result("s", "b", 0.4).with_(params={"y": 2, "x": 1}, difficulty=3, variant=2, scenario_hash="h")
    found = units([one, two, two.with_(agent="c", scenario_hash="other")], {"s": "f"})
    assert list(found) == ["a", "b", "c"]
    [a], [b], [c] = found.values()
    assert a == Unit("s", 0, 0.5, 3, '{"x":1,"y":2}', 2, "h", passed=False, family="f")
    assert a.key == b.key != c.key


@pytest.mark.parametrize(
    ("outcome", "score", "why"),
    [
        (Outcome.TIMED_OUT, None, "timed_out"),
        (Outcome.PROVIDER_ERROR, 0.9, "provider_error"),
        (Outcome.COMPLETED, None, "no score"),
        (Outcome.COMPLETED, float("nan"), "not a number"),
        (Outcome.TRUNCATED, 0.25, ""),
    ],
)
def test_an_outage_is_never_a_score(outcome: Outcome, score: float | None, why: str) -> None:
    """Missing under its outcome; a truncated cell is scored."""
    [[found]] = units([result("s", "a", score, outcome=outcome)]).values()
    assert found.why == why
    assert found.score == (None if why else score)


def test_a_unit_with_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"finite number or missing, got inf \(s, seed 7\)"):
        Unit("s", 7, float("inf"))
