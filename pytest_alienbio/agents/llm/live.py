"""A way to a model by its provider's own client."""

from __future__ import annotations

from ...errors import NotBuiltError
from ...model import Cell, Endpoint, Wire


def live(cell: Cell | None, endpoint: Endpoint) -> Wire:
    """The client of `endpoint`'s provider. Raises `MissingExtraError` without it, `CannotPlayError` without a key."""
    raise NotBuiltError(f"no client speaks {endpoint.wire_format!r} yet")
