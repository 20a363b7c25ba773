"""What is recorded of one cell besides its steps, fact by fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath

from ..model import Result, Trajectory, apart
from ..model.result import REPLAYED, REUSED
from .changes import LARGE, is_number
from .page import RED, short
from .trial import seeding
from .usage import model_lines, used

LEAST = 0.01
"""Below it levels are next to nothing, and no tenth of them is told."""
_RESCORED = "rescored"
"""The folder in a run's, in which its cells are scored again."""
Fact = tuple[str, str, str]
"""(label, foreign text, the style in which it stands out); a fact without a text is none."""


def facts(result: Result) -> Iterator[Fact]:
    """How a cell ended, what it was played with and what it took; its id, folder, notes and error are not among them."""
    for label, text, style in _facts(result):
        if text:
            yield label, text, style


def _facts(result: Result) -> Iterator[Fact]:
    yield "outcome", str(result.outcome), "" if result.outcome.scored else RED
    yield "score", score(result), ""
    if result.passed is not None and (result.score is None or result.passing_score is None):
        yield "passed", "yes" if result.passed else "no", ""
    yield "parts", ", ".join(f"{name} {value:.4f}" for name, value in result.scores.items()), ""
    yield "reason", result.reason, ""
    yield "agent", result.agent + ("" if result.role == "candidate" else f" ({result.role})"), ""
    yield "params", pairs(result.params), ""
    yield "variant", "" if result.variant == 1 else f"{result.variant}: the same world under other names", ""
    yield "metrics", pairs(result.metrics), ""
    yield "seed", seeding(result), ""
    yield "used", used(result.usage), ""
    if result.origin.startswith(REPLAYED):
        yield "spent", "$0 (replayed): it was used when it was recorded", ""
    for label, text in model_lines(result.model) if result.model else ():
        yield label, text, ""
    yield "took", _took(result), ""
    yield "battery", result.battery, ""
    how = next((how for how in (REUSED, REPLAYED) if result.origin.startswith(how)), "")
    origin = result.origin.removeprefix(how)
    yield how.rstrip(":") or "imported", origin and f"from {origin}", ""


def score(result: Result) -> str:
    """`0.9318, bar 0.6: passed`; '' without a score."""
    score, bar = result.score, result.passing_score
    if score is None:
        return ""
    shown = apart(score, bar, 4)
    if bar is None:
        return shown
    verdict = "" if result.passed is None else ": passed" if result.passed else ": not passed"
    lower = " (lower is better)" if result.better == "lower" else ""
    return f"{shown}, bar {bar:g}{lower}{verdict}"


def why_no_turns(result: Result, trajectory: Trajectory | None) -> str:
    """Why there is no turn to show of a cell; '' if there is one."""
    if trajectory is None:
        folder = PurePath(result.dat_path)
        why = "it was imported" if result.origin else "it was not played, or run.traces leaves it out"
        if folder.parent.name == _RESCORED:
            why = f"it was only scored again here; as it was played: {folder.parent.parent}::{result.id}"
        return f"no trace was kept for this cell: {why}"
    return "" if trajectory.turns else "the agent made no call"


def pairs(values: object) -> str:
    """A mapping from outside as `name value, name value`."""
    return ", ".join(f"{name} {short(value)}" for name, value in mapping(values).items())


def in_fact(seen: object, true: object) -> str:
    """What was true where that was hidden, or a tenth or more away from what was seen: `K2 0.31 (hidden), K1 4.2`; ''
    where nothing was, or no true state is told."""
    shown = mapping(seen)
    told = []
    for name, value in mapping(true).items():
        if name not in shown:
            told.append(f"{name} {short(value)} (hidden)")
        elif is_number(value) and is_number(of := shown[name]) and abs(value - of) >= LARGE * max(abs(value), abs(of), LEAST):
            told.append(f"{name} {short(value)}")
    return ", ".join(told)


def score_so_far(scores: Sequence[float | None], at: int) -> str:
    """`0.4512`, after the call `at` (from 0), if nothing more were done; '' where it is not known."""
    value = scores[at] if at < len(scores) else None
    return "" if value is None else f"{value:.4f}"


def mapping(value: object) -> Mapping[str, object]:
    """What a trace file should have as a mapping; whatever else it has there is shown too, under no name."""
    return value if isinstance(value, Mapping) else {"": value} if value else {}


def _took(result: Result) -> str:
    begun = f", begun {datetime.fromtimestamp(result.started_at, UTC):%Y-%m-%d %H:%M:%S} UTC" if result.started_at else ""
    worker = f", worker {result.worker}" if result.worker else ""
    return f"{result.duration_s:.3f} s, attempt {result.attempt}{worker}{begun}"
