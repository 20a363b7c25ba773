"""What a model would be told, for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...model import Briefing, Observation
from .prompt import Prompt, system_text, turn_text
from .tools import Toolbox


def first_request(briefing: Briefing, seen: Observation, prompt: Prompt = Prompt()) -> Iterator[str]:  # noqa: B008 - frozen
    """The lines of the first request of an episode: system prompt, tools, first turn."""
    yield from ("--- system ---", *system_text(prompt, briefing).splitlines(), "--- tools ---")
    for tool in Toolbox(briefing).tools:
        properties = json.loads(json.dumps(tool.schema["properties"]))
        yield f"{tool.name}: {tool.description}"
        for name, schema in properties.items():
            what = ", ".join(schema.get("enum", ())) or f"{schema['type']} {schema['minimum']} to {schema['maximum']}"
            yield f"    {name}: {what}"
    yield from ("--- first turn ---", *turn_text(prompt, seen, None).splitlines())
