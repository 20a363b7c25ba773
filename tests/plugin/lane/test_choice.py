"""Which lane a battery goes, and what people are told of it."""

from __future__ import annotations

import pytest

from ..conftest import Lab

BATTERY = """
experiment.a:
  scenarios: [walks/plain]
  agents: [right]
  seeds: 2
  run: {engine: threads, concurrency: 2}
"""


def lanes(run: pytest.RunResult) -> set[str]:
    """The classes of the items."""
    return {line.partition(" ")[2] for line in run.outlines if line.startswith("item ")}


@pytest.fixture
def lane(lab: Lab) -> Lab:
    """A project that says in the end what its items are."""
    lab.conftest(
        """
        def pytest_terminal_summary(terminalreporter):
            for item in terminalreporter._session.items:
                terminalreporter.write_line("item " + type(item).__name__)
        """
    )
    lab.battery(BATTERY)
    return lab


def notices(run: pytest.RunResult) -> list[str]:
    return [line for line in run.outlines if line.startswith("alienbio: ")]


def test_a_battery_that_names_an_engine_goes_to_it_and_nothing_is_said(lane: Lab) -> None:
    run = lane.run("plain")
    assert (run.ret, lanes(run), notices(run)) == (0, {"LaneItem"}, [])


@pytest.mark.parametrize("function", ["agent(agent)", "scenario(scenario)", "mine(cell)"])
def test_fixtures_of_the_user_take_it_back_to_pytest_with_one_notice(lane: Lab, function: str) -> None:
    """Overridden, or set up for every test: named, with file and line."""
    name, _, asked = function.removesuffix(")").partition("(")
    mark = "(autouse=True)" if name == "mine" else ""
    lane.conftest(f"@pytest.fixture{mark}\ndef {function}:\n    return {asked}")
    line = (lane.path / "conftest.py").read_text().splitlines().index(f"def {function}:")  # from 1 it is the decorator's
    what = "applies to its cells" if name == "mine" else "is overridden"
    run = lane.run("plain")
    assert (run.ret, lanes(run)) == (0, {"CellItem"})
    said = "alienbio: pytest itself plays a.battery.yaml::a, not the engine threads:2: "
    assert notices(run) == [f"{said}the fixture `{name}` {what} in conftest.py:{line}"]


def test_only_batteries_that_a_conftest_applies_to_are_taken_back(lane: Lab) -> None:
    lane.battery(BATTERY, "below/b.battery.yaml")
    (lane.path / "below" / "conftest.py").write_text("import pytest\n\n\ndef pytest_runtest_setup(item): pass\n")
    run = lane.run("plain")
    assert (run.ret, lanes(run)) == (0, {"CellItem", "LaneItem"})
    said = "alienbio: pytest itself plays below/b.battery.yaml::a, not the engine threads:2: "
    assert notices(run) == [f"{said}the hook pytest_runtest_setup is implemented in below/conftest.py:4"]


@pytest.mark.parametrize(
    ("option", "spelled"), [("--setup-show", "--setup-show"), ("--timeout=60", "--timeout of pytest-timeout")]
)
def test_options_that_need_phases_take_it_back(lane: Lab, option: str, spelled: str) -> None:
    if "timeout" in option:
        pytest.importorskip("pytest_timeout")
    run = lane.run("plain", option)
    assert (run.ret, lanes(run)) == (0, {"CellItem"})
    assert spelled in notices(run)[0]


def test_reruns_take_it_back(lane: Lab) -> None:
    """A cell would not be tried again."""
    pytest.importorskip("pytest_rerunfailures")
    lane.without = [name for name in lane.without if name != "rerunfailures"]
    run = lane.run("plain", "--reruns", "1")
    assert (run.ret, lanes(run)) == (0, {"CellItem"})
    assert "--reruns of pytest-rerunfailures" in notices(run)[0]
    assert lanes(lane.run("plain")) == {"LaneItem"}  # and beside it, unused, cells are played and reported


def test_workers_play_in_place_of_a_batterys_own_engine_with_one_notice(lane: Lab) -> None:
    pytest.importorskip("xdist")
    lane.battery(BATTERY.replace(".a", ".b"), "b.battery.yaml")
    run = lane.run("n2")
    assert run.ret == 0
    told = "alienbio: -n plays the cells of a.battery.yaml::a, b.battery.yaml::b, in place of the engine that is named there"
    assert notices(run) == [told]
    run = lane.run("n0")
    assert (run.ret, lanes(run), notices(run)) == (0, {"LaneItem"}, [])


@pytest.mark.parametrize("by", ["--bio-engine", "ALIENBIO_ENGINE", "--bio-set engine"])
def test_an_engine_that_is_asked_for_beside_workers_is_a_usage_error(
    lane: Lab, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """Before any worker is started; nothing is left behind."""
    pytest.importorskip("xdist")
    asked = {"--bio-engine": ["--bio-engine=inline"], "--bio-set engine": ["--bio-set=engine=inline"]}.get(by, [])
    if not asked:
        monkeypatch.setenv(by, "inline")
    run = lane.run("n2", *asked, workers=False)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: {by}: an engine and xdist's workers (-n) cannot both play the cells; *"])
    assert lane.dats() == []


def test_an_engine_on_the_command_line_wins_over_none(lane: Lab) -> None:
    """A battery that names none goes there too; without one nothing changes."""
    lane.battery(BATTERY.replace("  run: {engine: threads, concurrency: 2}\n", ""))
    assert lanes(lane.run("plain")) == {"CellItem"}
    assert lanes(lane.run("plain", "--bio-engine", "inline")) == {"LaneItem"}
