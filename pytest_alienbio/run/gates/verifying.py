"""Which leaves are deterministic: declared so by agent and scenario, and shown by playing each of their cells again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...errors import AlienBioError, SpecError
from ...model import Batch, BatchCell, Cell, canonical
from ...model.batch import MEASURED
from ..catalog import Register, build_catalog
from ..execute import OnResult, execute
from ..find import find_battery
from ..opening import new_run_id, open_dat
from ..prepare import prepare
from ..project import Project
from ..run import Run
from .batches import batch_of

Leaf = tuple[str, str]


def verify(
    dat_path: Path, batch: Batch, project: Project, *, register: Register | None = None, on_result: OnResult | None = None
) -> tuple[frozenset[Leaf], tuple[str, ...]]:
    """Plays the cells of declared leaves again, into a place that is thrown away; worlds are generated anew, too.

    Gives the leaves of `batch` (that run's) all of whose numbers came out the same, but for what is measured (tokens, money,
    time); and sentences: which did not, and are left to chance. Raises `SpecError` if the run's own spec cannot be played
    here: its agents are known to a conftest alone, say, or a scenario is not the one that was played.
    """
    battery = find_battery(str(dat_path), project.root)
    assert battery is not None, "a DAT's spec is a battery"
    try:
        plan, catalog = prepare(battery, project, build_catalog(project.scenario_files, register))
    except AlienBioError as error:
        raise SpecError(f"the run cannot be played again here, so nothing is verified: {error}") from error
    numbers = {(cell.leaf, cell.unit): _numbers(cell) for cell in batch.cells}
    cells = [cell for cell in plan.cells if cell.agent.deterministic and cell.case.deterministic and numbers.get(_name(cell))]
    if other := sorted({cell.case.scenario for cell in cells if _is_other(cell, batch)}):
        raise SpecError(f"nothing is verified: {', '.join(other[:3])} changed since the run; play it again first")
    if not cells:
        return frozenset(), ("no leaf is declared deterministic by its agent and its scenario: all are left to chance",)
    with tempfile.TemporaryDirectory(prefix="bio-verify-") as folder:
        run_id = new_run_id()
        again = open_dat(
            Path(folder), plan, run_id=run_id, project=project.root, command=["bio", "baseline", "save", "--verify"]
        )
        run = Run(again, run_id, "verify", traces="none")
        try:
            execute(cells, run, catalog, limits=plan.battery.limits, on_result=on_result)
        finally:
            run.close()
        second = {(cell.leaf, cell.unit): cell for cell in batch_of(again, _metrics(batch)).cells}
    named = [_name(cell) for cell in cells]
    changed = {name: (numbers[name], second[name]) for name in named if _numbers(second[name]) != numbers[name]}
    leaves = {leaf for leaf, _ in named}
    unsteady = {leaf for leaf, _ in changed}
    return frozenset(leaves - unsteady), tuple(_told(leaves - unsteady, named, changed))


def _told(
    same: set[Leaf],
    named: list[tuple[Leaf, tuple[int, str, int, int]]],
    changed: Mapping[tuple[Leaf, tuple[int, str, int, int]], tuple[Mapping[str, float], BatchCell]],
) -> Iterator[str]:
    if same:
        count = sum(leaf in same for leaf, _ in named)
        leaves = f"{len(same)} {'leaf' if len(same) == 1 else 'leaves'}"
        yield f"deterministic, each cell played again: {leaves}, {count} {'cell' if count == 1 else 'cells'}"
    for leaf in sorted({leaf for leaf, _ in changed}):
        name, (first, second) = next((name, both) for name, both in changed.items() if name[0] == leaf)
        of, count = sum(each == leaf for each, _ in named), sum(each == leaf for each, _ in changed)
        metric = next((m for m in first if first[m] != second.values.get(m)), "score")
        now = second.why or f"{second.values.get(metric)!r}"
        what = f"{'|'.join(leaf)} is declared deterministic, and {count} of {of} cells gave another number"
        yield f"{what} (seed {name[1][3]}: {metric} {first.get(metric)!r}, then {now}): left to chance"


def _name(cell: Cell) -> tuple[Leaf, tuple[int, str, int, int]]:
    level = -1 if cell.case.difficulty is None else cell.case.difficulty
    return (cell.agent.name, cell.case.scenario), (
        level,
        canonical(cell.params) if cell.params else "",
        cell.case.variant,
        cell.seed,
    )


def _numbers(cell: BatchCell) -> dict[str, float]:
    return {metric: value for metric, value in cell.values.items() if metric not in MEASURED}


def _metrics(batch: Batch) -> tuple[str, ...]:
    return tuple(dict.fromkeys(metric for cell in batch.cells for metric in _numbers(cell)))


def _is_other(cell: Cell, batch: Batch) -> bool:
    known = batch.scenarios.get(cell.case.scenario)
    return known is not None and bool(known.content) and known.content != cell.case.content_hash
