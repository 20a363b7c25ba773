"""`Bio`, and what `import pytest_alienbio` gives and costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Barrier

import pytest

import pytest_alienbio
from pytest_alienbio import BatchResult, Battery, Bio, CellLimits, Outcome, Result, SpecError, api
from pytest_alienbio.errors import StoreError, StuckCellError, UnknownNameError
from pytest_alienbio.model import Action
from pytest_alienbio.store import dat

from .results.parts import played, write_dat
from .run.parts import Crash, Right

WORLD = "mutualism/competition"
BATTERY = "experiment.tiny: {scenarios: [mutualism/competition], agents: [greedy, noop], seeds: 2, cells: record}\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own for each test, in which the working directory lies."""
    for name in [name for name in os.environ if name.startswith("ALIENBIO_")]:
        monkeypatch.delenv(name)
    (tmp_path / "bio.yaml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one(
    scenario: str = WORLD, agent: object = "greedy", seed: int = 0, difficulty: int | None = None, **more: object
) -> Result:
    """`Bio.run` of one cell."""
    result = Bio.run(scenario, agent, seed, difficulty, **more)  # type: ignore[arg-type]
    assert isinstance(result, Result)
    return result


def in_another_process(code: str, **environment: str) -> str:
    """What `code` prints in a Python of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_START") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, env={**kept, **environment}
    )
    return done.stdout


def test_one_cell(project: Path) -> None:
    """The result says everything about it, and lies in a DAT below the project."""
    result = one(seed=3, difficulty=1)
    assert (result.scenario, result.agent, result.seed, result.difficulty) == (WORLD, "greedy", 3, 1)
    assert result.outcome is Outcome.COMPLETED
    assert result.score is not None
    assert result.success == (result.score >= 0.6)
    assert Path(result.dat_path).is_relative_to(project / "data")
    (kept,) = dat.open(Path(result.dat_path)).results()
    assert kept.score == result.score


def test_a_cap_cuts_a_batch_short_and_keeps_what_was_played() -> None:
    """Given as a keyword; the environment caps, too."""
    found = Bio.batch(WORLD, "simulated-llm", 3, max_usd=0.3)
    assert found.status == "incomplete"
    assert sum(result.usd or 0 for result in found) <= 0.3
    assert found.counts[Outcome.OVER_LIMIT] == 1
    assert Bio.batch(WORLD, "noop", 3, max_cells=2).counts == {Outcome.COMPLETED: 2, Outcome.NOT_RUN: 1}
    with pytest.raises(SpecError, match="max_cells="):
        Bio.batch(WORLD, "noop", 3, max_cells=0)


def test_one_cell_comes_with_its_trajectory() -> None:
    """What happened, step by step; the same that its trace holds."""
    result = one()
    assert result.trajectory is not None
    assert result.trace is not None
    assert result.trajectory.steps == result.trace.steps > 0


def test_defaults_are_greedy_seed_0_and_the_scenarios_own_level() -> None:
    assert one().id == f"{WORLD}[d2-greedy-s0]"


def test_what_breaks_is_a_result_not_an_exception() -> None:
    """The agent's error with its traceback, and no score."""
    result = one(agent=Crash)
    assert (result.agent, result.outcome, result.score) == ("Crash", Outcome.AGENT_ERROR, None)
    assert result.error is not None
    assert "in decide" in result.error.traceback


@pytest.mark.parametrize(
    "argv", [("mutualism/none",), (WORLD, "nobody"), (WORLD, "noop", -1), (WORLD, "noop", 0, 99), ("mutualism/*",), (WORLD, 3)]
)
def test_what_cannot_be_played_is_refused(project: Path, argv: tuple[object, ...]) -> None:
    """Before anything is written."""
    with pytest.raises(SpecError):
        Bio.run(*argv)  # type: ignore[arg-type]
    assert not (project / "data").exists()


