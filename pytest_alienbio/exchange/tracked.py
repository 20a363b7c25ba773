"""A run that an experiment tracker kept -> a cell: which of its numbers and settings is what is asked for, not guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import SpecError, did_you_mean
from ..model import CellError, Json, Outcome, Result, digest
from ..store import codec
from .cell_of import cell_of
from .columns import Columns
from .foreign import name, number, plain
from .problems import Problems
from .values import outcome_of

_BY_NAME = ("battery", "scenario", "difficulty", "agent", "seed", "passing_score")
"""Fields that a setting of this very name is, unless it is mapped to something else or ignored."""
_SCORE = ("score", "result")
"""Numbers that are the score unless another one is named: never two of them, and never one of another name."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A run as its tracker tells it."""

    origin: str
    place: str
    """For people: the folder, or the run's id."""
    outcome: Outcome
    battery: str
    scenario: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What it was started with."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """What came out of it. What is no finite number is no score."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else may be mapped, by its full name: `tags.mlflow.user`."""
    reason: str = ""
    error: CellError | None = None
    started_at: float = 0.0
    ended_at: float = 0.0


class Reader:
    """Makes cells of the runs of one source, and knows of what was asked for and never found."""

    def __init__(self, source: str, columns: Columns, problems: Problems) -> None:
        self._source, self._columns, self._problems = source, columns, problems
        self._used: set[str] = set()
        """Our fields that were found where they are mapped to."""
        self._known: set[str] = set()
        """Names of theirs that could be mapped."""
        self._unasked = ""
        """The number that is the score although nobody named it: the same in all runs."""
        self._before: Counter[str] = Counter()
        """Runs of one cell (of one question, where no seed is told), so far."""

    def cells(self, runs: Iterable[Tracked | Result]) -> Iterator[Result]:
        """The cells, in order; what is one already passes through.

        A second run of the same cell is its next attempt; where no seed is told, its next seed.
        """
        for run in runs:
            if isinstance(run, Result):
                yield run
                continue
            self._known.update(run.settings, run.numbers, run.more)
            try:
                row = self._row(run)
            except SpecError as error:
                self._problems.add(str(error), run.place)
                continue
            places = {field: (self._columns.names.get(field, field), 0) for field in row}
            result = cell_of(row, self._columns, run.origin, self._problems.of_row(run.place, 0, places))
            if result:
                yield result if result.outcome.scored or not run.error else result.with_(error=run.error)
        for ours, theirs in self._columns.names.items():
            if ours not in self._used and self._known:
                hint = did_you_mean(theirs, self._known, most=20)
                self._problems.add(f"no run has {theirs!r}, which should be {ours}", self._source, hint=hint)

    def _row(self, run: Tracked) -> dict[str, object]:
        """Our field -> its value, for all that this run says."""
        told = self._mapped(run)
        taken = {self._columns.names.get(field, field) for field in told}
        row: dict[str, object] = {
            "battery": run.battery,
            "scenario": run.scenario,
            "outcome": run.outcome.value,
            "reason": run.reason,
        }
        if run.started_at:
            row["started_at"] = codec.time_text(run.started_at)
        if run.ended_at:
            row["ended_at"], row["duration_s"] = codec.time_text(run.ended_at), max(0.0, run.ended_at - run.started_at)
        if "*" not in self._columns.ignored:
            for key, value in run.settings.items():
                if key not in taken and key not in self._columns.ignored:
                    row[f"params.{key}"] = plain(value)
            for key, value in run.numbers.items():
                found = number(value)
                if found is not None and key not in self._columns.ignored:
                    row[f"score.{key}"] = found
        row |= told
        for each in ("scenario", "agent", "battery"):
            if row.get(each):
                row[each] = name(row[each])
        self._settle_score(run, row)
        self._number_it(row)
        return row

    def _mapped(self, run: Tracked) -> dict[str, object]:
        """The fields that are mapped, and settings that have the name of one. A value set for all wins, and is not here."""
        found: dict[str, object] = {}
        spoken_for = {*self._columns.names, *self._columns.names.values(), *self._columns.ignored}
        for ours in [*self._columns.names, *(each for each in _BY_NAME if each not in spoken_for)]:
            theirs = self._columns.names.get(ours, ours)
            places = (run.settings, run.numbers, run.more) if ours in self._columns.names else (run.settings,)
            place = next((place for place in places if theirs in place), None)
            if place is None:
                continue
            self._used.add(ours)
            value = place[theirs]
            if value is None or ours in self._columns.fixed or (ours.startswith("score.") and number(value) is None):
                continue
            found[ours] = value if isinstance(value, int | float) else plain(value)
        return found

    def _settle_score(self, run: Tracked, row: dict[str, object]) -> None:
        """Leaves a score that is a number on a run that ended well, and nothing on any other."""
        asked = self._columns.names.get("score", "")
        value = row.pop("score", None)
        try:
            outcome = outcome_of(self._columns.outcomes)(row["outcome"])
        except ValueError:
            return  # `cell_of` says it
        if "score" in self._columns.fixed or not outcome.scored:
            return
        if value is None and not asked:
            usual = [each for each in _SCORE if each in run.numbers]
            if len(usual) != 1 and run.numbers:
                names = ", ".join(list(run.numbers)[:20])
                raise SpecError(f"which of its numbers is the score? Say it with --map score=NAME; there are: {names}")
            asked = next(iter(usual), "")
            value = run.numbers.get(asked)
            self._unasked = self._unasked or asked
            if asked and asked != self._unasked:
                raise SpecError(
                    f"{asked!r} would be its score, and {self._unasked!r} that of others; say which with --map score=NAME"
                )
        found = number(value)
        if found is None:
            row["outcome"] = Outcome.SCORER_ERROR.value
            missing = f"the run has no {asked}" if asked else "the run has no number that could be a score"
            row["reason"] = missing if value is None else f"{asked}: {value!s:.60} is no finite number"
        else:
            row["score"] = found

    def _number_it(self, row: dict[str, object]) -> None:
        """Seed or attempt, where the run does not tell: how many runs like it were before."""
        fixed = self._columns.fixed
        alike: dict[str, Json] = {
            field: plain(fixed.get(field, value))
            for field, value in sorted(row.items())
            if field in ("battery", "scenario", "difficulty", "agent", "seed", "variant") or field.startswith("params.")
        }
        before = self._before[digest(alike)]
        self._before[digest(alike)] += 1
        if "seed" not in row and "seed" not in fixed:
            row["seed"] = before
        elif before and "attempt" not in row and "attempt" not in fixed:
            row["attempt"] = before + 1
