"""Logs that Inspect wrote, as cells. These are made by hand, of its own field names; real ones are read in `tests/outside`."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import Columns, Problems, importer
from pytest_alienbio.exchange.inspect_log import archive, read_log
from pytest_alienbio.model import Outcome, Result, Turn

USAGE = {"m/x": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}}


def sample(name: object = "one", epoch: int = 1, **more: Any) -> dict[str, Any]:
    """A sample that ended well."""
    return {
        "id": name,
        "epoch": epoch,
        "input": f"what is {name}?",
        "target": "2",
        "messages": [],
        "scores": {"match": {"value": "C", "answer": "2"}},
        "metadata": {"level": 3, "nested": {"a": 1}},
        "model_usage": USAGE,
        "started_at": "2026-11-26T15:41:54.239875+00:00",
        "completed_at": "2026-11-26T15:41:55.239875+00:00",
        "total_time": 1.0,
        "working_time": 0.75,
        **more,
    }


def log(*samples: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A log with these samples."""
    spec = {
        "task": "sums",
        "model": "m/x",
        "run_id": "run1",
        "task_args": {"shots": 2},
        "tags": ["nightly"],
        "config": {"epochs": 1},
        "dataset": {"samples": len(samples), "sample_ids": [each["id"] for each in samples]},
        "scorers": [{"name": "match"}],
        **more.pop("eval", {}),
    }
    return {"version": 2, "status": "success", "eval": spec, "samples": list(samples), **more}


def read(path: Path, document: Mapping[str, Any], columns: Columns | None = None) -> list[Result]:
    """The cells of a document; refuses as the command does."""
    file = path / "log.json"
    file.write_text(json.dumps(document), "utf-8")
    problems = Problems()
    found = list(read_log(str(file), columns or Columns(), problems))
    problems.refuse()
    return found


def one(path: Path, columns: Columns | None = None, head: Mapping[str, Any] | None = None, **more: Any) -> Result:
    """The only cell of a log."""
    (found,) = read(path, log(sample(**more), **(head or {})), columns)
    return found


def test_task_sample_model_and_epoch_are_battery_scenario_agent_and_seed(tmp_path: Path) -> None:
    found = one(tmp_path, epoch=2)
    assert (found.battery, found.scenario, found.agent, found.seed) == ("sums", "sums/one", "m/x", 2)
    assert found.id == "sums/one[m/x-s2-shots2]"
    assert (found.outcome, found.score, found.passed) == (Outcome.COMPLETED, 1.0, True)
    assert (found.usage.tokens, found.usage.usd) == (12, None)
    assert (found.params, found.tags, found.run) == ({"shots": 2}, ("nightly",), "run1")
    assert found.properties == {"level": 3}
    assert (found.duration_s, found.metrics) == (1.0, {"working_s": 0.75})
    assert found.started_at == 1795707714.239875
    assert found.origin == "inspect:log.json:1"


def test_the_same_question_to_the_same_model_has_one_key_in_every_log(tmp_path: Path) -> None:
    first, again = one(tmp_path), one(tmp_path, head={"eval": {"run_id": "run2"}})
    other, asked = one(tmp_path, head={"eval": {"model": "m/y"}}), one(tmp_path, input="what else?")
    assert first.key == again.key
    assert len({first.key, other.key, asked.key}) == 3
    assert first.scenario_hash == other.scenario_hash != asked.scenario_hash


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "RuntimeError('solver broke')"}, Outcome.AGENT_ERROR),
        ({"message": "openai.RateLimitError: 429 slow down"}, Outcome.PROVIDER_ERROR),
        ({"message": "APIStatusError('status code 529')"}, Outcome.PROVIDER_ERROR),
        ({"message": "SandboxUnavailableError('no docker')"}, Outcome.ENVIRONMENT_ERROR),
        ({"message": "CancelledError('sibling failed')"}, Outcome.LOST),
        (
            {
                "message": "ValueError('x')",
                "traceback": '  File "/x/inspect_ai/scorer/_match.py", line 3, in score\nValueError: x',
            },
            Outcome.SCORER_ERROR,
        ),
    ],
)
def test_a_sample_with_an_error_has_no_score_whatever_its_scorers_said(
    tmp_path: Path, error: dict[str, Any], expected: Outcome
) -> None:
    """`score_on_error` of Inspect scores what broke: an outage is never a score."""
    found = one(tmp_path, error=error)
    assert (found.outcome, found.score, found.passed) == (expected, None, None)
    assert found.error is not None
    assert found.error.message in error["message"]


