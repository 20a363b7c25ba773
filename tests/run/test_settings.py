"""Who decides: seven places may say a setting, and the strongest that speaks wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Battery, Json, Selection
from pytest_alienbio.run import Project, Settings, Value, build_catalog, find_project, settings
from pytest_alienbio.run.plan import plan
from pytest_alienbio.scenarios.task.trial import ENVIRONMENT as TOLD
from pytest_alienbio.spec import SETTINGS, read_battery


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as each place spells it, and the values that means."""

    line: str
    """Text of the option or `--bio-set`."""
    env: str
    battery: str
    """In YAML, below its key; '' = a battery cannot say it."""
    ini: str
    project: str
    user: str
    values: tuple[Json, Json, Json, Json, Json, Json]
    """In the same order. `@` in a text stands for the test's folder."""
    attribute: str = ""
    """Where a battery holds it."""


TABLE: Mapping[str, Row] = {
    "data": Row("a", "b", "", "c", "d", "e", ("@/cwd/a", "@/cwd/b", None, "@/ini/c", "@/project/d", "@/home/alienbio/e")),
    "out": Row("a", "b", "c", "d", "e", "f", ("a", "b", "c", "d", "e", "f"), "output_path"),
    "aggregate": Row("a", "b", "c", "d", "e", "f", ("a", "b", "c", "d", "e", "f"), "aggregate"),
    "seeds": Row(
        "3,5", "2", "{start: 4, count: 2}", "7-8", "[9]", "1", ([3, 5], [0, 1], [4, 5], [7, 8], [9], [0]), "seeds"
    ),
    "default_agents": Row("a", "b,c", "", "d", "[e]", "[f]", (["a"], ["b", "c"], None, ["d"], ["e"], ["f"])),
    "cells": Row(
        "record", "assert", "record", "assert", "record", "assert",
        ("record", "assert", "record", "assert", "record", "assert"), "cells",
    ),
    "passing_score": Row("0.1", "0.2", "0.3", "0.4", "0.5", "1", (0.1, 0.2, 0.3, 0.4, 0.5, 1.0), "passing_score"),
    "traces": Row(
        "none", "failed", "all", "none", "failed", "none", ("none", "failed", "all", "none", "failed", "none"), "traces"
    ),
    "trace_files": Row(
        "json", "packed", "auto", "json", "packed", "json",
        ("json", "packed", "auto", "json", "packed", "json"), "trace_files",
    ),
    "engine": Row(
        "inline", "threads", "threads:2", "threads:3", "threads:4", "inline",
        ("inline", "threads", "threads:2", "threads:3", "threads:4", "inline"), "engine",
    ),
    "concurrency": Row("1", "2", "3", "4", "5", "6", (1, 2, 3, 4, 5, 6), "concurrency"),
    "retries": Row(
        "timed_out=1", "agent_error=2", "{timed_out: 3}", "timed_out=4", "{timed_out: 5}", "{provider_error: 6}",
        ({"timed_out": 1}, {"agent_error": 2}, {"timed_out": 3}, {"timed_out": 4}, {"timed_out": 5}, {"provider_error": 6}),
        "retries",
    ),
    "checkpoint": Row("1", "2", "3", "4", "5", "0", (1, 2, 3, 4, 5, 0), "checkpoint"),
    "report": Row(
        "json", "csv", "markdown", "json,terminal", "csv", "[markdown]",
        (["json"], ["csv"], ["markdown"], ["json", "terminal"], ["csv"], ["markdown"]), "report",
    ),
    "steps": Row("1", "2", "3", "4", "5", "6", (1, 2, 3, 4, 5, 6), "limits.steps"),
    "max_usd": Row("1", "2.5", "", "3", "4", "5", (1.0, 2.5, None, 3.0, 4.0, 5.0)),
    "max_tokens": Row("1", "2", "", "3", "4", "5", (1, 2, None, 3, 4, 5)),
    "max_cells": Row("1", "2", "", "3", "4", "5", (1, 2, None, 3, 4, 5)),
    "max_time": Row("1", "2", "", "3", "4", "5", (1.0, 2.0, None, 3.0, 4.0, 5.0)),
    "rate": Row(
        "a=1", "a=2,b=3/4", "", "c=5", "{d: 6}", "{e: 7/8}",
        ({"a": "1"}, {"a": "2", "b": "3/4"}, None, {"c": "5"}, {"d": "6"}, {"e": "7/8"}),
    ),
    "limits_at": Row(
        "redis://a/0", "redis://b:1/2", "", "unix:///c", "files", "rediss://d:6379",
        ("redis://a/0", "redis://b:1/2", None, "unix:///c", "files", "rediss://d:6379"),
    ),
    "cell_usd": Row("1", "2", "3", "4", "5", "6", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), "limits.usd"),
    "cell_tokens": Row("1", "2", "3", "4", "5", "6", (1, 2, 3, 4, 5, 6), "limits.tokens"),
    "memory_mb": Row("1", "2", "3", "4", "5", "6", (1, 2, 3, 4, 5, 6), "limits.memory_mb"),
    "baseline": Row(
        "a.json", "tag:b", "", "c.json", "d.json", "e",
        ("@/cwd/a.json", "tag:b", None, "@/ini/c.json", "@/project/d.json", "e"),
    ),
    "live": Row("yes", "false", "", "true", "false", "true", (True, False, None, True, False, True)),
    "no_gates": Row("yes", "false", "", "true", "false", "true", (True, False, None, True, False, True)),
    "alpha": Row("0.01", "0.02", "", "0.03", "0.04", "0.06", (0.01, 0.02, None, 0.03, 0.04, 0.06)),
    "confirm": Row("1", "2", "", "3", "4", "5", (1, 2, None, 3, 4, 5)),
    "strict": Row("no", "1", "", "off", "true", "false", (False, True, None, False, True, False)),
    "timeout": Row("1", "2.5", "3", "4", "5", "6", (1.0, 2.5, 3.0, 4.0, 5.0, 6.0), "limits.wall_clock_s"),
}  # fmt: skip


