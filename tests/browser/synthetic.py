"""A page of cells that nobody played, written without a result folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_alienbio.model import CellSheet, Json, Outcome, Result, Trajectory
from pytest_alienbio.report.document import Document
from pytest_alienbio.report.html.blocks import tame
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import pack
from pytest_alienbio.report.html.render import render_html
from pytest_alienbio.report.traces import trace_data


def cell_called(name: str, **fields: object) -> Result:
    """A cell that is no more than its name."""
    base: dict[str, object] = {"battery": "b", "key": name, "id": name, "scenario": "m/x", "scenario_hash": "", "agent": "a"}
    base |= {"agent_hash": "", "role": "candidate", "difficulty": 1, "seed": 0, "outcome": Outcome.COMPLETED, "score": 0.5}
    return Result(**{**base, **fields})  # type: ignore[arg-type]


def synthetic(into: Path, rows: Sequence[tuple[Result, Trajectory | None]], run: str = "run") -> Path:
    """The page of these cells, those with a trajectory with their traces; of one without turns it is kept, and not here."""
    columns: dict[str, list[Json]] = {
        "run": [run] * len(rows),
        **{name: [getattr(cell, name) for cell, _ in rows] for name in ("id", "scenario", "difficulty", "agent", "seed")},
        "outcome": [str(cell.outcome) for cell, _ in rows],
        "why": [cell.reason or None for cell, _ in rows],
        "steps": [None if of is None else of.steps for _, of in rows],
        "trace": [None if of is None else "kept" for _, of in rows],
    }
    traces: dict[str, Json] = {tame(cell.id): trace_data(cell, of) for cell, of in rows if of is not None and of.turns}
    content = PageContent(
        Document("made", ()),
        CellSheet(columns),
        traces={"traces-0001": pack({tame(run): traces})},
        places={tame(run): dict.fromkeys(traces, "traces-0001")},
        dats={run: f"data/{run}"},
    )
    into.write_text(render_html(content), "utf-8")
    return into
