"""Inspect AI itself reads what we write, and we read what it writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval, task
from inspect_ai.analysis import evals_df, messages_df, samples_df
from inspect_ai.dataset import Sample
from inspect_ai.log import (
    EvalLog,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample,
    read_eval_log_sample_summaries,
    recompute_metrics,
    write_eval_log,
)
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, includes, match, mean, scorer, stderr
from inspect_ai.solver import generate, solver, use_tools
from inspect_ai.tool import tool

from pytest_alienbio.exchange import Columns, Problems, export, import_files, importer
from pytest_alienbio.exchange.inspect_log.values import number
from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import Dat, open_for_reading

from ..exchange.played import as_read_back

FORMS = {"eval": "inspect", "json": "inspect-json"}


@pytest.fixture(params=FORMS)
def logs(request: pytest.FixtureRequest, dat: Dat, tmp_path: Path) -> dict[str, EvalLog]:
    """Our logs of a DAT as Inspect reads them, by model; with their folder's name as location."""
    export(dat.results(), FORMS[request.param], tmp_path / "logs")
    found = [read_eval_log(info) for info in list_eval_logs(str(tmp_path / "logs"))]
    return {log.eval.model: log for log in found}


def test_inspect_lists_our_logs_by_their_names(dat: Dat, tmp_path: Path) -> None:
    export(dat.results(), "inspect", tmp_path / "logs")
    infos = list_eval_logs(str(tmp_path / "logs"))
    assert sorted((info.task, len(info.task_id)) for info in infos) == [("walk-greedy", 22), ("walk-idle", 22)]


def test_samples_scores_and_errors_are_what_the_cells_were(logs: dict[str, EvalLog], dat: Dat) -> None:
    log = logs["greedy"]
    assert (log.status, log.eval.task, log.version) == ("success", "walk", 2)
    samples = {sample.metadata["seed"]: sample for sample in log.samples or []}
    for result in dat.results():
        if result.agent != "greedy" or result.outcome is Outcome.SKIPPED:
            continue
        sample = samples.pop(result.seed)
        assert (sample.error is not None) == (not result.outcome.scored)
        assert (
            (sample.scores or {}).get("score") is None if result.score is None else sample.scores["score"].value == result.score
        )
        assert {name: score.value for name, score in (sample.scores or {}).items() if name.startswith("score.")} == {
            f"score.{name}": value for name, value in result.scores.items()
        }
    assert samples == {}


def test_an_errored_sample_is_in_no_mean(logs: dict[str, EvalLog]) -> None:
    """An outage is never a score: Inspect reckons the same numbers from our samples as we wrote."""
    log = logs["greedy"]
    assert log.results is not None
    assert (log.results.total_samples, log.results.completed_samples) == (7, 5)
    before = {score.name: {name: metric.value for name, metric in score.metrics.items()} for score in log.results.scores}
    assert before["score"]["mean"] == 0.5
    recompute_metrics(log)
    assert {score.name: score.metrics for score in log.results.scores}.keys() == before.keys()
    for score in log.results.scores:
        assert {name: metric.value for name, metric in score.metrics.items()} == pytest.approx(before[score.name])


def test_tool_calls_usage_and_limits_are_read(logs: dict[str, EvalLog]) -> None:
    log = logs["greedy"]
    sample = next(each for each in log.samples or [] if each.metadata["seed"] == 1)
    calls = [call for message in sample.messages if message.role == "assistant" for call in message.tool_calls or []]
    assert [(call.function, call.arguments) for call in calls] == [
        ("look", {"quantity": "x"}),
        ("jump", {"height": 9}),
        ("add", {"dose": 0.5}),
    ]
    refused = next(message for message in sample.messages if message.role == "tool" and message.error)
    assert refused.error.message == "too high"
    assert (sample.model_usage["greedy"].total_tokens, sample.model_usage["greedy"].total_cost) == (101, 0.125)
    assert log.stats.model_usage["greedy"].total_tokens == 615
    assert (sample.total_time, sample.started_at) == (0.5, "2026-09-21T14:13:21.250000+00:00")
    stopped = next(each for each in log.samples or [] if each.metadata["seed"] == 4)
    assert (stopped.limit.type, stopped.limit.limit) == ("turn", 3.0)


