"""What an episode will ask of a model, before it is played: from its first request and the limit of steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...model import Answer, Briefing, Observation, Price, Request, Tokens
from .agent import KEPT_READINGS, LONG_TURN, LLMAgent
from .estimate import CAREFUL, Estimate

LEAST_CACHED = 1024
"""Tokens that a prompt has at least before providers keep it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is taken for true where no recorded cell tells."""

    steps: float
    """Calls for each step of time that the case allows: measurements take no time, and an agent may be done sooner."""
    size: float
    """Tokens of the prompt for each that our fixed rule counts: models' own tokenizers differ."""
    output: int
    """Tokens of an answer."""
    cached: bool
    """Whether what was sent before comes from the provider's cache, where its price knows one."""
    latency_s: float
    """Seconds until an answer."""


LOW = Guess(0.5, 0.8, 40, True, 1.0)
LIKELY = Guess(1.0, 1.0, 100, True, 4.0)
HIGH = Guess(2.0, 1.4, 600, False, 15.0)
ASSUMED = (
    "taken for true: a call for each step (half to twice as many), 100 tokens an answer (40 to 600), 4 s for it (1 to 15)",
    "and that what was sent before comes from the provider's cache, where its price knows one; at worst nothing does",
)
"""The guesses, in words."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The size of what a model is told, in tokens of the fixed rule, and how long it may go on."""

    standing: int
    """Instructions, briefing and tools: sent with every call."""
    turn: int
    steps: int
    """Steps of time that the case allows."""
    most_calls: int | None = None
    """The cell's own limit."""
    kept: int | None = None
    """Turns that are sent again at most; None: all."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What a whole episode takes."""

    calls: int
    tokens: Tokens
    usd: float | None
    """None: the price is not known."""
    seconds: float


class _Seen(Exception):  # noqa: N818 - no error
    """Carries out the request that a model would have been sent."""

    def __init__(self, request: Request) -> None:
        self.request = request
        super().__init__()


class _Nobody:
    """A way to no model at all."""

    provider = version = ""

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        raise _Seen(request)

    def close(self) -> None:
        pass


def prompt_of(agent: LLMAgent, briefing: Briefing, seen: Observation, *, most_calls: int | None = None) -> Prompt:
    """The size of a case for `agent` (a fresh one, spent by this), from the very request that it would send first."""
    agent.connect(_Nobody())
    agent.start(briefing)
    try:
        agent.decide(seen)
    except _Seen as found:
        request = found.request
    standing = _counted(replace(request, messages=()))
    turn = max(_counted(request) - standing, 1)
    return Prompt(standing, turn, briefing.max_steps or 0, most_calls, KEPT_READINGS if turn > LONG_TURN else None)


def _counted(request: Request) -> int:
    return round((Estimate().most(request) - 1) / CAREFUL)


def episode(prompt: Prompt, guess: Guess, *, price: Price | None, max_tokens: int | None, max_context: int | None) -> Episode:
    """The episode under a guess. Every call sends the conversation again, cut to `max_context`."""
    steps = round(prompt.steps * guess.steps)
    calls = max(1, steps if prompt.most_calls is None else min(steps, prompt.most_calls))
    output = guess.output if max_tokens is None else min(guess.output, max_tokens)
    standing, turn = prompt.standing * guess.size, prompt.turn * guess.size
    keeps = guess.cached and price is not None and price.cached is not None
    total, usd, before = Tokens(), 0.0, 0
    for call in range(calls):
        again = call if prompt.kept is None else min(call, prompt.kept)
        sent = round(standing + (again + 1) * turn + again * output)
        if max_context is not None:
            sent = min(sent, max(max_context - output, 1))
        held = before if sent > before else round(standing)  # where turns fell out, what is cached begins with other ones
        cached = min(held, sent) if keeps and before >= LEAST_CACHED else 0
        writes = keeps and price is not None and price.cache_written is not None and sent >= LEAST_CACHED
        one = Tokens(input=sent, cached=cached, cache_written=sent - cached if writes else 0, output=output)
        total, before = total + one, sent
        usd += (price.of(one) or 0.0) if price else 0.0
    return Episode(calls, total, usd if price else None, calls * guess.latency_s)
