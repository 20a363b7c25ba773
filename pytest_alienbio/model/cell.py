"""A case, an agent's profile, and the two joined at a seed: the unit that is played, recorded and resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from .access import Access
from .canonical import Json, canonical, digest

if TYPE_CHECKING:
    from hashlib import _Hash

ROLES = ("candidate", "reference", "floor")
"""`candidate` is judged; `reference` (oracle) should be at the top; `floor` (random, noop) is expected below the bar."""


@dataclass(frozen=True, slots=True)
class Case:
    """Scenario + difficulty + params: the question, without who answers it or at which seed."""

    scenario: str
    difficulty: int | None = None
    """None for a scenario without levels."""
    params: Mapping[str, Json] = field(default_factory=dict)
    """What the scenario is built with."""
    content_hash: str = ""
    """Of everything that decides what the case asks (scenario text, generator version)."""
    tags: tuple[str, ...] = ()
    passing_score: float | None = 0.6
    """None: it has no bar, so no score of it passes or fails; a task's bar is its criteria."""
    variant: int = 1
    """Which surface: names, order of levers, reading errors. The world below is the same."""
    type: str = "interactive"
    """`interactive` (an environment that an agent acts in) or `task`."""
    scoring_hash: str = ""
    """Of what decides how it is scored; '' = not told apart from the content."""
    world: str = ""
    """Versions of the physics and the generator under it; '' for a scenario without."""
    deterministic: bool = False
    """Whether the same seed and actions always give the same observations and scores."""
    world_hash: str = ""
    """Of what decides its world, however it is scored and told; '' = not told apart from the content."""


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """A named agent: what to build (`kind`), with which params, in which role."""

    name: str
    """As it stands in ids and tables (a battery's `as:` wins)."""
    kind: str
    """A name of the catalog."""
    params: Mapping[str, Json] = field(default_factory=dict)
    role: str = "candidate"
    skip_reason: str = ""
    """Why its cells cannot run here; '' if they can."""
    deterministic: bool = False
    """Whether the same briefing and observations always give the same actions, as the catalog says."""
    access: Access = Access()  # noqa: RUF009 - frozen
    """How a language model is reached and paid."""
    hash: str = field(init=False, repr=False, compare=False)
    """Of what decides how it acts: kind and params, not its name or role. Made once, for each of its cells asks for it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", digest({"kind": self.kind, "params": self.params}))


@dataclass(frozen=True, slots=True)
class Cell:
    """One case x agent x seed. Many cells share one `Case` and one `AgentProfile`."""

    battery: str
    case: Case
    agent: AgentProfile
    seed: int
    id: str
    """`<scenario>[d<difficulty>-<agent>-s<seed>]`; unique within a battery and stable."""
    axes: Mapping[str, Json] = field(default_factory=dict)
    """This cell's values of the battery's `params:` axes, as far as its scenario or its agent takes them."""

    @property
    def params(self) -> Mapping[str, Json]:
        """What sets this cell apart beside difficulty, agent and seed: the case's params and the axes."""
        return {**self.case.params, **self.axes}

    @property
    def key(self) -> str:
        """Content key: SHA-256 over case content, difficulty, params, agent profile and seed. Ids may change, keys do not."""
        case, params = self.case, self.params
        spelled = canonical(dict(params)) if params else "{}"
        start, end = _around_seed(case.content_hash, case.scenario, case.difficulty, case.variant, self.agent.hash, spelled)
        whole = start.copy()
        whole.update(f"{canonical(self.seed)}{end}".encode())
        return whole.hexdigest()


@lru_cache(maxsize=1024, typed=True)
def _around_seed(
    content: str, scenario: str, difficulty: int | None, variant: int, agent: str, params: str
) -> tuple[_Hash, str]:
    """What the keys of cells have in common that differ in their seed alone: the hash of all before it, and the text behind
    it. The whole is the canonical JSON of these names, sorted; a variant of 1 is not in it."""
    before = canonical({"agent": agent, "case": content, "difficulty": difficulty})
    text = f'{before[:-1]},"params":{params},"scenario":{canonical(scenario)},"seed":'
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")), "}" if variant == 1 else f',"variant":{canonical(variant)}}}'
