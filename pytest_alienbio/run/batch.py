"""A whole battery played here and now, without pytest: what `Bio.batch` and `bio batch` do."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model import Battery, Cell, Outcome, Result, Summary
from ..play import Catalog
from ..report import Document
from ..resources import FileCache
from ..stats import summarize
from .catalog import with_named_files
from .closing import close_dat
from .execute import OnResult, execute
from .opening import new_run_id, open_dat
from .plan import plan as make_plan
from .project import Project
from .run import Run

CACHE_NAME = ".bio-cache"


def instance_cache(data_root: Path) -> FileCache:
    """The cache of generated instances that everything under one data root shares."""
    return FileCache(data_root / CACHE_NAME)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """A finished battery: its results, and what they say. Iterating gives the results in the plan's order."""

    results: tuple[Result, ...]
    summary: Summary
    status: str
    """`passed`, `failed`, `incomplete` or `interrupted`; see the outcome table."""
    document: Document
    dat_path: Path

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

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


def run_batch(
    battery: Battery,
    project: Project,
    catalog: Catalog,
    data_root: Path,
    *,
    command: Sequence[str] | None = None,
    on_result: OnResult | None = None,
) -> BatchResult:
    """Plays every cell of `battery` into a new DAT. After a Ctrl-C the DAT is closed as `interrupted` and it passes on."""
    battery, catalog = with_named_files(battery, catalog)
    plan = make_plan(battery, catalog, project.profiles)
    run_id = new_run_id()
    dat_path = open_dat(data_root, plan, run_id=run_id, project=project.root, source=battery.source, command=command)
    run = Run.of_plan(plan, dat_path, run_id, "main")
    results: list[Result] = []
    interrupted = True
    try:
        results = execute(plan.cells, run, catalog, limits=battery.limits, cache=instance_cache(data_root), on_result=on_result)
        interrupted = False
    finally:
        run.close()
        closed = close_dat(
            dat_path,
            plan,
            run_id=run_id,
            selected=frozenset(cell.id for cell in plan.cells),
            interrupted=interrupted,
            command=lambda cell: _command(battery, cell),
        )
    assert closed is not None
    return BatchResult(tuple(results), summarize(results), closed.status, closed.document, dat_path)


def _command(battery: Battery, cell: Cell) -> str:
    """What plays `cell` again: pytest for one of a battery file, `bio run` for one from arguments."""
    if battery.source:
        return f"pytest {shlex.quote(f'{battery.source}::{battery.name}::{cell.id}')}"
    level = [] if cell.case.difficulty is None else ["--difficulty", str(cell.case.difficulty)]
    return shlex.join(["bio", "run", cell.case.scenario, "--agent", cell.agent.name, "--seed", str(cell.seed), *level])
