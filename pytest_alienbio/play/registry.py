"""Where projects and packages add their own agents and scenarios."""

from __future__ import annotations

import functools
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import isfinite
from types import ModuleType

from ..errors import Complaint, SpecError, did_you_mean
from ..model import ROLES, Agent, Case, Criterion, Environment, InstanceCache, Json, Task, digest, name_fault
from ..model.task import DIRECTIONS, ISOLATION
from .builtin import task_scenario
from .catalog import AgentInfo, EnvironmentFactory, ScenarioInfo
from .plain import plain_mapping
from .shelf import Shelf
from .takes import takes_of

_BUILTIN = "pytest_alienbio"


class AgentRegistry:
    """Agents by name, to add to: what `pytest_alienbio_register_agents(registry)` is handed.

    `entries` holds what is known; it starts as a copy of `known`.
    """

    def __init__(self, known: Mapping[str, AgentInfo] | None = None) -> None:
        self.entries: dict[str, AgentInfo] = dict(known or {})
        self._owners: dict[str, object] = {}

    def add(
        self,
        name: str,
        factory: Callable[..., Agent],
        *,
        tags: Iterable[str] = (),
        role: str = "candidate",
        deterministic: bool = False,
        paid: bool = False,
    ) -> None:
        """Makes `factory(**params)` known as agent `name`: a fresh agent for each cell.

        `deterministic` is a promise: the same briefing and observations give the same actions. `paid`: it costs money, so that
        its cells are skipped without `--bio-live`. Raises `SpecError` for a name that is taken (saying by whom) or cannot stand
        in an id, an unknown role, or a factory that is not callable.
        """
        check_entry("agent", name, factory, self.entries, self._owners)
        if role not in ROLES:
            raise SpecError(Complaint(f"agent {name!r}: unknown role {role!r}", hint=did_you_mean(role, ROLES)))
        self._owners[name] = factory
        self.entries[name] = AgentInfo(name, factory, _tags("agent", name, tags), role, bool(deterministic), is_paid=bool(paid))


