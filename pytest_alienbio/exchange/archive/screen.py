"""What goes into an archive is looked through: for secrets, which stop it, and for people's folders, which are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ...errors import Complaint, SpecError
from ...model.homes import HOME
from ...store import secrets

MOST = 20
"""Places that are named; of more, only how many."""

_HOME_WORDS = ("/home/", "/Users/", "/root/", "\\Users\\")
"""One of which is in every text that has one."""


class Place(NamedTuple):
    """Where something that looks like a secret stands; never what it is."""

    file: str
    line: int
    """From 1; 0 in a file that is no text."""
    kind: str


class Screen:
    """Everything that goes in passes through `text`. With `hide` secrets are replaced on the way."""

    def __init__(self, *, hide: bool = False) -> None:
        self._hide = hide
        self._known = secrets.secrets_here()
        self._here = str(Path.home())
        self.found: list[Place] = []
        """Secrets that are still there."""
        self.hidden = 0
        self.homes: Counter[str] = Counter()
        """How often a file names somebody's home folder."""

    def text(self, name: str, data: bytes, first_line: int = 1) -> bytes:
        """What of `data`, the content of the file `name` or its part from `first_line` on, goes in."""
        try:
            text, is_text = data.decode("utf-8"), b"\0" not in data
        except UnicodeDecodeError:
            text, is_text = data.decode("latin-1"), False
        self._tell_homes(name, text)
        found = secrets.find(text, self._known)
        if not found:
            return data
        if self._hide and is_text:
            hidden = secrets.hide_found(text, found)
            if not secrets.find(hidden, self._known):
                self.hidden += len(found)
                return hidden.encode()
        for secret in found:
            line = text.count("\n", 0, secret.start) + first_line if is_text else 0
            self.found.append(Place(name, line, secret.kind))
        return data

    def refuse(self) -> None:
        """Raises `SpecError` naming every place (file, line, kind) if a secret is still there."""
        if not self.found:
            return
        named = [Complaint(f"this looks like {place.kind}", place.file, place.line) for place in self.found[:MOST]]
        more = len(self.found) - len(named)
        count = f"{len(self.found)} place{'s look' if len(self.found) > 1 else ' looks'} like a secret"
        advice = "take them out of the run's folder" if self._hide else "--redact writes them hidden"
        rest = f" ({more} more not named)" if more else ""
        raise SpecError([*named, Complaint(f"nothing was written: {count}{rest}; {advice}")])

    def _tell_homes(self, name: str, text: str) -> None:
        count = sum(1 for _ in HOME.finditer(text)) if any(word in text for word in _HOME_WORDS) else 0
        if not count and len(self._here) > 3:
            count = text.count(self._here)
        if count:
            self.homes[name] += count
