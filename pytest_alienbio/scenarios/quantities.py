"""What has a level: `molecules:` and `controls:`, and what every quantity may say of itself (`species:` is `living`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..world.chemistry import Control, Molecule
from ..world.populations import Species
from .document import Node
from .reading import Reader

BLOCKS = {"molecules": ("molecule", "MX"), "species": ("species", "K"), "controls": ("control", "MC")}
"""The blocks whose entries are quantities, in the order of the state: what one of each is called, and its usual prefix."""
MOST_VARIABLES = 200
COMMON = ("prefix", "visible", "group")
"""What every quantity may say of itself."""


@dataclass(slots=True)
class Quantities:
    """All quantities of a file, while they are read."""

    molecules: dict[str, Molecule] = field(default_factory=dict)
    species: dict[str, Species] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)
    regions: list[str] = field(default_factory=list)
    totals: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, read: Reader, name: str, node: Node, entry: Mapping[str, Node], *, prefix: str) -> None:
        """Takes down how an entry is to be called."""
        read.identifier(name, node)
        self.prefixes[name] = read.word(entry, node.path, "prefix", prefix, r"[A-Z]{1,3}", "one to three capitals, like ME")
        group = read.word(entry, node.path, "group", "", r"[A-Za-z_]\w*", "a word")
        if group:
            self.groups.setdefault(group, []).append(name)

    def show(self, read: Reader, name: str, node: Node, entry: Mapping[str, Node], *, visible: bool = True) -> None:
        """Takes down whether agents see it."""
        if not read.flag(entry, node.path, "visible", visible):
            self.hidden.add(name)


def read_molecule(read: Reader, quantities: Quantities, name: str, node: Node) -> None:
    """An entry of `molecules:`; it begins at 0, and nothing flows in or decays, unless it says so."""
    entry = read.entries(node, "a molecule")
    read.known(entry, node.path, ("init", "inflow", "decay", *COMMON, "regions", "at"))
    quantities.show(read, name, node, entry)
    init, inflow, decay = (read.number(entry, node.path, key, default=0.0, low=0.0) for key in ("init", "inflow", "decay"))
    quantities.molecules[name] = Molecule(init, inflow, decay)


def read_control(read: Reader, quantities: Quantities, name: str, node: Node) -> None:
    """An entry of `controls:`; it begins at its rest, and agents do not see it, unless it says otherwise."""
    entry = read.entries(node, "a control")
    read.known(entry, node.path, ("init", "rest", "relax", *COMMON), needed=("rest", "relax"))
    quantities.show(read, name, node, entry, visible=False)
    rest = read.number(entry, node.path, "rest", low=0.0)
    init = read.number(entry, node.path, "init", default=rest, low=0.0)
    quantities.controls[name] = Control(init, rest, read.number(entry, node.path, "relax", low=0.0))
