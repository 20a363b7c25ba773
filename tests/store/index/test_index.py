"""Questions to the index, answered as a look into the folders would."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome, Query, Result
from pytest_alienbio.store import Dat, encode
from pytest_alienbio.store.annotations import note, tag
from pytest_alienbio.store.index import COLUMNS, Index
from tests.store.index.parts import a_run, add, ids, keeps, stored
from tests.store.samples import a_result
from tests.store.samples import results as any_result

few = st.sampled_from(["a", "b", "ab"])
a_param = st.sampled_from([1, 1.0, 0.5, "x", None, [1]])


@st.composite
def small(draw: st.DrawFn) -> Result:
    """A result of a small matrix, so that many queries keep some and drop some."""
    outcome = draw(st.sampled_from([Outcome.COMPLETED, Outcome.TRUNCATED, Outcome.TIMED_OUT, Outcome.SKIPPED]))
    agent, scenario, seed = draw(few), draw(few), draw(st.integers(0, 3) | st.just(2**64))
    return a_result().with_(
        battery=draw(few),
        agent=agent,
        scenario=scenario,
        seed=seed,
        key=f"{agent}{scenario}{seed}",
        id=f"{scenario}[{agent}-s{seed}]",
        role=draw(st.sampled_from(["candidate", "floor"])),
        outcome=outcome,
        score=draw(st.none() | st.sampled_from([0.0, 0.25, 1.0])) if outcome.scored else None,
        passed=draw(st.none() | st.booleans()),
        ended_at=draw(st.sampled_from([0.0, 1.5, 2.0, 3.0])),
        tags=tuple(draw(st.lists(few, max_size=2))),
        difficulty=draw(st.none() | st.integers(1, 3)),
        params=draw(st.dictionaries(few, st.sampled_from([0, 1, 0.5, "x", None, [1]]), max_size=2)),
        dat_path=draw(st.sampled_from(["one", "two"])),
    )


queries = st.builds(
    Query,
    agents=st.lists(st.sampled_from(["a", "*b", "c*"]), max_size=2).map(tuple),
    scenarios=st.lists(st.sampled_from(["a*", "b", "?"]), max_size=1).map(tuple),
    batteries=st.lists(few, max_size=1).map(tuple),
    roles=st.lists(st.sampled_from(["floor", "reference"]), max_size=2).map(tuple),
    seeds=st.none() | st.frozensets(st.integers(0, 3) | st.just(2**64)),
    outcomes=st.frozensets(st.sampled_from(["completed", "timed_out"]), max_size=2),
    passed=st.none() | st.booleans(),
    min_score=st.none() | st.sampled_from([0.0, 0.2, 1.0]),
    max_score=st.none() | st.sampled_from([0.25, 0.9]),
    since=st.none() | st.sampled_from([1.5, 1.6]),
    until=st.none() | st.sampled_from([2.0, 2.5]),
    tags=st.lists(few, max_size=2).map(tuple),
    levels=st.sampled_from([(), ((1, 1),), ((2, 10**30),), ((1, 1), (3, 3))]),
    params=st.dictionaries(few, st.lists(a_param, min_size=1, max_size=2).map(tuple), max_size=1),
)  # fmt: skip


@given(st.lists(small(), max_size=12, unique_by=lambda result: (result.dat_path, result.id)), queries)
@settings(deadline=None, max_examples=80)
def test_a_query_keeps_what_its_words_say(results: list[Result], query: Query) -> None:
    """Each field of `Query` against one sentence of Python; the rest of the questions agree with that."""
    wanted = [result for result in results if keeps(query, result)]
    with Index.of(results) as index:
        found = list(index.results(query))
        assert sorted(map(id, found)) == sorted(map(id, wanted))
        assert index.count(query) == len(wanted)
        sums = index.leaves(query)
        assert sum(sum(leaf.outcomes.values()) for leaf in sums) == len(wanted)
        assert sum(leaf.n for leaf in sums) == sum(result.score is not None for result in wanted)
        assert math.isclose(sum(leaf.total for leaf in sums), sum(result.score or 0.0 for result in wanted))


lines_to_write = st.lists(st.tuples(small(), st.sampled_from(["gw0", "gw1"]), st.integers(1, 3)), max_size=10)


@given(lines_to_write, st.integers(0, 10), queries)
@settings(deadline=None, max_examples=30)
def test_a_query_keeps_what_a_scan_of_the_journals_keeps(
    written: list[tuple[Result, str, int]], early: int, query: Query
) -> None:
    """Several folders, writers and attempts; some lines come after the index was made. Nothing of ours reads the lines."""
    with tempfile.TemporaryDirectory() as name:
        dats = {place: a_run(Path(name), run=place) for place in ("one", "two")}
        for step in (written[:early], written[early:]):
            for result, worker, attempt in step:
                add(dats[result.dat_path], result.with_(attempt=attempt, run="r", worker=worker), worker=worker)
            with Index.open(Path(name)) as index:
                index.refresh()
                found = list(index.rows(query, ["dat", "id", "attempt"]))
                assert index.count(query) == len(found)
        wanted = []
        for dat in dats.values():
            best: dict[object, dict[str, Any]] = {}
            for path in sorted((dat.path / "cells").glob("*")):
                for line in map(json.loads, path.read_text("utf-8").splitlines()):
                    known = best.setdefault((line["key"], line["id"]), line)
                    if _standing(line) >= _standing(known):
                        best[line["key"], line["id"]] = line
            wanted += [(str(dat.path), line["id"], line["attempt"]) for line in best.values() if keeps(query, _of(line))]
        assert sorted(found) == sorted(wanted)


def _standing(line: dict[str, Any]) -> tuple[bool, str, int]:
    """The line of a cell with the highest counts; of equal ones the last."""
    return line["outcome"] in ("completed", "truncated"), line["ended_at"] or "", line["attempt"]


def _of(line: dict[str, Any]) -> Result:
    """What `keeps` looks at of a line."""
    names = ("battery", "agent", "scenario", "seed", "role", "score", "passed", "difficulty", "params")
    ended = datetime.fromisoformat(line["ended_at"]).timestamp() if line["ended_at"] else 0.0
    same = {name: line[name] for name in names}
    return a_result().with_(**same, outcome=Outcome(line["outcome"]), tags=tuple(line["tags"]), ended_at=ended)


@given(st.lists(any_result(), max_size=4, unique_by=lambda result: (result.key, result.id)))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_give_what_the_results_hold(results: list[Result]) -> None:
    """Whatever a cell may give, huge numbers and strange names included, comes back by its column."""
    with Index.of(results) as index:
        rows = {row[0]: row[1:] for row in index.rows(Query(), ["id", "key", *COLUMNS])}
        by_id = {(result.id, result.key): result for result in results}
        assert len(list(index.rows(Query(), ["id"]))) == len(results)
        for name, (key, *values) in rows.items():
            row, result = dict(zip(COLUMNS, values, strict=True)), by_id[name, key]
            assert row["seed"] == result.seed
            assert row["difficulty"] == result.difficulty
            assert row["score"] == result.score
            assert row["passed"] is result.passed
            assert row["tags"] == result.tags
            assert row["params"] == result.params
            assert row["scores"] == result.scores
            assert row["metrics"] == result.metrics
            assert row["properties"] == result.properties
            assert row["outcome"] == result.outcome
            assert row["reason"] == result.reason
            assert row["error"] == (result.error.type if result.error else "")
            assert row["tokens"] == result.usage.tokens
            assert row["usd"] == result.usage.usd
            assert row["ended_at"] == (result.ended_at or None)
            assert row["steps"] == (result.trace.steps if result.trace else None)


def test_results_come_whole_and_in_the_order_of_the_folder(tmp_path: Path) -> None:
    """What `Dat.results` gives, field by field."""
    dat = a_run(tmp_path, [a_result(seed, agent=agent) for seed in (3, 1, 2) for agent in ("random", "oracle")])
    with Index.open(tmp_path) as index:
        assert index.refresh() == ()
        assert list(index.results()) == list(dat.results())
        assert list(index.results(offset=2, limit=3)) == list(dat.results())[2:5]
        assert index.dats() == [str(dat.path)]
        assert index.notes() == []


def test_folders_come_newest_first_and_a_page_goes_on_where_the_last_ended(tmp_path: Path) -> None:
    old = a_run(tmp_path, [a_result(seed) for seed in range(3)], run="r1")
    new = a_run(tmp_path, [a_result(seed) for seed in range(4)], run="r2", battery="c")
    with Index.open(tmp_path) as index:
        index.refresh()
        every = list(index.rows(Query(), ["dat", "seed"]))
        assert [row[0] for row in every] == [str(new.path)] * 4 + [str(old.path)] * 3
        paged = [row for start in range(0, 8, 2) for row in index.rows(Query(), ["dat", "seed"], limit=2, offset=start)]
        assert paged == every
        swapped = Query(dats=(str(old.path), str(new.path)))
        assert [row[0] for row in index.rows(swapped, ["dat"])] == [str(old.path)] * 3 + [str(new.path)] * 4


def test_rows_are_ordered_by_any_column_and_what_is_missing_comes_last() -> None:
    """Both ways; ties stay in the usual order."""
    scores = [0.5, None, 0.9, 0.5]
    results = [a_result(seed, score=score).with_(scores={"part": seed % 2}) for seed, score in enumerate(scores)]
    with Index.of(results) as index:

        def seeds(*order: str) -> list[int]:
            return [seed for (seed,) in index.rows(Query(), ["seed"], order)]

        assert seeds("score") == [0, 3, 2, 1]
        assert seeds("-score") == [2, 0, 3, 1]
        assert seeds("-scores.part", "-seed") == [3, 1, 2, 0]
        assert seeds("scores.nothing") == [0, 1, 2, 3]
        assert [result.seed for result in index.results(order=["-score"], limit=2)] == [2, 0]


def test_a_column_that_is_none_is_refused_with_the_nearest() -> None:
    with Index.of([a_result()]) as index:
        with pytest.raises(SpecError, match="did you mean 'score'"):
            index.rows(Query(), ["scor"])
        with pytest.raises(SpecError, match="did you mean 'scenario'"):
            index.rows(Query(), ["id"], order=["-scenaro"])
        with pytest.raises(SpecError, match="cannot be ordered by 'params'"):
            index.rows(Query(), ["id"], order=["params"])
        with pytest.raises(SpecError, match="no names of"):
            index.names("colour")


def test_words_of_a_query_are_never_sql(tmp_path: Path) -> None:
    """What a user writes is compared, not run."""
    hostile = "x') OR 1=1; DROP TABLE record; --"
    a_run(tmp_path, [a_result(), a_result(1, agent=hostile).with_(tags=(hostile,), params={hostile: hostile})])
    with Index.open(tmp_path) as index:
        index.refresh()
        assert index.count(Query(agents=(hostile,))) == 1
        assert index.count(Query(tags=(hostile,), params={hostile: (hostile,)})) == 1
        assert index.count(Query(commit=hostile)) == index.count(Query(note=hostile)) == 0
        assert [value for (value,) in index.rows(Query(), [f"params.{hostile}"], order=[f"-params.{hostile}"])] == [
            hostile,
            None,
        ]
        assert index.count() == 2


def test_tags_and_notes_of_runs_and_cells_are_found(tmp_path: Path) -> None:
    """A tag of a scenario, of a battery, of a run, of a cell; a note likewise; and when they are taken off."""
    plain = a_run(tmp_path, [a_result(0), a_result(1).with_(tags=("hard",))], run="r1", tags=["nightly"])
    a_run(tmp_path, [a_result(0)], run="r2", battery="c")
    tag(plain.path, ["odd"], cell=a_result(1).id)
    note(plain.path, "The Cooler broke", cell=a_result(0).id)
    with Index.open(tmp_path) as index:
        index.refresh()
        assert ids(index, Query(tags=("hard",))) == [a_result(1).id]
        assert ids(index, Query(tags=("nightly",))) == [a_result(0).id, a_result(1).id]
        assert ids(index, Query(tags=("odd",))) == [a_result(1).id]
        assert ids(index, Query(note="cooler")) == [a_result(0).id]
        assert index.names("tag") == ["hard", "nightly", "odd"]
        tag(plain.path, ["odd"], cell=a_result(1).id, remove=True)
        tag(plain.path, ["kept"])
        note(plain.path, "on the slow machine")
        index.refresh()
        assert ids(index, Query(tags=("odd",))) == []
        assert len(ids(index, Query(tags=("kept",)))) == len(ids(index, Query(note="slow"))) == 2
        assert ids(index, Query(tags=("nightly",), note="Cooler")) == [a_result(0).id]


def test_a_commit_is_named_by_its_beginning(tmp_path: Path) -> None:
    a_run(tmp_path, [a_result(0)], run="r1", commit="ab" * 20)
    a_run(tmp_path, [a_result(1)], run="r2", commit="ac" * 20)
    a_run(tmp_path, [a_result(2)], run="r3")
    with Index.open(tmp_path) as index:
        index.refresh()
        assert ids(index, Query(commit="ab")) == [a_result(0).id]
        assert index.count(Query(commit="a")) == 2
        assert index.names("commit") == ["ab" * 20, "ac" * 20]
        assert sorted(row[0] for row in index.rows(Query(), ["commit"])) == ["", "ab" * 20, "ac" * 20]


@given(st.lists(small(), max_size=10, unique_by=lambda result: (result.dat_path, result.id)), st.none() | st.just(2.0))
@settings(deadline=None, max_examples=40)
def test_the_latest_of_a_cell_is_the_latest_scored_one(results: list[Result], until: float | None) -> None:
    """Of those in the span of time that is asked for; only then the other fields filter."""
    first = [result.dat_path for result in results[:1]]
    looked_at = sorted(
        (result for result in results if keeps(Query(until=until), result)), key=lambda result: result.dat_path not in first
    )
    latest: dict[str, Result] = {}
    for result in looked_at:
        known = latest.get(result.id)
        if known is None or _rank(result) > _rank(known):
            latest[result.id] = result
    with Index.of(results) as index:
        found = {result.id: result for result in index.results(Query(until=until, latest=True))}
        assert found == latest
        errors = index.count(Query(until=until, latest=True, outcomes=frozenset(["timed_out"])))
        assert errors == sum(result.outcome == "timed_out" for result in latest.values())


def _rank(result: Result) -> tuple[bool, float, int]:
    return result.outcome.scored, result.ended_at, result.attempt


def test_imported_records_are_told_apart(tmp_path: Path) -> None:
    """Where each is from is a column; what was played here has none."""
    a_run(tmp_path, [a_result(0), a_result(1).with_(origin="csv:scores.csv:12")])
    with Index.open(tmp_path) as index:
        index.refresh()
        assert ids(index, Query(imported=True)) == [a_result(1).id]
        assert ids(index, Query(imported=False)) == [a_result(0).id]
        assert list(index.rows(Query(), ["origin"])) == [("",), ("csv:scores.csv:12",)]


def test_names_say_what_there_is(tmp_path: Path) -> None:
    """For hints: of the folders that are looked at, whatever the rest of the query keeps."""
    zed = a_result(agent="zed").with_(params={"t": 1}, scores={"goal": 1.0}, metrics={"loss": 0.5}, properties={"size": 8})
    a_run(tmp_path, [zed], run="r1")
    other = a_run(tmp_path, [a_result(agent="amy")], run="r2", battery="c")
    with Index.open(tmp_path) as index:
        index.refresh()
        assert index.names("agent", Query(agents=("nobody",))) == ["amy", "zed"]
        assert index.names("agent", Query(dats=(str(other.path),))) == ["amy"]
        assert index.names("param") == index.names("params") == ["t"]
        assert [index.names(each) for each in ("scores", "metrics", "properties")] == [["goal"], ["loss"], ["size"]]
        assert index.names("outcome") == ["completed"]
        assert len(index.names("dat")) == 2


def test_a_result_that_is_no_number_is_missing() -> None:
    """Scores that are NaN or infinite are never numbers; the object comes back as it was."""
    strange = [
        a_result(0, score=math.nan),
        a_result(1, score=math.inf),
        a_result(2).with_(scores={"part": math.nan, "whole": 1.0}),
    ]
    with Index.of(strange) as index:
        assert [score for (score,) in index.rows(Query(), ["score"])] == [None, None, 0.5]
        assert sum(leaf.n for leaf in index.leaves()) == 1
        assert list(index.rows(Query(min_score=0.0), ["seed", "scores.part", "scores.whole"])) == [(2, None, 1.0)]
        assert next(iter(index.results())) is strange[0]


def test_results_in_memory_count_as_in_a_folder() -> None:
    """Of two attempts at a cell the scored one, though the outage came later."""
    first = a_result(run_at := 0).with_(ended_at=1.0)
    outage = a_result(run_at, outcome=Outcome.PROVIDER_ERROR).with_(attempt=2, ended_at=2.0)
    with Index.of([first, outage]) as index:
        assert list(index.results()) == [first]
    elsewhere = outage.with_(dat_path="other")
    with Index.of([first, elsewhere]) as index:
        assert index.count() == 2
        assert list(index.results(Query(latest=True))) == [first]
        assert list(index.results(Query(dats=("other",)))) == [elsewhere]
    with Index.of([]) as index:
        assert index.count() == 0
        assert index.refresh() == ()


def test_an_index_may_go_from_one_thread_to_another() -> None:
    """Made here, asked and closed there: a notebook's cells and its collector of garbage are not always the same thread."""
    index = Index.of([a_result(0)])
    with ThreadPoolExecutor(1) as other:
        assert other.submit(index.count).result() == 1
        other.submit(index.close).result()


