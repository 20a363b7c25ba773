"""The end of a run: what was never played is said, results are written, the report is decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import AlienBioError, StoreError
from ..model import Call, Cell, Finding, Outcome, Plan, Result, Verdict
from ..model.brief import Told
from ..model.model_use import answered_by_several
from ..model.result import CLOSER
from ..play import result_of
from ..report import Counts, Document, as_json, many, render_markdown
from ..report.build import build
from ..report.gate import worst
from ..report.spend import spend
from ..results.failures import grouped
from ..stats import MIN_CELLS, MIN_CELLS_SMOKE, summarize
from ..store import Dat, aggregate, dat, journal_of, log
from ..store.closing import Books
from ..store.layout import PAGE, REPORTS
from ..store.reports import write_reports
from ..store.verdicts import read_verdicts, write_verdicts
from .gates.judging import NO_GATES, Judging, in_short
from .gates.looking import judged, saved
from .limits.limiting import Limiting
from .reading import Reading
from .run import Run
from .runs import write_runs
from .surroundings import differences

EXIT_CODES: Mapping[str, int] = {
    "passed": 0,
    "failed": 1,
    "incomplete": 3,
    "invalid": 3,
    "inconclusive": 4,
    "interrupted": 130,
}
"""What `bio` exits with, by a DAT's status: `invalid` and `inconclusive` (where that is no success) are its gates' words."""


_GO_ON = "to play what is left, with caps that count anew: --bio-resume (`bio batch`: --resume)"
_GO_ON_OVER = (
    "to play what is left, with caps that count anew: --bio-resume --bio-retry=over_limit (`bio batch`: --resume "
    "--retry=over_limit)"
)


@dataclass(frozen=True, slots=True)
class Closed:
    """A DAT after its run: its status, what is wrong with its scenarios, and the report."""

    dat_path: Path
    status: str
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    """What its gates say, in their order."""
    document: Document
    on_terminal: Document
    """What a terminal shows of it: all, or where its battery wants no report there, how the run ended and where it is."""
    failed_before: int = 0
    """Cells that count as failed and were not played by this run: recorded by an earlier one of the DAT, or reused."""


def recorded_by(dat_path: Path, run_id: str, worker: str, cell: Cell) -> Result | None:
    """What one writer of a run recorded for `cell` last, if anything. Reads that writer's journal only."""
    found = None
    for result in journal_of(dat_path, run_id, worker):
        if result.id == cell.id:
            found = result
    return found


def close_dat(
    dat_path: Path,
    plan: Plan,
    *,
    run_id: str,
    selected: Collection[str],
    interrupted: bool,
    command: Callable[[Cell], str],
    due: Collection[str] | None = None,
    smoke: bool = False,
    judging: Judging = NO_GATES,
    stands: bool = False,
    limiting: Limiting | None = None,
    runs: Collection[str] = (),
    data_root: Path | None = None,
) -> Closed | None:
    """Closes a run's DAT. Cells of `due` (ids; by default of `selected`) without any record are booked as `not_run`.

    Then the gates of `judging` are judged. After a `smoke` run oracle and noop are held to their bounds from one cell on, and
    it is said if they were not there. A DAT in which no cell was started is removed, and None comes back; after an interrupt
    only if none was selected, for one may have been on its way. Closing twice writes the same again. `runs`: ids of
    others that are parts of this run, and not from before it. `stands`: nothing was
    played since it was closed last, so what its gates said then is what they say. `limiting` tells how far the run's caps
    were used. `data_root`, where the DAT is: with it a battery that asks for a page gets one.
    """
    opened = dat.known(dat_path)
    reading = Reading(plan, run_id, command, MIN_CELLS_SMOKE if smoke else MIN_CELLS, runs)
    books = opened.books()
    summary = summarize(_everything(reading, opened, books, selected if due is None else due, interrupted))
    if reading.discarded:
        return None
    took = reading.took
    for attempt in filter(reading.is_mine, opened.other_attempts(books)):
        took.pay(attempt)
    took.uses = limiting.uses() if limiting else ()
    told = read_verdicts(opened.path) if stands else ()
    verdicts = (
        told
        if _answers(told, judging)
        else judged(
            opened.path,
            plan,
            judging,
            run_id=run_id,
            selected=selected,
            cut_short="it was interrupted" if interrupted else _cut_short(reading),
            broken=[finding.sentence for finding in reading.findings],
        )
    )
    took.uses = limiting.uses() if limiting and judging.confirm else took.uses  # which may have played more
    status = _status(reading, interrupted, worst(verdicts), judging.strict)
    notes = list(differences(plan.battery.experiment, opened.environment())) if plan.battery.experiment else []
    notes += filter(None, (answered_by_several(agent, by) for agent, by in reading.answered.items()))
    notes += [
        *saved(plan, reading.needless),
        *opened.notes,
        *log.noticed(opened.path, run_id),
        *(f"{count} cells not run: {reason}" for reason, count in reading.reasons.items()),
        *([_GO_ON_OVER if reading.took.over else _GO_ON] if _capped(reading) else []),
    ]
    if any(leaf.worlds is not None and leaf.worlds < leaf.n for leaf in summary.leaves):
        notes.append("intervals count worlds (difficulty x seed): surfaces and params of one world are not independent")
    if smoke:
        notes += _unchecked(plan, selected)
    try:
        write_runs(opened, plan, run_id)
    except StoreError as error:
        notes.insert(0, f"runs/ is not complete: {error}; the result folder has every trial")
    try:
        if light := aggregate.told_by(opened.path):
            aggregate.add(opened.path, *light)
    except OSError as error:
        notes.insert(0, f"the aggregate is not complete: {error}; `bio aggregate` adds what is missing")
    counts = Counts(len(plan), len(selected), reading.recorded, reading.before, reading.reused)
    failures = grouped(reading.failures)

    def reported() -> Document:
        return build(
            title=plan.battery.name,
            summary=summary,
            verdicts=verdicts,
            failures=failures,
            skipped=reading.skipped,
            findings=reading.findings,
            notes=notes,
            dat_path=str(opened.path),
            counts=counts,
            spent=spend(took.usage, took.unknown, took.uses, took.replayed, took.recalled),
            consumed=[each.made() for each in took.by.values()],
            page_path=str(page) if page else "",
        )

    page = opened.path / REPORTS / PAGE if data_root and "html" in plan.battery.report else None
    document = reported()
    try:
        if verdicts:
            write_verdicts(opened.path, verdicts)
        write_reports(opened.path, _files(document, plan.battery.report))
    except StoreError as error:
        notes.insert(0, f"not every report is written: {error}")
        document = reported()
    if verdicts:
        log.append(opened.path, "gated", {"run": run_id, "gates": {each.rule.name: each.call.value for each in verdicts}})
    dat.close(
        opened,
        status={
            "verdict": status,
            "run": run_id,
            "cells": {"planned": len(plan), "selected": len(selected), "recorded": reading.recorded},
            "outcomes": dict(sorted(summary.outcomes.items())),
            "broken_scenarios": [finding.sentence for finding in reading.findings],
            **({"gates": in_short(verdicts)} if verdicts else {}),
            **took.status(),
        },
        books=books,
    )
    if page and data_root:
        from .pages import write_page  # late: few runs ask for one

        try:
            write_page(opened.path, data_root)
        except AlienBioError as error:
            page = None
            notes.insert(0, f"the report as a page is not written: {error}")
            document = reported()
    gates = [section.key for section in document.sections if section.key.startswith("gate")]
    shown = document if "terminal" in plan.battery.report else document.only(*gates, "run", "end")
    return Closed(dat_path, status, tuple(reading.findings), verdicts, document, shown, reading.failed_before)


