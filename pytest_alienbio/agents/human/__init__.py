"""A person at a terminal, as an agent."""

from .agent import HumanAgent

__all__ = ["HumanAgent"]
