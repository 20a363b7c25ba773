"""The agent that was handed the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents import OracleAgent
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Briefing, Observation

doses = st.floats(0, 1, exclude_min=True)
plans = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["wait", "feed"]), "params": st.dictionaries(st.text(), doses)})
)


@given(plans)
def test_it_replays_its_solution_exactly(plan: list[dict[str, object]]) -> None:
    """Names and params come out bit for bit, waits included, then `done`."""
    agent = OracleAgent(solution=plan)  # type: ignore[arg-type]
    agent.start(Briefing(""))
    actions = [agent.decide(Observation(step, {})) for step in range(len(plan) + 1)]
    assert [{"name": action.name, "params": action.params} for action in actions[:-1]] == plan
    assert actions[-1].name == "done"


def test_a_solution_that_is_no_list_is_refused() -> None:
    """The complaint names the oracle, not the agent it is made of."""
    with pytest.raises(SpecError, match="agent 'oracle': its script is nothing"):
        OracleAgent(solution=None)
