"""`bio notebook`: a notebook that looks at stored results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..run.analysis.parts import all_trials, experiment, write
from .conftest import Desk


def code(path: Path) -> list[str]:
    """The code of a notebook, cell by cell."""
    read: Any = json.loads(path.read_text("utf-8"))
    return ["".join(cell["source"]) for cell in read["cells"] if cell["cell_type"] == "code"]


def parameters(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    exec(code(path)[0], {}, found)  # noqa: S102 - what we have just written
    return found


def test_it_runs_from_top_to_bottom_as_it_is(played: Desk) -> None:
    """In a process of its own, from the folder that it lies in."""
    (played.path / "notes").mkdir()
    assert played.bio("notebook", "batch", "-o", "notes/mine.ipynb").out == "written: notes/mine.ipynb\n"
    notebook = played.path / "notes/mine.ipynb"
    assert parameters(notebook)["path"].startswith("../data/results/batch/")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(code(notebook))],
        cwd=notebook.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "4 trials of greedy, noop"
    assert lines[2] == "Comparing greedy vs noop on score:"
    assert lines[-1].startswith("Report generated: ../data/results/batch/")
    assert (played.dat().path / "reports/analysis/report.md").read_text("utf-8").startswith("# Experiment Report: batch")


def test_it_looks_at_what_there_is_or_at_what_was_asked_for(desk: Desk) -> None:
    """An experiment: its first declared metric against the second; metrics that are not there are refused."""
    folder = experiment(desk.path / "exp-009", *all_trials())
    desk.bio("notebook", "exp-009")
    assert parameters(desk.path / "analysis.ipynb") == {"path": "exp-009", "metric": "ms", "other": "words"}
    desk.bio("notebook", "exp-009/config.yaml", "--metric", "words", "--other", "duration_ms", "-o", "exp-009/a.ipynb")
    assert parameters(folder / "a.ipynb") == {"path": "config.yaml", "metric": "words", "other": "duration_ms"}
    assert "did you mean 'words'?" in desk.refused("notebook", "exp-009", "--metric", "wrods", "-o", "b.ipynb")
    write(desk.path / "plain/runs", *all_trials())
    assert json.loads(desk.bio("notebook", "plain", "-o", "-").out)["nbformat"] == 4


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("-o", "mine.md"), "a notebook's name ends in .ipynb"),
        (("results/*",), "looks at one result folder, and these are 2"),
        (("bach",), "did you mean 'batch'?"),
    ],
)
def test_what_cannot_be_done_is_refused(played: Desk, argv: tuple[str, ...], why: str) -> None:
    (dat,) = (played.path / "data/results/batch").iterdir()
    (dat.parent / "2000-01-01_001").mkdir()
    (dat.parent / "2000-01-01_001/_spec_.yaml").write_text("v: 1\nrun: r\n", "utf-8")
    assert why in played.refused("notebook", *argv)


def test_what_somebody_worked_on_is_not_replaced_unasked(played: Desk) -> None:
    (played.path / "analysis.ipynb").write_text("mine", "utf-8")
    assert "analysis.ipynb" in played.refused("notebook")
    assert (played.path / "analysis.ipynb").read_text("utf-8") == "mine"
    assert "none" in played.refused("notebook", "-o", "none/a.ipynb")
    played.bio("notebook", "--force")
    assert len(code(played.path / "analysis.ipynb")) == 9
