"""What is still to be played, by kind of cell, and how long that will take if it is like what was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...model import Json, Quantity
from ...stats import Past, Share, expected_total
from .tally import ALL, Kind, World


@dataclass(frozen=True, slots=True)
class Promise:
    """What a DAT's spec says is played."""

    battery: str = ""
    source: str = ""
    """The battery's file, as pytest's ids spell it."""
    cells: int = 0
    """0 if it does not say."""
    kinds: Mapping[Kind, int] = field(default_factory=dict)
    """How many of each kind; {} if they do not come to `cells`."""
    worlds: Mapping[World, int] = field(default_factory=dict)
    """How many worlds: one for each seed and set of params."""
    selected: bool = False
    """Whether only some of them were selected."""
    wall_clock_s: float | None = None
    """The run's own cap on its time."""


def promised(spec: Mapping[str, Json]) -> Promise:
    """What `spec`, from wherever it comes, says; what is of no known form says nothing."""
    name = next((key for key in spec if isinstance(key, str) and key.startswith("experiment.")), "")
    head, resolved = _mapping(spec.get(name)), _mapping(spec.get("resolved"))
    cells = resolved.get("cells")
    limit = _mapping(head.get("limits")).get("wall_clock_s")
    kinds = _kinds(head, resolved)
    whole = cells if isinstance(cells, int) and not isinstance(cells, bool) and cells > 0 else 0
    source = resolved.get("source")
    return Promise(
        name.removeprefix("experiment."),
        source if isinstance(source, str) else "",
        whole,
        kinds if kinds.total() == whole else {},
        _worlds(head, resolved),
        bool(resolved.get("selection")),
        float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else None,
    )


def ahead(
    left: int,
    to_go: Mapping[Kind, int],
    pasts: Mapping[Kind, Past],
    *,
    work_s: float,
    elapsed_s: float,
    worlds: Iterable[Share] = (),
) -> Quantity:
    """Seconds until the `left` cells are played, if those of a kind take what its others took, and as many are played at once.

    `to_go`: how many of each kind, as the plan says; scaled to `left` where it says more or less (a selection). `work_s`: what
    cells of this run took together, `elapsed_s`: in what time. So with one kind of cells it is `elapsed / done * left`, and
    an engine that begins with the longest does not frighten anybody. `worlds`: those that nobody has met yet, which have to be
    generated. A kind that was not met yet is taken for the agent's others; where nothing tells, the cells are in `cells` and
    not in `known`, and the value is for the known ones. The interval is that of `stats.forecast` for a coming run: the spread
    of what was, and that all of it may go faster or slower than so far, as from run to run. Closing the run is not in it.
    """
    if left <= 0 or work_s <= 0 or elapsed_s <= 0:
        return Quantity(cells=max(left, 0))
    total = sum(to_go.values())
    if total <= 0:
        to_go, total = {ALL: left}, left
    known = {kind: past for kind in to_go if (past := pasts.get(kind) or pasts.get(("", kind[1], None)))}
    share = left / total
    shares = [Share(max(1, round(to_go[kind] * share)), past) for kind, past in known.items()]
    fresh = [Share(max(1, round(each.count * share)), each.past) for each in worlds if each.count > 0]
    found = expected_total([*shares, *fresh], paced=True)
    if not shares or found.value is None:
        return Quantity(cells=left)
    at_once = min(work_s / elapsed_s, float(left))
    cells = sum(to_go[kind] for kind in known) * share
    scale = cells / sum(each.count for each in shares) / at_once
    low, high = (None if end is None else end * scale for end in (found.low, found.high))
    return Quantity(found.value * scale, low, high, round(cells), left)


def _kinds(head: Mapping[str, Json], resolved: Mapping[str, Json]) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    cases = [_mapping(case) for case in _list(resolved.get("cases"))]
    seeds = len(_list(head.get("seeds")))
    if "played" in resolved:
        for each in _list(resolved.get("played")):
            at, agent = (each[0], each[1]) if isinstance(each, list) and len(each) >= 2 else (None, None)
            if isinstance(at, int) and 0 <= at < len(cases) and isinstance(agent, str):
                found[_kind(cases[at], agent)] += seeds
        return found
    for line in map(_mapping, _list(head.get("agents"))):
        for case in cases:
            found[_kind(case, str(line.get("name")))] += seeds
    return found


def _worlds(head: Mapping[str, Json], resolved: Mapping[str, Json]) -> Counter[World]:
    seeds = len(_list(head.get("seeds")))
    kinds = (_kind(_mapping(case), "") for case in _list(resolved.get("cases")))
    found: Counter[World] = Counter()
    for scenario, _, level in kinds:
        found[scenario, level] += seeds
    return found


def _kind(case: Mapping[str, Json], agent: str) -> Kind:
    level = case.get("difficulty")
    return str(case.get("scenario")), agent, level if isinstance(level, int) else None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
