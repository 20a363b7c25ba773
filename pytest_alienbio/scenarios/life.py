"""What can be found out about populations, and what levers name: said of a whole population, wherever it lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..world.populations import Species
from .blueprint import Blueprint

Life = Mapping[str, Mapping[str, float]]
"""`{needs: {role: half-saturation}, poisons: {...}, excretes: {...}, preys_on: {role: attack}}`."""


def lives(blueprint: Blueprint) -> dict[str, Life]:
    """How each population lives, by its role; one that is spread over regions once, by the role of its total."""
    world = blueprint.world
    spread = {part for parts in world.totals.values() for part in parts}
    found = {name: _life({"": species}) for name, species in world.species.items() if name not in spread}
    for total, parts in world.totals.items():
        if all(part in world.species for part in parts):
            found[total] = _life({part.partition("@")[2]: world.species[part] for part in parts})
    return found


def named_by_levers(blueprint: Blueprint) -> Iterator[str]:
    """The quantities that the params of levers name; beside a region, what is spread is that of the region."""
    variables, regions = set(blueprint.world.variables), set(blueprint.regions)
    for lever in blueprint.levers:
        roles = list(lever.params.values())
        places = [role for role in roles if role in regions]
        for role in roles:
            there = [f"{role}@{place}" for place in places if f"{role}@{place}" in variables]
            yield from there or ([role] if role in variables else [])


def _life(by_region: Mapping[str, Species]) -> Life:
    return {
        "needs": _merged({at: {role: need.half for role, need in each.needs.items()} for at, each in by_region.items()}),
        "poisons": _merged({at: each.poisons for at, each in by_region.items()}),
        "excretes": _merged({at: each.excretes for at, each in by_region.items()}),
        "preys_on": _merged({at: {role: prey.attack for role, prey in each.eats.items()} for at, each in by_region.items()}),
    }


def _merged(by_region: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """One number for what is spread and the same wherever it is, else one for each place."""
    wholes: dict[str, dict[str, float]] = {}
    for region, values in by_region.items():
        for role, value in values.items():
            wholes.setdefault(role.removesuffix(f"@{region}"), {})[role] = value
    merged: dict[str, float] = {}
    for whole, values in wholes.items():
        alike = len(set(values.values())) == 1
        merged.update({whole: next(iter(values.values()))} if alike else values)
    return merged
