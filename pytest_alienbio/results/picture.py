"""A chart that people hold in their hands: it shows itself in a notebook, and goes into a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path

from ..charts.drawing import FORMS, drawn, themed
from ..charts.spec import noted
from ..errors import MissingExtraError, SpecError, StoreError
from ..model import Chart
from ..store.disk import replace_file

NOTEBOOK = "application/vnd.vegalite.v5+json"
"""What JupyterLab 4 and VS Code draw themselves. Version 6 of Vega-Lite has no type that either knows; our specifications use
nothing that is not in 5, too."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, slots=True)
class Picture(Chart):
    """A chart of some results. `spec` is its Vega-Lite specification, `rows` are its numbers."""

    @classmethod
    def of(cls, chart: Chart, notes: Sequence[str] = ()) -> Picture:
        """The same chart, with `notes` added to its own."""
        same = cls(**{field.name: getattr(chart, field.name) for field in fields(Chart)})
        return replace(same, spec=noted(chart.spec, notes), notes=(*chart.notes, *notes)) if notes else same

    def __repr__(self) -> str:
        return f"<{self.key}: {self.title}; {self.alt}>"

    def save(self, path: str | Path, *, dark: bool = False) -> Path:
        """Writes it as its file's name says: `.svg`, `.png`, `.pdf`, or `.json` for the specification; gives the path.

        A file of that name is replaced whole. Raises `SpecError` for another name, `StoreError` if it cannot be written, and
        `MissingExtraError` without vl-convert (not for `.json`).
        """
        target = Path(path)
        form = target.suffix.lower().removeprefix(".")
        if form not in FORMS:
            raise SpecError(f"{target.name[:80]!r}: a chart's file ends in .{', .'.join(FORMS)}")
        if target.exists() and not target.is_file():
            raise StoreError(f"{target} is no ordinary file")
        if not target.absolute().parent.is_dir():
            raise StoreError(f"{target}: there is no folder {target.parent}")
        replace_file(target, [drawn(self, form, dark=dark)])
        return target

    def svg(self, *, dark: bool = False) -> str:
        """The chart as SVG. Raises `MissingExtraError` without vl-convert."""
        return drawn(self, "svg", dark=dark).decode()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """Drawn by the front end where it knows Vega-Lite, else as SVG where vl-convert is there, else as a sentence."""
        bundle: dict[str, object] = {
            NOTEBOOK: json.loads(json.dumps({**themed(self), "$schema": SCHEMA}, default=dict)),
            "text/plain": f"{self.title}: {self.alt}",
        }
        with suppress(MissingExtraError):
            bundle["image/svg+xml"] = self.svg()
        return bundle
