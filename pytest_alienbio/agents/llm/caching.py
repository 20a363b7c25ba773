"""A way to a model that remembers: what was answered once, in the same place of the same cell, is not asked again."""

from __future__ import annotations

from collections import Counter

from ...model import Answer, Cell, Endpoint, Json, Request
from ...model.call_record import answer_as_json, answer_of
from ...model.canonical import digest
from ...model.conversation import Remembering, Wire
from ...model.ports import AnswerStore


class CachingWire(Remembering):
    """`wire`, and the answers of a `store`. Only answers are kept, never faults.

    A key is of the request, of who is asked and where, of the cell's id and seed, of how many answers the cell had before,
    and of how many of them were to the very same request: seeds, repeats and second tries never share an answer. A cell that
    goes on from a checkpoint counts from there, and so asks anew.
    """

    def __init__(self, wire: Wire, store: AnswerStore, endpoint: Endpoint, cell: Cell) -> None:
        self.provider, self.version = wire.provider, wire.version
        self._wire, self._store = wire, store
        self._about: list[Json] = [
            endpoint.wire_format,
            endpoint.provider,
            endpoint.base_url,
            cell.id,
            cell.seed,
            cell.agent.name,
        ]
        self._place, self._before = 0, Counter[str]()

    def recall(self, request: Request, /) -> Answer | None:
        """What was answered before; None: it has to be asked. What is stored and is no answer of ours counts as nothing."""
        value = self._store.get(self._key(request))
        if value is None:
            return None
        try:
            answer = answer_of(value)
        except (ValueError, TypeError, OverflowError):
            return None
        if not (answer.text.strip() or answer.calls or answer.stop):
            return None
        self._count(request)
        return answer

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """Asks. Raises `ProviderError`."""
        return self._wire.ask(request, timeout_s=timeout_s)

    def remember(self, request: Request, answer: Answer, /) -> None:
        """Keeps what was answered; a store that cannot keep it costs a call some other time."""
        self._store.put(self._key(request), answer_as_json(answer))
        self._count(request)

    def close(self) -> None:
        """Closes what it stands before."""
        self._wire.close()

    def _key(self, request: Request) -> str:
        asked = request.hash
        return digest({"request": asked, "about": self._about, "place": self._place, "before": self._before[asked]})

    def _count(self, request: Request) -> None:
        self._place += 1
        self._before[request.hash] += 1
