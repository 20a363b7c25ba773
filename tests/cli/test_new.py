"""`bio new`."""

from __future__ import annotations

import pytest
import yaml

from pytest_alienbio.spec import read_battery

from .conftest import Desk


def test_a_new_battery_is_valid_commented_and_plays(desk: Desk) -> None:
    """As written: every cell is played to a score."""
    said = desk.bio("new", "battery", "mine")
    path = desk.path / "experiments" / "mine.battery.yaml"
    assert said.code == 0
    assert "wrote experiments/mine.battery.yaml" in said.lines
    assert path.read_text("utf-8").count("#") > 10
    [battery] = read_battery(path)
    assert (battery.name, len(battery.seeds)) == ("mine", 5)
    assert desk.bio("validate", str(path)).out.endswith("ok: mine, 60 cells\n")
    done = desk.process("batch", "experiments/mine.battery.yaml", "--set", "seeds=1")
    assert done.code == 0, done.err
    assert "12 cells: 12 completed" in done.out


def test_editors_find_the_schema(desk: Desk) -> None:
    """The first line points to a schema inside the project, from whatever folder."""
    desk.bio("new", "battery", "mine")
    desk.bio("new", "experiment", "deep")
    for path in (desk.path / "experiments").rglob("*.battery.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        schema = (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        assert schema == (desk.path / ".bio" / "battery.schema.json").resolve()
        assert schema.read_text("utf-8") == desk.bio("schema").out


def test_a_new_experiment_runs_with_its_own_agent_and_test(desk: Desk) -> None:
    """Battery, conftest and Python test, as written, under pytest."""
    said = desk.bio("new", "experiment", "patience")
    folder = desk.path / "experiments" / "patience"
    assert sorted(path.name for path in folder.iterdir()) == ["conftest.py", "patience.battery.yaml", "test_patience.py"]
    assert said.lines[-3:] == [
        "  pytest experiments/patience --bio-dry-run",
        "  pytest experiments/patience -n auto",
        "  bio results patience",
    ]
    assert desk.bio("validate", str(folder / "patience.battery.yaml")).code == 0
    done = desk.process("run", "experiments/patience/patience.battery.yaml", "--", str(folder), "--bio-seeds", "1", "-q")
    assert done.code == 0, done.out + done.err
    assert "18 passed, 2 xfailed" in done.out  # noop, once as a cell and once in the Python test, is a floor
    assert "mine-bold" in done.out


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "1st", "x" * 61, "é", "a-b", "a.b"])
def test_what_cannot_name_a_battery_is_refused(desk: Desk, name: str) -> None:
    assert "cannot be the name" in desk.refused("new", "battery", name)
    assert not (desk.path / "experiments").exists()


def test_nothing_is_overwritten_and_nothing_half_written(desk: Desk) -> None:
    folder = desk.path / "experiments" / "mine"
    folder.mkdir(parents=True)
    (folder / "conftest.py").write_text("# precious\n", "utf-8")
    assert "conftest.py is there already" in desk.refused("new", "experiment", "mine")
    assert [path.name for path in folder.iterdir()] == ["conftest.py"]
    (desk.path / "experiments" / "link.battery.yaml").symlink_to("nowhere")
    assert "is there already" in desk.refused("new", "battery", "link")


def test_another_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to where the command is given; the schema stays with the project."""
    (desk.path / "bio.yaml").write_text("", "utf-8")
    (desk.path / "deep" / "here").mkdir(parents=True)
    monkeypatch.chdir(desk.path / "deep" / "here")
    desk.bio("new", "battery", "mine", "--folder", "batteries")
    path = desk.path / "deep" / "here" / "batteries" / "mine.battery.yaml"
    assert "$schema=../../../.bio/battery.schema.json" in path.read_text("utf-8")
    assert yaml.safe_load(path.read_text("utf-8")).keys() == {"experiment.mine"}


def test_a_folder_that_cannot_be_made_is_one_sentence(desk: Desk) -> None:
    (desk.path / "file").write_text("", "utf-8")
    assert "Not a directory" in desk.refused("new", "battery", "mine", "--folder", "file/below")
