"""Notebooks are run as their readers run them: in a kernel, through papermill; and other people's plots of our frames."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..run.analysis.parts import summary, write

ROOT = Path(__file__).parents[2]
VEGA = "application/vnd.vegalite.v5+json"

papermill = pytest.importorskip("papermill", reason="papermill is not installed: tox -e browser has it")


def run(notebook: Path, **parameters: str) -> dict[str, Any]:
    """Its cells by their ids, after they were run in the notebook's folder. Fails by whatever a cell raises or warns of."""
    done = notebook.with_name(f"done-{notebook.name}")
    papermill.execute_notebook(str(notebook), str(done), parameters, cwd=str(notebook.parent), progress_bar=False)
    cells: list[Any] = json.loads(done.read_text("utf-8"))["cells"]
    errors = [output for cell in cells for output in cell.get("outputs", ()) if output.get("name") == "stderr"]
    assert errors == []
    return {cell["id"]: cell for cell in cells}


def printed(cell: Any) -> str:
    return "".join(part for output in cell["outputs"] if output["output_type"] == "stream" for part in output["text"])


def shown(cell: Any) -> dict[str, Any]:
    """The last value of a cell, by kind."""
    found: dict[str, Any] = next(output["data"] for output in cell["outputs"] if output["output_type"] == "execute_result")
    return found


@pytest.fixture
def project(demo: Path, tmp_path: Path) -> Path:
    """The project that was played, to write into."""
    return Path(shutil.copytree(demo, tmp_path / "project"))


def bio(folder: Path, *argv: str) -> None:
    subprocess.run([sys.executable, "-m", "pytest_alienbio", *argv], cwd=folder, check=True, capture_output=True)


def test_a_notebook_of_a_result_folder_runs_top_to_bottom(project: Path) -> None:
    """With everything that it promises, and again with other parameters."""
    bio(project, "notebook", "demo", "-o", "analysis.ipynb")
    cells = run(project / "analysis.ipynb")
    assert "oracle" in printed(cells["load"])
    assert "median" in "".join(shown(cells["aggregate"])["text/html"])
    assert shown(cells["box"])[VEGA]["title"]["text"] == "score by variation"
    assert shown(cells["scatter"])[VEGA]["usermeta"]["bio"]["kind"] == "scatter"
    assert len(shown(cells["heatmap"])[VEGA]["data"]["values"]) > 20
    assert printed(cells["test"]).startswith("Comparing ")
    assert "rate" in "".join(shown(cells["success"])["text/html"])
    assert "## Success rates" in "".join(shown(cells["report"])["text/markdown"])
    words = run(project / "analysis.ipynb", path="words", metric="words", other="seconds")
    assert "6 trials of " in printed(words["load"])
    assert printed(words["test"]).splitlines()[0] in ("Comparing all vs few on words:", "Comparing few vs all on words:")
    assert (project / "words/report.md").is_file()


def test_the_template_runs_in_an_experiments_folder_as_it_is(tmp_path: Path) -> None:
    """The eight cells of the first specification, on trials with its names."""
    experiments = tmp_path / "experiments"
    shutil.copytree(ROOT / "experiments/lib", experiments / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    folder = experiments / "exp-001"
    names = ("Cue-Based Coordination", "Event-Driven")
    write(
        folder / "runs",
        *(
            summary(name, trial, metrics={"completion_time_ms": 10.0 * place + trial, "message_count": 40 * place + trial})
            for place, name in enumerate(names, 1)
            for trial in (1, 2, 3)
        ),
    )
    shutil.copy(ROOT / "experiments/templates/analysis.ipynb.template", folder / "analysis.ipynb")
    cells = run(folder / "analysis.ipynb")
    sources = ["".join(cell["source"]) for cell in cells.values() if cell["cell_type"] == "code"]
    assert [source.partition(":")[0] for source in sources] == [f"# Cell {number}" for number in range(1, 9)]
    assert printed(cells["load"]).startswith("Loaded 6 trial results\nVariations: ")
    assert shown(cells["latency"])[VEGA]["title"]["text"] == "completion_time_ms by variation"
    assert "Significant (p<0.05)" in printed(cells["test"])
    assert "success    1.0" in printed(cells["success"])
    assert printed(cells["report"]) == "Report generated: report.md\n"


def test_seaborn_plots_our_frames_as_the_page_says(project: Path) -> None:
    """Each snippet of the page that imports it, and those of the first specification."""
    page = (ROOT / "docs/notebook.md").read_text("utf-8")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "seaborn" in block]
    assert len(blocks) == 2
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-W", "error::FutureWarning", "-c", f"import matplotlib\nmatplotlib.use('agg')\n{block}"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (project / "scores.png").stat().st_size > 5000
    assert (project / "words.png").stat().st_size > 5000
