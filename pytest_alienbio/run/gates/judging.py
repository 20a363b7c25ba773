"""The gates of a run: before the first cell each rule finds what it is held against, after the last one they are judged.

The one place for pytest, `bio batch` and `Bio.batch`. What judges is the room `gate`; here is only what a run has to tell it:
whether it is whole, whether its scenarios hold, and whether the project judges by a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import AlienBioError, Complaint, SpecError
from ...model import Baseline, Batch, Call, Json, Plan, Rule, Verdict, inert
from ...report import figures
from ..sharding import said_shard
from .rules import AGENT_PREFIX

if TYPE_CHECKING:
    from .confirming import Confirming

Replace = Callable[[Baseline, Batch, Rule], Verdict | None]
"""A rule of the project's own: its verdict takes the place of the test's; None leaves the gate to us."""

_MOST_WHYS, _MOST_TEXT = 6, 1000
"""Of a verdict in a DAT's status; `reports/gates.json` has all."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule of a battery, and the baseline that it was found to mean."""

    rule: Rule
    """Under its final name, with its own part of alpha: `against: agent:NAME` makes a gate of each candidate."""
    baseline: Baseline | None = None
    """None: another agent's cells are (`held_against`), or there is none yet (`missing`)."""
    agent: str = ""
    """The one agent that is judged; '' = all of the battery."""
    held_against: str = ""
    """The agent that this one is held against."""
    elsewhere: Batch | None = None
    """The run in which that one played; None: in this very one."""
    missing: tuple[Complaint, ...] = ()
    """Why there is no baseline, and what makes one."""

    @property
    def against(self) -> str:
        """The baseline as people know it; '' where it is only known that there is none."""
        if self.held_against:
            return f"{AGENT_PREFIX}{self.held_against}"
        return self.baseline.name if self.baseline else self.rule.against


@dataclass(frozen=True, slots=True)
class Judging:
    """How the gates of a run are judged."""

    gates: tuple[Gate, ...] = ()
    replace: Replace | None = None
    """Asked about a run that can be compared."""
    confirm: Confirming | None = None
    """Plays the confirm stage of gates that ask for one."""
    strict: bool = False
    """Whether INCONCLUSIVE is no success."""
    first: bool = False
    """Whether this run is to become a baseline, and may lack one: such a gate is not judged, and is INVALID else."""
    shard: tuple[int, int] | None = None
    """Which part of how many was to be played; the whole is judged once they are joined."""
    draws: int = 9999
    """Relabellings that are drawn where there are too many to count."""
    seed: int = 0
    """Of their generator."""


NO_GATES = Judging()


def gates_of(plan: Plan, *, project: Path, data_root: Path, exclude: Path | None = None) -> tuple[Gate, ...]:
    """The gates of a plan, each with its baseline or with what is missing. Reads files, plays and writes nothing.

    `exclude` is the plan's own result folder, if it was claimed already: it is no run before this one.
    """
    gates: list[Gate] = []
    for rule in plan.battery.gates:
        try:
            gates += _found(rule, plan, project, data_root, exclude)
        except SpecError as error:
            told = (each if each.file else plan.battery.complain(each.what, rule, hint=each.hint) for each in error.complaints)
            gates.append(Gate(rule, missing=tuple(told)))
        except AlienBioError as error:
            gates.append(Gate(rule, missing=(plan.battery.complain(str(error), rule),)))
    return tuple(gates)


def _found(rule: Rule, plan: Plan, project: Path, data_root: Path, exclude: Path | None) -> Iterator[Gate]:
    from .baselines import agent_run, baseline_of
    from .batches import batch_of

    battery = plan.battery
    if not rule.against.startswith(AGENT_PREFIX):
        yield Gate(
            rule,
            baseline_of(
                rule.against,
                battery=battery.name,
                source=battery.origin or battery.source,
                project=project,
                data_root=data_root,
                metrics=(rule.metric,),
                exclude=exclude,
            ),
        )
        return
    roles = {cell.agent.name: cell.agent.role for cell in plan.cells}
    name = rule.against.removeprefix(AGENT_PREFIX)
    run = agent_run(name, battery=battery.name, agents=roles, data_root=data_root, exclude=exclude)
    candidates = [agent for agent, role in roles.items() if role == "candidate" and agent != name]
    if not candidates:
        raise SpecError(battery.complain(f"no candidate plays that could be held against {name}", rule))
    elsewhere = batch_of(run, (rule.metric,), project=project) if run else None
    for agent in candidates:
        own = replace(rule, name=f"{rule.name}-{agent}", alpha=rule.alpha / len(candidates))
        yield Gate(own, agent=agent, held_against=name, elsewhere=elsewhere)


