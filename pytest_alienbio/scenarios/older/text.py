"""Taking values out of a scenario file of the older format: each as what it must be, or a complaint with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from ...errors import Complaint, SpecError, did_you_mean
from ...model.source import Path, Tagged, shorter, spelled
from ..document import Complaints
from ..drawing import DRAWING, drawing_functions
from ..expressions import Expression, parse
from ..interpreter import PLAIN_FUNCTIONS, ExpressionError, Function

Amount: TypeAlias = "float | Formula"
"""A number, or what draws one when a world is made."""
HEADS = ("scenario.", "scenarios.")
DRAWN = (*DRAWING, *PLAIN_FUNCTIONS)
TAGS = ("!ev", "!_", "!quote", "!ref", "!include", "!py", "!python", "!exec")
"""Tags that are read so that they can be honoured, or refused where they stand."""
FORMULA = ("!_", "!quote")
_PYTHON_KEYS = ("code", "python", "py", "function", "functions", "scoring_functions", "eval", "exec", "cost_formula", "verify")
_LIKE_PYTHON = re.compile(r"\blambda\b|\bdef\b|\bimport\b|\breturn\b|__|;|\w\[|\w\.[A-Za-z_]")
SAFE = "write a formula, `!_ 0.1 * A`; for what no formula can say, register a scenario in Python (docs/extending.md)"


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression of a file that has to give a number, and where it stands."""

    expression: Expression
    place: Complaint
    """Which key it belongs to (`scoring.score`) and its file, line and column."""

    @property
    def text(self) -> str:
        """As it is written."""
        return self.expression.text

    def number(self, names: Mapping[str, object], functions: Mapping[str, Function]) -> float:
        """Its value. Raises `SpecError` that says which formula gave none, where it stands, and why."""
        try:
            value = self.expression.evaluate(names, functions)
        except ExpressionError as error:
            raise self._refused(str(error)) from error
        if not isinstance(value, int | float):
            raise self._refused(f"gave {value!r}, not a number")
        return float(value)

    def _refused(self, why: str) -> SpecError:
        return SpecError(replace(self.place, what=f"{self.place.what}: `{shorter(self.text)}`: {why}"))


def drawn(amount: Amount, rng: np.random.Generator) -> float:
    """`amount` as a number. Raises `SpecError` for a draw that cannot be made."""
    if not isinstance(amount, Formula):
        return amount
    return amount.number({}, {**PLAIN_FUNCTIONS, **drawing_functions(rng)})


@dataclass(frozen=True, slots=True)
class Reading:
    """A file while it is read: what is wrong is collected, and reading goes on."""

    complaints: Complaints

    def complain(self, path: Path, what: str, *, expected: str = "", hint: str = "", key: bool = False) -> None:
        """Keeps one complaint."""
        self.complaints.add(path, what, expected=expected, hint=hint, key=key)

    def mapping(self, value: object, path: Path, known: Collection[str] | None = None) -> Mapping[str, object]:
        """`value` as a mapping with text keys, of which only `known` (None: any) are allowed; {} for a missing one."""
        if value is None:
            return {}
        if isinstance(value, Tagged):
            self.tag(value, path)
            return {}
        if not isinstance(value, Mapping):
            self.complain(path, f"`{path[-1]}` is {shown(value)}", expected="a mapping")
            return {}
        found: dict[str, object] = {}
        for key, each in value.items():
            at = (*path, key)
            if not isinstance(key, str):
                self.complain(at, f"the key {key!r} is not text", key=True)
            elif known is not None and key in _PYTHON_KEYS and key not in known:
                self.complain(at, f"`{key}` is Python code in a scenario file, which is never run", hint=SAFE, key=True)
            elif known is not None and key not in known:
                hint = did_you_mean(key, known)
                self.complain(at, f"{key!r} of the older format cannot be honoured here", hint=hint, key=True)
            else:
                found[key] = each
        return found

    def text(self, value: object, path: Path) -> str:
        """`value` as text; '' for a missing one."""
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, Tagged):
            self.tag(value, path)
        else:
            self.complain(path, f"`{path[-1]}` is {shown(value)}", expected="text")
        return ""

    def number(self, value: object, path: Path, *, low: float | None = None, whole: bool = False) -> float:
        """`value` as a finite number, not below `low`; `low` or 0 after a complaint."""
        if isinstance(value, Tagged):
            self.tag(value, path)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.complain(path, f"`{path[-1]}` is {shown(value)}", expected="a number", hint=_python(value))
        elif (low is not None and value < low) or (whole and value != int(value)):
            least = "" if low is None else f" from {low:g} on"
            self.complain(path, f"`{path[-1]}` is {value!r}", expected=f"a {'whole ' if whole else ''}number{least}")
        else:
            return float(value)
        return low or 0.0

    def amount(self, value: object, path: Path, *, low: float | None = 0.0) -> Amount:
        """`value` as a number, or an `!ev` that draws one."""
        if isinstance(value, Tagged) and value.tag == "!ev":
            return self.expression(value.text, path, (), DRAWN) or 0.0
        return self.number(value, path, low=low)

    def formula(self, value: object, path: Path, names: Collection[str], functions: Collection[str]) -> Formula | None:
        """`value` as a `!_` formula; None after a complaint."""
        if isinstance(value, Tagged) and value.tag in FORMULA:
            return self.expression(value.text, path, names, functions)
        if isinstance(value, Tagged):
            self.tag(value, path)
        else:
            self.complain(path, f"`{path[-1]}` is {shown(value)}", expected="a formula: `!_ ...`", hint=_python(value))
        return None

    def expression(self, text: str, path: Path, names: Collection[str], functions: Collection[str]) -> Formula | None:
        """`text` checked against what it may use; None after a complaint."""
        try:
            found = parse(text, names=names, functions=functions)
        except ExpressionError as error:
            python = _python(text)
            what = f"`{shorter(text)}` is Python code, which is never run: {error}" if python else f"`{shorter(text)}`: {error}"
            self.complain(path, what, hint=python)
            return None
        below = path[1:] if str(path[0]).startswith(HEADS) else path
        return Formula(found, self.complaints.source.complain(path, ".".join(map(str, below))))

    def tag(self, value: Tagged, path: Path) -> None:
        """Complains about a tag where it means nothing that can be honoured."""
        if value.tag in ("!py", "!python", "!exec"):
            self.complain(path, f"`{value.tag}` is Python code in a scenario file, which is never run", hint=SAFE)
        elif value.tag in ("!ref", "!include"):
            self.complain(
                path, f"`{value.tag}` of the older format cannot be honoured here", hint="write out what it stands for"
            )
        elif value.tag == "!ev" and _python(value.text):
            self.complain(path, f"`{shorter(value.text)}` is Python code, which is never run", hint=SAFE)
        elif value.tag == "!ev":
            self.complain(
                path, "`!ev` draws a number when a world is made, and cannot stand here", hint="write `!_` for a formula"
            )
        else:
            self.complain(path, f"a formula (`{value.tag}`) cannot stand here")

    def raise_if_wrong(self) -> None:
        """Raises `SpecError` with all that was found, in the file's order."""
        if found := self.complaints.found:
            raise SpecError(sorted(found.values(), key=lambda complaint: (complaint.line, complaint.column)))


def _python(value: object) -> str:
    """The safe way, if `value` looks like Python that a formula cannot be."""
    return SAFE if isinstance(value, str) and _LIKE_PYTHON.search(re.sub(r"'[^']*'", "", value)) else ""


def shown(value: object) -> str:
    """`value` in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, list | Mapping):
        return "a list" if isinstance(value, list) else "a mapping"
    return spelled(value)
