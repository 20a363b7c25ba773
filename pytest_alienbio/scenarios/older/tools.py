"""Actions and measurements of the older format: what their names and parameters mean in substrates and quantities.

The format itself says in words what a tool does, and left the rest to a program. What is honoured is what a name and the
types of its parameters say plainly: see `VERBS`. Everything else is refused by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...model.source import Path, Tagged
from ..interpreter import PLAIN_FUNCTIONS
from .text import FORMULA, Formula, Reading, shown
from .world import Chemistry

VERBS: Mapping[str, str] = {
    **dict.fromkeys(("add", "inject"), "add"),
    **dict.fromkeys(("remove", "extract"), "remove"),
    **dict.fromkeys(("adjust", "set"), "set"),
}
"""First word of an action's name -> what it does to the substrate of a region, or (`set`) to one of its quantities."""
MOLECULE = ("molecule", "substance", "chemical")
REGION = ("region", "container", "compartment")
_TYPES: Mapping[str, str] = {"str": "text", "string": "text", "float": "number", "number": "number", "int": "whole"}
_KEYS = ("description", "params", "cost")
SHARES = (0.1, 0.5)
"""Amounts a briefing lists, as shares of the largest concentration at the start."""
_BARE: Mapping[str, Mapping[str, str]] = {
    "add_feedstock": {"molecule": "str", "amount": "float", "region": "str"},
    "adjust_temp": {"temp": "float"},
    "adjust_pH": {"pH": "float"},
    "sample_substrate": {"region": "str"},
}
"""What tools that a file names in a list take."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something an agent may call."""

    name: str
    does: str
    """`add`, `remove` or `set` for an action, `read` for a measurement."""
    params: Mapping[str, str]
    """Parameter -> `text`, `number` or `whole`."""
    cost: float | Formula
    """Budget units; a formula may use the parameters that are numbers."""
    molecule: str = ""
    """The parameter that names a molecule; '' if there is none."""
    region: str = ""
    number: str = ""
    quantity: str = ""
    """What `set` sets if it is no substrate: the rest of the action's name."""
    description: str = ""

    @property
    def takes_step(self) -> bool:
        """Whether time passes."""
        return self.does != "read"


def read_tools(reading: Reading, value: object, path: Path, regions: Sequence[str], *, acting: bool) -> tuple[Tool, ...]:
    """The tools of `interface.actions` (or `.measurements`), by name or in a list."""
    if isinstance(value, list):
        known = {name: params for name, params in _BARE.items() if (name != "sample_substrate") is acting}
        entries: dict[str, object] = {}
        places: dict[str, Path] = {}
        for place, name in enumerate(value):
            if isinstance(name, str) and name in known:
                entries[name] = {
                    "params": {key: kind for key, kind in known[name].items() if key != "region" or len(regions) > 1}
                }
                places[name] = (*path, place)
            else:
                what = f"{shown(name)} alone does not say what it takes"
                reading.complain((*path, place), what, expected="a mapping: name, then description, params and cost")
        tools = [_tool(reading, name, entry, places[name], regions, acting) for name, entry in entries.items()]
    else:
        found = reading.mapping(value, path)
        tools = [_tool(reading, name, entry, (*path, name), regions, acting) for name, entry in found.items()]
    return tuple(tool for tool in tools if tool)


def _tool(reading: Reading, name: str, value: object, path: Path, regions: Sequence[str], acting: bool) -> Tool | None:
    if name in ("wait", "done"):
        reading.complain(path, f"{name!r} is there anyway, and cannot be given another meaning", key=True)
        return None
    entry = reading.mapping(value, path, _KEYS)
    params: dict[str, str] = {}
    for param, kind in reading.mapping(entry.get("params"), (*path, "params")).items():
        if not isinstance(kind, str) or kind not in _TYPES:
            expected = f"one of {', '.join(_TYPES)}"
            reading.complain((*path, "params", param), f"the parameter {param!r} is {shown(kind)}", expected=expected)
            return None
        params[param] = _TYPES[kind]
    cost = _cost(reading, entry.get("cost", 1.0 if acting else 0.0), (*path, "cost"), params)
    about = " ".join(reading.text(entry.get("description"), (*path, "description")).split())
    texts = [param for param, kind in params.items() if kind == "text"]
    numbers = [param for param in params if param not in texts]
    molecule = next((param for param in texts if param in MOLECULE), "")
    region = next((param for param in texts if param in REGION), "")
    strange = [param for param in texts if param not in (molecule, region)]
    if strange:
        expected = f"{' or '.join((MOLECULE[0], REGION[0]))}, for texts"
        reading.complain(
            (*path, "params", strange[0]), f"what {name!r} does with {strange[0]!r} is not known here", expected=expected
        )
        return None
    if not acting:
        if numbers:
            reading.complain(
                (*path, "params", numbers[0]), f"a measurement that takes a number ({numbers[0]!r}) is not known here"
            )
            return None
        return Tool(name, "read", params, cost, molecule, region, description=about)
    verb, _, rest = name.partition("_")
    does = VERBS.get(verb, "")
    quantity = rest if does == "set" and not molecule else ""
    if not does or len(numbers) != 1 or not (molecule or quantity):
        what = f"what the action {name!r} does cannot be played here"
        expected = "add_..., remove_... or adjust_... with a molecule and one number, or adjust_QUANTITY with one number"
        reading.complain(path, what, expected=expected, key=True)
        return None
    if molecule and not region and len(regions) > 1:
        reading.complain(
            (*path, "params"), f"{name!r} does not say in which of {len(regions)} regions", expected="a parameter `region: str`"
        )
        return None
    return Tool(name, does, params, cost, molecule, region, numbers[0], quantity, about)


def _cost(reading: Reading, value: object, path: Path, params: Mapping[str, str]) -> float | Formula:
    if isinstance(value, Tagged) and value.tag in FORMULA:
        numbers = [param for param, kind in params.items() if kind != "text"]
        return reading.formula(value, path, numbers, tuple(PLAIN_FUNCTIONS)) or 0.0
    return reading.number(value, path, low=0.0)


def amounts(tool: Tool, chemistry: Chemistry, start: Sequence[float], quantities: Mapping[str, float]) -> list[str]:
    """What a briefing lists for a tool's number: two amounts, or the quantity it sets as that stands."""
    if tool.quantity:
        now = (quantities.get(chemistry.name(region, tool.quantity)) for region in chemistry.regions)
        values = [next((value for value in now if value is not None), 0.0)]
    else:
        values = [share * (max(start, default=0.0) or 1.0) for share in SHARES]
    listed = [f"{value:.3g}" for value in values]
    if tool.params.get(tool.number) == "whole":
        listed = [str(max(1, round(float(value)))) for value in listed]
    return list(dict.fromkeys(listed))


def price(tool: Tool, given: Mapping[str, str | float]) -> float:
    """What a call costs, in budget units, never below 0. Raises `SpecError` for a formula that gives no number."""
    if not isinstance(tool.cost, Formula):
        return tool.cost
    return max(
        0.0, tool.cost.number({name: value for name, value in given.items() if not isinstance(value, str)}, PLAIN_FUNCTIONS)
    )
