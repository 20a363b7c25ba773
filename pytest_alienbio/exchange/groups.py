"""Cells as logs and trackers hold them: those of one agent in one DAT together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Result


def groups(results: Iterable[Result]) -> Iterator[list[Result]]:
    """The results of each (DAT, battery, agent), as first seen; a DAT's are in memory at a time.

    Those of one DAT stand together in `results`, as every query gives them; raises `ValueError` if they do not.
    """
    done: set[str] = set()
    place = ""
    held: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if held and result.dat_path != place:
            yield from held.values()
            done.add(place)
            held = {}
        if result.dat_path in done:
            raise ValueError(f"the cells of {result.dat_path} do not stand together")
        place = result.dat_path
        held.setdefault((result.battery, result.agent), []).append(result)
    yield from held.values()
