"""A baseline's file: what is written is read again, bit by bit, and what people do to it is seen where they did it."""

from __future__ import annotations

import json
import math
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import (
    AgentVersion,
    Baseline,
    Batch,
    BatchCell,
    Blessing,
    Outcome,
    ScenarioVersion,
    canonical,
)
from pytest_alienbio.store import baseline_reading
from pytest_alienbio.store.baseline import default_path, text_of, write_baseline
from pytest_alienbio.store.baseline_reading import parse_baseline, read_baseline

from .samples import finite, texts

X, Y = "mutualism/x", "regulation/y"


def a_cell(seed: int, score: float | None = 0.5, **more: Any) -> BatchCell:
    """A cell of greedy on `X`; without a score it timed out."""
    found: dict[str, Any] = {"agent": "greedy", "scenario": X, "difficulty": 2, **more}
    values = {} if score is None else {"score": score}
    return BatchCell(seed=seed, values=values, why="" if values else "timed_out", **found)


def a_baseline(*cells: BatchCell) -> Baseline:
    """A blessed one with these cells, by default three, one of which timed out."""
    batch = Batch(
        "b",
        cells or (a_cell(0, 0.25), a_cell(1, 0.1 + 0.2), a_cell(2, None)),
        {"score": "higher"},
        {X: ScenarioVersion("c0ffee", "5c0e", "0.6", True), Y: ScenarioVersion("f00")},
        {"greedy": AgentVersion("abc", "candidate", True), "noop": AgentVersion("def", "floor")},
        world="1",
        commit="1234",
        dirty=False,
        at="2026-11-01T10:00:00Z",
        run="r1",
        dat="data/results/b/2026-11-01_001",
    )
    return Baseline(
        batch, "baselines/b.json", "file", Blessing("Kim", "2026-11-02T10:00:00Z", "first"), frozenset({("greedy", X)})
    )


def again(text: str) -> Baseline:
    return parse_baseline(text.encode(), "b.json", "baselines/b.json")


def refused(text: str | bytes) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(SpecError) as caught:
        parse_baseline(text if isinstance(text, bytes) else text.encode(), "b.json", "b")
    return str(caught.value)


def test_it_is_a_case_of_an_agent_a_line() -> None:
    """A bless is reviewed as a diff: what a leaf gave is one line of it."""
    assert text_of(a_baseline()) == (
        "{\n"
        '"v": 1,\n'
        '"battery": "b",\n'
        '"metrics": {"score": "higher"},\n'
        '"blessed": {"by": "Kim", "at": "2026-11-02T10:00:00Z", "why": "first"},\n'
        '"from": {"run": "r1", "dat": "data/results/b/2026-11-01_001", "at": "2026-11-01T10:00:00Z", "commit": "1234", '
        '"dirty": false, "format": 1, "world": "1"},\n'
        '"scenarios": {\n'
        '"mutualism/x": {"content": "c0ffee", "scoring": "5c0e", "bar": "0.6", "deterministic": true},\n'
        '"regulation/y": {"content": "f00"}\n'
        "},\n"
        '"agents": {\n'
        '"greedy": {"hash": "abc", "role": "candidate", "deterministic": true, "verified": ["mutualism/x"]},\n'
        '"noop": {"hash": "def", "role": "floor"}\n'
        "},\n"
        '"cells": [\n'
        '{"agent": "greedy", "scenario": "mutualism/x", "difficulty": 2, "seeds": [0, 1, 2], '
        '"score": [0.25, 0.30000000000000004, null], "why": {"2": "timed_out"}}\n'
        "]\n"
        "}\n"
    )


cells = st.builds(
    lambda agent, scenario, seed, level, params, variant, values, why: BatchCell(
        agent, scenario, seed, level, canonical(params) if params else "", variant, values, "" if values else why
    ),
    st.sampled_from(["a", "ä b", "c\u202e"]),
    st.sampled_from([X, Y]),
    st.integers(0, 2**70),
    st.none() | st.integers(0, 9),
    st.dictionaries(texts, finite | texts, max_size=2),
    st.integers(1, 3),
    st.dictionaries(st.sampled_from(["score", "loss", "metrics.seeds"]), finite, max_size=3),
    st.sampled_from(["", *(outcome.value for outcome in Outcome)]),
)


@given(st.lists(cells, max_size=8, unique_by=lambda cell: (cell.leaf, cell.unit)), texts, st.booleans() | st.none())
def test_what_is_written_is_read_again(found: list[BatchCell], text: str, dirty: bool | None) -> None:
    """Every number bit by bit, every text; the same content has the same bytes, in whatever order it came."""
    held = a_baseline()
    agents = {name: AgentVersion(text, "floor") for name in ("a", "ä b", "c\u202e")}
    order = tuple(sorted(found, key=lambda cell: (cell.agent, cell.scenario, cell.unit)))
    better = {"score": "higher", "loss": "lower", "metrics.seeds": "higher"}
    batch = replace(held.batch, cells=order, agents=agents, commit=text, dirty=dirty, better=better)
    made = replace(held, batch=batch, verified=frozenset(), blessing=Blessing("Kim", "now", text, True, "INVALID"))
    written = text_of(made)
    back = again(written)
    assert back == made
    assert text_of(replace(made, batch=replace(batch, cells=order[::-1]))) == written == text_of(back)
    assert all(line.isprintable() for line in written.splitlines())


