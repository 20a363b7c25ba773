"""Who is judged: candidates, and everyone where there is none."""

from __future__ import annotations

from dataclasses import replace

from pytest_alienbio.gate import judge
from pytest_alienbio.gate.candidates import judged_only, left_out
from pytest_alienbio.gate.confirm import worst
from pytest_alienbio.gate.validity import drifts
from pytest_alienbio.model import AgentVersion, Batch, Call, NodeCall, Rule

from .batches import Numbers, baseline, batch, scores

ROLES = {"a": "candidate", "b": "floor", "c": "reference"}
BASE = scores(3, 4, 10, seed=1)
NEAR = {name: [value + (0.01 if at % 2 else -0.01) for at, value in enumerate(row)] for name, row in BASE.items()}


def run(numbers: Numbers, roles: dict[str, str] = ROLES) -> Batch:
    made = batch(numbers)
    return replace(made, agents={name: AgentVersion(role=roles[name]) for name in made.agents})


def test_a_floor_that_drops_is_no_regression_and_dilutes_nothing() -> None:
    """The battery as a whole is its candidates, and a note says who is left out."""
    new = run({name: [value - (0.4 if name[0] != "a" else 0.0) for value in row] for name, row in NEAR.items()})
    found = judge(new, baseline(run(BASE)), Rule(), draws=199)
    assert found.call is Call.PASS
    assert {node.agent for node in found.nodes} == {"", "a"}
    assert found.node().drop.value == found.node("a").drop.value
    assert (found.cells, found.expected) == (40, 40)
    assert found.notes[-1] == "b, c: sanity judges them, gates do not"


def test_an_outage_of_a_reference_is_no_missing_cell_of_the_gate() -> None:
    cells = tuple(replace(cell, values={}, why="timed_out") if cell.agent == "c" else cell for cell in run(NEAR).cells)
    found = judge(replace(run(NEAR), cells=cells), baseline(run(BASE)), Rule(), draws=199)
    assert (found.call, dict(found.missing)) == (Call.PASS, {})
    lost = tuple(replace(cell, values={}, why="timed_out") if cell.agent == "a" else cell for cell in run(NEAR).cells)
    assert [each.kind for each in drifts(replace(run(NEAR), cells=lost), baseline(run(BASE)), Rule())] == ["missing"]


def test_a_battery_without_candidates_is_judged_whole() -> None:
    roles = dict.fromkeys("abc", "floor")
    new = run({name: [value - 0.3 for value in row] for name, row in NEAR.items()}, roles)
    found = judge(new, baseline(run(BASE, roles)), Rule(), draws=199)
    assert (found.call, found.expected) == (Call.FAIL, 120)
    assert not any("sanity" in note for note in found.notes)
    assert left_out(new) == ()


def test_a_role_is_what_the_new_run_says_and_of_who_left_what_the_baseline_says() -> None:
    """A floor that is no longer played has left nobody waiting; a candidate has."""
    new = run({name: row for name, row in NEAR.items() if name[0] != "b"}, {"a": "candidate", "c": "candidate"})
    mine, base = judged_only(new, baseline(run(BASE)))
    assert {cell.agent for cell in base.batch.cells} == {"a", "c"}
    assert (mine, base) == judged_only(mine, base)
    gone = judge(new, baseline(run(BASE, {**ROLES, "b": "candidate"})), Rule(), draws=199)
    assert gone.node("b", "s0").call is NodeCall.MISSING


def test_any_role_may_be_what_an_agent_is_held_against() -> None:
    """`agent:NAME` gives its cells under the candidate's name, in whatever role it plays."""
    held = replace(run(BASE), cells=tuple(replace(cell, agent="a") for cell in run(BASE).cells if cell.agent == "c"))
    held = replace(held, agents={"a": AgentVersion(role="reference")})
    mine, base = judged_only(replace(run(NEAR), agents={"a": AgentVersion()}), replace(baseline(held), kind="agent"))
    assert {cell.agent for cell in base.batch.cells} == {"a"}
    assert ("a", "s0") in {cell.leaf for cell in mine.cells}


def test_a_floor_is_not_played_again_by_a_confirm_stage() -> None:
    new = run({name: [value - (0.4 if name[0] == "b" else 0.0) for value in row[:4]] for name, row in NEAR.items()})
    base, rule = baseline(run(BASE)), Rule(confirm=4)
    assert worst(judge(new, base, rule, draws=199), new, base, rule) == ()
