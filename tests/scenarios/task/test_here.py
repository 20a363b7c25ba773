"""Trials in this process."""

from __future__ import annotations

import os
import random  # noqa: TID251 - the global state that must come back
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_alienbio import record_metric
from pytest_alienbio.model import Task
from pytest_alienbio.scenarios.task.here import load_here, run_here
from pytest_alienbio.scenarios.task.trial import Trial

from .tasks import ECHO, write_task


def run(task: Task, trial: int = 1, **params: Any) -> Trial:
    """Runs it here."""
    made = Trial(task.seed_of(trial))
    run_here(task, load_here(task), params, made)
    return made


def dice() -> dict[str, float]:
    """Rolls the global dice of this process."""
    return {"random": random.random(), "numpy": float(np.random.rand())}


def test_the_global_dice_are_seeded_for_it_and_put_back() -> None:
    """Nobody else's dice fall another way because a task ran."""
    task = Task("t", call=dice, isolate="none", random_seed=42)
    random.seed(1)
    np.random.seed(1)
    expected = dice()
    random.seed(1)
    np.random.seed(1)
    first, other, again = (run(task, trial).value for trial in (1, 2, 1))
    assert first == again != other
    assert dice() == expected


def test_they_are_put_back_when_it_raises() -> None:
    def fail() -> None:
        random.random()
        raise OSError("no")

    state = random.getstate()
    with pytest.raises(OSError, match="no"):
        run(Task("t", call=fail, isolate="none"))
    assert random.getstate() == state


def test_without_a_seed_the_dice_are_left_alone() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)
    assert run(Task("t", call=random.random, isolate="none", random_seed=None)).value == expected


def test_it_can_record_metrics_and_finds_its_surroundings() -> None:
    """The same as in a process of its own; afterwards the environment is as it was."""
    before = dict(os.environ)

    def task(x: int) -> dict[str, object]:
        record_metric("x", x)
        return {"x": x, "params": os.environ["ALIENBIO_PARAMS"]}

    trial = run(Task("t", call=task, isolate="none"), x=3)
    assert trial.value == {"x": 3, "params": '{"x": 3}'}
    assert [event.data["value"] for event in trial.events] == [3]
    assert dict(os.environ) == before


def test_a_file_is_imported_and_the_path_put_back(tmp_path: Path) -> None:
    before = list(sys.path)
    assert run(write_task(tmp_path, ECHO, name="echo_here", isolate="none"), x=2).value == {"metrics": {"doubled": 4}}
    assert sys.path == before
