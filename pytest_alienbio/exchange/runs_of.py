"""What a tracker's run says of one agent in one DAT: sums, means, and what the agent was built with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import fmean

from ..model import Json, Result
from ..store import Dat, layout
from ..store.consumed import SPLIT
from .cells import Summarise


def summary_of(results: Sequence[Result], leaves: Summarise | None) -> dict[str, float]:
    """Counts and sums over the cells; means and pass rates by scenario, and over scenarios, each of which weighs the same.

    What is not known (no score, no tokens counted) has no entry. Without `leaves` there are no means.
    """
    found: dict[str, float] = {
        "cells": len(results),
        "scored": sum(result.score is not None for result in results),
        "passed": sum(result.passed is True for result in results),
        "errors": sum(result.outcome.is_error for result in results),
        "duration_s": sum(result.duration_s for result in results),
    }
    outcomes = Counter(result.outcome.value for result in results)
    found |= {f"outcome/{name}": count for name, count in sorted(outcomes.items())}
    for name in ("tokens", "usd", "requests", "retries", "latency_s"):
        amounts = [amount for result in results if (amount := getattr(result.usage, name)) is not None]
        if amounts:
            found[name] = sum(amounts)
    lines = leaves(results) if leaves else ()
    means = {leaf.scenario: leaf.mean for leaf in lines if leaf.mean is not None}
    rates = {leaf.scenario: leaf.pass_rate for leaf in lines if leaf.pass_rate is not None}
    found |= {f"score_mean/{scenario}": mean for scenario, mean in means.items()}
    found |= {f"pass_rate/{scenario}": rate for scenario, rate in rates.items()}
    if means and len({result.better for result in results if result.score is not None}) == 1:
        with suppress(OverflowError):
            found["score_mean"] = fmean(means.values())
    if rates:
        found["pass_rate"] = fmean(rates.values())
    return found


def cell_numbers(result: Result) -> dict[str, float]:
    """The numbers of one cell. What is missing has no entry."""
    names = ("tokens", "usd", "requests", "retries", "latency_s")
    usage = {name: getattr(result.usage, name) for name in names}
    if split := result.usage.split:
        usage |= {f"{kind}_tokens": getattr(split, kind) for kind in SPLIT}
    own = (
        {f"metric.{name}": value for name, value in result.metrics.items() if isinstance(value, int | float)}
        if result.task
        else {}
    )
    return {
        **({} if result.score is None else {"score": result.score}),
        **({} if result.passed is None else {"passed": float(result.passed)}),
        **{f"score.{name}": value for name, value in result.scores.items()},
        **{name: float(value) for name, value in own.items()},
        **{name: float(value) for name, value in usage.items() if value is not None},
        "duration_s": result.duration_s,
    }


def agent_params(dat: Dat | None, agent: str) -> Mapping[str, Json]:
    """What the DAT's spec says the agent was built with; {} if it does not say."""
    for name, head in dat.spec().items() if dat else ():
        if name.startswith("experiment.") and isinstance(head, Mapping) and isinstance(agents := head.get("agents"), list):
            for each in agents:
                if isinstance(each, Mapping) and agent in (each.get("as"), each.get("name")):
                    params = each.get("params")
                    return params if isinstance(params, Mapping) else {}
    return {}


def data_root(dat: Dat) -> Path | None:
    """The data root a DAT lies below; None if it lies alone."""
    return next((folder for folder in dat.path.resolve().parents if (folder / layout.CLAIMS).is_file()), None)
