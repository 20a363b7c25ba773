"""A model that plays well, and knows nothing but what the prompt and the tools say: a policy of ours behind a reader of text.

It takes the briefing and each observation out of the words again and hands them to `InquirerAgent`. What the words do not
say it does not know, so that its score tells whether they suffice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pytest_alienbio.agents import InquirerAgent
from pytest_alienbio.model import ActionResult, ActionSpec, Answer, Briefing, Goal, Json, Observation, Request, Tokens, ToolCall

_WINDOW = r"(?: \(what counts is the mean over steps \d+ to \d+\))?"
_GOALS = (
    (re.compile(r"(\S+): raise it to (\S+) \(at (\S+) it counts nothing\)(?: \(weight (\S+)\))?" + _WINDOW), "up"),
    (re.compile(r"(\S+): lower it to (\S+) \(at (\S+) it counts nothing\)(?: \(weight (\S+)\))?" + _WINDOW), "down"),
    (re.compile(r"(\S+): keep it between (\S+) and (\S+?)(?: \(weight (\S+)\))?" + _WINDOW), "band"),
)
_PROTECTED = re.compile(r"protected: (\S+) stays above (\S+)% of its starting level")
_LEVER = re.compile(r"(\S+) ?(.*) \(cost (\S+)\): (.*)")
_HEAD = re.compile(r"Step (\d+)/(\d+) \| budget left (\S+)/(\S+)(?: \| last call: (.*))?")
_ROW = re.compile(r"(\S+) +(-?[\d.e+]+)(?:  \(.*\))?")


class Reader:
    """One conversation."""

    def __init__(self) -> None:
        self.policy: InquirerAgent | None = None
        self.calls = 0

    def __call__(self, request: Request) -> Answer:
        """Reads the last message, and calls a tool."""
        if self.policy is None:
            self.policy = InquirerAgent()
            self.policy.start(briefing_of(request))
        action = self.policy.decide(observation_of(request.messages[-1].text))
        arguments: dict[str, Json] = {"steps": 1} if action.name == "wait" else dict(action.params)
        tool = next(tool for tool in request.tools if tool.name == action.name)
        properties = tool.schema["properties"]
        assert isinstance(properties, Mapping)
        if "dose" in properties:
            arguments.setdefault("dose", 1.0)
        self.calls += 1
        call = ToolCall(action.name, arguments, f"call-{self.calls}")
        return Answer("", (call,), Tokens(input=1000, output=20), "tool_calls", "reader", f"r{self.calls}")


def briefing_of(request: Request) -> Briefing:
    """As the system prompt and the tools have it."""
    parts = dict(re.findall(r"^(Targets|Limits|What is documented[^\n]*)\n(.*?)(?:\n\n|\Z)", request.system, re.M | re.S))
    documented = next(text for name, text in parts.items() if name.startswith("What"))
    goals, protected = [], {}
    for line in parts["Targets"].splitlines():
        if found := _PROTECTED.fullmatch(line):
            protected[found[1]] = float(found[2]) / 100
            continue
        pattern, kind = next((pattern, kind) for pattern, kind in _GOALS if pattern.fullmatch(line))
        match = pattern.fullmatch(line)
        assert match
        one, two = float(match[2]), float(match[3])
        goals.append(Goal(match[1], kind, min(one, two), max(one, two), float(match[4] or 1)))
    steps, budget = re.search(r"(\d+) steps of time", parts["Limits"]), re.search(r"budget (\S+)", parts["Limits"])
    assert steps
    actions = [spec for line in documented.splitlines() if (spec := _lever(line))]
    for tool in request.tools:
        if "takes no time" in tool.description:
            cost = re.search(r"Costs (\S+?);", tool.description)
            properties = tool.schema["properties"]
            assert isinstance(properties, Mapping)
            (name,) = properties
            choices = properties[name]["enum"]  # type: ignore[index, call-overload]
            actions += [
                ActionSpec(tool.name, {name: str(each)}, float(cost[1]) if cost else 0.0, takes_step=False)
                for each in choices  # type: ignore[union-attr]
            ]
    return Briefing("", "", tuple(goals), protected, tuple(actions), int(steps[1]), float(budget[1]) if budget else 0.0)


def _lever(line: str) -> ActionSpec | None:
    found = _LEVER.fullmatch(line)
    if found is None:
        return None
    params = dict(pair.split("=", 1) for pair in found[2].split())
    effects = dict(re.findall(r"(\S+) ([+-][\d.e-]+)", found[4]))
    return ActionSpec(
        found[1], params, float(found[3]), {name: float(effect) for name, effect in effects.items()}, takes_dose=True
    )


def observation_of(text: str) -> Observation:
    """As a turn has it."""
    head = _HEAD.search(text)
    assert head, text
    budget = float(head[4])
    state = {match[1]: float(match[2]) for line in text.splitlines() if (match := _ROW.fullmatch(line))}
    measured = re.search(r"^Measured: (.*)$", text, re.M)
    last = None
    if head[5]:
        cost = re.search(r"cost (\S+)", head[5])
        reading = json.loads(measured[1]) if measured else {}
        last = ActionResult(head[5].startswith("ok"), head[5], float(cost[1]) if cost else 0.0, reading)
    return Observation(int(head[1]), state, int(head[2]), budget, budget - float(head[3]), last)
