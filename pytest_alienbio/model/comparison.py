"""How one agent compares with another, and many with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .digits import apart, decimals, fixed
from .estimate import UNKNOWN, Estimate, Interval, OverScenarios
from .html import table_html
from .inert import inert
from .pvalue import UNTOLD, PValue

COMPARED = ("A", "B", "A - B", "p", "P(A better)", "pairs")
"""Headers of a table with a line a comparison."""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether two agents are as good as each other, up to a margin that was declared beforehand."""

    margin: float
    interval: Interval | None
    """Of `A - B`, at level 1 - 2 alpha (90 % for alpha 0.05); None: it cannot be told."""
    p: float | None
    """Of the two one-sided tests the larger (TOST)."""
    equivalent: bool | None
    """The interval lies within +- margin. False is no proof of a difference; None: it cannot be told."""
    not_worse: bool | None
    """A is not worse than B by the margin or more."""
    why: str = ""

    def sentence(self, a: str, b: str) -> str:
        """`A is as good as B up to 0.05 (90% interval [-0.01, 0.02])`, or what else can be said; names as they are."""
        if self.equivalent is None or self.interval is None:
            return f"whether {a} is as good as {b} up to {self.margin:g} cannot be told: {self.why}"
        about = f"({100 * self.interval.level:.0f}% interval{_range(self.interval, _digits(self.interval))})"
        if self.equivalent:
            return f"{a} is as good as {b} up to {self.margin:g} {about}"
        if self.not_worse:
            return f"{a} is not worse than {b} by {self.margin:g} or more {about}"
        return f"not shown that {a} is as good as {b} up to {self.margin:g} {about}"


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Agent `a` against agent `b`. Every difference is A - B as the scores are; `better` says which sign is good for A."""

    a: str
    b: str
    better: str = "higher"
    paired: bool = True
    """On the same worlds, one by one. False: the scores of A as a whole against those of B, scenario by scenario."""
    delta: Estimate = UNKNOWN
    """Mean over scenarios of the mean (paired) difference; its interval holds for these scenarios (other seeds)."""
    population: Estimate = UNKNOWN
    """The same number, its interval for new scenarios of this kind."""
    p: PValue = UNTOLD
    """Of `delta`, for these scenarios."""
    p_population: PValue = UNTOLD
    """For new scenarios: whole scenarios (families) are flipped."""
    improvement: Estimate = UNKNOWN
    """Probability that A does better than B on a scenario, ties half, mean over scenarios."""
    median: float | None = None
    """Of the paired differences, each scenario weighing the same."""
    effect_size: float | None = None
    """Hedges' g_z of the paired differences; for machines."""
    detectable: float | None = None
    """The smallest difference that this data would have shown with a chance of `power`; None: it cannot be told."""
    power: float = 0.8
    alpha: float = 0.05
    equivalence: Equivalence | None = None
    """If a margin was declared."""
    pairs: int = 0
    """Cells of A with a partner; if not `paired`, cells of A that were used."""
    cells_b: int = 0
    """Cells of B that were used; those of `pairs` if paired."""
    scenarios: int = 0
    families: int = 0
    missing_a: Mapping[str, int] = field(default_factory=dict)
    """Cells of A that were not used, by why: `no partner`, or the outcome that left them without a score."""
    missing_b: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    """Why there is no comparison."""
    notes: tuple[str, ...] = ()

    @property
    def leader(self) -> str | None:
        """Who is ahead, by however little; None if neither, or if it cannot be told."""
        if not self.delta.value:
            return None
        return self.a if (self.delta.value > 0) == (self.better == "higher") else self.b

    @property
    def significant(self) -> bool | None:
        """Whether p (adjusted, if it was) is at most alpha; None: it cannot be told, which is not no."""
        return None if self.p.best is None else self.p.best <= self.alpha

    @property
    def impossible(self) -> str:
        """Why no scores on these units could have been significant; "" if some could."""
        return _impossible(self.p, "seed" if self.scenarios == 1 else "world", self.alpha)

    def sentence(self) -> str:
        """`A - B = +0.043 [0.012, 0.074] (fixed), p = 0.008 (Holm, 3 pairs), P(A better) = 0.58 [0.53, 0.63], 240 pairs
        over 12 scenarios; 3 unpaired cells ignored`. Names are made harmless. What was not shown is never called equal."""
        a, b = inert(self.a, most=60), inert(self.b, most=60)
        if self.delta.value is None:
            return f"{a} - {b}: cannot be told: {inert(self.why or self.delta.why, most=400)}"
        parts = [f"{a} - {b} = {_signed(self.delta)} (fixed)"]
        parts.append(self.impossible or _p(self.p, self.alpha))
        if self.improvement.value is not None:
            said = f"P({a} better) = {self.improvement.value:.2f}"
            parts.append(f"{said}{_range(self.improvement.interval, digits=2)}")
        parts.append(self._counts())
        return ", ".join(parts) + self._tail()

    def _counts(self) -> str:
        counts = _many(self.pairs, "pair") if self.paired else f"{self.pairs:,} against {self.cells_b:,} cells"
        return f"{counts} over {_many(self.scenarios, 'scenario')}"

    def _tail(self) -> str:
        ignored = sum(self.missing_a.values()) + sum(self.missing_b.values())
        tail = f"; {_many(ignored, 'unpaired cell' if self.paired else 'unused cell')} ignored" if ignored else ""
        return tail + ("; lower is better" if self.better == "lower" else "")

    def remarks(self) -> tuple[str, ...]:
        """What belongs under the sentence: new scenarios, where they widen the interval by more than half; what this data
        could have shown; equivalence; what is missing, and why; notes."""
        if self.delta.value is None:
            return ()
        said = []
        if OverScenarios(self.delta, self.population).differ:
            units = "scenario" if self.families == self.scenarios else "family"
            p = _impossible(self.p_population, units, self.alpha) or _p(self.p_population, self.alpha)
            said.append(f"on new scenarios of this kind: {_signed(self.population)}, {p}")
        if self.detectable is not None:
            size = apart(self.detectable, 0.0, least=3)
            said.append(f"this data would have shown a difference of {size} with a chance of {100 * self.power:.0f}%")
        if self.equivalence is not None:
            said.append(self.equivalence.sentence(inert(self.a, most=60), inert(self.b, most=60)))
        for name, missing in ((self.a, self.missing_a), (self.b, self.missing_b)):
            if missing:
                reasons = ", ".join(f"{count:,} {inert(why)}" for why, count in missing.items())
                said.append(f"{inert(name, most=60)}: {reasons}")
        notes = (*self.notes, *self.delta.notes, *self.population.notes, *self.improvement.notes)
        return (*said, *dict.fromkeys(notes))

    def __repr__(self) -> str:
        return f"<Comparison {self.sentence()}>"

    def cells(self) -> tuple[str, ...]:
        """It as a line of a table, see `COMPARED`; `-` for what cannot be told."""
        p = "-" if self.p.best is None else f"{self.p.best:.3g}"
        shown = ("-" if one.value is None else str(one).partition(" (")[0] for one in (self.delta, self.improvement))
        delta, improvement = shown
        pairs = f"{self.pairs:,}" if self.paired else f"{self.pairs:,} against {self.cells_b:,}"
        return self.a, self.b, delta, p, improvement, pairs

    def _repr_html_(self) -> str:
        """How a notebook shows it: the numbers, what they stand on, and what belongs to it."""
        said = self.sentence() if self.delta.value is None else f"{self._counts()}{self._tail()}"
        return table_html(COMPARED, [self.cells()], said, self.impossible, *self.remarks())


