"""Sessions that go on with runs: what is left to play is found in the serial process or the controller, and is the same in all.

A worker is told the ids; so is one that takes the place of another. Cells with a record are deselected, and count all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from ..run.again.start import Start
from .compat import overridden
from .extra import report
from .loaded import Loaded

if TYPE_CHECKING:
    from ..run import Closed
    from .state import SessionState


def foresee_all(state: SessionState, *, look: bool) -> None:
    """Finds for each battery that is played where it begins, and says so; with `look` nothing is held.

    Raises `SpecError` and `StoreError`.
    """
    if not state.again:
        return
    from dataclasses import replace

    from ..report import inert
    from ..run.again.starting import foresee

    for loaded in state.all_loaded():
        if loaded.kept is not None and not loaded.kept:
            continue
        again = state.again
        if again.reuse and (names := overridden(state.config, loaded.path, ("agent", "scenario"))):
            again = replace(again, reuse=False)
            what = f"a conftest has a fixture `{names[0]}` of its own, and who plays then is in no cell's key"
            state.notices.append(f"alienbio: {inert(loaded.head)}: nothing is reused: {what}")
        shard = state.selection.shard
        loaded.start = foresee(again, loaded.plan, data_root=state.data_root, source=loaded.file_id, shard=shard, look=look)
        state.notices.append(f"alienbio: {inert(_told(state, loaded), most=4096, verbatim=True)}")


def _told(state: SessionState, loaded: Loaded) -> str:
    start = loaded.start
    assert start is not None
    said = start.in_words(loaded.plan)
    if start.dat_path:
        return f"{loaded.head} goes on in {start.dat_path}: {said}"
    if start.changed:
        why = "; ".join(start.changed)
        return f"{loaded.head} has changed since its last run ({why}), and is played into a new folder{said and f': {said}'}"
    if state.again.goes_on:
        return f"{loaded.head} has no earlier run: this is its first one{said and f': {said}'}"
    return f"{loaded.head}: {said or 'nothing to reuse'}"


def for_workers(state: SessionState) -> dict[str, object]:
    """What workers are told, by battery's name: plain values only."""
    return {
        loaded.name: {"play": sorted(loaded.start.play), "attempts": dict(loaded.start.attempts)}
        for loaded in state.all_loaded()
        if loaded.start
    }


def told_by(starts: object, name: str) -> Start | None:
    """In a worker: what it was told of a battery."""
    told = starts.get(name) if isinstance(starts, Mapping) else None
    return Start(frozenset(told["play"]), attempts=told["attempts"]) if told else None


def unforeseen(state: SessionState) -> str:
    """Why a battery cannot be gone on with, of which only Python tests know; '' if there is none."""
    late = [each for each in state.all_loaded() if each.start is None and (each.kept is None or each.kept)]
    if not state.again or not late:
        return ""
    name = next(name for name in ("resume", "retry", "reuse") if getattr(state.again, name))
    what = f"only Python tests name {late[0].file_id}; name that file, too, so that it is known beforehand"
    return f"{state.again.source(name)}: {what}"


def report_before(session: pytest.Session, loaded: Loaded, closed: Closed) -> None:
    """A failed report if cells failed that were not played now: the exit code is that of the whole run."""
    if not closed.failed_before:
        return
    start = loaded.start
    count, of = closed.failed_before, len(start.before) if start else closed.failed_before
    text = (
        f"{count:,} of {of:,} cells from before failed; the report names them. "
        "--bio-retry errors plays those again that broke; a run of its own plays all again"
    )
    report(session, f"{loaded.name}::before", loaded.place("before"), "failed", text)


def nothing_left(session: pytest.Session, state: SessionState) -> bool:
    """Whether no test was collected because all cells have their records: then that is no failure."""
    return session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and any(
        loaded.start and loaded.dat_path and loaded.start.before for loaded in state.all_loaded()
    )
