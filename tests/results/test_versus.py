"""Runs against each other: who is compared on what, and what is said where it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import Diff, Outcome, Query, Result, Versus
from pytest_alienbio.results.diff import diff_runs
from pytest_alienbio.results.sides import called, read_runs
from pytest_alienbio.results.versus import compare_runs
from pytest_alienbio.store.index import Index

from .parts import cell, played, write_dat

SEEDS = 8


def scores(shift: float = 0.0, agents: Iterable[str] = ("greedy", "random")) -> dict[tuple[str, str], list[float | None]]:
    """Two scenarios by these agents, eight seeds each, the second agent worse."""
    return {
        (scenario, agent): [round(0.7 - 0.2 * at + shift * (1 + seed % 3) + 0.01 * seed, 4) for seed in range(SEEDS)]
        for scenario in ("m/x", "m/y")
        for at, agent in enumerate(agents)
    }


class Shelf:
    """Result folders side by side, and what is asked of them."""

    def __init__(self, root: Path) -> None:
        self.root, self.paths = root, list[str]()

    def put(self, results: Iterable[Result], **more: Any) -> Shelf:
        """One more folder."""
        path = self.root / f"results/b/{len(self.paths)}"
        self.paths.append(str(write_dat(path, results, run=f"r{len(self.paths)}", **more)))
        return self

    def read(self, query: Query | None = None, metric: str = "score") -> tuple[list[Any], Any]:
        """The runs."""
        with Index.open(self.root) as index:
            index.refresh([Path(path) for path in self.paths])
            return read_runs(index, query or Query(), self.paths, metric=metric)

    def versus(self, metric: str = "score", **options: Any) -> Versus:
        """Each against the first."""
        runs, field = self.read(metric=metric)
        return compare_runs(runs, field, **{"resamples": 50, **options})

    def diff(self) -> Diff:
        """The second against the first."""
        runs, _ = self.read()
        return diff_runs(*runs)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty data root."""
    return Shelf(tmp_path)


def test_a_later_run_that_is_better_is_shown_with_the_right_sign(shelf: Shelf) -> None:
    found = shelf.put(played(scores())).put(played(scores(0.05))).versus()
    row = found.rows[0]
    one = row.against[1]
    assert row.agent == "greedy"
    assert row.against[0] is None
    assert one is not None
    assert one.delta.value == pytest.approx(0.05 * sum(1 + seed % 3 for seed in range(SEEDS)) / SEEDS)
    assert (one.significant, one.leader, one.pairs) == (True, found.sides[1].name, 16)
    assert [mean.value for mean in row.means if mean] == pytest.approx([0.735, 0.735 + (one.delta.value or 0.0)])
    assert found.overall is not None
    assert found.tested == 2
    assert found.leaves is not None
    assert len(found.leaves.comparisons) == 4


def test_three_seeds_cannot_be_significant_and_it_is_said(shelf: Shelf) -> None:
    few = {("m/x", "greedy"): [0.1, 0.2, 0.3]}
    one = shelf.put(played(few)).put(played({("m/x", "greedy"): [0.8, 0.9, 0.7]})).versus().rows[0].against[1]
    assert one is not None
    assert one.impossible.startswith("cannot be significant with 3 seeds")


def test_a_scenario_whose_content_changed_is_left_out_unless_forced(shelf: Shelf) -> None:
    """Its means stay; the half of the cells that is left is all there is to pair, so nothing is refused."""
    old, new = played(scores()), played(scores(0.05))
    new = [one.with_(scenario_hash="another") if one.scenario == "m/y" else one for one in new]
    shelf.put(old).put(new)
    found, forced = shelf.versus(), shelf.versus(force=True)
    assert found.changed == forced.changed == ("m/y",)
    assert [row.against[1].pairs for row in found.rows if row.against[1]] == [8, 8]
    assert [row.against[1].pairs for row in forced.rows if row.against[1]] == [16, 16]
    assert [mean.n for mean in found.rows[0].means if mean] == [16, 16]


def test_all_content_changed_is_said(shelf: Shelf) -> None:
    new = [one.with_(scenario_hash="another") for one in played(scores())]
    found = shelf.put(played(scores())).put(new).versus()
    assert "its content was changed" in found.why
    assert "--force" in found.why


