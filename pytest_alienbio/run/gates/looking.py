"""Seeds until the gates are decided: a run that is judged look by look, and cells that need not be played any more.

The looks were declared before the first cell, each with its part of alpha. A look is judged from the cells of its seeds alone,
once all of them are recorded, so its answer does not hang on who played what when; it stands in the DAT's log, where every
process finds it. Nobody waits for a look: while others still play its cells, the next ones are played.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import StoreError
from ...model import Call, Cell, Outcome, Plan, Result, Verdict
from ...model.figures import many
from ...model.outcome import NOT_NEEDED
from ...play import result_of
from ...spec import read_source
from ...spec.battery import batteries
from ...stats.looks import shares
from ...store import dat, log, scan
from ...store.layout import SPEC, journals
from ..plan import look_of, seed_digits
from . import judging
from .judging import Judging

LOOKED = "looked"
"""What the log calls it."""


class Looking:
    """The looks at one run from one process of it; `how` tells, once it is needed, how its gates are judged."""

    def __init__(self, dat_path: Path, run_id: str, plan: Plan, how: Callable[[], Judging]) -> None:
        self._dat, self._run_id, self._plan, self._how = dat_path, run_id, plan, how
        self._look = look_of(plan.battery)
        self._due = [{cell.id for cell in within(plan, look).cells} for look in range(len(plan.battery.looks))]
        self._recorded: set[str] = set()
        self._read: dict[Path, tuple[int, int]] = {}
        """Of each journal how far it was read: bytes, lines."""
        self._passed = 0
        """Looks that settled nothing."""
        self._settled: int | None = None

    def needless(self, cell: Cell) -> str:
        """Why `cell` need not be played, `not needed: decided after 3 seeds`; '' if it is still to be played."""
        at = self._look[cell.seed]
        while self._settled is None and self._passed < at:
            if (settled := self._answer(self._passed)) is None:
                return ""
            if settled:
                self._settled = self._passed
            else:
                self._passed += 1
        if self._settled is None or at <= self._settled:
            return ""
        return f"{NOT_NEEDED}decided after {many(self._plan.battery.looks[self._settled], 'seed')}"

    def instead(self, cell: Cell) -> Result | None:
        """The skipped result that `cell` gets if it need not be played."""
        why = self.needless(cell)
        return result_of(cell, Outcome.SKIPPED, why) if why else None

    def _answer(self, look: int) -> bool | None:
        """Whether a look settled the run; None while cells of it are still being played, or nobody can tell."""
        try:
            told = answers(self._dat)
            if look not in told:
                if not self._complete(look):
                    return None
                how = replace(self._how(), confirm=None)
                found = _at(look, self._dat, self._plan, how)
                settled = _settled(found, look, self._plan)
                _note(self._dat, self._run_id, self._plan, look, found, settled=settled)
                told = answers(self._dat)
            return told.get(look)
        except StoreError:
            return None

    def _complete(self, look: int) -> bool:
        """Whether every cell of a look has a record; reads what came since it was asked last."""
        for path in journals(self._dat):
            offset, number = self._read.get(path, (0, 0))
            for line in scan.read(path, offset, number):
                if not line.raw.endswith(b"\n"):
                    break  # it is being written
                offset, number = line.offset + len(line.raw), line.number
                if line.row and line.row["outcome"] != Outcome.NOT_RUN:
                    self._recorded.add(str(line.row["id"]))
            self._read[path] = offset, number
        return self._due[look] <= self._recorded


def within(plan: Plan, look: int) -> Plan:
    """The part of `plan` that a look needs, as a plan that is judged once."""
    battery = plan.battery
    seeds = battery.seeds[: battery.looks[look]]
    kept = frozenset(seeds)
    part = replace(battery, seeds=seeds, looks=(), seed_digits=seed_digits(battery))
    return Plan(part, tuple(cell for cell in plan.cells if cell.seed in kept))


def answers(dat_path: Path) -> dict[int, bool]:
    """Of each look that was judged while its cells were played whether it settled the run; who came first is right, also of
    several sessions that went on with it."""
    told: dict[int, bool] = {}
    for entry in log.read(dat_path):
        look, settled = entry.get("look"), entry.get("settled")
        if entry.get("event") == LOOKED and type(look) is int and isinstance(settled, bool):
            told.setdefault(look, settled)
    return told


def counted(dat_path: Path) -> tuple[frozenset[int], float] | None:
    """Of a stored run with looks: the seeds of the look whose answer counted, and its share of alpha; None without looks.

    Of a run that was cut short it is the last look.
    """
    spec = dat.open(dat_path).spec()
    resolved = spec.get("resolved")
    if not isinstance(resolved, Mapping) or not resolved.get("looks"):
        return None
    [battery] = batteries(read_source(dat_path / SPEC))
    if not battery.looks:
        return None
    told = answers(dat_path)
    look = next((look for look in sorted(told) if told[look] and look < len(battery.looks)), len(battery.looks) - 1)
    return frozenset(battery.seeds[: battery.looks[look]]), shares(len(battery.looks))[look]


def judged(
    dat_path: Path,
    plan: Plan,
    how: Judging,
    *,
    run_id: str,
    selected: Collection[str],
    cut_short: str = "",
    broken: Sequence[str] = (),
) -> tuple[Verdict, ...]:
    """What each gate says of a run, as `judging.judged`; of one with looks the answer of the first look that settled it.

    That one counts even if all cells were played before somebody could look. The others spend nothing of what it did not.
    """
    looks = plan.battery.looks
    if not looks or not how.gates or not {cell.id for cell in plan.cells} <= set(selected):
        return judging.judged(dat_path, plan, how, selected=selected, cut_short=cut_short, broken=broken)
    told = answers(dat_path)
    found: tuple[Verdict, ...] = ()
    quiet = replace(how, confirm=None)
    for look in range(len(looks)):
        found = _at(look, dat_path, plan, quiet, cut_short=cut_short, broken=broken)
        if told[look] if look in told else _settled(found, look, plan):
            break
    if look not in told and not cut_short:
        _note(dat_path, run_id, plan, look, found, settled=True)
    if how.confirm and any(gate.rule.confirm for gate in how.gates):
        found = _at(look, dat_path, plan, how, cut_short=cut_short, broken=broken)
    note = f"looked after {', '.join(map(str, looks[: look + 1]))} of {many(looks[-1], 'seed')}, as declared before the run"
    return tuple(replace(each, notes=(*each.notes, note)) for each in found)


def _at(
    look: int, dat_path: Path, plan: Plan, how: Judging, *, cut_short: str = "", broken: Sequence[str] = ()
) -> tuple[Verdict, ...]:
    """The whole gate on the cells of one look, with that look's part of alpha; the verdicts name the rules as they are."""
    part, share = within(plan, look), shares(len(plan.battery.looks))[look]
    rules = {gate.rule.name: gate.rule for gate in how.gates}
    gates = tuple(replace(gate, rule=replace(gate.rule, alpha=gate.rule.alpha * share)) for gate in how.gates)
    found = judging.judged(
        dat_path,
        part,
        replace(how, gates=gates),
        selected={cell.id for cell in part.cells},
        cut_short=cut_short,
        broken=broken,
    )
    whole = ((each, rules.get(each.rule.name, each.rule)) for each in found)
    return tuple(replace(each, rule=replace(rule, better=each.rule.better)) for each, rule in whole)


