"""What a model is told."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.llm.prompt import Prompt, read_prompt, system_text, turn_text
from pytest_alienbio.agents.llm.reading import act
from pytest_alienbio.agents.llm.tools import Toolbox
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Action, ActionSpec, Answer, Briefing, Goal, Observation, ToolCall

BRIEFING = Briefing(
    "Save it.\x1b[2J\u202e",
    "",
    (Goal("a", "up", 1.0, 4.0, 2.0), Goal("b", "down", 0.5, 3.0), Goal("c", "band", 1.0, 2.0)),
    {"a": 0.15},
    (ActionSpec("add", {"molecule": "Mx", "region": "Ly"}, 1.0, {"a": 0.4, "b": -0.25}, takes_dose=True),),
    10,
    5.0,
)


def test_the_system_prompt_says_all_that_the_briefing_holds() -> None:
    """And the same at every turn, so that providers can keep it."""
    said = system_text(Prompt(), BRIEFING)
    assert "Briefing\nSave it.\n" in said
    assert "a: raise it to 4 (at 1 it counts nothing) (weight 2)" in said
    assert "b: lower it to 0.5 (at 3 it counts nothing)" in said
    assert "c: keep it between 1 and 2" in said
    assert "protected: a stays above 15% of its starting level" in said
    assert "add molecule=Mx region=Ly (cost 1): a +0.4, b -0.25" in said
    assert "10 steps of time\nat most 40 calls, measurements and refused ones included\nbudget 5" in said
    assert said == system_text(Prompt(), BRIEFING)


def test_readings_of_a_region_stand_together_below_those_of_all() -> None:
    """Sorted by name; small numbers keep two digits that say something."""
    seen = Observation(3, {"K@Lb": 1.0, "K@La": 2.0, "M@La": 0.012, "K": 3.0}, 10, 5.0)
    said = turn_text(Prompt(), seen, {"K": 2.5, "M@La": 0.0}).splitlines()
    assert [line.split()[0] for line in said[1:]] == ["K", "K@La", "M@La", "K@Lb"]
    assert said[1] == "K         3.00  (+0.50)"
    assert said[3] == "M@La     0.012  (+0.012)"


def test_what_else_an_environment_shows_is_told_and_bounded() -> None:
    seen = Observation(0, {}, info={"x": "y" * 100_000})
    assert 1000 < len(turn_text(Prompt(), seen, None)) < 3000


def test_templates_of_ones_own() -> None:
    prompt = read_prompt({"system": "You cost $$1. ${briefing}", "turn": "$step of $max_steps: $last $readings"})
    assert system_text(prompt, BRIEFING) == "You cost $1. Save it."
    assert turn_text(prompt, Observation(1, {"a": 1.0}, 10), None) == "1 of 10:  a      1.00"


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        ({"sytem": "x"}, "did you mean 'system'"),
        ({"system": "$breifing"}, "did you mean 'briefing'"),
        ({"turn": "line\n100 $ each"}, r"a lone \$ in its line 2"),
        ({"turn": 3}, "expected a template"),
        ({"turn": " "}, "expected a template"),
        ("x", "expected system and turn"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_at_once(texts: object, complaint: str) -> None:
    """Before anything is paid for."""
    with pytest.raises(SpecError, match=complaint):
        read_prompt(texts)  # type: ignore[arg-type]


def test_a_placeholder_in_foreign_text_stays_what_it_is() -> None:
    """A scenario's text fills a template; it is none."""
    assert "$targets" in system_text(Prompt(), Briefing("see $targets and ${limits}"))


def test_tools_are_one_for_each_action_under_names_that_providers_take() -> None:
    """What a provider takes for no name is spelled otherwise, each its own way."""
    actions = (
        ActionSpec("move to!", {"to": "x"}),
        ActionSpec("move to?", {"to": "y"}),
        ActionSpec("wait"),
        ActionSpec("é" * 90),
    )
    box = Toolbox(Briefing("", actions=actions))
    assert [tool.name for tool in box.tools] == ["move_to", "move_to_2", "action", "wait", "done"]
    assert act(box, Answer(calls=(ToolCall("move_to_2", {"to": "y"}),))) == (Action("move to?", {"to": "y"}), 1)
    schema = box.tools[0].schema
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["to"]


def test_choices_that_go_together_are_told_together() -> None:
    """A transfer is from somewhere to somewhere else."""
    pairs = (ActionSpec("go", {"from": "a", "to": "b"}), ActionSpec("go", {"from": "b", "to": "a"}))
    box = Toolbox(Briefing("", actions=pairs))
    assert box.allowed(ToolCall("go", {})) == "go takes from=a, to=b; or from=b, to=a"


def test_a_target_says_from_which_step_it_counts() -> None:
    """Who does not know that the end counts most does not know what to save the budget for."""
    goals = (Goal("K", "up", 2, 8, 0.5, since=12), Goal("M", "band", 4, 6, since=10), Goal("N", "down", 1, 3))
    assert (
        "K: raise it to 8 (at 2 it counts nothing) (weight 0.5) (what counts is the mean over steps 12 to 20)\n"
        "M: keep it between 4 and 6 (what counts is the mean over steps 10 to 20)\n"
        "N: lower it to 1 (at 3 it counts nothing)\n"
    ) in system_text(Prompt(), Briefing("", goals=goals, max_steps=20))


def test_no_rule_is_made_up_for_a_world_that_tells_nothing() -> None:
    """A rule about levers, measurements or targets stands there only where there are some."""
    text = system_text(Prompt(), Briefing(""))
    assert not {"lever", "measurement", "score"} & set(text.lower().split("briefing")[0].replace(",", "").split())
