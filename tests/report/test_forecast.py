"""What a dry run prints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import Forecast, PlannedLeaf, Quantity
from pytest_alienbio.report import render_forecast
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.forecast import seconds, size

NO_MODELS = "language models are not supported in this version"


def leaves(*agents: str, skipped: tuple[str, ...] = ("gpt-4",)) -> tuple[PlannedLeaf, ...]:
    """Ten cells of each agent on each of two scenarios."""
    return tuple(
        PlannedLeaf(scenario, agent, 10, 10 if agent in skipped else 0, NO_MODELS if agent in skipped else "")
        for scenario in ("mutualism/hidden_dependency", "mutualism/competition")
        for agent in agents
    )


FULL = Forecast(
    title="mutualism_battery",
    planned=80,
    selected=80,
    leaves=leaves("oracle", "greedy", "random", "gpt-4"),
    cases=2,
    seeds=10,
    instances=20,
    to_generate=12,
    seconds=Quantity(83.0, 51.0, 140.0, 60, 60),
    bytes=Quantity(467_000.0, 465_100.0, 470_400.0, 80, 80),
    workers=2,
    basis=("results/m/2026-01-09_002", "results/m/2026-01-09_001"),
    target="/home/me/project/data/results/mutualism/{date}_{seq}",
)

WIDE = """\
mutualism_battery: 80 cells = 2 cases x 4 agents x 10 seeds

scenario                     oracle  greedy  random  gpt-4  all
mutualism/hidden_dependency      10      10      10    10s   40
mutualism/competition            10      10      10    10s   40

s skipped: 20 cells of gpt-4: language models are not supported in this version
worlds: 20, 12 to generate, 8 in the cache
time: about 1m23s of play (95%: 51s to 2m20s) on 2 processes
size: about 467 kB (95%: 465 kB to 470 kB)
from 2 earlier runs: results/m/2026-01-09_002, results/m/2026-01-09_001
results would go to /home/me/project/data/results/mutualism/{date}_{seq}"""

NARROW = """\
mutualism_battery:
  80 cells = 2 cases
  x 4 agents x 10
  seeds

agent     cells
mutualism/…ependency
  oracle     10
  greedy     10
  random     10
  gpt-4     10s
mutualism/…mpetition
  oracle     10
  greedy     10
  random     10
  gpt-4     10s

s skipped: 20 cells
  of gpt-4: language
  models are not
  supported in this
  version
worlds: 20, 12 to
  generate, 8 in the
  cache
time: about 1m23s of
  play (95%: 51s to
  2m20s) on 2
  processes
size: about 467 kB
  (95%: 465 kB to
  470 kB)
from 2 earlier runs:
  results/…1-09_002,
  results/…01-09_001
