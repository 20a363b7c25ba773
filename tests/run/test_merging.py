"""What `bio merge` refuses, with everything that is wrong at once, and what it counts as not run when it is told to go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import AlienBioError, SpecError, StoreError
from pytest_alienbio.model import Outcome, Plan, Selection, Usage
from pytest_alienbio.play import result_of
from pytest_alienbio.report import render
from pytest_alienbio.run import Run, close_dat, new_run_id, open_dat, select
from pytest_alienbio.run.execute import execute
from pytest_alienbio.run.merging import Merged, merge
from pytest_alienbio.run.project import find_project
from pytest_alienbio.store import dat, find_dats, log
from pytest_alienbio.store.annotations import TAGGED, annotated
from pytest_alienbio.store.layout import journals

from .parts import make_battery, make_catalog, make_plan

PLAN = make_plan(["walks/plain"], ["right", "half"], [0, 1, 2])


def shard(
    root: Path, number: int, count: int = 3, *, plan: Plan = PLAN, close: bool = True, run_id: str = "", **chosen: object
) -> Path:
    """One machine's part of `plan`, played and closed."""
    selection = Selection(shard=(number, count), **chosen)  # type: ignore[arg-type]
    cells, run_id = select(plan, selection), run_id or new_run_id()
    path = open_dat(root / f"machine{number}", plan, run_id=run_id, project=root, command=["test"], selection=selection)
    run = Run.of_plan(plan, path, run_id, "main")
    execute(cells if close else cells[:1], run, make_catalog(), limits=plan.battery.limits)
    run.close()
    if close:
        ids = frozenset(cell.id for cell in cells)
        close_dat(path, plan, run_id=run_id, selected=ids, interrupted=False, command=lambda cell: "")
    return path


def merged(root: Path, *paths: Path, **more: bool) -> Merged:
    return merge([(path.name, path) for path in paths], find_project(root), root / "data", **more)  # type: ignore[arg-type]


def refused(root: Path, *paths: Path, **more: bool) -> str:
    with pytest.raises(AlienBioError) as caught:
        merged(root, *paths, **more)
    assert not find_dats(root / "data"), "nothing is written"
    return str(caught.value)


def test_a_missing_shard_is_refused_and_counts_as_not_run_if_that_is_allowed(tmp_path: Path) -> None:
    """Its cells are booked, the run is incomplete, and says how many; nothing was from before."""
    paths = [shard(tmp_path, number) for number in (1, 3)]
    assert "a shard is missing: 2/3; with --allow-missing its cells count as not run" in refused(tmp_path, *paths)
    done = merged(tmp_path, *paths, allow_missing=True)
    assert done.missing == (2,)
    assert done.closed.status == "incomplete"
    lost = {cell.id for cell in select(PLAN, Selection(shard=(2, 3)))}
    results = list(dat.open(done.closed.dat_path).results())
    assert {result.id for result in results if result.outcome is Outcome.NOT_RUN} == lost
    assert len(results) == len(PLAN)
    assert dat.open(done.closed.dat_path).status()["cells"] == {"planned": 6, "selected": 6, "recorded": 4}


def test_what_is_left_of_a_selection_is_not_missing(tmp_path: Path) -> None:
    """Shards of a part of the battery make that part; a shard without any of its cells need not be there."""
    plan = make_plan(["walks/plain"], ["right", "half"], [0])
    paths = [shard(tmp_path, number, 4, plan=plan) for number in (1, 3)]
    assert len(list(dat.open(merged(tmp_path, *paths).closed.dat_path).results())) == 2, "two cells make two shards of four"
    agents = [shard(tmp_path, number, agents=("right",)) for number in (1, 2, 3)]
    done = merged(tmp_path, *agents[:2], allow_missing=True)
    assert {result.agent for result in dat.open(done.closed.dat_path).results()} == {"right"}


def test_an_open_shard_is_refused_and_counts_as_far_as_it_came_if_that_is_allowed(tmp_path: Path) -> None:
    paths = [shard(tmp_path, 1), shard(tmp_path, 2), shard(tmp_path, 3, close=False)]
    assert "it is open: its run goes on, or died before its end" in refused(tmp_path, *paths)
    done = merged(tmp_path, *paths, allow_missing=True)
    outcomes = [result.outcome for result in dat.open(done.closed.dat_path).results()]
    assert outcomes.count(Outcome.COMPLETED) == 5
    assert outcomes.count(Outcome.NOT_RUN) == 1