def test_an_answer_is_remembered_until_a_folder_changes(tmp_path: Path) -> None:
    """For the same question and query; a folder that is not looked at does not matter."""
    one, two = a_run(tmp_path, [a_result(0)], run="r1"), a_run(tmp_path, [a_result(0)], run="r2", battery="c")
    mine = Query(dats=(str(one.path),))
    with Index.open(tmp_path) as index:
        index.refresh()
        assert index.recall("means", mine) is None
        index.remember("means", mine, {"mean": 0.5})
        index.remember("all means", Query(), [1])
        assert index.recall("medians", mine) is None
        assert index.recall("means", Query(dats=mine.dats, agents=("x",), seeds=frozenset([1]))) is None
    with Index.open(tmp_path) as index:
        index.refresh()
        assert index.recall("means", mine) == {"mean": 0.5}
        add(two, a_result(1), run="r2")
        index.refresh()
        assert index.recall("means", mine) == {"mean": 0.5}
        assert index.recall("all means", Query()) is None
        with pytest.raises(ValueError, match="JSON"):
            index.remember("means", mine, math.nan)
        add(one, a_result(1))
        index.refresh()
        assert index.recall("means", mine) is None


def test_what_it_answers_changes_only_with_refresh(tmp_path: Path) -> None:
    """Also when another process took something over meanwhile."""
    dat = a_run(tmp_path, [a_result(0)])
    with Index.open(tmp_path) as index:
        index.refresh()
        add(dat, a_result(1))
        assert len(stored(tmp_path)) == 2
        assert index.count() == 1
        index.remember("q", Query(), 1)
        assert index.count() == 1
        index.refresh()
        assert index.count() == 2


