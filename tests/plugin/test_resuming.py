"""pytest sessions that go on with runs: what is deselected, what still counts, what is said, and how the session ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import codec, dat, layout, log
from pytest_alienbio.store.holding import Hold

from .conftest import Lab

BATTERY = "experiment.x: {scenarios: [walks/line, walks/plain], agents: [right, half], seeds: 2, passing_score: 0.4}"
FLAKY = "experiment.x: {scenarios: [walks/plain], agents: [right, flaky], seeds: 2, passing_score: 0.4}"
FLAKY_AGENT = """
from pathlib import Path

class Flaky(Right):
    def decide(self, observation):
        if Path("broken").exists():
            raise ProviderError("503")
        return Action("right")

def pytest_alienbio_register_agents(registry):
    for agent in (Right, Half, Crash, Flaky):
        registry.add(agent.__name__.lower(), agent)
"""


@pytest.fixture
def torn(lab: Lab) -> Path:
    """A run of eight cells that was killed after five of them."""
    lab.battery(BATTERY)
    assert lab.run("plain").ret == 0
    path = lab.dats()[0]
    cut(path, 5)
    return path


@pytest.fixture
def flaky(lab: Lab) -> Lab:
    """A run in which two of four cells met an outage."""
    lab.conftest(FLAKY_AGENT)
    lab.battery(FLAKY)
    (lab.path / "broken").touch()
    assert lab.run("plain").ret == 1
    (lab.path / "broken").unlink()
    return lab


def cut(path: Path, kept: int) -> None:
    """Leaves of a run what a kill after so many cells leaves."""
    [journal] = (path / "cells").iterdir()
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:kept]) + b'{"v":1,"run":"torn')
    for name in layout.AT_CLOSE:
        (path / name).unlink()


def records(path: Path) -> list[Result]:
    """All whole lines of all journals."""
    whole = []
    for file in layout.journals(path):
        whole += [codec.decode(line) for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    return whole


def told(path: Path) -> list[tuple[object, ...]]:
    """What has to be the same however a run came about."""
    return [(r.id, r.outcome, r.score, r.passed, r.attempt) for r in dat.open(path).results()]


def test_only_what_has_no_record_is_played_and_all_counts(lab: Lab, torn: Path, mode: str) -> None:
    """The deselected cells stand in the report, in the folder's files and in the exit code."""
    run = lab.run(mode, "--bio-resume")
    assert run.ret == 0
    run.assert_outcomes(passed=3, deselected=0 if mode == "n2" else 5)
    run.stdout.fnmatch_lines([f"alienbio: x goes on in {torn}: 5 of 8 cells from before, 3 to play"])
    run.stdout.fnmatch_lines(["8 cells, 5 from before, 3 run: 8 completed"])
    assert lab.dats() == [torn]
    assert len(records(torn)) == 8
    assert len({result.run for result in records(torn)}) == 2
    assert [entry["event"] for entry in log.read(torn)] == ["created", "closed", "resumed", "closed"]
    undisturbed = lab.run("plain")
    assert undisturbed.ret == 0
    assert told(torn) == told(lab.dats()[0])
    assert (torn / "summary.csv").read_text().count("\n") == 9


@pytest.mark.parametrize("bar", [0.4, 0.9])
def test_a_whole_run_is_shown_again_and_ends_as_it_ended(lab: Lab, bar: float) -> None:
    lab.battery(BATTERY.replace("0.4", str(bar)))
    code = lab.run("plain").ret
    [path] = lab.dats()
    run = lab.run("plain", "--bio-resume")
    assert run.ret == code == (0 if bar == 0.4 else 1)
    run.stdout.fnmatch_lines(["8 cells, 8 from before, 0 run: 8 completed", "*leaderboard*", f"results: {path}"])
    assert len(records(path)) == 8
    assert [entry["event"] for entry in log.read(path)] == ["created", "closed", "resumed", "closed"]


def test_failures_from_before_fail_a_session_without_any_test_in_every_mode(lab: Lab, mode: str) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 2, passing_score: 0.9}")
    lab.run("plain")
    run = lab.run(mode, "--bio-resume")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*2 of 4 cells from before failed; the report names them*"])


def test_errors_are_retried_by_kind_and_attempts_are_kept(flaky: Lab, mode: str) -> None:
    [path] = flaky.dats()
    if mode == "plain":
        before = flaky.run(mode, "--bio-retry", "lost,agent_error")
        assert before.ret == 1, "nothing of these kinds, and what failed before still does"
    run = flaky.run(mode, "--bio-retry", "provider_error")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["*2 of 4 cells from before, 2 to play (2 provider_error again)"])
    assert flaky.dats() == [path]
    found = dat.open(path).results()
    assert [(r.agent, r.outcome, r.attempt) for r in found] == [
        *[("flaky", Outcome.COMPLETED, 2)] * 2,
        *[("right", Outcome.COMPLETED, 1)] * 2,
    ]
    assert len(records(path)) == 6


