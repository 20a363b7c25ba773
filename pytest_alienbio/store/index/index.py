"""`Index`: questions to all DATs below a data root."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import AlienBioError, StoreError
from ...model import Json, Query, Result
from ...model.query import EVERY
from . import answers, asking, opening
from .leaves import LeafSum
from .names import Names
from .opening import GARBLED, Opened
from .refreshing import Refreshing
from .schema import make

if TYPE_CHECKING:
    from .lines import Lines

T = TypeVar("T")

_AT_ONCE = 100
"""Rows looked at before the first is given: what turns out damaged by then is asked anew, and nobody notices."""


class Index:
    """Answers from `<data root>/.bio-index.sqlite`, a cache of what the DATs hold: it may be deleted at any time.

    A context manager. What it answers changes only with `refresh`, also while other processes write. Of a cell's attempts
    in one DAT it knows the one that counts (`scan.that_counts`). For one thread at a time.
    """

    def __init__(self, root: str, opened: Opened, results: Sequence[Result] = ()) -> None:
        self._root, self._opened, self._results = root, opened, results
        self._notes = [opened.note] if opened.note else []
        self._lost: dict[str, int] = {}
        self._paths: list[str] | None = None
        self._refreshed = False
        try:
            self._start()
        except (sqlite3.Error, *GARBLED) as error:
            self._mend(error)

    @classmethod
    def open(cls, data_root: Path) -> Index:
        """The index of a data root, made if there is none; nothing is read yet (`refresh`).

        A damaged file, or one of another version, is made anew; where none can be written (a read-only disk) it works from
        a temporary copy. Both are said in what `refresh` returns. Never raises for the state of the file.
        """
        return cls(str(data_root), opening.opened(Path(data_root)))

    @classmethod
    def of(cls, results: Iterable[Result]) -> Index:
        """An index in memory of results that are in memory: `refresh` does nothing, `results` gives these objects back.

        Each is a record; of several with the same `dat_path`, `key` and `id` the one counts that would in a DAT. Numbers
        that are not finite are missing.
        """
        from .memory import take_results

        held = tuple(results)
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            make(connection)
            take_results(connection, Names(connection), held)
        except BaseException:
            connection.close()
            raise
        return cls("", Opened(connection, None), held)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file. Twice does nothing."""
        self._opened.connection.close()

    def refresh(self, paths: Iterable[Path] | None = None) -> tuple[str, ...]:
        """Takes over what changed on the disk since the last time; gives notes about the index itself.

        None: every DAT below the data root; those that vanished are forgotten. Else just these DATs, wherever they are.
        Only journals that changed are read, those that grew from where reading stopped. What of a DAT cannot be read is
        in `notes`; a path that is no DAT is said here. Never waits long for another process that is refreshing: then what
        there is is used, and a note says so.
        """
        if self._results or not self._root:
            return ()
        self._paths = None if paths is None else [str(path) for path in paths]
        self._refreshed = True
        self._lost.clear()
        try:
            self._refresh()
        except AlienBioError:
            raise
        except (sqlite3.Error, *GARBLED) as error:
            self._mend(error)
        notes, self._notes = tuple(self._notes), []
        return notes

    def dats(self, query: Query = EVERY) -> list[str]:
        """The DATs that `query` looks at (its `dats` and `commit`), in their order, spelled as in `Result.dat_path`."""
        return self._ask(lambda: [dat.path for dat in self._asking.chosen(query)])

    def notes(self, query: Query = EVERY) -> list[str]:
        """What could not be read in the DATs that `query` looks at, and by this `Index` so far: DAT, file, line and why."""

        from ..scan import MAX_NOTES

        def found() -> list[str]:
            notes: list[str] = []
            for dat in self._asking.chosen(query, unread=True):
                texts = self._asking.troubles(dat.no)
                notes += [f"{dat.path}: {text}" for text in texts[:MAX_NOTES]]
                if len(texts) > MAX_NOTES:
                    notes.append(f"{dat.path}: ... and {len(texts) - MAX_NOTES} more such lines")
            return notes

        lost = [f"{text}; {count} record{'' if count == 1 else 's'} left out" for text, count in self._lost.items()]
        return [*self._ask(found), *lost]

    @property
    def is_whole(self) -> bool:
        """Whether it has all that its DATs hold, and not just some results of theirs."""
        return bool(self._root)

    def count(self, query: Query = EVERY) -> int:
        """How many records `query` keeps."""
        return self._ask(lambda: self._asking.count(query))

    def rows(
        self,
        query: Query,
        columns: Sequence[str],
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[tuple[Any, ...]]:
        """A tuple of `columns` (see `COLUMNS`, `MAPS`) for each record that `query` keeps. Streams.

        `order`: columns, the first one first; `-score` is the largest first; what is missing comes last either way. Ties,
        and all without `order`: DAT by DAT, in each by scenario, difficulty (none first), agent, seed, variant, params (or,
        without `order`, id and key). `record` is a column, too: the number that `at` takes, as long as nothing is refreshed;
        and `task`, 1 for the trial of one, else 0, and `traced`, 1 where its trace was kept. Raises `SpecError` for a column
        that is none.
        """
        self._ask(lambda: self._asking.columns(columns, order))
        return self._stream(lambda: self._asking.rows(query, columns, order, limit, offset))

    def results(
        self, query: Query = EVERY, order: Sequence[str] = (), limit: int | None = None, offset: int = 0
    ) -> Iterator[Result]:
        """The whole results, read from the journals one by one, in the order of `rows`.

        A line that is no longer what it was (its DAT was deleted meanwhile) is left out, and said in `notes`.
        """
        yield from self._whole(lambda: self._asking.places(query, order, limit, offset))

    def at(self, records: Sequence[int]) -> Iterator[Result]:
        """The whole results of some records, by their numbers (`record` in `rows`), in this order; else as `results`."""
        yield from self._whole(lambda: self._asking.places_of(records))

    def _whole(self, places: Callable[[], Iterator[tuple[Any, ...]]]) -> Iterator[Result]:
        if self._results:
            yield from (self._results[place[2]] for place in places())
            return
        with ExitStack() as files:

            def located() -> Iterator[tuple[Lines, tuple[Any, ...]]]:
                lines = files.enter_context(self._asking.lines())
                for place in places():
                    if not lines.knows(*place[:2]):
                        raise LookupError("a record of no journal")
                    yield lines, place

            for lines, place in self._stream(located):
                try:
                    result = lines.result(*place)
                except StoreError as error:
                    self._lost[str(error)] = self._lost.get(str(error), 0) + 1
                    continue
                yield result

    def leaves(self, query: Query = EVERY) -> list[LeafSum]:
        """Sums by DAT, battery, scenario, agent, role and direction, in that order."""
        return self._ask(lambda: self._asking.leaves(query))

    def names(self, column: str, query: Query = EVERY) -> list[str]:
        """What there is of `agent`, `scenario`, `battery`, `role`, `outcome`, `commit`, `dat`, ..., sorted.

        `tags` are each by itself, of scenarios, batteries, runs and cells; `scores`, `metrics`, `properties` and `params` are
        the names in them. In the DATs that `query` looks at; its other filters do not narrow it: this is for hints.
        """
        return self._ask(lambda: self._asking.names_of(column, query))

    def recall(self, question: Json, query: Query = EVERY) -> Json:
        """What was remembered for this question and query; None if nothing was, or a DAT that it looks at changed since."""
        key = answers.key_of(question, query)
        return self._ask(lambda: answers.recall(self._opened.connection, key, self._asking.state(query)))

    def remember(self, question: Json, query: Query, answer: Json) -> None:
        """Keeps an answer for `recall`, until a DAT that `query` looks at changes. `question` should name what computes it.

        Never fails for a disk that cannot be written. Raises `ValueError` for an answer that is no JSON.
        """
        text = json.dumps(answer, allow_nan=False, default=dict)
        key, state = answers.key_of(question, query), self._ask(lambda: self._asking.state(query))
        with suppress(sqlite3.Error, OSError):
            if self._opened.file is None:
                answers.remember(self._opened.connection, key, state, text)
                return
            # By a connection of its own, so that this one still sees what it saw.
            with opening.another(self._opened.file) as connection:
                answers.remember(connection, key, state, text)

    def _start(self) -> None:
        """With a new connection."""
        self._names = Names(self._opened.connection)
        self._asking = asking.Asking(self._opened.connection, self._names, self._root, in_memory=bool(self._results))
        self._begin()

    def _begin(self) -> None:
        """From here on what is read does not change."""
        self._opened.connection.execute("BEGIN")
        self._opened.connection.execute("SELECT count(*) FROM dat").fetchone()
        self._names.forget_if_others_wrote()

    def _end(self) -> None:
        if self._opened.connection.in_transaction:
            self._opened.connection.execute("COMMIT")
        self._asking.forget()

    def _refresh(self) -> None:
        self._end()
        self._notes += Refreshing(self._opened.connection, self._names, self._root).of(self._paths)
        self._begin()

    def _mend(self, error: Exception, *, again: bool = False) -> None:
        """After an error of the file: with one made anew, else (or if that breaks, too) with a temporary one; refreshed."""
        if self._opened.file is None:
            if not isinstance(error, sqlite3.Error):
                raise error
            raise StoreError(f"the index of {self._root or 'these results'} does not work: {error}") from error
        root = Path(self._root)
        self._opened.connection.close()
        try:
            if again or not opening.is_damage(error):
                raise error
            self._opened = opening.renewed(root, self._opened, str(error))
        except (OSError, sqlite3.Error) as failure:
            self._opened = opening.stopgap(root, failure)
        self._notes += [self._opened.note] if self._opened.note else []
        try:
            self._start()
            if self._refreshed:
                self._refresh()
        except sqlite3.Error as failure:
            self._mend(failure, again=True)

    def _ask(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except AlienBioError:
            raise
        except (sqlite3.Error, *GARBLED) as error:
            self._mend(error)
            return work()

    def _stream(self, work: Callable[[], Iterator[T]]) -> Iterator[T]:
        """What `work` gives. If the file turns out damaged before the first is given, from one made anew; else that is said,
        and the next question finds one made anew."""
        rows: Iterator[T] = iter(())

        def begun() -> list[T]:
            nonlocal rows
            rows = work()
            return list(islice(rows, _AT_ONCE))

        yield from self._ask(begun)
        try:
            yield from rows
        except AlienBioError:
            raise
        except (sqlite3.Error, *GARBLED) as error:
            self._mend(error)
            raise StoreError(f"the index of {self._root} was damaged ({error}); ask again") from error
