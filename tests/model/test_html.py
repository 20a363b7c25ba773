"""Values as notebooks show them: what they say is there, and whatever it says is text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import (
    AgentEntry,
    Battery,
    Call,
    CellError,
    Comparison,
    Estimate,
    Interval,
    Outcome,
    PValue,
    Result,
    Rule,
    ScenarioEntry,
    Usage,
    Verdict,
)
from pytest_alienbio.model.html import NO_MATH, facts_html, table_html
from pytest_alienbio.spec import Battery as Written

from ..report.verdicts import failed

TAGS = {"div", "table", "thead", "tbody", "tr", "th", "td", "p", "strong"}
EVIL = "<img src=x onerror=alert(1)>\x1b[31m&amp;\u202e"


class Tags(HTMLParser):
    """The tags of a page, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def text_of(page: str) -> str:
    """What a page says, without its tags."""
    return unescape(re.sub(r"<[^>]*>", "\n", page))


def result(**of: object) -> Result:
    made = Result("mine", "k", "m/x[d1-greedy-s0]", "m/x", "h", 1, "greedy", "a", "candidate", 0, Outcome.COMPLETED)
    return made.with_(**of)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=5))
def test_any_text_stays_text(texts: list[str]) -> None:
    """No tag and no attribute comes from what is shown."""
    for page in (table_html(texts, [texts], *texts), facts_html(texts[0], [(text, text) for text in texts], *texts)):
        told = Tags(page)
        assert set(told.tags) <= TAGS
        assert set(told.attributes) <= {("scope", "row"), ("class", NO_MATH)}


def test_a_name_is_no_formula() -> None:
    """JupyterLab and nbconvert typeset what stands between dollars, and a formula can hold a link. Not in these classes."""
    for page in (table_html(["a"], [["$x$"]], "$y$"), facts_html("$x$", [("a", "$y$")])):
        assert page.startswith('<div class="tex2jax_ignore mathjax_ignore">')
        assert page.endswith("</div>")
        assert page.count("div") == 2


def test_an_estimate_says_what_it_stands_on() -> None:
    told = text_of(
        Estimate(0.43, Interval(0.39, 0.47), 120, {"timed_out": 2}, method="t", unit="worlds", notes=("few",))._repr_html_()
    )
    for part in ("0.430 [0.390, 0.470], 95% interval", "120 worlds", "2 timed_out", "few"):
        assert part in told
    none = text_of(Estimate(None, why="no value")._repr_html_())
    assert "missing" in none
    assert "no value" in none


def test_a_comparison_says_the_numbers_and_what_belongs_to_them() -> None:
    """As text one sentence, and not all its fields."""
    told = Comparison(
        *("a", EVIL),
        better="lower",
        delta=Estimate(-3.0, Interval(-5.0, -1.0), 4),
        p=PValue(0.03),
        improvement=Estimate(0.75, Interval(0.5, 1.0)),
        pairs=4,
        scenarios=1,
        notes=("few",),
    )
    page = told._repr_html_()
    assert "<img" not in page
    for part in ("-3.0 [-5.0, -1.0]", "0.03", "0.75 [0.50, 1.00]", "lower is better", "few"):
        assert part in text_of(page)
    assert repr(told) == f"<Comparison {told.sentence()}>"
    none = text_of(Comparison("a", "b", why="no partner")._repr_html_())
    assert "cannot be told: no partner" in none
    assert "missing" not in none


def test_a_result_says_how_it_ended_and_only_what_is_known() -> None:
    good = text_of(result(score=0.5, passed=False, passing_score=0.6, scores={"safety": 0.25}, usage=Usage(1200))._repr_html_())
    for part in ("m/x[d1-greedy-s0]", "completed, score 0.5, not passed (bar 0.6)", "safety\n\n0.25", "tokens\n\n1,200"):
        assert part in good
    assert "usd" not in good
    broke = result(outcome=Outcome.AGENT_ERROR, reason="it broke", error=CellError("ValueError", "no"))
    assert "ValueError: no" in text_of(broke._repr_html_())


def test_a_verdict_says_the_call_and_why_and_counts_what_it_leaves_out() -> None:
    verdict = failed()
    told = text_of(verdict._repr_html_())
    assert f"{verdict.call}: gate {verdict.rule.name} of {verdict.battery}" in told
    assert verdict.why[0] in told
    assert f"{len(verdict.nodes) - 10} more nodes" in told
    assert told.index(verdict.nodes[0].name) < told.index(verdict.nodes[9].name)


def test_a_battery_says_what_would_be_played() -> None:
    told = text_of(Written("mine", scenarios=["mutualism/*"], agents=["oracle", "noop"], seeds=3)._repr_html_())
    for part in ("mine", "mutualism/*", "oracle, noop", "3 from 0 to 2"):
        assert part in told
    assert "`mode`" in text_of(Written("mine", scenarios=["x"], agents=["noop"], mode="often")._repr_html_())


@pytest.mark.parametrize(
    "value",
    [
        result(id=EVIL, reason=EVIL, error=CellError(EVIL, EVIL), scores={EVIL: 0.1}, dat_path=EVIL, origin=EVIL),
        Estimate(1.0, missing={EVIL: 1}, method=EVIL, why=EVIL, unit=EVIL, notes=(EVIL,)),
        Verdict(Call.FAIL, EVIL, Rule(EVIL), (EVIL,), baseline=EVIL, notes=(EVIL,)),
        Battery(EVIL, (ScenarioEntry(EVIL),), (AgentEntry(EVIL),), (0,), description=EVIL, source=EVIL),
        Written(EVIL, scenarios=[EVIL], agents=[EVIL]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_hostile_values_are_shown_inertly(value: Result | Estimate | Verdict | Battery | Written) -> None:
    page = value._repr_html_()
    assert "<img" not in page
    assert page.isprintable()
    assert "&lt;img" in page
