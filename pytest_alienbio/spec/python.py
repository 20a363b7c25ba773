"""Batteries written in Python: what `Battery(...)` holds, and how it becomes the same as one read from YAML."""

from __future__ import annotations

import functools
import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypedDict

from .. import model
from ..errors import Complaint, SpecError
from ..model import Agent, Source
from ..model.html import facts_html
from ..model.source import Path
from .callsite import Marks, Text, call_site
from .complaints import in_order, label
from .scalars import MAX_INTEGER, shorten

if TYPE_CHECKING:
    from typing import Unpack

HEAD = "experiment."
MAX_DEPTH = 50
MAX_VALUES = 300_000

Player = Callable[..., Agent]


class Keys(TypedDict, total=False):
    """The keywords of `Battery`: the keys of a battery in YAML."""

    scenarios: Sequence[str | os.PathLike[str] | Mapping[str, object]]
    agents: Sequence[str | Player | Mapping[str, object]]
    seeds: int | Sequence[int] | Mapping[str, object]
    description: str
    sets: Mapping[str, Sequence[str | os.PathLike[str] | Mapping[str, object]]]
    select: Mapping[str, object]
    params: Mapping[str, Sequence[object]]
    mode: str
    samples: int
    output_path: str
    aggregate: str
    passing_score: float
    cells: str
    gates: Sequence[str | Mapping[str, object]]
    report: str | Sequence[str]
    sanity: Mapping[str, float]
    limits: Mapping[str, Mapping[str, float]]
    run: Mapping[str, str]
    tags: Sequence[str]


class Battery:
    """A battery written in Python: `Battery("mine", scenarios=["mutualism/*"], agents=["oracle", MyAgent], seeds=10)`.

    Keywords, values and checks are those of a battery in YAML; `agents` may also hold classes and functions that make
    agents, alone or as a line's `name`. At the top of a file `*_battery.py` it is collected like the YAML; `Bio.run`
    takes it as it is. Nothing is checked here: every complaint comes at once when the file is read.
    """

    def __init__(self, name: str, **keys: Unpack[Keys]) -> None:
        self.name = name
        self.keys: Mapping[str, object] = {key: value for key, value in keys.items() if value is not None}
        self.made_at = call_site(sys._getframe(1))

    def __repr__(self) -> str:
        file, line = self.made_at.frames[0] if self.made_at.frames else ("?", 0)
        return f"Battery({self.name!r}) made at {file}:{line}"

    def _repr_html_(self) -> str:
        """How a notebook shows it: what would be played, or what is wrong with it."""
        try:
            return written(self)._repr_html_()
        except SpecError as error:
            return facts_html(str(self.name), [("refused", str(complaint)) for complaint in error.complaints])


def python_batteries(data: bytes, file: str) -> tuple[model.Battery, ...]:
    """The batteries that the module `file` with the content `data` defines, in its order, each once.

    Those it imports belong to the module that makes them. Raises `SpecError` with every complaint about all of them.
    """
    from .module import load_module

    module = load_module(data, file)
    path = str(module.__file__)
    found: dict[int, tuple[str, Battery]] = {}
    for name, battery in _bound(module):
        found.setdefault(id(battery), (name, battery))
    own = [battery for _, battery in found.values() if battery.made_at.line_in(path)]
    if not own:
        raise SpecError(_none(file, found.values()))
    return tuple(_checked(own, file, path, Text(data)))


def written(battery: Battery) -> model.Battery:
    """`battery` as one that no file defines. Raises `SpecError` with every complaint, without places."""
    return _Reading(battery, "", 0, Marks()).battery()


def player_name(player: Player) -> str:
    """The name under which a class or function plays: its own, without the modules and functions around it."""
    while isinstance(player, functools.partial):
        player = player.func
    return str(getattr(player, "__qualname__", type(player).__qualname__)).rpartition(".")[2].strip("<>")


def _bound(module: ModuleType) -> Iterator[tuple[str, Battery]]:
    """What stands at the top of a module, alone or in a list, with the name it is bound to."""
    for name, value in vars(module).items():
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, Battery):
                yield name, item


def _none(file: str, imported: Iterable[tuple[str, Battery]]) -> Complaint:
    expected = "`battery = Battery(...)` at the top of the file"
    for name, battery in imported:
        hint = f"{name!r} is {battery!r}; name that file instead, or make it in a function that is called here"
        return Complaint("the file makes no battery of its own", file, expected=expected, hint=hint)
    return Complaint("the file makes no battery", file, expected=expected, hint="with: from pytest_alienbio import Battery")


def _checked(own: Sequence[Battery], file: str, path: str, text: Text) -> Iterator[model.Battery]:
    complaints: list[Complaint] = []
    done: list[model.Battery] = []
    lines: dict[object, int] = {}
    shared = Counter(battery.made_at.line_in(path) for battery in own)
    for battery in own:
        site = battery.made_at
        line = site.line_in(path)
        direct = site.frames[0][0] == path
        marks = text.marks(site.span, _root(battery)) if direct else Marks()
        try:
            done.append(replace(_Reading(battery, file, line, marks).battery(), crowded=shared[line] > 1))
        except SpecError as error:
            made = "" if direct else " (in the Battery made at {}:{})".format(*site.frames[0])
            name = f"{shorten(str(battery.name))}: " if shared[line] > 1 else ""
            complaints += [replace(complaint, what=f"{name}{complaint.what}{made}") for complaint in error.complaints]
        if battery.name in lines:
            what = f"two batteries are called {battery.name!r}"
            complaints.append(Complaint(what, file, line, hint=f"the first is made at line {lines[battery.name]}"))
        lines.setdefault(battery.name, line)
    if complaints:
        raise SpecError(in_order(complaints))
    yield from done


