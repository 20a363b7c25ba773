"""A scenario file at one difficulty and one draw: every `!ev`, `when`, `repeat` and `{...}` replaced by what it gives.

Values are drawn in document order. An entry's `when` and `repeat` come first, whichever line they stand on; a dropped
entry draws nothing more. What is wrong is collected, with its place, and the walk goes on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import Complaint, SpecError
from ..model.source import Path, Source, Tagged, shorter, spelled
from .drawing import EV_FUNCTIONS, EV_NAMES, ID_FUNCTIONS, MOST_REPEATS, functions
from .expressions import Expression, parse
from .interpreter import ExpressionError

MOST_VALUES = 20_000
"""Of one file at one difficulty, repetitions counted: nested ones multiply."""
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Node:
    """A value after evaluation, and the way to it in the file. `BROKEN` stands for one already complained about."""

    value: object
    path: Path


BROKEN = object()


@dataclass(slots=True)
class Complaints:
    """What is wrong with one file, each said once however many difficulties show it."""

    source: Source
    found: dict[str, Complaint] = field(default_factory=dict)

    def add(self, path: Path, what: str, *, expected: str = "", hint: str = "", key: bool = False) -> None:
        """Keeps one complaint about the value (or, with `key`, the key) at `path`."""
        complaint = self.source.complain(path, what, expected=expected, hint=hint, key=key)
        self.found.setdefault(f"{complaint.line}:{complaint.column}:{complaint.what}", complaint)


def read_expression(text: str, *, inside_name: bool = False, drawn: Collection[str] = ()) -> Expression:
    """`text` of an `!ev` value (or between the braces of a name), checked. `drawn`: names that `draws` gives a value.

    Raises `ExpressionError`.
    """
    return parse(text, names=(*EV_NAMES, *drawn), functions=ID_FUNCTIONS if inside_name else EV_FUNCTIONS)


def drawn_names(block: object, complaints: Complaints) -> tuple[str, ...]:
    """The names that the entries of `draws` give to values."""
    if block is None:
        return ()
    if not isinstance(block, Mapping):
        complaints.add(("draws",), "`draws` is not a mapping", expected='names and values, like {centre: !ev "uniform(4, 6)"}')
        return ()
    names = []
    for name in map(str, block):
        what = f"{name!r} cannot be the name of a drawn value"
        if name in (*EV_NAMES, *EV_FUNCTIONS):
            what += ": in expressions it means something already"
            complaints.add(("draws", name), what, hint="give it another name", key=True)
        elif not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            complaints.add(("draws", name), what, expected="letters, digits and _", key=True)
        names.append(name)
    return tuple(names)


def expressions_of(value: object, path: Path = ()) -> Iterator[tuple[Path, str, bool]]:
    """Every expression below `value`: (path, text, whether it stands inside a name)."""
    if isinstance(value, Tagged):
        if value.tag == "!ev":
            yield path, value.text, False
    elif isinstance(value, Mapping):
        for key, each in value.items():
            for text in _BRACES.findall(str(key)):
                yield (*path, key), text, True
            yield from expressions_of(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from expressions_of(each, (*path, index))
    elif isinstance(value, str):
        for text in _BRACES.findall(value):
            yield path, text, True


def names_used(text: str) -> tuple[str, ...]:
    """What stands between braces in a briefing: `{focal}` -> `focal`."""
    return tuple(_BRACES.findall(text))


def fill(text: str, words: Mapping[str, str]) -> str:
    """`text` with each `{word}` replaced. Plain words only: unlike `str.format`, nothing can be reached into."""
    return _BRACES.sub(lambda match: words[match[1]], text)


class Evaluation:
    """One walk over a file's tree, at difficulty `d`, drawing from `rng`. `expressions` holds the parsed texts."""

    def __init__(
        self, d: int, rng: np.random.Generator, expressions: Mapping[tuple[str, bool], Expression], complaints: Complaints
    ) -> None:
        self._d, self._expressions, self._complaints = d, expressions, complaints
        self._values = 0
        self._functions = functions(d, rng)
        self._drawn: dict[str, object] = {}

    def draw(self, block: object) -> None:
        """Gives the entries of `draws` their values: numbers, words, or lists of these, each for all expressions after it."""
        for name, raw in block.items() if isinstance(block, Mapping) else ():
            node = self.node(raw, ("draws", str(name)))
            value = _value_of(node)
            if value is None:
                self._complaints.add(
                    ("draws", str(name)), "not a value to draw", expected="a number, a word, or a list of these"
                )
            self._drawn[str(name)] = BROKEN if value is None else value

    def node(self, raw: object, path: Path, i: int | None = None) -> Node | None:
        """The evaluated `raw`; None if its `when` says no. Raises `SpecError` for a file that unfolds beyond all bounds."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise SpecError(self._complaints.source.complain(path, f"more than {MOST_VALUES} values with all repetitions"))
        if isinstance(raw, Tagged):
            return Node(self._tagged(raw, path, i), path)
        if isinstance(raw, Mapping):
            if not self._wanted(raw, path, i):
                return None
            return Node(self._mapping(raw, path, i), path)
        if isinstance(raw, list):
            return Node(self._list(raw, path, i), path)
        if isinstance(raw, str):
            return Node(self._name(raw, path, i), path)
        return Node(raw, path)

    def _mapping(self, raw: Mapping[object, object], path: Path, i: int | None) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in raw.items():
            if not isinstance(key, str):
                self._complaints.add(
                    (*path, key if isinstance(key, int) else str(key)), f"the key {key!r} is not text", key=True
                )
                continue
            if key == "when":
                continue
            for each, place, index in self._repeated(value, (*path, key), i):
                name, node = self._name(key, (*path, key), index), self.node(each, place, index)
                if node is None or not isinstance(name, str):
                    continue
                if name in found:
                    self._complaints.add((*path, key), f"{name!r} comes out twice", key=True)
                found[name] = node
        return found

    def _list(self, raw: list[object], path: Path, i: int | None) -> list[Node]:
        found = []
        for position, value in enumerate(raw):
            for each, place, index in self._repeated(value, (*path, position), i):
                node = self.node(each, place, index)
                if node is not None:
                    found.append(node)
        return found

    def _repeated(self, raw: object, path: Path, i: int | None) -> Iterator[tuple[object, Path, int | None]]:
        """`raw` itself, or what `repeat: n, each: ...` stands for, with i = 1..n."""
        if not isinstance(raw, Mapping) or "repeat" not in raw:
            yield raw, path, i
            return
        for key in raw:
            if key not in ("when", "repeat", "each"):
                self._complaints.add(
                    (*path, key), f"unknown key {key!r} beside `repeat`", expected="when, repeat, each", key=True
                )
        if not self._wanted(raw, path, i):
            return
        if "each" not in raw:
            self._complaints.add(path, "`repeat` without `each`", expected="each: what to repeat")
            return
        count = raw["repeat"]
        if isinstance(count, Tagged):
            count = self._tagged(count, (*path, "repeat"), i)
        if count is BROKEN:
            return
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_REPEATS:
            self._complaints.add(
                (*path, "repeat"), f"cannot repeat {spelled(count)} times", expected=f"a whole number 0..{MOST_REPEATS}"
            )
            return
        for index in range(1, count + 1):
            yield raw["each"], (*path, "each"), index

    def _wanted(self, raw: Mapping[object, object], path: Path, i: int | None) -> bool:
        wanted = raw.get("when", True)
        if isinstance(wanted, Tagged):
            wanted = self._tagged(wanted, (*path, "when"), i)
            if wanted is BROKEN:
                return True
        if not isinstance(wanted, bool):
            self._complaints.add(
                (*path, "when"), f"{spelled(wanted)} is neither true nor false", expected='!ev "d >= 3", for example'
            )
            return True
        return wanted

    def _tagged(self, raw: Tagged, path: Path, i: int | None) -> object:
        if raw.tag != "!ev":
            self._complaints.add(path, f"`{raw.tag}` is for `scoring` only", hint="use !ev for a value drawn at generation")
            return BROKEN
        return self._value(raw.text, path, i, inside_name=False)

    def _name(self, raw: str, path: Path, i: int | None) -> object:
        parts: list[str] = []
        end = 0
        for match in _BRACES.finditer(raw):
            value = self._value(match[1], path, i, inside_name=True)
            if value is BROKEN:
                return BROKEN
            parts.extend((raw[end : match.start()], str(value)))
            end = match.end()
        return "".join(parts) + raw[end:] if parts else raw

    def _value(self, text: str, path: Path, i: int | None, *, inside_name: bool) -> object:
        expression = self._expressions.get((text, inside_name))
        if expression is None:
            return BROKEN  # not parsed: its complaint was made when the file was read
        if any(self._drawn.get(name) is BROKEN for name in expression.names):
            return BROKEN  # complained about where it is drawn
        names: dict[str, object] = {**self._drawn, "d": self._d}
        if i is not None:
            names["i"] = i
        try:
            value = expression.evaluate(names, self._functions)
        except ExpressionError as error:
            self._complaints.add(path, f"`{shorter(text)}`: {error}")
            return BROKEN
        return round(value, 4) if isinstance(value, float) else value


def _value_of(node: Node | None) -> object:
    """What `draws` can give a name: None for anything else, `BROKEN` for what holds something broken."""
    found = node.value if isinstance(node, Node) else node
    if isinstance(found, list):
        each = [_value_of(item) if isinstance(item, Node) else item for item in found]
        return None if None in each else BROKEN if BROKEN in each else each
    return found if found is BROKEN or isinstance(found, bool | int | float | str) else None