def nested(key: str, written: str, indent: int = 0) -> str:
    """`run.traces` and a value as lines of YAML."""
    *sections, last = key.split(".")
    lines = [f"{' ' * (indent + 2 * depth)}{section}:\n" for depth, section in enumerate(sections)]
    return "".join(lines) + f"{' ' * (indent + 2 * len(sections))}{last}: {written}\n"


@dataclass(slots=True)
class Places:
    """The seven places, and what each says of one setting."""

    folder: Path
    said: dict[str, str]

    def project(self) -> Project:
        """Both files written, and read."""
        for name, path in (("project", "project/bio.yaml"), ("user", "home/alienbio/config.yaml")):
            text = self.said.get(name, "")
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        return find_project(self.folder / "project", environ={"XDG_CONFIG_HOME": str(self.folder / "home")})

    def settings(self, name: str, *, by: str = "") -> Settings:
        """What holds; the command line speaks by option or by `--bio-set` with this key."""
        line = self.said.get("line")
        return settings(
            self.project(),
            options={name: line} if line is not None and not by else {},
            assignments=[f"{by}={line}"] if line is not None and by else [],
            environ={f"ALIENBIO_{name.upper()}": self.said["env"]} if "env" in self.said else {},
            ini={f"bio_{name}": self.said["ini"]} if "ini" in self.said else {},
            ini_file=self.folder / "ini" / "tox.ini",
            cwd=self.folder / "cwd",
        )

    def battery(self) -> Battery:
        """The battery, written and read."""
        path = self.folder / "x.battery.yaml"
        own = self.said.get("battery", "")
        path.write_text(f"experiment.x:\n  scenarios: [mutualism/competition]\n{own}", "utf-8")
        return read_battery(path)[0]


