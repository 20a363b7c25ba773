"""`bio validate`."""

from __future__ import annotations

from pathlib import Path

import pytest

import pytest_alienbio

from .conftest import Desk

GOOD = "experiment.good:\n  scenarios: [mutualism/competition]\n  agents: [oracle, noop]\n  seeds: 3\n"
WORLD = Path(pytest_alienbio.__file__).parent / "scenarios" / "catalog" / "mutualism" / "competition.yaml"


def test_sound_files_are_a_line_each(desk: Desk) -> None:
    """Batteries with their cells, scenarios with their levels, bio.yaml; and nothing is written."""
    battery = desk.battery(GOOD)
    (desk.path / "bio.yaml").write_text("agents: {mine: {kind: greedy}}\n", "utf-8")
    before = sorted(desk.path.rglob("*"))
    said = desk.bio("validate", battery.name, "bio.yaml", str(WORLD))
    assert said.code == 0
    assert said.lines == [
        "a.battery.yaml: ok: good, 6 cells",
        "bio.yaml: ok",
        f"{WORLD}: ok: scenario mutualism/competition, levels 1, 2, 3, 4, 5",
    ]
    assert sorted(desk.path.rglob("*")) == before


def test_every_problem_of_every_file_has_its_place(desk: Desk) -> None:
    """Shapes and names, in all files at once; exit 2."""
    desk.battery(GOOD.replace("oracle", "orcale").replace("competition", "competiton"))
    desk.battery("experiment.b: {scenarioz: [x], seeds: -1}\n", "b.battery.yaml")
    desk.battery(GOOD, "c.battery.yaml")
    said = desk.bio("validate", "a.battery.yaml", "b.battery.yaml", "c.battery.yaml", "none.battery.yaml")
    assert said.code == 2
    assert "a.battery.yaml:2:15: unknown scenario 'mutualism/competiton'; did you mean 'mutualism/competition'?" in said.out
    assert "a.battery.yaml:3:12: unknown agent 'orcale'; did you mean 'oracle'?" in said.out
    assert "b.battery.yaml:1:16: unknown key 'scenarioz'; did you mean 'scenarios'?" in said.out
    assert "c.battery.yaml: ok: good, 6 cells" in said.lines
    assert "none.battery.yaml: there is no such file" in said.out
    assert said.lines[-1].endswith("problems in 3 of 4 files")


@pytest.mark.parametrize("head", ["", "# mine\n"])
def test_a_scenario_without_its_first_line_is_told_that(desk: Desk, head: str) -> None:
    """Not that none of its keys can stand in a battery; `bio scenario check` says the same."""
    (desk.path / "w.yaml").write_text(head + WORLD.read_text("utf-8").replace("scenario: mutualism/competition\n", ""), "utf-8")
    said = desk.bio("validate", "w.yaml")
    [line, _count] = said.lines
    assert line.endswith(": `scenario` is missing; expected scenario: family/name")
    assert line in desk.bio("scenario", "check", "w.yaml").err
    (desk.path / "part.yaml").write_text("molecules: {food: {}}\nbriefing: b\n", "utf-8")
    assert "part.yaml:1:1: `scenario` is missing" in desk.bio("validate", "part.yaml").out
    (desk.path / "b.yaml").write_text("agents: [noop]\n", "utf-8")
    assert "expected `experiment.<name>:`" in desk.bio("validate", "b.yaml").out


def test_a_scenario_whose_name_is_taken_is_told_by_whom(desk: Desk) -> None:
    """Another file of the project, or a built-in one; its own file, and its own content elsewhere, are no other."""
    text = WORLD.read_text("utf-8").replace("passing_score: 0.6", "passing_score: 0.7")
    for name in ("built", "one", "two"):
        renamed = text if name == "built" else text.replace("scenario: mutualism/competition", "scenario: own/one")
        (desk.path / f"{name}.yaml").write_text(renamed, "utf-8")
    (desk.path / "bio.yaml").write_text("scenarios: [one.yaml]\n", "utf-8")
    assert (
        desk.bio("validate", "built.yaml")
        .lines[0]
        .endswith(
            ":11: scenario 'mutualism/competition' is already taken by a built-in scenario; "
            "give this one another name under `scenario:`"
        )
    )
    assert desk.bio("validate", "one.yaml", "two.yaml").code == 0
    (desk.path / "two.yaml").write_text((desk.path / "two.yaml").read_text("utf-8").replace("0.7", "0.8"), "utf-8")
    said = desk.bio("validate", "one.yaml", "two.yaml")
    assert said.lines[0].startswith("one.yaml: ok")
    assert f"scenario 'own/one' is already taken by {desk.path / 'one.yaml'}" in said.lines[1]


