"""A document as a page: every block is there, nothing in it can do anything, and it is the same page every time."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from pytest_alienbio.charts.theme import DARK, LIGHT
from pytest_alienbio.model import CellSheet, Chart, Json
from pytest_alienbio.report.document import (
    Block,
    Copy,
    Document,
    Fact,
    Facts,
    Figure,
    Item,
    Items,
    Matrix,
    Note,
    Notes,
    Section,
    Table,
    column,
    named,
    silent,
)
from pytest_alienbio.report.html import assets
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import pack, unpack
from pytest_alienbio.report.html.render import render_html, side_files

from ..documents import EVIL, results
from .reading import Element, read, rows

HOSTILE = (
    *EVIL,
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"' onload='alert(1)",
    "<!--",
    "{{ 7 * 7 }}{% raw %}",
    "a\u2028b\u2029c",
    "\u202eevil\u2066\u200b",
    "\x00\x07\x9b31m",
    "javascript:alert(1)",
)


def chart(name: str = "bars") -> Chart:
    spec: dict[str, Json] = {"data": {"values": [{"name": name}]}, "mark": "bar"}
    return Chart(name, f"{name} of all", spec, f"{name}: two agents", ("agent", "mean"), (("a", "0.50"), ("b", "-")), ("two.",))


def every_block(text: str = "text") -> tuple[Block, ...]:
    """A block of each kind, with `text` wherever text can be."""
    agents = (text, "b")
    return (
        Table(
            "table",
            (
                named("agent", text, agents, lambda agent: agent),
                column("mean", "mean", agents, lambda _: 0.123456, lambda _: f"0.12 ± {text}", sign=" ± "),
                silent("machine", agents, lambda _: "for machines alone"),
            ),
            caption=text,
        ),
        Matrix("matrix", "scenario", "agent", (text, "s2"), (text, "b"), ((0.0, 1.0), (None, 0.5)), (("0", "1"), ("-", text))),
        Notes("notes", (Note(text, label=text),)),
        Notes("list", (Note(text),), items=True),
        Facts("facts", (Fact("fact", text, 1, text),)),
        Items("items", (Item(text, text, text, (text,), (text,)),)),
        Copy("copy", text, text),
        Figure("figure", Chart(text, text, {"title": text}, text, (text,), ((text,),), (text,))),
    )


def page(*blocks: Block, key: str = "scores", cells: CellSheet | None = None, **more: object) -> Element:
    document = Document("title", (Section(key, "heading", "about", blocks),))
    return read(render_html(PageContent(document, cells or CellSheet({}))))


def test_every_kind_of_block_is_there() -> None:
    made = page(*every_block())
    part = made.one("section", id="scores")
    assert len(list(part.all("table"))) == 3, "a table, a matrix, the numbers of a figure"
    assert part.one("dl", class_="facts").text.split() == ["texttext"]
    assert part.one("ul", class_="notes").text.split() == ["text"]
    assert part.one("ul", class_="items").one("code").text == "text"
    assert [each.one("code").text for each in part.all("div", class_="copy")] == ["text", "text"]
    assert part.one("figure").one("figcaption").text == "text"
    assert "for machines alone" not in made.text


def test_a_table_has_scoped_headers_and_its_numbers_in_full_to_sort_by() -> None:
    [table, *_] = page(*every_block("greedy")).one("section", id="scores").all("table")
    assert rows(table) == [["greedy", "mean"], ["greedy", "0.12 ± greedy"], ["b", "0.12 ± greedy"]]
    assert [head.attributes["scope"] for head in table.all("th")] == ["col", "col", "row", "row"]
    assert {cell.attributes["data-order"] for cell in table.all("td")} == {"0.123456"}
    assert table.one("caption").text == "greedy"


def test_a_matrix_is_a_heat_map_of_numbers_shaded_by_value() -> None:
    _, table, *_ = page(*every_block("s1")).one("section", id="scores").all("table")
    assert rows(table) == [["scenario", "s1", "b"], ["s1", "0", "1"], ["s2", "-", "s1"]]
    assert [cell.attributes["class"] for cell in table.all("td")] == ["h0", "h10", "missing", "h5"]


def test_a_matrix_outside_of_0_to_1_is_shaded_from_its_lowest_to_its_highest() -> None:
    matrix = Matrix("m", "scenario", "agent", ("s",), ("a", "b", "c"), ((-40, 0.0, 60),), (("-40", "0", "60"),))
    assert [cell.attributes["class"] for cell in page(matrix).all("td")] == ["h0", "h4", "h10"]


def test_a_turned_matrix_keeps_its_totals_beside_the_names_and_links_to_the_right_cells() -> None:
    agents = tuple(f"agent-{at}" for at in range(9))
    matrix = Matrix(
        "m",
        "scenario",
        "agent",
        ("s",),
        agents,
        (tuple(at / 8 for at in range(9)),),
        (tuple(map(str, range(9))),),
        total="mean",
        totals=tuple(at / 8 for at in range(9)),
        total_texts=tuple(f"m{at}" for at in range(9)),
    )
    cells = CellSheet({"run": ["r"], "id": ["s[a]"]})
    table = next(page(matrix, cells=cells).one("section", id="scores").all("table"))
    assert rows(table)[:2] == [["agent", "mean", "s"], ["agent-0", "m0", "0"]]
    links = [[link.attributes["href"] for link in row.all("a")] for row in table.all("tr")]
    assert links[1] == ["#cells?agent=agent-0", "#cells?agent=agent-0&scenario=s"]
    assert [cell.attributes["class"] for cell in list(table.all("tr"))[9].all("td")] == ["h10", "h10"]


def test_a_figure_has_its_specification_beside_it_and_its_numbers_at_hand() -> None:
    made = page(Figure("bars", chart()), Figure("box", chart("box")))
    figures = list(made.all("figure"))
    assert [each.attributes["data-chart"] for each in figures] == ["chart-scores-bars", "chart-scores-box"]
    for figure, name in zip(figures, ("bars", "box"), strict=True):
        data = made.one("script", id=figure.attributes["data-chart"], type="application/json")
        assert json.loads(data.text)["data"] == {"values": [{"name": name}]}
        assert figure.one("div", class_="drawn").attributes["aria-label"] == f"{name}: two agents"
        assert rows(figure.one("details").one("table")) == [["agent", "mean"], ["a", "0.50"], ["b", "-"]]
    assert made.one("script", id="chart-theme")
    assert not list(page(Notes("n", (Note("no chart"),))).all("script", id="chart-theme"))


def test_a_heat_map_is_there_once() -> None:
    """A matrix is one here; where there is none, it is drawn."""
    matrix = Matrix("m", "scenario", "agent", ("s",), ("a",), ((0.5,),), (("0.50",),))
    both = page(Figure("heat", chart("heatmap")), matrix, Figure("bars", chart()))
    assert [figure.attributes["data-chart"] for figure in both.all("figure")] == ["chart-scores-bars"]
    assert not list(both.all("script", id="chart-scores-heat"))
    assert len(list(page(Figure("heat", chart("heatmap"))).all("figure"))) == 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_texts_say_a_page_has_the_same_elements(text: str) -> None:
    """Hostile text adds no element, no attribute, no handler, and turns no letter around."""
    cells = CellSheet({"run": [text], "id": [text], "agent": [text], "why": [text], text: [text]})

    def made(text: str, cells: CellSheet) -> str:
        section = Section(f"own {text}", text, text, every_block(text))
        chunks = {"traces-0001": pack({text: {text: text}})}
        places = {text: {text: "traces-0001"}}
        ways = ((text, "../"), (text, ""))
        return render_html(PageContent(Document(text, (section,)), cells, chunks, {}, places, {text: text}, text, text, ways))

    plain = CellSheet({"run": ["r"], "id": ["i"], "agent": ["a"], "why": ["w"], "other": ["o"]})
    html = made(text, cells)
    page, same = read(html), read(made("x", plain))
    assert _shape(page) == _shape(same)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", html)


def _shape(element: Element) -> list[object]:
    names = sorted(name for name in element.attributes if name != "data-order")
    return [element.tag, *names, *(_shape(child) for child in element.children if isinstance(child, Element))]


def test_the_policy_lets_the_pages_own_scripts_and_styles_run_and_nothing_else() -> None:
    made = page(*every_block())
    policy = made.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    running = [each for each in made.all("script") if "type" not in each.attributes]
    for kind, elements in (("script-src", running), ("style-src", list(made.all("style")))):
        hashes = [base64.b64encode(hashlib.sha256(each.text.encode()).digest()).decode() for each in elements]
        assert rules[kind] == [f"'sha256-{each}'" for each in hashes]
        assert elements
    assert "unsafe" not in policy
    head = made.one("head")
    assert [each.tag for each in head.children if isinstance(each, Element)][:2] == ["meta", "meta"], "before any of them runs"


def test_markup_has_no_styles_and_no_handlers_of_its_own() -> None:
    """The policy would refuse them, and say so on the console."""
    pending = [page(*every_block(), cells=CellSheet({"run": ["r"], "id": ["i"]}))]
    while pending:
        element = pending.pop()
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")], element
        assert not element.attributes.get("src")
        pending += [child for child in element.children if isinstance(child, Element)]


def test_the_same_content_is_the_same_page() -> None:
    cells = CellSheet({"run": ["r", "r"], "id": ["i", "j"], "score": [0.5, None]})
    content = PageContent(Document("t", (Section("scores", blocks=every_block()),)), cells, made_at="2026-01-31T12:00:00Z")
    assert render_html(content) == render_html(content)
    assert "2026-01-31 12:00:00 UTC" in read(render_html(content)).text


def test_side_files_hand_over_what_they_hold_and_only_a_page_that_has_them_may_load_any() -> None:
    packed = pack({"r": {"i": {"v": 1}}})
    content = PageContent(
        Document("t"),
        CellSheet({"run": ["r"], "id": ["i"]}),
        beside={"traces-0001": packed},
        places={"r": {"i": "traces-0001"}},
        made_at="2026-01-31T12:00:00Z",
    )
    assert dict(side_files(content)) == {"traces-0001.js": f'bio.arrived("traces-0001", "{packed}", "2026-01-31T12:00:00Z");\n'}
    alone, together = read(render_html(content)), read(render_html(content, files="report.files"))
    told = [unpack(made.one("script", id="places").text) for made in (alone, together)]
    assert [(each["beside"], each["files"]) for each in told] == [([], ""), (["traces-0001"], "report.files")]  # type: ignore[call-overload, index]
    policies = [made.one("meta", http_equiv="Content-Security-Policy").attributes["content"] for made in (alone, together)]
    assert ["file:" in policy for policy in policies] == [False, True]


def test_a_table_that_no_browser_would_bear_is_cut_and_says_so() -> None:
    many = [str(at) for at in range(1500)]
    made = page(Table("t", (named("agent", "agent", many, lambda name: name),)))
    assert len(rows(made.one("table"))) == 1001
    assert "… and 500 more rows, which the JSON of this report has" in made.text


def test_a_report_of_hundreds_of_cells_reads_like_its_markdown() -> None:
    """Every number that people read elsewhere stands on the page."""
    from pytest_alienbio.report import render_markdown
    from pytest_alienbio.report.review import review_document
    from pytest_alienbio.results.review import review

    document = review_document(review(results(4, 3, 4), title="many"))
    made = read(render_html(PageContent(document)))
    text = " ".join(each.text for tag in ("td", "th", "p", "li", "dd") for each in made.all(tag))
    numbers = set(re.findall(r"\d+\.\d+", render_markdown(document)))
    assert len(numbers) > 30
    assert numbers <= set(re.findall(r"\d+\.\d+", text))


def test_colours_of_heat_tables_are_those_of_heat_maps() -> None:
    """And text, paper and lines those of charts, which stand on the page."""
    style = assets.asset("assets/style.css").text
    pairs = {f"ramp-{at}": (LIGHT.ramp[at], DARK.ramp[at]) for at in range(6)}
    pairs |= {"paper": (LIGHT.background, DARK.background), "ink": (LIGHT.ink, DARK.ink), "quiet": (LIGHT.faint, DARK.faint)}
    for name, (light, dark) in pairs.items():
        assert f"--{name}: light-dark({light}, {dark});" in style


def test_an_asset_that_would_end_its_element_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(assets, "files", lambda _: _Folder("let x = '</SCRIPT>'"))
    with pytest.raises(ValueError, match=r"a\.js holds </script"):
        assets.asset.__wrapped__("a.js")


class _Folder:
    def __init__(self, text: str) -> None:
        self.text = text

    def joinpath(self, name: str) -> _Folder:
        return self

    def read_text(self, encoding: str) -> str:
        return self.text
