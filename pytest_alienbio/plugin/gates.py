"""The gates of a session's batteries: baselines found before the first cell, verdicts reported after the last one.

Only the serial process or the controller judges; a worker never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..errors import SpecError
from ..model import Baseline, Batch, Call, Cell, Result, Rule, Verdict, inert, letter
from ..report import many
from ..report.gate import failure_text, one_line, properties_of
from ..run.gates.judging import Gate, Judging, Replace, gates_of, line_of, need
from ..store.verdicts import sound
from .arguments import arguments
from .compat import warn
from .extra import Place, report
from .limits import limits_of
from .loaded import Loaded

if TYPE_CHECKING:
    from ..run.gates.confirming import Confirming
    from .state import SessionState


ADVICE = "--bio-save-baseline makes a run the first one; with --bio-no-gates it is played and not judged"


FAILS = (Exception, pytest.fail.Exception, pytest.skip.Exception)
"""How a hook fails: pytest's own are no `Exception`. Its `exit` ends the session, as everywhere."""


class GateWarning(pytest.PytestWarning):
    """A gate is INCONCLUSIVE: no regression is shown, nor that there is none."""

    __module__ = "pytest_alienbio"


def gates(state: SessionState, loaded: Loaded) -> tuple[Gate, ...]:
    """The gates of a battery with their baselines, looked for once a process."""
    if loaded.gates is None:
        own = loaded.dat_path or state.claimed.get(loaded.name) or (loaded.start and loaded.start.dat_path)
        loaded.gates = gates_of(
            loaded.plan, project=state.project.root, data_root=state.data_root, exclude=Path(own) if own else None
        )
    return loaded.gates


def check_gates(state: SessionState) -> None:
    """Raises `SpecError` for baselines that are missing or cannot be read, of batteries that this session plays whole.

    As far as it can be known beforehand: what is selected by `-k`, by `--lf` and the like is told in the end. A run that is
    to become the baseline needs none.
    """
    if state.options.save_baseline is not None:
        return
    whole = (loaded for loaded in state.all_loaded() if plays_whole(state, loaded))
    need((gate for loaded in whole for gate in gates(state, loaded)), ADVICE)


def plays_whole(state: SessionState, loaded: Loaded) -> bool:
    """Whether all of the battery is selected, as far as options and arguments tell."""
    return plays(state, loaded) == len(loaded.plan)


def plays(state: SessionState, loaded: Loaded) -> int:
    """How many of the battery's cells are selected, as far as options and arguments tell."""
    here = [each for each in arguments(state.config) if each.path == loaded.path or each.path in loaded.path.parents]
    named = {each.parts[:2] for each in here if each.parts[:1] in ((), (loaded.head,))}
    whole = not here or any(len(parts) < 2 for parts in named)
    cells = [cell for cell in loaded.plan.cells if loaded.keeps(cell)]
    return sum(whole or bool({(loaded.head, cell.id), (loaded.head, cell.id.partition("[")[0])} & named) for cell in cells)


def judging(session: pytest.Session, state: SessionState, loaded: Loaded) -> Judging:
    """How this session judges a battery: with the rule of a conftest beside or above it, if there is one."""
    if not (found := gates(state, loaded)):
        return Judging()
    proxy = session.gethookproxy(loaded.path)

    def ask(baseline: Baseline, current: Batch, rule: Rule) -> Verdict | None:
        hook = "pytest_alienbio_regression"
        try:
            told = proxy.pytest_alienbio_regression(baseline=baseline, current=current, rule=rule)
        except FAILS as error:
            raise SpecError(f"the hook {hook} failed: {type(error).__name__}: {error}") from error
        if told is None:
            return None
        if isinstance(told, Verdict):
            try:
                return sound(told)
            except ValueError as error:
                raise SpecError(f"the hook {hook} gave a verdict that is none: {error}") from error
        raise SpecError(f"the hook {hook} gave {type(told).__name__}; expected a Verdict, or None for the usual test")

    replaced: Replace | None = ask if proxy.pytest_alienbio_regression.get_hookimpls() else None
    confirm = _confirming(state, loaded) if any(gate.rule.confirm for gate in found) else None
    first, shard = state.options.save_baseline is not None, state.selection.shard
    return Judging(found, replaced, confirm, strict=state.strict, first=first, shard=shard)


def _confirming(state: SessionState, loaded: Loaded) -> Confirming:
    """The confirm stage, here in the controller: xdist's workers are gone by then. It is told in the terminal as it goes."""
    from ..run.gates.confirming import Confirming
    from .deadline import end_confirming

    assert loaded.dat_path is not None
    reporter = state.config.pluginmanager.get_plugin("terminalreporter")

    def begin(rule: Rule, cells: Sequence[Cell]) -> None:
        text = f"gate[{inert(rule.name)}] of {inert(loaded.head)}: {many(len(cells), 'cell')} on fresh seeds, to confirm "
        if reporter and state.config.option.verbose > -2:
            reporter.write_line("")
            reporter.write(text)

    def step(cell: Cell, result: Result) -> None:
        if reporter and state.config.option.verbose > -2:
            reporter.write(letter(result, "record"), flush=True)

    return Confirming(
        loaded.plan,
        loaded.catalog,
        state.project,
        loaded.dat_path,
        state.run_id,
        state.cache,
        limiting=limits_of(state).of(loaded),
        on_cells=begin,
        on_result=step,
        on_stuck=lambda result: end_confirming(state.config, result),
    )


def report_gates(session: pytest.Session, state: SessionState, loaded: Loaded, verdicts: tuple[Verdict, ...]) -> None:
    """A report of its own for each gate, `file::battery::gate[score]`, and the hook that is told of it.

    FAIL and INVALID fail; INCONCLUSIVE passes with a warning, and fails where the session is strict; what was not judged is
    skipped, which changes no exit code. A hook that fails is a failure of its own.
    """
    proxy = session.gethookproxy(loaded.path)
    for verdict in verdicts:
        name = f"gate[{verdict.rule.name}]"
        nodeid, where = f"{loaded.name}::{name}", loaded.place(name, verdict.rule.line if not verdict.rule.file else 0)
        pairs = list(properties_of(verdict))
        unsure = verdict.call is Call.INCONCLUSIVE
        if verdict.fails or (unsure and (state.strict or not _warned(state, loaded, nodeid, where, verdict))):
            report(session, nodeid, where, "failed", failure_text(verdict), pairs)
        elif verdict.call is Call.NOT_JUDGED:
            report(session, nodeid, where, "skipped", inert(" ".join(verdict.why), most=400), pairs)
        else:
            report(session, nodeid, where, "passed", properties=pairs)
        try:
            proxy.pytest_alienbio_gate_verdict(verdict=verdict)
        except FAILS as error:  # what a verdict says is shown, whoever chokes on it
            text = f"the hook pytest_alienbio_gate_verdict failed: {type(error).__name__}: {error}"
            report(session, f"{nodeid}::hook", where, "failed", inert(text, most=400))


def _warned(state: SessionState, loaded: Loaded, nodeid: str, where: Place, verdict: Verdict) -> bool:
    """Warns of an INCONCLUSIVE gate; False where warnings are errors."""
    try:
        warn(state.config, GateWarning(one_line(verdict)), nodeid, (str(loaded.path), where.line + 1))
    except GateWarning:
        return False
    return True


def lines(state: SessionState) -> list[str]:
    """Each gate of the session and its baseline, for those who only look."""
    return [f"{inert(loaded.name)}::{line_of(gate)}" for loaded in state.all_loaded() for gate in gates(state, loaded)]
