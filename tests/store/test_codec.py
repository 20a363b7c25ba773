"""Result <-> journal line."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import CellError, ModelUse, Outcome, Result, TaskRecord, TraceRef, Usage
from pytest_alienbio.store import codec
from pytest_alienbio.store.usual import usual_line

from .samples import a_result, results


@given(results())
def test_what_was_written_is_read_back(result: Result) -> None:
    """Write-then-read gives the same result, on one ASCII line."""
    line = codec.encode(result)
    assert codec.decode(line) == result
    assert codec.decode(f"{line}\n".encode()) == result
    assert "\n" not in line
    assert line.isascii()


@given(results())
def test_a_line_is_the_same_whichever_way_it_is_made(result: Result) -> None:
    """A usual result's is spelled field by field, any other goes through a row: nobody can tell which it was."""
    row = codec.row_of(result)
    for name in ("variant", "task", "properties", "origin", "model"):
        if row[name] in (1, None, {}, ""):
            del row[name]
    line = json.dumps(row, separators=(",", ":"))
    assert codec.encode(result) == line
    told = (result.usage.split, result.usage.retries, result.usage.latency_s)
    if all(each is None for each in (result.error, result.task, result.model, *told)):
        assert usual_line(result, codec.VERSION) == line


_UNUSUAL: list[dict[str, Any]] = [
    {"score": math.nan},
    {"score": True},
    {"score": 0.5, "outcome": Outcome.TIMED_OUT},
    {"duration_s": math.inf},
    {"passing_score": -math.inf},
    {"started_at": 1e18},
    {"started_at": math.nan},
    {"scores": {"a": "b"}},
    {"scores": {"a": True}},
    {"metrics": {"a": math.nan}},
    {"metrics": {"a": object()}},
    {"params": MappingProxyType({"a": 1})},
    {"properties": {"a": {1, 2}}},
    {"tags": ("a", 1)},
    {"tags": ["a"]},
    {"seed": "1"},
    {"variant": True},
    {"id": b"id"},
    {"usage": Usage(True)},
    {"usage": Usage(usd=math.nan)},
    {"usage": Usage(latency_s=math.inf)},
    {"usage": Usage(retries=1)},
    {"model": ModelUse("p", "m")},
    {"trace": TraceRef("f", 1.5)},  # type: ignore[arg-type]
    {"trace": TraceRef("f", cost=math.inf)},
    {"error": CellError("E", "m")},
]


@pytest.mark.parametrize("fields", _UNUSUAL, ids=[f"{n}-{next(iter(fields))}" for n, fields in enumerate(_UNUSUAL)])
def test_what_is_unusual_is_spelled_the_long_way(fields: dict[str, Any]) -> None:
    """There it is refused with a reason, or found to be all right."""
    assert usual_line(a_result().with_(**fields), codec.VERSION) is None


@given(st.floats(1, 4e9))
def test_times_keep_the_microsecond(seconds: float) -> None:
    """A time is rounded to the microsecond once, never again."""
    once = codec.decode(codec.encode(a_result().with_(started_at=seconds)))
    assert abs(once.started_at - seconds) <= 0.5e-6 + math.ulp(seconds)
    assert codec.decode(codec.encode(once)) == once


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"])
def test_what_was_read_can_be_written_at_the_ends_of_time(text: str) -> None:
    """One odd line must not take down every export."""
    row = json.loads(codec.encode(a_result())) | {"ended_at": text}
    once = codec.decode(json.dumps(row))
    assert codec.decode(codec.encode(once)) == once


def test_times_are_iso_utc_and_unset_ones_null() -> None:
    """Times are ISO-8601 in UTC with microseconds; an unset time is missing, not 1970."""
    row = json.loads(codec.encode(a_result().with_(started_at=1767261600.25)))
    assert row["started_at"] == "2026-01-01T10:00:00.250000Z"
    assert row["ended_at"] is None


def test_the_line_has_the_documented_keys() -> None:
    """The line begins with the version and holds every documented key."""
    row = json.loads(codec.encode(a_result()))
    documented = (
        "v run key id scenario scenario_hash tags difficulty params agent agent_hash seed attempt outcome score scores passed "
        "metrics reason error usage started_at ended_at duration_s worker trace"
    )
    assert set(documented.split()) <= set(row)
    assert next(iter(row)) == "v"
    assert row["v"] == 1
    assert row["usage"] == {"tokens": None, "usd": None, "requests": None}


def test_figures_about_a_world_are_on_the_line_where_there_are_any() -> None:
    """A line without them is one of an earlier version, or of a world that tells none: nothing is known."""
    told = a_result().with_(properties={"size": 9})
    assert json.loads(codec.encode(told))["properties"] == {"size": 9}
    assert "properties" not in json.loads(codec.encode(a_result()))
    assert codec.decode(codec.encode(told)).properties == {"size": 9}
    assert codec.decode(codec.encode(a_result())).properties == {}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["score", "duration_s", "passing_score", "started_at"])
def test_a_number_that_is_not_finite_is_refused(field: str, bad: float) -> None:
    """NaN and infinity are never written; the error names cell and field."""
    with pytest.raises(ValueError, match=rf"mutualism/x\[d2-oracle-s00\]: {field}"):
        codec.encode(a_result().with_(**{field: bad}))


def test_a_bad_number_inside_is_named_by_its_place() -> None:
    """The place inside params and metrics is spelled out."""
    with pytest.raises(ValueError, match=r"metrics\.loss\.train\[1\]: nan is not a finite number"):
        codec.encode(a_result().with_(metrics={"loss": {"train": [1.0, math.nan]}}))
    with pytest.raises(ValueError, match=r"scores\.raw: inf"):
        codec.encode(a_result().with_(scores={"raw": math.inf}))


