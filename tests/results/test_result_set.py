"""`ResultSet`: lazy, sized, sliceable, sortable."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome, Query, Result
from pytest_alienbio.results.ask import Asked
from pytest_alienbio.results.result_set import Opened, ResultSet
from pytest_alienbio.store.index import Index

from .parts import cell, of, played, write_dat

RESULTS = played({("m/x", "a"): [0.1, 0.9, None, 0.5], ("m/y", "b"): [0.3, 0.2]})


@pytest.fixture
def found() -> ResultSet:
    """Six records."""
    return of(*RESULTS)


def seeds(results: ResultSet) -> list[tuple[str, int]]:
    """Agent and seed of each."""
    return [(one.agent, one.seed) for one in results]


def test_it_is_sized_and_gives_results(found: ResultSet) -> None:
    assert len(found) == 6
    assert list(found) == RESULTS
    assert list(found) == list(found)
    assert found
    assert not found.filter(agent="z")


@pytest.mark.parametrize(
    "place", [slice(None), slice(2, 4), slice(1, None), slice(-2, None), slice(0, -1), slice(4, 99), slice(3, 1), slice(9, 12)]
)
def test_slices_are_those_of_a_list(found: ResultSet, place: slice) -> None:
    """Sets themselves, read when they are needed; slices of slices, too."""
    part = found[place]
    assert isinstance(part, ResultSet)
    assert list(part) == RESULTS[place]
    assert len(part) == len(RESULTS[place])
    assert list(part[1:3]) == RESULTS[place][1:3]
    assert list(part[-1:]) == RESULTS[place][-1:]


def test_one_by_its_place(found: ResultSet) -> None:
    assert (found[0], found[-1], found[2:][1]) == (RESULTS[0], RESULTS[-1], RESULTS[3])
    for place in (6, -7):
        with pytest.raises(IndexError, match=f"result {place} of 6"):
            found[place]
    with pytest.raises(ValueError, match="step"):
        found[::2]


def test_first(found: ResultSet) -> None:
    assert found.first() == RESULTS[0]
    assert found.filter(agent="z").first() is None


@pytest.mark.parametrize("reverse", [False, True])
def test_sorted_by_score_with_what_is_missing_last(found: ResultSet, reverse: bool) -> None:
    scores = [one.score for one in found.sort("score", reverse=reverse)]
    assert scores == [*sorted([0.1, 0.9, 0.5, 0.3, 0.2], reverse=reverse), None]
    assert scores == [one.score for one in found.sort("-score" if reverse else "score")]


def test_sorted_by_several_keys_and_then_sliced(found: ResultSet) -> None:
    assert seeds(found.sort("-agent", "score")[:3]) == [("b", 1), ("b", 0), ("a", 0)]
    assert seeds(found[3:].sort("score")) == [("b", 1), ("b", 0), ("a", 3)]
    assert [one.ended_at for one in found.sort("time", reverse=True)][:2] == [1_760_000_003.0, 1_760_000_002.0]


def test_sorted_by_a_sub_score() -> None:
    results = [cell("m/x", "a", seed, 0.5, scores={"safety": value}) for seed, value in enumerate((0.3, 0.1, 0.2))]
    assert [one.seed for one in of(*results).sort("safety")] == [1, 2, 0]


@pytest.mark.parametrize(("keys", "said"), [((), "sort by what"), (("scor",), "did you mean 'score'?")])
def test_a_key_nobody_has_is_refused(found: ResultSet, keys: tuple[str, ...], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        found.sort(*keys)
    assert said in str(caught.value)


def test_filters_narrow_one_after_the_other(found: ResultSet) -> None:
    """Also on what was asked before, on a slice, and by a function; an order stays."""
    assert seeds(found.filter(agent="a", passed=True)) == [("a", 1)]
    assert seeds(found.filter(agent=["a", "b"]).filter(agent="b")) == [("b", 0), ("b", 1)]
    assert seeds(found.sort("-score").filter(agent="a").filter(agent="a*", seed="0-1")) == [("a", 1), ("a", 0)]
    assert seeds(found[2:5].filter(agent="a")) == [("a", 2), ("a", 3)]
    assert seeds(found.filter(lambda one: one.score is None)) == [("a", 2)]
    assert seeds(found.sort("-score").filter(lambda one: one.seed < 2, agent="b")) == [("b", 0), ("b", 1)]


def test_what_memory_does_not_hold_is_not_asked_of_a_part(found: ResultSet) -> None:
    """A battery's tags are in its DAT: a part of the results would seem to have none."""
    asked: list[Asked] = [{"tag": "wet"}, {"note": "odd"}, {"commit": "abc"}]
    for words in asked:
        with pytest.raises(SpecError, match="ask for it in the query itself"):
            found[1:].filter(**words)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("scor", "did you mean 'score'?"),
        ("scores.safty", "did you mean 'scores.safety'?"),
        ("los", "did you mean 'loss'?"),
        ("agent", "is a text"),
        ("size", "say metrics.size or properties.size"),
    ],
)
def test_an_unknown_field_is_refused_with_near_names(field: str, said: str) -> None:
    more: dict[str, Any] = {"scores": {"safety": 0.1}, "metrics": {"loss": 1, "size": 2}, "properties": {"size": 3}}
    found = of(cell("m/x", "a", 0, 0.5, **more))
    for ask in (found.mean, found.std, found.percentiles, lambda name: found.stats(field=name)):
        with pytest.raises(SpecError) as caught:
            ask(field)
        assert said in str(caught.value)


