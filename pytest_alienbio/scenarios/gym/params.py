"""What a battery may say of a Gymnasium environment: `params: {kwargs: ..., max_steps: ..., score: ...}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from ...errors import Complaint, SpecError, did_you_mean
from ...model.canonical import Json

NAMES = ("kwargs", "max_steps", "score")
MOST_STEPS = 1_000_000
_OURS = {
    "id": "the environment stands in the scenario's name",
    "max_episode_steps": "use `max_steps` beside `kwargs`",
    "disable_env_checker": "observations and rewards are checked here, whatever it says",
}
"""Keywords of `gymnasium.make` itself, which are not the environment's."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From a return to a score: `low` becomes 0, `high` becomes 1, linear between and cut beyond."""

    low: float
    high: float

    def raw(self, value: float) -> float:
        """Where `value` lies between `low` (0) and `high` (1); not cut."""
        return (value - self.low) / (self.high - self.low)

    def score(self, value: float) -> float:
        """`raw`, cut to 0..1."""
        return min(1.0, max(0.0, self.raw(value)))


@dataclass(frozen=True, slots=True)
class GymParams:
    """Checked params."""

    kwargs: Mapping[str, Json] = field(default_factory=dict)
    """For the environment's constructor."""
    max_steps: int | None = None
    """Steps until it is truncated; None = as registered."""
    scale: Scale | None = None
    """None = the score is the return."""


def read_params(name: str, params: Mapping[str, Json]) -> GymParams:
    """`params` of the scenario `name`, checked. Raises `SpecError` with everything that is wrong."""
    wrong: list[Complaint] = []

    def complain(what: str, expected: str = "", hint: str = "") -> None:
        wrong.append(Complaint(f"{name}: {what}", expected=expected, hint=hint))

    for key in params:
        if key not in NAMES:
            complain(f"it has no param {key!r}", hint=did_you_mean(key, NAMES))
    kwargs = params.get("kwargs", {})
    if not isinstance(kwargs, Mapping) or not all(isinstance(key, str) for key in kwargs):
        complain(f"`kwargs` cannot be {_shown(kwargs)}", "a mapping, like {is_slippery: false}")
        kwargs = {}
    for key in sorted(_OURS.keys() & kwargs.keys()):
        complain(f"`kwargs` cannot hold {key!r}", hint=_OURS[key])
    if kwargs.get("render_mode") == "human":
        complain("`render_mode: human` would open a window for every cell", hint="leave it out")
    steps = params.get("max_steps")
    if "max_steps" in params and (isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS):
        complain(f"`max_steps` cannot be {_shown(steps)}", f"a whole number from 1 to {MOST_STEPS}")
        steps = None
    scale = None
    if "score" in params:
        scale, said = _scale(params["score"])
        if said:
            complain(f"`score` {said}", "{low: ..., high: ...}: the returns that become 0 and 1")
    if wrong:
        raise SpecError(wrong)
    return GymParams(dict(kwargs), steps if isinstance(steps, int) else None, scale)


def _scale(value: Json) -> tuple[Scale | None, str]:
    """The scale, or what is wrong with it."""
    if not isinstance(value, Mapping):
        return None, f"cannot be {_shown(value)}"
    if unknown := [key for key in value if key not in ("low", "high")]:
        hint = did_you_mean(str(unknown[0]), ("low", "high"))
        return None, f"has an unknown key {unknown[0]!r} ({hint})"
    ends: list[float] = []
    for key in ("low", "high"):
        end = value.get(key)
        if isinstance(end, bool) or not isinstance(end, int | float) or not isfinite(end):
            return None, f"has no number as `{key}`"
        ends.append(float(end))
    low, high = ends
    if not low < high:
        return None, f"has its low end {low:g} not below its high end {high:g}"
    return Scale(low, high), ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
