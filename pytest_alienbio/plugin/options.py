"""Command-line options and ini keys; the values as one frozen `Options`. Light: stdlib only, it is read in every project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ..spec.names import CONTINUING, SELECTING, SETTINGS, Word
from .compat import ini_values

GROUPS = {
    "alienbio-select": "alienbio: which cells are played",
    "alienbio-run": "alienbio: how they are played, and where results go",
    "alienbio-judge": "alienbio: what the run is held against",
}
_SELECT, _RUN, _JUDGE = GROUPS

WORDS: tuple[Word, ...] = (*SELECTING.values(), *CONTINUING.values(), *SETTINGS.values())
_WHICH = (*SELECTING, "seeds")
_JUDGING = ("cells", "baseline", "no_gates", "alpha", "confirm", "strict")
_AGAIN = tuple(word for word in WORDS if word.name in ("seeds", "cells", "timeout", "live", "replay"))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the ini file say, as text; what nobody said is not there."""

    given: Mapping[str, str]
    """`--bio-*` by name. A repeated option's values are joined with commas; a flag is `true`."""
    assignments: tuple[str, ...]
    """`--bio-set`, each `KEY=VALUE`."""
    labels: tuple[str, ...]
    """`--bio-label`, each `K=V`."""
    note: str
    """`--bio-note`; '' = none."""
    save_baseline: str | None
    """`--bio-save-baseline`: the baseline's name, '' = the battery's own; None = nothing is saved."""
    no_runs: bool
    """Whether experiments get no `runs/` beside them."""
    ini: Mapping[str, object]
    """The ini file's own keys and values, whatever they are, with `-o` overrides."""

    def again(self) -> list[str]:
        """The arguments under which a cell is the same when it is played again; those that choose cells are left out."""
        said = [(f"--bio-{word.spelled}", word.metavar, self.given[word.name]) for word in _AGAIN if word.name in self.given]
        kept = [f"{option}={text}" if metavar else option for option, metavar, text in said]
        return [*kept, *(f"--bio-set={assignment}" for assignment in self.assignments)]


def add_options(parser: pytest.Parser) -> None:
    """Adds the `--bio-*` options and `bio_*` ini keys."""
    groups = {name: parser.getgroup(name, title) for name, title in GROUPS.items()}
    for word in WORDS:
        parser.addini(f"bio_{word.name}", _ini_help(word), default=None)
        if word.option:
            kind: dict[str, Any] = {"metavar": word.metavar} if word.metavar else {"action": "store_true"}
            if word.repeats:
                kind["action"] = "append"
            if word.alone:
                kind |= {"nargs": "?", "const": word.alone}
            group = groups[_SELECT if word.name in _WHICH else _JUDGE if word.name in _JUDGING else _RUN]
            group.addoption(f"--bio-{word.spelled}", help=_option_help(word), **kind)
    groups[_JUDGE].addoption(
        "--bio-save-baseline",
        nargs="?",
        const="",
        metavar="NAME",
        help="Make the run what later ones are held against, if it is whole and no gate objects; a NAME is written with `=`. "
        "Example: --bio-save-baseline",
    )
    groups[_RUN].addoption(
        "--bio-set",
        action="append",
        metavar="KEY=VALUE",
        help="Any setting, by its name or its key in a battery. Example: --bio-set run.trace_files=packed",
    )
    groups[_RUN].addoption(
        "--bio-label",
        action="append",
        metavar="K=V",
        help="Tag the run with K=V, as `bio tag` does; may be repeated. Example: --bio-label gpu=a100",
    )
    groups[_RUN].addoption(
        "--bio-note",
        metavar="TEXT",
        help="A note about the run, as `bio note` writes it. Example: --bio-note 'after the fix'",
    )
    groups[_RUN].addoption(
        "--bio-dry-run",
        action="store_true",
        help="Check everything and print the plan, its time and its size; play and write nothing. Example: --bio-dry-run -n 4",
    )
    groups[_RUN].addoption(
        "--bio-no-runs",
        action="store_true",
        help="Leave out the folders runs/run-001, ... that experiments (config.yaml) get beside them. Example: --bio-no-runs",
    )
    parser.addini("bio_batteries", "More file globs that are batteries. Example: *.bat.yaml", type="args", default=[])


def _option_help(word: Word) -> str:
    return f"{word.help} Example: --bio-{word.spelled}{'=' if word.alone else ' '}{word.example}".rstrip()


def _ini_help(word: Word) -> str:
    wins = f" --bio-{word.spelled} wins." if word.option else ""
    return f"{word.help}{wins} Example: bio_{word.name} = {word.example.strip(chr(39)) or 'true'}"


def any_given(config: pytest.Config) -> bool:
    """Whether the command line holds one of our options."""
    names = [word.name for word in WORDS if word.option]
    names += ["set", "label", "note", "save_baseline", "no_runs"]
    return any(config.getoption(f"bio_{name}") not in (None, False) for name in names)


def options(config: pytest.Config) -> Options:
    """The values for this session, unchecked."""
    given: dict[str, str] = {}
    for word in WORDS:
        value = config.getoption(f"bio_{word.name}") if word.option else None
        if value is not None and value is not False:
            given[word.name] = "true" if value is True else ",".join(value) if word.repeats else str(value)
    return Options(
        given=given,
        assignments=tuple(config.getoption("bio_set") or ()),
        labels=tuple(config.getoption("bio_label") or ()),
        note=str(config.getoption("bio_note") or ""),
        save_baseline=config.getoption("bio_save_baseline"),
        no_runs=bool(config.getoption("bio_no_runs")),
        ini=ini_values(config),
    )
