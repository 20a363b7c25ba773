"""What a question to stored results means: the words of a command line or a notebook -> a `Query`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from math import isfinite
from numbers import Real
from typing import TypeAlias, TypedDict, TypeVar, cast

from ..errors import Complaint, SpecError, did_you_mean
from ..model import ROLES, Json, Levels, Outcome, Query
from ..spec import parse_levels, parse_seeds
from .when import when

T = TypeVar("T")
Words: TypeAlias = str | Iterable[str]
"""One name or glob, or several."""
Numbers: TypeAlias = int | str | Iterable[int | str]
"""Seeds or difficulties: one, several, or as a text (`3`, `0-9`; `2`, `<=3`)."""
Params: TypeAlias = "Mapping[str, Json | tuple[Json, ...]]"
"""For each param its value, or a list or tuple of values of which any will do."""
Moment: TypeAlias = str | date | float
"""`2026-01-31`, `2026-01-31T10:30`, `7d`, `yesterday`; a date, a datetime (without a zone: this machine's); Unix seconds."""


class Asked(TypedDict, total=False):
    """The words of a question: see `ask`."""

    agent: Words | None
    scenario: Words | None
    battery: Words | None
    role: Words | None
    seed: Numbers | None
    outcome: Words | None
    passed: bool | None
    min_score: float | None
    max_score: float | None
    since: Moment | None
    until: Moment | None
    tag: Words | None
    difficulty: Numbers | None
    commit: str | None
    params: Params | None
    note: str | None
    imported: bool | None
    latest: bool
    dats: Iterable[str | os.PathLike[str]] | None


def ask(
    *,
    now: float,
    flag: str = "{}=",
    agent: Words | None = None,
    scenario: Words | None = None,
    battery: Words | None = None,
    role: Words | None = None,
    seed: Numbers | None = None,
    outcome: Words | None = None,
    passed: bool | None = None,
    min_score: float | None = None,
    max_score: float | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    tag: Words | None = None,
    difficulty: Numbers | None = None,
    commit: str | None = None,
    params: Params | None = None,
    note: str | None = None,
    imported: bool | None = None,
    latest: bool = False,
    dats: Iterable[str | os.PathLike[str]] | None = None,
) -> Query:
    """The query of these words. None asks nothing; of several values of one field any will do; all fields must fit.

    `agent`, `scenario` and `battery` are globs. A seed is a number, or a text like `3`, `3,5` or `100-119` (one number alone
    is that seed); a difficulty a number, or `<=3`, `2-4`. `until` a day means to its end. A list or tuple in `params` holds
    values of which any will do. `now` is what `7d` counts from; `flag` how a complaint spells a field's name. Raises
    `SpecError` naming the field that cannot be read, and for what is empty: an unset variable must not look like no filter.
    """

    def named(field: str) -> str:
        return flag.format(field.replace("_", "-") if flag.startswith("-") else field)

    def read(field: str, how: Callable[[str], T], text: str) -> T:
        try:
            return how(text)
        except SpecError as error:
            first = error.complaints[0]
            raise SpecError(Complaint(f"{named(field)}: {first.what}", expected=first.expected, hint=first.hint)) from None

    def words(field: str, given: Words | None) -> tuple[str, ...]:
        if given is None:
            return ()
        if not isinstance(given, Iterable):
            raise SpecError(f"{named(field)} cannot be {given!r:.60}; expected a text")
        found = (given,) if isinstance(given, str) else tuple(given)
        if odd := [word for word in found if not isinstance(word, str)]:
            raise SpecError(f"{named(field)} cannot be {odd[0]!r:.60}; expected a text")
        if not all(word.strip() for word in found or ("",)):
            raise SpecError(f"{named(field)} is empty; say what is meant, or leave it out")
        return tuple(str(word) for word in found)

    def word(field: str, given: str | None) -> str:
        found = words(field, given)
        if len(found) > 1:
            raise SpecError(f"{named(field)} takes one text; got {len(found)}")
        return found[0] if found else ""

    def choice(field: str, given: bool | None) -> bool | None:
        if given is not None and not isinstance(given, bool):
            raise SpecError(f"{named(field)} cannot be {given!r:.60}; expected True or False")
        return given

    def numbers(field: str, given: Numbers | None, how: Callable[[str], Iterable[T]]) -> list[T] | None:
        if given is None:
            return None
        found: list[T] = []
        items = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
        if not items or "" in items:
            raise SpecError(f"{named(field)} is empty; say what is meant, or leave it out")
        for each in items:
            if isinstance(each, bool) or not (isinstance(each, str) or hasattr(each, "__index__")):
                raise SpecError(f"{named(field)} cannot be {each!r:.60}; expected a whole number, or a text like 3 or 2-4")
            found += read(field, how, each if isinstance(each, str) else str(int(each)))
        return found

    def moment(field: str, given: Moment | None) -> tuple[float | None, float | None]:
        return (None, None) if given is None else read(field, lambda text: _moment(text, given, now), str(given))

    def bound(field: str, given: float | None) -> float | None:
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, Real) or not _finite(given):
            raise SpecError(f"{named(field)} cannot be {given!r:.60}; expected a finite number")
        return float(given)

    if params is not None and not isinstance(params, Mapping):
        raise SpecError(f"{named('params')} cannot be {params!r:.60}; expected values by name, like {{'temperature': 0.5}}")

    outcomes = words("outcome", outcome)
    for each in outcomes:
        if each not in list(Outcome):
            hint = did_you_mean(each, map(str, Outcome), most=20)
            raise SpecError(f"{named('outcome')}: {each[:60]!r} is no outcome; {hint}")
    roles = words("role", role)
    for each in roles:
        if each not in ROLES:
            raise SpecError(f"{named('role')}: {each[:60]!r} is no role; {did_you_mean(each, ROLES)}")
    seeds = numbers("seed", seed, _seeds)
    return Query(
        agents=words("agent", agent),
        scenarios=words("scenario", scenario),
        batteries=words("battery", battery),
        roles=roles,
        seeds=None if seeds is None else frozenset(seeds),
        outcomes=frozenset(outcomes),
        passed=choice("passed", passed),
        min_score=bound("min_score", min_score),
        max_score=bound("max_score", max_score),
        since=moment("since", since)[0],
        until=moment("until", until)[1],
        tags=words("tag", tag),
        levels=cast("Levels", tuple(numbers("difficulty", difficulty, parse_levels) or ())),
        commit=word("commit", commit),
        params={name: _values(value) for name, value in (params or {}).items()},
        note=word("note", note),
        imported=choice("imported", imported),
        latest=bool(choice("latest", latest)),
        dats=None if dats is None else tuple(os.fspath(path) for path in dats),
    )


def _moment(text: str, given: Moment, now: float) -> tuple[float, float]:
    if isinstance(given, str):
        return when(given, now)
    if isinstance(given, datetime):
        stamp = given.timestamp()
        return stamp, stamp
    if isinstance(given, date):
        return when(given.isoformat(), now)
    if isinstance(given, bool) or not isinstance(given, Real) or not _finite(given):
        raise SpecError(f"{given!r:.60} is no time; expected a text like 2026-01-31 or 7d, a date, or Unix seconds")
    return float(given), float(given)


def _finite(given: Real) -> bool:
    try:
        return isfinite(given)
    except OverflowError:
        return False


def _seeds(text: str) -> tuple[int, ...]:
    """Like a SPEC, but one number alone is that seed, as it is for `bio run --seed`."""
    return parse_seeds(f"{text}-{text}" if re.fullmatch(r"\s*[0-9]+\s*", text) else text)


def _values(value: Json | tuple[Json, ...]) -> tuple[Json, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
