"""Each plugin by itself and all together: the same cells, outcomes and results as without them, and their own work done."""

from __future__ import annotations

import html
import importlib.metadata
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ENTRY_POINTS, PYTHON, Company, Done

ALL = tuple(ENTRY_POINTS)
ALONE_AND_TOGETHER = [*((plugin,) for plugin in ALL), ALL]

ARGS = {
    "pytest-rerunfailures": ["--reruns=1"],
    "pytest-timeout": ["--timeout=300"],
    "pytest-html": ["--html=out/report.html", "--self-contained-html"],
    "pytest-cov": ["--cov=mine", "--cov-report=json:out/cov.json"],
    "pytest-randomly": ["--randomly-seed=20"],
    "pytest-sugar": ["--force-sugar"],
    "allure-pytest": ["--alluredir=out/allure"],
}


def check_html(out: Path, done: Done) -> None:
    """Every case stands in the page with its result."""
    page = (out / "report.html").read_text("utf-8")
    blob = re.search(r'data-jsonblob="(.*?)"', page)
    assert blob
    tests = json.loads(html.unescape(blob[1]))["tests"]
    assert len(tests) == len(done.junit)
    shown = [entry["result"] for name, entries in tests.items() for entry in entries if "[half-s0]" in name]
    assert shown[-1] == "Failed"


def check_cov(out: Path, done: Done) -> None:
    """The agent's lines that only cells run are covered, whichever process ran them."""
    covered = json.loads((out / "cov.json").read_text("utf-8"))["files"]["mine.py"]["executed_lines"]
    assert {6, 9, 10, 13} <= set(covered)


def check_allure(out: Path, done: Done) -> None:
    """One history a cell, described as its battery; a score below the bar has failed, an agent that broke is broken."""
    cells = [json.loads(file.read_text("utf-8")) for file in (out / "allure").glob("*-result.json")]
    cells = [cell for cell in cells if not cell["fullName"].startswith("test_")]
    latest = {cell["fullName"]: cell for cell in sorted(cells, key=lambda cell: cell["stop"])}
    assert len({cell["historyId"] for cell in latest.values()}) == len(latest) == 24
    assert {cell.get("description") for cell in cells} == {"Walks of several lengths."}
    status = {name.partition("#walks/plain")[2]: cell["status"] for name, cell in latest.items()}
    assert [status[f"[{agent}-s0]"] for agent in ("right", "half", "crash", "gpt-4", "random")] == [
        *("passed", "failed", "broken", "skipped", "skipped")
    ]


def check_randomly(out: Path, done: Done) -> None:
    assert "Using --randomly-seed=20" in done.text


def check_sugar(out: Path, done: Done) -> None:
    assert "Results (" in done.text


CHECKS: dict[str, Callable[[Path, Done], None]] = {
    "pytest-html": check_html,
    "pytest-cov": check_cov,
    "allure-pytest": check_allure,
    "pytest-randomly": check_randomly,
    "pytest-sugar": check_sugar,
}


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """What the project gives without any of them."""
    return project(Company(tmp_path_factory.mktemp("alone"))).run((), "-n", "0")


def project(company: Company) -> Company:
    """With cells and with a Python test over a battery."""
    company.write("b.yaml", "experiment.b: {scenarios: [walks/plain], agents: [right], seeds: 2}\n")
    company.write("test_python.py", PYTHON)
    return company


@pytest.mark.parametrize("plugin", ALL)
def test_the_company_is_here(plugin: str) -> None:
    """Missing company is a failure here, not a skip: there is nothing else to test."""
    assert importlib.metadata.version(plugin)


@pytest.mark.parametrize("plugins", ALONE_AND_TOGETHER, ids=[*ALL, "all together"])
def test_cells_are_the_same_in_company(
    company: Company, plugins: tuple[str, ...], workers: tuple[str, str], alone: Done
) -> None:
    """Ids, outcomes, properties, exit code and recorded results; then `--lf` plays what failed and nothing else.

    With workers one `--lf` is enough, all together: what it chooses does not depend on who plays it.
    """
    project(company)
    args = [*workers, *(arg for plugin in plugins for arg in ARGS[plugin])]
    done = company.run(plugins, *args)
    assert done.comparable == alone.comparable, done.text
    for plugin in plugins:
        if plugin in CHECKS:
            CHECKS[plugin](company.path / "out", done)
    if plugins != ALL and workers == ("-n", "2"):
        return
    again = company.run(plugins, *args, "--lf")
    assert again.junit.keys() == again.failed == done.failed, again.text


def test_the_project_has_something_of_everything(alone: Done) -> None:
    """Otherwise the tests above would compare less than they say."""
    assert sorted({case["kind"] for case in alone.junit.values()}) == ["Failure", "Passed", "Skipped"]
    assert {result["outcome"] for result in alone.results.values()} == {"completed", "agent_error", "skipped"}
    assert alone.results["b::walks/plain[right-s0]"]["scores"]["thrift"] == 0.5
