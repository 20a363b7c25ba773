"""What tells the traces of stored cells, DAT by DAT: beside the worlds they were played in, where those are known here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import AlienBioError
from ...model import Result, canonical
from ...results.sheet import Found
from ...store import dat
from .traced import Teller

if TYPE_CHECKING:
    from ...play import Catalog
    from ...store.index import Index

ORACLE = "oracle"


def telling(index: Index, found: Found, root: Path, catalog: Catalog | None = None) -> Callable[[str], Teller]:
    """Of a DAT below the data `root` what tells the traces of its cells that are in `found` (cells of `index`).

    Worlds are asked only if they are in the cache: a page must not take as long as a run. Where one is not, the oracle's cell
    of the same world stands beside a trace, if it was played. A DAT that cannot be opened tells none.
    """
    from ..retelling import tracing
    from ..where import instance_cache

    instances = instance_cache(root)
    played = _oracles(found)
    known = [catalog] if catalog else []

    def oracle(result: Result) -> Result | None:
        record = played.get(_world(result.dat_path, result))
        return next(index.at([record]), None) if record is not None else None

    def teller(path: str) -> Teller:
        if not known:
            known.append(_catalog())
        try:
            return tracing(dat.open(Path(path)), known[0], instances, oracle=oracle)
        except AlienBioError:
            return lambda result: {}

    return teller


def _oracles(found: Found) -> dict[tuple[object, ...], int]:
    """The records of the oracle's cells, by DAT and world."""
    names = ("agent", "traced", "dat", "scenario", "difficulty", "params", "variant", "seed", "record")
    return {
        (path, scenario, level, canonical(dict(params)), variant, seed): record
        for agent, traced, path, scenario, level, params, variant, seed, record in zip(
            *(found[name] for name in names), strict=True
        )
        if agent == ORACLE and traced
    }


def _world(path: str, result: Result) -> tuple[object, ...]:
    return path, result.scenario, result.difficulty, canonical(dict(result.params)), result.variant, result.seed


def _catalog() -> Catalog:
    """The scenarios that are known here: those of the project, if it can be read, and the shipped ones."""
    from ..catalog import build_catalog
    from ..project import find_project

    try:
        return build_catalog(find_project(Path.cwd(), walk=True, about="data").scenario_files)
    except AlienBioError:
        return build_catalog()
