"""Folders `run-001/` of stored cells."""

from __future__ import annotations

import json
from pathlib import Path

from pytest_alienbio.exchange import export
from pytest_alienbio.model import Json, MetricEvent, Outcome
from pytest_alienbio.store import Journal, claim, open_for_reading, write_events

from .cells import a_cell


def test_each_cell_that_was_started_has_a_folder(tmp_path: Path) -> None:
    """As an experiment's trials do: params of its agent and its own, metrics, events of its run, where it ran."""
    agents: list[Json] = [{"name": "greedy", "kind": "greedy", "params": {"depth": 2}}]
    dat = claim(
        tmp_path / "data",
        "r/{seq}",
        run_id="r1",
        spec={"experiment.b": {"agents": agents}},
        fields={},
        command=[],
        environment={"python": "3.12.1", "git": {"commit": "abc", "dirty": False}},
    )
    journal = Journal(dat.path, "r1", "main")
    journal.append(a_cell(0, metrics={"loss": 0.25}, params={"lr": 0.1}, started_at=1769000000.0, duration_s=1.5))
    journal.append(a_cell(1, outcome=Outcome.TIMED_OUT, score=None, reason="60 s"))
    journal.append(a_cell(2, outcome=Outcome.NOT_RUN, score=None))
    journal.close()
    write_events(dat.path, "r1", "main", a_cell(0).id, [MetricEvent(1769000001.0, {"name": "loss", "value": 0.3})])
    done = export(open_for_reading(dat.path).results(), "runs", tmp_path / "runs")
    assert sorted(path.relative_to(tmp_path / "runs").as_posix() for path in (tmp_path / "runs").rglob("*.json*")) == [
        "run-001/metrics.jsonl", "run-001/summary.json", "run-002/metrics.jsonl", "run-002/summary.json",
    ]  # fmt: skip
    first, second = (json.loads((tmp_path / "runs" / f"run-00{n}" / "summary.json").read_text()) for n in (1, 2))
    assert (first["experiment_id"], first["variation"], first["trial"], first["status"]) == ("b", "greedy", 0, "success")
    assert (first["params"], first["metrics"], first["duration_ms"]) == ({"depth": 2, "lr": 0.1}, {"loss": 0.25}, 1500.0)
    assert (first["environment"]["python_version"], first["environment"]["git_commit"]) == ("3.12.1", "abc")
    assert (second["status"], second["error"], second["started_at"]) == ("failed", "60 s", None)
    (event,) = (json.loads(line) for line in (tmp_path / "runs/run-001/metrics.jsonl").read_text().splitlines())
    assert (event["name"], event["value"]) == ("loss", 0.3)
    assert done.lost["cells that were never started"] == done.lost["score"] == 1


def test_cells_of_no_dat_have_folders_too(tmp_path: Path) -> None:
    """What is not known of their surroundings is null."""
    export([a_cell(params={"lr": 0.1})], "runs", tmp_path / "runs")
    summary = json.loads((tmp_path / "runs/run-001/summary.json").read_text())
    assert (summary["params"], summary["environment"]["python_version"]) == ({"lr": 0.1}, None)
