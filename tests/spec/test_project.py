"""`bio.yaml`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry, Price, ScenarioEntry
from pytest_alienbio.spec import SETTINGS, ProjectConfig, read
from pytest_alienbio.spec.configurable import made
from pytest_alienbio.spec.project import project_config
from pytest_alienbio.spec.project_schema import Project
from pytest_alienbio.spec.settings import parse_setting
from pytest_alienbio.spec.unbuilt import PROJECT

EVERY = {
    "data": "d",
    "output_path": "o",
    "aggregate": "g",
    "seeds": 1,
    "default_agents": ["a"],
    "cells": "record",
    "passing_score": 0.5,
    "run": {
        "traces": "all",
        "trace_files": "json",
        "engine": "inline",
        "concurrency": 2,
        "retries": {"timed_out": 1},
        "checkpoint": 5,
    },
    "report": ["markdown"],
    "limits": {
        "usd": 1,
        "tokens": 1,
        "cells": 1,
        "wall_clock_s": 1,
        "per_cell": {"steps": 1, "wall_clock_s": 1, "usd": 1, "tokens": 1, "memory_mb": 1},
    },
    "rate": {"openai": 5},
    "limits_at": "redis://limits.example:6379/0",
    "baseline": "tag:a",
    "live": True,
    "no_gates": True,
    "alpha": 0.1,
    "confirm": 3,
    "strict": True,
}
SPELLED = {
    "data": ("there", "there"),
    "out": ("a/{seq}", "'a/{seq}'"),
    "aggregate": ("a/{battery}", "'a/{battery}'"),
    "seeds": ("3,5-6", "[3, 5, 6]"),
    "default_agents": ("oracle,noop", "[oracle, noop]"),
    "cells": ("record", "record"),
    "passing_score": ("1", "1"),
    "traces": ("failed", "failed"),
    "trace_files": ("packed", "packed"),
    "engine": ("threads:4", "threads:4"),
    "concurrency": ("4", "4"),
    "retries": ("timed_out=1", "{timed_out: 1}"),
    "checkpoint": ("20", "20"),
    "report": ("markdown,terminal", "[markdown, terminal]"),
    "steps": ("50", "50"),
    "timeout": ("12", "12"),
    "max_usd": ("5", "5"),
    "max_tokens": ("1000", "1000"),
    "max_cells": ("10", "10"),
    "max_time": ("60", "60"),
    "limits_at": ("redis://a/0", "redis://a/0"),
    "rate": ("a=5,b=7/90", "{a: 5, b: 7/90}"),
    "cell_usd": ("0.2", "0.2"),
    "cell_tokens": ("50", "50"),
    "memory_mb": ("200", "200"),
    "baseline": ("tag:a", "tag:a"),
    "live": ("true", "true"),
    "no_gates": ("true", "true"),
    "alpha": ("0.01", "0.01"),
    "confirm": ("10", "10"),
    "strict": ("false", "false"),
}
"""Each setting as a text elsewhere, and as it is written in a file."""


def complaints(text: str) -> list[str]:
    """Everything wrong with `text`, as printed."""
    with pytest.raises(SpecError) as caught:
        project_config(read(text, "bio.yaml"))
    return [str(c) for c in caught.value.complaints]


def test_everything_this_version_reads() -> None:
    """Profiles with their places, and globs of scenario files."""
    text = (
        "agents:\n  calm: {kind: random, params: {p: 0.1, none: null}, role: floor}\n"
        "  plain:\n    kind: greedy\nscenarios: [a/*.yaml, b.yaml]\n"
    )
    assert project_config(read(text, "bio.yaml")) == ProjectConfig(
        {
            "calm": AgentEntry("calm", "random", {"p": 0.1, "none": None}, "", "floor", 2, 3),
            "plain": AgentEntry("plain", "greedy", {}, "", "", 3, 3),
        },
        ("a/*.yaml", "b.yaml"),
        "bio.yaml",
    )


def test_settings_and_where_they_stand() -> None:
    """Dotted keys as in a battery, each at its key; a value that is the default counts, too."""
    text = (
        "data: ../there\noutput_path: '{battery}'\nseeds: {start: 5, count: 2}\ndefault_agents: [oracle, noop]\n"
        "cells: assert\npassing_score: 1\nrun: {traces: all, trace_files: json, engine: inline, concurrency: 2}\n"
        "limits:\n  per_cell:\n    steps: 5\n    wall_clock_s: 2\n"
    )
    assert project_config(read(text, "bio.yaml")) == ProjectConfig(
        file="bio.yaml",
        settings={
            "data": ("../there", "bio.yaml:1:1"),
            "output_path": ("{battery}", "bio.yaml:2:1"),
            "seeds": ([5, 6], "bio.yaml:3:1"),
            "default_agents": (["oracle", "noop"], "bio.yaml:4:1"),
            "cells": ("assert", "bio.yaml:5:1"),
            "passing_score": (1.0, "bio.yaml:6:1"),
            "run.traces": ("all", "bio.yaml:7:7"),
            "run.trace_files": ("json", "bio.yaml:7:20"),
            "run.engine": ("inline", "bio.yaml:7:39"),
            "run.concurrency": (2, "bio.yaml:7:55"),
            "limits.per_cell.steps": (5, "bio.yaml:10:5"),
            "limits.per_cell.wall_clock_s": (2.0, "bio.yaml:11:5"),
        },
    )


def test_every_setting_can_be_written() -> None:
    """The table of settings and the shape of the file know the same keys."""
    paths = {".".join(path) for path, _ in made(Project.model_validate(EVERY))}
    assert paths == {setting.key for setting in SETTINGS.values()}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_setting_reads_alike_from_a_text_and_from_the_file(name: str) -> None:
    """What `--bio-set`, the environment and the ini mean is what the file means."""
    setting = SETTINGS[name]
    text, written = SPELLED[name]
    sections = setting.key.split(".")
    source = ": {".join(sections) + ": " + written + "}" * (len(sections) - 1)
    (value, _) = project_config(read(source, "bio.yaml")).settings[setting.key]
    assert value == parse_setting(name, text)
    assert type(value) is type(parse_setting(name, text))


def test_sets() -> None:
    """Their items are those of a battery."""
    text = (
        "sets:\n"
        "  mine: [mutualism/competition, {name: 'a/*', difficulty: [1, 2], variants: 3}]\n"
        "  all: [{set: mine, difficulty: 3}]\n"
    )
    assert project_config(read(text, "bio.yaml")).sets == {
        "mine": (
            ScenarioEntry("mutualism/competition", line=2, column=10),
            ScenarioEntry("a/*", "", (1, 2), {}, 3, 2, 33),
        ),
        "all": (ScenarioEntry(set="mine", difficulty=(3,), line=3, column=9),),
    }


def test_empty_file_is_an_empty_configuration() -> None:
    """The file may be there only to mark the project's root."""
    assert project_config(read("", "bio.yaml")) == ProjectConfig(file="bio.yaml")
    assert project_config(read("{}", "bio.yaml")) == ProjectConfig(file="bio.yaml")


