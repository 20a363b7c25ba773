"""Everything that can be named, and where it comes from."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, ScenarioEntry
from pytest_alienbio.play import AgentRegistry
from pytest_alienbio.run import build_catalog, read_scenario, with_named_files
from pytest_alienbio.run import catalog as module
from pytest_alienbio.run.catalog import with_scenario_file

from .parts import Right, make_battery, register

SHIPPED = Path(__file__).parents[2] / "pytest_alienbio/scenarios/catalog/mutualism/competition.yaml"


def copy_as(path: Path, name: str, change: tuple[str, str] = ("", "")) -> Path:
    """The shipped scenario under another name."""
    text = SHIPPED.read_text("utf-8").replace("mutualism/competition", name)
    assert change[0] in text
    path.write_text(text.replace(*change) if change[0] else text, "utf-8")
    return path


def add_right(registry: AgentRegistry) -> None:
    """What a package's entry point names."""
    registry.add("packaged", Right)


def test_what_is_shipped_can_be_named() -> None:
    """Every YAML file of the package's catalog, and the built-in agents."""
    catalog = build_catalog()
    files = sorted(SHIPPED.parents[1].rglob("*.yaml"))
    assert {info.name for info in map(read_scenario, files)} == set(catalog.scenarios)
    assert {"oracle", "random", "noop", "greedy", "scripted"} <= set(catalog.agents)


def test_registered_things_join_and_leave_the_next_catalog_alone() -> None:
    assert "walks/plain" in build_catalog(register=register).scenarios
    assert "walks/plain" not in build_catalog().scenarios


def test_a_name_taken_twice_is_refused() -> None:
    with pytest.raises(SpecError, match="greedy"):
        build_catalog(register=lambda agents, scenarios: agents.add("greedy", Right))


def test_installed_packages_add_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """By entry points of the group `pytest_alienbio.agents`."""
    point = EntryPoint("mine", f"{__name__}:add_right", "pytest_alienbio.agents")
    monkeypatch.setattr(module, "installed", lambda group: [point] if group == point.group else [])
    assert build_catalog().agents["packaged"].factory is Right


