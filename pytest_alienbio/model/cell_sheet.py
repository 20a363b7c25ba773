"""All cells of a report, column by column: a hundred thousand of them are ten lists, and no objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .canonical import Json


@dataclass(frozen=True, slots=True)
class CellSheet:
    """Cells in an order, each column as long as the others; None where a value is missing.

    Raises `ValueError` for columns of different lengths.
    """

    columns: Mapping[str, Sequence[Json]]
    """By name: `id`, `scenario`, `difficulty`, `agent`, `seed`, `outcome`, `score`, ..."""

    def __post_init__(self) -> None:
        if len({len(values) for values in self.columns.values()}) > 1:
            raise ValueError(f"columns of one sheet differ in length: { {k: len(v) for k, v in self.columns.items()} }")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))