@pytest.mark.parametrize("change", [{"score": "0.5"}, {"passed": "yes"}, {"scores": {"a": "b"}}, {"metrics": {"a": {1, 2}}}])
def test_a_value_that_could_not_be_read_back_is_not_written(change: dict[str, object]) -> None:
    """Whatever is written can be read: other types are refused, naming the cell."""
    with pytest.raises(ValueError, match=r"mutualism/x.*(score|passed|scores|metrics)"):
        codec.encode(a_result().with_(**change))


def test_an_outage_is_never_a_score() -> None:
    """An outcome that carries no score is neither written nor read with one."""
    with pytest.raises(ValueError, match="timed_out"):
        codec.encode(a_result().with_(outcome=Outcome.TIMED_OUT, score=0.0))
    line = codec.encode(a_result(score=0.5)).replace('"completed"', '"timed_out"')
    with pytest.raises(ValueError, match="carries no score"):
        codec.decode(line)


def test_any_mapping_may_hold_the_params() -> None:
    """Read-only mappings are written as objects."""
    result = a_result().with_(params=MappingProxyType({"a": MappingProxyType({"b": 1})}))
    assert codec.decode(codec.encode(result)).params == {"a": {"b": 1}}


def test_unknown_keys_are_ignored() -> None:
    """A later writer of the same version may say more."""
    row = {**json.loads(codec.encode(a_result())), "colour": {"of": "sky"}}
    assert codec.decode(json.dumps(row)) == a_result()


def test_a_line_that_says_little_is_read() -> None:
    """Who it was and how it ended is enough; the rest is then unknown."""
    line = '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":"lost"}'
    result = codec.decode(line)
    assert (result.seed, result.outcome, result.score, result.attempt) == (3, Outcome.LOST, None, 1)


def test_a_newer_version_is_refused_by_name() -> None:
    """The error says which version it met and which it knows."""
    line = codec.encode(a_result()).replace('"v":1', '"v":7', 1)
    with pytest.raises(StoreError, match=r"version 7 is newer than 1.*upgrade"):
        codec.decode(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[1]",
        "7",
        '{"v":1}',
        '{"v":0}',
        '{"v":"1"}',
        '{"v":true}',
        "[" * 100_000,
        b"\xff\xfe",
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":["lost"]}',
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3.5,"outcome":"lost"}',
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":"completed","score":1e999}',
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":"completed","metrics":{"x":NaN}}',
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":"completed","ended_at":"soon"}',
        '{"v":1,"key":"k","id":"i","scenario":"s","agent":"a","seed":3,"outcome":"lost","trace":{"file":3}}',
    ],
    ids=range(17),
)
def test_a_damaged_line_is_a_value_error(line: str | bytes) -> None:
    """Whatever is in a line, reading it gives a result or a `ValueError`."""
    with pytest.raises(ValueError, match=r"."):
        codec.decode(line)


@given(results(), st.data())
def test_a_flipped_byte_never_crashes_the_reader(result: Result, data: st.DataObject) -> None:
    """One byte changed: a result, a `ValueError` or the refusal of a version, nothing else."""
    line = bytearray(codec.encode(result).encode())
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = codec.decode(bytes(line))
    except (ValueError, StoreError):
        return
    assert codec.decode(codec.encode(found)) == found


def test_the_first_surface_is_not_written_and_other_lines_mean_it() -> None:
    """So lines are as they were before there were surfaces, and those of then are read as the first."""
    assert "variant" not in json.loads(codec.encode(a_result()))
    second = codec.encode(a_result().with_(variant=2))
    assert json.loads(second)["variant"] == 2
    assert (codec.decode(codec.encode(a_result())).variant, codec.decode(second).variant) == (1, 2)


@pytest.mark.parametrize("variant", ["2", 1.5, True, None])
def test_a_surface_that_is_no_number_is_damage(variant: object) -> None:
    line = json.dumps({**json.loads(codec.encode(a_result())), "variant": variant})
    with pytest.raises(ValueError, match="variant: unexpected value"):
        codec.decode(line)


def test_how_a_task_was_run_stands_in_its_line_and_in_no_other() -> None:
    """Lines of before tasks were there are read as they were; a trial that was not seeded says so."""
    assert "task" not in json.loads(codec.encode(a_result()))
    for seed in (None, 7):
        result = a_result().with_(task=TaskRecord(seed, 3, 1))
        assert json.loads(codec.encode(result))["task"] == {"seed": seed, "events": 3, "unread": 1}
        assert codec.decode(codec.encode(result)) == result
    row = json.loads(codec.encode(a_result())) | {"task": {"seed": "x"}}
    with pytest.raises(ValueError, match="task: unexpected value"):
        codec.decode(json.dumps(row))


@given(result=results(), data=st.data())
def test_a_flipped_bit_of_a_sealed_line_makes_no_other_result(result: Result, data: st.DataObject) -> None:
    """It is told, or it is none of what the line says."""
    line = bytearray(codec.sealed(codec.encode(result)))
    assert codec.decode(bytes(line)) == codec.decode(codec.encode(result))
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(ValueError, StoreError):
        assert codec.decode(bytes(line)) == codec.decode(codec.encode(result))


def test_a_line_that_was_changed_on_purpose_is_sealed_anew() -> None:
    """As what is shared is, without its secrets; a line without a seal, of an earlier version, gets none."""
    line = codec.sealed(codec.encode(a_result().with_(reason="key=1234"))) + b"\n"
    screened = line.replace(b"1234", b"****")
    with pytest.raises(ValueError, match="not what was written"):
        codec.decode(screened)
    assert codec.decode(codec.resealed(screened)).reason == "key=****"
    plain = codec.encode(a_result()).encode()
    assert codec.resealed(plain) == plain