def test_every_complaint_at_once() -> None:
    """Unknown, not built and wrong, each at its place."""
    assert complaints(
        "agents:\n"
        "  claude: {model: opus, base_url: x}\n"
        "  calm: {kind: 5, parms: {}}\n"
        "  odd: {kind: random, role: judge}\n"
        "  bare: random\n"
        "  kindless: {role: floor}\n"
        "  'a::b': {kind: random}\n"
        "  hollow:\n"
        "scenarios: x.yaml\n"
        "gates: []\n"
        "scenarois: []\n"
        "traces: failed\n"
        "sets: {a: [{set: b, variants: 9}], b: [{set: a}], c: d, 'e f': [{nam: g}]}\n"
        "seeds: [1, 1, x]\n"
        "default_agents: [a, a]\n"
        "data: ''\n"
        "output_path: '{dat}/..'\n"
        "passing_score: 2\n"
        "cells: asert\n"
        "run: {traces: some, engine: tread, retries: 1}\n"
        "limits: {timeout: 5, usd: x, per_cell: {steps: 0}}\n"
        "rate: {'a b': 5, c: 0/5}\n"
    ) == [
        "bio.yaml:2:3: `kind` is missing",
        "bio.yaml:2:35: this is no address of a server; expected a URL, like http://127.0.0.1:11434/v1",
        "bio.yaml:3:16: `agents.calm.kind` is a number; expected text; quote it",
        "bio.yaml:3:19: unknown key 'parms' in `agents.calm`; did you mean 'params'?",
        "bio.yaml:4:29: `agents.odd.role` is text; expected candidate, reference or floor",
        "bio.yaml:5:9: `agents.bare` is text; expected a mapping with kind, params and role",
        "bio.yaml:6:3: `kind` is missing",
        "bio.yaml:7:3: this cannot name an agent: it holds '::', which pytest uses between the parts of an id; "
        "expected letters, digits and ._/+-",
        "bio.yaml:8:3: `agents.hollow` is empty; give it a value or remove it",
        'bio.yaml:9:12: `scenarios` is text; expected a list of files, like ["scenarios/*.yaml"]',
        "bio.yaml:10:8: `gates` is empty; expected at least one",
        "bio.yaml:11:1: unknown key 'scenarois'; did you mean 'scenarios'?",
        "bio.yaml:12:1: unknown key 'traces'; it is spelled `run.traces`: write `run: {traces: ...}`",
        "bio.yaml:13:21: `variants` cannot stand beside `set`; give it on the set's own items",
        "bio.yaml:13:46: a set contains itself: a -> b -> a",
        "bio.yaml:13:54: `sets.c` is text; expected a list of scenarios",
        "bio.yaml:13:57: 'e f' cannot name a set; expected letters, digits, '_', '.' and '-'",
        "bio.yaml:13:65: an item without `name` or `set`; did you mean 'name'?",
        "bio.yaml:13:66: unknown key 'nam' in `sets.e f[0]`; did you mean 'name'?",
        "bio.yaml:14:12: seed 1 is given twice; first given at line 14, column 9",
        "bio.yaml:14:15: `seeds[2]` is text; expected a whole number",
        "bio.yaml:15:21: a name is given twice; first given at line 15, column 18",
        "bio.yaml:16:7: this cannot name a folder: it is empty or holds a control character",
        "bio.yaml:17:14: `output_path` cannot be used: it has an unknown field; for example results/{battery}/{date}_{seq}",
        "bio.yaml:18:16: `passing_score` is a number; expected at most 1",
        "bio.yaml:19:8: `cells` is text; expected assert or record",
        "bio.yaml:20:15: `run.traces` is text; expected all, failed or none",
        "bio.yaml:20:29: this is no engine",
        "bio.yaml:20:45: `run.retries` is a number; expected a mapping",
        "bio.yaml:21:10: unknown key 'timeout' in `limits`; it is spelled `limits.per_cell.wall_clock_s`: "
        "write `limits: {per_cell: {wall_clock_s: ...}}`",
        "bio.yaml:21:27: `limits.usd` is text; expected a number",
        "bio.yaml:21:48: `limits.per_cell.steps` is a number; expected at least 1",
        "bio.yaml:22:15: this is no provider's name",
        "bio.yaml:22:21: this is no rate; expected requests a minute, like 500, or requests/tokens, like 500/200000",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "agents: {x: {kind: random, api_key: SECRET}}",
        "agents: {x: {kind: random, params: {api_key: SECRET}}}",
        "agents: {x: {kind: random, params: {deep: [{OPENAI_API_KEY: SECRET}]}}}",
        "api_key: SECRET",
        "providers: {openai: {api-key: SECRET}}",
        "agents: {x: {kind: random, params: {password: SECRET}}}",
    ],
)
def test_literal_key_is_refused_and_not_shown(text: str) -> None:
    """Wherever it stands; and its value never reaches a message."""
    said = "\n".join(complaints(text))
    assert "is refused in a project's files" in said
    assert "SECRET" not in said


