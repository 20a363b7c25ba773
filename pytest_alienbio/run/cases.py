"""From the lines of `scenarios:` to cases: sets and globs spread out, levels and surfaces counted, `select:` applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..errors import Complaint, SpecError, UnknownNameError
from ..model import Battery, Case, ScenarioEntry, canonical
from ..play import Catalog, ScenarioInfo, is_outside
from .selection import keep_cases, no_case_left, unknown_words

Sets = Mapping[str, tuple[ScenarioEntry, ...]]

FAMILIES = ("mutualism", "regulation", "population", "stewardship")
"""Of the shipped scenarios."""
SETS: Sets = {
    **{family: (ScenarioEntry(name=f"{family}/*"),) for family in FAMILIES},
    "smoke": tuple(ScenarioEntry(name=f"{family}/*", difficulty=(1, 3, 5)) for family in FAMILIES),
    "standard": tuple(ScenarioEntry(name=f"{family}/*", difficulty="all") for family in FAMILIES),
}
"""Sets every battery may name; those of the configuration win, and its own `sets:` over those."""


def find_cases(battery: Battery, catalog: Catalog, sets: Sets, complaints: list[Complaint]) -> list[tuple[Case, ScenarioEntry]]:
    """The cases of a battery, each once, in the file's order, with the line that names each first. Axes are not in them."""
    known = {**_shipped(catalog), **sets, **battery.sets}
    found: dict[str, tuple[Case, ScenarioEntry]] = {}
    for entry in _spread(battery.scenarios, known, battery, complaints):
        for case in _of_entry(entry, battery, catalog, complaints):
            found.setdefault(f"{case.scenario}\n{case.difficulty}\n{case.variant}\n{canonical(case.params)}", (case, entry))
    kept = _selected(list(found.values()), battery, catalog, complaints)
    complaints += dict.fromkeys(
        battery.complain(f"{case.scenario} has no surface variants", entry, hint="leave `variants` out")
        for case, entry in kept
        if case.variant > 1 and not catalog.scenario(case.scenario).has_variants
    )
    return kept


def _shipped(catalog: Catalog) -> Sets:
    """`SETS` in a catalog: a family that is not in it adds nothing."""
    return {name: tuple(entry for entry in entries if catalog.match(entry.name)) for name, entries in SETS.items()}


def _selected(
    found: list[tuple[Case, ScenarioEntry]], battery: Battery, catalog: Catalog, complaints: list[Complaint]
) -> list[tuple[Case, ScenarioEntry]]:
    if not found and not complaints:
        complaints.append(battery.complain(f"{battery.name}: no scenario is left to play"))
    if not battery.select:
        return found
    cases = [case for case, _ in found]
    kept = set(map(id, keep_cases(cases, battery.select)))
    if cases and not kept:
        complaints.append(battery.complain(f"{battery.name}: {no_case_left(cases, battery.select)}", "select"))
    else:
        names = {*catalog.scenarios, *(case.scenario for case in cases)}
        tags = {tag for info in catalog.scenarios.values() for tag in info.tags}.union(*(case.tags for case in cases))
        complaints += (
            battery.complain(f"{battery.name}: {missing}", f"select.{key}")
            for key, missing in unknown_words(battery.select, names, tags)
        )
    return [(case, entry) for case, entry in found if id(case) in kept]


def _spread(
    entries: tuple[ScenarioEntry, ...], sets: Sets, battery: Battery, complaints: list[Complaint], trail: tuple[str, ...] = ()
) -> Iterator[ScenarioEntry]:
    """`entries` with every set replaced by what is in it; the naming line's difficulty goes before the set's."""
    for entry in entries:
        if not entry.set:
            yield entry
        elif entry.set in trail:
            circle = " > ".join((*trail, entry.set))
            complaints.append(battery.complain(f"set {entry.set!r} contains itself ({circle})", entry))
        elif entry.set not in sets:
            complaints.append(battery.complain(str(UnknownNameError("set", entry.set, sets)), entry))
        else:
            for inner in _spread(sets[entry.set], sets, battery, complaints, (*trail, entry.set)):
                level = entry.difficulty or inner.difficulty
                yield replace(inner, difficulty=level, line=entry.line, column=entry.column, file=entry.file)


def _of_entry(entry: ScenarioEntry, battery: Battery, catalog: Catalog, complaints: list[Complaint]) -> Iterator[Case]:
    try:
        found = [catalog.scenario(name) for name in _names(entry, catalog)]
        bars = [info.bar(entry.params) if info.bar else info.passing_score for info in found]
    except UnknownNameError as error:
        complaints.append(battery.complain(str(error), entry))
        return
    except SpecError as error:
        complaints += (battery.complain(each.what, entry, hint=each.advice) for each in error.complaints)
        return
    for info, own in zip(found, bars, strict=True):
        bar = own if battery.passing_score is None else battery.passing_score
        for level in _levels(entry, info, battery, complaints):
            for variant in range(1, entry.variants + 1):
                yield info.case(level, entry.params, variant=variant, passing_score=bar)


def _names(entry: ScenarioEntry, catalog: Catalog) -> tuple[str, ...]:
    if any(ch in entry.name for ch in "*?["):
        names = catalog.match(entry.name)
        if not names and is_outside(entry.name):
            raise SpecError(
                Complaint(f"no pattern finds {entry.name!r}", hint="environments of Gymnasium are named one by one")
            )
        if not names:
            raise UnknownNameError("scenario", entry.name, catalog.scenarios)
        return names
    return (entry.name,)


def _levels(entry: ScenarioEntry, info: ScenarioInfo, battery: Battery, complaints: list[Complaint]) -> tuple[int | None, ...]:
    if entry.difficulty == "":
        return (info.default_level,)
    if entry.difficulty == "all":
        return info.levels or (None,)
    asked = tuple(level for level in entry.difficulty if isinstance(level, int))
    wrong = [str(level) for level in asked if level not in info.levels]
    if wrong:
        has = (
            f"its levels are {', '.join(map(str, info.levels))}" if info.levels else "it has no levels: leave `difficulty` out"
        )
        complaints.append(battery.complain(f"{info.name} has no difficulty {', '.join(wrong)}", entry, hint=has))
        return ()
    return asked
