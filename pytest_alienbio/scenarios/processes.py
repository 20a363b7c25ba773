"""What happens by itself between quantities: `reactions:`, `flows:` and `pulses:` of a scenario file."""

from __future__ import annotations

from ..world.chemistry import Flow, Reaction
from ..world.state import Pulse
from .document import BROKEN, Node
from .reading import MOVING, Reader

MOST_REACTIONS = 200
MOST_FLOWS = 200
MOST_PULSES = 200
KINDS = ("exchange", "drain")


def read_reactions(read: Reader, node: Node | None) -> tuple[Reaction, ...]:
    """Each with `k` (mass action), or with `vmax` and `km` (Michaelis-Menten)."""
    return tuple(_reaction(read, each) for each in read.items(node, "reactions", most=MOST_REACTIONS))


def _reaction(read: Reader, node: Node) -> Reaction:
    entry = read.entries(node, "a reaction")
    read.known(entry, node.path, ("in", "out", "k", "vmax", "km", "catalyst", "inhibitors"), needed=("in",))
    # A reaction that lost an input would be another one, and its rate would mean something else.
    inputs = read.references(entry.get("in"), "in", "molecule", needed=True)
    if "in" in entry and isinstance(entry["in"].value, dict) and not entry["in"].value:
        read.complaints.add(entry["in"].path, "a reaction of nothing", expected="at least one molecule")
    saturates = "vmax" in entry or "km" in entry
    if saturates == ("k" in entry):
        what = "`k` beside `vmax` and `km`" if saturates else "a reaction without a rate"
        read.complaints.add(node.path, what, expected="k (mass action), or vmax and km (Michaelis-Menten)", key=True)
    elif saturates:
        read.known(entry, node.path, tuple(entry), needed=("vmax", "km"))
    inhibitors = read.references(entry.get("inhibitors"), "inhibitors", *MOVING)
    return Reaction(
        inputs={role: read.bare(each, "units", low=0.0) for role, each in inputs.items()},
        outputs={
            role: read.bare(each, "units", low=0.0)
            for role, each in read.references(entry.get("out"), "out", "molecule").items()
        },
        rate=read.number(entry, node.path, "vmax" if saturates else "k", low=0.0),
        halves=_halves(read, entry["km"], inputs) if "km" in entry else {},
        inhibitors={role: read.bare(each, "a half-inhibition", above=0.0) for role, each in inhibitors.items()},
        catalyst=read.role(entry["catalyst"], *MOVING) if "catalyst" in entry else "",
    )


def _halves(read: Reader, node: Node, inputs: dict[str, Node]) -> dict[str, float]:
    """`km`, one number for every input, or one for each."""
    if node.value is BROKEN or not isinstance(node.value, dict):
        half = read.bare(node, "`km`", above=0.0)
        return dict.fromkeys(inputs, half)
    halves = {role: read.bare(each, "`km`", above=0.0) for role, each in read.references(node, "km", "molecule").items()}
    for role in halves:
        if role not in inputs:
            read.complaints.add(node.value[role].path, f"{role!r} is no input of this reaction", key=True)
    for role in inputs:
        if role not in halves:
            read.complaints.add(node.path, f"`km` says nothing of {role!r}", expected="a number for every input")
    return halves


def read_flows(read: Reader, node: Node | None) -> tuple[Flow, ...]:
    """Each between two molecules or two populations, both ways unless it is a `drain`."""
    return tuple(_flow(read, each) for each in read.items(node, "flows", most=MOST_FLOWS))


def _flow(read: Reader, node: Node) -> Flow:
    entry = read.entries(node, "a flow")
    read.known(entry, node.path, ("from", "to", "rate", "gate", "kind"), needed=("from", "to", "rate"))
    source, target = (read.role(entry[key], "molecule", "species") if key in entry else "" for key in ("from", "to"))
    read.alike(node.path, "a flow", source, target)
    kind = read.word(entry, node.path, "kind", "exchange", "|".join(KINDS), " or ".join(KINDS))
    return Flow(
        source,
        target,
        read.number(entry, node.path, "rate", low=0.0),
        read.role(entry["gate"], "control") if "gate" in entry else "",
        one_way=kind == "drain",
    )


def read_pulses(read: Reader, node: Node | None, max_steps: int) -> tuple[Pulse, ...]:
    """Each at the start of a step that is played; never told to agents."""
    return tuple(_pulse(read, each, max_steps) for each in read.items(node, "pulses", most=MOST_PULSES))


def _pulse(read: Reader, node: Node, max_steps: int) -> Pulse:
    entry = read.entries(node, "a pulse")
    read.known(entry, node.path, ("step", "var", "add"), needed=("step", "var", "add"))
    return Pulse(
        int(read.number(entry, node.path, "step", low=0, high=max_steps - 1, whole=True)),
        read.role(entry["var"], *MOVING) if "var" in entry else "",
        read.number(entry, node.path, "add", low=0.0),
    )
