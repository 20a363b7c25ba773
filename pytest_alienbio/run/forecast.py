"""What a run would be: its cells, its worlds, its time and size. Plays nothing, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..model import Battery, Cell, Forecast, Plan, PlannedLeaf, Quantity, canonical, engine_choice
from ..play import Catalog
from ..report import many
from ..spec.rates import per_minute
from ..stats import Past, Share, added, expected_total, on_workers
from ..store import check_root
from .again.asked import NOTHING, Again
from .again.start import Start
from .again.starting import foresee
from .asking import Asking
from .batch import source_here
from .gates.judging import Gate, gates_of, line_of
from .history import History, Kind, read_history
from .limits.ahead import caps_ahead
from .limits.worst_case import check_worst_case
from .models import unreplayable
from .prepare import prepare
from .profiles import LIVE, UNPAID
from .project import Project
from .run import is_packed
from .settings import Settings
from .warm import worlds_of
from .where import instance_cache


def forecast(
    plan: Plan,
    cells: Iterable[Cell],
    catalog: Catalog,
    *,
    data_root: Path,
    workers: int = 1,
    gates: Iterable[Gate] = (),
    start: Start | None = None,
    session: Settings | None = None,
) -> Forecast:
    """What playing `cells` of `plan` on `workers` processes would be, as far as earlier runs below `data_root` tell.

    With less than all of its cells, but for those that have their record at the `start`, the gates are not judged. Raises
    `StoreError` if the data root, and `SpecError` if the battery's template cannot be used. `session` has the caps that hold
    for all batteries together.
    """
    battery, chosen = plan.battery, {cell.id for cell in cells}
    cells = tuple(cell for cell in plan.cells if cell.id in chosen)
    check_root(data_root, battery.output_path)
    history = read_history(data_root, cells)
    played = [cell for cell in cells if not cell.agent.skip_reason]
    missing, worlds = _to_generate(played, catalog, data_root)
    work = _Work(history, played, missing)
    whole = len(chosen | start.before if start else cells) == len(plan)
    goes_on = start.dat_path if start else None
    total = replace(expected_total(work.shares, paced=True), known=work.known, cells=len(played))
    width, engine = _at_once(plan, workers)
    priced = [cell for cell in cells if not cell.agent.skip_reason or _only_paid(cell)]
    asking = Asking(priced, history, catalog, battery.limits.steps)
    paced, slow = _wall(total, work.shares, min(width, max(len(played), len(priced))), asking, session)
    return Forecast(
        title=battery.name,
        planned=len(plan),
        selected=len(cells),
        leaves=_leaves(cells),
        cases=_cases(cells),
        seeds=len({cell.seed for cell in cells}),
        instances=worlds,
        to_generate=sum(missing.values()),
        seconds=paced,
        calls=asking.quantity("requests"),
        tokens=asking.quantity("tokens"),
        usd=asking.quantity("usd"),
        bytes=_size(history, plan, cells),
        workers=width,
        engine=engine,
        basis=tuple(history.used),
        gates=tuple(line_of(gate, whole=whole) for gate in gates),
        target=str(goes_on or data_root / battery.output_path.replace("{battery}", battery.name)),
        notes=(
            *([start.in_words(plan)] if start and start.before else []),
            *_looks(plan, cells),
            *asking.notes(),
            *filter(None, [unreplayable(plan, catalog)]),
            *_unplayed(cells),
            *slow,
            *caps_ahead(battery.caps, played, asking.expected, paced.value, session),
            *work.notes(),
            *history.notes,
        ),
    )


def _at_once(plan: Plan, workers: int) -> tuple[int, str]:
    """How many cells are played at once, and by what if that is not processes."""
    battery = plan.battery
    if workers > 1 or battery.engine is None:
        return workers, ""
    choice = engine_choice(battery.engine, battery.concurrency)
    return (choice.width, str(choice)) if choice.width and choice.width > 1 else (workers, "")


def _only_paid(cell: Cell) -> bool:
    """Whether a cell is skipped only since nobody said that money may be spent: then it is still told what it would cost."""
    return cell.agent.skip_reason == UNPAID


def _unplayed(cells: Sequence[Cell]) -> Iterator[str]:
    if count := sum(bool(cell.agent.skip_reason) and _only_paid(cell) for cell in cells):
        skipped = f"without it {many(count, 'cell')} will be skipped, for nothing"
        yield f"calls, tokens, money and time are those with {LIVE}; {skipped}"


def _wall(
    total: Quantity, shares: Sequence[Share], width: int, asking: Asking, session: Settings | None
) -> tuple[Quantity, list[str]]:
    """The wall time of cells with a past, and of models' cells without one; no less than the providers' rates allow."""
    guessed = asking.untimed()
    parts = [on_workers(total, shares, width)] if total.value is not None else []
    if guessed.value is not None and guessed.low is not None and guessed.high is not None:
        by = max(width, 1)
        parts.append(replace(guessed, value=guessed.value / by, low=guessed.low / by, high=guessed.high / by))
    wall = added(parts) if parts else total
    wall = replace(wall, known=total.known + guessed.known, cells=max(total.cells, guessed.cells))
    rates = {name: per_minute(rate) for name, rate in session.rates.items()} if session else {}
    *least, provider = asking.paced(rates)
    if not provider or wall.value is None or least[1] <= wall.value:
        return wall, []
    low, likely, high = least
    ends = (max(wall.low, low), max(wall.high, high)) if wall.low is not None and wall.high is not None else (None, None)
    said = f"the rate of {provider}, {session.rates[provider] if session else ''} a minute, decides the time"
    return replace(wall, value=likely, low=ends[0], high=ends[1]), [said]


def _looks(plan: Plan, cells: Sequence[Cell]) -> Iterator[str]:
    """That it may be less: seeds that are played until the gates are decided."""
    *first, last = map(str, plan.battery.looks or (0,))
    if first and len(cells) == len(plan):
        looks = f"{', '.join(first)} and {last} seeds"
        yield f"that is at most: the gates look after {looks}, and what they do not need is not played"


def forecast_battery(
    battery: Battery,
    project: Project,
    catalog: Catalog,
    data_root: Path,
    again: Again = NOTHING,
    session: Settings | None = None,
) -> Forecast:
    """What `run_batch` would do with these arguments. Raises what it would raise before its first cell."""
    plan, catalog = prepare(battery, project, catalog, session.rates if session else None)
    if session:
        check_worst_case(plan, catalog, session.caps)
    start = foresee(again, plan, data_root=data_root, source=source_here(battery.source, project.root), look=True)
    gates = gates_of(plan, project=project.root, data_root=data_root, exclude=start.dat_path)
    return forecast(plan, start.of(plan).cells, catalog, data_root=data_root, gates=gates, start=start, session=session)


def together(forecasts: Sequence[Forecast]) -> Forecast:
    """Several batteries as one, played one after the other: no leaves, only what they come to."""
    return Forecast(
        title=f"all {len(forecasts)} batteries",
        planned=sum(each.planned for each in forecasts),
        selected=sum(each.selected for each in forecasts),
        seconds=added([each.seconds for each in forecasts]),
        calls=added([each.calls for each in forecasts]),
        tokens=added([each.tokens for each in forecasts]),
        usd=added([each.usd for each in forecasts]),
        bytes=added([each.bytes for each in forecasts]),
        workers=max(each.workers for each in forecasts),
    )


def _cases(cells: Iterable[Cell]) -> int:
    shared = {id(cell.case): cell.case for cell in cells}.values()
    return len({(case.scenario, case.difficulty, case.variant, canonical(case.params)) for case in shared})


def _leaves(cells: Iterable[Cell]) -> tuple[PlannedLeaf, ...]:
    counts = Counter((cell.case.scenario, cell.agent.name) for cell in cells)
    skipped = Counter((cell.case.scenario, cell.agent.name) for cell in cells if cell.agent.skip_reason)
    reasons = {cell.agent.name: cell.agent.skip_reason for cell in cells}
    return tuple(
        PlannedLeaf(scenario, agent, count, skipped[scenario, agent], reasons[agent])
        for (scenario, agent), count in counts.items()
    )


def _kinds(cells: Iterable[Cell]) -> Counter[Kind]:
    return Counter((cell.case.scenario, cell.agent.name, cell.case.difficulty) for cell in cells)


class _Work:
    """What is to be done and what earlier runs say it takes: cells, and worlds to generate."""

    def __init__(self, history: History, cells: Iterable[Cell], worlds: Mapping[tuple[str, int | None], int]) -> None:
        self.shares: list[Share] = []
        self.known = self.elsewhere = self.unknown_worlds = 0
        """Cells with a past; of those, cells whose past is that of other difficulties; worlds without one."""
        for (scenario, agent, level), count in _kinds(cells).items():
            past = history.seconds((scenario, agent, level))
            if past is None and (past := history.seconds((scenario, agent, "any"))):
                self.elsewhere += count
            self.known += count if past else 0
            self._add(count, past)
        for (scenario, level), count in worlds.items():
            past = history.generation(scenario, level) or history.generation(scenario, "any")
            self.unknown_worlds += 0 if past else count
            self._add(count, past)

    def _add(self, count: int, past: Past | None) -> None:
        if past:
            self.shares.append(Share(count, past))

    def notes(self) -> Iterator[str]:
        """What the sum does not show by itself."""
        if self.elsewhere:
            yield f"{self.elsewhere:,} of the cells were never played at their difficulty; the others of theirs stand in"
        if self.unknown_worlds and self.known:
            yield f"generating {self.unknown_worlds:,} of the worlds is not in the time: no earlier run tells how long it takes"
        total = sum(share.count * share.past.mean for share in self.shares)
        if any(share.past.n >= 5 and share.count / share.past.n * share.past.largest > total / 2 for share in self.shares):
            yield "more than half of the time is expected because of a single cell that once took very long"


def _to_generate(cells: Iterable[Cell], catalog: Catalog, data_root: Path) -> tuple[Counter[tuple[str, int | None]], int]:
    """Worlds that are not in the cache, by scenario and difficulty; and all worlds that the cells need."""
    cache, worlds = instance_cache(data_root), worlds_of(cells, catalog)
    missing: Counter[tuple[str, int | None]] = Counter()
    for world in worlds:
        missing[world.case.scenario, world.case.difficulty] += not cache.has(world.key)
    return +missing, len(worlds)


def _size(history: History, plan: Plan, cells: Sequence[Cell]) -> Quantity:
    """Bytes of the result folder."""
    battery, packed = plan.battery, is_packed(plan)
    shares: list[Share] = []
    known = 0
    for skipped in (False, True):
        for kind, count in _kinds(cell for cell in cells if bool(cell.agent.skip_reason) is skipped).items():
            kinds: tuple[Kind, ...] = (kind, (*kind[:2], "any"))
            told = (history.bytes_of(each, skipped=skipped, traces=battery.traces, packed=packed) for each in kinds)
            pasts = next((pasts for pasts in told if pasts), ())
            known += count if pasts else 0
            shares += [Share(count, past) for past in pasts]
    if shares:
        shares.append(Share(1, history.fixed_bytes))
    return replace(expected_total(shares), known=known, cells=len(cells))