def test_a_package_is_known_as_soon_as_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to a process that has asked before: a notebook that installs one."""
    monkeypatch.syspath_prepend(tmp_path)
    assert "late" not in build_catalog().agents
    info = tmp_path / "late-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest_alienbio.agents]\nlate = late_agents:register\n")
    (tmp_path / "late_agents.py").write_text("def register(agents):\n    agents.add('late', object)\n")
    assert "late" in build_catalog().agents


def test_a_projects_scenario_files_join(tmp_path: Path) -> None:
    catalog = build_catalog([copy_as(tmp_path / "a.yaml", "mine/one")])
    assert catalog.scenario("mine/one").levels == catalog.scenario("mutualism/competition").levels


def test_the_same_file_twice_is_fine_but_another_content_under_its_name_is_not(tmp_path: Path) -> None:
    first, same = copy_as(tmp_path / "a.yaml", "mine/one"), copy_as(tmp_path / "b.yaml", "mine/one")
    assert "mine/one" in build_catalog([first, first, same]).scenarios
    other = copy_as(tmp_path / "c.yaml", "mine/one", ("passing_score: 0.6", "passing_score: 0.7"))
    with pytest.raises(SpecError) as caught:
        build_catalog([first, other])
    line = 1 + other.read_text("utf-8").splitlines().index("scenario: mine/one")
    assert str(caught.value) == (
        f"{other}:{line}:11: scenario 'mine/one' is already taken by {first}; give this one another name under `scenario:`"
    )


@pytest.mark.parametrize(
    ("head", "indent", "said"),
    [
        (
            "name: mine\ninterface: {}\n",
            "",
            "b.yaml:1:7: scenario 'mine' is already taken by {}; give this one another name under `name:`",
        ),
        ("scenario.mine:\n", "  ", "b.yaml:1:1: scenario 'mine' is already taken by {}; give this one another name"),
    ],
)
def test_a_name_taken_by_a_file_of_the_older_format_has_its_place_too(
    tmp_path: Path, head: str, indent: str, said: str
) -> None:
    body = ["briefing: b", "initial_state: {A: 1}", "scoring: {score: !_ final('A')}"]
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(head + "".join(f"{indent}{line}\n" for line in body), "utf-8")
    second.write_text(first.read_text("utf-8").replace("briefing: b", "briefing: c"), "utf-8")
    with pytest.raises(SpecError) as caught:
        build_catalog([first, second])
    assert str(caught.value) == str(tmp_path / said.format(first))


def test_who_has_a_name_already_is_said_of_built_in_and_made_ones(tmp_path: Path) -> None:
    file = copy_as(tmp_path / "a.yaml", "mutualism/competition", ("passing_score: 0.6", "passing_score: 0.7"))
    with pytest.raises(
        SpecError, match=r"a\.yaml:\d+:11: scenario 'mutualism/competition' is already taken by a built-in scenario"
    ):
        with_scenario_file(build_catalog(), file)
    made = copy_as(tmp_path / "b.yaml", "walks/plain")
    with pytest.raises(
        SpecError, match=r"b\.yaml:\d+:11: scenario 'walks/plain' is already taken by one that was made in Python"
    ):
        with_scenario_file(build_catalog(register=register), made)


def test_a_battery_may_name_files_beside_it(tmp_path: Path) -> None:
    """In its list and in its sets; afterwards it holds their names. A battery without files comes back as it is."""
    copy_as(tmp_path / "a.yaml", "mine/one")
    copy_as(tmp_path / "b.yml", "mine/two")
    battery = make_battery(
        [ScenarioEntry("./a.yaml", difficulty=(2,)), ScenarioEntry(set="s")],
        source=str(tmp_path / "x.battery.yaml"),
        sets={"s": (ScenarioEntry("b.yml"),)},
    )
    named, catalog = with_named_files(battery, build_catalog())
    assert (named.scenarios[0].name, named.scenarios[0].difficulty) == ("mine/one", (2,))
    assert [entry.name for entry in named.sets["s"]] == ["mine/two"]
    assert {"mine/one", "mine/two"} <= set(catalog.scenarios)
    again, same = with_named_files(named, catalog)
    assert again is named
    assert same is catalog


def test_a_file_that_is_not_there_is_a_complaint_where_it_is_named(tmp_path: Path) -> None:
    battery = make_battery([ScenarioEntry("./none.yaml", line=3, column=5)], source=str(tmp_path / "x.battery.yaml"))
    with pytest.raises(SpecError, match=r"x\.battery\.yaml:3:5: scenario file './none\.yaml' does not exist"):
        with_named_files(battery, build_catalog())


def test_a_scenario_file_with_an_unsafe_expression_is_refused(tmp_path: Path) -> None:
    """Nothing of it is ever run."""
    line = next(line for line in SHIPPED.read_text("utf-8").splitlines() if "!ev" in line)
    text = line[line.index("!ev") :].strip().rstrip("}],")
    with pytest.raises(SpecError, match=r"bad\.yaml:\d+:\d+: "):
        read_scenario(copy_as(tmp_path / "bad.yaml", "mine/bad", (text, '!ev "__import__(0)"')))


def test_sets_of_the_configuration_may_name_files(tmp_path: Path) -> None:
    """Those the battery uses, straight or through another; files of others are not even opened."""
    copy_as(tmp_path / "a.yaml", "mine/one")
    sets = {
        "outer": (ScenarioEntry(set="inner"),),
        "inner": (ScenarioEntry(str(tmp_path / "a.yaml")), ScenarioEntry("walks/plain")),
        "unused": (ScenarioEntry("/none/at/all.yaml"),),
        "own": (ScenarioEntry("/none/either.yaml"),),
    }
    battery = make_battery(
        [ScenarioEntry(set="outer"), ScenarioEntry(set="own")], sets={"own": (ScenarioEntry("walks/plain"),)}
    )
    named, catalog = with_named_files(battery, build_catalog(), sets)
    assert [entry.name for entry in named.sets["inner"]] == ["mine/one", "walks/plain"]
    assert named.sets["own"] == battery.sets["own"]
    assert "mine/one" in catalog.scenarios


def test_a_batterys_players_can_be_named() -> None:
    """In its own catalog; the one that was handed in stays as it is."""
    before = build_catalog()
    battery = make_battery(agents=[AgentEntry("Right", kind="Right")], players={"Right": Right})
    same, catalog = with_named_files(battery, before)
    assert same is battery
    assert catalog.agents["Right"].factory is Right
    assert "Right" not in before.agents


def test_a_player_may_not_take_a_known_name() -> None:
    """Said at the line that brings it, with who has the name."""
    battery = make_battery(
        agents=["noop", AgentEntry("greedy", kind="greedy", line=4, column=2)],
        source="x_battery.py",
        players={"greedy": Right},
    )
    with pytest.raises(SpecError, match=r"x_battery\.py:4:2: agent 'greedy' is already registered by pytest_alienbio"):
        with_named_files(battery, build_catalog())


def test_every_wrong_file_is_said_where_it_is_named_then_what_is_wrong_with_it(tmp_path: Path) -> None:
    """At once, each file once; the line that names it stands first."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("nonsense: 1\n")
    lines = [ScenarioEntry(f"./{name}.yaml", line=number, column=5) for number, name in enumerate(("a", "none", "b", "a"), 3)]
    with pytest.raises(SpecError) as caught:
        with_named_files(make_battery(lines, source=str(tmp_path / "x.battery.yaml")), build_catalog())
    said = [(Path(complaint.file).name, complaint.line) for complaint in caught.value.complaints]
    own = [place for place in said if place[0] == "x.battery.yaml"]
    assert own == [("x.battery.yaml", 3), ("x.battery.yaml", 4), ("x.battery.yaml", 5)]
    assert said[0] == own[0]
    assert said[1][0] == "a.yaml"
    assert said[-1][0] == "b.yaml"
    assert "'./a.yaml' is no scenario that can be played: it has " in str(caught.value.complaints[0])


def test_a_file_is_read_once_and_again_when_it_changed(tmp_path: Path) -> None:
    """Every battery's catalog has all of the project's scenarios; one that is as long as before is another one, too."""
    path = copy_as(tmp_path / "mine.yaml", "mine/one")
    first = build_catalog([path]).scenario("mine/one")
    assert build_catalog([path]).scenario("mine/one") is first
    before = path.stat()
    copy_as(path, "mine/two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    assert read_scenario(path).name == "mine/two"
    path.unlink()
    with pytest.raises(SpecError, match=r"mine\.yaml"):
        read_scenario(path)
