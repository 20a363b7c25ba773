"""Deciding what a report on an experiment says: each metric of each variation, and how their trials ended."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Estimate, Variation, figures, inert
from .document import Document, Field, Note, Notes, Section, Table, column, named, silent

Line = tuple[str, Variation]
_STATISTICS = ("mean", "std", "min", "median", "max")
_GONE = Estimate(None)


def experiment_document(name: str, variations: Sequence[Variation], notes: Sequence[str] = ()) -> Document:
    """The report of an experiment called `name`: summary statistics, success rates, and what else must be known."""
    said = tuple(Note(inert(note, most=400), "note") for note in notes)
    end = [Section("end", blocks=(Notes("notes", said),))] if said else []
    return Document(inert(f"Experiment Report: {name}"), (statistics(variations), success(variations), *end))


def statistics(variations: Sequence[Variation]) -> Section:
    """Each metric of each variation, metric by metric."""
    metrics = list(dict.fromkeys(metric for each in variations for metric in each.metrics))
    lines = [(metric, each) for metric in metrics for each in variations]
    table = Table(
        "metrics",
        (
            named("metric", "metric", lines, lambda line: line[0], once=True),
            named("variation", "variation", lines, lambda line: line[1].name),
            column("n", "n", lines, _n, lambda line: f"{_n(line):,}"),
            *(_statistic(lines, kind) for kind in _STATISTICS),
            silent("interval", lines, lambda line: _ends(_figure(line, "mean"))),
            column("missing", "missing", lines, _missing, lambda line: f"{_missing(line):,}" if _missing(line) else ""),
        ),
    )
    about = "over the trials that ended; the mean weighs each scenario the same; std of trials as they are (ddof = 1)"
    return Section("statistics", "summary statistics", about, (table,))


def success(variations: Sequence[Variation]) -> Section:
    """How the trials of each variation ended. What broke is no failure of a criterion, and in no rate."""
    table = Table(
        "variations",
        (
            named("variation", "variation", variations, lambda each: each.name),
            column("trials", "trials", variations, lambda each: each.trials, lambda each: f"{each.trials:,}"),
            column("success", "success", variations, lambda each: each.good, lambda each: f"{each.good:,}"),
            column("failed", "failed", variations, lambda each: each.missed, lambda each: f"{each.missed:,}"),
            column("broke", "broke", variations, lambda each: sum(each.broke.values()), _broke, left=True),
            column(
                "rate", "success rate", variations, lambda each: each.rate.value, lambda each: figures.percent(each.rate.value)
            ),
            column("interval", "95%", variations, lambda each: _ends(each.rate), _interval),
        ),
    )
    return Section(
        "success", "success rates", "of the trials that ended, those that met the criteria or reached the bar", (table,)
    )


def _statistic(lines: Sequence[Line], kind: str) -> Field:
    return column(
        kind,
        kind,
        lines,
        lambda line: _figure(line, kind).value,
        lambda line: figures.MISSING if (value := _figure(line, kind).value) is None else figures.measure(value, None),
    )


def _figure(line: Line, kind: str) -> Estimate:
    return line[1].metrics.get(line[0], {}).get(kind, _GONE)


def _n(line: Line) -> int:
    return _figure(line, "std").n


def _missing(line: Line) -> int:
    return sum(_figure(line, "mean").missing.values())


def _ends(figure: Estimate) -> list[float] | None:
    return None if figure.interval is None else [figure.interval.low, figure.interval.high]


def _interval(each: Variation) -> str:
    return figures.MISSING if each.rate.interval is None else figures.percent_interval(each.rate.interval)


def _broke(each: Variation) -> str:
    return ", ".join(f"{count:,} {inert(outcome)}" for outcome, count in each.broke.items()) or "0"
