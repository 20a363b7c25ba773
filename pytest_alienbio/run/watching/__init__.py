"""A run, looked at from outside while others play it: from its folder alone, and without writing anything there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...model.sighting import Life, Sighting
from ...store.holding import is_held
from .watching import Watching

__all__ = ["Watching", "exit_code", "newest"]

_LOOKED_AT = 50
"""Of the newest DATs, how many may be the one that is being played."""


def newest(dats: Sequence[Path]) -> Path:
    """Of `dats`, newest first, the first one that is being played now; else the first."""
    return next((dat for dat in dats[:_LOOKED_AT] if is_held(dat)), dats[0])


def exit_code(seen: Sighting) -> int:
    """What a run's end means as an exit code, as `bio batch` has it; 3 for one that died, 2 for one that is gone."""
    from ..closing import EXIT_CODES

    if seen.life is not Life.FINISHED:
        return 2 if seen.life is Life.GONE else 3
    verdict = seen.status.get("verdict")
    return EXIT_CODES.get(verdict, 0) if isinstance(verdict, str) else 0
