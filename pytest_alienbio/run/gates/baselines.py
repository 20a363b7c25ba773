"""What a gate's `against:` means: a baseline's file, an earlier run, a tag, or an agent."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ...errors import AlienBioError, SpecError, StoreError, did_you_mean
from ...model import Baseline, Batch, Battery, Json, inert
from ...spec import read_battery
from ...spec.files import YAML
from ...store import TAG_PREFIX, battery_of, dat, find_dats, tags_below
from ...store.baseline import FOLDER, SUFFIX, default_path
from ...store.baseline_reading import read_baseline
from ..find import battery_files
from ..sharding import recorded_shard
from .batches import batch_of, place_of
from .rules import AGENT_PREFIX


def file_of_battery(source: str, project: Path) -> Path | None:
    """A battery's file, as a run's record names it: from here, or from the project or a folder above it, which pytest may
    have had as its root. None if it is not there, or the run had none."""
    for base in (Path(), project, *project.parents) if source else ():
        if (path := base / source).is_file():
            return path
    return None


def battery_now(source: str, name: str, project: Path) -> Battery | None:
    """A run's battery as its file says now; None where that is gone or cannot be read. No Python is run."""
    path = file_of_battery(source, project)
    if path is None or path.suffix not in YAML:
        return None
    with suppress(AlienBioError):
        return next((each for each in read_battery(path) if each.name == name), None)
    return None


def home_of(source: str, project: Path) -> Path:
    """The folder whose `baselines/` are a battery's: that of its file, else the project."""
    path = file_of_battery(source, project)
    return path.parent if path else project


def file_of(reference: str, *, battery: str, source: str, project: Path) -> Path | None:
    """The file that a reference means, there or not; None if it means runs.

    '' is the battery's default. What ends in `.json` is a file: beside the battery's file, else from here. A plain word is
    `baselines/WORD.json` if that is there.
    """
    home = home_of(source, project)
    if not reference:
        return default_path(home, battery)
    if reference.startswith((TAG_PREFIX, AGENT_PREFIX)):
        return None
    if reference.endswith(SUFFIX):
        path, here = home / reference, Path(reference)
        # Neither there: one that is written from here is told, and blessed, where it was meant to be.
        meant = here.is_file() or Path(os.path.abspath(here)).is_relative_to(os.path.abspath(home))
        return here if meant and not path.exists() else path
    named = default_path(home, reference)
    return named if "/" not in reference and named.stem == reference and named.is_file() else None


def baseline_of(
    reference: str,
    *,
    battery: str,
    source: str = "",
    project: Path,
    data_root: Path,
    metrics: Collection[str] = ("score",),
    exclude: Path | None = None,
) -> Baseline:
    """What a run of `battery` is held against by that name: '' (its default file), a file, a run, or `tag:NAME`.

    `source` is the battery's file, as in a DAT's spec or from here. A run is named as everywhere (`store.find_dats`); of a
    battery's name the newest run but `exclude`, the one that is judged. Raises `SpecError` if there is none, saying which
    command blesses one, or if the file cannot be one; `StoreError` for a DAT that cannot be read. `agent:NAME` is not one
    baseline: see `agents_baselines`.
    """
    if reference.startswith(AGENT_PREFIX):
        raise SpecError(f"{reference!r} is one baseline for each agent, and cannot be read as one")
    path = file_of(reference, battery=battery, source=source, project=project)
    if path is not None:
        shown = place_of(path, project)
        if not path.is_file():
            raise SpecError(missing(shown, battery, default=not reference))
        return read_baseline(path, shown)
    found = run_of(reference, battery=battery, data_root=data_root, exclude=exclude)
    name = reference if reference.startswith(TAG_PREFIX) else place_of(found, data_root)
    return Baseline(batch_of(found, metrics, project=project), name, "dat")


def missing(shown: str, battery: str, *, default: bool = True) -> str:
    """That a baseline's file is not there, and what makes it."""
    out = "" if default else f" -o {shown}"
    how = f"play the battery (--bio-no-gates), look at the run, and bless it: bio baseline save {battery}{out}"
    what = f"there is no baseline {shown}; {how}"
    return inert(what, most=600, verbatim=True)


