"""`bio agent add` and `remove`."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from .conftest import Desk

FILE = """\
# Ours.
seeds: 3   # for now
agents:
  # the calm one
  calm: {kind: noop}

# sets follow
sets: {mine: [mutualism/competition]}
"""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's own file would be."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder / "alienbio" / "config.yaml"


def test_a_profile_is_added_and_can_be_played_at_once(desk: Desk) -> None:
    """One line, and every other byte as it was; list, show and test know it."""
    path = desk.path / "bio.yaml"
    path.write_text(FILE, "utf-8")
    said = desk.bio("agent", "add", "bold", "--kind", "greedy", "--param", "threshold=0", "--role", "floor")
    assert (said.code, said.lines) == (0, ["wrote the agent bold to bio.yaml", "", "next:", "  bio agent test bold"])
    line = "  bold: {kind: greedy, params: {threshold: 0}, role: floor}\n"
    assert path.read_text("utf-8") == FILE.replace("noop}\n", "noop}\n" + line)
    shown = json.loads(desk.bio("agent", "show", "bold", "--json").out)
    assert (shown["kind"], shown["role"], shown["source"]) == ("greedy", "floor", "bio.yaml:6:3")
    assert desk.bio("agent", "test", "bold").code == 0


def test_removed_again_the_file_is_as_before(desk: Desk) -> None:
    path = desk.path / "bio.yaml"
    path.write_text(FILE, "utf-8")
    assert desk.bio("agent", "add", "bold", "--kind", "greedy").code == 0
    said = desk.bio("agent", "remove", "bold")
    assert (said.code, said.out) == (0, "removed the agent bold from bio.yaml\n")
    assert path.read_text("utf-8") == FILE


def test_a_missing_file_is_made(desk: Desk) -> None:
    (desk.path / "bio.yaml").unlink()
    assert desk.bio("agent", "add", "bold", "--kind", "greedy").code == 0
    assert (desk.path / "bio.yaml").read_text("utf-8") == "agents:\n  bold: {kind: greedy}\n"
    said = desk.bio("agent", "remove", "bold")
    assert said.out == "removed the agent bold from bio.yaml, and the file, which held nothing else\n"
    assert not (desk.path / "bio.yaml").exists()


def test_an_empty_file_stays_one(desk: Desk) -> None:
    """It says where a project's root is."""
    (desk.path / "bio.yaml").write_bytes(b"")
    assert desk.bio("agent", "add", "bold", "--kind", "greedy").code == 0
    assert desk.bio("agent", "remove", "bold").out == "removed the agent bold from bio.yaml\n"
    assert (desk.path / "bio.yaml").read_bytes() == b""


def test_a_link_stays_a_link_to_a_file(desk: Desk) -> None:
    """What it leads to is emptied, not removed."""
    target, link = desk.path / "dotfile", desk.path / "bio.yaml"
    target.write_bytes(b"agents:\n  bold: {kind: greedy}\n")
    link.unlink()
    link.symlink_to(target)
    assert desk.bio("agent", "remove", "bold").code == 0
    assert (link.is_symlink(), link.read_bytes()) == (True, b"")


def test_the_users_own_file(desk: Desk, home: Path) -> None:
    """Made with its folder; said to stand there when it is looked for in the project."""
    said = desk.bio("agent", "add", "bold", "--kind", "greedy", "--user")
    assert (said.code, home.read_text("utf-8")) == (0, "agents:\n  bold: {kind: greedy}\n")
    assert "say --user" in desk.refused("agent", "remove", "bold")
    assert desk.bio("agent", "remove", "bold", "--user").code == 0
    assert not home.exists()


