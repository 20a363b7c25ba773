"""A run's stored cells, scored again: the one loop over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from ...engine import Engine
from ...model import Json, Outcome, Result
from ...model.rescoring import Rescoring
from ...report import Document
from ...report.rescored import rescored_document
from ...store import Dat, Journal, dat, log
from .folder import WORKER, claim, judgements
from .method import RESCORED, Given, Method, apply
from .recorded_judge import line_of
from .summing_up import margin_of, summed_up

OnCell = Callable[[Result], None]
_LACKING = (Outcome.NOT_RUN, Outcome.SCORER_ERROR, Outcome.PROVIDER_ERROR, Outcome.OVER_LIMIT)


@dataclass(frozen=True, slots=True, repr=False)
class Rescored:
    """A finished rescoring. Iterating gives its results, in the run's order; as text it is its report."""

    path: Path
    """The folder it is in: a result folder, which reports, comparisons and gates take by its path."""
    results: tuple[Result, ...]
    before: tuple[Result, ...]
    """The same cells as they were recorded."""
    found: Rescoring
    document: Document

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        return str(self.document)

    @property
    def complete(self) -> bool:
        """Whether every cell that was played to its end has a score or was found unscored by its scorer."""
        return not any(
            now.outcome in _LACKING and was.outcome in RESCORED for was, now in zip(self.before, self.results, strict=True)
        )


def rescore(
    of: Dat,
    method: Method,
    project: Path,
    *,
    margin: float | None = None,
    engine: Engine | None = None,
    on_cell: OnCell | None = None,
    command: Sequence[str] | None = None,
) -> Rescored:
    """Scores every stored cell of `of` by `method`, into a new folder inside it; the run itself stays as it was.

    What was scored when something stops it (Ctrl-C) is kept there. `engine`: who scores many at once; None = one by one.
    `margin`: what a scorer's noise is held against; None = that of the run's gates. Raises `StoreError`.
    """
    before = tuple(of.results())
    made, run_id, keys = claim(of, method, project, command)
    journal = Journal(made.path, run_id, WORKER)
    after: dict[int, Result] = {}
    replicates: dict[str, tuple[float, ...]] = {}
    repeated = False
    try:
        with judgements(made.path) as write:
            for place, (now, given) in _each(method, of, before, engine):
                now = now.with_(
                    key=keys.get(now.id, now.key),
                    run=run_id,
                    worker=WORKER,
                    attempt=1,
                    dat_path=str(made.path),
                    trajectory=None,
                )
                now = now if now.id not in keys else now.with_(scenario_hash=_content(method, now))
                if given and (given.calls or given.replicates):
                    repeated = True
                    write(line_of(now, given))
                    replicates[now.id] = given.replicates
                journal.append(now)
                after[place] = now
                if on_cell:
                    on_cell(now)
    finally:
        journal.close()
        dat.close(made, status=_status(run_id, before, after), command=command or ())
    results = tuple(after[place] for place in sorted(after))
    log.append(of.path, "rescored", {"run": run_id, "scorer": method.name, "folder": made.path.relative_to(of.path).as_posix()})
    limit = margin_of(of.spec()) if margin is None else (margin, "")
    found = summed_up(
        relpath(of.path),
        relpath(made.path),
        method.about,
        list(zip(before, results, strict=True)),
        replicates=replicates if repeated else None,
        margin=limit,
        notes=(*method.notes, *of.notes),
    )
    return Rescored(made.path, results, before, found, rescored_document(found))


def _each(
    method: Method, of: Dat, before: Sequence[Result], engine: Engine | None
) -> Iterator[tuple[int, tuple[Result, Given | None]]]:
    """(place, cell as it is now) as they come: one by one, or as the engine finishes them."""
    if engine is None:
        yield from ((place, apply(method, of, result)) for place, result in enumerate(before))
        return
    from concurrent.futures import as_completed

    futures = {engine.submit(apply, method, of, result): place for place, result in enumerate(before)}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _content(method: Method, result: Result) -> str:
    told = method.about.get("scenarios")
    own = told.get(result.scenario) if isinstance(told, Mapping) else None
    return str(own.get("content_hash")) if isinstance(own, Mapping) else result.scenario_hash


def _status(run_id: str, before: Sequence[Result], after: Mapping[int, Result]) -> dict[str, Json]:
    outcomes: dict[str, int] = {}
    for result in after.values():
        outcomes[result.outcome.value] = outcomes.get(result.outcome.value, 0) + 1
    whole = len(after) == len(before) and not any(
        after[place].outcome in _LACKING and was.outcome in RESCORED for place, was in enumerate(before)
    )
    return {
        "verdict": "rescored" if whole else "incomplete" if len(after) == len(before) else "interrupted",
        "run": run_id,
        "cells": {"planned": len(before), "selected": len(before), "recorded": len(after)},
        "outcomes": dict(sorted(outcomes.items())),
    }
