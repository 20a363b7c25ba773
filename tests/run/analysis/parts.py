"""Trials on a disk, in few words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CONFIG = """\
experiment: {id: EXP-9, name: Nine}
task: {type: count}
variations:
  - {name: Fast, params: {speed: 2}}
  - {name: Slow, params: {speed: 1}}
trials: 3
metrics: [ms, words]
random_seed: 1
"""

MS: Mapping[str, Sequence[float]] = {"Fast": (10.0, 12.0, 11.0), "Slow": (20.0, 23.0, 26.0)}


def summary(variation: str = "Fast", trial: int = 1, **changes: Any) -> dict[str, Any]:
    """One trial, as the first specification has it."""
    return {
        "experiment_id": "EXP-9",
        "variation": variation,
        "trial": trial,
        "params": {"speed": 2},
        "metrics": {"ms": 10.0, "words": 100},
        "status": "success",
        "error": None,
        "started_at": f"2026-01-21T10:00:{trial:02}.000Z",
        "ended_at": f"2026-01-21T10:01:{trial:02}.345Z",
        "duration_ms": 60345,
        **changes,
    }


def write(runs: Path, *summaries: object) -> Path:
    """A folder a summary, `run-001`, ... below `runs`."""
    for number, told in enumerate(summaries, 1):
        folder = runs / f"run-{number:03}"
        folder.mkdir(parents=True)
        text = told if isinstance(told, str) else json.dumps(told)
        (folder / "summary.json").write_text(text, "utf-8")
    return runs


def all_trials() -> list[dict[str, Any]]:
    """Three trials of two variations, the values of `MS`; the words are missing in one."""
    made = [
        summary(name, trial, metrics={"ms": value, "words": 100 * trial}, params={"speed": 2 if name == "Fast" else 1})
        for name, values in MS.items()
        for trial, value in enumerate(values, 1)
    ]
    del made[0]["metrics"]["words"]
    return made


def experiment(folder: Path, *summaries: object) -> Path:
    """An experiment's folder in a project, with `runs/`."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, "utf-8")
    (folder.parent / "bio.yaml").touch()
    write(folder / "runs", *summaries)
    return folder