def test_links_are_followed_and_permissions_kept(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file that only its owner may read stays so."""
    target = tmp_path_factory.mktemp("dotfiles") / "bio.yaml"
    target.write_text(FILE, "utf-8")
    target.chmod(0o600)
    link = desk.path / "bio.yaml"
    link.unlink()
    link.symlink_to(target)
    assert desk.bio("agent", "add", "bold", "--kind", "greedy").code == 0
    assert link.is_symlink()
    assert "bold" in target.read_text("utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["bio.yaml"]


def test_params_are_read_as_in_yaml(desk: Desk) -> None:
    argv = ["--kind", "scripted", "--param", "actions=[wait, {name: cull, params: {dose: 0.5}}]"]
    assert desk.bio("agent", "add", "walker", *argv).code == 0
    shown = json.loads(desk.bio("agent", "show", "walker", "--json").out)
    assert shown["params"][0]["value"] == ["wait", {"name": "cull", "params": {"dose": 0.5}}]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("calm", "--kind", "greedy"), "there is an agent 'calm' already, at bio.yaml:5:3"),
        (("noop", "--kind", "greedy"), "'noop' is the name of a built-in agent; take another name"),
        (("x", "--kind", "gredy"), "there is no agent 'gredy'; did you mean 'greedy'?"),
        (("x", "--kind", "calm"), "'calm' is a profile itself; say what it is built from: --kind noop"),
        (("x", "--kind", "greedy", "--param", "treshold=1"), "greedy has no param 'treshold'; did you mean 'threshold'?"),
        (("x", "--kind", "greedy", "--param", "threshold=-1"), "threshold cannot be -1; expected a number of at least 0"),
        (("x", "--kind", "scripted", "--param", "actions=3"), "its script is a whole number; expected a list"),
        (("x", "--kind", "greedy", "--param", "threshold"), "expected KEY=VALUE"),
        (("x", "--kind", "greedy", "--param", "threshold=["), "--param threshold:"),
        (("x", "--kind", "oracle", "--param", "solution=[]"), "oracle has no param 'solution'; it takes none"),
        (("a::b", "--kind", "greedy"), "it holds '::'"),
        (("*", "--kind", "greedy"), "'*' cannot name an agent: it holds wildcards; expected letters, digits and ._/+-"),
        (("[x]", "--kind", "greedy"), "it holds brackets"),
        (("a b", "--kind", "greedy"), "it holds blanks"),
        (("../x", "--kind", "greedy"), "it holds an empty part, '.' or '..' between slashes"),
        ((" x", "--kind", "greedy"), "it starts or ends with a blank"),
        (("x", "--kind", "greedy", "--role", "boss"), "'boss' is not known"),
        (("x",), "--kind"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_written(desk: Desk, argv: tuple[str, ...], words: str) -> None:
    """One sentence with a hint; the file is not touched."""
    path = desk.path / "bio.yaml"
    path.write_text(FILE, "utf-8")
    assert words in desk.refused("agent", "add", *argv)
    assert path.read_text("utf-8") == FILE


def test_a_param_that_only_a_battery_gives_may_be_missing(desk: Desk) -> None:
    """As everywhere in bio.yaml."""
    assert desk.bio("agent", "add", "later", "--kind", "scripted").code == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("noop", "'noop' is a built-in agent and no profile; there is nothing to remove"),
        ("clam", "there is no profile 'clam'; did you mean 'calm'?"),
    ],
)
def test_only_profiles_can_be_removed(desk: Desk, name: str, words: str) -> None:
    (desk.path / "bio.yaml").write_text(FILE, "utf-8")
    assert words in desk.refused("agent", "remove", name)


def test_what_removing_leaves_behind_is_told(desk: Desk, home: Path) -> None:
    """`default_agents` that still names it; a profile of the user that shows again."""
    path = desk.path / "bio.yaml"
    path.write_text("default_agents: [bold]\nagents:\n  bold: {kind: greedy}\n", "utf-8")
    said = desk.bio("agent", "remove", "bold")
    assert said.code == 0
    assert "default_agents still names it" in said.err
    home.parent.mkdir()
    home.write_text("agents:\n  bold: {kind: noop}\n", "utf-8")
    path.write_text("agents:\n  bold: {kind: greedy}\n", "utf-8")
    said = desk.bio("agent", "remove", "bold")
    assert f"{home}:2:3 defines an agent of that name, too" in said.err


def test_a_file_that_is_wrong_is_refused_as_ever(desk: Desk) -> None:
    (desk.path / "bio.yaml").write_text("agnets: {}\n", "utf-8")
    assert "did you mean 'agents'?" in desk.refused("agent", "add", "x", "--kind", "noop")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FILE, "# Ours.\ndefault_agents: [calm, noop]\nseeds: 3   # for now\n" + FILE.partition("now\n")[2]),
        ("default_agents: [oracle] # who\nseeds: 3\nagents: {calm: {kind: noop}}", None),
        ("agents: {calm: {kind: noop}}\ndefault_agents:\n  - oracle\n  - random\n# behind\nseeds: 3\n", None),
        ("{agents: {calm: {kind: noop}}}\n", "{agents: {calm: {kind: noop}}, default_agents: [calm, noop]}\n"),
        ("agents:\r\n  calm: {kind: noop}\r\n", "default_agents: [calm, noop]\r\nagents:\r\n  calm: {kind: noop}\r\n"),
    ],
)
def test_who_plays_by_default_is_written_and_every_other_byte_stays(desk: Desk, before: str, after: str | None) -> None:
    """In place of those that were named, or as a line of its own."""
    path = desk.path / "bio.yaml"
    path.write_bytes(before.encode())
    said = desk.bio("agent", "set-default", "calm", "noop")
    assert (said.code, said.lines) == (0, ["where a battery names no agents, calm, noop play: bio.yaml"])
    if after is None:
        after = before.replace("[oracle]", "[calm, noop]").replace("\n  - oracle\n  - random", " [calm, noop]")
    assert path.read_bytes().decode() == after


def test_who_plays_by_default_where_there_is_no_file(desk: Desk, home: Path) -> None:
    (desk.path / "bio.yaml").unlink()
    assert desk.bio("agent", "set-default", "oracle").code == 0
    assert (desk.path / "bio.yaml").read_text("utf-8") == "default_agents: [oracle]\n"
    said = desk.bio("agent", "set-default", "noop", "--user")
    assert home.read_text("utf-8") == "default_agents: [noop]\n"
    assert "says otherwise, and holds" in said.err


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        (FILE, ("clam",), "there is no agent 'clam'; did you mean 'calm'?"),
        (FILE, ("calm", "calm"), "calm: named twice"),
        ("default_agents:\n  - noop # quick\n  - oracle\n", ("oracle",), "do it by hand, with an editor"),
        ("default_agents: [nop\n", ("oracle",), "bio.yaml:"),
    ],
)
def test_defaults_that_cannot_be_written_leave_the_file(desk: Desk, text: str, names: tuple[str, ...], words: str) -> None:
    """A comment among the names would be lost."""
    (desk.path / "bio.yaml").write_text(text, "utf-8")
    assert words in desk.refused("agent", "set-default", *names)
    assert (desk.path / "bio.yaml").read_text("utf-8") == text
