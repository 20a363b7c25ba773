"""An experiment's `config.yaml` as a battery."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Battery, CellLimits, Criterion, Experiment, ScenarioEntry, Source
from pytest_alienbio.spec import read_battery
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.reader import read

SMALL = """\
experiment:
  id: EXP-001
task:
  type: task_s1
variations:
  - name: Fast
    params: {agent_count: 5, note: null}
  - name: Slow one
trials: 12
"""


def source(text: str) -> Source:
    """As it would be read from a file."""
    return read(text, "lab/config.yaml")


def made(text: str) -> Battery:
    """The battery a text means."""
    (battery,) = batteries(source(text))
    return battery


def complaints(text: str) -> list[str]:
    """Everything wrong with a text."""
    with pytest.raises(SpecError) as caught:
        batteries(source(text))
    return [str(complaint).removeprefix("lab/config.yaml:") for complaint in caught.value.complaints]


def test_variations_are_agents_trials_are_seeds_from_1_and_the_task_is_the_scenario() -> None:
    battery = made(SMALL)
    assert (battery.name, battery.seeds, battery.seed_digits) == ("EXP-001", tuple(range(1, 13)), 2)
    assert battery.scenarios == (ScenarioEntry("task_s1", line=4, column=9),)
    assert battery.agents == (
        AgentEntry("Fast", "variation", {"agent_count": 5, "note": None}, line=6, column=5),
        AgentEntry("Slow one", "variation", {}, line=8, column=5),
    )
    assert battery.experiment == Experiment("EXP-001")
    task = battery.tasks["task_s1"]
    assert (task.isolate, task.random_seed, task.metrics, task.score) == ("process", None, (), "")
    assert task.folder == str(Path.cwd() / "lab")


def test_everything_that_can_be_said() -> None:
    battery = made(
        """\
