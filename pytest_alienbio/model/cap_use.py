"""How far a cap was used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CapUse:
    """One cap of a run, or of a session's runs together, and what was taken of it."""

    label: str
    """As people said it: `--bio-max-usd`, `limits.usd`."""
    quantity: str
    """`usd`, `tokens`, `cells` (started) or `seconds` (since the first could start)."""
    most: float
    spent: float
    """Of money and tokens what settled calls took; None is never among it, see `unknown`."""
    reserved: float = 0.0
    """The worst case of calls that are not settled."""
    unknown: float = 0.0
    """The worst case of calls whose end nobody saw: perhaps spent."""
    reached: bool = False
    """Whether it kept something from being started."""
    together: bool = False
    """Whether it holds for all batteries of the session together."""

    @property
    def said(self) -> str:
        """The cap as people said it, with its value: `--bio-max-usd 0.5`."""
        return said(self.label, self.most)


def said(label: str, most: float) -> str:
    """`--bio-max-usd 0.5`, `max_usd=0.5`."""
    return f"{label}{'' if label.endswith('=') else ' '}{most:.10g}"