def need(gates: Iterable[Gate], advice: str) -> None:
    """Raises `SpecError` with every baseline that is missing or cannot be read, and `advice` at the end."""
    if complaints := [complaint for gate in gates for complaint in gate.missing]:
        raise SpecError([*complaints, Complaint(advice)])


def judged(
    dat_path: Path,
    plan: Plan,
    how: Judging,
    *,
    selected: Collection[str],
    cut_short: str = "",
    broken: Sequence[str] = (),
) -> tuple[Verdict, ...]:
    """What each gate says of the run in `dat_path`, in their order.

    `selected` are the ids of the cells that were to be played: with less than all of the plan nothing is judged. `cut_short`
    says why the run ended before its end, `broken` are the sentences on scenarios that failed their sanity check: either
    makes it INVALID.
    """
    count = sum(cell.id in selected for cell in plan.cells)
    if count < len(plan):
        why = f"not judged: {count:,} of {figures.many(len(plan), 'cell')} selected"
        if how.shard:
            of = f"{count:,} of {figures.many(len(plan), 'cell')}"
            why = f"not judged: a shard, {said_shard(how.shard)} ({of}); bio merge judges"
        return tuple(_said(gate, plan, Call.NOT_JUDGED, why, expected=len(plan)) for gate in how.gates)
    if all(gate.missing for gate in how.gates):
        return tuple(_missing(gate, plan, how) for gate in how.gates)
    from .batches import batch_of

    new = batch_of(dat_path, sorted({gate.rule.metric for gate in how.gates}), plan=plan)
    return tuple(_judged(gate, new, plan, how, cut_short=cut_short, broken=broken) for gate in how.gates)


def _judged(gate: Gate, new: Batch, plan: Plan, how: Judging, *, cut_short: str, broken: Sequence[str]) -> Verdict:
    from ...gate.judge import about, judge, unfit
    from ...gate.validity import direction, drifts
    from .baselines import agents_baselines

    base = gate.baseline
    try:
        if gate.held_against:
            sides = {agent: (mine, its) for agent, mine, its in agents_baselines(gate.held_against, new, gate.elsewhere)}
            new, base = sides[gate.agent]
        if base is None:
            return _missing(gate, plan, how)
        valid = how.replace and not drifts(new, base, gate.rule, broken=broken, cut_short=cut_short)
        if how.replace and valid and (own := how.replace(base, new, gate.rule)):
            rule = replace(gate.rule, better=direction(new, base.batch, gate.rule))
            own = replace(own, battery=plan.battery.name, rule=rule)
            return own if own.baseline else replace(own, baseline=base.name, about=about(base))
        try:
            told = judge(new, base, gate.rule, broken=broken, cut_short=cut_short, draws=how.draws, seed=how.seed)
        except ValueError as error:
            return unfit(new, base, gate.rule, error)
        beside = "" if gate.elsewhere else gate.held_against
        return how.confirm(told, new, base, gate.rule, beside=beside) if how.confirm else told
    except AlienBioError as error:
        return _said(gate, plan, Call.INVALID, str(error))


def _missing(gate: Gate, plan: Plan, how: Judging) -> Verdict:
    if how.first:
        return _said(gate, plan, Call.NOT_JUDGED, f"not judged: {gate.missing[0].what.partition(';')[0]}")
    return _said(gate, plan, Call.INVALID, "; ".join(_sentence(each) for each in gate.missing))


def _sentence(complaint: Complaint) -> str:
    return "; ".join(filter(None, (complaint.what, complaint.advice)))


def _said(gate: Gate, plan: Plan, call: Call, why: str, *, expected: int = 0) -> Verdict:
    rule = gate.rule
    return Verdict(call, plan.battery.name, rule, (why,), gate.against, alpha=rule.alpha, expected=expected)


def line_of(gate: Gate, *, whole: bool = True) -> str:
    """`gate[score] against baselines/x.json, blessed 2026-11-01 by Ann`, or why there is nothing to hold it against; inert."""
    name = f"gate[{inert(gate.rule.name)}]"
    if not whole:
        return f"{name}: would not be judged, for only a part of the battery is selected"
    if gate.missing:
        return f"{name}: {inert(_sentence(gate.missing[0]), most=400)}"
    text = f"{name} against {inert(gate.against)}"
    if gate.held_against and not gate.elsewhere:
        return f"{text} of the same run"
    blessing = gate.baseline.blessing if gate.baseline else None
    return f"{text}, blessed {inert(blessing.at[:10])} by {inert(blessing.by)}" if blessing else text


def in_short(verdicts: Iterable[Verdict]) -> list[Json]:
    """What a DAT's status says of its gates: a line each."""
    return [
        {
            "name": each.rule.name,
            "call": each.call.value,
            "why": [why[:_MOST_TEXT] for why in each.why[:_MOST_WHYS]],
            "baseline": each.baseline,
        }
        for each in verdicts
    ]
