"""The part of an agent that is the same in every framework: what a model is told, what its call means, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any, TypeAlias

from ...model import (
    Action,
    Answer,
    Briefing,
    Json,
    Meter,
    ModelUse,
    Observation,
    Price,
    Scores,
    Tool,
    ToolCall,
    Usage,
    storable,
)
from .agent import WAITED
from .metered import Metered
from .prompt import Prompt, read_prompt, system_text, turn_text
from .reading import act, clean
from .tools import WAIT, Toolbox

Said: TypeAlias = tuple[str, Mapping[str, Any] | str] | tuple[str, Mapping[str, Any] | str, str] | None
"""The tool that a model calls, its arguments (as they are, or the JSON text), and what it says of it; None: it calls none."""


class FrameworkAgent:
    """An agent that asks its model by whatever framework you like: give it `choose`.

    It pays by the HTTP client that the framework is handed, so every attempt of the framework takes leave of the caps and
    rates, and is counted. A turn whose last attempt failed is a `ProviderError`, whatever the framework made of it.
    """

    def __init__(
        self,
        provider: str = "openai",
        *,
        price: Price | Mapping[str, Json] | str | None = None,
        prompt: Mapping[str, Json] | None = None,
    ) -> None:
        """`provider`: whose rates and prices these are. `price`: see `Metered`. `prompt`: templates, `system` and `turn`, in
        place of ours. Raises `SpecError` for what is none of these."""
        self.metered = Metered(provider, price=price)
        self.system = ""
        """What a model is told once; from `start` on."""
        self.tools: tuple[Tool, ...] = ()
        """What it may call: `name`, `description` and `schema` of each; from `start` on."""
        self._prompt: Prompt = read_prompt(prompt)
        self._toolbox: Toolbox | None = None
        self._seen: Mapping[str, float] | None = None
        self._called: ToolCall | None = None
        self._turns = self._waits = 0

    def http_client(self, sdk: ModuleType, **options: Any) -> Any:
        """`http_client` for a client of `sdk` (the module `openai` or `anthropic`); see `Metered.client`."""
        return self.metered.client(sdk, **options)

    def async_http_client(self, sdk: ModuleType, **options: Any) -> Any:
        """The same for `sdk`'s asynchronous client."""
        return self.metered.async_client(sdk, **options)

    @property
    def functions(self) -> list[Any]:
        """`tools` as OpenAI's chat completions take them."""
        return [
            {"type": "function", "function": {"name": each.name, "description": each.description, "parameters": each.schema}}
            for each in self.tools
        ]

    def choose(self, text: str, /) -> Said:
        """Asks the model what to do, where `text` says how the world stands; once a turn. Yours to write."""
        raise NotImplementedError(f"{type(self).__name__} has no choose(text): ask your model there, and return what it calls")

    def attach(self, meter: Meter, /) -> None:
        """Each attempt asks `meter` for leave."""
        self.metered.attach(meter)

    @property
    def usage(self) -> Usage:
        """What all attempts took."""
        return self.metered.usage

    @property
    def use(self) -> ModelUse | None:
        """Which model answered."""
        return self.metered.use

    def start(self, briefing: Briefing, /) -> None:
        """Writes down what the model is told; nothing is asked yet."""
        self._toolbox = Toolbox(briefing)
        self.system, self.tools = system_text(self._prompt, briefing), self._toolbox.tools
        self._seen, self._called, self._turns, self._waits = None, None, 0, 0

    def decide(self, observation: Observation, /) -> Action:
        """What `choose` says, read as any model's answer is: a call that means nothing is refused by the world.

        Raises `ProviderError` if the last attempt of the turn failed, `OverLimitError` if it was not allowed, and else what
        `choose` raises.
        """
        if self._toolbox is None:
            raise RuntimeError("decide() was called before start()")
        if self._waits:
            self._waits -= 1
            return Action(WAIT)
        text, before = self._told(observation, self._toolbox), len(self.metered.attempts)
        self.metered.refused, said, raised = None, None, None
        try:
            said = self.choose(text)
        except Exception as error:  # noqa: BLE001 - what a framework makes of an outage is told apart below
            raised = error
        if self.metered.refused or len(self.metered.attempts) > before:
            fault = self.metered.fault
            if fault is not None:  # raised out here: no traceback leads to what a provider said in full
                raise fault
        if raised is not None:
            raise raised
        self._turns += 1
        answer = _answer(said)
        self._called = answer.calls[0] if answer.calls else None
        action, steps = act(self._toolbox, answer)
        self._waits = steps - 1
        return action

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def _told(self, observation: Observation, toolbox: Toolbox) -> str:
        last, called = observation.last, self._called
        refused = last is not None and not last.ok and " takes " not in last.reason  # worlds of ours say what they take
        allowed = toolbox.allowed(called) if refused and called else ""
        text = turn_text(self._prompt, observation, self._seen, allowed)
        self._seen = dict(observation.state)
        return text if called or not self._turns else WAITED + text


def _answer(said: object) -> Answer:
    """What `choose` gave, as an answer. Raises `TypeError` for what is none."""
    if said is None:
        return Answer()
    if not isinstance(said, tuple) or len(said) not in (2, 3) or not isinstance(said[0], str):
        raise TypeError(f"choose() gave {said!r:.80}; expected (tool, arguments), (tool, arguments, text), or None")
    name, given, text = (*said, "")[:3]
    raw, arguments = "", given
    if isinstance(given, str):
        raw = given
        try:
            arguments = json.loads(given or "{}")
        except (ValueError, RecursionError):
            arguments = None
    is_object = isinstance(arguments, Mapping)
    call = ToolCall(name, arguments if is_object else None, "", "" if is_object else raw or storable(str(given)))
    return clean(Answer(str(text or ""), (call,)))
