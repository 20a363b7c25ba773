"""Command-line options and ini keys; the values as one frozen `Options`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the ini file ask for; None = not said, the battery decides."""

    data: str | None
    data_ini: str | None
    out: str | None
    traces: str | None
    cells: str | None
    timeout_s: float | None
    globs: tuple[str, ...]


def add_options(parser: pytest.Parser) -> None:
    """Adds the `--bio-*` options and `bio_*` ini keys."""
    group = parser.getgroup("alienbio", "experiments as tests (pytest-alienbio)")
    group.addoption("--bio-data", metavar="DIR", help="Folder for result folders (DATs); default <project>/data.")
    group.addoption("--bio-out", metavar="TEMPLATE", help="Path of the DAT below the data root, e.g. 'results/{date}_{seq}'.")
    group.addoption("--bio-traces", choices=("all", "failed", "none"), help="Which cells keep a trace; wins over the battery.")
    group.addoption(
        "--bio-cells", choices=("assert", "record"), help="Whether a cell below the bar fails; wins over the battery."
    )
    group.addoption("--bio-timeout", type=_seconds, metavar="S", help="Wall-clock limit of each cell in seconds.")
    parser.addini("bio_data", "Folder for result folders, relative to the project.")
    parser.addini("bio_batteries", "More file globs that are batteries, besides *.battery.yaml.", type="args", default=[])


def _seconds(text: str) -> float:
    import argparse

    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number of seconds")
    return value


def options(config: pytest.Config) -> Options:
    """The values for this session. The ini's data folder is relative to the ini file, or to the project without one."""
    ini = config.getini("bio_data")
    here = config.inipath.parent if config.inipath else config.rootpath
    return Options(
        data=config.getoption("bio_data"),
        data_ini=str(Path(here, ini)) if ini else None,
        out=config.getoption("bio_out"),
        traces=config.getoption("bio_traces"),
        cells=config.getoption("bio_cells"),
        timeout_s=config.getoption("bio_timeout"),
        globs=tuple(config.getini("bio_batteries")),
    )