def test_a_folder_elsewhere_is_asked_by_its_path_alone(tmp_path: Path) -> None:
    """It is in the index then, and in no answer about the data root."""
    root, elsewhere = tmp_path / "data", tmp_path / "other"
    a_run(root, [a_result(0)])
    foreign = a_run(elsewhere, [a_result(7)])
    with Index.open(root) as index:
        index.refresh()
        assert index.refresh([foreign.path]) == ()
        assert ids(index) == [a_result(0).id]
        assert ids(index, Query(dats=(str(foreign.path),))) == [a_result(7).id]
        assert [result.dat_path for result in index.results(Query(dats=(str(foreign.path),)))] == [str(foreign.path)]
        index.refresh()
        assert index.count(Query(dats=(str(foreign.path),))) == 1


def test_light_copies_in_an_aggregate_are_asked_by_their_path_alone(tmp_path: Path) -> None:
    """Whichever way they came into the index: no cell is counted twice for being copied."""
    dat = a_run(tmp_path, [a_result(0)])
    copy = tmp_path / "aggregates" / "mine" / "copy"
    shutil.copytree(dat.path, copy)
    (copy.parent / "aggregate.json").write_text("{}", "utf-8")
    with Index.open(tmp_path) as index:
        index.refresh([dat.path, copy])
        for _ in range(2):
            assert index.count() == 1
            assert index.count(Query(dats=(str(copy),))) == 1
            index.refresh()


def test_a_line_that_changed_since_is_left_out_and_said(tmp_path: Path) -> None:
    """Deleted, or no longer the line that was read: the others come all the same."""
    gone, kept = a_run(tmp_path, [a_result(0)], run="r1"), a_run(tmp_path, [a_result(1)], run="r2", battery="c")
    journal = add(gone)
    with Index.open(tmp_path) as index:
        index.refresh()
        line = encode(a_result(5)).replace("oracle-s05", "oracle-s99")
        journal.write_text(f"{line}\n", "utf-8")
        assert [result.id for result in index.results()] == [a_result(1).id]
        where = f"{gone.path}: cells/{journal.name}"
        assert index.notes() == [f"{where}: a line is no longer the one that was read; 1 record left out"]
        journal.unlink()
        assert len(list(index.results())) == len(list(index.results())) == 1
        assert index.notes()[1:] == [f"{where}: No such file or directory; 2 records left out"]
        index.refresh()
        assert index.notes() == []
    assert [result.id for result in Dat(kept.path).results()] == [a_result(1).id]
