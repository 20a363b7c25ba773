"""Reports as pages: of what is stored, of any results, written whole, with what stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.api import Bio
from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import CellSheet
from pytest_alienbio.report.document import Document
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import pack
from pytest_alienbio.run.pages import Page, page_with


def page(*beside: str) -> Page:
    sheet = CellSheet({"run": ["r"], "id": ["i"]})
    return Page(PageContent(Document("t"), sheet, beside={name: pack({"r": {"i": {"v": 1}}}) for name in beside}))


def test_a_page_is_written_with_what_stands_beside_it_and_written_again_leaves_nothing_old(tmp_path: Path) -> None:
    """Files of others in that folder stay; without any of ours, and theirs, it goes."""
    path = tmp_path / "my report.html"
    folder = tmp_path / "my report.files"
    assert page("traces-0001", "traces-0002").save(path) == path
    assert sorted(each.name for each in folder.iterdir()) == ["traces-0001.js", "traces-0002.js"]
    assert "file:" in path.read_text("utf-8").partition("</head>")[0]
    (folder / "notes.txt").write_text("mine")
    page("traces-0002").save(path)
    assert sorted(each.name for each in folder.iterdir()) == ["notes.txt", "traces-0002.js"]
    page().save(path)
    assert [each.name for each in folder.iterdir()] == ["notes.txt"]
    assert "'self'" not in path.read_text("utf-8")
    (folder / "notes.txt").unlink()
    page("traces-0001").save(path)
    page().save(path)
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_link_in_the_place_of_that_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report.files").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        page("traces-0001").save(tmp_path / "report.html")
    page().save(tmp_path / "report.html")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "report.files").write_text("a file")
    with pytest.raises(StoreError, match=r"cannot write .*report\.files"):
        page("traces-0001").save(tmp_path / "report.html")
    with pytest.raises(StoreError, match=r"cannot write .*report\.html"):
        page().save(tmp_path / "missing" / "report.html")


def test_any_document_is_a_page_and_as_text_a_page_is_its_document() -> None:
    made = page_with(Document("all of it"))
    assert "<title>all of it</title>" in made.html
    assert (str(made), made._repr_markdown_()) == (str(made.document), made.document._repr_markdown_())


def test_bio_report_takes_results_or_names_what_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest DAT without a word; each with every cell, and its numbers those of the report on a screen."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="there are no results below"):
        Bio.report(data=tmp_path)
    played = Bio.batch("mutualism/competition", ["greedy", "noop"], 1, difficulty=1, data=tmp_path, name="mine")
    pages = [Bio.report(data=tmp_path), Bio.report("mine", data=tmp_path), Bio.report(played, data=tmp_path)]
    for made in pages:
        assert made.document["leaderboard"].rows("standings")[0]["mean"] == pytest.approx(played.mean("greedy"))
        assert len(made.content.cells) == 2
    [run] = pages[0].content.places
    assert set(pages[0].content.places[run]) == {result.id for result in played}
    assert not Bio.report("mine", traces="none", data=tmp_path).content.places
    few = Bio.report("mine", only=["failures"], traces="none", data=tmp_path)
    assert [section.key for section in few.document.sections] == ["results", "failures"]
    with pytest.raises(SpecError, match="did you mean 'all'"):
        Bio.report("mine", traces="al", data=tmp_path)
