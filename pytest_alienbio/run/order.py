"""In which order cells are played where several play at once: the longest first, those of one world side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

BATCH_S = 1.0
"""Seconds of expected work that a worker has before it at most, unless two cells are more: whoever hands it out is asked
seldom enough, and what a worker has nobody else can take."""
PARTS = 8
"""Parts of each worker's share, so that the last of them are small beside it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A cell as the order sees it."""

    seconds: float
    """Expected, without generating its world."""
    world: str = ""
    """Cells of one world meet it side by side; '' = there is nothing to share."""
    making_s: float = 0.0
    """Expected of generating its world; 0 = it is there."""
    stage: int = 0
    """Later stages are played after all of an earlier one: they may turn out needless."""


def line_up(jobs: Sequence[Job], batch_s: float = 0.0) -> list[tuple[int, ...]]:
    """The places of `jobs` in bundles, in the order in which these should begin.

    Cells of one world share a bundle as far as they take no more than `batch_s` together. Where the world is still to be
    generated, the first bundle does it, and stands before the others of that world. Within a stage those come first from
    whose beginning the longest way leads to an end, a bundle or a world's first and its longest other one (highest level
    first: Hu, Operations Research 9, 1961; without worlds the longest first: Graham, SIAM J. Appl. Math. 17, 1969). Equal ones
    keep the order of `jobs`.
    """
    worlds: dict[tuple[int, str | int], list[int]] = {}
    for at, job in enumerate(jobs):
        worlds.setdefault((job.stage, job.world or at), []).append(at)
    ranked: list[tuple[int, float, int, tuple[int, ...]]] = []
    for (stage, _), members in worlds.items():
        first, *others = _cut(jobs, members, batch_s)
        making_s = max(jobs[at].making_s for at in members)
        ways = [seconds_of(jobs, others_bundle) for others_bundle in others]
        way = seconds_of(jobs, first) + (making_s + max(ways, default=0.0) if making_s else 0.0)
        for bundle, length in zip((first, *others), (way, *ways), strict=True):
            ranked.append((stage, -length, min(bundle), bundle))
    return [bundle for *_, bundle in sorted(ranked)]


def batch_of(jobs: Iterable[Job], workers: int) -> float:
    """Seconds of a bundle: `BATCH_S`, or less where a worker's share is small."""
    return min(BATCH_S, fsum(job.seconds + job.making_s for job in jobs) / (PARTS * max(workers, 1)))


def seconds_of(jobs: Sequence[Job], places: Iterable[int]) -> float:
    """What the cells at these places take, one after the other, worlds apart."""
    return fsum(jobs[at].seconds for at in places)


def _cut(jobs: Sequence[Job], members: Sequence[int], batch_s: float) -> list[tuple[int, ...]]:
    """The cells of one world in bundles, the longest cells first."""
    found: list[list[int]] = []
    taken = 0.0
    for at in sorted(members, key=lambda at: -jobs[at].seconds):
        taken += jobs[at].seconds
        if not found or taken > batch_s:
            found.append([])
            taken = jobs[at].seconds
        found[-1].append(at)
    return [tuple(bundle) for bundle in found]
