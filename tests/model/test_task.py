"""A task's seeds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Task


def test_a_trials_seed_is_what_the_documented_formula_gives() -> None:
    """Part of the format: the first 32 bits of SHA-256 of `<random_seed>:<trial>`; these are of `printf 42:1 | sha256sum`."""
    assert [Task("t", random_seed=42).seed_of(trial) for trial in (1, 2)] == [0x03DDF851, 0xCDF56F97]


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**31))
def test_a_seed_fits_numpy_and_depends_on_both(random_seed: int, trial: int) -> None:
    """numpy takes 32 bits; trials of one experiment, and experiments, differ."""
    seed = Task("t", random_seed=random_seed).seed_of(trial)
    assert seed is not None
    assert 0 <= seed < 2**32
    assert seed == Task("another", random_seed=random_seed, metrics=("m",)).seed_of(trial)
    assert seed != Task("t", random_seed=random_seed).seed_of(trial + 1)


def test_without_a_random_seed_nothing_is_seeded() -> None:
    assert Task("t", random_seed=None).seed_of(1) is None
