"""Where a run begins: in a new DAT or in one that is there, with which cells to play and which to leave as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...model import Outcome, Plan, Result
from ...report import many

if TYPE_CHECKING:
    from ...store.holding import Hold


@dataclass(frozen=True, slots=True)
class Start:
    """What of a plan is played now, and what is not because it has its record."""

    play: frozenset[str] = frozenset()
    """Ids of the cells that are to be played now."""
    before: frozenset[str] = frozenset()
    """Ids of those that have a record that stays, or are taken over."""
    dat_path: Path | None = None
    """The DAT that is gone on with; None = a new one is to be made."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    """Of those to be played that were begun before: the number of the last attempt."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """How those ended that are played again, and how many each."""
    retry: frozenset[Outcome] = frozenset()
    reuse: Mapping[str, Result] = field(default_factory=dict)
    """By id: records of other DATs that are taken over."""
    changed: tuple[str, ...] = ()
    """Why the run that was to be gone on with is not."""
    whole: bool = False
    """Whether the run was closed with all of its cells, and nothing is to be played: what its gates said stands."""
    hold: Hold | None = None
    """On the DAT; None: it is only looked at, or not made yet."""

    def of(self, plan: Plan) -> Plan:
        """`plan` with the cells that are to be played now."""
        return Plan(plan.battery, tuple(cell for cell in plan.cells if cell.id in self.play))

    def only(self, kept: Collection[str]) -> Start:
        """Where the run begins if no other cells are meant."""
        reuse = {name: result for name, result in self.reuse.items() if name in kept}
        return replace(self, play=self.play.intersection(kept), before=self.before.intersection(kept), reuse=reuse)

    def within(self, kept: Collection[str] | None) -> frozenset[str]:
        """Ids of the cells that are settled before anything is played, as far as a selection (None = all) keeps them."""
        return self.before if kept is None else self.before.intersection(kept)

    def release(self) -> None:
        """Lets others go on with the DAT."""
        if self.hold:
            self.hold.release()

    def in_words(self, plan: Plan) -> str:
        """`90 of 120 cells from before, 30 to play (12 not begun, 18 provider_error again)`; '' if all are to be played."""
        parts = []
        if self.dat_path:
            parts.append(f"{len(self.before) - len(self.reuse):,} of {many(len(plan), 'cell')} from before")
        if self.reuse:
            of = "" if self.dat_path else f" of {many(len(plan), 'cell')}"
            parts.append(f"{len(self.reuse):,}{of} reused")
        if not parts:
            return ""
        again = {name: count for name, count in self.outcomes.items() if name != Outcome.NOT_RUN}
        fresh = len(self.play) - sum(again.values())
        told = [*([f"{fresh:,} not begun"] if fresh else []), *(f"{count:,} {name} again" for name, count in again.items())]
        return ", ".join([*parts, f"{len(self.play):,} to play"]) + (f" ({', '.join(told)})" if again else "")
