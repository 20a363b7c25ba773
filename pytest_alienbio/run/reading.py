"""What the end of a run keeps of its cells, while they stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from ..model import Cell, CellVerdict, Failure, Finding, Outcome, Plan, Result, cell_verdict
from ..model.brief import Told
from ..model.outcome import NOT_NEEDED
from ..results.failures import failure_of
from ..stats import SanityCheck
from .limits.took import Took


class Reading:
    """What is kept of a DAT's results while they stream by, one at a time."""

    def __init__(
        self,
        plan: Plan,
        run_id: str,
        command: Callable[[Cell], str],
        min_cells: Mapping[str, int],
        runs: Collection[str] = (),
    ) -> None:
        self.plan, self.run_id, self.command, self.min_cells = plan, run_id, command, min_cells
        self.runs = {run_id, *runs}
        self.cells = {cell.id: cell for cell in plan.cells}
        self.played: set[str] = set()
        """Ids with any record, also of cells that were not run."""
        self.recorded = self.before = self.reused = self.failed_before = 0
        self.discarded = False
        """Whether the DAT was removed, as nothing was in it."""
        self.failures: list[Failure] = []
        self.skipped: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.reasons: Counter[str] = Counter()
        """Why cells were not run, and how many each."""
        self.needless: Counter[str] = Counter()
        """Likewise of those that nobody needed any more."""
        self.took = Took()
        self.answered: dict[str, Counter[str]] = {}
        """Of each agent that is a language model, what answered in how many cells that have a score."""

    def of(self, results: Iterable[Told]) -> Iterator[Told]:
        """`results`, looked at on the way."""
        kinds = {cell.agent.name: cell.agent.kind for cell in self.plan.cells}
        check = SanityCheck(self.plan.battery.sanity, kinds, self.min_cells)
        for result in results:
            check.add(result)
            self._look(result)
            yield result
        self.findings += check.broken()

    def is_mine(self, result: Told) -> bool:
        """Whether this run played it, and paid for it: neither reused nor replayed."""
        return result.run in self.runs and not (isinstance(result, Result) and result.paid_elsewhere)

    def fails(self, result: Told) -> bool:
        """Whether it is a failure of its battery, which is told with all that its record says."""
        return result.outcome is not Outcome.NOT_RUN and cell_verdict(result, self.plan.battery.cells) is CellVerdict.FAILED

    def _look(self, result: Told) -> None:
        self.played.add(result.id)
        if result.outcome is Outcome.NOT_RUN:
            self.reasons[result.reason] += 1
            return
        self.recorded += 1
        mine = result.run in self.runs
        self.before += not mine
        if mine and not _is_reused(result):  # of one that was replayed only the number counts
            self.took.add(result)
        if isinstance(result, Result) and result.model and result.outcome.scored:
            self.answered.setdefault(result.agent, Counter()).update(result.model.resolved)
        self.reused += mine and _is_reused(result)
        looks = self.plan.battery.looks
        if looks and result.outcome is Outcome.SKIPPED and result.reason.startswith(NOT_NEEDED):
            self.needless[result.reason] += 1
        elif result.outcome is Outcome.SKIPPED:
            self.skipped[result.agent] = result.reason
        if not (isinstance(result, Result) and self.fails(result)):
            return
        self.failed_before += not mine or result.reused
        cell = self.cells.get(result.id)
        self.failures.append(failure_of(result, self.command(cell) if cell else ""))


def _is_reused(result: Told) -> bool:
    return isinstance(result, Result) and result.reused
