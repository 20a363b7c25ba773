"""Whether a run may be held against a baseline at all: every way in which the two are not the same question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from ..model import Baseline, Batch, BatchCell, Drift, Outcome, Rule
from ..model.batch import MEASURED
from ..model.model_use import changed_since
from .candidates import judged_only
from .fresh import fresh_of, is_certain, is_two_samples
from .numbers import lacks

_HASH = 12
"""Digits of a hash that are told."""
_NAMED = 3
"""Names of a list that are told."""
SKIPPED = Outcome.SKIPPED.value
TOLD = frozenset({"score", "passed", *MEASURED})
"""Metrics of which the results themselves say which way is better; a sub-score only takes over what its score says."""

Leaf = tuple[str, str]


def drifts(new: Batch, base: Baseline, rule: Rule, *, broken: Sequence[str] = (), cut_short: str = "") -> tuple[Drift, ...]:
    """Every reason why this run cannot be judged by this baseline; () if it can. Any of them makes the gate INVALID.

    `broken` are sentences of the sanity ladder, `cut_short` why the run ended early. What nobody recorded is no drift, nor is
    a changed agent: see `remarks`. Only leaves (agent, scenario) of candidates that both have are compared.
    """
    new, base = judged_only(new, base)
    shared = _shared(new, base.batch)
    found = [
        *(Drift("sanity", f"{sentence}: what it measures is not to be trusted") for sentence in broken),
        *([Drift("cut short", f"the run was cut short: {cut_short}; play the rest")] if cut_short else []),
        *_battery(new, base),
        *_format(new, base.batch),
        *_metric(new, base, rule),
        *_world(new, base.batch, shared),
        *_scenarios(new, base.batch, shared, rule),
        *_cases(new, base.batch, shared),
        *_missing(new, base, shared, rule),
        *_fresh(new, base, shared, rule),
    ]
    return tuple(found)


def remarks(new: Batch, base: Baseline, rule: Rule) -> tuple[str, ...]:
    """What is worth telling, and does not forbid to judge: agents that changed, left or came, what was not recorded."""
    new, base = judged_only(new, base)
    shared = _shared(new, base.batch)
    return tuple(_remarks(new, base, rule, shared))


def direction(new: Batch, base: Batch, rule: Rule) -> str:
    """In which direction more is better: what the rule says, else the run, else the baseline. '' if nobody tells."""
    return rule.better or new.better.get(rule.metric) or base.better.get(rule.metric) or ""


def _shared(new: Batch, base: Batch) -> set[Leaf]:
    return {cell.leaf for cell in new.cells} & {cell.leaf for cell in base.cells}


def _battery(new: Batch, base: Baseline) -> Iterator[Drift]:
    was = base.batch.battery
    if was != new.battery:
        what = f"the baseline {base.name} is of the battery {was}, and this is {new.battery}"
        yield Drift("battery", f"{what}; bless a run of this one", was, new.battery)
    elif not _shared(new, base.batch):
        yield Drift("battery", f"the run and the baseline {base.name} have no agent on any scenario in common")


def _format(new: Batch, base: Batch) -> Iterator[Drift]:
    if new.version != base.version:
        what = f"the records are of format version {base.version} in the baseline and {new.version} here"
        yield Drift("format", f"{what}; bless a run anew", str(base.version), str(new.version))


def _metric(new: Batch, base: Baseline, rule: Rule) -> Iterator[Drift]:
    metric, beside = rule.metric, _beside(new, base)
    told = f"the metric {metric}"
    for batch, where in ((base.batch, "the baseline"), (new, "the run")):
        stored = batch is base.batch and not beside
        if not any(metric in cell.values for cell in batch.cells) and (stored or _scored(batch)):
            known = sorted({name for cell in batch.cells for name in cell.values})
            more = f"it has {_some(known)}" if known else "it has no number at all"
            fix = f"; bless it with --metric {metric}" if stored else ""
            yield Drift("metric", f"{where} has no number for {told}; {more}{fix}")
    was, here = base.batch.better.get(metric, ""), new.better.get(metric, "")
    now = rule.better or here
    if rule.better and metric not in TOLD and base.blessing is None:
        was = ""
    if metric in TOLD and here and here != now:
        yield Drift(
            "metric", f"of {told} {here} is better, as its results say; leave `better: {now}` out of the gate", here, now
        )
    elif was and now and was != now:
        what = f"of {told} {was} was better in the baseline, and {now} is here"
        anew = f"bless a run anew, with `better: {now}` in the battery's gate" if rule.better else "bless a run anew"
        yield Drift("metric", f"{what}; say `better: {was}`, or {anew}", was, now)
    elif not direction(new, base.batch, rule):
        yield Drift(
            "metric", f"nobody says whether more of {told} is better; give the gate `better: higher` or `better: lower`"
        )


def _beside(new: Batch, base: Baseline) -> bool:
    """Whether the baseline is another agent of this very run."""
    return base.kind == "agent" and bool(new.run) and base.batch.run == new.run


def _scored(batch: Batch) -> bool:
    """Whether anything in it ended well: else the missing cells say it all."""
    return any(not cell.why for cell in batch.cells)


def _world(new: Batch, base: Batch, shared: Collection[Leaf]) -> Iterator[Drift]:
    if base.world and new.world and base.world != new.world:
        count = len({scenario for _, scenario in shared})
        what = f"the simulator's worlds are of version {base.world} in the baseline and {new.world} here"
        yield Drift("world", f"{what} ({_count(count, 'scenario')}); bless a run anew", base.world, new.world)


def _scenarios(new: Batch, base: Batch, shared: Collection[Leaf], rule: Rule) -> Iterator[Drift]:
    """What changed in the scenarios: of several that changed alike each is told, for each may have its own reason."""
    # Another version of the simulator is part of every content hash: told once, it says why they all differ.
    moved = bool(base.world and new.world and base.world != new.world)
    cells = Counter(cell.scenario for cell in new.cells if cell.leaf in shared)
    for name in sorted({scenario for _, scenario in shared}):
        was, now = base.scenarios.get(name), new.scenarios.get(name)
        if was is None or now is None:
            continue
        if _differ(was.content, now.content) and not moved:
            what = f"the scenario {name} is another one than in the baseline ({_short(was.content)}, now {_short(now.content)})"
            yield Drift("scenario", f"{what}; bless a run anew", was.content, now.content, cells[name])
        if _differ(was.scoring, now.scoring):
            what = f"{name} is scored in another way than in the baseline ({_short(was.scoring)}, now {_short(now.scoring)})"
            yield Drift("scoring", f"{what}; bless a run anew", was.scoring, now.scoring, cells[name])
        if rule.metric == "passed" and _differ(was.bar, now.bar):
            what = f"{name} was passed at {was.bar} in the baseline, and is at {now.bar}"
            yield Drift("scoring", f"{what}; bless a run anew, or gate on score", was.bar, now.bar, cells[name])


def _cases(new: Batch, base: Batch, shared: Collection[Leaf]) -> Iterator[Drift]:
    """Leaves that both have, at no difficulty, params and surface in common: nothing of them can be compared."""
    before, after = _strata(base.cells, shared), _strata(new.cells, shared)
    for leaf in sorted(shared):
        if not before[leaf] & after[leaf]:
            what = f"{leaf[0]} on {leaf[1]} plays other difficulties, params or surfaces than in the baseline"
            was, now = (_some(map(_spelled, sorted(each[leaf]))) for each in (before, after))
            yield Drift("scenario", f"{what} ({was}; now {now}); bless a run anew", was, now)


def _strata(cells: Iterable[BatchCell], shared: Collection[Leaf]) -> dict[Leaf, set[tuple[int, str, int]]]:
    return {leaf: {cell.stratum for cell in mine} for leaf, mine in _by_leaf(cells, shared).items()}


def _missing(new: Batch, base: Baseline, shared: Collection[Leaf], rule: Rule) -> Iterator[Drift]:
    """Cells of the run without the number: an outage is neither a drop nor its excuse, whichever side of it fell out."""
    batches = [new, base.batch] if _beside(new, base) else [new]
    whys = sum((_whys(batch, shared, rule.metric) for batch in batches), Counter[str]())
    if not any(rule.metric in cell.values for cell in new.cells):
        del whys[f"without {rule.metric}"]  # told as another metric
    if (count := whys.total()) > rule.max_missing:
        of = sum(cell.leaf in shared for batch in batches for cell in batch.cells)
        may = f"at most {rule.max_missing} may be missing (max_missing)" if rule.max_missing else "none may be missing"
        what = f"{count} of {_count(of, 'cell')} {'has' if count == 1 else 'have'} no {rule.metric} ({_told(whys)}), and {may}"
        yield Drift("missing", f"{what}; play them again", cells=count)


def _fresh(new: Batch, base: Baseline, shared: Collection[Leaf], rule: Rule) -> Iterator[Drift]:
    """A confirm stage plays seeds that the baseline has and the run has not: where it may be needed, they must be there."""
    if not rule.confirm or _beside(new, base):  # the other agent plays fresh seeds, too
        return
    mine, theirs = _by_leaf(new.cells, shared), _by_leaf(base.batch.cells, shared)
    left = {leaf: len({unit[3] for unit in fresh_of(mine[leaf], theirs[leaf], rule)}) for leaf in sorted(shared)}
    short = [leaf for leaf, count in left.items() if count < rule.confirm and not is_certain(leaf, new, base, rule)]
    mixed = [leaf for leaf in short if is_two_samples(mine[leaf], theirs[leaf])]
    what = f"the confirm stage plays {_count(rule.confirm, 'seed')} that the baseline has and the run has not"
    for leaves, why, fix in (
        (mixed, "the run has seeds that the baseline lacks, so all that this one has are used at once", "play its seeds"),
        ([leaf for leaf in short if leaf not in mixed], "", "bless a run with more seeds"),
    ):
        if leaves:
            least = min(left[leaf] for leaf in leaves)
            few = why or f"it has {f'only {least}' if least else 'none'}"
            where = f"{_count(len(leaves), 'leaf', 'leaves')} ({_some('|'.join(leaf) for leaf in leaves)})"
            yield Drift("seeds", f"{what}, and for {where} {few}; {fix}, or leave `confirm` out")


def _by_leaf(cells: Iterable[BatchCell], shared: Collection[Leaf]) -> dict[Leaf, list[BatchCell]]:
    found: dict[Leaf, list[BatchCell]] = {leaf: [] for leaf in shared}
    for cell in cells:
        if cell.leaf in found:
            found[cell.leaf].append(cell)
    return found


def _remarks(new: Batch, base: Baseline, rule: Rule, shared: Collection[Leaf]) -> Iterator[str]:
    before, after = base.batch, new
    if base.kind != "agent":
        yield from _there(before, after)
        changed = [
            name
            for name in sorted({agent for agent, _ in shared})
            if name in before.agents and name in after.agents and _differ(before.agents[name].hash, after.agents[name].hash)
        ]
        if changed:
            yield f"{_some(changed)} {'are other profiles' if len(changed) > 1 else 'is another profile'} than in the baseline"
        yield from _models(before, after, base.name, shared)
    lost = _whys(before, shared, rule.metric)
    if (count := lost.total()) and any(rule.metric in cell.values for cell in before.cells):
        yield f"{_count(count, 'cell')} of the baseline {'has' if count == 1 else 'have'} no {rule.metric} ({_told(lost)})"
    yield from _elsewhere(before, after, shared)
    yield from _unrecorded(before, after, {scenario for _, scenario in shared})
    if base.blessing and base.blessing.forced:
        verdict = f" of a run that was {base.blessing.verdict}" if base.blessing.verdict else ""
        yield f"the baseline was blessed by force{verdict}: {base.blessing.why}"


def _models(before: Batch, after: Batch, where: str, shared: Collection[Leaf]) -> Iterator[str]:
    """Agents of one and the same profile for which another model answers now."""
    for name in sorted({agent for agent, _ in shared} & before.agents.keys() & after.agents.keys()):
        was, now = before.agents[name], after.agents[name]
        if not _differ(was.hash, now.hash) and (told := changed_since(name, was.models, now.models, where)):
            yield told


def _there(before: Batch, after: Batch) -> Iterator[str]:
    """Agents and scenarios that only one of them has."""
    for place, what in ((0, "agent"), (1, "scenario")):
        was, now = ({cell.leaf[place] for cell in batch.cells} for batch in (before, after))
        played = {cell.leaf[place] for cell in after.cells if cell.why != SKIPPED}
        for names, why in (
            (was - now, "in the baseline and no longer in the battery"),
            (played - was, "new, and not judged until a run with it is blessed"),
        ):
            if names:
                yield f"{what if len(names) == 1 else what + 's'} {_some(sorted(names))}: {why}"


def _elsewhere(before: Batch, after: Batch, shared: Collection[Leaf]) -> Iterator[str]:
    """Cells of leaves that both have, at what only one of them plays."""
    was, now = _strata(before.cells, shared), _strata(after.cells, shared)
    for batch, other, of, lacking in ((before, now, " of the baseline", "the run"), (after, was, "", "the baseline")):
        if count := sum(cell.leaf in shared and cell.stratum not in other[cell.leaf] for cell in batch.cells):
            yield f"{_count(count, 'cell')}{of} at difficulties, params or surfaces that {lacking} lacks: not compared"


def _whys(batch: Batch, shared: Collection[Leaf], metric: str) -> Counter[str]:
    """Why cells of these leaves lack the number."""
    return Counter(why for cell in batch.cells if cell.leaf in shared and (why := lacks(cell, metric)))


def _told(whys: Counter[str]) -> str:
    return ", ".join(f"{n} {why}" for why, n in whys.most_common())


def _unrecorded(before: Batch, after: Batch, names: Collection[str]) -> Iterator[str]:
    """What could not be compared, since one side does not tell."""
    for field, what in (("content", "the scenario's version"), ("scoring", "how it is scored")):
        silent = [
            name
            for name in sorted(names)
            if not all(name in batch.scenarios and getattr(batch.scenarios[name], field) for batch in (before, after))
        ]
        if silent:
            yield f"{what} is not recorded for {_some(silent)}: taken for the same"
    if not before.world and after.world:
        yield "the version of the worlds is not recorded in the baseline: taken for the same"


def _differ(was: str, now: str) -> bool:
    """Whether both are told, and not the same."""
    return bool(was and now and was != now)


def _spelled(stratum: tuple[int, str, int]) -> str:
    level, params, variant = stratum
    parts = [f"difficulty {level}" if level >= 0 else "no difficulty", params, f"surface {variant}" if variant != 1 else ""]
    return " ".join(filter(None, parts))


def _short(text: str) -> str:
    return "+".join(part[:_HASH] for part in text.split("+"))


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _NAMED
    return ", ".join(every[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
