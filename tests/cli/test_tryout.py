"""`bio agent test`: whether an agent keeps the contract, and plays."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_alienbio.model import Action, Briefing, Observation, Scores
from pytest_alienbio.run import build_catalog

from .conftest import Desk


class Calm:
    """Waits."""

    def start(self, briefing: Briefing, /) -> None: ...

    def decide(self, observation: Observation, /) -> Action:
        return Action("wait")

    def end(self, scores: Scores, /) -> None: ...


class Meddles(Calm):
    def decide(self, observation: Observation, /) -> Action:
        observation.state.clear()  # type: ignore[attr-defined]
        return Action("wait")


class Trips(Calm):
    def decide(self, observation: Observation, /) -> Action:
        raise ValueError("\x1b[31mlost")


class Unbuildable(Calm):
    def __init__(self) -> None:
        raise OSError("no such device")


class Asks(Calm):
    """Reads from whoever sits there."""

    def decide(self, observation: Observation, /) -> Action:
        return Action(sys.stdin.readline().strip() or "done")


class Gambles(Calm):
    """Promises nothing."""


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agents above, as an installed package would register them."""

    def register(agents: Any, scenarios: Any) -> None:
        for agent in (Calm, Meddles, Trips, Unbuildable, Asks):
            agents.add(agent.__name__.lower(), agent, deterministic=True)
        agents.add("gambles", Gambles)

    monkeypatch.setattr("pytest_alienbio.cli.tryout.build_catalog", lambda files: build_catalog(files, register))


def text(out: str) -> str:
    return " ".join(out.split())


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize("name", ["greedy", "oracle", "calm", "asks"])
def test_a_sound_agent_passes(desk: Desk, name: str) -> None:
    """Where it played, what it scored, what was found; nothing is recorded, and nobody is asked."""
    said = desk.bio("agent", "test", name)
    assert said.code == 0
    assert said.lines[0].startswith(f"cell      mutualism/competition[d1-{name}-s0]: completed, score ")
    assert "contract kept:" in text(said.out)
    assert "the same at the same seed" in text(said.out)
    assert not (desk.path / "data").exists()


@pytest.mark.usefixtures("guests")
def test_who_promises_no_repetition_is_not_held_to_it(desk: Desk) -> None:
    assert "not promised" in desk.bio("agent", "test", "gambles").out


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("meddles", "contract broken: meddles: decide() changed the observation it was handed"),
        ("trips", "agent_error the agent's decide() failed: ValueError: lost"),
        ("trips", "contract broken: trips, seed 0: agent_error"),
        ("unbuildable", "agent_error the agent could not be built: OSError: no such device"),
        ("unbuildable", "contract broken: it raised OSError: no such device"),
        ("human", "skipped a person plays at a terminal"),
        ("scripted", "agent scripted needs the param 'actions'"),
        ("claude-opus", "failed no key for anthropic: set ANTHROPIC_API_KEY"),
    ],
)
def test_what_is_wrong_is_said_in_words(desk: Desk, name: str, words: str) -> None:
    """Skipped and why, the rule that is broken, the crash and where: exit code 1."""
    said = desk.bio("agent", "test", name)
    assert said.code == 1
    assert words in text(said.out)
    assert "\x1b" not in said.out


@pytest.mark.usefixtures("guests")
@pytest.mark.parametrize("name", ["trips", "unbuildable"])
def test_a_crash_says_where(desk: Desk, name: str) -> None:
    lines = desk.bio("agent", "test", name).lines
    assert sum(line.strip().startswith(f"at {__file__}:") for line in lines) == 2


def test_an_agent_of_bio_yaml_is_tested_with_its_params(desk: Desk) -> None:
    """One whose kind or param nobody knows cannot be built."""
    (desk.path / "bio.yaml").write_text(
        "agents:\n"
        "  walker: {kind: scripted, params: {actions: [wait, fly, done]}}\n"
        "  lost: {kind: gredy}\n"
        "  odd: {kind: greedy, params: {treshold: 1}}\n"
        "  bad: {kind: greedy, params: {threshold: -1}}\n"
        "  down: {kind: simulated-llm, params: {rate_500: 1.0}}\n",
        "utf-8",
    )
    assert desk.bio("agent", "test", "walker").code == 0
    for name, words in (
        ("lost", "did you mean 'greedy'?"),
        ("odd", "did you mean 'threshold'?"),
        ("bad", "threshold cannot be -1"),
        ("down", "provider_error"),
    ):
        said = desk.bio("agent", "test", name)
        assert said.code == 1
        assert words in text(said.out)
    assert "contract" not in said.out, "an outage is no breach, and leaves nothing to check"


def test_elsewhere_at_another_seed(desk: Desk) -> None:
    """The scenario's lowest level; a scenario file too."""
    said = desk.bio("agent", "test", "noop", "--scenario", "mutualism/hidden_dependency", "--seed", "3")
    assert said.lines[0].startswith("cell      mutualism/hidden_dependency[d1-noop-s3]: completed")


def test_names_nobody_knows_cannot_be_tested(desk: Desk) -> None:
    """Exit code 2, as for every wrong name."""
    assert "did you mean 'greedy'?" in desk.refused("agent", "test", "gredy")
    assert "did you mean 'mutualism/competition'?" in desk.refused(
        "agent", "test", "greedy", "--scenario", "mutualism/competitoin"
    )
