"""What a question gives."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_alienbio.agents.answer import Answer, read_answer


def test_an_answer_is_read_by_kind_of_tie() -> None:
    """Mappings keep their numbers, lists of names count 1 each."""
    reading: dict[str, Any] = {
        "subject": "K",
        "needs": {"ME": 0.5, "MB": 2},
        "excretes": {},
        "promoted_by": ["MX", "MG"],
        "reduced_by": "L",
    }
    answer = Answer(needs={"ME": 0.5, "MB": 2.0}, promoted_by={"MX": 1.0, "MG": 1.0}, reduced_by={"L": 1.0})
    assert read_answer(reading) == answer
    assert "MB" in answer
    assert "MX" in answer
    assert "K" not in answer


@pytest.mark.parametrize(
    ("told", "needs"),
    [
        (None, {}),
        (7, {}),
        ([1, "ME", None, ["x"]], {"ME": 1.0}),
        ({"ME": "much", "MB": True, "MC": float("nan"), "MX": -3.0}, {"ME": 1.0, "MB": 1.0, "MC": 1.0, "MX": 0.0}),
    ],
)
def test_what_tells_nothing_is_empty_and_what_tells_no_number_counts_one(told: Any, needs: dict[str, float]) -> None:
    """Whatever an outside environment answers, it is no error; a half-saturation is never below 0."""
    assert read_answer({"needs": told}) == Answer(needs=needs)
