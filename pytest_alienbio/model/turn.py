"""What passes between an agent and an environment: plain frozen values, always copies, never live state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .canonical import Json


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing an agent may do: an action's name with one fixed choice of parameters.

    `effects` are the *documented* ones, `{quantity: strength in -1..1}`; they may be missing or wrong.
    """

    name: str
    params: Mapping[str, str] = field(default_factory=dict)
    cost: float = 0.0
    """Budget units for a full dose; a dose of 0.5 costs half."""
    effects: Mapping[str, float] = field(default_factory=dict)
    takes_dose: bool = False
    """Whether a `dose` in (0, 1] may be given (1 if left out)."""
    takes_step: bool = True
    """Whether the action lets one step of time pass (measurements do not)."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to reach. `kind` is `up` (reach `high`), `down` (reach `low`) or `band` (stay inside)."""

    quantity: str
    kind: str
    low: float
    high: float
    weight: float = 1.0
    since: int = 0
    """The first step that counts: the mean from there to the end is what is scored. 0 = all, or not told."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What an agent is told once, before the first step."""

    text: str
    constitution: str = ""
    goals: tuple[Goal, ...] = ()
    protected: Mapping[str, float] = field(default_factory=dict)
    """`{population: lowest allowed fraction of its starting level}`."""
    actions: tuple[ActionSpec, ...] = ()
    max_steps: int = 0
    """Steps of time in an episode; 0 = the environment does not say."""
    budget: float = 0.0
    seed: int = 0
    """The agent's own randomness for this cell; derived one way from the cell, so it does not reveal the world's seed."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an agent decides: a name of `Briefing.actions` (or `wait`, `done`) and its parameters."""

    name: str
    params: Mapping[str, Json] = field(default_factory=dict)
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What became of an action. `ok=False` is a refusal: nothing was spent, `reason` says why."""

    ok: bool
    reason: str = ""
    cost: float = 0.0
    reading: Mapping[str, Json] = field(default_factory=dict)
    """What a measurement gave; empty for everything else."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What an agent sees before it decides. `state` holds noisy readings of the visible quantities, sorted by name."""

    step: int
    state: Mapping[str, float]
    max_steps: int = 0
    budget: float = 0.0
    spent: float = 0.0
    last: ActionResult | None = None
    info: Mapping[str, Json] = field(default_factory=dict)
    """Whatever else an outside environment shows."""

    @property
    def remaining(self) -> float:
        """Budget not yet spent."""
        return self.budget - self.spent


@dataclass(frozen=True, slots=True)
class Step:
    """What an environment gives back for an action. `terminated`: its own end; `truncated`: its own interaction limit."""

    observation: Observation
    result: ActionResult
    terminated: bool = False
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """What a scorer gives: the one `score` that ranks, and named sub-scores. A `score` of None means *unscored*."""

    score: float | None
    parts: Mapping[str, float] = field(default_factory=dict)
    better: str = "higher"
    """Direction of `score`: `higher` or `lower`."""


class Agent(Protocol):
    """Who acts. One fresh agent plays one cell.

    One that pays for its calls may have `attach(meter)` too, which is called before `start`: every call asks the `Meter` for
    leave then, so that caps and rates hold, and what it cost is recorded.

    It may also offer `checkpoint() -> Json` (all that it has learned since `start`, asked for between two turns) and
    `restore(state: Json)` (called after `start` of a fresh one, which then acts as the one that was asked would have): so a
    cell that was cut off goes on instead of being played anew.
    """

    def start(self, briefing: Briefing, /) -> None:
        """Called once before the first decision."""

    def decide(self, observation: Observation, /) -> Action:
        """The next action. Whatever it raises ends the cell as `agent_error` (`ProviderError`: `provider_error`)."""

    def end(self, scores: Scores, /) -> None:
        """Called once after the last step of a scored episode."""


class Environment(Protocol):
    """A world with a question. One fresh environment plays one cell.

    It may also offer `briefing() -> Briefing` (after `reset`; without it agents get an empty one), `solution() -> Json`
    (handed to privileged agents only), `snapshot() -> Mapping[str, float]` (true state, for the trace),
    `properties() -> Mapping[str, Json]` (figures about its world, recorded with the result, to correlate scores with),
    `close()` (called once when its cell is over, however it ended: for windows, files, processes), and `checkpoint() -> Json`
    with `restore(state: Json)` (after `reset` to the same seed), as an agent may.
    """

    def reset(self, seed: int, /) -> Observation:
        """Starts the episode of this seed."""

    def step(self, action: Action, /) -> Step:
        """Carries out one action. A refused action is a `Step` whose result says so, not an exception."""

    def score(self) -> Scores:
        """Scores what has happened so far. Called once, at the end."""