def test_whole_numbers_are_numbers_and_a_direction_may_be_unknown() -> None:
    """As people write them."""
    text = text_of(a_baseline()).replace("0.25", "1").replace('{"score": "higher"}', '{"score": null}')
    assert (again(text).batch.cells[0].values, again(text).batch.better) == ({"score": 1.0}, {})


def test_it_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = default_path(tmp_path, "b")
    write_baseline(path, a_baseline())
    before = path.read_bytes()
    assert path == tmp_path / "baselines" / "b.json"

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match="No space left"):
        write_baseline(path, a_baseline(a_cell(9)))
    assert [file.name for file in path.parent.iterdir()] == ["b.json"]
    assert path.read_bytes() == before
    assert read_baseline(path) == replace(a_baseline(), name=str(path))


@pytest.mark.parametrize("metric", ["seeds", "agent", "why"])
def test_a_metric_that_would_be_another_key_is_refused(metric: str) -> None:
    """Where it was read from says it apart."""
    made = a_baseline(replace(a_cell(0), values={metric: 1.0}))
    with pytest.raises(SpecError, match=rf"called '{metric}'; call it metrics\.{metric}"):
        text_of(made)


TEXT = text_of(a_baseline())
WRONG = {
    "a direction": ('"score": "higher"', '"score": "hihger"', "4:22: 'score' is better 'hihger'; expected higher or lower"),
    "NaN": ("0.25", "NaN", "16:95: NaN is not a finite number"),
    "Infinity": ("0.25", "-Infinity", "16:95: -Infinity is not a finite number"),
    "beyond floats": ("0.25", "1e999", "16:95: 1e999 is not a finite number"),
    "a whole number beyond floats": ("0.25", "1" + "0" * 400, r"16:95: 1000\d*… is no number"),
    "a text": ("0.25", '"0.25"', "16:95: '0.25' is no number; expected a number, or null"),
    "true": ("0.25", "true", "16:95: true is no number"),
    "too few numbers": ("0.25, ", "", "16:94: 'score' has 2 numbers for 3 seeds"),
    "no numbers": ('"score": [0.25, 0.30000000000000004, null], ', "", "16:1: `score` is missing; expected a list"),
    "a seed twice": ("[0, 1, 2]", "[0, 1, 1]", "16:81: seed 1 of 'greedy' on 'mutualism/x' is there twice"),
    "no seed": ("[0, 1, 2]", "[0, 1, -2]", "16:81: -2 is no seed"),
    "a seed as text": ("[0, 1, 2]", '[0, 1, "2"]', "16:81: '2' is no seed"),
    "a key": ('"seeds":', '"sedes":', "16:74: unknown key 'sedes'; did you mean 'seeds'"),
    "an agent": (
        '"agent": "greedy"',
        '"agent": "gredy"',
        "16:11: agent 'gredy' is not among the agents above; did you mean 'gre",
    ),
    "a scenario": ('"scenario": "mutualism/x"', '"scenario": "m/x"', "16:33: scenario 'm/x' is not among the scenarios above"),
    "a level": ('"difficulty": 2', '"difficulty": "2"', "16:62: `difficulty` is '2'; expected a whole number"),
    "a variant": ('"difficulty": 2', '"variant": 0', "16:59: `variant` is 0; expected a whole number from 1"),
    "params": ('"difficulty": 2', '"params": [1]', r"16:58: `params` is \[1\]; expected an object"),
    "a reason beside a number": ('{"2"', '{"1"', "16:142: seed 1 has a number and a reason why it has none"),
    "a reason of no seed": ('{"2"', '{"7"', "16:142: `why` tells of seed '7', which is not among the seeds"),
    "a role": ('"role": "floor"', '"role": "flor"', "13:33: unknown role 'flor'; did you mean 'floor'"),
    "a key twice": ('"hash": "abc"', '"hash": "abc", "hash": "x"', "12:27: 'hash' is there twice"),
    "verified": ('"bar": "0.6", "deterministic": true', '"bar": "0.6"', "12:83: 'mutualism/x' is verified, and not both"),
    "no battery": ('"battery": "b",\n', "", "1:1: `battery` is missing; expected a text"),
    "no metric": ('"metrics": {"score": "higher"}', '"metrics": {}', "4:12: `metrics` names none"),
    "no cells": ('"cells": [', '"celsl": [', "did you mean 'cells'"),
    "cells of another kind": ('"dirty": false', '"dirty": 0', "6:120: `dirty` is 0; expected true or false"),
    "who blessed": ('"by": "Kim"', '"by": ""', "5:19: `by` is ''; expected a text"),
    "no version": ('"v": 1', '"v": true', "2:6: `v` is true; expected the format version, 1 to 1"),
    "a newer version": ('"v": 1', '"v": 2', "format version 2 is newer than 1, .*; upgrade pytest-alienbio"),
    "a comma": ('"b",\n"m', '"b"\n"m', "4:1: not readable as JSON: Expecting ',' delimiter"),
    "a merge": (
        '"battery": "b",\n',
        '<<<<<<< HEAD\n"battery": "b",\n',
        "3:1: holds the marks of a merge conflict; take one side whole",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_what_an_editor_made_of_it_is_refused_where_it_stands(old: str, new: str, said: str) -> None:
    """With file, line and column, and with what to do."""
    assert old in TEXT
    told = refused(TEXT.replace(old, new, 1))
    assert re.search(said, told), told
    assert told.startswith("b.json:")
    assert "bio baseline save" in told or "upgrade" in told or "merge" in told


def test_a_case_on_two_lines_with_one_seed_in_both_is_refused() -> None:
    """As a bad merge leaves it."""
    line = TEXT.splitlines()[15]
    told = refused(TEXT.replace(line, f"{line},\n{line}"))
    assert "b.json:17:75: seed 0 of 'greedy' on 'mutualism/x' is there twice" in told
    other = line.replace("[0, 1, 2]", "[3, 4, 5]").replace('{"2"', '{"5"')
    assert [cell.seed for cell in again(TEXT.replace(line, f"{other},\n{line}")).batch.cells] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_one_that_was_cut_off_is_refused(part: float) -> None:
    assert "ends before it is whole" in refused(TEXT[: int(len(TEXT) * part)])


@pytest.mark.parametrize("text", ["", "[]", "null", "7", "{}", '"x"', "[" * 100_000, b"\xff\xfe", "{" + '"a":{' * 5000])
def test_what_is_no_baseline_at_all_is_refused(text: str | bytes) -> None:
    assert refused(text).startswith("b.json:")


@given(st.data())
def test_a_file_with_anything_in_any_place_is_read_or_refused_with_a_place(data: st.DataObject) -> None:
    """Never another exception."""
    value = json.loads(TEXT)

    def mangle(node: Any, depth: int) -> None:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if depth and isinstance(node[key], dict | list) and node[key]:
            mangle(node[key], depth - 1)
        else:
            node[key] = data.draw(
                st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({"a": [1]})
            )

    mangle(value, data.draw(st.integers(0, 4)))
    text = json.dumps(value, indent=1)
    try:
        found = parse_baseline(text.encode(), "b.json", "b")
    except SpecError:
        assert re.fullmatch(r"b\.json:\d+:\d+: .*", refused(text).splitlines()[-1])
    else:
        assert all(math.isfinite(number) for cell in found.batch.cells for number in cell.values.values())


def test_only_the_first_complaints_are_told() -> None:
    """A file of another kind may have thousands."""
    line = TEXT.splitlines()[15]
    seeds = ", ".join(["-1"] * 500)
    told = refused(TEXT.replace(line, line.replace("[0, 1, 2]", f"[{seeds}]")))
    assert len(told.splitlines()) <= 20


def test_terminal_codes_in_it_do_nothing() -> None:
    told = refused(TEXT.replace('"agent": "greedy"', '"agent": "\\u001b[31mred"'))
    assert told.isprintable() or "\x1b" not in told


def test_what_is_too_large_or_no_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe would never end."""
    with pytest.raises(SpecError, match="is no file"):
        read_baseline(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(SpecError, match="is no file"):
        read_baseline(tmp_path / "pipe.json")
    with pytest.raises(StoreError, match="cannot read"):
        read_baseline(tmp_path / "nowhere.json")
    monkeypatch.setattr(baseline_reading, "MAX_BYTES", 100)
    write_baseline(tmp_path / "b.json", a_baseline())
    with pytest.raises(SpecError, match="more than the 100 that a baseline may have"):
        read_baseline(tmp_path / "b.json")


def test_of_two_that_bless_at_once_neither_fails(tmp_path: Path) -> None:
    """And the file is one of theirs, whole, at any moment."""
    path = tmp_path / "baselines" / "b.json"
    known = [a_baseline(*(a_cell(seed, 0.5) for seed in range(size))) for size in (1, 40, 400, 4000)]
    texts = {text_of(baseline) for baseline in known}
    write_baseline(path, known[0])
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda baseline: write_baseline(path, baseline), known * 8):
            assert path.read_text("utf-8") in texts
    assert list(path.parent.iterdir()) == [path]
