"""Cells of earlier DATs taken over: which, as what, and how they are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import AgentEntry, Battery, CellLimits, Outcome, Query, Result, ScenarioEntry
from pytest_alienbio.play import ScenarioInfo
from pytest_alienbio.report import render
from pytest_alienbio.run import BatchResult, Project, run_batch
from pytest_alienbio.run.again.asked import Again
from pytest_alienbio.store import dat, log
from pytest_alienbio.store.index import Index

from ..parts import Right, make_battery, make_catalog

REUSE = Again(reuse=True)


def play(root: Path, battery: Battery, again: Again = Again()) -> BatchResult:  # noqa: B008 - frozen
    """The battery below `root`."""
    return run_batch(battery, Project(root), make_catalog(), root / "data", command=["t"], again=again)


def said(done: BatchResult) -> str:
    """The report, as a terminal shows it."""
    return render(done.document, 120)


def own(results: BatchResult) -> list[str]:
    """Ids of the cells that were played and not taken over."""
    return [result.id for result in results if not result.origin]


def plain(result: Result) -> Result:
    """Without what is told of where it lies."""
    return result.with_(run="", worker="", origin="", dat_path="", trace=None, trajectory=None)


def test_more_seeds_play_only_what_is_new_in_a_folder_that_holds_everything(tmp_path: Path) -> None:
    """The ids of the taken over cells are today's, with two digits; scores, times, traces are those that they had."""
    first = play(tmp_path, make_battery(agents=("right", "half"), seeds=range(2)))
    more = make_battery(agents=("right", "half"), seeds=range(11))
    second = play(tmp_path, more, REUSE)
    assert second.dat_path != first.dat_path
    assert len(own(second)) == 18
    taken = [result for result in second if result.origin]
    assert {result.id for result in taken} == {
        f"walks/plain[{agent}-s{seed:02d}]" for agent in ("right", "half") for seed in (0, 1)
    }
    by_key = {result.key: result for result in dat.open(first.dat_path).results()}
    assert all(plain(result) == plain(by_key[result.key]).with_(id=result.id) for result in taken)
    name = first.dat_path.relative_to(tmp_path / "data").as_posix()
    assert {result.origin for result in taken} == {f"reused:{name}#{by_key[taken[0].key].run}"}
    opened = dat.open(second.dat_path)
    assert all(opened.trace(result) == dat.open(first.dat_path).trace(by_key[result.key]) for result in taken)
    assert "22 cells, 4 reused, 18 run: 22 completed" in said(second)
    assert log.read(second.dat_path)[0]["reused"] == {first.dat_path.name: 4}


def test_packed_traces_are_taken_over_as_they_are_and_in_either_form(tmp_path: Path) -> None:
    plan = make_battery(seeds=range(3), trace_files="packed")
    first = play(tmp_path, plan)
    wanted = {result.key: dat.open(first.dat_path).trace(result) for result in first}
    for form in ("packed", "json", "packed"):
        again = play(tmp_path, replace(plan, trace_files=form), REUSE)
        assert own(again) == []
        assert {r.key: dat.open(again.dat_path).trace(r) for r in dat.open(again.dat_path).results()} == wanted


def test_a_lost_trace_does_not_keep_a_cell_from_being_taken_over(tmp_path: Path) -> None:
    first = play(tmp_path, make_battery())
    for file in (first.dat_path / "traces").iterdir():
        file.write_bytes(b"{")
    again = play(tmp_path, make_battery(), REUSE)
    assert own(again) == []
    assert {result.trace and result.trace.file for result in again} == {""}


@pytest.mark.parametrize(
    ("then", "now", "reused"),
    [
        ({}, {}, 4),
        ({"agents": ("right", "crash")}, {"agents": ("right", "crash")}, 2),
        ({}, {"agents": (AgentEntry("right", label="another"), "half")}, 4),
        ({}, {"scenarios": (ScenarioEntry("walks/line", difficulty=(1,)),)}, 0),
        ({}, {"agents": ("right", AgentEntry("right", kind="half", label="half2"))}, 4),
        ({"limits": CellLimits(steps=10)}, {}, 4),
        ({}, {"limits": CellLimits(steps=10)}, 4),
        ({}, {"limits": CellLimits(steps=9)}, 0),
        ({"limits": CellLimits(steps=9)}, {}, 0),
        ({"limits": CellLimits(steps=9)}, {"limits": CellLimits(steps=9)}, 4),
        ({"limits": CellLimits(wall_clock_s=60)}, {"limits": CellLimits(wall_clock_s=120)}, 4),
    ],
)
def test_what_is_taken_over(tmp_path: Path, then: dict[str, Any], now: dict[str, Any], reused: int) -> None:
    """Scored cells of the same key. A cell that came to its own end would do so under any number of calls that allows it."""
    agents = {"agents": ("right", "half")}
    play(tmp_path, make_battery(**{**agents, **then}))
    done = play(tmp_path, make_battery(**{**agents, **now}), REUSE)
    assert len(done) - len(own(done)) == reused
    assert len(done) == 4


