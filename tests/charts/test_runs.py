"""Timelines, drops of a gate, and cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_alienbio.charts import cost, drops, timeline
from pytest_alienbio.model import Bill, Call, Estimate, NodeCall, Pause, Skewed, Spending, Stretch, Timeline, Worker
from pytest_alienbio.report import Document, render
from pytest_alienbio.report.timeline import timeline_section

from ..report.verdicts import node, nodes, verdict
from .parts import HOSTILE, holds, layers, parts


def worker(name: str, run: str = "r1", start: float = 1e9, end: float = 1e9 + 100) -> Worker:
    return Worker(run, name, 10, start, end, 60.0, 20.0, again=1, errors=2, generation_s=5.0)


def stretch(at: int = 0, start: float = 0.0, outcome: str = "completed", **more: Any) -> Stretch:
    return Stretch(at, 1e9 + start, 1e9 + start + 5, 1, f"cell{start}", "a", "x", outcome, **more)


def test_bars_pauses_and_what_came_again_or_broke() -> None:
    found = Timeline(
        (worker("gw0"), worker("gw1")),
        (stretch(), stretch(0, 30, "timed_out"), stretch(1, 10, attempt=2), stretch(1, 20, retries=3)),
        (Pause(0, 1e9 + 5, 1e9 + 30),),
        untold=1,
    )
    made = holds(timeline(found))
    assert [row["ended"] for row in parts(made, "cell")] == [
        "ended",
        "broke",
        "ended, after another attempt",
        "ended, after another attempt",
    ]
    assert parts(made, "pause")[0]["text"] == "nothing for 25 s"
    assert made.rows[0] == ("1", "gw0", "10", "0 s", "100 s", "60%", "20 s", "2", "1", "5 s", "-", "-")
    assert made.notes[-1] == "Without a time, and not drawn: 1 cell."


def test_cells_that_mostly_waited_for_limits_show() -> None:
    """More than half of their time; that they broke or came again is told first."""
    waits: list[dict[str, Any]] = [{"limit_wait_s": 2.4}, {"limit_wait_s": 3.0}, {"limit_wait_s": 4.0, "attempt": 2}]
    bars = [stretch(0, 10.0 * at, **each) for at, each in enumerate(waits)]
    found = Timeline((replace(worker("gw0"), limit_wait_s=9.4),), tuple(bars))
    made = holds(timeline(found))
    assert [row["ended"] for row in parts(made, "cell")] == [
        "ended",
        "ended, mostly waiting for limits",
        "ended, after another attempt",
    ]
    assert [row["waited"] for row in parts(made, "cell")] == ["2.4 s", "3 s", "4 s"]
    assert made.rows[0][-1] == "9.4 s"
    section = timeline_section(found)
    assert section
    assert "waiting for limits" in render(Document("x", (section,)), 200)


def test_runs_that_lie_days_apart_have_their_own_clocks() -> None:
    """Else a resumed batch would be two specks at the ends of a line."""
    late = 1e9 + 86_400 * 3
    found = Timeline(
        (worker("gw0"), worker("gw0", "r2", late, late + 50)),
        (stretch(), replace(stretch(1), start=late, end=late + 9)),
    )
    made = holds(timeline(found))
    assert [(row["worker"], row["start"]) for row in parts(made, "cell")] == [("run 1 gw0", 0.0), ("run 2 gw0", 0.0)]
    assert layers(made)[0]["encoding"]["x"]["scale"]["domain"] == [0, 100.0]


def test_many_bars_leave_out_even_ones_and_keep_what_broke() -> None:
    some = [stretch(at % 3, float(at), "agent_error" if at == 777 else "completed") for at in range(5000)]
    made = holds(timeline(Timeline(tuple(worker(f"gw{at}") for at in range(3)), tuple(some), merged=True)))
    assert sum(row["ended"] == "broke" for row in parts(made, "cell")) == 1
    assert made.notes[-1] == "1,600 of 5,000 bars are drawn: evenly chosen ones."
    assert made.notes[0].startswith("A bar is several cells in a row")
    assert "no cell tells when" in holds(timeline(Timeline())).alt


def test_drops_beside_what_is_tolerated() -> None:
    found = [
        node(NodeCall.UNCHANGED, drop=0.01),
        node(NodeCall.REGRESSED, "greedy", "m/x", 0.3),
        node(NodeCall.MISSING, "greedy", "m/y", None),
    ]
    made = holds(drops(verdict(Call.FAIL, "it fell", found=found)))
    assert made.rows[0][:4] == ("greedy|m/x", "regressed", "+0.30", "[0.25, 0.35]")
    assert parts(made, "fell")[0]["value"] == 0.3
    assert parts(made, "tolerance") == [{"part": "tolerance", "value": 0.02, "text": "tolerated 0.02"}]
    assert parts(made, "missing")[0]["why"].startswith("missing: ")
    assert made.alt == "Gate score: FAIL. 3 nodes, of which fell: greedy|m/x."
    assert "INVALID: other seeds" in holds(drops(verdict(Call.INVALID, "other seeds"))).alt


def test_a_thousand_leaves_keep_what_fell_and_the_larger_parts() -> None:
    many = [*nodes([f"a{at}" for at in range(30)], [f"s{at}" for at in range(30)]), node(NodeCall.REGRESSED, "z", "z", 0.5)]
    made = holds(drops(verdict(Call.FAIL, "it fell", found=many)))
    assert len(made.rows) == 962
    assert parts(made, "fell")[0]["whole"] == "z|z"
    assert "60 of 962 nodes are drawn" in made.notes[-1]


def skewed(total: float | None) -> Skewed:
    each = Estimate(None if total is None else total / 10)
    return Skewed(each, each, each, total)


def spending(agent: str, usd: float | None, tokens: float | None = None) -> Spending:
    return Spending(agent, "", 10, 5, skewed(usd), skewed(tokens), skewed(None), skewed(2.0), usd)


@pytest.mark.parametrize(
    ("usd", "tokens", "what"), [(3.5, 100.0, "US dollars"), (None, 100.0, "tokens"), (0.0, None, "seconds")]
)
def test_money_if_any_is_known_else_tokens_else_time(usd: float | None, tokens: float | None, what: str) -> None:
    line = spending("", usd, tokens)
    assert holds(cost(Bill(line, (replace(line, agent="a"),), (), ()))).title == f"{what} by agent"


def test_the_number_of_a_long_bar_stands_on_it() -> None:
    """Beside it the picture ends."""
    lines = (spending("a", 1e9), spending("b", 1.0))
    made = holds(cost(Bill(spending("", 1e9 + 1), lines, (), ())))
    sides = {layer["mark"]["style"]: layer["mark"]["align"] for layer in layers(made) if layer["mark"]["type"] == "text"}
    assert sides == {"line-name": "left", "on-bar": "right"}
    assert [row["long"] for row in parts(made, "bar")] == [True, False]


def test_a_price_that_nobody_knows_is_no_bar_of_zero() -> None:
    made = holds(cost(Bill(spending("", 3.5), (spending("a", 3.5), spending(HOSTILE, None)), (), ())))
    assert [row["value"] for row in parts(made, "bar")] == [3.5]
    assert parts(made, "missing")[0]["why"] == "US dollars not known"
    assert made.alt == "US dollars of 2 agents: in all 3.50 US dollars, without those of 1 agent, which are not known."
    none = holds(cost(Bill(spending("", None), (spending("a", None),), (), ()), "usd"))
    assert none.alt == "US dollars of 1 agent: no cell tells its US dollars."
    assert none.notes == ("No cell tells its US dollars.",)
    with pytest.raises(ValueError, match="none of usd"):
        cost(Bill(spending("", 1.0), (), (), ()), "euro")
