"""JSON Lines and one JSON document: journal lines, each with its DAT. Nothing of a line is lost."""

from __future__ import annotations

import json
from typing import IO

from ..model import Result
from ..store import codec
from .cells import Cells


def write_lines(cells: Cells, out: IO[bytes]) -> None:
    """One object a line. Raises `ValueError` for a result that could not be stored either."""
    for result in cells:
        out.write(f"{line_of(result)}\n".encode())


def write_document(cells: Cells, out: IO[bytes]) -> None:
    """`{"v": 1, "cells": [...]}`, a cell a line."""
    out.write(f'{{"v":{codec.VERSION},"cells":['.encode())
    separator = "\n"
    for result in cells:
        out.write(f"{separator}{line_of(result)}".encode())
        separator = ",\n"
    out.write(b"\n]}\n")


def line_of(result: Result) -> str:
    """A result's journal line with `dat`, the folder it was read from; '' for one in memory."""
    return f'{codec.encode(result)[:-1]},"dat":{json.dumps(result.dat_path)}}}'
