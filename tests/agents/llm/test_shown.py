"""What a model would be told, for people."""

from __future__ import annotations

from pytest_alienbio.agents.llm.prompt import Prompt, system_text, turn_text
from pytest_alienbio.agents.llm.shown import first_request
from pytest_alienbio.testing import Pond


def test_it_shows_just_what_a_model_would_get() -> None:
    """System prompt and turn word for word, and each tool with its choices."""
    pond = Pond()
    seen = pond.reset(0)
    text = "\n".join(first_request(pond.briefing(), seen))
    assert system_text(Prompt(), pond.briefing()) in text
    assert text.endswith(turn_text(Prompt(), seen, None))
    assert "    species: fish, algae\n    dose: number 0.05 to 1\n" in text
    assert "    steps: integer 1 to 5\n" in text
