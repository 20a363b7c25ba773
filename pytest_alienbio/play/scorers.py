"""Where projects and packages add their own scorers, for cells that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from ..errors import Complaint, SpecError
from ..model import Scorer, Scores, Trial
from .registry import check_entry, qualified_name, source_file, source_hash


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """A scorer somebody can name."""

    name: str
    scorer: Scorer
    hash: str
    """Of its source text (not of what it calls) and its version."""
    version: str = ""
    passing_score: float | None = None
    """From where on a cell passes; None: nobody passes or fails by it."""
    package: str = ""
    """The installed package that brought it, with its version; '' if it is the project's own."""

    @property
    def called(self) -> str:
        """`module.name` of what is called; of one in a file that somebody named, its name."""
        module, _, name = qualified_name(self.scorer).partition(".")
        return name if module.startswith("_pytest_alienbio") else f"{module}.{name}"

    @property
    def file(self) -> str:
        """Where it is written; '' if that cannot be told."""
        return source_file(self.scorer)


class ScorerRegistry:
    """Scorers by name, to add to: what `pytest_alienbio_register_scorers(registry)` is handed."""

    def __init__(self, known: Mapping[str, ScorerInfo] | None = None) -> None:
        self.entries: dict[str, ScorerInfo] = dict(known or {})
        self._owners: dict[str, object] = {}
        self.package = ""
        """Of whoever adds scorers now."""

    def add(self, name: str, scorer: Scorer, *, version: str = "", passing_score: float | None = None) -> None:
        """Makes `scorer(trial) -> Scores` known as `name`.

        `version` goes into its hash, with its source text: raise it when something that it calls changes. Without a passing
        score nobody passes or fails by it. Raises `SpecError` for a name that is taken (saying by whom), or that cannot be
        one, for what cannot be called, and for a passing score that is none.
        """
        check_entry("scorer", name, scorer, self.entries, self._owners)
        if passing_score is not None:
            if isinstance(passing_score, bool) or not isinstance(passing_score, int | float) or not isfinite(passing_score):
                expected = "a finite number, or None for a scorer without a bar"
                raise SpecError(Complaint(f"scorer {name!r}: passing score cannot be {passing_score!r}", expected=expected))
            passing_score = float(passing_score)
        self._owners[name] = scorer
        made = source_hash(f"{name} {version}", scorer)
        self.entries[name] = ScorerInfo(name, scorer, made, str(version), passing_score, self.package)


def scored(scorer: Scorer, trial: Trial) -> Scores:
    """What `scorer` gives for `trial`, checked. Raises `TypeError` or `ValueError` for what is no score, and what it raises."""
    found = scorer(trial)
    if not isinstance(found, Scores):
        raise TypeError(f"a scorer gives Scores, and this one gave a {type(found).__name__}")
    if found.better not in ("higher", "lower"):
        raise ValueError(f"better is {found.better!r:.60}; expected 'higher' or 'lower'")
    if not isinstance(found.parts, Mapping):
        raise TypeError(f"the parts of a score are a mapping, and these are a {type(found.parts).__name__}")
    score = None if found.score is None else _number("score", found.score)
    return Scores(score, {str(name): _number(str(name), value) for name, value in found.parts.items()}, found.better)


def _number(name: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if isinstance(value, str | bytes) or not isfinite(number):
        raise ValueError(f"{name} is {value!r:.60}; expected a finite number")
    return number
