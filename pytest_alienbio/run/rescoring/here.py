"""Rescoring from a notebook or script: `Bio.rescore`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Unpack

from ...errors import SpecError
from ...store import dat as dats
from ..catalog import build_catalog
from ..ini import read_ini
from ..limits.session import CapWords, in_words
from ..project import find_project
from ..settings import settings
from ..where import dats_named, instance_cache
from .asked import method_of
from .judging import CONCURRENCY, find_judge, rescore_by_judge
from .rescore import Rescored, rescore


def rescore_here(
    dat: str | os.PathLike[str],
    scorer: str | Callable[..., object] | None = None,
    *,
    scenarios: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    judge: str | os.PathLike[str] | None = None,
    by: str = "",
    replicates: int | None = None,
    judge_seed: int = 0,
    live: bool = False,
    replay: str | os.PathLike[str] | None = None,
    margin: float | None = None,
    concurrency: int = CONCURRENCY,
    data: str | os.PathLike[str] | None = None,
    **caps: Unpack[CapWords],
) -> Rescored:
    """Scores a run's stored cells again, without playing anything: `Bio.rescore("mine", lambda trial: Scores(...))`.

    `dat`: a path, or a battery (its latest). By `scorer` (a function, a registered name, `FILE.py:FUNCTION`), by scenario
    files, by a `judge` (a rubric's file; the language model `by`, `replicates` judgements a cell, `live` if it costs money,
    `replay` an earlier rescoring's folder), else by the project's scenarios as they are now. The run stays as it was; the
    result prints its report, iterates over its cells and says in `path` where they are. Raises `SpecError`, `StoreError`.
    """
    project = find_project(Path.cwd(), walk=True)
    ini, ini_file = read_ini(Path.cwd())
    options = in_words({"data": None if data is None else os.fspath(data), **caps})
    found = settings(project, options=options, ini=ini, ini_file=ini_file, flag="{}=")
    root = found.data_root(project.root)
    of = dats.open(dats_named(root, [dat])[0])
    catalog, cache = build_catalog(project.scenario_files), instance_cache(root)
    files = [scenarios] if isinstance(scenarios, str | os.PathLike) else scenarios
    if judge is None:
        named = [os.fspath(each) for each in files]
        return rescore(
            of,
            method_of(of, catalog, cache, root=project.root, start=Path.cwd(), scorer=scorer, scenarios=named),
            project.root,
        )
    if scorer is not None or files:
        raise SpecError("a judge takes the place of a scorer and of scenario files; name one of them")
    return rescore_by_judge(
        find_judge(Path(judge), project, catalog, by=by, replicates=replicates, seed=judge_seed),
        of,
        project,
        catalog,
        cache,
        found,
        root,
        live=live,
        replay=None if replay is None else Path(replay),
        margin=margin,
        concurrency=concurrency,
    )
