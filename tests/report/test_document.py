"""A document and what is asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.report import render
from pytest_alienbio.report.document import (
    Copy,
    Document,
    Fact,
    Facts,
    Field,
    Item,
    Items,
    Note,
    Notes,
    Section,
    Table,
    column,
    named,
    silent,
)
from pytest_alienbio.report.plain import as_plain

ROWS = [("s", "a", 0.123), ("s", "b", None), ("t", "a", 1.0)]


def table(**more: object) -> Table:
    """A small one."""
    return Table(
        "rows",
        (
            named("scenario", "scenario", ROWS, lambda row: row[0], once=True),
            named("agent", "agent", ROWS, lambda row: row[1]),
            column("mean", "mean", ROWS, lambda row: row[2], lambda row: "-" if row[2] is None else f"{row[2]:.2f}"),
            silent("std", ROWS, lambda row: None),
        ),
        **more,  # type: ignore[arg-type]
    )


def lines(*blocks: object, width: int = 80) -> list[str]:
    """A section of these blocks on a screen."""
    return render(Document("", (Section("s", blocks=blocks),)), width).splitlines()  # type: ignore[arg-type]


def test_sections_and_blocks_are_found_by_their_keys() -> None:
    document = Document("t", (Section("one", blocks=(table(),)),))
    assert document["one"].rows("rows")[1] == {"scenario": "s", "agent": "b", "mean": None, "std": None}
    assert document.find("one", "rows") == table()
    assert document.find("two", "rows") is None
    assert document.find("one", "other") is None


def test_a_key_that_is_not_there_says_what_is() -> None:
    """A hook's author reads it."""
    document = Document("t", (Section("leaderboard", blocks=(table(), Copy("path", "", "/x"))),))
    with pytest.raises(KeyError, match="no section is called 'leaderbord'; did you mean 'leaderboard'"):
        document["leaderbord"]
    with pytest.raises(KeyError, match="no block in section 'leaderboard' is called 'row'; did you mean 'rows'"):
        document["leaderboard"]["row"]
    with pytest.raises(KeyError, match="is no table"):
        document["leaderboard"].rows("path")


@pytest.mark.parametrize(
    "sections",
    [
        (Section("a"), Section("a")),
        (Section("a", blocks=(Copy("x", "", ""), Copy("x", "", ""))),),
        (Section("a", blocks=(Copy("heading", "", ""),)),),
    ],
)
def test_a_key_is_there_once(sections: tuple[Section, ...]) -> None:
    """Or JSON would lose one of them."""
    with pytest.raises(ValueError, match="twice"):
        Document("t", sections)


def test_a_name_that_repeats_is_shown_once() -> None:
    assert lines(table()) == [
        "scenario  agent  mean",
        "s         a      0.12",
        "          b         -",
        "t         a      1.00",
    ]


def test_a_table_too_wide_is_stacked_and_no_name_is_lost_below_its_line() -> None:
    """What repeats the row above the line is said again below it."""
    rows = [("x" * 40, "a", "only"), ("y" * 40, "a", "only")]
    crowded = Table(
        "rows",
        (
            named("scenario", "scenario", rows, lambda row: row[0], once=True),
            named("agent", "agent", rows, lambda row: row[1], once=True),
            named("params", "params", rows, lambda row: row[2]),
        ),
        stack="scenario",
    )
    assert lines(crowded, width=44) == ["agent  params", "x" * 40, "  a    only", "y" * 40, "  a    only"]


def test_a_total_is_shown_and_is_no_row() -> None:
    whole = table(total=True)
    assert len(lines(whole)) == 4
    assert len(whole.rows()) == 2


def test_a_table_for_machines_alone_is_not_shown() -> None:
    quiet = Table("quiet", (silent("a", [1, 2], lambda row: row),))
    assert quiet.silent
    assert lines(quiet, Copy("c", "path", "/x")) == ["path: /x"]


def test_tables_of_a_section_stand_apart() -> None:
    assert "" in lines(table(), Table("other", table().fields, caption="by params"))
    assert "by params" in lines(table(), Table("other", table().fields, caption="by params"))


def test_facts_stand_below_one_another() -> None:
    facts = Facts("f", (Fact("a", "cells", 3, "3"), Fact("b", "result folder", "x", "x")))
    assert lines(facts) == ["cells          3", "result folder  x"]


def test_an_item_keeps_what_it_is_about_and_what_is_to_be_copied() -> None:
    item = Item(
        "a_long_name_of_a_cell[d2-x-s3]", "timed_out", "it took far too long", ("greedy on two scenarios",), ("x " * 40,)
    )
    made = lines(Items("i", (item,)), width=44)
    assert ": timed_out" in made[0]
    assert "…" in made[0]
    assert made[1:] == ["    greedy on two scenarios", "    " + "x " * 40]


def test_plain_values_have_a_key_for_everything() -> None:
    document = Document(
        "t",
        (
            Section(
                "s",
                "heading",
                "about",
                (
                    table(),
                    Notes("notes", (Note("x is 1", "note", {"x": 1}),)),
                    Facts("facts", (Fact("cells", "cells", 3, "3"),)),
                    Items("items", (Item("n", values={"count": 2}),)),
                    Copy("path", "results", "/x"),
                ),
            ),
        ),
    )
    plain = as_plain(document)["sections"]
    assert isinstance(plain, dict)
    section = plain["s"]
    assert section.pop("rows") == table().rows()
    assert section == {
        "heading": "heading",
        "about": "about",
        "notes": [{"text": "x is 1", "label": "note", "x": 1}],
        "facts": {"cells": 3},
        "items": [{"name": "n", "what": "", "why": "", "lines": (), "copy": (), "count": 2}],
        "path": "/x",
    }


def test_a_field_without_texts_is_for_machines() -> None:
    assert Field("a", "a", (1,)).texts == ()


def test_as_a_text_it_is_a_page_and_in_a_notebook_markdown() -> None:
    document = Document("t", (Section("s", "heading", "", (table(),)),))
    assert str(document) == render(document, 100)
    assert document._repr_markdown_().startswith("# t\n\n## Heading\n")
    assert repr(document) == f"<Document t: {document.sections[0].key}>"
    assert [section.key for section in document.only("other").sections] == []


def test_nothing_that_is_exported_is_called_like_a_module() -> None:
    """It is looked up late, and importing a module of that name would put the module in its place."""
    import pytest_alienbio.report as room

    modules = {path.stem for path in Path(room.__file__).parent.glob("*.py")}
    assert not modules & set(room.__all__) - {"inert"}
    assert all(hasattr(room, name) for name in room.__all__)