def sources(name: str) -> dict[str, str]:
    """What each place is called."""
    depth = SETTINGS[name].key.count(".")
    return {
        "line": f"--bio-{name.replace('_', '-')}" if SETTINGS[name].option else f"--bio-set {name}",
        "env": f"ALIENBIO_{name.upper()}",
        "battery": f"x.battery.yaml:{3 + depth}",
        "ini": f"tox.ini: bio_{name}",
        "project": f"bio.yaml:{1 + depth}:{1 + 2 * depth}",
        "user": f"@/home/alienbio/config.yaml:{1 + depth}:{1 + 2 * depth}",
        "built-in": "built-in",
    }


LEVELS = ("line", "env", "battery", "ini", "project", "user")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_whole_precedence(tmp_path: Path, name: str) -> None:
    """All places say something else; then one after the other is silent, the strongest first."""
    row, key = TABLE[name], SETTINGS[name].key
    places = Places(tmp_path, {"line": row.line, "env": row.env, "ini": row.ini})
    places.said |= {"project": nested(key, row.project), "user": nested(key, row.user)}
    if row.battery:
        places.said["battery"] = nested(key, row.battery, 2)
    called = sources(name)
    wanted = dict(zip(LEVELS, row.values, strict=True)) | {"built-in": SETTINGS[name].default}
    walked = 0
    for level in [*(level for level in LEVELS if level in places.said), "built-in"]:
        found = places.settings(name, by="" if SETTINGS[name].option else name)
        expected = Value(wanted[level], called[level].replace("@", str(tmp_path)), level in ("line", "env"))
        if isinstance(expected.value, str):
            expected = replace(expected, value=expected.value.replace("@", str(tmp_path)))
        battery = places.battery()
        if row.attribute:
            assert found.of_battery(battery)[name] == expected
            value = attrgetter(row.attribute)(found.apply(battery))
            # One word that is built in is a list of one.
            word = isinstance(expected.value, str) and isinstance(value, tuple)
            assert (list(value) or None if isinstance(value, tuple) else value) == (
                [expected.value] if word else expected.value
            )
        else:
            assert found.values[name] == expected
        if level != "battery":
            assert places.settings(name, by=key).values[name].value == expected.value
        places.said.pop(level, None)
        walked += 1
    assert walked == (7 if row.battery else 6)


@pytest.mark.parametrize(("name", "attribute"), [("max_usd", "usd"), ("max_cells", "cells")])
def test_a_cap_of_the_session_and_one_of_the_run_both_hold(tmp_path: Path, name: str, attribute: str) -> None:
    """The session's stays out of the battery; what is shown is the tighter one, with who says it."""
    key, called = SETTINGS[name].key, sources(name)
    places = Places(tmp_path, {"env": "7", "ini": "3", "project": nested(key, "5"), "user": nested(key, "1")})
    found = places.settings(name)
    silent = places.battery()
    assert getattr(found.caps, attribute) == 7
    assert getattr(found.apply(silent).caps, attribute) == 5
    assert found.of_battery(silent)[name] == Value(5, called["project"])
    for own, shown in (("9", Value(7, called["env"], True)), ("2", Value(2, called["battery"]))):
        places.said["battery"] = nested(key, own, 2)
        assert getattr(found.apply(places.battery()).caps, attribute) == int(own)
        assert found.of_battery(places.battery())[name] == shown


def test_default_agents_play_only_where_a_battery_names_none(tmp_path: Path) -> None:
    """However strongly they are said."""
    found = Places(tmp_path, {"env": "oracle,noop"}).settings("default_agents")
    silent = Battery("x", (), (), (1,))
    assert [agent.name for agent in found.apply(silent).agents] == ["oracle", "noop"]
    assert found.of_battery(silent)["agents"] == Value(["oracle", "noop"], "ALIENBIO_DEFAULT_AGENTS", True)
    own = replace(silent, agents=(AgentEntry("greedy", label="mine"),))
    assert found.apply(own) == own
    assert found.of_battery(own)["agents"].value == ["mine"]


