"""A `Summary` as JSON, and back: what an index remembers of a leaderboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from ..model import Interval, Json, Leaf, Measure, Standing, Summary


def summary_to(summary: Summary) -> Json:
    """`summary` as JSON."""
    return cast("Json", asdict(summary))


def summary_from(value: Json) -> Summary | None:
    """The summary of what `summary_to` gave; None for anything else (a cache that another version wrote, or damaged)."""
    try:
        return _summary(cast("dict[str, Any]", value))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _summary(value: Mapping[str, Any]) -> Summary:
    return Summary(
        **{
            **value,
            "leaves": tuple(map(_leaf, value["leaves"])),
            "standings": tuple(map(_standing, value["standings"])),
            "notes": tuple(value["notes"]),
        }
    )


def _leaf(value: Mapping[str, Any]) -> Leaf:
    measures = {name: Measure(**each) for name, each in value["measures"].items()}
    rate = _interval(value["pass_interval"])
    if rate is None:
        raise ValueError("a leaf has an interval of its pass rate")
    return Leaf(**{**value, "measures": measures, "pass_interval": rate, "interval": _interval(value["interval"])})


def _standing(value: Mapping[str, Any]) -> Standing:
    ranks = value["rank_interval"]
    return Standing(
        **{
            **value,
            "interval": _interval(value["interval"]),
            "population": _interval(value["population"]),
            "rank_interval": ranks and (ranks[0], ranks[1]),
        }
    )


def _interval(value: Mapping[str, Any] | None) -> Interval | None:
    return None if value is None else Interval(**value)
