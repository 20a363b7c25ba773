"""What decides a cell's result and is not as it was: two specs of a battery compared. Pure: `_spec_.yaml`s in, sentences out.

How a run is judged and shown (gates, reports, traces, tags) may change between two sessions of one run; what its cells are may
not. Nor may what would make their numbers others under the same names: scoring, bars, steps, the world's version.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import cast

from ...model import Json, canonical, inert
from ...report import many

MOST = 8
"""Sentences at most; more are counted."""
_DECIDING = ("content_hash", "scoring_hash", "passing_score")
"""Of a case, what its cells' results hang on."""
_GAP = object()

Spec = Mapping[str, Json]


def changes(then: Spec, now: Spec) -> tuple[str, ...]:
    """What of `now` makes other cells, or other results of the same ones, than `then`; () if nothing does.

    Each is a sentence that begins with what a battery calls it: `agents.mine: params.threshold 0.2 -> 0.4`. The last says how
    many cells are new, gone or changed, if any are.
    """
    before, after = _Spec(then), _Spec(now)
    found = [
        *_agents(before, after),
        *_cases(before, after),
        *_seeds(before, after),
        *_axes(before, after),
        *(
            f"{name}: {_text(was)} -> {_text(is_)}"
            for name, was, is_ in (
                ("limits.per_cell.steps", before.steps, after.steps),
                ("the world's version", before.world, after.world),
                ("seeds.looks", before.looks, after.looks),
                ("task.random_seed", before.random_seed, after.random_seed),
            )
            if canonical(was) != canonical(is_)
        ),
    ]
    told = found[:MOST] + ([f"... and {len(found) - MOST} more changes"] if len(found) > MOST else [])
    counts = _cells(before, after)
    return (*told, counts) if counts else tuple(told)


class _Spec:
    """What is compared of a spec; of one that was damaged by hand what can be understood."""

    def __init__(self, spec: Spec) -> None:
        head = next((value for name, value in spec.items() if name.startswith("experiment.")), None)
        self.head, resolved = _map(head), _map(spec.get("resolved"))
        self.agents = {
            str(entry.get("name")): {**entry, **_map(_map(resolved.get("agents")).get(str(entry.get("name"))))}
            for entry in map(_map, _list(self.head.get("agents")))
        }
        self.cases = [_map(case) for case in _list(resolved.get("cases"))]
        self.seeds = [seed for seed in _list(self.head.get("seeds")) if isinstance(seed, int)]
        self.axes = _map(self.head.get("params"))
        self.played = resolved.get("played")
        self.steps = _map(_map(self.head.get("limits")).get("per_cell")).get("steps")
        self.world = resolved.get("world")
        self.looks = resolved.get("looks")
        self.random_seed = resolved.get("random_seed")

    def units(self) -> dict[str, str]:
        """Of each case x agent x values of the axes its name, and all that decides its cells."""
        agents = {name: _text(agent.get("hash")) for name, agent in self.agents.items()}
        if self.played is None:
            pairs: list[tuple[int, str, Json]] = [(at, name, {}) for at in range(len(self.cases)) for name in agents]
        else:
            pairs = [cast("tuple[int, str, Json]", tuple(_list(each))) for each in _list(self.played)]
        places = [(_place(case), canonical([case.get(name) for name in _DECIDING])) for case in self.cases]
        return {
            f"{places[at][0]} {name} {canonical(values)}": f"{places[at][1]} {agents.get(name)}" for at, name, values in pairs
        }


def _agents(before: _Spec, after: _Spec) -> Iterator[str]:
    yield from _added("agents", before.agents, after.agents)
    for name, was in before.agents.items():
        if (now := after.agents.get(name)) is None:
            continue
        differs = [_difference(key, was.get(key), now.get(key)) for key in ("kind", "role")]
        old, new = _map(was.get("params")), _map(now.get("params"))
        differs += [_difference(f"params.{key}", old.get(key, _GAP), new.get(key, _GAP)) for key in dict.fromkeys([*old, *new])]
        if told := ", ".join(filter(None, differs)):
            yield f"agents.{inert(name)}: {told}"


