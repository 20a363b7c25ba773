"""A run scored again by somebody's own function: the run untouched, the scores beside it, errors one cell's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, UnknownNameError
from pytest_alienbio.model import Outcome, Scores, Trial
from pytest_alienbio.play.scorers import ScorerRegistry
from pytest_alienbio.run.recorded_plan import recorded_plan
from pytest_alienbio.run.rescoring.asked import method_of
from pytest_alienbio.run.rescoring.rescore import Rescored, rescore
from pytest_alienbio.run.rescoring.scorers import known_scorers, scorer_named
from pytest_alienbio.store import Dat, dat, find_dats

from ..parts import make_catalog
from .parts import recorded, snapshot


def by(root: Path, of: Dat, scorer: object) -> Rescored:
    """The run, scored by a function."""
    method = method_of(of, make_catalog(), None, root=root, start=root, scorer=scorer)  # type: ignore[arg-type]
    return rescore(of, method, root)


def resolved(folder: Dat) -> dict[str, Any]:
    """What a run's spec says it resolved to."""
    found: Any = folder.spec()["resolved"]
    return dict(found)


def lefts(trial: Trial) -> Scores:
    """How often it went left."""
    return Scores(float(sum(turn.action == "left" for turn in trial.turns)), {"turns": len(trial.turns)}, "lower")


def double(trial: Trial) -> Scores:
    """Twice what was recorded, and a hole where seed 1 is."""
    if trial.seed == 1:
        raise ValueError("boom \x1b[31m")
    return Scores(2 * (trial.score or 0.0))


def test_a_function_sees_what_was_recorded_and_the_run_stays_as_it_was(tmp_path: Path) -> None:
    """Every byte of it but its log, which says that and where it was scored again."""
    of = recorded(tmp_path)
    before = snapshot(of.path)
    seen: list[Trial] = []

    def scorer(trial: Trial) -> Scores:
        seen.append(trial)
        return lefts(trial)

    done = by(tmp_path, of, scorer)
    assert [result.score for result in done] == [5.0] * 3 + [0.0] * 3
    assert snapshot(of.path) == before
    assert of.log()[-1]["event"] == "rescored"
    assert seen[0].briefing is not None
    assert seen[0].briefing.text == "go right"
    assert [turn.action for turn in seen[0].turns] == ["left", "right"] * 5
    assert done.complete


def test_it_is_a_result_folder_of_its_own_that_no_pattern_finds(tmp_path: Path) -> None:
    """Named by its path it is read like any other; its plan comes out, its questions are scored in another way."""
    of = recorded(tmp_path)
    done = by(tmp_path, of, lefts)
    assert find_dats(tmp_path / "data") == [of.path]
    assert find_dats(tmp_path / "data", str(done.path)) == [done.path]
    opened = dat.open(done.path)
    assert [result.better for result in opened.results()] == ["lower"] * 6
    assert [cell.key for cell in recorded_plan(done.path).cells] == [cell.key for cell in recorded_plan(of.path).cells]
    was, now = (resolved(folder)["cases"][0] for folder in (of, opened))
    assert was["content_hash"] == now["content_hash"]
    assert was["scoring_hash"] != now["scoring_hash"]
    assert resolved(opened)["rescored"]["scorer"]["name"] == "lefts"
    assert by(tmp_path, of, lefts).path.name == "lefts-002"


def test_what_a_scorer_raises_is_one_cells_error(tmp_path: Path) -> None:
    """The others are scored; the difference is over cells that have both."""
    of = recorded(tmp_path)
    done = by(tmp_path, of, double)
    broken = [result for result in done if result.seed == 1]
    assert {(result.outcome, result.score) for result in broken} == {(Outcome.SCORER_ERROR, None)}
    assert "boom" in broken[0].reason
    assert "\x1b" not in str(done)
    assert done.found.unscored == {"scorer_error of the scorer": 2}
    assert not done.complete
    [half, right] = sorted(done.found.agents, key=lambda row: row.agent)
    assert (half.before, half.after, half.scored, right.after) == (0.5, 1.0, 2, 2.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (0.5, "gives Scores"),
        (Scores(float("inf")), "score is inf"),
        (Scores("0.5"), "score is '0.5'"),  # type: ignore[arg-type]
        (Scores(0.5, {"part": float("nan")}), "part is nan"),
        (Scores(0.5, better="up"), "better is 'up'"),
    ],
)
def test_what_is_no_score_is_an_error_of_the_scorer(tmp_path: Path, given: object, said: str) -> None:
    """And never a number."""
    done = by(tmp_path, recorded(tmp_path, agents=["right"], seeds=[0]), lambda trial: given)
    assert (done.results[0].outcome, done.results[0].score) == (Outcome.SCORER_ERROR, None)
    assert said in done.results[0].reason