def test_imported_cells_tell_no_version_and_are_paired_with_a_word(shelf: Shelf) -> None:
    new = [one.with_(scenario_hash="", agent_hash="", origin=f"csv:s.csv:{at}") for at, one in enumerate(played(scores(0.05)))]
    found = shelf.put(played(scores())).put(new).versus()
    assert found.unknown == ("m/x", "m/y")
    assert not found.changed
    assert found.sides[1].imported == len(new)
    assert found.rows[0].against[1] is not None
    assert found.rows[0].against[1].pairs == 16


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({("m/x", "else"): [0.5] * 8}, "no agent is in both: greedy, random in"),
        ({("n/z", "greedy"): [0.5] * 8}, "no scenario is in both: m/x, m/y in"),
    ],
)
def test_nothing_in_common_is_said_with_what_there_is(
    shelf: Shelf, other: Mapping[tuple[str, str], list[float | None]], why: str
) -> None:
    found = shelf.put(played(scores())).put(played(other)).versus()
    assert why in found.why
    assert all(one is None or one.delta.value is None for row in found.rows for one in row.against)


def test_a_run_without_a_score_is_told_by_what_became_of_it(shelf: Shelf) -> None:
    lost = [cell(seed=seed, outcome=Outcome.TIMED_OUT) for seed in range(SEEDS)]
    found = shelf.put(played({("m/x", "greedy"): [0.5] * SEEDS})).put(lost).versus()
    assert found.why.endswith("has the number: 8 timed_out")


def test_an_empty_run_has_nobody(shelf: Shelf) -> None:
    shelf.put(played(scores())).put([])
    assert "no agent is in both" in shelf.versus().why
    assert [(one.about, one.key) for one in shelf.diff().around] == [
        ("agents", "greedy"),
        ("agents", "random"),
        ("scenarios", "m/x"),
        ("scenarios", "m/y"),
    ]


def test_other_seeds_are_refused_and_allowed_as_two_samples(shelf: Shelf) -> None:
    later = [one.with_(seed=one.seed + 100, key=f"{one.key}+") for one in played(scores(0.05))]
    shelf.put(played(scores())).put(later)
    assert "seeds 0-7 and 100-107" in shelf.versus().why
    bare = shelf.versus(unpaired=True)
    assert bare.why == ""
    assert [one.paired for row in bare.rows if (one := row.against[1])] == [False, False]


def test_three_runs_each_against_the_chosen_one(shelf: Shelf) -> None:
    found = shelf.put(played(scores())).put(played(scores(0.02))).put(played(scores(0.04))).versus(against=1)
    signs = [[one and one.delta.value and one.delta.value > 0 for one in row.against] for row in found.rows]
    assert signs == [[False, None, True]] * 2
    assert found.tested == 4
    assert found.leaves is None


def test_scores_of_both_directions_have_no_common_mean(shelf: Shelf) -> None:
    both = [*played(scores()), *(cell("n/low", seed=seed, score=0.3, better="lower") for seed in range(3))]
    found = shelf.put(both).put(both).versus()
    assert found.better == "mixed"
    assert "--scenario" in found.why
    assert all(one is None for row in found.rows for one in row.against)


def test_a_metric_has_the_direction_of_the_score_that_it_is(shelf: Shelf) -> None:
    """Also where some runs score nothing; else it is said that nobody declared one."""
    ranked = [
        cell(seed=seed, score=9.0 + seed, better="lower", metrics={"ms": 9.0 + seed, "count": 1 + seed}) for seed in range(6)
    ]
    bare = [one.with_(score=None, passed=True, metrics={"ms": 20.0 + one.seed, "count": 1}) for one in ranked]
    shelf.put(ranked).put(bare)
    found = shelf.versus("ms")
    one = found.rows[0].against[1]
    assert found.better == "lower"
    assert one is not None
    assert one.leader == found.sides[0].name
    assert shelf.versus("count").better == "higher"
    assert "not declared" in shelf.versus("count").notes[0]
    assert not shelf.versus("count", better="lower").notes
    assert shelf.versus("duration_s").better == "lower"


