"""Cells that broke and are played again at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any, ClassVar

import pytest

from pytest_alienbio.errors import ProviderError
from pytest_alienbio.model import Action, Observation, Outcome, Result
from pytest_alienbio.play import AgentRegistry, Catalog, result_of
from pytest_alienbio.run import Run
from pytest_alienbio.run.execute import execute
from pytest_alienbio.run.retrying import pause_s, rest, until_it_holds
from pytest_alienbio.run.stopping import Stop

from .parts import Lab, Right, make_catalog, make_plan


class Shaky(Right):
    """Breaks as it is told, one telling an attempt."""

    ends: ClassVar[list[str]] = []

    def decide(self, observation: Observation, /) -> Action:
        if observation.step == 0 and (how := self.ends.pop(0) if self.ends else ""):
            raise ProviderError("503") if how == "provider" else RuntimeError("boom")
        return Action("right")


def play(root: Path, retries: dict[str, int], ends: Sequence[str]) -> tuple[list[Result], list[Result], list[float]]:
    """One cell: what `execute` gives, every record, and the pauses."""
    made = make_catalog()
    agents = AgentRegistry(made.agents)
    agents.add("right", Shaky) if "right" not in agents.entries else agents.entries.update(right=_entry(agents))
    lab = Lab(root, make_plan(seeds=(0,), retries=retries))
    lab.catalog = Catalog(made.scenarios, agents.entries)
    Shaky.ends[:] = ends
    run: Run = lab.run()
    pauses: list[float] = []
    run.pause = lambda seconds, over: pauses.append(seconds)
    try:
        found = execute(lab.plan.cells, run, lab.catalog, limits=lab.plan.battery.limits)
    finally:
        run.close()
    from pytest_alienbio.store import journal_of

    return found, list(journal_of(lab.dat_path, lab.run_id, "main")), pauses


def _entry(agents: AgentRegistry) -> Any:
    other = AgentRegistry({})
    other.add("right", Shaky)
    return other.entries["right"]


PROVIDER, AGENT, GOOD = Outcome.PROVIDER_ERROR, Outcome.AGENT_ERROR, Outcome.COMPLETED


@pytest.mark.parametrize(
    ("retries", "ends", "outcomes"),
    [
        ({}, ["provider"], [PROVIDER]),
        ({"provider_error": 3}, [], [GOOD]),
        ({"provider_error": 3}, ["provider", "provider"], [PROVIDER, PROVIDER, GOOD]),
        ({"provider_error": 2}, ["provider"] * 9, [PROVIDER] * 3),
        ({"provider_error": 2}, ["agent"], [AGENT]),
        ({"provider_error": 1, "agent_error": 1}, ["provider", "agent", "provider"], [PROVIDER, AGENT, PROVIDER]),
    ],
)
def test_each_attempt_is_recorded_and_the_last_is_given(
    tmp_path: Path, retries: dict[str, int], ends: list[str], outcomes: list[Outcome]
) -> None:
    found, records, pauses = play(tmp_path, retries, ends)
    assert [(r.outcome, r.attempt) for r in records] == [(outcome, n) for n, outcome in enumerate(outcomes, 1)]
    assert [result.outcome for result in found] == outcomes[-1:]
    assert [result.attempt for result in found] == [len(outcomes)]
    assert pauses == [1.0, 2.0, 4.0][: len(outcomes) - 1]


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause_s(tries) for tries in (1, 2, 3, 6, 7, 99)] == [1, 2, 4, 32, 60, 60]


def test_a_ctrl_c_while_waiting_ends_the_run_with_what_was_recorded(tmp_path: Path) -> None:
    class Stop(KeyboardInterrupt):
        pass

    def pause(seconds: float, over: object) -> None:
        raise Stop

    lab = Lab(tmp_path, make_plan(agents=("outage",), seeds=(0,), retries={"provider_error": 5}))
    run = lab.run()
    run.pause = pause
    with pytest.raises(Stop):
        execute(lab.plan.cells, run, lab.catalog, limits=lab.plan.battery.limits)
    run.close()
    closed = lab.close(interrupted=True)
    assert closed is not None
    assert closed.status == "interrupted"


def test_a_ctrl_c_cuts_the_pause_and_what_broke_stands() -> None:
    """The cell is not begun again: it would only be cut off."""
    stop, broke = Stop(), result_of(make_plan().cells[0], Outcome.PROVIDER_ERROR)
    played: list[Result] = []

    def attempt() -> Result:
        played.append(broke)
        Timer(0.2, setattr, (stop, "asked", True)).start()
        return broke

    began = monotonic()
    assert until_it_holds(attempt, {"provider_error": 3}, lambda s, over: rest(60.0, over), lambda: stop.asked) is broke
    assert (len(played), monotonic() - began < 30) == (1, True)
