"""How templates are filled in: every text is escaped, a name that is missing is an error, and blocks are those of reports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from .blocks import anchors, chart_grid, matrix_grid, table_grid, tame
from .parts import heading, shown

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment(package: str = "") -> Environment:
    """For the templates of reports, and before them those of another `package`."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(each, "templates") for each in (package, __package__) if each]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"tame": tame, "capital": heading, "kind": _kind, "blocks": shown}
    made.globals |= {"table_grid": table_grid, "matrix_grid": matrix_grid, "chart_grid": chart_grid, "anchors": anchors}
    return made


def _kind(block: object) -> str:
    return type(block).__name__.lower()