def _answers(told: Sequence[Verdict], judging: Judging) -> bool:
    """Whether these are the verdicts of just these gates."""
    return bool(told) and [verdict.rule.name for verdict in told] == [gate.rule.name for gate in judging.gates]


def _everything(reading: Reading, opened: Dat, books: Books, due: Collection[str], interrupted: bool) -> Iterator[Told]:
    """What was recorded, then what is booked now; nothing, and the DAT is removed, if no cell was started."""
    yield from reading.of(books.told(reading.fails))
    if not reading.played and not (due and interrupted):
        with suppress(StoreError):  # a test recorded something else in it
            dat.discard(opened)
            reading.discarded = True
            return
    missing = [cell for cell in reading.plan.cells if cell.id in due and cell.id not in reading.played]
    if not missing:
        return
    reason = "the run was stopped first" if interrupted else "the run ended before it was played"
    run = Run(opened.path, reading.run_id, CLOSER, traces="none")
    try:
        yield from reading.of(run.record(result_of(cell, Outcome.NOT_RUN, reason), cell) for cell in missing)
    finally:
        run.close()


def _files(document: Document, wanted: Collection[str]) -> dict[str, str]:
    """The files that a battery wants its report in, by name."""
    made = {"markdown": ("report.md", render_markdown), "json": ("report.json", as_json)}
    return {name: render(document) for word, (name, render) in made.items() if word in wanted}


def _unchecked(plan: Plan, selected: Collection[str]) -> Iterator[str]:
    """What a smoke run could not check: it judges the scenarios by oracle and noop, if they are there."""
    kinds = {cell.agent.kind for cell in plan.cells if cell.id in selected and cell.case.type == "interactive"}
    if not kinds:
        return  # tasks have no oracle
    missing = [kind for kind in ("oracle", "noop") if kind not in kinds]
    if len(missing) == 2:
        yield "the scenarios' sanity was not checked: neither oracle nor noop was selected"
    elif missing:
        yield f"the scenarios' sanity was checked in part: {missing[0]} was not selected"


def _capped(reading: Reading) -> bool:
    """Whether a cap of the run kept something from being played."""
    return bool(reading.took.reached) and bool(reading.reasons or reading.took.over)


def _cut_short(reading: Reading) -> str:
    """Why the run was cut short, if it was."""
    if not (count := reading.reasons.total()):
        return f"{reading.took.reached[0].said} was reached" if _capped(reading) else ""
    return f"{many(count, 'cell')} {'was' if count == 1 else 'were'} not run: {next(iter(reading.reasons))}"


def _status(reading: Reading, interrupted: bool, call: Call | None, strict: bool) -> str:
    """One word for all of it. A gate's INVALID comes before failed cells: what broke is then why nothing can be said."""
    if interrupted:
        return "interrupted"
    if reading.reasons or _capped(reading):
        return "incomplete"
    if call is Call.INVALID:
        return "invalid"
    if call is Call.FAIL or reading.findings or reading.failures:
        return "failed"
    return "inconclusive" if call is Call.INCONCLUSIVE and strict else "passed"
