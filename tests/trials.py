"""Experiments in a folder: a `config.yaml`, its task, its data."""

from __future__ import annotations

import textwrap
from pathlib import Path

CONFIG = """\
experiment: {id: EXP-9, name: Nine}
task: {type: work}
variations:
  - name: Fast Lane
    params: {x: 1}
  - name: Slow
    params: {x: 2}
trials: 2
metrics: [cost]
random_seed: 7
"""

TASK = """\
import random
from pytest_alienbio import record_metric


def execute(params, data_path, metrics_file):
    record_metric("step", params["x"])
    print("worked")
    return {"metrics": {"cost": params["x"], "dice": random.random()}}
"""


def write_experiment(project: Path, config: str = CONFIG, task: str | None = TASK, *, name: str = "exp-009") -> Path:
    """Writes `experiments/<name>/config.yaml` and `tasks/work.py` beside it; gives the former."""
    folder = project / "experiments" / name
    (folder / "tasks").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(config, "utf-8")
    if task is not None:
        (folder / "tasks" / "work.py").write_text(textwrap.dedent(task), "utf-8")
    return folder / "config.yaml"
