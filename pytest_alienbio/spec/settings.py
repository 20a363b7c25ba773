"""The settings: what may be said for all batteries at once, under which names, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Json
from .ranges import parse_seeds
from .scalars import ScalarError, plain_scalar, shorten
from .template import template_problem

MAX_STEPS = 1_000_000
MAX_SECONDS = 2_592_000
"""Thirty days."""

SELECTING = ("scenario", "agent", "tag", "difficulty", "smoke")
"""What chooses among the cells. Options, environment and ini may say it; a YAML file may not, and it is no setting."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table `SETTINGS`."""

    name: str
    """Elsewhere than in YAML: `ALIENBIO_<NAME>`, ini `bio_<name>`, `--bio-set <name>=...`."""
    key: str
    """Dotted, as it is spelled in a battery, in `bio.yaml` and in the user file."""
    what: str
    """What it decides, in a few words."""
    expected: str
    """The texts it takes."""
    read: Callable[[str], Json]
    """Its value from a text; raises `ValueError` with the reason, which may be empty."""
    default: Json = None
    """Built-in; None = none, or (`passing_score`) that each scenario has its own."""
    option: bool = False
    """Whether there is a `--bio-<name>` of its own."""
    choices: tuple[str, ...] = ()


def _folder(text: str) -> Json:
    if not text.strip() or "\0" in text:
        raise ValueError
    return text


def _template(text: str) -> Json:
    if problem := template_problem(text):
        raise ValueError(problem)
    return text


def _seeds(text: str) -> Json:
    return list(parse_seeds(text))


def _names(text: str) -> Json:
    from .checks import name_problem  # late: `checks` needs this module's table for its words

    names = [part.strip() for part in text.split(",")]
    for name in names:
        if problem := name_problem(name):
            raise ValueError(f"one of the names cannot be one: {problem}")
    if len(set(names)) < len(names):
        raise ValueError("a name is given twice")
    return list[Json](names)


def _choice(*choices: str) -> Callable[[str], Json]:
    def read(text: str) -> Json:
        if text not in choices:
            near = did_you_mean(text, choices)
            raise ValueError(near if near.startswith("did") else "")
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


def _steps(text: str) -> Json:
    value = _number(text)
    if not isinstance(value, int) or not 1 <= value <= MAX_STEPS:
        raise ValueError
    return value


def _seconds(text: str) -> Json:
    value = _number(text)
    if not 0 < value <= MAX_SECONDS:
        raise ValueError
    return float(value)


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]])


def _one_of(name: str, key: str, what: str, choices: tuple[str, ...], default: str, *, option: bool = False) -> Setting:
    return Setting(name, key, what, _listed(choices), _choice(*choices), default, option, choices)


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("data", "data", "folder of the result folders (DATs)", "a folder", _folder, "data", True),
        Setting(
            "out",
            "output_path",
            "path of a DAT below the data root",
            "a template, like results/{battery}/{date}_{seq}",
            _template,
            "results/{battery}/{date}_{seq}",
            True,
        ),
        Setting("seeds", "seeds", "which worlds are played", "10 (for 0-9), 3,5 or 100-119", _seeds, None, True),
        Setting(
            "default_agents", "default_agents", "who plays where a battery names no agents", "names, like oracle,random", _names
        ),
        _one_of("cells", "cells", "whether a cell below the bar fails", ("assert", "record"), "assert", option=True),
        Setting("passing_score", "passing_score", "the bar", "a number from 0 to 1", _share),
        _one_of("traces", "run.traces", "which cells keep a trace", ("all", "failed", "none"), "all", option=True),
        _one_of("trace_files", "run.trace_files", "how traces are kept", ("auto", "json", "packed"), "auto"),
        Setting(
            "steps",
            "limits.per_cell.steps",
            "how often an agent may act in a cell",
            f"a whole number from 1 to {MAX_STEPS:,}",
            _steps,
        ),
        Setting(
            "timeout",
            "limits.per_cell.wall_clock_s",
            "wall-clock limit of a cell, in seconds",
            f"seconds, more than 0 and at most {MAX_SECONDS:,}",
            _seconds,
            None,
            True,
        ),
    )
}
"""Every setting by its name, in the order people are shown them."""

_BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS.values()}


def setting_of(name_or_key: str) -> Setting:
    """The setting called `traces` or spelled `run.traces`. Raises `SpecError` with the nearest one."""
    found = SETTINGS.get(name_or_key) or _BY_KEY.get(name_or_key)
    if found:
        return found
    if name_or_key in SELECTING:
        what, hint = f"`{name_or_key}` selects cells and is no setting", f"ask for it with --bio-{name_or_key}"
    else:
        what, hint = f"unknown setting {shorten(name_or_key)!r}", did_you_mean(name_or_key, {*SETTINGS, *_BY_KEY}, most=20)
    raise SpecError(Complaint(what, hint=hint))


def parse_setting(name_or_key: str, text: str) -> Json:
    """The value that `text` (of an option, a variable, an ini file) means for a setting.

    The same as a YAML file holds under `key`: numbers for numbers, lists for `seeds` (each seed) and `default_agents`.
    Raises `SpecError` without a place, for whoever knows where the text comes from to add it.
    """
    setting = setting_of(name_or_key)
    try:
        return setting.read(text)
    except SpecError:
        raise  # it is a ValueError too, and says more
    except ValueError as error:
        what = f"{shorten(text)!r} is no value for `{setting.name}`" if text else f"`{setting.name}` is empty"
        raise SpecError(Complaint(what, expected=setting.expected, hint=str(error))) from None
