"""The values of settings: what their texts mean, in an option, a variable or an ini file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import get_args

from ..errors import Complaint, SpecError, did_you_mean, near_match
from ..model import Json, engine_choice
from ..model.engine import KINDS, MAX_WIDTH
from .address import EXPECTED as ADDRESSES
from .address import address_problem
from .checks import name_problem
from .names import (
    AGGREGATE,
    MAX_ALPHA,
    MAX_CONFIRM,
    OUTPUT_PATH,
    SELECTING,
    SETTINGS,
    Report,
    Setting,
    one_of,
)
from .ranges import parse_seeds
from .rates import rates
from .scalars import ScalarError, plain_scalar, shorten
from .template import aggregate_problem, template_problem

MAX_STEPS = 1_000_000
MAX_SECONDS = 2_592_000
"""Thirty days."""
MAX_USD = 1e9
MAX_COUNT = 10**12
"""Of cells and of tokens."""
MAX_MEMORY_MB = 2**24


def _folder(text: str) -> Json:
    if not text.strip() or "\0" in text:
        raise ValueError
    return text


def _template(text: str) -> Json:
    if problem := template_problem(text):
        raise ValueError(problem)
    return text


def _aggregate(text: str) -> Json:
    if problem := aggregate_problem(text):
        raise ValueError(problem)
    return text


def _seeds(text: str) -> Json:
    return list(parse_seeds(text))


def _names(text: str) -> Json:
    names = [part.strip() for part in text.split(",")]
    for name in names:
        if problem := name_problem(name):
            raise ValueError(f"one of the names cannot be one: {problem}")
    if len(set(names)) < len(names):
        raise ValueError("a name is given twice")
    return list[Json](names)


def report_problem(word: str) -> str:
    """Why a run cannot be reported so; '' if it can."""
    known = get_args(Report)
    return "" if word in known else f"{shorten(word)!r} is no report; {did_you_mean(word, known)}"


def _reports(text: str) -> Json:
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if problem := report_problem(word):
            raise ValueError(problem)
    if len(set(words)) < len(words):
        raise ValueError("a report is named twice")
    return list[Json](words)


def _choice(choices: Collection[str]) -> Callable[[str], Json]:
    def read(text: str) -> Json:
        if text not in choices:
            raise ValueError(near_match(text, choices))
        return text

    return read


def _number(text: str) -> int | float:
    try:
        value = plain_scalar(text.strip())
    except ScalarError:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return value


def _share(text: str) -> Json:
    value = _number(text)
    if not 0 <= value <= 1:
        raise ValueError
    return float(value)


def _seconds(text: str) -> Json:
    value = _number(text)
    if not 0 < value <= MAX_SECONDS:
        raise ValueError
    return float(value)


def _usd(text: str) -> Json:
    value = _number(text)
    if not 0 <= value <= MAX_USD:
        raise ValueError
    return float(value)


def _whole(least: int, most: int) -> Callable[[str], Json]:
    def read(text: str) -> Json:
        value = _number(text)
        if not isinstance(value, int) or not least <= value <= most:
            raise ValueError
        return value

    return read


def reference_problem(text: str) -> str:
    """Why `text` cannot say what a run is held against; '' if it can. What it means is looked up later."""
    kind, colon, name = text.partition(":")
    if not text.strip() or text != text.strip():
        return "it is empty, or starts or ends with a blank"
    if any(ord(ch) < 32 or ord(ch) == 127 for ch in text):
        return "it holds a control character"
    return f"nothing stands behind `{kind}:`" if colon and kind in ("tag", "agent") and not name.strip() else ""


def _reference(text: str) -> Json:
    if problem := reference_problem(text):
        raise ValueError(problem)
    return text


def engine_problem(text: str) -> str:
    """Why no engine is called so; '' if one is."""
    try:
        engine_choice(text)
    except ValueError as error:
        return str(error)
    return ""


def _engine(text: str) -> Json:
    if problem := engine_problem(text):
        kind = text.partition(":")[0]
        raise ValueError(problem if kind in KINDS else near_match(kind, KINDS))  # what exists is said anyway
    return text


def _address(text: str) -> Json:
    if problem := address_problem(
        text
    ):  # in a complaint of its own, which does not say the text: there may be a password in it
        raise SpecError(Complaint(f"this is no value for `limits_at`: {problem}", expected=ADDRESSES))
    return text


def truth(text: str) -> bool:
    """A yes or no as people write them. Raises `ValueError`."""
    if text.strip().lower() in ("1", "true", "yes", "on"):
        return True
    if text.strip().lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError


def _alpha(text: str) -> Json:
    value = _number(text)
    if not 0 < value <= MAX_ALPHA:
        raise ValueError
    return float(value)


def _confirm(text: str) -> Json:
    try:
        value = _number(text)
    except ValueError:
        raise ValueError("write it with `=`, like --bio-confirm=10, or last") from None
    if not isinstance(value, int) or not 0 <= value <= MAX_CONFIRM:
        raise ValueError
    return value


RETRIED = ("agent_error", "environment_error", "scorer_error", "provider_error", "timed_out")
"""Outcomes of cells that can be played again at once: what is left of a cell that was lost, or at a cap, is not here."""
MAX_RETRIES = 100


def retries(text: str) -> Json:
    """`provider_error=3,timed_out=1` by outcome. Raises `ValueError`."""
    found: dict[str, Json] = {}
    for part in text.split(","):
        outcome, equals, count = (word.strip() for word in part.partition("="))
        if not equals:
            raise ValueError
        if outcome not in RETRIED:
            raise ValueError(near_match(outcome, RETRIED))
        if outcome in found:
            raise ValueError(f"{outcome} is given twice")
        found[outcome] = _whole(1, MAX_RETRIES)(count)
    return found


_TEXTS: Mapping[str, tuple[str, Callable[[str], Json]]] = {
    "data": ("a folder", _folder),
    "out": (f"a template, like {OUTPUT_PATH}", _template),
    "aggregate": (f"a template without {{seq}}, like {AGGREGATE}", _aggregate),
    "seeds": ("10 (for 0-9), 3,5 or 100-119", _seeds),
    "default_agents": ("names, like oracle,random", _names),
    "passing_score": ("a number from 0 to 1", _share),
    "report": (f"some of {', '.join(get_args(Report))}", _reports),
    "engine": ("inline, threads, threads:16 or dask", _engine),
    "concurrency": (f"a whole number from 1 to {MAX_WIDTH:,}", _whole(1, MAX_WIDTH)),
    "retries": (f"OUTCOME=TIMES, like provider_error=3, of {', '.join(RETRIED)}", retries),
    "checkpoint": (f"a whole number from 0 to {MAX_STEPS:,}", _whole(0, MAX_STEPS)),
    "steps": (f"a whole number from 1 to {MAX_STEPS:,}", _whole(1, MAX_STEPS)),
    "timeout": (f"seconds, more than 0 and at most {MAX_SECONDS:,}", _seconds),
    **dict.fromkeys(("max_usd", "cell_usd"), (f"dollars, from 0 to {MAX_USD:,.0f}", _usd)),
    **dict.fromkeys(("max_tokens", "cell_tokens"), (f"a whole number from 0 to {MAX_COUNT:,}", _whole(0, MAX_COUNT))),
    "max_cells": (f"a whole number from 1 to {MAX_COUNT:,}", _whole(1, MAX_COUNT)),
    "max_time": (f"seconds, more than 0 and at most {MAX_SECONDS:,}", _seconds),
    "memory_mb": (f"megabytes, a whole number from 1 to {MAX_MEMORY_MB:,}", _whole(1, MAX_MEMORY_MB)),
    "rate": ("PROVIDER=REQUESTS or PROVIDER=REQUESTS/TOKENS a minute, like openai=500/200000", rates),
    "limits_at": (ADDRESSES, _address),
    "baseline": ("a baseline's file, a run, tag:NAME or agent:NAME", _reference),
    "live": ("true or false", truth),
    "no_gates": ("true or false", truth),
    "alpha": (f"a number above 0, at most {MAX_ALPHA}", _alpha),
    "confirm": (f"a whole number from 0 to {MAX_CONFIRM:,}", _confirm),
    "strict": ("true or false", truth),
    **{name: (one_of(given.choices), _choice(given.choices)) for name, given in SETTINGS.items() if given.choices},
}
"""Of each setting: the texts it takes, in words, and its value from one; that raises `ValueError` with the reason, or none."""

_BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS.values()}


def setting_of(name_or_key: str) -> Setting:
    """The setting called `traces` or spelled `run.traces`. Raises `SpecError` with the nearest one."""
    found = SETTINGS.get(name_or_key) or _BY_KEY.get(name_or_key)
    if found:
        return found
    if name_or_key in SELECTING:
        what, hint = f"`{name_or_key}` selects cells and is no setting", f"ask for it with --bio-{name_or_key}"
    else:
        what, hint = f"unknown setting {shorten(name_or_key)!r}", did_you_mean(name_or_key, {*SETTINGS, *_BY_KEY}, most=30)
    raise SpecError(Complaint(what, hint=hint))


def parse_setting(name_or_key: str, text: str) -> Json:
    """The value that `text` (of an option, a variable, an ini file) means for a setting.

    The same as a YAML file holds under `key`: numbers for numbers, lists for `seeds` (each seed) and `default_agents`.
    Raises `SpecError` without a place, for whoever knows where the text comes from to add it.
    """
    setting = setting_of(name_or_key)
    expected, read = _TEXTS[setting.name]
    try:
        return read(text)
    except SpecError:
        raise  # it is a ValueError too, and says more
    except ValueError as error:
        what = f"{shorten(text)!r} is no value for `{setting.name}`" if text else f"`{setting.name}` is empty"
        raise SpecError(Complaint(what, expected=expected, hint=str(error))) from None
