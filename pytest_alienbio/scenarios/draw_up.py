"""From the evaluated blocks of a scenario file to its blueprint, with every complaint on the way. Nothing is random here."""

from __future__ import annotations

from collections.abc import Mapping

from ..world.state import World
from .blueprint import Blueprint
from .document import Complaints, Node
from .interface import MEASUREMENTS, read_facts, read_levers, read_price
from .living import read_species
from .processes import read_flows, read_pulses, read_reactions
from .quantities import BLOCKS, MOST_VARIABLES, Quantities, read_control, read_molecule
from .question import read_floors, read_targets
from .reading import Reader

EVALUATED = (*BLOCKS, "reactions", "flows", "pulses", "facts", "interface", "goals", "protect")
"""The blocks whose values are drawn, in the file's own order."""
UNBUILT = ("regions",)
"""Blocks of the format that this version refuses by name."""
MOST_STEPS = 200


def draw_up(blocks: Mapping[str, Node], roles: frozenset[str], complaints: Complaints) -> Blueprint:
    """The blueprint of evaluated `blocks`. `roles` are those of any difficulty: a reference to one that is dropped at this
    one is dropped with it. What is wrong goes to `complaints`; the result is then of no use."""
    read = Reader(complaints, roles)
    quantities = _quantities(read, blocks)
    interface = read.entries(blocks.get("interface"), "interface")
    read.known(
        interface, ("interface",), ("max_steps", "budget", "noise", "levers", "measurements"), needed=("budget", "levers")
    )
    max_steps = int(read.number(interface, ("interface",), "max_steps", default=20, low=1, high=MOST_STEPS, whole=True))
    measurements = read.entries(interface.get("measurements"), "measurements")
    read.known(measurements, ("interface", "measurements"), tuple(MEASUREMENTS))
    assay_cost, investigate_cost = (read_price(read, measurements, name) for name in MEASUREMENTS)
    world = World(
        quantities.molecules,
        quantities.species,
        quantities.controls,
        read_reactions(read, blocks.get("reactions")),
        read_flows(read, blocks.get("flows")),
        read_pulses(read, blocks.get("pulses"), max_steps),
    )
    return Blueprint(
        world=world,
        prefixes=tuple(quantities.prefixes[name] for name in read.present),
        hidden=frozenset(quantities.hidden),
        groups={name: tuple(members) for name, members in quantities.groups.items()},
        levers=read_levers(read, interface.get("levers")),
        facts=read_facts(read, blocks.get("facts"), quantities.hidden),
        targets=read_targets(read, blocks.get("goals"), quantities.hidden, max_steps),
        floors=read_floors(read, blocks.get("protect"), world),
        max_steps=max_steps,
        budget=read.number(interface, ("interface",), "budget", above=0.0),
        noise=read.number(interface, ("interface",), "noise", default=0.0, low=0.0, high=1.0),
        assay_cost=assay_cost,
        investigate_cost=investigate_cost,
    )


def _quantities(read: Reader, blocks: Mapping[str, Node]) -> Quantities:
    """Everything that has a level; from here on the reader knows what there is and of what kind."""
    found = {block: read.entries(blocks.get(block), block) for block in BLOCKS}
    for block, kind in BLOCKS.items():
        for name, node in found[block].items():
            if name in read.kinds:
                read.complaints.add(node.path, f"{name!r} is a {read.kinds[name]} already", key=True)
            else:
                read.kinds[name] = kind
                read.present[name] = len(read.present)
    if len(read.present) > MOST_VARIABLES:
        expected = f"at most {MOST_VARIABLES}"
        read.complaints.add(("molecules",), f"{len(read.present)} quantities", expected=expected)
    quantities = Quantities()
    for name, node in found["molecules"].items():
        quantities.molecules[name] = read_molecule(read, quantities, name, node)
    read_species(read, quantities, found["species"])
    for name, node in found["controls"].items():
        quantities.controls[name] = read_control(read, quantities, name, node)
    return quantities
