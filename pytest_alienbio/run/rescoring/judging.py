"""A judge as somebody asks for one: found, priced, allowed to spend, connected."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ...engine import open_engine
from ...errors import SpecError
from ...model import AgentEntry, Caps, InstanceCache, engine_choice
from ...play import Catalog
from ...spec.rubric import MOST_REPLICATES, read_rubric
from ...store import Dat
from ..limits.limiting import Limiting
from ..limits.session import limits_here
from ..profiles import profile
from ..project import Project
from ..settings import Settings
from .by_judge import Foreseen, Judge, by_judge, foresee, judge_of
from .recorded_judge import RecordedJudge
from .rescore import OnCell, Rescored, rescore

if TYPE_CHECKING:
    from ...agents.llm.asking import Clock

CONCURRENCY = 8
"""Cells that are judged at once."""


def find_judge(
    rubric: str | Path,
    project: Project,
    catalog: Catalog,
    *,
    by: str = "",
    replicates: int | None = None,
    seed: int = 0,
) -> Judge:
    """The judge of a rubric's file; `by` and `replicates` win over what the file says.

    Raises `SpecError` and `UnknownNameError`.
    """
    read = read_rubric(rubric)
    if not (name := by or read.judge):
        raise SpecError(f"{rubric}: it says no `judge:`; name a language model there, or with --by")
    if replicates is not None and not 1 <= replicates <= MOST_REPLICATES:
        raise SpecError(f"replicates cannot be {replicates}; expected a whole number from 1 to {MOST_REPLICATES}")
    found = profile(AgentEntry(name), catalog, project.profiles)
    if found.skip_reason:
        raise SpecError(f"{name} cannot judge here: {found.skip_reason}")
    return judge_of(read, found, catalog, replicates, seed)


def rescore_by_judge(
    judge: Judge,
    of: Dat,
    project: Project,
    catalog: Catalog,
    cache: InstanceCache | None,
    settings: Settings,
    data_root: Path,
    *,
    live: bool = False,
    replay: Path | None = None,
    margin: float | None = None,
    concurrency: int = CONCURRENCY,
    on_foreseen: Callable[[Foreseen], None] | None = None,
    on_cell: OnCell | None = None,
) -> Rescored:
    """Judges every stored cell of `of`, or gives what an earlier rescoring's judge said again (`replay`, its folder).

    `on_foreseen` is told what it takes before the first call. A judge that costs money judges only if `live`. Caps and rates
    of `settings` hold. Raises `SpecError` and `StoreError`.
    """
    if replay is not None:
        method = by_judge(judge, of, catalog, cache, reach=RecordedJudge(replay).reach, clock=_no_pause())
        return rescore(of, method, project.root, margin=margin, on_cell=on_cell)
    told = foresee(judge, of, list(of.results()), catalog, cache)
    if on_foreseen:
        on_foreseen(told)
    price = judge.endpoint.price
    if not live and not (price is not None and price.is_free):
        raise SpecError(f"{judge.profile.name} costs money ({told.sentence()}); --live lets it judge")
    from ...agents.llm import live as providers_own

    connect = catalog.connect or providers_own
    connect(None, judge.endpoint).close()  # without a key or a client nothing is begun
    with ExitStack() as stack:
        session = stack.enter_context(limits_here(settings, data_root))
        limiting = Limiting(session, Caps(), f"rescore {session.name}")
        method = by_judge(judge, of, catalog, cache, reach=lambda result, at: connect(None, at), limiting=limiting)
        engine = open_engine(engine_choice("threads", concurrency))
        try:
            return rescore(of, method, project.root, margin=margin, engine=engine, on_cell=on_cell)
        finally:
            engine.shutdown(wait=False, cancel_futures=True)


def _no_pause() -> Clock:
    from ...agents.llm.asking import Clock

    return Clock(rest=lambda seconds: None)
