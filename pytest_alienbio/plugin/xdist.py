"""What only happens with xdist; registered only where it is installed. All of it runs in the controller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from .stash import state_if_any

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


class XdistHooks:
    """Tells workers which run they belong to, and keeps the books when one of them dies."""

    def pytest_configure_node(self, node: WorkerController) -> None:
        state = state_if_any(node.config)
        if state:
            from .limits import STARTED, limits_of
            from .replaying import RECORD, for_workers

            more = {STARTED: limits_of(state).session.started, RECORD: for_workers(state)}
            node.workerinput["alienbio"] = {**state.for_workers(), **more}

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        state = state_if_any(config)
        if state is None:
            return None
        from .schedule import scheduler

        return scheduler(state, log)

    def pytest_xdist_node_collection_finished(self, node: WorkerController, ids: Sequence[str]) -> None:
        state = state_if_any(node.config)
        if state and state.selected is None:
            state.selected = list(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        from .state import state_of

        told: dict[str, Any] = getattr(node, "workeroutput", {}).get("alienbio", {})
        if told:
            state = state_of(node.config)
            state.run_id = told["run_id"]
            state.claimed.update(told["dats"])
            state.refusal = state.refusal or told["refusal"]
            state.tests.update(told["tests"])
            state.done.update(told["done"])

    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport, sched: Any) -> None:
        from .deadline import record_lost

        record_lost(report)
