"""The traces of a page, packed: some in it, within a budget, the others in files beside it, packed when they are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from ...errors import SpecError, did_you_mean
from ...model import Json, Result
from ...report.html.blocks import tame
from ...report.html.packed import pack
from ...results.sheet import Found
from .chosen import by_interest

if TYPE_CHECKING:
    from ...store.index import Index

Kept = Literal["embedded", "all", "none"]
"""Which traces are at hand: as many as the page has room for; the others, too, in files beside it; none."""
BUDGET = 600_000
"""Bytes of packed traces in a page."""
MOST = 200
"""Traces in a page: to tell one beside its world takes tens of milliseconds."""
CHUNK = 400_000
"""Bytes of JSON in a chunk of the page: what is unpacked when one of its traces is opened."""
BESIDE = 50
"""Traces in a file beside the page."""
_AT_ONCE = 16
"""Results read before the budget is looked at again."""

Teller = Callable[[Result], Mapping[str, Json]]
"""Of a result what a page shows of its trace; nothing to show: nothing of it."""
_Trace = tuple[str, str, Mapping[str, Json]]
"""Run, cell, and what a page shows of it."""


@dataclass(frozen=True, slots=True)
class Traced:
    """Packed chunks by name, and where whose trace is."""

    chunks: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By run and cell the name of a chunk."""


def kept_of(word: str) -> Kept:
    """The word as it is meant. Raises `SpecError` for one that is none."""
    for known in get_args(Kept):
        if word == known:
            kept: Kept = known
            return kept
    raise SpecError(f"traces of a page: {did_you_mean(word, get_args(Kept))}")


def traced(
    index: Index,
    found: Found,
    called: Mapping[str, str],
    tell: Callable[[str], Teller],
    kept: Kept = "embedded",
    *,
    named: Collection[str] = (),
    budget: int = BUDGET,
    most: int = MOST,
) -> Traced:
    """The traces of `found` (cells of `index`) for a page; `called` are the names of their DATs, `tell` gives of each DAT what
    tells its traces.

    `embedded`: the most telling ones (`chosen.by_interest`; those of the cells `named` before all), up to `budget` bytes packed
    and `most` of them. `all`: the others beside them, each chunk made anew whenever it is asked for, so that a hundred thousand
    are never in memory together.
    """
    if kept == "none":
        return Traced()
    order = by_interest(found, named)
    telling = _Telling(index, found, called, tell)
    chunks = _embedded(telling, order[:most], budget)
    places: dict[str, dict[str, str]] = {}
    for name, (_, cells) in chunks.items():
        for run, cell in cells:
            places.setdefault(run, {})[cell] = name
    rest = [place for place in order if not _is_in(places, *telling.name(place))] if kept == "all" else []
    beside = Beside(telling, rest, len(chunks))
    for name, run, cell in beside.places():
        places.setdefault(run, {})[cell] = name
    return Traced({name: packed for name, (packed, _) in chunks.items()}, beside, places)


def _is_in(places: Mapping[str, Mapping[str, str]], run: str, cell: str) -> bool:
    return cell in places.get(run, ())


class _Telling:
    """Of cells by their places in `found` the traces, DAT by DAT."""

    def __init__(self, index: Index, found: Found, called: Mapping[str, str], tell: Callable[[str], Teller]) -> None:
        self._index, self._found, self._called, self._tell = index, found, called, tell
        self._tellers: dict[str, Teller] = {}

    def name(self, place: int) -> tuple[str, str]:
        """Run and cell, as a page names them."""
        return self._spelled(self._found["dat"][place], self._found["id"][place])

    def _spelled(self, dat: str, cell: str) -> tuple[str, str]:
        return tame(self._called.get(dat, dat)), tame(cell)

    def traces(self, places: Sequence[int]) -> Iterator[_Trace]:
        """(run, cell, trace) of those that have one."""
        for result in self._index.at([self._found["record"][place] for place in places]):
            if result.trace is None or not result.trace.file:
                continue
            dat = result.dat_path
            if dat not in self._tellers:
                self._tellers[dat] = self._tell(dat)
            if trace := self._tellers[dat](result):
                yield *self._spelled(dat, result.id), trace


class Beside(Mapping[str, str]):
    """Chunks of traces by name, each packed when it is asked for."""

    def __init__(self, telling: _Telling, places: Sequence[int], before: int) -> None:
        self._telling = telling
        starts = range(0, len(places), BESIDE)
        self._chunks = {_name(before + number): places[at : at + BESIDE] for number, at in enumerate(starts)}

    def places(self) -> Iterator[tuple[str, str, str]]:
        """(chunk, run, cell) of every trace that it should have; one that turns out damaged is not there."""
        for name, places in self._chunks.items():
            yield from ((name, *self._telling.name(place)) for place in places)

    def __getitem__(self, name: str) -> str:
        return pack(_chunk(self._telling.traces(self._chunks[name])))

    def __iter__(self) -> Iterator[str]:
        return iter(self._chunks)

    def __len__(self) -> int:
        return len(self._chunks)


def _embedded(telling: _Telling, order: Sequence[int], budget: int) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Chunks by name, packed, and whose traces they hold: the first of `order`, for as long as there is room."""
    made: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    held: list[_Trace] = []
    size = spent = 0
    for start in range(0, len(order), _AT_ONCE):
        for each in telling.traces(order[start : start + _AT_ONCE]):
            held.append(each)
            size += len(json.dumps(each[2], separators=(",", ":"), default=dict))
        if size < CHUNK and start + _AT_ONCE < len(order):
            continue
        packed, count = _fitting(held, budget - spent)
        if count:
            made[_name(len(made))] = packed, [(run, cell) for run, cell, _ in held[:count]]
        if count < len(held):
            break
        spent += len(packed)
        held, size = [], 0
    return made


def _fitting(held: Sequence[_Trace], room: int) -> tuple[str, int]:
    """The first traces that fit into so many bytes, packed, and how many they are."""
    count = len(held)
    while count:
        packed = pack(_chunk(held[:count]))
        if len(packed) <= room:
            return packed, count
        count = min(count - 1, int(0.95 * count * max(room, 0) / len(packed)))
    return "", 0


def _chunk(traces: Iterable[_Trace]) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for run, cell, trace in traces:
        found.setdefault(run, {})[cell] = dict(trace)
    return dict(found)


def _name(number: int) -> str:
    return f"traces-{number + 1:04}"
