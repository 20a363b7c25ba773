"""What Inspect's scorers give, as numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..foreign import number as plain_number

WORDS: Mapping[str, float] = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
"""Correct, partially correct, incorrect, no answer."""
_YES, _NO = ("yes", "true"), ("no", "false")


def number(value: object) -> float | None:
    """A scorer's value as Inspect itself reads it by default; None where there is no number in it, never 0 for that.

    NaN is how Inspect says *unscored*: None, too.
    """
    if isinstance(value, str):
        if value in WORDS:
            return WORDS[value]
        word = value.strip().lower()
        if word in _YES or word in _NO:
            return float(word in _YES)
    return plain_number(value)


def verdict(value: object) -> bool | None:
    """Whether a value of right-or-wrong kind says right; None for numbers and for partly right."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("C", "I", "N"):
        return value == "C"
    if isinstance(value, str) and value.strip().lower() in (*_YES, *_NO):
        return value.strip().lower() in _YES
    return None


def unscored(value: object) -> bool:
    """Whether a scorer said that it gives no score, and not that it failed to."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def flat(scores: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Name and value of every score of a sample; those of a scorer that gave several as `scorer.name` and `scorer.0`."""
    for name, score in scores.items():
        value = score.get("value") if isinstance(score, Mapping) else score
        if isinstance(value, Mapping):
            yield from ((f"{name}.{part}", each) for part, each in value.items())
        elif isinstance(value, list):
            yield from ((f"{name}.{at}", each) for at, each in enumerate(value))
        else:
            yield name, value
