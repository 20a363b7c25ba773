"""One cell, start to end: what can be named, and `run_cell`."""

from .blank import result_of
from .builtin import builtin_agents, older_scenario, template_scenario
from .catalog import AgentInfo, Catalog, ScenarioInfo
from .look import View, look
from .outside import is_outside
from .registry import AgentRegistry, ScenarioRegistry, qualified_name, source_file
from .run_cell import run_cell
from .shelf import Shelf
from .takes import Takes

__all__ = [
    "AgentInfo",
    "AgentRegistry",
    "Catalog",
    "ScenarioInfo",
    "ScenarioRegistry",
    "Shelf",
    "Takes",
    "View",
    "builtin_agents",
    "is_outside",
    "look",
    "older_scenario",
    "qualified_name",
    "result_of",
    "run_cell",
    "source_file",
    "template_scenario",
]
