"""A whole battery played here and now, without pytest: what `Bio.batch` and `bio batch` do."""

from __future__ import annotations

import os
import shlex
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ..engine import Engine, open_engine
from ..errors import EngineError, SpecError, StoreError, StuckCellError
from ..model import Battery, Call, Cell, Outcome, Plan, Result, Selection, Summary, Verdict, engine_choice
from ..model.caps import NO_CAPS
from ..play import Catalog
from ..report import Document
from ..report.brief import brief
from ..report.gate import worst
from ..stats import summarize
from ..store import dat
from .again.asked import NOTHING, Again
from .again.start import Start
from .again.starting import begin, foresee
from .answers import with_answers
from .closing import Closed, close_dat
from .durations import longest_first
from .execute import OnResult, execute
from .gates.confirming import Confirming
from .gates.judging import Judging, gates_of, need
from .gates.looking import Looking
from .limits.limiting import Limiting
from .limits.session import SessionLimits
from .limits.worst_case import check_worst_case
from .models import check_models, unreplayable
from .opening import new_run_id
from .prepare import prepare
from .project import Project
from .replaying import record_asked, with_replay
from .run import Run
from .selection import nothing_left
from .where import instance_cache


@dataclass(frozen=True, slots=True, repr=False)
class BatchResult:
    """A finished battery: its results, and what they say. Iterating gives the results in the plan's order.

    As text it is a few lines: how it ended, each agent's mean with its interval, and the DAT's path.
    """

    results: tuple[Result, ...]
    summary: Summary
    status: str
    """`passed`, `failed`, `incomplete`, `invalid`, `inconclusive` or `interrupted`; see the outcome table."""
    document: Document
    dat_path: Path
    on_terminal: Document
    """What a terminal shows of the document: see `Closed`."""
    verdicts: tuple[Verdict, ...] = ()
    """What each of its gates says."""

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __repr__(self) -> str:
        return brief(self.document, self.status)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def verdict(self) -> Call | None:
        """The worst that a gate says; None without gates."""
        return worst(self.verdicts)

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many cells ended in each outcome."""
        return dict(Counter(result.outcome for result in self.results))

    def mean(self, agent: str | None = None) -> float | None:
        """One agent's mean over its scenarios' means; without an agent the mean of all scored cells. None without a score."""
        if agent is None:
            scores = [result.score for result in self.results if result.score is not None]
            return sum(scores) / len(scores) if scores else None
        return next((standing.mean for standing in self.summary.standings if standing.agent == agent), None)

    def pass_rate(self, agent: str | None = None) -> float | None:
        """Share of scored cells that passed; errors and skipped cells are in no denominator. None without any."""
        judged = [r.passed for r in self.results if r.passed is not None and agent in (None, r.agent)]
        return sum(judged) / len(judged) if judged else None


_FROZEN = "The run has ended with it. Results so far are kept in {}.\n`bio batch BATTERY --resume` goes on after that cell.\n"


def run_batch(
    battery: Battery,
    project: Project,
    catalog: Catalog,
    data_root: Path,
    *,
    command: Sequence[str] | None = None,
    strict: bool = False,
    again: Again = NOTHING,
    shard: tuple[int, int] | None = None,
    session: SessionLimits | None = None,
    on_plan: Callable[[Plan, str], None] | None = None,
    on_result: OnResult | None = None,
    on_stuck: Callable[[StuckCellError], None] | None = None,
    notice: Callable[[str], None] = warnings.warn,
    mortal: bool = False,
    on_interrupted: Callable[[Closed], None] | None = None,
) -> BatchResult:
    """Plays every cell of `battery` into a new DAT, or what `again` asks for of a run that is there already; the result has
    all cells, old and new. After a Ctrl-C (see `stoppable`) the DAT is closed as `interrupted`, `on_interrupted` is told, and
    it passes on.

    `shard`: which part of how many is played, see `sharding`; a part is not judged. `session`: what it may take together with
    other runs, whose caller closes it; None = what the battery says alone. A run that a cap cut short is `incomplete`.

    Then its gates are judged; `strict` is whether INCONCLUSIVE is no success. Raises `SpecError` before the first cell for a
    baseline that is missing.

    A cell that cannot be stopped ends the run: its DAT is closed, then `on_stuck` is told so, in another thread, while the
    cell still holds this one. Should it ever let go, the same `StuckCellError` is raised here. `mortal`: this process may be
    ended for a cell that lets nothing else run in it; standard error says so.
    """
    catalog = with_answers(catalog, data_root)
    catalog = with_replay(catalog, record_asked(again, data_root), battery.engine or "", again.source("replay"))
    plan, catalog = prepare(battery, project, catalog, session.rates if session else None)
    battery, run_id = plan.battery, new_run_id()
    caps = session.caps if session else NO_CAPS
    check_worst_case(plan, catalog, caps)
    source = source_here(battery.source, project.root)
    chosen = Selection(shard=shard)
    start = foresee(again, plan, data_root=data_root, source=source, shard=shard)
    engine: Engine | None = None
    try:
        if said := nothing_left([plan], chosen, {"shard": "shard"}):
            raise SpecError(said)
        check_models(plan, catalog, start.play)
        if said := unreplayable(plan, catalog):
            notice(f"{battery.name}: {said}")
        if battery.engine_by_default and len(start.play) > 1:
            notice(
                f"{battery.name} has language models, which wait: {battery.engine} plays its cells, unless an engine is named"
            )
        if on_plan:
            on_plan(start.of(plan), start.in_words(plan))
        gates = gates_of(plan, project=project.root, data_root=data_root, exclude=start.dat_path)
        need(gates, "with --set no_gates=true it is played and not judged")
        engine = open_engine(engine_choice(battery.engine or "inline", battery.concurrency))
        dat_path, hold = begin(
            start,
            plan,
            data_root=data_root,
            run_id=run_id,
            project=project.root,
            source=source,
            command=command,
            selection=chosen if shard else None,
            play=len(start.play) if shard else None,
            limits=session.name if session else "",
        )
    except BaseException:
        start.release()
        if engine:
            engine.shutdown(wait=False)
        raise
    run = Run.of_plan(plan, dat_path, run_id, "main", start.attempts)
    if mortal and battery.timed:
        run.end_if_frozen(_FROZEN.format(dat_path), say_on=2)
    shared = session or SessionLimits(data_root, run_id)
    limiting = Limiting(shared, battery.caps, str(dat_path))
    confirm = Confirming(plan, catalog, project, dat_path, run_id, instance_cache(data_root), command, limiting=limiting)
    how = Judging(gates, confirm=confirm if any(gate.rule.confirm for gate in gates) else None, strict=strict, shard=shard)
    closed: list[Closed | None] = []
    closing = Lock()

    def close(*, interrupted: bool) -> Closed | None:
        with closing:
            if not closed:
                with hold or nullcontext():
                    run.close()
                    made = close_dat(
                        dat_path,
                        plan,
                        run_id=run_id,
                        selected=start.play | start.before,
                        due=start.play,
                        interrupted=interrupted,
                        command=lambda cell: _command(battery, cell),
                        judging=how,
                        stands=start.whole,
                        limiting=limiting,
                        data_root=data_root,
                    )
                    shared.close(last=session is None)
                closed.append(made)
            return closed[0]

    def stuck(result: Result) -> None:
        close(interrupted=False)
        if on_stuck:
            on_stuck(StuckCellError(result.id, result.reason, str(dat_path)))

    way = None
    try:
        if not engine.at_home:
            from .elsewhere.abroad import go_abroad

            way = go_abroad(
                engine, run, plan, catalog, project=project.root, data_root=data_root, limiting=limiting, notice=notice
            )
    except BaseException:
        engine.shutdown(wait=False)
        if start.before:
            close(interrupted=False)
        else:
            with hold or nullcontext(), suppress(StoreError):
                dat.discard(dat.open(dat_path))
        raise
    results: list[Result] = []
    due: Sequence[Cell] = start.of(plan).cells
    if engine.width > 1 and caps.cells is None and battery.caps.cells is None:
        due = longest_first(due, battery, catalog, data_root, instance_cache(data_root))
    interrupted = True
    try:
        results = execute(
            due,
            run,
            catalog,
            limits=battery.limits,
            limiting=limiting,
            engine=engine,
            cache=instance_cache(data_root),
            on_result=on_result,
            on_stuck=stuck,
            instead=Looking(dat_path, run_id, plan, lambda: how).instead if battery.looks else None,
            elsewhere=way,
        )
        interrupted = False
    except EngineError:
        interrupted = False  # nobody stopped it; what was not played is `not_run`
        raise
    finally:
        if way:
            way.close()
        engine.shutdown(wait=False, cancel_futures=True)
        end = close(interrupted=interrupted)
        if interrupted and end and on_interrupted:
            on_interrupted(end)
    assert end is not None
    results = _all(results, start, plan, dat_path)
    return BatchResult(tuple(results), summarize(results), end.status, end.document, dat_path, end.on_terminal, end.verdicts)


def _all(played: list[Result], start: Start, plan: Plan, dat_path: Path) -> list[Result]:
    """What was played, and what was not because it has its record, in the plan's order."""
    before = dat.open(dat_path).results() if start.before else ()
    found = {result.id: result for result in before if result.id in start.before}
    found |= {result.id: result for result in played}
    return [found[cell.id] for cell in plan.cells if cell.id in found]


def source_here(source: str, root: Path) -> str:
    """A battery's file as pytest's ids would spell it: relative to the project, if it lies in it."""
    path = os.path.abspath(source) if source else ""
    return Path(os.path.relpath(path, root)).as_posix() if source and Path(path).is_relative_to(root) else source


def _command(battery: Battery, cell: Cell) -> str:
    """What plays `cell` again: pytest for one of a battery file, `bio run` for one from arguments."""
    if battery.source:
        return f"pytest {shlex.quote(f'{battery.source}::{battery.name}::{cell.id}')}"
    level = [] if cell.case.difficulty is None else ["--difficulty", str(cell.case.difficulty)]
    return shlex.join(["bio", "run", cell.case.scenario, "--agent", cell.agent.name, "--seed", str(cell.seed), *level])
