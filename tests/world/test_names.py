"""Names that cannot be known beforehand."""

from __future__ import annotations

import re

import numpy as np

from pytest_alienbio.world.names import EARTHLY, draw


def test_names_keep_their_prefix_and_differ() -> None:
    """All stems of a world are different, whatever the prefixes."""
    prefixes = ["K"] * 60 + ["ME"] * 60
    names = draw(prefixes, np.random.default_rng(1))
    assert all(re.fullmatch(prefix + "[a-z]{4,}", name) for prefix, name in zip(prefixes, names, strict=True))
    assert len({re.sub("^[A-Z]+", "", name) for name in names}) == 120


def test_names_come_from_the_generator_alone() -> None:
    """Same generator, same names; another, others."""
    assert draw(["K"] * 5, np.random.default_rng(7)) == draw(["K"] * 5, np.random.default_rng(7))
    assert draw(["K"] * 5, np.random.default_rng(7)) != draw(["K"] * 5, np.random.default_rng(8))


def test_no_word_of_earth_comes_out() -> None:
    """2,000 names, none an Earth word or with one inside."""
    stems = [name[1:] for seed in range(20) for name in draw(["K"] * 100, np.random.default_rng(seed))]
    assert not EARTHLY.intersection(stems)
    assert not [stem for stem in stems if any(len(word) > 3 and word in stem for word in EARTHLY)]
