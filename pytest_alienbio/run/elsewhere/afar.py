"""The worker's side of a run that is played elsewhere: told the run's terms, it plays single cells. Text in, text out.

Where the worker sees the run's folder it writes there under a name of its own: on the controller's machine all of it, so that
what ended is kept whatever becomes of the controller; on another one (a network file system) the traces only, since what one
machine appends there another may see late. Else everything goes back as text.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

from ...engine.dask_worker import deaths, renew, scratch, threads
from ...errors import AlienBioError, SpecError, StoreError
from ...model import Cell, InstanceCache, Json, MetricEvent, Result
from ...play import Catalog
from ...store import records_of
from ...store.layout import FROZEN, safe_name
from ...store.parcel import cell_of, events_row, result_row, text_of
from ..catalog import build_catalog, with_named_files, with_scenario_file
from ..execute import play_one
from ..limits.limiting import Limiting
from ..limits.shared import limiting_there
from ..project import find_project
from ..retrying import rest
from ..run import Run, keeps_trace
from ..tasks import with_tasks
from .overheard import listening
from .terms import Terms, fingerprints, host, row_of, unlike, versions

ALL, TRACES, NOTHING = "all", "traces", "nothing"
"""What a worker writes into the run's folder."""


class Place:
    """What one worker process has of one run: its catalog, its cache, and where it writes."""

    def __init__(self, terms: Terms) -> None:
        from ..answers import with_answers
        from ..where import instance_cache

        self.terms = terms
        self.catalog = catalog_of(terms)
        self.writes = _writes(terms)
        self.name = safe_name(f"{os.uname().nodename.split('.')[0]}-{os.getpid()}-{secrets.token_hex(2)}", most=60)
        root = Path(terms.data_root) if terms.host == host() else Path(scratch())
        self.cache: InstanceCache = instance_cache(root)
        self.catalog = with_answers(self.catalog, root)
        self.limiting = limiting_there(terms.shared, Path(terms.data_root) if self.writes == ALL else None)
        self._hears = self.writes != ALL
        self._run = Run.of(terms.kept, Path(terms.dat_path), terms.run_id, self.name) if self.writes != NOTHING else None
        if self._run and self.writes == ALL and threads() == 1:
            self._run.end_if_frozen(say_on=2)

    def guest(self, before: int, elapsed: Mapping[str, float]) -> Guest:
        """What takes one cell's result; `before`: its attempts so far; `elapsed`: what the controller's clocks said."""
        if self._hears:
            for run, seconds in elapsed.items():
                self.limiting.session.hear(run, seconds)
        return Guest(self._run, self.writes, self.name, self.terms, before, self.limiting)

    def close(self) -> None:
        """Closes the files: what is in them is then on the server of a network file system, too."""
        if self._run:
            self._run.close()
        self.limiting.session.close()


class Guest:
    """Takes what one cell gives, as a `Run` does, and keeps of it here what this worker keeps. Checkpoints need the folder."""

    def __init__(self, run: Run | None, writes: str, name: str, terms: Terms, before: int, limiting: Limiting) -> None:
        self._run, self._writes, self._name, self._traces = run, writes, name, terms.kept.traces
        self._run_id, self._before, self._deaths = terms.run_id, before, deaths()
        self._over = limiting if self._deaths else None
        """Has booked what workers paid that died over the cell."""
        self.dat_path = Path(terms.dat_path)
        self.checkpoint = terms.kept.checkpoint if run else 0
        self.last_words = run.last_words if run else None
        self.retries, self.pause = terms.kept.retries, rest
        self.found: list[MetricEvent] = []
        self.noticed: list[str] = []

    def already(self, cell: Cell) -> Result | None:
        """What a worker that died had recorded for `cell` before it told anybody: its result, or its last words."""
        if not self._deaths or self._writes != ALL:
            return None
        until = monotonic() + _LAST_WORDS_S
        while True:
            frozen = any((self.dat_path / FROZEN).glob("*"))
            found = [result for result in records_of(self.dat_path, self._run_id, cell.id) if result.attempt > self._before]
            if found or not frozen or monotonic() > until:
                return found[-1] if found else None
            sleep(0.05)

    def record(self, result: Result, cell: Cell) -> Result:
        """Writes what is written here."""
        if self._over:
            result, self._over = self._over.lost(cell, result), None
        if self._run and self._writes == ALL:
            before, self._before, self._deaths = self._before + self._deaths, 0, 0  # counted with the first attempt
            return self._run.record(result, cell, before=before)
        result = result.with_(worker=self._name)
        return self._run.keep_trace(result, cell) if self._run else result

    def events(self, cell: Cell, events: Sequence[MetricEvent]) -> None:
        """Writes metric events, or keeps them to be sent."""
        if self._run and self._writes == ALL:
            self._run.events(cell, events)
        else:
            self.found += events

    def notice(self, what: str) -> None:
        """Keeps it to be sent: the log is the controller's."""
        self.noticed.append(what)

    def row(self, result: Result) -> dict[str, Json]:
        """What goes back."""
        told = result_row(result, trace=self._writes == NOTHING and keeps_trace(self._traces, result))
        if self._writes == ALL:
            told["recorded"] = True
        if self.found:
            told["events"] = events_row(self.found)
        if self.noticed:
            told["noticed"] = self.noticed
        return told


