"""FACE 1: `Bio`, for notebooks and scripts."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Unpack, cast

from .errors import SpecError, StuckCellError
from .exchange import Exported, export
from .model import Battery, CellLimits, Environment, Json, Result
from .report import Document, inert
from .results.ask import Moment, Numbers, Params, Words, ask
from .results.contrast import Contrast, Options
from .results.result_set import By, Opened, ResultSet
from .results.table import Table
from .run import (
    AgentLike,
    BatchResult,
    Levels,
    OnResult,
    adhoc_battery,
    adhoc_cell,
    build_catalog,
    case_of,
    find_battery,
    find_project,
    instance_cache,
    read_ini,
    refuse_unknown,
    run_batch,
    settings,
)
from .run.again.asked import NOTHING, Resume, again, in_texts
from .run.comparing import diff_on, runs_on
from .run.limits.session import CapWords, in_words, limits_here
from .run.over_time import history
from .run.pages import report_here
from .run.reporting import report_of
from .run.rescoring.here import rescore_here
from .run.seeding import required_seeds
from .run.settings import by_setting
from .run.where import data_root_here, dats_named, two_runs
from .spec import Battery as Written
from .spec import written
from .stats import summarize
from .store.index import Index


class ResultsFace:
    """Questions to everything recorded below the data root: `Bio.results`. Opens nothing before it is asked."""

    def query(
        self,
        *,
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
        dats: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
        data: str | os.PathLike[str] | None = None,
    ) -> ResultSet:
        """The recorded cells that fit all of it, as a `ResultSet`: `query(agent="greedy", scenario="mutualism/*", since="7d")`.

        Each word takes one value or several, of which any will do. `agent`, `scenario` and `battery` are globs; times are
        `2026-01-31`, `7d`, `yesterday` or datetimes; a difficulty may be `<=3`, a seed `0-9`. `dats`: DATs by path, glob or
        battery (then its latest), like PATTERN of `bio results`; without it all below the data root. `data`: another data
        root. See `results.ask.ask`. Raises `SpecError` for words that cannot be read, `StoreError` for DATs that are none.
        """
        root = data_root_here(None if data is None else os.fspath(data), "{}=")
        query = ask(
            now=time.time(),
            agent=agent,
            scenario=scenario,
            battery=battery,
            role=role,
            seed=seed,
            outcome=outcome,
            passed=passed,
            min_score=min_score,
            max_score=max_score,
            since=since,
            until=until,
            tag=tag,
            difficulty=difficulty,
            commit=commit,
            params=params,
            note=note,
            imported=imported,
            latest=latest,
            dats=None if dats is None else dats_named(root, [dats] if isinstance(dats, str | os.PathLike) else dats),
        )
        index = Index.open(root)
        notes = index.refresh(None if query.dats is None else map(Path, query.dats))
        return ResultSet(Opened(index), query, notes=(*notes, *index.notes(query)))

    def compare(
        self,
        agents: Sequence[str],
        scenarios: Words | None = None,
        *,
        field: str = "score",
        reference: str | None = None,
        better: str | None = None,
        data: str | os.PathLike[str] | None = None,
        **options: Unpack[Options],
    ) -> Contrast:
        """Agents pair by pair (or each against `reference`) on the worlds that both have played: see `ResultSet.compare`."""
        return self.query(scenario=scenarios, data=data).compare(agents, field, reference=reference, better=better, **options)

    def compare_runs(
        self,
        *dats: str | os.PathLike[str],
        metric: str = "score",
        better: str | None = None,
        force: bool = False,
        data: str | os.PathLike[str] | None = None,
        **options: Unpack[Options],
    ) -> Document:
        """Runs against the first of them, agent by agent on the cells that both played, as `bio compare` shows it.

        `dats`: two or more, by path, tag or battery (its latest). The numbers: `document["effects"].rows("agents")`. Options:
        see `stats.compare`; `force` pairs scenarios whose content was changed, too. Raises `SpecError` and `StoreError`.
        """
        index, query, paths, typed = two_runs(dats, data)
        with index:
            return runs_on(index, query, paths, typed, metric=metric, better=better, force=force, **options)

    def diff(
        self, before: str | os.PathLike[str], after: str | os.PathLike[str], *, data: str | os.PathLike[str] | None = None
    ) -> Document:
        """What is different in a later run: every cell that changed, and what else did, as `bio compare --diff` shows it."""
        index, query, paths, typed = two_runs((before, after), data)
        with index:
            return diff_on(index, query, paths, typed)

    history = staticmethod(history)
    """A battery over all of its runs: `Bio.results.history("mine", agent="greedy", anchor="tag:release-3")`."""

    def stats(self, results: Iterable[Result], by: By = "agent", field: str = "score") -> Table:
        """What any results say, in groups: a `ResultSet`, a `BatchResult`, a list. See `ResultSet.stats`."""
        return (results if isinstance(results, ResultSet) else ResultSet.of(results)).stats(by, field)

    def report(self, results: Iterable[Result], only: Collection[str] = ()) -> Document:
        """The report of any results, as `bio report` shows it: all parts, or `only` some (`leaderboard`, `failures`, ...).

        Its numbers: `document["leaderboard"].rows("standings")`. Raises `SpecError` for a part that there is not."""
        return report_of(results, only=only)

    def export(self, results: Iterable[Result], format: str, path: str | os.PathLike[str], *, force: bool = False) -> Exported:
        """Writes any results to a file: csv, jsonl, json, parquet, excel and others (see `bio export --help`).

        Never over something that is there unless `force`. Raises `SpecError` for an unknown format, `StoreError` for what the
        disk refuses, `MissingExtraError` for a format whose package is not installed.
        """
        return export(results, format, path, force=force, leaves=lambda found: summarize(found).leaves)


class BioFace:
    """Plays single cells, batches and batteries; everything lands in a DAT below the data root.

    The project is the nearest folder upward from the working directory with a `bio.yaml`, else pytest's rootdir there.
    Arguments win over the environment, that over a battery and what pytest's ini file, `bio.yaml` and the user's file say.
    """

    results = ResultsFace()
    """What was recorded: `Bio.results.query(...)`, `.compare(...)`, `.stats(...)`, `.export(...)`."""
    report = staticmethod(report_here)
    """As a page for a browser: `Bio.report("mine").save("report.html")`."""
    required_seeds = staticmethod(required_seeds)
    """How many seeds show a drop: `Bio.required_seeds(0.05, pilot="mine", agent="greedy").n`."""
    rescore = staticmethod(rescore_here)
    """Stored cells scored again: `Bio.rescore("mine", lambda trial: Scores(1 - trial.cost / trial.budget))`."""

    def run(
        self,
        scenario: str | os.PathLike[str] | Written,
        agent: AgentLike = "greedy",
        seed: int = 0,
        difficulty: int | None = None,
        *,
        params: Mapping[str, Json] | None = None,
        resume: Resume = False,
        retry: str | Sequence[str] = (),
        reuse: bool = False,
        replay: str | os.PathLike[str] = "",
        live: bool | None = None,
        data: str | os.PathLike[str] | None = None,
        **caps: Unpack[CapWords],
    ) -> Result | BatchResult:
        """Plays one cell and gives its `ExperimentResult` (`score scores passed success outcome trajectory dat_path`).

        A battery (`experiments/mutualism_battery`, a file, `file::head`, a DAT to be played again, a `Battery`) is played
        whole and gives a `BatchResult`; agent, seed and difficulty are then its own, and `resume`, `retry`, `reuse` and caps
        mean what they mean to `batch`. Raises `SpecError` for names nobody knows.
        """
        said = in_texts(resume, retry, reuse=reuse, replay=replay)
        here = _Here(data, {**said, **in_words({"live": live, **caps})})
        if isinstance(scenario, Written):
            return here.play(written(scenario))
        name = os.fspath(scenario)
        if battery := find_battery(name, here.project.root):
            return here.play(battery)
        if said:
            raise SpecError(f"{next(iter(said))}= is about a run of a battery, and {name} is a scenario; leave it out")
        battery = adhoc_cell(name, agent, seed, difficulty=difficulty, params=params)
        refuse_unknown(name, here.project.root, here.catalog)
        played: list[Result] = []
        here.play(battery, keep={"seeds"}, new=True, on_result=lambda cell, result: played.append(result))
        return played[0]

    def batch(
        self,
        scenarios: str | Sequence[str],
        agents: AgentLike | Sequence[AgentLike],
        seeds: int | Sequence[int] | None = None,
        *,
        difficulty: Levels = None,
        passing_score: float | None = None,
        limits: CellLimits | None = None,
        engine: str | None = None,
        name: str = "batch",
        resume: Resume = False,
        retry: str | Sequence[str] = (),
        reuse: bool = False,
        replay: str | os.PathLike[str] = "",
        live: bool | None = None,
        data: str | os.PathLike[str] | None = None,
        **caps: Unpack[CapWords],
    ) -> BatchResult:
        """Plays scenarios x agents x seeds in this process.

        Scenarios are names or globs; agents names, or classes that make one; seeds how many (from 0) or which, else those
        of the configuration, else 10. What is given here wins over every configuration. `engine` plays many cells at once
        (`"threads:16"`); results keep their order. `resume`: go on with the last run of this `name` (True), or with that DAT;
        `retry`: play its cells again that ended so (`"errors"`, `"lost"`); `reuse`: take over unchanged cells of earlier DATs;
        `replay`: play from the answers that this DAT recorded; `live`: whether agents that cost money play. The result has all
        cells, old and new. Caps are `max_usd`, `max_tokens`, `max_cells`, `max_time` (seconds); what they cut short is
        `incomplete`. Raises `SpecError`, and `StuckCellError` for a cell that cannot be stopped.
        """
        said = in_words({"engine": engine, "live": live, **caps})
        here = _Here(data, {**in_texts(resume, retry, reuse=reuse, replay=replay), **said})
        configured = cast("Sequence[int] | None", here.settings.values["seeds"].value)
        battery = adhoc_battery(
            name,
            scenarios,
            agents,
            (configured or 10) if seeds is None else seeds,
            difficulty=difficulty,
            passing_score=passing_score,
            limits=limits,
        )
        given = {"passing_score": passing_score, **by_setting(limits or CellLimits())}
        return here.play(battery, keep={"seeds", *(name for name, value in given.items() if value is not None)})

    def build(self, scenario: str, seed: int = 0, difficulty: int | None = None) -> Environment:
        """The environment of a scenario at a seed, reset and ready to be stepped by hand."""
        here = _Here()
        cache = instance_cache(here.settings.data_root(here.project.root))
        environment = here.catalog.make_environment(case_of(here.catalog, scenario, difficulty), cache)
        environment.reset(seed)
        return environment


class _Here:
    """What holds in the working directory, looked up anew for each call."""

    def __init__(self, data: str | os.PathLike[str] | None = None, said: Mapping[str, str] | None = None) -> None:
        self.project = find_project(Path.cwd(), walk=True)
        self.catalog = build_catalog(self.project.scenario_files)
        ini, ini_file = read_ini(Path.cwd())
        options = {**(said or {}), **({"data": os.fspath(data)} if data else {})}
        self.settings = settings(self.project, options=options, ini=ini, ini_file=ini_file, flag="{}=")

    def play(
        self, battery: Battery, *, keep: Collection[str] = (), new: bool = False, on_result: OnResult | None = None
    ) -> BatchResult:
        applied = self.settings.apply(battery, keep=keep)
        root = self.settings.data_root(self.project.root)
        with limits_here(self.settings, root) as session:
            return run_batch(
                applied,
                self.project,
                self.catalog,
                root,
                strict=bool(self.settings.values["strict"].value),
                again=NOTHING if new else again(self.settings.continuing, "{}="),
                session=session,
                on_result=on_result,
                on_stuck=_say,
            )


def _say(error: StuckCellError) -> None:
    """Tells a person whose process a cell does not let go. Ending it is up to them: there may be a notebook in it."""
    with suppress(OSError, ValueError, AttributeError):  # a closed stream, or none
        sys.stderr.write(f"\n{inert(str(error), most=4096)}\nIt cannot be interrupted: restart this process (the kernel).\n")
        sys.stderr.flush()


Bio = BioFace()
"""The one object notebooks need: `Bio.run(...)`, `Bio.batch(...)`, `Bio.build(...)`, `Bio.results.query(...)`."""
