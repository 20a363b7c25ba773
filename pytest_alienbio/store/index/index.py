"""`Index`: questions to all DATs below a data root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ...errors import NotBuiltError
from ...model import Json, Query, Result
from ...model.query import EVERY
from .leaves import LeafSum


class Index:
    """Answers from `<data root>/.bio-index.sqlite`, a cache of what the DATs hold: it may be deleted at any time.

    A context manager. What it answers changes only with `refresh`, also while other processes write. Of a cell's attempts
    in one DAT it knows the one that counts (`scan`). For one thread at a time.
    """

    @classmethod
    def open(cls, data_root: Path) -> Index:
        """The index of a data root, made if there is none; nothing is read yet (`refresh`).

        A damaged file, or one of another version, is made anew; where none can be written (a read-only disk) it works from
        a temporary copy. Both are said in what `refresh` returns. Never raises for the state of the file.
        """
        raise NotBuiltError("store.index: Index.open")

    @classmethod
    def of(cls, results: Iterable[Result]) -> Index:
        """An index in memory of results that are in memory: `refresh` does nothing, `results` gives these objects back.

        Each is a record; of several with the same `dat_path`, `key` and `id` the one counts that would in a DAT. Numbers
        that are not finite are missing.
        """
        raise NotBuiltError("store.index: Index.of")

    def __enter__(self) -> Index:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file. Twice does nothing."""

    def refresh(self, paths: Iterable[Path] | None = None) -> tuple[str, ...]:
        """Takes over what changed on the disk since the last time; gives notes about the index itself.

        None: every DAT below the data root; those that vanished are forgotten. Else just these DATs, wherever they are.
        Only journals that changed are read, those that grew from where reading stopped. What of a DAT cannot be read is
        in `notes`; a path that is no DAT, too. Never waits long for another process that is refreshing: then what there is
        is used, and a note says so.
        """
        raise NotBuiltError("store.index: Index.refresh")

    def dats(self, query: Query = EVERY) -> list[str]:
        """The DATs that `query` looks at (its `dats` and `commit`), in their order, spelled as in `Result.dat_path`."""
        raise NotBuiltError("store.index: Index.dats")

    def notes(self, query: Query = EVERY) -> list[str]:
        """What could not be read in the DATs that `query` looks at, and by this `Index` so far: DAT, file, line and why."""
        raise NotBuiltError("store.index: Index.notes")

    def count(self, query: Query = EVERY) -> int:
        """How many records `query` keeps."""
        raise NotBuiltError("store.index: Index.count")

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
        and all without `order`: DAT by DAT, in each by scenario, difficulty (none first), agent, seed, variant, id, key.
        Raises `SpecError` for a column that is none.
        """
        raise NotBuiltError("store.index: Index.rows")

    def results(
        self,
        query: Query = EVERY,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[Result]:
        """The whole results, read from the journals one by one, in the order of `rows`.

        A line that is no longer what it was (its DAT was deleted meanwhile) is left out, and said in `notes`.
        """
        raise NotBuiltError("store.index: Index.results")

    def leaves(self, query: Query = EVERY) -> list[LeafSum]:
        """Sums by DAT, battery, scenario, agent, role and direction, in that order."""
        raise NotBuiltError("store.index: Index.leaves")

    def names(self, column: str, query: Query = EVERY) -> list[str]:
        """What there is of `agent`, `scenario`, `battery`, `role`, `tag`, ..., sorted, in the DATs that `query` looks at.

        For hints: the other filters of `query` do not narrow it.
        """
        raise NotBuiltError("store.index: Index.names")

    def recall(self, question: Json, query: Query = EVERY) -> Json:
        """What was remembered for this question and query; None if nothing was, or a DAT that it looks at changed since."""
        raise NotBuiltError("store.index: Index.recall")

    def remember(self, question: Json, query: Query, answer: Json) -> None:
        """Keeps an answer for `recall`, until a DAT that `query` looks at changes. `question` should name what computes it.

        Never fails for a disk that cannot be written. Raises `ValueError` for an answer that is no JSON.
        """
        raise NotBuiltError("store.index: Index.remember")