@pytest.mark.parametrize("name", ["experiments/tiny", "tiny", "experiments/a.battery.yaml", "experiments/a.battery.yaml::tiny"])
def test_a_battery_is_played_whole(project: Path, name: str) -> None:
    """By each of its names; gives a `BatchResult`."""
    (project / "experiments").mkdir()
    (project / "experiments" / "a.battery.yaml").write_text(BATTERY, "utf-8")
    batch = Bio.run(name)
    assert isinstance(batch, BatchResult)
    assert [result.agent for result in batch] == ["greedy", "greedy", "noop", "noop"]
    assert "tiny" in str(batch.dat_path)


def test_a_batch_of_names_and_classes(project: Path) -> None:
    """The class is made anew for each cell, and stands under its name everywhere."""
    made: list[int] = []

    class Mine(Right):
        def __init__(self) -> None:
            made.append(1)

        def decide(self, observation: object, /) -> Action:
            return Action("wait")

    batch = Bio.batch(WORLD, [Mine, "noop"], seeds=[4, 6], difficulty=[1], name="mine")
    assert len(batch) == 4
    assert len(made) == 2
    assert batch.counts == {Outcome.COMPLETED: 4}
    assert batch.mean("Mine") == batch.mean("noop")
    assert {standing.agent for standing in batch.summary.standings} == {"Mine", "noop"}
    assert batch.dat_path.is_relative_to(project / "data" / "results" / "mine")


def test_a_batch_plays_cells_at_once_and_gives_them_in_the_plans_order() -> None:
    """Four agents that go on only once all have come."""
    together = Barrier(4, timeout=60)

    class Meeting(Right):
        def decide(self, observation: object, /) -> Action:
            raise RuntimeError(f"met {sorted([together.wait()])}")

    batch = Bio.batch(WORLD, Meeting, 4, engine="threads:4")
    assert [result.seed for result in batch] == [0, 1, 2, 3]
    assert {result.reason[-7:] for result in batch} == {f"met [{place}]" for place in range(4)}
    with pytest.raises(SpecError, match="engine=: "):
        Bio.batch(WORLD, Meeting, 4, engine="thread")


def test_a_batch_takes_a_bar_limits_and_levels() -> None:
    batch = Bio.batch("*/competition", "greedy", 1, difficulty="all", passing_score=0.0, limits=CellLimits(steps=2))
    assert [result.difficulty for result in batch] == [1, 2, 3, 4, 5]
    assert {result.outcome for result in batch} == {Outcome.TRUNCATED}
    assert batch.pass_rate() == 1.0


def test_two_calls_never_share_a_dat() -> None:
    assert one(agent="noop").dat_path != one(agent="noop").dat_path


def test_the_dat_holds_everything(project: Path) -> None:
    """As the layout says; readable without this package."""
    batch = Bio.batch(WORLD, ["greedy", "noop"], 2, difficulty=1)
    names = {path.name for path in batch.dat_path.iterdir()}
    assert {
        "_spec_.yaml",
        "environment.json",
        "cells",
        "traces",
        "results.json",
        "results.yaml",
        "summary.csv",
        "log.jsonl",
    } <= names
    assert len(list((batch.dat_path / "traces").iterdir())) == 4
    assert len((batch.dat_path / "summary.csv").read_text().splitlines()) == 5
    opened = dat.open(batch.dat_path)
    assert opened.status()["verdict"] == batch.status == "passed"
    assert [(result.id, result.score) for result in opened.results()] == [(result.id, result.score) for result in batch]


def test_data_goes_where_it_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The argument, else `ALIENBIO_DATA`, else the project's `data`."""
    assert Path(one(agent="noop", data="here").dat_path).is_relative_to(project / "here")
    monkeypatch.setenv("ALIENBIO_DATA", "there")
    assert Path(one(agent="noop").dat_path).is_relative_to(project / "there")
    assert Path(one(agent="noop", data=project / "here").dat_path).is_relative_to(project / "here")


