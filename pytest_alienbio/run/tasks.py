"""The tasks a battery brings along: where their code and data lie, found without running any of it."""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Battery, Task, digest
from ..play import Catalog, ScenarioInfo, Shelf
from ..play.builtin import task_scenario
from ..scenarios.manifest import verify
from ..scenarios.task.trial import MOST_WORD, OFFERED, filled, placeholders
from ..spec import read_manifest
from ..spec.manifest import MANIFEST_NAME
from .project import EXPERIMENTS, above_experiments
from .runs import runs_folder

TASKS = "tasks"
"""The folder beside an experiment, and in `experiments/` of a project, in which tasks are looked for."""
MAX_SOURCE = 10_000_000

_TYPE = re.compile(r"(?P<module>[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*)(:(?P<function>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*))?")


@dataclass(frozen=True, slots=True)
class Code:
    """Where a task's code was found."""

    function: str = "execute"
    file: str = ""
    module: str = ""
    paths: tuple[str, ...] = ()
    source: str = ""
    """The file whose content is the task's."""


def with_tasks(battery: Battery, catalog: Catalog, project: Path) -> Catalog:
    """`catalog` with the tasks of `battery`, which win over scenarios of their names.

    Verifies data against their manifest. Raises `SpecError` with everything that was not found or is not as it should be.
    """
    if not battery.tasks:
        return catalog
    complaints: list[Complaint] = [*_wrong_trials(battery), *_wrong_runs(battery)]
    found: dict[str, ScenarioInfo] = {}
    for name, task in battery.tasks.items():
        known = catalog.scenarios.get(name)
        info = _info(battery, task, known if known and known.task else None, project, complaints)
        if info:
            found[name] = info
    if complaints:
        raise SpecError(list(dict.fromkeys(complaints)))
    return replace(catalog, scenarios=Shelf(catalog.scenarios, found))


def _info(
    battery: Battery, task: Task, registered: ScenarioInfo | None, project: Path, complaints: list[Complaint]
) -> ScenarioInfo | None:
    """The catalog's entry of a task, unless something is wrong with it. `registered` is one that Python calls the same."""
    before = len(complaints)
    complaints += _wrong_command(battery, task)
    code = None if task.command else _find(battery, task, project)
    if isinstance(code, Complaint):
        if registered is None:
            complaints.append(code)
        code = None
    data = _data(battery, task, project)
    if isinstance(data, Complaint):
        complaints.append(data)
    manifest = _manifest(task, project)
    if isinstance(manifest, list):
        complaints += manifest
    if len(complaints) > before or isinstance(data, Complaint) or isinstance(manifest, list):
        return None
    sources: list[str] = []
    whole = replace(task, data_path=data)
    if code:
        whole = replace(whole, function=code.function, file=code.file, module=code.module, paths=code.paths)
        sources = [_digest(code.source)]
    elif registered and registered.task and not task.command:
        own = registered.task
        whole = replace(whole, call=own.call, file=own.file, function=own.function, isolate=own.isolate)
        sources = [registered.content_hash]
    else:
        sources = [_digest(file) for word in task.command if os.path.isfile(file := os.path.join(task.folder, word))]
    return task_scenario(whole, content_hash=_content(task, sources, manifest), source=battery.source)


def _wrong_trials(battery: Battery) -> Iterator[Complaint]:
    if battery.experiment and (least := min(battery.seeds, default=1)) < 1:
        what = f"{battery.name} has no trial {least}: trials count from 1"
        yield battery.complain(what, "seeds", hint="to choose some of them: --bio-seeds 1-3")


def _wrong_runs(battery: Battery) -> Iterator[Complaint]:
    """What stands where trials are to be written: seen before the first is played."""
    if battery.experiment and battery.experiment.runs and os.path.lexists(runs := runs_folder(battery)) and not runs.is_dir():
        hint = "move it away, or leave runs/ out: --bio-no-runs (`bio run`: --no-runs)"
        yield battery.complain(f"{runs} is no folder; trials are written below it", hint=hint)


def _wrong_command(battery: Battery, task: Task) -> Iterator[Complaint]:
    if not task.command:
        return
    program = task.command[0]
    if not placeholders([program]) and not (
        os.access(os.path.join(task.folder, program), os.X_OK) if os.sep in program else shutil.which(program)
    ):
        where = f"{task.folder} has no such program" if os.sep in program else "there is no such program on PATH"
        yield _complain(battery, task, f"`task.command` begins with {program!r}, and {where}", "{python} is this Python")
    if task.isolate == "none":
        yield _complain(battery, task, "a command has always a process of its own", "leave `task.isolate` out")
    yield from _wrong_words(battery, task)
    for name in placeholders(task.command):
        lacking = [agent.name for agent in battery.agents if name not in agent.params]
        if name not in OFFERED and lacking:
            known = {*OFFERED, *(param for agent in battery.agents for param in agent.params)}
            what = f"`task.command` names {{{name}}}, which is no param of {lacking[0]!r}"
            yield _complain(battery, task, what, did_you_mean(name, known, most=12))


