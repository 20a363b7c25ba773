"""What may be asked for by name: the settings, and what selects cells; how each is called, and in which words. Light: standard
library only.

Read in every project that has the plugin, for its options and ini keys. What the texts mean is in `settings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Cells = Literal["assert", "record"]
Traces = Literal["all", "failed", "none"]
TraceFiles = Literal["auto", "json", "packed"]
Report = Literal["terminal", "markdown", "json", "html", "csv"]

OUTPUT_PATH = "results/{battery}/{date}_{seq}"
"""The built-in template, and an example of one."""
AGGREGATE = "aggregates/{battery}"
"""An example of where an aggregate is."""
MAX_ALPHA = 0.5
"""From here on a gate would rather toss a coin."""
MAX_CONFIRM = 1000


def one_of(words: Sequence[str]) -> str:
    """`words`, at least two, for a sentence: "all, failed or none"."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


@dataclass(frozen=True, slots=True)
class Word:
    """Something that is asked for by `--bio-<name>`, `ALIENBIO_<NAME>` or the ini key `bio_<name>`."""

    name: str
    help: str
    example: str = ""
    """As for a shell; '' = a flag's."""
    metavar: str = ""
    """Of the option; '' = it is a flag, or there is none."""
    repeats: bool = False
    option: bool = True
    """Whether there is a `--bio-<name>` of its own."""
    alone: str = ""
    """What the option means if no value stands behind it; '' = it needs one."""

    @property
    def spelled(self) -> str:
        """As an option has it, after `--bio-`."""
        return self.name.replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Word):
    """What YAML files may say, too, and `--bio-set <name>=...`."""

    key: str
    """Dotted, as it is spelled in a battery, in `bio.yaml` and in the user file."""
    default: str | float | None = None
    """Built-in; None = none, or (`passing_score`) that each scenario has its own."""
    choices: tuple[str, ...] = ()
    together: bool = False
    """An option, a variable or the ini file says it of all runs of a session together, a YAML file of each run alone: both
    hold, and the tighter one decides."""


SELECTING: Mapping[str, Word] = {
    word.name: word
    for word in (
        Word("scenario", "Only scenarios that fit; repeats and commas add up.", "'mutualism/*'", "GLOB", repeats=True),
        Word("agent", "Only agents that fit, as the battery calls them.", "oracle,claude*", "GLOB", repeats=True),
        Word("tag", "Only cells whose scenario or battery has the tag.", "nightly", "TAG", repeats=True),
        Word("difficulty", "Only these levels: 2, <=3, 2-4 or 1,3,5.", "'<=3'", "EXPR", repeats=True),
        Word("smoke", "Each scenario x agent once, at its lowest level and seed, sanity check included."),
        Word("shard", "Only the cells of shard I of N; `bio merge` joins the N result folders.", "2/4", "I/N"),
    )
}
"""What chooses among the cells: they are deselected, and ids and keys stay what they are. Options, environment and ini may say
it; a YAML file may not, and it is no setting."""

CONTINUING: Mapping[str, Word] = {
    word.name: word
    for word in (
        Word("resume", "Goes on with a run where it ended: the last one of each battery, or DAT.", "last", "DAT", alone="last"),
        Word("retry", "Plays cells of a run again that ended so: errors, all, or outcomes.", "provider_error,lost", "KINDS"),
        Word("reuse", "Takes over unchanged cells of earlier runs instead of playing them."),
        Word("replay", "Plays cells from the answers that DAT recorded: no network, no key, nothing spent.", "mine", "DAT"),
    )
}
"""What is played of a run that is there already. As with `SELECTING`, no YAML file may say it."""


def _chosen(name: str, help: str, example: str, choices: tuple[str, ...], metavar: str = "", *, key: str) -> Setting:
    """A setting that is one of a few words; the first of them is built in."""
    told, option = f"{help}: {one_of(choices)}.", bool(metavar)
    return Setting(name, told, example, metavar, option=option, key=key, default=choices[0], choices=choices)


_JUDGING: Sequence[tuple[str, str, str, str, str, str | float | None]] = (
    ("baseline", "Holds the run against this: a baseline's file, a run, tag:NAME or agent:NAME.", "tag:main", "REF", "", None),
    ("no_gates", "Plays and records; no gate judges.", "", "", "", False),
    ("alpha", "What a battery's gates spend together: how often they may fail a run in which nothing changed.",
     "0.01", "A", "", 0.05),
    ("confirm", "Plays the worst leaves on N fresh seeds before a gate fails; 10 if nothing is said.", "10", "N", "10", 0),
    ("strict", "A gate that is INCONCLUSIVE fails the run, too.", "", "", "", False),
)  # fmt: skip
"""Settings of the gates: name, help, example, metavar, what the option means alone, built-in value."""

