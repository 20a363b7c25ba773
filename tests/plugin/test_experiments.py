"""An experiment's `config.yaml` under pytest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat

from ..trials import CONFIG, TASK, write_experiment
from .conftest import Lab

FILE = "experiments/exp-009/config.yaml"

UNEVEN = """
    import random
    def execute(params, data_path, metrics_file):
        if params["x"] == 1:
            raise OSError("disk full")
        return {"metrics": {"cost": params["x"]}}
"""
"""The first variation raises."""


def runs(config: Path) -> list[dict[str, Any]]:
    """What `runs/` holds, by number."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(config.parent.glob("runs/run-*/summary.json"))]


def test_a_folder_of_experiments_is_collected_played_and_written(lab: Lab, mode: str) -> None:
    """Ids as documented; one result folder, `runs/` beside the file; metrics in the summary; the same in every mode."""
    config = write_experiment(lab.path)
    result = lab.run(mode, "experiments", "-v")
    assert result.ret == 0
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines_random([f"*{FILE}::EXP-9::work?Fast-Lane-s1?*"])
    result.stdout.fnmatch_lines(["trials: n that ended well*", "metrics: mean*", "cost *Fast Lane *2 *1 *", "*Slow *2 *2 *"])
    found = lab.results()
    assert list(found) == ["work[Fast-Lane-s1]", "work[Fast-Lane-s2]", "work[Slow-s1]", "work[Slow-s2]"]
    assert {each.metrics["cost"] for each in found.values()} == {1, 2}
    assert [(each["variation"], each["trial"]) for each in runs(config)] == [
        ("Fast Lane", 1),
        ("Fast Lane", 2),
        ("Slow", 1),
        ("Slow", 2),
    ]
    events = [json.loads(line) for file in lab.dats()[0].glob("metrics/*.jsonl") for line in file.read_text().splitlines()]
    assert sorted((event["id"], event["value"]) for event in events) == [
        ("work[Fast-Lane-s1]", 1),
        ("work[Fast-Lane-s2]", 1),
        ("work[Slow-s1]", 2),
        ("work[Slow-s2]", 2),
    ]


def test_a_task_that_raises_fails_its_cells_with_its_traceback_and_the_others_go_on(lab: Lab, mode: str) -> None:
    write_experiment(lab.path, task=UNEVEN)
    result = lab.run(mode, "experiments")
    assert result.ret == 1
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "environment_error: the task failed: OSError: disk full",
            "*work.py*in execute*",
            "OSError: disk full",
            f"reproduce: pytest '{FILE}::EXP-9::work?Fast-Lane-s?]'",
        ]
    )
    assert {each.outcome for each in lab.results().values()} == {Outcome.COMPLETED, Outcome.ENVIRONMENT_ERROR}


def test_a_missed_criterion_shows_metric_value_and_condition(lab: Lab) -> None:
    write_experiment(lab.path, CONFIG + 'success_criteria: [{metric: cost, condition: "< 2"}]\n')
    result = lab.run("plain", "experiments")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["cost is 2, expected < 2", "failures: 2 trials short of the criteria"])
    result.stdout.fnmatch_lines([f"FAILED {FILE}::EXP-9::work?Slow-s?]*"])


def test_selecting_works_as_for_any_battery(lab: Lab) -> None:
    """`-k`, a node id, `--bio-agent`, `--bio-seeds` for trials; ids stay what they are."""
    config = write_experiment(lab.path)
    for arguments, cells in (
        (["experiments", "-k", "Slow"], {"work[Slow-s1]", "work[Slow-s2]"}),
        ([f"{FILE}::EXP-9::work[Slow-s2]"], {"work[Slow-s2]"}),
        (["experiments", "--bio-agent", "Fast*", "--bio-seeds", "2-2"], {"work[Fast-Lane-s2]"}),
    ):
        assert lab.run("plain", *arguments).ret == 0
        assert set(lab.results()) == cells
    assert len(runs(config)) == 4


def test_what_failed_is_played_again_by_lf(lab: Lab) -> None:
    write_experiment(lab.path, task=UNEVEN)
    lab.run("plain", "experiments").assert_outcomes(passed=2, failed=2)
    write_experiment(lab.path, task=TASK)
    assert lab.run("plain", "experiments", "--lf").ret == 0
    assert set(lab.results()) == {"work[Fast-Lane-s1]", "work[Fast-Lane-s2]"}


def test_runs_can_be_left_out(lab: Lab) -> None:
    config = write_experiment(lab.path)
    assert lab.run("plain", "experiments", "--bio-no-runs").ret == 0
    assert not (config.parent / "runs").exists()


def test_a_hanging_trial_is_killed_and_the_others_go_on(lab: Lab) -> None:
    task = """
        import time
        def execute(params, data_path, metrics_file):
            if params["x"] == 1:
                print("waiting for ever", flush=True)
                time.sleep(600)
            return {"metrics": {"cost": 1}}
    """
    write_experiment(lab.path, CONFIG.replace("type: work", "type: work, timeout_s: 1").replace("trials: 2", "trials: 1"), task)
    result = lab.run("plain", "experiments")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["timed_out: cell ran longer than 1 s", "--- stdout ---", "waiting for ever"])