def test_another_bar_judges_them_anew(tmp_path: Path) -> None:
    battery = make_battery(agents=("half",))
    assert {result.passed for result in play(tmp_path, battery)} == {False}
    easier = play(tmp_path, replace(battery, passing_score=0.4), REUSE)
    assert own(easier) == []
    assert {(result.passed, result.passing_score) for result in easier} == {(True, 0.4)}


@pytest.mark.parametrize("key", ["scoring_hash", "world"])
def test_what_was_scored_or_simulated_otherwise_is_played_again(tmp_path: Path, key: str) -> None:
    battery = make_battery(scenarios=("walks/plain",))
    play(tmp_path, battery)
    made = make_catalog()

    def changed(info: ScenarioInfo) -> ScenarioInfo:
        return replace(info, scoring_hash="v2") if key == "scoring_hash" else replace(info, world="v2")

    scenarios = {name: changed(info) for name, info in made.scenarios.items()}
    done = run_batch(
        battery, Project(tmp_path), replace(made, scenarios=scenarios), tmp_path / "data", command=["t"], again=REUSE
    )
    assert len(own(done)) == 2


def test_an_agent_that_a_script_hands_over_is_played_again(tmp_path: Path) -> None:
    """What its code does is in no key."""
    from pytest_alienbio.run import adhoc_battery

    battery = adhoc_battery("b", "walks/plain", Right, 2)
    play(tmp_path, battery)
    assert len(own(play(tmp_path, battery, REUSE))) == 2


def test_the_latest_of_several_is_taken_and_a_copy_keeps_its_origin(tmp_path: Path) -> None:
    battery = make_battery()
    play(tmp_path, battery)
    second = play(tmp_path, battery)
    third, fourth = play(tmp_path, battery, REUSE), play(tmp_path, battery, REUSE)
    where = second.dat_path.relative_to(tmp_path / "data").as_posix()
    for done in (third, fourth):
        assert {result.origin.partition("#")[0] for result in done} == {f"reused:{where}"}


def test_under_the_latest_that_does_not_fit_there_may_be_one_that_does(tmp_path: Path) -> None:
    """Rules that were tried and taken back cost no second play of what was played under the first ones."""
    first = play(tmp_path, make_battery())
    play(tmp_path, make_battery(limits=CellLimits(steps=5)))
    play(tmp_path, make_battery(agents=("half",), limits=CellLimits(steps=5)))
    again = play(tmp_path, make_battery(agents=("right", "half")), REUSE)
    name = first.dat_path.relative_to(tmp_path / "data").as_posix()
    assert {result.id: result.origin.startswith(f"reused:{name}#") for result in again if result.origin} == {
        "walks/plain[right-s0]": True,
        "walks/plain[right-s1]": True,
    }
    assert own(again) == ["walks/plain[half-s0]", "walks/plain[half-s1]"]


def test_a_copy_is_no_second_sample_and_nothing_imported(tmp_path: Path) -> None:
    first = play(tmp_path, make_battery())
    second = play(tmp_path, make_battery(), REUSE)
    with Index.open(tmp_path / "data") as index:
        index.refresh()
        assert index.count(Query()) == 4
        assert index.count(Query(latest=True)) == 2
        assert index.count(Query(imported=True)) == 0
    assert first.mean() == second.mean()


def test_resume_with_reuse_plays_a_changed_battery_into_a_new_folder_and_says_why(tmp_path: Path) -> None:
    first = play(tmp_path, make_battery(agents=("right", "half")))
    done = play(tmp_path, make_battery(agents=("right", "lazy"), seeds=(0, 1, 2)), Again("last", reuse=True))
    assert done.dat_path != first.dat_path
    assert Counter(bool(result.origin) for result in done) == {True: 2, False: 4}
    created = log.read(done.dat_path)[0]
    assert "seeds: 2 is new" in created["changed"]  # type: ignore[operator]


def test_resume_with_reuse_takes_over_only_what_the_run_does_not_hold(tmp_path: Path) -> None:
    """What is retried is played, whatever others found."""
    battery = make_battery(agents=("right", "outage"))
    first = play(tmp_path, battery)
    [journal] = (first.dat_path / "cells").iterdir()
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[1:]))
    play(tmp_path, make_battery(agents=("right",)))
    wanted = Again(str(first.dat_path), frozenset({Outcome.PROVIDER_ERROR}), reuse=True)
    done = play(tmp_path, battery, wanted)
    assert done.dat_path == first.dat_path
    assert [(r.agent, r.seed, bool(r.origin), r.attempt) for r in done] == [
        ("right", 0, True, 1),
        ("right", 1, False, 1),
        ("outage", 0, False, 2),
        ("outage", 1, False, 2),
    ]
    assert "4 cells, 1 from before, 1 reused, 2 run" in said(done)