def _cases(before: _Spec, after: _Spec) -> Iterator[str]:
    old, new = ({_place(case): case for case in spec.cases} for spec in (before, after))
    names = [_text(case.get("scenario")) for case in (*before.cases, *after.cases)]
    for scenario in dict.fromkeys(names):
        was, now = ({place: case for place, case in each.items() if case.get("scenario") == scenario} for each in (old, new))
        differs: dict[str, int] = {}
        for place, case in was.items():
            if place in now:
                for told in _case(case, now[place]):
                    differs[told] = differs.get(told, 0) + 1
        added, gone = len(now.keys() - was.keys()), len(was.keys() - now.keys())
        parts = [told if len(was) == 1 else f"{told} ({many(count, 'case')})" for told, count in differs.items()]
        if not was or not now:
            parts = ["new" if now else "gone"]
        else:
            parts += [f"{many(count, 'case')} {word}" for count, word in ((added, "new"), (gone, "gone")) if count]
        if parts:
            yield f"scenarios.{inert(scenario)}: {', '.join(parts)}"


def _case(was: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    if was.get("content_hash") != now.get("content_hash"):
        yield "its content changed"
    if was.get("scoring_hash") != now.get("scoring_hash") and was.get("content_hash") == now.get("content_hash"):
        yield "its scoring changed"
    if was.get("passing_score") != now.get("passing_score"):
        yield f"passing_score {_text(was.get('passing_score'))} -> {_text(now.get('passing_score'))}"


def _seeds(before: _Spec, after: _Spec) -> Iterator[str]:
    yield from _added("seeds", before.seeds, after.seeds)


def _axes(before: _Spec, after: _Spec) -> Iterator[str]:
    for name in dict.fromkeys([*before.axes, *after.axes]):
        if told := _difference("", before.axes.get(name, _GAP), after.axes.get(name, _GAP)):
            yield f"params.{inert(name)}: {told}"


def _cells(before: _Spec, after: _Spec) -> str:
    """`3 cells new, 2 gone, 10 changed`; '' if all are as they were."""
    old, new = before.units(), after.units()
    then, now = frozenset(before.seeds), frozenset(after.seeds)
    both, seeds = old.keys() & new.keys(), then & now
    changed = sum(old[unit] != new[unit] for unit in both) * len(seeds)
    added = len(new) * len(now) - len(both) * len(seeds)
    gone = len(old) * len(then) - len(both) * len(seeds)
    parts = [(added, "new"), (gone, "gone"), (changed, "changed")]
    told = [f"{count:,} {word}" for count, word in parts if count]
    return f"cells: {', '.join(told)}" if told else ""


def _added(what: str, old: Collection[str | int], new: Collection[str | int]) -> Iterator[str]:
    there, then = set(new), set(old)
    parts = {"new": [each for each in new if each not in then], "gone": [each for each in old if each not in there]}
    if told := [f"{_some(values)} {'is' if len(values) == 1 else 'are'} {word}" for word, values in parts.items() if values]:
        yield f"{what}: {', '.join(told)}"


def _some(values: Sequence[str | int]) -> str:
    shown = [_text(value) for value in values[:6]]
    return ", ".join(shown) + (f" and {len(values) - 6} more" if len(values) > 6 else "")


def _difference(name: str, was: object, now: object) -> str:
    old, new = ("none" if each is _GAP else _text(cast("Json", each)) for each in (was, now))
    same = was is now if _GAP in (was, now) else canonical(cast("Json", was)) == canonical(cast("Json", now))
    return "" if same else f"{name} {old} -> {new}".lstrip()


def _place(case: Mapping[str, Json]) -> str:
    return canonical([case.get("scenario"), case.get("difficulty"), case.get("params"), case.get("variant", 1)])


def _text(value: Json) -> str:
    """A value as a battery has it, short and harmless."""
    return "none" if value is None else inert(value if isinstance(value, str) else canonical(value), most=60)


def _map(value: object) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else []
