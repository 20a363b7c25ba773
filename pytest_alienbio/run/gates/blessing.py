"""Blessing: a run becomes what later ones are held against. A deed of a person, refused where the run is not fit for it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import AlienBioError, SpecError, StoreError, UnfitRunError
from ...gate.numbers import lacks
from ...gate.validity import TOLD
from ...model import Baseline, Batch, Blessing, Call, Json, Outcome, Rule, inert
from ...store import Dat, battery_of, dat, log, provenance
from ...store.annotations import check_note
from ...store.baseline import FOLDER, SUFFIX, default_path, write_baseline
from ...store.baseline_reading import read_baseline
from ...store.codec import now_text
from ..project import find_project
from .baselines import battery_now, home_of
from .batches import batch_of, place_of

BLESSED = "blessed"
"""Event of a DAT's log, with the `file`."""
FEW = 10
"""Seeds a leaf below which it is told that more would show more."""

Verify = Callable[[Path, Batch], tuple[frozenset[tuple[str, str]], tuple[str, ...]]]
"""From a DAT and its batch to the leaves that gave the same numbers twice, and what is to be told; see `run.verifying`."""


@dataclass(frozen=True, slots=True)
class Blessed:
    """What was done. As text it is the file's path."""

    path: Path
    shown: str
    """The path as people know it: from the project."""
    baseline: Baseline
    before: Baseline | None
    """What the file held until now; None if it was not there, or could not be read."""
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return self.shown


def bless(
    dat_path: Path,
    *,
    project: Path,
    data_root: Path,
    name: str = "",
    path: Path | None = None,
    metrics: Collection[str] = (),
    why: str = "",
    force: bool = False,
    author: str = "",
    verify: Verify | None = None,
) -> Blessed:
    """Writes a run's numbers into a baseline's file, and a line into the run's log.

    The file is `path`, else `baselines/NAME.json` beside the battery's file, NAME being `name` or the battery's. `metrics`:
    what it holds; () = the score and what the battery's gates ask for. `author`: who answers for it, by default as for notes.
    Raises `UnfitRunError` for a run that is not whole, whose scenarios are broken, or whose gates were INCONCLUSIVE or INVALID,
    unless `force` and `why`; for one that FAILED without a `why`; and, whatever is said, for one without any number. Raises
    `SpecError` for a name or a place that cannot be, `StoreError` for what the disk refuses. Then nothing is written.
    """
    opened = dat.open(dat_path)
    asked = _asked(opened, project)
    wanted = tuple(dict.fromkeys(metrics)) or tuple(dict.fromkeys(["score", *asked]))
    why = check_note(why) if why.strip() else ""
    if force and not why:
        raise SpecError("what is blessed by force needs a reason, for whoever wonders later: --why TEXT")
    batch, notes = _without_skipped(batch_of(opened.path, wanted, project=project))
    own = {metric: better for metric, better in asked.items() if better and metric in wanted and metric not in TOLD}
    batch = replace(batch, better={**batch.better, **own})
    _refuse_numberless(batch, wanted)
    calls = _calls(opened)
    objections = [*_not_whole(opened, batch, wanted), *_doubtful(opened, calls)]
    if objections and not force:
        ways = "Mend it and play again, name another run, or say --force --why TEXT"
        raise UnfitRunError(f"not blessed: {'; '.join(objections)}. {ways}")
    if Call.FAIL in calls and not why:
        told = "not blessed: its gate says FAIL. If the run is as it should be from now on, say why: --why TEXT"
        raise UnfitRunError(told)
    path = path or place_for(opened, batch.battery, project, name)
    shown = place_of(path, project)
    before, more = _before(path, batch, force=force)
    verified: frozenset[tuple[str, str]] = frozenset()
    if verify:
        verified, told_of = verify(opened.path, batch)
        notes += told_of
    elif before and before.verified:
        notes.append("what was there before was verified, and this is not: all is left to chance until --verify")
    blessing = Blessing(
        author or provenance.identity(project), f"{now_text()[:19]}Z", why, bool(objections), _said(calls, objections)
    )
    baseline = Baseline(replace(batch, dat=_near(opened.path, project, data_root)), shown, "file", blessing, verified)
    write_baseline(path, baseline)
    try:
        about: dict[str, Json] = {"file": shown, **({"reason": why} if why else {}), **({"forced": True} if objections else {})}
        log.append(opened.path, BLESSED, about, author=blessing.by)
    except StoreError as error:
        notes.append(f"the run's log does not say so: {error}")
    return Blessed(path, shown, baseline, before, (*objections, *more, *notes, *_advice(baseline.batch)))


