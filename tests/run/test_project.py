"""Where we are: the project's folder and the data root."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.run import data_root, find_project


def test_the_nearest_folder_upward_with_a_bio_yaml(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "bio.yaml").write_text("agents: {mine: {kind: greedy}}", "utf-8")
    project = find_project(inner)
    assert project.root == tmp_path
    assert project.profiles["mine"].kind == "greedy"
    (inner / "bio.yaml").write_text("", "utf-8")
    assert find_project(inner).root == inner


def test_without_one_it_is_where_we_start(tmp_path: Path) -> None:
    assert find_project(tmp_path).root == tmp_path
    assert find_project(tmp_path).profiles == {}


def test_its_scenario_files_are_listed_once_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "bio.yaml").write_text("scenarios: [b.yaml, '*.yaml']", "utf-8")
    assert [path.name for path in find_project(tmp_path).scenario_files] == ["b.yaml", "a.yaml", "bio.yaml"]


@pytest.mark.parametrize(("text", "said"), [("scenarios: [none/*.yaml]", "no file matches 'none/"), ("agentz: {}", "agents")])
def test_a_bio_yaml_that_cannot_be_honoured_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bio.yaml").write_text(text, "utf-8")
    with pytest.raises(SpecError, match=said):
        find_project(tmp_path)


def test_data_root_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option, else the environment (both seen from the working directory), else the ini value, else `data`."""
    here, project = tmp_path / "here", tmp_path / "project"
    monkeypatch.delenv("ALIENBIO_DATA", raising=False)
    assert data_root(project, cwd=here) == project / "data"
    assert data_root(project, ini="d", cwd=here) == project / "d"
    monkeypatch.setenv("ALIENBIO_DATA", "e")
    assert data_root(project, ini="d", cwd=here) == here / "e"
    assert data_root(project, option="o", ini="d", cwd=here) == here / "o"
    assert data_root(project, option="/abs", ini="d", cwd=here) == Path("/abs")


@pytest.mark.parametrize("name", ["pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"])
def test_a_walk_ends_where_pytest_has_its_rootdir(tmp_path: Path, name: str) -> None:
    """Only if asked for, and only where there is no `bio.yaml`."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / name).touch()
    assert find_project(inner, walk=True).root == tmp_path / "a"
    assert find_project(inner).root == inner
    (tmp_path / "bio.yaml").touch()
    assert find_project(inner, walk=True).root == tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", ""),
        ("pyproject.toml", "[tool.pytest.ini_options]"),
        ("tox.ini", "[pytest]"),
        ("setup.cfg", "[tool:pytest]"),
    ],
)
def test_a_file_that_configures_pytest_wins_over_a_nearer_one_that_does_not(tmp_path: Path, name: str, text: str) -> None:
    """As for pytest: a package of a larger project does not end the walk."""
    inner = tmp_path / "package"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\n", "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    assert find_project(inner, walk=True).root == tmp_path


def test_a_walk_that_finds_nothing_stays(tmp_path: Path) -> None:
    assert find_project(tmp_path, walk=True).root == tmp_path
