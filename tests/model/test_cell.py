"""What makes two cells the same cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import AgentProfile, Case, Cell, Json
from pytest_alienbio.model.canonical import digest

CELL = Cell("b", Case("m/x", 2, {"t": 1}, "hash"), AgentProfile("me", "greedy", {"depth": 2}), 3, "m/x[d2-me-s3]")


def test_a_key_does_not_hang_on_names() -> None:
    """Ids, labels, roles, battery names, tags and bars may change; the cell stays the same."""
    case = replace(CELL.case, tags=("new",), passing_score=0.9)
    agent = replace(CELL.agent, name="you", role="floor", skip_reason="no key")
    assert replace(CELL, battery="c", id="other", case=case, agent=agent).key == CELL.key


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, seed=4),
        replace(CELL, case=replace(CELL.case, difficulty=None)),
        replace(CELL, case=replace(CELL.case, params={"t": 2})),
        replace(CELL, case=replace(CELL.case, content_hash="changed")),
        replace(CELL, case=replace(CELL.case, scenario="m/y")),
        replace(CELL, case=replace(CELL.case, variant=2)),
        replace(CELL, axes={"noise": 0.5}),
        replace(CELL, agent=replace(CELL.agent, kind="random")),
        replace(CELL, agent=replace(CELL.agent, params={})),
    ],
    ids=["seed", "difficulty", "params", "content", "scenario", "variant", "axes", "kind", "agent params"],
)
def test_a_key_hangs_on_what_is_played(other: Cell) -> None:
    """Anything that can change the result changes the key."""
    assert other.key != CELL.key


def test_keys_are_those_of_the_first_release() -> None:
    """Surfaces and axes came later: a cell without them has the key under which baselines and DATs know it."""
    assert CELL.key == "f296c09396baef9d59bdbb8058749698cc0ebedd9dc06865065b4b5cda04c4d2"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@given(
    st.text(), st.none() | st.integers(1, 9), st.dictionaries(st.text(), _JSON, max_size=3), st.integers(), st.integers(1, 3)
)
def test_a_key_is_the_hash_of_all_that_is_played(
    scenario: str, difficulty: int | None, params: dict[str, Json], seed: int, variant: int
) -> None:
    """Hashed once for all seeds up to where they differ, it is what it would be hashed as a whole: 1 is not 1.0 nor true."""
    cell = replace(CELL, case=Case(scenario, difficulty, params, "hash", variant=variant), seed=seed)
    content: dict[str, Json] = {"case": "hash", "scenario": scenario, "difficulty": difficulty, "params": params}
    content |= {"agent": CELL.agent.hash, "seed": seed}
    if variant != 1:
        content["variant"] = variant
    assert cell.key == digest(content)


def test_params_are_the_cases_and_the_axes() -> None:
    """Each once, whether the case takes the axis or only the agent does."""
    swept = replace(CELL, case=replace(CELL.case, params={"t": 1, "noise": 0.5}), axes={"noise": 0.5, "temperature": 0})
    assert swept.params == {"t": 1, "noise": 0.5, "temperature": 0}
