"""What an agent consumes: by its meter, or as it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from math import inf

from ..errors import OverLimitError
from ..model import Agent, ModelUse, Tokens, Usage, inert
from ..model.price import price_as_json, price_from_json
from .fault import one_line
from .meter import CellMeter

MOST_RESPONSES = 1000
"""Names of a cell's responses that are kept: the first."""
_LONGEST = 200
"""Characters of a model's name, or a response's."""
_NOTHING = Usage()
_PARTS = {"input": ("cached", "cache_written"), "output": ("reasoning",)}


def usage_of(agent: Agent | None) -> tuple[Usage, str]:
    """What the agent says it consumed, and what is wrong with that. One that says nothing was not measured."""
    try:
        usage = getattr(agent, "usage", None)
    except Exception as error:  # noqa: BLE001 - the agent's code; whatever it does, the cell's outcome is decided elsewhere
        return Usage(), f"reading its usage raised {one_line(error)}"
    if usage is None:
        return _NOTHING, ""
    if not isinstance(usage, Usage):
        return Usage(), f"its usage is of type {type(usage).__name__}; expected pytest_alienbio.Usage"
    return (Usage(), wrong) if (wrong := next(_wrong(usage), "")) else (usage, "")


def use_of(agent: Agent | None) -> tuple[ModelUse | None, str]:
    """Which model the agent says it asked, made harmless and of bounded length; and what is wrong with that."""
    try:
        use = getattr(agent, "use", None)
    except Exception as error:  # noqa: BLE001 - the agent's code
        return None, f"reading its use raised {one_line(error)}"
    if not isinstance(use, ModelUse):  # a method, or an attribute of its own: it tells nothing
        return None, ""
    texts = (use.provider, use.requested, use.sdk)
    lists = (use.resolved, use.responses)
    if not all(type(text) is str for text in texts) or not all(
        type(names) is tuple and all(type(name) is str for name in names) for names in lists
    ):
        return None, "its use holds what is no text"
    try:
        price = None if use.price is None else price_from_json(price_as_json(use.price))
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        return None, f"its use.price is none: {one_line(error)}"
    provider, requested, sdk = (inert(text, most=_LONGEST, verbatim=True) for text in texts)
    resolved, responses = (
        tuple(inert(name, most=_LONGEST, verbatim=True) for name in names[:MOST_RESPONSES]) for names in lists
    )
    return ModelUse(provider, requested, resolved, sdk, price, responses), ""


def measured(agent: Agent | None, meter: CellMeter) -> tuple[Usage, str]:
    """What the cell's agent took, and what is wrong with what it says of that. `meter` is over.

    Money, tokens and requests are its meter's, if it made calls there; what kind of tokens they were, how often it asked
    again and how long that took only the agent can tell. What it says is no more than what was counted, or is not recorded.
    """
    said, wrong = usage_of(agent)
    if not meter.used:
        return said, wrong
    counted = meter.usage
    if wrong:
        return counted, wrong
    kinds = said.split or Tokens()
    for what, told, most in (
        ("split adds up to", (kinds.input or 0) + (kinds.output or 0), counted.tokens),
        ("retries are", said.retries, counted.requests),
    ):
        if told is not None and most is not None and told > most:
            return counted, f"its usage's {what} {told:,}, and its meter counted {most:,}"
    return replace(counted, split=said.split, retries=said.retries, latency_s=said.latency_s), ""


def _wrong(usage: Usage) -> Iterator[str]:
    """What cannot be true of `usage`."""
    for name in ("tokens", "usd", "requests", "retries", "latency_s"):
        if not _is_amount(value := getattr(usage, name)):
            yield f"its usage.{name} is {repr(value)[:60]}; expected a number of at least 0"
    split = usage.split
    if split is None:
        return
    if not isinstance(split, Tokens):
        yield f"its usage.split is of type {type(split).__name__}; expected pytest_alienbio.model.Tokens"
        return
    for each in fields(Tokens):
        value = getattr(split, each.name)
        if value is not None and (type(value) is not int or value < 0):
            yield f"its usage.split.{each.name} is {repr(value)[:60]}; expected a whole number of at least 0"
            return
    for whole, parts in _PARTS.items():
        told = getattr(split, whole)
        part = sum(getattr(split, name) or 0 for name in parts)
        if told is not None and part > told:
            yield f"its usage.split has {part:,} tokens of {' and '.join(parts)} in {told:,} of {whole}"


def _is_amount(value: object) -> bool:
    return value is None or (not isinstance(value, bool) and isinstance(value, int | float) and 0 <= value < inf)


def attach(agent: Agent, meter: CellMeter) -> None:
    """Hands the meter to an agent that takes one. For one that only says what it used, that is set aside beforehand.

    Raises what the agent's `attach` does, and `OverLimitError` if there is no room for what is to be set aside.
    """
    if callable(take := getattr(agent, "attach", None)):
        take(meter)
    elif hasattr(type(agent), "usage") or hasattr(agent, "usage"):  # a property may work from `start` on only
        meter.set_aside()


def too_much(agent: Agent | None, meter: CellMeter) -> str:
    """Why the agent is over its limit: it was refused a call, whatever it made of that, or has used too much by its own
    account; '' if it is not."""
    if meter.refused is None and not meter.used:
        try:
            meter.check(usage_of(agent)[0])
        except OverLimitError as error:
            return str(error)
    return str(meter.refused or "")
