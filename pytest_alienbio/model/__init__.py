"""The nouns: frozen values, no I/O, no randomness."""

from .battery import AgentEntry, Battery, CellLimits, Sanity, ScenarioEntry
from .canonical import Json, canonical, digest, storable
from .cell import ROLES, AgentProfile, Case, Cell
from .criterion import Criterion
from .digits import apart
from .estimate import Bracket, Estimate, Interval, Leaf, Measure, OverScenarios, Skewed, Standing, Summary
from .finding import Finding
from .forecast import Forecast, PlannedLeaf, Quantity
from .inert import inert
from .ladder import AgentLine, Climb, Comparison, Correlation, Ladder, Rung, ScenarioLadder, Spread, Worlds
from .manifest import DataManifest, DataSource, Mismatch, folder_checksum
from .outcome import Outcome
from .plan import Plan, name_fault, slug
from .ports import InstanceCache
from .profile import Profile
from .query import Query
from .result import CellError, ExperimentResult, Result, TraceRef, Usage
from .selection import Levels, Selection
from .source import Source, Tagged
from .task import Experiment, MetricEvent, Task, TaskRecord
from .trajectory import Trajectory, Turn
from .turn import Action, ActionResult, ActionSpec, Agent, Briefing, Environment, Goal, Observation, Scores, Step
from .verdict import CellVerdict, cell_verdict, explain, letter

__all__ = [
    "ROLES",
    "Action",
    "ActionResult",
    "ActionSpec",
    "Agent",
    "AgentEntry",
    "AgentLine",
    "AgentProfile",
    "Battery",
    "Bracket",
    "Briefing",
    "Case",
    "Cell",
    "CellError",
    "CellLimits",
    "CellVerdict",
    "Climb",
    "Comparison",
    "Correlation",
    "Criterion",
    "DataManifest",
    "DataSource",
    "Environment",
    "Estimate",
    "Experiment",
    "ExperimentResult",
    "Finding",
    "Forecast",
    "Goal",
    "InstanceCache",
    "Interval",
    "Json",
    "Ladder",
    "Leaf",
    "Levels",
    "Measure",
    "MetricEvent",
    "Mismatch",
    "Observation",
    "Outcome",
    "OverScenarios",
    "Plan",
    "PlannedLeaf",
    "Profile",
    "Quantity",
    "Query",
    "Result",
    "Rung",
    "Sanity",
    "ScenarioEntry",
    "ScenarioLadder",
    "Scores",
    "Selection",
    "Skewed",
    "Source",
    "Spread",
    "Standing",
    "Step",
    "Summary",
    "Tagged",
    "Task",
    "TaskRecord",
    "TraceRef",
    "Trajectory",
    "Turn",
    "Usage",
    "Worlds",
    "apart",
    "canonical",
    "cell_verdict",
    "digest",
    "explain",
    "folder_checksum",
    "inert",
    "letter",
    "name_fault",
    "slug",
    "storable",
]
