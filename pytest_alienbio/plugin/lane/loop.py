"""A session with cells in the engine lane: other tests by pytest's own protocol, those cells as their engine ends them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from typing import cast

import pytest

from ...errors import AlienBioError, EngineError
from ...model import Cell, EngineChoice, Result
from ...model.garbage import settled
from ...run import stream
from ...run.execute import SPARE
from ..state import state_of
from .hearing import Hearing
from .item import LaneItem
from .playing import Played, Playing
from .protocol import report_cell

Stream = Generator[tuple[Cell, Played], None, None]


def run_session(session: pytest.Session) -> bool | None:
    """pytest's test loop for sessions with cells in the engine lane; None leaves it to pytest.

    All cells that one engine plays are played where the first of them stands; other tests keep their order.
    """
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        return None
    lanes: dict[EngineChoice, list[LaneItem]] = {}
    for item in session.items:
        if isinstance(item, LaneItem):
            lanes.setdefault(item.lane.engine, []).append(item)
    if not lanes:
        return None
    hearing = Hearing(session.config)
    engines = _opened(session, lanes, hearing)
    try:
        _run(session, lanes, engines, hearing)
    finally:
        for playing in engines.values():
            playing.close()
    return True


def _opened(
    session: pytest.Session, lanes: Mapping[EngineChoice, Sequence[LaneItem]], hearing: Hearing
) -> dict[EngineChoice, Playing]:
    """Every engine, ready to play. Ends the session before anything was run if one cannot be."""
    engines: dict[EngineChoice, Playing] = {}
    for choice, items in lanes.items():
        try:
            engines[choice] = Playing(choice, items, hearing)
        except AlienBioError as error:
            for playing in engines.values():
                playing.close()
            state_of(session.config).release()
            raise pytest.UsageError(f"the engine {choice} cannot play: {error}") from error
    return engines


def _run(
    session: pytest.Session,
    lanes: Mapping[EngineChoice, Sequence[LaneItem]],
    engines: Mapping[EngineChoice, Playing],
    hearing: Hearing,
) -> None:
    due = dict(lanes)
    others = [item for item in session.items if not isinstance(item, LaneItem)]
    following = iter([*others[1:], None])
    for item in list(session.items):
        if isinstance(item, LaneItem):
            if items := due.pop(item.lane.engine, None):
                _play(session, engines[item.lane.engine], items, hearing)
        else:
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=next(following))
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


def _play(session: pytest.Session, playing: Playing, items: Sequence[LaneItem], hearing: Hearing) -> None:
    """Plays the cells of `items` on their engine and reports each when it ended.

    Once the session is to stop (`-x`), cells that have begun are played to their end, recorded and reported, too, as by
    other workers; after a Ctrl-C those that end in time. With `--stepwise` reports keep the items' order and stop where it
    does: it goes on from the last failure that it saw.
    """
    stepwise = bool(session.config.getoption("stepwise", False))
    if progress := session.config.pluginmanager.get_plugin("alienbio-progress"):
        progress.begin()
    stop = state_of(session.config).stop
    play = cast("Callable[[Cell], Result]", playing.play)  # what it is handed the stream hands on
    # Where a failure ends the session, it is heard of before others begin
    spare = 0 if stepwise or session.config.getoption("maxfail", 0) else SPARE
    cells = cast("Stream", stream(playing.cells(), play, playing.engine, stop, spare=spare))
    try:
        with settled(), hearing.installed(), closing(cells) as played:
            found = _ended(played, playing)
            try:
                for item in _in_order(items, found) if stepwise else found:
                    if stepwise and (session.shouldstop or session.shouldfail):
                        continue
                    report_cell(item, hearing)
                    if session.shouldfail or session.shouldstop:
                        playing.no_more()
            except KeyboardInterrupt:
                for item in chain(_ended(_interrupted(played), playing), playing.left()):
                    report_cell(item, hearing)
                raise
    except EngineError as error:
        raise session.Failed(str(error)) from error


def _ended(played: Iterator[tuple[Cell, Played]], playing: Playing) -> Iterator[LaneItem]:
    """The items of the cells that come back played."""
    for cell, came in played:
        if item := playing.take(cell, came):
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
