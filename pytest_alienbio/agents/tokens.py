"""How many tokens a model would be sent: estimates by a fixed rule, no model's own tokenizer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ..model import Briefing, Json, Observation

_PIECE = re.compile(r"[^\W\d_]{1,4}|\d{1,3}|[^\w\s]|_")
RULES = 120
"""Tokens of the standing instructions: who it is, one call a turn, what a refusal means."""


def count(text: str) -> int:
    """Letters in pieces of four, digits in pieces of three, each other sign one token; blanks are free."""
    return len(_PIECE.findall(text))


def count_briefing(briefing: Briefing) -> int:
    """What is sent before the first turn and again with each one: instructions, briefing, and a tool for each action."""
    documented = "\n".join(f"{spec.name} {_params(spec.params)}: {_numbers(spec.effects)}" for spec in briefing.actions)
    goals = "\n".join(f"{goal.quantity} {goal.kind} {goal.low:g} {goal.high:g}" for goal in briefing.goals)
    limits = f"{briefing.max_steps} steps, budget {briefing.budget:g}; {_numbers(briefing.protected)}"
    return RULES + count("\n".join([briefing.text, briefing.constitution, goals, limits, documented, _tools(briefing)]))


def count_turn(observation: Observation) -> int:
    """One turn: where it stands, what the last call gave, and a line for each quantity with its difference."""
    last = observation.last
    head = f"Step {observation.step}/{observation.max_steps} | budget left {observation.remaining:g}/{observation.budget:g} |"
    told = "" if last is None else f"last call: {last.reason or 'ok'}, cost {last.cost:g} {json.dumps(dict(last.reading))}"
    lines = (f"{name} {value:.2f} (+0.00)" for name, value in observation.state.items())
    return count("\n".join([head, told, *lines]))


def _tools(briefing: Briefing) -> str:
    """The actions as models are told of them: a schema for each name, whose params are its choices."""
    tools: dict[str, dict[str, Json]] = {"wait": {"steps": "integer"}, "done": {}}
    choices: dict[tuple[str, str], list[Json]] = {}
    for spec in briefing.actions:
        tool = tools.setdefault(spec.name, {})
        for key, value in spec.params.items():
            tool[key] = choices.setdefault((spec.name, key), [])
            choices[spec.name, key].append(value)
        if spec.takes_dose:
            tool["dose"] = "number above 0 and up to 1"
    return json.dumps([{"name": name, "parameters": params, "required": [*params]} for name, params in tools.items()])


def _params(params: Mapping[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in params.items())


def _numbers(values: Mapping[str, float]) -> str:
    return " ".join(f"{name} {value:+.1g}" for name, value in values.items())
