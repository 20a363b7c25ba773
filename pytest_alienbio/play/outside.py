"""Scenarios that are not listed anywhere here: found by their name when somebody names them."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import MissingExtraError, SpecError
from ..model import Case, Environment, InstanceCache, Json, digest
from ..scenarios.gym.params import NAMES, read_params
from ..scenarios.gym.registry import PREFIX, find, fingerprint, wrong_kwargs
from .catalog import ScenarioInfo
from .takes import Takes

DEFAULT_BAR = 0.6


def is_outside(name: str) -> bool:
    """Whether `name` is looked up elsewhere, like `gym:CartPole-v1`."""
    return name.startswith(PREFIX)


def gym_scenario(name: str) -> ScenarioInfo:
    """The scenario `gym:ID`. Raises `UnknownNameError` or `SpecError` for an id that Gymnasium does not know.

    Without Gymnasium it is there all the same, and its cells are skipped.
    """
    try:
        spec = find(name)
    except MissingExtraError:
        spec = None
    threshold = spec.reward_threshold if spec else None

    def bar(params: Mapping[str, Json]) -> float | None:
        checked = read_params(name, params)
        if spec and (wrong := wrong_kwargs(spec, checked.kwargs)):
            raise SpecError(wrong)
        if checked.scale is None:
            return threshold
        return DEFAULT_BAR if threshold is None else checked.scale.score(threshold)

    def build(case: Case, cache: InstanceCache | None) -> Environment:
        from ..scenarios.gym.environment import GymEnvironment

        return GymEnvironment(name, read_params(name, case.params))

    return ScenarioInfo(
        name=name,
        factory=build,
        tags=("gymnasium",),
        content_hash=fingerprint(spec) if spec else digest({"missing": name}),
        deterministic=spec is not None and not spec.nondeterministic,
        passing_score=threshold,
        bar=bar,
        params=Takes(dict.fromkeys(NAMES, False)),
        description=f"{name.removeprefix(PREFIX)}, an environment of Gymnasium.",
    )
