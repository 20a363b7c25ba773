"""xdist's scheduler `load` with another order: the longest cells first, those of one world to one worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScheduling

from ..run.order import Job, batch_of, line_up

if TYPE_CHECKING:
    import pytest
    from xdist.workermanage import WorkerController

OVERHEAD_S = 0.002
"""Of an item in a worker, beside its cell."""


class LongestFirst(LoadScheduling):  # type: ignore[misc]  # xdist's sources have no types for us
    """`pending` stays what it is there, the places of all items no worker has; it is kept in the order of `line_up`.

    `jobs_of` is asked for the items once they are known; `known`: whether what it says of their seconds is more than a guess.
    """

    collection: list[str] | None

    def __init__(
        self, config: pytest.Config, log: Any, jobs_of: Callable[[Sequence[str]], Sequence[Job]], *, known: bool
    ) -> None:
        super().__init__(config, log)
        self._jobs_of = jobs_of
        self._seconds: list[float] = []
        """Expected, of each item."""
        self._rank: list[int] = []
        """Of each item, which bundle it is in; bundles count in their order."""
        self._batch_s = self._left_s = 0.0
        """Of a worker's bundle; and expected of all that is in `pending`."""
        self._loads: dict[WorkerController, float] = {}
        """Expected of what each worker has."""
        self._enough: dict[WorkerController, int] = {}
        """Below how many items a worker is looked after again."""
        self._sorted = 0
        """How many of `pending` there were when it was in order."""
        self._took = self._foreseen = 0.0 if not known else 1.0
        """Of the items that are done, and a word in advance for what was recorded: the machine may be slower today."""

    def schedule(self) -> None:
        if self.collection is None and self._check_nodes_have_same_collection():
            self.collection = next(iter(self.node2collection.values()))
            self._line_up(self._jobs_of(self.collection))
            for node in self.nodes:  # the longest ones begin at once, each on a worker of its own
                self._hand_out(node, lambda items, load: not items)
        if self.collection is not None:
            super().schedule()

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        self._took += duration
        self._foreseen += self._seconds[item_index]
        self._loads[node] -= self._seconds[item_index]
        super().mark_test_complete(node, item_index, duration)

    def check_schedule(self, node: WorkerController, duration: float = 0) -> None:
        if node.shutting_down or not self.pending:
            super().check_schedule(node, duration)
            return
        has = len(self.node2pending[node])
        if has >= max(2, self._enough.get(node, 0)):
            return
        pace = self._took / self._foreseen if self._foreseen else None
        # As in `load` no more than half a share: what is expected may be wrong
        share = len(self.pending) // len(self.nodes) // 2
        most = min(self.maxschedchunk or share, share)

        def more(items: int, load: float) -> bool:
            return items < 2 or (pace is not None and items - has < most and load * pace < self._batch_s)

        self._hand_out(node, more)
        self._enough[node] = len(self.node2pending[node]) // 2 + 1

    def _line_up(self, jobs: Sequence[Job]) -> None:
        jobs = [Job(job.seconds + OVERHEAD_S, job.world, job.making_s, job.stage) for job in jobs]
        self._batch_s = batch_of(jobs, self.numnodes)
        bundles = line_up(jobs, self._batch_s)
        self._seconds, self._rank = [job.seconds for job in jobs], [0] * len(jobs)
        made = set[str]()
        for rank, bundle in enumerate(bundles):
            for at in bundle:
                self._rank[at] = rank
            first = jobs[bundle[0]]
            if first.making_s and first.world not in made:
                made.add(first.world)
                self._seconds[bundle[0]] += first.making_s
        self.pending[:] = [at for bundle in bundles for at in bundle]
        self._tidy()

    def _tidy(self) -> None:
        """Brings `pending` into its order again: some may have come back, from a worker that died."""
        self.pending.sort(key=self._rank.__getitem__)
        self._left_s = sum(self._seconds[at] for at in self.pending)
        self._sorted = len(self.pending)

    def _hand_out(self, node: WorkerController, more: Callable[[int, float], bool]) -> None:
        """Sends a worker bundles, as long as it should have `more` than so many items and so many expected seconds.

        Beside others it has it is given the first bundle that leaves it within its fair share of all that is left, else the
        last one: so no long one waits behind another long one while other workers run out of work.
        """
        if len(self.pending) != self._sorted:
            self._tidy()
        items, load, front = len(self.node2pending[node]), self._loads.get(node, 0.0), 0
        fair = (self._left_s + sum(self._loads.get(each, 0.0) for each in self.nodes)) / len(self.nodes)
        while front < len(self.pending) and more(items, load):
            begin = end = front
            length = 0.0
            for begin, end in self._bundles(front):
                length = sum(self._seconds[at] for at in self.pending[begin:end])
                if not items or load + length <= fair:
                    break
            if begin > front:
                chosen = self.pending[begin:end]
                del self.pending[begin:end]
                self.pending[front:front] = chosen
            front, items, load = front + end - begin, items + end - begin, load + length
        self._left_s -= load - self._loads.get(node, 0.0)
        self._loads[node] = load
        self._send_tests(node, front)
        self._sorted = len(self.pending)

    def _bundles(self, begin: int) -> Iterator[tuple[int, int]]:
        """Where in `pending`, from `begin` on, each bundle begins and ends."""
        for at in range(begin + 1, len(self.pending) + 1):
            if at == len(self.pending) or self._rank[self.pending[at]] != self._rank[self.pending[begin]]:
                yield begin, at
                begin = at
