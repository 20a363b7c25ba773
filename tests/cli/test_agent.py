"""`bio agent`: who can play here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.play import builtin_agents
from pytest_alienbio.run import build_catalog

from .conftest import Desk

PROJECT = """\
agents:
  careful: {kind: greedy, params: {threshold: 0.2}, role: floor}
  lost: {kind: gredy}
  odd: {kind: greedy, params: {treshold: 1}}
  noop: {kind: random, role: candidate}
"""


def listed(desk: Desk) -> dict[str, dict[str, Any]]:
    """`bio agent list --json` by name."""
    return {row["name"]: row for row in map(json.loads, desk.bio("agent", "list", "--json").lines)}


def test_every_built_in_agent_is_listed_with_what_it_takes(desk: Desk) -> None:
    """Params with their defaults; what has none is required; why one cannot play; where conftest agents are."""
    said = desk.bio("agent", "list")
    assert said.code == 0
    assert set(listed(desk)) == set(builtin_agents())
    text = " ".join(said.out.split())
    assert "threshold=0.08, side_weight=0.1" in text
    assert "actions (required)" in text
    assert "solution" not in listed(desk)["oracle"]["params"]
    assert "model=claude-opus-5-5" in text, "a name that comes along says which model it is"
    assert not any(param["name"] == "access" for each in listed(desk).values() for param in each["params"])
    assert said.lines[-1] == "agents of a conftest.py are known to pytest alone, and not listed here"


def test_agents_of_bio_yaml_and_of_the_user_say_where_they_stand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The project's win over the user's, and both over the catalog's; what is wrong with one is why it is not available."""
    home = tmp_path_factory.mktemp("home")
    (home / "alienbio").mkdir()
    (home / "alienbio" / "config.yaml").write_text("agents:\n  mine: {kind: noop}\n  careful: {kind: noop}\n", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    (desk.path / "bio.yaml").write_text(PROJECT, "utf-8")
    found = listed(desk)
    assert found["careful"]["source"] == "bio.yaml:2:3"
    assert (found["careful"]["kind"], found["careful"]["role"]) == ("greedy", "floor")
    threshold, side_weight = found["careful"]["params"][:2]
    assert (threshold["value"], threshold["given"], side_weight["value"], side_weight["given"]) == (0.2, True, 0.1, False)
    assert found["mine"]["source"] == f"{home / 'alienbio' / 'config.yaml'}:2:3"
    assert found["noop"]["source"] == "bio.yaml:5:3, in place of the built-in one"
    assert (found["noop"]["kind"], found["noop"]["role"], found["noop"]["available"]) == ("random", "candidate", True)
    assert "did you mean 'greedy'?" in found["lost"]["unavailable"]
    assert "greedy has no param 'treshold'; did you mean 'threshold'?" in found["odd"]["unavailable"]
    assert not found["odd"]["available"]


def test_one_agent_in_full(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text(PROJECT, "utf-8")
    said = desk.bio("agent", "show", "careful")
    assert said.lines[0] == "careful"
    assert "kind      greedy" in said.lines
    assert "from      bio.yaml:2:3" in said.lines
    (line,) = (line for line in said.lines if line.startswith("threshold "))
    assert line.split() == ["threshold", "0.2", "given", "in", "the", "file"]
    shown = json.loads(desk.bio("agent", "show", "careful", "--json").out)
    assert shown == listed(desk)["careful"]


def test_a_name_nobody_knows_is_refused_with_the_nearest(desk: Desk) -> None:
    """And how to list them, and why a conftest's agent is not among them."""
    sentence = desk.refused("agent", "show", "gredy")
    assert "did you mean 'greedy'?" in sentence
    assert "`bio agent list`" in sentence
    assert "conftest" in sentence


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_lines_fit_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """But for a name and a place, which are to be copied."""
    monkeypatch.setenv("COLUMNS", columns)
    (desk.path / "bio.yaml").write_text(PROJECT, "utf-8")
    for argv in (("list",), ("show", "careful"), ("show", "scripted")):
        for line in desk.bio("agent", *argv).lines:
            assert len(line) <= int(columns) or line.startswith("from ")


def test_an_agent_of_an_installed_package_says_which(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its class, with what its docstring says; a default that is no JSON is shown as Python shows it."""

    class Guest:
        """Plays from afar."""

        def __init__(self, *, place: Path = Path("a"), **others: object) -> None: ...

    def register(agents: Any, scenarios: Any) -> None:
        agents.add("guest", Guest, tags=["far"])

    monkeypatch.setattr("pytest_alienbio.cli.agent.build_catalog", lambda: build_catalog(register=register))
    guest = listed(desk)["guest"]
    assert guest["source"].endswith("Guest")
    assert (guest["description"], guest["tags"], guest["others"]) == ("Plays from afar.", ["far"], True)
    assert guest["params"][0]["value"] == repr(Path("a"))


MODELS = """\
agents:
  qwen: {kind: ollama, model: qwen3}
  half: {kind: ollama}
  mine: {kind: openai, model: gpt-of-ours, api_key: {env: OUR_KEY}, price: {input: 2.5, output: 10}}
  gpt-4: {kind: openai, model: gpt-of-theirs}
  far: {kind: openai-compatible, model: m, base_url: "https://llm.example/v1", provider: far}
"""


def test_a_language_model_says_what_it_costs_and_where_its_key_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a profile over one that comes along, too; whether there is a key, and never what it is."""
    (desk.path / "bio.yaml").write_text(MODELS, "utf-8")
    found = listed(desk)
    qwen, mine, theirs = (found[name]["model"] for name in ("qwen", "mine", "gpt-4"))
    assert found["qwen"]["available"], "what its kind brings along is there"
    assert (qwen["speaks"], qwen["base_url"], qwen["key_at"]) == ("openai-compatible", "http://127.0.0.1:11434/v1", [])
    assert (qwen["price"]["input"], mine["price"]["output"]) == (0, 10)
    assert (mine["key_at"], mine["key_found"]) == (["OUR_KEY"], "")
    assert theirs["price"] is None
    assert "nobody knows what 'gpt-of-theirs' costs" in theirs["unpriced"]
    assert found["half"]["model"] is None, "it is no whole model yet"
    assert found["greedy"]["model"] is None
    assert "cost      $2.5 in, $10 out for a million tokens" in desk.bio("agent", "show", "mine").out
    assert "key       none in OUR_KEY" in desk.bio("agent", "show", "mine").lines
    monkeypatch.setenv("OUR_KEY", "sk-never-shown-0123")
    for argv in (("list",), ("list", "--json"), ("show", "mine")):
        said = desk.bio("agent", *argv).out
        assert "OUR_KEY" in said
        assert "never-shown" not in said
    assert "key       in OUR_KEY" in desk.bio("agent", "show", "mine").lines


def test_lines_about_language_models_fit_the_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (desk.path / "bio.yaml").write_text(MODELS, "utf-8")
    for argv in (("list",), ("show", "qwen"), ("show", "half"), ("show", "gpt-4"), ("show", "claude-opus")):
        for line in desk.bio("agent", *argv).lines:
            assert len(line) <= 80 or line.startswith("from ")
