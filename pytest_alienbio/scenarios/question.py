"""What is wanted and what must not suffer: `goals:` and `protect:` of a scenario file."""

from __future__ import annotations

from ..world.state import World
from .document import Node
from .reading import QUANTITIES, TOTALS, Reader
from .scoring import Floor, Target


def read_targets(read: Reader, node: Node | None, hidden: set[str], max_steps: int) -> tuple[Target, ...]:
    """At least one, each on something agents can see; bounds that are not stated are found out when an instance is made."""
    targets = []
    for each in read.items(node, "goals"):
        entry = read.entries(each, "a goal")
        read.known(entry, each.path, ("var", "kind", "from", "low", "high", "weight"), needed=("var", "kind"))
        role = read.role(entry["var"], *QUANTITIES) if "var" in entry else ""
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


def read_floors(read: Reader, node: Node | None, world: World) -> tuple[Floor, ...]:
    """`{focal: 0.3}`, or `{focal: {floor: 0.7, soft: 0.5}}`."""
    floors = []
    start = dict(zip(world.variables, world.initial, strict=True))
    for role, each in read.references(node, "protect", "species", TOTALS["species"]).items():
        if isinstance(each.value, dict):
            read.known(each.value, each.path, ("floor", "soft"), needed=("floor",))
            floor = read.number(each.value, each.path, "floor", above=0.0, high=1.0)
            soft = read.number(each.value, each.path, "soft", default=0.0, low=0.0, below=1.0)
        else:
            floor, soft = read.bare(each, "a floor", above=0.0, high=1.0), 0.0
        if start[role] <= 0.0:
            read.complaints.add(each.path, f"{role!r} starts at 0: no fraction of that can be protected")
        floors.append(Floor(read.present[role], floor, soft))
    return tuple(floors)
