"""What a killed session had booked beyond its records: found in its ledger, noted once, and nothing else taken for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import Usage
from pytest_alienbio.resources.ledger import FileLedger
from pytest_alienbio.run.again.start import Start
from pytest_alienbio.run.again.starting import begin
from pytest_alienbio.run.limits.left_behind import said_of, tell
from pytest_alienbio.run.limits.session import LEDGER, LIMITS
from pytest_alienbio.store import Journal, log

from ..parts import Lab, make_plan


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A run of two cells, of which one is recorded: it took two calls."""
    lab = Lab(tmp_path, make_plan(agents=("right",), seeds=(0, 1)))
    (result,) = lab.play(lab.plan.cells[0].id)
    journal = Journal(lab.dat_path, result.run, "gw1")
    journal.append(result.with_(usage=Usage(20, 0.02, 2), worker="gw1", attempt=2, trace=None))
    journal.close()
    return lab


def booked(lab: Lab, name: object, session: str = "s", *, calls: tuple[int, int] = (2, 0), reserved: bool = False) -> None:
    """A session's ledger: so many calls of a cent for each cell of the run that it calls `name`, one of the last under way."""
    folder = lab.dat_path.parents[2] / LIMITS / session
    folder.mkdir(parents=True)
    ledger = FileLedger(folder / LEDGER, create=True)
    for cell, count in zip(lab.plan.cells, calls, strict=True):
        scopes = ("session", f"run {name}", f"cell {name} {cell.id}")
        for _ in range(count):
            ledger.settle(ledger.reserve(scopes, tokens=30, usd=0.03), tokens=10, usd=0.01)
    if reserved:
        ledger.reserve(scopes, tokens=30, usd=0.03)
    ledger.close()


def noted(lab: Lab, run_id: str = "next", **more: Any) -> list[dict[str, Any]]:
    """What the log has of it after somebody went on with the run."""
    tell(lab.dat_path.parents[2], lab.dat_path, "b", "a.battery.yaml", run_id, **more)
    return [dict(entry) for entry in log.read(lab.dat_path) if "session" in entry]


def test_it_is_what_was_booked_less_what_was_recorded(lab: Lab) -> None:
    """All attempts of a run count as recorded; a call under way is of unknown price."""
    booked(lab, lab.dat_path, calls=(3, 4), reserved=True)
    (entry,) = noted(lab)
    told = {name: entry[name] for name in ("session", "run", "cells", "requests", "tokens", "usd")}
    assert told == {"session": "s", "run": "next", "cells": 2, "requests": 5, "tokens": 50, "usd": 0.05}
    assert (entry["unsettled_calls"], entry["unsettled_usd"]) == (1, 0.03)
    assert "$0.05, 50 tokens, 5 requests for 2 cells" in entry["text"]
    assert noted(lab, "after that") == [entry], "once"
    assert said_of([lab.dat_path]) == log.noticed(lab.dat_path, "next") == [entry["text"]]


def test_who_recorded_all_it_took_left_nothing(lab: Lab) -> None:
    booked(lab, lab.dat_path)
    assert noted(lab) == []


@pytest.mark.parametrize("how", ["absolute", "relative"])
def test_a_run_is_found_however_its_folder_was_spelled(lab: Lab, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab.dat_path.parents[2])
    booked(lab, lab.dat_path if how == "absolute" else os.path.relpath(lab.dat_path), calls=(2, 1))
    assert [entry["usd"] for entry in noted(lab)] == [0.01]


def test_a_session_of_pytest_is_known_by_the_runs_id(lab: Lab) -> None:
    """A battery's name is no proof: another session may have played it into another folder."""
    booked(lab, "a.battery.yaml::b", "another", calls=(2, 1))
    assert noted(lab) == []
    booked(lab, "a.battery.yaml::b", lab.run_id, calls=(2, 1))
    assert [entry["session"] for entry in noted(lab)] == [lab.run_id]


def test_other_runs_and_ones_own_session_are_none_of_it(lab: Lab) -> None:
    booked(lab, "elsewhere/results/b/1", calls=(5, 5))
    booked(lab, "a.battery.yaml::b", "next", calls=(5, 5))
    assert noted(lab) == []


def test_a_ledger_that_cannot_be_read_keeps_nobody_from_going_on(lab: Lab) -> None:
    folder = lab.dat_path.parents[2] / LIMITS / "s"
    folder.mkdir(parents=True)
    (folder / LEDGER).write_bytes(b"no database" * 99)
    start = Start(frozenset({lab.plan.cells[1].id}), frozenset({lab.plan.cells[0].id}), lab.dat_path)
    begin(start, lab.plan, data_root=lab.dat_path.parents[2], run_id="next", project=lab.dat_path.parents[3], command=["x"])
    assert [entry["event"] for entry in log.read(lab.dat_path)] == ["created", "resumed"]


def test_what_a_checkpoint_knows_is_said_to_be_counted(lab: Lab) -> None:
    booked(lab, lab.dat_path, calls=(2, 1))
    (entry,) = noted(lab, kept=True)
    assert entry["text"].endswith("in no sum, but for what lies before a checkpoint")
