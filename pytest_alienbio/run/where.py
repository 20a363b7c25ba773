"""Where results lie: the data root for who only reads."""

from __future__ import annotations

import os
from pathlib import Path

from .ini import read_ini
from .project import Project, find_project
from .settings import settings

VARIABLE = "ALIENBIO_DATA"


def data_root_here(data: str | None, flag: str) -> Path:
    """The data root that `data`, the environment, a file or the project of the working directory means.

    An argument and the variable win over every file: then no file is read, which takes longer than most questions.
    Raises `SpecError`.
    """
    here = Path.cwd()
    options = {} if data is None else {"data": data}
    if data or os.environ.get(VARIABLE, "").strip():
        return settings(Project(here), options=options, flag=flag).data_root(here)
    project = find_project(here, walk=True, about="data")
    ini, ini_file = read_ini(here)
    return settings(project, options=options, ini=ini, ini_file=ini_file, flag=flag).data_root(project.root)
