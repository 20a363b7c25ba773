"""Traces, each unpacked into a JSON file of its own, under the names that unpacked ones have in a DAT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ..errors import StoreError
from ..model import Result
from ..store import Dat
from ..store.layout import safe_name, trace_name
from ..store.traces import readable
from .cells import Cells


def write(cells: Cells, folder: Path) -> None:
    """Writes a file for each cell that kept a trace; a name that is taken gets `-2`, `-3`, ...

    Cells without one are counted, as are those whose trace is gone or damaged. Raises `StoreError`.
    """
    taken: Counter[str] = Counter()
    levels: dict[str, frozenset[str]] = {}
    for result in cells:
        dat = cells.dat(result)
        if dat is None or result.trace is None or not result.trace.file:
            cells.lose("no trace was kept")
            continue
        try:
            trace = dat.trace(result)
        except StoreError as error:
            cells.lose(f"a trace that cannot be read: {error}"[:300])
            continue
        assert trace is not None
        if result.dat_path not in levels:
            levels[result.dat_path] = _of_many_levels(dat)
        name = _name(result, levels[result.dat_path])
        taken[name] += 1
        number = taken[name]
        (folder / f"{name}{'' if number == 1 else f'-{number}'}.json").write_text(readable(trace), "ascii")


def _name(result: Result, levels: frozenset[str]) -> str:
    assert result.trace is not None
    file = PurePosixPath(result.trace.file)
    if file.suffix == ".json":
        return safe_name(file.stem)
    level = result.difficulty if result.scenario in levels else None
    return safe_name(trace_name(result.scenario, level, result.params, result.variant, result.agent, result.seed))


def _of_many_levels(dat: Dat) -> frozenset[str]:
    """The scenarios of a DAT that were played at several levels: only their names say which."""
    resolved = dat.spec().get("resolved")
    cases = resolved.get("cases") if isinstance(resolved, Mapping) else None
    played: dict[str, set[object]] = {}
    for case in cases if isinstance(cases, list) else ():
        if isinstance(case, Mapping):
            played.setdefault(str(case.get("scenario")), set()).add(case.get("difficulty"))
    return frozenset(scenario for scenario, levels in played.items() if len(levels) > 1)
