"""Stretches of time in which a battery asked the same questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..model import Era, inert
from .takes import Planned, Take

SHOWN = 3
"""Scenarios that a sentence names."""


def eras(takes: Sequence[Take]) -> list[Era]:
    """The eras of runs in order of time: runs of the same cases in the same versions, whenever they were.

    A battery that goes back to what it was goes back into that era.
    """
    runs: list[list[int]] = []
    plans: list[Planned] = []
    began: list[tuple[str, ...]] = []
    for at, one in enumerate(takes):
        home = next((era for era, plan in enumerate(plans) if not differences(plan, one.plan)), None)
        if home is None:
            plans.append(one.plan)
            runs.append([])
            began.append(differences(takes[at - 1].plan, one.plan) if at else ())
            home = len(plans) - 1
        runs[home].append(at)
    return [
        Era(tuple(mine), tuple(sorted({scenario for scenario, _, _ in plan.cases})), told)
        for mine, plan, told in zip(runs, plans, began, strict=True)
    ]


def differences(before: Planned, after: Planned) -> tuple[str, ...]:
    """What makes means of the two no means of the same thing, a sentence each; () if nothing does.

    What one of them does not tell is taken for the same.
    """
    return tuple(_differences(before, after))


def _differences(before: Planned, after: Planned) -> Iterator[str]:
    old, new = ({scenario for scenario, _, _ in plan.cases} for plan in (before, after))
    if gone := old - new:
        yield f"{_names(gone)} no longer played"
    if more := new - old:
        yield f"{_names(more)} new"
    if other := {scenario for scenario, _, _ in before.cases.keys() ^ after.cases.keys()} & old & new:
        yield f"{_names(other)} played at other levels or with other params"
    for place, what in enumerate(("changed", "scored by other rules")):
        pairs = [(case[0], told[place], after.cases[case][place]) for case, told in before.cases.items() if case in after.cases]
        if moved := {scenario for scenario, one, other in pairs if one and other and one != other}:
            yield f"{_names(moved)} {what}"
    if before.world and after.world and before.world != after.world:
        yield f"the world of version {inert(before.world, most=80)} is of version {inert(after.world, most=80)}"


def _names(scenarios: Iterable[str]) -> str:
    named = sorted(scenarios)
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"{', '.join(named[:SHOWN])}{more} {'is' if len(named) == 1 else 'are'}"
