"""How scores go with what was played: correlations, and curves over the difficulty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Estimate, Json, Link, Links, Point, Slope, Slopes, inert
from . import figures
from .contest import LEVEL, is_sized, remarks_block, size
from .document import Document, Field, Note, Section, Table, column, interval_of, named, silent
from .versus import end

_MORE = "--all"
MOST = 40
"""Rows that a screen shows."""
BARS = "▁▂▃▄▅▆▇█"
_SIGNS = {"spearman": "rho", "kendall": "tau", "partial spearman": "rho, partial", "eta2": "eta2"}


def trends_document(title: str, sections: Sequence[Section], notes: Sequence[str] = ()) -> Document:
    """Sections of this module as a report of their own."""
    return Document(inert(title), (*sections, *end(notes)))


def links_section(found: Links) -> Section:
    """A row a correlation: which agent, with what, how strong, how sure."""
    rows = found.links
    if not rows:
        return Section("correlations", "correlations", "none, no cell tells what it was played on")
    left_out = len(rows) - MOST
    table = Table(
        "correlations",
        (
            named("agent", "agent", rows, lambda row: row.agent, once=True),
            named("property", "with", rows, lambda row: row.found.name),
            column(
                "method",
                "as",
                rows,
                lambda row: row.found.method,
                _sign,
                left=True,
                gives_way=2,
            ),
            column("value", "value", rows, lambda row: row.found.value.value, lambda row: _coefficient(row.found.value)),
            column(
                "interval",
                "95%",
                rows,
                lambda row: interval_of(row.found.value.interval),
                lambda row: figures.ends(row.found.value.interval),
                gives_way=3,
            ),
            column("p", "p", rows, lambda row: row.found.p.best, lambda row: figures.p_value(row.found.p.best)),
            silent("level", rows, lambda row: each.level if (each := row.found.value.interval) else LEVEL),
            silent("p_alone", rows, lambda row: row.found.p.value),
            silent("p_method", rows, lambda row: row.found.p.method),
            column("n", "units", rows, lambda row: row.found.n, lambda row: f"{row.found.n:,}", gives_way=1),
            silent("unit", rows, lambda row: row.found.value.unit),
            silent("missing", rows, lambda row: row.found.value.missing),
            silent("given", rows, lambda row: list(row.found.given)),
            silent("groups", rows, lambda row: row.found.groups),
            silent("why", rows, lambda row: row.found.value.why),
        ),
        least=10,
        screen=tuple(range(min(len(rows), MOST))),
        more=f"… and {figures.many(left_out, 'more row')}: {_MORE}" if left_out > 0 else "",
    )
    untold = [row for row in rows if row.found.value.why and (row.found.value.value is None or row.found.method != "eta2")]
    whys = [(f"{row.agent}, {row.found.name}", row.found.value.why) for row in untold]
    notes = [*_same(whys), *(Note(inert(note, most=400)) for note in found.notes)]
    if found.tested > 1:
        text = f"p is adjusted over {found.tested:,} correlations (Benjamini-Hochberg)"
        notes.insert(0, Note(text, values={"tested": found.tested}))
    about = f"{inert(found.metric)} against what was played; a unit is a scenario, at each of its levels, not a cell"
    return Section("correlations", "correlations", about, (table, *remarks_block(notes)))


def slopes_section(found: Slopes) -> Section:
    """A row an agent: its curve, level by level, and where half of its cells pass."""
    rows, sized = found.slopes, is_sized(found.metric)
    if not found.levels:
        return Section("difficulty", "difficulty", "none, no cell has a level")
    table = Table(
        "agents",
        (
            named("agent", "agent", rows, lambda row: row.agent),
            *(_level(rows, level, sized=sized, place=at) for at, level in enumerate(found.levels)),
            column(
                "curve",
                "curve",
                rows,
                lambda row: [each.fitted for each in row.scores.points],
                _spark(found),
                left=True,
                gives_way=1,
            ),
            column("d50", "half pass at", rows, lambda row: row.passes.d50.value, lambda row: row.half),
            column(
                "d50_interval",
                "95%",
                rows,
                lambda row: interval_of(row.passes.d50.interval),
                lambda row: _half_interval(row),
                gives_way=2,
            ),
            silent("level", rows, lambda row: each.level if (each := row.passes.d50.interval) else LEVEL),
            silent("bracket", rows, lambda row: list(row.passes.bracket) if row.passes.bracket else None),
            silent("slope", rows, lambda row: row.passes.slope.value),
            silent("slope_interval", rows, lambda row: interval_of(row.passes.slope.interval)),
            silent("cells", rows, lambda row: row.passes.cells),
            silent("scenarios", rows, lambda row: row.passes.scenarios),
            silent("why", rows, lambda row: row.passes.why),
            silent("notes", rows, lambda row: list(row.passes.notes)),
        ),
        caption=f"isotonic mean of {inert(found.metric)} by level ({'falling' if found.better == 'higher' else 'rising'} only)",
        least=8,
        screen=tuple(range(min(len(rows), MOST))),
        more=f"… and {figures.many(len(rows) - MOST, 'more agent')}: {_MORE}" if len(rows) > MOST else "",
    )
    whys = [(row.agent, row.passes.why) for row in rows if row.passes.why]
    told = [(row.agent, note) for row in rows for note in row.passes.notes]
    bands = [(row.agent, row.scores.why) for row in rows if row.scores.why]
    notes = [*_same([*whys, *told, *bands]), *(Note(inert(note, most=400)) for note in found.notes)]
    about = f"{inert(found.metric)} over levels of difficulty, and the level at which half of the cells pass"
    return Section("difficulty", "difficulty", about, (table, _bands(rows, sized=sized), *remarks_block(notes)))


def _level(rows: Sequence[Slope], level: float, *, sized: bool, place: int) -> Field:
    """A column of the curves at one level; with little room the last go first, for the curve's picture has them all."""
    points = {row.agent: {point.x: point for point in row.scores.points} for row in rows}

    def text(row: Slope) -> str:
        point = points[row.agent].get(level)
        return figures.MISSING if point is None else size(point.fitted, sized=sized)

    def value(row: Slope) -> Json:
        point = points[row.agent].get(level)
        return None if point is None else point.fitted

    return column(f"level_{level:g}", f"d{level:g}", rows, value, text, gives_way=3 + place)


