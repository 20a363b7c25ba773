"""Why a gate says what it says."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_alienbio.gate.sentences import figures, why
from pytest_alienbio.model import Call, Estimate, Interval, Node, NodeCall, NodeKind, Rule

FELL, OPEN = NodeCall.REGRESSED, NodeCall.INCONCLUSIVE


def drop(value: float, half: float | None = 0.05) -> Estimate:
    return Estimate(value, None if half is None else Interval(value - half, value + half))


def node(agent: str, scenario: str, value: float, call: NodeCall = OPEN, p: float | None = 0.004) -> Node:
    kind = (
        NodeKind.LEAF
        if agent and scenario
        else NodeKind.AGENT
        if agent
        else NodeKind.SCENARIO
        if scenario
        else NodeKind.OVERALL
    )
    return Node(kind, call, agent, scenario, drop(value), p=p, n=5)


def failed(*nodes: Node) -> tuple[str, ...]:
    return why(Call.FAIL, nodes, (), {}, 10, Rule(), 0.05)


def spread(calls: Sequence[NodeCall], value: float) -> list[Node]:
    return [node("a", f"s{at:02}", value, call) for at, call in enumerate(calls)]


def test_the_smallest_node_that_holds_most_of_the_loss_comes_first() -> None:
    said = failed(
        node("", "", 0.1, FELL, 0.001),
        node("a", "", 0.2, FELL),
        node("a", "s00", 0.4, FELL, 0.03),
        node("a", "s01", 0.0),
        node("b", "s00", 0.0),
    )
    assert said == (
        "a on s00 dropped by 0.400 [0.350, 0.450] (p 0.030)",
        "a dropped by 0.200 [0.150, 0.250] (p 0.004)",
        "the battery as a whole dropped by 0.100 [0.050, 0.150] (p 0.001)",
    )


def test_many_leaves_are_counted_and_not_named() -> None:
    said = failed(node("", "", 0.2, FELL), node("a", "", 0.2, FELL, 0.003), *spread([FELL] * 7, 0.2), node("b", "s00", 0.0))
    assert said[0] == "a dropped by 0.200 [0.150, 0.250] (p 0.003), everywhere by more than 0.05"
    assert said[1] == "the battery as a whole dropped by 0.200 [0.150, 0.250] (p 0.004)"
    assert said[2] == "and 7 scenarios of one agent more"


def test_ten_nodes_are_named_and_the_rest_are_counted() -> None:
    agents = [node(f"a{at:02}", "", 0.2, FELL) for at in range(12)]
    leaves = [node(each.agent, scenario, 0.2) for each in agents for scenario in ("x", "y")]
    said = failed(node("", "", 0.2, FELL), *agents, *leaves)
    assert said[0] == "the battery as a whole dropped by 0.200 [0.150, 0.250] (p 0.004), everywhere by more than 0.05"
    assert [line.split()[0] for line in said[1:11]] == [f"a{at:02}" for at in range(10)]
    assert said[11:] == ("and 2 agents more",)


def test_a_battery_that_is_one_agent_is_said_once() -> None:
    said = failed(node("", "", 0.2, FELL), node("a", "", 0.2, FELL), *spread([OPEN] * 3, 0.2))
    assert said == ("a dropped by 0.200 [0.150, 0.250] (p 0.004), everywhere by more than 0.05",)


def test_what_one_agent_lost_is_not_told_of_all_agents_too() -> None:
    """The agent, then its leaves: a scenario over all agents is told where more than one of them lost in it."""
    falls = [node("a", f"s{at}", 0.3, FELL) for at in range(3)]
    across = [node("", f"s{at}", 0.15, FELL) for at in range(3)]
    others = [node("b", f"s{at}", 0.0) for at in range(3)]
    said = failed(node("", "", 0.15, FELL), node("a", "", 0.3, FELL), *across, *falls, *others)
    assert [line.split(" dropped")[0] for line in said] == ["a", "a on s0", "a on s1", "a on s2", "the battery as a whole"]
    assert said[0].endswith(", everywhere by more than 0.05")
    both = [node("b", "s0", 0.3, FELL), *others[1:]]
    said = failed(node("", "", 0.15, FELL), node("a", "", 0.3, FELL), *across, *falls, *both)
    assert any(line.startswith("all agents on s0 dropped") for line in said)
    assert not any(line.startswith("all agents on s1") for line in said)


def test_a_scenario_is_the_only_place_where_nothing_inside_it_is_named() -> None:
    said = failed(node("", "", 0.1, FELL), node("", "s0", 0.2, FELL), node("a", "s0", 0.4), node("b", "s0", 0.0))
    assert said[0].startswith("all agents on s0 dropped by 0.200")


def test_an_interval_that_cannot_be_told_is_left_out() -> None:
    assert figures(drop(0.37981, None)) == "0.38"
    assert figures(drop(1234.5, None)) == "1234"
    assert figures(Estimate(0.0, Interval(0.0, 0.0), mark="exact"), sign=-1) == "0 (exact)"
    assert figures(Estimate(0.37981, Interval(0.37981, 0.37981), mark="exact")) == "0.38 (exact)"
    assert figures(drop(-0.3), sign=-1) == "0.300 [0.250, 0.350]"
    assert figures(Estimate(None)) == "an unknown amount"


def test_a_baseline_that_is_too_small_is_told() -> None:
    whole = Node(NodeKind.OVERALL, OPEN, drop=drop(0.02), p=0.3, n=50, n_base=4, detectable=0.2)
    leaf = Node(NodeKind.LEAF, OPEN, "a", "x", drop(0.02), p=0.3, design="two samples", n=50, n_base=4)
    said = why(Call.INCONCLUSIVE, (whole, leaf), (), {}, 50, Rule(), 0.05)
    assert said == (
        "no regression is shown, nor that there is none: the drop of the battery as a whole is 0.020 [-0.030, 0.070], "
        "not surely within 0.05",
        "more seeds alone will not settle it: the baseline holds too few runs (4 a scenario)",
    )


def test_gains_gaps_and_news_stand_at_the_end() -> None:
    nodes = (
        node("", "", 0.0, NodeCall.UNCHANGED),
        node("a", "", -0.2, NodeCall.IMPROVED),
        *(node("c", f"s{at}", 0.0, NodeCall.NEW) for at in range(5)),
        node("d", "s0", 0.0, NodeCall.MISSING),
    )
    assert why(Call.PASS, nodes, (), {"timed_out": 2, "lost": 1}, 40, Rule(max_missing=3), 0.05)[1:] == (
        "a improved by 0.200 [0.150, 0.250]",
        "3 of 40 cells have no number and are left out: 2 timed_out, 1 lost",
        "not in the baseline, so not judged: c on s0, c on s1, c on s2 and 2 more",
        "not compared: d on s0",
    )
