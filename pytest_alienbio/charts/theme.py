"""The one place that spells colours, fonts and sizes of charts: a Vega-Lite `config` for light and for dark.

Charts name roles (`floor`, `missing`, `interval`) and scales (`category`, `ramp`, `diverging`); a theme gives them colours. The
first six of `category` can be told apart (CIE76 >= 25) in normal sight and without either red, green or blue cones (Machado et
al. 2009), and stand out from their background by 3:1 (WCAG 2, 1.4.11); the tests compute both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Json

MOST_COLOURS = 6
"""Series that are told apart by colour; more are told apart by place."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FILE_FONT = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"
"""Of an SVG: wherever it is shown, letters are as wide as where it was laid out, or nearly."""
WIDE_LETTER = 7.0
"""Pixels of a letter of a label in a wide font, which a viewer may take in its place."""
SMALL = 11
"""Pixels of labels."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one background, as `#rrggbb`."""

    background: str
    ink: str
    faint: str
    """Of secondary text: 4.5:1 on the background."""
    line: str
    """Of axes and frames."""
    grid: str
    category: tuple[str, ...]
    ramp: tuple[str, ...]
    """Low to high, for one direction; the lowest still differs from the background."""
    diverging: tuple[str, ...]
    """Below, around and above a middle."""
    low_ink: str
    """Of text on the lower half of the ramp, and on its upper half."""
    high_ink: str
    warning: str


LIGHT = Palette(
    background="#ffffff",
    ink="#1b1f24",
    faint="#57606a",
    line="#8c959f",
    grid="#e4e8ec",
    category=("#0067a5", "#df5020", "#521414", "#7f20df", "#a65959", "#1c284a"),
    ramp=("#e3eef7", "#b3d1e8", "#7fb0d6", "#3f80b5", "#135a92", "#07355c"),
    diverging=("#8f3700", "#d07a35", "#efc9a4", "#f1f1ee", "#b5d2e8", "#4488bd", "#0a4472"),
    low_ink="#1b1f24",
    high_ink="#ffffff",
    warning="#b3261e",
)
DARK = Palette(
    background="#14181d",
    ink="#e8ecf0",
    faint="#a5afba",
    line="#6e7985",
    grid="#2b323a",
    category=("#5aaae0", "#df5020", "#b3ec79", "#994ce6", "#a6596c", "#e3ccb5"),
    ramp=("#1d3548", "#1f4f75", "#2a6c9e", "#6cabd6", "#a5cfeb", "#e0f0fb"),
    diverging=("#f5a15c", "#c2742f", "#6b4526", "#33383e", "#27506f", "#4a90c2", "#a3d3f2"),
    low_ink="#ffffff",
    high_ink="#0d1117",
    warning="#ff8a80",
)


def config(*, dark: bool = False) -> dict[str, Json]:
    """What Vega-Lite takes as `config`: how marks, axes and the roles of `style` look on that background."""
    return _config(DARK if dark else LIGHT)


def themes() -> Mapping[str, Json]:
    """Both, by `light` and `dark`: the data block that a page's script reads."""
    return {"light": config(), "dark": config(dark=True)}


def _config(palette: Palette) -> dict[str, Json]:
    first, second = palette.category[:2]
    return {
        "background": palette.background,
        "font": FONT,
        "padding": 8,
        "countTitle": "cells",
        "view": {"stroke": None},
        "range": {
            "category": list(palette.category),
            "ordinal": list(palette.ramp),
            "ramp": list(palette.ramp),
            "heatmap": list(palette.ramp),
            "diverging": list(palette.diverging),
        },
        "title": {
            "color": palette.ink,
            "subtitleColor": palette.faint,
            "fontSize": 14,
            "fontWeight": 600,
            "subtitleFontSize": SMALL,
            "subtitleLineHeight": 15,
            "subtitlePadding": 4,
            "anchor": "start",
            "frame": "bounds",
            "offset": 12,
        },
        "axis": {
            "labelColor": palette.ink,
            "titleColor": palette.faint,
            "labelFontSize": SMALL,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "domainColor": palette.line,
            "tickColor": palette.line,
            "gridColor": palette.grid,
            "labelLimit": 0,
            "labelOverlap": "greedy",
            "titlePadding": 8,
        },
        "axisDiscrete": {"labelOverlap": False, "ticks": False, "domain": False, "labelPadding": 6},
        "legend": {
            "labelColor": palette.ink,
            "titleColor": palette.faint,
            "labelFontSize": SMALL,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "labelLimit": 220,
            "orient": "top",
            "gradientLength": 180,
            "gradientThickness": 8,
        },
        "header": {
            "labelColor": palette.ink,
            "titleColor": palette.faint,
            "labelFontSize": SMALL,
            "labelFontWeight": 600,
            "labelLimit": 0,
            "labelAnchor": "start",
        },
        "mark": {"color": first},
        "rule": {"color": palette.ink},
        "text": {"color": palette.ink, "fontSize": 10},
        "style": {
            "value": {"color": first},
            "interval": {"color": palette.ink, "strokeWidth": 1.2},
            "interval-rim": {"color": palette.background, "strokeWidth": 4},
            "band": {"color": first, "opacity": 0.18},
            "series-band": {"opacity": 0.15},
            "box": {"color": first, "fillOpacity": 0.45},
            "median": {"color": palette.ink, "thickness": 2},
            "whisker": {"color": palette.ink},
            "outlier": {"color": palette.ink, "opacity": 0.6, "filled": False, "size": 18},
            "floor": {"color": palette.faint, "strokeDash": [2, 3], "strokeWidth": 1.5},
            "reference": {"color": palette.faint, "strokeDash": [7, 3], "strokeWidth": 1.5},
            "half-sure": {"color": palette.faint, "strokeWidth": 3, "strokeOpacity": 0.7},
            "on-bar": {"color": palette.background},
            "line-name": {"color": palette.faint},
            "zero": {"color": palette.line},
            "tolerance": {"color": palette.warning, "strokeDash": [5, 3], "strokeWidth": 1.5},
            "tolerance-name": {"color": palette.warning},
            "missing": {"color": palette.line, "filled": False, "strokeWidth": 0.8, "strokeDash": [2, 2]},
            "rim": {"color": palette.background, "stroke": palette.background, "strokeWidth": 4, "strokeJoin": "round"},
            "missing-name": {"color": palette.faint},
            "cell-low": {"color": palette.low_ink},
            "cell-high": {"color": palette.high_ink},
            "dot": {"color": first, "filled": True, "fillOpacity": 0.6, "size": 36},
            "bin": {"color": first, "stroke": palette.background, "strokeWidth": 1},
            "series-dot": {"filled": True, "fillOpacity": 0.6, "size": 36},
            "series-line": {"strokeWidth": 2},
            "touch": {"opacity": 0, "size": 60},
            "mean": {"color": second, "strokeWidth": 2},
            "fit": {"color": second, "strokeWidth": 2},
            "span": {"stroke": palette.background, "strokeWidth": 0.5},
            "pause": {"color": palette.line, "strokeWidth": 1},
            "broken": {"color": palette.warning, "strokeWidth": 1.5, "filled": False},
            "nothing": {"color": palette.faint, "fontSize": 13},
        },
    }
