"""Going on with a run: what is played, what counts, what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import Action, AgentEntry, Battery, CellLimits, Observation, Outcome, Price, Result, ScenarioEntry
from pytest_alienbio.play import AgentRegistry, Catalog
from pytest_alienbio.report import render
from pytest_alienbio.run import BatchResult, Project, run_batch
from pytest_alienbio.run.again.asked import Again
from pytest_alienbio.run.again.starting import foresee
from pytest_alienbio.run.plan import plan
from pytest_alienbio.store import dat, find_dats, log
from pytest_alienbio.store.holding import Hold

from ..parts import Right, make_battery, make_catalog

ALL = Again(resume="last")


class Moody(Right):
    """Fails where the test says so."""

    mood: str = ""

    def decide(self, observation: Observation, /) -> Action:
        if Moody.mood == "crash":
            raise RuntimeError("boom")
        if Moody.mood == "stop":
            raise KeyboardInterrupt
        return Action("right")


@pytest.fixture(autouse=True)
def in_good_mood() -> Iterable[None]:
    yield
    Moody.mood = ""


def catalog() -> Catalog:
    """Ours, with the moody one."""
    made = make_catalog()
    agents = AgentRegistry(made.agents)
    agents.add("moody", Moody)
    return Catalog(made.scenarios, agents.entries)


def play(root: Path, battery: Battery, again: Again = Again()) -> BatchResult:  # noqa: B008 - frozen
    """The battery below `root`."""
    return run_batch(battery, Project(root), catalog(), root / "data", command=["t"], again=again)


def two(**more: Any) -> Battery:
    """Two agents, two seeds."""
    return make_battery(agents=("right", "moody"), **more)


def interrupted(root: Path, battery: Battery) -> Path:
    """A run that somebody stopped in the first cell of `moody`; its DAT."""
    Moody.mood = "stop"
    with pytest.raises(KeyboardInterrupt):
        play(root, battery)
    Moody.mood = ""
    return find_dats(root / "data")[0]


def lines(path: Path) -> list[Result]:
    """Every record of a DAT, those that do not count, too."""
    from pytest_alienbio.store import codec, layout

    return [codec.decode(line) for file in layout.journals(path) for line in file.read_bytes().splitlines()]


def told(results: Iterable[Result]) -> list[tuple[object, ...]]:
    """What has to be the same however a run came about."""
    return [(r.id, r.key, r.outcome, r.score, r.passed, r.scores, r.attempt) for r in results]


def test_a_stopped_run_is_finished_in_its_own_folder_and_says_what_an_undisturbed_one_says(tmp_path: Path) -> None:
    path = interrupted(tmp_path / "stopped", two())
    before = {result.id: result.outcome for result in dat.open(path).results()}
    assert Counter(before.values()) == {Outcome.COMPLETED: 2, Outcome.NOT_RUN: 2}
    done, undisturbed = play(tmp_path / "stopped", two(), ALL), play(tmp_path / "undisturbed", two())
    assert done.dat_path == path
    assert find_dats(tmp_path / "stopped" / "data") == [path]
    assert told(done) == told(undisturbed)
    assert told(dat.open(path).results()) == told(dat.open(undisturbed.dat_path).results())
    assert done.status == undisturbed.status == dat.open(path).status()["verdict"]
    assert done.mean("moody") == undisturbed.mean("moody")
    assert "4 cells, 2 from before, 2 run: 4 completed" in render(done.document, 120)


def test_the_log_says_who_went_on_when_how_and_with_what(tmp_path: Path) -> None:
    path = interrupted(tmp_path, two())
    done = play(tmp_path, two(), ALL)
    entries = [entry for entry in log.read(path) if entry["event"] == "resumed"]
    [entry] = entries
    assert entry["cells"] == {"before": 2, "play": 2}
    assert entry["again"] == {"not_run": 2}
    assert entry["command"] == ["t"]
    assert {"user", "at", "host", "author", "packages"} <= entry.keys()
    assert entry["run"] == next(result.run for result in done if result.agent == "moody")
    assert len({result.run for result in done}) == 2


def test_a_whole_run_is_shown_again_and_nothing_is_played_or_said_to_be(tmp_path: Path) -> None:
    first = play(tmp_path, two())
    again = play(tmp_path, two(), ALL)
    assert told(again) == told(first)
    assert again.dat_path == first.dat_path
    assert again.status == first.status
    assert len(lines(first.dat_path)) == 4
    entries = list(log.read(first.dat_path))
    assert [entry["event"] for entry in entries] == ["created", "closed", "resumed", "closed"]
    assert entries[2]["cells"] == {"before": 4, "play": 0}


def test_without_an_earlier_run_it_is_the_first(tmp_path: Path) -> None:
    """So the same command can be given again and again, by a queue that restarts jobs."""
    assert len(play(tmp_path, two(), ALL)) == 4
    assert len(find_dats(tmp_path / "data")) == 1


def test_errors_stay_until_they_are_retried_and_attempts_count_on(tmp_path: Path) -> None:
    Moody.mood = "crash"
    first = play(tmp_path, two())
    assert play(tmp_path, two(), ALL).counts == first.counts == {Outcome.COMPLETED: 2, Outcome.AGENT_ERROR: 2}
    second = play(tmp_path, two(), Again(retry=frozenset({Outcome.AGENT_ERROR})))
    assert [result.attempt for result in second if result.agent == "moody"] == [2, 2]
    Moody.mood = ""
    third = play(tmp_path, two(), Again(retry=frozenset({Outcome.AGENT_ERROR, Outcome.LOST})))
    assert third.dat_path == first.dat_path
    assert [(r.outcome, r.attempt) for r in third if r.agent == "moody"] == [(Outcome.COMPLETED, 3)] * 2
    assert [r.attempt for r in third if r.agent == "right"] == [1, 1], "what has a score is not played again"
    assert len(lines(first.dat_path)) == 2 + 3 * 2, "every attempt is kept"
    assert third.mean("moody") == 1.0
    assert third.summary.outcomes == {Outcome.COMPLETED: 4}, "and counted once"


def test_a_retry_of_other_errors_plays_nothing(tmp_path: Path) -> None:
    Moody.mood = "crash"
    first = play(tmp_path, two())
    play(tmp_path, two(), Again(retry=frozenset({Outcome.PROVIDER_ERROR})))
    assert len(lines(first.dat_path)) == 4


def test_a_retry_alone_leaves_what_was_not_begun(tmp_path: Path) -> None:
    battery = make_battery(agents=("crash", "moody"))
    path = interrupted(tmp_path, battery)
    done = play(tmp_path, battery, Again(retry=frozenset({Outcome.AGENT_ERROR})))
    assert done.counts == {Outcome.AGENT_ERROR: 2}
    assert done.status == "incomplete"
    both = play(tmp_path, battery, Again("last", frozenset({Outcome.AGENT_ERROR})))
    assert both.dat_path == path
    assert [(r.agent, r.outcome, r.attempt) for r in both] == [
        ("crash", Outcome.AGENT_ERROR, 3),
        ("crash", Outcome.AGENT_ERROR, 3),
        ("moody", Outcome.COMPLETED, 1),
        ("moody", Outcome.COMPLETED, 1),
    ]


def test_a_later_error_does_not_take_a_score_away(tmp_path: Path) -> None:
    """Of a cell's attempts the latest scored one counts: an amended journal of a later run with an error changes nothing."""
    first = play(tmp_path, two())
    from pytest_alienbio.store import Journal

    later = Journal(first.dat_path, "99990101T000000-ffffff", "main")
    [one, *_] = first.results
    later.append(one.with_(outcome=Outcome.LOST, score=None, scores={}, passed=None, attempt=2, run="99", ended_at=4e9))
    later.close()
    again = play(tmp_path, two(), Again("last", frozenset({Outcome.LOST})))
    assert told(again) == told(first)


