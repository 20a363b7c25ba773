"""Caps under pytest: in every lane, one ledger for all workers, and nothing that was played is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_alienbio.model import Outcome

from .conftest import Lab

PAYER = '''
class Payer(Right):
    """Pays a cent a step; at worst it could be two."""

    def attach(self, meter): self.meter = meter

    def decide(self, observation):
        with self.meter.call("maker", tokens=20, usd=0.02) as call:
            if type(self) is Dies and observation.step == 3 and self.briefing.seed % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            call.settle(tokens=10, usd=0.01)
        return Action("right")


class Dies(Payer):
    pass


class Swallows(Payer):
    def decide(self, observation):
        try:
            return super().decide(observation)
        except Exception:
            return Action("left")


class Tells(Right):
    """Takes no meter, and says what it took."""

    def start(self, briefing): self.calls = 0

    def decide(self, observation):
        self.calls += 1
        return Action("right")

    @property
    def usage(self):
        from pytest_alienbio import Usage
        return Usage(10 * self.calls, 0.01 * self.calls, self.calls)


_others = pytest_alienbio_register_agents


def pytest_alienbio_register_agents(registry):
    _others(registry)
    for agent in (Payer, Dies, Swallows, Tells):
        registry.add(agent.__name__.lower(), agent)
'''
LANES = {"plain": (), "threads": ("--bio-engine", "threads:8"), "n0": (), "n2": ()}


@pytest.fixture(params=LANES)
def lane(request: pytest.FixtureRequest) -> str:
    """The three modes of the fixture lane, and the engine lane."""
    if request.param in ("n0", "n2") and not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")
    return str(request.param)


@pytest.fixture
def till(lab: Lab) -> Lab:
    lab.conftest(PAYER)
    return lab


def played(lab: Lab, lane: str, *args: str, agents: str = "payer", seeds: int = 8, more: str = "") -> pytest.RunResult:
    """Runs one battery in a lane."""
    lab.battery(f"experiment.x: {{scenarios: [walks/plain], agents: [{agents}], seeds: {seeds}, cells: record{more}}}")
    return lab.run("plain" if lane == "threads" else lane, *LANES[lane], *args)


def status(lab: Lab) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((lab.dats()[0] / "results.yaml").read_text("utf-8"))["status"]
    return found


def test_money_is_never_above_its_cap_and_the_ledger_is_the_sum_of_the_results(till: Lab, lane: str) -> None:
    """Ten cents a cell under a cap of 35: some cells whole, some cut off, the others never begun; all of it in the books."""
    run = played(till, lane, "--bio-max-usd", "0.35")
    results = till.results().values()
    by = {outcome: [r for r in results if r.outcome is outcome] for outcome in Outcome}
    assert run.ret == 1
    assert len(results) == 8
    assert by[Outcome.OVER_LIMIT]
    assert {r.usd for r in by[Outcome.COMPLETED]} <= {0.1}
    assert by[Outcome.COMPLETED] or lane == "threads"
    assert all(r.usd is None and r.reason == "--bio-max-usd 0.35 is reached" for r in by[Outcome.NOT_RUN])
    assert all(r.score is None and r.reason.startswith("--bio-max-usd allows 0.35 USD") for r in by[Outcome.OVER_LIMIT])
    total = round(sum(r.usd or 0 for r in results), 9)
    (cap,) = status(till)["limits"]
    assert cap == {"cap": "--bio-max-usd", "quantity": "usd", "most": 0.35, "spent": total, "reached": True}
    assert 0.33 <= total <= 0.35
    assert status(till)["spent"] == {"usd": total, "tokens": round(1000 * total), "requests": round(100 * total)}
    assert status(till)["verdict"] == "incomplete"
    assert not (till.path / "data" / ".bio-limits").exists()


@pytest.mark.parametrize("lane", ["plain", "threads"])
def test_a_cap_is_said_in_a_line_and_not_once_a_cell(till: Lab, lane: str) -> None:
    run = played(till, lane, "--bio-max-cells", "3", agents="right", seeds=9)
    run.stdout.fnmatch_lines(["*9 cells, 3 recorded: 3 completed, 6 not_run*", "--bio-max-cells 3: 3 cells started; reached"])
    run.stdout.fnmatch_lines(
        ["note: 6 cells not run: --bio-max-cells 3 is reached", "note: to play what is left*: --bio-resume (*"]
    )
    run.stdout.fnmatch_lines(["*3 passed, 6 not run in *"])
    assert "FAILURES" not in run.stdout.str()
    assert run.ret == 1
    assert [use["spent"] for use in status(till)["limits"]] == [3]


def test_a_cap_holds_for_all_batteries_of_the_session_together(till: Lab, mode: str) -> None:
    """And a battery's own for its run; the tighter one decides."""
    head = "experiment.{}: {{scenarios: [walks/plain], agents: [right], seeds: 4, limits: {{cells: {}}}}}"
    till.battery(head.format("x", 3))
    till.battery(head.format("y", 9), "b.battery.yaml")
    run = till.run(mode, "--bio-max-cells", "5", "-p", "no:randomly")
    assert "5 passed, 3 not run" in run.stdout.str()
    played, stopped = zip(*(_counts(path) for path in till.dats()), strict=True)
    assert (sum(played), sum(stopped)) == (5, 3)
    assert max(played) <= 4


