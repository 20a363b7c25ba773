"""What earlier runs below a data root say about cells that are to be played: time, size, and what generating took."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from ..model import Cell, Json, Outcome
from ..stats import Past
from ..store import CellCost, Costs, Dat, find_dats

MOST_RUNS = 20
"""Earlier runs that are read, the newest ones; one that played a tenth of what is asked about counts as a tenth of a run."""
MOST_LOOKED_AT = 200
"""Result folders that are looked at to find them."""
MOST_LINES = 50_000
"""Recorded cells that are read, over all of them."""

Level: TypeAlias = int | Literal["any"] | None
Kind: TypeAlias = tuple[str, str, Level]
"""Scenario, agent, and difficulty (None = has no levels)."""

UNTOLD = frozenset({Outcome.NOT_RUN, Outcome.LOST, Outcome.OVER_LIMIT})
"""How a cell ends without its time being known."""


class History:
    """What cells like those of a plan took before. Memory grows with the kinds of cells, not with the cells."""

    def __init__(self) -> None:
        self.used: list[str] = []
        """The runs this is from, newest first, as paths below the data root."""
        self.notes: list[str] = []
        """What could not be read."""
        self.fixed_bytes = Past()
        """Of a result folder, whatever it holds."""
        self._seconds: dict[Kind, Past] = {}
        self._took: dict[tuple[str, Kind], Past] = {}
        """Of `usd`, `tokens` and `requests`."""
        self._generation: dict[tuple[str, Level], Past] = {}
        self._lines: dict[tuple[Kind, bool], Past] = {}
        self._traces: dict[tuple[Kind, str, bool], Past] = {}

    def add(self, cost: CellCost, run: int, traces: str) -> None:
        """Takes one cell in, of the run of this number, which kept `traces` (`all`, `failed`, `none`; '' = not known)."""
        if cost.outcome in UNTOLD:
            return
        skipped = cost.outcome is Outcome.SKIPPED
        levels: tuple[Level, ...] = (cost.difficulty, "any")
        for level in levels:
            kind = (cost.scenario, cost.agent, level)
            self._lines.setdefault((kind, skipped), Past()).add(cost.bytes)
            if skipped:
                continue
            self._seconds.setdefault(kind, Past()).add(cost.seconds, run)
            for quantity, took in (("usd", cost.usd), ("tokens", cost.tokens), ("requests", cost.requests)):
                if took is not None:
                    self._took.setdefault((quantity, kind), Past()).add(took, run)
            for packed in (False, True):
                if cost.trace is not None and cost.packed is not packed:
                    continue  # says nothing about the size in the other form
                if traces == "all":
                    self._traces.setdefault((kind, "all", packed), Past()).add(cost.trace or 0)
                if traces == "all" or (traces == "failed" and (cost.success or cost.trace is not None)):
                    kept = 0 if cost.success else cost.trace or 0
                    self._traces.setdefault((kind, "failed", packed), Past()).add(kept)

    def add_world(self, cost: CellCost, run: int) -> None:
        """Takes in what the cell, of whatever agent, needed to generate its world, if it did."""
        if cost.generation_s is not None:
            levels: tuple[Level, ...] = (cost.difficulty, "any")
            for level in levels:
                self._generation.setdefault((cost.scenario, level), Past()).add(cost.generation_s, run)

    def seconds(self, kind: Kind) -> Past | None:
        """Seconds of cells of this kind, without generating; None if there was none at its difficulty."""
        return self._seconds.get(kind)

    def took(self, quantity: str, kind: Kind) -> Past | None:
        """`usd`, `tokens` or `requests` of cells of this kind; None if no earlier one was measured."""
        return self._took.get((quantity, kind))

    def generation(self, scenario: str, level: Level) -> Past | None:
        """Seconds to generate a world."""
        return self._generation.get((scenario, level))

    def bytes_of(self, kind: Kind, *, skipped: bool, traces: str, packed: bool) -> tuple[Past, ...] | None:
        """Bytes of a cell in the folder's tables, and of its trace; None if either is not known."""
        line = self._lines.get((kind, skipped))
        if line is None:
            return None
        if skipped or traces == "none":
            return (line,)
        trace = self._traces.get((kind, traces, packed))
        return None if trace is None else (line, trace)


def read_history(data_root: Path, cells: Iterable[Cell]) -> History:
    """What earlier runs below `data_root` recorded about the scenarios and agents of `cells`, the newest first.

    Reads a bounded part: at most some 20 runs and 50,000 cells. What cannot be read is in `notes`, never raised.
    """
    wanted = {(cell.case.scenario, cell.agent.name) for cell in cells}
    scenarios = {scenario for scenario, _ in wanted}
    history = History()
    lines, runs = MOST_LINES, float(MOST_RUNS)
    for run, path in enumerate(find_dats(data_root)[:MOST_LOOKED_AT]):
        name = path.relative_to(data_root).as_posix()
        # One large run does not use up what is to be read of all.
        costs = Costs(path, min(lines, MOST_LINES // 2))
        found: set[tuple[str, str]] = set()
        try:
            spec = Dat(path).spec()
            if mentions(spec, scenarios):
                found = _add(history, costs, run, wanted, _traces_of(spec))
        except OSError as error:
            history.notes.append(f"an earlier run was left out: {error}")
        if costs.damaged:
            history.notes.append(f"{name}: {costs.damaged:,} recorded cells could not be read")
        if found:
            history.used.append(name)
            history.fixed_bytes.add(costs.fixed_bytes)
        lines -= costs.read
        runs -= len(found) / max(len(wanted), 1)
        if lines <= 0 or runs <= 0:
            break
    return history


def _add(
    history: History, costs: Iterable[CellCost], run: int, wanted: Collection[tuple[str, str]], traces: str
) -> set[tuple[str, str]]:
    """Takes one run in; gives which of the wanted scenarios and agents it had."""
    scenarios = {scenario for scenario, _ in wanted}
    found: set[tuple[str, str]] = set()
    for cost in costs:
        if cost.scenario in scenarios:
            history.add_world(cost, run)
        if (cost.scenario, cost.agent) in wanted:
            history.add(cost, run, traces)
            found.add((cost.scenario, cost.agent))
    return found


def mentions(spec: Mapping[str, Json], scenarios: Collection[str]) -> bool:
    """Whether a run planned any of the scenarios; True if its spec does not say."""
    resolved = spec.get("resolved")
    planned = resolved.get("cells_by_scenario") if isinstance(resolved, dict) else None
    return not isinstance(planned, dict) or any(scenario in planned for scenario in scenarios)


def _traces_of(spec: Mapping[str, Json]) -> str:
    """Which traces a run kept; '' if its spec does not say."""
    for name, head in spec.items():
        run = head.get("run") if name.startswith("experiment.") and isinstance(head, dict) else None
        if isinstance(run, dict):
            return str(run.get("traces", ""))
    return ""
