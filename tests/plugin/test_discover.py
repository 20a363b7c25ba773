"""Python batteries: collected like YAML ones, and never mistaken for tests; nor others' files for batteries."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.plugin.discover import is_battery
from pytest_alienbio.store import dat

from .conftest import Lab
from .test_preflight import said

MINE = """
from pytest_alienbio import Action, Battery

print("imported", __name__)


class TestLeft:
    def start(self, briefing): pass
    def decide(self, observation): return Action("left")
    def end(self, scores): pass


def test_never(): raise AssertionError("no test module")


battery = Battery("mine", scenarios=["walks/plain"], agents=["right", TestLeft], seeds=2, cells="record")
more = Battery("more", scenarios=[{"name": "walks/line", "difficulty": [1, 3]}], agents=["right"], seeds=[7])
"""
CELLS = {"walks/plain[right-s0]", "walks/plain[right-s1]", "walks/plain[TestLeft-s0]", "walks/plain[TestLeft-s1]"}


@pytest.fixture
def mine(lab: Lab) -> Lab:
    (lab.path / "experiments").mkdir()
    (lab.path / "experiments" / "mine_battery.py").write_text(MINE)
    return lab


@pytest.mark.parametrize("args", [[], ["experiments"], ["experiments/mine_battery.py"]])
def test_a_python_battery_is_found_like_a_yaml_one(mine: Lab, args: list[str]) -> None:
    """By itself, in a folder or by name: the same cells, no tests."""
    run = mine.run("plain", *args)
    assert run.parseoutcomes() == {"passed": 6}
    assert sorted(folder.parent.name for folder in mine.dats()) == ["mine", "more"]


def test_its_own_agents_play_in_every_mode(mine: Lab, mode: str) -> None:
    """Workers run the file themselves."""
    assert mine.run(mode, "experiments/mine_battery.py").parseoutcomes() == {"passed": 6}
    folder = next(folder for folder in mine.dats() if folder.parent.name == "mine")
    assert {result.id for result in dat.open(folder).results()} == CELLS


def test_its_cells_have_ids_like_any_other(mine: Lab) -> None:
    named = "experiments/mine_battery.py::more::walks/line[d3-right-s7]"
    assert mine.run("plain", named, "-v").parseoutcomes() == {"passed": 1}
    assert mine.run("plain", "experiments/mine_battery.py::mine::walks/plain").parseoutcomes() == {"passed": 4}


def test_two_of_one_name_in_two_folders_keep_apart(mine: Lab) -> None:
    """pytest would refuse two test modules of one name."""
    (mine.path / "deeper").mkdir()
    (mine.path / "deeper" / "mine_battery.py").write_text(MINE)
    run = mine.run("plain", "experiments/mine_battery.py", "deeper/mine_battery.py")
    assert run.parseoutcomes() == {"passed": 12}


def test_a_name_that_is_a_test_modules_by_the_ini_file_is_both(mine: Lab) -> None:
    mine.pytester.makeini("[pytest]\npython_files = *_battery.py\npython_functions = test_*\npython_classes = Nothing\n")
    assert mine.run("plain").parseoutcomes() == {"passed": 6, "failed": 1}


def test_functions_can_name_a_python_battery(mine: Lab) -> None:
    mine.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("experiments/mine_battery.py", head="more")
        def test_it(cell, bio):
            assert bio.play(cell).score == 1.0
        """
    )
    assert mine.run("plain", "test_functions_can_name_a_python_battery.py").parseoutcomes() == {"passed": 2}


@pytest.mark.parametrize(
    "text", ["raise OSError('no net')", "battery = Battery('x', scenarios=['walks/plian'], agents=['right'], seeds=1)"]
)
def test_one_that_cannot_be_honoured_ends_the_session_with_2(mine: Lab, mode: str, text: str) -> None:
    (mine.path / "b_battery.py").write_text(f"from pytest_alienbio import Battery\n{text}\n")
    run = mine.run(mode, workers=False)
    assert run.ret == 2
    assert "b_battery.py:2" in said(run)
    assert not (mine.path / "data").exists()


def test_files_of_others_with_such_names_are_left_alone(lab: Lab) -> None:
    """A driver for a car's battery is not imported, a test about one is a test."""
    (lab.path / "car_battery.py").write_text("raise SystemExit('imported')\n")
    (lab.path / "test_car_battery.py").write_text("from pytest_alienbio import Battery\n\ndef test_it(): pass\n")
    assert lab.run("plain").parseoutcomes() == {"passed": 1}


@pytest.mark.parametrize(
    ("name", "text", "named", "globs", "expected"),
    [
        ("x.battery.yaml", "", False, (), True),
        ("x.yaml", "experiment.x: {}", False, (), False),
        ("x.yaml", "experiment.x: {}", True, (), True),
        ("x.yaml", "tea: green", True, (), False),
        ("x.bat.yaml", "", False, ("*.bat.yaml",), True),
        ("x_battery.py", "from pytest_alienbio import Battery", False, (), True),
        ("x_battery.py", "import pytest_alienbio as bio\nb = bio.Battery('x')", True, (), True),
        ("x_battery.py", "class Battery: pass", True, (), False),
        ("x.py", "from pytest_alienbio import Battery", True, (), False),
        ("x.py", "", False, ("x.py",), True),
        ("test_battery.py", "from pytest_alienbio import Battery", False, (), False),
    ],
)
def test_what_is_a_battery(tmp_path: Path, name: str, text: str, named: bool, globs: tuple[str, ...], expected: bool) -> None:
    (tmp_path / name).write_text(text)
    assert is_battery(tmp_path / name, named, globs) is expected


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert not is_battery(tmp_path / "gone_battery.py", True)
