"""MLflow stores, written and read by MLflow's own client. SQLite files only: no server, no network."""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.store.db.utils import _get_alembic_config
from mlflow.store.tracking.dbmodels.initial_models import Base as InitialBase
from sqlalchemy import create_engine

from pytest_alienbio import stats
from pytest_alienbio.cli.main import main
from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.exchange import Columns, Problems, Tracking, export, import_files, importer
from pytest_alienbio.exchange.mlflow_client import client_of
from pytest_alienbio.model import CellError, Outcome, Result
from pytest_alienbio.store import Dat, open_for_reading

from ..exchange.played import a_run, as_read_back, broken, cell
from .conftest import leaves


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without runs: MLflow takes seconds to make one."""
    path = tmp_path_factory.mktemp("mlflow") / "fresh.db"
    client_of(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def uri(fresh: Path, tmp_path: Path) -> str:
    """A store of one's own."""
    shutil.copy(fresh, tmp_path / "runs.db")
    return f"sqlite:///{tmp_path}/runs.db"


def runs(uri: str, experiment: str = "walk") -> list[Any]:
    """All runs of an experiment, as MLflow's client reads them."""
    client = client_of(uri)
    found = client.get_experiment_by_name(experiment)
    return list(client.search_runs([found.experiment_id])) if found else []


def read(source: str, columns: Columns | None = None) -> list[Result]:
    """The cells of a store; refuses as the command does."""
    problems = Problems()
    found = list(importer("", source).read(source, columns or Columns(), problems))
    problems.refuse()
    return found


def test_an_agent_of_a_dat_is_a_run_with_metrics_params_tags_and_files(uri: str, dat: Dat) -> None:
    done = export(dat.results(), "mlflow", uri, leaves=leaves)
    assert (done.cells, done.lost) == (10, {"the cell by itself (see --mlflow-cells)": 10, "trace": 6})
    found = {run.data.params["agent"]: run for run in runs(uri)}
    assert set(found) == {"greedy", "idle"}
    greedy = found["greedy"]
    (standing,) = [each for each in stats.summarize(dat.results()).standings if each.agent == "greedy"]
    assert greedy.data.metrics["score_mean"] == standing.mean
    assert greedy.data.metrics["pass_rate"] == standing.pass_rate
    assert greedy.data.metrics["score_mean/walks/line"] == 0.5
    assert (greedy.data.metrics["cells"], greedy.data.metrics["scored"], greedy.data.metrics["errors"]) == (8, 5, 2)
    assert greedy.data.metrics["tokens"] == 615
    assert greedy.data.params == {
        "battery": "walk", "agent": "greedy", "agent_hash": "a" * 64, "role": "candidate", "agent.depth": "3",
    }  # fmt: skip
    tags = greedy.data.tags
    assert (tags["mlflow.user"], tags["mlflow.source.git.commit"]) == ("ann", "c" * 40)
    assert tags["alienbio.dat"].startswith("results/walk/")
    assert tags["alienbio.outcomes"] == "agent_error 1, completed 4, skipped 1, timed_out 1, truncated 1"
    assert tags["alienbio.tag.nightly"] == "true"
    assert (greedy.info.status, greedy.info.start_time, greedy.info.end_time) == ("FINISHED", 1790000000250, 1790000007750)
    client = client_of(uri)
    files = {each.path for each in client.list_artifacts(greedy.info.run_id)}
    assert files == {"_spec_.yaml", "summary.csv", "results.yaml"}
    local = Path(client.download_artifacts(greedy.info.run_id, "summary.csv"))
    assert local.read_bytes() == (dat.path / "summary.csv").read_bytes()


