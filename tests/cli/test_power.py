"""`bio power` and `Bio.required_seeds`: from stored runs to how many seeds."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_alienbio.api import Bio
from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import Result
from pytest_alienbio.stats import detectable_drop, required_seeds
from pytest_alienbio.stats.required_seeds import upper_sd

from ..results.parts import cell, write_dat
from .conftest import Desk

SCENARIOS = ("m/x", "m/y", "m/z")
SEEDS = 6


def scores(run: int) -> dict[tuple[str, str], list[float]]:
    """Of two agents in three scenarios; the second run shares the seeds' difficulty with the first."""
    shared, own = np.random.default_rng(1), np.random.default_rng(2 + run)
    return {
        (agent, scenario): np.round(0.5 + 0.2 * shared.standard_normal(SEEDS) + 0.05 * own.standard_normal(SEEDS), 6).tolist()
        for agent in ("greedy", "random")
        for scenario in SCENARIOS
    }


def results(table: dict[tuple[str, str], list[float]], more: Iterable[Result] = ()) -> list[Result]:
    """As cells, with an oracle that always has 1."""
    found = [cell(scenario, agent, seed, score) for (agent, scenario), mine in table.items() for seed, score in enumerate(mine)]
    found += [cell(scenario, "oracle", seed, 1.0) for scenario in SCENARIOS for seed in range(SEEDS)]
    return [*found, *more]


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """A project with two runs of `mine`."""
    import os

    for run in (0, 1):
        lost = [cell("m/x", "greedy", 99)] if run else []
        folder = write_dat(desk.path / f"data/results/mine/2026-01-0{run + 1}_001", results(scores(run), lost), battery="mine")
        os.utime(folder / "_spec_.yaml", (1_760_000_000 + run,) * 2)
    return desk


def told(desk: Desk, *argv: str) -> Any:
    """What machines get."""
    said = desk.bio("power", *argv, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)["sections"]


def test_one_run_tells_the_spread_from_seed_to_seed(shelf: Desk) -> None:
    """Every number is that of `stats.required_seeds` on numpy's variances."""
    found = told(shelf, "mine", "--effect", "0.05")
    assert found["results"]["terms"]["spread"] == "seeds"
    rows = {row["agent"]: row for row in found["plan"]["agents"]}
    assert list(rows) == [None, "greedy", "random"]
    overall, greedy = rows[None], rows["greedy"]
    variances = [2 * float(np.var(mine, ddof=1)) for (agent, _), mine in scores(1).items() if agent == "greedy"]
    sd = sqrt(float(np.mean(variances)))
    df = float(sum(variances) ** 2 / sum(each**2 / (SEEDS - 1) for each in variances))
    plan = required_seeds(0.05, sd, scenarios=3, tests=2, pilot=df + 1)
    assert greedy["sd_diff"] == pytest.approx(sd)
    assert (greedy["seeds"], greedy["cells"], greedy["n"]) == (plan.n, plan.total_cells, SEEDS)
    assert greedy["detectable"] == pytest.approx(detectable_drop(SEEDS, upper_sd(sd, df), scenarios=3, tests=2))
    assert greedy["scenarios_instead"] > 3
    assert overall["leaves"] == 6
    assert rows["random"]["seeds"] > overall["seeds"]
    assert len(found["leaves"]["leaves"]) == 6
    assert {row["tests"] for row in found["leaves"]["leaves"]} == {6}


def test_all_agents_are_the_candidates_and_others_must_be_named(shelf: Desk) -> None:
    """As a gate judges them: an oracle that always has 1 would halve the spread of the mean."""
    said = " ".join(shelf.bio("power", "mine", "--effect", "0.05").out.split())
    assert "oracle: gates judge candidates only; --agent plans for others" in said
    named = told(shelf, "mine", "--effect", "0.05", "--agent", "oracle,greedy")["plan"]["agents"]
    assert [row["agent"] for row in named] == [None, "greedy", "oracle"]
    oracle = named[2]
    assert (oracle["seeds"], oracle["cells"], oracle["detectable"]) == (None, None, None)