def test_a_default_agent_nobody_knows_is_complained_about_where_it_was_said(tmp_path: Path) -> None:
    """Not at the battery, which says nothing wrong."""
    places = Places(tmp_path, {"project": "default_agents: [orcale]\nseeds: 1\n"})
    battery = places.settings("default_agents").apply(places.battery())
    with pytest.raises(SpecError) as caught:
        plan(battery, build_catalog())
    assert str(caught.value) == "bio.yaml:1:1: unknown agent 'orcale'; did you mean 'oracle'?"


def test_agents_or_seeds_that_nobody_gives_are_missed_at_the_head_with_both_remedies(tmp_path: Path) -> None:
    """In the battery, or for all of them."""
    places = Places(tmp_path, {})
    battery = places.settings("traces").apply(places.battery())
    with pytest.raises(SpecError) as caught:
        plan(battery, build_catalog())
    agents, seeds = sorted(map(str, caught.value.complaints))
    for said, remedies in ((agents, ("`agents:`", "`default_agents:`")), (seeds, ("`seeds:`", "bio.yaml", "`--bio-seeds`"))):
        assert said.startswith(f"{tmp_path}/x.battery.yaml:1: ")
        assert all(remedy in said for remedy in remedies)


def test_what_the_callers_arguments_decided_is_kept(tmp_path: Path) -> None:
    """`Bio.run(..., seed=3)` is stronger than `ALIENBIO_SEEDS`."""
    found = Places(tmp_path, {"env": "5"}).settings("seeds")
    battery = Battery("x", (), (AgentEntry("noop"),), (3,))
    assert found.apply(battery).seeds == (0, 1, 2, 3, 4)
    assert found.apply(battery, keep={"seeds"}) == battery


def test_the_data_root_is_the_projects_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    assert Places(tmp_path, {}).settings("data").data_root(tmp_path / "p") == tmp_path / "p" / "data"
    assert Places(tmp_path, {"env": "/e"}).settings("data").data_root(tmp_path / "p") == Path("/e")


def test_an_ini_folder_without_a_file_is_the_projects(tmp_path: Path) -> None:
    """Pytest's `-o bio_data=x` needs no ini file."""
    found = settings(Project(tmp_path), ini={"bio_data": "x"}, environ={}, cwd=tmp_path / "elsewhere")
    assert found.values["data"] == Value(str(tmp_path / "x"), "ini: bio_data")


def test_a_home_folder_may_be_written_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell reads an ini file. And a source below it is printed so."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".config" / "alienbio").mkdir(parents=True)
    (tmp_path / ".config" / "alienbio" / "config.yaml").write_text("data: ~/runs\n", "utf-8")
    found = settings(find_project(tmp_path / "x", environ={}), environ={})
    assert found.values["data"] == Value(str(tmp_path / "runs"), "~/.config/alienbio/config.yaml:1:1")


# -- where limits are shared


def test_a_password_is_said_in_the_environment_alone_and_shown_nowhere(tmp_path: Path) -> None:
    """What connects has it; what is printed, and the object itself, have not."""
    address = "rediss://me:hunter2@limits.example:6379/0?ssl_ca_certs=/ca.pem"
    found = settings(Project(tmp_path), environ={"ALIENBIO_LIMITS_AT": address})
    assert found.limits_at == address
    assert found.values["limits_at"] == Value("rediss://limits.example:6379/0", "ALIENBIO_LIMITS_AT", True)
    assert "hunter2" not in repr(found)
    for said in ({"ini": {"bio_limits_at": address}}, {"assignments": [f"limits_at={address}"]}):
        with pytest.raises(SpecError, match="do not belong here; say it in the environment: ALIENBIO_LIMITS_AT") as caught:
            settings(Project(tmp_path), environ={}, **said)
        assert "hunter2" not in str(caught.value)
    (tmp_path / "bio.yaml").write_text(f"limits_at: {address}\n", "utf-8")
    with pytest.raises(SpecError, match="a user and a password stand in no file") as caught:
        find_project(tmp_path, environ={})
    assert "hunter2" not in str(caught.value)