def test_artifacts_lie_beside_the_store(uri: str, dat: Dat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in whatever folder this is called from."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    export(dat.results(), "mlflow", uri)
    assert list((tmp_path / "here").iterdir()) == []
    assert (tmp_path / "runs-artifacts").is_dir()


def test_writing_a_dat_twice_makes_no_second_runs_and_no_history(uri: str, dat: Dat) -> None:
    for _ in range(2):
        export(dat.results(), "mlflow", uri, leaves=leaves, tracking=Tracking(cells=True))
    found = runs(uri)
    assert Counter(run.data.tags["alienbio.kind"] for run in found) == {"agent": 2, "cell": 10}
    history = client_of(uri).get_metric_history(found[0].info.run_id, next(iter(found[0].data.metrics)))
    assert len(history) == 1


def test_what_changed_is_changed(uri: str, tmp_path: Path) -> None:
    """A run that was resumed has more cells; a lower mean replaces a higher one."""
    export([cell(3), cell(4)], "mlflow", uri, leaves=leaves)
    export([cell(3), cell(4), cell(0)], "mlflow", uri, leaves=leaves)
    (run,) = runs(uri)
    assert (run.data.metrics["cells"], run.data.metrics["score_mean"]) == (3, pytest.approx(1.75 / 3))


def test_cells_are_runs_below_that_of_their_agent(uri: str, dat: Dat) -> None:
    """What broke is FAILED and has no score."""
    export(dat.results(), "mlflow", uri, tracking=Tracking("all walks", cells=True))
    found = runs(uri, "all walks")
    parents = {run.info.run_id: run.data.params["agent"] for run in found if run.data.tags["alienbio.kind"] == "agent"}
    children = {run.info.run_name: run for run in found if run.data.tags["alienbio.kind"] == "cell"}
    for result in dat.results():
        run = children[result.id]
        assert parents[run.data.tags["mlflow.parentRunId"]] == result.agent
        assert run.data.metrics.get("score") == result.score
        assert run.data.tags["alienbio.outcome"] == result.outcome.value
        assert (run.info.status == "FINISHED") == result.outcome.scored
    assert children["walks/line[d2-greedy-s5]"].info.status == "FAILED"
    assert children["walks/line[d2-greedy-s6]"].info.status == "KILLED"


def test_cells_come_back_as_they_were(uri: str, dat: Dat, tmp_path: Path) -> None:
    export(dat.results(), "mlflow", uri, tracking=Tracking(cells=True))
    (made,) = import_files([uri], tmp_path)
    back = open_for_reading(Path(made.dat_path))
    assert [as_read_back(each) for each in back.results()] == [as_read_back(each) for each in dat.results()]
    assert all(each.origin.startswith("mlflow:runs.db/") for each in back.results())


def test_a_long_traceback_comes_back_whole(uri: str) -> None:
    """A tag holds 5000 characters."""
    result = broken(1, Outcome.AGENT_ERROR, trajectory=None, error=CellError("E", "m", "é" * 9_000), reason="é" * 3_000)
    export([result], "mlflow", uri, tracking=Tracking(cells=True))
    (found,) = read(uri)
    assert as_read_back(found) == result


def test_sums_alone_are_no_cells(uri: str) -> None:
    export([cell(1)], "mlflow", uri)
    with pytest.raises(SpecError, match="write those, too: bio export --mlflow-cells"):
        read(uri)


@pytest.fixture
def theirs(uri: str) -> str:
    """A store with runs of somebody: two models, a failure, one killed, one that never ended, one of another experiment."""
    client = client_of(uri)
    tuning, other = client.create_experiment("tuning"), client.create_experiment("other")

    started = count(1_790_000_000_000, 1000)

    def run(experiment: str, status: str | None, metrics: dict[str, float], **params: str) -> None:
        made = client.create_run(experiment, start_time=next(started), run_name="a run", tags={"who": "ann"})
        for name, value in metrics.items():
            client.log_metric(made.info.run_id, name, value / 2, step=0)
            client.log_metric(made.info.run_id, name, value, step=1)
        for name, param in params.items():
            client.log_param(made.info.run_id, name, param)
        if status:
            client.set_terminated(made.info.run_id, status, 1_790_000_060_000)

    run(tuning, "FINISHED", {"acc": 0.5, "loss": 2.0}, model="big", seed="1", lr="0.1")
    run(tuning, "FINISHED", {"acc": 0.75, "loss": float("nan")}, model="small", seed="1", lr="0.1")
    run(tuning, "FAILED", {"acc": 0.25}, model="small", seed="2", lr="0.1")
    run(tuning, "KILLED", {}, model="small", seed="3", lr="0.1")
    run(tuning, None, {}, model="small", seed="4", lr="0.1")
    run(tuning, "FINISHED", {"loss": 1.0}, model="small", seed="5", lr="0.1")
    run(other, "FINISHED", {"score": 1.0}, agent="big")
    return uri


def test_runs_of_somebody_are_cells_as_they_are_mapped(theirs: str) -> None:
    found = read(f"{theirs}#tuning", Columns({"score": "acc", "agent": "model"}, {"passing_score": "0.6"}))
    assert [(each.agent, each.seed, each.outcome.value, each.score, each.passed) for each in found] == [
        ("big", 1, "completed", 0.5, False),
        ("small", 1, "completed", 0.75, True),
        ("small", 2, "agent_error", None, None),
        ("small", 3, "lost", None, None),
        ("small", 4, "lost", None, None),
        ("small", 5, "scorer_error", None, None),
    ]
    first = found[0]
    assert (first.battery, first.scenario, first.params) == ("tuning", "tuning", {"lr": 0.1})
    assert first.scores == {"acc": 0.5, "loss": 2.0}
    assert (first.duration_s, first.started_at) == (60.0, 1_790_000_000.0)
    assert "loss" not in found[1].scores


def test_an_experiment_of_a_store_is_named_with_a_hash(theirs: str) -> None:
    assert [each.battery for each in read(f"{theirs}#other")] == ["other"]
    with pytest.raises(SpecError, match="there is no experiment 'tunin'; did you mean 'tuning'"):
        read(f"{theirs}#tunin")


def test_tags_can_be_mapped_and_what_is_missing_is_said(theirs: str) -> None:
    assert read(f"{theirs}#other", Columns({"agent": "tags.who"}))[0].agent == "ann"
    with pytest.raises(SpecError, match="which of its numbers is the score"):
        read(f"{theirs}#tuning", Columns({"agent": "model"}))
    with pytest.raises(SpecError, match="no run has 'acuracy', which should be score"):
        read(f"{theirs}#tuning", Columns({"agent": "model", "score": "acuracy"}))


def test_the_file_itself_is_known_for_a_store(theirs: str) -> None:
    path = theirs.removeprefix("sqlite:///")
    assert importer("", path).name == "mlflow"
    assert len(read(path, Columns({"score": "acc"}, {"agent": "x"}))) == 7


def test_a_deleted_experiment_is_said(uri: str) -> None:
    client = client_of(uri)
    client.delete_experiment(client.create_experiment("walk"))
    with pytest.raises(SpecError, match="the experiment 'walk' is deleted"):
        export([cell(1)], "mlflow", uri)


def test_a_damaged_store_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StoreError, match=r"runs\.db"):
        export([cell(1)], "mlflow", f"sqlite:///{tmp_path}/runs.db")