def promote(path: Path, project: Path) -> Blessed:
    """Makes a kept baseline its battery's default, as it is: who blessed it, and why, stays. Raises as `bless` does."""
    baseline = read_baseline(path)
    target = default_path(path.parent.parent, baseline.batch.battery)
    if path.parent.name != FOLDER or os.path.realpath(path) == os.path.realpath(target):
        what = "is the default already" if path.parent.name == FOLDER else f"lies in no folder {FOLDER}/"
        raise SpecError(inert(f"{place_of(path, project)} {what}", most=600, verbatim=True))
    before, notes = _before(target, baseline.batch, force=False)
    shown = place_of(target, project)
    made = replace(baseline, name=shown)
    write_baseline(target, made)
    return Blessed(target, shown, made, before, tuple(notes))


def place_for(opened: Dat, battery: str, project: Path, name: str = "") -> Path:
    """Where a run's baseline goes. Raises `SpecError` for what is no name, and for a place outside of the project."""
    if name and (name.endswith(SUFFIX) or os.sep in name or default_path(Path(), name).stem != name):
        raise SpecError(f"{inert(name)!r} cannot name a baseline: letters, digits and . _ + -, without folders and {SUFFIX}")
    path = default_path(home_of(_source(opened), project), name or battery)
    # What a result folder says may be from anywhere: it names no place to write to beyond the project.
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(project)):
        out = f"{path} is a link out" if path.is_symlink() else "the battery's file lies outside"
        raise SpecError(inert(f"{out} of the project {project}; say where the baseline goes: -o FILE", most=600, verbatim=True))
    return path


def moved(baseline: Baseline, before: Baseline, metric: str) -> list[tuple[str, float | None, float | None]]:
    """What a new baseline changes in the means of a metric: (name, mean before, mean now), the largest change first.

    Of each agent over the leaves that both have, then of each leaf; those that are the same are left out. Last, the leaves
    that only one has: None on the other side.
    """
    now, was = (_means(each.batch, metric) for each in (baseline, before))
    both = sorted(now.keys() & was.keys())
    agents = {agent: [leaf for leaf in both if leaf[0] == agent] for agent, _ in both}
    overall = [(agent, _mean([was[x] for x in own]), _mean([now[x] for x in own])) for agent, own in agents.items()]
    each = [("|".join(leaf), was[leaf], now[leaf]) for leaf in both]
    changed = [
        row for rows in (overall, each) for row in sorted(rows, key=lambda row: -abs(row[2] - row[1])) if row[1] != row[2]
    ]
    alone = [("|".join(leaf), was.get(leaf), now.get(leaf)) for leaf in sorted(now.keys() ^ was.keys())]
    return [*changed, *alone]


def _means(batch: Batch, metric: str) -> dict[tuple[str, str], float]:
    """Of each leaf its mean."""
    leaves: dict[tuple[str, str], list[float]] = {}
    for cell in batch.cells:
        if metric in cell.values:
            leaves.setdefault(cell.leaf, []).append(cell.values[metric])
    return {leaf: _mean(values) for leaf, values in leaves.items()}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _asked(opened: Dat, project: Path) -> dict[str, str]:
    """The metrics that the gates of the run's battery ask for, as it was played, else (without its gates) as it is now.

    With the direction that a gate gives; '' = none.
    """
    head = next((value for key, value in opened.spec().items() if key.startswith("experiment.")), None)
    gates = head.get("gates") if isinstance(head, Mapping) else None
    lines = [gate for gate in gates if isinstance(gate, Mapping)] if isinstance(gates, list) else []
    played = [(str(line["metric"]), str(line.get("better", ""))) for line in lines if "metric" in line]
    return dict(played or [(rule.metric, rule.better) for rule in _gates_now(opened, project)])


def _gates_now(opened: Dat, project: Path) -> tuple[Rule, ...]:
    """The gates in the battery's own file, else in the project's; () where that cannot be read."""
    found = battery_now(_source(opened), battery_of(opened.path), project)
    if found is None or found.gates or "gates" in found.said:
        return found.gates if found else ()
    with suppress(AlienBioError):
        return find_project(project).own.gates
    return ()


def _source(opened: Dat) -> str:
    resolved = opened.spec().get("resolved")
    source = resolved.get("source") if isinstance(resolved, Mapping) else ""
    return source if isinstance(source, str) else ""


