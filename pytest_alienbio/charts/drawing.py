"""A chart as bytes: SVG, PNG or PDF by vl-convert, without a browser; or its specification as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..errors import MissingExtraError, SpecError, did_you_mean
from ..model import Chart, Json
from .extent import longest_name
from .spec import AXIS, WIDTH
from .theme import FILE_FONT, WIDE_LETTER, config

FORMS = ("svg", "png", "pdf", "json")
"""What a chart can be drawn as; of these `json` needs no package."""
VERSION = "6.4"
"""Of Vega-Lite, as vl-convert names it: that of a page's charts."""
SCALE = 2.0
"""Pixels of a PNG for one of the chart's: it is legible on a dense screen and on paper."""
_IDS = re.compile(r'(id="|url\(#)(gradient_|clip)(\d+)')
INSTALL = "pip install 'pytest-alienbio[charts]'"


def drawn(chart: Chart, form: str, *, dark: bool = False) -> bytes:
    """The chart in `form`, one of `FORMS`, in the light or the dark theme. Equal charts give equal SVG, PNG and JSON.

    Raises `SpecError` for an unknown form and for a specification that would fetch data, and `MissingExtraError` without
    vl-convert.
    """
    if form not in FORMS:
        raise SpecError(f"{form[:40]!r} is nothing a chart is drawn as; {did_you_mean(form, FORMS)}")
    spec = themed(chart, dark=dark)
    if fetched := _fetches(spec):
        raise SpecError(f"a chart only shows the data inside it, and this one would fetch {fetched[:200]!r}")
    if form == "json":
        return (json.dumps(spec, indent=1, ensure_ascii=False, allow_nan=False, default=dict) + "\n").encode()
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError(
            f"a chart as {form} needs vl-convert: {INSTALL}; its specification (json) needs nothing"
        ) from None
    known = vl_convert.get_vegalite_versions()
    version = VERSION if VERSION in known else known[-1]
    if form == "svg":
        room = {"minExtent": round(WIDE_LETTER * longest_name(spec))}
        spec["config"] = {**spec["config"], "font": FILE_FONT, "axisYDiscrete": room}
        return _renumbered(vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[])).encode()
    if form == "png":
        return bytes(vl_convert.vegalite_to_png(spec, vl_version=version, scale=SCALE, allowed_base_urls=[]))
    return bytes(vl_convert.vegalite_to_pdf(spec, vl_version=version, allowed_base_urls=[]))


def themed(chart: Chart, *, dark: bool = False) -> dict[str, Any]:
    """The specification with its colours, and its legend in as many columns as fit: it looks the same wherever it is drawn."""
    found: Any = chart.spec
    entry = found.get("usermeta", {}).get("bio", {}).get("entry", WIDTH)
    made: Any = config(dark=dark)
    return {**found, "config": made | {"legend": made["legend"] | {"columns": max(1, (WIDTH - AXIS) // entry)}}}


def _renumbered(svg: str) -> str:
    """The picture with its own ids counted from 0: Vega goes on counting from one picture to the next."""
    found: dict[str, str] = {}
    return _IDS.sub(lambda match: f"{match[1]}{match[2]}{found.setdefault(match[3], str(len(found)))}", svg)


def _fetches(value: Json) -> str:
    """The first address in a specification from which something would be loaded; '' for none. Rows of data are no addresses."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name == "url":
                return str(each)
            if name != "values" and (found := _fetches(each)):
                return found
    elif isinstance(value, list | tuple):
        for each in value:
            if found := _fetches(each):
                return found
    return ""
