"""Something went wrong while a cell played: whose fault it was, and what is kept of it."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from types import TracebackType

from ..errors import CannotPlayError, DivergedError, LeftCellError, LimitStoreError, OverLimitError, ProviderError
from ..model import CellError, Outcome, storable
from .limits import CellTimeout

MOST_TRACEBACK = 20_000
"""Characters of a traceback that are kept: its end, where the cause stands."""
MOST_MESSAGE = 2_000
_HERE = str(Path(__file__).parent)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")


class CellFault(Exception):  # noqa: N818 - a way out, not an error
    """Raised inside `play` to end a cell with `outcome`; never leaves `run_cell`."""

    def __init__(self, outcome: Outcome, reason: str, error: CellError | None = None) -> None:
        self.outcome, self.reason, self.error = outcome, reason, error
        super().__init__(reason)


class Blame:
    """`with Blame(outcome, who):` whatever is raised inside is that side's fault, as a `CellFault`.

    `SystemExit` too, and whatever else derives from `BaseException`. Only Ctrl-C, the cell's own timeout and pytest's own
    control flow (skip, fail, exit) pass through. With `may_decline`, a `CannotPlayError` is nobody's fault and the cell is
    skipped: only before the first move, for who has begun to play must not pick its worlds.
    """

    __slots__ = ("may_decline", "outcome", "who")

    def __init__(self, outcome: Outcome, who: str, *, may_decline: bool = False) -> None:
        self.outcome, self.who, self.may_decline = outcome, who, may_decline

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or not is_failure(error):
            return
        outcome, kept = self.outcome, keep(error)
        if self.may_decline and isinstance(error, CannotPlayError):
            raise CellFault(Outcome.SKIPPED, kept.message) from error
        if outcome is Outcome.AGENT_ERROR and isinstance(error, OverLimitError | LimitStoreError):
            raise CellFault(Outcome.OVER_LIMIT, kept.message) from error
        if outcome is Outcome.AGENT_ERROR and isinstance(error, LeftCellError):
            raise CellFault(outcome, kept.message) from error
        first_line = kept.message.split("\n", 1)[0]
        if isinstance(error, DivergedError):  # says itself what it is
            raise CellFault(outcome, first_line, kept) from error
        if outcome is Outcome.AGENT_ERROR and isinstance(error, ProviderError):
            raise CellFault(Outcome.PROVIDER_ERROR, f"the provider failed: {first_line}".removesuffix(": "), kept) from error
        raise CellFault(outcome, f"{self.who}: {kept.type}" + (f": {first_line}" if first_line else ""), kept) from error


def is_failure(error: BaseException) -> bool:
    """Whether `error` is somebody's failure, and not a signal to us or to pytest.

    Most exceptions that are no `Exception` are failures too: an `asyncio.CancelledError` that leaks from a client, say.
    """
    if isinstance(error, CellFault | CellTimeout | KeyboardInterrupt | GeneratorExit):
        return False
    # pytest.exit() raises an Exception; told by its home, since the core does not import pytest
    return not any(cls.__module__ == "_pytest.outcomes" for cls in type(error).__mro__)


def keep(error: BaseException) -> CellError:
    """`error` as text: type, message and traceback from the first frame that is not ours.

    Memory addresses are blotted out, so that the same failure twice reads the same; long texts are cut.
    """
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except Exception as failure:  # noqa: BLE001 - the exception belongs to the agent or the scenario: its __str__ may do anything
        message = f"(its message could not be told: {type(failure).__name__})"
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_HERE):
        trace = trace.tb_next
    try:
        text = "".join(traceback.TracebackException(kind, error, trace, compact=True).format())
    except Exception:  # noqa: BLE001 - as above
        text = "".join(traceback.format_tb(trace)) + name
    return CellError(name, _tidy(message, MOST_MESSAGE, tail=False), _tidy(text, MOST_TRACEBACK, tail=True))


def one_line(error: BaseException) -> str:
    """Type and message of an exception."""
    kept = keep(error)
    return f"{kept.type}: {kept.message}".split("\n", 1)[0]


def _tidy(text: str, most: int, *, tail: bool) -> str:
    text = _ADDRESS.sub("0x...", storable(text))
    if len(text) <= most:
        return text
    return "[...] " + text[-most:] if tail else text[:most] + " [...]"
