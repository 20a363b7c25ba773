"""What the page of some results holds."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_alienbio.model import Query, ScenarioEntry
from pytest_alienbio.report import Document, as_json, render, render_markdown
from pytest_alienbio.report.document import Facts, Figure
from pytest_alienbio.report.html.content import PageContent
from pytest_alienbio.report.html.packed import unpack
from pytest_alienbio.results.sheet import Found
from pytest_alienbio.run.pages import page_of_dat
from pytest_alienbio.run.reporting import report_on
from pytest_alienbio.run.reporting.before import run_before
from pytest_alienbio.run.reporting.chosen import by_interest
from pytest_alienbio.run.reporting.page import page_of
from pytest_alienbio.store.index import Index
from pytest_alienbio.store.verdicts import write_verdicts

from ...report.verdicts import failed
from ...results.parts import cell, write_dat
from ..parts import Lab, make_catalog, make_plan

AT = 1_790_000_000.0


class Two(NamedTuple):
    """Two runs of one battery, the second with another agent's scores and a gate, and the root they are below."""

    root: Path
    first: Path
    second: Path

    def page(self, *dats: Path, traces: str = "embedded") -> PageContent:
        """The page of these runs."""
        with Index.open(self.root) as index:
            index.refresh(dats)
            query = Query(dats=tuple(map(str, dats)))
            return page_of(index, query, dats, root=self.root, traces=traces, catalog=make_catalog(), at=AT)  # type: ignore[arg-type]

    def report(self, *dats: Path) -> Document:
        """The report of these runs."""
        with Index.open(self.root) as index:
            index.refresh(dats)
            return report_on(index, Query(dats=tuple(map(str, dats))), dats)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """Played once for all tests here."""
    root = tmp_path_factory.mktemp("page")
    found = []
    for agents in (("half", "lazy"), ("half", "lazy", "crash")):
        scenarios = [ScenarioEntry("walks/line", difficulty="all")]
        lab = Lab(root, make_plan(scenarios=scenarios, agents=agents, seeds=(0, 1, 2), cells="record"))
        lab.play()
        lab.close()
        found.append(lab.dat_path)
    write_verdicts(found[1], [failed()])
    return Two(root / "data", *found)


def test_its_numbers_are_those_of_the_report(two: Two) -> None:
    """Every section of the report is on the page as it is, but for a chart in front."""
    page, report = two.page(two.second).document, two.report(two.second)
    for section in report.sections:
        there = page[section.key]
        assert tuple(block for block in there.blocks if not isinstance(block, Figure)) == section.blocks
    assert page.sections[-1].key == report.sections[-1].key or "end" not in [section.key for section in report.sections]


def test_of_one_run_it_tells_gates_the_run_before_curves_execution_and_surroundings(two: Two) -> None:
    document = two.page(two.second).document
    keys = [section.key for section in document.sections]
    assert {"since", "difficulty", "timeline", "environment", "gates"} <= set(keys)
    [gate] = [key for key in keys if key.startswith("gate[")]
    drawn = {section.key: [block.key for block in section.blocks if isinstance(block, Figure)] for section in document.sections}
    assert drawn["summary"] == ["heatmap"]
    assert drawn["difficulty"] == ["difficulty"]
    assert drawn["timeline"] == ["timeline"]
    assert drawn[gate] == ["drops"]
    assert document.find("since", "counts") is not None
    assert document["timeline"].rows("workers")[0]["cells"] == 27
    told = render(document, 100)
    assert "since the run before" in told
    assert "Environment and provenance" in render_markdown(document)
    assert json.loads(as_json(document))["sections"]["timeline"]["workers"][0]["errors"] == 9


def test_the_first_run_has_none_before_it(two: Two) -> None:
    assert run_before(two.root, two.second) == two.first
    assert run_before(two.root, two.first) is None
    assert "since" not in [section.key for section in two.page(two.first).document.sections]


def test_two_runs_are_held_against_each_other(two: Two) -> None:
    page = two.page(two.first, two.second)
    keys = [section.key for section in page.document.sections]
    assert {"compare[runs]", "compare[effects]", "compare[cells]"} <= set(keys)
    assert "since" not in keys
    assert sum(key.startswith("gate[") for key in keys) == 1
    assert len(page.dats) == 2
    assert set(page.cells.columns["run"]) == set(page.dats)
    assert len(page.cells) == 18 + 27
    assert page.cells.columns["counts"].count("yes") == 27
    assert all(len(traces) == 18 for traces in page.places.values())


