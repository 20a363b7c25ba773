"""A picture of numbers, as a value: nothing is drawn until someone looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .canonical import Json


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification with its data inside, what it shows in a sentence, and its numbers as texts.

    The specification never fetches anything; colours, fonts and sizes are left to whoever draws it.
    """

    key: str
    """Of its kind: `heatmap`, `bars`, ...; what a file of it is called."""
    title: str
    spec: Mapping[str, Json]
    alt: str
    """What it says, for those who do not see it."""
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The numbers that are drawn, spelled as everywhere else, a text a header; a missing one is `-`."""
    notes: tuple[str, ...] = ()
    """What it is about, then what is not drawn, and why; how many are left out."""
    about: str = ""
    """What its numbers are and its marks mean, the first of `notes`; '' where it needs no word."""
    empty: bool = False
    """Whether there was nothing to draw: `alt` says why."""
