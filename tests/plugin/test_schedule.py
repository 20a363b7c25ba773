"""Who plays next in a session: by recorded durations under xdist and on engines, and left alone where an order is asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytest_alienbio.model import Caps
from pytest_alienbio.plugin.schedule import order_is_given
from pytest_alienbio.plugin.state import SessionState

from .conftest import Lab

AGENTS = """
class Quick(Right):
    def start(self, briefing):
        super().start(briefing)
        with open("begun.txt", "a") as file:
            file.write(type(self).__name__ + " ")


class Slow(Quick):
    def start(self, briefing):
        super().start(briefing)
        time.sleep(0.03)


def pytest_alienbio_register_agents(registry):
    registry.add("quick", Quick)
    registry.add("slow", Slow)
"""


@pytest.fixture
def played(lab: Lab) -> Lab:
    """A project whose battery was played: quick cells, then as many slow ones."""
    lab.conftest(AGENTS)
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [quick, slow], seeds: 5}")
    assert lab.run("plain", "-q").ret == 0
    assert begun(lab) == ["Quick"] * 5 + ["Slow"] * 5
    return lab


def begun(lab: Lab) -> list[str]:
    """The agents of the cells in the order in which they began since one asked last."""
    file = lab.path / "begun.txt"
    words = file.read_text().split()
    file.unlink()
    return words


def needs_xdist(request: pytest.FixtureRequest) -> None:
    if not request.config.pluginmanager.hasplugin("xdist"):
        pytest.skip("xdist is not installed")


def test_a_worker_gets_the_slow_cells_first(played: Lab, request: pytest.FixtureRequest) -> None:
    """In the plan they are last. Python tests of the session are played, too."""
    needs_xdist(request)
    played.pytester.makepyfile(test_it="def test_it(): pass")
    run = played.run("n2", "-n", "1", "-v")
    assert run.parseoutcomes() == {"passed": 11}
    assert begun(played) == ["Slow"] * 5 + ["Quick"] * 5
    run.stdout.fnmatch_lines(["scheduling tests via LongestFirst"])


def test_without_a_battery_the_order_is_xdists(lab: Lab, request: pytest.FixtureRequest) -> None:
    needs_xdist(request)
    lab.pytester.makepyfile(test_it="def test_it(): pass")
    run = lab.run("n2", "-n", "1", "-v")
    run.stdout.fnmatch_lines(["scheduling tests via LoadScheduling"])
    assert not (lab.path / "data").exists()


def test_threads_begin_with_the_slow_cells(played: Lab) -> None:
    """The engine lane, where several play at once; reports come as the cells end."""
    assert played.run("plain", "--bio-engine", "threads:2").parseoutcomes() == {"passed": 10}
    assert begun(played)[:4] == ["Slow"] * 4


@pytest.mark.parametrize("args", [["--bio-engine", "inline"], ["--bio-engine", "threads:2", "--bio-max-cells", "6"]])
def test_one_at_a_time_and_the_first_so_many_are_those_of_the_plan(played: Lab, args: list[str]) -> None:
    """Which cells a cap leaves must not hang on what others took."""
    played.run("plain", *args)
    assert begun(played)[:4] == ["Quick"] * 4


@pytest.mark.parametrize(
    ("options", "plugins", "caps", "kept"),
    [
        ({}, (), Caps(), False),
        ({"lf": True}, (), Caps(usd=1.0), False),
        ({"failedfirst": True}, (), Caps(), True),
        ({"newfirst": True}, (), Caps(), True),
        ({"stepwise": True}, (), Caps(), True),
        ({"randomly_reorganize": True}, ("randomly",), Caps(), True),
        ({"randomly_reorganize": False}, ("randomly",), Caps(), False),
        ({}, (), Caps(cells=3), True),
    ],
)
def test_an_order_somebody_asked_for_is_kept(
    options: dict[str, bool], plugins: tuple[str, ...], caps: Caps, kept: bool
) -> None:
    manager = SimpleNamespace(hasplugin=plugins.__contains__)
    config = SimpleNamespace(option=SimpleNamespace(**options), pluginmanager=manager)
    battery = SimpleNamespace(caps=caps)
    state: Any = SimpleNamespace(
        config=config,
        settings=SimpleNamespace(caps=Caps()),
        all_loaded=lambda: [SimpleNamespace(plan=SimpleNamespace(battery=battery))],
    )
    assert order_is_given(cast(SessionState, state)) is kept


@pytest.mark.parametrize(("seeds", "told"), [(20, True), (19, False)])
def test_cells_that_are_too_cheap_for_workers_are_told_of(
    lab: Lab, request: pytest.FixtureRequest, seeds: int, told: bool
) -> None:
    """Once enough of them are known; what is said comes before any worker is started."""
    needs_xdist(request)
    lab.battery(f"experiment.x: {{scenarios: [walks/plain], agents: [right], seeds: {seeds}}}")
    lab.run("plain", "-q")
    run = lab.run("n2", workers=False)
    said = [line for line in run.outlines if line.startswith("alienbio: half of these cells took less than ")]
    assert bool(said) is told
