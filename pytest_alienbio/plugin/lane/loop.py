"""A session with cells in the engine lane: other tests by pytest's own protocol, those cells as their engine ends them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import cast

import pytest

from ...model import Cell, EngineChoice, Result
from ...run import stream
from .hearing import Hearing
from .item import LaneItem
from .playing import Played, Playing
from .protocol import report_cell

Stream = Generator[tuple[Cell, Played], None, None]


def run_session(session: pytest.Session) -> bool | None:
    """pytest's test loop for sessions with cells in the engine lane; None leaves it to pytest.

    All cells that one engine plays are played where the first of them stands; other tests keep their order.
    """
    option = session.config.option
    if option.collectonly or (session.testsfailed and not option.continue_on_collection_errors):
        return None
    lanes: dict[EngineChoice, list[LaneItem]] = {}
    for item in session.items:
        if isinstance(item, LaneItem):
            lanes.setdefault(item.lane.engine, []).append(item)
    if not lanes:
        return None
    hearing = Hearing(session.config)
    others = [item for item in session.items if not isinstance(item, LaneItem)]
    following = iter([*others[1:], None])
    for item in list(session.items):
        if isinstance(item, LaneItem):
            if cells := lanes.pop(item.lane.engine, None):
                _play(session, item.lane.engine, cells, hearing)
        else:
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=next(following))
        _stop_if_told(session)
    return True


def _stop_if_told(session: pytest.Session) -> None:
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _play(session: pytest.Session, choice: EngineChoice, items: Sequence[LaneItem], hearing: Hearing) -> None:
    """Plays the cells of `items` on one engine and reports each when it ended.

    Once the session is to stop (`-x`), cells that have begun are played to their end, recorded and reported, too, as by
    other workers; after a Ctrl-C those that end in time. With `--stepwise` reports keep the items' order, and stop where it
    does: it goes on after the last failure that it saw.
    """
    from ...engine import open_engine

    engine, playing = open_engine(choice), Playing(items, hearing)
    stepwise = bool(session.config.getoption("stepwise", False))
    try:
        play = cast("Callable[[Cell], Result]", playing.play)  # what it is handed the stream hands on
        with hearing.installed(), closing(cast("Stream", stream(playing.cells(), play, engine))) as played:
            found = _ended(played, playing)
            try:
                for item in _in_order(items, found) if stepwise else found:
                    if stepwise and (session.shouldstop or session.shouldfail):
                        continue
                    report_cell(item, hearing)
                    if session.shouldfail or session.shouldstop:
                        playing.no_more()
            except KeyboardInterrupt:
                for item in _ended(_interrupted(played), playing):
                    report_cell(item, hearing)
                raise
    finally:
        engine.shutdown(wait=False, cancel_futures=True)


def _ended(played: Iterator[tuple[Cell, Played]], playing: Playing) -> Iterator[LaneItem]:
    """The items of the cells that come back played."""
    for cell, came in played:
        item = playing.item_of(cell)
        if came is not None:
            item.take(came)
            yield item


def _in_order(items: Sequence[LaneItem], found: Iterator[LaneItem]) -> Iterator[LaneItem]:
    """The same items in the order of `items`, each as soon as all before it are there."""
    waiting, there = iter(items), set[LaneItem]()
    due = next(waiting, None)
    for item in found:
        there.add(item)
        while due is not None and due in there:
            there.discard(due)
            yield due
            due = next(waiting, None)


def _interrupted(played: Stream) -> Iterator[tuple[Cell, Played]]:
    """What a stream still gives after a Ctrl-C: cells that end in time."""
    with suppress(KeyboardInterrupt, StopIteration):
        yield played.throw(KeyboardInterrupt())
        yield from played