def test_one_sample_and_the_summaries_are_read_by_themselves(dat: Dat, tmp_path: Path) -> None:
    export((each for each in dat.results() if each.agent == "greedy"), "eval", tmp_path / "x.eval")
    place = str(tmp_path / "x.eval")
    sample = read_eval_log_sample(place, "walks/line[d2-s3-slope0.5]", 1)
    assert sample.scores["score"].value == 0.75
    assert [event.event for event in sample.events] == ["model", "tool"] * 3
    summaries = read_eval_log_sample_summaries(place)
    assert len(summaries) == 7
    assert {each.metadata["seed"]: each.error for each in summaries}[5] == "pond.Ripple: it broke: twice"
    header = read_eval_log(place, header_only=True)
    assert header.samples is None
    assert header.results.headline.metric == "mean"


def test_inspects_data_frames_have_our_columns(dat: Dat, tmp_path: Path) -> None:
    export(dat.results(), "inspect", tmp_path / "logs")
    place = str(tmp_path / "logs")
    samples = samples_df(place, quiet=True)
    assert len(samples) == 9
    assert sorted(samples["score_score"].dropna()) == [0.0, 0.0, 0.25, 0.5, 0.75, 1.0]
    assert set(samples["metadata_outcome"]) == {"completed", "truncated", "agent_error", "timed_out", "lost"}
    assert len(evals_df(place, quiet=True)) == 2
    messages = messages_df(place, quiet=True)
    assert (messages["role"] == "assistant").sum() == 3 * 6
    assert messages["message_id"].is_unique


def test_what_inspect_read_and_wrote_again_is_still_our_cells(dat: Dat, tmp_path: Path) -> None:
    """Through its own models and its own writer, which packs with zstd."""
    export(dat.results(), "inspect", tmp_path / "logs")
    (tmp_path / "again").mkdir()
    for info in list_eval_logs(str(tmp_path / "logs")):
        write_eval_log(read_eval_log(info), str(tmp_path / "again" / Path(info.name).name))
    (made,) = import_files([str(tmp_path / "again")], tmp_path)
    back = open_for_reading(Path(made.dat_path))
    assert [as_read_back(each) for each in back.results()] == [as_read_back(each) for each in dat.results()]
    assert sum(back.trace(each) is not None for each in back.results()) == 6


@tool
def add() -> Any:
    """A tool for the model that is played below."""

    async def execute(x: int, y: int) -> int:
        """Adds two numbers.

        Args:
            x: first
            y: second
        """
        return x + y

    return execute


@scorer(metrics=[mean(), stderr()])
def graded() -> Any:
    """A scorer with two values."""

    async def score(state: Any, target: Any) -> Score:
        return Score(value={"a": 0.5, "b": 1.0})

    return score


@scorer(metrics=[mean()])
def odd() -> Any:
    """A scorer that leaves some samples unscored."""

    async def score(state: Any, target: Any) -> Score:
        return Score.unscored() if hasattr(Score, "unscored") else Score(value=float("nan"))

    return score


@solver
def fragile() -> Any:
    """Breaks at the sample `bad`."""

    async def solve(state: Any, generate: Any) -> Any:
        if state.sample_id == "bad":
            raise RuntimeError("solver broke")
        return state

    return solve


@task
def sums() -> Task:
    """Three samples twice: right, wrong and without end, and one that breaks."""
    samples = [Sample(f"{name}?", target="2", id=name, metadata={"level": 1}) for name in ("one", "bad", "loop")]
    return Task(
        dataset=samples,
        solver=[fragile(), use_tools(add()), generate()],
        scorer=[match(), includes(), graded(), odd()],
        epochs=2,
        message_limit=6,
        fail_on_error=False,
        tags=["nightly"],
    )


def outputs() -> Iterator[ModelOutput]:
    """What the mock model says: a call and the answer for the first sample, calls without end for the other."""
    for round_ in range(100):
        call = ModelOutput.for_tool_call("mockllm/model", "add", {"x": 1, "y": round_})
        words = ModelOutput.from_content("mockllm/model", "2")
        for each in (call, words):
            each.usage = ModelUsage(input_tokens=5, output_tokens=7, total_tokens=12)
        yield call
        if round_ in (0, 4):
            yield words


