"""The composition root: plans, plays, closes. Computes nothing itself."""

from .adhoc import AgentLike, Levels, adhoc_battery, adhoc_cell
from .batch import BatchResult, instance_cache, run_batch
from .catalog import Register, build_catalog, read_scenario, with_named_files
from .closing import EXIT_CODES, Closed, close_dat, recorded_by
from .execute import OnResult, execute, play_one
from .find import battery_files, case_of, find_battery
from .opening import new_run_id, open_dat
from .plan import plan
from .project import Project, data_root, find_project
from .run import Run
from .verdict import CellVerdict, cell_verdict, explain, letter

__all__ = [
    "EXIT_CODES",
    "AgentLike",
    "BatchResult",
    "CellVerdict",
    "Closed",
    "Levels",
    "OnResult",
    "Project",
    "Register",
    "Run",
    "adhoc_battery",
    "adhoc_cell",
    "battery_files",
    "build_catalog",
    "case_of",
    "cell_verdict",
    "close_dat",
    "data_root",
    "execute",
    "explain",
    "find_battery",
    "find_project",
    "instance_cache",
    "letter",
    "new_run_id",
    "open_dat",
    "plan",
    "play_one",
    "read_scenario",
    "recorded_by",
    "run_batch",
    "with_named_files",
]
