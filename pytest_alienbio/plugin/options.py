"""Command-line options and ini keys; the values as one frozen `Options`. Light: stdlib only, it is read in every project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from .compat import ini_values

SELECTING = ("scenario", "agent", "tag", "difficulty", "smoke")
"""Options that say which cells play. They deselect; ids and keys of cells stay what they are."""

_SAME_CELL = ("seeds", "cells", "timeout")

GROUPS = {
    "alienbio-select": "alienbio: which cells are played",
    "alienbio-run": "alienbio: how they are played, and where results go",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be asked for: by `--bio-<name>` if it is in a `group`, and by the ini key `bio_<name>`."""

    name: str
    help: str
    example: str
    group: str = ""
    metavar: str = ""
    """'' = a flag."""
    repeats: bool = False


_SELECT, _RUN = GROUPS

OPTIONS = (
    Option("scenario", "Only scenarios that fit; repeats and commas add up.", "'mutualism/*'", _SELECT, "GLOB", True),
    Option("agent", "Only agents that fit, as the battery calls them.", "oracle,claude*", _SELECT, "GLOB", True),
    Option("seeds", "These seeds instead of the battery's; 10 means 0-9.", "100-119", _SELECT, "SPEC"),
    Option("tag", "Only cells whose scenario or battery has the tag.", "nightly", _SELECT, "TAG", True),
    Option("difficulty", "Only these levels: 2, <=3, 2-4 or 1,3,5.", "'<=3'", _SELECT, "EXPR", True),
    Option("smoke", "Each scenario x agent once, at its lowest level and seed, sanity check included.", "", _SELECT),
    Option("cells", "Whether a cell below the bar fails: assert or record.", "record", _RUN, "MODE"),
    Option("timeout", "Wall-clock limit of each cell in seconds.", "30", _RUN, "S"),
    Option("traces", "Which cells keep a trace: all, failed or none.", "failed", _RUN, "WHICH"),
    Option("data", "Folder that holds the result folders, else <project>/data.", "/scratch/bio", _RUN, "DIR"),
    Option("out", "Path of the result folder below it.", "'mine/{date}_{seq}'", _RUN, "TEMPLATE"),
    Option("default_agents", "Agents of batteries that name none.", "oracle,random,greedy"),
    Option("passing_score", "Bar of batteries that set none, 0 to 1.", "0.6"),
    Option("steps", "Calls an agent may make in a cell.", "50"),
    Option("trace_files", "How traces are stored: auto, json or packed.", "packed"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the ini file say, as text; what nobody said is not there."""

    given: Mapping[str, str]
    """`--bio-*` by name. A repeated option's values are joined with commas; a flag is `true`."""
    assignments: tuple[str, ...]
    """`--bio-set`, each `KEY=VALUE`."""
    ini: Mapping[str, object]
    """The ini file's own keys and values, whatever they are, with `-o` overrides."""

    def again(self) -> list[str]:
        """The arguments under which a cell is the same when it is played again; those that choose cells are left out."""
        kept = [f"--bio-{name}={self.given[name]}" for name in _SAME_CELL if name in self.given]
        return [*kept, *(f"--bio-set={assignment}" for assignment in self.assignments)]


def add_options(parser: pytest.Parser) -> None:
    """Adds the `--bio-*` options and `bio_*` ini keys."""
    groups = {name: parser.getgroup(name, title) for name, title in GROUPS.items()}
    for option in OPTIONS:
        parser.addini(f"bio_{option.name}", _ini_help(option), default=None)
        if option.group:
            kind: dict[str, Any] = {"metavar": option.metavar} if option.metavar else {"action": "store_true"}
            if option.repeats:
                kind["action"] = "append"
            groups[option.group].addoption(f"--bio-{option.name}", help=_option_help(option), **kind)
    groups[_RUN].addoption(
        "--bio-set",
        action="append",
        metavar="KEY=VALUE",
        help="Any setting, by its name or its key in a battery. Example: --bio-set run.trace_files=packed",
    )
    groups[_RUN].addoption(
        "--bio-dry-run",
        action="store_true",
        help="Check everything and print the plan, its time and its size; play and write nothing. Example: --bio-dry-run -n 4",
    )
    parser.addini("bio_batteries", "More file globs that are batteries. Example: *.bat.yaml", type="args", default=[])


def _option_help(option: Option) -> str:
    return f"{option.help} Example: --bio-{option.name} {option.example}".rstrip()


def _ini_help(option: Option) -> str:
    wins = f" --bio-{option.name} wins." if option.group else ""
    return f"{option.help}{wins} Example: bio_{option.name} = {option.example.strip(chr(39)) or 'true'}"


def any_given(config: pytest.Config) -> bool:
    """Whether the command line holds one of our options."""
    names = [option.name for option in OPTIONS if option.group]
    return any(config.getoption(f"bio_{name}") not in (None, False) for name in [*names, "set"])


def options(config: pytest.Config) -> Options:
    """The values for this session, unchecked."""
    given: dict[str, str] = {}
    for option in OPTIONS:
        value = config.getoption(f"bio_{option.name}") if option.group else None
        if value is not None and value is not False:
            given[option.name] = "true" if value is True else ",".join(value) if option.repeats else str(value)
    return Options(
        given=given,
        assignments=tuple(config.getoption("bio_set") or ()),
        ini=ini_values(config),
    )