@pytest.mark.parametrize(
    "text",
    [
        "SECRET",
        "[SECRET]",
        "agents: SECRET",
        "agents: {x: SECRET}",
        "agents: {x: {kind: random, role: SECRET}}",
        "agents: {x: {kind: [SECRET]}}",
        "agents: {x: {kind: random, params: SECRET}}",
        "scenarios: {a: SECRET}",
        "other: SECRET",
        "data: [SECRET]",
        "output_path: '{SECRET}'",
        "output_path: {SECRET: }",
        "seeds: SECRET",
        "seeds: [SECRET, SECRET]",
        "default_agents: [SECRET, SECRET]",
        "sets: {a: SECRET}",
        "sets: {a: [{name: x, difficulty: SECRET}]}",
        "cells: SECRET",
        "passing_score: SECRET",
        "run: {traces: SECRET}",
        "run: SECRET",
        "limits: {per_cell: {steps: SECRET}}",
    ],
)
def test_misplaced_key_is_not_shown_either(text: str) -> None:
    """A key pasted into the wrong place is still a key."""
    assert "SECRET" not in "\n".join(complaints(text))


@pytest.mark.parametrize("how", ["env", "keyring"])
def test_a_key_is_said_by_reference(how: str) -> None:
    """What is kept is where it is found."""
    [agent] = project_config(read(f"agents: {{x: {{kind: y, api_key: {{{how}: NAME}}}}}}", "bio.yaml")).agents.values()
    assert agent.key == f"{how}:NAME"