def _bands(rows: Sequence[Slope], *, sized: bool) -> Table:
    """Every point with its band."""
    points = [(row.agent, point) for row in rows for point in row.scores.points]

    def of(show: Callable[[Point], Json]) -> Callable[[tuple[str, Point]], Json]:
        return lambda row: show(row[1])

    shown = MOST if len(points) <= MOST else 0
    return Table(
        "points",
        (
            named("agent", "agent", points, lambda row: row[0], once=True),
            column("level", "level", points, of(lambda point: point.x), lambda row: f"{row[1].x:g}"),
            column("n", "scenarios", points, of(lambda point: point.n), lambda row: f"{row[1].n:,}", gives_way=2),
            column("mean", "mean", points, of(lambda point: point.mean), lambda row: size(row[1].mean, sized=sized)),
            column("fitted", "curve", points, of(lambda point: point.fitted), lambda row: size(row[1].fitted, sized=sized)),
            column(
                "band",
                "95% band",
                points,
                of(lambda point: interval_of(point.band)),
                lambda row: figures.ends(row[1].band, sized=sized),
                gives_way=1,
            ),
        ),
        screen=tuple(range(min(len(points), shown))),
        more=f"bands by level: {_MORE}" if len(points) > shown else "",
    )


def _spark(found: Slopes) -> Callable[[Slope], str]:
    """The curve as a row of bars: of scores from 0 to 1, else from the least to the largest of all."""
    every = [point.fitted for slope in found.slopes for point in slope.scores.points]
    low, high = (0.0, 1.0) if all(0.0 <= value <= 1.0 for value in every) else (min(every), max(every))

    def bar(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.0
        return BARS[min(len(BARS) - 1, int(share * len(BARS)))]

    def text(slope: Slope) -> str:
        points = {point.x: point.fitted for point in slope.scores.points}
        return "".join(bar(points[level]) if level in points else " " for level in found.levels).rstrip()

    return text


def _half_interval(row: Slope) -> str:
    at, levels = row.passes.d50.value, [point.x for point in row.scores.points]
    inside = at is not None and levels and levels[0] <= at <= levels[-1]
    return figures.ends(row.passes.d50.interval) if inside else ""


def _coefficient(found: Estimate) -> str:
    return figures.MISSING if found.value is None else f"{found.value + 0.0:+.2f}" if found.value else "0.00"


def _sign(row: Link) -> str:
    return _SIGNS.get(row.found.method, row.found.method)


def _same(told: Sequence[tuple[str, str]]) -> Iterator[Note]:
    """Each sentence once, with whom it is about before it."""
    by_text: dict[str, list[str]] = {}
    for who, text in told:
        by_text.setdefault(text, []).append(who)
    for text, whose in by_text.items():
        some = "; ".join(inert(who, most=60) for who in whose[:3]) + (f" and {len(whose) - 3:,} more" if len(whose) > 3 else "")
        yield Note(inert(text, most=400), some, {"of": list[Json](whose), "more": max(0, len(whose) - 3)})
