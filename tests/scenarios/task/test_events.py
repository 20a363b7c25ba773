"""Lines of `metrics.jsonl`, as they come."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.scenarios.task.events import MAX_LINE, EventReader


def reader_of(path: Path, now: float = 7.0) -> EventReader:
    """A reader whose clock stands still."""
    return EventReader(str(path), clock=lambda: now)


def append(path: Path, text: str) -> None:
    """Adds to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_events_are_read_as_they_are_appended(tmp_path: Path) -> None:
    """A line counts once it is whole; before the file is there, there are none."""
    path = tmp_path / "m.jsonl"
    reader = reader_of(path)
    assert reader.read() == []
    append(path, '{"a": 1}\n{"b"')
    assert [event.data for event in reader.read()] == [{"a": 1}]
    append(path, ": 2}\n")
    assert [event.data for event in reader.read()] == [{"b": 2}]
    assert (reader.read(last=True), reader.count, reader.note()) == ([], 2, "")


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ('"timestamp": "2026-01-21T10:00:00.5Z"', 1768989600.5),
        ('"timestamp": "2026-01-21T10:00:00.5"', 1768989600.5),
        ('"timestamp": 1768989600.25', 1768989600.25),
        ('"timestamp": "noon"', 7.0),
        ('"timestamp": true', 7.0),
        ('"timestamp": "0001-01-01T00:00:00+14:00"', 7.0),
        ('"x": 1', 7.0),
    ],
)
def test_a_time_is_what_the_line_says_else_when_it_was_seen(said: str, at: float, tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    append(path, f"{{{said}}}\n")
    (event,) = reader_of(path).read()
    assert event.at == at
    assert json.dumps(event.data) == f"{{{said}}}"


@pytest.mark.parametrize("line", ["no json", "[1]", "3", '{"x": NaN}', '{"x": 1e999}', "{" * 200_000, "\x00\x01"])
def test_garbage_is_counted_and_named_and_the_rest_is_read(line: str, tmp_path: Path) -> None:
    """A torn or wrong line costs itself only."""
    path = tmp_path / "m.jsonl"
    append(path, f'{{"a": 1}}\n{line}\n\n{{"b": 2}}\n')
    reader = reader_of(path)
    assert [event.data for event in reader.read(last=True)] == [{"a": 1}, {"b": 2}]
    assert (reader.count, reader.unread) == (2, 1)
    assert reader.note().startswith("metrics.jsonl: 1 line could not be read: line 2 is no JSON object: ")


def test_a_line_that_was_cut_off_is_named(tmp_path: Path) -> None:
    """A task that died while it wrote; a whole last line without its end counts."""
    path = tmp_path / "m.jsonl"
    append(path, '{"a": 1}\n{"val')
    reader = reader_of(path)
    assert len(reader.read(last=True)) == 1
    assert reader.note() == "metrics.jsonl: 1 line could not be read: line 2 is cut off: '{\"val'"
    append(other := tmp_path / "o.jsonl", '{"a": 1}\n{"b": 2}')
    assert len(reader_of(other).read(last=True)) == 2


def test_an_endless_line_is_refused_without_being_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    append(path, '{"x": "' + "y" * (3 * MAX_LINE) + '"}\n{"b": 2}\n')
    reader = reader_of(path)
    assert [event.data for event in reader.read(last=True)] == [{"b": 2}]
    assert reader.unread == 1


def test_what_is_no_ordinary_file_has_no_lines(tmp_path: Path) -> None:
    """A pipe would keep us waiting, a link would lead anywhere."""
    os.mkfifo(tmp_path / "pipe")
    append(tmp_path / "real", '{"a": 1}\n')
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        reader = reader_of(tmp_path / name)
        assert reader.read(last=True) == []
        assert reader.note() == "metrics.jsonl: events can be missing: it is no ordinary file"
    assert reader_of(tmp_path / "never").read(last=True) == []
    assert reader_of(tmp_path / "never").note() == ""


@pytest.mark.parametrize("put", ["", '{"c": 3}\n', '{"c": 3}\n' * 50], ids=["cut", "shorter", "longer"])
def test_a_file_that_is_written_anew_is_read_from_its_start_and_told(put: str, tmp_path: Path) -> None:
    """Also if it has grown beyond the place that was read before; a line that had only begun is counted."""
    path = tmp_path / "m.jsonl"
    append(path, '{"a": 1}\n{"b": 2}\n{"tor')
    reader = reader_of(path)
    assert len(reader.read()) == 2
    path.write_text(put, "utf-8")
    again = reader.read()
    append(path, '{"d": 4}\n')
    again += reader.read(last=True)
    assert [event.data for event in again] == [{"c": 3}] * put.count("c") + [{"d": 4}]
    assert (reader.count, reader.unread) == (3 + put.count("c"), 1)
    assert reader.note().endswith("events can be missing: it was cut short or written anew, and was read again from its start")


@pytest.mark.parametrize("instead", ["", "link", "pipe", "folder"])
def test_a_file_that_is_taken_away_is_told(instead: str, tmp_path: Path) -> None:
    """Nothing is followed, nothing keeps us waiting."""
    path, real = tmp_path / "m.jsonl", tmp_path / "real"
    append(path, '{"a": 1}\n')
    append(real, '{"a": 1}\n{"b": 2}\n')
    reader = reader_of(path)
    assert len(reader.read()) == 1
    path.unlink()
    if instead == "link":
        path.symlink_to(real)
    elif instead == "pipe":
        os.mkfifo(path)
    elif instead == "folder":
        path.mkdir()
    assert reader.read(last=True) == []
    what = "it is no ordinary file" if instead else "it was deleted"
    assert reader.note() == f"metrics.jsonl: events can be missing: {what}"


@given(
    rows=st.lists(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3), max_size=8),
    data=st.data(),
)
def test_however_the_file_grows_every_line_is_read_once(
    rows: list[dict[str, object]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The events do not depend on when somebody looked."""
    path = tmp_path_factory.mktemp("grow") / "m.jsonl"
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    reader, found = reader_of(path), []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        with path.open("ab") as file:
            file.write(text[start:end])
        found += reader.read()
    found += reader.read(last=True)
    assert [dict(event.data) for event in found] == rows
    assert reader.unread == 0
