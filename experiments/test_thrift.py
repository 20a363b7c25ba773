"""A battery's cells as an ordinary pytest function: for rules that are about more than the score."""

from __future__ import annotations

import pytest


@pytest.mark.battery("smoke.battery.yaml")
def test_no_agent_overspends_its_budget(cell, bio, record_score):
    result = bio.play(cell)
    trajectory = result.trajectory
    record_score("thrift", 1 - trajectory.cost / trajectory.budget)
    assert trajectory.cost <= trajectory.budget
