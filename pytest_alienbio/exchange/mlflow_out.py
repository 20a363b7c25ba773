"""Cells into an MLflow store: a run for each agent of each DAT, and one below it for each cell if that is wanted."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SpecError, StoreError
from ..model import Json, Outcome, Result, digest, storable
from ..store import Dat, codec, layout
from .around import Around, around
from .cells import Cells
from .groups import groups
from .mlflow_client import PAGE, client_of, is_mlflow_file, pages, sqlite_path, told_as_ours
from .runs_of import agent_params, cell_numbers, data_root, summary_of
from .tracking import Tracking

ID = "alienbio.id"
"""The tag by which a run is found again: writing a DAT twice changes its runs and makes no second ones."""
KIND = "alienbio.kind"
"""`agent` (all cells of one in a DAT) or `cell`."""
LINE = "alienbio.line"
"""A cell's journal line, in tags `alienbio.line.0`, ... since one holds 5000 characters at most."""
PIECE = 5000

FILES = (layout.SPEC, layout.SUMMARY, layout.RESULTS_YAML)
MOST_ARTIFACT = 100 * 2**20
_MOST = {"metrics": 1000, "params": 100, "tags": 100}
"""Of one request."""
_ENDED = {Outcome.COMPLETED: "FINISHED", Outcome.TRUNCATED: "FINISHED"}
_STOPPED = (Outcome.TIMED_OUT, Outcome.OVER_LIMIT, Outcome.NOT_RUN, Outcome.SKIPPED)


def write(cells: Cells, uri: str, tracking: Tracking) -> None:
    """Writes all cells. Raises `SpecError`, `StoreError`, and `MissingExtraError` without MLflow."""
    path = sqlite_path(uri)
    if path and path.is_file() and path.stat().st_size and not is_mlflow_file(path):
        raise StoreError(f"{uri}: there is a file without a store of MLflow in it, which is left alone; name another")
    client = client_of(uri)
    with told_as_ours(uri):
        store = _Store(client, uri)
        for results in groups(cells):
            store.write_agent(results, cells, tracking)


