"""One pass over results for everything that a report shows of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ..model import CellVerdict, Failure, Result, Review, Summary, Unrecorded, cell_verdict
from ..model.brief import Told
from ..stats import summarize
from .bill import Billing
from .breakdown import Breakdowns
from .failures import failure_of, grouped, lowest


def review(
    results: Iterable[Told],
    *,
    title: str,
    dats: Sequence[str] = (),
    board: Summary | None = None,
    command: Callable[[Told], str] = lambda result: "",
    others: Callable[[Told], Sequence[Result]] = lambda result: (),
    unrecorded: Sequence[Unrecorded] = (),
    notes: Sequence[str] = (),
) -> Review:
    """What a report shows of `results`, of which each cell is one. `command` gives what plays a cell again, or '', and
    `others` the attempts at it that do not count, and were paid.

    `board` has the standings of the same results (`leaderboard`), if they were made: else they are those of `summarize`.

    One pass; of a cell its numbers are kept, of a failed one its sentence, too.
    """
    apart, spent = Breakdowns(), Billing()
    errors: list[Failure] = []
    below: list[Failure] = []

    def watched() -> Iterator[Told]:
        for result in results:
            apart.add(result)
            spent.add(result, others(result))
            if cell_verdict(result, "assert") is CellVerdict.FAILED:
                (below if result.outcome.scored else errors).append(failure_of(result, command(result)))
            yield result

    summary = summarize(watched())
    if board is not None:
        summary = replace(
            summary,
            standings=board.standings,
            older=board.older,
            resamples=board.resamples,
            seed=board.seed,
            notes=board.notes,
        )
    return Review(
        title=title,
        dats=tuple(dats),
        summary=summary,
        breakdowns=apart.made(),
        errors=grouped(errors),
        below=lowest(below, better=summary.better),
        bill=spent.made(),
        unrecorded=tuple(unrecorded),
        notes=tuple(notes),
    )
