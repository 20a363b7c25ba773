"""Trials read back from the folders that an experiment's runs leave: `run-001/summary.json`, ours or anybody's in that form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from ..errors import AlienBioError, Complaint, SpecError, StoreError
from ..model import CellError, Json, Outcome, Result, TaskRecord
from . import moment
from .disk import store_error
from .runs import SUMMARY
from .strictjson import read_json

MOST_BYTES = 16 * 2**20
"""Of one summary."""
_EXPECTED = "an object with `variation`, `trial` and `metrics`, as a run of an experiment writes it"
_SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Summaries:
    """The trials of some folders, in the order of their names."""

    trials: tuple[tuple[Result, Mapping[str, Json]], ...]
    """Each as a result, and the params of its variation."""
    notes: tuple[str, ...]
    """What could not be read, and why."""


def run_folders(folder: Path) -> list[Path]:
    """The folders `run-*` in `folder` that hold a summary, by name."""
    try:
        return sorted(path for path in folder.glob("run-*") if (path / SUMMARY).is_file())
    except OSError as error:
        raise store_error("read", folder, error) from error


def read_summaries(folders: Sequence[Path], task: str = "") -> Summaries:
    """The trials in these folders. One that cannot be read is no trial, and in `notes`.

    `task` is what their scenario is called; the experiment's id, if nobody knows. A trial whose `status` is not `success` has
    ended all the same if it has metrics: then it missed a criterion. Without any it broke, and is no measurement.
    """
    trials, notes = [], []
    for folder in folders:
        try:
            trials.append(_read(folder / SUMMARY, task))
        except AlienBioError as error:
            notes.append(f"left out: {error}")
    return Summaries(tuple(trials), tuple(notes))


def _read(file: Path, task: str) -> tuple[Result, Mapping[str, Json]]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise StoreError(f"{file} is larger than {MOST_BYTES:,} bytes")
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise StoreError(f"{file} is no text in UTF-8") from None
    except OSError as error:
        raise store_error("read", file, error) from error
    told = read_json(text, str(file), "leave it out, or let the trial run again")
    if not isinstance(told, Mapping):
        raise SpecError(Complaint("this is no summary of a trial", str(file), expected=_EXPECTED))
    return _result(told, file, task), _mapping(told, "params", file)


def _result(told: Mapping[str, Json], file: Path, task: str) -> Result:
    variation, trial = told.get("variation"), told.get("trial")
    if not isinstance(variation, str) or not variation.strip():
        raise _wrong(file, "variation", "a name")
    if not isinstance(trial, int) or isinstance(trial, bool):
        raise _wrong(file, "trial", "a whole number")
    experiment = str(told.get("experiment_id") or file.parent.parent.name)
    metrics, good = _mapping(told, "metrics", file), told.get("status") == _SUCCESS
    error = told.get("error")
    reason = "" if error is None else str(error)
    outcome = Outcome.COMPLETED if good or metrics else Outcome.ENVIRONMENT_ERROR
    name = task or experiment
    began, ended = _time(told, "started_at", file), _time(told, "ended_at", file)
    took = told.get("duration_ms")
    known = isinstance(took, int | float) and not isinstance(took, bool) and isfinite(took) and took >= 0
    return Result(
        battery=experiment,
        key=f"{file.parent.name}/{variation}/{trial}",
        id=f"{name}[{variation}-s{trial}]",
        scenario=name,
        scenario_hash="",
        difficulty=None,
        agent=variation,
        agent_hash="",
        role="candidate",
        seed=trial,
        outcome=outcome,
        passed=good if outcome.scored else None,
        metrics=metrics,
        task=TaskRecord(None),
        reason=reason,
        error=None if outcome.scored else CellError("", reason),
        started_at=began,
        ended_at=ended,
        duration_s=took / 1000 if known and isinstance(took, int | float) else max(ended - began, 0.0),
        origin=str(file),
    )


def _mapping(told: Mapping[str, Json], name: str, file: Path) -> Mapping[str, Json]:
    value = told.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _wrong(file, name, "names with values")
    return value


def _time(told: Mapping[str, Json], name: str, file: Path) -> float:
    try:
        return moment.seconds(told.get(name))
    except (ValueError, OverflowError):
        raise _wrong(file, name, "a time like 2026-01-21T10:00:00.000Z") from None


def _wrong(file: Path, name: str, expected: str) -> SpecError:
    return SpecError(Complaint(f"`{name}` cannot be read", str(file), expected=expected))