results would go to
  /home/me…te}_{seq}"""


@pytest.mark.parametrize(("width", "expected"), [(200, WIDE), (80, WIDE), (20, NARROW), (1, NARROW)])
def test_the_whole_page(width: int, expected: str) -> None:
    """Agents across where they fit, else listed; nothing wider than the terminal."""
    assert render_forecast(FULL, width) == expected


@pytest.mark.parametrize("width", [20, 33, 40, 60, 80, 200])
def test_a_terminal_that_knows_ascii_only(width: int) -> None:
    shown = render_forecast(replace(FULL, title="mütualism…", notes=("± 3",)), width, ascii=True)
    assert shown.isascii()
    assert all(len(line) <= width for line in shown.splitlines())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"selected": 60, "seeds": 7}, "60 of 80 cells selected, 20 deselected; 2 cases, 4 agents, 7 seeds"),
        ({"seeds": 9}, "80 cells; 2 cases, 4 agents, 9 seeds"),
        ({"leaves": ()}, "mutualism_battery: 80 cells"),
        ({"selected": 0, "leaves": ()}, "none of 80 cells selected"),
        ({"seconds": Quantity(83.0, 51.0, 140.0, 40, 60)}, "for 40 of 60 cells; nothing is known of the others"),
        ({"seconds": Quantity(83.0, None, None, 60, 60), "workers": 1}, "time: about 1m23s of play\n"),
        ({"instances": 20, "to_generate": 0}, "worlds: 20, 0 to generate, 20 in the cache"),
        (
            {"seconds": Quantity(cells=60), "bytes": Quantity(cells=80), "basis": ()},
            "time and size: not known, no earlier run played these scenarios with these agents",
        ),
        ({"bytes": Quantity(cells=80)}, "size: not known"),
        ({"basis": tuple("abcde")}, "from 5 earlier runs: a, b, c and 2 more"),
        ({"notes": tuple("abcdefghi")}, "note: f\nnote: … and 3 more"),
        ({"notes": ("something\x1b[2J happened",)}, "note: something happened"),
    ],
)
def test_what_is_said_of(change: dict[str, object], expected: str) -> None:
    """Selections, partly known amounts, first runs, many notes; text from outside cannot steer the terminal."""
    assert expected in render_forecast(replace(FULL, **change), 200)  # type: ignore[arg-type]


def test_what_does_not_apply_is_not_said() -> None:
    """No worlds where scenarios keep none, no time where nothing plays, no place where nothing goes."""
    bare = replace(FULL, instances=0, to_generate=0, seconds=Quantity(), bytes=Quantity(), basis=(), target="", workers=1)
    shown = render_forecast(bare, 80)
    assert not any(word in shown for word in ("worlds", "time", "size", "earlier", "results would"))
    nothing = render_forecast(replace(FULL, selected=0, leaves=()), 80)
    assert nothing == "mutualism_battery: none of 80 cells selected"


def test_an_agent_that_does_not_play_a_scenario_has_no_number_there() -> None:
    some = tuple(leaf for leaf in FULL.leaves if (leaf.scenario, leaf.agent) != ("mutualism/competition", "greedy"))
    assert "mutualism/competition            10       -      10    10s   30" in render_forecast(replace(FULL, leaves=some), 80)


def test_many_agents_are_listed_and_many_scenarios_counted() -> None:
    """A table of three hundred columns helps nobody, and no screen is endless."""
    crowd = leaves(*(f"agent-number-{n}" for n in range(12)), skipped=())
    shown = render_forecast(replace(FULL, leaves=crowd), 80)
    assert "  agent-number-11     10" in shown
    many = tuple(PlannedLeaf(f"a/{n}", "oracle", 1) for n in range(100))
    assert "… and 40 more scenarios" in render_forecast(replace(FULL, leaves=many), 80)


names = st.text(min_size=1, max_size=30)


@given(
    st.lists(st.builds(PlannedLeaf, names, names, st.integers(1, 10**6), st.integers(0, 9), names), max_size=6),
    st.integers(0, 200),
    st.booleans(),
    names,
)
def test_nothing_is_ever_wider_than_the_terminal(planned: list[PlannedLeaf], width: int, ascii: bool, word: str) -> None:
    shown = render_forecast(replace(FULL, title=word, leaves=tuple(planned), notes=(word,)), width, ascii=ascii)
    assert all(width_of(line) <= max(width, 20) for line in shown.splitlines())
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "<0.01s"), (0.0123, "0.012s"), (0.5, "0.5s"), (3.14, "3.1s"), (9.96, "10s"), (83, "1m23s"), (7500, "2h05m")],
)
def test_durations(value: float, shown: str) -> None:
    assert seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0 B"),
        (840, "840 B"),
        (999.6, "1.0 kB"),
        (4200, "4.2 kB"),
        (467_000, "467 kB"),
        (3.8e7, "38 MB"),
        (2.5e15, "2,500.0 TB"),
    ],
)
def test_sizes(value: float, shown: str) -> None:
    assert size(value) == shown
