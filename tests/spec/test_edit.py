"""Agents into the text of a `bio.yaml` and out again."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Json
from pytest_alienbio.spec import read, with_agent, without_agent
from pytest_alienbio.spec.checks import agent_name_problem

BOLD: dict[str, Json] = {"kind": "greedy", "params": {"threshold": 0.2}, "role": "floor"}
LINE = "bold: {kind: greedy, params: {threshold: 0.2}, role: floor}"


def said(text: str) -> Mapping[str, object]:
    value = read(text).value or {}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, f"agents:\n  {LINE}\n", id="no file"),
        pytest.param("", f"agents:\n  {LINE}", id="an empty file"),
        pytest.param("# mine\n", f"# mine\nagents:\n  {LINE}\n", id="a comment alone"),
        pytest.param("seeds: 3", f"seeds: 3\nagents:\n  {LINE}", id="no agents, no last line break"),
        pytest.param("  seeds: 3\n", f"  seeds: 3\n  agents:\n    {LINE}\n", id="indented"),
        pytest.param(
            "agents:\n    # ours\n    a: {kind: noop}  # calm\n\n# below\nseeds: 3\n",
            f"agents:\n    # ours\n    a: {{kind: noop}}  # calm\n    {LINE}\n\n# below\nseeds: 3\n",
            id="behind the last, comments where they were",
        ),
        pytest.param(
            "agents:\n  a:\n    kind: scripted\n    params:\n      actions:\n        - wait\nseeds: 3\n",
            f"agents:\n  a:\n    kind: scripted\n    params:\n      actions:\n        - wait\n  {LINE}\nseeds: 3\n",
            id="behind a block",
        ),
        pytest.param(
            "agents:\n  a:\n    kind: noop\n    params:\n      note: |\n        # text\n\nseeds: 3\n",
            f"agents:\n  a:\n    kind: noop\n    params:\n      note: |\n        # text\n\n  {LINE}\nseeds: 3\n",
            id="behind a block of text",
        ),
        pytest.param("agents:\r\n  a: {kind: noop}\r\n", f"agents:\r\n  a: {{kind: noop}}\r\n  {LINE}\r\n", id="CRLF"),
        pytest.param(
            "agents:\n  a: {kind: noop}\t# tab\n",
            f"agents:\n  a: {{kind: noop}}\t# tab\n  {LINE}\n",
            id="a tab before a comment",
        ),
        pytest.param("agents: {}\nseeds: 3\n", f"agents: {{{LINE}}}\nseeds: 3\n", id="empty braces"),
        pytest.param("agents: {a: {kind: noop}}\n", f"agents: {{a: {{kind: noop}}, {LINE}}}\n", id="braces"),
        pytest.param(
            "agents: {\n  a: {kind: noop}, # x\n}\n",
            f"agents: {{\n  a: {{kind: noop}}, {LINE}, # x\n}}\n",
            id="lines in braces",
        ),
        pytest.param("{seeds: 3}\n", f"{{seeds: 3, agents: {{{LINE}}}}}\n", id="all in braces"),
    ],
)
def test_an_agent_is_added_and_nothing_else_changes(before: str | None, after: str) -> None:
    """One line behind the others, in the file's own indentation, line breaks and style."""
    assert with_agent(before, "bold", BOLD) == after
    old, new = said(before or ""), said(after)
    assert new == {**old, "agents": {**(old.get("agents") or {}), "bold": BOLD}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"# mine\nagents:\n  {LINE}\n", "# mine\n", id="the only one"),
        pytest.param("agents:\n  bold: { kind: noop }\n", "", id="the only thing, but not as it would be added"),
        pytest.param("agents:\n  bold: {kind: noop}\t# tab\nseeds: 3\n", "seeds: 3\n", id="a tab before a comment"),
        pytest.param(f"agents: # all\n  {LINE}", "agents: {} # all", id="beside a comment, no last line break"),
        pytest.param(f"seeds: 3\nagents:\n  {LINE}\nrun: {{}}\n", "seeds: 3\nrun: {}\n", id="the only one, between"),
        pytest.param(f"agents: # all\n  {LINE}\n", "agents: {} # all\n", id="the only one, beside a comment"),
        pytest.param(
            f"agents:\n  # ours\n  {LINE}\nseeds: 3\n", "agents: {}\n  # ours\nseeds: 3\n", id="the only one, below a comment"
        ),
        pytest.param(
            f"agents:\n  # calm\n  a: {{kind: noop}}\n  # not so\n  {LINE}  # bold\n  # last\n  c: {{kind: noop}}\n",
            "agents:\n  # calm\n  a: {kind: noop}\n  # not so\n  # last\n  c: {kind: noop}\n",
            id="in the middle",
        ),
        pytest.param("agents:\n  bold:\n    kind: noop\n\n  c: {kind: noop}\n", "agents:\n\n  c: {kind: noop}\n", id="a block"),
        pytest.param(f"agents: {{{LINE}}}\n", "agents: {}\n", id="braces, the only one"),
        pytest.param(f"agents: {{{LINE}, c: {{kind: noop}}}}\n", "agents: {c: {kind: noop}}\n", id="braces, the first"),
        pytest.param(f"agents: {{c: {{kind: noop}}, {LINE}}}\n", "agents: {c: {kind: noop}}\n", id="braces, the last"),
        pytest.param(
            "agents:\n  c: &x {kind: noop}\n  bold: *x\nseeds: 3\n", "agents:\n  c: &x {kind: noop}\nseeds: 3\n", id="an alias"
        ),
    ],
)
def test_an_agent_is_taken_out_and_nothing_else_changes(before: str, after: str) -> None:
    """With its lines and no others: comments above, below and on other lines stay."""
    assert without_agent(before, "bold") == after
    assert "bold" not in (said(after).get("agents") or {})  # type: ignore[operator]


