"""The package that docs/extending.md prints is installed and used as it is printed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ..journeys.conftest import REPOSITORY, Project

PAGE = (REPOSITORY / "docs" / "extending.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
[CONFTEST] = [block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "def pytest_alienbio_register" in block]


class Installed(Project):
    """A project beside an installed copy of the package: its modules, and what an installer writes of its entry points."""

    def __init__(self, path: Path, *, known: bool = True) -> None:
        super().__init__(path / "project")
        self.site = path / "site"
        self.write("pytest.ini", "[pytest]\n")
        for name, text in FILES.items():
            self.write(f"../site/{name}" if name.startswith("glasshouse/") else name, text)
        if known:
            project = tomllib.loads(FILES["pyproject.toml"])["project"]
            groups = ((group, dict(entries)) for group, entries in project["entry-points"].items())
            text = "".join(f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for group, entries in groups)
            info = f"../site/{project['name']}-{project['version']}.dist-info"
            self.write(f"{info}/entry_points.txt", text)
            self.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")

    @property
    def here(self) -> dict[str, str]:
        """The environment in which it is installed."""
        return {"PYTHONPATH": str(self.site)}


@pytest.fixture
def glasshouse(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def test_every_file_of_the_package_is_printed() -> None:
    [tree] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    listed = {line.split()[0] for line in tree.splitlines()[1:]}
    assert listed == set(FILES)


def test_its_own_tests_and_its_battery_run_as_printed(glasshouse: Installed) -> None:
    """Contracts kept, agents in their order, cells under its names; with xdist, where every worker has to find it."""
    run = glasshouse.pytest("-n", "2", "tests", "experiments", **glasshouse.here)
    assert run.returncode == 0, run.stdout + run.stderr
    shown = glasshouse.bio("results", "glasshouse", "--agent", "thermostat", "--min-score", "1", **glasshouse.here)
    assert "15 of 15 cells" in shown.stdout, shown.stdout
    board = run.stdout.partition("leaderboard")[2]
    assert re.findall(r"(oracle|thermostat|careless|random|noop) ", board)[:2] == ["oracle", "thermostat"], board


def test_bio_knows_what_is_installed(glasshouse: Installed) -> None:
    scenario = glasshouse.bio("scenario", "show", "glasshouse/summer", **glasshouse.here)
    assert "Keep the house between 18 and 24 degrees" in scenario.stdout, scenario.stderr
    agent = glasshouse.bio("agent", "show", "thermostat", **glasshouse.here)
    assert "target" in agent.stdout, agent.stderr
    checked = glasshouse.bio("scenario", "check", "glasshouse/summer", **glasshouse.here)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_nothing_of_it_is_known_where_it_is_not_installed(tmp_path: Path) -> None:
    """The modules alone register nothing; a conftest does, for pytest."""
    plain = Installed(tmp_path, known=False)
    run = plain.pytest("experiments", **plain.here)
    assert run.returncode == 2
    assert "unknown agent 'thermostat'" in run.stderr
    plain.write("experiments/conftest.py", CONFTEST)
    battery = "experiment.mild: {scenarios: [glasshouse/mild], agents: [grower, noop], seeds: 2, cells: record}\n"
    plain.write("experiments/glasshouse.battery.yaml", battery)
    again = plain.pytest("-p", "no:xdist", "experiments", **plain.here)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "grower" in again.stdout


def test_an_entry_point_that_fails_is_told_by_its_package(glasshouse: Installed) -> None:
    glasshouse.write("../site/glasshouse/__init__.py", FILES["glasshouse/__init__.py"].replace("House, tags", "House, tagz"))
    said = "the entry point `glasshouse = glasshouse:register_scenarios` of the package 'glasshouse' failed: TypeError: "
    for run in (
        glasshouse.bio("scenario", "list", **glasshouse.here),
        glasshouse.pytest("-p", "no:xdist", "experiments", **glasshouse.here),
    ):
        assert run.returncode == 2
        assert said in run.stderr
        assert "mend or uninstall it" in run.stderr
