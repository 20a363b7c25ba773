"""A report in a few lines."""

from __future__ import annotations

from pytest_alienbio.model import Call, Finding, Interval, Rule, Summary, Verdict
from pytest_alienbio.report.brief import brief
from pytest_alienbio.report.build import build

from .parts import leaf, plain, small, standing


def test_what_counts_in_a_few_lines() -> None:
    """How it ended, each agent with its interval (or why there is none), the first broken scenario, the path."""
    assert brief(small(), "failed").splitlines() == [
        "mutualism_battery: failed; 81 cells: 49 completed, 2 agent_error, 10 timed_out, 20 skipped",
        "agent   mean           95%  passed   n  errors",
        "oracle  1.00   (no spread)    100%  20       0",
        "greedy  0.83  [0.71, 0.95]     80%   9       2",
        "random  0.20  [0.13, 0.27]      0%  20       0",
        "late       -             -       -   0      10",
        "gpt-4      -             -       -   0       0",
        "broken scenario: mutualism/competition: random scores 0.71 on 10 cells",
        "results: /data/results/mutualism_battery/2026-01-31_001",
    ]


def test_each_gate_is_a_line() -> None:
    verdicts = (Verdict(Call.FAIL, "t", Rule(), ("greedy dropped by " + "a lot " * 30,)), Verdict(Call.PASS, "t", Rule("cost")))
    document = build(title="t", summary=Summary((), (), {"completed": 1}), verdicts=verdicts)
    lines = brief(document, "failed").splitlines()
    assert lines[1].startswith("FAIL: gate[score]: greedy dropped by a lot")
    assert lines[1].endswith("…")
    assert len(lines[1]) <= 80
    assert lines[2] == "PASS: gate[cost]: nothing regressed"


def test_without_a_score_there_is_no_table() -> None:
    document = plain(outcomes={"agent_error": 1})
    assert brief(document, "failed").splitlines() == ["t: failed; 1 cell: 1 agent_error", "results: "]


def test_it_stays_short_and_narrow() -> None:
    """However many agents and findings there are, however long their names."""
    agents = [f"{'agent' * 30}{n}" for n in range(50)]
    summary = Summary(
        tuple(leaf(agent, "s") for agent in agents),
        tuple(standing(n, agent, interval=Interval(0.1, 0.2, 0.9)) for n, agent in enumerate(agents)),
        {"completed": 500},
    )
    findings = [Finding(f"s{n}", "noop_max", f"s{n} is broken") for n in range(3)]
    lines = brief(build(title="t", summary=summary, findings=findings, dat_path="/d"), "passed").splitlines()
    assert len(lines) == 18
    assert max(map(len, lines)) <= 80
    assert "90%" in lines[1]
    assert lines[-4:] == [
        "... and 38 more agents",
        "broken scenario: s0 is broken",
        "... and 2 more broken scenarios",
        "results: /d",
    ]
