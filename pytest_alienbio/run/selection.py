"""Which of what there is: a battery's `select:` among its cases, and the options of a command line among its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..errors import did_you_mean, near_match
from ..model import Case, Cell, Plan, Selection
from ..report import many
from ..spec.ranges import MAX_LEVEL
from .sharding import said_shard, sharded


def select(plan: Plan, selection: Selection) -> tuple[Cell, ...]:
    """The cells of `plan` that `selection` keeps, in the plan's order, ids and keys as they were.

    `tags` may be the scenario's or the battery's. A case without levels fits no difficulty. A cell's shard is that of the
    whole plan, whatever else is selected.
    """
    if not selection:
        return plan.cells
    rules = _rules(selection)
    kept = {place for place, thing in _things(plan) if all(rule.fits(thing) for rule in rules)}
    cells = tuple(cell for cell in plan.cells if _place(cell) in kept)
    cells = _smoke(cells) if selection.smoke else cells
    if selection.shard is None:
        return cells
    number, count = selection.shard
    shard = sharded(plan, count)
    return tuple(cell for cell in cells if shard[cell.id] == number)


def nothing_left(plans: Iterable[Plan], selection: Selection, sources: Mapping[str, str] | None = None) -> str:
    """Which option leaves no cell of any of `plans`, and what there is instead, in one sentence; '' if some are left.

    `sources` says how those were given that were no options (`Settings.sources`): `{"tag": "ALIENBIO_TAG"}`.
    """
    spelled, plans = _as_given(sources or {}), list(plans)
    if said := _blame([thing for plan in plans for _, thing in _things(plan)], selection, spelled):
        return said
    if selection.shard is None or any(select(plan, selection) for plan in plans):
        return ""
    left = sum(len(select(plan, replace(selection, shard=None))) for plan in plans)
    given = (sources or {}).get("shard", "--bio-shard")
    asked = f"{given} {said_shard(selection.shard)}"
    return f"{asked} leaves nothing of {many(left, 'cell')}; use fewer shards, or leave this one out"


def unused(plans: Iterable[Plan], selection: Selection, sources: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """A sentence on each word of `selection` that fits no cell of any of `plans`. `sources` as in `nothing_left`."""
    things = [thing for plan in plans for _, thing in _things(plan)]
    spelled = _as_given(sources or {})
    said: list[str] = []
    for rule in _rules(selection):
        if rule.option.startswith("--") and rule.key in _KIND:
            offers = dict.fromkeys(offer for thing in things for offer in rule.offers(thing))
            said += (f"{spelled(rule)}: {missing}" for missing in _missing(rule, offers))
    return tuple(said)


def unknown_words(selection: Selection, names: Collection[str], tags: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each word of a battery's `select:` that fits none of the scenarios `names` and none of their `tags`.

    As the key it stands under, and a sentence.
    """
    for rule in _rules(selection):
        if rule.key in ("name", "exclude", "tags"):
            yield from ((rule.key, missing) for missing in _missing(rule, tags if rule.key == "tags" else names))


def _missing(rule: _Rule, offers: Collection[str]) -> Iterator[str]:
    whole = rule.key == "tags"
    for word in rule.asked:
        if not (word in offers if whole else any(fnmatchcase(offer, word) for offer in offers)):
            near = _short(did_you_mean(word, offers), 300) or ("nothing there has a tag" if whole else "there is none")
            yield f"no {_KIND[rule.key]} fits {_short(repr(word), 80)}; {near}"


def _as_given(sources: Mapping[str, str]) -> Callable[[_Rule], str]:
    return lambda rule: sources.get(rule.option.removeprefix("--bio-"), rule.option)


def keep_cases(cases: Sequence[Case], selection: Selection) -> list[Case]:
    """The cases that a battery's `select:` keeps, in their order."""
    rules = _rules(selection)
    return [case for case in cases if all(rule.fits(_Thing(case, "", case.tags)) for rule in rules)]


def no_case_left(cases: Iterable[Case], selection: Selection) -> str:
    """Which key of `select:` leaves none of `cases`, and what there is instead, in one sentence; '' if some are left."""
    return _blame([_Thing(case, "", case.tags) for case in cases], selection, lambda rule: f"select.{rule.key}")


_KIND = {"name": "scenario", "exclude": "scenario", "tags": "tag", "agents": "agent"}


class _Thing(NamedTuple):
    """What a selection looks at."""

    case: Case
    agent: str
    tags: Collection[str]