def _counts(path: Path) -> tuple[int, int]:
    told = yaml.safe_load((path / "results.yaml").read_text("utf-8"))["outcomes"]
    return told.get("completed", 0), told.get("not_run", 0)


def test_a_worker_that_dies_in_a_call_leaves_what_is_known_and_what_is_not(till: Lab) -> None:
    """Three calls are known; the fourth may be on the bill, so it counts against the cap at its worst and in no sum."""
    played(till, "n2", "--bio-max-usd", "5", "--max-worker-restart=8", agents="dies", seeds=6)
    lost = [r for r in till.results().values() if r.outcome is Outcome.LOST]
    assert lost
    for result in lost:
        assert (result.usd, result.tokens) == (0.03, 30)
        assert (result.metrics["unsettled_calls"], result.metrics["unsettled_usd"]) == (1, 0.02)
    (cap,) = status(till)["limits"]
    assert cap["spent"] == round(sum(r.usd or 0 for r in till.results().values()), 9)
    assert cap["unknown"] == round(0.02 * len(lost), 9)
    assert "reserved" not in cap


def test_an_agent_that_hides_a_refusal_gets_no_score(till: Lab) -> None:
    """An outage is never a score."""
    played(till, "plain", agents="swallows", seeds=1, more=", limits: {per_cell: {usd: 0.05}}")
    (result,) = till.results().values()
    assert (result.outcome, result.score, result.usd) == (Outcome.OVER_LIMIT, None, 0.04)
    assert status(till)["verdict"] == "failed", "a cell's own cap does not cut the run short"


@pytest.mark.parametrize("lane", ["plain", "threads"])
def test_an_agent_that_only_says_what_it_took_is_held_to_its_cells_cap_beforehand(till: Lab, lane: str) -> None:
    """A worst case of 15 cents is set aside; ten are taken."""
    played(till, lane, "--bio-max-usd", "0.3", agents="tells", seeds=4, more=", limits: {per_cell: {usd: 0.15}}")
    results = till.results().values()
    (cap,) = status(till)["limits"]
    done = [r for r in results if r.outcome is Outcome.COMPLETED]
    assert len(done) == 2
    assert cap["spent"] == round(sum(r.usd or 0 for r in done), 9) == 0.2


def test_time_ends_the_start_of_cells(till: Lab, mode: str) -> None:
    """What has been said of time is over before the first cell: none begins, and none is lost."""
    played(till, mode, "--bio-max-time", "0.000001", agents="right", seeds=3)
    assert {r.outcome for r in till.results().values()} == {Outcome.NOT_RUN}
    assert {r.reason for r in till.results().values()} == {"--bio-max-time 1e-06 is reached"}


def test_python_tests_over_a_battery_are_under_the_same_caps(till: Lab) -> None:
    till.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 3}")
    (till.path / "test_x.py").write_text(
        'import pytest\n@pytest.mark.battery("a.battery.yaml")\ndef test_it(cell, bio):\n    bio.play(cell)\n'
    )
    run = till.run("plain", "test_x.py", "--bio-max-cells", "2")
    assert run.ret == 1
    assert sorted(r.outcome for r in till.results().values()) == ["completed", "completed", "not_run"]