def test_two_runs_of_the_same_cells_are_paired(shelf: Desk) -> None:
    """What seeds share cancels, so far fewer do; the run's cells that have no number are counted, never scored."""
    one = told(shelf, "mine", "--effect", "0.05", "--agent", "greedy")
    two = told(shelf, "results/mine/*", "--effect", "0.05", "--agent", "greedy")
    assert two["results"]["terms"]["spread"] == "pairs"
    a, b = one["plan"]["agents"][0], two["plan"]["agents"][0]
    differences = [np.subtract(scores(0)["greedy", name], scores(1)["greedy", name]) for name in SCENARIOS]
    assert b["sd_diff"] == pytest.approx(sqrt(np.mean([np.var(each, ddof=1) for each in differences])))
    assert b["seeds"] < a["seeds"] / 4
    assert b["tests"] == 1
    said = shelf.bio("power", "results/mine/*", "--effect", "0.05", "--agent", "greedy")
    assert "differences of two runs of the same cells" in said.out
    assert "18 cells, 1 more without a number" in " ".join(said.out.split())


def test_what_one_world_is_played_with_is_no_unit_of_its_own(desk: Desk) -> None:
    """Two params of each world: no more worlds, no more degrees of freedom, twice the cells to play."""
    rng = np.random.default_rng(3)
    worlds = [(seed, float(rng.random())) for seed in range(8)]
    found = [
        cell("m/x", "greedy", seed, score + heat / 10, params={"heat": heat}, key=f"{seed} {heat}", id=f"m/x[{seed} {heat}]")
        for seed, score in worlds
        for heat in (0, 1)
    ]
    write_dat(desk.path / "data/results/mine/2026-01-01_001", found, battery="mine")
    [row] = told(desk, "mine", "--effect", "0.1")["plan"]["agents"]
    assert (row["n"], row["df"], row["cells"]) == (8, 7, 2 * row["seeds"])
    assert row["sd_diff"] == pytest.approx(sqrt(2) * np.std([score for _, score in worlds], ddof=1))