def test_a_literal_key_stands_in_the_users_own_file_only() -> None:
    """There, and only if others cannot read it, it is known by its place; what it is goes nowhere."""
    source = read("agents: {x: {kind: y, api_key: SECRET}}\nproviders: {openai: {api_key: SECRET}}", "config.yaml")
    with pytest.raises(SpecError, match="a literal `api_key` is refused"):
        project_config(source)
    with pytest.raises(SpecError, match=r"others may read the file; mend it: chmod 600 config\.yaml") as caught:
        project_config(source, "exposed")
    config = project_config(source, "taken")
    assert (config.agents["x"].key, config.providers["openai"].key) == ("user:agents/x", "user:providers/openai")
    assert "SECRET" not in str(caught.value) + repr(config)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("api_base: http://x", "unknown key 'api_base' in `agents.x`; say `base_url`"),
        ("temperature: 0", "unknown key 'temperature' in `agents.x`; give it in `params`"),
        ("base_url: 'http://SECRET:SECRET@h'", "a user and a password stand in no file"),
        ("api_key: {env: sk-SECRET}", "`env` is given no name"),
        ("api_key: {user: agents/SECRET}", "`user` means a key of somebody's own file, and stands in records of runs only"),
        ("price: SECRET", "this is no price"),
        ("price: {input: 1, outptu: 2}", "did you mean 'output'?"),
        ("model: m, params: {model: n}", "`model` stands in `agents.x` and in its `params`"),
        ("max_context: 5", "expected at least 256"),
        ("prompt: {sytem: a}", "did you mean 'system'?"),
    ],
)
def test_a_language_model_said_wrongly(line: str, said: str) -> None:
    """The words people try first lead to ours; nothing that may be a key is shown."""
    told = "\n".join(complaints(f"agents: {{x: {{kind: y, {line}}}}}"))
    assert said in told
    assert "SECRET" not in told


def test_a_language_model() -> None:
    """What decides how it acts is in its params, how it is reached and paid is not."""
    text = (
        "agents:\n  x: {kind: openai, model: m, base_url: 'http://h/v1', max_context: 512, params: {seed: 1}, price: free,\n"
        "      prompt: a.txt, cache: true}\nprices: {'m*': {input: 1, output: 2}}\n"
    )
    config = project_config(read(text, "bio.yaml"))
    agent = config.agents["x"]
    assert agent.params == {"model": "m", "base_url": "http://h/v1", "max_context": 512, "seed": 1}
    assert agent.price is not None
    assert agent.price.is_free
    assert (agent.prompt, agent.cache) == ({"system": "a.txt"}, True)
    assert config.prices["m*"] == Price(1.0, 2.0, source="bio.yaml:4:16")


@pytest.mark.parametrize("key", sorted(PROJECT[""]))
def test_not_built_key(key: str) -> None:
    """Each of the table is refused in so many words."""
    assert complaints(f"{key}: 1") == [f"bio.yaml:1:1: `{key}` is not built yet in this version; remove it for now"]


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["random", "floor", "x::y"])
keys = st.sampled_from(
    ["agents", "scenarios", "kind", "params", "role", "api_key", "model", "sets", "x", "output_path"]
) | st.text(max_size=3)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@settings(deadline=None)
@given(documents)
def test_any_document_is_a_configuration_or_a_spec_error(document: object) -> None:
    """Never another exception, never an empty refusal."""
    from pytest_alienbio.model import Source

    try:
        project_config(Source(document, "bio.yaml"))
    except SpecError as error:
        said = [c.what for c in error.complaints]
    else:
        return
    assert said
    assert "this is not a project's configuration" not in said


@pytest.mark.parametrize("name", ["*", "[x]", "a b", "../x"])
def test_an_agent_has_a_name_that_could_be_registered(name: str) -> None:
    """But for a variation of a task, which is named by what it tries."""
    text = f"agents: {{{name!r}: {{kind: %s}}}}\n"
    with pytest.raises(SpecError, match=r"bio\.yaml:1:10: this cannot name an agent: it holds"):
        project_config(read(text % "greedy", "bio.yaml"))
    assert list(project_config(read(text % "variation", "bio.yaml")).agents) == [name]
