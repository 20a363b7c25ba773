"""Experiments as tests: scenario x agent x seed batteries played by pytest, a leaderboard, one folder that holds everything."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agents.llm import FrameworkAgent, Metered
    from .api import Bio
    from .errors import AlienBioError, CannotPlayError, MissingExtraError, OverLimitError, ProviderError, SpecError
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
        Meter,
        Observation,
        Outcome,
        Result,
        Scores,
        Step,
        Trajectory,
        Usage,
    )
    from .run import BatchResult, ExperimentAnalyzer, ExperimentRunner, compare_experiments
    from .spec import Battery
    from .trial import record_metric

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
    "ExperimentAnalyzer",
    "ExperimentResult",
    "ExperimentRunner",
    "FrameworkAgent",
    "Goal",
    "Meter",
    "Metered",
    "MissingExtraError",
    "Observation",
    "Outcome",
    "OverLimitError",
    "ProviderError",
    "Result",
    "Scores",
    "SpecError",
    "Step",
    "Trajectory",
    "Usage",
    "compare_experiments",
    "record_metric",
]

_ELSEWHERE = {
    "AlienBioError": "errors",
    "BatchResult": "run",
    "Battery": "spec",
    "Bio": "api",
    "CannotPlayError": "errors",
    "MissingExtraError": "errors",
    "ExperimentAnalyzer": "run",
    "ExperimentRunner": "run",
    "FrameworkAgent": "agents.llm",
    "Metered": "agents.llm",
    "OverLimitError": "errors",
    "ProviderError": "errors",
    "SpecError": "errors",
    "compare_experiments": "run",
    "record_metric": "trial",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ELSEWHERE.get(name, 'model')}", __name__), name)


def __dir__() -> list[str]:
    return [*__all__]
