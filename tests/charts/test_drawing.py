"""Charts as files: drawn by vl-convert, without a browser and without asking anybody."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from pytest_alienbio.charts import bars, box, drops, heatmap, histogram
from pytest_alienbio.charts.drawing import FORMS, drawn, themed
from pytest_alienbio.charts.theme import DARK, LIGHT
from pytest_alienbio.errors import MissingExtraError, SpecError
from pytest_alienbio.model import Call, Chart

from ..report.verdicts import nodes, verdict
from .parts import HOSTILE, LONG, measured
from .test_curves import a_profile, slope, slopes

vl_convert = pytest.importorskip("vl_convert", reason="the extra `charts` is not installed")
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: bytes) -> list[str]:
    """What is written in it."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - made here


def _made(name: str = "a") -> dict[str, Callable[[], Chart]]:
    from pytest_alienbio.charts import difficulty, profile

    return {
        "heatmap": lambda: heatmap(measured([name, "b"], ["x", "y"])),
        "bars": lambda: bars(measured([name, "b"], ["x", "y"])),
        "box": lambda: box({name: [0.1, 0.2, 0.9], "b": [None]}),
        "histogram": lambda: histogram({name: [0.1, 0.2], "b": [0.3]}),
        "difficulty": lambda: difficulty(slopes(slope(name), slope("b"))),
        "profile": lambda: profile({name: a_profile(), "b": a_profile()}),
        "drops": lambda: drops(verdict(Call.PASS, "same", found=nodes([name], ["x"]))),
    }


@pytest.mark.parametrize("kind", _made())
def test_every_kind_is_drawn_without_a_complaint(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Vega-Lite says nothing against the specification, and the same one gives the same picture."""
    chart = _made()[kind]()
    svg = vl_convert.vegalite_to_svg(themed(chart), vl_version="6.4", show_warnings=True)
    complaints = [line for line in capfd.readouterr().err.splitlines() if 'Dropping "fit-y"' not in line]
    assert complaints == []
    assert chart.title in texts(svg.encode())
    assert drawn(chart, "svg") == drawn(chart, "svg")


@pytest.mark.parametrize("kind", _made())
def test_every_kind_looks_the_same_in_the_version_that_notebooks_draw(kind: str) -> None:
    """JupyterLab has Vega-Lite 5, which does not know all of 6, and draws nothing for what it does not know.

    It has points a little lighter, and nothing else differs: an opacity of its own, where ours is of the filling.
    """
    chart = themed(_made()[kind]())
    old, new = (
        re.sub(r"(gradient_|clip)\d+| opacity=\"0.7\"", "", vl_convert.vegalite_to_svg(chart, vl_version=version))
        for version in ("5.8", "6.4")
    )
    assert old == new


@pytest.mark.parametrize("kind", _made())
def test_a_name_with_control_characters_is_drawn_as_any_other(kind: str) -> None:
    """An SVG with one of them in it would be no XML, and no browser would show it."""
    made = [drawn(_made(name)[kind](), "svg") for name in (f"{HOSTILE}\ufffe", "a harmless name")]
    evil, good = (Counter(each.tag for each in ElementTree.fromstring(svg).iter()) for svg in made)  # noqa: S314 - made here
    assert evil == good


def test_png_pdf_and_json() -> None:
    chart = bars(measured(["a"]))
    assert drawn(chart, "png").startswith(b"\x89PNG\r\n")
    assert drawn(chart, "pdf").startswith(b"%PDF-")
    spec = json.loads(drawn(chart, "json"))
    assert spec["$schema"].endswith("/v6.json")
    assert spec["config"]["background"] == LIGHT.background
    assert DARK.background.encode() in drawn(chart, "svg", dark=True)


def test_long_names_stand_beside_each_other_and_not_on_one_another() -> None:
    """Each label of thirty agents has its own line, and all of it is inside the picture."""
    svg = drawn(bars(measured([LONG.format(at) for at in range(30)])), "svg")
    shown = [text for text in texts(svg) if "…" in text]
    assert len(set(shown)) == 30
    assert max(map(len, shown)) <= 24


def test_names_have_room_in_the_font_of_another_machine() -> None:
    """An SVG is laid out here and shown elsewhere: names at the left fit in letters of 7 pixels, too, or they would be cut."""
    svg = drawn(bars(measured(["claude-sonnet-4.5-of-2026"])), "svg").decode()
    assert "font-family=\"Arial, 'Liberation Sans', Arimo" in svg
    tree = ElementTree.fromstring(svg)  # noqa: S314 - made here
    axis = next(each for each in tree.iter(f"{SVG}g") if "role-frame" in each.get("class", ""))
    moved = next(
        each
        for each in tree.iter(f"{SVG}g")
        if each.get("transform", "").startswith("translate(") and axis in list(each.iter())
    )
    assert float(moved.get("transform", "").removeprefix("translate(").partition(",")[0]) >= 7 * len(
        "claude-sonnet-4.5-of-2026"
    )


def test_hostile_names_are_text() -> None:
    """No element, attribute or address comes from a name."""
    svg = drawn(heatmap(measured([HOSTILE], [HOSTILE])), "svg")
    tree = ElementTree.fromstring(svg)  # noqa: S314 - made here
    assert {each.tag.removeprefix(SVG) for each in tree.iter()} <= {
        *("svg", "g", "path", "text", "line", "rect", "title", "defs", "clipPath", "linearGradient", "stop", "style"),
    }
    assert not any(name.startswith("on") or name.endswith("href") for each in tree.iter() for name in each.attrib)
    assert any("<img" in text for text in texts(svg))


def test_nothing_is_fetched() -> None:
    """A specification with an address is refused before anything is drawn; a row that holds the word is data."""
    chart = bars(measured(["a"]))
    layer: Any = {"data": {"url": "https://example.invalid/x.csv"}, "mark": "bar"}
    with pytest.raises(SpecError, match=r"would fetch 'https://example\.invalid"):
        drawn(replace(chart, spec={**chart.spec, "layer": [layer]}), "json")
    rows: Any = {"values": [{"url": "u"}]}
    assert drawn(replace(chart, spec={**chart.spec, "data": rows}), "json")


def test_another_form_is_refused() -> None:
    with pytest.raises(SpecError, match="'gif' is nothing a chart is drawn as"):
        drawn(bars([]), "gif")
    assert FORMS == ("svg", "png", "pdf", "json")


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'pytest-alienbio\[charts\]'"):
        drawn(bars([]), "svg")
    assert drawn(bars([]), "json")