def test_results_do_not_depend_on_the_working_directory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the project does: from a folder inside it, everything lands in its data and scores the same."""
    first = one()
    (project / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(project / "a" / "b")
    second = one()
    assert Path(second.dat_path).parent == Path(first.dat_path).parent
    assert (second.score, second.scores, second.key) == (first.score, first.scores, first.key)


def test_results_do_not_depend_on_the_process(project: Path) -> None:
    """Another process, another hash seed, another project without anything cached: the same score and steps, bit for bit."""
    code = (
        "from pytest_alienbio import Bio\nr = Bio.run('mutualism/competition', 'random', 5)\n"
        "print(r.key, repr(r.score), [(t.action, t.params, t.seen) for t in r.trajectory.turns])"
    )
    here = one(agent="random", seed=5)
    assert here.trajectory is not None
    turns = [(turn.action, turn.params, turn.seen) for turn in here.trajectory.turns]
    for seed in ("1", "2"):
        printed = in_another_process(code, PYTHONHASHSEED=seed, ALIENBIO_DATA=str(project / f"data{seed}"))
        assert printed == f"{here.key} {here.score!r} {turns}\n"


def test_a_battery_made_here_is_played(project: Path) -> None:
    """A notebook needs no file; the agents it brings play under their names. Complaints come before anything is written."""
    battery = Battery("here", scenarios=[WORLD], agents=["noop", {"name": Right, "as": "mine"}], seeds=2, cells="record")
    batch = Bio.run(battery)
    assert isinstance(batch, BatchResult)
    assert [result.agent for result in batch] == ["noop", "noop", "mine", "mine"]
    assert batch.dat_path.is_relative_to(project / "data" / "results" / "here")
    with pytest.raises(SpecError, match="`seeds` is -1"):
        Bio.run(Battery("here", scenarios=[WORLD], agents=["noop"], seeds=-1))


def test_a_python_battery_and_its_dat_play_the_same_cells(project: Path) -> None:
    """A DAT is a battery; its players come from the file it was made from."""
    (project / "experiments").mkdir()
    agent = "from tests.run.parts import Right\nclass Mine(Right): pass\n"
    text = f"battery = Battery('mine', scenarios=[{WORLD!r}], agents=['noop', Mine], seeds=[3], cells='record')\n"
    file = project / "experiments" / "mine_battery.py"
    file.write_text(f"from pytest_alienbio import Battery\n{agent}{text}", "utf-8")
    first = Bio.run("experiments/mine")
    assert isinstance(first, BatchResult)
    for name in (first.dat_path, f"{first.dat_path}/_spec_.yaml"):
        again = Bio.run(name)
        assert isinstance(again, BatchResult)
        assert [(result.id, result.key, result.score) for result in again] == [(r.id, r.key, r.score) for r in first]
    file.unlink()
    with pytest.raises(SpecError, match="unknown agent 'Mine'"):
        Bio.run(first.dat_path)


@pytest.mark.parametrize(
    ("name", "near"),
    [("experimets/tiny", "experiments/tiny"), ("tinny", "tiny"), ("mutualism/competitoin", WORLD)],
)
def test_a_mistyped_name_gets_the_nearest_battery_or_scenario(project: Path, name: str, near: str) -> None:
    (project / "experiments").mkdir()
    (project / "experiments" / "a.battery.yaml").write_text(BATTERY, "utf-8")
    with pytest.raises(SpecError, match=f"no battery and no scenario '{name}' in .*; did you mean '{near}'"):
        Bio.run(name)


def test_settings_hold_for_notebooks_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bio.yaml` and the environment fill what a call leaves open; what it says itself wins."""
    (project / "bio.yaml").write_text("seeds: [7, 8, 9]\nlimits: {per_cell: {steps: 2}}\n", "utf-8")
    assert [(result.seed, result.outcome) for result in Bio.batch(WORLD, "noop")] == [(n, Outcome.TRUNCATED) for n in (7, 8, 9)]
    monkeypatch.setenv("ALIENBIO_SEEDS", "3-3")
    monkeypatch.setenv("ALIENBIO_STEPS", "1")
    assert [result.seed for result in Bio.batch(WORLD, "noop")] == [3]
    assert [result.seed for result in Bio.batch(WORLD, "noop", [5], limits=CellLimits(steps=90))] == [5]
    assert one(agent="noop", seed=4).seed == 4
    monkeypatch.setenv("ALIENBIO_STEPPS", "1")
    with pytest.raises(SpecError, match="ALIENBIO_STEPPS: this environment variable means nothing here"):
        Bio.batch(WORLD, "noop")


