"""Scenario files of the older format, told by their keys: read whole, or refused with every key that cannot be honoured.

What has a plain meaning is played on our own engine; nothing in a file is ever run as Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import SpecError
from ...model.canonical import digest
from ...model.source import Path, Source, plain
from ..document import Complaints
from .places import Places, read_flows, read_reactions
from .rehearsal import rehearse
from .scoring import read_scoring
from .text import HEADS, Amount, Formula, Reading, shown
from .tools import Tool, read_tools
from .world import Chemistry

VERSION = 1
"""Counted up when the same file would play or score otherwise than before."""
_TEXTS = ("description", "briefing", "constitution")
_WORLD = ("containers", "chemistry", "molecules", "reactions", "flows", "initial_state")
_KEYS = ("name", "tags", *_TEXTS, "interface", "sim", *_WORLD, "scoring", "passing_score")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
MOST_STEPS, MOST_PER_ACTION = 1000, 1000


@dataclass(frozen=True, slots=True)
class Older:
    """A scenario of the older format, whole. A `!ev` in it is drawn when a world is made."""

    name: str
    description: str
    tags: tuple[str, ...]
    briefing: str
    constitution: str
    tools: tuple[Tool, ...]
    budget: float | None
    """None: whatever is done can be paid."""
    feedstock: Mapping[str, float]
    """Molecule -> how much may be added in all; {}: no limit."""
    steps: int
    chemistry: Chemistry
    initial: Mapping[str, Amount]
    """Variable -> concentration at the start; 0 for those left out."""
    quantities: Mapping[str, Amount]
    scoring: Mapping[str, Formula]
    """`score` among them, last."""
    passing_score: float
    content_hash: str
    source: Source = field(repr=False)


def is_older(value: object) -> bool:
    """Whether a parsed file is a scenario of the older format: headed `scenario.NAME`, or with an `interface` and no head."""
    if not isinstance(value, Mapping) or "scenario" in value:
        return False
    keys = [key for key in value if isinstance(key, str)]
    interface = value.get("interface")
    of_now = isinstance(interface, Mapping) and "levers" in interface  # only its `scenario:` was forgotten
    if of_now or any(key.startswith("experiment") for key in keys):
        return False
    return any(key.startswith(HEADS) for key in keys) or "interface" in keys


def read_older(source: Source) -> Older:
    """The scenario a file of the older format holds. Raises `SpecError` with every complaint, each at its place."""
    reading = Reading(Complaints(source))
    name, head, root = _head(reading, source.value)
    entries = reading.mapping(head, root, _KEYS)
    if root == ():
        name = reading.text(entries.get("name"), ("name",))
    if name and not _NAME.fullmatch(name):
        reading.complain(
            (*root, "name") if root == () else root,
            f"{name!r} cannot be a scenario's name",
            expected="letters, digits and _ . / -",
        )
    if not name:
        reading.complain(root, "it has no name", expected="`name: ...`, or all of it below `scenario.NAME:`")
    if "briefing" not in entries:
        reading.complain(root, "`briefing` is missing", key=True)

    def part(key: str, known: Sequence[str]) -> Mapping[str, object]:
        return reading.mapping(entries.get(key), (*root, key), known)

    steps, span = _sim(reading, part("sim", ("max_agent_steps", "steps_per_action", "steps", "time_step")), (*root, "sim"))
    places = Places(reading, entries, root)
    chemistry = Chemistry(
        places.regions,
        places.molecules,
        read_reactions(reading, entries, root, places),
        read_flows(reading, entries, root, places),
        span,
    )
    interface = part("interface", ("actions", "measurements", "budget", "feedstock"))
    at = (*root, "interface")
    tools = (
        *read_tools(reading, interface.get("actions"), (*at, "actions"), places.regions, acting=True),
        *read_tools(reading, interface.get("measurements"), (*at, "measurements"), places.regions, acting=False),
    )
    for twice in sorted({tool.name for tool in tools if [each.name for each in tools].count(tool.name) > 1}):
        reading.complain((*at, "measurements", twice), f"{twice!r} is an action too", key=True)
    budget = reading.number(interface["budget"], (*at, "budget"), low=0.0) if "budget" in interface else None
    feedstock = reading.mapping(interface.get("feedstock"), (*at, "feedstock"), places.molecules)
    initial, quantities = places.start(chemistry)
    scoring = read_scoring(reading, entries, root, chemistry, sorted(quantities))
    passing = reading.number(entries.get("passing_score", 0.5), (*root, "passing_score"))
    tags = entries.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and _NAME.fullmatch(tag) for tag in tags):
        reading.complain((*root, "tags"), f"`tags` is {shown(tags)}", expected="a list of words")
    described, briefing, constitution = (reading.text(entries.get(key), (*root, key)) for key in _TEXTS)
    found = {molecule: reading.number(limit, (*at, "feedstock", molecule), low=0.0) for molecule, limit in feedstock.items()}
    reading.raise_if_wrong()
    older = Older(
        name=name,
        description=" ".join(described.split()),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        briefing=briefing,
        constitution=constitution,
        tools=tools,
        budget=budget,
        feedstock=found,
        steps=steps,
        chemistry=chemistry,
        initial=initial,
        quantities=quantities,
        scoring=scoring,
        passing_score=passing,
        content_hash=digest({"older": VERSION, "scenario": plain(head)}),
        source=source,
    )
    if wrong := rehearse(older):
        raise SpecError(wrong)
    return older


def _head(reading: Reading, value: object) -> tuple[str, object, Path]:
    """Name (or ''), content and path of the file's one scenario."""
    assert isinstance(value, Mapping)
    heads = [key for key in value if isinstance(key, str) and key.startswith(HEADS)]
    if not heads:
        return "", value, ()
    for key in value:
        if key != heads[0]:
            what = (
                "a second scenario in one file" if key in heads else f"{key!r} beside a scenario's head cannot be honoured here"
            )
            reading.complain(
                (key,), what, hint="give each scenario a file of its own, with all it needs below its head", key=True
            )
    return heads[0].partition(".")[2], value[heads[0]], (heads[0],)


def _sim(reading: Reading, sim: Mapping[str, object], path: Path) -> tuple[int, float]:
    """(steps of an agent, units of time in each). `steps` counts only where `max_agent_steps` is left out."""
    key = "max_agent_steps" if "max_agent_steps" in sim else "steps"
    steps = reading.number(sim.get(key, 100), (*path, key), low=1.0, whole=True)
    per_action = reading.number(sim.get("steps_per_action", 1), (*path, "steps_per_action"), low=1.0, whole=True)
    unit = reading.number(sim.get("time_step", 1.0), (*path, "time_step"), low=0.0)
    for name, value, most in ((key, steps, MOST_STEPS), ("steps_per_action", per_action, MOST_PER_ACTION)):
        if value > most:
            reading.complain((*path, name), f"`{name}` is {value:g}", expected=f"at most {most}")
    if unit == 0.0:
        reading.complain((*path, "time_step"), "`time_step` is 0", expected="a number above 0")
    return int(steps), per_action * unit
