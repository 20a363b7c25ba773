"""All examinations, one after the other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from .commands import of_this_shell
from .leftovers import of_clock, of_locks, of_open_runs, of_time_zone
from .place import of_place
from .symptom import Symptom
from .versions import of_this_python

CHECKS: Mapping[str, Callable[[Path], Iterator[Symptom]]] = {
    "versions and extras": lambda root: of_this_python(),
    "commands and processes": lambda root: of_this_shell(),
    "the data root": of_place,
    "the clock": lambda root: (*of_clock(root, time.time()), *of_time_zone(os.environ)).__iter__(),
    "open runs": of_open_runs,
    "locks": of_locks,
}
"""What is looked at, and by whom."""


def examine(root: Path) -> tuple[Symptom, ...]:
    """Everything that is to be said of this environment and the data root, what is grave first. One that breaks is said."""
    found: list[Symptom] = []
    for name, look in CHECKS.items():
        try:
            found += look(root)
        except Exception as error:  # noqa: BLE001 - an odd machine is what it is for; the other checks go on
            what = f"{name} could not be looked at: {type(error).__name__}: {error}"
            found.append(Symptom("doctor", what, "what is not known may be wrong", "please report it"))
    return tuple(sorted(found, key=lambda each: not each.grave))
