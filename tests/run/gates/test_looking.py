"""Looks at a run, seen from its processes: who asks when, what the disk says, and which look counts in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, Call, Outcome, Rule, ScenarioVersion
from pytest_alienbio.play import result_of
from pytest_alienbio.run import find_project, run_batch
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.gates.gating import Terms, judge_stored, stored
from pytest_alienbio.run.gates.judging import Gate, Judging
from pytest_alienbio.run.gates.looking import LOOKED, Looking, answers, counted, judged, saved, within
from pytest_alienbio.store import dat, log
from pytest_alienbio.store.baseline import write_baseline
from pytest_alienbio.store.layout import journals

from ..parts import Lab, make_battery, make_catalog, make_plan

LOOKS, SEEDS = (2, 4, 8), range(8)
SCORES = {"half": 0.5, "right": 1.0}


def fell(agent: str, seed: int) -> float:
    """`half` was better by a quarter: four seeds show it."""
    return (0.25 if agent == "half" else 0.0) + 0.01 * (seed % 3)


def same(agent: str, seed: int) -> float:
    """Nothing to speak of: two seeds are enough."""
    return -0.002 if seed % 2 else 0.002


def baseline(was: Callable[[str, int], float]) -> Baseline:
    """So much more than now, by agent and seed, on both walks."""
    cells = [
        BatchCell(agent, world, seed, level, values={"score": score + was(agent, seed)})
        for agent, score in SCORES.items()
        for world, level in (("walks/line", 2), ("walks/plain", None))
        for seed in SEEDS
    ]
    worlds, agents = {cell.scenario: ScenarioVersion() for cell in cells}, {agent: AgentVersion() for agent in SCORES}
    return Baseline(Batch("b", tuple(cells), {"score": "higher"}, worlds, agents, at="2026-01-01T00:00:00Z"), "base")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A DAT of a battery with looks."""
    return Lab(tmp_path, make_plan(["walks/*"], ["half", "right"], SEEDS, looks=LOOKS))


def how(was: Callable[[str, int], float] = fell) -> Judging:
    """One gate on the score."""
    return Judging((Gate(Rule(), baseline(was)),))


def looking(lab: Lab, was: Callable[[str, int], float] = fell) -> Looking:
    """One process's view."""
    return Looking(lab.dat_path, lab.run_id, lab.plan, lambda: how(was))


def cells(lab: Lab, *seeds: int) -> list[str]:
    """Ids of the cells of these seeds."""
    return [cell.id for cell in lab.plan.cells if cell.seed in seeds]


def reasons(mine: Looking, lab: Lab) -> list[str]:
    """Why a cell of seeds 0, 2 and 7 need not be played."""
    return [mine.needless(next(cell for cell in lab.plan.cells if cell.seed == seed)) for seed in (0, 2, 7)]


def test_nobody_waits_for_a_look_that_is_not_complete(lab: Lab) -> None:
    """While another process still plays its last cell, the next ones are played; once all are there, it is judged."""
    mine = looking(lab, same)
    first, last = cells(lab, 0, 1)[:-1], cells(lab, 0, 1)[-1]
    lab.play(*first)
    assert reasons(mine, lab) == ["", "", ""]
    assert answers(lab.dat_path) == {}
    lab.play(last, worker="other")
    assert reasons(mine, lab) == ["", *["not needed: decided after 2 seeds"] * 2]
    assert answers(lab.dat_path) == {0: True}


def test_a_look_that_settles_nothing_leaves_it_to_the_next(lab: Lab) -> None:
    mine = looking(lab)
    lab.play(*cells(lab, 0, 1))
    assert reasons(mine, lab) == ["", "", ""]
    lab.play(*cells(lab, 2, 3), worker="other")
    assert reasons(mine, lab) == ["", "", "not needed: decided after 4 seeds"]
    assert answers(lab.dat_path) == {0: False, 1: True}


def test_every_process_takes_the_first_answer_and_computes_none_twice(lab: Lab) -> None:
    """It stands in the log: whoever comes later does not even need a baseline."""
    lab.play(*cells(lab, 0, 1))
    assert reasons(looking(lab, same), lab)[2]

    def never() -> Judging:
        raise AssertionError("it was judged again")

    assert reasons(Looking(lab.dat_path, lab.run_id, lab.plan, never), lab)[1:] == ["not needed: decided after 2 seeds"] * 2
    log.append(lab.dat_path, LOOKED, {"run": lab.run_id, "look": 0, "settled": False})
    log.append(lab.dat_path, LOOKED, {"run": "another", "look": 1, "settled": True})
    log.append(lab.dat_path, LOOKED, {"run": lab.run_id, "look": "1", "settled": "yes"})
    assert answers(lab.dat_path) == {0: True, 1: True}, "what a session said that went on with the run counts, too"


def test_cells_that_were_not_run_complete_no_look(lab: Lab) -> None:
    """As a stopped run leaves them: who goes on with it plays them first."""
    lab.play(*cells(lab, 0))
    lab.close(interrupted=True)
    mine = looking(lab, same)
    assert reasons(mine, lab) == ["", "", ""]
    assert answers(lab.dat_path) == {}


