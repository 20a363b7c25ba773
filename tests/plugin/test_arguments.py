"""Arguments that name batteries."""

from __future__ import annotations

import pytest

from .conftest import Lab

BATTERY = "experiment.alpha: {scenarios: [walks/plain], agents: [right], seeds: 2}"


def said(run: pytest.RunResult) -> str:
    return run.stderr.str() + run.stdout.str()


@pytest.mark.parametrize(
    ("argument", "hint"),
    [
        ("tow.battery.yaml", "file or directory not found: tow.battery.yaml; did you mean 'two.battery.yaml'?"),
        ("nowhere/two.yaml", "file or directory not found: nowhere/two.yaml"),
        ("two_battery.py", "file or directory not found: two_battery.py"),
        ("two.battery.yaml::alhpa", "the file holds no battery 'alhpa'; did you mean 'alpha'?"),
        ("two.battery.yaml::alpha::walks/plian", "alpha holds no scenario 'walks/plian'; did you mean 'walks/plain'?"),
        ("two.battery.yaml::alpha::walks/plain[rihgt-s1]", "holds no cell 'walks/plain[rihgt-s1]'; did you mean"),
        ("two.battery.yaml::alpha::walks/plain[right-s1]::x", "alpha holds no cell"),
    ],
)
def test_what_is_not_there_is_a_usage_error_in_every_mode(lab: Lab, mode: str, argument: str, hint: str) -> None:
    """pytest says so serially; under xdist it would find nothing, and end with 5 without a reason."""
    lab.battery(BATTERY, "two.battery.yaml")
    run = lab.run(mode, argument, workers=False)
    assert run.ret == 4
    assert hint in said(run)
    assert lab.dats() == []


@pytest.mark.parametrize(
    ("argument", "count"),
    [
        ("two.battery.yaml", 2),
        ("two.battery.yaml::alpha", 2),
        ("two.battery.yaml::alpha::walks/plain", 2),
        ("two.battery.yaml::alpha::walks/plain[right-s1]", 1),
    ],
)
def test_what_is_there_is_collected(lab: Lab, argument: str, count: int) -> None:
    lab.battery(BATTERY, "two.battery.yaml")
    assert lab.run("plain", argument).parseoutcomes() == {"passed": count}


def test_a_file_that_is_a_test_module_as_well_holds_more_than_batteries(lab: Lab) -> None:
    lab.pytester.makeini("[pytest]\npython_files = *_battery.py\n")
    (lab.path / "two_battery.py").write_text(
        "from pytest_alienbio import Battery\n"
        "battery = Battery('alpha', scenarios=['walks/plain'], agents=['right'], seeds=1)\n"
        "def test_it(): pass\n"
    )
    assert lab.run("plain", "two_battery.py::test_it").parseoutcomes() == {"passed": 1}


def test_a_python_battery_can_skip_itself(lab: Lab) -> None:
    """Its reason and its line are shown, as of a test module; whatever else there is is played."""
    lab.battery(BATTERY, "two.battery.yaml")
    (lab.path / "gpu_battery.py").write_text(
        "import pytest\nfrom pytest_alienbio import Battery\npytest.skip('needs a GPU', allow_module_level=True)\n"
    )
    run = lab.run("plain", "-rs")
    assert run.ret == 0
    assert run.parseoutcomes() == {"passed": 2, "skipped": 1}
    run.stdout.fnmatch_lines(["SKIPPED*gpu_battery.py:3: needs a GPU"])