def test_a_cell_that_cannot_be_stopped_is_said_where_the_notebook_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The process is left alone; a closed stream is no reason to fail."""
    api._say(StuckCellError("m/x[a-s0]", "cell ran longer than 2 s\x1b[31m", "/d"))
    said = capsys.readouterr().err
    assert "m/x[a-s0]: cell ran longer than 2 s; its run ends here, and what was finished is in /d" in said
    assert "restart this process (the kernel)" in said
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        api._say(StuckCellError("m/x[a-s0]", "late", "/d"))


def test_an_environment_to_step_by_hand() -> None:
    """Reset to the seed; stepping it gives what an agent would get."""
    environment = Bio.build(WORLD, seed=0, difficulty=1)
    step = environment.step(Action("wait"))
    again = Bio.build(WORLD, seed=0, difficulty=1).step(Action("wait"))
    other = Bio.build(WORLD, seed=1, difficulty=1).step(Action("wait"))
    assert step == again
    assert step.observation.state != other.observation.state
    with pytest.raises(SpecError, match="no difficulty 99"):
        Bio.build(WORLD, difficulty=99)
    with pytest.raises(UnknownNameError):
        Bio.build("mutualism/none")


def test_every_public_name_is_there_sorted_and_nothing_else_is() -> None:
    names = pytest_alienbio.__all__
    assert names == sorted(names)
    assert dir(pytest_alienbio) == names
    space: dict[str, object] = {}
    exec("from pytest_alienbio import *", space)  # noqa: S102 - the statement is what is tested
    assert {name for name in space if not name.startswith("__")} == set(names)
    assert space["Bio"] is Bio
    with pytest.raises(AttributeError, match="has no attribute 'Boi'"):
        pytest_alienbio.Boi  # noqa: B018


HEAVY = "{'numpy', 'scipy', 'pydantic', 'yaml', 'pandas', 'pytest', 'filelock'}"


@pytest.mark.parametrize(
    "statement",
    [
        "import pytest_alienbio; dir(pytest_alienbio)",
        "from pytest_alienbio import Action, Agent, Battery, Result, SpecError",
        "from pytest_alienbio import Bio",
    ],
)
def test_importing_loads_nothing_heavy(statement: str) -> None:
    """What a notebook pays before it plays: our own modules and the standard library."""
    assert in_another_process(f"import sys\n{statement}\nprint(sorted({HEAVY} & set(sys.modules)))") == "[]\n"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with what two agents did, and an older run of one of them."""
    root = tmp_path_factory.mktemp("recorded")
    scores = {
        (f"mutualism/{name}", agent): [0.2 + bonus + 0.1 * seed for seed in range(5)]
        for name in "xy"
        for agent, bonus in AGENTS
    }
    write_dat(root / "results" / "new" / "2026-01-02_001", played(scores), battery="new", run="r2")
    older = [one.with_(score=0.0, ended_at=1.0) for one in played({("mutualism/x", "gpt-4"): [0.5]})]
    write_dat(root / "results" / "old" / "2026-01-01_001", older, battery="old", run="r1", commit="d" * 40)
    return root


AGENTS = (("claude-opus", 0.2), ("gpt-4", 0.0))


