"""Text that stays text in Markdown."""

from __future__ import annotations

import cmarkgfm  # type: ignore[import-untyped, import-not-found, unused-ignore]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_alienbio.model import inert
from pytest_alienbio.report.document import Document, Fact, Facts, Field, Item, Items, Matrix, Note, Notes, Section, Table
from pytest_alienbio.report.markdown import code, escape, line, render_markdown

from .test_agree import Page

TEXTS = st.text(st.sampled_from("ab1 `|*_[]()<>#@:!&~$\\-+=.;/{}\"'\n\té测"), max_size=30)


def shown(markdown: str) -> str:
    """What a reader sees, blanks as one."""
    return " ".join(Page(markdown).text.split())


@given(TEXTS)
@example("1. a")
@example("- a")
@example("> a")
@example("# a")
@example("===")
@example("https://e.vil www.e.vil a@b.de")
@example("&lt;b&gt; <b>x</b> ![i](j) [x]: y")
@example("a_b_ _c_ __d__ *e* ~f~ `g` $h$")
def test_a_paragraph_shows_just_its_text(text: str) -> None:
    """Whatever it is made of."""
    tame = inert(text)
    assert shown(line(tame)) == tame.strip()
    assert Page(line(tame)).foreign == []


@given(TEXTS, TEXTS)
def test_a_cell_shows_just_its_text(first: str, second: str) -> None:
    """A bar is no border, and a code span no end of one."""
    one, two = inert(first), inert(second)
    page = Page(f"| x | y |\n| --- | --- |\n| {escape(one)} | {code(two, in_table=True)} |")
    assert page.foreign == []
    assert page.text.split() == ["x", "y", *one.split(), *two.split()]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("0.67", "0.67"),
        ("[0.62, 0.71]", "[0.62, 0.71]"),
        ("agent_error", "agent_error"),
        ("claude-opus", "claude-opus"),
        ("(no spread)", "(no spread)"),
        ("12:30", "12:30"),
    ],
)
def test_what_needs_no_escape_has_none(text: str, markdown: str) -> None:
    """A report is read as it is, too."""
    assert escape(text) == line(text) == markdown


@pytest.mark.parametrize("text", ["@octocat", "see #12", "a/b#3", ":tada:", "www.e.vil"])
def test_what_github_would_make_more_of_is_broken_up_by_nothing(text: str) -> None:
    """Mentions, other issues, pictures: found in the finished text, where an escape is gone."""
    assert text not in cmarkgfm.github_flavored_markdown_to_html(line(text)).replace("<p>", "")
    assert shown(line(text)) == text


def test_every_block_has_its_form() -> None:
    """Headings, paragraphs, lists, tables, facts, lines to copy."""
    table = Table(
        "t", (Field("a", "agent", ("x",), ("x",), left=True, names=True), Field("n", "n", (1,), ("1",))), caption="who"
    )
    document = Document(
        "title",
        (
            Section("one", "heading", "what it is", (Notes("n", (Note("said", "note"),)), table)),
            Section("two", blocks=(Facts("f", (Fact("k", "label", 1, "1"),)),)),
            Section("three", blocks=(Items("i", (Item("name", "what", "why", ("more",), ("bio show `x`",)),)),)),
            Section("four", blocks=(Matrix("m", "scenario", "agent", ("s",), ("a",), ((1.0,),), (("1.00",),)),)),
        ),
    )
    assert render_markdown(document) == (
        "# title\n\n## Heading\n\nWhat it is.\n\nnote: said\n\nwho:\n\n| agent | n |\n| :-- | --: |\n| `x` | 1 |\n\n"
        "- label: 1\n\n- `name`: what: why\n  - more\n  - `` bio show `x` ``\n\n"
        "| scenario | `a` |\n| :-- | --: |\n| `s` | 1.00 |\n"
    )