def test_an_unknown_tag_is_told_which_ones_mean_something(desk: Desk) -> None:
    """Not those that are known only to be refused; in a battery there are none."""
    (desk.path / "w.yaml").write_text("scenario: a/b\nbriefing: !!python/name:os.system x\n", "utf-8")
    desk.battery("experiment.x: {scenarios: [!!python/name:os.system x]}\n")
    said = desk.bio("validate", "w.yaml", "a.battery.yaml")
    assert "w.yaml:2:11: the tag !!python/name:os.system is not known; expected !ev or !_; quote text" in said.out
    assert "a.battery.yaml:1:28: the tag !!python/name:os.system is not known; expected no tag; quote text" in said.out


def test_names_from_a_conftest_are_known(desk: Desk) -> None:
    """What a conftest registers counts, and a typo beside it is still found."""
    (desk.path / "conftest.py").write_text(
        "def pytest_alienbio_register_agents(registry):\n    registry.add('mine', object)\n", "utf-8"
    )
    desk.battery(GOOD.replace("noop", "mine"))
    assert desk.bio("validate", "a.battery.yaml").out == "a.battery.yaml: ok: good\n"
    desk.battery(GOOD.replace("noop", "minne"))
    said = desk.bio("validate", "a.battery.yaml")
    assert said.code == 2
    assert "a.battery.yaml:3:20: unknown agent 'minne'; did you mean 'mine'?" in said.out


def test_project_agents_sets_and_defaults_count(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text(
        "agents: {mine: {kind: greedy}}\nsets: {two: ['mutualism/*']}\ndefault_agents: [mine]\nseeds: 4\n", "utf-8"
    )
    desk.battery("experiment.x: {scenarios: [{set: two}]}\n")
    assert desk.bio("validate", "a.battery.yaml").out == "a.battery.yaml: ok: x, 8 cells\n"


def test_a_set_of_the_project_may_name_files_beside_it(desk: Desk) -> None:
    """Relative to bio.yaml, from a battery in any folder."""
    (desk.path / "worlds").mkdir()
    (desk.path / "worlds" / "own.yaml").write_text(
        WORLD.read_text("utf-8").replace("scenario: mutualism/competition", "scenario: own/competition"), "utf-8"
    )
    (desk.path / "bio.yaml").write_text("sets: {mine: [worlds/own.yaml]}\n", "utf-8")
    (desk.path / "deep").mkdir()
    (desk.path / "deep" / "x.battery.yaml").write_text(
        "experiment.x: {scenarios: [{set: mine}], agents: [noop], seeds: 2}\n", "utf-8"
    )
    assert desk.bio("validate", "deep/x.battery.yaml").out == "deep/x.battery.yaml: ok: x, 2 cells\n"


def test_a_python_battery(desk: Desk) -> None:
    desk.battery(
        "from pytest_alienbio import Battery\nb = Battery('x', scenarios=['mutualism/*'], agents=['oracle'], seeds=2)\n",
        "x_battery.py",
    )
    assert desk.bio("validate", "x_battery.py").out == "x_battery.py: ok: x, 4 cells\n"
    desk.battery(
        "from pytest_alienbio import Battery\nb = Battery('x', scenarios=['mutualism/*'], agentz=['oracle'])\n", "x_battery.py"
    )
    said = desk.bio("validate", "x_battery.py")
    assert said.code == 2
    assert said.out.startswith("x_battery.py:2")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bio.yaml", "agentz: {}\n"),
        ("bio.yaml", "scenarios: [nowhere/*.yaml]\n"),
        ("w.yaml", "scenario: a/b\nlevelz: 3\n"),
        ("other.yaml", "hello: world\n"),
        ("a.battery.yaml", "\t"),
    ],
)
def test_what_cannot_be_honoured_is_2(desk: Desk, name: str, text: str) -> None:
    desk.battery(text, name)
    said = desk.bio("validate", name)
    assert said.code == 2
    assert name in said.out


NAMES = """\
agents:
  mine: {kind: gredy}
  odd: {kind: greedy, params: {treshold: 1}}
  later: {kind: scripted}
  careful: {kind: greedy, params: {threshold: 0.2}}
sets:
  a: [mutualism/competiton, {name: mutualism/competition, difficulty: 9}]
  b: [{set: c}, {set: good}, {name: mutualism/competition, params: {foo: 1}}]
  good: ['mutualism/*']
  file: [worlds/none.yaml]
default_agents: [careful, nop]
"""


