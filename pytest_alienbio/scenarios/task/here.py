"""One trial in the process that plays the cell: no cost of starting one, and no way to kill it."""

from __future__ import annotations

import os
import random  # noqa: TID251 - the global state that a task in this process uses: saved, seeded, put back
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ...model import Json, Task
from . import child
from .trial import OnEvents, Trial, environment, follow, take


def load_here(task: Task) -> Callable[..., object]:
    """What a task calls, imported in this process if need be. Raises whatever the import raises."""
    if task.call is not None:
        return task.call
    return child.find_function(module_here(task.file, task.module, task.paths), task.function)


def module_here(file: str, module: str, paths: Iterable[str]) -> ModuleType:
    """A task's module (see `child.load_module`), imported in this process; `sys.path` is put back."""
    before = list(sys.path)
    try:
        return child.load_module(file, module, paths)
    finally:
        sys.path[:] = before


def run_here(
    task: Task, function: Callable[..., object], params: Mapping[str, Json], trial: Trial, on_events: OnEvents | None = None
) -> None:
    """Runs one trial of `task`, which is `function`, in this process and thread; raises what the task raises.

    The global states of `random` and, if it is loaded, of numpy are seeded for it and put back after it.
    """
    with tempfile.TemporaryDirectory(prefix="alienbio-trial-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        reader = follow(place)
        try:
            with seeded(trial.seed), _told(environment(task, params, trial.seed, place)):
                trial.value = child.call(function, params, task.data_path, place / "metrics.jsonl", trial.seed)
        finally:
            take(trial, reader, on_events, last=True)


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Seeds the global `random` and a loaded numpy, and puts their states back. With None it does nothing."""
    if seed is None:
        yield
        return
    numpy: Any = sys.modules.get("numpy")
    before, numpy_before = random.getstate(), numpy.random.get_state() if numpy else None
    random.seed(seed)
    if numpy:
        numpy.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
        if numpy:
            numpy.random.set_state(numpy_before)


@contextmanager
def _told(environment: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables for a while."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
