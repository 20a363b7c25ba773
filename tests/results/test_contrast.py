"""Agents compared on stored results, and scores against what was played."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Usage
from pytest_alienbio.results.result_set import ResultSet
from pytest_alienbio.stats import compare, units

from .parts import cell, of, played

A = {f"m/{name}": [0.5 + 0.03 * seed for seed in range(6)] for name in "xy"}
SCORES = {
    **{(name, "a"): scores for name, scores in A.items()},
    **{(name, "b"): [score - 0.1 - 0.01 * seed for seed, score in enumerate(scores)] for name, scores in A.items()},
    **{(name, "c"): [score - 0.1 for score in scores] for name, scores in A.items()},
}


@pytest.fixture
def found() -> ResultSet:
    """Three agents on two scenarios of six seeds."""
    return of(*played(SCORES))


def test_two_agents_are_compared_as_stats_does(found: ResultSet) -> None:
    """The same numbers from stored results as from results in hand."""
    told = found.compare(["a", "b"])
    mine = units(played(SCORES))
    expected = compare(mine["a"], mine["b"], names=("a", "b"))
    assert len(told) == 1
    assert told[0].delta == expected.delta
    assert told[0].p.value == expected.p.value
    assert told[0].pairs == 12
    assert repr(told).startswith("a - b = +0.125 ")


def test_all_pairs_are_adjusted_for_being_several(found: ResultSet) -> None:
    told = found.compare()
    assert [(one.a, one.b) for one in told] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert told.family.method == "Holm"
    assert all(one.p.adjusted is not None and one.p.value is not None and one.p.adjusted >= one.p.value for one in told)
    assert len(repr(told).splitlines()) >= 3


def test_what_belongs_under_a_sentence_is_under_it() -> None:
    """How many cells of each side are missing, and why; new scenarios where they differ; what could have been shown."""
    results = played({("m/x", "a"): [0.5, 0.6, 0.7, None], ("m/x", "b"): [0.4, 0.45, 0.65, 0.1, 0.2]})
    results += played({("m/y", "a"): [0.9, 0.8, 0.9], ("m/y", "b"): [0.1, 0.1, 0.2]})
    told = of(*results).compare(["a", "b"])
    lines = repr(told).splitlines()
    assert lines[0].endswith("6 pairs over 2 scenarios; 3 unpaired cells ignored")
    assert any(line.startswith("  on new scenarios of this kind: +0.4") for line in lines)
    assert "  this data would have shown a difference of" in repr(told)
    assert "  a: 1 timed_out" in lines
    assert "  b: 2 no partner" in lines
    assert all(line.strip() in told._repr_html_() for line in lines)


def test_all_against_one(found: ResultSet) -> None:
    assert [(one.a, one.b) for one in found.compare(reference="c")] == [("a", "c"), ("b", "c")]
    assert [(one.a, one.b) for one in found.compare(["b"], reference="c")] == [("b", "c")]


def test_what_was_consumed_is_better_when_less(found: ResultSet) -> None:
    results = [one.with_(duration_s=1.0 + (one.agent == "a") + 0.1 * one.seed) for one in played(SCORES)]
    told = of(*results).compare(["a", "b"], "duration_s")[0]
    assert (told.better, told.leader) == ("lower", "b")
    assert of(*results).compare(["a", "b"], "duration_s", better="higher")[0].leader == "a"


def test_the_latest_record_of_each_cell_counts() -> None:
    """Also where the agent was changed in between, so that its key is another."""
    old = [one.with_(key=f"old {one.key}", score=0.0, ended_at=1.0) for one in played({("m/x", "a"): [0.9] * 6})]
    told = of(*played(SCORES), *old).compare(["a", "b"])
    assert told[0].delta == of(*played(SCORES)).compare(["a", "b"])[0].delta
    assert "6 older records of the same cells left out" in told.notes


@pytest.mark.parametrize(
    ("agents", "said"),
    [
        (["a", "bb"], "no record of the agent 'bb'; did you mean 'b'?"),
        (["a"], "takes two agents; there is only 'a'"),
        (["a", "a"], "there is only 'a'"),
    ],
)
def test_who_cannot_be_compared_is_refused(found: ResultSet, agents: list[str], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        found.compare(agents)
    assert said in str(caught.value)
    with pytest.raises(SpecError, match="there is no record"):
        of().compare()


def test_scores_of_both_directions_are_refused() -> None:
    mixed = [*played({("m/x", "a"): [0.1], ("m/x", "b"): [0.2]}), *played({("m/y", "a"): [0.1]}, better="lower")]
    with pytest.raises(SpecError, match="no common mean"):
        of(*mixed).compare(["a", "b"])


def test_a_contrast_is_a_frame_and_escaped_html(found: ResultSet) -> None:
    frame = found.compare().to_dataframe()
    assert list(frame["a"]) == ["a", "a", "b"]
    assert frame["delta.mean"].notna().all()
    assert list(frame["pairs"]) == [12, 12, 12]
    page = of(*played({("m/x", "<i>"): [0.1, 0.2], ("m/x", "b"): [0.3, 0.1]})).compare()._repr_html_()
    assert "<i>" not in page
    assert "b" in page


def test_scores_go_with_difficulty() -> None:
    """A unit is a scenario at a level; harder is worse here."""
    results = [
        cell(f"m/{name}", "a", seed, 1.0 - 0.1 * level - 0.01 * seed, difficulty=level, properties={"size": level * 2.0})
        for level, name in enumerate("uvwxyz", 1)
        for seed in range(3)
    ]
    told = of(*results).correlate("difficulty")
    assert not isinstance(told, tuple)
    assert told.value.value == pytest.approx(-1.0)
    assert told.n == 6
    several = of(*results).correlate("difficulty", "properties.size")
    assert isinstance(several, tuple)
    assert [one.name for one in several] == ["difficulty", "properties.size"]


def test_a_correlation_is_of_one_agent(found: ResultSet) -> None:
    with pytest.raises(SpecError, match=r"3 agents: ask for one, like filter\(agent='a'\)"):
        found.correlate("seed")
    with pytest.raises(SpecError, match="with what"):
        found.correlate()
    with pytest.raises(SpecError, match="no record has a field 'sise'"):
        found.filter(agent="a").correlate("sise")


def test_scores_of_both_directions_do_not_go_with_anything() -> None:
    """A scenario whose scores fall when it gets better is no dot beside one whose scores rise."""
    mixed = [cell(f"m/{at}", "a", 0, at / 10, better="lower" if at % 2 else "higher", difficulty=at) for at in range(6)]
    with pytest.raises(SpecError, match="correlation: higher is better on"):
        of(*mixed).correlate("difficulty")


def test_small_numbers_are_told_apart_from_nothing() -> None:
    """Of money a difference of a hundred thousandth counts: it is not [0.000, 0.000]."""
    results = [
        cell("m/x", agent, seed, 0.5, usage=Usage(usd=price * (1 + 0.1 * (seed % 3))))
        for agent, price in (("a", 3e-5), ("b", 2e-5))
        for seed in range(12)
    ]
    said = repr(of(*results).compare(field="usd"))
    assert said.startswith("a - b = +0.00001100 [0.00001046, 0.00001154] (fixed), p < 0.001")
    table = repr(of(*results).aggregate("agent", usd="mean"))
    assert [line.split()[2] for line in table.splitlines()[1:3]] == ["0.0000330", "0.0000220"]
