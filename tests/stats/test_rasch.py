"""Abilities and difficulties on one scale, and the scenarios that do not measure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from pytest_alienbio.stats import Unit, rasch
from pytest_alienbio.stats.rasch import ABILITY, DIFFICULTY

AGENTS = np.linspace(-1.5, 1.5, 7)
SCENARIOS = np.linspace(-2, 2, 24)


def cells(seed: int, seeds: int = 30) -> dict[str, list[Unit]]:
    """Seven agents on 24 scenarios of known difficulty."""
    rng = np.random.default_rng(seed)
    return {
        f"a{row}": [
            Unit(f"s{at:02}", s, None, passed=bool(rng.random() < 1 / (1 + np.exp(difficulty - ability))))
            for at, difficulty in enumerate(SCENARIOS)
            for s in range(seeds)
        ]
        for row, ability in enumerate(AGENTS)
    }


def test_it_finds_what_the_scores_were_made_from() -> None:
    """The order of agents, and all but few truths inside their 95 % intervals (differences to the mean: the origin is free)."""
    found = rasch(cells(0))
    assert list(found.abilities) == [f"a{row}" for row in range(6, -1, -1)]
    shown = {item.scenario: item for item in found.items}
    values = np.array([shown[f"s{at:02}"].difficulty.value for at in range(24)])
    errors = np.array([shown[f"s{at:02}"].difficulty.stderr for at in range(24)])
    off = (values - values.mean()) - (SCENARIOS - SCENARIOS.mean())
    assert (np.abs(off) < 1.96 * errors).sum() >= 20
    hardest_first = [item.difficulty.value or 0.0 for item in found.items]
    assert hardest_first == sorted(hardest_first, reverse=True)
    assert [item for item in found.items if item.fault] == []


def test_the_mode_is_where_scipy_finds_it() -> None:
    """The posterior written out again, and minimised by BFGS."""
    units = cells(1, 3)
    found = rasch(units)
    passed = np.array(
        [[sum(u.passed or 0 for u in mine if u.scenario == f"s{at:02}") for at in range(24)] for mine in units.values()]
    )

    def depth(at: np.ndarray) -> float:
        z = at[:7, None] - at[None, 7:]
        fit = (passed * z - 3 * np.logaddexp(0, z)).sum()
        return float(-fit + (at[:7] ** 2).sum() / 2 / ABILITY**2 + (at[7:] ** 2).sum() / 2 / DIFFICULTY**2)

    theirs = minimize(depth, np.zeros(31), method="BFGS", options={"gtol": 1e-7}).x
    assert [found.abilities[f"a{row}"].value for row in range(7)] == pytest.approx(theirs[:7].tolist(), abs=1e-4)


def test_broken_scenarios_are_found() -> None:
    """One that nobody passes, one that everybody does, and one that the better agents fail."""
    units = cells(2)
    for row, mine in enumerate(units.values()):
        mine += [Unit("x_none", s, None, passed=False) for s in range(30)]
        mine += [Unit("x_all", s, None, passed=True) for s in range(30)]
        mine += [Unit("x_turned", s, None, passed=s % 7 >= row) for s in range(28)]
    found = rasch(units)
    faults = {item.scenario: item.fault for item in found.items if item.fault}
    assert faults == {"x_none": "nobody passes", "x_all": "everybody passes", "x_turned": "better agents fail more"}
    turned = next(item for item in found.items if item.scenario == "x_turned")
    assert turned.item_rest is not None
    assert turned.item_rest < -0.9
    assert found.items[0].scenario == "x_none"
    assert all(np.isfinite(item.difficulty.value or np.nan) for item in found.items)


def test_too_few_agents_or_scenarios_have_no_fit() -> None:
    few = {name: mine for name, mine in cells(0, 1).items() if name < "a4"}
    found = rasch(few)
    assert found.why == "takes 5 agents and 20 scenarios, there are 4 and 24: the table of leaf means says as much"
    assert (found.abilities, found.items) == ({}, ())


def test_cells_that_were_not_judged_are_left_out() -> None:
    """An agent that none of its cells were judged of is no agent here, and gaps do no harm."""
    units = cells(3, 4)
    units["a0"] = [unit for unit in units["a0"] if unit.scenario > "s11"]
    units["late"] = [Unit("s00", 0, None, why="timed_out")]
    found = rasch(units)
    assert "late" not in found.abilities
    assert found.abilities["a0"].n == 48


def test_more_cells_of_a_world_do_not_make_it_surer() -> None:
    rng = np.random.default_rng(5)
    verdicts = rng.random((5, 20, 4)) < 0.5

    def cells(variants: int) -> dict[str, list[Unit]]:
        return {
            f"agent {a}": [
                Unit(f"s{s:02}", n, None, passed=bool(verdicts[a, s, n]), variant=1 + v)
                for s in range(20)
                for n in range(4)
                for v in range(variants)
            ]
            for a in range(5)
        }

    assert rasch(cells(3)).abilities == rasch(cells(1)).abilities
