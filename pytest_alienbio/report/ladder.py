"""The ladder table of a scenario's check: per scenario, then over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import Ladder, Lead, Rung, ScenarioLadder, Spread, Trend, Worlds
from . import figures
from .columns import Column, fit, lines_of, shorten
from .page import BOLD, RED, Page


def render_scenario(
    one: ScenarioLadder, agents: Sequence[str], width: int, *, color: bool = False, ascii: bool = False
) -> list[str]:
    """One scenario: mean score by level and agent, rho = Spearman(difficulty, score) with its p, and its worlds."""
    page = Page(width, color, ascii)
    lines = [page.whole("", one.scenario, BOLD), *_levels(page, one.rungs, agents, one.trends)]
    return [*lines, *page.prose(_worlds(one.worlds), first="  ", indent="  ")]


def render_all(ladder: Ladder, width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """Over all scenarios: the agents, the levels, each agent against the next, the worlds and what they took."""
    page = Page(width, color, ascii)
    lines = [*page.prose(f"all {figures.many(len(ladder.scenarios), 'scenario')}", style=BOLD), *_agents(page, ladder), ""]
    lines += [*_levels(page, ladder.rungs, ladder.agents, {}), ""]
    lines += _comparisons(page, ladder.comparisons)
    cells = f"a cell {_times(ladder.cpu)} CPU, median / p95" if ladder.cpu.n else ""
    return [*lines, *page.prose(_worlds(ladder.worlds)), *page.prose(cells)]


def render_faults(
    sentences: Sequence[str], notes: Sequence[str], width: int, *, color: bool = False, ascii: bool = False
) -> list[str]:
    """What is broken, and what is only worth knowing."""
    page = Page(width, color, ascii)
    lines = [line for each in sentences for line in page.prose(f"broken: {each}", style=RED)]
    return lines + [line for each in notes for line in page.prose(f"note: {each}")]


def _levels(page: Page, rungs: Sequence[Rung], agents: Sequence[str], trends: Mapping[str, Trend]) -> list[str]:
    heads = ["-" if rung.difficulty is None else str(rung.difficulty) for rung in rungs]
    rows: list[tuple[str, Callable[[str], str]]] = [
        (head, lambda agent, rung=rung: figures.hundredths(rung.means[agent]))  # type: ignore[misc]
        for head, rung in zip(heads, rungs, strict=True)
    ]
    if len(rungs) > 1 and trends:
        rows.append(("rho", lambda agent: _signed(trends[agent].rho)))
        rows.append(("p", lambda agent: figures.p_value(trends[agent].p)))
    columns = [Column("  d", tuple(f"  {head}" for head, _ in rows), left=True)]
    columns += [Column(page.sign(agent), tuple(cell(agent) for _, cell in rows), names=True) for agent in agents]
    return _table(page, columns)


def _agents(page: Page, ladder: Ladder) -> list[str]:
    lines = ladder.lines

    def interval(found: Sequence[object]) -> tuple[str, ...]:
        return tuple(figures.MISSING if each is None else figures.score_interval(each) for each in found)  # type: ignore[arg-type]

    columns = [
        Column("agent", tuple(page.sign(line.agent) for line in lines), left=True, names=True),
        Column("n", tuple(f"{line.n:,}" for line in lines), gives_way=3),
        Column("mean", tuple(figures.mean(line.mean) for line in lines)),
        Column("95% seeds", interval([line.interval for line in lines])),
        Column("95% scenarios", interval([line.across for line in lines]), gives_way=1),
        Column("passed", tuple(figures.percent(line.pass_rate) for line in lines)),
        Column("rho", tuple(_signed(line.trend.rho) for line in lines)),
        Column("p", tuple(figures.p_value(line.trend.p) for line in lines), gives_way=4),
        Column("CPU ms", tuple(_times(line.cpu, unit="") for line in lines), gives_way=2),
    ]
    return _table(page, columns, least=14)


def _comparisons(page: Page, comparisons: Sequence[Lead]) -> Iterator[str]:
    if not comparisons:
        return
    yield from page.prose("each with the next, on the same worlds (Wilcoxon, paired, one-sided):")
    columns = [
        Column(
            "", tuple(f"  {page.sign(each.better)} > {page.sign(each.worse)}" for each in comparisons), left=True, names=True
        ),
        Column("worlds", tuple(f"{each.n:,}" for each in comparisons)),
        Column("difference", tuple(_signed(each.difference, digits=3) for each in comparisons)),
        Column("p", tuple(figures.p_value(each.p) for each in comparisons)),
        Column("", tuple(f"  {page.sign(each.why)}" if each.why else "" for each in comparisons), left=True, gives_way=1),
    ]
    yield from _table(page, columns)


def _worlds(worlds: Worlds) -> str:
    said = figures.many(worlds.count, "world")
    if worlds.told:
        said += f", {worlds.first_try:,} of {worlds.told:,} accepted at the first attempt"
        said += f" ({figures.percent(worlds.first_try / worlds.told)})"
    if worlds.rejected:
        said += "; refused: " + ", ".join(f"{count:,} {reason}" for reason, count in worlds.rejected.items())
    made = worlds.generation
    if made.n:
        said += f"; {made.n:,} generated here, {_times(made, unit=' s')} CPU, median / p95"
    return said


def _times(spread: Spread, unit: str = " ms") -> str:
    """`1.8 / 2.9`, in milliseconds unless the unit is seconds."""
    if spread.median is None or spread.p95 is None:
        return figures.MISSING
    factor, digits = (1.0, 2) if unit == " s" else (1000.0, 1)
    return f"{factor * spread.median:.{digits}f} / {factor * spread.p95:.{digits}f}{unit}"


def _signed(value: float | None, digits: int = 2) -> str:
    return figures.MISSING if value is None else f"{value + 0.0:+.{digits}f}"


def _table(page: Page, columns: Sequence[Column], least: int = 6) -> list[str]:
    # Too many agents for the terminal: what does not fit is cut, and is in the JSON.
    fitted = fit(columns, page.width, ascii=page.ascii, least=least)
    return [shorten(line, page.width, ascii=page.ascii, middle=False) for line in lines_of(fitted)]
