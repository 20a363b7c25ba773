"""Folders that Sacred's FileStorageObserver wrote, as cells.

`sacred_runs` was written by sacred 0.8.7; only names of machines and folders were changed afterwards. In it are a run that
ended well, three that did not (an error, a provider's, a timeout), one interrupted, and results that are a mapping and a
numpy number.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import Columns, Problems, import_files, importer
from pytest_alienbio.exchange.sacred_in import read
from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import codec, open_for_reading

from ..store.samples import json_values
from .inspect_log.test_any_log import changed, places
from .patient import PATIENT

RUNS = Path(__file__).parent / "sacred_runs"
MAPPED = Columns({"score": "result", "difficulty": "level"})


def cells(folder: Path = RUNS, columns: Columns = MAPPED) -> list[Result]:
    """The runs of a folder; refuses as the command does."""
    problems = Problems()
    found = list(read(str(folder), columns, problems))
    problems.refuse()
    return found


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of one's own to spoil."""
    shutil.copytree(RUNS / "1", tmp_path / "runs" / "1")
    return tmp_path / "runs" / "1"


def change(run: Path, file: str = "run.json", **changes: Any) -> None:
    """Changes a file of a run."""
    path = run / file
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_each_status_has_its_outcome() -> None:
    assert [result.outcome for result in cells()] == [
        Outcome.COMPLETED,
        Outcome.AGENT_ERROR,
        Outcome.PROVIDER_ERROR,
        Outcome.TIMED_OUT,
        Outcome.LOST,
        Outcome.SCORER_ERROR,
        Outcome.COMPLETED,
    ]


def test_a_run_is_a_cell_with_its_config_as_params() -> None:
    first = cells()[0]
    assert (first.battery, first.scenario, first.agent, first.seed, first.difficulty) == ("walk", "walk", "greedy", 7, 2)
    assert first.score == 0.75
    assert first.scores == {"result": 0.75, "loss": 1 / 3}
    assert first.params == {"kind": "plain", "lr.a": 0.1, "lr.b": [1, 2]}
    assert first.origin == "sacred:sacred_runs/1:1"
    assert 0 < first.duration_s < 1
    assert first.started_at == pytest.approx(1795708471.774117)


def test_an_error_keeps_its_type_message_and_traceback() -> None:
    failed, provider = cells()[1:3]
    assert failed.error is not None
    assert (failed.error.type, failed.error.message) == ("ValueError", "boom: it broke")
    assert failed.error.traceback.startswith("Traceback")
    assert failed.reason == "ValueError: boom: it broke"
    assert failed.score is provider.score is None
    assert provider.error is not None
    assert provider.error.type.endswith("RateLimitError")


def test_a_numpy_number_is_a_number_and_nothing_is_unpickled() -> None:
    last = cells()[-1]
    assert '"py/object": "numpy.float64"' in (RUNS / "7" / "run.json").read_text("utf-8")
    assert last.score == 0.25


def test_numbers_of_a_result_can_be_the_score() -> None:
    assert cells(RUNS / "6", Columns({"score": "score"}))[0].score == 0.5
    assert cells(RUNS / "6", Columns())[0].score == 0.5  # it is called so


