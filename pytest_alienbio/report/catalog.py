"""Agents and scenarios as text: what there is, and what is known of one before it is built."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Json
from ..model.figures import MISSING
from ..model.price import price_from_json
from .page import BOLD, Page, short
from .usage import price_line


@dataclass(frozen=True, slots=True)
class Param:
    """One keyword of an agent."""

    name: str
    value: Json = None
    """What is given, else its default."""
    given: bool = False
    """Whether a configuration file gives it."""
    required: bool = False
    """Whether it has no default."""
    preset: bool = False
    """Whether the profile that it is built from gives it, and no file."""


@dataclass(frozen=True, slots=True)
class ModelSheet:
    """What more there is to say of a language model. Holds no key."""

    speaks: str
    """Whose wire format."""
    model: str
    base_url: str = ""
    """'' = its provider's own."""
    provider: str = ""
    price: Json = None
    """As `price_as_json` has it; None: nobody knows it."""
    unpriced: str = ""
    """Why nobody knows it, and what to write; '' if somebody does."""
    key_at: tuple[str, ...] = ()
    """Where its key is looked for, in order; () = it needs none."""
    key_found: str = ""
    """The first of them that has one."""
    key_problem: str = ""
    """Why one cannot be read at all."""

    def cost(self) -> str:
        """What it costs and who says so, in words."""
        return self.unpriced if self.price is None else price_line(price_from_json(self.price))

    def key(self) -> str:
        """Whether there is a key and where, in words; never what it is."""
        if self.key_found:
            return f"in {self.key_found}"
        return self.key_problem or (f"none in {', '.join(self.key_at)}" if self.key_at else "not needed")


@dataclass(frozen=True, slots=True)
class AgentSheet:
    """What there is to say about an agent somebody can name."""

    name: str
    kind: str
    """What is built; its own name unless a configuration file defines it."""
    role: str
    source: str
    """Where it comes from: `built-in`, `bio.yaml:3`, a class of a package."""
    tags: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()
    others: bool = False
    """Whether it takes any other param too."""
    unavailable: str = ""
    """Why it cannot play here; '' if it can."""
    deterministic: bool = False
    privileged: bool = False
    """Whether it is handed the solution."""
    description: str = ""
    model: ModelSheet | None = None
    """Of a language model that is whole; None for all others."""


@dataclass(frozen=True, slots=True)
class ScenarioSheet:
    """What there is to say about a scenario before it is built."""

    name: str
    source: str
    """Its file, or the package it comes from."""
    type: str = "interactive"
    tags: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    default_level: int | None = None
    passing_score: float | None = 0.6
    params: tuple[str, ...] = ()
    has_variants: bool = False
    content_hash: str = ""
    description: str = ""
    """For people who choose a scenario; it may give away what agents have to find out."""


def agent_list(sheets: Sequence[AgentSheet], width: int, *, note: str = "", ascii: bool = False) -> list[str]:
    """A line for each agent, header first, and below it what it does, what it takes and why it may not play; then `note`."""
    page = Page(width, ascii=ascii)
    header, *rows = page.rows(
        ("agent", [sheet.name for sheet in sheets], 0),
        ("role", [sheet.role for sheet in sheets], 0),
        ("tags", [", ".join(sheet.tags) for sheet in sheets], 2),
        ("from", [sheet.source for sheet in sheets], 1),
    ) or [""]
    lines = [header] if rows else []
    for sheet, row in zip(sheets, rows, strict=True):
        lines.append(row)
        shown = [param for param in sheet.params if not sheet.model or param.given or param.preset]
        takes = ", ".join([*map(_param, shown), *(["any other"] if sheet.others else [])])
        article = "an" if sheet.kind[:1].lower() in "aeiou" else "a"
        kind = "" if sheet.kind == sheet.name else f"{article} {sheet.kind}{': ' if takes else ''}"
        about = [f"cost: {sheet.model.cost()}", f"key: {sheet.model.key()}"] if sheet.model else []
        why_not = f"not available: {sheet.unavailable}" if sheet.unavailable else ""
        for text in (*paragraphs(sheet.description)[:1], kind + takes, *about, why_not):
            lines += page.prose(text, first="    ", indent="      ")
    return [*lines, *page.prose(note)]