class ScenarioRegistry:
    """Scenarios by name, to add to: what `pytest_alienbio_register_scenarios(registry)` is handed.

    `entries` holds what is known; it starts as a copy of `known`.
    """

    def __init__(self, known: Mapping[str, ScenarioInfo] | None = None) -> None:
        self.entries = Shelf(known)
        self._owners: dict[str, object] = {}

    def add(
        self,
        name: str,
        factory: Callable[..., Environment],
        *,
        tags: Iterable[str] = (),
        levels: Iterable[int] = (),
        default_level: int | None = None,
        passing_score: float | None = 0.6,
        deterministic: bool = False,
    ) -> None:
        """Makes `factory(**params)` known as scenario `name`: a fresh environment for each cell.

        With `levels` (any order) it is also given `difficulty=`; `default_level` is the lowest if left out. Which params it
        takes is read from its signature, what it is about from the first line of its docstring. Without a passing score (None)
        nobody passes or fails. `deterministic` is a promise: the same seed and actions give the same observations and scores,
        whoever runs it. The content hash covers name
        and source text of `factory` (its qualified name where there is no source), not what it calls. Raises `SpecError` for
        a name that is taken (saying by whom) or cannot stand in an id, and for bad levels.
        """
        check_entry("scenario", name, factory, self.entries, self._owners)
        steps = tuple(levels)
        wrong = [level for level in steps if isinstance(level, bool) or not isinstance(level, int) or level < 0]
        if wrong or len(set(steps)) < len(steps):
            raise SpecError(
                Complaint(f"scenario {name!r}: levels cannot be {list(steps)!r}", expected="different whole numbers from 0")
            )
        steps = tuple(sorted(steps))
        if default_level is not None and default_level not in steps:
            expected = f"one of {', '.join(map(str, steps))}" if steps else "none, since it has no levels"
            raise SpecError(Complaint(f"scenario {name!r}: default level cannot be {default_level!r}", expected=expected))
        if passing_score is not None:
            if isinstance(passing_score, bool) or not isinstance(passing_score, int | float) or not isfinite(passing_score):
                what = f"scenario {name!r}: passing score cannot be {passing_score!r}"
                raise SpecError(Complaint(what, expected="a finite number, or None for a scenario without a bar"))
            passing_score = float(passing_score)
        self._owners[name] = factory
        self.entries[name] = ScenarioInfo(
            name=name,
            factory=_adapt(factory, with_level=bool(steps)),
            tags=_tags("scenario", name, tags),
            levels=steps,
            default_level=default_level if default_level is not None else (steps[0] if steps else None),
            content_hash=digest({"name": name, "source": _source(factory)}),
            passing_score=passing_score,
            deterministic=bool(deterministic),
            params=takes_of(factory, ("difficulty",) if steps else ()),
            description=_description(factory),
        )

    def task(
        self,
        name: str,
        function: Callable[..., object],
        *,
        metrics: Iterable[str] = (),
        criteria: Iterable[Criterion] = (),
        score: str = "",
        better: str = "higher",
        data_path: str | os.PathLike[str] | None = None,
        isolate: str = "none",
        tags: Iterable[str] = (),
    ) -> None:
        """Makes `function` known as the task `name`: executed once a cell, with the params of a `variation`.

        It is `execute(params, data_path, metrics_file)`, or takes the params as keywords, and returns its metrics. `metrics`,
        `criteria` and `score` are those it must give, must meet, and is ranked by. With `isolate="process"` each cell has a
        process of its own, which imports the function's file. Raises `SpecError` for a name that is taken or cannot stand
        in an id, and for values that cannot be.
        """
        check_entry("task", name, function, self.entries, self._owners)
        for what, value, words in (("isolate", isolate, ISOLATION), ("better", better, DIRECTIONS)):
            if value not in words:
                raise SpecError(Complaint(f"task {name!r}: {what} cannot be {value!r}", expected=" or ".join(words)))
        if not isinstance(score, str):
            raise SpecError(Complaint(f"task {name!r}: score cannot be {score!r}", expected="a metric's name"))
        apart = isolate == "process"
        task = Task(
            name=name,
            call=None if apart else function,
            file=_own_file(name, function) if apart else "",
            function=getattr(function, "__qualname__", "") if apart else "",
            isolate=isolate,
            data_path=None if data_path is None else os.path.abspath(data_path),
            metrics=tuple(metrics),
            criteria=tuple(criteria),
            score=score,
            better=better,
            description=_description(function),
        )
        self._owners[name] = function
        rules: dict[str, Json] = {
            "metrics": list(task.metrics),
            "criteria": [[c.metric, c.text] for c in task.criteria],
            "score": [score, better],
        }
        content = digest({"name": name, "source": _source(function), **rules})
        self.entries[name] = task_scenario(task, content_hash=content, tags=_tags("task", name, tags))


def code_hash(info: AgentInfo) -> str:
    """Of the source text of an agent's class or function (its qualified name where there is none), not of what it calls."""
    return source_hash(info.name, info.factory)


def source_hash(name: str, factory: object) -> str:
    """Of a name and the source text of what stands behind it (its qualified name where there is none)."""
    return digest({"name": name, "source": _source(factory)})


def _own_file(name: str, function: object) -> str:
    """The file from which another process gets a function. Raises `SpecError` if it cannot."""
    called, file = str(getattr(function, "__qualname__", "<>")), None
    if "<" not in called:
        with suppress(OSError, TypeError):
            file = inspect.getsourcefile(function)  # type: ignore[arg-type]
    if file is None:
        hint = "isolate='process' needs a function at the top of a file; or leave it out"
        raise SpecError(Complaint(f"task {name!r}: another process cannot import {described(function)}", hint=hint))
    return os.path.abspath(file)


def _adapt(factory: Callable[..., Environment], *, with_level: bool) -> EnvironmentFactory:
    def build(case: Case, cache: InstanceCache | None) -> Environment:
        params = plain_mapping(case.params, "params")
        return factory(**params, difficulty=case.difficulty) if with_level else factory(**params)

    return build


