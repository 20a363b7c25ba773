"""The notebook that looks at what a path stands for."""

from __future__ import annotations

import os
from pathlib import Path

from ...report.notebook import analysis
from .measured import Measured
from .source import read_source
from .trials import DURATION, trials_of


def notebook_of(path: Path, folder: Path, *, metric: str = "", other: str = "") -> str:
    """The notebook of the trials at `path`, as it is called from `folder`, where the notebook will be.

    `metric` is what it looks at, by default the score, else the first that is declared or seen; `other` what it goes with.
    Raises `SpecError` for a metric that no trial has, `StoreError` if there are no trials.
    """
    source = read_source(path)
    measured = Measured(trials_of(source.trials), source.declared)
    for each in filter(None, (metric, other)):
        measured.field(each)
    known = list(measured.columns)
    metric = metric or ("score" if "score" in known else known[0])
    other = other or next((each for each in known if each != metric), DURATION)
    try:
        told = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        told = str(path.absolute())
    return analysis(source.name, told, metric, other)
