"""The composition root: plans, plays, closes. Computes nothing itself.

What is exported is looked up when it is used: a command that reads must not pay for what plays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.door import door
from .ini import bio_keys, read_ini
from .project import Project, find_project, shown, user_file
from .said import Value
from .settings import Settings, settings

if TYPE_CHECKING:
    from .adhoc import AgentLike, Levels, adhoc_battery, adhoc_cell
    from .analysis.analyzer import ExperimentAnalyzer
    from .analysis.compare import compare_experiments
    from .batch import BatchResult, run_batch
    from .cases import SETS
    from .catalog import Register, build_catalog, read_scenario, with_named_files
    from .climb import Workshop, questions
    from .closing import EXIT_CODES, Closed, close_dat, recorded_by
    from .execute import OnResult, cell_player, play_one, stream
    from .experiment import ExperimentRunner
    from .find import battery_files, case_of, find_battery, refuse_unknown
    from .forecast import forecast_battery, together
    from .gates.baselines import baseline_of
    from .gates.batches import batch_of
    from .gates.blessing import bless
    from .history import History, read_history
    from .opening import new_run_id, open_dat
    from .run import Run
    from .selection import nothing_left, select, unused
    from .where import instance_cache

__all__ = [
    "EXIT_CODES",
    "SETS",
    "AgentLike",
    "BatchResult",
    "Closed",
    "ExperimentAnalyzer",
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
    "baseline_of",
    "batch_of",
    "battery_files",
    "bio_keys",
    "bless",
    "build_catalog",
    "case_of",
    "cell_player",
    "close_dat",
    "compare_experiments",
    "find_battery",
    "find_project",
    "forecast_battery",
    "instance_cache",
    "new_run_id",
    "nothing_left",
    "open_dat",
    "play_one",
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
    "stream",
    "together",
    "unused",
    "user_file",
    "with_named_files",
]

_MODULES = {
    "adhoc": ("AgentLike", "Levels", "adhoc_battery", "adhoc_cell"),
    "analysis.analyzer": ("ExperimentAnalyzer",),
    "analysis.compare": ("compare_experiments",),
    "gates.baselines": ("baseline_of",),
    "gates.batches": ("batch_of",),
    "gates.blessing": ("bless",),
    "batch": ("BatchResult", "run_batch"),
    "cases": ("SETS",),
    "catalog": ("Register", "build_catalog", "read_scenario", "with_named_files"),
    "climb": ("Workshop", "questions"),
    "closing": ("Closed", "EXIT_CODES", "close_dat", "recorded_by"),
    "execute": ("OnResult", "cell_player", "play_one", "stream"),
    "experiment": ("ExperimentRunner",),
    "find": ("battery_files", "case_of", "find_battery", "refuse_unknown"),
    "forecast": ("forecast_battery", "together"),
    "history": ("History", "read_history"),
    "opening": ("new_run_id", "open_dat"),
    "run": ("Run",),
    "selection": ("nothing_left", "select", "unused"),
    "where": ("instance_cache",),
}

__getattr__ = door(__name__, _MODULES)
