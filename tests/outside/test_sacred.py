"""What sacred's own observer writes, as cells."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sacred import Experiment
from sacred.observers import FileStorageObserver
from sacred.utils import TimeoutInterrupt

from pytest_alienbio.exchange import Columns, Problems, importer
from pytest_alienbio.model import Outcome, Result


class RateLimitError(Exception):
    """As a provider's client raises it."""


def experiment(folder: Path) -> Experiment:
    """A walk that ends as its config says."""
    made = Experiment("walk", save_git_info=False)
    made.observers.append(FileStorageObserver(folder, copy_sources=False))
    made.add_config({"agent": "greedy", "kind": "well", "depth": 2})

    @made.main
    def main(_run: Any, kind: str, depth: int) -> Any:
        for step in range(3):
            _run.log_scalar("loss", 1 / (step + 1), step)
        if kind == "broken":
            raise ValueError("boom")
        if kind == "provider":
            raise RateLimitError("429")
        if kind == "slow":
            raise TimeoutInterrupt()
        if kind == "stopped":
            raise KeyboardInterrupt()
        if kind == "several":
            return {"score": 0.5, "steps": depth}
        if kind == "numpy":
            import numpy as np

            return np.float64(0.25)
        return 0.75

    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run of each kind."""
    path = tmp_path_factory.mktemp("sacred") / "runs"
    raised = {"broken": ValueError, "provider": RateLimitError, "slow": TimeoutInterrupt, "stopped": KeyboardInterrupt}
    for kind in ("well", "broken", "provider", "slow", "stopped", "several", "numpy"):
        with pytest.raises(raised[kind]) if kind in raised else nullcontext():
            experiment(path).run(config_updates={"kind": kind, "seed": 7}, options={"--capture": "no"})
    return path


def read(folder: Path, columns: Columns) -> list[Result]:
    """The cells of a folder; refuses as the command does."""
    problems = Problems()
    found = list(importer("", str(folder)).read(str(folder), columns, problems))
    problems.refuse()
    return found


def test_each_run_is_a_cell_that_ended_as_it_did(folder: Path) -> None:
    found = read(folder, Columns({"score": "result"}))
    assert [(each.params["kind"], each.outcome, each.score) for each in found] == [
        ("well", Outcome.COMPLETED, 0.75),
        ("broken", Outcome.AGENT_ERROR, None),
        ("provider", Outcome.PROVIDER_ERROR, None),
        ("slow", Outcome.TIMED_OUT, None),
        ("stopped", Outcome.LOST, None),
        ("several", Outcome.SCORER_ERROR, None),
        ("numpy", Outcome.COMPLETED, 0.25),
    ]
    assert {(each.battery, each.agent, each.seed, each.params["depth"]) for each in found} == {("walk", "greedy", 7, 2)}
    assert found[1].error is not None
    assert (found[1].error.type, found[1].error.message) == ("ValueError", "boom")
    assert all(each.ended_at >= each.started_at > 1_700_000_000 for each in found)


def test_numbers_of_a_result_and_of_metrics_can_be_the_score(folder: Path) -> None:
    assert read(folder / "6", Columns())[0].score == 0.5
    assert read(folder / "1", Columns({"score": "loss"}))[0].score == pytest.approx(1 / 3)
