"""What a file is, from its first bytes: asked of every file, so nothing is imported for it."""

from __future__ import annotations

from pathlib import Path


def is_junit(path: Path, head: bytes) -> bool:
    """Whether a file begins like JUnit XML."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<") and b"<testsuite" in text


def is_parquet(path: Path, head: bytes) -> bool:
    """Whether a file is Parquet."""
    return head.startswith(b"PAR1")


def is_lines(path: Path, head: bytes) -> bool:
    """Whether a file begins with a journal line."""
    return head.startswith(b'{"v":') and b'"key":' in head and b'"cells":[' not in head


def is_document(path: Path, head: bytes) -> bool:
    """Whether a file is a document of `bio export`, or a DAT's `results.json`."""
    return head.startswith(b'{"v":') and b'"cells":[' in head.partition(b"\n")[0]
