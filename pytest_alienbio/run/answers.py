"""Agents with `cache: true`: their answers are kept below the data root, and taken from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..model import Cell, Endpoint, Wire
from ..play import Catalog

FOLDER = ".bio-answers"
"""In the data root. Anyone may delete it."""


def with_answers(catalog: Catalog, data_root: Path) -> Catalog:
    """`catalog` whose models that ask for it have the answers of this data root."""
    reach = catalog.connect

    def connect(cell: Cell | None, endpoint: Endpoint) -> Wire:
        from ..agents.llm import live

        wire = (reach or live)(cell, endpoint)
        if cell is None or not cell.agent.access.cache:
            return wire
        from ..agents.llm.caching import CachingWire
        from ..resources.answers import FileAnswers

        return CachingWire(wire, FileAnswers(data_root / FOLDER), endpoint, cell)

    return replace(catalog, connect=connect)