def _wrong_words(battery: Battery, task: Task) -> Iterator[Complaint]:
    """Params that a command cannot be told: called like what we offer, or too long."""
    named = placeholders(task.command)
    for agent in battery.agents:
        for name in sorted({*OFFERED, *agent.params}.intersection(named)):
            if name in OFFERED and name in agent.params:
                what = f"`task.command` names {{{name}}}, which is also a param of {agent.name!r}"
                yield _complain(battery, task, what, f"{{{name}}} is what every command is offered: rename the param")
        for word, full in zip(task.command, filled(task.command, {**agent.params, "params": agent.params}), strict=True):
            if (size := len(full.encode())) >= MOST_WORD:
                what = f"{word[:60]!r} in `task.command` has {size:,} bytes with the params of {agent.name!r}"
                yield _complain(battery, task, what, f"a word holds less than {MOST_WORD:,}: let a param name a file instead")


def _find(battery: Battery, task: Task, project: Path) -> Code | Complaint:
    folder = Path(task.folder)
    if not _TYPE.fullmatch(task.name):
        what = f"{task.name[:80]!r} cannot be a task"
        hint = (
            "names of tasks hold letters, digits, '_' and '-', and lead nowhere else: a dotted path, or package.module:function"
        )
        return _complain(battery, task, what, hint)
    if code := find_code(task.name, folder, project):
        return code
    places = _places(folder, project)
    near = did_you_mean(task.name, {file.stem for place in places for file in place.glob("*.py")} - {"__init__"})
    looked = ", ".join([*(f"{place}/" for place in places), f"and as the dotted path {task.name}"])
    return _complain(battery, task, f"there is no task {task.name!r}; looked in {looked}", near)


def find_code(name: str, folder: Path, project: Path) -> Code | None:
    """Where the code of the task `name` of an experiment in `folder` is; None if it is nowhere, or the name is none.

    Looked for in `tasks/` there, in `experiments/tasks/` of the project, in `tasks/` of the folder `experiments` that it lies
    in, then as a dotted path: no code is run for that.
    """
    parts = _TYPE.fullmatch(name)
    if not parts:
        return None
    module, function = parts["module"], parts["function"] or "execute"
    for place in _places(folder, project):
        base = place.joinpath(*module.split("."))
        for file in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
            if file.is_file():
                return Code(
                    function, str(file), "", tuple(dict.fromkeys((str(file.parent), str(place), str(place.parent)))), str(file)
                )
    paths = tuple(map(str, _bases(folder, project)))
    origin = _origin(module, (*paths, *sys.path))
    if origin:
        return Code(function, "", module, paths, origin)
    package, dot, last = module.rpartition(".")
    origin = _origin(package, (*paths, *sys.path)) if dot and not parts["function"] else None
    return Code(last, "", package, paths, origin) if origin else None


def _places(folder: Path, project: Path) -> list[Path]:
    _, *projects = _bases(folder, project)
    return list(dict.fromkeys((folder / TASKS, *(base / EXPERIMENTS / TASKS for base in projects))))


def _bases(folder: Path, project: Path) -> list[Path]:
    """An experiment's folder, the project, and the one whose `experiments` it lies in, if we were started outside that one."""
    own = above_experiments(folder)
    between = own is None or (folder.is_relative_to(project) and not own.is_relative_to(project))
    return [folder, project, *([] if own is None or between or own == project else [own])]


def _origin(module: str, path: Sequence[str]) -> str | None:
    """The file of a module that can be imported; '' for one without, None if there is none. Nothing is imported."""
    importlib.invalidate_caches()
    spec, where = None, list(path)
    for depth, _ in enumerate(parts := module.split(".")):
        spec = importlib.machinery.PathFinder.find_spec(".".join(parts[: depth + 1]), where)
        if spec is None:
            return None
        where = list(spec.submodule_search_locations or ())
    return spec.origin if spec and spec.has_location else None


def _data(battery: Battery, task: Task, project: Path) -> str | Complaint | None:
    """The data a task works on, as an absolute path."""
    if task.data_path is None:
        return None
    bases = list(dict.fromkeys(_bases(Path(task.folder), project)))
    for base in bases:
        if os.path.exists(path := os.path.join(base, task.data_path)):
            return os.path.abspath(path)
    looked = " and ".join(map(str, bases))
    return battery.complain(f"there are no data at {task.data_path!r}", "task.data_path", hint=f"looked below {looked}")


def _manifest(task: Task, project: Path) -> str | list[Complaint]:
    """The digest of the manifest beside an experiment; '' without one. A list if the data are not as it says."""
    file = Path(task.folder, MANIFEST_NAME)
    if not os.path.lexists(file):
        return ""
    try:
        manifest = read_manifest(file)
    except SpecError as error:
        return list(error.complaints)
    below = _bases(Path(task.folder), project)[-1]
    return [mismatch.complaint for mismatch in verify(manifest, below)] or manifest.digest


def _content(task: Task, sources: Sequence[str], data: str) -> str:
    """The content hash of a task as it is written: its code, seeds and data, and how it is judged; wherever it lies."""
    return digest(
        {
            "task": task.name,
            "command": list(task.command),
            "sources": list(sources),
            "data_path": task.data_path,
            "data": data,
            "random_seed": task.random_seed,
            "metrics": list(task.metrics),
            "criteria": [[criterion.metric, criterion.text] for criterion in task.criteria],
            "score": [task.score, task.better],
        }
    )


def _digest(file: str) -> str:
    """Of a file's content; '' for one that cannot be read."""
    try:
        with open(file, "rb") as source:
            return sha256(source.read(MAX_SOURCE)).hexdigest()
    except OSError:
        return ""


def _complain(battery: Battery, task: Task, what: str, hint: str = "") -> Complaint:
    return Complaint(what, battery.source, task.line, task.column, hint=hint)
