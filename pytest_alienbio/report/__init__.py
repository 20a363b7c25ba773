"""What people read after a run: everything decided once in a `Document`, then shown.

What is exported is looked up when it is used: a command shows one page, not all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import figures, inert
from ..model.door import door
from ..model.figures import many

if TYPE_CHECKING:
    from .briefing import Truth, render_briefing
    from .build import Counts
    from .catalog import AgentSheet, ModelSheet, Param, ScenarioSheet, agent_list, agent_sheet, scenario_list, scenario_sheet
    from .cells import table
    from .columns import ascii_only
    from .document import Document, Section
    from .forecast import render_forecast
    from .ladder import render_all, render_faults, render_scenario
    from .markdown import render_markdown
    from .plain import as_json, as_plain
    from .text import render
    from .trace import render_cell

__all__ = [
    "AgentSheet",
    "Counts",
    "Document",
    "ModelSheet",
    "Param",
    "ScenarioSheet",
    "Section",
    "Truth",
    "agent_list",
    "agent_sheet",
    "as_json",
    "as_plain",
    "ascii_only",
    "figures",
    "inert",
    "many",
    "render",
    "render_all",
    "render_briefing",
    "render_cell",
    "render_faults",
    "render_forecast",
    "render_markdown",
    "render_scenario",
    "scenario_list",
    "scenario_sheet",
    "table",
]

_MODULES = {
    "briefing": ("Truth", "render_briefing"),
    "build": ("Counts",),
    "catalog": (
        "AgentSheet",
        "ModelSheet",
        "Param",
        "ScenarioSheet",
        "agent_list",
        "agent_sheet",
        "scenario_list",
        "scenario_sheet",
    ),
    "cells": ("table",),
    "columns": ("ascii_only",),
    "document": ("Document", "Section"),
    "forecast": ("render_forecast",),
    "ladder": ("render_all", "render_faults", "render_scenario"),
    "markdown": ("render_markdown",),
    "plain": ("as_json", "as_plain"),
    "text": ("render",),
    "trace": ("render_cell",),
}

__getattr__ = door(__name__, _MODULES)
