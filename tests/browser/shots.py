"""`python -m tests.browser.shots [NAME ...]`: the pictures of pages in docs/images/, made anew from the shipped batteries.

They are played in a folder of their own, `lab`, reported as a reader of the docs does it, and photographed in Chromium. A
picture shows no path of this machine. With Pillow each is reduced to 128 colours, a third of its size.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..journeys.conftest import REPOSITORY, Project
from .conftest import launched, missing, reported
from .looking import go, settled, until
from .witness import Witness, witnessed

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = REPOSITORY / "docs" / "images"
BATTERY = "experiments/worlds.battery.yaml"
RUN = "worlds"
_SEEN, _HAS_PICTURE = "each => each.checkVisibility()", "each => each.querySelector('svg, canvas')"
MOST_BYTES, MOST_TOGETHER = 120_000, 700_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: where it is taken, and how large the window is. `prepare`: what is done before, with the page."""

    name: str
    route: str
    width: int = 1180
    height: int = 760
    dark: bool = False
    prepare: Callable[[Page], None] | None = None


def _drawn(page: Page) -> None:
    """Waits until the charts that can be seen are drawn."""
    until(page, f"[...document.querySelectorAll('figure .drawn')].filter({_SEEN}).every({_HAS_PICTURE})")


def _first_lost(page: Page) -> None:
    """Opens the trace of the first cell that was lost by an agent that tries."""
    go(page, "cells?agent=greedy&passed=no&sort=score")
    page.locator("#cells tbody tr a").first.click()
    page.locator("#trace .view *").first.wait_for()


def _beside_another(page: Page) -> None:
    """Puts beside that trace the first other one of the same world."""
    _first_lost(page)
    page.locator("#trace select").first.select_option(index=1)
    until(page, "location.hash.startsWith('#diff')")
    page.locator("#diff .side").first.wait_for()


SHOTS = (
    Shot("report-overview", "overview"),
    Shot("report-heatmap", "scenarios"),
    Shot("report-difficulty", "difficulty"),
    Shot("report-timeline", "timeline"),
    Shot("report-cells", "cells?agent=greedy&sort=-score"),
    Shot("report-trace", "", height=900, prepare=_first_lost),
    Shot("report-diff", "", height=900, prepare=_beside_another),
    Shot("report-narrow", "overview", width=360, height=720),
    Shot("report-dark", "scenarios", dark=True),
)


def played(folder: Path) -> Path:
    """The project in which the shipped battery was played."""
    project = Project(folder / "lab")
    shutil.copytree(REPOSITORY / "experiments", project.path / "experiments")
    project.write("pytest.ini", "[pytest]\n")
    done = project.pytest("-n", "2", "-q", BATTERY)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stdout + done.stderr)
    return project.path


def taken(witness: Witness, report: Path, shot: Shot) -> bytes:
    """The picture as PNG."""
    page = witness.visit(report, f"#{shot.route}", width=shot.width, height=shot.height, dark=shot.dark, calm=True)
    if shot.prepare:
        shot.prepare(page)
    _drawn(page)
    settled(page)
    if (words := page.evaluate("document.body.innerText")) and str(report.parent) in words:
        raise RuntimeError(f"{shot.name} shows a path of this machine")
    return page.screenshot()


def smaller(png: bytes) -> bytes:
    """The same picture with a palette, where Pillow is at hand."""
    try:
        from PIL import Image
    except ImportError:
        return png
    from io import BytesIO

    into = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(into, "PNG", optimize=True)
    return min(png, into.getvalue(), key=len)


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes them; 1 if one is too large."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*(shot.name for shot in SHOTS), []], help="only these")
    parser.add_argument("--lab", type=Path, help="a project in which the battery was played before")
    parser.add_argument("--into", type=Path, default=IMAGES)
    args = parser.parse_args(arguments)
    if lacking := missing():
        sys.stderr.write(f"{lacking}\n")
        return 2
    args.into.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, launched() as browser, witnessed(browser) as witness:
        report = reported(args.lab or played(Path(folder)), Path(folder, "page"), pattern=RUN)
        sizes = {}
        for shot in SHOTS:
            if args.names and shot.name not in args.names:
                continue
            picture = smaller(taken(witness, report, shot))
            (args.into / f"{shot.name}.png").write_bytes(picture)
            sizes[shot.name] = len(picture)
            sys.stdout.write(f"{shot.name}.png: {len(picture):,} bytes\n")
    large = [name for name, size in sizes.items() if size > MOST_BYTES]
    together = sum(file.stat().st_size for file in args.into.glob("*.png"))
    sys.stdout.write(f"together {together:,} bytes\n" + "".join(f"{name} is too large\n" for name in large))
    return 1 if large or together > MOST_TOGETHER else 0


if __name__ == "__main__":
    sys.exit(main())
