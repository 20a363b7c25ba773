"""What a file is, from its first bytes: asked of every file, so nothing is imported for it."""

from __future__ import annotations

import re
from pathlib import Path

_VERSION = re.compile(rb'\s*\{\s*"v"\s*:')
_KEY_OR_CELLS = re.compile(rb'"key"\s*:|"cells"\s*:\s*(?=\[)')
"""What comes first in a journal line, and in a document of such."""


def is_junit(path: Path, head: bytes) -> bool:
    """Whether a file begins like JUnit XML."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<") and b"<testsuite" in text


def is_parquet(path: Path, head: bytes) -> bool:
    """Whether a file is Parquet."""
    return head.startswith(b"PAR1")


def is_lines(path: Path, head: bytes) -> bool:
    """Whether a file begins with a journal line."""
    return _first(head) == b'"key"'


def is_document(path: Path, head: bytes) -> bool:
    """Whether a file is a document of `bio export`, or a DAT's `results.json`."""
    return _first(head) == b'"cells"'


def _first(head: bytes) -> bytes:
    found = _KEY_OR_CELLS.search(head) if _VERSION.match(head) else None
    return found[0].partition(b":")[0].rstrip() if found else b""
