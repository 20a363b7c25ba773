"""The end of a session, in the serial process or the controller: every DAT closed, broken scenarios reported."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

import pytest

from .extra import Place, report
from .limits import let_go, limits_of
from .stash import state_if_any

if TYPE_CHECKING:
    from .loaded import Loaded
    from .state import SessionState


def describe_suite(session: pytest.Session) -> None:
    """Gives JUnit the run's own properties. Before the loop, since the file is written inside it; right under xdist too."""
    state = state_if_any(session.config)
    if state is None or hasattr(session.config, "workerinput"):
        return
    for plugin in session.config.pluginmanager.get_plugins():
        add = getattr(plugin, "add_global_property", None)
        if add:
            add("alienbio_run", state.run_id)
            for loaded in state.all_loaded():
                if loaded.dat_path:
                    add(f"alienbio_dat:{loaded.head}", str(loaded.dat_path))


def ended_by(session: pytest.Session, error: BaseException) -> BaseException:
    """Closes a session whose test loop `error` ended; gives back the error it should end with.

    The same one, but for `-x` under xdist, which calls that an interrupt (exit 2) where a serial session calls it
    failed tests (exit 1).
    """
    state = state_if_any(session.config)
    if state is None:
        return error
    state.interrupted = state.stop.asked or type(error) is KeyboardInterrupt or isinstance(error, pytest.exit.Exception)
    # Workers play on until xdist has stopped them; what they finish until then must be in the books, so close after that.
    if not (state.interrupted and session.config.pluginmanager.hasplugin("dsession")):
        close_session(session)
    by_xdist = isinstance(error, KeyboardInterrupt) and type(error) is not KeyboardInterrupt
    return session.Failed(str(error)) if by_xdist and not state.stop.asked and _enough_failed(session) else error


def _enough_failed(session: pytest.Session) -> bool:
    most = session.config.getvalue("maxfail")
    return bool(most) and session.testsfailed >= most


def close_session(session: pytest.Session) -> None:
    """Closes what this process opened; in the controller also writes each DAT's results and reports broken scenarios.

    A DAT that cannot be closed (a full disk, a folder that is gone) is a failed report in a sentence; the others are.
    """
    state = state_if_any(session.config)
    if state is None or state.closed:
        return
    state.closed = True
    if hasattr(session.config, "workerinput"):
        _close_runs(state)
        let_go(session.config)
        getattr(session.config, "workeroutput", {})["alienbio"] = {
            "run_id": state.run_id,
            "dats": dict(state.claimed),
            "refusal": state.refusal,
            "tests": _tests(session),
            "done": sorted(state.done),
        }
        return
    from .preflight import plays_nothing

    if plays_nothing(session.config):
        return
    from ..errors import AlienBioError

    try:
        state.adopt_claims(session)
    except AlienBioError as error:
        report(session, "alienbio::claims", Place("", 0, "claims"), "failed", str(error))
    if state.crashed:
        from .deadline import book_crashed_tests

        book_crashed_tests(state)
    _close_runs(state)
    selected, due = _selected(session, state)
    for loaded in state.all_loaded():
        if loaded.dat_path is not None:
            try:
                _close(session, state, loaded, selected.get(loaded.name, frozenset()), due.get(loaded.name, frozenset()))
            except (AlienBioError, OSError) as error:
                text = f"{loaded.dat_path} was not closed: {error}"
                report(session, f"{loaded.name}::closing", loaded.place("closing"), "failed", text)
            finally:
                loaded.release()
    let_go(session.config, last=True)
    for document in state.documents:
        session.config.hook.pytest_alienbio_summary(document=document)


def refuse(session: pytest.Session) -> None:
    """Raises what workers found wrong with the selection; it ends the session as a serial one."""
    state = state_if_any(session.config)
    if state and state.refusal and not hasattr(session.config, "workerinput"):
        raise pytest.UsageError(state.refusal)


def _close_runs(state: SessionState) -> None:
    for loaded in state.all_loaded():
        if loaded.run:
            loaded.run.close()


def _close(
    session: pytest.Session, state: SessionState, loaded: Loaded, selected: Collection[str], due: Collection[str]
) -> None:
    from ..run import close_dat
    from .gates import judging, report_gates
    from .github import Told
    from .resuming import report_before
    from .saving import save_baseline

    assert loaded.dat_path is not None
    start = loaded.start
    closed = close_dat(
        loaded.dat_path,
        loaded.plan,
        run_id=state.run_id,
        selected={*selected, *start.within(loaded.kept)} if start else selected,
        due=due,
        interrupted=state.interrupted,
        smoke=state.selection.smoke,
        command=partial(state.command, loaded),
        judging=judging(session, state, loaded),
        stands=start is not None and start.whole,
        limiting=limits_of(state).of(loaded),
        data_root=state.data_root,
    )
    if closed is None:
        return
    state.documents.append(closed.document)
    state.shown.append(closed.on_terminal)
    state.told.append(Told(loaded.path, closed.document, closed.verdicts))
    report_before(session, loaded, closed)
    report_gates(session, state, loaded, closed.verdicts)
    if state.options.save_baseline is not None:
        save_baseline(session, state, loaded, closed.dat_path)
    by_scenario: dict[str, list[str]] = {}
    for finding in closed.findings:
        by_scenario.setdefault(finding.scenario, []).append(finding.sentence)
    for scenario, sentences in by_scenario.items():
        name = f"sanity[{scenario}]"
        report(session, f"{loaded.name}::{name}", loaded.place(name), "failed", "\n".join(sentences))


def _selected(session: pytest.Session, state: SessionState) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Cell ids by battery that were left after selection, and those of them that must have a record by now."""
    ids = state.selected if state.selected is not None else [item.nodeid for item in session.items]
    selected: dict[str, set[str]] = {}
    due: dict[str, set[str]] = {}
    for nodeid in ids:
        file, _, rest = nodeid.partition("::")
        head, _, cell_id = rest.partition("::")
        selected.setdefault(f"{file}::{head}", set()).add(cell_id)
        due.setdefault(f"{file}::{head}", set()).add(cell_id)
    for nodeid, (name, cell_id) in {**state.tests, **_tests(session)}.items():
        selected.setdefault(name, set()).add(cell_id)
        if nodeid not in state.done:
            due.setdefault(name, set()).add(cell_id)
    return selected, due


def _tests(session: pytest.Session) -> dict[str, tuple[str, str]]:
    """The Python tests over batteries that this process collected and kept: id of each -> battery's name, cell's id."""
    from .cell_node import CellNode
    from .collect import cell_of

    found: dict[str, tuple[str, str]] = {}
    for item in session.items:
        about = None if isinstance(item, CellNode) else cell_of(item)
        if about:
            found[item.nodeid] = (about[0].name, about[1].id)
    return found
