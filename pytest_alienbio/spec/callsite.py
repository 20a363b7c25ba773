"""Where in a Python file a call was written: its line, and the place of each of its arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import FrameType

from ..model.source import Path
from .tree import Place

MOST_FRAMES = 100

Span = tuple[int | None, int | None, int | None, int | None]
"""Line, last line, column and last column of a call; columns from 0, in UTF-8 bytes."""


@dataclass(frozen=True, slots=True)
class CallSite:
    """The frames that led to a call, the innermost first: (file, line) each."""

    frames: tuple[tuple[str, int], ...]
    span: Span
    """Of the call itself."""

    def line_in(self, file: str) -> int:
        """The line of `file` from which the call was made, maybe through functions elsewhere; 0 if it was not."""
        return next((line for name, line in self.frames if name == file), 0)


def call_site(frame: FrameType | None) -> CallSite:
    """The call that `frame` is making. Who imported the module it is in is no part of it."""
    frames: list[tuple[str, int]] = []
    span: Span = (None, None, None, None)
    if frame is not None:
        span = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), span)
    while frame is not None and len(frames) < MOST_FRAMES:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            break
        frames.append((name, frame.f_lineno))
        frame = frame.f_back
    return CallSite(tuple(frames), span)


@dataclass(slots=True)
class Marks:
    """Places by path, as `model.Source` has them."""

    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)


class Text:
    """A Python file's text, asked for the places of the calls in it."""

    def __init__(self, data: bytes) -> None:
        tree = ast.parse(data)
        self._calls: dict[Span, ast.Call] = {
            (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset): node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
        }
        self._lines = re.split(rb"\r\n|\r|\n", data)

    def marks(self, span: Span, root: Path) -> Marks:
        """Where the keywords of the call at `span`, and what is in them, stand; below `root`. Only what is written out."""
        marks = Marks()
        call = self._calls.get(span)
        if call is None:
            return marks
        marks.keys[root] = marks.values[root] = self._place(call)
        for keyword in call.keywords:
            if keyword.arg is not None:
                marks.keys[*root, keyword.arg] = self._place(keyword)
                self._walk(keyword.value, (*root, keyword.arg), marks)
        return marks

    def _walk(self, node: ast.expr, path: Path, marks: Marks) -> None:
        marks.values[path] = self._place(node)
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    marks.keys[*path, key.value] = self._place(key)
                    self._walk(value, (*path, key.value), marks)
        elif isinstance(node, ast.List | ast.Tuple):
            for index, item in enumerate(_before_a_star(node.elts)):
                self._walk(item, (*path, index), marks)

    def _place(self, node: ast.expr | ast.keyword) -> Place:
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else b""
        return node.lineno, len(line[: node.col_offset].decode("utf-8", "replace")) + 1


def _before_a_star(items: list[ast.expr]) -> Iterator[ast.expr]:
    """Items whose index is certain."""
    for item in items:
        if isinstance(item, ast.Starred):
            return
        yield item
