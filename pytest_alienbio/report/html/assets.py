"""What a page is made of beside its report: styles and scripts, each a file, and what lets them run and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

STYLES = ("assets/style.css", "assets/trace.css")
SCRIPTS = (
    "assets/bio.js",
    "assets/page.js",
    "assets/cells.js",
    *(f"assets/{each}.js" for each in ("traces", "trace_chart", "trace", "diff")),
)
"""In the order in which they run."""
EARLY = 2
"""So many of them stand in the page's head: which part is shown is known before anything is drawn."""
CHARTS = ("vendor/vega.min.js", "vendor/vega-lite.min.js", "vendor/vega-interpreter.js", "assets/charts.js")
"""What draws charts, for pages with charts: the vendored libraries, then ours."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A style or a script as it stands in a page."""

    name: str
    text: str

    @property
    def source(self) -> str:
        """What a Content-Security-Policy calls it: the hash of its text."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.text.encode()).digest()).decode()}'"


@cache
def asset(name: str) -> Asset:
    """The file of that name in this folder. Raises `ValueError` if its text would end the element that it stands in."""
    text = files(__package__).joinpath(name).read_text("utf-8")
    for end in ("</script", "</style", "<!--"):
        if end in text.lower():
            raise ValueError(f"{name} holds {end}, which ends a script too early")
    return Asset(name, text)


def policy(styles: Iterable[Asset], scripts: Iterable[Asset], *, beside: bool = False) -> str:
    """What a page with these may do: run these, show pictures that are in it, ask nobody. `beside`: scripts next to it, too."""
    sources = [script.source for script in scripts] + (["'self'", "file:"] if beside else [])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(sources)}",
            f"style-src {' '.join(style.source for style in styles)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
