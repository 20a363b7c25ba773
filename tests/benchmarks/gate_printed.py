"""Figures of the study that the gate's constants come from, to stand beside what `gate_power.py` measures.

Simulated on batches like those of `gate_model.py`, 1000 of each (power) or 300 to 600 (other tools' false alarms).
"""

from __future__ import annotations

from dataclasses import dataclass

PATTERNS = ("all 0.1", "agent 0.2", "leaf 0.5")
BATCHES = 1000
RIVALS = {
    "ES": "evalsig, swapped pooled",
    "EA": "evalsig per agent + Holm",
    "EL": "evalsig per leaf + Holm",
    "ET": "evalsig, its tree + Holm",
    "GL": "evalgate, McNemar per leaf",
    "DP": "deltagate, pooled",
    "DA": "deltagate per agent",
}
"""Tools that keep their level; the figures are those of the best of them, chosen for each entry."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One entry: the share of batches that failed."""

    gate: float
    rival: float
    who: str
    ahead: float
    """The gate less that rival, from unrounded figures."""


_POWER = """
Bernoulli 12 3 | .26 .21 DP +.048 | .28 .24 DA +.043 | .11 .07 DP +.039
Bernoulli 12 5 | .38 .34 ES +.037 | .42 .40 DA +.017 | .19 .10 DA +.086
Bernoulli 12 10 | .59 .62 ES -.025 | .73 .70 EA +.026 | .45 .36 GL +.089
Bernoulli 36 3 | .55 .58 ES -.031 | .46 .41 DA +.049 | .08 .07 ES +.012
Bernoulli 36 5 | .74 .79 ES -.047 | .64 .61 EA +.021 | .13 .10 ES +.031
Bernoulli 36 10 | .95 .96 ES -.010 | .92 .94 EA -.024 | .34 .36 GL -.027
Beta 12 3 | .86 .87 ES -.002 | .94 .95 EA -.013 | .25 .22 ES +.036
Beta 12 5 | .97 .97 ES +.000 | .99 1.00 EA -.004 | .89 .33 ES +.560
Beta 12 10 | 1.00 1.00 ES +.000 | 1.00 1.00 ET +.000 | 1.00 .99 EL +.005
Beta 36 3 | 1.00 1.00 ES -.001 | 1.00 1.00 EA -.001 | .24 .14 ES +.096
Beta 36 5 | 1.00 1.00 ES +.000 | 1.00 1.00 ET +.000 | .89 .22 ES +.669
Beta 36 10 | 1.00 1.00 ET +.000 | 1.00 1.00 ET +.000 | 1.00 .92 ET +.083
zero-infl. 12 3 | .32 .33 ES -.010 | .40 .39 EA +.006 | .11 .10 ES +.011
zero-infl. 12 5 | .43 .43 ES +.003 | .58 .58 EA -.002 | .17 .14 ES +.031
zero-infl. 12 10 | .70 .73 ES -.026 | .88 .88 EA -.001 | .48 .34 EL +.136
zero-infl. 36 3 | .68 .68 ES -.003 | .58 .59 EA -.011 | .07 .08 ES -.012
zero-infl. 36 5 | .82 .84 ES -.012 | .79 .80 EA -.013 | .11 .08 ES +.030
zero-infl. 36 10 | .98 .98 ES +.003 | .99 .99 EA -.001 | .32 .12 ES +.201
"""
"""Family, groups, seeds; for each of PATTERNS: this gate, the best rival, which, and the difference."""

_LEVEL = """
12 3 Bernoulli 0.98 0.98 0.02 0.02 0.02
12 3 Beta 1.00 0.92 0.13 0.02 0.00
12 3 zero-infl. 1.00 0.99 0.21 0.10 0.05
12 5 Bernoulli 0.98 0.98 0.11 0.03 0.00
12 5 Beta 1.00 0.82 0.12 0.01 0.00
12 5 zero-infl. 1.00 0.99 0.23 0.03 0.01
12 10 Bernoulli 0.99 0.89 0.07 0.02 0.00
12 10 Beta 0.97 0.48 0.10 0.01 0.00
12 10 zero-infl. 0.99 0.96 0.25 0.04 0.00
12 30 Bernoulli 0.99 0.73 0.10 0.01 0.00
12 30 Beta 0.90 0.06 0.10 0.01 0.00
12 30 zero-infl. 1.00 0.80 0.23 0.05 0.00
36 3 Bernoulli 1.00 1.00 0.12 0.12 0.12
36 3 Beta 1.00 1.00 0.37 0.02 0.01
36 3 zero-infl. 1.00 1.00 0.53 0.16 0.13
36 5 Bernoulli 1.00 1.00 0.30 0.00 0.00
36 5 Beta 1.00 0.99 0.26 0.03 0.01
36 5 zero-infl. 1.00 1.00 0.56 0.07 0.05
36 10 Bernoulli 1.00 1.00 0.17 0.01 0.00
36 10 Beta 1.00 0.89 0.26 0.01 0.00
36 10 zero-infl. 1.00 1.00 0.57 0.06 0.01
36 30 Bernoulli 1.00 0.99 0.31 0.01 0.00
36 30 Beta 1.00 0.16 0.26 0.01 0.01
36 30 zero-infl. 1.00 1.00 0.52 0.03 0.00
100 3 Bernoulli 1.00 1.00 0.31 0.31 0.31
100 3 Beta 1.00 1.00 0.72 0.01 0.01
100 3 zero-infl. 1.00 1.00 0.90 0.36 0.38
100 5 Bernoulli 1.00 1.00 0.66 0.01 0.01
100 5 Beta 1.00 1.00 0.65 0.01 0.01
100 5 zero-infl. 1.00 1.00 0.90 0.09 0.10
100 10 Bernoulli 1.00 1.00 0.43 0.01 0.00
100 10 Beta 1.00 0.99 0.53 0.00 0.00
100 10 zero-infl. 1.00 1.00 0.91 0.06 0.01
100 30 Bernoulli 1.00 1.00 0.61 0.01 0.00
100 30 Beta 1.00 0.38 0.52 0.01 0.01
100 30 zero-infl. 1.00 1.00 0.88 0.03 0.01
"""
"""Groups, seeds, family: any mean drop > 5 %, > 0.1, t p < .05, t + Bonferroni, asv."""


