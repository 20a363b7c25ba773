"""Comparisons as people and machines read them: alike in every form, on every screen, whatever the names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from pytest_alienbio.model import Query, Result
from pytest_alienbio.report import Document, render
from pytest_alienbio.run.comparing import agents_on, correlations_on, diff_on, difficulty_on, runs_on
from pytest_alienbio.store.index import Index

from ..results.parts import write_dat
from .documents import EVIL, results
from .forms import assert_fits, assert_forms_agree

COPIED = ("    bio show '",)


def changed(some: Iterable[Result], by: float) -> list[Result]:
    """The same cells of a later run: half of them score otherwise, a few broke, and a few are gone."""
    found = []
    for at, one in enumerate(some):
        if at % 17 == 3:
            continue
        score = None if one.score is None else min(1.0, max(0.0, one.score + by * (at % 2)))
        found.append(one.with_(score=score, passed=None if score is None else score >= 0.6))
    return found


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Document]:
    """A document of each kind."""
    root = tmp_path_factory.mktemp("data")

    def put(name: str, some: Iterable[Result]) -> Path:
        return write_dat(root / "results" / name, [one.with_(properties={"size": one.seed + 1}) for one in some], run=name)

    few, many, hostile = (list(each) for each in (results(), results(20, 60, 1), results(6, 5, named=EVIL)))
    a, b, c = put("a", few), put("b", changed(few, -0.1)), put("c", changed(few, 0.1))
    big, bigger = put("big", many), put("bigger", changed(many, -0.05))
    evil, eviler = put("evil", hostile), put("eviler", changed(hostile, 0.2))
    alone = put("alone", results(2, 2, named=("x", "y")))
    with Index.open(root) as index:
        index.refresh()

        def of(*dats: Path) -> Query:
            return Query(dats=tuple(map(str, dats)))

        return {
            "runs": runs_on(index, Query(), [a, b], margin=0.05),
            "three": runs_on(index, Query(), [a, b, c]),
            "many": runs_on(index, Query(), [big, bigger], resamples=100),
            "hostile": runs_on(index, Query(), [evil, eviler]),
            "nothing in common": runs_on(index, Query(), [a, alone]),
            "tokens": runs_on(index, Query(), [a, b], metric="tokens"),
            "diff": diff_on(index, Query(), [a, b]),
            "hostile diff": diff_on(index, Query(), [evil, eviler]),
            "many cells": diff_on(index, Query(), [big, bigger]),
            "agents": agents_on(index, of(a)),
            "many agents": agents_on(index, of(big), resamples=0),
            "hostile agents": agents_on(index, of(evil)),
            "two agents": agents_on(index, of(big), ["greedy", "random"], margin=0.1),
            "correlations": correlations_on(index, of(a)),
            "hostile correlations": correlations_on(index, of(evil), ["difficulty"]),
            "difficulty": difficulty_on(index, of(a)),
            "hostile difficulty": difficulty_on(index, of(evil)),
        }


NAMES = (
    "runs", "three", "many", "hostile", "nothing in common", "tokens", "diff", "hostile diff", "many cells", "agents",
    "many agents", "hostile agents", "two agents", "correlations", "hostile correlations", "difficulty", "hostile difficulty",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_a_screen_says_the_other_forms_say_too(documents: Mapping[str, Document], name: str) -> None:
    """Every number of it is in Markdown, spelled alike, and in JSON, unrounded; no name does anything in any of them."""
    assert_forms_agree(documents[name])


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_too_wide_and_a_screen_is_bounded(documents: Mapping[str, Document], name: str, width: int) -> None:
    assert_fits(documents[name], width, COPIED)


def test_twenty_agents_on_sixty_scenarios_show_both_ends(documents: Mapping[str, Document]) -> None:
    """Worst first, best last, and how to see what is between them."""
    text = render(documents["many"], 100)
    assert "more rows between them: --all" in text
    rows = documents["many"]["leaves"].rows("leaves")
    assert len(rows) > 1000
    differences = [row["difference"] for row in rows]
    assert differences == sorted(differences, key=lambda each: float(str(each)))


def test_not_shown_is_never_called_equal(documents: Mapping[str, Document]) -> None:
    for name in ("runs", "many", "agents", "two agents"):
        text = render(documents[name], 200, whole=True)
        assert "equal" not in text
        assert "same as" not in text
