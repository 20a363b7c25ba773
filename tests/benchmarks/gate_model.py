"""Made-up batches for `gate_power.py`: what an agent's scores look like, and how they get worse.

A leaf's mean is uniform on [0.4, 0.95], drawn anew for each batch. Each (leaf, seed) has a difficulty that baseline and new run
share: a chance p ~ Beta(c mean, c (1 - mean)) with c = 7/3 for passes and 21 for the others, which makes the two runs of a seed
correlate with 0.3. Scores are 0 or 1 (Bernoulli p), Beta with concentration 8 and mean p, or that with 30 % collapsed to 0
(zero-inflated; the collapses are no seed's). A drop lowers the mean of a leaf by so much (p is scaled), or to 0; of
zero-inflated scores it is more collapses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_alienbio.gate.leaves import Leaf

Floats = NDArray[np.float64]

FAMILIES = ("Bernoulli", "Beta", "zero-infl.")
AGENTS = {12: 2, 36: 3, 100: 5}
"""Of 6, 12 and 20 scenarios each."""
LOWEST, HIGHEST = 0.4, 0.95
COLLAPSED = 0.3
CONCENTRATION = 8.0
SHARED = {"Bernoulli": 7 / 3, "Beta": 21.0, "zero-infl.": 21.0}


@dataclass(frozen=True, slots=True)
class Setting:
    """What batches are made like."""

    family: str
    groups: int
    n: int
    n_base: int | None = None
    """None: on the same seeds. Else so many stored runs a leaf, on others."""
    still: float = 0.0
    """Share of the leaves that give one number, whatever the seed and the run."""
    common: bool = False
    """One difficulty a seed for all leaves, instead of one for each."""

    @property
    def agents(self) -> int:
        """How many."""
        return AGENTS[self.groups]

    def __str__(self) -> str:
        size = f"{self.groups} x {self.n}" if self.n_base is None else f"{self.groups} x {self.n_base}:{self.n}"
        more = ", a fifth unchanged" * bool(self.still) + ", one difficulty a seed" * self.common
        return f"{size} {self.family}{more}"


def pattern(name: str, setting: Setting) -> Floats:
    """The drop of each leaf, shape (groups,): `none`, `all 0.1`, `agent 0.2` (the first), `leaf 0.5` (the first leaf),
    `two agents 0.2`, `three leaves 0.5` (two of the first agent, one of the second), `scenario 0.3` (one, of all agents), or
    `agent 0.2, another up 0.2`."""
    kind, _, size = name.partition(" ")
    found = np.zeros(setting.groups)
    each = setting.groups // setting.agents
    match kind:
        case "none":
            pass
        case "all":
            found[:] = float(size)
        case "agent":
            found[:each] = float(size.partition(",")[0])
            if "up" in size:
                found[each : 2 * each] = -float(size.rpartition(" ")[2])
        case "leaf":
            found[0] = float(size)
        case "two":
            found[: 2 * each] = float(size.rpartition(" ")[2])
        case "three":
            found[[0, 1, each]] = float(size.rpartition(" ")[2])
        case "scenario":
            found[::each] = float(size)
        case _:
            raise ValueError(f"no pattern {name!r}")
    return found


def draw(setting: Setting, drops: Floats, batches: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Baseline and new scores, shapes (batches, groups, n_base or n) and (batches, groups, n)."""
    shape = batches, setting.groups
    mean = rng.uniform(LOWEST, HIGHEST, shape)[..., None]
    n_base = setting.n if setting.n_base is None else setting.n_base
    chance = _chances(setting, mean, n_base, rng)
    other = chance if setting.n_base is None else _chances(setting, mean, setting.n, rng)
    base, new = _scores(setting, mean, chance, np.zeros(setting.groups), rng), _scores(setting, mean, other, drops, rng)
    if setting.still:
        # In a unit of its own, so that it tells nothing of the batch's means.
        same = rng.random(shape) < setting.still
        base[same] = new[same] = 0.75
    return base, new


def leaves(setting: Setting, base: Floats, new: Floats) -> list[Leaf]:
    """One batch, as the gate takes it; shapes (groups, n)."""
    each = setting.groups // setting.agents
    return [
        Leaf.of(f"a{at // each}", f"s{at % each:02}", base[at], new[at], paired=setting.n_base is None)
        for at in range(setting.groups)
    ]


def names(setting: Setting) -> Mapping[tuple[str, str], int]:
    """The place of each leaf."""
    each = setting.groups // setting.agents
    return {(f"a{at // each}", f"s{at % each:02}"): at for at in range(setting.groups)}


def _chances(setting: Setting, mean: Floats, n: int, rng: np.random.Generator) -> Floats:
    c = SHARED[setting.family]
    if not setting.common:
        return rng.beta(c * mean, c * (1 - mean), (*mean.shape[:2], n))
    # The same rank in every leaf: its quantile, read off 4,000 draws of a Beta for each of a row of means.
    places = np.linspace(LOWEST, HIGHEST, 56)
    table = np.sort(rng.beta(c * places[:, None], c * (1 - places[:, None]), (56, 4000)), axis=1)
    rank = rng.integers(0, 4000, (mean.shape[0], 1, n))
    nearest = np.rint((mean - LOWEST) / (places[1] - places[0])).astype(np.int64)
    return np.asarray(table[nearest, rank])


def _scores(setting: Setting, mean: Floats, chance: Floats, drops: Floats, rng: np.random.Generator) -> Floats:
    drop = drops[None, :, None]
    if setting.family != "zero-infl.":
        chance = chance * np.clip((mean - drop) / mean, 0, 1 / np.maximum(chance, 1e-9))
    if setting.family == "Bernoulli":
        return (rng.random(chance.shape) < chance).astype(np.float64)
    inside = np.clip(chance, 1e-6, 1 - 1e-6)
    scores = rng.beta(CONCENTRATION * inside, CONCENTRATION * (1 - inside))
    if setting.family == "Beta":
        return np.where(chance <= 0, 0.0, scores)
    collapsed = np.clip(COLLAPSED + drop / mean, 0, 1)
    return np.where(rng.random(scores.shape) < collapsed, 0.0, scores)
