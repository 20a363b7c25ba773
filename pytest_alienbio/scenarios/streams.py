"""Where randomness comes from: one independent stream per purpose, so that a change of one leaves the others alone."""

from __future__ import annotations

from enum import IntEnum
from zlib import crc32

import numpy as np

GENERATOR_VERSION = "1"
"""Part of every content hash and cache key: raise it whenever the same file and seed would give another instance."""


class Stream(IntEnum):
    """What a stream is for. `k` of `stream` tells its uses apart."""

    STRUCTURE = 0
    """Numbers of things and rates; k = attempt."""
    SURFACE = 1
    """Alien names, the order of levers; k = variant."""
    NOISE = 2
    """The table of reading errors; k = variant."""
    PLANNER = 3
    """The oracle's search; k = attempt."""


def stream(scenario: str, difficulty: int, seed: int, purpose: Stream, k: int = 0) -> np.random.Generator:
    """A fresh generator (PCG64) that depends on nothing but its arguments and the generator version."""
    entropy = [crc32(GENERATOR_VERSION.encode()), crc32(scenario.encode()), difficulty, seed]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=(int(purpose), k))))
