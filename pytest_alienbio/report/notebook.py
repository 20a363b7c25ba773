"""A Jupyter notebook as a text: nbformat 4.5, which is plain JSON. The same cells give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Json, inert
from .markdown import line

PARAMETERS = "parameters"
"""The tag of the cell that papermill writes its own after."""


@dataclass(frozen=True, slots=True)
class NotebookCell:
    """One cell. Its id is letters, digits, `-` and `_`, and no other cell of the notebook has it."""

    id: str
    source: str
    code: bool = True
    tags: tuple[str, ...] = ()


def as_notebook(cells: Iterable[NotebookCell]) -> str:
    """The notebook of these cells, none of them run yet, in ASCII and ending in a line break."""
    page = {
        "cells": [_cell(each) for each in cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(page, indent=1) + "\n"


def analysis(title: str, path: str, metric: str, other: str) -> str:
    """The notebook that looks at the trials at `path`: at `metric` first, and at how it goes with `other`.

    It runs top to bottom on any result folder and experiment, whose metrics and variations it asks for; another one, or another
    metric, is a parameter.
    """
    return as_notebook(
        [
            NotebookCell("title", f"# {line(inert(title))}\n\n{_ABOUT}", code=False),
            NotebookCell(
                "parameters",
                f"path = {path!a}  # a result folder, an experiment's folder, or one with run-*/summary.json\n"
                f"metric = {metric!a}\n"
                f"other = {other!a}",
                tags=(PARAMETERS,),
            ),
            *(NotebookCell(name, source) for name, source in _STEPS.items()),
        ]
    )


_ABOUT = (
    "Made by `bio notebook`. Every number is the one that reports show: each trial counts once, by its latest record that "
    "ended well; one that broke is in no mean and no rate."
)
_STEPS = {
    "load": """\
from pytest_alienbio import ExperimentAnalyzer

analyzer = ExperimentAnalyzer(path)
results = analyzer.results
print(analyzer)""",
    "aggregate": """\
analyzer.aggregate_by_variation()[metric]""",
    "box": """\
analyzer.plot_comparison(metric)""",
    "scatter": """\
analyzer.scatter(metric, other)""",
    "heatmap": """\
analyzer.heatmap()""",
    "test": """\
# Of the first two; all pairs, adjusted for how many they are: analyzer.result_set.compare()
if len(analyzer.variations) > 1:
    analyzer.statistical_test(metric, *analyzer.variations[:2])""",
    "success": """\
analyzer.success_rates()""",
    "report": """\
analyzer.generate_report("report.md")
analyzer.report()""",
}


def _cell(cell: NotebookCell) -> dict[str, Json]:
    metadata: dict[str, Json] = {"tags": list(cell.tags)} if cell.tags else {}
    lines: dict[str, Json] = {"id": cell.id, "metadata": metadata, "source": cell.source.splitlines(keepends=True)}
    if not cell.code:
        return {"cell_type": "markdown", **lines}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **lines}
