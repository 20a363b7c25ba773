"""How scores go with a property of what was played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .estimate import UNKNOWN, Estimate
from .inert import inert
from .pvalue import UNTOLD, PValue


@dataclass(frozen=True, slots=True, repr=False)
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

    def __repr__(self) -> str:
        """`score and difficulty: spearman -0.90 [-0.97, -0.71] (n = 40 scenario levels), p = 0.002`, and what must be known."""
        given = f" given {', '.join(map(inert, self.given))}" if self.given else ""
        parts = [f"score and {inert(self.name)}{given}: {self.method} {self.value}"]
        if self.p.value is not None:
            parts.append("p < 0.001" if (p := self.p.best or 0.0) < 0.001 else f"p = {p:.3f}")
        return "\n  ".join([", ".join(parts), *self.notes])
