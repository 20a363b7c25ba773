"""Traces of a page: packed within a budget, the others beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Json, Query, Result, TraceRef
from pytest_alienbio.report.html.packed import unpack
from pytest_alienbio.results.sheet import Found, found_cells
from pytest_alienbio.run.reporting import traced as module
from pytest_alienbio.run.reporting.traced import Traced, kept_of, traced
from pytest_alienbio.store.index import Index

from ...results.parts import cell

CELLS = 120
ALL = {cell(seed=seed).id for seed in range(CELLS)}


def told(result: Result) -> Mapping[str, Json]:
    """A trace of some 2 KB that packs badly."""
    return {"cell": result.id, "text": "".join(chr(97 + (result.seed * n * n + 7 * n) % 26) for n in range(2000))}


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[Index, Found]]:
    """An index of cells with traces, and one whose trace is elsewhere."""
    ref = TraceRef("traces/x.zst", 0, 10, 3)
    cells = [cell(seed=seed, score=seed / CELLS, trace=ref) for seed in range(CELLS)]
    with Index.of([*cells, cell(seed=CELLS, score=0.5, trace=TraceRef("", steps=3))]) as index:
        yield index, found_cells(index, Query())


def made(asked: tuple[Index, Found], **more: object) -> Traced:
    """Their traces."""
    return traced(*asked, {"/data/one": "one"}, lambda dat: told, **more)  # type: ignore[arg-type]


def held(chunk: str) -> set[str]:
    """The cells whose traces are in a chunk, each its own."""
    chunks = unpack(chunk)
    assert isinstance(chunks, dict)
    cells = chunks.get("one", {})
    assert isinstance(cells, dict)
    assert all(isinstance(trace, dict) and trace["cell"] == name for name, trace in cells.items())
    return set(cells)


@pytest.mark.parametrize("budget", [0, 5_000, 20_000, 60_000])
def test_a_page_holds_no_more_than_its_budget(asked: tuple[Index, Found], budget: int) -> None:
    found = made(asked, budget=budget)
    assert sum(map(len, found.chunks.values())) <= budget
    here = {name: held(chunk) for name, chunk in found.chunks.items()}
    assert {cell: chunk for chunk, cells in here.items() for cell in cells} == dict(found.places.get("one", {}))
    assert not found.beside
    assert bool(here) == bool(budget)


def test_the_others_are_beside_it_each_once(asked: tuple[Index, Found], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 10_000)
    found = made(asked, kept="all", budget=20_000, most=40)
    chunks = {**found.chunks, **found.beside}
    assert list(chunks) == [f"traces-{number:04}" for number in range(1, len(chunks) + 1)]
    assert len(found.chunks) > 1
    seen = [cell for chunk in chunks.values() for cell in held(chunk)]
    assert sorted(seen) == sorted(ALL)
    for name, chunk in chunks.items():
        assert all(found.places["one"][cell] == name for cell in held(chunk))
    again = made(asked, kept="all", budget=20_000, most=40)
    assert {**again.chunks, **again.beside} == chunks


def test_none_is_none_and_at_most_so_many_are_told(asked: tuple[Index, Found]) -> None:
    assert made(asked, kept="none") == Traced()
    assert len(made(asked, most=7).places["one"]) == 7


def test_what_can_be_asked_for_is_said() -> None:
    assert kept_of("all") == "all"
    with pytest.raises(SpecError, match="did you mean 'embedded'"):
        kept_of("embeded")
