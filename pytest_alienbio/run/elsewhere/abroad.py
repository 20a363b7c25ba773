"""The controller's side of a run that is played elsewhere: workers are looked at first, then each cell makes its journey."""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...engine import Engine
from ...engine.dask import Dask
from ...errors import Complaint, EngineError, LostCallError, SpecError, StoreError
from ...model import Cell, Json, Outcome, Plan, Result
from ...play import Catalog, result_of
from ...store import log
from ...store.disk import store_error
from ...store.parcel import cell_row, events_from, result_from, text_of
from ..catalog import is_shipped
from ..limits.limiting import Limiting
from ..limits.shared import shared_of
from ..run import Run, keeping
from . import afar
from .overheard import replay
from .terms import Terms, differences, fingerprints, host, versions

Notice = Callable[[str], None]

_SHOWN = 5


class Abroad:
    """Plays cells of one plan on the workers of a cluster; called with a cell, in any thread, it gives the recorded result."""

    def __init__(self, engine: Dask, run: Run, terms: Terms, excluded: Mapping[str, str], limiting: Limiting) -> None:
        self._engine, self._run, self._terms, self._limiting = engine, run, terms, limiting
        self._excluded = dict(excluded)
        """Workers that get no cells of this run, and why."""
        self._told: Json = json.loads(terms.text)

    def __call__(self, cell: Cell) -> Result:
        order: dict[str, Json] = {"terms": self._told, "cell": cell_row(cell), "before": self._run.attempts(cell)}
        while True:
            elapsed: dict[str, Json] = dict(self._limiting.elapsed())
            text = text_of({**order, "elapsed": elapsed})
            try:
                answer = self._engine.call(afar.play, text, tuple(self._excluded))
            except LostCallError as error:
                lost = self._limiting.lost(cell, result_of(cell, Outcome.LOST, str(error)))
                return self._run.record(lost, cell, before=error.deaths - 1)
            back: dict[str, Any] = json.loads(answer.text)
            if why := back.get("differs"):
                self._excluded[answer.worker] = why
                if not self._engine.workers.keys() - self._excluded:
                    raise EngineError(f"no worker is left that can play this run; the last one: {why}")
                continue
            replay(back.get("heard", {}))
            for what in back.get("noticed", ()):
                self._run.notice(what)
            result = result_from(back, dat_path=str(self._run.dat_path))
            if back.get("recorded"):
                return result
            if events := back.get("events"):
                self._run.events(cell, events_from(events))
            return self._run.record(result, cell, before=answer.deaths)

    def close(self) -> None:
        """Lets the workers close what they wrote, so that it is all there when the run's folder is read."""
        self._engine.tell(afar.leave, self._terms.run_id)
        remove_probe(self._run.dat_path, self._terms)


def go_abroad(
    engine: Engine,
    run: Run,
    plan: Plan,
    catalog: Catalog,
    *,
    project: Path,
    data_root: Path,
    limiting: Limiting,
    notice: Notice,
) -> Abroad:
    """Looks at the engine's workers and gives what plays the cells of `plan` on them.

    A worker that would play them otherwise gets none, and `notice` is told why; who plays and what each writes stands in the
    DAT's log. Raises `SpecError` if no worker is left, before anything was played.
    """
    assert isinstance(engine, Dask), "every other engine plays at home"
    terms = terms_of(run, plan, catalog, project=project, data_root=data_root, limiting=limiting)
    try:
        playing, excluded = _greeted(engine, terms, plan, catalog)
        for why, workers in _by_reason(excluded).items():
            some = ", ".join(workers[:_SHOWN]) + (f" and {len(workers) - _SHOWN} more" if len(workers) > _SHOWN else "")
            notice(f"no cell is given to {some}: {why}")
        if not playing:
            told_why = [f"{worker}: {why}" for worker, why in list(excluded.items())[:_SHOWN]]
            raise SpecError([Complaint(f"no worker of {engine.address} can play this run"), *map(Complaint, told_why)])
        about: dict[str, Json] = {"scheduler": engine.address, "workers": playing, "excluded": excluded}
        log.append(run.dat_path, "cluster", {"run": run.run_id, **about})
    except BaseException:
        remove_probe(run.dat_path, terms)
        raise
    return Abroad(engine, run, terms, excluded, limiting)


def _greeted(engine: Dask, terms: Terms, plan: Plan, catalog: Catalog) -> tuple[dict[str, Json], dict[str, str]]:
    """The engine's workers: what those that can play told of themselves, and of the others why they cannot."""
    scenarios = sorted({cell.case.scenario for cell in plan.cells})
    agents = sorted({cell.agent.kind for cell in plan.cells if not cell.agent.skip_reason})
    prints = fingerprints(catalog, scenarios, agents)
    asked = text_of({"terms": json.loads(terms.text), "scenarios": scenarios, "agents": agents})
    playing: dict[str, Json] = {}
    excluded: dict[str, str] = {}
    for worker, said in engine.ask(afar.greet, asked).items():
        told, wrong = _judged(said, terms, prints)
        if wrong:
            excluded[worker] = "; ".join(wrong)
        else:
            playing[worker] = {"name": told.get("name", ""), "writes": told.get("writes", "")}
    return playing, excluded


def terms_of(run: Run, plan: Plan, catalog: Catalog, *, project: Path, data_root: Path, limiting: Limiting) -> Terms:
    """What the workers are told of a run; a probe is left in its folder, by which they know whether they see it."""
    battery = plan.battery
    infos = {cell.case.scenario: catalog.scenario(cell.case.scenario) for cell in plan.cells}
    own = battery.source if battery.tasks or battery.players else ""
    sources = {info.source for info in infos.values() if info.source and info.task is None and not is_shipped(info)}
    probe, said = f".probe-{secrets.token_hex(4)}", secrets.token_hex(8)
    try:
        (run.dat_path / probe).write_text(said, encoding="ascii")
    except OSError as error:
        raise store_error("write", run.dat_path / probe, error) from error
    return Terms(
        project=str(project),
        data_root=os.path.abspath(data_root),
        dat_path=os.path.abspath(run.dat_path),
        run_id=run.run_id,
        probe=f"{probe} {said}",
        host=host(),
        battery=os.path.abspath(own) if own else "",
        head=battery.name if own else "",
        files=tuple(sorted(map(os.path.abspath, sources))),
        kept=keeping(plan),
        limits=battery.limits,
        shared=shared_of(limiting),
        log_level=logging.getLogger().level,
        same=dict(versions()),
    )


def remove_probe(dat_path: Path, terms: Terms) -> None:
    """Takes the probe away again."""
    (dat_path / terms.probe.partition(" ")[0]).unlink(missing_ok=True)


def _judged(said: str | Exception, terms: Terms, prints: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What a worker told, and what is wrong with it."""
    if isinstance(said, TimeoutError):
        return {}, ["it did not answer in time"]
    if isinstance(said, Exception):
        return {}, [f"{type(said).__name__}: {said}"]
    try:
        told: dict[str, Any] = json.loads(said)
        if problem := told.get("problem"):
            return told, [str(problem)]
        there = told["prints"] if told["same"] == terms.same else prints  # of other versions nothing more was asked
        return told, differences(terms.same, told["same"], prints, there)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"a worker's answer cannot be read: {error}") from error


def _by_reason(excluded: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for worker, why in sorted(excluded.items()):
        found.setdefault(why, []).append(worker)
    return found