def agent_sheet(sheet: AgentSheet, width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """Everything about one agent."""
    page = Page(width, color, ascii)
    lines = [page.whole("", sheet.name, BOLD)]
    for paragraph in paragraphs(sheet.description):
        lines += [*page.prose(paragraph, first="  ", indent="  "), ""]
    speaks = f", which speaks {sheet.model.speaks}" if sheet.model and sheet.model.speaks != sheet.kind else ""
    lines += page.labelled("kind", sheet.kind + speaks if sheet.kind != sheet.name or speaks else "")
    lines += page.labelled("role", sheet.role)
    if sheet.model:
        lines += page.labelled("model", sheet.model.model)
        lines.append(page.whole("server", sheet.model.base_url or "its provider's own"))
        lines += page.labelled("cost", sheet.model.cost())
        lines += page.labelled("key", sheet.model.key())
    lines += [page.whole("from", sheet.source)]
    lines += page.labelled("tags", ", ".join(sheet.tags))
    lines += page.labelled("available", f"no: {sheet.unavailable}" if sheet.unavailable else "yes")
    lines += page.labelled("repeats", "its actions in equal cells" if sheet.deterministic else "not promised")
    lines += page.labelled("knows", "the scenario's own solution, which it is handed" if sheet.privileged else "")
    given = ["given in the file" if param.given else "comes along" if param.preset else "" for param in sheet.params]
    values = ["(required)" if param.required and not param.given else short(param.value) for param in sheet.params]
    rows = page.rows(("param", [param.name for param in sheet.params], 0), ("value", values, 0), ("", given, 1))
    lines += page.labelled("params", "any" if sheet.others and not rows else "" if rows else "none")
    lines += ["", *rows] if rows else []
    return [*lines, *page.prose("and any other param" if sheet.others and rows else "")]


def scenario_list(sheets: Sequence[ScenarioSheet], width: int, *, note: str = "", ascii: bool = False) -> list[str]:
    """A line for each scenario, header first, and below it what it is about; then `note`."""
    page = Page(width, ascii=ascii)
    same_type = len({sheet.type for sheet in sheets}) == 1
    header, *rows = page.rows(
        ("scenario", [sheet.name for sheet in sheets], 0),
        ("type", ["" if same_type else sheet.type for sheet in sheets], 2),
        ("levels", [levels(sheet.levels) for sheet in sheets], 0),
        ("default", [MISSING if sheet.default_level is None else str(sheet.default_level) for sheet in sheets], 1),
        ("passing", [MISSING if sheet.passing_score is None else f"{sheet.passing_score:g}" for sheet in sheets], 3),
        ("tags", [", ".join(sheet.tags) for sheet in sheets], 4),
        ("from", [sheet.source for sheet in sheets], 5),
    ) or [""]
    lines = [header] if rows else []
    for sheet, row in zip(sheets, rows, strict=True):
        lines += [row, *page.prose(sheet.description, first="    ", indent="      ")]
    return [*lines, *page.prose(note)]


def scenario_sheet(sheet: ScenarioSheet, width: int, *, color: bool = False, ascii: bool = False) -> list[str]:
    """What is known of a scenario before it is built, without its description."""
    page = Page(width, color, ascii)
    lines = [page.whole("", sheet.name, BOLD)]
    default = "" if sheet.default_level is None else f"; {sheet.default_level} if none is named"
    lines += page.labelled("tags", ", ".join(sheet.tags))
    lines += page.labelled("type", sheet.type)
    lines += page.labelled("levels", levels(sheet.levels) + default if sheet.levels else "none")
    bar = "no bar" if sheet.passing_score is None else f"a score of {sheet.passing_score:g}"
    lines += page.labelled("passing", bar)
    lines += page.labelled("params", ", ".join(sheet.params) or "none")
    lines += page.labelled("variants", "any number: the same world under other names" if sheet.has_variants else "none")
    return [*lines, page.whole("from", sheet.source)]


def levels(found: Sequence[int]) -> str:
    """`1-5`, or `1, 3, 5` where some are missing; `-` for none."""
    if len(found) > 2 and list(found) == list(range(found[0], found[-1] + 1)):
        return f"{found[0]}-{found[-1]}"
    return ", ".join(map(str, found)) or MISSING


def paragraphs(text: str) -> list[str]:
    """`text` at its blank lines apart, each part as one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def _param(param: Param) -> str:
    return f"{param.name} (required)" if param.required and not param.given else f"{param.name}={short(param.value)}"