_LAST_WORDS_S = 1.0
"""Seconds in which the last words of a worker that died are in the books."""

_places: dict[str, Place | str] = {}
"""What this process has of each run that it plays for, by its terms; of one that it cannot play for, why."""
_lock = Lock()


def greet(text: str) -> str:
    """What the controller asks before it gives a worker cells: versions, what the names of a run mean here, what is written.

    `text`: `{terms, scenarios, agents}`; back come `{same, prints, writes}` or `{problem}`.
    """
    asked = row_of(json.loads(text))
    terms = Terms.of(asked["terms"])  # type: ignore[arg-type]
    told: dict[str, Json] = {"same": dict(versions()), "host": host()}
    if told["same"] != dict(terms.same):
        return text_of(told)
    place = _place(terms)
    if isinstance(place, str):
        return text_of({**told, "problem": place})
    names: Any = asked
    prints = fingerprints(place.catalog, names["scenarios"], names["agents"])
    return text_of({**told, "prints": prints, "writes": place.writes, "name": place.name})


def play(text: str) -> str:
    """Plays one cell: `{terms, cell, before, elapsed}` in, `{line, trace, events, noticed, recorded, heard}` back.

    `{differs}` comes back, and nothing was played, where this worker would not play what is meant.

    A cell that cannot be stopped is given as `timed_out`, and this process is replaced once it was.
    """
    order: Any = row_of(json.loads(text))
    terms, cell = Terms.of(order["terms"]), cell_of(order["cell"])
    if dict(terms.same) != dict(versions()):
        return text_of({"differs": "its versions are others"})
    place = _place(terms)
    if isinstance(place, str):
        return text_of({"differs": place})
    if why := unlike(cell, place.catalog):
        return text_of({"differs": why})
    guest = place.guest(order["before"], order["elapsed"])
    if there := guest.already(cell):
        return text_of(guest.row(there))
    ended: SimpleQueue[tuple[Result | BaseException, Mapping[str, Json], bool]] = SimpleQueue()

    def played() -> None:
        with listening(terms.log_level) as heard:
            found: Result | BaseException
            try:
                found = play_one(
                    cell,
                    guest,
                    place.catalog,
                    limits=terms.limits,
                    allow=place.limiting.allow,
                    cache=place.cache,
                    on_stuck=lambda result: ended.put((result, heard.row(), True)),
                )
            except BaseException as error:  # noqa: BLE001 - the controller is told
                found = error
            ended.put((found, heard.row(), False))

    Thread(target=played, name=f"alienbio-{cell.id}", daemon=True).start()
    found, heard, stuck = ended.get()
    if stuck:
        renew()
    if isinstance(found, BaseException):
        raise found
    return text_of({**guest.row(found), **({"heard": heard} if heard else {})})


def leave(text: str) -> str:
    """Forgets a run, by its id, and closes what was written for it."""
    with _lock:
        for terms in [terms for terms, place in _places.items() if _run_of(terms) == text]:
            place = _places.pop(terms)
            if isinstance(place, Place):
                place.close()
    return ""


def catalog_of(terms: Terms) -> Catalog:
    """The catalog of a run, built from the same files as the controller's. Raises `AlienBioError` for what is not here."""
    project = find_project(Path(terms.project))
    catalog = build_catalog(project.scenario_files)
    for file in terms.files:
        catalog, _ = with_scenario_file(catalog, Path(file))
    if terms.battery:
        from ...spec import read_battery

        battery = next((each for each in read_battery(Path(terms.battery)) if each.name == terms.head), None)
        if battery is None:
            raise StoreError(f"{terms.battery} holds no battery {terms.head!r} there")
        battery, catalog = with_named_files(battery, catalog, project.sets)
        catalog = with_tasks(battery, catalog, project.root)
    return catalog


def _place(terms: Terms) -> Place | str:
    key = terms.text
    with _lock:
        if key not in _places:
            try:
                _places[key] = Place(terms)
            except SpecError as error:
                _places[key] = str(error)
            except (AlienBioError, OSError) as error:
                _places[key] = f"the run's files cannot be used there: {error}"
        return _places[key]


def _writes(terms: Terms) -> str:
    with suppress(OSError):
        name, _, said = terms.probe.partition(" ")
        if (Path(terms.dat_path) / name).read_text(encoding="ascii") == said and os.access(terms.dat_path, os.W_OK):
            return ALL if terms.host == host() else TRACES
    return NOTHING


def _run_of(terms: str) -> str:
    return str(json.loads(terms)["run_id"])
