"""A history as people and machines read it: alike in every form, on every screen, whatever the names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import pytest

from pytest_alienbio.model import Estimate, Reading, Result, Series
from pytest_alienbio.report import Document, as_json, render
from pytest_alienbio.report.history import spark
from pytest_alienbio.run.over_time import history_on
from pytest_alienbio.store.index import Index

from ..results.parts import write_dat
from .documents import EVIL, results
from .forms import assert_fits, assert_forms_agree

COPIED = ("    git log --oneline ", "    bio bisect ")
DAY = 86_400


def run_of(some: Iterable[Result], by: float, day: int) -> list[Result]:
    """The same cells on another day, `by` worse, with some noise of their own; nothing broke."""
    found = []
    for at, one in enumerate(some):
        score = None if one.score is None else min(1.0, max(0.0, one.score - by + 0.02 * ((at * 7 + day * 3) % 5 - 2)))
        found.append(
            one.with_(
                score=score, passed=None if score is None else score >= 0.6, scenario_hash="v1", started_at=1.76e9 + DAY * day
            )
        )
    return found


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Document]:
    """Histories of batteries: all falls, two stretches, a short one, odd names, a long one; and of durations."""
    root = tmp_path_factory.mktemp("data")
    kinds = {
        "fall": (list(results(3, 2, broke=0.0)), [0.0] * 5 + [0.2] * 6),
        "stretches": (list(results(2, 2, broke=0.0)), [0.0] * 3),
        "short": (list(results(3, 2, broke=0.1)), [0.0] * 3),
        "hostile": (list(results(6, 3, named=EVIL, broke=0.0)), [0.0] * 4 + [0.3] * 6),
        "long": (list(results(2, 1, broke=0.0)), [0.0] * 45),
        "back": (list(results(3, 1, broke=0.0)), [0.0] * 5 + [0.2] * 6 + [0.0] * 4),
    }
    for name, (cells, levels) in kinds.items():
        for day, level in enumerate(levels):
            path = root / "results" / name / f"{day:03}"
            write_dat(path, run_of(cells, level, day), run=f"{name}{day}", battery=name, commit="abcdef"[day % 6] * 40)
            if name == "hostile":
                tagged = {"event": "tagged", "tags": ["\x1b[31mred", "v1"]}
                with (path / "log.jsonl").open("a") as log:
                    log.write(json.dumps(tagged) + "\n")
    edited = [one.with_(scenario_hash="edited", started_at=1.76e9 + DAY * 3) for one in kinds["stretches"][0]]
    write_dat(root / "results" / "stretches" / "003", edited, run="s3", battery="stretches")
    with Index.open(root) as index:
        made = {name: history_on(index, root, name) for name in kinds}
        return {**made, "seconds": history_on(index, root, "fall", metric="duration_s")}


NAMES = ("fall", "stretches", "short", "hostile", "long", "back", "seconds")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_screen_says_the_other_forms_say_too(documents: Mapping[str, Document], name: str) -> None:
    """Every number of it is in Markdown, spelled alike, and in JSON, unrounded; no name does anything in any of them."""
    assert_forms_agree(documents[name])


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_too_wide_and_a_screen_is_bounded(documents: Mapping[str, Document], name: str, width: int) -> None:
    assert_fits(documents[name], width, COPIED)


def test_a_fall_is_told_with_the_commits_between_which_it_lies(documents: Mapping[str, Document]) -> None:
    """In a line that can be copied; nowhere is a name of a shell's command."""
    text = render(documents["fall"], 100)
    assert "falls: the chart against the anchor alarmed" in text
    assert "    last before: fall/004 (commit eeeeeeeee)\n    first after: fall/005 (commit fffffffff)\n" in text
    assert "    git log --oneline eeeeeeeeeeee..ffffffffffff\n" in text
    assert "    bio bisect eeeeeeeeeeee..ffffffffffff --battery fall --agent greedy\n" in text
    told = json.loads(as_json(documents["fall"]))["sections"]["falls"]["falls"]
    assert {each["agent"] for each in told} >= {"greedy", None}
    assert all(each["first_after"] == "fall/005" and each["commits"] == ["e" * 40, "f" * 40] for each in told)


def test_what_happened_last_is_told_of_one_that_came_back(documents: Mapping[str, Document]) -> None:
    """Its falls stay on the page, below."""
    told = {name: {row["agent"]: row["says"] for row in documents[name]["history"].rows("agents")} for name in ("fall", "back")}
    assert (told["fall"]["greedy"], told["back"]["greedy"]) == ("fell in fall/005", "better in back/011")
    assert "  greedy: fell: " in render(documents["back"], 100)


def test_where_lower_is_better_it_is_said(documents: Mapping[str, Document]) -> None:
    """And which side of the anchor a z is on."""
    seconds, score = (render(documents[name], 100) for name in ("seconds", "fall"))
    assert seconds.splitlines()[0].endswith("; lower is better")
    assert "standard errors below the anchor" in seconds
    assert "lower" not in score
    assert "standard errors above the anchor" in score


def test_a_break_is_shown_and_its_stretches_are_rows_of_their_own(documents: Mapping[str, Document]) -> None:
    document = documents["stretches"]
    rows = document["history"].rows("agents")
    assert [(row["agent"], row["stretch"], row["runs"]) for row in rows] == [
        ("oracle", 2, 1), ("random", 2, 1), (None, 2, 1), ("oracle", 1, 3), ("random", 1, 3), (None, 1, 3),
    ]  # fmt: skip
    assert "stretch 2: before stretches/003: family0/scenario_0, family1/scenario_1 are changed" in render(document, 100)


def test_too_few_runs_are_said(documents: Mapping[str, Document]) -> None:
    """And are not called steady: no change could have shown in them."""
    assert "3 runs from the anchor on: a chart begins with 8" in render(documents["short"], 100)
    told = {row["agent"]: row["says"] for row in documents["short"]["history"].rows("agents")}
    assert set(told.values()) == {"too few to tell", "no number"}


def test_a_screen_shows_the_latest_readings_and_how_many_more_there_are(documents: Mapping[str, Document]) -> None:
    document = documents["long"]
    assert "… and 111 more readings: --all" in render(document, 100)
    assert len(document["runs"].rows("readings")) == 135
    assert render(document, 100, whole=True).count("long/0") == 135


def series(values: Iterable[float | None], stderr: float | None = None) -> Series:
    """One of these means."""
    readings = tuple(Reading(at, Estimate(value, stderr=stderr)) for at, value in enumerate(values))
    return Series("a", 0, "means", readings)


@pytest.mark.parametrize(
    ("values", "stderr", "bars"),
    [
        ([0.0, 0.5, 1.0], None, "▁▅█"),
        ([0.0, None, 1.0], None, "▁?█"),
        ([0.5, 0.5], None, "▅▅"),
        ([0.50, 0.51], 0.1, "▄▅"),
        ([None], None, "?"),
        ([], None, ""),
    ],
)
def test_bars_tell_missing_from_low_and_noise_from_news(values: list[float | None], stderr: float | None, bars: str) -> None:
    """Means a tenth of a standard error apart are no mountain."""
    assert spark(series(values, stderr), 40) == bars


def test_bars_are_the_latest_ones() -> None:
    assert spark(series([0.0] * 50 + [1.0] * 3), 5) == "▁▁███"
