"""What was done to runs, by whom and when: as the log of each, or as one table over many."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from ..model import Annotations, Deed, inert
from ..model.figures import MISSING
from .columns import shorten
from .page import BOLD, Page

_STAMP = 19
"""Columns of a date and a time."""


def render_log(deeds: Sequence[Deed], width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """The deeds of each DAT below its path, in lines of `width` columns; the paths whole. Times are UTC."""
    page = Page(max(width, 24), color, ascii)
    lines: list[str] = []
    for dat, of_dat in groupby(deeds, key=lambda deed: deed.dat):
        lines += [page.whole("", dat, BOLD), *(line for deed in of_dat for line in _entry(page, deed))]
    return lines


def render_audit(deeds: Sequence[Deed], width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """One line a deed, header first, people without their addresses; [] for none.

    Where there is little room host, command, what it is about and commit give way, in this order.
    """
    page = Page(max(width, 24), color, ascii)

    def column(show: Callable[[Deed], str]) -> list[str]:
        return [show(deed) for deed in deeds]

    rows = page.rows(
        ("when (UTC)", column(lambda deed: _when(deed.at)[:16]), 0),
        ("who", column(lambda deed: deed.author.partition(" <")[0] or MISSING), 0),
        ("did", column(lambda deed: deed.event), 0),
        ("DAT", column(lambda deed: deed.dat), 0),
        ("commit", column(commit_of), 2),
        ("about", column(_about), 3),
        ("command", column(lambda deed: shlex.join(deed.command)), 4),
        ("host", column(lambda deed: deed.host), 5),
    )
    if any(deed.dirty for deed in deeds) and "  commit" in rows[0]:
        rows += page.prose("+ after a commit: the work tree held more than was committed", indent="  ")
    return rows


def annotation_lines(page: Page, said: Annotations) -> Iterator[str]:
    """Tags and notes beside their labels."""
    yield from page.labelled("tags", ", ".join(said.tags))
    for note in said.notes:
        by = ", ".join(filter(None, (note.author, _when(note.at)[:16] if note.at else "")))
        yield from page.labelled("note", f"{note.text} ({by})" if by else note.text)


def commit_of(deed: Deed) -> str:
    """A commit in few letters, with a + if the work tree held more than that; '' if none is known."""
    return f"{deed.commit[:9]}{'+' if deed.dirty else ''}" if deed.commit else ""


def _entry(page: Page, deed: Deed) -> list[str]:
    what = ": ".join(filter(None, (deed.cell, deed.about)))
    on = commit_of(deed)
    told = (
        deed.author or MISSING,
        what,
        f"because: {deed.reason}" if deed.reason else "",
        f"on {on}" if on else "",
        shlex.join(deed.command),
    )
    head = page.sign(f"  {_when(deed.at)}  {inert(deed.event, most=20)}  ")
    said, indent = "; ".join(filter(None, told)), " " * 4
    if len(head) <= page.width // 2:
        return page.prose(said, first=head, indent=indent)
    return [shorten(head.rstrip(), page.width, ascii=page.ascii), *page.prose(said, first=indent, indent=indent)]


def _about(deed: Deed) -> str:
    why = f" ({deed.reason})" if deed.reason else ""
    return ": ".join(filter(None, (deed.cell, deed.about))) + why


def _when(at: float) -> str:
    if not at:
        return MISSING.ljust(_STAMP)
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, OSError, ValueError):
        return MISSING.ljust(_STAMP)
