"""Briefings and observations of every kind, for agents that must answer whatever they are handed."""

from __future__ import annotations

from hypothesis import strategies as st

from pytest_alienbio.model import Action, ActionResult, ActionSpec, Agent, Briefing, Goal, Observation

NAMES = ("fish", "crab", "food@home", "venom", "")
names = st.sampled_from(NAMES)
levels = st.sampled_from([0.0, 0.3, 5.0, 40.0, -1.0, 1e6])
goals = st.builds(Goal, names, st.sampled_from(["up", "down", "band"]), levels, levels, st.sampled_from([0.0, 1.0, 2.5]))
specs = st.builds(
    ActionSpec,
    st.sampled_from(["add_feedstock", "cull", "transfer", "investigate", "assay", "wait", "done", "push left"]),
    st.dictionaries(st.sampled_from(["subject", "molecule", "from", "to"]), names, max_size=2),
    st.sampled_from([0.0, 0.5, 3.0]),
    st.dictionaries(names, st.sampled_from([-1.0, 0.0, 0.6, 1.0]), max_size=2),
    st.booleans(),
    st.booleans(),
)
briefings = st.builds(
    Briefing,
    text=st.just(""),
    goals=st.lists(goals, max_size=3).map(tuple),
    protected=st.dictionaries(names, st.sampled_from([0.0, 0.3, 1.0]), max_size=3),
    actions=st.lists(specs, max_size=8).map(tuple),
    max_steps=st.sampled_from([0, 1, 20]),
    budget=st.sampled_from([0.0, 1.0, 10.0]),
    seed=st.integers(0, 3),
)
answers = st.dictionaries(
    st.sampled_from(["subject", "needs", "poisons", "excretes", "promoted_by", "value"]),
    st.one_of(st.none(), st.floats(-2, 9), names, st.lists(names, max_size=2), st.dictionaries(names, levels, max_size=3)),
    max_size=4,
)
results = st.one_of(st.none(), st.builds(ActionResult, st.booleans(), st.just(""), levels, answers))
moments = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 1, 3]), st.dictionaries(names, levels, max_size=4), st.sampled_from([0.0, 0.5]), results
    ),
    max_size=10,
)


def acts(
    agent: Agent, briefing: Briefing, seen: list[tuple[int, dict[str, float], float, ActionResult | None]]
) -> list[Action]:
    """What `agent` does while steps pass (or not), readings come and go and budget is spent."""
    agent.start(briefing)
    done, step, spent = [], 0, 0.0
    for passed, state, cost, last in seen:
        step, spent = step + passed, min(briefing.budget, spent + cost)
        done.append(agent.decide(Observation(step, state, briefing.max_steps, briefing.budget, spent, last)))
    return done
