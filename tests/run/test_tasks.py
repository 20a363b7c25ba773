"""Where the tasks of an experiment lie; nothing of theirs is run to find out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Battery, Plan, ScenarioEntry, Task
from pytest_alienbio.play import Catalog, ScenarioRegistry, builtin_agents
from pytest_alienbio.run import Project
from pytest_alienbio.run.plan import plan
from pytest_alienbio.run.prepare import prepare
from pytest_alienbio.scenarios.manifest import examine
from pytest_alienbio.spec import read_battery

from ..trials import CONFIG, TASK, write_experiment
from .parts import Line

CATALOG = Catalog({}, builtin_agents())


def resolved(config: Path, project: Path, catalog: Catalog = CATALOG) -> tuple[Plan, Task]:
    """The plan of an experiment, and its task as it was found."""
    (battery,) = read_battery(config)
    made, full = prepare(battery, Project(project), catalog)
    (scenario,) = battery.scenarios
    task = full.scenario(scenario.name).task
    assert task is not None
    return made, task


def complaints(config: Path, project: Path, catalog: Catalog = CATALOG) -> list[str]:
    """Everything wrong with it."""
    with pytest.raises(SpecError) as caught:
        resolved(config, project, catalog)
    return [str(complaint) for complaint in caught.value.complaints]


def test_ids_variations_and_trials(tmp_path: Path) -> None:
    made, _ = resolved(write_experiment(tmp_path, CONFIG.replace("trials: 2", "trials: 10")), tmp_path)
    assert len(made) == 20
    assert made.cells[0].id == "work[Fast-Lane-s01]"
    assert (made.cells[-1].id, made.cells[-1].seed, made.cells[-1].case.type) == ("work[Slow-s10]", 10, "task")
    assert made.cells[0].case.passing_score is None


def test_a_task_is_looked_for_beside_the_config_then_in_the_project_then_as_a_dotted_path(tmp_path: Path) -> None:
    config = write_experiment(tmp_path)
    beside = config.parent / "tasks" / "work.py"
    shared = tmp_path / "experiments" / "tasks" / "work.py"
    dotted = tmp_path / "work.py"
    for file in (shared, dotted):
        file.parent.mkdir(exist_ok=True)
        file.write_text(TASK, "utf-8")
    assert resolved(config, tmp_path)[1].file == str(beside)
    beside.unlink()
    assert resolved(config, tmp_path)[1].file == str(shared)
    shared.unlink()
    task = resolved(config, tmp_path)[1]
    assert (task.file, task.module, task.function) == ("", "work", "execute")


def test_started_outside_its_project_an_experiment_finds_the_tasks_of_its_folder_experiments(tmp_path: Path) -> None:
    """From above or beside; never those above a project that it lies in."""
    config = write_experiment(tmp_path / "mine", task=None)
    shared = tmp_path / "mine" / "experiments" / "tasks" / "work.py"
    shared.parent.mkdir()
    shared.write_text(TASK, "utf-8")
    for project in (tmp_path, tmp_path / "other"):
        assert resolved(config, project)[1].file == str(shared)
    (complaint,) = complaints(config, config.parent)
    assert str(shared.parent) not in complaint


@pytest.mark.parametrize(
    ("written", "file", "module", "function"),
    [
        ("kit.jobs", "", "kit.jobs", "execute"),
        ("kit.jobs.measure", "", "kit.jobs", "measure"),
        ("kit.jobs:Lab.measure", "", "kit.jobs", "Lab.measure"),
        ("kit", "", "kit", "execute"),
        ("nested.job", "tasks/nested/job.py", "", "execute"),
        ("packed", "tasks/packed/__init__.py", "", "execute"),
        ("work:other", "tasks/work.py", "", "other"),
    ],
)
def test_how_a_task_can_be_named(written: str, file: str, module: str, function: str, tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("work", written))
    for path in ("kit/__init__.py", "kit/jobs.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("raise AssertionError('nobody asked to run this')\n", "utf-8")
    for path in ("nested/job.py", "packed/__init__.py"):
        (config.parent / "tasks" / path).parent.mkdir()
        (config.parent / "tasks" / path).write_text("raise AssertionError('nobody asked to run this')\n", "utf-8")
    task = resolved(config, tmp_path)[1]
    assert task.file == (str(config.parent / file) if file else "")
    assert (task.module, task.function) == (module, function)


def test_a_task_that_is_nowhere_is_told_where_it_was_looked_for(tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("work", "wrok"))
    assert complaints(config, tmp_path) == [
        f"{config}:2:14: there is no task 'wrok'; looked in {config.parent}/tasks/, {tmp_path}/experiments/tasks/, "
        "and as the dotted path wrok; did you mean 'work'?"
    ]


@pytest.mark.parametrize("name", ["../work", "/etc/passwd", "tasks/work", "work..x", ".work", "work:", "a b"])
def test_a_name_never_leads_elsewhere(name: str, tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("type: work", f"type: {name!r}"))
    (complaint,) = complaints(config, tmp_path)
    assert f"{name!r} cannot be a task" in complaint


def test_a_registered_task_can_be_named_too_and_a_file_wins(tmp_path: Path) -> None:
    def counted(x: int) -> dict[str, int]:
        return {"cost": x}

    registry = ScenarioRegistry()
    registry.task("work", counted)
    catalog = Catalog(registry.entries, builtin_agents())
    task = resolved(write_experiment(tmp_path, task=None), tmp_path, catalog)[1]
    assert (task.call, task.isolate, task.metrics, task.random_seed) == (counted, "none", ("cost",), 7)
    assert resolved(write_experiment(tmp_path), tmp_path, catalog)[1].call is None


def test_a_scenario_of_that_name_does_not_stand_in_the_way(tmp_path: Path) -> None:
    registry = ScenarioRegistry()
    registry.add("work", Line)
    assert resolved(write_experiment(tmp_path), tmp_path, Catalog(registry.entries, builtin_agents()))[1].file


def test_data_are_beside_the_config_else_in_the_project(tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("type: work", "type: work, data_path: data/in/"))
    (tmp_path / "data" / "in").mkdir(parents=True)
    assert resolved(config, tmp_path)[1].data_path == str(tmp_path / "data" / "in")
    (config.parent / "data" / "in").mkdir(parents=True)
    assert resolved(config, tmp_path)[1].data_path == str(config.parent / "data" / "in")


def test_data_that_are_nowhere(tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("type: work", "type: work, data_path: gone/"))
    assert complaints(config, tmp_path) == [
        f"{config}:2:31: there are no data at 'gone/'; looked below {config.parent} and {tmp_path}"
    ]


def test_data_that_are_not_as_their_manifest_says_stop_everything(tmp_path: Path) -> None:
    """And the manifest is part of the cells' keys."""
    config = write_experiment(tmp_path)
    without = resolved(config, tmp_path)[0].cells[0].key
    data = config.parent / "data"
    data.mkdir()
    (data / "a.txt").write_text("one", "utf-8")
    checksum = examine(data, config.parent).checksum
    manifest = config.parent / "data-manifest.yaml"
    manifest.write_text(f"data_sources:\n  - path: data/\n    checksum: {checksum}\n", "utf-8")
    keyed = resolved(config, tmp_path)[0].cells[0].key
    assert keyed != without
    (data / "a.txt").write_text("two", "utf-8")
    (complaint,) = complaints(config, tmp_path)
    assert complaint.startswith(f"{manifest}:2:11: data: the folder was changed")
    manifest.write_text("data_sources: 3\n", "utf-8")
    assert "`data_sources` is 3" in complaints(config, tmp_path)[0]


