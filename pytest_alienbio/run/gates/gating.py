"""Gates on what is stored: a run that was recorded is held against a baseline now, and nothing is played."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from ...errors import AlienBioError, SpecError, StoreError, did_you_mean
from ...model import Baseline, Batch, Call, Json, Rule, Verdict, inert
from ...spec import read_source
from ...spec.battery import batteries
from ...store import TAG_PREFIX, battery_of, dat, find_dats
from ...store.baseline import SUFFIX
from ...store.baseline_reading import read_baseline
from ...store.layout import SPEC
from ..project import find_project
from ..settings import settings
from .baselines import agent_run, agents_baselines, baseline_of, battery_now, file_of, no_tag
from .batches import batch_of, place_of
from .confirming import played_stage, second_stage
from .looking import counted
from .rules import AGENT_PREFIX, edited, gates_hash

_TERMS = ("against", "better", "tol", "max_missing", "margin")
"""What of a rule may be asked otherwise, beside alpha."""
_HEAD = "experiment."
_CHANGED = "the gates in _spec_.yaml are not those that were settled before the first cell"

_UNSETTLED = "no gate was settled before the first cell (--bio-no-gates): asked is what {} says now"


@dataclass(frozen=True, slots=True)
class Stored:
    """A run that is there to be judged."""

    name: str
    """As people know it: where it lies."""
    battery: str
    path: Path | None = None
    """Its result folder; None for a baseline's file."""
    file: Path | None = None
    source: str = ""
    """The battery's file, as recorded."""
    frozen: tuple[Rule, ...] = ()
    """Its gates, as they were settled before the first cell, else as its battery asks for them now; () for none."""
    told: tuple[str, ...] = ()
    """What is to be said of them."""
    look: tuple[frozenset[int], float] | None = None
    """Of seeds until decided: those of the look that counted, and its share of alpha."""
    agent: str = ""
    """The only agent that is meant; '' = all."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked now. None: as the gates were frozen, else as a gate is by default."""

    metric: str | None = None
    against: str | None = None
    better: str | None = None
    tol: float | None = None
    alpha: float | None = None
    """All gates together."""
    max_missing: int | None = None
    margin: float | None = None


def stored(reference: str, *, project: Path, data_root: Path) -> Stored:
    """The run that `reference` names: a DAT as everywhere, `tag:NAME`, `agent:NAME` (its newest run), a baseline's file.

    Raises `SpecError` for none or several, `StoreError` for one that cannot be read.
    """
    if reference.startswith(AGENT_PREFIX):
        name = reference.removeprefix(AGENT_PREFIX)
        return replace(_of_dat(newest_of(name, data_root), project), agent=name)
    # A word is never a baseline here, though one is called so: that would be held against itself, and no run ever judged.
    path = file_of(reference, battery="", source="", project=project) if reference.endswith(SUFFIX) else None
    if path is not None:
        shown = place_of(path, project)
        return Stored(shown, read_baseline(path, shown).batch.battery, file=path)
    return _of_dat(run_of(reference, data_root), project)


def run_of(reference: str, data_root: Path) -> Path:
    """The one DAT that `reference` names. Raises `SpecError` for none or several."""
    found = find_dats(data_root, reference)
    if len(found) == 1:
        return found[0]
    if found:
        what = f"{reference!r} names {len(found)} runs, the newest of them {place_of(found[0], data_root)}; name one of them"
    elif reference.startswith(TAG_PREFIX):
        what = no_tag(reference, data_root)
    else:
        known = did_you_mean(reference, {battery_of(path) for path in find_dats(data_root)} - {""})
        what = f"there is no run {reference!r}; {known or 'run a battery first, or say where with --data'}"
    raise SpecError(inert(what, most=600, verbatim=True))


def newest_of(agent: str, data_root: Path) -> Path:
    """The newest DAT in which that agent played. Raises `SpecError` if there is none."""
    known: set[str] = set()
    for path in find_dats(data_root):
        with suppress(StoreError):
            resolved = dat.open(path).spec().get("resolved")
            played = resolved.get("agents") if isinstance(resolved, Mapping) else None
            known |= set(played) if isinstance(played, Mapping) else set()
            if agent in known:
                return path
    raise SpecError(inert(f"no run has an agent {agent!r}; {did_you_mean(agent, known)}", most=600))


