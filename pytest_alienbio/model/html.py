"""Small HTML tables, as notebooks show values. Texts are made inert, then escaped; no styles, so that any theme fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .inert import inert

Facts = Iterable[tuple[str, str]]
"""A name and a text each; one whose text is '' is left out."""
NO_MATH = "tex2jax_ignore mathjax_ignore"


def table_html(head: Sequence[str], lines: Iterable[Sequence[str]], *captions: str) -> str:
    """A table of texts, and sentences below it."""
    rows = "".join(f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in line)}</tr>" for line in lines)
    names = "".join(f"<th>{_safe(cell)}</th>" for cell in head)
    return _plain(f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>{_below(captions)}")


def facts_html(title: str, facts: Facts, *captions: str) -> str:
    """What one value says: its title, a line a fact, and sentences below them."""
    rows = "".join(
        f'<tr><th scope="row">{_safe(name)}</th><td>{_safe(text, most=400)}</td></tr>' for name, text in facts if text
    )
    return _plain(f"<p><strong>{_safe(title)}</strong></p><table><tbody>{rows}</tbody></table>{_below(captions)}")


def _plain(page: str) -> str:
    """In it `$x$` is no formula: notebooks typeset what they show, but for what is of these classes (MathJax 2, and later)."""
    return f'<div class="{NO_MATH}">{page}</div>'


def _below(captions: Iterable[str]) -> str:
    return "".join(f"<p>{_safe(caption, most=400)}</p>" for caption in captions if caption)


def _safe(text: str, most: int = 200) -> str:
    return escape(inert(text, most=most))