def run_of(reference: str, *, battery: str, data_root: Path, exclude: Path | None = None) -> Path:
    """The one run that a reference means. Raises `SpecError` for none or many."""
    found = [path for path in find_dats(data_root, reference) if not _same(path, exclude)]
    if not found and exclude and not reference.startswith(TAG_PREFIX):
        head = reference.rstrip("/").rpartition("/")[2].rpartition(".")[2]
        found = [path for path in _runs(data_root, exclude) if battery_of(path) == head][:1]
    if len(found) == 1:
        return found[0]
    if found:
        what = f"{reference!r} names {len(found)} runs, the newest of them {place_of(found[0], data_root)}; name one of them"
    elif exclude and any(_same(path, exclude) for path in find_dats(data_root, reference)):
        what = f"{reference!r} is the run that is judged itself, and no other; name an earlier one"
    elif reference.startswith(TAG_PREFIX):
        what = no_tag(reference, data_root)
    else:
        known = did_you_mean(reference, {battery_of(path) for path in find_dats(data_root)} - {""})
        what = f"there is no baseline and no run {reference!r}; " + (f"{known}; " if known else "")
        what += f"a baseline's file ends in {SUFFIX}; bio baseline save {battery} blesses a run"
    raise SpecError(inert(what, most=600, verbatim=True))


def no_tag(reference: str, data_root: Path) -> str:
    """That no run has the tag of `tag:NAME`, and which tags there are."""
    name = reference.removeprefix(TAG_PREFIX)
    known = did_you_mean(name, tags_below(data_root)) or "none has any"
    return f"no run has the tag {name!r}; {known}; bio tag DAT NAME tags one"


def agent_run(name: str, *, battery: str, agents: Collection[str], data_root: Path, exclude: Path | None = None) -> Path | None:
    """Where `agent:NAME` plays: None for the run itself, whose agents are `agents`, else the battery's newest run that has it.

    Raises `SpecError` if no run has it.
    """
    if name in agents:
        return None
    known = set(agents)
    for path in _runs(data_root, exclude):
        if battery_of(path) != battery:
            continue
        try:
            played = _agents_of(dat.open(path).spec())
        except StoreError:
            continue
        if name in played:
            return path
        known |= played
    hint = did_you_mean(name, known)
    what = f"no run of {battery} has an agent {name!r}; {hint}; add it to the battery's agents, or play it once"
    raise SpecError(inert(what, most=600, verbatim=True))


def agents_baselines(name: str, new: Batch, base: Batch | None = None) -> list[tuple[str, Batch, Baseline]]:
    """`agent:NAME` as gates: of each candidate but NAME its name, its own cells of `new`, and NAME's cells as its baseline.

    `base` is the batch in which NAME played; None: `new` itself. Raises `SpecError` if there is nobody to hold against it.
    """
    held = base or new
    cells = [cell for cell in held.cells if cell.agent == name]
    candidates = [agent for agent, version in new.agents.items() if version.role == "candidate" and agent != name]
    if not cells or not candidates:
        what = f"agent:{name}: " + (f"{held.battery} has no cell of it" if not cells else "no other candidate plays")
        raise SpecError(inert(what, most=300))
    kept = held.agents.get(name)
    found = []
    for agent in candidates:
        mine = replace(new, cells=tuple(cell for cell in new.cells if cell.agent == agent), agents={agent: new.agents[agent]})
        its = replace(
            held,
            cells=tuple(replace(cell, agent=agent) for cell in cells),
            agents={agent: kept} if kept else {},
        )
        found.append((agent, mine, Baseline(its, AGENT_PREFIX + name, "agent")))
    return found


def kept_baselines(project: Path) -> list[Path]:
    """The files in every folder `baselines/` of a project, by path; hidden folders and what is installed are left out."""
    homes = {path.parent for path in battery_files(project)} | {project}
    return sorted(path for home in homes for path in (home / FOLDER).glob(f"*{SUFFIX}") if path.is_file())


def kept_baseline(name: str, project: Path) -> Path:
    """The file that somebody means by a path, a baseline's name, or a battery's. Raises `SpecError` for none or many."""
    if name.endswith(SUFFIX):
        for path in (Path(name), project / name):
            if path.is_file():
                return path
    every = kept_baselines(project)
    found = [path for path in every if name in (path.stem, place_of(path, project))]
    if len(found) == 1:
        return found[0]
    if found:
        files = ", ".join(place_of(path, project) for path in found)
        what = f"{name!r} names {len(found)} baselines: {files}; name one by its file"
    else:
        what = f"there is no baseline {name!r}; {did_you_mean(name, {path.stem for path in every})}".rstrip("; ")
        what += "; bio baseline list lists them, bio baseline save makes one"
    raise SpecError(inert(what, most=1000, verbatim=True))


def _runs(data_root: Path, exclude: Path | None) -> Iterable[Path]:
    """Those that may be a baseline: a shard is no run that others are held against."""
    return (path for path in find_dats(data_root) if not _same(path, exclude) and not _is_shard(path))


def _is_shard(path: Path) -> bool:
    try:
        return bool(recorded_shard(dat.open(path).spec()))
    except StoreError:
        return False


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def _agents_of(spec: Mapping[str, Json]) -> set[str]:
    resolved = spec.get("resolved")
    agents = resolved.get("agents") if isinstance(resolved, Mapping) else None
    return set(agents) if isinstance(agents, Mapping) else set()
