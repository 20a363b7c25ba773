"""One sample of somebody's Inspect log -> one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import SpecError, did_you_mean
from ...model import CellError, Json, Outcome, Result, Tokens, Trajectory, Usage, storable
from ...store import codec
from ..blame import blame, error_of
from ..columns import Columns
from ..foreign import facts, identity, listed, mapping, name, plain, whole
from .messages import OURS, turns_of
from .sample import KINDS, ours
from .values import flat, number, unscored, verdict

FIXABLE = ("battery", "scenario", "difficulty", "agent", "seed", "passing_score", "better", "role")
"""Fields that can be set for all samples."""
MAPPABLE = ("score", "scenario", "difficulty", "agent", "seed")
"""Fields of which it can be said where they stand: the score by its scorer, the others in a sample's metadata."""
MOST_PLANNED = 100_000

_CLOCK = ("time", "working")
_CAPS = ("token", "cost")


@dataclass(frozen=True)
class Log:
    """What holds for all samples of a log."""

    path: Path
    head: Mapping[str, Any]
    spec: Mapping[str, Any]
    """Its `eval`."""
    columns: Columns

    def __post_init__(self) -> None:
        for field, known in ((self.columns.names, MAPPABLE), (self.columns.fixed, FIXABLE)):
            for each in field:
                if each not in known:
                    raise SpecError(f"{each!r} cannot be said of an Inspect log; {did_you_mean(each, known, most=20)}")

    @property
    def status(self) -> str:
        """`success`, `error`, `cancelled`, or `started` if its run died."""
        return str(self.head.get("status", "started"))

    @cached_property
    def ours(self) -> Mapping[str, Any]:
        """What `bio export` put into its metadata; {} in other logs."""
        return mapping(mapping(self.spec.get("metadata")).get(OURS))

    @cached_property
    def profile(self) -> dict[str, Any]:
        """What is known of who answered."""
        parts = ("model", "model_args", "model_generate_config", "model_base_url", "solver", "solver_args")
        return {part: plain(value) for part in parts if (value := self.spec.get(part))}

    @cached_property
    def main(self) -> str:
        """The name of the score that is the score of a cell: as it is mapped, else the headline, else the first scorer's."""
        if "score" in self.columns.names:
            return self.columns.names["score"]
        headline = mapping(mapping(self.head.get("results")).get("headline"))
        if isinstance(score := headline.get("score") or headline.get("scorer"), str):
            scorer = headline.get("scorer")
            return score if not isinstance(scorer, str) or scorer == score else f"{scorer}.{score}"
        scorers = self.spec.get("scorers")
        first = mapping(scorers[0]).get("name") if isinstance(scorers, list) and scorers else None
        return first if isinstance(first, str) else ""

    @cached_property
    def scorers(self) -> frozenset[str]:
        """The names of scores that it says it has: of its scorers, and of what came out in the end."""
        ended = [mapping(each) for each in listed(mapping(self.head.get("results")).get("scores"))]
        begun = [mapping(each) for each in listed(self.spec.get("scorers"))]
        parts = {f"{each.get('scorer')}.{each.get('name')}" for each in ended}
        return frozenset(parts | {str(each.get("name")) for each in (*begun, *ended) if each.get("name")})

    def origin(self, row: int, before: object = "") -> str:
        """Where a cell is from, and where it was from before that."""
        here = f"inspect:{self.path.name}:{row}"
        return f"{here} < {before}" if before else here


def cell_of(log: Log, sample: Mapping[str, Any], row: int) -> Result:
    """The cell of a sample, with its turns. Raises `ValueError` for one that cannot be a cell."""
    attachments = mapping(sample.get("attachments"))
    turns = turns_of([each for each in listed(sample.get("messages")) if isinstance(each, Mapping)], attachments)
    known = ours(sample)
    if known is not None:
        metadata = mapping(sample["metadata"])
        initial, budget = metadata.get("initial"), metadata.get("budget")
        told = isinstance(initial, Mapping) and isinstance(budget, int | float)
        trajectory = Trajectory(turns, initial=dict(initial), budget=budget) if told else None  # type: ignore[arg-type]
        return known.with_(origin=log.origin(row, known.origin), trajectory=trajectory)
    return _theirs(log, sample, row, Trajectory(turns) if turns else None)


