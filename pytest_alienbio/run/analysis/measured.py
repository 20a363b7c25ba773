"""Numbers of trials, variation by variation: the statistics of stored results, asked by an experiment's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Unpack

from ...errors import SpecError, did_you_mean
from ...model import Comparison, Estimate, Variation
from ...model.query import EVERY
from ...results import estimates
from ...results.contrast import Options, contrast
from ...results.fields import CONSUMED, Field
from ...results.records import Record, columns, grouped, latest, records
from ...results.versus import metric_direction
from ...store.index import Index
from .trials import DURATION, Trial, metric_names

FIGURES = ("mean", "std", "min", "max", "median")
"""What is told of a metric, in this order."""
UNDECLARED = 'whether more of {} is better is not declared: P(A better) takes it so (better="lower")'


class Measured:
    """Trials and the numbers in them. Each trial counts once, by its latest record that ended well; one that broke never."""

    def __init__(self, trials: Sequence[Trial], declared: Sequence[str] = (), better: Mapping[str, str] | None = None) -> None:
        self.trials = tuple(trials)
        self.better = better or {}
        """Which way metrics are better, where that is declared."""
        self.index = Index.of(trial.result for trial in trials)
        self.columns: Mapping[str, str] = {**metric_names(trials, declared), DURATION: "duration_s"}
        """The metrics, and which field each is."""
        self.variations = tuple(dict.fromkeys(trial.result.agent for trial in trials))
        """As first seen."""

    def field(self, metric: str) -> Field:
        """The field that a metric is. Raises `SpecError` with near names for one that no trial has."""
        if metric not in self.columns:
            raise SpecError(f"no trial has a metric {metric[:80]!r}; {did_you_mean(metric, self.columns, most=30)}")
        return Field(self.columns[metric])

    def named(self, variation: str) -> str:
        """The name, if it is one. Raises `SpecError` with near names."""
        if variation not in self.variations:
            raise SpecError(f"there is no variation {variation[:80]!r}; {did_you_mean(variation, self.variations, most=20)}")
        return variation

    def records(self, metric: str) -> tuple[list[Record], int]:
        """A record a trial with its number of `metric`, and how many older ones are left out."""
        field = self.field(metric)
        rows = self.index.rows(EVERY, columns(field, (Field("score"), Field("agent"))))
        found, older = latest(records(rows, field))
        scale = 1000.0 if metric == DURATION else 1.0
        return [_ended(record, scale) for record in found], older

    @property
    def older(self) -> int:
        """Records of trials that were run again later, and are in no number."""
        return self.records(DURATION)[1]

    def values(self, metric: str, variation: str) -> list[float]:
        """The numbers of one variation, trial by trial."""
        self.named(variation)
        return [record.value for record in self.records(metric)[0] if record.agent == variation and record.value is not None]

    def pairs(self, x: str, y: str) -> Iterator[tuple[str, str, float | None, float | None]]:
        """Of each trial its variation, what it is called, and both numbers."""
        for one, other in zip(self.records(x)[0], self.records(y)[0], strict=True):
            level = "" if one.difficulty is None else f" d{one.difficulty}"
            yield one.agent, f"{one.scenario}{level} trial {one.seed}", one.value, other.value

    def figures(self, metric: str) -> dict[str, dict[str, Estimate]]:
        """Of each variation `FIGURES` of a metric. The mean weighs each scenario the same; scores of which some are better
        higher and some lower have no common figures, and a `why`."""
        field, by_name = (
            self.field(metric),
            grouped(record._replace(group=(record.agent,)) for record in self.records(metric)[0]),
        )
        told: dict[str, dict[str, Estimate]] = {}
        for name in self.variations:
            mine = by_name.get((name,), [])
            try:
                made: tuple[Estimate, ...] = (
                    estimates.mean(mine, field),
                    estimates.spread(mine),
                    estimates.least(mine),
                    estimates.most(mine),
                    estimates.at_percent(mine, 50),
                )
            except SpecError as error:
                made = (Estimate(None, why=str(error)),) * len(FIGURES)
            told[name] = dict(zip(FIGURES, made, strict=True))
        return told

    def means(self, metric: str, names: Sequence[str]) -> list[Estimate]:
        """The mean of each of these variations."""
        figures = self.figures(metric)
        return [figures[self.named(name)]["mean"] for name in names]

    def compared(self, metric: str, a: str, b: str, better: str | None = None, **options: Unpack[Options]) -> Comparison:
        """Two variations on the trials that both have, pair by pair: see `ResultSet.compare`. Raises `SpecError`."""
        field = self.field(metric)
        found, older = self.records(metric)
        taken = "lower" if field.column in CONSUMED else ""
        way = better or self.better.get(metric) or taken or metric_direction(found, field)
        names = (self.named(a), self.named(b))
        (told,) = contrast(found, field, names, older, better=way or "higher", **options)
        return told if way or field.is_score else replace(told, notes=(*told.notes, UNDECLARED.format(metric)))

    def summary(self) -> tuple[Variation, ...]:
        """What each variation came to."""
        field = Field("passed")
        rows = self.index.rows(EVERY, columns(field, (Field("agent"),)))
        by_name = grouped(latest(records(rows, field))[0])
        figures = {metric: self.figures(metric) for metric in self.columns}
        return tuple(
            _summed(name, by_name[name,], {metric: told[name] for metric, told in figures.items()}) for name in self.variations
        )


def _summed(name: str, mine: Sequence[Record], metrics: Mapping[str, Mapping[str, Estimate]]) -> Variation:
    ended = [record for record in mine if record.rank[0]]
    missed = sum(record.passed is False for record in ended)
    broke = Counter(record.outcome for record in mine if not record.rank[0])
    return Variation(name, len(mine), len(ended) - missed, missed, dict(broke), estimates.rate(mine), metrics)


def _ended(record: Record, scale: float) -> Record:
    """Without a number if it broke: what it took until then is no measurement."""
    scored, _, _ = record.rank
    if not scored:
        return record._replace(value=None, why=record.outcome)
    return record if record.value is None else record._replace(value=scale * record.value)