@dataclass(frozen=True, slots=True)
class Family:
    """Comparisons that were asked together, their p values adjusted for how many they are."""

    comparisons: tuple[Comparison, ...]
    method: str
    """`Holm`: the chance of one false alarm among all is at most `level`. `Benjamini-Hochberg`: of the alarms, that share."""
    level: float
    tested: int
    """Comparisons with a p value."""
    exploratory: bool = False
    """Worth a look, no evidence: which ones to look at was not decided beforehand."""
    reference: str | None = None
    """All against this agent; None: all pairs, or one pair by scenario."""
    by_scenario: tuple[str, ...] = ()
    """Of a drill-down: the scenario of each comparison."""
    by_agent: tuple[str, ...] = ()
    """Of runs: the agent of each comparison."""
    notes: tuple[str, ...] = ()

    @property
    def alarms(self) -> tuple[Comparison, ...]:
        """Those with an adjusted p of at most `level`."""
        return tuple(each for each in self.comparisons if each.p.best is not None and each.p.best <= self.level)


@dataclass(frozen=True, slots=True)
class Strengths:
    """Agents that met on different scenarios, on one scale (Bradley-Terry). A beats B with 1 / (1 + exp(B - A))."""

    agents: Mapping[str, Estimate]
    """Log strength of each, mean zero, with its interval; best first. Missing for who met nobody, or in no common group."""
    games: float
    ties: float
    """Among the games; each counts half a win for both."""
    regularised: bool
    """Some agents never lost or never won, so half a tie was added to each pair that met: strengths are pulled together."""
    notes: tuple[str, ...] = ()
    why: str = ""


def _many(count: int, what: str) -> str:
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {what if count == 1 else many}"


def _signed(difference: Estimate) -> str:
    """`+0.043 [0.012, 0.074]`, in more than three decimals where these would show no width."""
    value, digits = difference.value or 0.0, _digits(difference.interval)
    size = fixed(value, digits).lstrip("-") if abs(value) >= 0.001 else apart(abs(value), 0.0, least=digits)
    return ("-" if value < 0 else "+") + size + _range(difference.interval, digits)


def _digits(interval: Interval | None) -> int:
    half = 0.0 if interval is None else interval.high / 2 - interval.low / 2
    return decimals(half, least=3) if half < 0.0005 else 3


def _range(interval: Interval | None, digits: int = 3) -> str:
    return "" if interval is None else f" [{fixed(interval.low, digits)}, {fixed(interval.high, digits)}]"


def _impossible(p: PValue, what: str, alpha: float) -> str:
    if p.floor is None or p.floor <= alpha:
        return ""
    after = f"; {p.family}" if p.family else ""
    return f"cannot be significant with {_many(p.n, what)} (p is at least {p.floor:.2g}{after})"


def _p(p: PValue, alpha: float) -> str:
    value = p.best
    if value is None:
        return f"p cannot be told: {p.why}" if p.why else "p cannot be told"
    shown = "p < 0.001" if value < 0.001 else f"p = {apart(value, alpha, least=3)}"
    return f"{shown} ({p.family})" if p.family else shown