class _Store:
    def __init__(self, client: Any, uri: str) -> None:
        self._client, self._uri = client, uri
        self._experiments: dict[str, str] = {}

    def write_agent(self, results: Sequence[Result], cells: Cells, tracking: Tracking) -> None:
        """The run of one agent in one DAT, with its files, and those of its cells."""
        first = results[0]
        dat = cells.dat(first)
        about = around(dat, data_root(dat)) if dat else Around(run=first.run)
        experiment = self._experiment(tracking.experiment or first.battery)
        identity = digest([about.run or first.run, first.battery, first.agent])[:32]
        started = min((r.started_at for r in results if r.started_at), default=0.0)
        ended = max((r.ended_at for r in results), default=0.0)
        found = self._client.search_runs([experiment], f"tags.`{ID}` = '{identity}'", max_results=1)
        run = (
            found[0] if found else self._create(experiment, f"{first.agent} {about.place}".strip(), identity, "agent", started)
        )
        metrics = summary_of(results, cells.leaves)
        params = {
            "battery": first.battery,
            "agent": first.agent,
            "agent_hash": first.agent_hash,
            "role": first.role,
            **{f"agent.{name}": _text(value) for name, value in agent_params(dat, first.agent).items()},
        }
        outcomes = Counter(result.outcome.value for result in results)
        tags = {
            "alienbio.dat": about.place,
            "alienbio.run": about.run or first.run,
            "alienbio.outcomes": ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items())),
            "alienbio.command": about.command,
            "mlflow.user": about.user,
            "mlflow.source.name": about.command,
            "mlflow.source.git.commit": about.commit,
            "mlflow.note.content": about.description,
            **{f"alienbio.tag.{tag}": "true" for tag in about.tags},
        }
        self._log(run, metrics, params, tags, ended)
        if dat:
            self._attach(run, dat, cells)
        if tracking.cells:
            self._write_cells(experiment, run.info.run_id, results)
        else:
            cells.lost["the cell by itself (see --mlflow-cells)"] += len(results)
        if about.closed:
            self._client.set_terminated(run.info.run_id, "FINISHED", _millis(ended) or None)

    def _write_cells(self, experiment: str, parent: str, results: Sequence[Result]) -> None:
        def ask(token: str | None) -> Any:
            return self._client.search_runs(
                [experiment], f"tags.`mlflow.parentRunId` = '{parent}'", max_results=PAGE, page_token=token
            )

        known = {run.data.tags.get(ID): run for run in pages(ask)}
        for result in results:
            identity = digest([result.run, result.battery, result.key, result.id, result.attempt])[:32]
            run = known.get(identity) or self._create(
                experiment, result.id, identity, "cell", result.started_at, {"mlflow.parentRunId": parent}
            )
            level = {} if result.difficulty is None else {"difficulty": str(result.difficulty)}
            params = {
                "scenario": result.scenario,
                "agent": result.agent,
                "seed": str(result.seed),
                **level,
                **{name: _text(value) for name, value in result.params.items()},
            }
            line = codec.encode(result)
            tags = {
                "alienbio.outcome": result.outcome.value,
                "alienbio.key": result.key,
                "alienbio.reason": result.reason,
                **{f"{LINE}.{at // PIECE}": line[at : at + PIECE] for at in range(0, len(line), PIECE)},
            }
            self._log(run, cell_numbers(result), params, tags, result.ended_at)
            for name in run.data.tags:
                if name.startswith(f"{LINE}.") and name not in tags:  # the line was longer when it was written before
                    self._client.delete_tag(run.info.run_id, name)
            ended = "KILLED" if result.outcome in _STOPPED else _ENDED.get(result.outcome, "FAILED")
            self._client.set_terminated(run.info.run_id, ended, _millis(result.ended_at) or None)

    def _experiment(self, name: str) -> str:
        if name not in self._experiments:
            found = self._client.get_experiment_by_name(name)
            if found is not None and found.lifecycle_stage != "active":
                raise SpecError(f"the experiment {name!r} is deleted in {self._uri}; restore it, or name another: --experiment")
            self._experiments[name] = found.experiment_id if found else self._client.create_experiment(name, self._artifacts())
        return self._experiments[name]

    def _artifacts(self) -> str | None:
        """Beside a SQLite file, not in whatever folder this is called from; a server knows where."""
        path = sqlite_path(self._uri)
        return None if path is None else path.absolute().with_name(f"{path.stem}-artifacts").as_uri()

    def _create(
        self, experiment: str, name: str, identity: str, kind: str, started: float, more: Mapping[str, str] | None = None
    ) -> Any:
        tags = {ID: identity, KIND: kind, **(more or {})}
        return self._client.create_run(
            experiment, start_time=_millis(started) or None, tags=tags, run_name=storable(name)[:250]
        )

    def _log(
        self, run: Any, metrics: Mapping[str, float], params: Mapping[str, str], tags: Mapping[str, str], ended: float
    ) -> None:
        """Only what is new or changed: a metric that is logged again would get a history, a param cannot change at all."""
        from mlflow.entities import Metric, Param, RunTag

        had = run.data
        first = _millis(ended) or _millis(time.time())
        new: dict[str, list[Any]] = {"metrics": [], "params": [], "tags": []}
        for name, value in metrics.items():
            key = _key(name)
            if had.metrics.get(key) != value:
                new["metrics"].append(Metric(key, float(value), _millis(time.time()) if key in had.metrics else first, 0))
        new["params"] += [Param(_key(n), storable(v)[:PIECE]) for n, v in params.items() if v and _key(n) not in had.params]
        new["tags"] += [
            RunTag(_key(name), storable(value)[:PIECE])
            for name, value in tags.items()
            if value and had.tags.get(_key(name)) != storable(value)[:PIECE]
        ]
        while any(new.values()):
            now = {what: new[what][: _MOST[what]] for what in new}
            self._client.log_batch(run.info.run_id, **now)
            new = {what: new[what][_MOST[what] :] for what in new}

    def _attach(self, run: Any, dat: Dat, cells: Cells) -> None:
        for name in FILES:
            path = dat.path / name
            if not path.is_file():
                continue
            if path.stat().st_size > MOST_ARTIFACT:
                cells.lose(f"{name}: more than {MOST_ARTIFACT // 2**20} MiB")
                continue
            self._client.log_artifact(run.info.run_id, str(path))


def _key(name: str) -> str:
    """A name as MLflow allows it."""
    return re.sub(r"[^\w. :/-]", "-", storable(name))[:250].strip("/") or "-"


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=dict)


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
