"""Which recorded cells are meant: a question's filter, as shell, notebook and index share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .canonical import Json
from .selection import Levels


@dataclass(frozen=True, slots=True)
class Query:
    """A filter of records. What is left empty keeps all; of one field's values any will do; all fields must fit.

    First `dats`, `commit`, `imported`, `since` and `until` say which records are looked at; of these `latest` leaves one
    a cell; then the other fields filter. So a cell that failed in March and passed in May is no failure for `latest`,
    unless `until` ends before May.
    """

    agents: tuple[str, ...] = ()
    """Globs of agents as the battery calls them, case-sensitive; `*` also crosses `/`. The same for the next two."""
    scenarios: tuple[str, ...] = ()
    batteries: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """`candidate`, `reference`, `floor`."""
    seeds: frozenset[int] | None = None
    """None keeps all; an empty set none."""
    outcomes: frozenset[str] = frozenset()
    """Values of `Outcome`."""
    passed: bool | None = None
    """True: what reached its bar or its criteria. False: what did not, and what broke (`Outcome.is_error`)."""
    min_score: float | None = None
    max_score: float | None = None
    """Both included. A record without a score fits no bound."""
    since: float | None = None
    """Unix seconds; records that ended then or later. One without an end fits neither bound."""
    until: float | None = None
    """The first moment that is too late."""
    tags: tuple[str, ...] = ()
    """Exact tags: of the scenario, of the battery, or given later to the DAT or the cell (`log.jsonl`)."""
    levels: Levels = ()
    """A record without a level fits none."""
    commit: str = ""
    """Beginning of the git commit that the DAT was recorded on."""
    params: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """For each name the values that will do, compared as JSON: 1 is 1.0, not true. A record without the param fits none."""
    note: str = ""
    """Part of a note in the DAT's log, in any case of its letters; a note on a cell keeps that cell alone."""
    imported: bool | None = None
    """True: only what came from other tools' files; False: only what was played here."""
    dats: tuple[str, ...] | None = None
    """Paths of DATs, absolute or from here, in the order their records come in. None: all below the data root, newest first."""
    attempts: bool = False
    """Also the attempts at a cell that do not count in their DAT, since another one does: they were played, and paid."""
    latest: bool = False
    """Of several records of one cell (the same `key` and `id` in several DATs) only the latest scored one, else the latest. Two
    that ended at the same moment (a copy): that of the DAT which comes first."""


EVERY = Query()
"""Keeps all records of all DATs below the data root."""
