"""The HTML report of one run, made when it is asked for, and kept until the run changes; and its traces, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from ..report.html.packed import arrival
from ..report.html.render import policy, render_html
from ..run.pages import page_of_dat
from ..store.index import Index
from ..store.layout import LOG
from ..store.scan import signature
from .site import HTML, SCRIPT, Answer

MOST_KEPT = 3
FOLDER = "traces"
"""Where a page looks for its chunks, from its own address."""


@dataclass(frozen=True, slots=True)
class _Served:
    """A page, and the chunks of traces beside it."""

    page: Answer
    beside: Mapping[str, str]
    """By name (`traces-0003`): packed, made when it is asked for, out of `index`."""
    index: Index
    made: str
    """When the page was made: an older one takes no chunks of this."""


class Reports:
    """Reports of runs below `root`. One thread makes them, one at a time: an index is read by who opened it. Thread-safe.

    `ways` gives of a run where one can go from its report, as text and address.
    """

    def __init__(self, root: Path, ways: Callable[[Path], Sequence[tuple[str, str]]]) -> None:
        self._root, self._ways = root, ways
        self._maker = ThreadPoolExecutor(1, "reports")
        self._kept: dict[Path, tuple[object, _Served]] = {}

    def answer(self, path: Path, rest: tuple[str, ...]) -> Answer | None:
        """What is asked for below a run's `report`."""
        match rest:
            case ("",):
                return self._maker.submit(self._page, path).result()
            case (folder, name) if folder == FOLDER and name.endswith(".js"):
                return self._maker.submit(self._chunk, path, name.removesuffix(".js")).result()
        return None

    def close(self) -> None:
        """Lets go of what is open."""
        for path in list(self._kept):
            self._maker.submit(self._forget, path)
        self._maker.shutdown()

    def _page(self, path: Path) -> Answer:
        return self._made(path).page

    def _chunk(self, path: Path, name: str) -> Answer | None:
        served = self._made(path)
        if name not in served.beside:
            return None
        return Answer(arrival(name, served.beside[name], served.made).encode(), SCRIPT)

    def _made(self, path: Path) -> _Served:
        stamp = (signature(path), _size(path / LOG))
        known = self._kept.get(path)
        if known is None or known[0] != stamp:
            self._forget(path)
            known = stamp, _served(path, self._root, self._ways(path))
            while len(self._kept) >= MOST_KEPT:
                self._forget(next(iter(self._kept)))
            self._kept[path] = known
        return known[1]

    def _forget(self, path: Path) -> None:
        if gone := self._kept.pop(path, None):
            gone[1].index.close()


def _served(path: Path, root: Path, ways: Sequence[tuple[str, str]]) -> _Served:
    """The page of the DAT at `path` with all of its traces, and the `ways` that lead away from it. Raises `StoreError`."""
    index = Index.open(root)
    try:
        content = replace(page_of_dat(index, path, root, traces="all").content, ways=ways)
        text = render_html(content, files=FOLDER).encode("utf-8", "backslashreplace")
        return _Served(Answer(text, HTML, policy=policy(content, files=FOLDER)), content.beside, index, content.made_at)
    except BaseException:
        index.close()
        raise


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
