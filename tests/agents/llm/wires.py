"""Models that are functions: what they answer is decided in the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pytest_alienbio.agents.llm import LLMAgent
from pytest_alienbio.agents.llm.asking import Clock
from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import Answer, Endpoint, Json, Price, Request, Tokens, ToolCall

PRICE = Price(3.0, 15.0, 0.3, 3.75, "test")
ENDPOINT = Endpoint("openai", "model-1", provider="openai", price=PRICE)
TOOK = Tokens(input=1000, cached=400, output=50)


class Wire:
    """Answers as `model` says; what was asked is in `requests`."""

    provider, version = "openai", "fake 1"

    def __init__(self, model: Callable[[Request], Answer]) -> None:
        self.model = model
        self.requests: list[Request] = []

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        self.requests.append(request)
        return self.model(request)

    def close(self) -> None:
        pass


class Timeless:
    """A clock that stands, and notes how long somebody wanted to rest."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def clock(self) -> Clock:
        return Clock(self.rests.append, lambda: sum(self.rests), lambda: 1000.0 + sum(self.rests))


def says(text: str = "", *calls: tuple[str, Mapping[str, Json] | None], tokens: Tokens = TOOK, stop: str = "stop") -> Answer:
    """An answer; a call with None as arguments has some that are no JSON."""
    made = tuple(
        ToolCall(name, arguments, f"call-{n}", "" if arguments is not None else "{broken")
        for n, (name, arguments) in enumerate(calls)
    )
    return Answer(text, made, tokens, stop, "model-1-2026", "resp-1")


def in_turn(*answers: Answer | ProviderError) -> Callable[[Request], Answer]:
    """Each once, then `wait` for ever."""
    left = list(answers)

    def model(request: Request) -> Answer:
        answer = left.pop(0) if left else says("", ("wait", {"steps": 1}))
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    return model


def connected(model: Callable[[Request], Answer], endpoint: Endpoint = ENDPOINT, **options: object) -> tuple[LLMAgent, Wire]:
    """An agent with its wire."""
    wire = Wire(model)
    agent = LLMAgent(endpoint, **options)  # type: ignore[arg-type]
    agent.connect(wire)
    return agent, wire


def texts(requests: Iterable[Request]) -> list[str]:
    """The last message of each."""
    return [request.messages[-1].text for request in requests]
