"""A run, looked at from outside while others play it: from its folder alone, and without writing anything there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...model.sighting import Life, Sighting
from ...store.holding import is_held
from .watching import Watching

__all__ = ["Watching", "exit_code", "newest"]

_NEVER_JUDGED = ("imported", "rescored")
"""How DATs are closed that nobody played."""
_LOOKED_AT = 50
"""Of the newest DATs, how many may be the one that is being played."""


def newest(dats: Sequence[Path]) -> Path:
    """Of `dats`, newest first, the first one that is being played now; else the first."""
    return next((dat for dat in dats[:_LOOKED_AT] if is_held(dat)), dats[0])


def exit_code(seen: Sighting) -> int:
    """What a run's end means as an exit code, as `bio batch` has it; 3 for one that died, 2 for one that is gone.

    3, too, for one whose verdict nobody can read, or whose records are not all there any more: that is no success.
    """
    from ..closing import EXIT_CODES

    if seen.life is Life.GONE:
        return 2
    if seen.life is not Life.FINISHED or seen.missing:
        return EXIT_CODES["incomplete"]
    verdict = str(seen.status.get("verdict"))
    return 0 if verdict in _NEVER_JUDGED else EXIT_CODES.get(verdict, EXIT_CODES["incomplete"])
