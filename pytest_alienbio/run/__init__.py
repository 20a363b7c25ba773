"""The composition root: plans, plays, closes. Computes nothing itself."""

from .adhoc import AgentLike, Levels, adhoc_battery, adhoc_cell
from .batch import BatchResult, instance_cache, run_batch
from .cases import SETS
from .catalog import Register, build_catalog, read_scenario, with_named_files
from .climb import Workshop, climb, questions
from .closing import EXIT_CODES, Closed, close_dat, recorded_by
from .execute import OnResult, execute, play_one
from .experiment import ExperimentRunner
from .find import battery_files, case_of, find_battery, refuse_unknown
from .forecast import forecast, forecast_battery, together
from .history import History, read_history
from .ini import bio_keys, read_ini
from .opening import new_run_id, open_dat
from .plan import plan
from .prepare import prepare
from .project import Project, find_project, shown, user_file
from .run import Run
from .selection import nothing_left, select, unused
from .settings import Settings, Value, settings

__all__ = [
    "EXIT_CODES",
    "SETS",
    "AgentLike",
    "BatchResult",
    "Closed",
    "ExperimentRunner",
    "History",
    "Levels",
    "OnResult",
    "Project",
    "Register",
    "Run",
    "Settings",
    "Value",
    "Workshop",
    "adhoc_battery",
    "adhoc_cell",
    "battery_files",
    "bio_keys",
    "build_catalog",
    "case_of",
    "climb",
    "close_dat",
    "execute",
    "find_battery",
    "find_project",
    "forecast",
    "forecast_battery",
    "instance_cache",
    "new_run_id",
    "nothing_left",
    "open_dat",
    "plan",
    "play_one",
    "prepare",
    "questions",
    "read_history",
    "read_ini",
    "read_scenario",
    "recorded_by",
    "refuse_unknown",
    "run_batch",
    "select",
    "settings",
    "shown",
    "together",
    "unused",
    "user_file",
    "with_named_files",
]