def never_played(log: Log, seen: set[tuple[str, int]], row: int) -> Iterator[Result]:
    """The samples that a log which did not end well has planned and not got: `not_run`, so that they are not forgotten."""
    ids = mapping(log.spec.get("dataset")).get("sample_ids")
    epochs = whole(mapping(log.spec.get("config")).get("epochs")) or 1
    if not isinstance(ids, list) or len(ids) * epochs > MOST_PLANNED:
        return
    plain_log = replace(log, columns=replace(log.columns, names={}))  # nothing is known of them that could be mapped
    for each in ids:
        for epoch in range(1, epochs + 1):
            if (str(each), epoch) not in seen:
                row += 1
                sample = {"id": each, "epoch": epoch}
                yield _theirs(plain_log, sample, row, None).with_(
                    outcome=Outcome.NOT_RUN, reason=f"not in the log, whose status is {log.status}", score=None, passed=None
                )


def _theirs(log: Log, sample: Mapping[str, Any], row: int, trajectory: Trajectory | None) -> Result:
    metadata = mapping(sample.get("metadata"))
    epoch = whole(sample.get("epoch")) or 1
    params = {key: plain(value) for key, value in mapping(log.spec.get("task_args")).items()}
    scenario = _field(log, metadata, "scenario", f"{log.spec['task']}/{sample['id']}")
    seed = whole(told := _field(log, metadata, "seed", epoch))
    difficulty = _field(log, metadata, "difficulty", None)
    level = whole(difficulty)
    if seed is None or (difficulty is not None and level is None):
        what, found = ("seed", told) if seed is None else ("difficulty", difficulty)
        raise ValueError(f"{what}: {found!r:.60} is no whole number")
    asked = {
        "input": plain_text(sample.get("input")),
        "target": plain(sample.get("target")),
        "choices": plain(sample.get("choices")),
    }
    who = identity(
        name(_field(log, {}, "battery", log.spec["task"]), "inspect"),
        name(scenario, "sample"),
        name(_field(log, metadata, "agent", log.spec["model"]), "model"),
        seed,
        case=asked,
        profile=log.profile,
        params=params,
        difficulty=level,
    )
    scores = scores_of(log, sample)
    outcome, reason, error, score = _ended(log, sample, scores)
    bar = _number(log, "passing_score")
    better = log.columns.fixed.get("better", "higher")
    right = verdict(scores.get(log.main)) if score is not None else None
    if score is not None and bar is not None:
        right = score <= bar if better == "lower" else score >= bar
    usages = [mapping(usage) for usage in mapping(sample.get("model_usage")).values()]
    tokens = [total for usage in usages if (total := whole(usage.get("total_tokens"))) is not None]
    costs = [cost for usage in usages if (cost := number(usage.get("total_cost"))) is not None]
    started, ended = _time(sample.get("started_at")), _time(sample.get("completed_at"))
    seconds = number(sample.get("total_time"))
    figures = {"working_s": number(sample.get("working_time")), "retries": len(listed(sample.get("error_retries"))) or None}
    return Result(
        **who,
        role=log.columns.fixed.get("role", "candidate"),
        tags=tuple(storable(str(tag)) for tag in listed(log.spec.get("tags"))),
        outcome=outcome,
        score=score,
        scores={storable(str(each)): found for each, value in scores.items() if (found := number(value)) is not None},
        better=better,
        passed=right,
        passing_score=bar,
        metrics={key: value for key, value in figures.items() if value is not None},
        properties=facts(metadata),
        reason=reason,
        error=error,
        usage=Usage(sum(tokens) if tokens else None, sum(costs) if costs else None, split=_split(usages)),
        run=storable(str(log.spec.get("run_id", ""))),
        started_at=started,
        ended_at=ended,
        duration_s=seconds if seconds is not None else max(0.0, ended - started) if started and ended else 0.0,
        trajectory=trajectory,
        origin=log.origin(row),
    )


