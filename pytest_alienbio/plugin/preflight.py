"""Before anything is collected or paid for: every battery is read, every name resolved, every result folder claimed.

Runs in the serial process or the xdist controller (which never collects), so that a file that cannot be read ends the
session with the same exit code in both, before the first cell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .arguments import check_files, check_parts
from .discover import find_batteries
from .engines import check_engine, note_default, note_yielding
from .options import any_given

if TYPE_CHECKING:
    from ..errors import Complaint
    from .state import SessionState


_UNREADABLE = pytest.StashKey[bool]()
"""Whether the session cannot start because of what a file holds: pytest then ends with 2 instead of 4."""


def plays_nothing(config: pytest.Config) -> bool:
    """Whether this session only looks: `--bio-dry-run`, `--collect-only`, `--fixtures`, `--setup-plan` and their like."""
    flags = ("bio_dry_run", "collectonly", "showfixtures", "show_fixtures_per_test", "setuponly", "setupplan", "cacheshow")
    return any(getattr(config.option, flag, None) for flag in flags)


def preflight(session: pytest.Session) -> None:
    """Checks options, reads, plans, claims. Ends the session with 2 for a battery or `bio.yaml` that cannot be honoured,
    with 4 for arguments, options and settings that cannot, a selection that leaves nothing, and an unusable data folder."""
    config = session.config
    if hasattr(config, "workerinput"):
        return
    check_files(config)
    paths = find_batteries(session, tuple(config.getini("bio_batteries")))
    if not paths and not any_given(config):
        return
    from ..model.garbage import kept

    with kept():  # of what is imported and planned nothing goes
        _prepare(session, paths)


def _prepare(session: pytest.Session, paths: Sequence[Path]) -> None:
    config = session.config
    from ..errors import MissingExtraError, SpecError, StoreError
    from .limits import check_limits
    from .resuming import foresee_all
    from .schedule import note_cheap
    from .state import state_of

    state = state_of(config)
    _check_settings(state)
    check_engine(state)
    complaints: list[Complaint] = []
    for path in paths:
        try:
            state.load(path, session)
        except pytest.skip.Exception:  # collecting it says so
            continue
        except SpecError as error:
            complaints += error.complaints
    if complaints:
        raise _unreadable(config, complaints)
    check_parts(state)
    _check_selection(state)
    note_yielding(state)
    look = plays_nothing(config)
    try:
        foresee_all(state, look=look)
        note_default(state)
        if look:
            return
        _note_traces(state)
        check_limits(state)
        _check_models(state)
        _check_gates(state)
        _check_run_id(state)
        note_cheap(state)
    except (MissingExtraError, SpecError, StoreError) as error:
        state.release()
        raise pytest.UsageError(str(error)) from error
    except pytest.UsageError:
        state.release()
        raise
    try:
        for loaded in state.all_loaded():
            if loaded.kept is None or loaded.kept:
                state.claim(loaded)
    except (SpecError, StoreError) as error:
        state.release()
        raise pytest.UsageError(str(error)) from error


def ended(config: pytest.Config, error: pytest.UsageError) -> int:
    """Says what keeps a session from starting, as pytest says usage errors; gives the exit code. Raises what is not ours."""
    if not config.stash.get(_UNREADABLE, False):
        raise error
    sys.stderr.write(f"ERROR: {error}\n\n")
    return int(pytest.ExitCode.INTERRUPTED)


def _unreadable(config: pytest.Config, complaints: Sequence[Complaint]) -> pytest.UsageError:
    config.stash[_UNREADABLE] = True
    return pytest.UsageError(_page(complaints, config.invocation_params.dir))


def _check_settings(state: SessionState) -> None:
    from ..errors import SpecError
    from .replaying import record_of

    try:
        state.project  # noqa: B018 - read once; every battery needs it
    except SpecError as error:
        raise _unreadable(state.config, error.complaints) from error
    try:
        state.settings  # noqa: B018 - likewise
        state.said  # noqa: B018 - likewise
        record_of(state)
    except SpecError as error:
        raise pytest.UsageError(str(error)) from error


def _check_selection(state: SessionState) -> None:
    from ..run import nothing_left, unused
    from .selecting import unknown_words

    batteries = state.all_loaded()
    plans = [loaded.plan for loaded in batteries]
    if batteries and not any(loaded.kept is None or loaded.kept for loaded in batteries):
        raise pytest.UsageError(nothing_left(plans, state.selection, state.settings.sources))
    words = unused(plans, state.selection, state.settings.sources) if plans else ()
    for said in filter(None, [*words, unknown_words(state.config.getoption("markexpr") or "", batteries)]):
        try:
            state.config.issue_config_time_warning(pytest.PytestWarning(said), stacklevel=2)
        except pytest.PytestWarning as error:  # warnings are errors here
            raise pytest.UsageError(said) from error


def _note_traces(state: SessionState) -> None:
    """Notes what could not be replayed: afterwards it is too late."""
    from ..run.models import unreplayable

    for loaded in state.all_loaded():
        if (loaded.kept is None or loaded.kept) and (said := unreplayable(loaded.plan, loaded.catalog)):
            state.notices.append(f"alienbio: {loaded.name}: {said}")


def _check_models(state: SessionState) -> None:
    """Refuses language models that could not be asked, or of which nobody knows what they cost."""
    from ..run.models import check_models

    for loaded in state.all_loaded():
        if playing := loaded.playing:
            check_models(loaded.plan, loaded.catalog, playing)


def _check_gates(state: SessionState) -> None:
    """Refuses to play what could not be judged then."""
    if state.options.save_baseline is None and not any(loaded.plan.battery.gates for loaded in state.all_loaded()):
        return
    from ..errors import SpecError
    from .gates import check_gates
    from .saving import check_saving

    check_saving(state)
    try:
        check_gates(state)
    except SpecError as error:
        raise pytest.UsageError(_page(error.complaints, state.config.invocation_params.dir)) from error


def _check_run_id(state: SessionState) -> None:
    """Refuses a run id from outside that a former session has used up: the journals of a run are never reopened."""
    from ..report import inert
    from ..store import find_run

    if not os.environ.get("ALIENBIO_RUN_ID"):
        return
    found = find_run(state.data_root, state.run_id)
    if found and found.status().get("state") == "closed":
        raise pytest.UsageError(
            f"ALIENBIO_RUN_ID={inert(state.run_id)}: that run is over, its results are in {found.path}; "
            "unset the variable, or give each run another id"
        )


def _page(complaints: Sequence[Complaint], here: Path) -> str:
    count = sum(bool(each.where) for each in complaints)
    many = f"{count} problems" if count > 1 else "1 problem"
    # Places as one would type them here.
    typed = (replace(each, file=each.file.removeprefix(f"{here}{os.sep}")) for each in complaints)
    return "\n".join([f"{many}; nothing was run", *(f"  {complaint}" for complaint in typed)])
