"""Runs of an MLflow store -> cells."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import AlienBioError, did_you_mean
from ..model import Outcome, Result
from ..store import codec
from ..store.secrets import hide
from .columns import Columns
from .mlflow_client import PAGE, client_of, is_mlflow_file, pages, sqlite_path, told_as_ours
from .mlflow_out import KIND, LINE
from .problems import Problems
from .tracked import Reader, Tracked

MOST_RUNS = 1_000_000
_OUTCOMES = {
    "FINISHED": (Outcome.COMPLETED, ""),
    "FAILED": (Outcome.AGENT_ERROR, "MLflow says FAILED"),
    "KILLED": (Outcome.LOST, "MLflow says KILLED"),
    "RUNNING": (Outcome.LOST, "never ended: MLflow says RUNNING"),
    "SCHEDULED": (Outcome.NOT_RUN, "MLflow says SCHEDULED"),
}
_PARENT = "mlflow.parentRunId"
_LARGEST = sys.float_info.max
"""What MLflow's SQL stores keep in place of an infinite number."""


def is_store(path: Path, head: bytes) -> bool:
    """Whether this is the SQLite file of a store."""
    return head.startswith(b"SQLite format 3\0") and is_mlflow_file(path)


def read(source: str, columns: Columns, problems: Problems) -> Iterator[Result]:
    """The runs of a store, of one experiment if the source ends in `#NAME`; oldest first within an experiment.

    Settings are params, numbers the last value of each metric; `tags.<name>`, `run_name` and `user` can be mapped, too.
    Runs that `bio export` made of cells are those cells; one that it made of an agent's cells together is none.
    """
    uri, _, wanted = source.partition("#")
    path = sqlite_path(uri) if "://" in uri else Path(uri)
    if path is not None and not is_mlflow_file(path):
        problems.add("there is no store of MLflow in it" if path.is_file() else "there is no such file", source)
        return
    try:
        client = client_of(f"sqlite:///{uri}" if "://" not in uri else uri, read_only=True)
        with told_as_ours(uri):
            experiments = {
                each.experiment_id: each.name for each in pages(lambda token: client.search_experiments(page_token=token))
            }
            if wanted:
                chosen = {identity: title for identity, title in experiments.items() if title == wanted}
                if not chosen:
                    hint = did_you_mean(wanted, experiments.values(), most=20)
                    problems.add(f"there is no experiment {wanted!r}", uri, hint=hint)
                    return
                experiments = chosen
            yield from _Runs(client, hide(uri), problems).cells(experiments, columns)
    except AlienBioError as error:
        problems.add(str(error), hide(source))


class _Runs:
    def __init__(self, client: Any, uri: str, problems: Problems) -> None:
        self._client, self._uri, self._problems = client, uri, problems
        self._rows = count(1)
        self._agents = 0
        """Runs that stand for all cells of an agent."""

    def cells(self, experiments: dict[str, str], columns: Columns) -> Iterator[Result]:
        """The cells of these experiments: ours as they were, the others as they are mapped."""
        found = False
        for result in Reader(self._uri, columns, self._problems).cells(self._runs(experiments)):
            found = True
            yield result
        if self._agents and not found and not len(self._problems):
            hint = "write those, too: bio export --mlflow-cells"
            self._problems.add("its runs are sums over cells, and none is of one cell", self._uri, hint=hint)

    def _runs(self, experiments: dict[str, str]) -> Iterator[Tracked | Result]:
        for identity, title in experiments.items():
            tags = (run.data.tags for run in self._search(identity))
            parents = {each[_PARENT] for each in tags if _PARENT in each}
            for run in self._search(identity):
                row = next(self._rows)
                if row > MOST_RUNS:
                    self._problems.add(f"more than {MOST_RUNS:,} runs", self._uri, hint="import one experiment: ...#NAME")
                    return
                if run.data.tags.get(KIND) == "agent":
                    self._agents += 1
                elif f"{LINE}.0" in run.data.tags:
                    yield from self._ours(run, row)
                elif run.data.metrics or run.info.run_id not in parents:
                    yield self._tracked(run, row, title)

    def _search(self, experiment: str) -> Iterator[Any]:
        def ask(token: str | None) -> Any:
            order = ["attributes.start_time ASC"]
            return self._client.search_runs([experiment], max_results=PAGE, order_by=order, page_token=token)

        return pages(ask)

    def _ours(self, run: Any, row: int) -> Iterator[Result]:
        tags = run.data.tags
        line = "".join(tags[f"{LINE}.{part}"] for part in range(len(tags)) if f"{LINE}.{part}" in tags)
        try:
            result = codec.decode(line)
        except (ValueError, OSError) as error:
            self._problems.add(f"run {run.info.run_id}: {LINE}: {error}", self._uri, row)
            return
        trace = result.trace
        yield result.with_(
            origin=" < ".join(filter(None, (self._origin(run, row), result.origin))),
            trace=trace and trace.elsewhere(),
        )

    def _tracked(self, run: Any, row: int, title: str) -> Tracked:
        info, data = run.info, run.data
        outcome, reason = _OUTCOMES.get(info.status, (Outcome.LOST, f"MLflow says {info.status}"))
        return Tracked(
            origin=self._origin(run, row),
            place=f"{self._uri}: run {info.run_id}",
            outcome=outcome,
            battery=title,
            scenario=title,
            settings=dict(data.params),
            numbers={name: _told(value) for name, value in data.metrics.items()},
            more={
                "run_name": info.run_name or "",
                "user": info.user_id or "",
                **{f"tags.{name}": value for name, value in data.tags.items()},
            },
            reason=reason,
            started_at=(info.start_time or 0) / 1000,
            ended_at=(info.end_time or 0) / 1000,
        )

    def _origin(self, run: Any, row: int) -> str:
        path = sqlite_path(self._uri) if "://" in self._uri else Path(self._uri)
        return f"mlflow:{path.name if path else urlsplit(self._uri).hostname}/{run.info.run_id}:{row}"


def _told(value: float) -> float:
    """A metric as it was logged."""
    return math.copysign(math.inf, value) if abs(value) == _LARGEST else value