def _of_dat(path: Path, project: Path) -> Stored:
    spec = dat.open(path).spec()
    resolved = spec.get("resolved")
    about: Mapping[str, Json] = resolved if isinstance(resolved, Mapping) else {}
    source = about.get("source")
    head = next((value for key, value in spec.items() if key.startswith(_HEAD)), None)
    frozen: tuple[Rule, ...] = ()
    if isinstance(head, Mapping) and head.get("gates"):
        [battery] = batteries(read_source(path / SPEC))
        frozen = battery.gates
    told = () if not frozen or about.get("gates_hash") == gates_hash(frozen) else (_CHANGED,)
    source = str(source or "")
    if not frozen and (frozen := _gates_now(source, battery_of(path), project)):
        told = (_UNSETTLED.format(source),)
    return Stored(place_of(path, project), battery_of(path), path, source=source, frozen=frozen, told=told, look=counted(path))


def _gates_now(source: str, battery: str, project: Path) -> tuple[Rule, ...]:
    """Of a run that was played without its gates: those that its battery's file and `bio.yaml` ask for now."""
    with suppress(AlienBioError):
        if now := battery_now(source, battery, project):
            return settings(find_project(project), environ={}).apply(now).gates
    return ()


def rules_of(frozen: Sequence[Rule], terms: Terms) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The gates that are judged, and what they ask otherwise than the `frozen` ones, a sentence each.

    They are those of `frozen`, with a `metric` those on it or called so, else a new one on it; `terms` come on top. A total
    `alpha` is shared out as the frozen parts are. A confirm stage is judged as it was played, and there is none against
    another baseline. Raises `SpecError` where nothing says what to hold the run against.
    """
    kept = _meant(frozen, terms)
    if not kept and terms.against is None:
        what = "this run has no gate"
        if frozen:
            what += f" on {inert(str(terms.metric), most=80)!r}, only {', '.join(inert(each.name, most=80) for each in frozen)}"
        how = "say what to hold it against: --against with a baseline's file, an earlier run, tag:NAME or agent:NAME"
        raise SpecError(f"{what}; {how}")
    rules = kept or (Rule(terms.metric or "score", terms.metric or "score"),)
    asked = {name: value for name in _TERMS if (value := getattr(terms, name)) is not None}
    total = sum(rule.alpha for rule in rules)
    now = []
    for rule in rules:
        alpha = rule.alpha if terms.alpha is None else terms.alpha * (rule.alpha / total)
        confirm = rule.confirm if kept and terms.against in (None, rule.against) else 0
        now.append(replace(rule, **asked, alpha=alpha, confirm=confirm))
    return tuple(now), edited(kept, now) if kept else ()


def judge_stored(
    run: Stored, terms: Terms, *, project: Path, data_root: Path, draws: int = 9999, seed: int = 0
) -> tuple[Verdict, ...]:
    """What each gate says of a stored run, in their order; see `rules_of`.

    The same `seed` (of the generator of relabellings) gives the same verdict. Raises `SpecError` for gates that cannot be
    held against anything, with what is missing.
    """
    rules, otherwise = rules_of(run.frozen, _unlike(terms, run, project))
    new = _batch(run, rules, project)
    verdicts = []
    for rule in rules:
        changed = tuple(each for each in otherwise if each.startswith(f"gate[{rule.name}]"))
        for gate in _sides(rule, run, new, project, data_root):
            verdict = _judged(gate, run, draws=draws, seed=seed)
            verdicts.append(replace(verdict, edited=(*verdict.edited, *run.told, *changed)))
    return tuple(verdicts)


def _unlike(terms: Terms, run: Stored, project: Path) -> Terms:
    """`terms` without an `against` that spells the file that each gate they mean is held against: that is asked as it was."""

    def file(reference: str) -> Path | None:
        path = file_of(reference, battery=run.battery, source=run.source, project=project)
        return path and Path(os.path.realpath(path))

    asked = None if terms.against is None else file(terms.against)
    frozen = {file(rule.against) for rule in _meant(run.frozen, terms)}
    return replace(terms, against=None) if asked and frozen == {asked} else terms


def _meant(frozen: Sequence[Rule], terms: Terms) -> tuple[Rule, ...]:
    return tuple(rule for rule in frozen if terms.metric in (None, rule.metric, rule.name))


@dataclass(frozen=True, slots=True)
class _Gate:
    """One gate with both of its sides."""

    rule: Rule
    new: Batch
    base: Baseline
    beside: str = ""
    """The agent of the same run that is the baseline."""


def _judged(gate: _Gate, run: Stored, *, draws: int, seed: int) -> Verdict:
    """By the part of alpha that its look spends, if it is one of several."""
    share = run.look[1] if run.look else 1.0
    part = replace(gate, rule=replace(gate.rule, alpha=gate.rule.alpha * share))
    found = _both_stages(part, run, draws=draws, seed=seed)
    return replace(found, rule=replace(gate.rule, better=found.rule.better))


def _both_stages(gate: _Gate, run: Stored, *, draws: int, seed: int) -> Verdict:
    from ...gate import judge
    from ...gate.confirm import worst

    rule = gate.rule
    verdict = judge(gate.new, gate.base, rule, **_state(run), draws=draws, seed=seed)
    if not rule.confirm or run.path is None or verdict.call is Call.INVALID:
        return verdict
    if stage := played_stage(run.path, rule):
        return second_stage(stage, verdict, gate.new, gate.base, rule, beside=gate.beside)
    if not worst(verdict, gate.new, gate.base, rule):
        return verdict
    return replace(verdict, notes=(*verdict.notes, "its confirm stage was not played, and its part of alpha not spent"))


def _batch(run: Stored, rules: Sequence[Rule], project: Path) -> Batch:
    if run.file is not None:
        return read_baseline(run.file, run.name).batch
    assert run.path is not None
    batch = batch_of(run.path, sorted({rule.metric for rule in rules}), project=project)
    return replace(batch, cells=tuple(cell for cell in batch.cells if cell.seed in run.look[0])) if run.look else batch


def _sides(rule: Rule, run: Stored, new: Batch, project: Path, data_root: Path) -> Iterator[_Gate]:
    """The gate with its baseline; of `against: agent:NAME` one for each candidate."""
    if not rule.against.startswith(AGENT_PREFIX):
        base = baseline_of(
            rule.against,
            battery=run.battery,
            source=run.source,
            project=project,
            data_root=data_root,
            metrics=(rule.metric,),
            exclude=run.path,
        )
        yield _Gate(rule, _only(new, run.agent) if run.agent else new, base)
        return
    name = rule.against.removeprefix(AGENT_PREFIX)
    other = agent_run(name, battery=run.battery, agents=new.agents, data_root=data_root, exclude=run.path)
    elsewhere = batch_of(other, (rule.metric,), project=project) if other else None
    sides = [side for side in agents_baselines(name, new, elsewhere) if run.agent in ("", side[0])]
    if not sides:
        raise SpecError(f"{inert(run.agent, most=80)} is no candidate, and is not held against others")
    for agent, mine, base in sides:
        own = replace(rule, name=f"{rule.name}-{agent}", alpha=rule.alpha / len(sides))
        yield _Gate(own, mine, base, "" if other else name)


def _only(batch: Batch, agent: str) -> Batch:
    cells = tuple(cell for cell in batch.cells if cell.agent == agent)
    return replace(batch, cells=cells, agents={name: each for name, each in batch.agents.items() if name == agent})


class _State(TypedDict):
    """What else the gate must know of the run."""

    broken: Sequence[str]
    cut_short: str


def _state(run: Stored) -> _State:
    """As the run's own end told it. One that was killed has cells without a record: those are missing."""
    status = dat.open(run.path).status() if run.path else {}
    broken = status.get("broken_scenarios")
    cut_short = "it was interrupted" if status.get("verdict") == "interrupted" else ""
    return {"broken": [str(each) for each in broken] if isinstance(broken, list) else [], "cut_short": cut_short}
