"""What earlier runs left: records from a time to come, runs that never came to their end, locks that somebody holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ...errors import StoreError
from ...store import codec, dat, find_dats, log
from ...store.holding import Hold
from ...store.layout import CLAIMS_LOCK, INDEX_LOCK
from ..gates.batches import place_of
from .symptom import Symptom

LATEST = 50
"""DATs that are looked at, the newest first."""
SLACK_S = 60.0
"""A record may be this much later than the clock: other machines write, too."""
_NAMED = 5


def of_clock(root: Path, now: float) -> Iterator[Symptom]:
    """Whether the clock went back since the newest record."""
    newest, where = 0.0, Path()
    for path in islice(find_dats(root), LATEST):
        with suppress(StoreError):
            for entry in log.read(path)[-3:]:
                with suppress(ValueError):
                    if (at := codec.seconds(entry.get("at"))) > newest:
                        newest, where = at, path
    if newest > now + SLACK_S:
        what = f"the clock says {_text(now)}, and the log of {place_of(where, root.parent)} was written at {_text(newest)}"
        why = "the newest run, a cell's latest attempt and `--since` go by the clock"
        yield Symptom("clock", what, why, "set the clock (timedatectl, ntp) before the next run", grave=True)


def of_time_zone(environ: Mapping[str, str]) -> Iterator[Symptom]:
    """Whether TZ names a zone; one that is unknown silently means UTC."""
    name = environ.get("TZ", "")
    if not name or name.startswith(":") or "/" not in name:
        return
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        why = "the dates in result folders' names and in `--since` are then those of UTC"
        yield Symptom("clock", f"TZ={name[:60]} is no time zone that is known here", why, "correct TZ, or install tzdata")


def of_open_runs(root: Path) -> Iterator[Symptom]:
    """Runs that died: nobody plays into their folders, and nobody closed them."""
    left = []
    for path in islice(find_dats(root), LATEST):
        with suppress(StoreError):
            if dat.open(path).status().get("state") == "open" and not _is_played(path):
                left.append(place_of(path, root.parent))
    if left:
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        what = f"{len(left)} of the {LATEST} newest runs never came to an end: {', '.join(left[:_NAMED])}{more}"
        if len(left) == 1:
            what = f"a run never came to its end: {left[0]}"
        why = "what they finished is kept and counts in `bio results`; the rest was not played, and no gate judged"
        yield Symptom("open runs", what, why, "go on with one: pytest BATTERY --bio-resume=DAT; or leave them")


def of_locks(root: Path) -> Iterator[Symptom]:
    """Locks of the data root that are not to be had. A file alone is none: who dies frees his."""
    from filelock import FileLock, Timeout

    for name in (CLAIMS_LOCK, INDEX_LOCK):
        if not (root / name).is_file():
            continue
        lock = FileLock(str(root / name), timeout=1.0, poll_interval=0.05)
        try:
            lock.acquire()
            lock.release()
        except Timeout:
            why = "a run that is to be claimed waits for it, and gives up after a minute"
            todo = f"if no run is starting: fuser {root / name} says who holds it; do not remove the file while one lives"
            yield Symptom("locks", f"somebody holds {root / name} for more than a second", why, todo, grave=True)
        except (OSError, NotImplementedError) as error:
            todo = "use a local disk: --bio-data"
            yield Symptom(
                "locks", f"{root / name} cannot be locked: {error}", "two runs could claim one folder", todo, grave=True
            )


def _is_played(path: Path) -> bool:
    """Whether a session has it; of one that cannot be locked nobody knows."""
    try:
        Hold(path).release()
    except StoreError:
        return True
    return False


def _text(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
