"""Where we are, and what the project's and the user's files add."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.run import find_project, user_file


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file, not written yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    path = tmp_path / "home" / "alienbio" / "config.yaml"
    path.parent.mkdir(parents=True)
    return path


def complaints(start: Path) -> list[str]:
    """What is said about the project at `start`."""
    with pytest.raises(SpecError) as caught:
        find_project(start, walk=True)
    return [str(complaint) for complaint in caught.value.complaints]


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


@pytest.mark.parametrize("walk", [True, False])
def test_where_nothing_marks_a_project_it_is_the_one_with_the_folder_experiments(tmp_path: Path, walk: bool) -> None:
    """Not beyond the repository that we are in; and whatever marks a project wins."""
    folder = tmp_path / "mine" / "experiments" / "exp-1"
    folder.mkdir(parents=True)
    assert find_project(folder, walk=walk).root == find_project(folder.parent, walk=walk).root == tmp_path / "mine"
    assert find_project(tmp_path / "mine", walk=walk).root == tmp_path / "mine"
    (folder / ".git").touch()
    assert find_project(folder, walk=walk).root == folder
    (folder / ".git").unlink()
    (folder / "pytest.ini").touch()
    assert find_project(folder, walk=walk).root == folder
    (folder / "pytest.ini").unlink()
    (tmp_path / "bio.yaml").touch()
    assert find_project(folder, walk=walk).root == tmp_path


def test_its_scenario_files_are_listed_once_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "bio.yaml").write_text("scenarios: [b.yaml, '*.yaml']", "utf-8")
    assert [path.name for path in find_project(tmp_path).scenario_files] == ["b.yaml", "a.yaml", "bio.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scenarios: [none/*.yaml]", "no file matches 'none/"),
        ("scenarios: [/etc/*.yaml]", "no pattern of files below its folder"),
        ("agentz: {}", "agents"),
    ],
)
def test_a_bio_yaml_that_cannot_be_honoured_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bio.yaml").write_text(text, "utf-8")
    with pytest.raises(SpecError, match=said):
        find_project(tmp_path)


def test_the_users_agents_sets_and_scenario_files_are_there_and_the_projects_win(tmp_path: Path, user: Path) -> None:
    """By name, one by one; scenario files of both, each beside its own file."""
    project = tmp_path / "project"
    project.mkdir()
    for folder in (project, user.parent):
        (folder / "world.yaml").touch()
    user.write_text(
        "agents: {mine: {kind: random}, calm: {kind: noop}}\n"
        "sets: {few: [mutualism/competition], one: [mutualism/competition]}\n"
        "scenarios: [world.yaml]\n",
        "utf-8",
    )
    (project / "bio.yaml").write_text(
        "agents: {mine: {kind: greedy}}\nsets: {few: ['mutualism/*']}\nscenarios: [world.yaml]\n", "utf-8"
    )
    found = find_project(project)
    assert {name: entry.kind for name, entry in found.profiles.items()} == {"mine": "greedy", "calm": "noop"}
    assert {name: [entry.name for entry in entries] for name, entries in found.sets.items()} == {
        "few": ["mutualism/*"],
        "one": ["mutualism/competition"],
    }
    assert found.scenario_files == (project / "world.yaml", user.parent / "world.yaml")


def test_settings_of_both_files_are_kept_apart(tmp_path: Path, user: Path) -> None:
    """Who wins is decided where all the places meet."""
    user.write_text("run: {traces: none}\n", "utf-8")
    (tmp_path / "bio.yaml").write_text("seeds: 3\nrun:\n  traces: failed\n", "utf-8")
    found = find_project(tmp_path)
    assert found.own.settings["run.traces"] == ("failed", f"{tmp_path}/bio.yaml:3:3")
    assert found.user.settings["run.traces"] == ("none", f"{user}:1:7")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "this is a folder; expected a file"),
        (lambda path: path.write_bytes(b"seeds: 3 # \xff"), "1:12: the byte 0xff is not UTF-8"),
        (lambda path: path.write_text("a: [1\nb: 2", "utf-8"), "2:2: a list in [...] is not closed"),
        (lambda path: path.write_text("agents: {x: {kind: noop, kind: noop}}", "utf-8"), "1:26: duplicate key 'kind'"),
        (lambda path: path.write_text("seedz: 3", "utf-8"), "1:1: unknown key 'seedz'; did you mean 'seeds'?"),
        (lambda path: path.symlink_to("nowhere"), "this is a link to a file that does not exist; it leads to nowhere"),
        (lambda path: os.mkfifo(path), "this is a device or a pipe"),
    ],
    ids=["folder", "latin-1", "broken", "twice", "unknown", "dangling", "pipe"],
)
@pytest.mark.parametrize("whose", ["project", "user"])
def test_a_file_that_cannot_be_read_is_said_with_its_place(tmp_path: Path, user: Path, whose: str, make, said: str) -> None:  # type: ignore[no-untyped-def]
    """Both files alike, whatever is wrong with them."""
    path = user if whose == "user" else tmp_path / "bio.yaml"
    make(path)
    assert complaints(tmp_path)[0].startswith(f"{path}:")
    assert said in complaints(tmp_path)[0]


def test_a_file_above_that_is_broken_says_how_it_was_found_and_what_ends_the_search(tmp_path: Path) -> None:
    """People do not look for their mistake in a folder they have never thought of."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "bio.yaml").write_text("seedz: 3\nagentz: {}", "utf-8")
    first, last = complaints(inner)
    assert "upward" not in first
    assert f"this file was found by looking upward from {inner}; an empty bio.yaml in your project's root ends the" in last
    (tmp_path / "a" / "bio.yaml").touch()
    assert find_project(inner, walk=True).root == tmp_path / "a"


