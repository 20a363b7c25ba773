"""A page's content as one HTML file, and the files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...charts import themes
from ...model import Json
from ..document import Document, Figure
from . import assets
from .blocks import Link, anchors, route, tame
from .content import PageContent
from .packed import arrival, in_page, pack
from .parts import parts_of, sections_of, shown
from .sheet import FIRST, first_rows, sheet_data
from .templating import environment

_LINKED = ("agent", "scenario", "outcome")


def render_html(content: PageContent, *, files: str = "") -> str:
    """The page, ending in a line break: one file that opens from a disk and asks nobody for anything.

    `files`: the folder, as the page sees it, in which `side_files` are; '' if they are nowhere, and the page says how else
    those traces are seen. The same content gives the same text.
    """
    styles, scripts = _assets(content)
    parts = parts_of(content.document)
    sections = sections_of(parts)
    names = dict(zip((section.key for section in sections), anchors([section.key for section in sections]), strict=True))
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            content=content,
            document=content.document,
            parts=parts,
            names=names,
            policy=policy(content, files=files),
            styles=styles,
            first=scripts[: assets.EARLY],
            last=scripts[assets.EARLY :],
            link=_linking(content),
            cells=first_rows(content.cells, _linking(content)) if content.cells.columns else None,
            shown=FIRST,
            data=list(_data(content, files, names)),
        )
    )


def policy(content: PageContent, *, files: str = "") -> str:
    """The Content-Security-Policy that the page says of itself; for a server, which says it, too."""
    return assets.policy(*_assets(content), beside=bool(files and content.beside))


def _assets(content: PageContent) -> tuple[list[assets.Asset], list[assets.Asset]]:
    """Its styles and its scripts, in the order in which they run."""
    scripts = (*assets.SCRIPTS, *(assets.CHARTS if _charts(content.document) else ()))
    return [assets.asset(name) for name in assets.STYLES], [assets.asset(name) for name in scripts]


def side_files(content: PageContent) -> Iterator[tuple[str, str]]:
    """The files beside the page, each when it is asked for: its name, and a script that hands over a chunk of traces."""
    for name, packed in content.beside.items():
        yield f"{name}.js", arrival(name, packed, content.made_at)


def _data(content: PageContent, files: str, names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The data blocks of a page: id, type, text."""
    charts = _charts(content.document)
    if charts:
        yield "chart-theme", "application/json", in_page(dict(themes()))
    for key, spec in charts.items():
        section, _, chart = key.partition("\n")
        yield f"chart-{names[section]}-{chart}", "application/json", in_page(dict(spec))
    if content.cells.columns:
        yield "sheet", "application/gzip", pack(sheet_data(content.cells))
    for name, packed in content.traces.items():
        yield name, "application/gzip", packed
    if content.places or content.dats:
        beside = list(content.beside) if files else []
        about: dict[str, Json] = {
            "places": {run: dict(places) for run, places in content.places.items()},
            "dats": {tame(run): path for run, path in content.dats.items()},
            "beside": beside,
            "files": files if beside else "",
            "made": content.made_at,
        }
        yield "places", "application/gzip", pack(about)


def _charts(document: Document) -> dict[str, Mapping[str, Json]]:
    """The specifications of all figures, by their section's key and an id in it."""
    found: dict[str, Mapping[str, Json]] = {}
    for section in document.sections:
        figures = [block for block in shown(section) if isinstance(block, Figure)]
        for block, key in zip(figures, anchors([block.key for block in figures]), strict=True):
            found[f"{section.key}\n{key}"] = block.chart.spec
    return found


def _linking(content: PageContent) -> Link:
    """Where a name leads on this page: agents, scenarios and outcomes to their cells, a cell to its trace, a part to itself."""
    parts = {part.key for part in parts_of(content.document)}
    outcomes = {tame(str(value)) for value in content.cells.columns.get("outcome", ())}

    def link(about: Mapping[str, str]) -> str:
        spelled = {
            key: tame(text) for key, text in about.items()
        }  # as the table of cells, which looks for these texts, has them
        if "part" in spelled:
            return route(spelled["part"]) if spelled["part"] in parts else ""
        if not content.cells.columns:
            return ""
        if "id" in spelled:
            return route("trace", cell=spelled["id"], run=spelled.get("run", ""))
        if "outcome" in spelled and spelled["outcome"] not in outcomes:
            return ""
        return route("cells", **spelled) if spelled and all(key in _LINKED for key in spelled) else ""

    return link