def test_every_name_in_a_configuration_is_looked_up(desk: Desk) -> None:
    """With its place; an agent may lack a param, which a battery can give it."""
    (desk.path / "bio.yaml").write_text(NAMES, "utf-8")
    said = desk.bio("validate", "bio.yaml")
    assert said.code == 2
    for line in (
        "bio.yaml:2:3: unknown agent 'gredy'; did you mean 'greedy'?",
        "bio.yaml:3:3: greedy has no param 'treshold'; did you mean 'threshold'?",
        "bio.yaml:7:7: unknown scenario 'mutualism/competiton'; did you mean 'mutualism/competition'?",
        "bio.yaml:7:29: mutualism/competition has no difficulty 9; its levels are 1, 2, 3, 4, 5",
        "bio.yaml:8:7: unknown set 'c'; known: a, b, file, good, mutualism, population, ... (10 in all)",
        "bio.yaml:8:30: mutualism/competition has no param 'foo'; it takes none",
        "bio.yaml:11:1: default_agents: unknown agent 'nop'; did you mean 'noop'?",
    ):
        assert line in said.lines
    assert "bio.yaml:10:10: scenario file 'worlds/none.yaml' does not exist" in said.out
    assert said.lines[-1] == "8 problems in the file"


def test_names_of_a_configuration_are_pytests_where_a_conftest_registers_some(desk: Desk) -> None:
    """Then only its form can be told, and that is said."""
    (desk.path / "bio.yaml").write_text(NAMES, "utf-8")
    (desk.path / "deep").mkdir()
    (desk.path / "deep" / "conftest.py").write_text("def pytest_alienbio_register_agents(registry): ...\n", "utf-8")
    said = desk.bio("validate", "bio.yaml")
    assert (said.code, said.out.startswith("bio.yaml: ok in its form; a conftest.py registers")) == (0, True)


def test_the_users_own_file_is_looked_up_too(desk: Desk) -> None:
    """Wherever it lies; what the project defines does not count against it."""
    (desk.path / "alienbio").mkdir()
    (desk.path / "alienbio" / "config.yaml").write_text("agents: {mine: {kind: gredy}}\nsets: {x: ['none/*']}\n", "utf-8")
    said = desk.bio("validate", "alienbio/config.yaml")
    assert "alienbio/config.yaml:1:10: unknown agent 'gredy'" in said.out
    assert "alienbio/config.yaml:2:12: unknown scenario 'none/*'" in said.out


def test_a_set_that_a_battery_does_not_use_is_looked_up_too(desk: Desk) -> None:
    """And one that it takes from bio.yaml is complained about where the battery names it."""
    desk.battery(GOOD + "  sets: {spare: [mutualism/competiton]}\n")
    said = desk.bio("validate", "a.battery.yaml")
    assert (said.code, said.lines[0][:50]) == (2, "a.battery.yaml:5:18: unknown scenario 'mutualism/c")
    (desk.path / "bio.yaml").write_text("# sets\nsets: {far: [mutualism/competiton]}\n", "utf-8")
    desk.battery("experiment.x: {agents: [noop], seeds: 1,\n  scenarios: [{set: far}]}\n")
    assert desk.bio("validate", "a.battery.yaml").lines[0].startswith("a.battery.yaml:2:15: unknown scenario")


def test_a_scenario_file_of_the_older_format_is_checked_as_one(desk: Desk) -> None:
    """Also one below a head of its own."""
    body = "briefing: b\ninitial_state: {A: 10}\nscoring: {score: !_ final('A')}\n"
    (desk.path / "bare.yaml").write_text("name: bare\ninterface: {}\n" + body)
    (desk.path / "headed.yaml").write_text("scenario.head.ed:\n" + "".join(f"  {line}\n" for line in body.splitlines()))
    (desk.path / "bad.yaml").write_text("name: bad\ninterface: {}\nscoring: {}\nbriefing: b\n")
    said = desk.bio("validate", "bare.yaml", "headed.yaml", "bad.yaml")
    assert said.code == 2
    assert said.lines[:2] == [
        "bare.yaml: ok: scenario bare, without levels",
        "headed.yaml: ok: scenario head.ed, without levels",
    ]
    assert said.lines[2].startswith("bad.yaml:3:1: no `score` is defined under `scoring`")
    played = desk.bio("run", "headed.yaml", "--agent", "noop")
    assert played.code == 0
    assert "head.ed[noop-s0]: completed" in played.out


def test_an_unfinished_experiment_is_no_users_file(desk: Desk) -> None:
    """Both are called `config.yaml`."""
    path = desk.path / "experiments" / "exp-1" / "config.yaml"
    path.parent.mkdir(parents=True)
    for text, said in (
        (
            "task: {type: t}\nvariations: [{name: A}]\n",
            "config.yaml:1:1: `experiment` is missing; expected a mapping, like {id: ",
        ),
        ("", "config.yaml: the file is empty; expected `experiment:`, `task:` and `variations:`"),
    ):
        path.write_text(text, "utf-8")
        told = desk.bio("validate", str(path))
        assert told.code == 2
        assert said in told.out
