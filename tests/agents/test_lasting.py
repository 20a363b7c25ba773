"""How long a change lasts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents.lasting import SUPPOSED, Lasting


def learned(readings: Sequence[float | None], quantity: str = "food") -> float:
    """The share after an action at the first reading; None is a step without one."""
    lasting = Lasting()
    states = [{} if level is None else {quantity: level} for level in readings]
    lasting.watch([quantity], states[0])
    for state in states[1:]:
        lasting.look(state)
    return lasting.share(quantity)


@pytest.mark.parametrize(
    ("readings", "seen"),
    [
        ([1.0, 5.0, 4.0], 0.75),
        ([8.0, 2.0, 3.5], 0.75),
        ([1.0, 5.0, 1.0], 0.0),
        ([1.0, 5.0, 9.0], 1.0),
        ([1.0, 5.0, 0.5], 0.0),
        ([8.0, 8.5, 8.5], 0.0),
        ([0.0, 0.05, 0.05], 0.0),
    ],
    ids=["three quarters", "of a loss", "gone", "grows on", "overshoots", "does not show", "next to nothing"],
)
def test_what_is_left_a_step_later_counts_beside_what_was_supposed(readings: list[float], seen: float) -> None:
    """The mean of the supposed half and what was seen."""
    assert learned(readings) == pytest.approx((SUPPOSED + seen) / 2)


@pytest.mark.parametrize("readings", [[1.0], [1.0, 5.0], [None, 5.0, 4.0], [1.0, None, 4.0], [1.0, 5.0, None]])
def test_what_cannot_be_read_teaches_nothing(readings: list[float | None]) -> None:
    """Three readings in a row are needed."""
    assert learned(readings) == SUPPOSED


def test_another_action_before_the_third_reading_starts_anew() -> None:
    """Else two doses would look like one that grows."""
    lasting = Lasting()
    lasting.watch(["food"], {"food": 1.0})
    lasting.look({"food": 5.0})
    lasting.watch(["food"], {"food": 5.0})
    lasting.look({"food": 9.0})
    assert lasting.share("food") == SUPPOSED
    lasting.look({"food": 5.0})
    assert lasting.share("food") == SUPPOSED / 2


@given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 3), max_size=5))
def test_a_share_is_between_nothing_and_all(rounds: list[tuple[float, float, float]]) -> None:
    """Whatever the readings are."""
    lasting = Lasting()
    for before, after, later in rounds:
        lasting.watch(["food"], {"food": before})
        lasting.look({"food": after})
        lasting.look({"food": later})
    assert 0.0 <= lasting.share("food") <= 1.0
