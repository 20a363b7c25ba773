"""From the evaluated blocks of a scenario file to its blueprint, with every complaint on the way. Nothing is random here."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import SpecError
from ..world.state import World
from .blueprint import Blueprint
from .document import Complaints, Node
from .interface import MEASUREMENTS, read_facts, read_levers, read_price
from .living import check_links, read_species
from .processes import read_flows, read_pulses, read_reactions
from .quantities import BLOCKS, MOST_VARIABLES, Quantities, read_control, read_molecule
from .question import read_floors, read_targets
from .reading import TOTALS, Reader
from .regions import Placed, read_regions, spread

EVALUATED = ("draws", "regions", *BLOCKS, "reactions", "flows", "pulses", "facts", "interface", "goals", "protect")
"""The blocks whose values are drawn, in the file's own order, but for `draws`, which comes first."""
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
        quantities.totals,
    )
    return Blueprint(
        world=world,
        regions=tuple(quantities.regions),
        prefixes=quantities.prefixes,
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
    quantities = Quantities()
    read_regions(read, quantities, blocks.get("regions"))
    entries = {block: _entries(read, block, blocks.get(block)) for block in BLOCKS}
    placed = {block: _placed(read, quantities, block, entries[block]) for block in BLOCKS}
    read.present.update({each.variable: i for i, each in enumerate(each for group in placed.values() for each in group)})
    if len(read.present) > MOST_VARIABLES:
        what = f"{len(read.present)} quantities"
        raise SpecError(read.complaints.source.complain(("molecules",), what, expected=f"at most {MOST_VARIABLES}"))
    for total in quantities.totals:
        read.present[total] = len(read.present)
    for each in placed["molecules"]:
        read_molecule(read, quantities, each.variable, each.node)
    for each in placed["species"]:
        read_species(read, quantities, each)
    for each in placed["controls"]:
        read_control(read, quantities, each.variable, each.node)
    check_links(read, quantities)
    # What agents see part of only must not be given away by its sum.
    quantities.hidden.update(total for total, parts in quantities.totals.items() if not quantities.hidden.isdisjoint(parts))
    return quantities


def _entries(read: Reader, block: str, node: Node | None) -> dict[str, Node]:
    """The entries of a block whose names are not taken yet."""
    kind, _prefix = BLOCKS[block]
    found = {}
    for name, each in read.entries(node, block).items():
        if name in read.kinds:
            read.complaints.add(each.path, f"{name!r} is a {read.kinds[name]} already", key=True)
        else:
            read.kinds[name], found[name] = kind, each
    return found


def _placed(read: Reader, quantities: Quantities, block: str, entries: Mapping[str, Node]) -> list[Placed]:
    """The entries of a block, each in its regions; what is spread over them has a sum under its own name."""
    kind, prefix = BLOCKS[block]
    found = []
    for name, node in entries.items():
        places = spread(read, quantities, name, node) if block != "controls" else [Placed(name, "", node)]
        if not places:
            del read.kinds[name]
            continue
        quantities.name(read, name, node, node.value if isinstance(node.value, dict) else {}, prefix=prefix)
        if places[0].region:
            quantities.totals[name] = tuple(place.variable for place in places)
            read.kinds.update({name: TOTALS[kind], **dict.fromkeys(quantities.totals[name], kind)})
        found += places
    return found
