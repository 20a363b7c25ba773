"""A page of the server: a document with what leads to other pages around it, styled as reports are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..model import Json
from ..report import Document
from ..report.html.assets import Asset, asset
from ..report.html.blocks import Link, nowhere
from ..report.html.packed import in_page
from ..report.html.templating import environment
from .site import HTML, Answer

SHARED = "assets/bio.js"
"""What the scripts of all pages share, those of reports, too."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a form asks for: words, or one of `choices` (value and text); without a label it is only kept."""

    name: str
    value: str
    label: str = ""
    choices: Sequence[tuple[str, str]] = ()


def page(
    document: Document,
    *,
    ways: Sequence[tuple[str, str]] = (),
    link: Link = nowhere,
    scripts: Sequence[str] = (),
    data: Json = None,
    text: str = "",
    live: bool = False,
    asks: Sequence[Ask] = (),
    leads: tuple[str, str] = ("", ""),
) -> Answer:
    """`document` as a page. `ways`: where one can go from here, as text and address. `scripts`: files of `assets`, which find
    `data` in the element `data`. `text`: lines that are shown as they stand, below. `live`: a script draws the sections anew.
    `asks`: of the form above the sections, which asks for the same page otherwise. `leads`: to more of the same, as text and
    address."""
    styles = [asset("assets/style.css"), own("serve.css")]
    run = [asset(SHARED), *map(own, scripts)] if scripts else []
    body = (
        environment(__package__)
        .get_template("shell.html.jinja")
        .render(
            document=document,
            ways=ways,
            link=link,
            styles=styles,
            scripts=run,
            data=None if data is None else in_page(data),
            text=text,
            live=live,
            asks=asks,
            leads=leads,
        )
    )
    return Answer(body.encode("utf-8", "backslashreplace"), HTML, policy=policy(styles, run))


@cache
def own(name: str) -> Asset:
    """A file of this room's `assets`."""
    return Asset(name, files(__package__).joinpath("assets", name).read_text("utf-8"))


def policy(styles: Sequence[Asset], scripts: Sequence[Asset]) -> str:
    """What a page with these may do: run these, and ask the server that it comes from."""
    runs = " ".join(script.source for script in scripts) or "'none'"
    sources = f"script-src {runs}; style-src {' '.join(style.source for style in styles)}"
    return f"default-src 'none'; {sources}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'self'"


def query(path: str, **asked: str) -> str:
    """`compare/?a=...&b=...`, escaped; letters that are none, too, as the server reads them again."""
    from urllib.parse import urlencode

    return f"{path}?{urlencode(asked, errors='surrogatepass')}"
