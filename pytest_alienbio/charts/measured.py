"""What most charts are made of: agents' numbers, with how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Estimate, Leaf, Outcome, Standing, figures

_FAR_BELOW = 0.1
CANDIDATE, REFERENCE, FLOOR = "candidate", "reference", "floor"


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of an agent, on one scenario or over all of them."""

    agent: str
    value: Estimate
    scenario: str = ""
    """'' for all together."""
    role: str = CANDIDATE
    """`reference` is drawn as a ceiling and `floor` as a floor, where a chart has such lines."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What the numbers are: called how, better in which direction, and how they are spelled."""

    name: str = "score"
    better: str = "higher"
    """`higher`, `lower`, or '' where neither is."""

    @property
    def title(self) -> str:
        """`score`, `loss (lower is better)`."""
        name = plain_name(self.name)
        return f"{name} ({self.better} is better)" if self.better == "lower" else name

    def unit(self, values: Iterable[float | None]) -> bool:
        """Whether all of 0 to 1 is shown: every value lies there, and not all of them far below 1, as a loss may."""
        found = [value for value in values if value is not None]
        if not found or min(found) < 0 or max(found) > 1:
            return False
        return (
            max(found) >= _FAR_BELOW
            or self.name in ("passed", "pass_rate")
            or self.name.partition(".")[0] in ("score", "scores")
        )

    def text(self, value: float | None) -> str:
        """A value as reports spell it."""
        if value is None:
            return figures.MISSING
        if self.name in ("passed", "pass_rate"):
            return figures.percent(value)
        if self.name.endswith("usd"):
            return figures.usd(value)
        if self.name in ("tokens", "requests", "steps", "retries"):
            return figures.amount(value)
        if self.name == "score" or self.name.startswith("scores."):
            return figures.score(value)
        return figures.measure(value, None)

    def ends(self, estimate: Estimate) -> str:
        """Its interval, `[0.62, 0.71]`."""
        if estimate.value is None or estimate.interval is None:
            return figures.MISSING
        return f"[{self.text(estimate.interval.low)}, {self.text(estimate.interval.high)}]"


SCORE = Metric()


def plain_name(name: str) -> str:
    """A metric by its own name: `metrics.loss` is `loss`, `duration_s` is `seconds`."""
    own = name.partition(".")[2] if name.partition(".")[0] in ("metrics", "scores", "properties", "params") else name
    return {"duration_s": "seconds", "usd": "US dollars", "passed": "pass rate", "pass_rate": "pass rate"}.get(own, own)


def of_leaves(leaves: Sequence[Leaf], standings: Sequence[Standing] = ()) -> tuple[Measured, ...]:
    """Each agent's mean on each scenario, with its interval over worlds; `standings` tell roles and the order of agents."""
    place = {line.agent: number for number, line in enumerate(standings)}
    roles = {line.agent: line.role for line in standings}
    told = sorted(leaves, key=lambda leaf: place.get(leaf.agent, len(place)))
    return tuple(
        Measured(
            leaf.agent,
            Estimate(leaf.mean, leaf.interval, leaf.worlds or leaf.n, missing=_unscored(leaf), why=leaf.why, unit="worlds"),
            leaf.scenario,
            roles.get(leaf.agent, CANDIDATE),
        )
        for leaf in told
    )


def of_standings(standings: Sequence[Standing]) -> tuple[Measured, ...]:
    """Each agent's mean over all scenarios, with its interval on these."""
    told = [(line, Estimate(line.mean, line.interval, line.n, line.missing, why=line.why, unit="cells")) for line in standings]
    return tuple(Measured(line.agent, mean, "", line.role) for line, mean in told)


def _unscored(leaf: Leaf) -> dict[str, int]:
    """Its cells without a score, by outcome."""
    scored = {str(outcome) for outcome in Outcome if outcome.scored}
    return {outcome: count for outcome, count in leaf.outcomes.items() if count and outcome not in scored}


def why_missing(estimate: Estimate) -> str:
    """Why there is no number: `3 timed_out`; else what the estimate says."""
    gone = ", ".join(f"{count:,} {why}" for why, count in estimate.missing.items())
    return gone or estimate.why or "not played"
