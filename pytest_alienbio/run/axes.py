"""A battery's `params:`: values to be combined, and which combinations are played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import product
from math import prod

from ..errors import Complaint, did_you_mean
from ..model import Battery, Json

Combination = tuple[int, ...]
"""Which value of each of some axes, by index."""


class Axes:
    """The axes of a battery, in the file's order."""

    def __init__(self, battery: Battery) -> None:
        self.values: Mapping[str, tuple[Json, ...]] = battery.params
        sizes = [len(values) for values in self.values.values()]
        self._drawn = drawn(sizes, battery.samples) if battery.mode == "sample" else None
        self._known: dict[tuple[str, ...], tuple[Mapping[str, Json], ...]] = {}

    def combined(self, names: tuple[str, ...]) -> tuple[Mapping[str, Json], ...]:
        """What is played of the axes `names` (in the file's order): each combination once, the last axis fastest.

        Samples are drawn of all axes together; here is what they are on these. No names: one empty combination.
        """
        known = self._known.get(names)
        if known is None:
            known = self._known[names] = tuple(
                {name: self.values[name][index] for name, index in zip(names, chosen, strict=True)}
                for chosen in self._chosen(names)
            )
        return known

    def _chosen(self, names: tuple[str, ...]) -> Iterable[Combination]:
        if self._drawn is None:
            return product(*(range(len(self.values[name])) for name in names))
        places = [list(self.values).index(name) for name in names]
        return sorted({tuple(combination[place] for place in places) for combination in self._drawn})


def drawn(sizes: Sequence[int], samples: int) -> list[Combination]:
    """`samples` different combinations of axes of these sizes, in the product's order.

    Number `i` = 0, 1, ... is SHA-256 of its decimal digits, modulo the number of combinations, repeats skipped: the same
    everywhere, and more samples keep the earlier ones. Raises `ValueError` if there are not so many.
    """
    total = prod(sizes)
    if samples > total:
        raise ValueError(f"{samples} samples of {total} combinations")
    chosen: set[int] = set(range(total)) if samples == total else set()
    number = 0
    while len(chosen) < samples:
        chosen.add(int(sha256(str(number).encode()).hexdigest(), 16) % total)
        number += 1
    return [_digits(index, sizes) for index in sorted(chosen)]


def _digits(index: int, sizes: Sequence[int]) -> Combination:
    digits: list[int] = []
    for size in reversed(sizes):
        index, digit = divmod(index, size)
        digits.append(digit)
    return tuple(reversed(digits))


def unused(battery: Battery, swept: set[str], given: set[str], takers: Iterable[str]) -> Iterator[Complaint]:
    """Axes that reach no cell. `swept` are those that do, `given` those some line gives itself, `takers` all known params."""
    known = set(takers)
    for name in battery.params:
        if name in swept:
            continue
        if name in given:
            what = f"params: nothing is left to play {name!r} over: each line that takes it gives its own value"
            yield battery.complain(what, f"params.{name}")
        else:
            what = f"params: no scenario and no agent of this battery takes {name!r}"
            yield battery.complain(what, f"params.{name}", hint=did_you_mean(name, known))
