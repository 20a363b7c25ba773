"""How large an archive may be that somebody else made."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What is unpacked at most; more is refused before anything is written."""

    files: int = 100_000
    total: int = 4096 * MIB
    """Bytes of all files together, unpacked."""
    file: int = 2048 * MIB
    """Bytes of one file, unpacked."""
    ratio: int = 200
    """How many times its packed size a file may have, if it is larger than 1 MiB."""
    name: int = 200
    """Bytes of one file or folder name."""
    depth: int = 8
    """Folders in one another."""
