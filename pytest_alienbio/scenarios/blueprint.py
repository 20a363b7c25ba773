"""What a scenario file says at one difficulty and one draw, checked and turned into a world with a question.

Roles (`focal`, `energy`) are the file's own words; here they become indices into the state. Nothing is random here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..world.chemistry import Molecule
from ..world.populations import Need, Species
from ..world.state import Effect, World
from .document import BROKEN, Complaints, Node
from .reading import Reader
from .scoring import Target

MOST_VARIABLES = 200
MOST_LINKS = 1000
"""Needs, poisons and excretions together; the largest shipped world has 19."""
MOST_LEVERS = 100
MOST_STEPS = 200
UNBUILT = ("reactions", "regions", "flows", "controls", "pulses", "facts")
"""Blocks of the format that this version refuses by name."""
EVALUATED = ("molecules", "species", "interface", "goals", "protect")
"""The blocks whose values are drawn, in the file's own order."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that can be done to the world: an action's name with one fixed choice of parameters."""

    action: str
    params: Mapping[str, str]
    """`{parameter: role}`."""
    cost: float
    """For a full dose."""
    effects: tuple[Effect, ...]
    documented: Mapping[str, float]
    """What the briefing claims: `{role: strength -1..1}`. May be empty, or a lie."""
    key: bool = False
    """Belongs to the truth of the scenario: the planner tries it more often."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A world, what can be done and measured in it, what is asked, and what must not suffer."""

    world: World
    prefixes: tuple[str, ...]
    """Of the alien names, one per variable."""
    hidden: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    """Words of a briefing that stand for several roles."""
    levers: tuple[Lever, ...]
    targets: tuple[Target, ...]
    floors: tuple[tuple[int, float], ...]
    """(variable, lowest allowed fraction of its start)."""
    max_steps: int
    budget: float
    noise: float
    """Standard deviation of a reading, as a fraction of the value."""
    assay_cost: float | None
    """None: not offered."""
    investigate_cost: float | None


@dataclass(slots=True)
class _Quantities:
    molecules: dict[str, Molecule] = field(default_factory=dict)
    species: dict[str, Species] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    groups: dict[str, list[str]] = field(default_factory=dict)


def draw_up(blocks: Mapping[str, Node], roles: frozenset[str], complaints: Complaints) -> Blueprint:
    """The blueprint of evaluated `blocks`. `roles` are those of any difficulty: a reference to one that is dropped at this
    one is dropped with it. What is wrong goes to `complaints`; the result is then of no use."""
    read = Reader(complaints, roles)
    quantities = _Quantities()
    molecules, species = (read.entries(blocks.get(block), block) for block in ("molecules", "species"))
    present = [*molecules, *species]
    for name in species:
        if name in molecules:
            complaints.add(species[name].path, f"{name!r} is a molecule already", key=True)
    if len(present) > MOST_VARIABLES:
        complaints.add(("molecules",), f"{len(present)} quantities", expected=f"at most {MOST_VARIABLES}")
    read.present = {name: i for i, name in enumerate(present)}
    for name, node in molecules.items():
        _molecule(read, quantities, name, node)
    for name, node in species.items():
        _species(read, quantities, name, node, frozenset(molecules))
    links = sum(len(each.needs) + len(each.poisons) + len(each.excretes) for each in quantities.species.values())
    if links > MOST_LINKS:
        complaints.add(("species",), f"{links} needs, poisons and excretions", expected=f"at most {MOST_LINKS}")
    interface = read.entries(blocks.get("interface"), "interface")
    read.known(
        interface, ("interface",), ("max_steps", "budget", "noise", "levers", "measurements"), needed=("budget", "levers")
    )
    measurements = read.entries(interface.get("measurements"), "measurements")
    read.known(measurements, ("interface", "measurements"), ("assay", "investigate"))
    max_steps = read.number(interface, ("interface",), "max_steps", default=20, low=1, high=MOST_STEPS, whole=True)
    return Blueprint(
        world=World(quantities.molecules, quantities.species),
        prefixes=tuple(quantities.prefixes[name] for name in present),
        hidden=frozenset(quantities.hidden),
        groups={name: tuple(members) for name, members in quantities.groups.items()},
        levers=_levers(read, interface.get("levers")),
        targets=_targets(read, blocks.get("goals"), quantities.hidden, int(max_steps)),
        floors=_floors(read, blocks.get("protect"), quantities.species),
        max_steps=int(max_steps),
        budget=read.number(interface, ("interface",), "budget", above=0.0),
        noise=read.number(interface, ("interface",), "noise", default=0.0, low=0.0, high=1.0),
        assay_cost=_price(read, measurements, "assay", 1.0),
        investigate_cost=_price(read, measurements, "investigate", 1.5),
    )


