"""All runs below a data root: the list, each run as it is, its report and cells, a battery's history, two runs compared."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError
from ..model import Json, Query
from ..report.runs import runs_document
from ..run.watching import Watching
from ..run.watching.listed import Listing
from ..store import battery_of, find_dats
from ..store.index import Index
from .cells import cell_page, cells_page
from .live import Live
from .reports import Reports
from .shell import Ask, page, query
from .site import Answer, Asked, as_data

MOST_RUNS = 1000
"""In the list, the newest."""
MOST_WATCHED = 20
"""Runs whose counts are kept; one that is asked for after that is counted anew."""

_BETTER = (("", "as declared"), ("higher", "higher"), ("lower", "lower"))

Page = Callable[[Path, str, Asked], Answer | None]


class Browse:
    """The site. Addresses hold made names of runs (`name_of`), which are looked up among the runs that there are."""

    def __init__(self, root: Path) -> None:
        self._root, self._lock = root, threading.RLock()
        self._listing = Listing(root)
        self._lives: dict[Path, Live] = {}
        self._reports = Reports(root, lambda path: _ways(path, 3, "report"))

    def answer(self, asked: Asked) -> Answer | None:
        """See `Site`."""
        match asked.path:
            case ("",):
                return self._list()
            case ("history", ""):
                return self._history(asked.query)
            case ("compare", ""):
                return self._compare(asked.query)
            case ("run", name, *rest):
                path = self._known().get(name)
                return None if path is None else self._of_run(path, tuple(rest), asked.query)
        return None

    def close(self) -> None:
        """See `Site`."""
        self._reports.close()

    def _of_run(self, path: Path, rest: tuple[str, ...], asked: Mapping[str, str]) -> Answer | None:
        match rest:
            case ("",):
                return self._live(path).page(*_ways(path, 2, "run"))
            case ("now.json",):
                return as_data(self._live(path).now())
            case ("report", *more):
                return self._reports.answer(path, tuple(more))
            case ("cells", ""):
                return cells_page(path, _ways(path, 3, "cells"), asked)
            case ("cell", ""):
                return cell_page(path, _ways(path, 3, ""), asked.get("id", ""))
        return None

    # -- pages of their own

    def _list(self) -> Answer:
        runs, total = self._listing.runs(MOST_RUNS)
        names = {run.name: name_of(Path(run.dat)) for run in runs}

        def link(about: Mapping[str, str]) -> str:
            if "run" in about:
                return f"run/{names[about['run']]}/" if about["run"] in names else ""
            return query("history/", battery=about["battery"]) if about.get("battery", "-") != "-" else ""

        picks: list[Json] = [names[run.name] for run in runs]
        document = runs_document(runs, total, str(self._root))
        return page(document, ways=(("All runs", ""),), link=link, scripts=("list.js",), data={"names": picks})

    def _history(self, asked: Mapping[str, str]) -> Answer:
        from ..run.over_time import history_on, metrics_of

        battery, metric, better = asked.get("battery", ""), asked.get("metric") or "score", asked.get("better", "")
        if not any(battery_of(path) == battery for path in find_dats(self._root)):
            raise StoreError(f"no run of a battery {battery!r} is below {self._root}")
        with self._index() as index:
            document = history_on(index, self._root, battery, metric=metric, better=better or None)
            metrics = dict.fromkeys((*metrics_of(index, self._root, battery), metric))
        asks = (
            Ask("battery", battery),
            Ask("metric", metric, "Metric", [(each, each) for each in metrics]),
            Ask("better", better, "Better is", _BETTER),
        )
        return page(document, ways=(("All runs", "../"), ("History", "")), asks=asks)

    def _compare(self, asked: Mapping[str, str]) -> Answer | None:
        from ..run.comparing import runs_on

        known = self._known()
        paths = [known.get(asked.get(side, "")) for side in ("a", "b")]
        if paths[0] is None or paths[1] is None:
            return None
        with self._index() as index:
            both = [paths[0], paths[1]]
            notes = index.refresh(both)
            document = runs_on(index, Query(dats=tuple(map(str, both))), both, notes=notes)
        runs = [(f"Run {os.path.relpath(path, self._root)}", f"../run/{name_of(path)}/") for path in both]
        return page(document, ways=(("All runs", "../"), *runs, ("Compared", "")))

    # -- inside

    def _known(self) -> dict[str, Path]:
        return {name_of(path): path for path in find_dats(self._root)}

    def _live(self, path: Path) -> Live:
        with self._lock:
            live = self._lives.pop(path, None) or Live(Watching(path, self._root))
            self._lives[path] = live
            while len(self._lives) > MOST_WATCHED:
                del self._lives[next(iter(self._lives))]
            return live

    @contextmanager
    def _index(self) -> Iterator[Index]:
        with Index.open(self._root) as index:
            yield index


def name_of(path: Path) -> str:
    """What an address calls a run: letters that say nothing, the same for the same folder."""
    return hashlib.sha256(os.path.abspath(path).encode(errors="surrogateescape")).hexdigest()[:20]


def _ways(path: Path, depth: int, here: str) -> tuple[tuple[str, str], ...]:
    """Where one can go from a page of a run that lies `depth` below the list."""
    up, near = "../" * depth, "../" * (depth - 2)
    history = query(f"{up}history/", battery=battery_of(path))
    places = (("run", "This run", near or "./"), ("report", "Report", f"{near}report/"), ("cells", "Cells", f"{near}cells/"))
    return (
        ("All runs", up),
        *((text, "" if key == here else href) for key, text, href in places),
        *((("History", history),) if battery_of(path) else ()),
    )
