"""One run while it is played, as a page that asks for what is new."""

from __future__ import annotations

import threading
import time

from ..model import Json
from ..model.sighting import Life, Sighting
from ..report.watching import watch_document
from ..run.watching import Watching
from .shell import page
from .shown import as_shown
from .site import Answer, Asked, Site, as_data

FRESH_S = 0.5
"""A look is good for so long, however many pages ask."""
_DEAREST, _LONGEST_S = 5, 5.0
"""A page waits so many times as long as a look takes, since a look at a large run costs the run something; but no longer."""


class Live:
    """A run that any number of threads ask for; each look is made once."""

    def __init__(self, watching: Watching) -> None:
        self._watching, self._lock = watching, threading.Lock()
        self._seen: Sighting | None = None
        self._at = self._took = 0.0

    def seen(self) -> Sighting:
        """The run as it is now, or was a moment ago."""
        with self._lock:
            now = time.monotonic()
            if self._seen is None or now - self._at >= max(FRESH_S, self._took):
                first = self._seen is None
                self._seen = self._watching.look()
                self._at = time.monotonic()
                self._took = 0.0 if first else self._at - now  # the first one reads all that was there
            return self._seen

    def now(self) -> dict[str, Json]:
        """For the page's script."""
        seen = self.seen()
        return {
            "document": as_shown(watch_document(seen, bar=False)),
            "at": seen.at,
            "done": seen.done,
            "of": seen.selected,
            "over": seen.life in (Life.FINISHED, Life.DIED, Life.GONE),
            "life": seen.life.value,
            "pause": round(1000 * min(_DEAREST * self._took, _LONGEST_S)),
        }

    def page(self, *ways: tuple[str, str]) -> Answer:
        """The page itself, which shows what is there without its script, too."""
        return page(watch_document(self.seen(), bar=False), ways=ways, scripts=("live.js",), data=self.now(), live=True)


class _LiveSite:
    def __init__(self, watching: Watching) -> None:
        self._live = Live(watching)

    def answer(self, asked: Asked) -> Answer | None:
        if asked.path == ("",):
            return self._live.page(("This run", ""))
        return as_data(self._live.now()) if asked.path == ("now.json",) else None

    def close(self) -> None:
        """Nothing is open."""


def live_site(watching: Watching) -> Site:
    """The page of one run, and nothing else."""
    return _LiveSite(watching)
