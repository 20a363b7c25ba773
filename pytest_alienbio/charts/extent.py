"""How tall a chart will be, before anybody draws it: a page keeps its place, so that nothing jumps when it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

LETTER = 6.2
"""Pixels of a letter of a label, on average."""
HEADER = 40
"""Pixels between two rows of panels: the name of the lower one."""
_SYMBOL = 34
"""Pixels of an entry of a legend beside its letters."""
_PADDING, _AXIS, _HALF_LABEL, _NAMES, _GRADIENT, _LEGEND, _PANELS = 16, 38, 7, 24, 50, 16, 73
"""Pixels: around all; an axis with its title below; what a label rises above its axis; names above; a legend of numbers; of
names, beside its lines; and all that rows of panels have above and below."""

Part = Mapping[str, Any]


def extent(body: Part) -> dict[str, Any]:
    """What tells how tall it is: `tall`, pixels without the legend of names, at least what it takes; of panels that of one, and
    `over` for what all rows have together. `series`: how many names the legend has, and `entry`, pixels across for each.
    """
    if "facet" in body:
        return {"tall": body["spec"]["height"] + HEADER, "over": _PANELS - HEADER}
    names = next(_series(body), [])
    legend = {"series": len(names), "entry": round(LETTER * max(map(len, names))) + _SYMBOL} if len(names) > 1 else {}
    return {"tall": ceil(_plot(body) + _around(body)) + (_LEGEND if legend else 0)} | legend


def longest_name(spec: Part) -> int:
    """Letters of the longest name on the axis at the left; 0 without names there."""
    names = [name for y in _encodings(spec.get("spec", spec), "y") for name in y.get("scale", {}).get("domain", ())]
    return max((len(name) for name in names if isinstance(name, str)), default=0)


def _plot(body: Part) -> float:
    height = body["height"]
    if not isinstance(height, Mapping):
        return float(height)
    count = max((len(y["scale"]["domain"]) for y in _encodings(body, "y") if "domain" in y.get("scale", {})), default=1)
    return float(height["step"] * count)


def _around(body: Part) -> float:
    """All that stands above and below the marks."""
    over: float = _PADDING
    measured = [x for x in _encodings(body, "x") if x.get("type") == "quantitative"]
    over += _AXIS if measured else 0
    over += _HALF_LABEL if any(y.get("type") == "quantitative" for y in _encodings(body, "y")) else 0
    for x in _encodings(body, "x"):
        if x.get("axis", {}).get("orient") == "top":
            turned = x["axis"].get("labelAngle")
            over += _NAMES + (0.71 * LETTER * max(map(len, x["scale"]["domain"])) if turned else 0)
            break
    over += _GRADIENT if any(_shows(each) and each["type"] == "quantitative" for each in _encodings(body, "color")) else 0
    raised = [layer["mark"].get("dy", 0) for layer in body.get("layer", ()) if isinstance(layer["mark"], Mapping)]
    return over + max(0, 8 - min(raised, default=0) if min(raised, default=0) < 0 else 0)


def _series(body: Part) -> Iterator[Sequence[str]]:
    for each in _encodings(body, "color"):
        if _shows(each) and each["type"] == "nominal":
            yield (each.get("legend") or {}).get("values") or each["scale"]["domain"]


def _shows(colour: Part) -> bool:
    return "legend" not in colour or colour["legend"] is not None


def _encodings(body: Part, channel: str) -> Iterator[Part]:
    for each in (body, *body.get("layer", ())):
        if channel in each.get("encoding", {}):
            yield each["encoding"][channel]