def test_a_seed_gives_a_cell_on_every_level(desk: Desk) -> None:
    """Levels share out the cells that a scenario needs; seeds are whole ones, and the cells to play are theirs."""
    rng = np.random.default_rng(3)
    found = [cell("m/x", "greedy", seed, rng.random(), difficulty=level) for level in (1, 2, 3) for seed in range(4)]
    write_dat(desk.path / "data/results/mine/2026-01-01_001", found, battery="mine")
    [row] = told(desk, "mine", "--effect", "0.1")["plan"]["agents"]
    assert (row["n"], row["levels"]) == (12, 3)
    assert row["seeds"] == -(-row["worlds_needed"] // 3)
    assert row["cells"] == 3 * row["seeds"]
    assert "seeds: for each difficulty" in desk.bio("power", "mine", "--effect", "0.1").out


def test_a_baseline_of_other_seeds_may_be_too_small(shelf: Desk) -> None:
    said = shelf.bio("power", "mine", "--effect", "0.02", "--agent", "greedy", "--base", "10")
    assert said.code == 0
    assert "the baseline is too small: against 10 stored runs" in " ".join(said.out.split())
    assert told(shelf, "mine", "--effect", "0.02", "--base", "10000")["plan"]["agents"][0]["seeds"] > 0


def test_new_scenarios_take_two_runs_and_may_take_scenarios_rather_than_seeds(shelf: Desk) -> None:
    told_off = shelf.refused("power", "mine", "--effect", "0.05", "--population")
    assert "name two such DATs" in told_off
    [greedy] = told(shelf, "results/mine/*", "--effect", "0.05", "--population", "--agent", "greedy")["plan"]["agents"]
    assert greedy["seeds"] is None
    assert greedy["note"].startswith("more seeds cannot help: add scenarios, at least 5 in all")


def test_two_runs_that_agree_need_the_fewest_seeds_that_can_reject(desk: Desk) -> None:
    for run in (0, 1):
        write_dat(desk.path / f"data/results/same/2026-01-0{run + 1}_001", results({}), battery="same")
    said = desk.bio("power", "results/same/*", "--effect", "0.05")
    assert "two runs agree in every cell" in " ".join(said.out.split())
    found = told(desk, "results/same/*", "--effect", "0.05")
    [oracle] = found["plan"]["agents"]
    assert (oracle["seeds"], oracle["floor"], oracle["sd_diff"]) == (2, 2, 0.0)
    assert "no spread from seed to seed" in " ".join(desk.bio("power", "same", "--effect", "0.05").out.split())


def test_no_cell_is_said_and_no_error(shelf: Desk) -> None:
    said = shelf.bio("power", "mine", "--effect", "0.05", "--agent", "nobody")
    assert said.code == 0
    assert "no cell has a number" in said.out
    assert "no cell matches" in said.out


def test_names_are_shown_harmless(desk: Desk) -> None:
    table = {("evil\x1b[31m", name): mine for (agent, name), mine in scores(0).items() if agent == "greedy"}
    write_dat(desk.path / "data/results/mine/2026-01-01_001", results(table), battery="mine")
    said = desk.bio("power", "--effect", "0.05")
    assert "\x1b" not in said.out
    assert "evil" in said.out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "--effect"),
        (("--effect", "0"), "no drop"),
        (("--effect", "nan"), "no drop"),
        (("--effect", "0.05", "--alpha", "2"), "no chance"),
        (("--effect", "0.05", "--tol", "-1"), "no tolerance"),
        (("--effect", "0.05", "--tol", "0.1"), "larger than the tolerance"),
        (("--effect", "0.05", "--alpha", "0.9"), "0 < alpha < power"),
        (("--effect", "0.05", "--base", "0"), "no number of worlds"),
        (("--effect", "0.05", "--metric", "scroe"), "did you mean"),
        (("--effect", "0.05", "--effekt", "1"), "did you mean"),
        (("other", "--effect", "0.05"), "no DAT matches"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(shelf: Desk, argv: tuple[str, ...], said: str) -> None:
    assert said in shelf.refused("power", *argv)


def test_a_script_asks_with_the_same_pilot(shelf: Desk) -> None:
    """`Bio.required_seeds`: numbers alone, or a DAT by name, as the command has it."""
    assert Bio.required_seeds(0.05, 0.3).n == 224
    greedy = told(shelf, "mine", "--effect", "0.05", "--agent", "greedy")["plan"]["agents"][0]
    found = Bio.required_seeds(0.05, pilot="mine", agent="greedy")
    assert (found.n, found.total_cells) == (greedy["seeds"], greedy["cells"])
    assert (
        Bio.required_seeds(0.05, pilot="results/mine/*", agent="greedy").n
        == (told(shelf, "results/mine/*", "--effect", "0.05", "--agent", "greedy")["plan"]["agents"][0]["seeds"])
    )
    more = Bio.required_seeds(0.05, pilot=Path("data/results/mine/2026-01-02_001"), agent="greedy", scenarios=12)
    assert more.n is not None
    assert found.n is not None
    assert more.n < found.n
    assert str(found) == f"{found.n} seeds a scenario, {3 * found.n} cells: seen with a chance of {found.power_at_n:.2f}"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"pilot": "mine", "sd_diff": 0.3}, "leave sd_diff out"),
        ({"pilot": "mine", "agent": "oracle"}, "tells no spread"),
        ({"pilot": "mine", "mean": 0.5}, "mean="),
        ({"pilot": "mine", "alpha": 2.0}, "alpha"),
        ({"agent": "greedy", "sd_diff": 0.3}, "name a DAT"),
        ({"sd_diff": -1.0}, "standard deviation"),
    ],
)
def test_a_script_is_told_what_is_wrong(shelf: Desk, terms: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Bio.required_seeds(0.05, **terms)
    with pytest.raises(StoreError, match="no DAT matches"):
        Bio.required_seeds(0.05, pilot="nothing")


def test_the_page_prints_what_its_python_gives() -> None:
    """Every line of docs/power.md that needs no DAT."""
    page = (Path(__file__).parents[2] / "docs" / "power.md").read_text("utf-8")
    code, _, rest = page.partition("```python\n")[2].partition("```\n\n```text\n")
    calls = [line for line in code.splitlines() if line.startswith("print(")]
    said = rest.partition("\n```")[0].splitlines()
    pairs = [(call, line) for call, line in zip(calls, said, strict=True) if "pilot=" not in call]
    assert len(pairs) == 4
    for call, line in pairs:
        [printed] = ast.parse(call, mode="eval").body.args  # type: ignore[attr-defined]
        options = {each.arg: ast.literal_eval(each.value) for each in printed.keywords}
        assert str(Bio.required_seeds(*map(ast.literal_eval, printed.args), **options)) == line
