"""Small batches and baselines for tests of the gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from pytest_alienbio.gate.leaves import Leaf
from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell

Name = tuple[str, str]
Numbers = Mapping[Name, Sequence[float | None]]


def batch(
    numbers: Numbers,
    *,
    first: int = 0,
    metric: str = "score",
    better: str = "higher",
    deterministic: Collection[str] = (),
    difficulty: int | None = None,
    variant: int = 1,
    params: str = "",
) -> Batch:
    """One cell a number, on the seeds from `first` on; None: the cell timed out."""
    cells = tuple(
        BatchCell(
            agent,
            scenario,
            first + at,
            difficulty,
            params,
            variant,
            {} if value is None else {metric: value},
            "timed_out" if value is None else "",
        )
        for (agent, scenario), values in numbers.items()
        for at, value in enumerate(values)
    )
    agents = {agent: AgentVersion(deterministic=agent in deterministic) for agent, _ in numbers}
    return Batch("small", cells, {metric: better}, agents=agents)


def baseline(numbers: Numbers | Batch, *, verified: Collection[Name] = ()) -> Baseline:
    """A stored baseline of these numbers."""
    made = numbers if isinstance(numbers, Batch) else batch(numbers)
    return Baseline(made, "baselines/small.json", verified=frozenset(verified))


def joined(*batches: Batch) -> Batch:
    """Their cells as one batch."""
    return Batch("small", tuple(cell for each in batches for cell in each.cells), batches[0].better, agents=batches[0].agents)


def scores(
    agents: int, scenarios: int, n: int, *, seed: int, drops: Mapping[Name, float] | None = None
) -> dict[Name, list[float]]:
    """Beta scores of agents a, b, ... on scenarios s0, s1, ...; `drops` by leaf, '' for any agent or scenario."""
    rng = np.random.default_rng(seed)
    found = {}
    for agent in "abcdefgh"[:agents]:
        for scenario in (f"s{at}" for at in range(scenarios)):
            fell = max((d for (a, s), d in (drops or {}).items() if a in ("", agent) and s in ("", scenario)), default=0.0)
            found[agent, scenario] = np.clip(rng.beta(5, 3, n) - fell, 0, 1).tolist()
    return found


def leaves(base: Numbers, new: Numbers, *, paired: bool = True) -> list[Leaf]:
    """What `weigh` takes, of whole numbers."""
    return [
        Leaf.of(*name, [float(value or 0) for value in base[name]], [float(value or 0) for value in new[name]], paired=paired)
        for name in base
    ]
