"""Results as a small HTML table, for notebooks. Every text is made inert, then escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..model import Result, inert

_HEAD = ("scenario", "d", "agent", "seed", "outcome", "score", "passed")


def cells_html(shown: Sequence[Result], count: int, asked: str) -> str:
    """The first few of `count` results, and what was asked."""
    caption = f"{asked or 'all'}: {count:,} records" + (f", the first {len(shown)}" if len(shown) < count else "")
    return table_html(_HEAD, map(_cells, shown), caption)


def table_html(head: Sequence[str], lines: Iterable[Sequence[str]], *captions: str) -> str:
    """A table of texts, and sentences below it."""
    rows = "".join(f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in line)}</tr>" for line in lines)
    below = "".join(f"<p>{_safe(caption, most=400)}</p>" for caption in captions)
    names = "".join(f"<th>{_safe(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>{below}"


def _safe(text: str, most: int = 200) -> str:
    return escape(inert(text, most=most))


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
