"""The page of one run with every trace at hand: for who serves it, and packs a chunk of traces when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..model import Query
from ..store import dat
from ..store.index import Index

FOLDER = "traces"
"""Where a page looks for its chunks, from its own address."""


@dataclass(frozen=True, slots=True)
class PageAtHand:
    """A page, and the chunks of traces beside it. Reads an open index: all by one thread, until `close`."""

    html: str
    """Asks for its chunks as `traces/<name>.js`."""
    beside: Mapping[str, str]
    """By name (`traces-0003`): packed, made when it is asked for."""
    index: Index

    def close(self) -> None:
        """Nothing of it can be asked for any more."""
        self.index.close()


def page_at_hand(dat_path: Path, data_root: Path) -> PageAtHand:
    """The page of the DAT at `dat_path`. Worlds that are not in the cache are not generated. Raises `StoreError`."""
    from ..report.html.render import render_html
    from .reporting.page import page_of

    dat.open(dat_path)
    index = Index.open(data_root)
    try:
        notes = index.refresh([dat_path])
        query = Query(dats=(str(dat_path),))
        content = page_of(index, query, [dat_path], root=data_root, notes=notes, traces="all")
        return PageAtHand(render_html(content, files=FOLDER if content.beside else ""), content.beside, index)
    except BaseException:
        index.close()
        raise
