"""Baselines as people look at them: which there are, what one holds, and what a new one changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Baseline, BatchCell, inert
from ..model.figures import MISSING, many, score, signed
from .page import BOLD, RED, Page

_HASH = 12
_MOVED = 12
"""Rows of what moved that are shown."""

Moved = tuple[str, float | None, float | None]
"""An agent or `agent|scenario`, its mean before, and now."""


def render_baselines(
    found: Sequence[tuple[str, Baseline | str]], width: int, *, color: bool = False, ascii: bool = False
) -> list[str]:
    """A line a file, header first; of one that cannot be read, why."""
    page = Page(max(width, 24), color, ascii)
    good = [(file, held) for file, held in found if isinstance(held, Baseline)]
    lines = page.rows(
        ("file", [file for file, _ in good], 0),
        ("battery", [held.batch.battery for _, held in good], 0),
        ("cells", [f"{len(held.batch.cells):,}" for _, held in good], 0),
        ("agents", [", ".join(held.batch.agents) for _, held in good], 3),
        ("blessed", [held.blessing.at[:10] if held.blessing else MISSING for _, held in good], 0),
        ("by", [held.blessing.by.partition(" <")[0] if held.blessing else MISSING for _, held in good], 1),
        ("commit", [commit_of(held) for _, held in good], 2),
        ("why", [held.blessing.why if held.blessing else "" for _, held in good], 4),
    )
    for file, held in found:
        if isinstance(held, str):
            lines += page.prose(f"{file} cannot be read: {held}", indent="  ", style=RED)
    return lines


def render_baseline(file: str, held: Baseline, width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """Who blessed it, what it was made of, and of each leaf the mean."""
    page = Page(max(width, 24), color, ascii)
    batch, said = held.batch, held.blessing
    lines = [page.whole("", file, BOLD), *page.labelled("battery", batch.battery)]
    if said:
        lines += page.labelled(
            "blessed", f"{said.at[:19].replace('T', ' ')} by {said.by}" + (f": {said.why}" if said.why else "")
        )
    if said and said.forced:
        lines += page.labelled("forced", f"the run was {said.verdict or 'not fit'}", RED)
    elif said and said.verdict:
        lines += page.labelled("verdict", said.verdict)
    lines += page.labelled("run", ", ".join(filter(None, (batch.dat, batch.at[:10]))))
    lines += page.labelled("commit", commit_of(held))
    lines += page.labelled("metrics", ", ".join(f"{name} ({way} is better)" for name, way in batch.better.items()))
    return [*lines, "", *_leaves(page, held)]


def render_moved(rows: Sequence[Moved], metric: str, width: int, *, ascii: bool = False) -> list[str]:
    """Which means a new baseline changes, the largest changes first: agents, then leaves."""
    page = Page(max(width, 24), ascii=ascii)
    if not rows:
        return page.prose(f"no mean of {metric} moved", indent="  ")
    shown = rows[:_MOVED]
    lines = page.rows(
        ("", [name for name, _, _ in shown], 0),
        (f"{inert(metric)} before", [score(was, 3) for _, was, _ in shown], 0),
        ("now", [score(now, 3) for _, _, now in shown], 0),
        ("change", [signed(now - was) if was is not None and now is not None else _there(was) for _, was, now in shown], 0),
    )
    return lines + ([f"... and {many(len(rows) - len(shown), 'more mean')}"] if len(rows) > len(shown) else [])


def commit_of(held: Baseline) -> str:
    """Short, with `+` after it if more was in the work tree."""
    return held.batch.commit[:_HASH] + ("+" if held.batch.dirty else "")


def _there(was: float | None) -> str:
    return "new" if was is None else "gone"


def _leaves(page: Page, held: Baseline) -> list[str]:
    rows = list(_rows(held))
    metrics = sorted({metric for cell in held.batch.cells for metric in cell.values})
    return page.rows(
        ("agent", [agent for agent, _, _ in rows], 0),
        ("scenario", [scenario for _, scenario, _ in rows], 0),
        ("seeds", [str(len({cell.seed for cell in cells})) for _, _, cells in rows], 0),
        ("cells", [f"{len(cells):,}" for _, _, cells in rows], 1),
        *((metric, [score(_mean(cells, metric), 3) for _, _, cells in rows], n) for n, metric in enumerate(metrics)),
        ("missing", [_missing(cells) for _, _, cells in rows], 1),
        ("same twice", ["yes" if (agent, scenario) in held.verified else "" for agent, scenario, _ in rows], 2),
    )


def _rows(held: Baseline) -> Iterator[tuple[str, str, list[BatchCell]]]:
    leaves: dict[tuple[str, str], list[BatchCell]] = {}
    for cell in held.batch.cells:
        leaves.setdefault(cell.leaf, []).append(cell)
    for (agent, scenario), cells in leaves.items():
        yield agent, scenario, cells


def _mean(cells: Sequence[BatchCell], metric: str) -> float | None:
    values = [cell.values[metric] for cell in cells if metric in cell.values]
    return sum(values) / len(values) if values else None


def _missing(cells: Sequence[BatchCell]) -> str:
    lost = sum(not cell.values for cell in cells)
    return f"{lost:,}" if lost else ""
