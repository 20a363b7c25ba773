"""What a contract demands."""

from __future__ import annotations


def must(holds: object, otherwise: str) -> None:
    """An `assert` that is also there under `python -O`: raises `AssertionError(otherwise)` if `holds` is false."""
    if not holds:
        raise AssertionError(otherwise)
