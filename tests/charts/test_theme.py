"""Colours: whether those who see few of them can tell series apart, and whether anything stands out from its background."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_alienbio.charts.theme import DARK, LIGHT, MOST_COLOURS, Palette, config, themes

Colour = NDArray[np.float64]
SIGHT: dict[str, Colour] = {
    "all": np.eye(3),
    "no red": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "no green": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "no blue": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
"""Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> Colour:
    """Linear RGB of `#rrggbb`."""
    raw = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def lab(rgb: Colour) -> Colour:
    """CIE L*a*b* (D65)."""
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """WCAG 2."""
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@PALETTES
@pytest.mark.parametrize("sight", SIGHT)
def test_series_can_be_told_apart_whatever_cones_an_eye_has(palette: Palette, sight: str) -> None:
    seen = [lab(SIGHT[sight] @ linear(colour)) for colour in palette.category]
    assert len(seen) >= MOST_COLOURS
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) >= 25


@PALETTES
def test_what_is_drawn_stands_out_from_its_background(palette: Palette) -> None:
    for colour in palette.category:
        assert contrast(colour, palette.background) >= 3
    for colour in (palette.ink, palette.faint, palette.warning):
        assert contrast(colour, palette.background) >= 4.5


@PALETTES
def test_the_ramp_only_goes_one_way_and_its_numbers_can_be_read(palette: Palette) -> None:
    """From low to high in even steps of lightness; text on either half of it has its own ink."""
    light = [float(lab(linear(colour))[0]) for colour in palette.ramp]
    steps = [after - before for before, after in pairwise(light)]
    assert all(step < 0 for step in steps) or all(step > 0 for step in steps)
    half = len(palette.ramp) // 2
    assert min(contrast(palette.low_ink, colour) for colour in palette.ramp[:half]) >= 4.5
    assert min(contrast(palette.high_ink, colour) for colour in palette.ramp[half:]) >= 3


@PALETTES
def test_above_and_below_a_middle_differ_in_every_sight(palette: Palette) -> None:
    for matrix in SIGHT.values():
        low, high = (lab(matrix @ linear(palette.diverging[at])) for at in (1, -2))
        assert float(np.linalg.norm(low - high)) >= 25


def test_both_themes_know_the_same_roles() -> None:
    """A role that one of them lacks would look like any other mark there."""
    light, dark = config(), config(dark=True)
    assert light.keys() == dark.keys()
    assert isinstance(light["style"], dict)
    assert isinstance(dark["style"], dict)
    assert light["style"].keys() == dark["style"].keys()
    assert themes() == {"light": light, "dark": dark}


@PALETTES
def test_what_stands_on_bars_stands_out_from_them(palette: Palette) -> None:
    """Numbers on long bars as text, the rim of an interval as a line."""
    assert contrast(palette.background, palette.category[0]) >= 4.5
    assert contrast(palette.ink, palette.background) >= 7
