"""A folder a cell, `run-001/summary.json` and `metrics.jsonl`, as an experiment's `runs/` has its trials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..model import Json, MetricEvent, Outcome, Result
from ..store import Dat, codec, read_events
from ..store.runs import events_of, params_of, trial_summary, write_run
from .cells import Cells

_NEVER = (Outcome.NOT_RUN, Outcome.SKIPPED)
_UNHELD = (
    "key", "difficulty", "scores", "passing_score", "properties", "task", "tags", "origin", "role", "scenario_hash",
    "agent_hash", "model",
)  # fmt: skip


def write(cells: Cells, folder: Path) -> None:
    """Writes a numbered folder for each cell that was started, in order. Raises `StoreError`.

    Params are those the DAT's spec has for the agent, with the cell's own; events are those its run recorded.
    """
    known: dict[tuple[str, str], _Of] = {}
    for result in cells:
        if result.outcome in _NEVER:
            cells.lose("cells that were never started")
            continue
        row = codec.row_of(result)
        cells.note(row, _UNHELD)
        if result.score is not None and result.task is None:
            cells.lose("score")
        at = (result.dat_path, result.run)
        if at not in known:
            known = {at: _Of(cells.dat(result), result.run)}  # a DAT's cells come together: one run's events at a time
        of = known[at]
        events = events_of(result, of.events.get(result.id, []))
        write_run(folder, trial_summary(result, of.params(result), of.environment), events)


class _Of:
    """What is known around the cells of one run in one DAT."""

    def __init__(self, dat: Dat | None, run: str) -> None:
        self.environment: Mapping[str, Json] = dat.environment() if dat else {}
        self.events: dict[str, list[MetricEvent]] = {}
        for cell_id, event in read_events(dat.path, run) if dat else ():
            self.events.setdefault(cell_id, []).append(event)
        self._spec = dat.spec() if dat else {}

    def params(self, result: Result) -> dict[str, Json]:
        """An agent's params as its battery has them, and the cell's own."""
        return params_of(result, self._spec)