def test_files_are_where_limits_are_kept_if_nobody_says_otherwise(tmp_path: Path) -> None:
    assert settings(Project(tmp_path), environ={}).limits_at == ""
    assert settings(Project(tmp_path), environ={"ALIENBIO_LIMITS_AT": "files"}).limits_at == ""


# -- what selects


def test_selecting_words_come_from_options_environment_and_ini() -> None:
    """The strongest place that speaks of one decides that one."""
    found = settings(
        Project(Path("/p")),
        options={"tag": "a, b"},
        environ={"ALIENBIO_TAG": "c", "ALIENBIO_DIFFICULTY": "<=3", "ALIENBIO_AGENT": "oracle"},
        ini={"bio_tag": "d", "bio_agent": "x", "bio_scenario": "mutualism/*,y", "bio_smoke": "yes"},
        ini_file=Path("/p/pytest.ini"),
    )
    assert found.selection == Selection(("mutualism/*", "y"), (), ("a", "b"), "", ((0, 3),), ("oracle",), True)
    assert {name: value.source for name, value in found.selecting.items()} == {
        "scenario": "pytest.ini: bio_scenario",
        "agent": "ALIENBIO_AGENT",
        "tag": "--bio-tag",
        "difficulty": "ALIENBIO_DIFFICULTY",
        "smoke": "pytest.ini: bio_smoke",
    }


@pytest.mark.parametrize(("text", "smoke"), [("1", True), ("TRUE", True), ("off", False), ("no", False)])
def test_smoke_is_yes_or_no(text: str, smoke: bool) -> None:
    assert settings(Project(Path("/p")), environ={"ALIENBIO_SMOKE": text}).selection.smoke is smoke


def test_nothing_said_selects_everything() -> None:
    assert not settings(Project(Path("/p")), environ={}).selection


# -- what is refused


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"options": {"traces": "al"}}, "--bio-traces: 'al' is no value for `traces`; expected all, failed or none; did you"),
        ({"options": {"data": ""}}, "--bio-data: `data` is empty; expected a folder"),
        ({"options": {"difficulty": "high"}}, "--bio-difficulty: 'high' cannot be read as difficulties; expected 2, <=3,"),
        ({"options": {"tag": " , "}}, "--bio-tag: nothing is named; expected a tag"),
        ({"options": {"agent": ""}}, "--bio-agent: nothing is named; expected agents by name or pattern"),
        ({"assignments": ["traces"]}, "--bio-set: 'traces' is no assignment; expected KEY=VALUE, like traces=failed"),
        ({"assignments": ["run.trace=all"]}, "--bio-set: unknown setting 'run.trace'; did you mean 'run.traces'?"),
        ({"assignments": ["tag=x"]}, "--bio-set: `tag` selects cells and is no setting; ask for it with --bio-tag"),
        ({"assignments": ["run.traces=no"]}, "--bio-set traces: 'no' is no value for `traces`; expected all, failed or none"),
        (
            {"options": {"traces": "all"}, "assignments": ["run.traces=none"]},
            "--bio-set traces: `traces` is given twice and differently, here and by --bio-traces; leave one of them out",
        ),
        (
            {"assignments": ["steps=1", "limits.per_cell.steps=2"]},
            "--bio-set steps: `steps` is given twice and differently, here and by --bio-set steps; leave one of them out",
        ),
        ({"environ": {"ALIENBIO_TRACES": "x"}}, "ALIENBIO_TRACES: 'x' is no value for `traces`; expected all, failed or none"),
        (
            {"environ": {"ALIENBIO_TRACEZ": "all"}},
            "ALIENBIO_TRACEZ: this environment variable means nothing here; did you mean 'ALIENBIO_TRACES'?",
        ),
        ({"environ": {"ALIENBIO_traces": "all"}}, "did you mean 'ALIENBIO_TRACES'?"),
        ({"environ": {"ALIENBIO_": "all"}}, "ALIENBIO_: this environment variable means nothing here"),
        ({"environ": {"ALIENBIO_\x1b[31m\udce9": "x"}}, "'ALIENBIO_\\x1b[31m\\udce9': this environment variable means nothing"),
        ({"environ": {"ALIENBIO__API_KEY": "sk-123"}}, "ALIENBIO__API_KEY: this environment variable means nothing here"),
        ({"environ": {"ALIENBIO_SMOKE": "maybe"}}, "ALIENBIO_SMOKE: 'maybe' is neither yes nor no; expected true or false"),
        ({"ini": {"bio_steps": "many"}}, "tox.ini: bio_steps: 'many' is no value for `steps`; expected a whole number from 1"),
        ({"ini": {"bio_trace": "all"}}, "tox.ini: bio_trace: this ini key means nothing; did you mean 'bio_traces'?"),
    ],
)
def test_what_is_wrong_is_said_with_where_it_was_said(given: dict[str, dict[str, str]], said: str) -> None:
    """Every value names its source, and what was meant perhaps."""
    with pytest.raises(SpecError) as caught:
        settings(Project(Path("/p")), **{"environ": {}, "ini_file": Path("/p/tox.ini"), **given})  # type: ignore[arg-type]
    (complaint,) = map(str, caught.value.complaints)
    assert said in complaint
    assert "sk-123" not in complaint