def test_a_cell_that_fails_again_counts_its_attempts_on(flaky: Lab) -> None:
    (flaky.path / "broken").touch()
    run = flaky.run("plain", "--bio-retry=all")
    assert run.ret == 1
    assert {r.attempt for r in flaky.results().values() if r.agent == "flaky"} == {2}


def test_the_environment_may_ask_for_it(lab: Lab, torn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIENBIO_RESUME", "last")
    lab.run("plain").stdout.fnmatch_lines(["8 cells, 5 from before, 3 run: 8 completed"])


def test_unchanged_cells_of_earlier_runs_are_reused(lab: Lab, mode: str) -> None:
    """They are deselected as what has a record is, stand in the new folder, and are told apart."""
    lab.battery(BATTERY)
    lab.run("plain")
    lab.battery(BATTERY.replace("seeds: 2", "seeds: 3"))
    run = lab.run(mode, "--bio-reuse")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["alienbio: x: 8 of 12 cells reused, 4 to play", "12 cells, 8 reused, 4 run: 12 completed"])
    run.assert_outcomes(passed=4, deselected=0 if mode == "n2" else 8)
    assert len(lab.dats()) == 2
    assert sum(result.reused for result in lab.results().values()) == 8


def test_a_conftest_that_plays_itself_keeps_cells_from_being_reused(lab: Lab) -> None:
    """Who plays is in no cell's key, so a former agent's score must not stand for it."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right], seeds: 1, passing_score: 0.4}")
    lab.run("plain")
    lab.conftest("@pytest.fixture\ndef agent(agent): return Half()\n")
    run = lab.run("plain", "--bio-reuse")
    run.stdout.fnmatch_lines(["alienbio: x: nothing is reused: a conftest has a fixture `agent` of its own*"])
    assert [(r.agent, r.score) for r in lab.results().values()] == [("right+Half", 0.5)]


def test_cells_of_a_replaced_agent_are_known_by_their_ids(lab: Lab) -> None:
    """Their keys say who played, and are not those of the plan."""
    lab.battery(BATTERY)
    lab.conftest("@pytest.fixture\ndef agent(agent): return Right()\n")
    lab.run("plain")
    cut(lab.dats()[0], 5)
    run = lab.run("plain", "--bio-resume")
    run.stdout.fnmatch_lines(["8 cells, 5 from before, 3 run: 8 completed"])
    assert len(records(lab.dats()[0])) == 8


def test_a_changed_battery_is_refused_before_anything_starts_in_every_mode(lab: Lab, torn: Path, mode: str) -> None:
    before = sorted(path.name for path in torn.rglob("*"))
    lab.battery(BATTERY.replace("passing_score: 0.4", "passing_score: 0.5"))
    run = lab.run(mode, "--bio-resume", workers=False)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: --bio-resume: * passing_score 0.4 -> 0.5*8 changed*--bio-reuse*"])
    assert sorted(path.name for path in torn.rglob("*")) == before
    lab.battery(BATTERY)
    assert lab.run("plain", "--bio-resume").ret == 0, "and nobody holds it"


def test_a_run_that_another_session_plays_is_refused_in_every_mode(lab: Lab, torn: Path, mode: str) -> None:
    other = Hold(torn)
    run = lab.run(mode, "--bio-resume", workers=False)
    other.release()
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: {torn} is being played by * since *; wait for its end, or stop it first"])
    assert lab.run("plain", "--bio-resume").ret == 0


def test_a_session_holds_its_run_while_it_plays_and_not_after(lab: Lab) -> None:
    lab.battery(BATTERY)
    lab.conftest(
        """
        from pytest_alienbio.store.holding import Hold
        from pytest_alienbio.store import find_dats

        def pytest_alienbio_cell_finish(cell, result):
            with pytest.raises(OSError, match="is being played"):
                Hold(Path(result.dat_path))
        from pathlib import Path
        """
    )
    assert lab.run("plain").ret == 0
    Hold(lab.dats()[0]).release()


@pytest.mark.parametrize("args", [["--collect-only", "-q"], ["--bio-dry-run"]])
def test_who_only_looks_sees_what_is_left_and_holds_nothing(lab: Lab, torn: Path, args: list[str]) -> None:
    before = log.read(torn)
    other = Hold(torn)
    run = lab.run("plain", "--bio-resume", *args)
    other.release()
    assert run.ret == 0
    assert log.read(torn) == before
    if "-q" in args:
        assert sum("::x::" in line for line in run.outlines) == 3
    else:
        run.stdout.fnmatch_lines(["*5 of 8 cells from before, 3 to play*"])


def test_a_path_that_the_option_swallowed_is_said(lab: Lab, torn: Path) -> None:
    run = lab.run("plain", "--bio-resume", "a.battery.yaml")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: --bio-resume: 'a.battery.yaml' is no result folder,*write --bio-resume=DAT with `=`*"])


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--bio-retry", "eror"], "*--bio-retry*'eror' is nothing that can be retried*did you mean 'errors'*"),
        (["--bio-retry", "completed"], "*a cell with a score is not played again in its run*"),
        (["--bio-retry", "errors"], "*there is no run of x below*"),
    ],
)
def test_nonsense_is_refused(lab: Lab, args: list[str], expected: str) -> None:
    lab.battery(BATTERY)
    run = lab.run("plain", *args)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([expected])


def test_a_battery_that_only_python_tests_name_is_refused_in_every_mode(lab: Lab, mode: str) -> None:
    """Workers would each have to find out what is left, while others play."""
    lab.battery(BATTERY, "other/a.battery.yaml")
    lab.pytester.makepyfile(
        test_it="""
        import pytest
        @pytest.mark.battery("other/a.battery.yaml")
        def test_cell(cell, bio): assert bio.play(cell).score
        """
    )
    run = lab.run(mode, "--bio-resume=last", "test_it.py")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*--bio-resume*: only Python tests name other/a.battery.yaml; name that file, too*"])
    assert lab.run("plain", "--bio-resume=last", "test_it.py", "other/a.battery.yaml").ret == 0


def test_python_tests_over_recorded_cells_are_deselected_too(lab: Lab, torn: Path) -> None:
    """What they would play has its record."""
    lab.pytester.makepyfile(
        test_it="""
        import pytest
        @pytest.mark.battery("a.battery.yaml")
        def test_cell(cell): pass
        def test_other(): pass
        """
    )
    lab.run("plain", "--bio-resume").assert_outcomes(passed=3 + 3 + 1, deselected=10)


def test_the_engine_lane_plays_what_is_left(lab: Lab, torn: Path) -> None:
    run = lab.run("plain", "--bio-resume", "--bio-engine=threads:2")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["8 cells, 5 from before, 3 run: 8 completed"])
    assert len(records(torn)) == 8


def test_what_a_cap_left_is_played_by_the_next_session(lab: Lab) -> None:
    """It is `not_run`, which is no record; nothing tells it in the end."""
    lab.battery(BATTERY)
    assert lab.run("plain", "--bio-max-cells=3").ret == 1
    run = lab.run("plain", "--bio-resume")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["8 cells, 3 from before, 5 run: 8 completed"])
    assert [result.attempt for result in lab.results().values()] == [1] * 8
    assert dat.open(lab.dats()[0]).status()["verdict"] == "passed"


def test_part_of_what_is_left_may_be_chosen(lab: Lab, torn: Path) -> None:
    run = lab.run("plain", "--bio-resume", "-k", "plain and half")
    run.stdout.fnmatch_lines(["8 cells, 7 selected, 5 from before, 2 run*"])
    rest = lab.run("plain", "--bio-resume")
    rest.stdout.fnmatch_lines(["8 cells, 7 from before, 1 run: 8 completed"])
    assert len(records(torn)) == 8


def test_a_worker_that_takes_a_dead_ones_place_plays_the_same_cells(lab: Lab) -> None:
    """Its cell is lost until it is retried; nothing is played twice."""
    pytest.importorskip("xdist")
    lab.conftest(
        """
        class Once(Right):
            def decide(self, observation):
                if observation.step == 3 and os.path.exists("armed"):
                    os.unlink("armed")
                    os.kill(os.getpid(), signal.SIGKILL)
                return Action("right")

        def pytest_alienbio_register_agents(registry):
            for agent in (Right, Once):
                registry.add(agent.__name__.lower(), agent)
        """
    )
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, once], seeds: 4}")
    lab.run("plain")
    path = lab.dats()[0]
    cut(path, 2)
    (lab.path / "armed").touch()
    assert lab.run("n2", "--bio-resume").ret == 1
    outcomes = [result.outcome for result in dat.open(path).results()]
    assert sorted(outcomes) == sorted([Outcome.LOST] + [Outcome.COMPLETED] * 7)
    assert lab.run("plain", "--bio-resume", "--bio-retry=lost").ret == 0
    assert sorted(result.attempt for result in dat.open(path).results()) == [1] * 7 + [2]
    assert len(records(path)) == 2 + 6 + 1
