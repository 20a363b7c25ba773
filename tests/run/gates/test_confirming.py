"""The confirm stage: fresh seeds of the worst leaves, in a folder of their own, and what they do to the verdict."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import ProviderError
from pytest_alienbio.exchange.archive.screen import Screen
from pytest_alienbio.exchange.archive.staging import stage
from pytest_alienbio.gate import judge
from pytest_alienbio.model import Action, Baseline, Batch, Call, Cell, Observation, Rule, Verdict
from pytest_alienbio.play import AgentRegistry, Catalog, ScenarioRegistry, builtin_agents
from pytest_alienbio.run import find_project
from pytest_alienbio.run.gates.baselines import agents_baselines
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.gates.confirming import Confirming, played_stage, unit_of
from pytest_alienbio.run.gates.gating import Stored, Terms, judge_stored
from pytest_alienbio.run.plan import plan
from pytest_alienbio.store import dat, find_dats
from pytest_alienbio.store.baseline import write_baseline

from ..parts import Interrupted, Lab, Line, Right, make_battery

RULE = Rule(confirm=6)


class Bumpy(Line):
    """Seeds differ a little."""

    def reset(self, seed: int, /) -> Observation:
        self.bonus = (seed * 7 % 5) / 100
        return super().reset(seed)


class Broken(Bumpy):
    """Its model is down at every seed from 3 on."""

    def reset(self, seed: int, /) -> Observation:
        if seed >= 3:
            raise ProviderError("429 too many requests")
        return super().reset(seed)


class Slow(Right):
    """Stops after six steps."""

    def decide(self, observation: Observation, /) -> Action:
        return Action("right" if observation.step < 6 else "left")


class Stopped(Slow):
    """Somebody presses Ctrl-C at the first fresh seed."""

    def decide(self, observation: Observation, /) -> Action:
        return Interrupted().decide(observation) if Stopped.armed else super().decide(observation)

    armed = False


def catalog(runner: type[Right], world: type[Line] = Bumpy) -> Catalog:
    """Two walks; `runner` plays as the agent of that name, beside one that never changes."""
    agents, scenarios = AgentRegistry(builtin_agents()), ScenarioRegistry()
    agents.add("runner", runner)
    agents.add("steady", Right)
    scenarios.add("walks/bumpy", world, levels=(1, 2), default_level=1)
    scenarios.add("walks/plain", Bumpy)
    return Catalog(scenarios.entries, agents.entries)


class Run(Lab):
    """A run of the two agents, played and not closed."""

    def __init__(self, root: Path, runner: type[Right], seeds: Sequence[int], world: type[Line] = Bumpy) -> None:
        made = plan(make_battery(["walks/bumpy", "walks/plain"], ["runner", "steady"], seeds), catalog(runner, world))
        super().__init__(root, made)
        self.root, self.catalog = root, catalog(runner, world)
        self.play()

    @property
    def batch(self) -> Batch:
        """Its batch."""
        return batch_of(self.dat_path, plan=self.plan)

    def confirming(self, told: list[Cell] | None = None) -> Confirming:
        """Its confirm stage; `told` gets the cells that it is going to play."""
        seen = [] if told is None else told
        return Confirming(
            self.plan,
            self.catalog,
            find_project(self.root),
            self.dat_path,
            self.run_id,
            on_cells=lambda rule, cells: seen.extend(cells),
        )

    def judged(self, base: Baseline, told: list[Cell] | None = None) -> Verdict:
        """Both stages."""
        return self.confirming(told)(judge(self.batch, base, RULE), self.batch, base, RULE)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """Ten seeds, all to the right."""
    return Baseline(Run(tmp_path_factory.mktemp("base"), Right, range(10)).batch, "baselines/b.json")


def test_a_drop_that_two_seeds_cannot_show_is_confirmed_by_six_fresh_ones(tmp_path: Path, base: Baseline) -> None:
    """Of the worst leaves alone, at the first seeds that the baseline stores and the run did not use."""
    run, told = Run(tmp_path, Slow, range(2)), list[Cell]()
    assert judge(run.batch, base, RULE).call is Call.INCONCLUSIVE
    verdict = run.judged(base, told)
    assert {(cell.agent.name, cell.seed) for cell in told} == {("runner", seed) for seed in range(2, 8)}
    assert len(told) == 12
    stage_two = verdict.confirmation
    assert stage_two is not None
    assert (stage_two.regressed, stage_two.seeds) == (True, tuple(range(2, 8)))
    assert stage_two.alpha == pytest.approx(0.02)
    assert [round(float(node.drop.value or 0), 1) for node in stage_two.leaves] == [0.4, 0.4]
    assert verdict.call is Call.FAIL


def test_fresh_cells_lie_in_the_run_and_in_no_mean(tmp_path: Path, base: Baseline) -> None:
    """One folder holds everything: they are a result folder inside it that no pattern finds."""
    run = Run(tmp_path, Slow, range(2))
    run.judged(base)
    inside = played_stage(run.dat_path, RULE)
    assert inside == run.dat_path / "confirm" / "score"
    assert len(list(dat.open(inside).results())) == 12
    assert len(list(dat.open(run.dat_path).results())) == 8
    assert find_dats(tmp_path / "data") == [run.dat_path]
    closed = run.close()
    assert closed is not None
    assert {row["n"] for row in closed.document["leaderboard"].rows("standings")} == {4}
    assert batch_of(run.dat_path).cells == run.batch.cells


def test_the_stored_run_is_judged_again_with_its_fresh_seeds(tmp_path: Path, base: Baseline) -> None:
    """And gets the same answer."""
    run = Run(tmp_path, Slow, range(2))
    verdict = run.judged(base)
    write_baseline(tmp_path / "baselines" / "b.json", base)
    frozen = replace(RULE, against="baselines/b.json")
    found = Stored("b", "b", run.dat_path, frozen=(frozen,))
    [again] = judge_stored(found, Terms(), project=tmp_path, data_root=tmp_path / "data")
    assert (again.call, again.confirmation) == (verdict.call, verdict.confirmation)
    assert [(node.name, node.call, node.p) for node in again.nodes] == [
        (each.name, each.call, each.p) for each in verdict.nodes
    ]
    shutil.rmtree(run.dat_path / "confirm")
    [alone] = judge_stored(found, Terms(), project=tmp_path, data_root=tmp_path / "data")
    assert (alone.call, alone.confirmation) == (Call.INCONCLUSIVE, None)
    assert any("was not played" in note for note in alone.notes)


def test_what_did_not_drop_is_not_played_again(tmp_path: Path, base: Baseline) -> None:
    run = Run(tmp_path, Right, range(2))
    verdict = run.judged(base)
    assert verdict.confirmation is None
    assert any("no leaf dropped enough" in note for note in verdict.notes)
    assert not (run.dat_path / "confirm").exists()


def test_a_baseline_without_other_seeds_is_invalid_before_anything_is_played(tmp_path: Path) -> None:
    few = Baseline(Run(tmp_path / "base", Right, range(2)).batch, "few")
    run = Run(tmp_path / "new", Slow, range(2))
    verdict = run.judged(few)
    assert verdict.call is Call.INVALID
    assert [drift.kind for drift in verdict.drifts] == ["seeds"]
    assert not (run.dat_path / "confirm").exists()
    assert run.confirming().cells([("runner", "walks/plain")], run.batch, few, RULE) == ()


def test_an_outage_among_fresh_cells_confirms_nothing_and_excuses_nothing(tmp_path: Path, base: Baseline) -> None:
    run = Run(tmp_path, Slow, range(2), Broken)
    new = replace(run.batch, scenarios=base.batch.scenarios)
    verdict = run.confirming()(judge(new, base, RULE), new, base, RULE)
    assert verdict.call is Call.INVALID
    assert verdict.drifts[-1].kind == "missing"
    assert "5 fresh cells of the confirm stage lack a number" in verdict.why[0]


@pytest.mark.parametrize(("seeds", "call"), [(2, Call.INVALID), (4, Call.FAIL)])
def test_ctrl_c_in_the_confirm_stage_is_never_a_success(tmp_path: Path, base: Baseline, seeds: int, call: Call) -> None:
    """What the first stage has shown stands, and else the run was cut short. Its books are closed all the same, and the stage
    is not taken for whole later."""
    run = Run(tmp_path, Stopped, range(seeds))
    first = judge(run.batch, base, RULE)
    assert (first.call is Call.FAIL) is (call is Call.FAIL)
    Stopped.armed = True
    try:
        verdict = run.judged(base)
    finally:
        Stopped.armed = False
    assert (verdict.call, verdict.confirmation) == (call, None)
    assert any("interrupted" in told for told in (verdict.why[0], *verdict.notes))
    assert [drift.kind for drift in verdict.drifts] == ["cut short"] * (call is Call.INVALID)
    assert played_stage(run.dat_path, RULE) is None


def test_an_agent_of_the_same_run_plays_fresh_seeds_beside_the_other(tmp_path: Path) -> None:
    """Seeds after the battery's own: nobody's numbers are stored, and both sides are there to play."""
    run, told = Run(tmp_path, Slow, range(2)), list[Cell]()
    [(agent, mine, its)] = agents_baselines("steady", run.batch)
    first = judge(mine, its, RULE)
    assert first.call is not Call.INVALID
    verdict = run.confirming(told)(first, mine, its, RULE, beside="steady")
    assert {(cell.agent.name, cell.seed) for cell in told} == {
        (name, seed) for name in ("runner", "steady") for seed in range(2, 8)
    }
    assert agent == "runner"
    assert verdict.call is Call.FAIL
    assert verdict.confirmation is not None
    assert {node.agent for node in verdict.confirmation.leaves} == {"runner"}


def test_a_rule_without_a_confirm_stage_has_none(tmp_path: Path, base: Baseline) -> None:
    run, rule = Run(tmp_path, Slow, range(2)), Rule()
    verdict = judge(run.batch, base, rule)
    assert run.confirming()(verdict, run.batch, base, rule) == verdict


def test_a_cells_unit_is_that_of_its_record(tmp_path: Path) -> None:
    """Level, params and surface, too: else a fresh cell would find no partner."""
    run = Run(tmp_path, Right, range(2))
    assert {unit_of(cell) for cell in run.plan.cells} == {cell.unit for cell in run.batch.cells}


@pytest.mark.parametrize("traces", ["all", "none"])
def test_a_shared_run_takes_its_confirm_stage_along(tmp_path: Path, base: Baseline, traces: str) -> None:
    """Its traces only with all others."""
    run = Run(tmp_path, Slow, range(2))
    run.judged(base)
    run.close()
    (tmp_path / "out").mkdir()
    stage(run.dat_path, tmp_path / "out", Screen(hide=False), traces)
    inside = tmp_path / "out" / "confirm" / "score"
    assert len(list(dat.open(inside).results())) == 12
    assert (inside / "traces").exists() is (traces == "all")