def power() -> dict[tuple[str, int, int, str], Printed]:
    """By family, groups, seeds and pattern."""
    found = {}
    for line in _POWER.strip().splitlines():
        head, *cells = line.split(" | ")
        family, groups, n = head.split()
        for name, cell in zip(PATTERNS, cells, strict=True):
            gate, rival, who, ahead = cell.split()
            found[family, int(groups), int(n), name] = Printed(float(gate), float(rival), who, float(ahead))
    return found


def alarms() -> dict[tuple[str, int, int], tuple[float, ...]]:
    """Of the first five of `gate_rivals.RULES`, where nothing changed; by family, groups and seeds."""
    found = {}
    for line in _LEVEL.strip().splitlines():
        groups, n, family, *rates = line.split()
        found[family, int(groups), int(n)] = tuple(map(float, rates))
    return found


CONTROL = {
    ("Beta", 36, 10, "agent 0.2"): 0.047,
    ("Bernoulli", 36, 10, "two agents 0.2"): 0.029,
    ("Beta", 12, 3, "agent 0.2"): 0.045,
    ("zero-infl.", 36, 5, "agent 0.2"): 0.030,
    ("Beta", 36, 5, "three leaves 0.5"): 0.041,
    ("Beta", 12, 10, "leaf 0.5"): 0.039,
    ("Beta", 12, 5, "leaf 0.5"): 0.046,
    ("Beta", 36, 10, "agent 0.2, another up 0.2"): 0.025,
}
"""Share of batches in which a node without a regression was named; 1500 batches each."""

TOLERANCE = {
    ("Bernoulli", 36, 10, "all 0.05"): 0.046,
    ("Beta", 36, 10, "all 0.05"): 0.047,
    ("zero-infl.", 36, 5, "all 0.05"): 0.051,
    ("Beta", 12, 5, "all 0.05"): 0.043,
    ("Bernoulli", 36, 3, "all 0.05"): 0.037,
    ("Bernoulli", 36, 10, "all 0.03"): 0.003,
    ("Bernoulli", 36, 10, "none"): 0.003,
    ("Bernoulli", 36, 10, "all 0.15"): 0.94,
    ("Beta", 36, 10, "all 0.1"): 1.00,
}
"""With a tolerance of 0.05. Of the settings behind .03 and no drop the study does not tell which they were."""

STORED = {
    ("Bernoulli", 3, "all 0.1"): 0.66,
    ("zero-infl.", 3, "all 0.1"): 0.84,
    ("Bernoulli", 3, "agent 0.2"): 0.61,
    ("zero-infl.", 3, "agent 0.2"): 0.86,
    ("Bernoulli", 3, "leaf 0.5"): 0.07,
    ("Beta", 3, "leaf 0.5"): 0.77,
    ("zero-infl.", 3, "leaf 0.5"): 0.09,
    ("Bernoulli", 5, "all 0.1"): 0.86,
    ("zero-infl.", 5, "all 0.1"): 0.97,
    ("Bernoulli", 5, "leaf 0.5"): 0.16,
    ("Beta", 5, "leaf 0.5"): 0.98,
    ("zero-infl.", 5, "leaf 0.5"): 0.12,
}
"""Against 30 stored runs a leaf on other seeds, 36 groups; by family and new seeds."""

CONFIRM = {
    (12, 3): {"Bernoulli": 0.38, "Beta": 1.00, "zero-infl.": 0.57},
    (36, 3): {"Bernoulli": 0.43, "Beta": 1.00, "zero-infl.": 0.44},
    (36, 5): {"Bernoulli": 0.46, "Beta": 1.00, "zero-infl.": 0.52},
}
"""One leaf drops by 0.5; groups and seeds of the first stage, then 10 fresh ones; 300 batches. False alarms: .037 to .058."""

LOOKS = {
    ("Bernoulli", "none"): (0.025, 9.9),
    ("Bernoulli", "all 0.1"): (0.913, 7.3),
    ("Bernoulli", "agent 0.2"): (0.910, 7.3),
    ("Beta", "none"): (0.062, 9.7),
    ("Beta", "all 0.05"): (0.993, 4.8),
    ("zero-infl.", "none"): (0.025, 9.9),
    ("zero-infl.", "all 0.1"): (0.927, 6.2),
    ("zero-infl.", "agent 0.2"): (0.990, 5.9),
}
"""Looks after 3, 5 and 10 seeds at .01, .015 and .025, 36 groups: share that failed, and mean seeds. Of an older test."""
