"""Scenario files of the older format, told by their keys: read whole, or refused with every key that cannot be honoured.

What has a plain meaning is played on our own engine; nothing in a file is ever run as Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import did_you_mean
from ..model.canonical import digest
from ..model.source import Path, Source, Tagged, plain
from .document import Complaints
from .expressions import Expression
from .interpreter import PLAIN_FUNCTIONS
from .older_scoring import read_scoring
from .older_text import FORMULA, Amount, Reading, shown
from .older_tools import Tool, read_tools
from .older_world import Chemistry, Flow, Reaction

VERSION = 1
"""Counted up when the same file would play or score otherwise than before."""
HEADS = ("scenario.", "scenarios.")
_TEXTS = ("description", "briefing", "constitution")
_WORLD = ("containers", "chemistry", "molecules", "reactions", "flows", "initial_state")
_KEYS = ("name", "tags", *_TEXTS, "interface", "sim", *_WORLD, "scoring", "passing_score")
_QUANTITIES = ("temp", "pH")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ABOUT = ("name", "description", "bdepth", "role", "prefix", "symbol")
"""What may stand at a molecule or a reaction, and is for people."""
MOST_STEPS, MOST_PER_ACTION, MOST_VARIABLES = 1000, 1000, 200


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
    scoring: Mapping[str, Expression]
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
    places = _Places(reading, entries, root)
    chemistry = Chemistry(
        places.regions,
        places.molecules,
        _reactions(reading, entries, root, places),
        _flows(reading, entries, root, places),
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
    return Older(
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


class _Places:
    """Regions, molecules, and what is where at the start, while a file is read."""

    def __init__(self, reading: Reading, entries: Mapping[str, object], root: Path) -> None:
        self._reading, self._root = reading, root
        containers = reading.mapping(entries.get("containers"), (*root, "containers"), ("regions",))
        self._at = (*root, "containers", "regions")
        self._regions = {
            region: reading.mapping(content, (*self._at, region), ("substrate", "description", *_QUANTITIES))
            for region, content in reading.mapping(containers.get("regions"), self._at).items()
        }
        self._flat = reading.mapping(entries.get("initial_state"), (*root, "initial_state"))
        if self._flat and self._regions:
            what = "`initial_state` beside `containers.regions` does not say where it is"
            reading.complain((*root, "initial_state"), what, hint="write it as the `substrate` of a region", key=True)
        self.regions = tuple(self._regions) or ("",)
        chemistry = reading.mapping(entries.get("chemistry"), (*root, "chemistry"), ("molecules", "reactions"))
        self.said: dict[str, tuple[object, Path]] = {}
        """`molecules` and `reactions`, wherever they stand."""
        for key in ("molecules", "reactions"):
            if key in entries and key in chemistry:
                reading.complain((*root, key), f"`{key}` is there twice, here and below `chemistry`", key=True)
            where = (*root, "chemistry", key) if key in chemistry else (*root, key)
            self.said[key] = (chemistry.get(key, entries.get(key)), where)
        molecules, path = self.said["molecules"]
        self.listed = reading.mapping(molecules, path)
        for molecule, content in self.listed.items():
            reading.mapping(content, (*path, molecule), _ABOUT)
        self.molecules = tuple(dict.fromkeys([*self.listed, *self._flat, *self._substrates(), *self._reacting()]))
        for molecule in self.molecules:
            if not _WORD.fullmatch(molecule) or molecule in (*PLAIN_FUNCTIONS, *_QUANTITIES):
                reading.complain(root, f"{molecule!r} cannot be a molecule", expected="a name of letters, digits and _")
        for region in self._regions:
            if not _WORD.fullmatch(region):
                at = (*self._at, region)
                reading.complain(at, f"{region!r} cannot be a region", expected="a name of letters, digits and _", key=True)
        if len(self.regions) * len(self.molecules) > MOST_VARIABLES:
            what = f"{len(self.regions)} regions of {len(self.molecules)} molecules are more than can be played"
            reading.complain(root, what, expected=f"at most {MOST_VARIABLES} substrates in all")

    def _substrates(self) -> list[str]:
        return [
            molecule
            for region, content in self._regions.items()
            for molecule in self._reading.mapping(content.get("substrate"), (*self._at, region, "substrate"))
        ]

    def _reacting(self) -> list[str]:
        """Molecules that only a reaction names; where a file lists its molecules, that is a slip."""
        reactions, path = self.said["reactions"]
        found: list[str] = []
        for name, content in self._reading.mapping(reactions, path).items():
            for side in ("reactants", "products"):
                named = content.get(side) if isinstance(content, Mapping) else None
                for molecule in named if isinstance(named, list | Mapping) else ():
                    if isinstance(molecule, str) and self.listed and molecule not in self.listed:
                        hint = did_you_mean(molecule, self.listed)
                        self._reading.complain((*path, name, side), f"unknown molecule {molecule!r}", hint=hint)
                    elif isinstance(molecule, str):
                        found.append(molecule)
        return found

    def quantities(self) -> set[str]:
        """What some region has beside its substrate."""
        return {key for content in self._regions.values() for key in content if key in _QUANTITIES}

    def start(self, chemistry: Chemistry) -> tuple[dict[str, Amount], dict[str, Amount]]:
        """Concentrations and quantities at the start, by variable."""
        initial: dict[str, Amount] = {}
        quantities: dict[str, Amount] = {}
        for molecule, value in self._flat.items():
            initial[chemistry.name("", molecule)] = self._reading.amount(value, (*self._root, "initial_state", molecule))
        for region, content in self._regions.items():
            path = (*self._at, region)
            for molecule, value in self._reading.mapping(content.get("substrate"), (*path, "substrate")).items():
                initial[chemistry.name(region, molecule)] = self._reading.amount(value, (*path, "substrate", molecule))
            for key in _QUANTITIES:
                if key in content:
                    quantities[chemistry.name(region, key)] = self._reading.amount(content[key], (*path, key), low=None)
        return initial, quantities


def _reactions(reading: Reading, entries: Mapping[str, object], root: Path, places: _Places) -> tuple[Reaction, ...]:
    value, path = places.said["reactions"]
    found: list[Reaction] = []
    for name, content in reading.mapping(value, path).items():
        at = (*path, name)
        entry = reading.mapping(content, at, ("reactants", "products", "rate", *_ABOUT))
        inputs, outputs = (_side(reading, entry.get(side), (*at, side)) for side in ("reactants", "products"))
        rate = entry.get("rate", 1.0)
        if isinstance(rate, Tagged) and rate.tag in FORMULA:
            known = (*places.molecules, *sorted(places.quantities()))
            formula = reading.formula(rate, (*at, "rate"), known, tuple(PLAIN_FUNCTIONS))
            found += [Reaction(inputs, outputs, formula)] if formula else []
        else:
            found.append(Reaction(inputs, outputs, reading.number(rate, (*at, "rate"), low=0.0)))
    return tuple(found)


def _side(reading: Reading, value: object, path: Path) -> dict[str, float]:
    """Molecule -> units, from a list (a name twice is two units) or a mapping."""
    units: dict[str, float] = {}
    if isinstance(value, list):
        for place, molecule in enumerate(value):
            if isinstance(molecule, str):
                units[molecule] = units.get(molecule, 0.0) + 1.0
            else:
                reading.complain((*path, place), f"{shown(molecule)} is no molecule", expected="a name")
        return units
    for molecule, each in reading.mapping(value, path).items():
        units[molecule] = reading.number(each, (*path, molecule), low=0.0)
    return {molecule: each for molecule, each in units.items() if each > 0.0}


def _flows(reading: Reading, entries: Mapping[str, object], root: Path, places: _Places) -> tuple[Flow, ...]:
    value, path = entries.get("flows"), (*root, "flows")
    if value is not None and not isinstance(value, list):
        reading.complain(path, f"`flows` is {shown(value)}", expected="a list of {from, to, molecule, rate}")
    found: list[Flow] = []
    for place, content in enumerate(value if isinstance(value, list) else ()):
        at = (*path, place)
        entry = reading.mapping(content, at, ("from", "to", "molecule", "rate", *_ABOUT))
        ends = [entry.get("from"), entry.get("to"), entry.get("molecule")]
        for key, name, known in zip(
            ("from", "to", "molecule"), ends, (places.regions, places.regions, places.molecules), strict=True
        ):
            if name not in known:
                hint = did_you_mean(str(name), known) if name is not None else f"one of {', '.join(known)}"
                reading.complain(
                    (*at, key),
                    f"`{key}` is {shown(name)}, which is none of the {'molecules' if key == 'molecule' else 'regions'}",
                    hint=hint,
                )
        rate = reading.number(entry.get("rate", 1.0), (*at, "rate"), low=0.0)
        found.append(Flow(str(ends[0]), str(ends[1]), str(ends[2]), rate))
    return tuple(found)
