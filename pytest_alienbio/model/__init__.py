"""The nouns: frozen values, no I/O, no randomness.

What is exported is looked up when it is used: there are many nouns, and no command needs them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canonical import Json, canonical, digest, storable
from .door import door
from .inert import inert

if TYPE_CHECKING:
    from .access import Access, ProviderEntry
    from .annotation import Annotated, Annotations, Note
    from .batch import AgentVersion, Baseline, Batch, BatchCell, Blessing, ScenarioVersion
    from .battery import AgentEntry, Battery, CellLimits, Sanity, ScenarioEntry
    from .bill import Account, Accounts, Bill, Repriced, Spending
    from .bisection import Bisection, Commit, Probe
    from .breakdown import Breakdown, Part
    from .cap_use import CapUse
    from .caps import Caps
    from .cell import ROLES, AgentProfile, Case, Cell
    from .cell_diff import CellDiff, Place
    from .cell_sheet import CellSheet
    from .chart import Chart
    from .checkpoint import Checkpoint, Keeper, offers_checkpoints
    from .comparison import Comparison, Equivalence, Family, Strengths
    from .conversation import Answer, Message, ModelCall, Request, Tokens, Tool, ToolCall, Wire
    from .correlation import Correlation
    from .criterion import Criterion
    from .curve import Curve, Item, Logistic, Point, Rasch
    from .deed import Deed
    from .digits import apart
    from .endpoint import WIRE_FORMATS, Endpoint, WireFormat
    from .engine import EngineChoice, engine_choice
    from .estimate import Bracket, Estimate, Interval, Leaf, Measure, OverScenarios, Skewed, Standing, Summary
    from .failure import Failure, FailureGroup, Failures
    from .finding import Finding
    from .fingerprint import Fingerprint
    from .forecast import Forecast, PlannedLeaf, Quantity
    from .history import Alarm, Era, History, PastRun, Reading, Series, Shift
    from .ladder import AgentLine, Climb, Ladder, Lead, Rung, ScenarioLadder, Spread, Trend, Worlds
    from .manifest import DataManifest, DataSource, Mismatch, folder_checksum
    from .model_use import ModelUse
    from .noise import Noise
    from .outcome import Outcome
    from .outcome_table import CellVerdict, cell_verdict, explain, letter
    from .parting import Parting
    from .plan import Plan, name_fault, slug
    from .ports import InstanceCache, Ledger, Limiter, Meter, MeteredCall
    from .price import FREE, Price
    from .profile import Profile
    from .provenance import Provenance
    from .pvalue import PValue
    from .query import Query
    from .rate import Permit, Rate
    from .rescoring import RescoredAgent, RescoredCell, Rescoring
    from .result import CellError, ExperimentResult, Result, TraceRef, Usage
    from .retold import Retold
    from .review import Review
    from .rubric import Rubric
    from .rule import Rule
    from .run_listed import RunListed
    from .scorer import Scorer, Trial
    from .seed_plan import NodePlan, PowerPlan, SeedPlan, SpreadSeen
    from .selection import Levels, Selection
    from .sighting import CellSeen, Sighting, WorkerSeen
    from .source import Source, Tagged
    from .spend import Abandoned, Excess, Spent
    from .task import Experiment, MetricEvent, Task, TaskRecord
    from .timeline import Pause, Stretch, Timeline, Worker
    from .told import Asked, Told
    from .trajectory import Trajectory, Turn
    from .trends import Link, Links, Slope, Slopes
    from .turn import Action, ActionResult, ActionSpec, Agent, Briefing, Environment, Goal, Observation, Scores, Step
    from .unrecorded import Unrecorded
    from .variation import Variation
    from .verdict import Call, Confirmation, Drift, Node, NodeCall, NodeKind, Power, Verdict
    from .versus import CellChange, Changed, Diff, Duel, Row, Side, Versus

__all__ = [
    "FREE", "ROLES", "WIRE_FORMATS", "Abandoned", "Access", "Account", "Accounts", "Action", "ActionResult", "ActionSpec",
    "Agent", "AgentEntry", "AgentLine", "AgentProfile", "AgentVersion", "Alarm", "Annotated", "Annotations", "Answer",
    "Asked", "Baseline", "Batch", "BatchCell", "Battery", "Bill", "Bisection", "Blessing", "Bracket", "Breakdown",
    "Briefing", "Call", "CapUse", "Caps", "Case", "Cell", "CellChange", "CellDiff", "CellError", "CellLimits", "CellSeen",
    "CellSheet", "CellVerdict", "Changed", "Chart", "Checkpoint", "Climb", "Commit", "Comparison", "Confirmation",
    "Correlation", "Criterion", "Curve", "DataManifest", "DataSource", "Deed", "Diff", "Drift", "Duel", "Endpoint",
    "EngineChoice", "Environment", "Equivalence", "Era", "Estimate", "Excess", "Experiment", "ExperimentResult", "Failure",
    "FailureGroup", "Failures", "Family", "Finding", "Fingerprint", "Forecast", "Goal", "History", "InstanceCache",
    "Interval", "Item", "Json", "Keeper", "Ladder", "Lead", "Leaf", "Ledger", "Levels", "Limiter", "Link", "Links",
    "Logistic", "Measure", "Message", "Meter", "MeteredCall", "MetricEvent", "Mismatch", "ModelCall", "ModelUse", "Node",
    "NodeCall", "NodeKind", "NodePlan", "Noise", "Note", "Observation", "Outcome", "OverScenarios", "PValue", "Part",
    "Parting", "PastRun", "Pause", "Permit", "Place", "Plan", "PlannedLeaf", "Point", "Power", "PowerPlan", "Price",
    "Probe", "Profile", "Provenance", "ProviderEntry", "Quantity", "Query", "Rasch", "Rate", "Reading", "Repriced",
    "Request", "RescoredAgent", "RescoredCell", "Rescoring", "Result", "Retold", "Review", "Row", "Rubric", "Rule",
    "RunListed", "Rung", "Sanity", "ScenarioEntry", "ScenarioLadder", "ScenarioVersion", "Scorer", "Scores", "SeedPlan",
    "Selection", "Series", "Shift", "Side", "Sighting", "Skewed", "Slope", "Slopes", "Source", "Spending", "Spent",
    "Spread", "SpreadSeen", "Standing", "Step", "Strengths", "Stretch", "Summary", "Tagged", "Task", "TaskRecord",
    "Timeline", "Tokens", "Told", "Tool", "ToolCall", "TraceRef", "Trajectory", "Trend", "Trial", "Turn", "Unrecorded",
    "Usage", "Variation", "Verdict", "Versus", "Wire", "WireFormat", "Worker", "WorkerSeen", "Worlds", "apart", "canonical",
    "cell_verdict", "digest", "engine_choice", "explain", "folder_checksum", "inert", "letter", "name_fault",
    "offers_checkpoints", "slug", "storable",
]  # fmt: skip

_MODULES = {
    "access": ("Access", "ProviderEntry"),
    "annotation": ("Annotated", "Annotations", "Note"),
    "batch": ("AgentVersion", "Baseline", "Batch", "BatchCell", "Blessing", "ScenarioVersion"),
    "battery": ("AgentEntry", "Battery", "CellLimits", "Sanity", "ScenarioEntry"),
    "bill": ("Account", "Accounts", "Repriced", "Bill", "Spending"),
    "bisection": ("Bisection", "Commit", "Probe"),
    "breakdown": ("Breakdown", "Part"),
    "cap_use": ("CapUse",),
    "caps": ("Caps",),
    "cell": ("AgentProfile", "Case", "Cell", "ROLES"),
    "cell_diff": ("CellDiff", "Place"),
    "cell_sheet": ("CellSheet",),
    "chart": ("Chart",),
    "checkpoint": ("Checkpoint", "Keeper", "offers_checkpoints"),
    "comparison": ("Comparison", "Equivalence", "Family", "Strengths"),
    "conversation": ("Answer", "Message", "ModelCall", "Request", "Tokens", "Tool", "ToolCall", "Wire"),
    "correlation": ("Correlation",),
    "criterion": ("Criterion",),
    "curve": ("Curve", "Item", "Logistic", "Point", "Rasch"),
    "deed": ("Deed",),
    "digits": ("apart",),
    "endpoint": ("Endpoint", "WIRE_FORMATS", "WireFormat"),
    "engine": ("EngineChoice", "engine_choice"),
    "estimate": ("Bracket", "Estimate", "Interval", "Leaf", "Measure", "OverScenarios", "Skewed", "Standing", "Summary"),
    "failure": ("Failure", "FailureGroup", "Failures"),
    "finding": ("Finding",),
    "fingerprint": ("Fingerprint",),
    "forecast": ("Forecast", "PlannedLeaf", "Quantity"),
    "history": ("Alarm", "Era", "History", "PastRun", "Reading", "Series", "Shift"),
    "ladder": ("AgentLine", "Climb", "Ladder", "Lead", "Rung", "ScenarioLadder", "Spread", "Trend", "Worlds"),
    "manifest": ("DataManifest", "DataSource", "Mismatch", "folder_checksum"),
    "model_use": ("ModelUse",),
    "noise": ("Noise",),
    "outcome": ("Outcome",),
    "outcome_table": ("CellVerdict", "cell_verdict", "explain", "letter"),
    "parting": ("Parting",),
    "plan": ("Plan", "name_fault", "slug"),
    "ports": ("InstanceCache", "Ledger", "Limiter", "Meter", "MeteredCall"),
    "price": ("FREE", "Price"),
    "profile": ("Profile",),
    "provenance": ("Provenance",),
    "pvalue": ("PValue",),
    "query": ("Query",),
    "rate": ("Permit", "Rate"),
    "rescoring": ("RescoredAgent", "RescoredCell", "Rescoring"),
    "result": ("CellError", "ExperimentResult", "Result", "TraceRef", "Usage"),
    "retold": ("Retold",),
    "review": ("Review",),
    "rubric": ("Rubric",),
    "rule": ("Rule",),
    "run_listed": ("RunListed",),
    "scorer": ("Scorer", "Trial"),
    "seed_plan": ("NodePlan", "PowerPlan", "SeedPlan", "SpreadSeen"),
    "selection": ("Levels", "Selection"),
    "sighting": ("CellSeen", "Sighting", "WorkerSeen"),
    "source": ("Source", "Tagged"),
    "spend": ("Abandoned", "Excess", "Spent"),
    "task": ("Experiment", "MetricEvent", "Task", "TaskRecord"),
    "timeline": ("Pause", "Stretch", "Timeline", "Worker"),
    "told": ("Asked", "Told"),
    "trajectory": ("Trajectory", "Turn"),
    "trends": ("Link", "Links", "Slope", "Slopes"),
    "turn": (
        "Action",
        "ActionResult",
        "ActionSpec",
        "Agent",
        "Briefing",
        "Environment",
        "Goal",
        "Observation",
        "Scores",
        "Step",
    ),
    "unrecorded": ("Unrecorded",),
    "variation": ("Variation",),
    "verdict": ("Call", "Confirmation", "Drift", "Node", "NodeCall", "NodeKind", "Power", "Verdict"),
    "versus": ("CellChange", "Changed", "Diff", "Duel", "Row", "Side", "Versus"),
}

__getattr__ = door(__name__, _MODULES)
