"""`ExperimentAnalyzer`: what an experiment's trials say, for notebooks and scripts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from ...errors import SpecError, StoreError, did_you_mean
from ...model import Comparison, Estimate
from ...model.task import DIRECTIONS
from ...report import Document, as_json, inert, render, render_markdown
from ...report.experiment import experiment_document
from ...results.contrast import Options
from ...results.groups import older_note
from ...results.picture import Picture
from ...results.result_set import ResultSet
from ...store.disk import replace_file
from .measured import FIGURES, Measured
from .printed import paired_lines, say, ttest_lines
from .source import read_source
from .trials import COLUMNS, DURATION, trials_of
from .ttest import TTest, ttest

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("paired", "t")
_WIDTH = 120


def _page(document: Document) -> str:
    from ..pages import page_with

    return page_with(document).html


def _book(document: Document) -> bytes:
    from ...exchange.workbook import workbook
    from ...report.grids import grids

    return workbook((each.name, each.header, each.rows) for each in grids(document))


_FORMS: Mapping[str, Callable[[Document], str | bytes]] = {
    ".md": render_markdown,
    ".html": _page,
    ".json": as_json,
    ".txt": lambda document: render(document, _WIDTH, whole=True) + "\n",
    ".xlsx": _book,
}


class ExperimentAnalyzer:
    """Analyzes and compares the trials of an experiment: `ExperimentAnalyzer(".").aggregate_by_variation()`.

    `path`: a DAT, an experiment's folder (its trials are those of its DATs and of its `runs/`), or a folder of
    `run-*/summary.json`. A variation is what the experiment calls so; of a battery of agents it is the agent, with those of
    its cells' own params in which cells of a scenario differ (`greedy [threshold=0.5]`), and its metrics are `score`,
    `scores.NAME`, `metrics.NAME` and what it took.

    Numbers are those of `ResultSet`: each trial counts once, by its latest record that ended well; one that broke is in no
    number; each scenario weighs the same. Raises `StoreError` if nothing is there, `SpecError` for a file that is wrong.
    """

    def __init__(self, path: str | os.PathLike[str] = ".") -> None:
        self.experiment_dir = Path(path)
        self.results: pd.DataFrame = self.load_results()
        """What `load_results` gave."""

    def __repr__(self) -> str:
        return f"<ExperimentAnalyzer {inert(self.name)}: {self._trials()}>"

    def __str__(self) -> str:
        """How many trials there are, of what, what was measured, and what could not be read."""
        names, metrics = (", ".join(map(inert, each)) for each in (self.variations, self.metrics))
        lines = (f"{self._trials()} of {names}", f"metrics: {metrics}")
        return "\n".join((*lines, *(inert(note, most=400) for note in self.notes)))

    def _trials(self) -> str:
        count = len(self._measured.trials)
        return f"{count:,} trial{'' if count == 1 else 's'}"

    def load_results(self) -> pd.DataFrame:
        """Reads the trials anew: a frame with a row a trial, those that broke included, in the order of their names or times.

        `experiment_id variation trial params metrics status error started_at ended_at duration_ms` as in `summary.json`, then
        `scenario difficulty outcome`. `metrics` of a trial that broke is {}.
        """
        import pandas as pd

        self._source = read_source(self.experiment_dir)
        self._measured = Measured(trials_of(self._source.trials), self._source.declared, self._source.better)
        older = self._measured.older
        self.notes = (*self._source.notes, *([older_note(older, "trials")] if older else []))
        """What could not be read, and why; how many trials were run again, of which only the latest counts."""
        rows = [trial.row() for trial in self._measured.trials]
        frame = pd.DataFrame({name: [row[name] for row in rows] for name in COLUMNS})
        for name in ("started_at", "ended_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
        return frame.astype({"trial": "Int64", "difficulty": "Int64", DURATION: "Float64"})

    @property
    def variations(self) -> tuple[str, ...]:
        """What is compared, as first seen."""
        return self._measured.variations

    @property
    def metrics(self) -> tuple[str, ...]:
        """What was measured: declared metrics first, then as first seen, and `duration_ms`."""
        return tuple(self._measured.columns)

    @property
    def result_set(self) -> ResultSet:
        """The trials as a set of results, the agent of each its variation."""
        return ResultSet.of(trial.result for trial in self._measured.trials)

    @property
    def name(self) -> str:
        """What a report calls the experiment."""
        return self._source.name

    def estimates(self, metric: str) -> dict[str, dict[str, Estimate]]:
        """Of each variation `mean std min max median` of a metric, each with what it stands on.

        Raises `SpecError` with near names for a metric that no trial has. Scores of which some are better higher and some lower
        have no common figures, and a `why`.
        """
        return self._measured.figures(metric)

    def aggregate_by_variation(self) -> pd.DataFrame:
        """Statistics of each metric: a row a variation, columns (metric, `mean` `std` `min` `max` `median`).

        What cannot be told is <NA>: a metric that no trial of a variation gave, the deviation of one trial.
        """
        import pandas as pd

        values: dict[tuple[str, str], object] = {}
        for metric in self.metrics:
            told = self.estimates(metric)
            for kind in FIGURES:
                values[metric, kind] = pd.array([told[name][kind].value for name in self.variations], dtype="Float64")
        frame = pd.DataFrame(values, index=pd.Index(self.variations, name="variation"))
        frame.columns = pd.MultiIndex.from_tuples(values, names=("metric", "statistic"))
        return frame.sort_index()

    def plot_comparison(self, metric: str) -> Picture:
        """A box a variation, over its trials. Raises `SpecError` for a metric that there is not."""
        from ...charts.box import box
        from ...charts.measured import Metric

        found = self._measured.records(metric)[0]
        groups = {name: [record.value for record in found if record.agent == name] for name in self.variations}
        return Picture.of(box(groups, Metric(metric, ""), by="variation", title=f"{metric} by variation"))

    def scatter(self, x: str, y: str) -> Picture:
        """One metric against another, a point a trial. Raises `SpecError` for a metric that there is not."""
        from ...charts.measured import Metric
        from ...charts.scatter import Dot, scatter

        dots = (Dot(one, other, name, trial) for name, trial, one, other in self._measured.pairs(x, y))
        return Picture.of(scatter(dots, Metric(x, ""), Metric(y, ""), title=f"{y} against {x}"))

    def heatmap(self) -> Picture:
        """Metrics by variation: their means, each metric coloured on a scale of its own."""
        from ...charts.measured import Measured as Value
        from ...charts.metric_map import metric_map

        told = {metric: self.estimates(metric) for metric in self.metrics}
        values = [Value(name, told[metric][name]["mean"], metric) for metric in told for name in self.variations]
        return Picture.of(metric_map(values))

    def success_rates(self) -> pd.DataFrame:
        """How the trials of each variation ended: `trials success failed broke`, and `rate low high`, with its 95% interval.

        The rate is of those that ended and were judged: what broke is no failure of a criterion.
        """
        import pandas as pd

        told = self._measured.summary()
        rates = [each.rate for each in told]
        ends = [(None, None) if rate.interval is None else (rate.interval.low, rate.interval.high) for rate in rates]
        counts = {
            "trials": [each.trials for each in told],
            "success": [each.good for each in told],
            "failed": [each.missed for each in told],
            "broke": [sum(each.broke.values()) for each in told],
        }
        shares = {
            "rate": [rate.value for rate in rates],
            "low": [low for low, _ in ends],
            "high": [high for _, high in ends],
        }
        columns: dict[str, Any] = {name: pd.array(values, dtype="Int64") for name, values in counts.items()}
        columns |= {name: pd.array(values, dtype="Float64") for name, values in shares.items()}
        return pd.DataFrame(columns, index=pd.Index([each.name for each in told], name="variation"))

    @overload
    def statistical_test(
        self,
        metric: str,
        variation_a: str,
        variation_b: str,
        method: Literal["paired"] = ...,
        *,
        better: Literal["higher", "lower"] | None = ...,
        **options: Unpack[Options],
    ) -> Comparison: ...

    @overload
    def statistical_test(self, metric: str, variation_a: str, variation_b: str, method: Literal["t"]) -> TTest: ...

    def statistical_test(
        self,
        metric: str,
        variation_a: str,
        variation_b: str,
        method: str = "paired",
        *,
        better: str | None = None,
        **options: Unpack[Options],
    ) -> Comparison | TTest:
        """Compares two variations, prints what it finds and gives it.

        `paired`: trial against trial of the same seed and world, by flips of signs (`options`: see `stats.compare`); `better`
        is for P(A better) of a metric of which no score and no criterion says which way is better. `t`:
        `scipy.stats.ttest_ind` of the trials as independent draws, which ignores that they are pairs. Raises `SpecError` for a
        metric, variation, method or direction that there is not.
        """
        if method not in METHODS:
            raise SpecError(f"method={method[:60]!r} is none; {did_you_mean(method, METHODS)}")
        if method == "t":
            if given := [*(["better"] if better else []), *options]:
                raise SpecError(f'{given[0]}= is for method="paired"; leave it out')
            sides = [self._measured.values(metric, name) for name in (variation_a, variation_b)]
            found = ttest(sides[0], sides[1], (variation_a, variation_b))
            say(ttest_lines(metric, found))
            return found
        if better not in (None, *DIRECTIONS):
            raise SpecError(f"better={better[:60]!r} is none; {did_you_mean(better, DIRECTIONS)}")
        told = self._measured.compared(metric, variation_a, variation_b, better, **options)
        means = [estimate.value for estimate in self._measured.means(metric, (variation_a, variation_b))]
        say(paired_lines(metric, told, means))
        return told

    def report(self) -> Document:
        """The report: summary statistics and success rates. It prints itself, and a notebook shows it."""
        return experiment_document(self.name, self._measured.summary(), self.notes)

    def generate_report(self, output_file: str | os.PathLike[str] = "report.md") -> Path:
        """Writes the report and gives its path: `.md`, `.html` (a page), `.json`, `.txt` or `.xlsx`, below the experiment's
        folder; of a DAT below its `reports/analysis/`. Replaces what is there whole. Raises `SpecError`, `StoreError`."""
        path = self._source.folder / output_file
        form = _FORMS.get(path.suffix.lower())
        if form is None:
            raise SpecError(f"a report is a file {', '.join(_FORMS)}; {os.fspath(output_file)!r:.200} is none")
        made = form(self.report())
        try:
            self._source.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make {self._source.folder}: {error.strerror}") from error
        replace_file(path, [made if isinstance(made, bytes) else made.encode("utf-8", "backslashreplace")])
        say([f"Report generated: {inert(str(path), most=4096, verbatim=True)}"])
        return path