@pytest.mark.parametrize("torn", [1, 40, 100_000])
def test_a_torn_journal_costs_its_last_cell_which_is_played_again(tmp_path: Path, torn: int) -> None:
    first = play(tmp_path, two())
    [journal] = (first.dat_path / "cells").iterdir()
    data = journal.read_bytes()
    journal.write_bytes(data[:-torn])
    for name in ("results.json", "results.yaml", "summary.csv"):
        (first.dat_path / name).unlink()
    again = play(tmp_path, two(), ALL)
    assert told(again) == told(first)
    assert len(list(dat.open(first.dat_path).results())) == 4


CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "seeds": ({"seeds": (1, 2, 3)}, ["seeds: 2, 3 are new, 0 is gone", "cells: 4 new, 2 gone"]),
    "agent": ({"agents": ("right", "half")}, ["agents: half is new, moody is gone", "cells: 2 new, 2 gone"]),
    "level": (
        {"scenarios": (ScenarioEntry("walks/line", difficulty=(1,)),)},
        ["scenarios.walks/line: new", "scenarios.walks/plain: gone"],
    ),
    "bar": ({"passing_score": 0.9}, ["scenarios.walks/plain: passing_score 0.6 -> 0.9", "cells: 4 changed"]),
    "steps": ({"limits": CellLimits(steps=3)}, ["limits.per_cell.steps: none -> 3"]),
    "param": (
        {"agents": ("right", AgentEntry("moody", kind="random", params={"wait_probability": 0.1}))},
        [
            "agents.moody: kind moody -> random, role candidate -> floor, params.wait_probability none -> 0.1",
            "cells: 2 changed",
        ],
    ),
    "role": ({"agents": ("right", AgentEntry("moody", role="floor"))}, ["agents.moody: role candidate -> floor"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_battery_that_is_another_one_now_is_refused_with_what_changed(tmp_path: Path, what: str) -> None:
    """Nothing is played, nothing written, and nobody is kept from going on."""
    path = interrupted(tmp_path, two())
    entries, changed, expected = log.read(path), *CHANGES[what]
    battery = make_battery(**{"agents": ("right", "moody"), **changed})
    with pytest.raises(SpecError) as caught:
        play(tmp_path, battery, ALL)
    for sentence in [*expected, str(path), "--bio-reuse"]:
        assert sentence in str(caught.value)
    assert log.read(path) == entries
    assert play(tmp_path, two(), ALL).status == "passed"


def test_how_a_run_is_judged_and_shown_may_change(tmp_path: Path) -> None:
    interrupted(tmp_path, two())
    done = play(tmp_path, replace(two(), description="new", tags=("nightly",), cells="record", traces="none"), ALL)
    assert done.status == "passed"


@pytest.mark.parametrize("name", ["no/where", "smoke"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    play(tmp_path, two())
    with pytest.raises(SpecError, match=r"is no result folder, .*--bio-resume=DAT with `=`"):
        play(tmp_path, two(), Again(resume=name))


def test_another_batterys_folder_is_refused(tmp_path: Path) -> None:
    path = play(tmp_path, replace(two(), name="other")).dat_path
    with pytest.raises(SpecError, match="is a run of other, and b is to be played"):
        play(tmp_path, two(), Again(resume=str(path)))


def test_a_named_folder_is_gone_on_with_though_it_is_not_the_last(tmp_path: Path) -> None:
    path = interrupted(tmp_path, two())
    newer = play(tmp_path, two()).dat_path
    for name in (str(path), path.relative_to(tmp_path / "data").as_posix()):
        assert play(tmp_path, two(), Again(resume=name)).dat_path == path
    assert play(tmp_path, two(), ALL).dat_path == newer


def test_what_was_imported_or_is_another_files_is_not_the_last_run(tmp_path: Path) -> None:
    path = interrupted(tmp_path, two())
    play(tmp_path, replace(two(), source=str(tmp_path / "elsewhere.battery.yaml")))
    assert play(tmp_path, two(), ALL).dat_path == path


def test_without_a_run_there_is_nothing_to_retry(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"there is no run of b below .* yet; play it first"):
        play(tmp_path, two(), Again(retry=frozenset({Outcome.LOST})))
    assert not (tmp_path / "data").exists()


def test_a_run_that_is_still_played_is_refused_and_one_whose_holder_died_is_not(tmp_path: Path) -> None:
    path = interrupted(tmp_path, two())
    other = Hold(path)
    with pytest.raises(StoreError, match=r"is being played by .* since 20.*Z; wait for its end, or stop it first"):
        play(tmp_path, two(), ALL)
    assert len(lines(path)) == 4
    del other
    assert play(tmp_path, two(), ALL).status == "passed"


class Curious(Right):
    """Tries to go on with the run that it plays in."""

    root: Path
    caught: list[str] = []  # noqa: RUF012 - of the class, on purpose

    def decide(self, observation: Observation, /) -> Action:
        if observation.step == 0:
            try:
                Hold(find_dats(self.root / "data")[0])
            except StoreError as error:
                Curious.caught.append(str(error))
        return Action("right")


def test_a_new_run_is_held_from_its_first_moment_to_its_end(tmp_path: Path) -> None:
    made = make_catalog()
    agents = AgentRegistry(made.agents)
    agents.add("curious", Curious)
    Curious.root = tmp_path
    battery = make_battery(agents=("curious",), seeds=(0,))
    done = run_batch(battery, Project(tmp_path), Catalog(made.scenarios, agents.entries), tmp_path / "data", command=["t"])
    assert len(Curious.caught) == 1
    Hold(done.dat_path).release()


def test_an_interrupt_while_going_on_leaves_the_rest_for_the_next_time(tmp_path: Path) -> None:
    path = interrupted(tmp_path, two())
    Moody.mood = "stop"
    with pytest.raises(KeyboardInterrupt):
        play(tmp_path, two(), ALL)
    assert dat.open(path).status()["verdict"] == "interrupted"
    Moody.mood = ""
    done = play(tmp_path, two(), ALL)
    assert done.status == "passed"
    assert [entry["event"] for entry in log.read(path)] == ["created", "closed", *["resumed", "closed"] * 2]


def test_cells_of_an_agent_that_was_not_to_cost_money_are_left_to_play(tmp_path: Path) -> None:
    """They are due once it may, and not before; nor are those that a cell's own reason skipped."""
    paid = AgentEntry("dear", "openai", {"model": "m"}, price=Price(1.0, 2.0))
    battery = make_battery(agents=("right", paid))
    first = play(tmp_path, battery)
    assert Counter(one.outcome for one in first.results) == {Outcome.COMPLETED: 2, Outcome.SKIPPED: 2}

    def left(battery: Battery, again: Again) -> set[str]:
        made = plan(battery, catalog())
        start = foresee(again, made, data_root=tmp_path / "data", source="", look=True)
        return {cell.agent.name for cell in made.cells if cell.id in start.play}

    assert left(battery, ALL) == set()
    assert left(replace(battery, live=True), ALL) == {"dear"}
    assert left(replace(battery, live=True), Again(retry=frozenset({Outcome.TIMED_OUT}))) == set(), "only what is asked for"
