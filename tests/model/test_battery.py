"""Where a battery's complaints point to."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import AgentEntry, Battery, Caps, CellLimits, ScenarioEntry

PLACES = {"select": (8, 3), "params": (4, 3), "params.threshold": (5, 5)}
BATTERY = Battery("b", (), (), (), source="b.yaml", line=2, places=PLACES)


@pytest.mark.parametrize(
    ("at", "where"),
    [
        ("", "b.yaml:2"),
        ("select", "b.yaml:8:3"),
        ("params.threshold", "b.yaml:5:5"),
        ("params.other", "b.yaml:4:3"),
        ("samples", "b.yaml:2"),
        (ScenarioEntry("x", line=3, column=7), "b.yaml:3:7"),
        (AgentEntry("x", line=3, column=7), "b.yaml:3:7"),
        (AgentEntry("x", line=1, column=2, file="bio.yaml"), "bio.yaml:1:2"),
    ],
)
def test_a_complaint_is_at_its_entry_or_the_nearest_known_key(at: ScenarioEntry | AgentEntry | str, where: str) -> None:
    """A key that has no place of its own is complained about where the one above it stands, at last at the head."""
    complaint = BATTERY.complain("what", at, hint="try this")
    assert str(complaint) == f"{where}: what; try this"


@pytest.mark.parametrize(
    ("limits", "caps", "timed"),
    [
        (CellLimits(steps=5, memory_mb=9), Caps(usd=1.0), False),
        (CellLimits(wall_clock_s=5.0), Caps(), True),
        (CellLimits(), Caps(wall_clock_s=5.0), True),
    ],
)
def test_whether_the_time_of_its_cells_may_be_up(limits: CellLimits, caps: Caps, timed: bool) -> None:
    """Then a process that a cell freezes is ended."""
    assert Battery("b", (), (), (0,), limits=limits, caps=caps).timed is timed
