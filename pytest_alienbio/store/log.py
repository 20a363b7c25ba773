"""`log.jsonl`: what was done to a DAT, by whom and when. The one file of a DAT that several processes append to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..model import Json
from .codec import VERSION, now_text
from .disk import append_shared, lines
from .layout import LOCK, LOG
from .provenance import host_name, user_name
from .secrets import redact

NOTICED = "noticed"
"""The event of a sentence that a run says of itself, in `text`."""


def append(
    dat: Path, event: str, details: Mapping[str, Json] | None = None, *, command: Sequence[str] = (), author: str = ""
) -> None:
    """Adds `event` (`created`, `resumed`, `closed`, `tagged`, ...) with who, when and which command (secrets taken out).

    `author` is who answers for it (see `provenance.identity`), where that is more than the login name `user`.

    Raises `StoreError` when the DAT cannot be written, `ValueError` when `details` are no JSON.
    """
    entry: dict[str, Json] = {"v": VERSION, "event": event, "at": now_text(), "user": user_name(), "host": host_name()}
    if author:
        entry["author"] = author
    if command:
        entry["command"] = redact(command)
    entry.update(details or {})
    append_shared(dat / LOG, json.dumps(entry, allow_nan=False), dat / LOCK)


def noticed(dat: Path, run_id: str) -> list[str]:
    """What processes of one run noticed, each sentence once, in order."""
    texts = (entry.get("text") for entry in read(dat) if entry.get("event") == NOTICED and entry.get("run") == run_id)
    return list(dict.fromkeys(text for text in texts if isinstance(text, str)))


def read(dat: Path) -> list[dict[str, Json]]:
    """All entries in order; lines that are damaged are left out. [] when there is no log."""
    entries: list[dict[str, Json]] = []
    if not (dat / LOG).is_file():
        return entries
    for _, _, raw in lines(dat / LOG):
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries
