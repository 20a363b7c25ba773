"""`bio.yaml`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import AgentEntry
from pytest_alienbio.spec import ProjectConfig, read
from pytest_alienbio.spec.project import project_config
from pytest_alienbio.spec.unbuilt import PROJECT


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
        "sets: {}\n"
        "scenarois: []\n"
    ) == [
        "bio.yaml:2:12: `model` in `agents.claude` is not built yet in this version; use `kind:` with a built-in agent",
        "bio.yaml:2:25: `base_url` in `agents.claude` is not built yet in this version; use `kind:` with a built-in agent",
        "bio.yaml:3:16: `agents.calm.kind` is a number; expected text; quote it",
        "bio.yaml:3:19: unknown key 'parms' in `agents.calm`; did you mean 'params'?",
        "bio.yaml:4:29: `agents.odd.role` is text; expected candidate, reference or floor",
        "bio.yaml:5:9: `agents.bare` is text; expected a mapping with kind, params and role",
        "bio.yaml:6:3: `kind` is missing",
        "bio.yaml:7:3: this cannot name an agent: it holds '::', which pytest uses between the parts of an id",
        "bio.yaml:8:3: `agents.hollow` is empty; give it a value or remove it",
        'bio.yaml:9:12: `scenarios` is text; expected a list of files, like ["scenarios/*.yaml"]',
        "bio.yaml:10:1: `sets` is not built yet in this version; remove it for now",
        "bio.yaml:11:1: unknown key 'scenarois'; did you mean 'scenarios'?",
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
    ],
)
def test_misplaced_key_is_not_shown_either(text: str) -> None:
    """A key pasted into the wrong place is still a key."""
    assert "SECRET" not in "\n".join(complaints(text))


def test_key_by_reference_is_not_built_yet() -> None:
    """`{env: NAME}` is the right way, for later."""
    assert complaints("agents: {x: {kind: y, api_key: {env: NAME}}}") == [
        "bio.yaml:1:23: `api_key` in `agents.x` is not built yet in this version; use `kind:` with a built-in agent"
    ]


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
