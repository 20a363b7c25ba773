"""The log of a DAT as deeds: who did what, when, with which command, on which commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from ..model import Deed, Json
from . import log
from .annotations import NOTED, TAGGED, UNTAGGED, time_of
from .dat import Dat
from .secrets import hide, redact


def deeds_of(dat: Path) -> list[Deed]:
    """What was done to a DAT, oldest first; [] without a log. Raises `StoreError` if that cannot be read.

    A log may come from anywhere: what is of no known form is passed over, and secrets are hidden once more.
    """
    git = Dat(dat).environment().get("git")
    state = git if isinstance(git, Mapping) else {}
    dirty = state.get("dirty")
    commit, unclean = _text(state.get("commit")), dirty if isinstance(dirty, bool) else None
    deeds, battery = [], ""
    for entry in log.read(dat):
        event = _text(entry.get("event"))
        battery = battery or _text(entry.get("battery"))
        began = event == "created"
        deeds.append(
            Deed(
                dat=str(dat),
                event=event,
                at=time_of(entry.get("at")),
                author=_text(entry.get("author")) or _text(entry.get("user")),
                user=_text(entry.get("user")),
                host=_text(entry.get("host")),
                about=hide(_about(event, entry)),
                cell=_text(entry.get("cell")),
                reason=hide(_text(entry.get("reason"))),
                command=tuple(redact([word for word in _list(entry.get("command")) if isinstance(word, str)])),
                battery=battery,
                commit=commit if began else "",
                dirty=unclean if began else None,
            )
        )
    return deeds


def _about(event: str, entry: Mapping[str, Json]) -> str:
    """In words, what an entry says beside who and when."""
    if event in (TAGGED, UNTAGGED):
        return ", ".join(word for word in _list(entry.get("tags")) if isinstance(word, str))
    if event in (NOTED, log.NOTICED):
        return _text(entry.get("text"))
    if event == "created":
        labels = entry.get("labels")
        told = [f"{name}={value}" for name, value in labels.items()] if isinstance(labels, Mapping) else []
        reused = entry.get("reused")
        taken = [f"{count} reused from {name}" for name, count in reused.items()] if isinstance(reused, Mapping) else []
        changed = [word for word in _list(entry.get("changed")) if isinstance(word, str)]
        return "; ".join(filter(None, (", ".join(told), _text(entry.get("note")), ", ".join(taken), *changed)))
    if event == "cluster" and isinstance(workers := entry.get("workers"), Mapping):
        wrote = Counter(_text(one.get("writes")) for one in workers.values() if isinstance(one, Mapping))
        told = [f"{count} worker{'' if count == 1 else 's'} wrote {what}" for what, count in sorted(wrote.items()) if what]
        return "; ".join(filter(None, (_text(entry.get("scheduler")), *told)))
    if event == "resumed" and isinstance(cells := entry.get("cells"), Mapping):
        return f"{cells.get('before')} from before, {cells.get('play')} to play"
    if event == "closed" and isinstance(cells := entry.get("cells"), int):
        return f"{cells} cell{'' if cells == 1 else 's'}"
    if event == "gated" and isinstance(gates := entry.get("gates"), Mapping):
        return ", ".join(f"gate[{name}] {call}" for name, call in gates.items())
    return _text(entry.get("file")) or _text(entry.get("source")) or _text(entry.get("aggregate"))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
