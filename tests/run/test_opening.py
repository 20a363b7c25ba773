"""Claiming a DAT, and what stands in it before the first cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import AgentEntry, CellLimits, Sanity, ScenarioEntry
from pytest_alienbio.run import new_run_id, open_dat, plan
from pytest_alienbio.run.opening import spec_of
from pytest_alienbio.spec import read_battery
from pytest_alienbio.store import dat, find_run

from .parts import make_battery, make_catalog, make_plan


def test_run_ids_differ_and_sort_by_time() -> None:
    ids = [new_run_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert all(re.fullmatch(r"\d{8}T\d{6}-[0-9a-f]{6}", each) for each in ids)
    assert [each[:15] for each in ids] == sorted(each[:15] for each in ids)


def test_a_dat_is_claimed_once_a_run(tmp_path: Path) -> None:
    """Every process of a session gets the same folder, another session another one."""
    made, run_id = make_plan(), new_run_id()
    first = open_dat(tmp_path, made, run_id=run_id, project=tmp_path)
    assert open_dat(tmp_path, made, run_id=run_id, project=tmp_path) == first
    assert open_dat(tmp_path, made, run_id=new_run_id(), project=tmp_path) != first
    found = find_run(tmp_path, run_id)
    assert found is not None
    assert found.path == first


def test_two_files_with_one_head_in_one_run_keep_apart(tmp_path: Path) -> None:
    run_id = new_run_id()
    paths = {open_dat(tmp_path, make_plan(), run_id=run_id, project=tmp_path, source=name) for name in ("a", "b")}
    assert len(paths) == 2


def test_who_when_and_which_command_are_in_it(tmp_path: Path) -> None:
    path = open_dat(tmp_path, make_plan(), run_id="r1", project=tmp_path, command=["bio", "batch", "x"])
    environment = json.loads((path / "environment.json").read_text())
    assert environment["python"]
    (created,) = dat.open(path).log()
    assert (created["event"], created["run"], created["battery"]) == ("created", "r1", "b")
    assert "bio batch x" in json.dumps(created) or ["bio", "batch", "x"] in created.values()


def test_output_path_fields_are_filled(tmp_path: Path) -> None:
    made = make_plan(output_path="mine/{battery}_{user}_{commit}/{seq}")
    path = open_dat(tmp_path, made, run_id="r1", project=tmp_path)
    assert re.fullmatch(r"mine/b_[^/]+_[^/]+/001", path.relative_to(tmp_path.resolve()).as_posix())


def test_a_data_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(StoreError, match="data root must be a folder"):
        open_dat(tmp_path / "data", make_plan(), run_id="r1", project=tmp_path)


def test_a_template_that_leaves_the_data_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"\.\."):
        open_dat(tmp_path / "data", make_plan(output_path="../{seq}"), run_id="r1", project=tmp_path)
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "data"])


def test_the_spec_runs_again_as_a_battery_with_the_same_cells(tmp_path: Path) -> None:
    """`_spec_.yaml` read as a battery gives the same ids and keys, sets resolved, profiles spelt out."""
    battery = make_battery(
        ["walks/*", ScenarioEntry("walks/line", difficulty=(1, 3), params={"bonus": 0.5}), ScenarioEntry(set="mine")],
        ["right", AgentEntry("tuned", params={"threshold": 0.1}, label="t0", role="reference"), "claude-opus"],
        [7, 3],
        description="what for",
        sets={"mine": (ScenarioEntry("walks/line", difficulty="all"),)},
        passing_score=0.25,
        cells="record",
        sanity=Sanity(0.9, 0.1, 0.2),
        limits=CellLimits(7, 1.5),
        traces="failed",
        trace_files="packed",
        tags=("nightly",),
        output_path="elsewhere/{seq}",
    )
    made = plan(battery, make_catalog(), {"tuned": AgentEntry("tuned", kind="greedy", params={"pace_lead": 2.0})})
    path = open_dat(tmp_path, made, run_id="r1", project=tmp_path)
    (again,) = read_battery(path / "_spec_.yaml")
    replanned = plan(again, make_catalog())
    assert [(cell.id, cell.key) for cell in replanned.cells] == [(cell.id, cell.key) for cell in made.cells]
    assert [cell.agent.role for cell in replanned.cells] == [cell.agent.role for cell in made.cells]
    for name in (
        "name",
        "description",
        "passing_score",
        "cells",
        "sanity",
        "limits",
        "traces",
        "trace_files",
        "tags",
        "output_path",
    ):
        assert getattr(again, name) == getattr(battery, name), name


def test_the_spec_of_a_battery_with_defaults_runs_again_too(tmp_path: Path) -> None:
    """What was left out stays at its default."""
    made = make_plan(["walks/*"])
    (again,) = read_battery(open_dat(tmp_path, made, run_id="r1", project=tmp_path) / "_spec_.yaml")
    replanned = plan(again, make_catalog())
    assert [cell.key for cell in replanned.cells] == [cell.key for cell in made.cells]
    assert (again.limits, again.sanity, again.cells) == (CellLimits(), Sanity(), "assert")


def test_the_spec_names_what_everything_resolved_to() -> None:
    spec = spec_of(make_plan(["walks/line"], ["right", "claude-opus"], [0, 1]), source="x.battery.yaml", traces="none")
    resolved = spec["resolved"]
    assert isinstance(resolved, dict)
    assert (resolved["source"], resolved["cells"], resolved["cells_by_scenario"]) == ("x.battery.yaml", 4, {"walks/line": 4})
    assert [case["difficulty"] for case in resolved["cases"]] == [2]
    assert "not supported" in resolved["agents"]["claude-opus"]["skipped"]
    head = spec["experiment.b"]
    assert isinstance(head, dict)
    assert head["run"]["traces"] == "none"


def test_the_plan_hash_tells_plans_apart() -> None:
    def hash_of(*args: object, **more: object) -> object:
        resolved = spec_of(make_plan(*args, **more))["resolved"]
        assert isinstance(resolved, dict)
        return resolved["plan_hash"]

    assert hash_of(seeds=[0, 1]) == hash_of(seeds=[0, 1], passing_score=0.1)
    assert hash_of(seeds=[0, 1]) != hash_of(seeds=[0, 2])
