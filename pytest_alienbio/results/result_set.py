"""`ResultSet`: the answer to a query, asked for anew each time it is used."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Unpack, overload

from ..errors import SpecError
from ..model import Correlation, Estimate, Query, Result, garbage
from ..model.query import EVERY
from ..store.index import Index
from . import estimates
from .arrow import to_arrow
from .ask import Asked, ask
from .contrast import Contrast, Options, contrast, correlations
from .fields import CONSUMED, field_of, number_field, order_of
from .groups import FIGURES, aggregated, summarized, with_note
from .hints import hint
from .html import cells_html
from .records import Record, columns, latest, records
from .said import said
from .table import Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from .plots import Plots

By = str | Sequence[str]
"""A field's name to group by, or several."""


class Opened:
    """An index that is closed once no set of results needs it any more."""

    __slots__ = ("__weakref__", "index")

    def __init__(self, index: Index) -> None:
        self.index = index
        weakref.finalize(self, index.close)


class ResultSet:
    """Recorded cells that a query keeps: sized, sliceable, sortable, and read only when they are needed.

    Iterating gives `Result`s, one in memory at a time, DAT by DAT, the newest DAT first, unless `sort` says otherwise. A
    record of every DAT is a row; estimates count each cell once, by its latest scored record, and say how many older ones
    they left out. A field is `score`, a part of it, a metric, property or param by its name (`scores.safety`, `metrics.loss`),
    or `tokens`, `usd`, `duration_s` and the like; an unknown one is a `SpecError` with near names.
    """

    def __init__(
        self,
        opened: Opened,
        query: Query = EVERY,
        order: tuple[str, ...] = (),
        window: tuple[int, int | None] = (0, None),
        notes: tuple[str, ...] = (),
    ) -> None:
        self._opened, self._index, self._query, self._order, self._window = opened, opened.index, query, order, window
        self.notes = notes
        """What the index had to say: what could not be read, that another process is refreshing it."""

    @classmethod
    def of(cls, results: Iterable[Result]) -> ResultSet:
        """A set of results that are in memory (a `BatchResult`, a list)."""
        return cls(Opened(Index.of(results)))

    @property
    def query(self) -> Query:
        """What was asked."""
        return self._query

    def __iter__(self) -> Iterator[Result]:
        # A generator of our own: while it is read, this set and with it the index stay open.
        start, stop = self._window
        yield from self._index.results(self._query, self._order, None if stop is None else stop - start, start)

    def __len__(self) -> int:
        start, stop = self._window
        count = self._index.count(self._query)
        return max(0, (count if stop is None else min(stop, count)) - start)

    @overload
    def __getitem__(self, place: int) -> Result: ...

    @overload
    def __getitem__(self, place: slice) -> ResultSet: ...

    def __getitem__(self, place: int | slice) -> Result | ResultSet:
        """One result, or a set of some in a row. Raises `IndexError` beyond the end, `ValueError` for a slice with a step."""
        if isinstance(place, slice):
            if place.step not in (None, 1):
                raise ValueError("a set of results has no slices with a step; take list(results)[...] for these")
            # Without a negative end nothing has to be counted.
            if (place.start or 0) < 0 or (place.stop is not None and place.stop < 0):
                start, stop, _ = place.indices(len(self))
                return self._within(start, max(start, stop))
            return self._within(place.start or 0, place.stop)
        at = place if place >= 0 else place + len(self)
        found = next(iter(self._within(at, at + 1)), None) if at >= 0 else None
        if found is None:
            raise IndexError(f"result {place} of {len(self)}")
        return found

    def __repr__(self) -> str:
        count = len(self)
        why = "" if count else hint(self._index, self._query)
        return f"<ResultSet {said(self._query) or 'all'}: {count:,} record{'' if count == 1 else 's'}{why and f'; {why}'}>"

    def _repr_html_(self) -> str:
        count = len(self)
        return cells_html(list(islice(self, 10)), count, said(self._query), "" if count else hint(self._index, self._query))

    def first(self) -> Result | None:
        """The first result; None of an empty set."""
        return next(iter(self[:1]), None)

    def sort(self, *keys: str, reverse: bool = False) -> ResultSet:
        """These in the order of `keys`, fields or `time` and `duration`; `-score` has the largest first, `reverse` turns all.

        What is missing comes last either way. Raises `SpecError` for no key, or one that no record has.
        """
        if not keys:
            raise SpecError('sort by what? results.sort("score", reverse=True)')
        if self._window != (0, None):
            return ResultSet.of(self).sort(*keys, reverse=reverse)
        order = [order_of(key, self._index, self._query) for key in keys]
        if reverse:
            order = [key[1:] if key.startswith("-") else f"-{key}" for key in order]
        return ResultSet(self._opened, self._query, tuple(order), notes=self.notes)

    def filter(self, keep: Callable[[Result], object] | None = None, **words: Unpack[Asked]) -> ResultSet:
        """Those that fit more words (`agent="greedy", passed=False`: see `ask`), or that a function of a `Result` keeps.

        What both the set and the words ask about is looked for in what is in memory, and so is what a function keeps. Raises
        `SpecError` for words that cannot be read, or ask twice what memory does not hold (tags and notes given to a DAT, its
        commit).
        """
        if keep is not None:
            kept = ResultSet(Opened(Index.of(result for result in self if keep(result))), order=self._order)
            return kept.filter(**words) if words else kept
        more = ask(now=time.time(), **words)
        asked = _asked(more)
        twice = asked.keys() & _asked(self._query)
        if not twice and self._window == (0, None):
            return ResultSet(self._opened, replace(self._query, **asked), self._order, notes=self.notes)
        if odd := [name for name in asked if name in ("tags", "note", "commit", "dats")]:
            raise SpecError(f"{odd[0]} cannot be asked of a part of the results, or twice: ask for it in the query itself")
        return ResultSet(Opened(Index.of(self)), more, self._order)

    def latest(self) -> ResultSet:
        """One record a cell: of several DATs the latest scored one, else the latest."""
        return self if self._query.latest else self.filter(latest=True)

    def mean(self, field: str = "score", *, population: bool = False) -> Estimate:
        """The mean over scenarios, each weighing the same, with its interval: on these scenarios, or (`population`) on new ones
        of their kind. Its units are worlds (difficulty x seed). Several agents are pooled with a note: `stats(by="agent")`
        tells them apart. Raises `SpecError` for scores of which some are better higher, some lower."""
        asked = number_field(field, self._index, self._query)
        found, older = self._counted(field)
        return with_note(estimates.mean(found, asked, population=population), older)

    def std(self, field: str = "score") -> Estimate:
        """The standard deviation (ddof = 1) of the cells' values as they are, scenarios and agents pooled."""
        found, older = self._counted(field)
        return with_note(estimates.spread(found), older)

    def percentiles(self, field: str = "score", at: Sequence[float] = (50, 90, 99)) -> dict[str, Estimate]:
        """Percentiles of the cells' values by name (`p50`), linear between order statistics. p90 is told from 10 values on, p99
        from 100; below that the largest stands in for it, and its `method` says `max`."""
        found, older = self._counted(field)
        return {f"p{q:g}": with_note(estimates.at_percent(found, q), older) for q in at}

    def pass_rate(self, *, population: bool = False) -> Estimate:
        """The share of judged cells that passed, over scenarios as `mean`; of one scenario with Wilson's interval."""
        found, older = self._counted("score")
        return with_note(estimates.rate(found, population=population), older)

    def stats(self, by: By = (), field: str = "score") -> Table:
        """A row a group: mean, standard deviation, smallest, median and largest value, and pass rate."""
        found, older = self._counted(field, by)
        return summarized(found, number_field(field, self._index, self._query), _names(by), older)

    def aggregate(self, by: By = (), **figures: str | Sequence[str]) -> Table:
        """A row a group with the figures asked for: `aggregate(["agent"], score="mean", usd=["sum", "p90"])`.

        Figures: `mean`, `population`, `sd`, `sum`, `min`, `max`, `pass_rate`, `pN` (a percentile). Without any: the mean score,
        the pass rate, and the sums of tokens, usd and seconds. A field whose name is no Python word goes in a mapping:
        `aggregate("agent", **{"scores.safety": "mean"})`. Raises `SpecError`.
        """
        asked = {name: (kinds,) if isinstance(kinds, str) else tuple(kinds) for name, kinds in (figures or FIGURES).items()}
        made = {name: number_field(name, self._index, self._query) for name in asked}
        found = {name: self._counted(name, by) for name in asked}
        return aggregated(found, made, asked, _names(by))

    def compare(
        self,
        agents: Sequence[str] = (),
        field: str = "score",
        *,
        reference: str | None = None,
        better: str | None = None,
        **options: Unpack[Options],
    ) -> Contrast:
        """Each pair of `agents` (all there are), or each against `reference`, on what both have played.

        Pairs of equal scenario, version, difficulty, seed, params and variant; their differences weigh each scenario the same,
        p values are adjusted for the number of pairs (Holm). Scores have their own direction; of what a cell took less is
        better, of anything else more, unless `better` says `lower`. Options: see `stats.compare`. Raises `SpecError` for an
        agent without a record, fewer than two, and scores of both directions.
        """
        asked = number_field(field, self._index, self._query)
        found, older = self._counted(field)
        told = better or ("lower" if asked.column in CONSUMED else "higher")
        return contrast(found, asked, agents, older, reference=reference, better=told, **options)

    def correlate(self, *names: str, field: str = "score", partial: bool = False) -> Correlation | tuple[Correlation, ...]:
        """How one agent's scores go with the difficulty, a property, a param or a metric; several are judged together.

        A unit is a scenario (at each level, where it has several), not a cell. Numbers: Spearman; texts and truth values:
        eta2. Several p values are adjusted (Benjamini-Hochberg); `partial` holds the other numbers constant. Raises `SpecError`
        for no name, for several agents, and for scores of which some are better higher, some lower.
        """
        if not names:
            raise SpecError('correlate with what? results.correlate("difficulty")')
        found, _ = self._counted(field, names)
        told = correlations(found, number_field(field, self._index, self._query), names, partial=partial)
        return told[0] if len(names) == 1 else told

    @property
    def plot(self) -> Plots:
        """Charts of these, as specifications that notebooks draw and files hold: `results.plot.heatmap().save("heat.svg")`."""
        from .plots import Plots

        held = self if self._window == (0, None) else ResultSet.of(self)
        return Plots(held._opened, held._query)

    def to_dataframe(self) -> pd.DataFrame:
        """A typed pandas frame with a row a record: see `results.frames.frame`."""
        from .frames import READ, frame

        return frame(self._rows(READ))

    def to_arrow(self) -> pa.Table:
        """The same as an Arrow table. Raises `MissingExtraError` without pyarrow."""
        return to_arrow(self.to_dataframe())

    def _within(self, start: int, stop: int | None) -> ResultSet:
        first, last = self._window
        end = last if stop is None else first + stop if last is None else min(last, first + stop)
        begin = first + start if end is None else min(first + start, end)
        return ResultSet(self._opened, self._query, self._order, (begin, end), self.notes)

    def _rows(self, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        start, stop = self._window
        yield from self._index.rows(self._query, names, self._order, None if stop is None else stop - start, start)

    def _counted(self, field: str, by: By = ()) -> tuple[list[Record], int]:
        asked = number_field(field, self._index, self._query)
        groups = [field_of(name, self._index, self._query) for name in _names(by)]
        with garbage.kept():
            return latest(records(self._rows(columns(asked, groups)), asked))


def _names(by: By) -> tuple[str, ...]:
    return (by,) if isinstance(by, str) else tuple(by)


def _asked(query: Query) -> dict[str, Any]:
    """The fields of a query that ask for something."""
    return {one.name: value for one in fields(Query) if (value := getattr(query, one.name)) != getattr(EVERY, one.name)}
