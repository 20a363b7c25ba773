"""What an agent of ours keeps in a checkpoint, read back with its types checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import Json

if TYPE_CHECKING:
    from numpy.random import Generator


class Kept:
    """A mapping that came back from a checkpoint. Raises `ValueError`, naming what is not as it was saved."""

    __slots__ = ("_values",)

    def __init__(self, values: Json) -> None:
        self._values: Mapping[str, Json] = values if isinstance(values, Mapping) else {}

    def __getitem__(self, name: str) -> Json:
        if name not in self._values:
            raise ValueError(f"the checkpoint has no {name!r}")
        return self._values[name]

    def number(self, name: str) -> float:
        """A number."""
        return _number(name, self[name])

    def whole(self, name: str) -> int:
        """A whole number."""
        return _whole(name, self[name])

    def flag(self, name: str) -> bool:
        """True or False."""
        if not isinstance(value := self[name], bool):
            raise ValueError(f"the checkpoint's {name!r} is {value!r:.60}, neither true nor false")
        return value

    def text(self, name: str) -> str:
        """A text."""
        return _text(name, self[name])

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [_text(name, item) for item in self.items(name)]

    def wholes(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return [_whole(name, item) for item in self.items(name)]

    def numbers(self, name: str) -> dict[str, float]:
        """Numbers by name, in the order in which they were saved: sums depend on it."""
        return numbers(name, self[name])

    def items(self, name: str) -> Sequence[Json]:
        """A list."""
        if not isinstance(value := self[name], list):
            raise ValueError(f"the checkpoint's {name!r} is {value!r:.60}, not a list")
        return value

    def rows(self, name: str, *, texts: int, figures: int) -> Iterator[tuple[list[str], list[float]]]:
        """A list of rows: so many texts, then so many numbers, in each."""
        for row in self.items(name):
            if not isinstance(row, list) or len(row) != texts + figures:
                raise ValueError(f"the checkpoint's {name!r} holds {row!r:.60}, not a row of {texts + figures}")
            yield [_text(name, item) for item in row[:texts]], [_number(name, item) for item in row[texts:]]

    def tables(self, name: str) -> dict[str, dict[str, float]]:
        """Numbers by name, twice."""
        if not isinstance(value := self[name], Mapping):
            raise ValueError(f"the checkpoint's {name!r} is {value!r:.60}, not a mapping")
        return {key: numbers(name, line) for key, line in value.items()}


def numbers(name: str, values: Json) -> dict[str, float]:
    """A fresh `{text: number}`, in the same order. Raises `ValueError`."""
    if not isinstance(values, Mapping):
        raise ValueError(f"the checkpoint's {name!r} is {values!r:.60}, not a mapping")
    return {key: _number(name, value) for key, value in values.items()}


def position(dice: Generator) -> Json:
    """Where a generator (PCG64) stands in its stream."""
    state = dice.bit_generator.state
    return {
        "stream": hex(state["state"]["inc"]),
        "at": hex(state["state"]["state"]),
        "half": int(state["uinteger"]) if state["has_uint32"] else None,
    }


def place(dice: Generator, where: Json) -> None:
    """Puts a generator where `position` says. Raises `ValueError` if that is a place in another stream than its own."""
    kept, state = Kept(where), dice.bit_generator.state
    if int(kept.text("stream"), 16) != state["state"]["inc"]:
        raise ValueError("the checkpoint's dice are not this cell's")
    half = None if kept["half"] is None else kept.whole("half")
    dice.bit_generator.state = {
        **state,
        "state": {**state["state"], "state": int(kept.text("at"), 16)},
        "has_uint32": int(half is not None),
        "uinteger": half or 0,
    }


def _number(name: str, value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"the checkpoint's {name!r} holds {value!r:.60}, not a number")
    return value


def _whole(name: str, value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"the checkpoint's {name!r} holds {value!r:.60}, not a whole number")
    return value


def _text(name: str, value: Json) -> str:
    if not isinstance(value, str):
        raise ValueError(f"the checkpoint's {name!r} holds {value!r:.60}, not a text")
    return value