def _common(read: Reader, quantities: _Quantities, name: str, node: Node, entry: dict[str, Node], prefix: str) -> None:
    read.identifier(name, node)
    quantities.prefixes[name] = read.word(entry, node.path, "prefix", prefix, r"[A-Z]{1,3}", "one to three capitals, like ME")
    if not read.flag(entry, node.path, "visible", True):
        quantities.hidden.add(name)
    group = read.word(entry, node.path, "group", "", r"[A-Za-z_]\w*", "a word")
    if group:
        quantities.groups.setdefault(group, []).append(name)


def _molecule(read: Reader, quantities: _Quantities, name: str, node: Node) -> None:
    entry = read.entries(node, "a molecule")
    read.known(entry, node.path, ("prefix", "init", "inflow", "decay", "visible", "group"))
    _common(read, quantities, name, node, entry, "MX")
    init, inflow, decay = (read.number(entry, node.path, key, default=0.0, low=0.0) for key in ("init", "inflow", "decay"))
    quantities.molecules[name] = Molecule(init, inflow, decay)


def _species(read: Reader, quantities: _Quantities, name: str, node: Node, molecules: frozenset[str]) -> None:
    entry = read.entries(node, "a species")
    optional = ("crowding", "needs", "poisons", "excretes", "prefix", "visible", "group")
    read.known(entry, node.path, ("init", "growth", "death", *optional), needed=("init", "growth", "death"), unbuilt=("eats",))
    _common(read, quantities, name, node, entry, "K")
    needs: dict[str, Need] = {}
    for role, each in read.references(entry.get("needs"), "needs", molecules, "molecule").items():
        need = read.entries(each, "a need")
        read.known(need, each.path, ("half", "uptake"), needed=("half",))
        needs[role] = Need(
            read.number(need, each.path, "half", above=0.0), read.number(need, each.path, "uptake", default=0.0, low=0.0)
        )
    poisons = read.references(entry.get("poisons"), "poisons", molecules, "molecule")
    excretes = read.references(entry.get("excretes"), "excretes", molecules, "molecule")
    quantities.species[name] = Species(
        init=read.number(entry, node.path, "init", low=0.0),
        growth=read.number(entry, node.path, "growth", low=0.0),
        death=read.number(entry, node.path, "death", low=0.0),
        crowding=read.number(entry, node.path, "crowding", default=0.0, low=0.0),
        needs=needs,
        poisons={role: read.bare(each, "a half-inhibition", above=0.0) for role, each in poisons.items()},
        excretes={role: read.bare(each, "an excretion", low=0.0) for role, each in excretes.items()},
    )


def _price(read: Reader, measurements: dict[str, Node], name: str, default: float) -> float | None:
    """`assay: {cost: 1}`, or `assay: false` for a measurement that is not offered."""
    node = measurements.get(name)
    if node is None:
        return default
    if node.value is False:
        return None
    entry = read.entries(node, name)
    read.known(entry, node.path, ("cost",), needed=("cost",))
    return read.number(entry, node.path, "cost", low=0.0)


