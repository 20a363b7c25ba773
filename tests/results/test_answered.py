"""A model that changed under the name that was asked for is told, wherever runs are held against each other."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.gate.validity import remarks
from pytest_alienbio.model import ModelUse, Query, Result, Rule
from pytest_alienbio.model.batch import Baseline
from pytest_alienbio.model.model_use import answered_by_several, changed_since
from pytest_alienbio.results.history import history
from pytest_alienbio.results.sides import read_runs
from pytest_alienbio.results.versus import compare_runs
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.store import Dat, Journal, close
from pytest_alienbio.store.baseline import text_of
from pytest_alienbio.store.baseline_reading import parse_baseline
from pytest_alienbio.store.index import Index
from tests.store.samples import a_dat, a_result

OLD, NEW = "gpt-4o-2024-05-13", "gpt-4o-2024-08-06"


def run_of(root: Path, run: str, *models: str, agent_hash: str = "def") -> Dat:
    """A closed run of agent `gpt`, a cell for each of the models that answered."""
    dat = a_dat(root, run)
    journal = Journal(dat.path, run, "w0")
    for seed, model in enumerate(models):
        journal.append(played(seed, model).with_(run=run, agent_hash=agent_hash))
    journal.close()
    close(dat, status={})
    return dat


def played(seed: int, model: str) -> Result:
    use = ModelUse("openai", "gpt-4o", (model,))
    return a_result(seed, agent="gpt").with_(model=use, started_at=100.0 + seed, ended_at=101.0 + seed)


def test_the_sentences() -> None:
    """'' where there is nothing to tell."""
    assert answered_by_several("gpt", {OLD: 12}) == changed_since("gpt", [OLD], [OLD], "there") == ""
    assert changed_since("gpt", [], [OLD], "there") == ""
    told = answered_by_several("gpt", {OLD: 12, NEW: 1})
    assert told.startswith(f"gpt was answered by {OLD} (12 cells) and {NEW} (1 cell): the model changed under its name")
    assert changed_since("gpt", [OLD], [NEW], "mine.json") == (
        f"gpt was answered by {OLD} in mine.json, and by {NEW} here: the model changed under its name"
    )


def test_a_gate_tells_it_and_a_baseline_file_keeps_it(tmp_path: Path) -> None:
    """It forbids no verdict: a changed agent is what a gate is for."""
    before, now = (batch_of(run_of(tmp_path, run, model, model).path) for run, model in (("r1", OLD), ("r2", NEW)))
    kept = parse_baseline(text_of(Baseline(before, "mine.json")).encode(), "mine.json", "mine.json")
    assert kept.batch.agents["gpt"].models == (OLD,)
    (told,) = (each for each in remarks(now, kept, Rule("g")) if "under its name" in each)
    assert told == changed_since("gpt", [OLD], [NEW], "mine.json")
    assert not any("under its name" in each for each in remarks(before, kept, Rule("g")))


def test_compare_and_history_tell_it(tmp_path: Path) -> None:
    """And say nothing of an agent whose profile was changed, which is told as such."""
    paths = [
        str(run_of(tmp_path, run, *models, agent_hash=hashed).path)
        for run, models, hashed in (("r1", (OLD, OLD), "a"), ("r2", (NEW, NEW), "a"), ("r3", (OLD, NEW), "b"))
    ]
    with Index.open(tmp_path) as index:
        index.refresh()
        runs, field = read_runs(index, Query(), paths[:2], ["one", "two"])
        compared = compare_runs(runs, field).notes
        over_time = history(index, Query(), called=lambda found: [f"run {at}" for at in range(len(found))]).notes
    assert compared == (f"gpt was answered by {OLD} in one, and by {NEW} in two: the model changed under its name",)
    assert len(over_time) == 2
    assert any("in run 0, and by" in each for each in over_time)
    assert any("(1 cell) and" in each for each in over_time)
