"""The stand-in for a language model."""

from __future__ import annotations

import json
from typing import Any

import numpy as np  # noqa: F401 - here, or the first example of a property pays for it
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.agents import InquirerAgent, SimulatedLLM
from pytest_alienbio.errors import ProviderError, SpecError
from pytest_alienbio.model import Action, Agent, AgentProfile, Case, Cell, Outcome, Result, Tokens, Usage
from pytest_alienbio.play import Catalog, builtin_agents, run_cell
from pytest_alienbio.testing import Pond

SEEDS = range(12)


def play(seed: int = 0, /, **params: Any) -> Result:
    """A cell in the pond, as a run plays it."""
    cell = Cell("b", Case("pond"), AgentProfile("s", "simulated-llm", params), seed, f"pond[s-s{seed}]")
    return run_cell(cell, Catalog({}, builtin_agents()), environment=Pond())


def acts(agent: Agent, seed: int = 0) -> list[Action]:
    """What `agent` does in the pond, without its reasoning, until it ends or the provider fails."""
    pond = Pond()
    seen, done = pond.reset(seed), []
    agent.start(pond.briefing())
    try:
        while True:
            action = agent.decide(seen)
            done.append(Action(action.name, action.params))
            step = pond.step(action)
            if step.terminated:
                return done
            seen = step.observation
    except ProviderError:
        return done


def test_what_it_consumed_is_in_the_result() -> None:
    """Requests, tokens and their price; each request sends everything before it again."""
    result = play(usd_per_million_input=2.0, usd_per_million_output=10.0)
    assert result.outcome is Outcome.COMPLETED
    assert result.trajectory is not None
    notes = [turn.reasoning for turn in result.trajectory.turns]
    sent, said = ([int(note.split()[at]) for note in notes] for at in (3, 6))
    assert all(later > earlier + out for earlier, later, out in zip(sent, sent[1:], said, strict=False))
    usd = (2.0 * sum(sent) + 10.0 * sum(said)) / 1e6
    assert (result.tokens, result.usage.requests) == (sum(sent) + sum(said), len(notes))
    assert result.usd == pytest.approx(usd)


def test_nothing_is_measured_before_it_starts() -> None:
    """Unknown is not zero."""
    assert SimulatedLLM().usage == Usage()


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 0.3))
def test_the_same_cell_is_the_same_in_everything(seed: int, skill: float, rate: float) -> None:
    """Choices, faults, tokens, latencies: what was recorded can be replayed."""
    params = {"skill": skill, "rate_429": rate, "rate_500": rate, "rate_malformed": rate, "retries": 1}
    first, second = play(seed, **params), play(seed, **params)
    assert (first.outcome, first.reason, first.usage, first.trajectory, first.score) == (
        second.outcome,
        second.reason,
        second.usage,
        second.trajectory,
        second.score,
    )


def test_another_seed_of_its_own_throws_other_dice() -> None:
    assert acts(SimulatedLLM(skill=0.0, seed=1)) != acts(SimulatedLLM(skill=0.0, seed=2))


def test_full_skill_is_the_inquirer_and_more_skill_scores_more() -> None:
    """A knob that turns nothing would be none."""
    assert acts(SimulatedLLM(skill=1.0)) == acts(InquirerAgent())
    means = [sum(play(seed, skill=skill).score or 0.0 for seed in SEEDS) / len(SEEDS) for skill in (0.0, 0.5, 1.0)]
    assert means[0] < means[1] < means[2]


@pytest.mark.parametrize(
    ("rate", "kind", "status", "retry_after_s"),
    [("rate_429", "rate_limit", 429, 2.0), ("rate_500", "server", 500, None), ("rate_timeout", "timeout", None, None)],
)
def test_a_fault_is_the_providers_and_says_which(rate: str, kind: str, status: int, retry_after_s: float | None) -> None:
    """With its class, so that whoever retries can tell what to wait for."""
    agent = SimulatedLLM(**{rate: 1.0})  # type: ignore[arg-type]
    pond = Pond()
    seen = pond.reset(0)
    agent.start(pond.briefing())
    with pytest.raises(ProviderError) as caught:
        agent.decide(seen)
    error = caught.value
    assert (error.kind, error.status, error.retry_after_s) == (kind, status, retry_after_s)


@pytest.mark.parametrize("rate", ["rate_429", "rate_500", "rate_timeout"])
def test_an_outage_is_never_a_score(rate: str) -> None:
    """The cell ends as `provider_error`; what it consumed until then is kept, an unanswered request costs nothing."""
    result = play(**{rate: 1.0, "retries": 2})
    assert (result.outcome, result.score, result.passed) == (Outcome.PROVIDER_ERROR, None, None)
    assert result.usage == Usage(0, 0.0, 3, Tokens(input=0, output=0), 2, 180.0 if rate == "rate_timeout" else 0.0)
    assert "(attempt 3)" in result.reason


def test_retries_outlast_a_fault_now_and_then_without_changing_what_it_does() -> None:
    """Faults have dice of their own: the same choices with and without, as far as it came."""
    calm = acts(SimulatedLLM())
    shaky = acts(SimulatedLLM(rate_429=0.3))
    stubborn = acts(SimulatedLLM(rate_429=0.3, retries=20))
    assert shaky == calm[: len(shaky)] != calm
    assert stubborn == calm
    assert (play(rate_429=0.3, retries=20).usage.requests or 0) > (play().usage.requests or 0)


def test_a_malformed_call_is_refused_by_the_world_and_the_cell_goes_on() -> None:
    """Arguments as one text, as models send them; a bad answer is an answer, and scored."""
    result = play(rate_malformed=1.0, skill=1.0)
    assert result.outcome is Outcome.COMPLETED
    assert result.trajectory is not None
    assert not any(turn.ok for turn in result.trajectory.turns)
    assert all(isinstance(json.loads(str(turn.params["arguments"])), dict) for turn in result.trajectory.turns)
    clean = acts(SimulatedLLM(skill=1.0))[0]
    assert json.loads(str(result.trajectory.turns[0].params["arguments"])) == clean.params


def test_it_waits_only_if_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers by their latency, a 429 by what it asks for, a time-out by its own length."""
    slept: list[float] = []
    monkeypatch.setattr("pytest_alienbio.agents.simulated.time.sleep", slept.append)
    play(latency_s=3.0)
    assert slept == []
    result = play(latency_s=3.0, sleep=True)
    assert result.trajectory is not None
    assert all(1.5 <= seconds <= 4.5 for seconds in slept)
    assert [f"{seconds:.2f}" for seconds in slept] == [turn.reasoning.split()[-2] for turn in result.trajectory.turns]
    slept.clear()
    play(rate_429=1.0, retries=1, sleep=True)
    play(rate_timeout=1.0, retries=1, sleep=True, timeout_s=9.0)
    assert [seconds for seconds in slept if seconds] == [2.0, 9.0, 1.0, 9.0]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"skill": 1.1}, "skill cannot be 1.1; expected a number from 0 to 1"),
        ({"rate_429": 0.6, "rate_500": 0.6}, "add up to 1.2; expected at most 1"),
        ({"retries": -1}, "retries cannot be -1; expected a whole number"),
        ({"retries": True}, "retries cannot be True"),
        ({"seed": 0.5}, "seed cannot be 0.5"),
        ({"sleep": "yes"}, "sleep cannot be 'yes'; expected true or false"),
        ({"latency_s": float("nan")}, "latency_s cannot be nan"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(params: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        SimulatedLLM(**params)


def test_it_must_be_started() -> None:
    with pytest.raises(RuntimeError, match="before start"):
        SimulatedLLM().decide(Pond().reset(0))
