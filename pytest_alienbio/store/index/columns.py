"""What can be asked of a record, by name."""

from __future__ import annotations

COLUMNS = (
    "dat", "battery", "scenario", "scenario_hash", "agent", "agent_hash", "role", "difficulty", "variant", "seed", "attempt",
    "outcome", "score", "passed", "passing_score", "better", "tokens", "usd", "requests", "started_at", "ended_at",
    "duration_s", "steps", "cost", "error", "run", "worker", "key", "id", "reason", "origin", "commit",
    "tags", "params", "scores", "metrics", "properties",
)  # fmt: skip
"""`dat` is the DAT's path as `Result.dat_path` has it, `error` the type of the exception, `steps` and `cost` are those of
the trace, `commit` that of the DAT, `origin` where an imported record is from. Times are Unix seconds. `passed` is a bool.
`tags` is a tuple of texts; `params`, `scores`, `metrics`, `properties` are dicts. What is missing is None; texts that may
be empty (`reason`, `error`, `origin`, `commit`, hashes) are ''."""

MAPS = ("params", "scores", "metrics", "properties")
"""Of these, `scores.raw_score` is one value: a column of its own; None if the record has no such name."""

ORDERS = tuple(name for name in COLUMNS if name not in ("tags", *MAPS))
"""What rows can be ordered by; also `scores.raw_score` and the like."""