def test_results_are_asked_as_the_readme_says(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lazily: what was recorded below the project's data root, or another one."""
    monkeypatch.setenv("ALIENBIO_DATA", str(recorded))
    found = Bio.results.query(scenario="mutualism*", agent="claude-opus")
    assert repr(found) == "<ResultSet agent=claude-opus, scenario=mutualism*: 10 records>"
    assert float(found.mean("score")) == pytest.approx(0.6)
    assert found.pass_rate().value == pytest.approx(0.6)
    assert len(found.to_dataframe()) == 10
    assert {one.agent for one in found} == {"claude-opus"}
    told = Bio.results.compare(["claude-opus", "gpt-4"], scenarios="mutualism*")
    assert repr(told).startswith("claude-opus - gpt-4 = +0.200")
    assert told.notes == ("1 older record of the same cells left out",)


def test_results_of_some_dats(recorded: Path) -> None:
    """By path, glob or battery; by commit; the latest record of each cell."""
    everything = Bio.results.query(data=recorded)
    assert len(everything) == 21
    assert len(everything.latest()) == len(Bio.results.query(data=recorded, latest=True)) == 20
    for dats in ("old", "results/old/*", recorded / "results" / "old" / "2026-01-01_001", ["old"]):
        assert len(Bio.results.query(data=recorded, dats=dats)) == 1
    assert len(Bio.results.query(data=recorded, dats=["old", "new"])) == 21
    assert len(Bio.results.query(data=recorded, commit="ddd")) == 1
    with pytest.raises(StoreError, match=r"dats=: no DAT matches 'odl' below .*; did you mean 'old'\?"):
        Bio.results.query(data=recorded, dats="odl")


def test_of_names_nobody_recorded_it_says_what_there_is(recorded: Path) -> None:
    found = Bio.results.query(data=recorded, agent="claude-opsu", scenario="mutualism/*")
    assert "0 records; agent=claude-opsu: did you mean 'claude-opus'?" in repr(found)
    assert found.mean().value is None
    with pytest.raises(SpecError, match="no record of the agent 'gpt4'; did you mean 'gpt-4'"):
        Bio.results.compare(["claude-opus", "gpt4"], data=recorded)
    with pytest.raises(SpecError, match="agent= is empty"):
        Bio.results.query(data=recorded, agent="")


def test_where_nothing_was_recorded_there_is_nothing(project: Path) -> None:
    """And nothing is made there."""
    assert len(Bio.results.query()) == 0
    assert not (project / "data").exists()


def test_stats_and_exports_take_any_results(recorded: Path, project: Path) -> None:
    """A set, a batch, a list."""
    found = Bio.results.query(data=recorded, latest=True)
    for results in (found, list(found), iter(found)):
        table = Bio.results.stats(results)
        assert [(row["agent"], row.records) for row in table] == [("claude-opus", 10), ("gpt-4", 10)]
    batch = Bio.batch(WORLD, ["greedy", "noop"], 2, difficulty=1)
    assert [row["agent"] for row in Bio.results.stats(batch)] == ["greedy", "noop"]
    assert [row["seed"] for row in Bio.results.stats(batch, by="seed", field="duration_s")] == [0, 1]
    written = Bio.results.export(found[:3], "csv", project / "some.csv")
    assert written.cells == 3
    assert len((project / "some.csv").read_text("utf-8").splitlines()) == 4
    with pytest.raises(SpecError, match="exists already"):
        Bio.results.export(found, "csv", project / "some.csv")


def test_a_report_of_any_results(recorded: Path) -> None:
    """All its parts or some; numbers by name, and words where it is printed."""
    found = Bio.results.query(data=recorded, latest=True)
    made = Bio.results.report(found, only=["leaderboard"])
    assert [row["agent"] for row in made["leaderboard"].rows("standings")] == ["claude-opus", "gpt-4"]
    assert "leaderboard: mean over scenarios" in str(made)
    with pytest.raises(SpecError, match="did you mean 'leaderboard'"):
        Bio.results.report(found, only=["leaderbord"])


def test_a_batch_is_found_by_the_next_question() -> None:
    assert len(Bio.results.query()) == 0
    batch = Bio.batch(WORLD, "noop", 2, difficulty=1)
    found = Bio.results.query(agent="noop")
    assert [one.id for one in found] == [one.id for one in batch]
    assert found.mean() == Bio.results.stats(batch)[0]["mean"]


def test_asking_imports_neither_pandas_nor_what_plays(recorded: Path) -> None:
    """Frames are for who asks for one."""
    code = (
        "import sys\nfrom pytest_alienbio import Bio\n"
        f"print(len(Bio.results.query(agent='gpt-4', data={str(recorded)!r})), 'pandas' in sys.modules, 'numpy' in sys.modules)"
    )
    assert in_another_process(code).strip() == "11 False False"
