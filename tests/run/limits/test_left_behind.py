"""What a killed session had booked beyond its records: found in its ledger, noted once, and nothing else taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import Plan
from pytest_alienbio.resources.ledger import FileLedger
from pytest_alienbio.run.again.start import Start
from pytest_alienbio.run.again.starting import begin
from pytest_alienbio.run.limits.left_behind import said_of
from pytest_alienbio.run.limits.session import LEDGER, LIMITS
from pytest_alienbio.store import log

from ..parts import Lab, make_plan


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A run of three cells, of which the first is recorded."""
    lab = Lab(tmp_path, make_plan(agents=("right",), seeds=(0, 1, 2)))
    lab.play(lab.plan.cells[0].id)
    return lab


def booked(
    lab: Lab, name: object, session: str, *, calls: tuple[int, int, int] = (2, 0, 0), under_way: tuple[float | None, ...] = ()
) -> FileLedger:
    """A session's ledger: calls of a cent for each cell of the run that it calls `name`; others of the last are under way."""
    folder = lab.dat_path.parents[2] / LIMITS / session
    folder.mkdir(parents=True)
    ledger = FileLedger(folder / LEDGER, create=True)
    for cell, count in zip(lab.plan.cells, calls, strict=True):
        scopes = ("session", f"run {name}", f"cell {name} {cell.id}")
        for _ in range(count):
            ledger.settle(ledger.reserve(scopes, tokens=30, usd=0.03), tokens=10, usd=0.01)
    for worst in under_way:
        ledger.reserve(scopes, tokens=30, usd=worst)
    return ledger


def began(lab: Lab, run_id: str, **more: Any) -> None:
    """Somebody goes on with the run, and all that a session does about it is done."""
    start = Start(frozenset(cell.id for cell in lab.plan.cells[1:]), frozenset({lab.plan.cells[0].id}), lab.dat_path)
    root = lab.dat_path.parents[2]
    begin(start, lab.plan, data_root=root, run_id=run_id, project=root.parent, source="a.battery.yaml", command=["x"], **more)


def noted(lab: Lab) -> list[dict[str, Any]]:
    """What the log has of it."""
    return [dict(entry) for entry in log.read(lab.dat_path) if "left_by" in entry]


PYTEST = "a.battery.yaml::b"


def test_it_is_what_was_booked_for_cells_without_a_record(lab: Lab) -> None:
    """The recorded cell took more than anybody knows, which is none of it; of calls under way nobody knows the price."""
    booked(lab, PYTEST, lab.run_id, calls=(9, 2, 1), under_way=(0.03, 0.02))
    began(lab, "next")
    (entry,) = noted(lab)
    told = {name: entry[name] for name in ("left_by", "run", "cells", "requests", "tokens", "usd")}
    assert told == {"left_by": lab.run_id, "run": "next", "cells": 2, "requests": 5, "tokens": 30, "usd": 0.03}
    assert (entry["unsettled_calls"], entry["unsettled_usd"]) == (2, 0.05)
    assert "$0.03, 30 tokens, 5 requests (2 of unknown price, at most $0.05 more) for 2 cells" in entry["text"]
    for again in ("after that", "and again"):
        began(lab, again)
    assert noted(lab) == [entry], "once"
    assert list(said_of([lab.dat_path])) == log.noticed(lab.dat_path, "next") == [entry["text"]]
    assert list(said_of([lab.dat_path] * 2)) == [f"{lab.dat_path.name}: {entry['text']}"] * 2


def test_a_call_without_a_bound_has_none(lab: Lab) -> None:
    booked(lab, PYTEST, lab.run_id, calls=(0, 0, 1), under_way=(None,))
    began(lab, "next")
    (entry,) = noted(lab)
    assert (entry["requests"], entry["unsettled_calls"], entry["unsettled_usd"]) == (2, 1, None)
    assert "2 requests (1 of unknown price, without a bound)" in entry["text"]


