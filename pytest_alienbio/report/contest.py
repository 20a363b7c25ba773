"""Comparisons as rows of a table: the difference, how sure it is, and what it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from ..model import Comparison, Estimate, Family, Json, OverScenarios, inert
from . import figures
from .document import Field, Note, Notes, Table, column, interval_of, named, silent
from .leaderboard import NEW_SCENARIOS

T = TypeVar("T")

LEVEL = 0.95
"""Of intervals, unless they say otherwise."""
ENDS = 6
"""Rows that a screen shows of the worst, and as many of the best."""


def is_sized(metric: str) -> bool:
    """Whether a metric may be of any size, not just from 0 to 1."""
    return metric not in ("score", "passed") and not metric.startswith("scores.")


def verdict(one: Comparison) -> str:
    """`better`, `worse`: of A, shown at its alpha; `not shown`, which is not `equal`; `cannot be`, with so few units."""
    if one.delta.value is None:
        return ""
    if one.equivalence is not None and one.equivalence.equivalent:
        return "as good"
    if one.impossible:
        return "cannot be"
    if one.significant:
        return "better" if one.leader == one.a else "worse"
    return "not shown"


def contest_fields(
    rows: Sequence[T], of: Callable[[T], Comparison | None], *, header: str, who: str, sized: bool
) -> tuple[Field, ...]:
    """The columns of comparisons, one a row, of which some may be missing; `header` of the difference, `who` is its first."""

    def get(show: Callable[[Comparison], Json]) -> Callable[[T], Json]:
        def shown(row: T) -> Json:
            one = of(row)
            return None if one is None else show(one)

        return shown

    def text(show: Callable[[Comparison], str]) -> Callable[[T], str]:
        def shown(row: T) -> str:
            one = of(row)
            return figures.MISSING if one is None or one.delta.value is None else show(one)

        return shown

    found = [one for one in map(of, rows) if one is not None]
    wider = any(OverScenarios(one.delta, one.population).differ for one in found)

    def new(one: Comparison) -> str:
        return figures.ends(one.population.interval, sized=sized) if OverScenarios(one.delta, one.population).differ else ""

    return (
        column(
            "difference",
            header,
            rows,
            get(lambda one: one.delta.value),
            text(lambda one: figures.signed(one.delta.value, sized=sized)),
        ),
        column(
            "interval",
            "95%",
            rows,
            get(lambda one: interval_of(one.delta.interval)),
            text(lambda one: figures.ends(one.delta.interval, sized=sized)),
            gives_way=2,
        ),
        column(
            "population",
            NEW_SCENARIOS,
            rows,
            get(lambda one: interval_of(one.population.interval)),
            text(new),
            gives_way=7,
        )
        if wider
        else silent("population", rows, get(lambda one: interval_of(one.population.interval))),
        silent("level", rows, get(lambda one: one.delta.interval.level if one.delta.interval else LEVEL)),
        column("p", "p", rows, get(lambda one: one.p.best), text(lambda one: figures.p_value(one.p.best)), gives_way=1),
        silent("p_alone", rows, get(lambda one: one.p.value)),
        silent("p_floor", rows, get(lambda one: one.p.floor)),
        silent("p_method", rows, get(lambda one: one.p.method)),
        silent("p_population", rows, get(lambda one: one.p_population.best)),
        column("verdict", f"{who} is", rows, get(verdict), text(verdict), left=True, gives_way=3),
        column(
            "improvement",
            "P(better)",
            rows,
            get(lambda one: one.improvement.value),
            text(lambda one: figures.hundredths(one.improvement.value)),
            gives_way=6,
        ),
        silent("improvement_interval", rows, get(lambda one: interval_of(one.improvement.interval))),
        column(
            "detectable",
            "shows",
            rows,
            get(lambda one: one.detectable),
            text(lambda one: figures.MISSING if one.detectable is None else size(one.detectable, sized=sized)),
            gives_way=4,
        ),
        column("pairs", "pairs", rows, get(lambda one: one.pairs), text(_pairs), gives_way=5),
        silent("cells_b", rows, get(lambda one: one.cells_b)),
        silent("paired", rows, get(lambda one: one.paired)),
        silent("scenarios", rows, get(lambda one: one.scenarios)),
        _alone(rows, of),
        silent("median", rows, get(lambda one: one.median)),
        silent("effect_size", rows, get(lambda one: one.effect_size)),
        silent("equivalence", rows, get(_equivalence)),
        silent("why", rows, get(lambda one: one.why)),
    )


def size(value: float, *, sized: bool) -> str:
    """A number, of a score or of a metric."""
    return figures.measure(value, None) if sized else figures.score(value)


def mean_text(found: Estimate | None, *, sized: bool) -> str:
    """`0.46`; `-` if there is none."""
    return figures.MISSING if found is None or found.value is None else size(found.value, sized=sized)


def leaf_table(family: Family, sign: str, *, sized: bool, better: str, more: str) -> Table | None:
    """A drill-down, worst first, without what shows no difference; a screen has both ends. None if there is nothing."""
    agents = family.by_agent or ("",) * len(family.comparisons)
    every = zip(agents, family.by_scenario, family.comparisons, strict=True)
    rows = [row for row in every if row[2].delta.value is not None]
    turn = 1.0 if better == "higher" else -1.0
    rows.sort(key=lambda row: turn * (row[2].delta.value or 0.0))
    shown = [at for at, (_, _, one) in enumerate(rows) if one.delta.value]
    if not shown:
        return None
    screen = tuple(shown if len(shown) <= 2 * ENDS else [*shown[:ENDS], *shown[-ENDS:]])
    left_out = len(rows) - len(screen)
    where = "without a difference" if len(shown) == len(screen) else "between them"

    def stands_out(one: Comparison) -> bool:
        return one.p.best is not None and one.p.best <= family.level

    return Table(
        "leaves",
        (
            named("scenario", "scenario", rows, lambda row: row[1]),
            *(
                (named("agent", "agent", rows, lambda row: row[0]),)
                if len(set(agents)) > 1
                else (silent("agent", rows, lambda row: row[0]),)
            ),
            column(
                "difference",
                sign,
                rows,
                lambda row: row[2].delta.value,
                lambda row: figures.signed(row[2].delta.value, sized=sized) + "*" * stands_out(row[2]),
            ),
            column(
                "interval",
                "95%",
                rows,
                lambda row: interval_of(row[2].delta.interval),
                lambda row: figures.ends(row[2].delta.interval, sized=sized),
                gives_way=2,
            ),
            column("p", "p", rows, lambda row: row[2].p.best, lambda row: figures.p_value(row[2].p.best), gives_way=1),
            silent("p_alone", rows, lambda row: row[2].p.value),
            silent("stands_out", rows, lambda row: stands_out(row[2])),
            column("pairs", "pairs", rows, lambda row: row[2].pairs, lambda row: _pairs(row[2]), gives_way=3),
        ),
        screen=screen,
        more=f"… and {figures.many(left_out, 'more row')} {where}: {more}" if left_out else "",
    )


def leaf_about(family: Family) -> str:
    """What a drill-down is, and how many stand out."""
    count = len(family.alarms)
    what = "combination" if len(set(family.by_agent)) > 1 else "scenario"
    told = f"{count:,} of {figures.many(family.tested, what)} {'stands' if count == 1 else 'stand'} out (*)"
    return f"exploratory, worst first: {told} (Benjamini-Hochberg, {100 * family.level:g}%)"


def remarks(found: Sequence[tuple[str, Comparison]], *, names: tuple[str, str] | None = None) -> Iterator[Note]:
    """What belongs below comparisons, each with what it is called: why one cannot be told, or not be significant; and what a
    margin gave, between `names`."""
    same: dict[str, list[str]] = {}
    if powers := {one.power for _, one in found if one.detectable is not None}:
        power = max(powers)
        text = f"shows: the smallest difference that such results show in {100 * power:.0f} of 100 cases"
        yield Note(text, values={"power": power, "of": 100})
    told = (note for _, one in found if OverScenarios(one.delta, one.population).differ for note in one.population.notes)
    for few in dict.fromkeys(told):
        yield Note(f"{NEW_SCENARIOS}: {inert(few)}", column=NEW_SCENARIOS)
    for who, one in found:
        said = one.why if one.delta.value is None else one.impossible
        if said:
            same.setdefault(said, []).append(who)
        if one.equivalence is not None and one.delta.value is not None:
            a, b = names or (inert(one.a, most=60), inert(one.b, most=60))
            yield Note(one.equivalence.sentence(a, b), inert(who, most=60) if names else "", _margin(one))
    for said, whose in same.items():
        some = ", ".join(inert(who, most=60) for who in whose[:3]) + (f" and {len(whose) - 3:,} more" if len(whose) > 3 else "")
        yield Note(inert(said, most=400), some, {"of": list[Json](whose), "more": max(0, len(whose) - 3)})


def remarks_block(notes: Sequence[Note]) -> tuple[Notes, ...]:
    """As a block; nothing without any."""
    return (Notes("remarks", tuple(notes)),) if notes else ()


def _margin(one: Comparison) -> Mapping[str, Json]:
    return {"comparison": [one.a, one.b], "equivalence": _equivalence(one)}


def _equivalence(one: Comparison) -> Json:
    found = one.equivalence
    if found is None:
        return None
    return {
        "margin": found.margin,
        "interval": interval_of(found.interval),
        "level": found.interval.level if found.interval else None,
        "p": found.p,
        "equivalent": found.equivalent,
        "not_worse": found.not_worse,
        "why": found.why,
    }


def _pairs(one: Comparison) -> str:
    return f"{one.pairs:,}" if one.paired else f"{one.pairs:,} : {one.cells_b:,}"


def _alone(rows: Sequence[T], of: Callable[[T], Comparison | None]) -> Field:
    """Cells of either side that are in no pair, by why; on a screen how many."""
    found = [of(row) for row in rows]
    values: tuple[Json, ...] = tuple(
        None if one is None else {"a": dict(one.missing_a), "b": dict(one.missing_b)} for one in found
    )
    if not any(one is not None and (one.missing_a or one.missing_b) for one in found):
        return Field("alone", "", values)
    texts = tuple("" if one is None else _counts(one) for one in found)
    return Field("alone", "alone", values, texts, gives_way=8)


def _counts(one: Comparison) -> str:
    counts = sum(one.missing_a.values()), sum(one.missing_b.values())
    return "" if counts == (0, 0) else f"{counts[0]:,} + {counts[1]:,}"
