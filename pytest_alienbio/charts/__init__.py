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
    from .cost import cost
    from .difficulty import AtLevel, difficulty
    from .drops import drops
    from .heatmap import heatmap
    from .histogram import histogram
    from .measured import SCORE, Measured, Metric, of_leaves, of_standings
    from .profile import profile
    from .scatter import Dot, scatter
    from .theme import config, themes
    from .timeline import timeline

__all__ = [
    "SCORE",
    "AtLevel",
    "Dot",
    "Measured",
    "Metric",
    "bars",
    "box",
    "config",
    "cost",
    "difficulty",
    "drops",
    "heatmap",
    "histogram",
    "of_leaves",
    "of_standings",
    "profile",
    "scatter",
    "themes",
    "timeline",
]

_MODULES = {
    "bars": ("bars",),
    "box": ("box",),
    "cost": ("cost",),
    "difficulty": (
        "AtLevel",
        "difficulty",
    ),
    "drops": ("drops",),
    "heatmap": ("heatmap",),
    "histogram": ("histogram",),
    "measured": (
        "SCORE",
        "Measured",
        "Metric",
        "of_leaves",
        "of_standings",
    ),
    "profile": ("profile",),
    "scatter": (
        "Dot",
        "scatter",
    ),
    "theme": (
        "config",
        "themes",
    ),
    "timeline": ("timeline",),
}

__getattr__ = door(__name__, _MODULES)
