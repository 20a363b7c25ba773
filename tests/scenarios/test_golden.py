"""Worlds of every shipped scenario as they came out once: the same bits where they were recorded, nearly the same elsewhere.

If a change is meant to alter them, raise `GENERATOR_VERSION` and record anew: `python -m tests.scenarios.test_golden`.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from pytest_alienbio.model import Json, canonical, digest
from pytest_alienbio.scenarios.dynamics import follow
from pytest_alienbio.scenarios.instance import Instance
from pytest_alienbio.scenarios.streams import GENERATOR_VERSION

from .parts import BALANCE, CATALOG, COMPETITION, HIDDEN, REFUGE, instance

FILE = Path(__file__).with_name("golden.json")
EVERY_LEVEL = (HIDDEN, COMPETITION)
SOME_LEVELS = ("regulation/setpoint", "regulation/blocked_step", "stewardship/toxin", "stewardship/harvest", BALANCE, REFUGE)
"""The easiest and the hardest: all that a level changes is in one of the two or between them."""
CASES = {
    f"{name} d{d} s{d % 2}": (name, d, d % 2)
    for names, levels in ((EVERY_LEVEL, (1, 2, 3, 4, 5)), (SOME_LEVELS, (1, 5)))
    for name in names
    for d in levels
}
HERE = f"{platform.system()} {platform.machine()}"


def bits(of: Instance) -> str:
    """A hash over everything an agent or a scorer could notice, to the last bit."""
    path, spent = follow(of.dynamics, of.plan)
    return digest(
        {
            "stored": of.to_json(),
            "names": list(of.surface.names),
            "order": list(of.surface.lever_order),
            "noise": [[deviate.hex() for deviate in row] for row in of.surface.noise],
            "path": [[value.hex() for value in state] for state in path],
            "spent": spent.hex(),
        }
    )


def record() -> None:
    """Writes the file anew."""
    cases: dict[str, dict[str, Json]] = {}
    for key, case in CASES.items():
        of = instance(*case)
        path, _spent = follow(of.dynamics, of.plan)
        final = [round(value, 9) for value in path[-1]]
        cases[key] = {"bits": bits(of), "attempt": of.attempt, "plan": list(of.plan), "top": round(of.top, 12), "final": final}
    lines = ",\n".join(f"  {canonical(key)}: {canonical(value)}" for key, value in cases.items())
    FILE.write_text(f'{{"generator": "{GENERATOR_VERSION}", "platform": "{HERE}", "cases": {{\n{lines}\n}}}}\n')


GOLDEN = json.loads(FILE.read_text()) if FILE.exists() else json.loads('{"cases": {}, "platform": "", "generator": ""}')


def test_the_file_is_of_this_generator_version() -> None:
    """A new version needs new hashes, and new hashes a new version."""
    assert GOLDEN["generator"] == GENERATOR_VERSION
    assert set(GOLDEN["cases"]) == set(CASES)
    shipped = {path.relative_to(CATALOG).with_suffix("").as_posix() for path in CATALOG.rglob("*.yaml")}
    assert {name for name, _, _ in CASES.values()} == shipped


@pytest.mark.parametrize("key", sorted(CASES))
def test_an_instance_has_the_recorded_bits(key: str) -> None:
    """World, words, noise, targets, plan and path. Elsewhere than on the recording platform only the test below holds."""
    if GOLDEN["platform"] != HERE:
        pytest.skip(f"recorded on {GOLDEN['platform']}")
    assert bits(instance(*CASES[key])) == GOLDEN["cases"][key]["bits"]


@pytest.mark.parametrize("key", sorted(CASES))
def test_the_recorded_plan_ends_where_it_did(key: str) -> None:
    """Within 1e-9 on any platform."""
    of, recorded = instance(*CASES[key]), GOLDEN["cases"][key]
    path, spent = follow(of.dynamics, recorded["plan"])
    assert path[-1] == pytest.approx(recorded["final"], rel=1e-9, abs=1e-9)
    if of.plan == tuple(recorded["plan"]):
        assert of.marks(path, spent).utility == pytest.approx(recorded["top"], rel=1e-9)


if __name__ == "__main__":
    record()
