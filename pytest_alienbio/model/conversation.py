"""What is said to a language model and what it answers, the same for every provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from .canonical import Json, digest


@dataclass(frozen=True, slots=True)
class Tool:
    """Something a model may call."""

    name: str
    description: str
    schema: Mapping[str, Json]
    """JSON Schema of its arguments, an object."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model calls a tool. As the provider handed it over: its name and arguments may be anything."""

    name: str
    arguments: Mapping[str, Json] | None
    """None: they were no JSON object, and `raw` is what they were."""
    id: str = ""
    """What its answer refers to."""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `system` and `tools` are no messages: they stand in the `Request`."""

    role: Literal["user", "assistant", "tool"]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    """Of an assistant's."""
    of: str = ""
    """Of a tool's answer: the id of the call that it answers."""
    native: Json = None
    """Of an assistant's: what its provider wants back word for word (signed thinking, say); None: text and calls are all."""


@dataclass(frozen=True, slots=True)
class Request:
    """All that one call to a model says."""

    model: str
    system: str
    tools: tuple[Tool, ...]
    messages: tuple[Message, ...]
    max_tokens: int
    """Of its answer, at most."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """Sampling and the like, as the provider spells them: `temperature`, `seed`, `reasoning_effort`."""

    @property
    def hash(self) -> str:
        """Of all of it: the same request has the same hash, whoever sends it."""
        return digest(
            {
                "model": self.model,
                "system": self.system,
                "tools": [[tool.name, tool.description, dict(tool.schema)] for tool in self.tools],
                "messages": [message_as_json(message) for message in self.messages],
                "max_tokens": self.max_tokens,
                "params": dict(self.params),
            }
        )


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one call, or several, took, as the provider says; None = it did not say."""

    input: int | None = None
    """All that was sent, what the provider had in its cache and what it put there included."""
    cached: int | None = None
    """Of these, read from the provider's cache."""
    cache_written: int | None = None
    """Of these, written into it."""
    output: int | None = None
    """All that was answered, reasoning included."""
    reasoning: int | None = None
    """Of these, reasoning that is not shown."""

    @property
    def total(self) -> int | None:
        """Input and output together; None if one of them is not known."""
        return None if self.input is None or self.output is None else self.input + self.output

    def __add__(self, other: Tokens) -> Tokens:
        """Field by field; what only one of them knows is what that one says."""
        return Tokens(
            *(
                mine if theirs is None else theirs if mine is None else mine + theirs
                for mine, theirs in (
                    (self.input, other.input),
                    (self.cached, other.cached),
                    (self.cache_written, other.cache_written),
                    (self.output, other.output),
                    (self.reasoning, other.reasoning),
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. Foreign text: nothing of it is safe to print or to trust."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    tokens: Tokens = Tokens()
    stop: str = ""
    """Why it ended, as the provider says it."""
    model: str = ""
    """Which model answered, as the provider resolved the name that was asked for."""
    id: str = ""
    """The provider's name for this response."""
    native: Json = None
    """See `Message.native`."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One attempt at a request, as a trace keeps it. What a request shares with the one before it is not kept twice."""

    step: int
    """Calls of the agent before this one: the turn it belongs to."""
    attempt: int
    """From 1; more than one if earlier ones failed."""
    request: Request
    answer: Answer | None = None
    """None: it failed."""
    fault: str = ""
    """The class of the failure, see `ProviderError.kind`; '' if it did not fail."""
    said: str = ""
    """What the provider, or the client, said of the failure; secrets hidden."""
    status: int | None = None
    """HTTP status of a failure, None if no answer came."""
    tokens: Tokens = Tokens()
    """What it took, of a failure too if that was told."""
    usd: float | None = None
    """None: nobody knows."""
    latency_s: float = 0.0
    """From when it was sent until its end; waiting for leave is not in it."""
    at: float = 0.0
    """When it was sent, Unix seconds."""
    recalled: bool = False
    """Whether nobody was asked: the answer was kept from before, and took nothing now; what it took then is in `answer`."""
    waited_s: float = 0.0
    """Before it was sent, for leave: a provider's rate, or room under a cap."""


class Wire(Protocol):
    """A way to a model: a provider's own client, what was recorded, or what is in the cache. Used by one thread."""

    provider: str
    """Whose rates and bills these are: `openai`, `anthropic`."""
    version: str
    """Of what speaks to it: `openai 3.57.0`; '' if nothing does."""

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """One attempt; nothing is tried again. Raises `ProviderError` with its `kind`."""

    def close(self) -> None:
        """Lets go of its connections."""


@runtime_checkable
class Remembering(Wire, Protocol):
    """A way that may know an answer without asking anybody."""

    def recall(self, request: Request, /) -> Answer | None:
        """The answer that is kept, at no cost; None: it has to be asked."""

    def remember(self, request: Request, answer: Answer, /) -> None:
        """What was asked and answered, and can be played."""


def message_as_json(message: Message) -> dict[str, Json]:
    """`message` as JSON; what is empty is left out."""
    found: dict[str, Json] = {"role": message.role}
    if message.text:
        found["text"] = message.text
    if message.calls:
        found["calls"] = [call_as_json(call) for call in message.calls]
    if message.of:
        found["of"] = message.of
    if message.native is not None:
        found["native"] = message.native
    return found


def call_as_json(call: ToolCall) -> dict[str, Json]:
    """`call` as JSON; arguments that were none are there as the text they were."""
    found: dict[str, Json] = {"name": call.name}
    if call.arguments is None:
        found["raw"] = call.raw
    else:
        found["arguments"] = dict(call.arguments)
    if call.id:
        found["id"] = call.id
    return found
