"""`scoring:` of the older format: formulas over what has happened, in our own expression language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from ...errors import did_you_mean
from ...model.source import Path
from ..interpreter import PLAIN_FUNCTIONS
from ..scoring import clip
from .text import Formula, Reading
from .world import Chemistry

OF_A_NAME = ("final", "initial", "mean", "low", "high")
"""Functions whose first argument is a substrate or a quantity in quotes."""
FUNCTIONS = (*OF_A_NAME, "ramp", "least", "clip", *PLAIN_FUNCTIONS)
NAMES = ("cost", "budget", "steps")
State = Mapping[str, float]


def read_scoring(
    reading: Reading, entries: Mapping[str, object], root: Path, chemistry: Chemistry, quantities: Sequence[str]
) -> dict[str, Formula]:
    """The formulas by name, `score` last. A file without `score` cannot be scored, which is a complaint."""
    path = (*root, "scoring")
    scoring = reading.mapping(entries.get("scoring"), path)
    others = [name for name in scoring if name != "score"]
    if "score" not in scoring:
        near = get_close_matches("score", others, n=1)
        hint = f"is it {near[0]!r}?" if near else "for example: `score: !_ clip(final('M1') / 10)`"
        reading.complain(path if "scoring" in entries else root, "no `score` is defined under `scoring`", hint=hint, key=True)
    names = {alias: name for name in (*chemistry.variables, *quantities) for alias in aliases(chemistry, name)}
    found: dict[str, Formula] = {}
    for name in (*others, *(["score"] if "score" in scoring else [])):
        if name in (*NAMES, *FUNCTIONS):
            reading.complain((*path, name), f"{name!r} means something else in formulas", hint="give it another name", key=True)
            continue
        formula = reading.formula(scoring[name], (*path, name), (*NAMES, *found), FUNCTIONS)
        if formula is None:
            continue
        for function, text in formula.expression.strings:
            if function in OF_A_NAME and text not in names:
                hint = did_you_mean(text, names)
                reading.complain((*path, name), f"`{formula.text}`: nothing is called {text!r}", hint=hint)
        found[name] = formula
    return found


def aliases(chemistry: Chemistry, name: str) -> tuple[str, ...]:
    """How a formula may call a variable: where there is one region, with or without it."""
    only = chemistry.regions[0]
    return (name, f"{only}.{name}") if len(chemistry.regions) == 1 and only else (name,)


def score(
    formulas: Mapping[str, Formula], chemistry: Chemistry, path: Sequence[State], spent: float, budget: float
) -> dict[str, float]:
    """What each formula gives for an episode; `path` is (steps + 1) states. Raises `SpecError` for one that gives no number."""
    functions = _functions(chemistry, path)
    names: dict[str, object] = {"cost": spent, "budget": budget, "steps": len(path) - 1}
    found: dict[str, float] = {}
    for name, formula in formulas.items():
        names[name] = found[name] = formula.number(names, functions)
    return found


def _functions(chemistry: Chemistry, path: Sequence[State]) -> Mapping[str, Callable[..., object]]:
    called = {alias: name for name in path[0] for alias in aliases(chemistry, name)}

    def course(name: str) -> list[float]:
        if not isinstance(name, str):
            raise ValueError("what it is about comes first, a name in quotes")
        return [state[called[name]] for state in path]

    def mean(name: str) -> float:
        values = course(name)
        return sum(values) / len(values)

    def ramp(value: float, low: float, high: float) -> float:
        if high == low:
            raise ValueError("a ramp from a number to itself")
        return clip(float((value - low) / (high - low)))

    def held(value: float, low: float = 0.0, high: float = 1.0) -> float:
        return min(max(value, low), high)

    return {
        **PLAIN_FUNCTIONS,
        "final": lambda name: course(name)[-1],
        "initial": lambda name: course(name)[0],
        "mean": mean,
        "low": lambda name: min(course(name)),
        "high": lambda name: max(course(name)),
        "ramp": ramp,
        "least": lambda value, *values: min((value, *values)),
        "clip": held,
    }
