"""A run's spending beside its caps."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import CapUse, Usage
from pytest_alienbio.report.spend import money, spend


def told(usage: Usage, unknown: tuple[int, float] = (0, 0.0), *uses: CapUse) -> list[str]:
    """The lines, each with what stands before it."""
    notes = spend(usage, unknown, uses)
    return [] if notes is None else [f"{note.label}: {note.text}" for note in notes.notes]


def test_nothing_spent_and_no_cap_is_no_line() -> None:
    assert told(Usage()) == []


@pytest.mark.parametrize(
    ("usage", "unknown", "line"),
    [
        (Usage(1234, 0.14879, 18), (0, 0.0), "spent: $0.1488, 1,234 tokens, 18 requests"),
        (Usage(tokens=7), (0, 0.0), "spent: 7 tokens"),
        (Usage(0, 0.0, 1), (0, 0.0), "spent: $0, 0 tokens, 1 request"),
        (Usage(usd=1.5), (2, 0.04), "spent: $1.5, and 2 calls of unknown price, at most $0.04 together"),
        (Usage(), (1, 0.02), "spent: and 1 call of unknown price, at most $0.02"),
    ],
)
def test_what_was_spent(usage: Usage, unknown: tuple[int, float], line: str) -> None:
    """What is not known is said, and is in no sum."""
    assert told(usage, unknown) == [line]


LAST = "limits.usd 0.5: $0.48 spent, $0.02 perhaps spent, by calls whose end nobody saw; reached"


@pytest.mark.parametrize(
    ("use", "line"),
    [
        (
            CapUse("--bio-max-usd", "usd", 5.0, 1.25, together=True),
            "--bio-max-usd 5: $1.25 spent by all batteries of the session",
        ),
        (
            CapUse("limits.usd", "usd", 0.5, 0.46, 0.01, 0.02, True),
            "limits.usd 0.5: $0.46 spent, $0.01 reserved, $0.02 perhaps spent, by calls whose end nobody saw; reached: "
            "another call might not fit",
        ),
        (CapUse("limits.usd", "usd", 0.5, 0.48, unknown=0.02, reached=True), LAST),
        (CapUse("max_tokens=", "tokens", 1000, 1000, reached=True), "max_tokens=1000: 1,000 tokens spent; reached"),
        (CapUse("limits.cells", "cells", 12, 12, reached=True), "limits.cells 12: 12 cells started; reached"),
        (
            CapUse("--bio-max-time", "seconds", 600, 605.2, reached=True, together=True),
            "--bio-max-time 600: 10m05s have passed; reached",
        ),
    ],
)
def test_a_line_for_each_cap(use: CapUse, line: str) -> None:
    assert told(Usage(), (0, 0.0), use) == [line]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "$0"), (0.1234567, "$0.1235"), (12.5, "$12.5"), (1234567.891, "$1,234,567.891"), (0.00004, "$4.0e-05")],
)
def test_money_is_told_to_a_hundredth_of_a_cent(value: float, shown: str) -> None:
    """So that it can be seen what is left of a small cap."""
    assert money(value) == shown