@pytest.mark.parametrize(
    ("change", "to"),
    [("random_seed: 7", "random_seed: 8"), ("metrics: [cost]", "metrics: []"), ("metrics: [cost]", "score: {metric: cost}")],
)
def test_keys_follow_the_tasks_code_and_how_it_is_judged(change: str, to: str, tmp_path: Path) -> None:
    config = write_experiment(tmp_path)
    before = [cell.key for cell in resolved(config, tmp_path)[0].cells]
    config.write_text(CONFIG.replace("Nine", "Another name"), "utf-8")
    assert [cell.key for cell in resolved(config, tmp_path)[0].cells] == before
    config.write_text(CONFIG.replace(change, to), "utf-8")
    after = [cell.key for cell in resolved(config, tmp_path)[0].cells]
    write_experiment(tmp_path, task=TASK + "# changed\n")
    changed = [cell.key for cell in resolved(config, tmp_path)[0].cells]
    assert len({*before, *after, *changed}) == 12


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ('[no-such-program-anywhere, "{x}"]', "begins with 'no-such-program-anywhere', and there is no such program on PATH"),
        ("[./run.sh]", "begins with './run.sh', and "),
        ('["{python}", "{y}"]', "names {y}, which is no param of 'Fast Lane'; known: data_path, metrics_file"),
    ],
)
def test_a_command_that_cannot_be(command: str, what: str, tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("type: work", f"type: work, command: {command}"))
    (complaint,) = complaints(config, tmp_path)
    assert what in complaint


