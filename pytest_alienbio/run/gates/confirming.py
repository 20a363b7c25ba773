"""The confirm stage of a gate: its worst leaves are played again, on seeds that the run did not use.

Which leaves may depend on anything the run showed; which seeds depends on seed numbers alone, so what fresh seeds show keeps
the gate's guarantee. A baseline that was recorded with more seeds than the run plays gives them: there its numbers are
stored. An agent of the same run that others are held against is played again beside them.

Fresh cells lie in a result folder of their own inside the run's, `confirm/<gate>`: they are part of the run, and of no mean,
leaderboard or baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...model import Baseline, Batch, Battery, Call, Cell, Drift, InstanceCache, Outcome, Plan, Result, Rule, Verdict, canonical
from ...play import Catalog
from ...report import many
from ...store import dat
from ...store.layout import CONFIRM, is_dat, safe_name
from ..execute import OnResult, execute
from ..limits.limiting import Limiting
from ..opening import open_dat
from ..plan import plan as planned
from ..plan import seed_digits
from ..project import Project
from ..run import Run
from .baselines import agents_baselines
from .batches import batch_of

Leaf = tuple[str, str]
"""Agent, scenario."""

WORKER = "confirm"
"""The name under which the stage writes its journal."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """Plays the confirm stage of a run's gates, in the one process that judges them. Called once a gate, after stage 1."""

    plan: Plan
    """Of the run, prepared: as its cells were played."""
    catalog: Catalog
    project: Project
    dat_path: Path
    run_id: str
    cache: InstanceCache | None = None
    command: Sequence[str] | None = None
    on_cells: Callable[[Rule, Sequence[Cell]], None] | None = None
    """Told what will be played, before the first cell is."""
    on_result: OnResult | None = None
    limiting: Limiting | None = None
    """What the run may take, these cells included."""
    on_stuck: Callable[[Result], None] | None = None
    """Told, in another thread, of a cell that cannot be stopped; it should end the process. None: such a cell is waited for."""

    def __call__(self, verdict: Verdict, new: Batch, base: Baseline, rule: Rule, *, beside: str = "") -> Verdict:
        """`verdict` (of stage 1) with what fresh seeds say; with a note where nothing was played.

        `new` and `base` are what was judged; `beside` is the agent of this very run whose cells are the baseline. Too many
        fresh cells without a number make INVALID what has not failed already, and so does a Ctrl-C, after which what is closing
        the run goes on: a run that was stopped is never a success. Raises `AlienBioError` for a folder that cannot be written.
        """
        from ...gate.confirm import worst

        if not rule.confirm or verdict.call in (Call.INVALID, Call.NOT_JUDGED):
            return verdict
        leaves = worst(verdict, new, base, rule)
        if not leaves:
            return _noted(verdict, "no confirm stage: no leaf dropped enough to be played again")
        cells = self.cells(leaves, new, base, rule, beside=beside)
        if not cells:
            return _noted(verdict, "no confirm stage: the baseline holds no seed of these leaves that this run did not use")
        path, done = self._play(rule, cells)
        if not done:
            told = f"the confirm stage was interrupted; {many(len(cells), 'cell')} were to be played"
            return _noted(verdict, told) if verdict.call is Call.FAIL else _invalid(verdict, "cut short", told)
        return second_stage(path, verdict, new, base, rule, beside=beside)

    def cells(self, leaves: Sequence[Leaf], new: Batch, base: Baseline, rule: Rule, *, beside: str = "") -> tuple[Cell, ...]:
        """The battery's cells of these leaves on fresh seeds, in its order: those that the baseline stores and the run did not
        use; with `beside` the seeds after the battery's own, and that agent's cells with them."""
        from ...gate.fresh import fresh

        if beside:
            first = max(self.plan.battery.seeds) + 1
            there = {(agent, scenario) for leaf, scenario in leaves for agent in (leaf, beside)}
            return tuple(
                cell for cell in self._at(range(first, first + rule.confirm)) if (cell.agent.name, cell.case.scenario) in there
            )
        wanted = {(leaf, unit) for leaf in leaves for unit in fresh(new, base, leaf, rule)}
        every = self._at({unit[3] for _, unit in wanted})
        return tuple(cell for cell in every if ((cell.agent.name, cell.case.scenario), unit_of(cell)) in wanted)

    def _at(self, seeds: Collection[int]) -> tuple[Cell, ...]:
        """All of the battery's cells at other seeds than its own."""
        if not seeds:
            return ()
        battery = _alone(self.plan.battery, seeds)
        return planned(battery, self.catalog, self.project.profiles, self.project.sets).cells

    def _play(self, rule: Rule, cells: Sequence[Cell]) -> tuple[Path, bool]:
        """Plays them into a result folder of their own; where that is, and whether all were played."""
        alone = _alone(self.plan.battery, {cell.seed for cell in cells})
        own = replace(alone, output_path=safe_name(rule.name), trace_files="json", report=())
        stage = Plan(own, tuple(cells))
        if self.on_cells:
            self.on_cells(rule, cells)
        path = open_dat(
            self.dat_path / CONFIRM,
            stage,
            run_id=self.run_id,
            project=self.project.root,
            source=own.source,
            command=self.command,
        )
        return path, self._record(path, stage)

    def _record(self, path: Path, stage: Plan) -> bool:
        from ..closing import close_dat

        run = Run.of_plan(stage, path, self.run_id, WORKER)
        done = False
        try:
            execute(
                stage.cells,
                run,
                self.catalog,
                limits=stage.battery.limits,
                limiting=self.limiting,
                cache=self.cache,
                on_result=self.on_result,
                on_stuck=self.on_stuck,
            )
            done = True
        except KeyboardInterrupt:
            pass  # said in the verdict; the books of the run come first
        finally:
            run.close()
            close_dat(
                path,
                stage,
                run_id=self.run_id,
                selected=frozenset(cell.id for cell in stage.cells),
                interrupted=not done,
                command=lambda cell: "",
            )
        return done