def test_every_shard_that_does_not_fit_is_named_with_why(tmp_path: Path) -> None:
    """Named twice, of another number, of another plan: what differs is told by its place, not by a hash."""
    first = shard(tmp_path, 1)
    battery = make_battery(["walks/plain"], ["right", "half"], [0, 1, 9], passing_score=0.9)
    other = shard(tmp_path / "b", 2, plan=make_plan(["walks/plain"], ["right", "half"], [0, 1, 9], passing_score=0.9))
    assert battery.seeds == (0, 1, 9)
    said = refused(tmp_path, first, shard(tmp_path / "c", 1), other, shard(tmp_path / "d", 2, 4))
    assert "it is shard 1/3, and so is " in said
    assert "experiment.b.seeds is [0,1,9], there [0,1,2]" in said
    assert "experiment.b.passing_score is 0.9, there not there" in said
    assert "it is shard 2 of 4, and " in said
    assert "_hash" not in said


def test_what_is_no_shard_is_refused(tmp_path: Path) -> None:
    whole = open_dat(tmp_path / "data2", PLAN, run_id=new_run_id(), project=tmp_path, command=["test"])
    assert "it is no shard: its run was not played with --bio-shard" in refused(tmp_path, whole)


def test_a_cell_of_another_shard_is_refused(tmp_path: Path) -> None:
    """Which is where, the plan alone decides; a folder that has more was not made by its options."""
    one, two = shard(tmp_path, 1), shard(tmp_path, 2)
    (foreign,) = journals(two)
    (one / "cells" / "added.jsonl").write_bytes(foreign.read_bytes())
    assert "2 cells of other shards in shard 1/3" in refused(tmp_path, one, two, shard(tmp_path, 3))


def test_two_shards_under_one_run_id_have_files_of_one_name(tmp_path: Path) -> None:
    """Journals keep their names, so neither is copied over the other; and nothing of a half-made folder is left."""
    paths = [shard(tmp_path, number, run_id="same") for number in (1, 2, 3)]
    with pytest.raises(StoreError, match="leave ALIENBIO_RUN_ID alone"):
        merged(tmp_path, *paths)
    assert not list((tmp_path / "data" / "results" / "b").glob("*"))


def test_tags_and_notes_of_the_shards_are_the_whole_runs(tmp_path: Path) -> None:
    """And where each shard came from is in the log, and its surroundings in the environment."""
    paths = [shard(tmp_path, number) for number in (1, 2, 3)]
    log.append(paths[1], TAGGED, {"tags": ["gpu"]}, author="Ann")
    done = merged(tmp_path, *paths)
    opened = dat.open(done.closed.dat_path)
    assert annotated(opened.path).run.tags == ("gpu",)
    around = opened.environment()["shards"]
    assert isinstance(around, dict)
    assert sorted(around) == ["1", "2", "3"]
    assert "selection" not in opened.spec()["resolved"]  # type: ignore[operator]
    assert [entry["event"] for entry in opened.log()] == ["created", "tagged", "merged", "closed"]


def test_cells_that_only_a_catalog_could_name_are_not_guessed(tmp_path: Path) -> None:
    path = shard(tmp_path, 1, names=("walks/*",))
    merged(tmp_path, path, allow_missing=True)
    tagged = shard(tmp_path / "t", 1, plan=make_plan(["walks/plain"], ["right"], [0, 1], tags=("x",)), tags=("x",))
    with pytest.raises(SpecError, match="they were chosen by tags"):
        merged(tmp_path, tagged, allow_missing=True)


def test_a_shard_that_was_gone_on_with_is_of_this_run_as_a_whole(tmp_path: Path) -> None:
    """No session knew of another run: nothing is from before, and what every session spent is spent."""
    paths = [shard(tmp_path, number) for number in (1, 2, 3)]
    cell = select(PLAN, Selection(shard=(1, 3)))[0]
    for score in (None, 1.0):
        run = Run.of_plan(PLAN, paths[0], new_run_id(), "main", {cell.id: 1})
        outcome = Outcome.PROVIDER_ERROR if score is None else Outcome.COMPLETED
        run.record(result_of(cell, outcome, "").with_(score=score, usage=Usage(10, 0.5, 1)), cell)
        run.close()
    done = merged(tmp_path, *paths)
    assert render(done.closed.document, 100).splitlines()[1] == "6 cells: 6 completed"
    assert dat.open(done.closed.dat_path).status()["spent"] == {"usd": 1.0, "tokens": 20, "requests": 2}


def test_a_shard_that_lost_a_record_is_refused_and_its_cell_counts_as_not_run_if_that_is_allowed(tmp_path: Path) -> None:
    """A torn journal makes no smaller run that passes: the cell was played, and nobody knows with what."""
    paths = [shard(tmp_path, number) for number in (1, 2, 3)]
    [journal] = journals(paths[1])
    journal.write_bytes(journal.read_bytes()[:-40])
    assert "it is damaged: 1 cell that it was closed with cannot be read any more" in refused(tmp_path, *paths)
    done = merged(tmp_path, *paths, allow_missing=True)
    assert done.closed.status == "incomplete"
    assert dat.open(done.closed.dat_path).status()["cells"] == {"planned": 6, "selected": 6, "recorded": 5}
