"""The filters of `bio results` and its like: options -> a `Query`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from math import isfinite
from typing import Any

from ..errors import SpecError, did_you_mean
from ..model import Json, Outcome, Query, inert
from ..results.ask import ask
from .common import words

SORTS = {
    "scenario": "scenario",
    "difficulty": "difficulty",
    "variant": "variant",
    "agent": "agent",
    "seed": "seed",
    "battery": "battery",
    "outcome": "outcome",
    "score": "score",
    "time": "ended_at",
    "duration": "duration_s",
    "tokens": "tokens",
    "usd": "usd",
}
"""What rows can be sorted by, and the index's column of it. What is missing comes last."""


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
    group.add_argument("--commit", metavar="HASH", help="cells recorded on this commit; its first characters will do")
    group.add_argument(
        "--param", metavar="NAME=VALUE", action="append", default=[], help="cells played with this param; may be repeated"
    )
    group.add_argument("--note", metavar="TEXT", help="cells, or those of result folders, with TEXT in a note")


def query_of(args: argparse.Namespace, now: float, dats: Iterable[str] | None = None) -> Query:
    """What the options ask for; `now` is what `7d` counts from. Raises `SpecError` naming the option that cannot be read."""
    return ask(
        now=now,
        flag="--{}",
        agent=_words(args, "agent"),
        scenario=_words(args, "scenario"),
        battery=_words(args, "battery"),
        seed=args.seed or None,
        outcome=_words(args, "outcome"),
        passed=True if args.passed else False if args.failed else None,
        min_score=args.min_score,
        max_score=args.max_score,
        since=args.since,
        until=args.until,
        tag=_words(args, "tag"),
        difficulty=args.difficulty or None,
        commit=args.commit,
        params=_params(args.param),
        note=args.note,
        dats=dats,
    )


def sort_keys(text: str) -> tuple[str, ...]:
    """`score,agent` as keys of `SORTS`. Raises `ArgumentTypeError`."""
    keys = tuple(part.strip() for part in text.split(","))
    for key in keys:
        if key not in SORTS:
            raise argparse.ArgumentTypeError(f"{key!r} is no column to sort by; {did_you_mean(key, SORTS, most=20)}")
    return keys


def _words(args: argparse.Namespace, name: str) -> tuple[str, ...] | None:
    return words(f"--{name}", getattr(args, name)) or None


def _params(texts: Iterable[str]) -> dict[str, Json | tuple[Json, ...]]:
    """`NAME=VALUE`s as values by name; a VALUE is read as YAML reads a word. Raises `SpecError`."""
    from ..spec.scalars import ScalarError, plain_scalar

    found: dict[str, tuple[Any, ...]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not name.strip() or not sign:
            raise SpecError(f"--param: {text[:60]!r} is no param; expected NAME=VALUE, like temperature=0.5")
        try:
            found[name.strip()] = (*found.get(name.strip(), ()), plain_scalar(value.strip()))
        except ScalarError as error:
            raise SpecError(f"--param {inert(name)}: {error}") from None
    return {**found}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value
