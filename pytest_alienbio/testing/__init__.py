"""Contracts for people who extend us: `check_agent(MyAgent)` and `check_scenario(MyScenario)` in a test of your own."""

from .check_agent import check_agent
from .check_scenario import check_scenario
from .pond import Pond

__all__ = ["Pond", "check_agent", "check_scenario"]
