"""Which checkpoint is whose: cells of a run, and the files in which they save where they stand."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from ..model import Cell, digest
from ..play import Catalog, source_file
from ..store import CheckpointFile, provenance
from .run import Recorder

_FINDING = Lock()
"""A factory's file is looked up by one thread at a time: `inspect` is shown another module meanwhile."""


class CellKeeper(CheckpointFile):
    """The checkpoints of one cell of a run; see `model.Keeper`."""

    def __init__(self, run: Recorder, identity: str, cell: Cell) -> None:
        super().__init__(run.dat_path, identity, cell.id)
        self._run, self.every = run, run.checkpoint

    def lacking(self, what: str) -> None:
        """Says once, in the run's log, that cells like this one have no checkpoints, and why."""
        self._run.notice(f"no checkpoints: {what}")


def keeper_of(run: Recorder, cell: Cell, catalog: Catalog) -> CellKeeper | None:
    """Who keeps the checkpoints of `cell`; None if its battery wants none."""
    return CellKeeper(run, identity(cell, catalog), cell) if run.checkpoint else None


def identity(cell: Cell, catalog: Catalog) -> str:
    """A hash of all that a checkpoint depends on: the cell's content key and id, how it is scored, its world's versions, ours,
    and the file that its agent is written in. What that file imports is not looked at.
    """
    agent = catalog.agents.get(cell.agent.kind)
    with _FINDING:
        file = source_file(agent.factory) if agent else ""
    return digest(
        {
            "cell": [cell.key, cell.id],
            "scoring": cell.case.scoring_hash,
            "world": cell.case.world,
            "version": _own_version(),
            "agent": _file_hash(file) if file else "",
        }
    )


@lru_cache(maxsize=1024)
def _file_hash(path: str) -> str:
    """Of a source file, as it was when the first cell asked; '' if it cannot be read."""
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


@lru_cache(maxsize=1)
def _own_version() -> str:
    return provenance.versions(("pytest-alienbio",)).get("pytest-alienbio", "")
