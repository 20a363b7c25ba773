"""A judge whose answers are those of an earlier rescoring: nothing is asked, no key is needed."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path

from ...errors import ProviderError, StoreError
from ...model import Answer, Endpoint, ModelCall, Request, Result
from ...model.call_record import calls_as_json, calls_of
from ...model.canonical import Json
from ...store.disk import lines, store_error
from ...store.layout import JUDGEMENTS
from .method import Given


def line_of(result: Result, given: Given) -> dict[str, Json]:
    """A line of `judgements.jsonl`: every score of one cell and every call, enough to judge again without a network."""
    return {
        "v": 1,
        "id": result.id,
        "key": result.key,
        "score": result.score,
        "replicates": list(given.replicates),
        "calls": calls_as_json(given.calls),
    }


class RecordedJudge:
    """The judgements of one rescoring, by cell."""

    def __init__(self, folder: Path) -> None:
        """Raises `StoreError` if there are none, or a line of them is damaged."""
        self._calls: dict[str, tuple[ModelCall, ...]] = {}
        path = folder / JUDGEMENTS
        if not path.is_file():
            raise StoreError(f"{folder} holds no judgements: it has no {JUDGEMENTS}; name a folder of a judge's rescoring")
        try:
            for number, _, raw in lines(path):
                told = json.loads(raw)
                if not isinstance(told, Mapping) or told.get("v") != 1:
                    raise StoreError(f"{path}: line {number} is of a format version that this pytest-alienbio does not read")
                self._calls[str(told["id"])] = calls_of(told["calls"])
        except OSError as error:
            raise error if isinstance(error, StoreError) else store_error("read", path, error) from error
        except (ValueError, KeyError, RecursionError) as error:
            raise StoreError(f"{path}: damaged: {' '.join(str(error).split())[:200]}") from error

    def reach(self, result: Result, endpoint: Endpoint) -> RecordedWire:
        """What answers about one cell."""
        return RecordedWire(self._calls.get(result.id, ()), endpoint.provider)


class RecordedWire:
    """Gives to each request what was answered to the same one, failures too, in their order. A `Wire`."""

    version = ""

    def __init__(self, calls: tuple[ModelCall, ...], provider: str) -> None:
        self.provider = provider
        self._left: dict[str, deque[ModelCall]] = defaultdict(deque)
        for call in calls:
            self._left[call.request.hash].append(call)

    def ask(self, request: Request, *, timeout_s: float) -> Answer:
        """The next recorded answer. Raises `ProviderError` for a recorded failure, and for what was never asked."""
        left = self._left.get(request.hash)
        if not left:
            raise ProviderError("the recording holds no answer to this: the rubric, the judge, or the cell is another one")
        call = left.popleft()
        if call.answer is None:
            raise ProviderError(call.said or call.fault, kind=call.fault if call.fault != "other" else "", status=call.status)
        return call.answer

    def close(self) -> None:
        """Nothing is open."""
