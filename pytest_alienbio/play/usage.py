"""What an agent consumes: by its meter, or as it says itself."""

from __future__ import annotations

from math import inf

from ..errors import OverLimitError
from ..model import Agent, Usage
from .fault import one_line
from .meter import CellMeter

_NOTHING = Usage()


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
    for name in ("tokens", "usd", "requests"):
        value = getattr(usage, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf):
            return Usage(), f"its usage.{name} is {repr(value)[:60]}; expected a number of at least 0"
    return usage, ""


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
