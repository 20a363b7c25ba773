"""`bio scenario new`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.model import AgentProfile, Case, Cell
from pytest_alienbio.play import Catalog, builtin_agents, run_cell
from pytest_alienbio.run import read_scenario

from .conftest import Desk


def test_a_new_scenario_runs_as_it_is_written(desk: Desk) -> None:
    """Commented, valid, and every command it names works."""
    said = desk.bio("scenario", "new", "ponds/algae")
    assert said.code == 0
    assert said.lines[0] == "wrote worlds/algae.yaml"
    text = (desk.path / "worlds" / "algae.yaml").read_text("utf-8")
    assert text.count("#") > 15
    assert max(map(len, text.splitlines())) <= 128
    commands = [line.strip() for line in said.lines if line.startswith("  bio ")]
    assert len(commands) == 4
    for command in commands:
        assert f"#   {command}" in text
        small = ("--seeds", "1") if "check" in command else ()
        done = desk.bio(*command.split()[1:], *small)
        assert done.code == 0, done.out + done.err
    assert desk.bio("validate", "worlds/algae.yaml").out == "worlds/algae.yaml: ok: scenario ponds/algae, levels 1, 2, 3\n"
    assert done.lines[-1] == "sound"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, written once."""
    from pytest_alienbio.cli.new import filled

    path = tmp_path_factory.mktemp("worlds") / "x.yaml"
    path.write_text(filled("scenario.yaml", {"name": "a/x", "family": "a", "file": "x.yaml"}), "utf-8")
    return path


@pytest.mark.parametrize("level", [1, 2, 3])
def test_its_scale_holds_and_it_tells_agents_apart(template: Path, level: int) -> None:
    """Oracle 1, waiting 0, dice far below the bar; who believes the documentation passes only while it is true."""
    info = read_scenario(template)
    catalog = Catalog({info.name: info}, builtin_agents())
    case = Case(info.name, level, content_hash=info.content_hash, passing_score=info.passing_score)
    for seed in (0, 1):
        world = catalog.make_environment(case)

        def score(agent: str, seed: int = seed, world: object = world) -> float:
            cell = Cell("b", case, AgentProfile(agent, agent), seed, "x")
            result = run_cell(cell, catalog, environment=world)  # type: ignore[arg-type]
            assert result.score is not None, result.reason
            return result.score

        assert (score("oracle"), score("noop")) == (1.0, 0.0)
        assert score("random") < 0.45
        assert (score("greedy") >= 0.6) == (level == 1)


def test_it_says_how_to_make_it_known_by_name(desk: Desk) -> None:
    """And once `bio.yaml` has it, the name is taken."""
    said = desk.bio("scenario", "new", "algae")
    assert said.lines[-1].endswith("scenarios: [worlds/*.yaml]")
    (desk.path / "bio.yaml").write_text("scenarios: [worlds/*.yaml]\n", "utf-8")
    assert "algae" in desk.bio("scenario", "list", "--tag", "algae").out
    assert "there is a scenario 'algae' already" in desk.refused("scenario", "new", "algae", "--dir", "elsewhere")


def test_elsewhere_and_never_over_what_is_there(desk: Desk) -> None:
    assert desk.bio("scenario", "new", "a/b", "--dir", "my worlds").lines[:4] == [
        "wrote my worlds/b.yaml",
        "",
        "next:",
        "  bio validate 'my worlds/b.yaml'",
    ]
    before = (desk.path / "my worlds" / "b.yaml").read_bytes()
    assert "is not overwritten" in desk.refused("scenario", "new", "c/b", "--dir", "my worlds")
    assert (desk.path / "my worlds" / "b.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["", "Ponds/a", "a b", "../x", "/x", "a/", "1", "a//b", "é", "x" * 61, "a/b/c/d/e"])
def test_what_cannot_name_a_scenario_is_refused(desk: Desk, name: str) -> None:
    assert "cannot be the name of a scenario" in desk.refused("scenario", "new", name)
    assert not (desk.path / "worlds").exists()


def test_a_built_in_name_is_taken(desk: Desk) -> None:
    assert "already" in desk.refused("scenario", "new", "mutualism/competition")
