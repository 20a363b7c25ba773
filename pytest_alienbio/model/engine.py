"""Who runs the cells of a battery: an engine, how many cells it plays at once, and where."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("inline", "threads", "dask")
MAX_WIDTH = 4096
"""Cells at once."""
DEFAULT_THREADS = 8


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine as people ask for it: `inline`, `threads`, `threads:32`, `dask`, `dask:tcp://127.0.0.1:8786`."""

    kind: str
    width: int | None = None
    """Cells played at once; None = the engine's own choice."""
    address: str = ""
    """Of a Dask cluster; '' = one of its own, on this machine."""

    def __str__(self) -> str:
        tail = self.address or ("" if self.width is None or self.kind != "threads" else str(self.width))
        return f"{self.kind}:{tail}" if tail else self.kind


def engine_choice(text: str, concurrency: int | None = None) -> EngineChoice:
    """What `text` asks for; `concurrency` is how many cells are played at once if it does not say so itself.

    Raises `ValueError` in a sentence.
    """
    kind, colon, rest = text.partition(":")
    if kind not in KINDS:
        raise ValueError(f"{text[:40]!r} is no engine; expected {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if colon and not rest:
        raise ValueError(f"nothing stands behind `{kind}:`")
    if kind == "dask":
        return EngineChoice(kind, concurrency, rest)
    if kind == "inline":
        if colon:
            raise ValueError("`inline` plays one cell after the other and takes no number")
        return EngineChoice(kind, 1)
    if not colon:
        return EngineChoice(kind, concurrency or DEFAULT_THREADS)
    if not (rest.isascii() and rest.isdigit()) or not 1 <= int(rest[:9]) <= MAX_WIDTH:
        raise ValueError(f"`threads:` takes how many cells are played at once, 1 to {MAX_WIDTH:,}")
    return EngineChoice(kind, int(rest))