def test_params_that_a_command_cannot_be_told(tmp_path: Path) -> None:
    """Called like what every command is offered, or longer than a word of a process may be; only where the command names it."""
    text = CONFIG.replace("type: work", 'type: work, command: ["{python}", "-c", "{python}", "{params}"]')
    config = write_experiment(
        tmp_path, text.replace("{x: 1}", "{python: other, seed: 3}").replace("{x: 2}", "{x: " + "y" * 130_000 + "}")
    )
    hint = "{python} is what every command is offered: rename the param"
    assert complaints(config, tmp_path) == [
        f"{config}:2:14: `task.command` names {{python}}, which is also a param of 'Fast Lane'; {hint}",
        f"{config}:2:14: '{{params}}' in `task.command` has 130,009 bytes with the params of 'Slow'; "
        "a word holds less than 100,000: let a param name a file instead",
    ]


def test_everything_is_complained_about_at_once(tmp_path: Path) -> None:
    config = write_experiment(tmp_path, CONFIG.replace("type: work", "type: nothing, data_path: gone"))
    (config.parent / "data-manifest.yaml").write_text("sources: []\n", "utf-8")
    assert len(complaints(config, tmp_path)) == 4


def test_trials_count_from_1(tmp_path: Path) -> None:
    (battery,) = read_battery(write_experiment(tmp_path))
    with pytest.raises(SpecError, match="EXP-9 has no trial 0: trials count from 1"):
        prepare(replace(battery, seeds=(0, 1)), Project(tmp_path), CATALOG)


def test_variations_play_tasks_only_and_tasks_are_played_by_variations_only() -> None:
    """Refused by name, before anything is played."""
    registry = ScenarioRegistry()
    registry.add("walks/plain", Line)
    registry.task("work", dict)
    catalog = Catalog(registry.entries, builtin_agents())

    def battery(scenario: str, *agents: AgentEntry) -> Battery:
        return Battery("b", (ScenarioEntry(scenario),), agents, (0,))

    fast = AgentEntry("fast", "variation", {"x": 1})
    assert [cell.id for cell in plan(battery("work", fast), catalog).cells] == ["work[fast-s0]"]
    with pytest.raises(
        SpecError, match="agent greedy cannot play the task work; tasks are played by agents of `kind: variation`"
    ):
        plan(battery("work", fast, AgentEntry("greedy")), catalog)
    with pytest.raises(SpecError, match=r"fast \(variation\) plays tasks only, and walks/plain is acted in"):
        plan(battery("walks/plain", fast), catalog)


def test_axes_reach_a_variation() -> None:
    """An ordinary battery can sweep what a task is run with."""
    registry = ScenarioRegistry()
    registry.task("work", dict)
    agents = (AgentEntry("fast", "variation", {"x": 1}),)
    battery = Battery("b", (ScenarioEntry("work"),), agents, (0,), params={"count": (1, 2)})
    made = plan(battery, Catalog(registry.entries, builtin_agents()))
    assert [(cell.id, dict(cell.agent.params)) for cell in made.cells] == [
        ("work[fast-s0-count1]", {"x": 1, "count": 1}),
        ("work[fast-s0-count2]", {"x": 1, "count": 2}),
    ]
