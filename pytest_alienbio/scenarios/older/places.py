"""Where what is at the start, and what becomes of it: regions, molecules, reactions and flows of an older file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import did_you_mean, near_match
from ...model.source import Path, Tagged
from ..interpreter import PLAIN_FUNCTIONS
from .text import FORMULA, Amount, Reading, shown
from .world import Chemistry, Flow, Reaction

MOST_VARIABLES = 200
_QUANTITIES = ("temp", "pH")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ABOUT = ("name", "description", "bdepth", "role", "prefix", "symbol")
"""What may stand at a molecule or a reaction, and is for people."""


class Places:
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
            what = f"{len(self.regions) * len(self.molecules)} substrates are more than can be played"
            reading.complain(root, what, expected=f"at most {MOST_VARIABLES}, over all regions")

    def _substrates(self) -> list[str]:
        return [
            molecule
            for region, content in self._regions.items()
            for molecule in self._reading.mapping(content.get("substrate"), (*self._at, region, "substrate"))
        ]

    def _reacting(self) -> list[str]:
        """Molecules that only a reaction names: a slip, where a file says anywhere else which there are."""
        declared = [*self.listed] or [*self._flat, *self._substrates()]
        reactions, path = self.said["reactions"]
        found: list[str] = []
        for name, content in self._reading.mapping(reactions, path).items():
            for side in ("reactants", "products"):
                named = content.get(side) if isinstance(content, Mapping) else None
                for place, molecule in enumerate(named if isinstance(named, list | Mapping) else ()):
                    if isinstance(molecule, str) and declared and molecule not in declared:
                        at = (*path, name, side, place if isinstance(named, list) else molecule)
                        hint = near_match(molecule, declared) or "list it under `molecules`, or give it 0 at the start"
                        self._reading.complain(at, f"unknown molecule {molecule!r}", hint=hint, key=True)
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


def read_reactions(reading: Reading, entries: Mapping[str, object], root: Path, places: Places) -> tuple[Reaction, ...]:
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


def read_flows(reading: Reading, entries: Mapping[str, object], root: Path, places: Places) -> tuple[Flow, ...]:
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
