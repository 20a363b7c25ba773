"""Experiments as tests: scenario x agent x seed batteries played by pytest, a leaderboard, one folder that holds everything."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import Bio
    from .errors import AlienBioError, CannotPlayError, MissingExtraError, ProviderError, SpecError
    from .model import (
        Action,
        ActionResult,
        ActionSpec,
        Agent,
        Briefing,
        Cell,
        CellLimits,
        Environment,
        ExperimentResult,
        Goal,
        Observation,
        Outcome,
        Result,
        Scores,
        Step,
        Trajectory,
        Usage,
    )
    from .run import BatchResult
    from .spec import Battery

__all__ = [
    "Action",
    "ActionResult",
    "ActionSpec",
    "Agent",
    "AlienBioError",
    "BatchResult",
    "Battery",
    "Bio",
    "Briefing",
    "CannotPlayError",
    "Cell",
    "CellLimits",
    "Environment",
    "ExperimentResult",
    "Goal",
    "MissingExtraError",
    "Observation",
    "Outcome",
    "ProviderError",
    "Result",
    "Scores",
    "SpecError",
    "Step",
    "Trajectory",
    "Usage",
]

_ELSEWHERE = {
    "AlienBioError": "errors",
    "BatchResult": "run",
    "Battery": "spec",
    "Bio": "api",
    "CannotPlayError": "errors",
    "MissingExtraError": "errors",
    "ProviderError": "errors",
    "SpecError": "errors",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ELSEWHERE.get(name, 'model')}", __name__), name)


def __dir__() -> list[str]:
    return [*__all__]