class _Rule(NamedTuple):
    """One field of a selection that is given."""

    option: str
    key: str
    """Its name in `select:`."""
    asked: tuple[str, ...]
    fits: Callable[[_Thing], bool]
    offers: Callable[[_Thing], Iterable[str]]
    """What could have been asked for to keep this thing."""


def _rules(wanted: Selection) -> list[_Rule]:
    def matches(globs: tuple[str, ...], name: str) -> bool:
        return name in globs or any(fnmatchcase(name, glob) for glob in globs)  # a variation's own name may be no glob of it

    def names(thing: _Thing) -> Iterable[str]:
        return (thing.case.scenario,)

    def level(thing: _Thing) -> Iterable[str]:
        return () if thing.case.difficulty is None else (str(thing.case.difficulty),)

    levels = tuple(_range(low, high) for low, high in wanted.levels)
    rules = (
        _Rule("--bio-scenario", "name", wanted.names, lambda t: matches(wanted.names, t.case.scenario), names),
        _Rule("exclude", "exclude", wanted.exclude, lambda t: not matches(wanted.exclude, t.case.scenario), names),
        _Rule("--bio-tag", "tags", wanted.tags, lambda t: any(tag in t.tags for tag in wanted.tags), lambda t: t.tags),
        _Rule("type", "type", (wanted.type,), lambda t: t.case.type == wanted.type, lambda t: (t.case.type,)),
        _Rule("--bio-difficulty", "difficulty", levels, lambda t: wanted.at(t.case.difficulty), level),
        _Rule("--bio-agent", "agents", wanted.agents, lambda t: matches(wanted.agents, t.agent), lambda t: (t.agent,)),
    )
    return [rule for rule in rules if any(rule.asked)]


def _place(cell: Cell) -> tuple[int, str]:
    return id(cell.case), cell.agent.name


def _things(plan: Plan) -> Iterator[tuple[tuple[int, str], _Thing]]:
    """Every case x agent of a plan once; so much fewer than its cells."""
    tags: dict[tuple[str, ...], frozenset[str]] = {}
    for place, cell in {_place(cell): cell for cell in plan.cells}.items():
        of_case = cell.case.tags
        known = tags.setdefault(of_case, frozenset((*of_case, *plan.battery.tags)))
        yield place, _Thing(cell.case, cell.agent.name, known)


def _smoke(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Of each scenario x agent one cell: the lowest difficulty, then the first params and surface, then the lowest seed."""
    first: dict[tuple[str, str], tuple[tuple[int, int, int], Cell]] = {}
    groups: dict[tuple[int, int], int] = {}
    for cell in cells:
        group = groups.setdefault((id(cell.case), id(cell.agent)), len(groups))
        level = -1 if cell.case.difficulty is None else cell.case.difficulty
        rank = (level, group, cell.seed)
        where = (cell.case.scenario, cell.agent.name)
        if where not in first or rank < first[where][0]:
            first[where] = (rank, cell)
    chosen = {id(cell) for _, cell in first.values()}
    return tuple(cell for cell in cells if id(cell) in chosen)


def _blame(things: list[_Thing], selection: Selection, spelled: Callable[[_Rule], str]) -> str:
    if not things:
        return "there is nothing to choose from"
    before = ""
    for rule in _rules(selection):
        left = [thing for thing in things if rule.fits(thing)]
        if not left:
            offers = dict.fromkeys(offer for thing in things for offer in rule.offers(thing))
            return f"{_said(rule, spelled)} leaves nothing{before}; {_instead(rule, offers)}"
        if len(left) < len(things):
            before = f"{before} and {_said(rule, spelled)}" if before else f" of what is kept by {_said(rule, spelled)}"
        things = left
    return ""


def _said(rule: _Rule, spelled: Callable[[_Rule], str]) -> str:
    return _short(f"{spelled(rule)} {','.join(rule.asked)}", 80)


def _instead(rule: _Rule, offers: Iterable[str]) -> str:
    known = list(offers)
    if rule.key == "exclude":
        return _short(f"it fits all there is: {', '.join(known)}", 200)
    if not known:
        return "nothing there has levels" if rule.key == "difficulty" else "nothing there has a tag"
    if rule.key == "difficulty":
        return f"levels there: {', '.join(sorted(known, key=int))}"
    near = next(filter(None, (near_match(asked, known) for asked in rule.asked)), "")
    return _short(near or did_you_mean("", known), 300)


def _range(low: int, high: int) -> str:
    if low == high:
        return str(low)
    if high >= MAX_LEVEL:
        return f">={low}"
    return f"<={high}" if low == 0 else f"{low}-{high}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