_CAPPING: Sequence[tuple[str, str, str, str, str]] = (
    ("max_usd", "No more money than this, the worst case of each call set aside before it is made.", "5", "USD", "usd"),
    ("max_tokens", "No more model tokens than this, likewise.", "1000000", "N", "tokens"),
    ("max_cells", "No more cells than this are started.", "2000", "N", "cells"),
    ("max_time", "No cell is started after so many seconds.", "600", "S", "wall_clock_s"),
)
"""Caps of a run: name, help, example, metavar, key in `limits`."""

SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "data",
            "Folder that holds the result folders, else <project>/data.",
            "/scratch/bio",
            "DIR",
            key="data",
            default="data",
        ),
        Setting(
            "out",
            "Path of the result folder below it.",
            "'mine/{date}_{seq}'",
            "TEMPLATE",
            key="output_path",
            default=OUTPUT_PATH,
        ),
        Setting("aggregate", "Folder below it that gets light records, too.", f"'{AGGREGATE}'", option=False, key="aggregate"),
        Setting("seeds", "These seeds instead of the battery's; 10 means 0-9.", "100-119", "SPEC", key="seeds"),
        Setting(
            "default_agents", "Agents of batteries that name none.", "oracle,random,greedy", option=False, key="default_agents"
        ),
        _chosen("cells", "Whether a cell below the bar fails", "record", get_args(Cells), "MODE", key="cells"),
        Setting("passing_score", "Bar of batteries that set none, 0 to 1.", "0.6", option=False, key="passing_score"),
        _chosen("traces", "Which cells keep a trace", "failed", get_args(Traces), "WHICH", key="run.traces"),
        _chosen("trace_files", "How traces are stored", "packed", get_args(TraceFiles), key="run.trace_files"),
        Setting(
            "engine",
            "Who plays the cells: inline, threads[:N] or dask[:ADDRESS].",
            "threads:16",
            "ENGINE",
            key="run.engine",
        ),
        Setting("live", "Agents that cost money play, too; else their cells are skipped.", key="live", default=False),
        Setting("concurrency", "Cells that an engine plays at once.", "16", option=False, key="run.concurrency"),
        Setting(
            "retries",
            "How often a cell that broke is played again.",
            "provider_error=3",
            option=False,
            key="run.retries",
        ),
        Setting(
            "checkpoint", "Calls between two checkpoints of a cell; 0 makes none.", "20", "K", key="run.checkpoint", default=0
        ),
        Setting(
            "report",
            f"Reports of a run: {', '.join(get_args(Report))}.",
            "terminal,markdown",
            "LIST",
            key="report",
            default="terminal",
        ),
        *(
            Setting(name, told, example, metavar, key=f"limits.{key}", together=True)
            for name, told, example, metavar, key in _CAPPING
        ),
        Setting(
            "rate",
            "Requests (and tokens) a minute to a provider, shared by all workers; repeats.",
            "openai=500/200000",
            "PROVIDER=RPM[/TPM]",
            repeats=True,
            key="rate",
        ),
        Setting(
            "limits_at",
            "Where limits are shared: files of this machine, or a Redis for several machines.",
            "redis://limits.example:6379/0",
            option=False,
            key="limits_at",
            default="files",
        ),
        Setting("steps", "Calls an agent may make in a cell.", "50", option=False, key="limits.per_cell.steps"),
        Setting("timeout", "Wall-clock limit of each cell in seconds.", "30", "S", key="limits.per_cell.wall_clock_s"),
        Setting("cell_usd", "Money an agent may spend in a cell.", "0.2", option=False, key="limits.per_cell.usd"),
        Setting("cell_tokens", "Model tokens it may use in a cell.", "50000", option=False, key="limits.per_cell.tokens"),
        Setting("memory_mb", "Megabytes a cell may take.", "2000", option=False, key="limits.per_cell.memory_mb"),
        *(
            Setting(name, told, example, metavar, alone=alone, key=name, default=default)
            for name, told, example, metavar, alone, default in _JUDGING
        ),
    )
}
"""Every setting by its name, in the order people are shown them."""
