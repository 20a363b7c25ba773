"""What an Inspect log is made of, byte by byte; that `inspect_ai` itself reads it is tested in `tests/outside`."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.exchange import Columns, Problems
from pytest_alienbio.exchange.around import Around
from pytest_alienbio.exchange.inspect_log import log_name, read_log, write_log
from pytest_alienbio.model import Outcome, Result, Usage

from ...store.samples import results, trajectories
from ..patient import PATIENT
from ..played import WALK, as_read_back, broken, cell, cells

ABOUT = Around(
    place="results/walk/1",
    run="r1",
    description="Walks.",
    tags=("nightly",),
    commit="c" * 40,
    dirty=True,
    at="2026-11-26T10:00:00.000Z",
)


def written(given: list[Result], form: str = "eval", about: Around = ABOUT) -> bytes:
    """The log of some results, each with its own trajectory."""
    out = io.BytesIO()
    write_log(out, given, about, trace=lambda result: result.trajectory, form=form)
    return out.getvalue()


def document(given: list[Result], about: Around = ABOUT) -> Any:
    """The log as JSON."""
    return json.loads(written(given, "json", about))


def greedy() -> list[Result]:
    """The cells of one agent."""
    return [result for result in cells() if result.agent == "greedy"]


def test_an_eval_log_is_a_zip_with_a_member_a_sample_and_the_head_last() -> None:
    with zipfile.ZipFile(io.BytesIO(written(greedy()))) as archive:
        names = archive.namelist()
        assert names[0] == "samples/walks/line[d2-s0-slope0.5]_epoch_1.json"
        assert sum(name.startswith("samples/") for name in names) == 7
        assert names[7:] == ["_journal/start.json", "_journal/summaries/1.json", "summaries.json", "header.json"]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        start, head = json.loads(archive.read("_journal/start.json")), json.loads(archive.read("header.json"))
        assert start == {name: head[name] for name in ("version", "eval", "plan")}
        assert "samples" not in head


def test_both_forms_say_the_same() -> None:
    whole = document(greedy())
    with zipfile.ZipFile(io.BytesIO(written(greedy()))) as archive:
        samples = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("samples/")]
        assert whole == {**json.loads(archive.read("header.json")), "samples": samples}
    assert next(iter(whole)) == "version"  # Inspect reads the head of a document without its samples: the order is the format


@pytest.mark.parametrize("form", ["eval", "json"])
def test_the_same_cells_give_the_same_bytes(form: str) -> None:
    """A log that is written again can be compared, and its ids are those of the DAT."""
    assert written(greedy(), form) == written(greedy(), form)


def test_the_head_says_task_model_and_where_from() -> None:
    head = document(greedy())["eval"]
    assert (head["task"], head["model"], head["run_id"], head["tags"]) == ("walk", "greedy", "r1", ["nightly"])
    assert head["created"] == "2026-11-26T10:00:00.000+00:00"
    assert head["revision"] == {"type": "git", "origin": "", "commit": "c" * 40, "dirty": True}
    assert head["dataset"]["samples"] == len(head["dataset"]["sample_ids"]) == 7
    assert head["metadata"]["alienbio"]["place"] == "results/walk/1"


def test_a_cell_that_broke_is_a_sample_with_an_error_and_no_score() -> None:
    """An outage is never a score."""
    samples = {sample["metadata"]["seed"]: sample for sample in document(greedy())["samples"]}
    for seed, message in ((5, "pond.Ripple: it broke: twice"), (6, "timed_out: took more than 5 s")):
        assert samples[seed]["error"]["message"] == message
        assert samples[seed]["scores"] == {}
    assert samples[5]["error"]["traceback"].startswith("Traceback")
    assert all("error" not in samples[seed] for seed in (0, 1, 2, 3, 4))


def test_a_cell_that_was_never_played_is_no_sample_but_stands_in_the_metadata() -> None:
    whole = document(greedy())
    assert 7 not in {sample["metadata"]["seed"] for sample in whole["samples"]}
    (row,) = whole["metadata"]["alienbio"]["not_played"]
    assert (row["seed"], row["outcome"], row["reason"]) == (7, "skipped", "needs a terminal")


def test_a_truncated_cell_names_its_limit_and_keeps_its_score() -> None:
    (sample,) = document([cell(4, outcome=Outcome.TRUNCATED, reason="stopped after 3 calls")])["samples"]
    assert sample["limit"] == {"type": "turn", "limit": 3.0, "reason": "stopped after 3 calls"}
    assert sample["scores"]["score"]["value"] == 1.0


def test_turns_are_tool_calls_answered_by_messages() -> None:
    (sample,) = document([cell(1)])["samples"]
    roles = [message["role"] for message in sample["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "tool", "assistant", "tool"]
    call, answer = sample["messages"][1]["tool_calls"][0], sample["messages"][2]
    assert (call["function"], call["arguments"]) == ("look", {"quantity": "x"})
    assert answer["tool_call_id"] == call["id"]
    assert json.loads(answer["content"]) == {"reading": {"x": 1.25}, "cost": 0.5, "seen": {"x": 1.5}}
    assert sample["messages"][1]["content"] == "first look"
    assert sample["messages"][4]["error"] == {"type": "unknown", "message": "too high"}
    assert sample["turn_count"] == 3
    assert sample["store"] == {"x": 2.5}


def test_each_call_is_a_model_event_over_what_came_before_and_a_tool_event() -> None:
    (sample,) = document([cell(1)])["samples"]
    assert [event["event"] for event in sample["events"]] == ["model", "tool"] * 3
    assert [event["input_refs"] for event in sample["events"][::2]] == [[[0, 1]], [[0, 3]], [[0, 5]]]
    assert len(sample["events_data"]["messages"]) == len(sample["messages"])
    assert sample["events"][1]["result"] == sample["messages"][2]["content"]


def test_messages_of_two_samples_never_share_an_id() -> None:
    """Inspect takes two messages of one id for the same."""
    ids = [message["id"] for sample in document(greedy())["samples"] for message in sample["messages"]]
    assert len(ids) == len(set(ids))


def test_the_same_world_has_the_same_sample_id_for_every_agent() -> None:
    """So that Inspect can pair them."""
    mine, other = document([cell(3)]), document([cell(3, "idle")])
    assert mine["samples"][0]["id"] == other["samples"][0]["id"] == "walks/line[d2-s3-slope0.5]"
    assert mine["samples"][0]["uuid"] != other["samples"][0]["uuid"]


def test_means_leave_out_what_has_no_score() -> None:
    head = document(greedy())["results"]
    assert (head["total_samples"], head["completed_samples"]) == (7, 5)
    by_name = {score["name"]: score for score in head["scores"]}
    assert by_name["score"]["metrics"]["mean"]["value"] == pytest.approx((0 + 0.25 + 0.5 + 0.75 + 1) / 5)
    assert by_name["score"]["scored_samples"] == 5
    assert by_name["passed"]["metrics"]["accuracy"]["value"] == pytest.approx(2 / 5)
    assert by_name["score"]["metrics"]["stderr"]["value"] == pytest.approx(0.39528470752104744 / 5**0.5)


def test_one_sample_has_no_standard_error() -> None:
    """Missing, never 0."""
    (first, *_) = document([cell(1)])["results"]["scores"]
    assert set(first["metrics"]) == {"mean"}


def test_numbers_whose_sum_is_none_have_no_mean() -> None:
    (first, *_) = document([cell(seed, score=1.7e308, scores={}) for seed in range(2)])["results"]["scores"]
    assert first["metrics"] == {}


def test_a_second_record_of_a_world_is_its_second_epoch() -> None:
    whole = document([cell(1), cell(1, key="other", score=0.75)])
    assert [sample["epoch"] for sample in whole["samples"]] == [1, 2]
    assert whole["eval"]["config"]["epochs"] == 2
    assert whole["results"]["scores"][0]["metrics"]["mean"]["value"] == 0.5


def test_usage_is_what_was_counted() -> None:
    whole = document([cell(1), cell(2), cell(3, usage=Usage())])
    assert whole["stats"]["model_usage"] == {
        "greedy": {"input_tokens": 0, "output_tokens": 0, "total_tokens": 203, "total_cost": 0.25}
    }
    assert whole["samples"][2]["model_usage"] == {}


def test_a_run_that_is_not_closed_is_started() -> None:
    assert document([cell(1)], Around(closed=False))["status"] == "started"


@pytest.mark.parametrize("others", [[cell(1, "idle")], [cell(2, battery="other")], []])
def test_a_log_is_of_one_agent_in_one_battery(others: list[Result]) -> None:
    with pytest.raises(ValueError, match=r"one agent|no results"):
        written([cell(1), *others] if others else [])


def test_a_name_is_one_that_inspect_takes_for_a_log() -> None:
    name = log_name("my/walk x", "openai/gpt 4", ABOUT)
    assert name.startswith("2026-11-26T10-00-00+00-00_my-walk-x-openai-gpt-4_")
    assert name.endswith(".eval")
    assert "/" not in name
    assert name.count("_") == 2


@settings(PATIENT, max_examples=60)
@given(results(), st.none() | trajectories, st.sampled_from(["eval", "json"]))
def test_whatever_a_cell_is_it_comes_back_as_it_was(result: Result, trajectory: object, form: str) -> None:
    """With what happened in it; only where it lies is new."""
    result = result.with_(trajectory=trajectory, trace=None)
    path = Path(f"/nowhere/log.{form}")
    problems = Problems()
    (back,) = _read(written([result], form), path, problems)
    problems.refuse()
    played = result.outcome not in (Outcome.NOT_RUN, Outcome.SKIPPED)
    assert as_read_back(back) == as_read_back(result if played else result.with_(trajectory=None))
    assert back.origin.split(" < ", 1)[1:] == ([result.origin] if result.origin else [])


def _read(data: bytes, path: Path, problems: Problems) -> list[Result]:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=path.suffix) as file:
        file.write(data)
        file.flush()
        return list(read_log(file.name, Columns(), problems))


def test_a_broken_cell_keeps_what_happened_until_then() -> None:
    problems = Problems()
    (back,) = _read(written([broken(1, Outcome.AGENT_ERROR, reason="x")]), Path("x.eval"), problems)
    assert back.trajectory == WALK
    assert back.score is None