def test_as_text_it_says_what_was_asked_and_how_many(found: ResultSet) -> None:
    """Of none it says what there is."""
    assert repr(found) == "<ResultSet all: 6 records>"
    assert repr(found.filter(agent="b", max_score=0.25)) == "<ResultSet agent=b, score <= 0.25: 1 record>"
    assert repr(found.filter(agent="zz", scenario="m/*")) == (
        "<ResultSet agent=zz, scenario=m/*: 0 records; agent=zz: known: a, b>"
    )


def test_a_notebook_s_table_is_escaped_and_short() -> None:
    """What agents and scenarios are called is foreign text."""
    page = of(*(cell(f"<b>{seed}", "<script>\x1b[31m", seed, 0.5) for seed in range(12)))._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "\x1b" not in page
    assert page.count("<tr>") == 11
    assert "12 records, the first 10" in page
    assert "0 records</p><p>agent=zz: known: a</p>" in of(cell("m/x", "a", 0, 0.5)).filter(agent="zz")._repr_html_()


class TestOlderRecords:
    """One cell recorded in two DATs: both are rows, the latest scored one counts."""

    OLD = cell("m/x", "a", 0, 0.2, dat_path="/data/one", ended_at=1.0)
    NEW = cell("m/x", "a", 0, 0.8, dat_path="/data/two", ended_at=2.0)
    BROKEN = cell("m/x", "a", 0, None, dat_path="/data/three", ended_at=3.0)

    def test_rows_are_all_of_them(self) -> None:
        found = of(self.OLD, self.NEW, self.BROKEN)
        assert len(found) == 3
        assert len(found.to_dataframe()) == 3

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_estimates_count_the_latest_scored_and_say_so(self, order: tuple[int, ...]) -> None:
        records = [(self.OLD, self.NEW, self.BROKEN)[at] for at in order]
        found = of(*records).mean()
        assert (found.value, found.n, found.missing) == (0.8, 1, {})
        assert "2 older records of the same cells left out" in found.notes
        assert of(*records).stats(by="agent").notes == ("2 older records of the same cells left out",)

    def test_of_a_changed_agent_the_newest_version_counts(self) -> None:
        """Its cells have other keys; what it is called, and where it played, is the same. So it is on a leaderboard."""
        changed = self.NEW.with_(key="another", agent_hash="another")
        found = of(self.OLD, changed)
        assert found.mean().value == 0.8
        assert "1 older record of the same cells left out" in found.mean().notes
        assert len(found.latest()) == 2

    def test_latest_leaves_one_a_cell(self) -> None:
        found = of(self.OLD, self.NEW, self.BROKEN).latest()
        assert [one.score for one in found] == [0.8]
        assert not found.mean().notes[:0]
        assert found.latest() is found


def test_it_is_the_same_from_the_disk(tmp_path: Path) -> None:
    """Whole results come from the journals, numbers from the index; what comes later is another question's."""
    dat = write_dat(tmp_path / "b" / "one", RESULTS)
    index = Index.open(tmp_path)
    assert index.refresh() == ()
    found = ResultSet(Opened(index))
    assert [(one.id, one.score, one.dat_path) for one in found] == [(one.id, one.score, str(dat)) for one in RESULTS]
    assert found.mean("score").value == of(*RESULTS).mean("score").value
    assert [one.id for one in found.sort("score")[:2]] == [one.id for one in of(*RESULTS).sort("score")[:2]]
    write_dat(tmp_path / "b" / "two", [cell("m/z", "c", 0, 0.5)])
    assert len(found) == 6


def test_the_index_is_closed_with_the_last_set_that_needs_it() -> None:
    index = Index.of(RESULTS)
    found = ResultSet(Opened(index))
    part = found[1:]
    del found
    gc.collect()
    assert len(part) == 5
    del part
    gc.collect()
    with pytest.raises(Exception, match="closed"):
        index.count(Query())


def test_a_sub_class_of_iterables_goes_in(found: ResultSet) -> None:
    """A generator, another set: anything that gives results."""
    assert len(ResultSet.of(one for one in RESULTS if one.outcome is Outcome.COMPLETED)) == 5
    assert list(ResultSet.of(found[:2])) == RESULTS[:2]
    nothing: list[Result] = []
    assert len(ResultSet.of(nothing)) == 0


def test_the_garbage_collector_is_as_it_was(found: ResultSet) -> None:
    """Also where a question is refused, or it was off before."""
    for on in (True, False):
        (gc.enable if on else gc.disable)()
        try:
            found.mean()
            with pytest.raises(SpecError):
                found.stats(by="agnt")
            assert gc.isenabled() is on
        finally:
            gc.enable()
