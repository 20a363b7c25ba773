"""A competent model that is none: it knows nothing but the text and the tools of a request, and answers with a call.

It reads the system prompt back into a briefing and each turn back into an observation, and asks one of the agents that act by
rules what to do. It keeps nothing between two requests: the conversation is all it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from pytest_alienbio.agents.greedy import GreedyAgent
from pytest_alienbio.agents.inquirer import InquirerAgent
from pytest_alienbio.agents.tokens import count
from pytest_alienbio.model import (
    Action,
    ActionResult,
    ActionSpec,
    Answer,
    Briefing,
    Goal,
    Json,
    Message,
    Observation,
    Request,
    Tokens,
    Tool,
    ToolCall,
)

POLICIES = {"greedy": GreedyAgent, "inquirer": InquirerAgent}
_NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
_GOAL = re.compile(
    rf"(\S+): (?:(raise|lower) it to {_NUMBER} \({_NUMBER} is worth nothing|keep it between {_NUMBER} and {_NUMBER})"
)
_FLOOR = re.compile(rf"(\S+): protected, never below {_NUMBER}%")
_LEVER = re.compile(rf"(\S+) ?(.*) \(cost {_NUMBER}\): (.*)")
_HEAD = re.compile(rf"Step (\d+)/(\d+) \| budget left {_NUMBER}/{_NUMBER}(?: \| last call: (.*))?")
_ROW = re.compile(rf"(\S+) +{_NUMBER}(?:  \(.*\))?")


class TextPlayer:
    """A `Wire` to it. `requests`: all that it was asked."""

    provider = "text"
    version = "text-player 1"

    def __init__(self, policy: str = "greedy") -> None:
        self._policy = policy
        self.requests: list[Request] = []

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """The next call, by the policy."""
        self.requests.append(request)
        action, why = next_action(request.system, request.tools, request.messages, self._policy)
        call = ToolCall(action.name, dict(action.params), f"call_{len(self.requests)}")
        sent = count(request.system) + sum(count(message.text) for message in request.messages)
        return Answer(
            why, (call,), Tokens(input=sent, output=40), "tool_use", "text-player-1", f"response-{len(self.requests)}"
        )

    def close(self) -> None:
        """There is nothing to let go of."""


def next_action(system: str, tools: Iterable[Tool], messages: Sequence[Message], policy: str) -> tuple[Action, str]:
    """What the policy does now, and why, in its own words: all turns are played again, in thought."""
    agent = POLICIES[policy]()
    agent.start(read_system(system, tools))
    action = Action("wait")
    for message in messages:
        if message.role != "assistant" and message.text.startswith("Step "):
            action = agent.decide(read_turn(message.text))
    if action.name == "wait":
        return Action("wait", {"steps": 1}), "Nothing that I know of is worth its cost now."
    return action, f"{action.name} {' '.join(str(value) for value in action.params.values())} promises most for its cost."


def read_system(text: str, tools: Iterable[Tool]) -> Briefing:
    """The briefing, as far as the system prompt and the tools tell it."""
    parts = dict(re.findall(r"^(Targets|Limits|What is documented).*\n((?:.+\n)*)", text, re.M))
    goals, protected = [], {}
    for line in parts["Targets"].splitlines():
        if found := _FLOOR.match(line):
            protected[found[1]] = float(found[2]) / 100
        elif found := _GOAL.match(line):
            weight = re.search(rf"weight {_NUMBER}", line)
            goals.append(_goal(found, float(weight[1]) if weight else 1.0))
    steps, budget = re.search(r"(\d+) steps", parts["Limits"]), re.search(rf"Budget {_NUMBER}", parts["Limits"])
    levers = [_lever(line) for line in parts["What is documented"].splitlines() if _LEVER.match(line)]
    asked = [spec for tool in tools for spec in _measurements(tool)]
    assert steps is not None
    assert budget is not None
    return Briefing("", "", tuple(goals), protected, (*levers, *asked), int(steps[1]), float(budget[1]))


def read_turn(text: str) -> Observation:
    """What a turn shows."""
    head, *lines = text.splitlines()
    found = _HEAD.match(head)
    assert found is not None, head
    last, measured = None, [line for line in lines if line.startswith("Measured: ")]
    if told := found[5]:
        cost = re.match(rf"ok, cost {_NUMBER}", told)
        reading: Mapping[str, Json] = json.loads(measured[0][10:]) if measured else {}
        last = ActionResult(cost is not None, "" if cost else told, float(cost[1]) if cost else 0.0, reading)
    rows = {row[1]: float(row[2]) for line in lines if not line.startswith("Measured: ") and (row := _ROW.fullmatch(line))}
    left, budget = float(found[3]), float(found[4])
    return Observation(int(found[1]), rows, int(found[2]), budget, budget - left, last)


def _goal(found: re.Match[str], weight: float) -> Goal:
    if found[2] is None:
        return Goal(found[1], "band", float(found[5]), float(found[6]), weight)
    reach, nothing = float(found[3]), float(found[4])
    return (
        Goal(found[1], "up", nothing, reach, weight) if found[2] == "raise" else Goal(found[1], "down", reach, nothing, weight)
    )


def _lever(line: str) -> ActionSpec:
    found = _LEVER.match(line)
    assert found is not None
    params = dict(each.split("=", 1) for each in found[2].split())
    effects = {} if found[4].startswith("nothing") else {n: float(e) for n, e in (x.split(" ") for x in found[4].split(", "))}
    return ActionSpec(found[1], params, float(found[3]), effects, takes_dose=True)


def _measurements(tool: Tool) -> list[ActionSpec]:
    cost = re.search(rf"Costs {_NUMBER}; takes no time", tool.description)
    properties = tool.schema["properties"]
    assert isinstance(properties, Mapping)
    if cost is None or len(properties) != 1:
        return []
    ((param, schema),) = properties.items()
    assert isinstance(schema, Mapping)
    choices = schema["enum"]
    assert isinstance(choices, list)
    return [ActionSpec(tool.name, {param: str(each)}, float(cost[1]), takes_step=False) for each in choices]
