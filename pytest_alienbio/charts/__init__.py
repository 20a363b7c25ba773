"""Charts of nouns and plain numbers: Vega-Lite specifications as values, which nobody has drawn yet.

Pure: what is drawn was computed before, in Python. A chart's data is inside it, stays under about 2,000 rows, and says what it
leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door

if TYPE_CHECKING:
    from .bars import bars
    from .box import box
    from .heatmap import heatmap
    from .measured import SCORE, Measured, Metric, of_leaves, of_standings
    from .theme import themes

__all__ = ["SCORE", "Measured", "Metric", "bars", "box", "heatmap", "of_leaves", "of_standings", "themes"]

_MODULES = {
    "bars": ("bars",),
    "box": ("box",),
    "heatmap": ("heatmap",),
    "measured": ("SCORE", "Measured", "Metric", "of_leaves", "of_standings"),
    "theme": ("themes",),
}

__getattr__ = door(__name__, _MODULES)