def test_every_cell_is_on_it_and_its_trace_is_where_it_says(two: Two) -> None:
    page = two.page(two.second)
    [run] = page.dats
    ids = page.cells.columns["id"]
    assert len(ids) == len(set(ids)) == 27
    agents = page.cells.columns["agent"]
    # who broke before the first turn has nothing to show
    assert set(page.places[run]) == {cell for cell, agent in zip(ids, agents, strict=True) if agent != "crash"}
    for name, chunk in page.traces.items():
        traces = unpack(chunk)
        assert isinstance(traces, dict)
        mine = traces[run]
        assert isinstance(mine, dict)
        assert {cell for cell, where in page.places[run].items() if where == name} == set(mine)
        assert all(isinstance(trace, dict) and trace["cell"] == cell for cell, trace in mine.items())
    assert not two.page(two.second, traces="none").places


def test_the_cells_that_the_first_screen_leads_to_are_the_first_to_have_their_traces(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may have done as badly, and there may be room for one alone."""
    asked: list[Collection[str]] = []

    def chosen(found: Found, named: Collection[str]) -> list[int]:
        asked.append(named)
        return by_interest(found, named)

    monkeypatch.setattr("pytest_alienbio.run.reporting.traced.by_interest", chosen)
    [facts] = two.page(two.second).document["glance"].blocks
    assert isinstance(facts, Facts)
    assert asked == [{fact.about["id"] for fact in facts.facts if fact.key in ("broke", "lowest")}]
    assert len(asked[0]) == 2


def test_the_same_runs_make_the_same_page(two: Two) -> None:
    assert two.page(two.second) == two.page(two.second)
    assert two.page(two.second).made_at == "2026-09-21T14:13:20Z"


def test_results_in_memory_and_none_at_all_have_a_page_too() -> None:
    """Of what lies nowhere there is neither a run before nor a trace."""
    for cells in ([cell(seed=seed, score=0.5, dat_path="") for seed in range(3)], []):
        with Index.of(cells) as index:
            page = page_of(index, Query(), [], at=AT)
        assert len(page.cells) == len(cells)
        assert not page.traces
        assert not page.dats


def test_gates_of_several_runs_are_told_apart_and_not_without_end(tmp_path: Path) -> None:
    dats = [write_dat(tmp_path / "data" / f"run{number}", [cell(score=0.5, seed=number)]) for number in range(8)]
    for path in dats[:-1]:
        write_verdicts(path, [failed()])
    (dats[-1] / "reports").mkdir()
    (dats[-1] / "reports" / "gates.json").write_text("{", "utf-8")
    with Index.open(tmp_path / "data") as index:
        index.refresh(dats)
        document = page_of(index, Query(dats=tuple(map(str, dats))), dats, at=AT).document
    keys = [section.key for section in document.sections if section.key.startswith("gate[")]
    assert len(keys) == len(set(keys)) == 6
    text = render(document, 200)
    assert "the gates of 2 more runs are not shown here" in text
    assert "gates.json: not readable" in text


def test_who_opens_a_page_sees_what_could_not_be_read_and_what_has_no_record(tmp_path: Path) -> None:
    """A journal that was cut short, of a run that was to play more; and how it ended stands first."""
    dat = write_dat(tmp_path / "data" / "run", [cell(score=0.5, seed=number) for number in range(3)])
    [journal] = (dat / "cells").iterdir()
    journal.write_bytes(journal.read_bytes() + b"{damaged\n")
    with (dat / "_spec_.yaml").open("a", encoding="utf-8") as spec:
        spec.write("resolved: {cells: 20}\n")
    with Index.open(tmp_path / "data") as index:
        document = page_of_dat(index, dat, tmp_path / "data").document
    assert document.sections[0].key == "glance"
    text = render(document, 200)
    assert "not closed: it is still running, or was killed" in text
    assert "17 cells without a record" in text
    assert "missing: 17 of 20 planned cells have no record" in text
    assert "r1-main.jsonl" in text
