"""`--bio-replay` in every mode: the same scores, from the records alone."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Outcome

from .conftest import Lab

BATTERY = "experiment.x: {scenarios: [walks/line], agents: [right, half], seeds: 2, cells: record}"


WAYS = {"plain": ("plain",), "n0": ("n0",), "n2": ("n2",), "threads": ("plain", "--bio-engine=threads:2")}


@pytest.mark.parametrize("way", WAYS)
def test_a_session_is_replayed_from_the_batterys_last_run(lab: Lab, way: str) -> None:
    """Agents that may do something else do again what was recorded: here they would crash if they were asked."""
    if way.startswith("n"):
        pytest.importorskip("xdist")
    lab.battery(BATTERY)
    lab.run("plain")
    first, [path] = lab.results(), lab.dats()
    lab.conftest(
        "class Broken(Right):\n"
        "    def decide(self, observation): raise RuntimeError('asked again')\n"
        "def pytest_alienbio_register_agents(registry):\n"
        "    for name in ('right', 'half'): registry.add(name, Broken)\n"
    )
    assert lab.run(*WAYS[way], "--bio-replay=x").ret == 0
    again = lab.results()
    assert len(lab.dats()) == 2
    assert {id_: one.score for id_, one in again.items()} == {id_: one.score for id_, one in first.items()}
    assert all(one.outcome is Outcome.COMPLETED for one in again.values())
    assert {one.origin.partition("#")[0] for one in again.values()} == {f"replayed:{path.relative_to(lab.path / 'data')}"}


def test_a_dat_that_is_not_there_ends_the_session_before_anything_plays(lab: Lab) -> None:
    lab.battery(BATTERY)
    done = lab.run("plain", "--bio-replay=y")
    assert done.ret == 4
    done.stderr.fnmatch_lines(["*--bio-replay: no DAT 'y'*"])
    assert not lab.dats()
