"""The table of agreement in docs/statistics.md keeps what it says."""

from __future__ import annotations

from .agreement import rows


def test_every_estimate_agrees_with_its_authority() -> None:
    """Within 1e-9, or three Monte-Carlo standard errors where both sides draw."""
    table = rows()
    assert len({row.what for row in table}) >= 14
    assert [row for row in table if row.off > (3 if row.resampled else 1e-9)] == []
