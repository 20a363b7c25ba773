"""What a model may call: one tool for each action."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...model import ActionSpec, Briefing, Json, Tool, ToolCall

WAIT, DONE = "wait", "done"
MOST_WAITED = 5
"""Steps that one call may wait."""
LEAST_DOSE = 0.05
MOST_SAID = 200
"""Characters of a name or a value that came from a model, where it is shown or kept."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What every provider takes for a tool's name."""
NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """All that may be done under one action's name."""

    name: str
    """The action's."""
    tool: str
    """The tool's: the same wherever providers take it."""
    specs: tuple[ActionSpec, ...]

    @property
    def params(self) -> tuple[str, ...]:
        """Names of its params, in the order in which they were first met, `dose` left out."""
        return tuple(dict.fromkeys(name for spec in self.specs for name in spec.params))

    def choices(self, param: str) -> tuple[str, ...]:
        """Values of a param, in the same order."""
        return tuple(dict.fromkeys(spec.params[param] for spec in self.specs if param in spec.params))

    @property
    def takes_dose(self) -> bool:
        """Whether a dose may be given."""
        return any(spec.takes_dose for spec in self.specs)

    def as_tool(self) -> Tool:
        """For a provider."""
        properties: dict[str, Json] = {
            param: {"type": "string", "enum": list(self.choices(param)), "description": _WHAT.get(param, param)}
            for param in self.params
        }
        if self.takes_dose:
            properties["dose"] = {
                "type": "number",
                "minimum": LEAST_DOSE,
                "maximum": 1,
                "description": "how much of a full dose: 1 is all, at full cost; 0.5 is half, at half the cost",
            }
        return Tool(self.tool, self._description(), _schema(properties))

    def _description(self) -> str:
        costs = sorted({spec.cost for spec in self.specs})
        cost = f"{costs[0]:g}" if len(costs) == 1 else f"{costs[0]:g} to {costs[-1]:g}"
        steps = any(spec.takes_step for spec in self.specs)
        what = _DOES.get(self.name, "A lever; the system prompt has what is documented of it.")
        dose, time = " for a full dose" if self.takes_dose else "", "advances one step" if steps else "takes no time"
        return f"{what} Costs {cost}{dose}; {time}."


_DOES: Mapping[str, str] = {
    "assay": "Measures a quantity exactly, hidden ones too.",
    "investigate": "Tells what a subject needs, suffers from, excretes and preys on.",
}
"""What a measurement does; what a lever does is documented, as far as it is, in the system prompt."""
_WHAT: Mapping[str, str] = {
    "quantity": "what is measured",
    "subject": "whom or what is asked about",
    "from": "the region it leaves",
    "to": "the region it comes to",
}


class Toolbox:
    """The tools of one briefing. Immutable."""

    __slots__ = ("_kinds", "tools")

    def __init__(self, briefing: Briefing) -> None:
        named: dict[str, list[ActionSpec]] = {}
        for spec in briefing.actions:
            named.setdefault(spec.name, []).append(spec)
        taken = {WAIT, DONE}
        kinds: list[Kind] = []
        for name, specs in named.items():
            if name in (WAIT, DONE):
                continue
            tool = _tool_name(name, taken)
            taken.add(tool)
            kinds.append(Kind(name, tool, tuple(specs)))
        self._kinds = {kind.tool: kind for kind in kinds}
        self.tools: tuple[Tool, ...] = (*(kind.as_tool() for kind in kinds), _wait(), _done())
        """As a request has them: in the briefing's order, then `wait` and `done`."""

    @staticmethod
    def takes(name: str) -> bool:
        """Whether every provider takes `name` for a tool's."""
        return _NAME.fullmatch(name) is not None

    def kind(self, tool: str) -> Kind | None:
        """What is done with the tool of this name; None for `wait`, `done` and what there is none of."""
        return self._kinds.get(tool)

    def allowed(self, call: ToolCall) -> str:
        """What may be said in place of a call that was refused, in one sentence."""
        kind = self._kinds.get(call.name)
        if kind is None:
            return f"tools: {', '.join(tool.name for tool in self.tools)}"
        combined = len(kind.params) > 1
        if combined:
            listed = [", ".join(f"{name}={value}" for name, value in spec.params.items()) for spec in kind.specs]
            return f"{kind.tool} takes {'; or '.join(dict.fromkeys(listed))}"
        told = [f"{param}: {', '.join(kind.choices(param))}" for param in kind.params]
        told += [f"dose: {LEAST_DOSE} to 1"] if kind.takes_dose else []
        return f"{kind.tool} takes {'; '.join(told) or 'nothing'}"


def documented(specs: Iterable[ActionSpec]) -> list[str]:
    """A line for each lever of which effects are documented or not: name, choice, cost, effects."""
    lines = []
    for spec in specs:
        if not spec.takes_step or spec.name in (WAIT, DONE):
            continue
        choice = " ".join(f"{key}={value}" for key, value in spec.params.items())
        effects = ", ".join(f"{name} {effect:+.2g}" for name, effect in spec.effects.items()) or "nothing documented"
        lines.append(f"{spec.name} {choice}".strip() + f" (cost {spec.cost:g}): {effects}")
    return lines


def _tool_name(name: str, taken: set[str]) -> str:
    """`name` as every provider takes it; the same name always becomes the same."""
    base = name if _NAME.fullmatch(name) else (NO_NAME.sub("_", name).strip("_")[:56] or "action")
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found


def _schema(properties: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _wait() -> Tool:
    steps: Json = {"type": "integer", "minimum": 1, "maximum": MOST_WAITED, "description": "how many steps"}
    return Tool(WAIT, "Does nothing for some steps. Free.", _schema({"steps": steps}))


def _done() -> Tool:
    return Tool(DONE, "Ends your part: the steps that are left pass without you, then all is scored.", _schema({}))
