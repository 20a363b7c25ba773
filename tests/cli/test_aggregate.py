"""`bio aggregate`, and a battery's `aggregate:`."""

from __future__ import annotations

import json

from pytest_alienbio.store import find_dats, log

from .conftest import WORLD, Desk

BATTERY = f"""experiment.x:
  scenarios: [{WORLD}]
  agents: [noop]
  seeds: 2
  cells: record
  aggregate: 'aggregates/{{battery}}'
"""


def test_runs_are_gathered_and_asked(played: Desk) -> None:
    said = played.bio("aggregate", "batch", "-o", "aggregates/mine")
    path = played.dat().path
    assert said.lines == [
        f"{path}: 4 records added",
        "aggregates/mine: 4 records of 1 DAT added; look at them with bio results aggregates/mine",
    ]
    again = played.bio("aggregate", "results/*", "-o", str(played.path / "data" / "aggregates" / "mine"))
    assert again.lines == ["aggregates/mine: 0 records of 1 DAT added; look at them with bio results aggregates/mine"]
    assert log.read(path)[-1]["event"] == "aggregated"
    rows = [json.loads(line) for line in played.bio("results", "aggregates/mine", "--json").lines]
    assert len(rows) == 4
    assert {row["dat"] for row in rows} == {
        str(played.path / "data" / "aggregates" / "mine" / path.relative_to(played.path / "data"))
    }
    assert len(played.bio("results", "*", "--json").lines) == 4
    assert "no trace was kept" in played.bio("show", f"aggregates/mine::{rows[0]['id']}").out


def test_a_battery_pushes_while_it_plays(desk: Desk) -> None:
    """The run says where its records went, also in its `_spec_.yaml`, which plays the same again."""
    desk.battery(BATTERY)
    assert desk.bio("batch", "a.battery.yaml").code == 0
    path = desk.dat().path
    assert log.read(path)[0]["aggregate"] == "aggregates/x"
    assert desk.dat().spec()["experiment.x"]["aggregate"] == "aggregates/{battery}"  # type: ignore[index,call-overload]
    assert desk.bio("batch", str(path / "_spec_.yaml")).code == 0
    assert len(find_dats(desk.path / "data")) == 2
    assert len(find_dats(desk.path / "data", "aggregates/x")) == 2
    assert len(desk.bio("results", "aggregates/x", "--json").lines) == 4
    assert desk.bio("aggregate", "results/*", "-o", "aggregates/x").lines[-1].startswith("aggregates/x: 0 records of 2 DATs")


def test_any_battery_by_a_setting(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text("aggregate: all\n", "utf-8")
    assert desk.bio("batch", "--scenarios", WORLD, "--agents", "noop", "--seeds", "1").code == 0
    assert len(desk.bio("results", "all", "--json").lines) == 1


def test_where_it_cannot_be_is_said_before_anything_is_played(desk: Desk) -> None:
    desk.battery(BATTERY.replace("aggregates/{battery}", "results"))
    assert "the run's own folder results/x/" in desk.bio("batch", "a.battery.yaml").err
    desk.battery(BATTERY.replace("aggregates/{battery}", "../up"))
    assert "a.battery.yaml:6:14: `aggregate` cannot be used: '..' leaves the data root" in desk.refused(
        "batch", "a.battery.yaml"
    )
    desk.battery(BATTERY.replace("aggregates/{battery}", "all/{seq}"))
    assert "{seq} is another one for each run" in desk.refused("batch", "a.battery.yaml")
    assert not (desk.path / "data").exists() or not find_dats(desk.path / "data")


def test_trouble_is_a_note_and_no_failure(desk: Desk) -> None:
    """The run's own folder is whole; what is missing in the aggregate can be added later."""
    desk.battery(BATTERY)
    desk.bio("batch", "a.battery.yaml")
    mark = desk.path / "data" / "aggregates" / "x" / "aggregate.json"
    copy = find_dats(desk.path / "data", "aggregates/x")[0]
    mark.unlink()
    said = desk.bio("batch", "a.battery.yaml")
    assert said.code == 2
    assert "other things are in it" in said.err
    mark.write_text("{}")
    (copy / "cells").rename(copy / "elsewhere")
    assert desk.bio("aggregate", "x", "-o", "aggregates/x").lines[0].endswith("2 records added")


def test_refusals(played: Desk) -> None:
    assert "it must be relative" in played.refused("aggregate", "batch", "-o", "/elsewhere")
    assert "other things are in it" in played.refused("aggregate", "batch", "-o", "results")
    assert "no DAT matches" in played.refused("aggregate", "bach", "-o", "aggregates/mine")


def test_what_could_not_be_read_is_said(played: Desk) -> None:
    """A line of a journal that is damaged is missing in the aggregate, and nobody should have to find that out."""
    (journal,) = played.dat().path.glob("cells/*.jsonl")
    first, _, *rest = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([first, "garbage\n", *rest]))
    said = played.bio("aggregate", "batch", "-o", "aggregates/mine")
    assert said.lines[0].endswith(": 3 records added")
    assert "line 2: Expecting value" in said.err
    assert "1 line skipped" in said.err


def test_a_run_that_cannot_be_written_to_is_gathered_all_the_same(played: Desk) -> None:
    lock = played.dat().path / ".lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    said = played.bio("aggregate", "batch", "-o", "aggregates/mine")
    assert (said.code, len(said.lines)) == (0, 2)
    assert "the run's log does not say that it was gathered: cannot lock" in said.err