def _root(battery: Battery) -> Path:
    return (f"{HEAD}{battery.name}",)


_STAND_INS: Mapping[str, object] = {"scenarios": ["*"], "agents": ["noop"], "seeds": 1}
"""What takes the place of a value that is refused before the schema sees it, so that nothing more is said about it."""


class _TooMuchError(Exception):
    """Raised inside `_Reading` to give up a key's value."""


class _Reading:
    """One `Battery` on its way: its values made plain, its players told by name, then checked like YAML."""

    def __init__(self, battery: Battery, file: str, line: int, marks: Marks) -> None:
        self.name, self.keys, self.root = battery.name, battery.keys, _root(battery)
        keys, values = ({self.root: (line, 0), **known} for known in (marks.keys, marks.values))
        self.source = Source(None, file, keys, values)
        self.players: dict[str, Player] = {}
        self.complaints: list[Complaint] = []
        self.count = 0

    def battery(self) -> model.Battery:
        """The checked battery. Raises `SpecError`."""
        from .battery import batteries

        if not isinstance(self.name, str):
            self._refuse((), f"a battery's name cannot be {_kind(self.name)}", "text")
            raise SpecError(self.complaints)
        head = {key: plain for given in self.keys.items() for key, plain in self._key(*given)}
        try:
            (made,) = batteries(replace(self.source, value={self.root[0]: head}))
        except SpecError as error:
            raise SpecError([*self.complaints, *error.complaints]) from None
        if self.complaints:
            raise SpecError(self.complaints)
        return replace(made, players=self.players)

    def _key(self, key: str, value: object) -> Iterator[tuple[str, object]]:
        before = len(self.complaints)
        if key == "agents" and isinstance(value, list | tuple):
            value = [self._agent(item, (key, index)) for index, item in enumerate(value)]
        try:
            plain = self._plain(value, (key,))
        except _TooMuchError as error:
            self._refuse((key,), f"`{key}` holds {error}")
        if len(self.complaints) == before:
            yield key, plain
        elif key in _STAND_INS:
            yield key, _STAND_INS[key]

    def _agent(self, item: object, path: Path) -> object:
        """A line of `agents`, its class or function replaced by the name under which it is kept in `players`."""
        line: dict[str, Any] = dict(item) if isinstance(item, Mapping) else {"name": item}
        if callable(line.get("name")):
            if "kind" in line:
                self._refuse((*path, "kind"), "`kind` cannot stand beside an agent's class or function")
            name = self._player(line["name"], line.get("as"), path)
            return {**line, "name": name, "kind": name}
        if callable(line.get("kind")):
            name = self._player(line["kind"], line.get("as", line.get("name")), path)
            return {"name": name, **line, "kind": name}
        return item

    def _player(self, player: Player, wanted: object, path: Path) -> str:
        """The name for a player: its own, or if another one has that already, what its line calls it."""
        name = player_name(player)
        if self.players.get(name, player) != player and isinstance(wanted, str):
            name = wanted
        if self.players.setdefault(name, player) != player:
            hint = "tell them apart: {'name': ..., 'as': 'another-name'}"
            self._refuse(path, f"two different agents are called {shorten(name)!r}", hint=hint)
        return name

    def _plain(self, value: object, path: Path) -> object:
        """`value` as YAML would have given it; what it could not have given is complained about."""
        self.count += 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str | os.PathLike):
            return self._text(os.fspath(value), path)
        if isinstance(value, Real):
            return self._number(value, path)
        if not isinstance(value, Mapping | list | tuple | range):
            return self._refuse(path, f"`{label(path)}` holds {_kind(value)}", _PLAIN, _hint(value, path))
        if len(path) > MAX_DEPTH:
            raise _TooMuchError(f"lists or mappings nested more than {MAX_DEPTH} deep")
        if self.count + len(value) > MAX_VALUES:
            raise _TooMuchError(f"more than {MAX_VALUES:,} values")
        if isinstance(value, Mapping):
            wrong = [key for key in value if not isinstance(key, str)]
            if wrong:
                return self._refuse(path, f"`{label(path)}` has a key that is {_kind(wrong[0])}", "text")
            return {str.__str__(key): self._plain(item, (*path, key)) for key, item in value.items()}
        return [self._plain(item, (*path, index)) for index, item in enumerate(value)]

    def _text(self, text: object, path: Path) -> object:
        if isinstance(text, str) and not any("\ud800" <= character <= "\udfff" for character in text):
            return str.__str__(text)
        return self._refuse(path, f"`{label(path)}` is no text that can be stored as UTF-8")

    def _number(self, number: Real, path: Path) -> object:
        if isinstance(number, Integral):
            if -MAX_INTEGER <= int(number) <= MAX_INTEGER:
                return int(number)
            return self._refuse(path, f"`{label(path)}` is too large (beyond 64 bits)")
        value = float(number)
        return (
            value if math.isfinite(value) else self._refuse(path, f"`{label(path)}` is {value}, no number that can be stored")
        )

    def _refuse(self, path: Path, what: str, expected: str = "", hint: str = "") -> object:
        self.complaints.append(self.source.complain((*self.root, *path), what, expected=expected, hint=hint))
        return None


_PLAIN = "text, numbers, True or False, lists and mappings"


def _kind(value: object) -> str:
    """What a value is, without showing it."""
    if isinstance(value, type):
        return f"the class {shorten(value.__name__)}"
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {shorten(name)}"


def _hint(value: object, path: Path) -> str:
    if isinstance(value, set | frozenset):
        return "give a list: a set has no order"
    if callable(value):
        return "an agent's class or function can stand in `agents` only, as an item or as its `name`"
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return "make it a list: list(...)"
    return ""