def check_entry(kind: str, name: object, factory: object, taken: Mapping[str, object], owners: Mapping[str, object]) -> None:
    """Raises `SpecError` for a name that is taken, saying by whom, or cannot stand in an id, and for what cannot be called.

    `owners`: what was registered under each name. Where it stands is looked up for the sentence alone: that reads its file.
    """
    if not isinstance(name, str) or not name:
        raise SpecError(Complaint(f"{kind}: its name cannot be {name!r}", expected="a text"))
    fault = name_fault(name)
    if fault:
        expected = "letters, digits and ._/+-, since it becomes part of a test id"
        raise SpecError(Complaint(f"{kind} {name!r}: a name must not hold {fault}", expected=expected))
    if name in taken:
        owner = described(owners[name]) if name in owners else _BUILTIN
        hint = f"register {described(factory)} under another name"
        raise SpecError(Complaint(f"{kind} {name!r} is already registered by {owner}", hint=hint))
    if not callable(factory):
        raise SpecError(
            Complaint(f"{kind} {name!r}: its factory is a {type(factory).__name__}", expected="a class or function to call")
        )


def _tags(kind: str, name: str, tags: Iterable[str]) -> tuple[str, ...]:
    found = (tags,) if isinstance(tags, str) else tuple(tags)
    for tag in found:
        if not isinstance(tag, str) or not tag or name_fault(tag):
            raise SpecError(Complaint(f"{kind} {name!r}: bad tag {tag!r}", expected="a word without blanks or brackets"))
    return found


def _bare(factory: object) -> object:
    """What is called in the end: without `functools.partial`, and the class of an instance that can be called."""
    while isinstance(factory, functools.partial):
        factory = factory.func
    return factory if hasattr(factory, "__qualname__") else type(factory)


def qualified_name(factory: object) -> str:
    """`module.name` of what a factory calls in the end; `?` for what has none."""
    bare = _bare(factory)
    return f"{getattr(bare, '__module__', '?')}.{getattr(bare, '__qualname__', '?')}"


def described(factory: object) -> str:
    """`module.name`, and `(file:line)` where that can be told."""
    bare, name = _bare(factory), qualified_name(factory)
    try:
        with _at_home(bare):
            file, line = inspect.getsourcefile(bare), inspect.getsourcelines(bare)[1]  # type: ignore[arg-type]
    except (OSError, TypeError):
        return name
    return f"{name} ({file}:{line})"


def source_file(factory: object) -> str:
    """The file that a factory is written in; '' if there is none."""
    bare = _bare(factory)
    with suppress(OSError, TypeError), _at_home(bare):
        return inspect.getsourcefile(bare) or ""  # type: ignore[arg-type]
    return ""


@contextmanager
def _at_home(bare: object) -> Iterator[None]:
    """While it lasts `inspect` finds the source of a class where it was written.

    It looks in the module that has the name of the class's module by now, and of two `conftest.py` that is the later one:
    the text would be another class's, or none at all. Methods know their file.
    """
    name, file = getattr(bare, "__module__", ""), _file_of_methods(bare)
    there = sys.modules.get(name)
    if file is None or there is None or getattr(there, "__file__", None) == file:
        yield
        return
    home = ModuleType(name)
    home.__file__ = file
    sys.modules[name] = home
    try:
        yield
    finally:
        sys.modules[name] = there


def _file_of_methods(bare: object) -> str | None:
    """Of a class that has any of its own that somebody wrote."""
    if not inspect.isclass(bare):
        return None
    written = (inspect.unwrap(each) for each in vars(bare).values() if inspect.isfunction(each))
    own = (each for each in written if each.__qualname__ == f"{bare.__qualname__}.{each.__name__}")
    files = (str(each.__code__.co_filename) for each in own)
    return next(filter(os.path.isfile, files), None)


def _description(factory: object) -> str:
    """The first line of its own docstring; '' without one, or if it is the one a dataclass writes itself."""
    bare = _bare(factory)
    text = getattr(bare, "__doc__", None)
    first = text.strip().partition("\n")[0].strip() if isinstance(text, str) else ""
    return "" if first.startswith(f"{getattr(bare, '__name__', '')}(") else first


def _source(factory: object) -> str:
    bare = _bare(factory)
    try:
        with _at_home(bare):
            text = inspect.getsource(bare)  # type: ignore[arg-type]
    except (OSError, TypeError):
        text = qualified_name(factory)
    if isinstance(factory, functools.partial):
        bound = f"{factory.args!r} {sorted(factory.keywords.items())!r}"
        text += "\n" + re.sub(r" at 0x[0-9a-fA-F]+", "", bound)
    return text
