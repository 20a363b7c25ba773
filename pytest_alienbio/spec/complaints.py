"""What the schema found wrong, said for people: pydantic's errors as complaints with a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Complaint, did_you_mean, near_match
from ..model import Source
from ..model.source import Path
from .names import one_of
from .scalars import shorten
from .spellings import spelling_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

_SECRET = re.compile(r"(?:.*[_-])?(?:api[_-]?key|secret|passw(?:or)?d|(?:auth|access|bearer)[_-]?token)", re.IGNORECASE)

_EXPECTED: Mapping[str, str] = {
    "": "a mapping with scenarios, agents and seeds",
    "scenarios": 'a list, like [mutualism/competition, "mutualism/*"]',
    "scenarios[]": "a name, {set: ...} or {name: ..., difficulty: ..., params: ...}",
    "scenarios[].difficulty": "all, a level like 2, or levels like [1, 3]",
    "sets": "a mapping of names to lists of scenarios",
    "sets[]": "a list of scenarios",
    "sets[][]": "a name, {set: ...} or {name: ..., difficulty: ..., params: ...}",
    "sets[][].difficulty": "all, a level like 2, or levels like [1, 3]",
    "agents": "a list, like [oracle, random]",
    "agents[]": "a name or {name: ..., kind: ..., params: ..., as: ..., role: ...}",
    "seeds": "10 (for 0 to 9), [3, 5], {start: 100, count: 20} or {min: 3, max: 10, until: decided}",
    "seeds.until": "decided",
    "gates": "a list, like [{metric: score, tol: 0.02}]",
    "gates[]": "a metric or {metric: ..., against: ..., tol: ..., alpha: ...}",
    "limits": "a mapping, like {usd: 5, per_cell: {steps: 50}}",
    "rate": "a mapping, like {openai: 500/200000}",
    "limits.per_cell": "a mapping, like {steps: 50, wall_clock_s: 120}",
    "sanity": "a mapping, like {oracle_min: 1.0, noop_max: 0.3}",
    "run": "a mapping, like {traces: failed}",
    "select": 'a mapping, like {tags: [mutualism], difficulty: "<=3"}',
    "select.tags": "a word or a list of words, like [mutualism]",
    "select.difficulty": 'levels, like "<=3", 2 or [1, 3]',
    "select.name": 'a glob or a list of globs, like ["mutualism/*"]',
    "select.exclude": 'a glob or a list of globs, like ["mutualism/*"]',
    "params": "a mapping of axes, like {temperature: [0, 0.5, 1]}",
    "params[]": "a list of values, like [0, 0.5, 1]",
    "tags": "a list of words, like [nightly]",
}
_PROJECT_EXPECTED: Mapping[str, str] = {
    **_EXPECTED,
    "": "a mapping with agents, scenarios, sets and settings",
    "agents": "a mapping of names to {kind: ..., params: ..., role: ...}",
    "agents[]": "a mapping with kind, params and role",
    "scenarios": 'a list of files, like ["scenarios/*.yaml"]',
    "scenarios[]": "text",
    "default_agents": "a list of names, like [oracle, random]",
    "seeds": "10 (for 0 to 9), [3, 5] or {start: 100, count: 20}",
}
_KINDS: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}
_SHAPES = frozenset({"list_type", "dict_type", "model_type", "model_attributes_type", "wrong_kind"})
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What `translate` must know of a file format."""

    sections: Mapping[str, type[BaseModel]]
    unbuilt: Mapping[str, frozenset[str]]
    section: Callable[[Path], str]
    """Path of a mapping, below the root -> its section's name."""
    named: frozenset[str]
    """Keys whose mappings have names of the user's own as keys."""
    is_project: bool = False
    """For the right words, and so that no text of the file is shown: it may be a secret."""
    expected: Mapping[str, str] | None = None
    """What is expected at a `pattern`; None = as in a battery or `bio.yaml`."""


def translate(errors: Iterable[ErrorDetails], source: Source, root: Path, shape: Shape) -> list[Complaint]:
    """One complaint an error. `root` is the path of the value that was validated."""
    found = []
    for error in errors:
        path, rest = _resolve(source, root, error["loc"])
        found.append(_one(error, source, root, path, rest, shape))
    return [complaint for complaint in found if complaint is not None]  # `checks` has said the others


def _resolve(source: Source, root: Path, loc: tuple[int | str, ...]) -> tuple[Path, tuple[int | str, ...]]:
    """The part of `loc` that exists in the file, and what is left. Names of a union's branches (`<list>`) are left out."""
    value, path, rest = at(source.value, root), root, [*loc]
    while rest:
        head = rest[0]
        known = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if head in known:
            value = at(value, (head,))
        elif isinstance(head, str) and head.startswith("<") and head.endswith(">"):
            rest.pop(0)
            continue
        else:
            break
        path = (*path, rest.pop(0))
    return path, tuple(rest)