def test_the_command_writes_and_reads(uri: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(tmp_path / "data")
    data = ["--data", str(tmp_path / "data")]
    assert main(["export", "walk", "--mlflow", uri, "--mlflow-cells", "--experiment", "e", *data]) == 0
    assert "10 cells as mlflow" in capsys.readouterr().out
    assert main(["import", f"{uri}#e", *data]) == 0
    assert "10 cells of walk" in capsys.readouterr().out
    assert main(["export", "walk", "-o", "x.csv", "--mlflow-cells", *data]) == 2
    assert "there is no --mlflow URI" in capsys.readouterr().err


def test_what_mlflow_keeps_for_infinity_is_no_score(uri: str) -> None:
    """Its SQL stores put the largest number there is in its place."""
    client = client_of(uri)
    experiment = client.create_experiment("theirs")
    for value in (float("inf"), float("-inf"), float("nan"), 0.5):
        run = client.create_run(experiment)
        client.log_param(run.info.run_id, "agent", "v1")
        client.log_metric(run.info.run_id, "score", value)
        client.set_terminated(run.info.run_id)
    found = Counter((result.outcome, result.score) for result in read(f"{uri}#theirs"))
    assert found == {(Outcome.SCORER_ERROR, None): 3, (Outcome.COMPLETED, 0.5): 1}


def test_reading_changes_nothing_in_a_store(uri: str, dat: Dat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And leaves nothing in the folder this is called from."""
    export(dat.results(), "mlflow", uri, tracking=Tracking(cells=True))
    before = (tmp_path / "runs.db").read_bytes()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert len(read(uri)) == 10
    assert list((tmp_path / "here").iterdir()) == []
    assert (tmp_path / "runs.db").read_bytes() == before


def test_the_store_of_an_older_mlflow_is_not_brought_up_to_date(tmp_path: Path) -> None:
    """MLflow would do that as soon as it opens it."""
    uri = f"sqlite:///{tmp_path}/older.db"
    config = _get_alembic_config(uri)
    revisions = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    engine = create_engine(uri)
    InitialBase.metadata.create_all(engine)
    engine.dispose()
    command.upgrade(config, revisions[10])
    before = (tmp_path / "older.db").read_bytes()
    with pytest.raises(SpecError, match="mlflow db upgrade"):
        read(uri)
    assert (tmp_path / "older.db").read_bytes() == before


def test_two_attempts_at_a_cell_are_two_runs(uri: str) -> None:
    given = [cell(1), cell(1, attempt=2)]
    for _ in range(2):
        export(given, "mlflow", uri, tracking=Tracking(cells=True))
    assert sorted((result.attempt, result.score) for result in read(uri)) == [(1, given[0].score), (2, given[1].score)]


def test_a_line_that_is_shorter_the_second_time_comes_back(uri: str) -> None:
    """As that of a cell that broke with a long traceback, and was played again."""
    long = broken(1, Outcome.AGENT_ERROR, trajectory=None, error=CellError("E", "m", "x" * 12_000))
    short = long.with_(error=CellError("E", "m", "x"))
    for each in (long, short):
        export([each], "mlflow", uri, tracking=Tracking(cells=True))
    (found,) = read(uri)
    assert as_read_back(found) == short
