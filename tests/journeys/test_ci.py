"""The pages about continuous integration: what is printed there is read by GitHub and GitLab, and every command exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from pytest_alienbio.cli.main import COMMANDS, parser

from .conftest import REPOSITORY
from .test_shipped import blocks

PAGE = "docs/ci.md"
REPORTS = {"junit", "metrics", "codequality"}
"""Formats that GitLab takes of a test job, as its documentation calls them."""


def workflows() -> list[dict[Any, Any]]:
    """The YAML blocks, in the page's order: GitHub's workflow, one more job of it, GitLab's; GitHub's shards, GitLab's."""
    return [yaml.safe_load(block) for block in blocks("yaml", PAGE)]


def lines(value: Any) -> Iterator[str]:
    """The shell lines of a workflow."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("run", "script"):
                for text in [each] if isinstance(each, str) else each:
                    yield from (line.strip() for line in text.splitlines())
            else:
                yield from lines(each)
    elif isinstance(value, list):
        for each in value:
            yield from lines(each)


def commands() -> list[list[str]]:
    """Every `pytest` and `bio` command of the page, those of its shell blocks, too."""
    every = [line for made in workflows() for line in lines(made)]
    every += [line for block in blocks("sh", PAGE) for line in block.splitlines()]
    every = [re.split(r" (?:\||>>?) ", line)[0] for line in every]  # what the shell does with their output is not theirs
    return [words for words in map(shlex.split, every) if words and words[0] in ("pytest", "bio")]


def test_githubs_workflow_is_whole() -> None:
    """Its triggers (`on`, which YAML takes for true), and of each job where it runs and what it does, in order."""
    workflow, more, *_ = workflows()
    assert set(workflow[True]) == {"pull_request", "push"}
    assert workflow["permissions"] == {"contents": "read"}
    jobs = {**workflow["jobs"], **more}
    for job in jobs.values():
        assert job["runs-on"]
        assert all(("uses" in step) != ("run" in step) for step in job["steps"])
        assert job.get("needs", "battery") in jobs
    steps = [step.get("uses", step.get("run", "")).partition("@")[0] for step in jobs["battery"]["steps"]]
    assert steps[0] == "actions/checkout"
    smoke, whole = (at for at, step in enumerate(steps) if step.startswith("pytest"))
    assert "--bio-smoke" in steps[smoke]
    assert "--bio-no-gates" in steps[smoke]
    assert "--bio-no-gates" not in steps[whole]
    assert steps[whole + 1] == "actions/upload-artifact"


def test_no_outsiders_words_are_pasted_into_a_shell() -> None:
    """A branch may be called anything: `${{ }}` stands in `env:` and `if:` only."""
    for made in workflows():
        assert not [line for line in lines(made) if "${{" in line]


def test_gitlabs_job_names_the_reports_that_there_are() -> None:
    [job] = workflows()[2].values()
    assert set(job["artifacts"]["reports"]) <= REPORTS
    assert job["artifacts"]["when"] == "always"
    assert f"--junitxml={job['artifacts']['reports']['junit']}" in " ".join(lines(job))
    assert set(re.findall(r"artifacts:reports:(\w+)", (REPOSITORY / PAGE).read_text("utf-8"))) == REPORTS


def test_shards_are_all_played_and_all_merged() -> None:
    """As many jobs as the shards are of; the merging job runs even if one of them fails, and looks where they leave things."""
    github, gitlab = workflows()[3:]
    shard = github["shard"]
    numbers = shard["strategy"]["matrix"]["shard"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert shard["env"] == {"ALIENBIO_SHARD": f"${{{{ matrix.shard }}}}/{len(numbers)}"}
    assert not shard["strategy"]["fail-fast"]
    for made in (github, gitlab):
        assert made["merge"]["needs"] in ("shard", ["shard"])
        assert made["merge"].get("if", made["merge"].get("when")) in ("${{ !cancelled() }}", "always")
        (merging,) = (line for line in lines(made["merge"]) if line.startswith("bio merge"))
        assert "--junit-out junit.xml" in merging
    assert "--bio-shard $CI_NODE_INDEX/$CI_NODE_TOTAL" in " ".join(lines(gitlab["shard"]))
    assert gitlab["shard"]["parallel"] > 1


def test_every_command_of_the_page_is_one(request: pytest.FixtureRequest) -> None:
    """`bio` reads its arguments, and pytest knows the options that are ours."""
    found = commands()
    assert {words[0] for words in found} == {"pytest", "bio"}
    for words in found:
        if words[0] == "bio":
            assert words[1] in COMMANDS
            parser(words[1]).parse_args(words[1:])
            continue
        for word in words[1:]:
            if word.startswith("--bio-"):
                request.config.getoption(word.removeprefix("--").partition("=")[0].replace("-", "_"))
