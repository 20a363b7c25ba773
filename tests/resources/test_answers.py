"""Kept answers on disk: whole, bounded, and trusted in nothing."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_alienbio.resources import answers
from pytest_alienbio.resources.answers import FileAnswers

KEY = "a" * 64


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_what_was_kept_comes_back_to_another_process_s_store(tmp_path: Path) -> None:
    FileAnswers(tmp_path / "new").put(KEY, {"text": "\ud800 a\0b", "calls": []})
    assert FileAnswers(tmp_path / "new").get(KEY) == {"text": "\ud800 a\0b", "calls": []}
    assert FileAnswers(tmp_path / "new").get("b" * 64) is None
    assert FileAnswers(tmp_path / "none").get(KEY) is None


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    FileAnswers(tmp_path / "in").put("../../evil", {})
    assert [path.suffix for path in files(tmp_path)] == [".json"]
    assert all(path.is_relative_to(tmp_path / "in") for path in files(tmp_path))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-5],
        lambda text: text.replace("hello", "HELLO"),
        lambda text: text.replace(KEY, "c" * 64),
        lambda text: "[" * 100_000,
        lambda text: json.dumps([1]),
        lambda text: text.replace('"hello"', "NaN"),
        lambda text: "x" * (answers.MAX_BYTES + 1),
        lambda text: "",
    ],
    ids=["cut", "changed", "another's", "deep", "no-mapping", "nan", "huge", "empty"],
)
def test_what_is_damaged_is_not_there(tmp_path: Path, damage: object) -> None:
    store = FileAnswers(tmp_path)
    store.put(KEY, {"text": "hello"})
    (path,) = files(tmp_path)
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    assert store.get(KEY) is None
    store.put(KEY, {"text": "hello"})
    assert store.get(KEY) == {"text": "hello"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_link_in_its_place_is_neither_waited_for_nor_followed(tmp_path: Path) -> None:
    store = FileAnswers(tmp_path / "in")
    store.put(KEY, {"text": "hello"})
    (path,) = files(tmp_path)
    kept = path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(kept)
    assert store.get(KEY) is None
    path.unlink()
    os.mkfifo(path)
    assert store.get(KEY) is None


@pytest.mark.parametrize("bound", [{"most_files": 10}, {"most_bytes": 2000}])
def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: dict[str, int]) -> None:
    monkeypatch.setattr(answers, "LOOK_EVERY", 1)
    store = FileAnswers(tmp_path, **bound)
    for number in range(30):
        store.put(key := f"{number:064x}", {"text": "hello" * 8})
        os.utime(next(path for path in files(tmp_path) if path.stem == key), (number, number))
    left = files(tmp_path)
    assert len(left) <= 10
    assert {int(path.stem, 16) for path in left} == set(range(30 - len(left), 30))
    assert len(left) >= 5


def test_a_folder_that_cannot_be_written_costs_no_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = FileAnswers(tmp_path / "file")
    store.put(KEY, {"text": "hello"})
    assert "not kept in" in store.note
    assert store.get(KEY) is None


def test_many_threads_put_the_same_key(tmp_path: Path) -> None:
    store = FileAnswers(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.put(KEY, {"text": f"{number}" * 1000}), range(64)))
    found = store.get(KEY)
    assert found is not None
    assert len(files(tmp_path)) == 1
