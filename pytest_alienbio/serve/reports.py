"""The HTML report of one run, made when it is asked for, and kept until the run changes; and its traces, chunk by chunk."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..report.html.packed import arrival
from ..run.at_hand import FOLDER, PageAtHand, page_at_hand
from ..store.layout import LOG
from ..store.scan import signature
from .site import HTML, NOTHING, SCRIPT, Answer

MOST_KEPT = 3
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


class Reports:
    """Reports of runs below `root`. One thread makes them, one at a time: an index is read by who opened it. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._maker = ThreadPoolExecutor(1, "reports")
        self._kept: dict[Path, tuple[object, PageAtHand]] = {}

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
        text = self._made(path).html
        # The page says itself what it may do, for it is one that opens from a disk; here the server says the same.
        said = _POLICY.search(text)
        policy = html.unescape(said[1]) if said else NOTHING
        return Answer(text.encode("utf-8", "backslashreplace"), HTML, policy=policy)

    def _chunk(self, path: Path, name: str) -> Answer | None:
        beside = self._made(path).beside
        if name not in beside:
            return None
        return Answer(arrival(name, beside[name]).encode(), SCRIPT)

    def _made(self, path: Path) -> PageAtHand:
        stamp = (signature(path), _size(path / LOG))
        known = self._kept.get(path)
        if known is None or known[0] != stamp:
            self._forget(path)
            known = stamp, page_at_hand(path, self._root)
            while len(self._kept) >= MOST_KEPT:
                self._forget(next(iter(self._kept)))
            self._kept[path] = known
        return known[1]

    def _forget(self, path: Path) -> None:
        if gone := self._kept.pop(path, None):
            gone[1].close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