def _split(usages: list[Mapping[str, Any]]) -> Tokens | None:
    """The kinds of tokens of all its models together; None if the log tells of none."""
    total = Tokens()
    for usage in usages:
        kinds = {ours: whole(usage.get(theirs)) for ours, theirs in KINDS.items()}
        total += Tokens(input=whole(usage.get("input_tokens")), output=whole(usage.get("output_tokens")), **kinds)
    return total if total.total else None


def _ended(
    log: Log, sample: Mapping[str, Any], scores: Mapping[str, object]
) -> tuple[Outcome, str, CellError | None, float | None]:
    """Outcome, reason, error and score: a sample with an error has no score, whatever a scorer made of it."""
    limit = mapping(sample.get("limit"))
    stop = f"{limit.get('type')} limit: {limit.get('reason') or limit.get('limit')}" if limit else ""
    if (told := sample.get("error")) is not None:
        error = mapping(told) or {"message": plain_text(told) or ""}
        kept = error_of(storable(str(error.get("message", ""))), storable(str(error.get("traceback", ""))))
        outcome = blame(kept.type, kept.message, traceback=kept.traceback)
        if "Cancelled" in kept.type:
            outcome = Outcome.LOST
        return outcome, ": ".join(filter(None, (kept.type, kept.message)))[:500], kept, None
    if invalid := mapping(sample.get("invalidation")):
        return Outcome.SKIPPED, f"invalidated: {storable(str(invalid.get('reason') or 'no reason given'))}"[:500], None, None
    value = scores.get(log.main)
    score = number(value)
    if score is not None:
        return (Outcome.TRUNCATED, storable(stop)[:500], None, score) if limit else (Outcome.COMPLETED, "", None, score)
    if limit:
        kind = limit.get("type")
        outcome = Outcome.TIMED_OUT if kind in _CLOCK else Outcome.OVER_LIMIT if kind in _CAPS else Outcome.TRUNCATED
        return outcome, storable(stop)[:500], None, None
    if unscored(value):
        apart = any(str(each).startswith(f"{log.main}.") for each in scores)
        if log.main in scores or not scores or (log.main in log.scorers and not apart):
            return Outcome.COMPLETED, "the log has no score for it", None, None
        names = did_you_mean(log.main, map(str, scores), most=20)
        raise ValueError(f"it has no score {log.main!r}; {names}: say which one is the score with --map score=NAME")
    return Outcome.SCORER_ERROR, f"the scorer {log.main} gave no number: {storable(repr(value))[:100]}", None, None


def scores_of(log: Log, sample: Mapping[str, Any]) -> dict[str, object]:
    """Its scores by name; of a sample of the first format the only one, which has none."""
    older = {log.main: sample["score"]} if isinstance(sample.get("score"), Mapping) else {}
    return dict(flat(mapping(sample.get("scores")) or older))


def _field(log: Log, metadata: Mapping[str, Any], field: str, otherwise: object) -> object:
    """A field as it is set, else from the metadata as it is mapped, else as it is by itself."""
    if field in log.columns.fixed:
        return log.columns.fixed[field]
    if field not in log.columns.names:
        return otherwise
    place = log.columns.names[field].removeprefix("metadata.")
    if place not in metadata:
        known = did_you_mean(place, map(str, metadata), most=20)
        raise ValueError(f"its metadata has no {place!r}, where {field} should be" + (f"; {known}" if known else ""))
    return metadata[place]


def _number(log: Log, field: str) -> float | None:
    text = log.columns.fixed.get(field)
    found = number(text)
    if text is not None and found is None:
        raise SpecError(f"{field}: {text!r} is no number")
    return found


def plain_text(value: object) -> Json:
    """The question itself, of whatever length, for its hash."""
    return storable(value) if isinstance(value, str) else plain(value)


def _time(text: object) -> float:
    try:
        return codec.seconds(text) if isinstance(text, str) else 0.0
    except ValueError:
        return 0.0