@pytest.mark.parametrize(
    ("change", "to", "what"),
    [
        ("type: work", "type: wrok", "*config.yaml:2:14: there is no task 'wrok'; looked in *"),
        ("trials: 2", "trials: two", "*config.yaml:8:9: `trials` is 'two'; expected how often *"),
        ("metrics: [cost]", "metric: [cost]", "*config.yaml:9:1: unknown key 'metric'; did you mean 'metrics'?"),
    ],
)
def test_a_file_that_cannot_be_honoured_stops_everything_before_the_first_trial(
    change: str, to: str, what: str, lab: Lab, mode: str
) -> None:
    """The same exit code in every mode, and nothing is written."""
    config = write_experiment(lab.path, CONFIG.replace(change, to))
    write_experiment(lab.path, CONFIG.replace("EXP-9", "EXP-10"), name="exp-010")
    result = lab.run(mode, "experiments", workers=False)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["ERROR: 1 problem; nothing was run", what])
    assert not (lab.path / "data").exists()
    assert not (config.parent / "runs").exists()


def test_somebody_elses_config_yaml_is_left_alone(lab: Lab) -> None:
    """Unless it is named: then what is wrong with it is said."""
    other = lab.path / "conf" / "config.yaml"
    other.parent.mkdir()
    other.write_text("experiment: default\ntask: mnist\nlr: 0.1\n", "utf-8")
    assert lab.run("plain", ".").ret == 5
    result = lab.run("plain", "conf/config.yaml", workers=False)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["*config.yaml:1:*", "*config.yaml:3:1: unknown key 'lr'*"])


def test_a_dry_run_plays_and_writes_nothing(lab: Lab, mode: str) -> None:
    config = write_experiment(lab.path)
    result = lab.run(mode, "experiments", "--bio-dry-run", workers=False)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["EXP-9: 4 cells*", "nothing was played, nothing was written"])
    assert not (lab.path / "data").exists()
    assert not (config.parent / "runs").exists()


def test_a_task_of_a_conftest_is_played_in_an_ordinary_battery(lab: Lab, mode: str) -> None:
    """`registry.task`: in this process, with agents of kind `variation`; scored if it says by what."""
    lab.conftest(
        """
        from pytest_alienbio import record_metric
        def count(agent_count=1):
            record_metric("agents", agent_count)
            return {"agents": agent_count}

        def pytest_alienbio_register_scenarios(registry, before=pytest_alienbio_register_scenarios):
            before(registry)
            registry.task("jobs/count", count, score="agents", better="lower")
        """
    )
    lab.battery(
        """
        experiment.jobs:
          scenarios: [jobs/count]
          agents:
            - {name: few, kind: variation, params: {agent_count: 2}}
            - {name: many, kind: variation, params: {agent_count: 9}}
          seeds: 2
        """
    )
    result = lab.run(mode, "a.battery.yaml")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["leaderboard:*", "*lower is better", "*1 *few *2.00*", "*2 *many *9.00*"])
    found = lab.results()
    assert {name: each.score for name, each in found.items() if each.seed == 0} == {
        "jobs/count[few-s0]": 2.0,
        "jobs/count[many-s0]": 9.0,
    }
    assert all(each.task for each in found.values())


def test_agents_that_act_and_tasks_do_not_meet(lab: Lab) -> None:
    lab.battery("experiment.a:\n  scenarios: [walks/plain]\n  agents: [{name: v, kind: variation}]\n  seeds: 1\n")
    result = lab.run("plain", "a.battery.yaml", workers=False)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["*a.battery.yaml:3:12: v (variation) plays tasks only, and walks/plain is acted in*"])


def test_an_overridden_agent_fixture_is_not_booked_as_if_it_had_played(lab: Lab) -> None:
    write_experiment(lab.path, CONFIG.replace("trials: 2", "trials: 1"))
    lab.conftest("@pytest.fixture\ndef agent(agent):\n    return Right()\n")
    result = lab.run("plain", "experiments")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["agent_error: work is a task: the agent cannot be replaced"])


def test_a_python_test_over_an_experiments_trials(lab: Lab) -> None:
    """`@pytest.mark.battery` and `bio.play` take it like any battery."""
    write_experiment(lab.path)
    lab.pytester.makepyfile(
        test_over=f"""
        import pytest

        @pytest.mark.battery("{FILE}")
        def test_cost(cell, bio):
            assert bio.play(cell).metrics["cost"] == cell.agent.params["x"]
        """
    )
    lab.run("plain", "test_over.py").assert_outcomes(passed=4)
    assert len(lab.results()) == 4


def test_a_result_folder_plays_again(lab: Lab) -> None:
    """Its `_spec_.yaml` is a battery; the task comes from the file it was made from. Not an experiment any more: no `runs/`."""
    config = write_experiment(lab.path)
    assert lab.run("plain", "experiments").ret == 0
    first, path = lab.results(), lab.dats()[0]
    assert lab.run("plain", str(path / "_spec_.yaml")).ret == 0
    again = {each.id: each for each in dat.open(next(each for each in lab.dats() if each != path)).results()}
    assert {name: (each.key, each.metrics) for name, each in again.items()} == {
        name: (each.key, each.metrics) for name, each in first.items()
    }
    assert len(runs(config)) == 4


def test_a_smoke_run_plays_each_variation_once_and_misses_no_oracle(lab: Lab) -> None:
    """The bounds of oracle and noop are for worlds: nothing is said to be unchecked."""
    write_experiment(lab.path)
    result = lab.run("plain", "experiments", "--bio-smoke")
    assert result.ret == 0
    assert set(lab.results()) == {"work[Fast-Lane-s1]", "work[Slow-s1]"}
    result.stdout.no_fnmatch_line("*sanity*")
