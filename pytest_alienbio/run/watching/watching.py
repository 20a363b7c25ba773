"""One DAT, looked at again and again while others write it."""

from __future__ import annotations

import os
import shlex
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...errors import AlienBioError, StoreError
from ...model import Json, Outcome, Summary
from ...model.cap_use import CapUse
from ...model.sighting import CellSeen, Life, Sighting, WorkerSeen
from ...stats import Share
from ...store import dat as dats
from ...store import log
from ...store.checkpoints import saved_cells
from ...store.codec import seconds
from ...store.following import Following, Replaced
from ...store.holding import is_held
from ...store.layout import LOG, SPEC, is_dat
from ..limits.overlooked import caps_in_use
from .ahead import Promise, ahead, promised
from .tally import EVERY_WORLD, Kind, Tally

MOST_ERRORS, MOST_PLAYING, MOST_NOTES = 20, 20, 20
LATELY = 120
"""Ends of cells that a rate is made of."""
SHARE = 0.1
"""Of its time, how much making the leaderboard may take: of 100,000 cells it takes a second."""
_LONG_AGO_S = 3600.0


class Watching:
    """The run in the DAT at `path`, from outside. Each `look` reads what was appended since the one before; nothing is written.

    Damage is never an exception: it is told in the sighting's `notes`, or it is what the sighting says. Not thread-safe.
    """

    def __init__(self, path: Path, data_root: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.path, self._root, self._clock = Path(path), data_root, clock
        self._seen = False
        self._stamps: dict[str, tuple[int, int, int] | None] = {}
        self._promise, self._spec_note = Promise(), ""
        self._log: list[dict[str, Json]] = []
        self._forget()

    def look(self) -> Sighting:
        """The run as it is now."""
        now = self._clock()
        if not is_dat(self.path):
            return self._last_known(now)
        self._seen = True
        self._read_spec()
        if self._changed(LOG):
            with suppress(StoreError):
                self._log = log.read(self.path)
        # Before the journals: who has let go by now has written all of it.
        held = is_held(self.path)
        self._read_journals()
        self._sighting = self._made(now, held)
        return self._sighting

    # -- reading

    def _forget(self) -> None:
        """What journals told: they are others now."""
        self._following, self._tally = Following(self.path), Tally()
        self._standing: tuple[object, tuple[Counter[Kind], int]] = ((), (Counter(), 0))
        self._notes: list[str] = []
        self._ends: dict[int, deque[float]] = {}
        self._summary: Summary | None = None
        self._summary_of = self._summary_took = self._summary_at = 0.0
        self._sighting = Sighting(str(self.path), 0.0, Life.UNKNOWN)

    def _read_journals(self) -> None:
        for _ in range(3):
            try:
                notes: list[str] = []
                for each in self._following.appended():
                    if each.row is None:
                        (notes if each.journal < 0 else self._notes).append(each.trouble)
                        continue
                    self._tally.add(each.row, each.journal)
                    run = self._tally.runs[each.row["run"]]
                    if ended := seconds(each.row["ended_at"]):
                        self._ends.setdefault(run, deque(maxlen=LATELY)).append(ended)
                self._unread = notes
                del self._notes[MOST_NOTES:]
                return
            except Replaced:
                self._forget()
            except OSError as error:
                self._unread = [f"cells: {error.strerror or error}"]
                return
        self._unread = ["the journals are replaced again and again"]

    def _read_spec(self) -> None:
        if not self._changed(SPEC):
            return
        try:
            self._promise, self._spec_note = promised(dats.Dat(self.path).spec()), ""
        except AlienBioError as error:
            self._spec_note = str(error)

    def _changed(self, name: str) -> bool:
        """Whether the file is another than the last time this was asked."""
        stamp = None
        with suppress(OSError):
            stat = os.stat(self.path / name)
            stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        changed = self._stamps.get(name, ()) != stamp
        self._stamps[name] = stamp
        return changed

    # -- telling

    def _last_known(self, now: float) -> Sighting:
        if not self._seen:
            return Sighting(str(self.path), now, Life.GONE, notes=("there is no such folder",))
        return replace(self._sighting, at=now, life=Life.GONE, again="", playing=(), caps=())

    def _made(self, now: float, held: bool | None) -> Sighting:
        begun = [entry for entry in self._log if entry.get("event") in ("created", "resumed")]
        last = begun[-1] if begun else {}
        closing = closed(self._log)
        status = self._status() if closing is not None or (not begun and not held) else {}
        over = closing is not None or bool(status)
        run_id = _text(last.get("run")) or next(reversed(self._tally.runs), "")
        run = self._tally.runs.get(run_id, -1)
        life = Life.FINISHED if over else {True: Life.RUNNING, False: Life.DIED, None: Life.UNKNOWN}[held]
        tally, promise = self._tally, self._promise
        again = frozenset(_mapping(last.get("again"))) | {Outcome.NOT_RUN.value}
        resumed = last.get("event") == "resumed"
        asked = (tally.lines, run, again if resumed else frozenset[str]())
        if self._standing[0] != asked:  # a walk over all cells
            self._standing = asked, tally.standing(*asked[1:])
        standing, before = self._standing[1]
        selected = self._selected(last, before)
        done = tally.done[run]
        since = seconds_of(last.get("at")) or tally.first_at.get(run, 0.0)
        left = max(selected - done, 0) if life in (Life.RUNNING, Life.UNKNOWN) else 0
        to_go = {kind: count - standing[kind] for kind, count in promise.kinds.items() if count > standing[kind]}
        if promise.selected:  # which ones it does not say: those of agents that were met
            to_go = {kind: count for kind, count in to_go.items() if ("", kind[1], None) in tally.pasts}
        made = tally.worlds
        worlds = [
            Share(count - (made[each].n if each in made else 0), made.get(each) or made[EVERY_WORLD])
            for each, count in promise.worlds.items()
            if made
        ]
        elapsed = max(now - tally.first_at.get(run, now), 0.0)
        errors, broken = tally.errors(MOST_ERRORS)
        playing = saved_cells(self.path, MOST_PLAYING) if life is not Life.FINISHED else []
        return Sighting(
            dat=str(self.path),
            at=now,
            life=life,
            battery=promise.battery or _text(self._log[0].get("battery") if self._log else ""),
            run=str(run_id),
            since=since,
            until=seconds_of((closing or {}).get("at")),
            planned=promise.cells,
            selected=selected,
            before=before,
            done=done,
            recorded=len(tally),
            outcomes={name: tally.outcomes[name] for name in Outcome if tally.outcomes[name]},
            last_at=tally.last_at,
            rate=self._rate(run, now) if life is Life.RUNNING else None,
            limit_wait=tally.limit_wait_s[run] / tally.work_s[run] if tally.limit_wait_s[run] else None,
            eta=ahead(left, to_go, tally.pasts, work_s=tally.work_s[run], elapsed_s=elapsed, worlds=worlds),
            summary=self._summarised(now, life),
            summary_of=int(self._summary_of),
            errors=errors,
            broken=broken,
            workers=tuple(
                WorkerSeen(name, worker.cells, worker.last, worker.last_at)
                for (number, name), worker in sorted(tally.workers.items(), key=lambda each: each[0][1])
                if number == run
            ),
            playing=tuple(CellSeen(*cell) for cell in playing),
            spent=tally.spent(),
            caps=self._caps(now, life, str(run_id), run),
            status=status,
            missing=max(_count((closing or {}).get("cells")) - len(tally), 0),
            again="" if over or life is Life.RUNNING else self._again(last),
            notes=tuple(filter(None, (self._spec_note, *self._notes, *self._unread)))[:MOST_NOTES],
        )

    def _selected(self, last: Mapping[str, Json], before: int) -> int:
        """Cells that this run is to play: as its log says, else all that are not from before."""
        play = _mapping(last.get("cells")).get("play")
        if isinstance(play, int) and not isinstance(play, bool) and play >= 0:
            return play
        return max(self._promise.cells - before, 0)

    def _rate(self, run: int, now: float) -> float | None:
        ends = sorted(self._ends.get(run, ()))
        if len(ends) < 2:
            return None
        return 60.0 * len(ends) / max(now - ends[0], 1e-3) if now - ends[0] < _LONG_AGO_S * len(ends) else None

    def _summarised(self, now: float, life: Life) -> Summary | None:
        """Who stands where. Made anew where something was recorded, but for no more than `SHARE` of the time."""
        tally, cost = self._tally, self._summary_took
        stale = len(tally) != self._summary_of or life is not self._sighting.life
        if stale and len(tally) and (now - self._summary_at >= cost / SHARE or life is not Life.RUNNING):
            from ...stats import summarize

            began = time.perf_counter()
            self._summary = summarize(tally.briefs())
            self._summary_of, self._summary_at = float(len(tally)), now
            self._summary_took = time.perf_counter() - began
        return self._summary

    def _caps(self, now: float, life: Life, run_id: str, run: int) -> tuple[CapUse, ...]:
        if life is not Life.RUNNING:
            return ()
        promise, found = self._promise, tuple[CapUse, ...]()
        if self._root is not None:
            found = caps_in_use(self._root, self.path, promise.battery, run_id, promise.source)
        most, began = promise.wall_clock_s, self._tally.first_at.get(run)
        if most is None or began is None:
            return found
        took = max(now - began, 0.0)
        return (*found, CapUse("limits.wall_clock_s", "seconds", most, took, reached=took >= most))

    def _status(self) -> dict[str, Json]:
        with suppress(AlienBioError, OSError):
            return {name: value for name, value in dats.Dat(self.path).status().items() if name != "state"}
        return {}

    def _again(self, last: Mapping[str, Json]) -> str:
        """What goes on with this run, as it was begun: by `bio batch`, else by pytest."""
        where, source = shlex.quote(os.path.relpath(self.path)), self._promise.source
        words = [word for word in _list(last.get("command")) if isinstance(word, str)]
        if len(words) > 1 and os.path.basename(words[0]) in ("bio", "__main__.py") and words[1] == "batch":
            return f"bio batch {shlex.quote(source or self._promise.battery)} --resume {where}"
        return (
            f"pytest {shlex.quote(source)} --bio-resume={where}" if source else f"Bio().batch(..., resume={str(self.path)!r})"
        )


def closed(entries: Sequence[dict[str, Json]]) -> dict[str, Json] | None:
    """The entry of a log that closed its DAT; None if that was not done, or it was gone on with since."""
    events = [entry for entry in entries if entry.get("event") in ("created", "resumed", "closed")]
    return events[-1] if events and events[-1].get("event") == "closed" else None


def seconds_of(text: Json) -> float:
    """A time of a log, which may hold anything; 0 for none."""
    with suppress(ValueError, OverflowError):
        return seconds(text)
    return 0.0


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
