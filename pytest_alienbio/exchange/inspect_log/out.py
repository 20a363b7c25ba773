"""The ways out to Inspect: a folder of logs, or one log."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from ...errors import SpecError, StoreError
from ...model import Result, Trajectory
from ...store import trajectory_of
from ..around import Around, around
from ..cells import Cells
from ..groups import groups
from ..runs_of import data_root
from .write import log_name, write_log


def write(cells: Cells, folder: Path) -> None:
    """An `.eval` log for each agent of each DAT, as a log directory of Inspect."""
    _write(cells, folder, "eval")


def write_json(cells: Cells, folder: Path) -> None:
    """The same as `.json` logs, to be read by anything."""
    _write(cells, folder, "json")


def write_one(cells: Cells, out: IO[bytes]) -> None:
    """The one `.eval` log of an agent in a DAT. Raises `SpecError` for several agents, batteries or DATs, and for none."""
    logs = groups(cells)
    first = next(logs, None)
    if first is None:
        raise SpecError("no cell to write a log of")
    if next(logs, None) is not None:
        raise SpecError(
            "a log is of one agent in one DAT, and these cells are of several; choose with --agent, or write a folder of logs "
            "with --format inspect"
        )
    write_log(out, first, _around(cells, first[0]), trace=lambda result: _trajectory(cells, result))


def _write(cells: Cells, folder: Path, form: str) -> None:
    for results in groups(cells):
        head = results[0]
        about = _around(cells, head)
        with _free(folder / log_name(head.battery, head.agent, about, form)).open("xb") as out:
            write_log(out, results, about, trace=lambda result: _trajectory(cells, result), form=form)


def _free(path: Path) -> Path:
    """`path`, or with a number if it is taken: the logs of a DAT and of its copy have one name."""
    names = (path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, 10_000)))
    return next(name for name in names if not name.exists())


def _around(cells: Cells, result: Result) -> Around:
    dat = cells.dat(result)
    return around(dat, data_root(dat)) if dat else Around(run=result.run)


def _trajectory(cells: Cells, result: Result) -> Trajectory | None:
    if result.trajectory is not None or result.trace is None or not result.trace.file:
        return result.trajectory
    dat = cells.dat(result)
    try:
        trace = dat.trace(result) if dat else None
        if trace:
            return trajectory_of(trace)
    except StoreError:
        pass
    cells.lose("trace: it is damaged or gone")
    return None
