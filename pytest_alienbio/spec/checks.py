"""Checks that pydantic cannot place, or that look at several values at once. They take the raw values, however wrong, and
so speak up even when the schema has failed: a user sees every complaint at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from ..errors import Complaint, near_match
from ..model import Source, name_fault, slug
from ..model.source import Path
from ..model.task import VARIATION
from .axes import check_axes
from .complaints import at, is_secret, label
from .gates import check_gates
from .looks import check_looks
from .models import check_model
from .scalars import shorten

RECORDED = frozenset({"v", "run", "resolved"})
"""What stands beside the head in a DAT's `_spec_.yaml`, which is a battery too; a file with some of these only is none."""
MAX_HEAD = 100
HEAD_NAME = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{MAX_HEAD - 1}}}")
HEAD_RULE = "letters, digits, '_', '.' and '-', starting with a letter, a digit or '_'"
_JOINERS = "\u200c\u200d"
"""Invisible, and part of words and pictures."""


def name_problem(text: str) -> str:
    """Why `text` cannot name anything; '' if it can."""
    if not text.strip():
        return "it is empty"
    if text != text.strip():
        return "it starts or ends with a blank"
    if any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp") and ch not in _JOINERS for ch in text):
        return "it holds a line break or another control character"
    if len(text) > 200:
        return "it is longer than 200 characters"
    return "it holds '::', which pytest uses between the parts of an id" if "::" in text else ""


def agent_name_problem(text: str, kind: object) -> str:
    """Why `text` cannot name an agent built from `kind`; '' if it can. Variations of a task may have blanks and the like."""
    fault = "" if kind == VARIATION else name_fault(text)
    return name_problem(text) or (fault and f"it holds {fault}")


def is_record(source: Source) -> bool:
    """Whether a battery is what a run's folder recorded of it."""
    return isinstance(source.value, dict) and source.value.keys() >= RECORDED


def check_head(source: Source, root: Path) -> Iterator[Complaint]:
    """Everything wrong below `experiment.<name>:` that takes more than one value to see."""
    head = at(source.value, root)
    yield from empty_values(source, root, len(root))
    yield from secrets(source, root)
    if not isinstance(head, dict):
        return
    if "scenarios" not in head and "select" not in head:
        yield source.complain(
            root,
            "`scenarios` is missing",
            expected='a list, like [mutualism/competition, "mutualism/*"]',
            hint="or choose among all there are with `select`",
            key=True,
        )
    yield from repeated(source, (*root, "seeds"), "seed")
    yield from check_looks(source, (*root, "seeds"))
    yield from check_gates(source, (*root, "gates"))
    yield from repeated(source, (*root, "tags"), "tag")
    yield from check_labels(source, (*root, "agents"))
    for index, _ in enumerate(_items(source, (*root, "agents"))):
        yield from check_model(source, (*root, "agents", index), recorded=is_record(source))
    yield from _scenarios(source, (*root, "scenarios"))
    yield from check_sets(source, (*root, "sets"))
    yield from check_axes(source, root, head)
    yield from _selection(source, (*root, "select"))


def check_sets(source: Source, path: Path) -> Iterator[Complaint]:
    """What is wrong with own sets: names that cannot be, items that contradict themselves, circles."""
    sets = _value(source, path)
    if not isinstance(sets, dict):
        return
    for name in sets:
        if not HEAD_NAME.fullmatch(name):
            what = f"{shorten(name)!r} cannot name a set"
            yield source.complain((*path, name), what, expected="letters, digits, '_', '.' and '-'", key=True)
        yield from _scenarios(source, (*path, name))
    yield from _cycles(source, path, sets)


def _selection(source: Source, path: Path) -> Iterator[Complaint]:
    select = _value(source, path)
    if not isinstance(select, dict):
        return
    if not select:
        yield source.complain(path, "`select` is empty", expected="tags, type, difficulty, name or exclude", key=True)
    for key, what in (("tags", "tag"), ("difficulty", "level"), ("name", "glob"), ("exclude", "glob")):
        yield from repeated(source, (*path, key), what)
    kept, left_out = select.get("name"), select.get("exclude")
    where: dict[object, Path] = {left_out: (*path, "exclude")} if isinstance(left_out, str) else {}
    for index, name in enumerate(left_out if isinstance(left_out, list) else ()):
        if isinstance(name, str):
            where.setdefault(name, (*path, "exclude", index))
    for name in dict.fromkeys(name for name in (kept if isinstance(kept, list) else [kept]) if isinstance(name, str)):
        if name in where:
            what = f"`exclude` leaves out {shorten(name)!r}, which `name` keeps"
            yield source.complain(where[name], what, hint="remove one of them")


