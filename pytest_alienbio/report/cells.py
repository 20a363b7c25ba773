"""Rows of many cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..model import Result, inert
from ..model.digits import fixed
from ..model.figures import MISSING, many, measure
from .columns import GAP, Column, fit, lines_of, shorten, to_ascii
from .measures import first_metrics
from .page import short

LEAST_NAME = 12
"""Names are shortened to so many columns before a row takes two lines instead."""
_METRICS = 3
"""What metrics give way as: the first one, all others sooner."""


def table(results: Sequence[Result], width: int, *, ascii: bool = False) -> list[str]:
    """One line a cell, header first; [] for none. Params, variants and batteries have columns where they differ.

    Names are shortened to fit `width`; where that is not enough, a cell takes two lines: its id, and how it ended. Of the
    metrics of tasks the first few have columns; the last line says how many have none.
    """
    if not results:
        return []
    measured, left_out = _measured(results)
    columns = list(_columns(results, measured, to_ascii if ascii else str))
    kept = [column for column in columns if not column.gives_way]
    least = sum(min(column.width, LEAST_NAME) if column.names else column.width for column in kept) + len(GAP) * (len(kept) - 1)
    if least <= width:
        fitted = fit(columns, width, ascii=ascii, least=LEAST_NAME)
        lines = lines_of(fitted)
        hidden = left_out + len(measured) - sum(column.gives_way >= _METRICS for column in fitted)
        more = f"... and {many(hidden, 'more metric')}: results.json"
        return [*lines, shorten(more, width, ascii=ascii, middle=False)] if left_out else lines
    return [line for result in results for line in _two_lines(result, width, ascii)]


def reason_of(result: Result) -> str:
    """Why it ended as it did, as far as anybody said."""
    return inert(result.reason or (f"{result.error.type}: {result.error.message}" if result.error else ""))


def _columns(results: Sequence[Result], measured: Sequence[str], sign: Callable[[str], str]) -> Iterator[Column]:
    def column(
        header: str, show: Callable[[Result], str], *, left: bool = False, names: bool = False, gives_way: int = 0
    ) -> Column:
        return Column(sign(header), tuple(sign(show(result)) for result in results), left, names, gives_way)

    if len({result.battery for result in results}) > 1:
        yield column("battery", lambda result: inert(result.battery), left=True, names=True)
    yield column("scenario", lambda result: inert(result.scenario), left=True, names=True)
    yield column("d", lambda result: MISSING if result.difficulty is None else str(result.difficulty))
    if any(result.variant != 1 for result in results):
        yield column("v", lambda result: str(result.variant))
    for name in _differing(results):
        yield column(inert(name), lambda result, name=name: _param(result, name), names=True)  # type: ignore[misc]
    yield column("agent", lambda result: inert(result.agent), left=True, names=True)
    yield column("seed", lambda result: str(result.seed))
    yield column("outcome", lambda result: str(result.outcome), left=True)
    yield column("score", lambda result: MISSING if result.score is None else fixed(result.score, 3))
    yield column("passed", _passed, gives_way=1)
    for place, name in enumerate(measured):
        yield column(inert(name), lambda result, name=name: _metric(result, name), gives_way=_METRICS + place)  # type: ignore[misc]
    if any(result.origin for result in results):
        title = "from" if any(result.reused for result in results) else "imported from"
        yield column(title, lambda result: inert(result.origin), left=True, names=True, gives_way=1)
    if any(map(reason_of, results)):
        yield column("reason", reason_of, left=True, names=True, gives_way=2)


def _measured(results: Sequence[Result]) -> tuple[list[str], int]:
    """Metrics of tasks that are numbers, the first of them, and how many more there are.

    The first ones stay longest where there is little room.
    """
    rows = (result.metrics for result in results if result.task is not None)
    return first_metrics([name for name, value in metrics.items() if _is_number(value)] for metrics in rows)


def _metric(result: Result, name: str) -> str:
    value = result.metrics.get(name) if result.task is not None else None
    return measure(float(value), None) if isinstance(value, int | float) and _is_number(value) else MISSING


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _differing(results: Sequence[Result]) -> list[str]:
    """The params in which these cells differ, in the order they come up."""
    names = dict.fromkeys(name for result in results for name in result.params)
    return [name for name in names if len({_param(result, name) for result in results}) > 1]


def _param(result: Result, name: str) -> str:
    return short(result.params[name]) if name in result.params else MISSING


def _passed(result: Result) -> str:
    return MISSING if result.passed is None else "yes" if result.passed else "no"


def _two_lines(result: Result, width: int, ascii: bool) -> tuple[str, str]:
    verdict = {None: "", True: "passed", False: "not passed"}[result.passed]
    score = "" if result.score is None else fixed(result.score, 3)
    how = " ".join(filter(None, (score, verdict, str(result.outcome), reason_of(result))))
    sign = to_ascii if ascii else str
    return (
        shorten(sign(inert(result.id)), width, ascii=ascii),
        shorten(f"  {sign(how)}", width, ascii=ascii, middle=False),
    )
