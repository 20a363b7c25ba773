"""Claiming a DAT, and what stands in it before the first cell."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from math import prod
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import AgentEntry, Battery, Caps, CellLimits, Sanity, ScenarioEntry, Selection
from pytest_alienbio.play import AgentInfo
from pytest_alienbio.play.takes import ANYTHING
from pytest_alienbio.run import new_run_id, open_dat
from pytest_alienbio.run.opening import spec_of
from pytest_alienbio.run.plan import plan
from pytest_alienbio.spec import read_battery
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.reader import read
from pytest_alienbio.store import dat, find_run, yamltext

from .parts import Right, make_battery, make_catalog, make_plan


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
        limits=CellLimits(7, 1.5, 0.25, 1000, 200),
        caps=Caps(5.0, 10_000, 30, 600.0),
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
        "caps",
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
    made = make_plan(["walks/line"], ["right", "claude-opus"], [0, 1], traces="none")
    spec = spec_of(made, source="x.battery.yaml")
    resolved = spec["resolved"]
    assert isinstance(resolved, dict)
    assert (resolved["source"], resolved["cells"], resolved["cells_by_scenario"]) == ("x.battery.yaml", 4, {"walks/line": 4})
    assert [case["difficulty"] for case in resolved["cases"]] == [2]
    assert "costs money" in resolved["agents"]["claude-opus"]["skipped"]
    head = spec["experiment.b"]
    assert isinstance(head, dict)
    assert head["run"]["traces"] == "none"


def test_a_source_that_is_no_utf8_is_a_claim_like_any_other(tmp_path: Path) -> None:
    """Folder names are bytes; two that differ in such a byte only are two sources."""
    sources = [os.fsdecode(b"d\xff/x.battery.yaml"), os.fsdecode(b"d\xfe/x.battery.yaml")]
    paths = [
        open_dat(tmp_path, make_plan(), run_id="r", project=tmp_path, source=source, command=["pytest", source])
        for source in sources
    ]
    assert len(set(paths)) == 2
    for path, source in zip(paths, sources, strict=True):
        shown = source.encode("utf-8", "backslashreplace").decode()
        resolved = dat.open(path).spec()["resolved"]
        assert isinstance(resolved, dict)
        assert resolved["source"] == shown
        assert dat.open(path).environment()["command"] == ["pytest", shown]
        for file in path.iterdir():
            if file.is_file():
                file.read_bytes().decode()


def test_a_record_played_again_keeps_the_first_source(tmp_path: Path) -> None:
    """And names the record it was played from, however often."""
    path = open_dat(tmp_path, make_plan(), run_id="r0", project=tmp_path, source="e/x_battery.py")
    for number in (1, 2, 3):
        (again,) = read_battery(path / "_spec_.yaml")
        path = open_dat(
            tmp_path, plan(again, make_catalog()), run_id=f"r{number}", project=tmp_path, source=f"{number}/_spec_.yaml"
        )
        resolved = dat.open(path).spec()["resolved"]
        assert isinstance(resolved, dict)
        assert (resolved["source"], resolved["replayed"]) == ("e/x_battery.py", f"{number}/_spec_.yaml")


@pytest.mark.parametrize(("digits", "chosen", "ids"), [(0, (3, 12), ["s03", "s12"]), (3, (3, 1500), ["s003", "s1500"])])
def test_the_spec_gives_the_same_ids_whatever_seeds_were_chosen(
    tmp_path: Path, digits: int, chosen: tuple[int, ...], ids: list[str]
) -> None:
    made = plan(replace(make_battery(seeds=chosen), seed_digits=digits), make_catalog())
    assert [cell.id.rpartition("-")[2].rstrip("]") for cell in made.cells] == ids
    (again,) = read_battery(open_dat(tmp_path, made, run_id="r", project=tmp_path) / "_spec_.yaml")
    for some in (chosen, chosen[:1]):
        replanned = plan(replace(again, seeds=some), make_catalog())
        assert [(cell.id, cell.key) for cell in replanned.cells] == [
            (cell.id, cell.key) for cell in made.cells if cell.seed in some
        ]


def test_the_plan_hash_tells_plans_apart() -> None:
    def hash_of(*args: object, **more: object) -> object:
        resolved = spec_of(make_plan(*args, **more))["resolved"]
        assert isinstance(resolved, dict)
        return resolved["plan_hash"]

    assert hash_of(seeds=[0, 1]) == hash_of(seeds=[0, 1], passing_score=0.1)
    assert hash_of(seeds=[0, 1]) != hash_of(seeds=[0, 2])


def _sampled(battery: Battery) -> Battery:
    """With samples, as many as there may be."""
    samples = min(battery.samples, prod(map(len, battery.params.values()))) if battery.params else 0
    return replace(battery, mode="sample" if samples else "iterate", samples=samples)


FREE = replace(
    make_catalog(),
    scenarios={
        **make_catalog().scenarios,
        "walks/free": replace(make_catalog().scenario("walks/line"), name="walks/free", params=ANYTHING, has_variants=True),
    },
)
LINES = st.one_of(
    st.sampled_from(["walks/*", "walks/line", "*free"]).map(ScenarioEntry),
    st.builds(
        ScenarioEntry,
        st.just("walks/free"),
        difficulty=st.sampled_from(["", "all", (2,), (1, 3)]),
        params=st.sampled_from([{}, {"x": "yes"}, {"x": [1, {"y": None}], "bonus": 1e-7}]),
        variants=st.integers(1, 4),
    ),
    st.just(ScenarioEntry(set="mine")),
)
RERUN = st.builds(
    make_battery,
    st.lists(LINES, min_size=1, max_size=4),
    st.lists(st.sampled_from(["right", "greedy", "tuned", "claude-opus"]), min_size=1, max_size=3, unique=True),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3, unique=True),
    sets=st.just({"mine": (ScenarioEntry("walks/free", difficulty=(3, 1)), ScenarioEntry("walks/plain"))}),
    select=st.sampled_from([
        Selection(),
        Selection(levels=((0, 2),)),
        Selection(tags=("walking",), exclude=("*line",)),
        Selection(names=("*plain", "*free"), type="interactive"),
    ]),
    params=st.fixed_dictionaries({}, optional={
        "threshold": st.sampled_from([(0.1, 2), (1e-9,)]),
        "bonus": st.sampled_from([(0.25, 0.5, 0.75), (True, "no", None)]),
        "x": st.just(("1e3", 5, None)),
    }),
    samples=st.integers(0, 3),
    passing_score=st.sampled_from([None, 0.25]),
).map(_sampled)  # fmt: skip


@settings(deadline=None)
@given(RERUN)
def test_every_spec_runs_again_with_the_same_cells(battery: Battery) -> None:
    """Sets, globs, profiles, `select:`, axes, samples and surfaces: the file that was written gives the same ids and keys."""
    tuned = {"tuned": AgentEntry("tuned", kind="greedy", params={"pace_lead": 2.0}, role="reference")}
    try:
        made = plan(battery, FREE, tuned)
    except SpecError:
        assume(False)
    text = yamltext.dump(spec_of(made, selection=Selection(smoke=True)) | {"v": 1, "run": "r1"})
    (again,) = batteries(read(text, "_spec_.yaml"))
    replanned = plan(again, FREE)
    assert [(cell.id, cell.key) for cell in replanned.cells] == [(cell.id, cell.key) for cell in made.cells]
    assert [(cell.axes, cell.case, cell.agent) for cell in replanned.cells] == [
        (cell.axes, cell.case, cell.agent) for cell in made.cells
    ]
    assert spec_of(replanned)["experiment.b"] == spec_of(made)["experiment.b"]


def test_surfaces_are_written_as_one_line_where_they_stand_together() -> None:
    """A line stands for all surfaces up to its own, so one that only adds some says so too; nothing is played twice."""
    lines = [ScenarioEntry("walks/free", variants=2), ScenarioEntry("walks/plain"), ScenarioEntry("walks/free", variants=4)]
    head = spec_of(plan(make_battery(lines), FREE))["experiment.b"]
    assert isinstance(head, dict)
    assert head["scenarios"] == [
        {"name": "walks/free", "difficulty": [2], "variants": 2},
        "walks/plain",
        {"name": "walks/free", "difficulty": [2], "variants": 4},
    ]


def test_what_the_command_line_selects_is_recorded_and_no_part_of_the_battery() -> None:
    made = make_plan(["walks/*"])
    wanted = Selection(agents=("right",), levels=((2, 4),), smoke=True)
    spec, whole = spec_of(made, selection=wanted), spec_of(made, selection=Selection())
    assert spec["experiment.b"] == whole["experiment.b"]
    resolved, without = spec["resolved"], whole["resolved"]
    assert isinstance(resolved, dict)
    assert resolved["selection"] == {"agents": ("right",), "levels": ((2, 4),), "smoke": True}
    assert isinstance(without, dict)
    assert "selection" not in without


def test_an_agent_that_was_handed_over_as_a_class_is_written_by_name() -> None:
    """It plays again where that name is registered, and elsewhere is refused by name."""
    battery = make_battery(agents=["mine"], players={"mine": Right})
    known = replace(make_catalog(), agents={"mine": AgentInfo("mine", Right)})
    text = yamltext.dump(spec_of(plan(battery, known)) | {"v": 1, "run": "r1"})
    (again,) = batteries(read(text, "_spec_.yaml"))
    assert [cell.key for cell in plan(again, known).cells] == [cell.key for cell in plan(battery, known).cells]
    with pytest.raises(SpecError, match="unknown agent 'mine'"):
        plan(again, make_catalog())
