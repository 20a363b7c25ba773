"""`bio rescore`: stored cells scored again by what files say now, or by a function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_alienbio import Bio
from pytest_alienbio.run import build_catalog
from pytest_alienbio.store import dat

from .conftest import WORLD, Desk

SCORER = "from pytest_alienbio import Scores\n\ndef thrift(trial):\n    return Scores(1 - trial.cost / trial.budget)\n"


def scenario(desk: Desk, more: str = "", old: str = "", new: str = "") -> Path:
    """The world of the recorded run, with something changed in its file."""
    text = Path(build_catalog().scenario(WORLD).source).read_text("utf-8")
    assert old in text
    path = desk.path / "changed.yaml"
    path.write_text(text.replace(old, new) + more, "utf-8")
    return path


def test_unchanged_scoring_makes_the_same_scores_bit_for_bit(played: Desk) -> None:
    """And says that it is unchanged."""
    run = played.dat()
    said = played.bio("rescore", "--json")
    assert said.code == 0
    found = json.loads(said.out)["sections"]
    assert {row["changed"] for row in found["agents"]["agents"]} == {0}
    made = dat.open(run.path / "rescored" / "scoring-001")
    assert [(r.key, r.score, dict(r.scores)) for r in made.results()] == [
        (r.key, r.score, dict(r.scores)) for r in run.results()
    ]


def test_other_scoring_of_the_same_world(played: Desk) -> None:
    """Its own hashes and keys; the folder is read, compared and held against a baseline by its path."""
    path = scenario(played, "\nscoring:\n  utility: !_ goal\n")
    said = played.bio("rescore", "--scenario", str(path))
    assert said.code == 0, said.err
    assert "the scoring of mutualism/competition is another one than it was" in " ".join(said.out.split())
    run = played.dat()
    made = run.path / "rescored" / "scoring-001"
    assert {r.scenario_hash for r in dat.open(made).results()}.isdisjoint(r.scenario_hash for r in run.results())
    assert played.bio("report", str(made)).code == 0
    assert "effects" in played.bio("compare", "--force", str(run.path), str(made)).out
    assert "INVALID" in played.bio("gate", str(made), "--against", str(run.path)).out


def test_a_changed_world_is_refused_with_the_reason(played: Desk) -> None:
    """Before anything is written."""
    path = scenario(played, old="passing_score: 0.6", new="passing_score: 0.6\nmolecules_: 1")
    assert "molecules_" in played.bio("rescore", "--scenario", str(path)).err
    path = scenario(played, old="max_steps: 20", new="max_steps: 19")
    assert "its world has been changed since this run" in played.refused("rescore", "--scenario", str(path))
    assert not (played.dat().path / "rescored").exists()


def test_a_function_of_a_file_and_what_is_refused(played: Desk) -> None:
    """One sentence each."""
    (played.path / "s.py").write_text(SCORER, "utf-8")
    said = played.bio("rescore", "--scorer", "s.py:thrift")
    assert (said.code, "thrift" in said.lines[0]) == (0, True)
    assert "did you mean 'thrift'" in played.refused("rescore", "--scorer", "s.py:thirft")
    assert "none is registered" in played.refused("rescore", "--scorer", "thrift")
    assert "name the one or the other" in played.refused("rescore", "--scorer", "s.py:thrift", "--scenario", "x.yaml")
    assert "--live is about a judge" in played.refused("rescore", "--live")
    assert "no DAT matches" in played.refused("rescore", "nothing")


def test_a_lost_trace_makes_it_incomplete(played: Desk) -> None:
    """Said, counted, exit code 3."""
    next((played.dat().path / "traces").glob("*greedy_seed0*")).unlink()
    said = played.bio("rescore")
    assert said.code == 3
    assert "3 of 4 cells scored; without a score: 1 its trace cannot be read" in " ".join(said.out.split())


def test_bio_rescore_in_a_notebook(played: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function is handed over as it is."""
    from pytest_alienbio import Scores

    done = Bio.rescore("batch", lambda trial: Scores(float(len(trial.turns))))
    assert len(done) == 4
    assert done.path.parent.name == "rescored"
    assert "scored by scorer" in str(done)
