"""Which gates a stored run is judged by: those that were frozen in it, with what is asked otherwise now."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Rule
from pytest_alienbio.run.gates.gating import Terms, rules_of

SCORE = Rule("score", "score", against="a.json", alpha=0.03, confirm=10)
SPEED = Rule("speed", "duration_s", against="a.json", alpha=0.02)


def test_frozen_gates_stay_as_they_are() -> None:
    """The confirm stage, too: it was played, or was not needed."""
    assert rules_of((SCORE, SPEED), Terms()) == ((SCORE, SPEED), ())


def test_a_total_alpha_is_shared_out_as_the_parts_are() -> None:
    rules, edited = rules_of((SCORE, SPEED), Terms(alpha=0.1))
    assert [rule.alpha for rule in rules] == pytest.approx([0.06, 0.04])
    assert [each.partition(":")[0] for each in edited] == ["gate[score]", "gate[speed]"]


def test_another_baseline_has_no_confirm_stage() -> None:
    """Its fresh seeds were chosen by what the first one holds."""
    [rule], edited = rules_of((SCORE,), Terms(against="b.json"))
    assert (rule.against, rule.confirm) == ("b.json", 0)
    assert {"`against`" in each or "`confirm`" in each for each in edited} == {True}


def test_what_is_asked_comes_on_top_of_a_new_gate_that_nothing_was_edited_in() -> None:
    terms = Terms("tokens", "tag:r3", "lower", 5.0, 0.01, 2, 10.0)
    [rule], edited = rules_of((SCORE,), terms)
    assert rule == Rule("tokens", "tokens", "lower", "tag:r3", 5.0, 0.01, 2, 10.0)
    assert edited == ()


@pytest.mark.parametrize("metric", ["speed", "duration_s"])
def test_a_gate_is_picked_by_its_name_or_metric(metric: str) -> None:
    assert rules_of((SCORE, SPEED), Terms(metric)) == ((SPEED,), ())


@pytest.mark.parametrize(("frozen", "terms"), [((), Terms()), ((), Terms("score")), ((SCORE,), Terms("tokens"))])
def test_nothing_to_hold_it_against_says_what_to_type(frozen: tuple[Rule, ...], terms: Terms) -> None:
    with pytest.raises(SpecError, match="--against"):
        rules_of(frozen, terms)