def test_a_broken_file_of_the_project_itself_is_nobodys_surprise(tmp_path: Path) -> None:
    """Also from a folder below its root."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "pytest.ini").touch()
    (tmp_path / "bio.yaml").write_text("seedz: 3", "utf-8")
    assert "upward" not in complaints(tmp_path / "experiments")[0]


@pytest.mark.parametrize("given", ["", "relative/path", None])
def test_the_users_file_is_below_the_home_unless_there_is_an_absolute_xdg_folder(given: str | None) -> None:
    """As the XDG specification says: what is not absolute is ignored."""
    environ = {} if given is None else {"XDG_CONFIG_HOME": given}
    assert user_file(environ) == Path(os.path.expanduser("~/.config/alienbio/config.yaml"))
    assert user_file({"XDG_CONFIG_HOME": "/etc/x"}) == Path("/etc/x/alienbio/config.yaml")


def test_somebody_without_a_home_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HOME` unset and an unknown user: the tilde stays a tilde."""
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert user_file() is None
    assert find_project(tmp_path).user.file == ""


def test_a_file_where_the_users_folder_would_be_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/.config` itself may be one."""
    (tmp_path / "plain").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "plain"))
    assert find_project(tmp_path).user.file == ""


def test_a_user_file_that_may_not_be_looked_at_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on without it would change what is played."""

    def refuse(path: object, **_: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.lstat", refuse)
    monkeypatch.setattr("os.stat", refuse)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(SpecError, match="this file may not be read"):
        find_project(tmp_path)


def test_a_walk_ends_where_pytest_has_its_rootdir(tmp_path: Path) -> None:
    """Only if asked for, and only where there is no `bio.yaml`."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pytest.ini").touch()
    assert find_project(inner, walk=True).root == tmp_path / "a"
    assert find_project(inner).root == inner
    (tmp_path / "bio.yaml").touch()
    assert find_project(inner, walk=True).root == tmp_path


def test_a_walk_that_finds_nothing_stays(tmp_path: Path) -> None:
    assert find_project(tmp_path, walk=True).root == tmp_path
