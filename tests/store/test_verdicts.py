"""What the gates of a run said comes back as it was, and what is no such file is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import (
    Call,
    Confirmation,
    Drift,
    Estimate,
    Interval,
    Node,
    NodeCall,
    NodeKind,
    Power,
    Rule,
    Verdict,
)
from pytest_alienbio.store.verdicts import read_verdicts, sound, write_verdicts

DROP = Estimate(0.12, Interval(0.07, 0.17), 10, {"timed_out": 1}, stderr=0.02, method="t", notes=("few",), unit="pairs")
NODE = Node(NodeKind.LEAF, NodeCall.REGRESSED, "greedy", "walks/line", DROP, 0.8, 0.68, 0.002, 0.001, "pairs", 10, 10)
FULL = Verdict(
    Call.FAIL,
    "x",
    Rule("thrift", "thrift", "lower", "tag:r3", 0.01, 0.025, 2, 0.1, 5, 7, 3),
    ("greedy dropped\x1b[31m",),
    "baselines/x.json",
    {"by": "ä"},
    (Drift("missing", "2 cells lack a number", cells=2),),
    (NODE,),
    Power(0.04, 0.11),
    Confirmation((NODE,), (10, 11), 0.02, 0.01, True),
    0.03,
    12,
    14,
    {"timed_out": 2},
    10_000,
    False,
    7,
    ("alpha",),
    ("a note",),
)


def test_verdicts_come_back_as_they_were(tmp_path: Path) -> None:
    """With every field filled, and with none; a whole number where a float stands comes back as one."""
    told = (FULL, Verdict(Call.NOT_JUDGED, "y", Rule()))
    write_verdicts(tmp_path, told)
    assert read_verdicts(tmp_path) == told
    write_verdicts(tmp_path, told[1:])
    assert read_verdicts(tmp_path) == told[1:]


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    """A rule of a conftest, or ours, may have computed with them."""
    found = Verdict(Call.PASS, "x", Rule(), cells=cast("int", np.int64(3)), exact=cast("bool", np.True_), alpha=np.float64(0.5))
    write_verdicts(tmp_path, (found,))
    assert read_verdicts(tmp_path) == (Verdict(Call.PASS, "x", Rule(), cells=3, exact=True, alpha=0.5),) == (sound(found),)


def test_a_run_without_gates_has_none(tmp_path: Path) -> None:
    assert read_verdicts(tmp_path) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"v": 99}, "newer than"),
        ({"v": "1"}, "expected an object with `v`"),
        ({"gates": [3]}, r"gates\[0\]: expected an object"),
        ({"gates": [{"call": "MAYBE", "battery": "x", "rule": {}}]}, "MAYBE"),
        ({"gates": [{"call": "PASS"}]}, "battery"),
        ({"gates": [{"call": "PASS", "battery": "x", "rule": {"tol": "much"}}]}, r"gates\[0\].rule.tol: 'much' is no float"),
        ({"gates": [{"call": "PASS", "battery": "x", "rule": {"tol": float("nan")}}]}, "nan is no float"),
        ({"gates": [{"call": "PASS", "battery": "x", "rule": {}, "cells": True}]}, "True is no int"),
    ],
)
def test_nonsense_is_refused_with_its_place(tmp_path: Path, change: dict[str, object], said: str) -> None:
    write_verdicts(tmp_path, ())
    path = tmp_path / "reports" / "gates.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(StoreError, match=said):
        read_verdicts(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    write_verdicts(tmp_path, ())
    (tmp_path / "reports" / "gates.json").write_text(text)
    with pytest.raises(StoreError, match=r"gates\.json"):
        read_verdicts(tmp_path)


def test_what_a_newer_one_says_more_is_passed_over(tmp_path: Path) -> None:
    write_verdicts(tmp_path, (FULL,))
    path = tmp_path / "reports" / "gates.json"
    page = json.loads(path.read_text())
    page["gates"][0]["mood"] = page["gates"][0]["rule"]["mood"] = "good"
    path.write_text(json.dumps(page))
    assert read_verdicts(tmp_path) == (FULL,)
