"""`bio scenario check`: sound ones pass, broken ones are told what to mend, and machines get everything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..scenarios.parts import SMALL, changed
from .conftest import Desk

SOUND = changed(
    "documented: {focal: 0.5}, key: true", 'documented: {focal: 0.5}, doc_if: !ev "chance(0.4 if d > 1 else 1)", key: true'
)
"""Its third level forgets to say what feeding does, now and then."""
AGENTS = "oracle,greedy,random,noop"


def small(desk: Desk, text: str = SOUND, name: str = "small.yaml") -> str:
    (desk.path / name).write_text(text, "utf-8")
    return name


def checked(desk: Desk, *argv: str) -> dict[str, Any]:
    """`bio scenario check --json`."""
    found: dict[str, Any] = json.loads(desk.bio("scenario", "check", "--agents", AGENTS, "--json", *argv).out)
    return found


def test_a_sound_scenario(desk: Desk) -> None:
    """Tables and one word; worlds go to the instance cache, and nothing else is written."""
    said = desk.bio("scenario", "check", small(desk), "--agents", AGENTS)
    assert (said.code, said.err, said.lines[-1]) == (0, "", "sound"), said.out
    assert said.lines[:2] == ["tests/small", "  d    oracle  greedy  random  noop"]
    assert "10 worlds, 10 of 10 accepted at the first attempt" in said.out
    assert "all 1 scenarios" not in said.out
    assert {path.name for path in desk.path.iterdir()} == {"bio.yaml", "pytest.ini", "small.yaml", "data"}
    assert [path.name for path in (desk.path / "data").iterdir()] == [".bio-cache"]


def test_several_end_with_the_ladder_of_all(desk: Desk) -> None:
    """In two processes or one; a scenario named twice is checked once."""
    names = [small(desk), small(desk, changed("scenario: tests/small", "scenario: tests/other", SOUND), "other.yaml")]
    argv = ["scenario", "check", *names, names[0], "--seeds", "2", "--agents", AGENTS]
    said, again = desk.bio(*argv, "--jobs", "2"), desk.bio(*argv)
    assert said.out.count("\ntests/other\n") == 1
    assert "\nall 2 scenarios\n" in said.out
    assert "  greedy > random       8 " in said.out
    tables = [[line for line in text.lines if line.startswith(("  1 ", "  3 ", "  rho"))] for text in (said, again)]
    assert tables[0] == tables[1]


def test_json_holds_the_table_and_every_world(desk: Desk) -> None:
    found = checked(desk, small(desk), "--seeds", "3-3", "--difficulty", "3")
    assert (found["sound"], found["findings"]) == (True, [])
    [world] = found["worlds"]
    assert (world["scenario"], world["difficulty"], world["seed"], world["attempts"]) == ("tests/small", 3, 3, 1)
    assert (world["cells"]["oracle"]["score"], world["cells"]["noop"]["score"]) == (1.0, 0.0)
    assert world["cells"]["greedy"]["metrics"]["cpu_s"] > 0
    assert found["ladder"]["agents"] == AGENTS.split(",")
    assert found["ladder"]["scenarios"][0]["rungs"][0]["means"]["oracle"] == 1.0


BROKEN = [
    (SMALL, "difficulty", "greedy's score does not fall with difficulty"),
    (changed("[[scale, focal, 0.5]]", "[[add, food, 3]]"), "error", "2x trivial"),
    (
        changed("passing_score", "passing_score", SOUND + "passing_score: 0.05\n"),
        "floor_bar",
        "random scores 0.1",
    ),
]


@pytest.mark.parametrize(("text", "rule", "says"), BROKEN)
def test_what_is_broken_is_said_and_exits_1(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str, rule: str, says: str
) -> None:
    """In a sentence with what to try, wrapped to the terminal."""
    monkeypatch.setattr("pytest_alienbio.scenarios.generate.MOST_ATTEMPTS", 2)
    monkeypatch.setenv("COLUMNS", "80")
    said = desk.bio("scenario", "check", small(desk, text), "--agents", AGENTS)
    assert said.code == 1
    assert said.lines[-1] == "1 of 1 broken"
    assert all(len(line) <= 80 for line in said.lines)
    flat = " ".join(said.out.split())
    assert "broken: tests/small: " in flat
    assert says in flat
    assert [finding["rule"] for finding in checked(desk, "small.yaml")["findings"]] == [rule]


def test_a_file_that_cannot_be_honoured_is_refused_with_every_complaint(desk: Desk) -> None:
    """Of all files that are named, with their places, before anything is played."""
    names = [small(desk, changed("growth: 0.9", "groth: 0.9")), small(desk, changed("half: 1,", "half: -1,"), "b.yaml")]
    said = desk.bio("scenario", "check", *names)
    assert (said.code, said.out) == (2, "")
    assert "small.yaml:9:5: unknown key 'groth'; did you mean 'growth'?" in said.err
    assert "b.yaml:12:26: `half` is -1; expected a number above 0" in said.err
    assert not (desk.path / "data").exists()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["mutualism/competiton"], "did you mean 'mutualism/competition'?"),
        (["none.yaml"], "there is no file 'none.yaml'"),
        (["zoo/*"], "unknown scenario 'zoo/*'"),
        (["mutualism/*", "--difficulty", "9"], "has no difficulty 9"),
        (["mutualism/*", "--seeds", "9-3"], "runs backwards"),
        (["mutualism/*", "--agents", "greddy"], "did you mean 'greedy'?"),
        (["mutualism/*", "--agents", "scripted"], "scripted needs the param 'actions'"),
        (["mutualism/*", "--agents", ""], "--agents is empty"),
        (["mutualism/*", "--jobs", "0"], "no number of processes"),
    ],
)
def test_what_cannot_be_checked_is_refused(desk: Desk, argv: list[str], words: str) -> None:
    assert words in desk.refused("scenario", "check", *argv)


def test_agents_of_the_project_play_under_their_own_name(desk: Desk) -> None:
    """With the params that bio.yaml gives them."""
    (desk.path / "bio.yaml").write_text("agents: {quitter: {kind: scripted, params: {actions: [done]}}}\n", "utf-8")
    found = json.loads(desk.bio("scenario", "check", small(desk), "--agents", "oracle,quitter", "--seeds", "1", "--json").out)
    assert {world["cells"]["quitter"]["score"] for world in found["worlds"]} == {0.0}


def test_by_default_every_agent_plays_that_needs_nothing(desk: Desk) -> None:
    """None that must be told what to do, none that cannot play here."""
    found = json.loads(desk.bio("scenario", "check", small(desk), "--seeds", "1", "--difficulty", "1", "--json").out)
    agents = found["ladder"]["agents"]
    assert {"oracle", "greedy", "random", "noop"} <= set(agents)
    assert not {"scripted", "human", "simulated-llm", "claude-opus", "gpt-4"} & set(agents)
    assert (agents[0], agents[-1]) == ("oracle", "noop")


def test_the_contract_is_part_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario that keeps the ladder and breaks the contract is broken."""

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("tests/small d1 seed 0: it never ends\nat all")

    monkeypatch.setattr("pytest_alienbio.cli.check.check_scenario", broken)
    said = desk.bio("scenario", "check", small(desk), "--agents", AGENTS)
    assert said.code == 1
    assert "broken: tests/small d1 seed 0: it never ends" in said.out


def test_a_shipped_scenario_keeps_the_contract_here(desk: Desk) -> None:
    """By its name, at one world of one level: nothing of it is broken."""
    found = checked(desk, "mutualism/competition", "--seeds", "1", "--difficulty", "1")
    assert found["findings"] == []


OLDER = """\
name: pool
briefing: Keep the food up.
interface: {actions: {add_feedstock: {params: {molecule: str, amount: float}, cost: 1}}, budget: 20}
sim: {max_agent_steps: 10}
containers: {regions: {Lora: {substrate: {food: 10.0}}}}
reactions: {rot: {reactants: [food], products: [], rate: 3}}
scoring: {score: !_ "clip(final('food') / 10)"}
passing_score: 0.6
"""


def test_what_has_no_levels_and_no_solution_is_checked_as_far_as_agents_apply(desk: Desk) -> None:
    """A file of the older format: no oracle plays, nothing falls with difficulty, the contract holds."""
    said = desk.bio("scenario", "check", small(desk, OLDER, "pool.yaml"), "--agents", AGENTS)
    assert (said.code, said.lines[-1]) == (0, "sound"), said.out
    assert said.lines[2].split()[:2] == ["-", "-"]
    assert "5 worlds" in said.out
    assert "accepted" not in said.out
