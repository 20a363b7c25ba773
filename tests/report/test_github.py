"""What GitHub Actions shows: one line a command, which nothing from outside can end or begin."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Rule
from pytest_alienbio.report import render_markdown
from pytest_alienbio.report.document import Document, Section, Table, named
from pytest_alienbio.report.github import annotation, command, fitting, job_summary

from .documents import EVIL
from .parts import small
from .test_agree import Page
from .verdicts import failed, hostile, inconclusive, invalid, many, not_judged, passed

FILE = "experiments/mine.battery.yaml"


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner reads it: level, properties, message."""
    head, _, message = line.removeprefix("::").partition("::")
    level, _, told = head.partition(" ")
    properties = dict(each.split("=", 1) for each in told.split(",") if each)
    pairs = {"%3A": ":", "%2C": ",", "%0A": "\n", "%0D": "\r", "%25": "%"}

    def back(text: str) -> str:
        for escaped, sign in pairs.items():
            text = text.replace(escaped, sign)
        return text

    return level, {name: back(value) for name, value in properties.items()}, back(message)


def test_a_regression_is_an_error_at_the_gates_line() -> None:
    level, at, message = read(annotation(failed(), FILE))
    assert level == "error"
    assert at == {"file": FILE, "line": "7", "col": "5", "title": "mine gate[score] FAIL"}
    assert message.splitlines()[0] == "gate[score] FAIL: greedy dropped by 0.12 [0.07, 0.17] (p 0.002)"


def test_each_call_has_its_level() -> None:
    """What passes needs no look, and what was not judged says nothing of the change."""
    assert annotation(passed(), FILE) == annotation(not_judged(), FILE) == ""
    assert annotation(invalid(), FILE).startswith("::error ")
    assert annotation(inconclusive(), FILE).startswith("::warning ")
    assert annotation(inconclusive(), FILE, strict=True).startswith("::error ")
    assert "file=" not in annotation(failed(), "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_ends_a_command_or_adds_to_it(message: str, title: str) -> None:
    """It is one line, and reads back as it was given."""
    line = command("error", message, title=title)
    assert "\n" not in line
    assert "\r" not in line
    if "%" not in message + title:
        assert read(line) == ("error", {"title": title}, message)


@pytest.mark.parametrize(
    "name", [*EVIL, "x\n::add-mask::secret", "a::error::b", "x,file=/etc/passwd", "##[add-mask]x", "100%0A::debug::x"]
)
def test_a_hostile_name_stays_text(name: str) -> None:
    line = annotation(replace(hostile(EVIL), battery=name, why=(f"{name} dropped",), rule=Rule(name, line=2)), name)
    assert line.isprintable()
    level, at, _ = read(line)
    assert level == "error"
    assert set(at) == {"file", "line", "title"}


def test_a_jobs_summary_has_the_gates_first_then_who_is_best() -> None:
    """With a screen's rows: the rest is counted."""
    text = job_summary(small(), [failed()])
    assert text.index("## FAIL: gate") < text.index("## Leaderboard")
    assert "… and 36 more nodes, 1 contains a regression, 5 inconclusive, 30 unchanged: the result folder has all" in text
    assert text.count("| unchanged |") == 0
    assert text.endswith("\n\n")
    assert "## Leaderboard" in job_summary(small(), [])


def test_a_summary_keeps_to_its_room() -> None:
    """GitHub drops a longer one whole."""
    whole = job_summary(small(), [many()])
    assert "## Leaderboard" in whole
    less = job_summary(small(), [many()], room=len(whole.encode()) - 1)
    assert "## Leaderboard" not in less
    assert "## INCONCLUSIVE" in less
    least = job_summary(small(), [many()], room=200)
    assert "INCONCLUSIVE: no regression is shown" in least
    assert len(least.encode()) <= 200
    assert job_summary(small(), [many()], room=10) == ""


def test_a_hostile_summary_is_text() -> None:
    assert Page(job_summary(small(), [hostile(EVIL)])).foreign == []


def test_a_summary_without_room_says_that_something_is_left_out() -> None:
    whole = job_summary(small(), [failed()])
    assert "is left out" not in whole
    less = job_summary(small(), [failed()], room=len(whole.encode()) - 1)
    assert len(less.encode()) < len(whole.encode())
    assert "The rest is left out: GitHub drops a summary of more than 1 MiB." in less


def test_a_document_that_is_too_long_has_the_rows_of_a_screen_then_fewer_sections() -> None:
    """As much as there is room for, and it says what it left out."""
    names = [f"agent-{at}" for at in range(400)]
    table = Table("rows", (named("agent", "agent", names, str),), screen=tuple(range(10)), more="… and 390 more: --all")
    long, short = (
        Section(heading, heading, blocks=(each,)) for heading, each in (("long", replace(table, screen=None)), ("short", table))
    )
    document = Document("d", (long, short))
    whole = render_markdown(document)
    assert fitting(document) == fitting(document, most=len(whole)) == whole
    fewer = fitting(document, most=len(whole) - 1)
    assert fewer.count("agent-") == 410
    assert "and 390 more" in fewer
    assert "GitHub drops a job's summary" in fewer
    least = fitting(document, most=1000)
    assert len(least) <= 1000
    assert least.count("agent-") == 10
    assert "## Long" in least
    assert "it alone would be too long" in least
