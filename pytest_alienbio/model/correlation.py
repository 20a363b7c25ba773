"""How scores go with a property of what was played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .estimate import UNKNOWN, Estimate
from .pvalue import UNTOLD, PValue


@dataclass(frozen=True, slots=True)
class Correlation:
    """Scores against one property. A unit is a scenario (its mean), or a scenario at one level where it has several."""

    name: str
    """Of the property."""
    method: str
    """`spearman`, `kendall`, `partial spearman`, or `eta2` (share of the variance that categories tell; no sign)."""
    value: Estimate = UNKNOWN
    """The coefficient: None where it cannot be told (`why`): fewer than five units, or one side constant."""
    p: PValue = UNTOLD
    given: tuple[str, ...] = ()
    """Of a partial correlation: the properties held constant."""
    groups: Mapping[str, int] = field(default_factory=dict)
    """Of eta2: units by category."""
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Units that entered."""
        return self.value.n

    @property
    def why(self) -> str:
        """Why it cannot be told; "" if it can."""
        return self.value.why if self.value.value is None else ""
