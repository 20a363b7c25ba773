"""Scoring by what scenario files say now, of the worlds that were played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...errors import AlienBioError, Complaint, GenerationError, OtherWorldError, SpecError, UnknownNameError
from ...model import Case, InstanceCache, Json, Result, Trajectory
from ...play import Catalog, ScenarioInfo
from ...store import Dat
from .method import CannotScoreError, Given, Method, NotAskedError, ScorerFailedError


def by_files(dat: Dat, catalog: Catalog, cache: InstanceCache | None, *, named: frozenset[str] = frozenset()) -> Method:
    """Scores each cell by `catalog`'s scenario of its name, if the world in it is the one that was played.

    `named`: scenarios that somebody asked for; only their cells are scored then. Raises `SpecError` for a world that has been
    changed: its bounds would be another question's.
    """
    spec = dat.spec()
    resolved = _mapping(spec.get("resolved"))
    cases = [_mapping(case) for case in _list(resolved.get("cases"))]
    known = {str(case.get("scenario")) for case in cases}
    if absent := sorted(named - known):
        raise SpecError(f"{dat.path} has no cell of {', '.join(absent)}; it has {', '.join(sorted(known)) or 'none'}")
    found: dict[str, ScenarioInfo] = {}
    unfit: dict[str, str] = {}
    complaints, changed, unproven = [], [], []
    for case in cases:
        name = str(case.get("scenario"))
        if name in found or name in unfit or (named and name not in named):
            continue
        info = _scorable(name, catalog, unfit)
        if info is None:
            continue
        if why := _other_world(case, info):
            complaints.append(Complaint(f"{name}: {why}", info.source))
            continue
        found[name] = info
        if info.content_hash != case.get("content_hash") and not case.get("world_hash"):
            unproven.append(name)
        if info.scoring_hash != case.get("scoring_hash"):
            changed.append(name)
    if complaints:
        raise SpecError(complaints)
    if not found:
        why = next(iter(unfit.values()), "it records no scenario; was it imported?")
        raise SpecError(f"{dat.path}: nothing can be scored by scenario files: {why}; `--scorer NAME` scores by a function")
    keeps_bar = any(isinstance(head, Mapping) and head.get("passing_score") is not None for head in _heads(spec))

    def score(result: Result, trajectory: Trajectory) -> Given:
        info = found.get(result.scenario)
        if info is None and result.scenario not in unfit:
            raise NotAskedError("its scenario was not asked for")
        if info is None or info.rescore is None:
            raise CannotScoreError(unfit[result.scenario])
        case = info.case(result.difficulty, result.params, variant=result.variant)
        told = result.properties.get("attempts")
        attempts = told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None
        try:
            return Given(info.rescore(case, trajectory, result.seed, attempts, cache))
        except GenerationError as error:
            raise CannotScoreError(str(error)) from error
        except OtherWorldError as error:
            raise CannotScoreError(f"its trace is of another world than {result.scenario} is now: {error}") from error
        except (ValueError, ArithmeticError) as error:
            raise ScorerFailedError(f"{type(error).__name__}: {error}") from error

    def case_of(case: Case) -> Case:
        info = found.get(case.scenario)
        if info is None:
            return case
        hashes = {"content_hash": info.content_hash, "scoring_hash": info.scoring_hash, "world_hash": info.world_hash}
        return replace(case, **hashes, passing_score=case.passing_score if keeps_bar else info.passing_score)  # type: ignore[arg-type]

    def bar(result: Result) -> float | None:
        info = found.get(result.scenario)
        return result.passing_score if keeps_bar or info is None else info.passing_score

    about: dict[str, Json] = {
        "kind": "files",
        "name": "scoring",
        "scenarios": {
            name: {"content_hash": info.content_hash, "scoring_hash": info.scoring_hash, "file": info.source}
            for name, info in sorted(found.items())
        },
        "changed": sorted(changed),
        "world": ", ".join(sorted({info.world for info in found.values()} - {""})),
    }
    return Method("scoring", about, score, case_of, bar, tuple(_notes(changed, found, unproven)))


def _notes(changed: list[str], found: Mapping[str, ScenarioInfo], unproven: list[str]) -> list[str]:
    notes = [f"the scoring of {', '.join(sorted(changed))} is another one than it was"] if changed else []
    if not changed:
        notes.append(f"the scoring of {', '.join(sorted(found))} is what it was: these are the recorded scores, made again")
    if unproven:
        names = ", ".join(sorted(unproven))
        notes.append(
            f"of {names} the run recorded no hash of the world alone, and the file has been changed: that its world is the "
            "same is only shown by its traces, each held against it"
        )
    return notes


def _scorable(name: str, catalog: Catalog, unfit: dict[str, str]) -> ScenarioInfo | None:
    """The scenario, or in `unfit` why there is none to score by."""
    try:
        info = catalog.scenario(name)
    except UnknownNameError as error:
        unfit[name] = str(error)
        return None
    except AlienBioError as error:
        unfit[name] = f"{name}: {error}"
        return None
    if info.rescore is None:
        unfit[name] = f"{name} is no scenario whose file says how it is scored"
        return None
    return info


def _other_world(case: Mapping[str, Json], info: ScenarioInfo) -> str:
    """Why `info` is another world than was played; '' if it is the same, or that cannot be told from hashes."""
    was = case.get("world_hash")
    if isinstance(was, str) and was and was != info.world_hash:
        return (
            f"its world has been changed since this run ({was[:10]}, now {info.world_hash[:10]}): what its agents did says "
            "nothing of the new one; only `goals:`, `protect:`, `scoring:` and texts may differ, so play it again, or bring "
            "the file back"
        )
    if case.get("difficulty") is not None and case.get("difficulty") not in info.levels:
        return f"it has no difficulty {case.get('difficulty')} any more"
    return ""


def _heads(spec: Mapping[str, Json]) -> list[Json]:
    return [value for key, value in spec.items() if key.startswith("experiment.")]


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
