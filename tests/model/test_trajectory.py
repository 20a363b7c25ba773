"""What a trajectory adds up to, and what an observation leaves."""

from __future__ import annotations

from pytest_alienbio.model import Observation, Trajectory, Turn


def test_cost_and_steps_are_those_of_the_turns() -> None:
    """Refused turns cost nothing but are turns."""
    trajectory = Trajectory((Turn(0, "feed", cost=1.5), Turn(1, "feed", ok=False, reason="too dear"), Turn(1, "wait")))
    assert (trajectory.cost, trajectory.steps) == (1.5, 3)
    assert (Trajectory().cost, Trajectory().steps) == (0.0, 0)


def test_what_remains_is_budget_less_spent() -> None:
    """In in-world units."""
    assert Observation(0, {}, budget=10.0, spent=4.0).remaining == 6.0
