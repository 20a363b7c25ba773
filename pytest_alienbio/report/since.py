"""What changed since the run before of the same battery, in one section."""

from __future__ import annotations

from ..model import Diff, Versus
from .diff import around_section, counts_section
from .document import Notes, Section
from .versus import effects_section, sides_section


def since_section(found: Versus, changed: Diff) -> Section:
    """The section `since`: which two runs (A the one before, B this one), each agent in both, what was changed around them, and
    how many cells ended otherwise. Its blocks are those of `bio compare A B`."""
    around, counts = around_section(changed), counts_section(changed, "")
    cells = tuple(block for block in counts.blocks if not isinstance(block, Notes))
    what = around.about if not around.blocks else "A is the run before, B this one"
    effects = effects_section(found)
    blocks = (*sides_section(changed.sides).blocks, *effects.blocks, *around.blocks, *cells)
    return Section("since", "since the run before", f"{what}; {effects.about}" if effects.about else what, blocks)