@pytest.mark.parametrize("error", [{}, "solver broke", ["x"], {"type": "x"}])
def test_an_error_of_any_form_is_an_error(tmp_path: Path, error: object) -> None:
    found = one(tmp_path, error=error)
    assert (found.outcome, found.score, found.passed) == (Outcome.AGENT_ERROR, None, None)


@pytest.mark.parametrize(
    ("kind", "scored", "expected"),
    [
        ("message", True, Outcome.TRUNCATED),
        ("time", True, Outcome.TRUNCATED),
        ("time", False, Outcome.TIMED_OUT),
        ("working", False, Outcome.TIMED_OUT),
        ("token", False, Outcome.OVER_LIMIT),
        ("cost", False, Outcome.OVER_LIMIT),
        ("message", False, Outcome.TRUNCATED),
    ],
)
def test_a_limit_truncates_what_has_a_score(tmp_path: Path, kind: str, scored: bool, expected: Outcome) -> None:
    scores = {"match": {"value": "I"}} if scored else {}
    found = one(tmp_path, limit={"type": kind, "limit": 6.0, "reason": "six"}, scores=scores)
    assert (found.outcome, found.score) == (expected, 0.0 if scored else None)
    assert found.reason == f"{kind} limit: six"


def test_what_a_scorer_left_unscored_has_no_score_and_what_is_no_number_is_its_fault(tmp_path: Path) -> None:
    """Both are 0 to Inspect's metrics."""
    assert [one(tmp_path, scores={"match": {"value": value}}).outcome for value in (math.nan, "B+")] == [
        Outcome.COMPLETED,
        Outcome.SCORER_ERROR,
    ]
    assert one(tmp_path, scores={"match": {"value": math.nan}}).score is None
    assert one(tmp_path, scores={}).score is None


def test_an_invalidated_sample_is_skipped(tmp_path: Path) -> None:
    found = one(tmp_path, invalidation={"author": "ann", "reason": "leaked"})
    assert (found.outcome, found.score, found.reason) == (Outcome.SKIPPED, None, "invalidated: leaked")


TWO = {"match": {"value": "C"}, "graded": {"value": {"a": 0.25, "b": 0.75}}}


def test_the_headline_is_the_score_and_the_others_are_its_parts(tmp_path: Path) -> None:
    found = one(tmp_path, scores=TWO, head={"results": {"headline": {"scorer": "graded", "score": "b", "metric": "mean"}}})
    assert (found.score, found.passed) == (0.75, None)
    assert found.scores == {"match": 1.0, "graded.a": 0.25, "graded.b": 0.75}


def test_any_scorer_can_be_named_as_the_score(tmp_path: Path) -> None:
    assert one(tmp_path, Columns({"score": "graded.a"}), scores=TWO).score == 0.25


def test_a_score_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"sample one: it has no score 'graded\.c'; did you mean 'graded\.[ab]'"):
        one(tmp_path, Columns({"score": "graded.c"}), scores=TWO)


def test_a_sample_that_one_of_the_scorers_left_out_has_no_score(tmp_path: Path) -> None:
    """The scorer gave nothing for it, the others did: it is no reason to refuse the log."""
    both = {"scorers": [{"name": "match"}, {"name": "other"}]}
    document = log(sample("one"), sample("two", scores={"other": {"value": "C"}}), eval=both)
    for columns in (None, Columns({"score": "match"})):
        found = read(tmp_path, document, columns)
        assert [(result.outcome, result.score) for result in found] == [(Outcome.COMPLETED, 1.0), (Outcome.COMPLETED, None)]
        assert found[1].scores == {"other": 1.0}
    with pytest.raises(SpecError, match="no sample has the score 'match'"):
        read(tmp_path, log(sample("two", scores={"other": {"value": "C"}}), eval=both))
    with pytest.raises(SpecError, match=r"it has no score 'graded'; did you mean 'graded\.[ab]'"):
        read(tmp_path, log(sample(scores={"graded": {"value": {"a": 1, "b": 0}}}), eval={"scorers": [{"name": "graded"}]}))


