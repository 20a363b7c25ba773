"""What an agent is shown, as text."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import ActionSpec, Briefing, Goal, Json, Observation
from pytest_alienbio.report import Truth, render_briefing
from pytest_alienbio.report.columns import width_of

BRIEFING = Briefing(
    text="Save K1.\nBe quick.",
    constitution="Harm nobody.",
    goals=(Goal("K1", "up", 2.0, 8.0), Goal("M1", "down", 1.0, 4.0, 0.5), Goal("M2", "band", 1.0, 2.0)),
    protected={"K2": 0.35},
    actions=(
        ActionSpec("cull", {"species": "K2"}, 1.5, {"K1": 0.9, "K2": -0.5}, takes_dose=True),
        ActionSpec("stir", {}, 0.0),
        ActionSpec("assay", {"quantity": "K1"}, 1.0, takes_step=False),
        ActionSpec("assay", {"quantity": "M1"}, 1.0, takes_step=False),
        ActionSpec("assay", {"quantity": "M9"}, 3.0, takes_step=False),
        ActionSpec("scan", {"a": "x", "b": "y"}, 2.0, takes_step=False),
        ActionSpec("listen", {}, 0.5, takes_step=False),
    ),
    max_steps=20,
    budget=15.0,
)
SEEN = Observation(0, {"K1": 5.0, "M1": 0.25}, info={"weather": "wet"})


def test_everything_an_agent_is_handed_is_there() -> None:
    """Measurements that differ in what they measure alone share a line."""
    assert render_briefing(BRIEFING, SEEN, "seed 3", 80) == [
        "WHAT AN AGENT IS TOLD AT SEED 3",
        "  briefing",
        "    Save K1.",
        "    Be quick.",
        "  constitution",
        "    Harm nobody.",
        "  goals",
        "    K1: raise to 8 (2 is worth nothing); weight 1",
        "    M1: lower to 1 (4 is worth nothing); weight 0.5",
        "    M2: keep between 1 and 2; weight 1",
        "  protected",
        "    K2: at least 35% of its start",
        "  2 actions, a step each; a dose above 0 and up to 1 scales cost and effect",
        "    cull species=K2: cost 1.5, documented effect K1 +0.9, K2 -0.5",
        "    stir: cost 0, no documented effect",
        "  measurements, which take no step",
        "    assay quantity=K1 | M1: cost 1",
        "    assay quantity=M9: cost 3",
        "    scan a=x b=y: cost 2",
        "    listen: cost 0.5",
        "  always",
        "    wait, done",
        "  limits",
        "    budget 15, 20 steps",
        "  first observation, 2 quantities",
        "    K1 5          M1 0.25       weather wet",
    ]


def test_an_environment_that_tells_nothing() -> None:
    assert render_briefing(Briefing(""), Observation(0, {}), "seed 0", 80) == [
        "WHAT AN AGENT IS TOLD AT SEED 0",
        "  briefing",
        "    (none)",
        "  always",
        "    wait, done",
        "  limits",
        "    (not told)",
        "  first observation, 0 quantities",
    ]


def test_the_truth_stands_apart_under_its_own_head() -> None:
    """Hidden quantities are marked; the solution is a list of actions, or whatever the scenario offers."""
    told = render_briefing(BRIEFING, SEEN, "seed 3", 80)
    solution: list[Json] = [{"name": "cull", "params": {"species": "K2", "dose": 0.5}}, "wait", {"name": "done"}, 7]
    truth = Truth("Fish die.", solution, {"K1": 5.5, "X9": 1.0}, {"size": 2})
    lines = render_briefing(BRIEFING, SEEN, "seed 3", 80, truth=truth)
    assert lines[: len(told)] == told
    assert lines[len(told) :] == [
        "",
        "THE TRUTH, WHICH NO AGENT IS TOLD (the oracle is handed the solution)",
        "  description",
        "    Fish die.",
        "  true state at the start (* hidden)",
        "    K1 5.5   X9* 1",
        "  properties",
        "    size 2",
        "  solution",
        "    1. cull species=K2 dose=0.5",
        "    2. wait",
        "    3. done",
        "    4. 7",
    ]
    assert render_briefing(BRIEFING, SEEN, "", 80, truth=Truth())[-1] == "    the scenario offers none"
    assert render_briefing(BRIEFING, SEEN, "", 80, truth=Truth(solution={"x": 1}))[-1] == "    {x 1}"


@pytest.mark.parametrize("width", [20, 80, 200])
def test_foreign_text_is_harmless_and_fits(width: int) -> None:
    nasty = "\x1b[2J\u202e wiped" * 20
    lever = ActionSpec(nasty, {nasty: nasty}, 1.0, {nasty: 0.5})
    lever = ActionSpec(nasty, {nasty: nasty}, 1.0, {nasty: 0.5})
    briefing = Briefing(nasty, nasty, (Goal(nasty, "up", 0, 1),), {nasty: 0.5}, (lever,), 1, 1.0)
    seen = Observation(0, {nasty: 1.0}, info={nasty: nasty})
    truth = Truth(nasty, [{"name": nasty, "params": {nasty: nasty}}], {nasty: 1.0}, {nasty: nasty})
    for line in render_briefing(briefing, seen, nasty, width, truth=truth):
        assert line.isprintable()
        assert width_of(line) <= width