def test_everything_wrong_is_said_at_once_also_where_something_stronger_speaks() -> None:
    """A mistake that happens not to matter today is one."""
    with pytest.raises(SpecError) as caught:
        settings(
            Project(Path("/p")),
            options={"traces": "all"},
            environ={"ALIENBIO_TRACES": "x", "ALIENBIO_NO": "1"},
            ini={"bio_traces": "y"},
        )
    assert len(caught.value.complaints) == 3


@pytest.mark.parametrize(
    "given",
    [
        {"options": {"timeout": "5"}, "assignments": ["timeout=5.0", "limits.per_cell.wall_clock_s=5"]},
        {"environ": {"ALIENBIO_RUN_ID": "x", "ALIENBIO_OPENAI_API_KEY": "sk", "ALIENBIO": "x", "MY_ALIENBIO_X": "y"}},
        {"environ": {f"ALIENBIO_{name}": "x" for name in TOLD}},
        {"environ": {"ALIENBIO_TRACES": "", "ALIENBIO_TAG": " "}, "ini": {"bio_traces": "", "bio_tag": "\n"}},
        {"ini": {"bio_batteries": "*.bat.yaml"}},
    ],
    ids=[
        "twice the same",
        "other variables",
        "what a trial of a task is told",
        "empty says nothing",
        "ini keys that are no settings",
    ],
)
def test_what_is_not_refused(given: dict[str, dict[str, str]]) -> None:
    """Nothing of it selects, and what is said twice alike is said."""
    found = settings(Project(Path("/p")), **{"environ": {}, **given})  # type: ignore[arg-type]
    assert not found.selection
    assert found.values["timeout"].value == (5.0 if "options" in given else None)


@pytest.mark.parametrize("flag", ["--bio-{}", "--{}", "{}="])
def test_options_are_called_as_the_face_spells_them(flag: str) -> None:
    """pytest, `bio`, and the keywords of `Bio`."""
    found = settings(Project(Path("/p")), options={"data": "/x"}, assignments=["steps=1"], environ={}, flag=flag)
    assert found.values["data"].source == flag.format("data")
    assert found.values["steps"].source == f"{flag.format('set')} steps"
