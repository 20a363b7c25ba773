"""pytest's own features work on cells in the engine lane as on any test."""

from __future__ import annotations

import pytest

from ..conftest import Lab
from ..test_looks import prepare
from .conftest import reported

BATTERY = """
experiment.a:
  scenarios: [walks/plain, {name: walks/line, difficulty: [1]}]
  agents: [right, half]
  seeds: 2
  run: {engine: 'threads:2'}
"""
PLAIN, LINE = "a.battery.yaml::a::walks/plain", "a.battery.yaml::a::walks/line"


@pytest.fixture
def eight(lane: Lab) -> Lab:
    """Eight cells; the four of `half` fail."""
    lane.battery(BATTERY)
    return lane


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([PLAIN], ["half-s0", "half-s1", "right-s0", "right-s1"]),
        ([f"{LINE}[d1-half-s1]"], ["d1-half-s1"]),
        (["-k", "walking and half"], ["d1-half-s0", "d1-half-s1"]),
        (["-m", "cell(agent='right', seed=1)"], ["d1-right-s1", "right-s1"]),
        (["--deselect", LINE, "--bio-agent", "half"], ["half-s0", "half-s1"]),
        (["--bio-smoke"], ["d1-half-s0", "d1-right-s0", "half-s0", "right-s0"]),
    ],
)
def test_cells_are_chosen_as_ever(eight: Lab, arguments: list[str], expected: list[str]) -> None:
    """By id, scenario, tag, mark, and our own options; nothing else is played."""
    run = eight.run("plain", *arguments)
    assert sorted(reported(run)) == expected
    assert len([result for result in eight.results().values() if result.outcome.scored]) == len(expected)


def test_what_failed_is_played_again_first_or_alone(eight: Lab) -> None:
    """`--lf`, `--ff` and `--nf`, although ids have brackets and items ended in any order."""
    failed = ["d1-half-s0", "d1-half-s1", "half-s0", "half-s1"]
    assert eight.run("plain").ret == 1
    assert sorted(reported(eight.run("plain", "--lf"))) == failed
    first = reported(eight.run("plain", "--ff", "--bio-engine", "inline"))
    assert sorted(first[:4]) == failed
    assert len(first) == 8
    eight.battery(BATTERY.replace("seeds: 2", "seeds: 3"))
    newest = reported(eight.run("plain", "--nf", "--bio-engine", "inline"))
    assert all(name.endswith("s2") for name in newest[:4])


def test_collect_only_shows_the_same_cells(eight: Lab) -> None:
    """In the same order, and plays none."""
    with_engine = [line for line in eight.run("plain", "--co", "-q").outlines if "::" in line]
    eight.battery(BATTERY.replace("  run: {engine: 'threads:2'}\n", ""))
    without = [line for line in eight.run("plain", "--co", "-q").outlines if "::" in line]
    assert with_engine == without
    assert len(without) == 8
    assert eight.dats() == []
    run = eight.run("plain", "--bio-engine", "threads:2", "--bio-dry-run")
    assert (run.ret, eight.dats()) == (0, [])


def test_durations_are_the_cells_own(lab: Lab) -> None:
    """Four cells that wait for one another: each took as long as it took, however long the session."""
    lab.conftest(
        """
        import threading
        TOGETHER = threading.Barrier(2, timeout=60)

        class Waits(Right):
            def start(self, briefing):
                TOGETHER.wait()
                time.sleep(0.1)

        def pytest_alienbio_register_agents(registry):
            registry.add("waits", Waits)
        """
    )
    lab.battery("experiment.a: {scenarios: [walks/plain], agents: [waits], seeds: 4}\n")
    run = lab.run("plain", "--bio-engine", "threads:2", "--durations=0", "--durations-min=0.05")
    lines = [line.split() for line in run.outlines if " call " in line]
    assert len(lines) == 4
    took = {result.id: result.duration_s for result in lab.results().values()}
    assert all(abs(float(time[:-1]) - took[nodeid.partition("::a::")[2]]) < 0.006 for time, _, nodeid in lines)


def test_seeds_stop_when_the_gates_are_decided(lab: Lab) -> None:
    """Sameness shows after two seeds of eight; cells that nobody needs are skipped and say why."""
    prepare(lab, "same", lambda agent, seed: -0.002 if seed % 2 else 0.002)
    run = lab.run("plain", "--bio-engine", "threads:2", "-rs")
    assert run.ret == 0
    outcomes = run.parseoutcomes()
    assert outcomes["skipped"] >= 16
    assert "decided after 2 of 8 seeds" in run.stdout.str()
    assert "gate[[]score]" not in run.stdout.str()
    run.stdout.fnmatch_lines(["SKIPPED *: not needed: *"])


def test_a_gate_that_fails_is_reported(lab: Lab) -> None:
    prepare(lab, "fell", lambda agent, seed: (0.25 if agent == "half" else 0.0) + 0.01 * (seed % 3))
    run = lab.run("plain", "--bio-engine", "threads:2")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["FAILED fell.battery.yaml::fell::gate[[]score]*"])


def test_an_item_that_another_plugin_takes_through_the_phases_is_played_there(eight: Lab) -> None:
    """Whoever runs items on their own gets the same result."""
    eight.conftest(
        """
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(session):
            for item in session.items:
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            return True
        """
    )
    run = eight.run("plain")
    assert run.ret == 1
    assert run.parseoutcomes() == {"failed": 4, "passed": 4}
    assert len(eight.results()) == 8


def test_a_hook_of_the_user_has_its_say_in_reports(eight: Lab) -> None:
    """One that wraps the making of reports sees cells as it sees tests: call and teardown, with the item at hand."""
    eight.conftest(
        """
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            print("made", call.when, report.outcome, item.cell.agent.name)
            report.user_properties.append(("mine", call.when))
            return report
        """
    )
    run = eight.run("plain", "-s", "--junitxml=j.xml", f"{PLAIN}[right-s0]")
    assert [line for line in run.outlines if "made " in line and "right" in line]
    assert "made call passed right" in run.stdout.str()
    assert "made teardown passed right" in run.stdout.str()
    assert '<property name="mine" value="teardown"' in (eight.path / "j.xml").read_text()


@pytest.mark.parametrize("engine", [(), ("--bio-engine", "inline")], ids=["fixture lane", "engine lane"])
def test_hooks_of_another_folder_hear_nothing_of_a_cell(eight: Lab, engine: tuple[str, ...]) -> None:
    """A conftest that is imported after the cells were collected: its hooks are its own folder's."""
    eight.battery("experiment.a: {scenarios: [walks/plain], agents: [right], seeds: 2}")
    later = eight.path / "later"
    later.mkdir()
    (later / "test_it.py").write_text("def test_it(): pass\n")
    (later / "conftest.py").write_text(
        "def pytest_runtest_logreport(report): print('heard', report.nodeid)\n"
        "def pytest_alienbio_cell_finish(cell, result): print('finished', cell.id)\n"
    )
    run = eight.run("plain", "-s", ".", *engine)
    assert run.parseoutcomes() == {"passed": 3}
    heard = [line.rpartition("heard ")[2] for line in run.outlines if "heard " in line]
    assert set(heard) == {"later/test_it.py::test_it"}
    run.stdout.no_fnmatch_line("*finished*")