experiment: {id: E.1, name: Name, description: What, author: me, created: 2026-01-21}
task: {type: t, description: Does it, data_path: data/, isolate: none, timeout_s: 30}
variations: [{name: A, params: {x: 1}}]
trials: 3
metrics: [ms, rate]
success_criteria: [{metric: rate, condition: "< 0.05"}]
random_seed: 42
environment: {python_version: "3.13", claude_code_version: 1.x, git_commit: ad3f49a, gpus: 0}
score: {metric: ms, better: lower}
tags: [nightly]
"""
    )
    task = battery.tasks["t"]
    assert (task.data_path, task.isolate, task.random_seed, task.description) == ("data/", "none", 42, "Does it")
    assert (task.metrics, task.score, task.better) == (("ms", "rate"), "ms", "lower")
    assert task.criteria == (Criterion("rate", "< 0.05", "<", 0.05),)
    assert (battery.description, battery.tags, battery.limits) == ("What", ("nightly",), CellLimits(wall_clock_s=30))
    assert battery.experiment == Experiment(
        "E.1",
        "Name",
        "me",
        "2026-01-21",
        {"python_version": "3.13", "claude_code_version": "1.x", "git_commit": "ad3f49a", "gpus": 0},
    )


def test_defaults_are_one_trial_nothing_seeded_and_no_limit() -> None:
    battery = made(SMALL.replace("trials: 12\n", ""))
    assert (battery.seeds, battery.limits) == ((1,), CellLimits())
    assert made(SMALL + "random_seed: null\n").tasks["task_s1"].random_seed is None
    assert made(SMALL + "limits: {per_cell: {wall_clock_s: 9}}\n").limits == CellLimits(wall_clock_s=9)


@pytest.mark.parametrize("command", ["\"{python} 'a b.py' --n {n}\"", '["{python}", "a b.py", --n, "{n}"]'])
def test_a_command_is_words_or_one_text_that_no_shell_reads(command: str) -> None:
    battery = made(SMALL.replace("type: task_s1", f"type: task_s1\n  command: {command}"))
    assert battery.tasks["task_s1"].command == ("{python}", "a b.py", "--n", "{n}")


@pytest.mark.parametrize(
    ("change", "to", "what"),
    [
        ("trials: 12", "trials: 0", "9:9: `trials` is 0; expected at least 1"),
        ("trials: 12", "trials: many", "9:9: `trials` is 'many'; expected how often each variation is run, like 10"),
        ("trials: 12", "trails: 12", "9:1: unknown key 'trails'; did you mean 'trials'?"),
        ("id: EXP-001", "id: EXP 001", "2:7: 'EXP 001' cannot be an experiment's id; expected letters, digits"),
        ("id: EXP-001", "id: " + "E" * 101, "2:7: an experiment's id of 101 characters is too long; expected at most 100"),
        ("- name: Fast", '- name: "Fa\\u202Est"', "6:11: this is no name: it holds a line break or another control character"),
        ("experiment:\n  id: EXP-001\n", "", "1:1: `experiment` is missing; expected a mapping, like {id: "),
        ("id: EXP-001", "name: x", "1:1: `id` is missing"),
        ("id: EXP-001", "id: EXP-001\n  owner: me", "3:3: unknown key 'owner' in `experiment`"),
        ("name: Slow one", "name: Fast", "8:11: the variation 'Fast' is given twice; first given at line 6, column 11"),
        ("{agent_count: 5, note: null}", "5", "7:13: `variations[0].params` is 5; expected a mapping, like {agent_count: 5}"),
        ("{agent_count: 5, note: null}", "{api_key: abc}", "7:14: a literal `api_key` is refused in a project's files"),
        ("trials: 12", "trials:", "9:1: `trials` is empty; give it a value or remove it"),
        ("trials: 12", "metrics: [a, b, a]", "9:17: metric a is given twice; first given at line 9, column 11"),
        ("trials: 12", "random_seed: 1.5", "9:14: `random_seed` is 1.5; expected a whole number, or null"),
        ("trials: 12", "random_seed: true", "9:14: `random_seed` is true; expected a whole number, or null"),
        ("trials: 12", "environment: {python_version: 3.10}", "`environment.python_version` is 3.1; expected text; quote it"),
        ("trials: 12", "environment: {packages: [numpy]}", "9:25: `environment.packages` is a list; expected text or a number"),
        (
            "trials: 12",
            'success_criteria: [{metric: rate, condition: "less than 5"}]',
            "9:46: 'less than 5' is no condition; expected < 0.05, <= 5, > 0, >= 1, == 3, != 0 or between 2 and 3",
        ),
        (
            "trials: 12",
            'metrics: [error_rate]\nsuccess_criteria: [{metric: eror_rate, condition: "< 1"}]',
            "10:29: 'eror_rate' is none of the `metrics`; did you mean 'error_rate'?",
        ),
        ("trials: 12", "metrics: [ms]\nscore: {metric: s}", "10:17: 's' is none of the `metrics`; did you mean 'ms'?"),
        ("trials: 12", "score: {metric: s, better: more}", "9:28: `score.better` is 'more'; expected higher or lower"),
        ("trials: 12", "limits: {per_cell: {steps: 5}}", "9:21: a task makes no steps; leave it out"),
        (
            "type: task_s1",
            "type: task_s1\n  timeout_s: 5\nlimits: {per_cell: {wall_clock_s: 5}}",
            "the time of a trial is limited twice; `task.timeout_s` is the same",
        ),
        (
            "type: task_s1",
            'type: task_s1\n  command: "a \'b"',
            "5:12: `task.command` cannot be split into words: No closing quotation",
        ),
        ("type: task_s1", 'type: task_s1\n  command: " "', "5:12: `task.command` is empty; expected a list of words"),
        ("type: task_s1", "type: task_s1\n  command: []", "5:12: `task.command` is empty; expected at least one"),
        ("type: task_s1", "type: task_s1\n  command: 5", "5:12: `task.command` is 5; expected a list of words"),
        ("type: task_s1", "type: task_s1\n  command: [a, 5]", "5:16: `task.command[1]` is 5; expected text"),
        ("type: task_s1", "type: task_s1\n  isolate: thread", "`task.isolate` is 'thread'; expected process or none"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: str, to: str, what: str) -> None:
    (complaint,) = complaints(SMALL.replace(change, to, 1))
    assert what in complaint


def test_a_mistyped_key_is_unknown_and_what_was_meant_is_missing() -> None:
    assert complaints(SMALL.replace("  type:", "  typ:")) == [
        "3:1: `type` is missing",
        "4:3: unknown key 'typ' in `task`; did you mean 'type'?",
    ]


def test_every_complaint_comes_at_once_in_the_files_order() -> None:
    text = SMALL.replace("trials: 12", "trials: -1").replace("type: task_s1", "typ: x").replace("id: EXP-001", "id: a b")
    found = complaints(text + 'success_criteria: [{metric: m, condition: "?"}]\nscore: 5\nmore: 1\n')
    assert [each.split(":")[0] for each in found] == ["2", "3", "4", "9", "11", "12"]


def test_a_battery_that_lacks_its_name_is_told_how_heads_are_spelled() -> None:
    found = complaints("experiment:\n  scenarios: [a]\n")
    assert any("a battery's head is `experiment.<name>:`" in each for each in found)


def test_a_file_in_this_form_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """The look at its name only decides what is collected by itself."""
    (tmp_path / "other.yaml").write_text(SMALL, "utf-8")
    (battery,) = read_battery(tmp_path / "other.yaml")
    assert battery.tasks["task_s1"].folder == str(tmp_path)


def test_parts_of_an_experiment_without_its_head_are_an_experiments() -> None:
    """One complaint about what is missing, none about keys that are right; a slip in the head is told with what was meant."""
    (missing,) = complaints("task: {type: t}\nvariations: [{name: A}]\n")
    assert missing == '1:1: `experiment` is missing; expected a mapping, like {id: "EXP-001", name: ...}'
    slip = complaints(SMALL.replace("experiment:", "experimant:"))
    assert "1:1: unknown key 'experimant'; did you mean 'experiment'?" in slip
    assert len(slip) == 2


def test_an_empty_config_yaml_is_told_what_an_experiment_holds() -> None:
    (empty,) = complaints("")
    assert "the file is empty; expected `experiment:`, `task:` and `variations:`, as `bio schema experiment`" in empty