def _levers(read: Reader, node: Node | None) -> tuple[Lever, ...]:
    levers: list[Lever] = []
    seen: set[tuple[object, ...]] = set()
    for each in read.items(node, "levers"):
        entry = read.entries(each, "a lever")
        read.known(
            entry,
            each.path,
            ("action", "params", "effects", "cost", "documented", "doc_if", "key"),
            needed=("action", "params", "effects", "cost"),
        )
        documented = {
            role: read.bare(strength, "a documented effect", low=-1.0, high=1.0)
            for role, strength in read.references(entry.get("documented"), "documented", None, "quantity").items()
        }
        lever = Lever(
            action=read.word(entry, each.path, "action", "", r"[a-z][a-z0-9_]*", "a word like add_feedstock"),
            params={key: read.role(value) for key, value in read.entries(entry.get("params"), "params").items()},
            cost=read.number(entry, each.path, "cost", low=0.0),
            effects=tuple(effect for item in read.items(entry.get("effects"), "effects") for effect in _effect(read, item)),
            documented=documented if read.flag(entry, each.path, "doc_if", True) else {},
            key=read.flag(entry, each.path, "key", False),
        )
        if lever.action in ("wait", "done", "assay", "investigate"):
            read.complaints.add((*each.path, "action"), f"{lever.action!r} is an action every scenario has already")
        spelled = (lever.action, *sorted(lever.params.items()))
        if spelled in seen:
            read.complaints.add(
                each.path, f"a second lever {lever.action} with the same params: agents could not tell them apart"
            )
        seen.add(spelled)
        levers.append(lever)
    if not 1 <= len(levers) <= MOST_LEVERS and node is not None:
        read.complaints.add(node.path, f"{len(levers)} levers", expected=f"1 to {MOST_LEVERS}")
    return tuple(levers)


def _effect(read: Reader, node: Node) -> list[Effect]:
    """`[add, role, amount]`, `[scale, role, factor]` or `[move, from, to, fraction]`."""
    parts = read.items(node, "an effect")
    kind = parts[0].value if parts else None
    sizes = {"add": 3, "scale": 3, "move": 4}
    if not isinstance(kind, str) or sizes.get(kind) != len(parts):
        if not parts or kind is not BROKEN:
            expected = "[add, role, amount], [scale, role, factor] or [move, from, to, fraction]"
            read.complaints.add(node.path, "not an effect", expected=expected)
        return []
    places = [read.present.get(read.role(part), 0) for part in parts[1:-1]]
    if kind == "add":
        return [Effect("add", places[0], read.bare(parts[-1], "an amount", low=0.0))]
    if kind == "scale":
        return [Effect("scale", places[0], read.bare(parts[-1], "a factor", low=0.0))]
    return [Effect("move", places[1], read.bare(parts[-1], "a fraction", low=0.0, high=1.0), source=places[0])]


def _targets(read: Reader, node: Node | None, hidden: set[str], max_steps: int) -> tuple[Target, ...]:
    targets = []
    for each in read.items(node, "goals"):
        entry = read.entries(each, "a goal")
        read.known(entry, each.path, ("var", "kind", "from", "low", "high", "weight"), needed=("var", "kind"))
        role = read.role(entry["var"]) if "var" in entry else ""
        if role in hidden:
            read.complaints.add((*each.path, "var"), f"the goal {role!r} is hidden", hint="make it visible or aim at another")
        kind = read.word(entry, each.path, "kind", "up", r"up|down|band", "up, down or band")
        stated = "low" in entry or "high" in entry
        ends = {"up": ("high",), "down": ("low", "high"), "band": ("low", "high")}.get(kind, ())
        if stated or kind == "band":
            read.known(entry, each.path, tuple(entry), needed=ends)
        low = read.number(entry, each.path, "low", default=0.0, low=0.0)
        high = read.number(entry, each.path, "high", default=low + 1.0, low=0.0)
        if high <= low:
            read.complaints.add(each.path, f"a goal from {low} to {high}", expected="low below high")
        start = read.number(entry, each.path, "from", default=0.0, low=0.0, high=1.0)
        targets.append(
            Target(
                read.present.get(role, 0),
                kind,
                first_step(start, max_steps),
                read.number(entry, each.path, "weight", default=1.0, above=0.0),
                low,
                high,
                stated=stated,
            )
        )
    if not targets and node is not None:
        read.complaints.add(node.path, "no goals", expected="at least one")
    return tuple(targets)


def first_step(start: float, max_steps: int) -> int:
    """The first step of a window that begins at the fraction `start` of an episode: ceil(start * max_steps)."""
    return min(max_steps, -int(-(start * max_steps - 1e-9) // 1))


def _floors(read: Reader, node: Node | None, species: Mapping[str, Species]) -> tuple[tuple[int, float], ...]:
    floors = []
    for role, each in read.references(node, "protect", frozenset(species), "species").items():
        floor = read.bare(each, "a floor", above=0.0, high=1.0)
        if role in species and species[role].init <= 0.0:
            read.complaints.add(each.path, f"{role!r} starts at 0: no fraction of that can be protected")
        floors.append((read.present[role], floor))
    return tuple(floors)
