"""The order in which cells begin where several play at once, held against what is known of list scheduling."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise, product
from math import fsum

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.run.order import BATCH_S, Job, batch_of, line_up, seconds_of

SECONDS = st.integers(1, 400).map(lambda tick: tick / 8)
"""Sums of these are exact, so bounds need no slack."""
JOBS = st.lists(
    st.builds(Job, SECONDS, st.sampled_from(["", "a", "b", "c"]), st.sampled_from([0.0, 0.25, 4.0]), st.integers(0, 1)),
    max_size=24,
)
PLAIN = st.lists(SECONDS.map(Job), min_size=1, max_size=24)


def makespan(lengths: Sequence[float], workers: int) -> float:
    """When the last ends if each worker takes the next as soon as it is free."""
    free = [0.0] * workers
    for length in lengths:
        heapq.heapreplace(free, free[0] + length)
    return max(free)


def best(lengths: Sequence[float], workers: int) -> float:
    """The least that any assignment takes, by trying all."""
    return min(
        max(fsum(length for length, at in zip(lengths, chosen, strict=True) if at == worker) for worker in range(workers))
        for chosen in product(range(workers), repeat=len(lengths))
    )


@given(JOBS, st.sampled_from([0.0, 1.0, 20.0]))
def test_every_cell_is_in_one_bundle(jobs: list[Job], batch_s: float) -> None:
    assert sorted(at for bundle in line_up(jobs, batch_s) for at in bundle) == list(range(len(jobs)))


@given(JOBS, st.sampled_from([0.0, 1.0, 20.0]))
def test_a_bundle_is_of_one_world_and_short(jobs: list[Job], batch_s: float) -> None:
    """A cell that is longer by itself has it for itself; what belongs to no world is alone."""
    for bundle in line_up(jobs, batch_s):
        assert len({(jobs[at].stage, jobs[at].world or at) for at in bundle}) == 1
        assert len(bundle) == 1 or seconds_of(jobs, bundle) <= batch_s


@given(JOBS, st.sampled_from([0.0, 1.0]))
def test_stages_follow_one_another(jobs: list[Job], batch_s: float) -> None:
    stages = [jobs[at].stage for bundle in line_up(jobs, batch_s) for at in bundle]
    assert stages == sorted(stages)


@given(JOBS, st.sampled_from([0.0, 1.0, 20.0]))
def test_a_shorter_bundle_begins_earlier_only_to_make_a_world(jobs: list[Job], batch_s: float) -> None:
    """Or in an earlier stage. Who makes a world counts for the making, and for the longest that waits for it, too."""
    cold = {(job.stage, job.world or at) for at, job in enumerate(jobs) if job.making_s}
    met: set[tuple[int, str | int]] = set()
    latest: dict[int, float] = {}
    for bundle in line_up(jobs, batch_s):
        stage, world = jobs[bundle[0]].stage, (jobs[bundle[0]].stage, jobs[bundle[0]].world or bundle[0])
        length = seconds_of(jobs, bundle)
        assert length <= latest.get(stage, length)
        if world in cold and world not in met:
            met.add(world)
        else:
            latest[stage] = length


@given(st.integers(1, 30))
def test_equal_cells_keep_their_order(count: int) -> None:
    assert line_up([Job(1.0)] * count) == [(at,) for at in range(count)]


@given(PLAIN, st.integers(1, 8))
def test_the_order_keeps_the_bound_of_list_scheduling(jobs: list[Job], workers: int) -> None:
    """`T/w + (1 - 1/w) longest` (Graham 1966), whatever the order; and a longer one never comes after a shorter."""
    lengths = [seconds_of(jobs, bundle) for bundle in line_up(jobs)]
    assert makespan(lengths, workers) <= fsum(lengths) / workers + (1 - 1 / workers) * max(lengths) + 1e-9
    assert all(one >= other for one, other in pairwise(lengths))


@given(st.lists(SECONDS.map(Job), min_size=1, max_size=7), st.integers(2, 3))
def test_the_longest_first_is_near_the_best_there_is(jobs: list[Job], workers: int) -> None:
    """At most `4/3 - 1/(3w)` of it (Graham 1969)."""
    lengths = [seconds_of(jobs, bundle) for bundle in line_up(jobs)]
    assert makespan(lengths, workers) <= (4 / 3 - 1 / (3 * workers)) * best(lengths, workers) + 1e-9


def test_a_world_is_made_before_others_of_it_begin_and_a_long_cell_before_both() -> None:
    """Two cells of a cold world, a long cell, and a short one: the long one first, the maker next, its sibling last."""
    jobs = [Job(0.2, "cold", 0.5), Job(0.3, "cold", 0.5), Job(2.0), Job(0.9), Job(0.5, "warm"), Job(0.1, "warm")]
    assert line_up(jobs, 0.6) == [(2,), (1, 0), (3,), (4, 5)]
    assert line_up(jobs) == [(2,), (1,), (3,), (4,), (0,), (5,)]


def test_bundles_are_small_beside_a_workers_share() -> None:
    """So that the last of them leave nobody idle for long; of long runs they take a second."""
    assert batch_of([Job(0.1, "w", 0.3)] * 4, workers=2) == 1.6 / 16
    assert batch_of([Job(1.0)] * 1000, workers=2) == BATCH_S
    assert batch_of([], workers=2) == 0.0
