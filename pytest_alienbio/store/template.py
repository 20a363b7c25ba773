"""`output_path` templates: `results/{battery}/{date}_{seq}` -> a folder below the data root."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath

from ..errors import Complaint, SpecError, did_you_mean
from .layout import safe_name

FIELDS = ("date", "seq", "battery", "agent", "scenario", "seed", "user", "host", "commit")
"""Everything a template may name."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_LITERAL = re.compile(r"[\w./+ @,=-]*", re.ASCII)


def check(template: str) -> list[str]:
    """What is wrong with a template, one sentence each; [] if nothing is."""
    wrong: list[str] = []
    literal = _FIELD.sub("x", template)
    parts = template.split("/")
    if not template.strip():
        wrong.append("the template is empty; expected something like results/{battery}/{date}_{seq}")
    if template.startswith(("/", "~")):
        wrong.append("it must be relative: output always lies below the data root (--bio-data moves that)")
    if any(part.startswith(".") for part in parts):
        wrong.append("no part may begin with a dot, so '..' cannot leave the data root and no folder is hidden")
    if any(not part for part in parts[1:-1]) or (template.endswith("/") and template.strip("/")):
        wrong.append("a part between two slashes is empty")
    if "{" in literal or "}" in literal:
        wrong.append("a brace is not closed; fields are written {date}")
    elif not _LITERAL.fullmatch(literal):
        bad = sorted({ch for ch in literal if not _LITERAL.fullmatch(ch)})
        wrong.append(f"these characters are not allowed in a path: {' '.join(map(repr, bad))}")
    for name in _FIELD.findall(template):
        if name not in FIELDS:
            wrong.append(f"unknown field {{{name}}}; {did_you_mean(name, FIELDS)}")
    return wrong


def expand(template: str, fields: Mapping[str, str], *, today: date, seq: int) -> PurePosixPath:
    """The relative path `template` means as number `seq` (from 1) of `today`.

    Without a `{seq}` the first is the plain name and later ones end in `_002`, `_003`, ... Values of `fields` become
    single safe names. Raises `SpecError` for a bad template, and for a field that is allowed but not known here.
    """
    if wrong := check(template):
        raise SpecError([Complaint(f"output_path {template!r}: {text}") for text in wrong])
    values = {**fields, "date": today.isoformat(), "seq": f"{seq:03d}"}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            hint = f"known here: {', '.join(sorted(values))}"
            raise SpecError(Complaint(f"output_path {template!r}: {{{name}}} has no value for a whole run", hint=hint))
        return safe_name(values[name], most=80)

    path = _FIELD.sub(fill, template)
    if "{seq}" not in template and seq > 1:
        path += f"_{seq:03d}"
    return PurePosixPath(*(_bounded(part) for part in path.split("/")))


def _bounded(part: str) -> str:
    return part if len(part) <= 200 else safe_name(part)
