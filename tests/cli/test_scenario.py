"""`bio scenario`: what there is to play, and what an agent is shown of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import pytest_alienbio

from .conftest import WORLD, Desk

SHIPPED = Path(pytest_alienbio.__file__).parent / "scenarios" / "catalog"
NAMES = {str(path.relative_to(SHIPPED).with_suffix("")) for path in SHIPPED.rglob("*.yaml")}


def listed(desk: Desk, *argv: str) -> dict[str, dict[str, Any]]:
    """`bio scenario list --json` by name."""
    return {row["name"]: row for row in map(json.loads, desk.bio("scenario", "list", "--json", *argv).lines)}


def shown(desk: Desk, *argv: str) -> dict[str, Any]:
    """`bio scenario show --json`."""
    found: dict[str, Any] = json.loads(desk.bio("scenario", "show", WORLD, "--json", *argv).out)
    return found


def world(desk: Desk, name: str = "my_world.yaml") -> str:
    """A shipped scenario under a name of our own, as a file."""
    text = re.sub(r"(?m)^scenario: .*$", "scenario: mine/own", (SHIPPED / f"{WORLD}.yaml").read_text("utf-8"))
    (desk.path / name).write_text(text, "utf-8")
    return name


def test_every_scenario_is_listed(desk: Desk) -> None:
    """With levels, the default one, the bar, tags and where it comes from."""
    said = desk.bio("scenario", "list")
    assert said.code == 0
    assert said.lines[0].split() == ["scenario", "levels", "default", "passing", "tags", "from"]
    assert set(listed(desk)) == NAMES
    (row,) = (line for line in said.lines if line.startswith(f"{WORLD} "))
    assert row.split()[1:4] == ["1-5", "2", "0.6"]
    assert row.endswith("built-in")
    assert listed(desk)[WORLD]["source"] == str(SHIPPED / f"{WORLD}.yaml")


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["*"], NAMES),
        (["mutualism/*"], {name for name in NAMES if name.startswith("mutualism/")}),
        (["*/comp*"], {WORLD}),
        (["--tag", "keystone"], {WORLD}),
        (["--tag", "nothing,keystone"], {WORLD}),
        (["--tag", "wet"], set()),
        (["--type", "interactive"], NAMES),
        (["--type", "task"], set()),
        (["--difficulty", ">=5"], NAMES),
        (["--difficulty", "6-9"], set()),
    ],
)
def test_filters(desk: Desk, argv: list[str], found: set[str]) -> None:
    assert set(listed(desk, *argv)) == found


def test_nothing_that_fits_says_what_there_is(desk: Desk) -> None:
    said = desk.bio("scenario", "list", "--tag", "wet")
    assert said.code == 0
    assert f"--tag fits none of {len(NAMES)} scenarios, which have the tags " in said.out
    assert "keystone" in said.out
    said = desk.bio("scenario", "list", "--difficulty", "9")
    assert said.out.startswith(f"--difficulty fits none of {len(NAMES)} scenarios, which have the levels 1, 2, 3, 4, 5; ")
    said = desk.bio("scenario", "list", "nope", "--json")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith(f"bio: nope fits none of {len(NAMES)} scenarios, which have the scenarios mutualism/")
    assert "--tag is empty" in desk.refused("scenario", "list", "--tag", "")


def test_a_name_is_not_shortened_while_tags_have_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what people copy."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = desk.bio("scenario", "list").lines
    assert all(any(line.startswith(f"{name}  ") for line in lines) for name in NAMES)


def test_files_of_the_project_are_listed_with_their_path(desk: Desk) -> None:
    world(desk)
    (desk.path / "bio.yaml").write_text("scenarios: [my_world.yaml]\n", "utf-8")
    (row,) = (line for line in desk.bio("scenario", "list").lines if line.startswith("mine/own "))
    assert row.endswith(" my_world.yaml")


def test_what_an_agent_is_told(desk: Desk) -> None:
    """Exactly what it is handed, but for the seed of its own dice."""
    found = shown(desk, "--difficulty", "3", "--seed", "4")
    assert (found["difficulty"], found["seed"], found["variant"]) == (3, 4, 1)
    briefing = found["briefing"]
    assert "seed" not in briefing
    assert found["observation"]["step"] == 0
    text = desk.bio("scenario", "show", WORLD, "--difficulty", "3", "--seed", "4").out
    assert "WHAT AN AGENT IS TOLD AT DIFFICULTY 3, SEED 4, VARIANT 1" in text
    flat = " ".join(text.split())
    for told in (briefing["text"], briefing["constitution"]):
        assert " ".join(told.split()) in flat
    for name in (*briefing["protected"], *found["observation"]["state"], *(goal["quantity"] for goal in briefing["goals"])):
        assert name in text
    for action in briefing["actions"]:
        assert action["name"] in text
    assert f"budget {briefing['budget']:g}, {briefing['max_steps']} steps" in text


def test_what_is_hidden_from_agents_is_shown_only_as_the_truth(desk: Desk) -> None:
    """Level 5 hides quantities: without --truth their names stand nowhere but where agents read them too."""
    argv = ("scenario", "show", "mutualism/hidden_dependency", "--difficulty", "5")
    told, whole = json.loads(desk.bio(*argv, "--json").out), json.loads(desk.bio(*argv, "--json", "--truth").out)
    assert "truth" not in told
    hidden = set(whole["truth"]["state"]) - set(whole["observation"]["state"])
    unheard = {name for name in hidden if name not in json.dumps(told)}
    assert unheard
    without = desk.bio(*argv).out
    assert not any(name in without for name in unheard)
    assert not any(word in without for word in ("THE TRUTH", "utility_oracle", "solution"))
    head, _, truth = desk.bio(*argv, "--truth").out.partition("THE TRUTH, WHICH NO AGENT")
    assert head.rstrip() == without.rstrip()
    assert all(f"{name}*" in truth for name in hidden)
    about = listed(desk)["mutualism/hidden_dependency"]["description"]
    assert about
    assert about not in json.dumps(told)
    assert about in " ".join(truth.split())
    assert "utility_oracle" in truth
    assert f"{len(whole['truth']['solution'])}. " in truth


def test_a_variant_is_the_same_world_under_other_names(desk: Desk) -> None:
    first, second = shown(desk, "--truth"), shown(desk, "--truth", "--variant", "2")
    assert second["variant"] == 2
    assert sorted(first["truth"]["state"].values()) == sorted(second["truth"]["state"].values())
    assert not set(first["truth"]["state"]) & set(second["truth"]["state"])


def test_a_scenario_file_is_shown_without_being_named_anywhere(desk: Desk) -> None:
    said = desk.bio("scenario", "show", world(desk))
    assert said.lines[0] == "mine/own"
    assert f"from      {desk.path / 'my_world.yaml'}" in said.lines


def test_looking_leaves_nothing_behind(desk: Desk) -> None:
    before = set(desk.path.rglob("*"))
    desk.bio("scenario", "show", WORLD)
    desk.bio("scenario", "list")
    assert set(desk.path.rglob("*")) == before


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["mutualism/competiton"], "did you mean 'mutualism/competition'?; `bio scenario list`"),
        (["none.yaml"], "there is no file 'none.yaml'"),
        ([WORLD, "--difficulty", "9"], "has no difficulty 9"),
        ([WORLD, "--seed", "-1"], "--seed"),
        ([WORLD, "--seed", "1e3"], "'1e3' is no whole number"),
        ([WORLD, "--seed", "9" * 5000], "is no whole number"),
        ([WORLD, "--variant", "0"], "--variant cannot be 0"),
    ],
)
def test_what_cannot_be_shown_is_refused(desk: Desk, argv: list[str], words: str) -> None:
    assert words in desk.refused("scenario", "show", *argv)


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_lines_fit_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """But for a name and a path, which are to be copied."""
    monkeypatch.setenv("COLUMNS", columns)
    for argv in (("list",), ("show", WORLD, "--truth")):
        for line in desk.bio("scenario", *argv).lines:
            assert len(line) <= int(columns) or line == WORLD or line.startswith("from ")
