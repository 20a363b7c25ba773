"""Results as a small HTML table, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Result
from ..model.html import table_html

_HEAD = ("scenario", "d", "agent", "seed", "outcome", "score", "passed")


def cells_html(shown: Sequence[Result], count: int, asked: str, why: str = "") -> str:
    """The first few of `count` results, what was asked, and `why` there are none."""
    caption = f"{asked or 'all'}: {count:,} record{'' if count == 1 else 's'}"
    more = f", the first {len(shown)}" if len(shown) < count else ""
    return table_html(_HEAD, map(_cells, shown), caption + more, why)


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.scenario,
        "" if result.difficulty is None else str(result.difficulty),
        result.agent,
        str(result.seed),
        str(result.outcome),
        "" if result.score is None else f"{result.score:.4g}",
        "" if result.passed is None else "yes" if result.passed else "no",
    )
