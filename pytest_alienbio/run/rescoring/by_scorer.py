"""Scoring by somebody's own function of a stored cell."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import AlienBioError
from ...model import Briefing, InstanceCache, Json, Result, Trajectory, Trial
from ...play import Catalog
from ...play.scorers import ScorerInfo, scored
from ...store import Dat
from .method import Given, Method, ScorerFailedError

if TYPE_CHECKING:
    from collections.abc import Callable


def by_scorer(info: ScorerInfo, dat: Dat, catalog: Catalog, cache: InstanceCache | None) -> Method:
    """Scores each cell by `info`. Its cells are the same questions, scored in another way."""
    trial = trials(dat, catalog, cache)

    def score(result: Result, trajectory: Trajectory) -> Given:
        seen = trial(result, trajectory)
        try:
            return Given(scored(info.scorer, seen))
        except Exception as error:
            raise ScorerFailedError(f"{type(error).__name__}: {error}") from error

    about: dict[str, Json] = {
        "kind": "scorer",
        "name": info.name,
        "hash": info.hash,
        "version": info.version,
        "called": info.called,
        "file": info.file,
        "package": info.package,
    }
    return Method(
        info.name,
        about,
        score,
        # Nobody promised that this scorer gives the same score again.
        lambda case: replace(case, scoring_hash=info.hash, passing_score=info.passing_score, deterministic=False),
        lambda result: info.passing_score,
    )


def trials(dat: Dat, catalog: Catalog, cache: InstanceCache | None) -> Callable[[Result, Trajectory], Trial]:
    """What makes of a stored cell what scorers see; a copy, each time.

    The briefing is that of the catalog's scenario, where its content is the recorded one: made once a world.
    """
    briefings: dict[tuple[str, str, int | None, str, int, int], Briefing | None] = {}

    def briefing_of(result: Result) -> Briefing | None:
        key = (result.scenario, result.scenario_hash, result.difficulty, repr(result.params), result.variant, result.seed)
        if key not in briefings:
            briefings[key] = _briefing(result, catalog, cache)
        return briefings[key]

    def trial(result: Result, trajectory: Trajectory) -> Trial:
        return deepcopy(
            Trial(
                id=result.id,
                scenario=result.scenario,
                difficulty=result.difficulty,
                variant=result.variant,
                params=dict(result.params),
                agent=result.agent,
                role=result.role,
                seed=result.seed,
                outcome=result.outcome,
                score=result.score,
                scores=dict(result.scores),
                better=result.better,
                metrics=dict(result.metrics),
                properties=dict(result.properties),
                briefing=briefing_of(result),
                turns=trajectory.turns,
                initial=dict(trajectory.initial),
                budget=trajectory.budget,
                cost=trajectory.cost,
            )
        )

    return trial


def _briefing(result: Result, catalog: Catalog, cache: InstanceCache | None) -> Briefing | None:
    """What the cell's agent was told, but for its own seed; None if that cannot be known."""
    try:
        info = catalog.scenario(result.scenario)
        if info.content_hash != result.scenario_hash:
            return None
        environment = info.factory(info.case(result.difficulty, result.params, variant=result.variant), cache)
        environment.reset(result.seed)
        told = getattr(environment, "briefing", None)
        found = told() if callable(told) else None
    except (AlienBioError, LookupError, TypeError, ValueError, RuntimeError):
        return None
    return found if isinstance(found, Briefing) else None
