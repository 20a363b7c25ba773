"""A battery's `aggregate:` under pytest: with and without workers, and when one dies."""

from __future__ import annotations

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import find_dats, open_for_reading

from .conftest import Lab

BATTERY = "experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 3, cells: record, aggregate: 'all/{battery}'}"


def test_every_way_to_run_pushes_each_cell_once(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY)
    assert lab.run(mode).ret == 0
    (copy,) = find_dats(lab.path / "data", "all/x")
    assert [(r.id, r.score, r.run, r.worker) for r in open_for_reading(copy).results()] == [
        (r.id, r.score, r.run, r.worker) for r in open_for_reading(lab.dats()[0]).results()
    ]
    assert sum(len(path.read_bytes().splitlines()) for path in (copy / "cells").iterdir()) == 6


def test_a_worker_that_dies_leaves_nothing_out(lab: Lab, mode: str) -> None:
    """What the books say at the end (lost, not run) is there, too."""
    if mode != "n2":
        return
    lab.battery(BATTERY.replace("half", "killer"))
    lab.run(mode, "--max-worker-restart=8")
    (copy,) = find_dats(lab.path / "data", "all/x")
    found = {r.id: r.outcome for r in open_for_reading(copy).results()}
    assert found == {id: r.outcome for id, r in lab.results().items()}
    assert Outcome.LOST in found.values()


def test_a_place_that_cannot_be_is_refused_before_anything_plays(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY.replace("all/{battery}", "results"))
    run = lab.run(mode, workers=False)
    assert run.ret == 4
    assert any("the run's own folder" in line for line in [*run.outlines, *run.errlines])
    assert lab.dats() == []
