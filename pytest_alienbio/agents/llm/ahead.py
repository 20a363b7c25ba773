"""What an episode will ask of a model, before it is played: from the size of the prompt and the limit of steps."""

from __future__ import annotations

from dataclasses import dataclass

from ...model import Briefing, Observation, Price, Tokens
from ..tokens import count_briefing, count_turn

LEAST_CACHED = 1024
"""Tokens that a prompt has at least before providers keep it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is taken for true where no recorded cell tells."""

    steps: float
    """Of the steps allowed, the share that is used."""
    size: float
    """Tokens of the prompt for each that the fixed rule of `tokens` counts: models' own tokenizers differ."""
    output: int
    """Tokens of an answer."""
    cached: bool
    """Whether what was sent before comes from the provider's cache, where its price knows one."""
    latency_s: float
    """Seconds until an answer."""


LOW = Guess(1 / 3, 0.8, 40, True, 1.0)
LIKELY = Guess(2 / 3, 1.0, 100, True, 4.0)
HIGH = Guess(1.0, 1.4, 600, False, 15.0)
ASSUMED = (
    "taken for true: two thirds of the steps (a third to all), 100 tokens an answer (40 to 600), 4 s until it comes (1 to 15)",
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
    """Calls it may make at most."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What a whole episode takes."""

    calls: int
    tokens: Tokens
    usd: float | None
    """None: the price is not known."""
    seconds: float


def prompt_of(briefing: Briefing, seen: Observation, *, steps: int | None = None) -> Prompt:
    """The size of a case; `steps` is the cell's own limit, None without."""
    allowed = [most for most in (steps, briefing.max_steps) if most]
    return Prompt(count_briefing(briefing), count_turn(seen), min(allowed) if allowed else 0)


def episode(prompt: Prompt, guess: Guess, *, price: Price | None, max_tokens: int | None, max_context: int | None) -> Episode:
    """The episode under a guess. Every call sends the whole conversation again, cut to `max_context`."""
    calls = max(1, round(prompt.steps * guess.steps))
    output = guess.output if max_tokens is None else min(guess.output, max_tokens)
    standing, turn = prompt.standing * guess.size, prompt.turn * guess.size
    keeps = guess.cached and price is not None and price.cached is not None
    total, usd, before = Tokens(), 0.0, 0
    for call in range(calls):
        sent = round(standing + (call + 1) * turn + call * output)
        if max_context is not None:
            sent = min(sent, max(max_context - output, 1))
        cached = min(before, sent) if keeps and before >= LEAST_CACHED else 0
        writes = keeps and price is not None and price.cache_written is not None and sent >= LEAST_CACHED
        one = Tokens(input=sent, cached=cached, cache_written=sent - cached if writes else 0, output=output)
        total, before = total + one, sent
        usd += (price.of(one) or 0.0) if price else 0.0
    return Episode(calls, total, usd if price else None, calls * guess.latency_s)
