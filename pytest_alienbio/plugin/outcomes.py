"""From a result to what pytest reports: exceptions, properties, failure text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from ..model import Cell, CellVerdict, Outcome, Result, cell_verdict, explain
from ..play import result_of
from ..play.through import ended_through, kept
from ..report import inert

if TYPE_CHECKING:
    from .cell_node import CellNode
    from .loaded import Loaded


class CellFailedError(Exception):
    """Raised inside an item when its cell counts as failed; its text is all a reader needs."""


class CellBelowBarError(CellFailedError, AssertionError):
    """Raised for a score that misses the bar: an assertion that does not hold, where any other failure is an error."""


Pair = tuple[str, object]
"""A property: its name, and its value."""


def properties(result: Result) -> list[Pair]:
    """What JUnit and other reports show of a result: plain built-ins only (xdist refuses their subclasses)."""
    pairs = [*_of_all_seeds(result.scenario, result.difficulty, result.agent), ("seed", result.seed), _ended(result.outcome)]
    if result.score is not None:
        pairs.append(("score", result.score))
    if result.passed is not None:
        pairs.append(_PASSED if result.passed else _NOT_PASSED)
    if (trace := result.trace) and trace.file:
        pairs.append(("trace", trace.file if trace.offset is None else f"{trace.file}@{trace.offset}"))
    return pairs


_PASSED: Pair = ("passed", "true")
_NOT_PASSED: Pair = ("passed", "false")


@lru_cache(maxsize=256, typed=True)
def _of_all_seeds(scenario: str, difficulty: int | None, agent: str) -> tuple[Pair, ...]:
    """The same ones for all cells that differ in their seed alone: every report keeps its own."""
    return tuple((name, value) for name, value in zip(_WHOSE, (scenario, difficulty, agent), strict=True) if value is not None)


_WHOSE = ("scenario", "difficulty", "agent")


@lru_cache
def _ended(outcome: Outcome) -> Pair:
    return "outcome", str(outcome)


_ATTACHED = "_alienbio_attached"
"""An attribute of items: in their stash it would stay as a place of its own, for each of a million cells."""


def attach(item: pytest.Item, pairs: list[Pair]) -> None:
    """Adds properties to an item until its next attempt."""
    item.user_properties += pairs
    setattr(item, _ATTACHED, [*_attached(item), *pairs])


def _attached(item: pytest.Item) -> Sequence[Pair]:
    return getattr(item, _ATTACHED, None) or ()


def detach(item: pytest.Item) -> None:
    """Takes away what an earlier attempt attached: a report shows one attempt."""
    ours = {id(pair) for pair in _attached(item)}
    if ours:
        item.user_properties[:] = [pair for pair in item.user_properties if id(pair) not in ours]
        setattr(item, _ATTACHED, None)


def let_go(item: pytest.Item) -> None:
    """No other attempt will follow: what is attached stays, and nobody has to know which it is."""
    setattr(item, _ATTACHED, None)


def settle(item: pytest.Item, loaded: Loaded, cell: Cell, result: Result) -> None:
    """Attaches a result's properties to its item, then passes, fails, skips or xfails it by the outcome table."""
    mode = loaded.plan.battery.cells
    attach(item, properties(result))
    verdict = cell_verdict(result, mode)
    if verdict is CellVerdict.SKIPPED:
        pytest.skip(result.reason)
    if verdict is CellVerdict.XFAILED:
        pytest.xfail(f"{result.role} agent, {explain(result)}")
    if verdict is CellVerdict.FAILED:
        kind = CellBelowBarError if result.outcome.scored else CellFailedError
        raise kind(failure_text(item, loaded, cell, result))


def failure_text(item: pytest.Item, loaded: Loaded, cell: Cell, result: Result) -> str:
    """What a failed cell prints: the sentence, the agent's or environment's own traceback, how to play it again."""
    from .state import state_of

    lines = [inert(explain(result), most=400)]
    if result.error and result.error.traceback:
        lines += ["", *(inert(line, most=400, verbatim=True) for line in result.error.traceback.splitlines()), ""]
    if result.trace and result.trace.file:
        lines.append(f"trace:     {loaded.dat_path}/{result.trace.file}")
    lines.append(f"reproduce: {state_of(item.config).command(loaded, cell)}")
    return "\n".join(lines)


def note_done(item: pytest.Item, report: pytest.TestReport) -> None:
    """A Python test over a cell: it played something, or ended well or was skipped without. Then nothing is missing of it."""
    from .state import state_of

    if item.get_closest_marker("cell") is None:
        return
    ended_well = (report.when == "call" and report.passed) or report.skipped
    if ended_well or any(name == "outcome" for name, _ in _attached(item)):
        state_of(item.config).done.add(item.nodeid)


def book_unplayed(item: CellNode, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """It was started, so it must not look unplayed."""
    from .state import state_of

    if call.excinfo is None or isinstance(call.excinfo.value, pytest.skip.Exception):
        why = str(call.excinfo.value) if call.excinfo else "skipped by a mark"
        result = result_of(item.cell, Outcome.SKIPPED, why or "skipped in its setup")
    else:
        # `agent` is set up before `scenario`: with it in place, the environment's side failed.
        whose = Outcome.ENVIRONMENT_ERROR if "agent" in getattr(item, "funcargs", {}) else Outcome.AGENT_ERROR
        whose = Outcome.TIMED_OUT if _is_timeout(call.excinfo.value) else whose
        error = kept(call.excinfo.value)
        result = result_of(item.cell, whose, f"a fixture of the cell failed: {error.type}: {error.message}", error=error)
    item.result = state_of(item.config).book(item.loaded, result, item.cell)
    attach(item, properties(item.result))
    report.user_properties = list(item.user_properties)


def ended_by_pytest(cell: Cell, error: BaseException) -> Result:
    """The result of a cell that ended through pytest's control flow: a skip, a timeout plugin, `pytest.fail`."""
    result = ended_through(cell, error)
    return result.with_(outcome=Outcome.TIMED_OUT) if _is_timeout(error) else result


def _is_timeout(error: BaseException) -> bool:
    """Whether pytest-timeout ended it: that has no exception of its own."""
    return isinstance(error, pytest.fail.Exception) and str(error).startswith("Timeout")