def test_a_scorer_may_leave_a_cell_unscored(tmp_path: Path) -> None:
    """None is no number, and no error either."""
    done = by(tmp_path, recorded(tmp_path, agents=["right"], seeds=[0]), lambda trial: Scores(None))
    assert (done.results[0].outcome, done.results[0].score, done.complete) == (Outcome.COMPLETED, None, True)


def test_an_outage_stays_one_and_a_lost_trace_is_said(tmp_path: Path) -> None:
    """Neither is ever scored."""
    of = recorded(tmp_path, agents=["outage", "right"])
    next(of.path.glob("traces/*right_seed1*")).unlink()
    done = by(tmp_path, of, lefts)
    assert {result.outcome for result in done if result.agent == "outage"} == {Outcome.PROVIDER_ERROR}
    [lost] = [result for result in done if result.agent == "right" and result.seed == 1]
    assert (lost.outcome, lost.score) == (Outcome.NOT_RUN, None)
    assert "its trace cannot be read" in lost.reason
    assert not done.complete


def test_a_scorer_cannot_change_what_others_see(tmp_path: Path) -> None:
    """It has a copy."""
    found = []

    def greedy(trial: Trial) -> Scores:
        found.append(len(trial.initial))
        trial.initial.clear()  # type: ignore[attr-defined]
        return Scores(1.0)

    of = recorded(tmp_path, agents=["right"], seeds=[0])
    by(tmp_path, of, greedy)
    by(tmp_path, of, greedy)
    assert found[0] == found[1]


CONFTEST = """
from pytest_alienbio import Scores

def pytest_alienbio_register_scorers(registry):
    registry.add("thrift", lambda trial: Scores(1.0), version="2", passing_score=0.5)
"""


def test_scorers_of_conftests_files_and_near_misses(tmp_path: Path) -> None:
    """Those of the folders from the project down to here."""
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    below = tmp_path / "experiments"
    below.mkdir()
    (below / "conftest.py").write_text(CONFTEST.replace("thrift", "speed"), "utf-8")
    assert set(known_scorers(tmp_path, below)) == {"thrift", "speed"}
    assert set(known_scorers(tmp_path, tmp_path)) == {"thrift"}
    assert scorer_named("thrift", tmp_path, tmp_path).passing_score == 0.5
    with pytest.raises(UnknownNameError, match="did you mean 'thrift'"):
        scorer_named("thirft", tmp_path, tmp_path)
    (tmp_path / "own.py").write_text("def mine(trial):\n    return None\n", "utf-8")
    assert scorer_named(f"{tmp_path / 'own.py'}:mine", tmp_path, tmp_path).called == "mine"
    with pytest.raises(UnknownNameError, match="did you mean 'mine'"):
        scorer_named(f"{tmp_path / 'own.py'}:mime", tmp_path, tmp_path)


def test_a_conftest_that_breaks_is_named(tmp_path: Path) -> None:
    """And nothing is scored."""
    (tmp_path / "conftest.py").write_text(CONFTEST.replace("0.5", "'high'"), "utf-8")
    with pytest.raises(SpecError, match="passing score cannot be 'high'"):
        known_scorers(tmp_path, tmp_path)


def test_a_name_is_taken_once_and_a_version_makes_another_hash() -> None:
    """What a scorer calls is in no hash: its version says that it changed."""
    registry = ScorerRegistry()
    registry.add("a", lefts)
    registry.add("b", lefts, version="2")
    with pytest.raises(SpecError, match="already registered by"):
        registry.add("a", double)
    other = ScorerRegistry()
    other.add("b", lefts, version="3")
    assert registry.entries["b"].hash != other.entries["b"].hash
