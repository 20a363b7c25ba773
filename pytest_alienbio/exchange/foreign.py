"""A cell that was played elsewhere: names that fit ours, an id, a key, and values that a journal line can hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..model import Json, digest, name_fault, storable
from .values import in_id

MOST_NAME = 200
MOST_TEXT = 500
MOST_FACTS = 60
"""Names of params, properties or parts of a score of one cell that are kept."""
_DEEPEST = 6


def name(text: object, otherwise: str = "-") -> str:
    """`text` as the name of a battery, a scenario or an agent: what such a name may not have becomes `-`."""
    found = storable(str(text)).strip()[:MOST_NAME]
    found = "".join("-" if ch in "[]*?" or ch.isspace() or not ch.isprintable() else ch for ch in found.replace("::", "-"))
    found = "/".join(part if part not in ("", ".", "..") else "-" for part in found.split("/"))
    return found if found.strip("-/") and not name_fault(found) else otherwise


def identity(
    battery: str,
    scenario: str,
    agent: str,
    seed: int,
    *,
    case: Json,
    profile: Json,
    params: Mapping[str, Json],
    difficulty: int | None = None,
) -> dict[str, Any]:
    """What tells a cell apart, as fields of a `Result`.

    `case` is all that is known of what was asked, `profile` of who answered. The key is made as that of a cell played
    here, from their hashes, so the same question to the same agent has one key wherever it was recorded.
    """
    scenario_hash, agent_hash = digest(case), digest(profile)
    content: Json = {
        "case": scenario_hash,
        "scenario": scenario,
        "difficulty": difficulty,
        "params": params,
        "agent": agent_hash,
        "seed": seed,
    }
    level = "" if difficulty is None else f"d{difficulty}-"
    told = "".join(
        f"-{in_id(key)}{in_id(value if isinstance(value, str) else json.dumps(value))[:40]}" for key, value in params.items()
    )
    return {
        "battery": battery,
        "scenario": scenario,
        "scenario_hash": scenario_hash,
        "agent": agent,
        "agent_hash": agent_hash,
        "seed": seed,
        "params": params,
        "difficulty": difficulty,
        "id": f"{in_id(scenario)}[{level}{in_id(agent)}-s{seed}{told[:200]}]",
        "key": digest(json.loads(json.dumps(content))),
    }


def plain(value: object, depth: int = 0) -> Json:
    """`value` as JSON with finite numbers: what is not finite is null, what is too deep or no JSON is told as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)[:MOST_TEXT]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return storable(value)[:MOST_TEXT]
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {storable(str(key))[:MOST_NAME]: plain(each, depth + 1) for key, each in list(value.items())[:MOST_FACTS]}
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return [plain(each, depth + 1) for each in value[:MOST_FACTS]]
    return storable(repr(value) if isinstance(value, Mapping | list | tuple) else str(value))[:MOST_TEXT]


def facts(values: Mapping[str, Any]) -> dict[str, Json]:
    """The values that are one number, one text or true and false each."""
    simple = {
        storable(str(key))[:MOST_NAME]: plain(value)
        for key, value in values.items()
        if isinstance(value, bool | int | float | str)
    }
    return {key: simple[key] for key in list(simple)[:MOST_FACTS]}


def mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> Sequence[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list | tuple) else ()


def number(value: object) -> float | None:
    """A finite number, also one spelled as text; None for all else, so also for NaN."""
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            return None
    if isinstance(value, bool | int | float):
        try:
            found = float(value)
        except OverflowError:
            return None
        return found if math.isfinite(found) else None
    return None


def whole(value: object) -> int | None:
    """A whole number, also one spelled as text or as 3.0; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}(?:\.0*)?", value.strip()):
        return int(value.strip().split(".")[0])
    return None
