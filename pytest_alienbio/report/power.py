"""How many seeds a drop needs: all agents together, each agent, each leaf; and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import NodePlan, PowerPlan, inert
from . import figures
from .contest import is_sized, remarks_block, size
from .document import Document, Fact, Facts, Field, Note, Section, Table, column, named, silent
from .versus import ALL, end

_MORE = "--all"
MOST = 12
"""Leaves that a screen shows, those that need the most seeds first."""
_KINDS = {
    "pairs": "differences of two runs of the same cells",
    "seeds": "from seed to seed within a run, as if two runs of one seed shared nothing",
}


def power_document(found: PowerPlan, notes: Sequence[str] = ()) -> Document:
    """What the plan says, as a report of its own."""
    sized = is_sized(found.metric)
    sections = [_head(found, sized=sized), _plan(found, sized=sized)]
    if leaves := [node for node in found.nodes if node.kind == "leaf"]:
        sections.append(_leaves(found, leaves, sized=sized))
    title = f"seeds that show a drop of {size(found.drop, sized=sized)} in {inert(found.metric)}"
    return Document(title, (*sections, *end([*found.notes, *notes])))


def _head(found: PowerPlan, *, sized: bool) -> Section:
    paths = [inert(path, most=400, verbatim=True) for path in found.dats]
    more = f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
    gone = sum(found.missing.values())
    cells = figures.many(found.cells, "cell") + (f", {gone:,} more without a number" if gone else "")
    test = f"one-sided, alpha {found.alpha:g}, seen with a chance of {found.power:g}"
    test += f", beyond a tolerance of {size(found.tol, sized=sized)}" if found.tol else ""
    design = "each seed against itself in the baseline"
    if not found.paired:
        stored = "as many" if found.n_base is None else f"{found.n_base:,} stored"
        design = f"other seeds than the baseline's, which has {stored} worlds a scenario"
    facts = [
        Fact("from", "from", list(found.dats), f"{', '.join(paths[:3])}{more}: {cells}"),
        Fact("spread", "spread", found.pilot, f"{_KINDS[found.pilot]}; at its 80% upper limit, for a few understate it"),
        Fact("design", "design", {"paired": found.paired, "n_base": found.n_base}, design),
        Fact("test", "test", {"alpha": found.alpha, "power": found.power, "tol": found.tol}, test),
    ]
    return Section("results", blocks=(Facts("terms", tuple(facts)),))


def _plan(found: PowerPlan, *, sized: bool) -> Section:
    rows = [node for node in found.nodes if node.kind != "leaf"]
    who = Field(
        "agent",
        "agent",
        tuple(node.agent or None for node in rows),
        tuple(inert(node.agent) if node.agent else ALL for node in rows),
        left=True,
        names=True,
    )
    table = Table("agents", (silent("kind", rows, lambda node: node.kind), who, *_fields(found, rows, sized=sized)), least=10)
    where = "new scenarios of this kind" if found.population else "these scenarios"
    about = f"a drop in the mean over {where}; {found.better} is better"
    return Section("plan", "seeds", about, (table, *remarks_block(list(_remarks(found, rows)))))


def _leaves(found: PowerPlan, leaves: Sequence[NodePlan], *, sized: bool) -> Section:
    rows = sorted(leaves, key=lambda node: (-(node.seeds or 0), node.agent, node.scenario))
    left_out = len(rows) - MOST
    table = Table(
        "leaves",
        (
            named("scenario", "scenario", rows, lambda node: node.scenario),
            named("agent", "agent", rows, lambda node: node.agent),
            *_fields(found, rows, sized=sized),
        ),
        least=10,
        screen=tuple(range(min(len(rows), MOST))),
        more=f"… and {figures.many(left_out, 'more row')}: {_MORE}" if left_out > 0 else "",
    )
    about = "a drop in one scenario of one agent alone; those that need the most first"
    return Section("leaves", "by scenario", about, (table, *remarks_block(list(_remarks(found, rows)))))


def _fields(found: PowerPlan, rows: Sequence[NodePlan], *, sized: bool) -> Iterator[Field]:
    if any(node.kind != "leaf" for node in rows):
        yield column("leaves", "scenarios", rows, lambda node: node.leaves, lambda node: f"{node.leaves:,}", gives_way=4)
    yield column("n", "worlds here", rows, lambda node: node.n, lambda node: f"{node.n:,}", gives_way=3)
    yield silent("levels", rows, lambda node: node.levels)
    yield silent("tests", rows, lambda node: node.tests)
    yield column(
        "sd_diff",
        "spread",
        rows,
        lambda node: node.seen.sd_diff,
        lambda node: _size(node.seen.sd_diff, sized=sized) + "*" * node.seen.borrowed,
        gives_way=2,
    )
    yield silent("sd_diff_upper", rows, lambda node: None if node.plan is None else node.plan.sd_diff)
    yield silent("df", rows, lambda node: node.seen.df)
    yield silent("between", rows, lambda node: node.seen.between)
    if not found.population:
        yield column(
            "detectable", "shows", rows, lambda node: node.detectable, lambda node: _size(node.detectable, sized=sized)
        )
    yield column("seeds", "seeds", rows, lambda node: node.seeds, lambda node: _count(node.seeds))
    yield silent("worlds_needed", rows, lambda node: None if node.plan is None else node.plan.n)
    yield silent("floor", rows, lambda node: None if node.plan is None else node.plan.floor)
    yield silent("power_at_n", rows, lambda node: None if node.plan is None else node.plan.power_at_n)
    yield column(
        "cells",
        "cells to play",
        rows,
        lambda node: node.cells,
        lambda node: _count(node.cells),
        gives_way=1,
    )
    yield silent("scenarios_instead", rows, lambda node: node.scenarios_instead)
    yield silent("note", rows, lambda node: "" if node.plan is None else node.plan.note)


def _remarks(found: PowerPlan, rows: Sequence[NodePlan]) -> Iterator[Note]:
    """Below a table: what its columns are, why a row has no number, and scenarios before seeds."""
    if not rows:
        yield Note("no cell has a number")
        return
    agents = rows[0].kind != "leaf"
    if agents and any(node.detectable is not None for node in rows):
        yield Note(
            f"shows: the smallest drop that as many worlds as here show in {100 * found.power:.0f} of 100 cases", column="shows"
        )
    if any(node.levels > 1 for node in rows) and agents:
        yield Note("seeds: for each difficulty; a world is a difficulty and a seed", column="seeds")
    same: dict[str, list[str]] = {}
    for node in rows:
        if node.plan is None:
            why = "no spread from seed to seed: nothing tells how much two runs would differ; name two runs"
            same.setdefault(why if node.seen.sd_diff == 0.0 else "no scenario has two cells", []).append(_name(node))
        elif node.plan.n is not None and node.seen.sd_diff == 0.0:
            why = "two runs agree in every cell: any difference is a change, and the fewest seeds that can reject will do"
            same.setdefault(why, []).append(_name(node))
        elif node.plan.note:
            same.setdefault(node.plan.note, []).append(_name(node))
    for text, whose in same.items():
        some = ", ".join(whose[:3]) + (f" and {len(whose) - 3:,} more" if len(whose) > 3 else "")
        yield Note(text, some)
    if any(node.seen.borrowed for node in rows):
        yield Note("*: of its agent, for it shows no spread of its own", column="spread")
    if not agents:
        yield Note("judge single scenarios by collapses, not by small drops: those show in an agent's mean first")
        return
    for node in rows:
        if node.scenarios_instead is not None and node.scenarios_instead > node.leaves:
            text = (
                f"scenarios before seeds: {node.scenarios_instead:,} scenarios with as many worlds each as here would do, too"
            )
            yield Note(text, inert(node.agent), {"agent": node.agent, "scenarios": node.scenarios_instead})
    tests = {node.tests for node in rows if node.kind == "agent"}
    if tests and max(tests) > 1:
        yield Note(f"alpha is shared by the {max(tests):,} agents, and by all leaves; all agents together have it whole")


def _name(node: NodePlan) -> str:
    if node.kind == "leaf":
        return f"{inert(node.agent, most=60)} on {inert(node.scenario, most=60)}"
    return inert(node.agent, most=60) or ALL


def _size(value: float | None, *, sized: bool) -> str:
    return figures.MISSING if value is None else size(value, sized=sized)


def _count(value: int | None) -> str:
    return figures.MISSING if value is None else f"{value:,}"
