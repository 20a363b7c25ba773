"""Playing one commit: which of pytest's lines is told where it could not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.run.bisect.probe import _reason


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("ERROR: 1 problem; nothing was run\n  a.yaml:5:1: EXP-001 has no trial 0\n\n", "a.yaml:5:1: EXP-001 has no trial 0"),
        ("ERROR: 2 problems; nothing was run\n  first\n  second\n", "first"),
        ("ERROR: 1 problem; nothing was run\n", "1 problem; nothing was run"),
        ("E   x\nERROR: file or directory not found: \x1b[31mx\n= no tests ran =\n", "file or directory not found: x"),
        ("E   SyntaxError: invalid syntax\n= 1 error =\n", "SyntaxError: invalid syntax"),
        ("Killed\n", "Killed"),
        ("", ""),
    ],
)
def test_what_says_most_is_told(tmp_path: Path, log: str, told: str) -> None:
    """Of complaints that were counted the first, and no terminal code."""
    path = tmp_path / "log.txt"
    path.write_text(log, "utf-8")
    assert _reason(path) == told