def test_a_line_that_is_being_written_is_no_record_yet(lab: Lab) -> None:
    """It counts once it ends."""
    mine = looking(lab, same)
    lab.play(*cells(lab, 0, 1))
    (path,) = journals(lab.dat_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert reasons(mine, lab) == ["", "", ""]
    path.write_bytes(whole)
    assert reasons(mine, lab)[1]


def test_an_outage_settles_nothing(lab: Lab) -> None:
    """A cell without a number is missing: more seeds are no answer, and no reason to stop either."""
    lab.play(*cells(lab, 0, 1)[1:])
    run = lab.run("broken")
    cell = next(cell for cell in lab.plan.cells if cell.id == cells(lab, 0, 1)[0])
    run.record(result_of(cell, Outcome.PROVIDER_ERROR, "429"), cell)
    run.close()
    assert reasons(looking(lab, same), lab) == ["", "", ""]
    assert answers(lab.dat_path) == {0: False}


@pytest.mark.parametrize(("was", "call", "look"), [(same, Call.PASS, 0), (fell, Call.FAIL, 1)])
def test_the_first_look_that_settles_counts_though_all_was_played(
    lab: Lab, was: Callable[[str, int], float], call: Call, look: int
) -> None:
    """So the answer does not hang on how quick the processes were; only the cells of its seeds are in it."""
    lab.play()
    (verdict,) = judged(lab.dat_path, lab.plan, how(was), run_id=lab.run_id, selected=cells(lab, *SEEDS))
    assert (verdict.call, verdict.expected) == (call, 4 * LOOKS[look])
    assert verdict.rule.alpha == 0.05
    assert verdict.alpha == pytest.approx(0.05 * (0.2, 0.3)[look])
    assert verdict.notes[-1].startswith(f"looked after {', '.join(map(str, LOOKS[: look + 1]))} of 8 seeds")


def test_what_was_answered_while_it_ran_stands(lab: Lab) -> None:
    """Cells were skipped for it."""
    lab.play()
    log.append(lab.dat_path, LOOKED, {"run": lab.run_id, "look": 0, "settled": True})
    (verdict,) = judged(lab.dat_path, lab.plan, how(), run_id=lab.run_id, selected=cells(lab, *SEEDS))
    assert (verdict.call, verdict.expected) == (Call.INCONCLUSIVE, 8)


def test_a_part_of_the_battery_and_a_run_cut_short_are_told_as_ever(lab: Lab) -> None:
    lab.play(*cells(lab, 0, 1))
    (verdict,) = judged(lab.dat_path, lab.plan, how(same), run_id=lab.run_id, selected=cells(lab, 0, 1))
    assert verdict.call is Call.NOT_JUDGED
    everything = cells(lab, *SEEDS)
    (verdict,) = judged(
        lab.dat_path, lab.plan, how(same), run_id=lab.run_id, selected=everything, cut_short="it was interrupted"
    )
    assert verdict.call is Call.INVALID


def test_within_is_a_plan_of_the_first_seeds_with_the_same_cells() -> None:
    whole = make_plan(["walks/*"], ["half"], [7, 30, 5], looks=(1, 3))
    part = within(whole, 0)
    assert part.cells == tuple(cell for cell in whole.cells if cell.seed == 7)
    assert (part.battery.seeds, part.battery.looks, part.battery.seed_digits) == ((7,), (), 2)


def test_what_was_saved_is_said() -> None:
    plan = make_plan(["walks/plain"], ["half"], range(8), looks=LOOKS)
    assert saved(plan, {"not needed: decided after 2 seeds": 6, "no key": 1}) == [
        "decided after 2 of 8 seeds: 6 of 8 cells not played"
    ]


@pytest.mark.parametrize("confirm", [0, 4])
def test_a_batch_without_pytest_stops_likewise(tmp_path: Path, confirm: int) -> None:
    """Its results are those of all cells; the ones that nobody needed are skipped, and say why. A confirm stage follows the
    look that settled it, on seeds that this look did not see, and shares that look's part of alpha with it."""
    (tmp_path / "bio.yaml").touch()
    blessed = replace(baseline(fell), blessing=Blessing("Ann", "2026-01-02T00:00:00Z"))
    write_baseline(tmp_path / "base.json", blessed)
    rule = Rule(against=str(tmp_path / "base.json"), confirm=confirm)
    battery = make_battery(["walks/*"], ["half", "right"], SEEDS, looks=LOOKS, gates=(rule,), cells="record")
    done = run_batch(battery, find_project(tmp_path, environ={}), make_catalog(), tmp_path / "data")
    assert done.verdict is Call.FAIL
    assert done.counts == {Outcome.COMPLETED: 16, Outcome.SKIPPED: 16}
    assert {result.reason for result in done if result.outcome is Outcome.SKIPPED} == {"not needed: decided after 4 seeds"}
    assert "decided after 4 of 8 seeds: 16 of 32 cells not played" in str(done.document)
    assert [entry["look"] for entry in dat.open(done.dat_path).log() if entry["event"] == LOOKED] == [0, 1]
    assert {cell.seed for cell in batch_of(done.dat_path).cells} == {0, 1, 2, 3}
    (told,) = done.verdicts
    assert told.alpha == pytest.approx(0.05 * 0.3 * (0.6 if confirm else 1))
    stage = told.confirmation
    assert (stage.seeds, round(stage.alpha, 9)) == ((4, 5, 6, 7), 0.006) if stage else not confirm
    run = stored("b", project=tmp_path, data_root=tmp_path / "data")
    (again,) = judge_stored(run, Terms(), project=tmp_path, data_root=tmp_path / "data")
    assert (again.call, again.alpha, again.cells, again.rule.alpha) == (told.call, told.alpha, told.cells, told.rule.alpha)
    assert again.confirmation == stage


def test_a_stored_run_is_judged_again_by_the_look_that_counted(lab: Lab) -> None:
    """Though later cells were played before anybody could look; of one that nobody judged yet all seeds count."""
    assert counted(lab.dat_path) == (frozenset(SEEDS), 0.5)
    lab.play()
    judged(lab.dat_path, lab.plan, how(same), run_id=lab.run_id, selected=cells(lab, *SEEDS))
    assert counted(lab.dat_path) == (frozenset({0, 1}), 0.2)
    assert counted(Lab(lab.dat_path.parent, make_plan()).dat_path) is None