def test_a_bar_that_is_set_decides_who_passes(tmp_path: Path) -> None:
    columns = Columns({"score": "graded.a"}, {"passing_score": "0.3", "battery": "mine"})
    found = one(tmp_path, columns, scores=TWO)
    assert (found.passed, found.passing_score, found.battery) == (False, 0.3, "mine")


def test_fields_can_be_found_in_the_metadata(tmp_path: Path) -> None:
    found = one(tmp_path, Columns({"difficulty": "metadata.level", "seed": "level"}))
    assert (found.difficulty, found.seed) == (3, 3)
    with pytest.raises(SpecError, match="its metadata has no 'levl', where difficulty should be; did you mean 'level'"):
        one(tmp_path, Columns({"difficulty": "levl"}))
    with pytest.raises(SpecError, match=r"seed: \{'a': 1\} is no whole number"):
        one(tmp_path, Columns({"seed": "nested"}))


def test_what_cannot_be_said_of_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="'passing_score' cannot be said of an Inspect log"):
        one(tmp_path, Columns({"passing_score": "x"}))


def test_tool_calls_and_words_are_turns(tmp_path: Path) -> None:
    chat = [
        {"role": "user", "content": "what?"},
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "let me add"}],
            "tool_calls": [
                {"id": "1", "function": "add", "arguments": {"x": 1}},
                {"id": "2", "function": "sub", "arguments": {}},
            ],
        },
        {"role": "tool", "tool_call_id": "2", "content": "attachment://abc", "function": "sub"},
        {"role": "tool", "tool_call_id": "1", "content": "", "error": {"type": "parsing", "message": "no x"}},
        {"role": "assistant", "content": "2"},
    ]
    found = one(tmp_path, messages=chat, attachments={"abc": "-1"})
    assert found.trajectory is not None
    assert found.trajectory.turns == (
        Turn(0, "add", {"x": 1}, ok=False, reason="no x", reasoning="hm\nlet me add"),
        Turn(1, "sub", {}, reading={"answer": "-1"}),
        Turn(2, "say", reasoning="2"),
    )


def test_samples_that_a_broken_off_log_has_not_got_are_not_run(tmp_path: Path) -> None:
    """So that they are not forgotten."""
    document = log(sample("one"), eval={"dataset": {"sample_ids": ["one", "two"]}, "config": {"epochs": 2}}, status="cancelled")
    found = {(result.scenario, result.seed): result for result in read(tmp_path, document)}
    assert {key for key, result in found.items() if result.outcome is Outcome.NOT_RUN} == {
        ("sums/one", 2),
        ("sums/two", 1),
        ("sums/two", 2),
    }
    assert found["sums/two", 1].reason == "not in the log, whose status is cancelled"


def test_what_is_mapped_is_not_looked_for_in_samples_that_were_not_run(tmp_path: Path) -> None:
    document = log(sample("one"), eval={"dataset": {"sample_ids": ["one", "two"]}}, status="error")
    columns = Columns({"difficulty": "level", "score": "match", "agent": "level"})
    found = {result.scenario: (result.outcome, result.difficulty, result.score) for result in read(tmp_path, document, columns)}
    assert found == {"sums/one": (Outcome.COMPLETED, 3, 1.0), "sums/two": (Outcome.NOT_RUN, None, None)}


def test_names_that_no_cell_may_have_are_made_plain(tmp_path: Path) -> None:
    found = one(tmp_path, name="a b[*]::../x\n", head={"eval": {"task": "my task", "model": ""}})
    assert (found.battery, found.scenario, found.agent) == ("my-task", "my-task/a-b----../x", "model")


def test_a_sample_of_the_first_format_has_one_score_without_a_name(tmp_path: Path) -> None:
    old = sample()
    old["score"] = old.pop("scores")["match"]
    (found,) = read(tmp_path, {**log(old), "version": 1})
    assert found.score == 1.0