def unit_of(cell: Cell) -> tuple[int, str, int, int]:
    """Difficulty, params, variant, seed: as `BatchCell.unit`."""
    params, level = cell.params, cell.case.difficulty
    return -1 if level is None else level, canonical(params) if params else "", cell.case.variant, cell.seed


def played_stage(dat_path: Path, rule: Rule) -> Path | None:
    """Where the confirm stage of a gate was recorded; None if it was not played, or not to its end."""
    path = dat_path / CONFIRM / safe_name(rule.name)
    if not is_dat(path) or dat.open(path).status().get("verdict") in (None, "interrupted"):
        return None
    return path


def second_stage(path: Path, verdict: Verdict, new: Batch, base: Baseline, rule: Rule, *, beside: str = "") -> Verdict:
    """`verdict` (of stage 1, on `new` and `base`) with what the fresh cells in the result folder `path` say."""
    from ...gate.confirm import confirmed

    fresh = batch_of(path, (rule.metric,))
    # Its spec plans all of its agents on all of its scenarios; what the stage did not play is not missing.
    fresh = replace(fresh, cells=tuple(cell for cell in fresh.cells if cell.why != Outcome.NOT_RUN))
    seed = 0 if verdict.seed is None else verdict.seed
    if not beside:
        return whole(confirmed(verdict, fresh, base, rule, new=new, seed=seed), verdict.call, fresh, rule)
    # A gate against another agent of the run is about one agent, and the stage played these two alone.
    [(_, fresh, again)] = agents_baselines(beside, fresh)
    both = replace(fresh, cells=(*fresh.cells, *again.batch.cells))
    return whole(confirmed(verdict, fresh, again, rule, new=new, first=base, seed=seed), verdict.call, both, rule)


def whole(verdict: Verdict, before: Call, fresh: Batch, rule: Rule) -> Verdict:
    """`verdict`, made INVALID if more fresh cells than the rule allows lack a number, and stage 1 (`before`) had not failed."""
    from ...gate.numbers import lacks

    broke = [why for cell in fresh.cells if (why := lacks(cell, rule.metric))]
    if len(broke) <= rule.max_missing or before is Call.FAIL:
        return verdict
    whys = ", ".join(sorted(set(broke)))
    sentence = f"{many(len(broke), 'fresh cell')} of the confirm stage lack a number ({whys}); run the battery again"
    return _invalid(verdict, "missing", sentence, cells=len(broke))


def _alone(battery: Battery, seeds: Collection[int]) -> Battery:
    """The battery at these seeds, which nobody judges, and which no aggregate is told of."""
    digits = seed_digits(battery)
    return replace(battery, seeds=tuple(sorted(seeds)), seed_digits=digits, looks=(), gates=(), aggregate=None)


def _noted(verdict: Verdict, note: str) -> Verdict:
    return replace(verdict, notes=(*verdict.notes, note))


def _invalid(verdict: Verdict, kind: str, sentence: str, *, cells: int = 0) -> Verdict:
    drifts = (*verdict.drifts, Drift(kind, sentence, cells=cells))
    return replace(verdict, call=Call.INVALID, why=(sentence, *verdict.why), drifts=drifts)
