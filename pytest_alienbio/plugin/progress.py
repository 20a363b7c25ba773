"""Counts cells as they finish, here or in workers, and keeps the live line up to date."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial

import pytest

from ..model import Outcome
from ..report.progress import Progress, render_progress
from .live_line import LiveLine
from .state import SessionState

PER_SECOND, AT_ONCE = 10.0, 20.0
"""How often the figures are renewed in the long run, and how often in a row: a small run shows every cell."""


class ProgressHooks:
    """pytest's hooks around each test: what its report says is counted, then the line stands again where it was."""

    def __init__(self, session: pytest.Session, state: SessionState, line: LiveLine, clock: Callable[[], float]) -> None:
        self._session, self._state, self._line, self._clock = session, state, line, clock
        self._waiting: set[str] = set()
        """Ids of the selected cells that have no final report yet."""
        self._attempts: dict[str, tuple[str, float]] = {}
        """Agent and score of each cell's latest scored attempt, while others may follow."""
        self._progress: Progress | None = None
        """None until the first test starts: under xdist nobody knows earlier what is selected."""
        self._since: float | None = None
        self._seen = self._renewed = 0.0
        self._credit, self._stale = AT_ONCE, True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> Generator[None, object, object]:
        result = yield
        if self._progress is None:
            self._progress = self._nothing_done()
        if self._since is None and nodeid in self._waiting:
            self._since = self._seen = self._clock()
        self._show()
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        result = yield
        self._count(report)
        self._show()
        return result

    def begin(self) -> None:
        """An engine begins to play: time counts from now, not from the first cell that has ended."""
        if self._progress is None:
            self._progress = self._nothing_done()
        if self._since is None:
            self._since = self._seen = self._clock()
        self._show()

    def close(self) -> None:
        """Takes the line away; nothing is shown from now on."""
        self._line.close()

    def _nothing_done(self) -> Progress:
        batteries = self._state.all_loaded()
        names = {loaded.name for loaded in batteries}
        ids = self._state.selected
        if ids is None:
            ids = [item.nodeid for item in self._session.items]
        self._waiting = {nodeid for nodeid in ids if "::".join(nodeid.split("::", 2)[:2]) in names}
        agents = dict.fromkeys(cell.agent.name for loaded in batteries for cell in loaded.plan.cells)
        return Progress.of(len(self._waiting), agents)

    def _count(self, report: pytest.TestReport) -> None:
        """Takes a cell in with its final report. As in the books, its latest scored attempt counts, else its latest."""
        cell = report.nodeid
        if cell not in self._waiting or report.when == "teardown" or (report.when == "setup" and report.passed):
            return
        told = dict(report.user_properties)
        agent, score = str(told.get("agent")), told.get("score")
        outcome = next((known for known in Outcome if known == told.get("outcome")), None)
        if outcome and outcome.scored and isinstance(score, float):
            self._attempts[cell] = (agent, score)
        if str(report.outcome) == "rerun":
            return
        assert self._progress is not None
        self._waiting.discard(cell)
        if cell in self._attempts:
            agent, score = self._attempts.pop(cell)
            self._progress = self._progress.plus(agent, Outcome.COMPLETED, score)
        else:
            self._progress = self._progress.plus(agent, outcome, None)
        self._stale = True

    def _show(self) -> None:
        """Puts the line back where pytest's writing took it away, with new figures as often as that is worth it."""
        if self._since is None or self._progress is None:
            return
        now = self._clock()
        self._credit = min(AT_ONCE, self._credit + (now - self._seen) * PER_SECOND)
        self._seen = now
        if (self._stale or now - self._renewed >= 1.0) and self._credit >= 1.0:
            self._credit -= 1.0
            self._renewed, self._stale = now, False
            self._line.show(partial(render_progress, self._progress, elapsed_s=now - self._since))
        else:
            self._line.show_again()
