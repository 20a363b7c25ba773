"""Which column of a foreign table is which field of a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import SpecError, did_you_mean
from ..model import Outcome

FIELDS = (
    "battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed", "passing_score", "better", "role",
    "attempt", "params", "duration_s", "tokens", "usd", "requests", "steps", "cost", "started_at", "ended_at", "reason", "id",
    "key", "run", "variant", "tags", "worker", "retries", "input_tokens", "cached_tokens", "cache_written_tokens",
    "output_tokens", "reasoning_tokens", "latency_s", "model",
)  # fmt: skip
"""What a column may be; beside them `score.<name>`, `params.<name>` and `metric.<name>`."""

PARTS = ("score", "params", "metric")


@dataclass(frozen=True, slots=True)
class Columns:
    """How a foreign row is read. A column that has one of our names needs no mapping; a mapping, or a fixed value, wins."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Our field -> their column."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Our field -> its value in every row, as a cell of a table would spell it."""
    ignored: tuple[str, ...] = ()
    """Their columns that are not read; `*` for all that nothing else is said of."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """Their words for how a cell ended -> ours."""

    def __post_init__(self) -> None:
        for name in [*self.names, *self.fixed]:
            if not is_field(name):
                raise SpecError(f"{name!r} is no field of a cell; {did_you_mean(name, FIELDS, most=40)}")
        for name in self.names.keys() & self.fixed.keys():
            raise SpecError(f"{name!r} is both mapped to a column and set to a value; leave one of them out")
        for outcome in self.outcomes.values():
            if outcome not in list(Outcome):
                raise SpecError(f"{outcome!r} is no outcome; {did_you_mean(outcome, map(str, Outcome), most=20)}")

    def field_of(self, column: str) -> str:
        """Which of our fields a column is; '' for one that is not read or not known."""
        for name, theirs in self.names.items():
            if theirs == column:
                return name
        if column in self.ignored or column in self.names or column in self.fixed or not is_field(column):
            return ""
        return column


def is_field(name: str) -> bool:
    """Whether a cell has a field of this name."""
    part, dot, rest = name.partition(".")
    return name in FIELDS or bool(dot and rest and part in PARTS)