def test_a_metric_can_be_the_score_by_its_last_value() -> None:
    (found,) = cells(RUNS / "1", Columns({"score": "loss"}, {"better": "lower", "passing_score": "0.4"}))
    assert found.score == pytest.approx(1 / 3)
    assert found.passed is True


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        (Columns({"score": "reslt"}), "no run has 'reslt', which should be score; did you mean 'result'"),
        (Columns({"score": "result", "agent": "modl"}), "no run has 'modl', which should be agent"),
        (Columns({"score": "result", "seed": "kind"}), r"sacred_runs/1: kind: 'plain' is no whole number"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(columns: Columns, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        cells(columns=columns)


def test_a_score_is_never_guessed(run: Path) -> None:
    """Lower is better for a loss, and nobody said so."""
    change(run, result=None)
    with pytest.raises(SpecError, match=r"which of its numbers is the score\? Say it with --map score=NAME; there are: loss"):
        cells(run, Columns())


def test_a_run_without_any_number_is_the_scorers_error(run: Path) -> None:
    change(run, result=None)
    (run / "metrics.json").unlink()
    (found,) = cells(run, Columns())
    assert (found.outcome, found.score, found.reason) == (
        Outcome.SCORER_ERROR,
        None,
        "the run has no number that could be a score",
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [("RUNNING", Outcome.LOST), ("QUEUED", Outcome.NOT_RUN), ("PREEMPTED", Outcome.LOST), (None, Outcome.LOST)],
)
def test_a_run_that_did_not_end_has_no_score(run: Path, status: str | None, expected: Outcome) -> None:
    change(run, status=status)
    (found,) = cells(run)
    assert (found.outcome, found.score) == (expected, None)


def test_a_second_run_of_a_cell_is_its_second_attempt_and_without_a_seed_the_next_seed(run: Path) -> None:
    shutil.copytree(run, run.with_name("2"))
    assert [(found.seed, found.attempt) for found in cells(run.parent)] == [(7, 1), (7, 2)]
    for each in (run, run.with_name("2")):
        config = json.loads((each / "config.json").read_text("utf-8"))
        del config["seed"]
        (each / "config.json").write_text(json.dumps(config), "utf-8")
    assert [(found.seed, found.attempt) for found in cells(run.parent)] == [(0, 1), (1, 1)]


def test_runs_come_in_the_order_of_their_numbers(run: Path) -> None:
    for number in ("10", "2", "x"):
        shutil.copytree(run, run.with_name(number))
    assert [found.origin.split("/")[1].split(":")[0] for found in cells(run.parent)] == ["1", "2", "10", "x"]


def test_a_run_without_a_config_has_no_agent_unless_one_is_set(run: Path) -> None:
    (run / "config.json").unlink()
    with pytest.raises(SpecError, match="no agent"):
        cells(run, Columns({"score": "result"}))
    assert cells(run, Columns({"score": "result"}, {"agent": "greedy"}))[0].agent == "greedy"


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("run.json", "{", "run.json: no JSON"),
        ("run.json", "[]", "run.json: expected a JSON object"),
        ("run.json", "{}", "experiment.name is missing"),
        ("config.json", "[" * 100_000, "config.json: "),
        ("metrics.json", "nonsense", "metrics.json: no JSON"),
    ],
)
def test_a_damaged_file_is_named(run: Path, file: str, content: str, complaint: str) -> None:
    (run / file).write_text(content, "utf-8")
    with pytest.raises(SpecError, match=complaint):
        cells(run)


def test_a_file_that_is_a_link_or_too_big_is_not_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = (run / "config.json").rename(run.parent / "elsewhere.json")
    (run / "config.json").symlink_to(config)
    with pytest.raises(SpecError, match=r"config\.json: a link or no file"):
        cells(run)
    (run / "config.json").unlink()
    monkeypatch.setattr("pytest_alienbio.exchange.sacred_in.MAX_FILE", 10)
    with pytest.raises(SpecError, match=r"run\.json: [\d,]+ bytes; at most 10 are read"):
        cells(run)


@settings(PATIENT, max_examples=60)
@given(st.data(), st.sampled_from(["run.json", "config.json", "metrics.json"]), json_values | st.floats())
def test_any_value_at_any_place_is_read_or_refused(data: st.DataObject, file: str, new: object) -> None:
    """And what is read can be written into a journal."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(shutil.copytree(RUNS / "2", Path(folder, "1")))
        whole = json.loads((run / file).read_text("utf-8"))
        (run / file).write_text(json.dumps(changed(whole, data.draw(st.sampled_from(places(whole))), new)), "utf-8")
        for result in read(folder, MAPPED, Problems()):
            codec.encode(result)


def test_the_folder_is_known_for_what_it_is_and_imports_whole(tmp_path: Path) -> None:
    assert importer("", str(RUNS)).name == importer("", str(RUNS / "1")).name == "sacred"
    (made,) = import_files([str(RUNS)], tmp_path, columns=MAPPED)
    back = open_for_reading(Path(made.dat_path))
    assert (made.cells, made.battery) == (7, "walk")
    assert {result.origin for result in back.results()} == {f"sacred:sacred_runs/{number}:{number}" for number in range(1, 8)}