def test_a_call_whose_price_was_not_told_is_counted_once(lab: Lab) -> None:
    """And so is one whose worker had died before its session did."""
    ledger = booked(lab, PYTEST, lab.run_id)
    scopes = (f"cell {PYTEST} {lab.plan.cells[1].id}",)
    ledger.settle(ledger.reserve(scopes, tokens=30, usd=0.03), tokens=10)
    child = "from pytest_alienbio.resources.ledger import FileLedger; from pathlib import Path; import sys; "
    child += "FileLedger(Path(sys.argv[1])).reserve(sys.argv[2:], tokens=30, usd=0.04)"
    path = lab.dat_path.parents[2] / LIMITS / lab.run_id / LEDGER
    subprocess.run([sys.executable, "-c", child, str(path), *scopes], check=True)
    ledger.release_dead()
    began(lab, "next")
    (entry,) = noted(lab)
    assert (entry["cells"], entry["requests"], entry["tokens"]) == (1, 2, 10)
    assert (entry["unsettled_calls"], entry["unsettled_usd"]) == (2, 0.07)


def test_who_recorded_all_it_took_left_nothing_however_often_it_is_gone_on_with(lab: Lab) -> None:
    """Its session may live, and play another battery: it is not spoken of."""
    booked(lab, lab.dat_path, lab.run_id)
    for run_id in ("next", "after that"):
        began(lab, run_id)
    assert noted(lab) == []


@pytest.mark.parametrize("how", ["absolute", "relative"])
def test_outside_of_pytest_the_log_says_which_session_it_was(lab: Lab, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose run is called as its folder was spelled."""
    monkeypatch.chdir(lab.dat_path.parents[2])
    began(lab, "batch", limits="s")
    booked(lab, lab.dat_path if how == "absolute" else os.path.relpath(lab.dat_path), "s", calls=(0, 1, 0))
    began(lab, "next", limits="t")
    assert [(entry["left_by"], entry["usd"], entry["cells"]) for entry in noted(lab)] == [("s", 0.01, 1)]


def test_another_sessions_money_is_none_of_it(lab: Lab) -> None:
    """A battery's name is no proof: it may have been played into another folder; nor is a folder's beginning."""
    booked(lab, PYTEST, "another", calls=(5, 5, 5))
    booked(lab, f"{lab.dat_path} x", lab.run_id, calls=(5, 5, 5))
    began(lab, "next")
    assert noted(lab) == []


def test_a_session_that_is_called_as_the_killed_one_tells_of_it(lab: Lab) -> None:
    """`ALIENBIO_RUN_ID` may be the same again."""
    booked(lab, PYTEST, lab.run_id, calls=(2, 1, 0))
    began(lab, lab.run_id)
    assert [entry["usd"] for entry in noted(lab)] == [0.01]


@pytest.mark.parametrize(
    "line", ['{"left_by": ["a"]}', '{"event": "created", "run": {}}', '{"event": "resumed", "limits": "../x"}']
)
@pytest.mark.parametrize("damaged", [False, True])
def test_nothing_keeps_anybody_from_going_on(lab: Lab, line: str, damaged: bool) -> None:
    booked(lab, PYTEST, lab.run_id, calls=(2, 1, 0)).close()
    if damaged:
        (lab.dat_path.parents[2] / LIMITS / lab.run_id / LEDGER).write_bytes(b"no database" * 99)
    with (lab.dat_path / "log.jsonl").open("a") as file:
        file.write(line + "\n")
    began(lab, "next")
    assert len([entry for entry in noted(lab) if entry["left_by"] == lab.run_id]) == (not damaged)


def test_what_a_checkpoint_knows_is_said_to_be_counted(lab: Lab) -> None:
    lab.plan = Plan(replace(lab.plan.battery, checkpoint=5), lab.plan.cells)
    booked(lab, PYTEST, lab.run_id, calls=(2, 1, 0))
    began(lab, "next")
    assert [entry["text"].endswith("in no sum, but for what lies before a checkpoint") for entry in noted(lab)] == [True]
