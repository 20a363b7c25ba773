"""What somebody did to a run, or with it: an entry of its log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to a DAT, when, where and how. What is not known is '' (`dirty`: None)."""

    dat: str
    """Path of the DAT."""
    event: str
    """`created`, `closed`, `tagged`, `untagged`, `noted`, `shared`, `imported`, ..."""
    at: float = 0.0
    """Unix seconds; 0 = not known."""
    author: str = ""
    """Who answers for it: a git identity or what was given instead; the login name where neither was written."""
    user: str = ""
    """The login name."""
    host: str = ""
    about: str = ""
    """In words: the tags, the note, the file."""
    cell: str = ""
    """The id of the cell it is about; '' = the whole run."""
    reason: str = ""
    command: tuple[str, ...] = ()
    """Its words; what looked like a secret is hidden."""
    battery: str = ""
    commit: str = ""
    """Of the project's work tree when the run was created."""
    dirty: bool | None = None
    """Whether that work tree held anything that was not committed."""
