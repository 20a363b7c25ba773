"""Names nobody can know beforehand: pronounceable, unique within a world, free of Earth's words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ONSETS = ("br", "d", "dr", "f", "fl", "g", "gl", "h", "j", "k", "kr", "l", "m", "n", "ph", "r", "skr", "th", "v", "z")
VOWELS = ("a", "ae", "ai", "e", "ei", "i", "o", "oi", "u", "y")
CODAS = ("", "k", "l", "m", "n", "r", "sh", "ss", "th", "x")

# fmt: off
EARTHLY = frozenset((
    "algae", "alien", "bacon", "bear", "cell", "deer", "dino", "drone", "fish", "fly", "fox", "frog", "gene", "hen",
    "human", "iron", "lion", "liver", "man", "moth", "mouse", "mole", "none", "null", "nan", "oil", "ozone", "pig",
    "plant", "ram", "rat", "salmon", "shell", "snake", "soil", "sugar", "toxin", "virus", "vole", "water", "worm", "yeast",
    "zinc",
))
# fmt: on
"""Stems that are refused: an Earth word would be a hint (or a joke)."""


def draw(prefixes: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """One name per prefix (`K` organisms, `ME` energy, ...), all stems different. Draws only from `rng`."""
    taken: set[str] = set()
    names = []
    for prefix in prefixes:
        stem = _stem(rng)
        while stem in taken or stem in EARTHLY or any(word in stem for word in EARTHLY if len(word) > 3):
            stem = _stem(rng)
        taken.add(stem)
        names.append(prefix + stem)
    return tuple(names)


def _stem(rng: np.random.Generator) -> str:
    parts = [table[int(rng.integers(len(table)))] for table in (ONSETS, VOWELS, ONSETS, VOWELS, CODAS)]
    return "".join(parts)