@pytest.fixture(scope="module", params=["eval", "json"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, EvalLog]:
    """A log that Inspect wrote, and what it says is in it."""
    folder = tmp_path_factory.mktemp(request.param)
    model = get_model("mockllm/model", custom_outputs=outputs())
    (log,) = eval(sums(), model=model, log_dir=str(folder), log_format=request.param, display="none", max_samples=1)
    return log.location, read_eval_log(log.location)


def cells(place: str, columns: Columns | None = None) -> dict[tuple[str, int], Result]:
    """Our cells of a log, by scenario and seed."""
    problems = Problems()
    found = list(importer("", place).read(place, columns or Columns(), problems))
    problems.refuse()
    return {(result.scenario, result.seed): result for result in found}


def test_every_sample_of_a_real_log_is_a_cell(played: tuple[str, EvalLog]) -> None:
    place, log = played
    found = cells(place)
    assert len(found) == len(log.samples or []) == 6
    for sample in log.samples or []:
        result = found[f"sums/{sample.id}", sample.epoch]
        assert (result.battery, result.agent, result.tags) == ("sums", "mockllm/model", ("nightly",))
        if sample.error:
            assert (result.outcome, result.score) == (Outcome.AGENT_ERROR, None)
            assert result.error is not None
            assert (result.error.type, result.error.message) == ("RuntimeError", "solver broke")
            continue
        assert result.outcome is (Outcome.TRUNCATED if sample.limit else Outcome.COMPLETED)
        assert result.score == number(sample.scores["match"].value)
        assert result.scores["graded.a"] == 0.5
        assert "odd" not in result.scores
        assert result.usage.tokens == sample.model_usage["mockllm/model"].total_tokens
        assert result.properties == {"level": 1}
    outcomes = sorted(result.outcome.value for result in found.values())
    assert {"agent_error", "completed", "truncated"} == set(outcomes)


def test_the_mean_of_our_cells_is_inspects_own(played: tuple[str, EvalLog]) -> None:
    place, log = played
    scores = [result.score for result in cells(place).values() if result.score is not None]
    accuracy = next(score.metrics["accuracy"].value for score in log.results.scores if score.name == "match")
    assert sum(scores) / len(scores) == pytest.approx(accuracy)


def test_tool_calls_of_a_real_log_are_turns(played: tuple[str, EvalLog]) -> None:
    first = next(result for (name, _), result in cells(played[0]).items() if name == "sums/one")
    assert first.trajectory is not None
    assert [(turn.action, dict(turn.params), dict(turn.reading)) for turn in first.trajectory.turns] == [
        ("add", {"x": 1, "y": 0}, {"answer": "1"}),
        ("say", {}, {}),
    ]


def test_another_scorer_can_be_the_score(played: tuple[str, EvalLog]) -> None:
    found = cells(played[0], Columns({"score": "graded.b", "difficulty": "level"}, {"passing_score": "0.8"}))
    scored = [result for result in found.values() if result.score is not None]
    assert {(result.score, result.passed, result.difficulty) for result in scored} == {(1.0, True, 1)}


def test_a_real_log_becomes_a_dat_and_a_log_again(played: tuple[str, EvalLog], tmp_path: Path) -> None:
    (made,) = import_files([played[0]], tmp_path)
    dat = open_for_reading(Path(made.dat_path))
    export(dat.results(), "inspect", tmp_path / "logs")
    (info,) = list_eval_logs(str(tmp_path / "logs"))
    log = read_eval_log(info)
    assert (log.eval.task, log.eval.model, len(log.samples or [])) == ("sums", "mockllm/model", 6)
    assert sum(sample.error is not None for sample in log.samples or []) == 2


def test_a_log_that_was_cut_short_says_what_was_not_run(tmp_path: Path) -> None:
    """With the samples that were chosen, not all there are."""
    strict = sums()
    strict.fail_on_error = True
    model = get_model("mockllm/model", custom_outputs=outputs())
    (log,) = eval(strict, model=model, log_dir=str(tmp_path), limit=2, display="none", max_samples=1)
    assert log.status == "error"
    found = cells(log.location)
    assert set(found) == {("sums/one", 1), ("sums/one", 2), ("sums/bad", 1), ("sums/bad", 2)}
    assert {result.outcome for result in found.values()} <= {
        Outcome.COMPLETED,
        Outcome.TRUNCATED,
        Outcome.AGENT_ERROR,
        Outcome.NOT_RUN,
        Outcome.LOST,
    }
    assert any(result.outcome is Outcome.NOT_RUN for result in found.values())