def _note(dat_path: Path, run_id: str, plan: Plan, look: int, found: Iterable[Verdict], *, settled: bool) -> None:
    """Writes down what a look showed. Raises `StoreError`."""
    seeds = f"{plan.battery.looks[look]} of {many(len(plan.battery.seeds), 'seed')}"
    said = "; ".join(f"gate[{each.rule.name}] {each.call.value}" for each in found)
    log.append(dat_path, LOOKED, {"run": run_id, "look": look, "settled": settled, "reason": f"{seeds}: {said}"})


def _settled(found: Iterable[Verdict], look: int, plan: Plan) -> bool:
    """Whether a look's answer stands: one gate fails, or each passes with nothing left to find."""
    from ...gate.looks import settles  # late: most sessions have no gate to ask

    looks = plan.battery.looks
    verdicts = list(found)
    if look == len(looks) - 1 or any(each.call is Call.FAIL for each in verdicts):
        return True
    last = shares(len(looks))[-1]
    return bool(verdicts) and all(
        settles(each, seen=looks[look], most=looks[-1], alpha=each.rule.alpha * last) for each in verdicts
    )


def saved(plan: Plan, reasons: dict[str, int]) -> list[str]:
    """`decided after 3 of 10 seeds: 168 of 240 cells not played`, of the reasons of skipped cells and how many each has."""
    most = len(plan.battery.seeds)
    return [
        f"{reason.removeprefix(NOT_NEEDED).rpartition(' ')[0]} of {many(most, 'seed')}: {count:,} of "
        f"{many(len(plan), 'cell')} not played"
        for reason, count in reasons.items()
        if reason.startswith(NOT_NEEDED)
    ]
