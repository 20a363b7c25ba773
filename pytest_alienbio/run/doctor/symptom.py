"""What is wrong, or may become so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One finding: results may be lost or wrong (`grave`), or it is good to know."""

    about: str
    """A word or two, the same each time: `file system`."""
    what: str
    why: str
    """Why it matters."""
    todo: str
    grave: bool = False
