"""What can be done and asked: `interface:` (levers, measurements) and `facts:` of a scenario file."""

from __future__ import annotations

from ..world.state import Effect
from .blueprint import Fact, Lever
from .document import BROKEN, Node
from .reading import MOVING, QUANTITIES, Reader

MOST_LEVERS = 100
MOST_FACTS = 200
MEASUREMENTS = {"assay": 1.0, "investigate": 1.5}
"""What every scenario offers unless it says otherwise, and the price."""
EFFECTS = {"add": 3, "scale": 3, "move": 4}


def read_price(read: Reader, measurements: dict[str, Node], name: str) -> float | None:
    """`assay: {cost: 1}`, or `assay: false` for a measurement that is not offered."""
    node = measurements.get(name)
    if node is None:
        return MEASUREMENTS[name]
    if node.value is False:
        return None
    entry = read.entries(node, name)
    read.known(entry, node.path, ("cost",), needed=("cost",))
    return read.number(entry, node.path, "cost", low=0.0)


def read_levers(read: Reader, node: Node | None) -> tuple[Lever, ...]:
    """At least one; no two that agents could not tell apart."""
    levers: list[Lever] = []
    seen: set[tuple[object, ...]] = set()
    items = read.items(node, "levers", most=MOST_LEVERS)
    for each in items:
        lever = _lever(read, each)
        spelled = (lever.action, *sorted(lever.params.items()))
        if spelled in seen:
            read.complaints.add(
                each.path, f"a second lever {lever.action} with the same params: agents could not tell them apart"
            )
        seen.add(spelled)
        levers.append(lever)
    if node is not None and not items and node.value == []:
        read.complaints.add(node.path, "no levers", expected="at least one")
    return tuple(levers)


def _lever(read: Reader, node: Node) -> Lever:
    entry = read.entries(node, "a lever")
    needed = ("action", "params", "effects", "cost")
    read.known(entry, node.path, (*needed, "documented", "doc_if", "key"), needed=needed)
    documented = {
        role: read.bare(strength, "a documented effect", low=-1.0, high=1.0)
        for role, strength in read.references(entry.get("documented"), "documented", *QUANTITIES).items()
    }
    lever = Lever(
        action=read.word(entry, node.path, "action", "", r"[a-z][a-z0-9_]*", "a word like add_feedstock"),
        params={key: read.role(value) for key, value in read.entries(entry.get("params"), "params").items()},
        cost=read.number(entry, node.path, "cost", low=0.0),
        effects=tuple(effect for item in read.items(entry.get("effects"), "effects") for effect in _effect(read, item)),
        documented=documented if read.flag(entry, node.path, "doc_if", True) else {},
        key=read.flag(entry, node.path, "key", False),
    )
    if lever.action in ("wait", "done", *MEASUREMENTS):
        read.complaints.add((*node.path, "action"), f"{lever.action!r} is an action every scenario has already")
    return lever


def _effect(read: Reader, node: Node) -> list[Effect]:
    """`[add, role, amount]`, `[scale, role, factor]` or `[move, from, to, fraction]`."""
    parts = read.items(node, "an effect")
    kind = parts[0].value if parts else None
    if not isinstance(kind, str) or EFFECTS.get(kind) != len(parts):
        if not parts or kind is not BROKEN:
            expected = "[add, role, amount], [scale, role, factor] or [move, from, to, fraction]"
            read.complaints.add(node.path, "not an effect", expected=expected)
        return []
    roles = [read.role(part, *MOVING) for part in parts[1:-1]]
    places = [read.present.get(role, 0) for role in roles]
    if kind == "add":
        return [Effect("add", places[0], read.bare(parts[-1], "an amount", low=0.0))]
    if kind == "scale":
        return [Effect("scale", places[0], read.bare(parts[-1], "a factor", low=0.0))]
    read.alike(node.path, "a move", *roles)
    return [Effect("move", places[1], read.bare(parts[-1], "a fraction", low=0.0, high=1.0), source=places[0])]


def read_facts(read: Reader, node: Node | None, hidden: set[str]) -> dict[str, Fact]:
    """What is known of visible quantities; several entries about one are put together."""
    facts: dict[str, Fact] = {}
    for each in read.items(node, "facts", most=MOST_FACTS):
        entry = read.entries(each, "a fact")
        read.known(entry, each.path, ("about", "promoted_by", "reduced_by"), needed=("about",))
        about = read.role(entry["about"], *QUANTITIES) if "about" in entry else ""
        if about in hidden:
            read.complaints.add((*each.path, "about"), f"{about!r} is hidden: nobody could ask about it")
        known = facts.get(about, Fact())
        facts[about] = Fact(
            (*known.promoted_by, *_causes(read, entry.get("promoted_by"))),
            (*known.reduced_by, *_causes(read, entry.get("reduced_by"))),
        )
    return facts


def _causes(read: Reader, node: Node | None) -> list[str]:
    """One role, or a list of them."""
    if node is None or node.value is BROKEN:
        return []
    return [read.role(each, *QUANTITIES) for each in (node.value if isinstance(node.value, list) else [node])]