def test_of_what_was_added_to_nothing_nothing_is_left() -> None:
    """No file comes back as no file, whichever of two agents goes first; an empty file comes back as an empty file."""
    both = with_agent(with_agent(None, "bold", BOLD), "calm", {"kind": "noop"})
    for first, then in (("bold", "calm"), ("calm", "bold")):
        left = without_agent(both, first)
        assert left is not None
        assert without_agent(left, then) is None
    assert without_agent(with_agent("", "bold", BOLD), "bold") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agents:\n  bold: {kind: noop}\n", "there is an agent 'bold' already"),
        ("seeds: [\n", "x.yaml:2:1"),
        ("sede: 3\n", "did you mean"),
        ("seeds: 3\n...\n", "cannot be changed line by line"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone(text: str, words: str) -> None:
    """A wrong file, a name that is taken, a layout in which a line would mean something else."""
    with pytest.raises(SpecError, match=words):
        with_agent(text, "bold", BOLD, "x.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agents:\n  c: {kind: noop}\n", "there is no agent 'bold' here"),
        ("agents:\n  bold: &x {kind: noop}\n  c: *x\n", "cannot be changed line by line"),
    ],
)
def test_what_cannot_be_taken_out_is_left_alone(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        without_agent(text, "bold", "x.yaml")


def test_a_secret_is_refused_without_showing_it() -> None:
    """As in every file of ours: keys of services do not belong there."""
    with pytest.raises(SpecError) as caught:
        with_agent("", "bold", {"kind": "noop", "params": {"api_key": "hunter2"}})
    assert "hunter2" not in str(caught.value)


LAYOUTS: tuple[str, ...] = (
    "",
    "# only a comment\n",
    "seeds: 3\n",
    "agents:\n  a: {kind: noop} # x\n  # y\n\nrun: {traces: all}\n",
    "agents: {}\n",
    "agents: {a: {kind: noop}}\n# end\n",
    "agents:\n  a:\n    kind: noop\n",
    "agents:\n  a: {kind: noop}\t# tab, 😀\n",
)
LAYOUTS += tuple(text.removesuffix("\n") for text in LAYOUTS)
LAYOUTS += tuple(text.replace("\n", "\r\n") for text in LAYOUTS)
JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("aé:#'\" {}[],-&*!|>%@`0=\\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("akéyno: ", min_size=1, max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text("abé:#'-{}, yno01.", min_size=1, max_size=6).filter(lambda name: not agent_name_problem(name, "noop"))


@given(st.sampled_from(LAYOUTS), NAMES, st.dictionaries(st.text("pqé: no1", min_size=1, max_size=5), JSONS, max_size=3))
def test_in_and_out_again_gives_the_same_bytes(text: str, name: str, params: dict[str, Json]) -> None:
    """Whatever the name and the values: added it means just that, taken out it leaves no trace."""
    if name == "a" and "a:" in text:
        return
    entry: dict[str, Json] = {"kind": "noop", "params": params}
    added = with_agent(text, name, entry)
    agents = said(added)["agents"]
    assert isinstance(agents, dict)
    assert agents[name] == entry
    assert without_agent(added, name) == text