def test_one_run_or_the_same_twice_is_refused(shelf: Shelf) -> None:
    shelf.put(played(scores()))
    with pytest.raises(SpecError, match="takes two DATs"):
        shelf.read()
    with pytest.raises(StoreError, match="are the same DAT"):
        called([shelf.paths[0], shelf.paths[0]], ["b", "tag:x"])
    shelf.put(played(scores()))
    with pytest.raises(SpecError, match="did you mean 'score'"):
        shelf.read(metric="scor")


@pytest.mark.parametrize(
    ("paths", "typed", "names"),
    [
        (["d/r/b/1", "d/r/b/2"], ["b/1", "b/2"], ["b/1", "b/2"]),
        (["d/r/b/1", "d/r/c/1"], ["b", "tag:new"], ["b", "tag:new"]),
        (["d/r/b/1", "e/1"], ["r/*", "e/1"], ["d/r/b/1", "e/1"]),
    ],
)
def test_runs_are_called_as_they_were_typed_or_by_what_tells_them_apart(
    paths: list[str], typed: list[str], names: list[str]
) -> None:
    assert called(paths, typed) == names


def test_every_kind_of_change_is_told_once_and_the_worst_first(shelf: Shelf) -> None:
    """Up to 1e-9 a score is the same."""
    before = [cell(seed=seed, score=0.7) for seed in range(8)]
    before[1] = cell(seed=1, outcome=Outcome.AGENT_ERROR)
    before[2] = cell(seed=2, outcome=Outcome.AGENT_ERROR)
    after = [
        cell(seed=0, score=0.7 + 1e-12),
        cell(seed=1, score=0.7),
        cell(seed=2, outcome=Outcome.TIMED_OUT),
        cell(seed=3, outcome=Outcome.TIMED_OUT),
        cell(seed=4, score=0.5),
        cell(seed=5, score=0.9),
        cell(seed=6, score=0.75),
        cell(seed=9, score=0.7),
    ]
    found = shelf.put(before).put(after).diff()
    assert [change.kind for change in found.cells] == [
        "broke", "fails", "mended", "outcome", "score", "score", "new", "gone",
    ]  # fmt: skip
    assert [change.size for change in found.cells if change.kind == "score"] == pytest.approx([0.2, 0.05])
    assert found.same == 1
    assert sum(found.counts.values()) + found.same == 9
    broke = found.cells[0]
    assert (broke.outcomes, broke.scores, broke.passed) == (("completed", "timed_out"), (0.7, None), (True, None))
    assert found.cells[-1].ids[1] == ""


def test_what_changed_around_the_cells(shelf: Shelf) -> None:
    """Of the battery, agents, scenarios and the environment: keys with both values."""
    spec = "v: 1\nrun: r\nexperiment.b:\n  seeds: [0, 1]\n  agents:\n  - {name: greedy, kind: greedy, params: {x: 1}}\n"
    new = "v: 1\nrun: r\nexperiment.c:\n  seeds: [0, 1, 2]\n  agents:\n  - {name: greedy, kind: greedy, params: {x: 2}}\n"
    old_cells = [cell(seed=0, score=0.5), cell("m/y", "random", score=0.5)]
    new_cells = [cell(seed=0, score=0.5, agent_hash="other", scenario_hash="other"), cell("m/y", "noop", score=0.5)]
    shelf.put(old_cells, commit="a" * 40).put(new_cells, commit="b" * 40)
    for path, text in zip(shelf.paths, (spec, new), strict=True):
        (Path(path) / "_spec_.yaml").write_text(text, "utf-8")
    around = {(one.about, one.key): (one.before, one.after, one.missing) for one in shelf.diff().around}
    assert around["battery", "name"] == ("b", "c", "")
    assert around["battery", "seeds"] == ([0, 1], [0, 1, 2], "")
    assert around["agents", "greedy.params.x"] == (1, 2, "")
    assert ("agents", "greedy.hash") not in around
    assert around["agents", "random"][2] == "after"
    assert around["agents", "noop"][2] == "before"
    assert around["scenarios", "m/x.hash"] == ("hash of m/x", "other", "")
    assert around["environment", "git.commit"] == ("a" * 40, "b" * 40, "")


def test_an_agent_whose_code_changed_has_another_hash_and_the_same_settings(shelf: Shelf) -> None:
    shelf.put([cell(score=0.5)]).put([cell(score=0.5, agent_hash="newer code")])
    assert [(one.about, one.key) for one in shelf.diff().around] == [("agents", "greedy.hash")]