def test_an_eval_log_whose_run_was_killed_has_only_its_start(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.eval", "w") as made:
        document = log(sample("one"), sample("two"))
        made.writestr("_journal/start.json", json.dumps({key: document[key] for key in ("version", "eval")}))
        made.writestr("samples/one_epoch_1.json", json.dumps(sample("one")))
    problems = Problems()
    found = list(read_log(str(tmp_path / "x.eval"), Columns(), problems))
    problems.refuse()
    assert [(result.scenario, result.outcome.value) for result in found] == [("sums/one", "completed"), ("sums/two", "not_run")]


def test_a_folder_is_all_its_logs(tmp_path: Path) -> None:
    for model in ("m/x", "m/y"):
        (tmp_path / f"{model[-1]}.json").write_text(json.dumps(log(sample(), eval={"model": model})))
    (tmp_path / "empty.eval").write_bytes(b"PK\5\6" + bytes(18))
    problems = Problems()
    assert importer("", str(tmp_path)).name == "inspect"
    assert [result.agent for result in read_log(str(tmp_path), Columns(), problems)] == ["m/x", "m/y"]
    with pytest.raises(SpecError, match=r"empty\.eval: neither header\.json nor"):
        problems.refuse()


@pytest.mark.parametrize("name", ["x.json", "2026-11-26T16-59-15+00-00_x_a.json"])
def test_a_folder_of_json_logs_alone_is_known_and_its_manifests_are_no_logs(tmp_path: Path, name: str) -> None:
    """As `bio export --format inspect-json` writes one, and an eval set of Inspect's."""
    (tmp_path / name).write_text(json.dumps(log(sample())), "utf-8")
    (tmp_path / "eval-set.json").write_text('{"eval_set_id": "x", "tasks": []}', "utf-8")
    (tmp_path / "logs.json").write_text(json.dumps({name: log()}), "utf-8")
    problems = Problems()
    assert importer("", str(tmp_path)).name == "inspect"
    assert [result.agent for result in read_log(str(tmp_path), Columns(), problems)] == ["m/x"]
    problems.refuse()


def test_logs_in_folders_below_are_read_too_and_links_are_not(tmp_path: Path) -> None:
    """Inspect lists them so."""
    for place, model in (("2026-11-26T16-59-15_x_a", "m/x"), ("a/b/2026-11-26T16-59-16_x_b", "m/y")):
        path = tmp_path / "logs" / f"{place}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(log(sample(), eval={"model": model})), "utf-8")
    (tmp_path / "logs" / "loop").symlink_to(tmp_path / "logs")
    problems = Problems()
    assert [result.agent for result in read_log(str(tmp_path / "logs"), Columns(), problems)] == ["m/x", "m/y"]
    problems.refuse()


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({**log(), "version": 3}, "format version 3 is newer than 2"),
        ({**log(), "version": "2"}, "version: expected a format version"),
        ({"version": 2, "eval": {"task": "x"}}, "no task and model"),
        ({**log(), "samples": [{"epoch": 1}]}, "sample 1 is no sample: it has no id"),
        ([1], "not a JSON object"),
    ],
)
def test_what_is_no_log_is_said(tmp_path: Path, document: Any, complaint: str) -> None:
    with pytest.raises(SpecError, match=complaint):
        read(tmp_path, document)


def test_a_document_that_is_too_big_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{read_log.__module__}.MAX_DOCUMENT", 100)
    with pytest.raises(SpecError, match=r"at most 100 of a \.json log are read: convert it to \.eval"):
        read(tmp_path, log(sample()))
    assert archive.MAX_DOCUMENT > 2**20


def test_every_bad_sample_is_told_at_once(tmp_path: Path) -> None:
    bad = [sample(str(number), scores={"other": {"value": 1}}) for number in range(3)]
    with pytest.raises(SpecError) as caught:
        read(tmp_path, log(*bad), Columns({"score": "nothing"}))
    assert [complaint.line for complaint in caught.value.complaints] == [1, 2, 3]


@pytest.mark.parametrize("field", ["outcome", "score", "seed", "tags", "metrics"])
def test_our_own_metadata_is_checked_like_a_journal_line(tmp_path: Path, field: str) -> None:
    """It may have been edited."""
    ours = {
        "alienbio": 1,
        "key": "k",
        "id": "i",
        "scenario": "s",
        "agent": "a",
        "seed": 1,
        "outcome": "completed",
        field: {"x": []},
    }
    if field == "score":
        ours["outcome"], ours["score"] = "lost", 1
    with pytest.raises(SpecError, match=r"sample one: "):
        one(tmp_path, metadata=ours if field != "metrics" else {**ours, "metrics": 3}, scores={"score": {"value": 1}})
