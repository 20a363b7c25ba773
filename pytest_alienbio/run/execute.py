"""The one loop over many cells, and its body."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..model import Agent, Cell, CellLimits, Environment, InstanceCache, Result
from ..play import Catalog, run_cell
from .run import Run

OnResult = Callable[[Cell, Result], None]


def play_one(
    cell: Cell,
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    cache: InstanceCache | None = None,
    agent: Agent | None = None,
    environment: Environment | None = None,
    on_stuck: Callable[[Result], None] | None = None,
) -> Result:
    """Plays one cell and records it; what `execute` and every pytest item do. Never raises for what the cell did wrong."""

    def stuck(result: Result) -> None:
        assert on_stuck is not None
        on_stuck(run.record(result, cell))

    result = run_cell(
        cell,
        catalog,
        limits=limits,
        cache=cache,
        agent=agent,
        environment=environment,
        on_stuck=stuck if on_stuck else None,
    )
    return run.record(result, cell)


def execute(
    cells: Iterable[Cell],
    run: Run,
    catalog: Catalog,
    *,
    limits: CellLimits,
    cache: InstanceCache | None = None,
    on_result: OnResult | None = None,
) -> list[Result]:
    """Plays `cells` in order, here and now. A Ctrl-C leaves what was played recorded and passes on."""
    results: list[Result] = []
    for cell in cells:
        result = play_one(cell, run, catalog, limits=limits, cache=cache)
        if on_result:
            on_result(cell, result)
        results.append(result.with_(trajectory=None))
    return results
