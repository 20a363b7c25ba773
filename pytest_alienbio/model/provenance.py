"""Where a run comes from: what it was played on, by whom, how, and what was done with it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .annotation import Annotations
from .canonical import Json
from .deed import Deed


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a DAT says of itself. What it does not tell is '' or None, never a guess."""

    dat: str
    """Path of the DAT."""
    battery: str = ""
    source: str = ""
    """The file its battery was read from."""
    spec: str = ""
    """SHA-256 of the file that describes the run, in hexadecimal digits: two runs with the same one were asked the same."""
    plan: str = ""
    """The hash of its cells' keys, in their order."""
    started: str = ""
    """When the folder was made, as it says itself."""
    commit: str = ""
    branch: str = ""
    dirty: bool | None = None
    """Whether there was more than was committed."""
    user: str = ""
    host: str = ""
    python: str = ""
    platform: str = ""
    cpus: int | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions by name."""
    command: tuple[str, ...] = ()
    """The words of the command line; what looked like a secret is hidden."""
    directory: str = ""
    """Where it was started, as seen from the project."""
    more: Mapping[str, Json] = field(default_factory=dict)
    """What else its environment says, secrets hidden."""
    said: Annotations = field(default_factory=Annotations)
    """Tags and notes of the run itself."""
    cells_said: int = 0
    """Cells that have tags or notes of their own."""
    deeds: tuple[Deed, ...] = ()
    """What was done to it, oldest first."""
    state: str = ""
    """`closed`, or `open`: it is running, or was killed."""
    notes: tuple[str, ...] = ()
    """What could not be read."""