def at(value: object, path: Path) -> object:
    """The value at `path`, which must exist."""
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def _one(
    error: ErrorDetails, source: Source, root: Path, path: Path, rest: tuple[int | str, ...], shape: Shape
) -> Complaint | None:
    kind, ctx = error["type"], error.get("ctx", {})
    below = path[len(root) :]
    value = at(source.value, path)
    if kind == "extra_forbidden":
        return _extra(source, path, below[:-1], value, shape)
    if kind == "missing":
        expected = _expected(pattern((*below, *rest[:1]), shape), shape)
        section = shape.section(below)
        if isinstance(value, dict) and shape.unbuilt.get(section, frozenset()) & value.keys():
            return None  # "`model` is not built yet" says it all
        return source.complain(path, f"`{rest[0]}` is missing", expected=expected, key=True)
    if kind == "alienbio":
        what = str(ctx["unechoed" if shape.is_project else "what"])
        return source.complain(path, what, expected=str(ctx["expected"]), hint=str(ctx["hint"]))
    if value is None:
        return None  # `checks.empty_values` says it better
    what = f"`{label(below) or root[-1] if root else label(below) or source.file}` is {got(value, echo=not shape.is_project)}"
    hint = ""
    if kind in _SHAPES:
        expected = _expected(pattern(below, shape), shape) or _KINDS.get(kind, "")
        if len(below) == 2 and below[0] == "params":
            hint = "to give one value, write `params` in the line of the scenario or agent"
        if below in (("output_path",), ("aggregate",)):
            hint = "quote text that starts with '{'"
    elif kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        expected = f"{words} {ctx[name]:.10g}"
    elif kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(ctx["expected"]))
        expected = _expected(pattern(below, shape), shape) or one_of(choices)
        hint = near_match(value, choices) if isinstance(value, str) and not shape.is_project else ""
    elif kind in ("too_short", "too_long") and isinstance(value, list | dict):
        what = f"`{label(below)}` " + ("is empty" if not value else f"has {len(value)} items")
        expected = "at least one" if kind == "too_short" else f"at most {ctx['max_length']}"
    elif kind == "string_too_long":
        what, expected = f"`{label(below)}` is too long", f"at most {ctx['max_length']} characters"
    else:
        expected = _expected(pattern(below, shape), shape) or _KINDS.get(kind) or error["msg"]
        if kind == "string_type":
            hint = "quote it" if isinstance(value, bool | int | float) else "quote text that starts with '{'"
            hint = "" if isinstance(value, list) else hint
    return source.complain(path, what, expected=expected, hint=hint)


def _extra(source: Source, path: Path, parent: Path, value: object, shape: Shape) -> Complaint | None:
    key, section = str(path[-1]), shape.section(parent)
    if is_secret(key) and not isinstance(value, dict):
        return None  # `checks.secrets` speaks of it
    where = f" in `{label(parent)}`" if parent else ""
    if key in shape.unbuilt.get(section, ()):
        return source.complain(path, f"`{key}`{where} is not built yet in this version", hint="remove it for now", key=True)
    fields = shape.sections[section].model_fields
    known = {field.alias or name for name, field in fields.items()}
    elsewhere = spelling_of(key, is_project=shape.is_project) if shape.expected is None else ""
    elsewhere = _OF_AGENTS.get(key, elsewhere) if section == "agents" else elsewhere
    hint = elsewhere or did_you_mean(key, known, most=12)
    return source.complain(path, f"unknown key {shorten(key)!r}{where}", hint=hint, key=True)


_OF_AGENTS: Mapping[str, str] = {
    "api_base": "say `base_url`",
    "url": "say `base_url`",
    "endpoint": "say `base_url`",
    "prices": "say `price`",
    **dict.fromkeys(
        ("temperature", "top_p", "top_k", "seed", "max_tokens", "timeout_s", "retries", "reasoning_effort", "extra"),
        "give it in `params`",
    ),
}
"""Words of language models at a wrong place."""


def is_secret(key: str) -> bool:
    """Whether a key's name says that its value is to be kept secret."""
    return _SECRET.fullmatch(key) is not None


def _expected(name: str, shape: Shape) -> str:
    known = shape.expected if shape.expected is not None else _PROJECT_EXPECTED if shape.is_project else _EXPECTED
    return known.get(name, "")


def pattern(path: Path, shape: Shape) -> str:
    """`path` with indices and the user's own names as `[]`: `sets[][].difficulty`."""
    text, named = "", False
    for step in path:
        if isinstance(step, int) or named:
            text, named = text + "[]", False
        else:
            text, named = f"{text}.{step}" if text else step, step in shape.named and not text
    return text


def label(path: Path) -> str:
    """`path` as people write it: `scenarios[1].difficulty`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" if text else shorten(step)
    return text


def got(value: object, *, echo: bool = True) -> str:
    """`value` for a message: short ones as written, big ones by kind; texts only if `echo`."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, str):
        return repr(shorten(value)) if echo else "text"
    return str(value) if echo else "a number"


def in_order(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Sorted by place, each once: an anchor's content is wrong wherever it is used, but need be told once."""
    return sorted(dict.fromkeys(complaints), key=lambda c: (c.line, c.column, c.what))
