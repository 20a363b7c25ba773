"""Which way of scoring is meant, in the words of a command line or a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import SpecError
from ...model import InstanceCache
from ...play import Catalog, Shelf
from ...store import Dat
from ..catalog import read_scenario
from .by_files import by_files
from .by_scorer import by_scorer
from .method import Method
from .scorers import of_function, scorer_named


def method_of(
    dat: Dat,
    catalog: Catalog,
    cache: InstanceCache | None,
    *,
    root: Path,
    start: Path,
    scorer: str | Callable[..., object] | None = None,
    scenarios: Sequence[str] = (),
) -> Method:
    """By a scorer (its name, `FILE.py:FUNCTION`, or a function), by scenario files, or by the project's scenarios as they are.

    `root` is the project's folder, `start` the working directory. Raises `SpecError` or `UnknownNameError`.
    """
    if scorer is not None:
        if scenarios:
            raise SpecError("a scorer takes the place of what scenario files say; name the one or the other")
        info = scorer_named(scorer, root, start) if isinstance(scorer, str) else of_function(scorer)
        return by_scorer(info, dat, catalog, cache)
    named = set()
    for text in scenarios:
        if not Path(text).is_file():
            raise SpecError(f"there is no scenario file {text!r}")
        info_read = read_scenario(Path(text))
        catalog = replace(catalog, scenarios=Shelf(catalog.scenarios, {info_read.name: info_read}))
        named.add(info_read.name)
    return by_files(dat, catalog, cache, named=frozenset(named))
