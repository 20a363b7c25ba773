"""Which recorded cells are meant: the filters of `bio results`, and in which order."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import isfinite
from typing import Any, TypeVar

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Outcome, Result, Selection
from ..spec import parse_levels, parse_seeds
from .common import words
from .when import when

T = TypeVar("T")
_ALL = Selection()

SORTS: dict[str, Callable[[Result], Any]] = {
    "scenario": lambda result: result.scenario,
    "difficulty": lambda result: result.difficulty,
    "variant": lambda result: result.variant,
    "agent": lambda result: result.agent,
    "seed": lambda result: result.seed,
    "battery": lambda result: result.battery,
    "outcome": lambda result: str(result.outcome),
    "score": lambda result: result.score,
    "time": lambda result: result.ended_at or None,
    "duration": lambda result: result.duration_s or None,
}
"""What rows can be sorted by; None is missing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A filter of results. What is left empty keeps all; within one field any of its values will do."""

    select: Selection = _ALL
    """Scenarios, agents, tags and levels."""
    batteries: tuple[str, ...] = ()
    seeds: frozenset[int] | None = None
    outcomes: frozenset[str] = frozenset()
    passed: bool | None = None
    """False keeps what is below its bar and what broke."""
    min_score: float | None = None
    max_score: float | None = None
    since: float | None = None
    until: float | None = None
    """The first moment that is too late."""

    def keeps(self, result: Result, battery_tags: Sequence[str] = ()) -> bool:
        """Whether `result` fits. One without a score fits no bound on scores, one without a time none on times."""
        select, score, ended = self.select, result.score, result.ended_at
        return (
            fits(result.scenario, select.names)
            and fits(result.agent, select.agents)
            and fits(result.battery, self.batteries)
            and (self.seeds is None or result.seed in self.seeds)
            and select.at(result.difficulty)
            and (not select.tags or not set(select.tags).isdisjoint((*result.tags, *battery_tags)))
            and (not self.outcomes or result.outcome in self.outcomes)
            and (self.passed is None or self.passed is _verdict(result))
            and (self.min_score is None or (score is not None and score >= self.min_score))
            and (self.max_score is None or (score is not None and score <= self.max_score))
            and (self.since is None or (ended > 0 and ended >= self.since))
            and (self.until is None or 0 < ended < self.until)
        )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `query_of` reads."""
    group = parser.add_argument_group("filters", "each narrows; those with ... may be repeated, and take comma lists")
    group.add_argument("--battery", metavar="GLOB...", action="append", default=[], help="batteries by name")
    group.add_argument("--scenario", metavar="GLOB...", action="append", default=[], help="scenarios; * also crosses /")
    group.add_argument("--agent", metavar="GLOB...", action="append", default=[], help="agents")
    group.add_argument("--seed", metavar="SPEC...", action="append", default=[], help="seeds: 3, or 3,5, or 100-119")
    group.add_argument(
        "--difficulty", metavar="EXPR...", action="append", default=[], help="levels: 2, <=3, 2-4 or 1,3,5 (quote the <)"
    )
    group.add_argument("--tag", metavar="TAG...", action="append", default=[], help="tags of the scenario or of the battery")
    group.add_argument(
        "--outcome", metavar="OUTCOME...", action="append", default=[], help=f"how cells ended: {', '.join(Outcome)}"
    )
    verdict = group.add_mutually_exclusive_group()
    verdict.add_argument("--passed", action="store_true", help="cells that reached their bar")
    verdict.add_argument("--failed", action="store_true", help="cells below their bar, and cells that broke")
    group.add_argument("--min-score", metavar="X", type=_number, help="scores of at least X")
    group.add_argument("--max-score", metavar="X", type=_number, help="scores of at most X")
    group.add_argument(
        "--since", metavar="WHEN", help="cells that ended then or later: 2026-01-31, 2026-01-31T10:30, yesterday, 7d or 12h ago"
    )
    group.add_argument("--until", metavar="WHEN", help="cells that ended by then; a day counts to its end")


def query_of(args: argparse.Namespace, now: float) -> Query:
    """What the options ask for; `now` is what `7d` counts from. Raises `SpecError` naming the option that cannot be read."""
    outcomes = words("--outcome", args.outcome)
    for word in outcomes:
        if word not in list(Outcome):
            raise SpecError(f"--outcome: {word[:60]!r} is no outcome; {did_you_mean(word, map(str, Outcome), most=20)}")
    seeds = [seed for text in args.seed for seed in _read("--seed", _seeds, text)]
    levels = [level for text in args.difficulty for level in _read("--difficulty", parse_levels, text)]

    def moment(option: str, text: str | None) -> tuple[float | None, float | None]:
        return (None, None) if text is None else _read(option, lambda given: when(given, now), text)

    return Query(
        select=Selection(
            names=words("--scenario", args.scenario),
            agents=words("--agent", args.agent),
            tags=words("--tag", args.tag),
            levels=tuple(levels),
        ),
        batteries=words("--battery", args.battery),
        seeds=frozenset(seeds) if args.seed else None,
        outcomes=frozenset(outcomes),
        passed=True if args.passed else False if args.failed else None,
        min_score=args.min_score,
        max_score=args.max_score,
        since=moment("--since", args.since)[0],
        until=moment("--until", args.until)[1],
    )


def sort_keys(text: str) -> tuple[str, ...]:
    """`score,agent` as keys of `SORTS`. Raises `ArgumentTypeError`."""
    keys = tuple(part.strip() for part in text.split(","))
    for key in keys:
        if key not in SORTS:
            raise argparse.ArgumentTypeError(f"{key!r} is no column to sort by; {did_you_mean(key, SORTS, most=20)}")
    return keys


def in_order(results: Iterable[Result], keys: Sequence[str], *, reverse: bool = False, most: int = 0) -> list[Result]:
    """The first `most` (0 = all) of `results` by `keys`, the first key first. What is missing comes last either way.

    Ties keep their order. Not much more than `most` are in memory at a time.
    """
    rows: list[Result] = []
    for result in results:
        rows.append(result)
        if most and len(rows) >= 2 * most + 1000:
            rows = _ordered(rows, keys, reverse)[:most]
    return _ordered(rows, keys, reverse)[: most or None]


def _ordered(rows: list[Result], keys: Sequence[str], reverse: bool) -> list[Result]:
    for key in reversed(keys):
        value = SORTS[key]
        missing = [row for row in rows if value(row) is None]
        rows = sorted((row for row in rows if value(row) is not None), key=value, reverse=reverse) + missing
    return rows


def _read(option: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except SpecError as error:
        first = error.complaints[0]
        raise SpecError(Complaint(f"{option}: {first.what}", expected=first.expected, hint=first.hint)) from None


def _seeds(text: str) -> tuple[int, ...]:
    """Like a SPEC, but one number alone is that seed, as it is for `bio run --seed`."""
    return parse_seeds(f"{text}-{text}" if re.fullmatch(r"\s*[0-9]+\s*", text) else text)


def fits(name: str, globs: Sequence[str], *, exactly: bool = False) -> bool:
    """Whether a name matches one of `globs`, or there are none; `exactly` takes them as they stand."""
    if exactly:
        return not globs or name in globs
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _verdict(result: Result) -> bool | None:
    return False if result.outcome.is_error else result.passed


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value
