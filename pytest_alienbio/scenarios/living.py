"""`species:` of a scenario file: populations, what they live on, what harms them, what they leave and whom they eat."""

from __future__ import annotations

from ..world.populations import Need, Prey, Species
from .document import Node
from .quantities import COMMON, Quantities
from .reading import Reader
from .regions import SPREAD, Placed

MOST_LINKS = 1000
"""Needs, poisons, excretions and prey together; the largest shipped world has some 30."""


def read_species(read: Reader, quantities: Quantities, placed: Placed) -> None:
    """An entry of `species:`; in a region, what it needs, eats and leaves is that of the same region, where that is spread."""
    name, region, node = placed.variable, placed.region, placed.node
    entry = read.entries(node, "a species")
    optional = ("crowding", "needs", "poisons", "excretes", "eats", *COMMON, *SPREAD)
    read.known(entry, node.path, ("init", "growth", "death", *optional), needed=("init", "growth", "death"))
    quantities.show(read, name, node, entry)
    needs = read.references(entry.get("needs"), "needs", "molecule", region=region, everywhere=True)
    poisons = read.references(entry.get("poisons"), "poisons", "molecule", region=region)
    excretes = read.references(entry.get("excretes"), "excretes", "molecule", region=region)
    eats = read.references(entry.get("eats"), "eats", "species", region=region)
    quantities.species[name] = Species(
        init=read.number(entry, node.path, "init", low=0.0),
        growth=read.number(entry, node.path, "growth", low=0.0),
        death=read.number(entry, node.path, "death", low=0.0),
        crowding=read.number(entry, node.path, "crowding", default=0.0, low=0.0),
        needs={role: _need(read, each) for role, each in needs.items()},
        poisons={role: read.bare(each, "a half-inhibition", above=0.0) for role, each in poisons.items()},
        excretes={role: read.bare(each, "an excretion", low=0.0) for role, each in excretes.items()},
        eats={role: _prey(read, each) for role, each in eats.items()},
    )


def check_links(read: Reader, quantities: Quantities) -> None:
    """Complains about a web too dense to be simulated."""
    links = sum(
        len(each.needs) + len(each.poisons) + len(each.excretes) + len(each.eats) for each in quantities.species.values()
    )
    if links > MOST_LINKS:
        what = f"{links} needs, poisons, excretions and prey"
        read.complaints.add(("species",), what, expected=f"at most {MOST_LINKS}")


def _need(read: Reader, node: Node) -> Need:
    entry = read.entries(node, "a need")
    read.known(entry, node.path, ("half", "uptake"), needed=("half",))
    half, uptake = (
        read.number(entry, node.path, "half", above=0.0),
        read.number(entry, node.path, "uptake", default=0.0, low=0.0),
    )
    return Need(half, uptake)


def _prey(read: Reader, node: Node) -> Prey:
    entry = read.entries(node, "prey")
    numbers = ("attack", "handling", "gain")
    read.known(entry, node.path, (*numbers, "shelter"), needed=numbers)
    attack, handling, gain = (read.number(entry, node.path, key, low=0.0) for key in numbers)
    shelter = read.role(entry["shelter"], "control") if "shelter" in entry else ""
    return Prey(attack, handling, gain, shelter)