def empty_values(source: Source, root: Path, depth: int) -> Iterator[Complaint]:
    """Keys and items with nothing behind them; inside an entry's `params` they mean null.

    `depth` is the length of the paths' part that is not shown.
    """
    value = at(source.value, root)
    if value is None:
        shown = label(root[depth:]) or label(root)
        yield source.complain(root, f"`{shown}` is empty", hint="give it a value or remove it", key=isinstance(root[-1], str))
    elif isinstance(value, dict):
        for key, inner in value.items():
            # An unquoted `{date}` is a mapping too: one complaint about it is enough.
            if inner is None or key not in ("params", "output_path", "aggregate"):
                yield from empty_values(source, (*root, key), depth)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from empty_values(source, (*root, index), depth)


def secrets(source: Source, root: Path, allowed: Collection[Path] = ()) -> Iterator[Complaint]:
    """Keys and passwords written out, but for those at the places `allowed`. What they hold is never shown."""
    value = at(source.value, root)
    if isinstance(value, dict):
        for key, inner in value.items():
            path = (*root, key)
            if path in allowed and isinstance(inner, str):
                continue
            if is_secret(key) and not isinstance(inner, dict) and inner is not None:
                yield source.complain(
                    path,
                    f"a literal `{shorten(key)}` is refused in a project's files",
                    hint="remove it here and from the file's history; keep keys in the environment",
                    key=True,
                )
            else:
                yield from secrets(source, path, allowed)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from secrets(source, (*root, index), allowed)


def _value(source: Source, path: Path) -> object:
    parent = at(source.value, path[:-1])
    return parent.get(path[-1]) if isinstance(parent, dict) else None


def _items(source: Source, path: Path) -> list[object]:
    value = _value(source, path)
    return value if isinstance(value, list) else []


def repeated(source: Source, path: Path, what: str, *, echo: bool = True) -> Iterator[Complaint]:
    """Whole numbers and texts that stand twice in one list; texts are shown only if `echo`."""
    seen: dict[object, int] = {}
    for index, item in enumerate(_items(source, path)):
        if isinstance(item, bool) or not isinstance(item, int | str):
            continue
        if item in seen:
            line, column = source.place((*path, seen[item]))
            yield source.complain(
                (*path, index),
                f"{what} {shorten(str(item))} is given twice" if echo or isinstance(item, int) else f"a {what} is given twice",
                hint=f"first given at line {line}, column {column}",
            )
        else:
            seen[item] = index


def check_labels(
    source: Source, path: Path, what: str = "agent", hint: str = "tell them apart with `as: another-name`"
) -> Iterator[Complaint]:
    """Items of a list that would be called the same in ids."""
    seen: dict[str, tuple[str, Path]] = {}
    for index, item in enumerate(_items(source, path)):
        where: Path = (*path, index)
        name = item
        if isinstance(item, dict):
            field = "as" if isinstance(item.get("as"), str) else "name"
            name, where = item.get(field), (*where, field)
        if not isinstance(name, str) or not name:
            continue
        if slug(name) in seen:
            other, first = seen[slug(name)]
            line, column = source.place(first)
            alike = "" if other == name else f" (in ids it looks like {other!r})"
            yield source.complain(
                where,
                f"the {what} {shorten(name)!r} is given twice{alike}",
                hint=f"first given at line {line}, column {column}; {hint}",
            )
        else:
            seen[slug(name)] = (name, where)


def _scenarios(source: Source, path: Path) -> Iterator[Complaint]:
    for index, item in enumerate(_items(source, path)):
        where = (*path, index)
        if not isinstance(item, dict):
            continue
        if "set" in item:
            for key in ("name", "params", "variants"):
                if key in item:
                    yield source.complain(
                        (*where, key), f"`{key}` cannot stand beside `set`", hint="give it on the set's own items", key=True
                    )
        elif "name" not in item:
            hint = next(filter(None, (near_match(word, ("name", "set")) for word in item)), "")
            yield source.complain(where, "an item without `name` or `set`", hint=hint)
        if isinstance(item.get("difficulty"), list):
            yield from repeated(source, (*where, "difficulty"), "level")


def _cycles(source: Source, path: Path, sets: dict[str, object]) -> Iterator[Complaint]:
    """Own sets that contain themselves, each complained about at the item that closes the circle."""
    done: set[str] = set()
    for start in sets:
        trail = {start: iter(_inner(sets[start]))}  # ordered: the way from `start` to where we are
        while trail:
            here = next(reversed(trail))
            index, name = next(trail[here], (-1, ""))
            if index < 0:
                done.add(here)
                del trail[here]
            elif name in trail:
                way = [*trail]
                circle = [*way[way.index(name) :], name]
                if len(circle) > 8:
                    circle = [*circle[:4], "...", *circle[-3:]]
                yield source.complain(
                    (*path, here, index, "set"), f"a set contains itself: {' -> '.join(map(shorten, circle))}"
                )
            elif name in sets and name not in done:
                trail[name] = iter(_inner(sets[name]))


def _inner(items: object) -> list[tuple[int, str]]:
    if not isinstance(items, list):
        return []
    return [(i, item["set"]) for i, item in enumerate(items) if isinstance(item, dict) and isinstance(item.get("set"), str)]