def _without_skipped(batch: Batch) -> tuple[Batch, list[str]]:
    """Agents that cannot play here are no part of it: nothing was tried."""
    played = {cell.agent for cell in batch.cells if cell.why != Outcome.SKIPPED.value}
    skipped = sorted({cell.agent for cell in batch.cells} - played)
    if not skipped:
        return batch, []
    cells = tuple(cell for cell in batch.cells if cell.agent in played)
    agents = {name: version for name, version in batch.agents.items() if name in played}
    return replace(batch, cells=cells, agents=agents), [f"skipped, and not in the baseline: {', '.join(skipped)}"]


def _refuse_numberless(batch: Batch, metrics: Collection[str]) -> None:
    missing = [metric for metric in metrics if not any(metric in cell.values for cell in batch.cells)]
    if len(missing) == len(metrics):
        hint = "" if len(metrics) > 1 or "score" not in metrics else "; of tasks name a metric: --metric NAME"
        raise UnfitRunError(f"not blessed: no cell of the run has a number for {', '.join(metrics)}{hint}")


def _calls(opened: Dat) -> list[str]:
    """What the gates of the run said."""
    gates = opened.status().get("gates")
    return [str(gate.get("call")) for gate in gates if isinstance(gate, Mapping)] if isinstance(gates, list) else []


def _not_whole(opened: Dat, batch: Batch, metrics: Collection[str]) -> list[str]:
    found = []
    status = opened.status()
    if status.get("state") == "open":
        found.append("the run is still open, or was killed")
    elif status.get("verdict") == "interrupted":
        found.append("the run was interrupted")
    for metric in metrics:
        lost = Counter(why for cell in batch.cells if (why := lacks(cell, metric)))
        if count := lost.total():
            told = ", ".join(f"{n} {why}" for why, n in lost.most_common())
            found.append(f"{count} of {len(batch.cells)} cells {'has' if count == 1 else 'have'} no {metric} ({told})")
    return found


def _doubtful(opened: Dat, calls: Collection[str]) -> list[str]:
    broken = opened.status().get("broken_scenarios")
    found = [str(sentence) for sentence in broken] if isinstance(broken, list) else []
    return found + [f"its gate says {call}" for call in (Call.INVALID.value, Call.INCONCLUSIVE.value) if call in calls]


def _said(calls: Collection[str], objections: Collection[str]) -> str:
    """The worst that the run's gates said; INVALID for a run that is not fit, whatever they said."""
    worst = [call.value for call in (Call.INVALID, Call.FAIL, Call.INCONCLUSIVE, Call.PASS) if call in calls]
    return Call.INVALID.value if objections and worst[:1] != [Call.INCONCLUSIVE.value] else worst[0] if worst else ""


def _before(path: Path, batch: Batch, *, force: bool) -> tuple[Baseline | None, list[str]]:
    """What the file holds now. Raises `SpecError` for another battery's, and for what never was a baseline, unless by force."""
    if not os.path.lexists(path):
        return None, []
    try:
        before = read_baseline(path)
    except AlienBioError as error:
        why = str(error).splitlines()[0]
        # A damaged baseline is mended by a new one; any other file whose name ends so is not ours to replace.
        if path.parent.name != FOLDER and not force:
            what = f"{path} is there and is no baseline ({why}); give another name, or --force --why TEXT"
            raise SpecError(inert(what, most=1000, verbatim=True)) from None
        return None, [f"what was there before could not be read: {why}"]
    if before.batch.battery != batch.battery and not force:
        what = f"{path} is a baseline of {before.batch.battery}, and this is a run of {batch.battery}"
        raise SpecError(inert(f"{what}; give another name (--name), or --force --why TEXT", most=600, verbatim=True))
    return before, []


def _near(path: Path, project: Path, data_root: Path) -> str:
    """Where the run lies, for a file that others read, too: from the project or the data root, or its last folders."""
    for root in (project, data_root):
        if path.resolve().is_relative_to(root.resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    return Path(*path.resolve().parts[-2:]).as_posix()


def _advice(batch: Batch) -> list[str]:
    found = []
    if batch.dirty:
        found.append("the work tree held more than was committed: the commit does not say all that was played")
    seeds = [len(seeds) for seeds in _seeds(batch).values()]
    if seeds and min(seeds) < FEW:
        found.append(f"{min(seeds)} seed{'s' if min(seeds) > 1 else ''} a leaf: with {FEW} or more a gate sees smaller drops")
    return found


def _seeds(batch: Batch) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = {}
    for cell in batch.cells:
        found.setdefault(cell.leaf, set()).add(cell.seed)
    return found
