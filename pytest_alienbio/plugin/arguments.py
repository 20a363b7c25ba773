"""Arguments of a session that name batteries, checked before anything is collected.

In a serial session pytest says itself what it does not find; under xdist, where only workers collect, it finds nothing
and does not say why.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ..errors import did_you_mean
from ..model import storable
from ..spec.files import BATTERY_PYTHON, YAML, is_battery_file
from .discover import is_no_test_module

if TYPE_CHECKING:
    from .loaded import Loaded
    from .state import SessionState


class Argument(NamedTuple):
    """`file::battery::cell`, taken apart as pytest does it."""

    text: str
    path: Path
    parts: tuple[str, ...]


def arguments(config: pytest.Config) -> Iterator[Argument]:
    """What is to be collected."""
    for text in config.args:
        base, bracket, rest = text.partition("[")
        file, *parts = base.split("::")
        if parts:
            parts[-1] += bracket + rest
        yield Argument(text, Path(os.path.abspath(config.invocation_params.dir / file)), tuple(parts))


def check_files(config: pytest.Config) -> None:
    """Raises `UsageError` for a file that could only be a battery and does not exist."""
    if getattr(config.option, "pyargs", False):
        return
    for text, path, _ in arguments(config):
        if path.name.endswith((*YAML, BATTERY_PYTHON)) and not os.path.lexists(path):
            hint = did_you_mean(path.name, _beside(path))
            raise pytest.UsageError(f"file or directory not found: {text}{hint and f'; {hint}'}")


def check_parts(state: SessionState) -> None:
    """Raises `UsageError` for a battery or cell that its file does not hold."""
    for text, path, parts in arguments(state.config):
        batteries = {loaded.head: loaded for loaded in state.loaded.get(path, ())}
        if not parts or not batteries or (path.suffix == ".py" and not is_no_test_module(path, state.config)):
            continue
        head, cell = parts[0], "::".join(parts[1:])
        if head not in batteries:
            raise pytest.UsageError(f"not found: {text}: the file holds no battery {head!r}; {did_you_mean(head, batteries)}")
        if cell and cell not in (known := _known(batteries[head], whole="[" in cell)):
            what = "cell" if "[" in cell else "scenario"
            raise pytest.UsageError(f"not found: {text}: {head} holds no {what} {cell!r}; {did_you_mean(cell, known)}")


def _known(loaded: Loaded, *, whole: bool) -> set[str]:
    """What can follow a battery's name: its cells' ids, or without their brackets the scenarios."""
    return {cell.id if whole else cell.id.partition("[")[0] for cell in loaded.plan.cells}


def _beside(path: Path) -> list[str]:
    """The battery files where `path` would lie."""
    try:
        return [name for name in os.listdir(path.parent) if is_battery_file(path.parent / name)]
    except OSError:
        return []


def quoted(argument: str) -> str:
    """An argument for a shell; one with bytes that are no UTF-8 in the form that bash and zsh read."""
    if storable(argument) == argument:
        return shlex.quote(argument)
    escaped = argument.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(f"\\x{ord(ch) - 0xDC00:02x}" if "\udc80" <= ch <= "\udcff" else ch for ch in escaped) + "'"
