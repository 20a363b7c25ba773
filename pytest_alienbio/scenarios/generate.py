"""From a template, a difficulty and a seed to an instance that can be solved, but not by accident, and has its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..errors import GenerationError
from ..model.canonical import Json, digest
from ..model.ports import InstanceCache
from ..world.integrator import fine_enough
from .dynamics import Plan, encode, follow, follow_rows
from .episode import Episode
from .instance import Instance, draft, from_json
from .planner import Found, Rows, improve, random_plan, search
from .reference import POLICIES, Greedy
from .scoring import grade_rows
from .streams import GENERATOR_VERSION, Stream, stream
from .template import Template

MOST_ATTEMPTS = 40
RANDOM_PLANS = 24
UNBOUNDED_ABOVE = 1e4
LEAST_GOAL, LEAST_SAFETY = 0.70, 0.90
LEAST_GAP = 0.30
TRIVIAL_ABOVE = 0.45
REASONS = {
    "unbounded": "something grows without limit, or changes too fast to be integrated",
    "unsolvable": f"no plan was found that reaches {LEAST_GOAL:.0%} of the goal at {LEAST_SAFETY:.0%} safety",
    "no_gap": f"the best plan is less than {LEAST_GAP} of utility better than waiting",
    "trivial": f"random actions score {TRIVIAL_ABOVE} or more",
}
"""Why an attempt is refused."""


def generate(template: Template, difficulty: int, seed: int) -> Instance:
    """The first acceptable attempt. Raises `GenerationError`, with the reasons counted, if 40 attempts give none."""
    if seed < 0:
        raise ValueError(f"a seed is a whole number from 0 on, not {seed}")
    if difficulty not in template.levels:
        raise ValueError(f"{template.name} has no difficulty {difficulty}; it has {', '.join(map(str, template.levels))}")
    rejected: Counter[str] = Counter()
    for attempt in range(MOST_ATTEMPTS):
        with np.errstate(all="ignore"):  # a plan that makes something explode is a bad plan, not a warning
            result = _attempt(template, difficulty, seed, attempt)
        if isinstance(result, Instance):
            return replace(result, rejected=dict(rejected))
        rejected[result] += 1
    raise _none_found(template, difficulty, seed, rejected)


def at_attempt(template: Template, difficulty: int, seed: int, attempt: int, variant: int = 1) -> Instance | str:
    """The world of one attempt with its answer, whether or not an earlier attempt would do; or why it is refused, as a word of
    `REASONS`."""
    with np.errstate(all="ignore"):  # as in `generate`
        made = _attempt(template, difficulty, seed, attempt)
    return made.shown_as(variant) if isinstance(made, Instance) and variant > 1 else made


def obtain(template: Template, difficulty: int, seed: int, cache: InstanceCache | None, variant: int = 1) -> Instance:
    """`generate`, by way of a cache: a stored value is rebuilt and replayed, and generated anew unless it matches.

    Every variant is generated, answered and cached as the first one, and only shown under its own surface. That no
    instance was found is kept, too: the search is long, and would end the same way for every cell.
    """
    if variant < 1:
        raise ValueError(f"variants count from 1, not {variant}")
    if cache is None:
        made = generate(template, difficulty, seed)
        return made if variant == 1 else made.shown_as(variant)
    ready: list[Instance | GenerationError] = []

    def make() -> Mapping[str, Json]:
        try:
            made = generate(template, difficulty, seed)
        except GenerationError as error:
            ready[:] = [error]
            return {"refused": dict(error.reasons)}
        ready[:] = [made if variant == 1 else made.shown_as(variant)]
        return made.to_json()

    def verify(value: Mapping[str, Json]) -> bool:
        found = _refusal(template, difficulty, seed, value) or from_json(template, difficulty, seed, value, variant)
        ready[:] = [found] if found else []
        return found is not None

    value = cache.fetch(cache_key(template, difficulty, seed), make, verify)
    if not ready and not verify(value):  # a cache that looked for itself, or one that does not verify
        make()
    [found] = ready
    if isinstance(found, GenerationError):
        raise found
    return found


def _refusal(template: Template, difficulty: int, seed: int, value: Mapping[str, Json]) -> GenerationError | None:
    """The error a stored value stands for; None if it stands for none that could have been."""
    counted = value.get("refused")
    if not isinstance(counted, Mapping):
        return None
    rejected = {reason: count for reason, count in counted.items() if reason in REASONS and isinstance(count, int)}
    whole = len(rejected) == len(counted) and sum(rejected.values()) == MOST_ATTEMPTS
    return _none_found(template, difficulty, seed, rejected) if whole else None


def _none_found(template: Template, difficulty: int, seed: int, rejected: Mapping[str, int]) -> GenerationError:
    most = sorted(rejected.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{count}x {reason} ({REASONS[reason]})" for reason, count in most)
    asked = f"{template.name} at difficulty {difficulty}, seed {seed}"
    return GenerationError(f"no acceptable instance of {asked} in {MOST_ATTEMPTS} attempts: {reasons}", dict(rejected))


def cache_key(template: Template, difficulty: int, seed: int) -> str:
    """Of everything an instance depends on."""
    content = {"generator": GENERATOR_VERSION, "template": template.content_hash, "name": template.name}
    return digest({**content, "difficulty": difficulty, "seed": seed})


def _attempt(template: Template, difficulty: int, seed: int, attempt: int) -> Instance | str:
    """An accepted instance, or in one word why not."""
    instance = draft(template, difficulty, seed, attempt)
    rng = stream(template.name, difficulty, seed, Stream.PLANNER, attempt)
    rough = instance.dynamics
    plans = [(0,) * rough.blueprint.max_steps, *(random_plan(rough, rng) for _ in range(RANDOM_PLANS))]
    runs: dict[int, tuple[Rows, Rows]] = {}

    def run(substeps: int) -> Rows:
        runs[substeps] = follow_rows(rough, plans, substeps)
        return runs[substeps][0]

    substeps = fine_enough(run)
    if substeps is None or float(runs[substeps][0].max()) > UNBOUNDED_ABOVE:
        return "unbounded"
    dynamics = replace(rough, substeps=substeps)
    found = search(dynamics, instance.rules, rng)
    if found is None:
        return "unsolvable"
    instance = _guarded(replace(instance, dynamics=dynamics, rules=found.rules).settled(found.plan), found, rng)
    best = instance.marks(*follow(dynamics, instance.plan))
    if best.goal < LEAST_GOAL or best.safety < LEAST_SAFETY:
        return "unsolvable"
    if instance.top - instance.floor < LEAST_GAP:
        return "no_gap"
    utilities = grade_rows(instance.rules, *runs[substeps]).utility.tolist()[1:]
    total = 0.0
    for utility in utilities:
        total += min(max(instance.normalised(utility), 0.0), 1.0)
    # Bounds that the file states are the author's choice; drawing again would only hide what he chose.
    if total / len(utilities) > TRIVIAL_ABOVE and not all(target.stated for target in instance.rules.targets):
        return "trivial"
    return instance


def _guarded(instance: Instance, found: Found, rng: np.random.Generator) -> Instance:
    """The instance, its plan bettered if a reference policy beats it."""
    played = [_played(instance, policy()) for policy in POLICIES]
    best = max(instance.marks(*follow(instance.dynamics, plan)).utility for plan in played)
    if best <= instance.top:
        return instance
    return instance.settled(improve(instance.dynamics, found, played, rng))


def _played(instance: Instance, policy: Greedy) -> Plan:
    """What a reference policy does, as a plan."""
    episode = Episode(instance)
    policy.start(episode.briefing())
    while not episode.over:
        episode.act(policy.decide(episode.observation()))
    return tuple(encode(lever) if lever >= 0 else 0 for lever, _dose in episode.taken)
