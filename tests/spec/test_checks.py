"""Checks over several values, on values however wrong."""

from __future__ import annotations

from pytest_alienbio.model import Source
from pytest_alienbio.spec import read
from pytest_alienbio.spec.checks import check_head, empty_values, secrets


def said(text: str) -> list[str]:
    """What `check_head` finds below the key `x`."""
    return [complaint.what for complaint in check_head(read(text, "f.yaml"), ("x",))]


def test_all_checks_speak_whatever_the_kinds() -> None:
    """Wrong kinds are the schema's business; they neither stop nor multiply these complaints."""
    assert said(
        "x: {select: 5, params: [1], "
        "seeds: [1, a, 1, [1], 1.0, true], tags: 5, agents: [a, 5, {as: a}, {}], scenarios: {set: a}, sets: [1]}"
    ) == [
        "seed 1 is given twice",
        "the agent 'a' is given twice",
    ]
    assert said("x: 5") == []


def test_null_is_a_value_only_in_params() -> None:
    """`params: {a: null}` is a choice, `seeds:` an oversight; an empty `params:` is one, too."""
    source = read("x: {agents: [{params: {a: null}}, null, {params: }], seeds: }", "f.yaml")
    assert [c.what for c in empty_values(source, ("x",), 1)] == [
        "`agents[1]` is empty",
        "`agents[2].params` is empty",
        "`seeds` is empty",
    ]


def test_sets_that_share_a_part_are_no_circle() -> None:
    """A diamond is fine, and a long chain does not recurse."""
    assert (
        said("x: {sets: {a: [{set: b}, {set: c}], b: [{set: d}], c: [{set: d}], d: [e], f: [{set: elsewhere}]}, scenarios: 1}")
        == []
    )
    chain = ", ".join(f"s{i}: [{{set: s{i + 1}}}]" for i in range(3000))
    assert said(f"x: {{sets: {{{chain}, s3000: [{{set: s0}}]}}, scenarios: 1}}")[0].startswith(
        "a set contains itself: s0 -> s1"
    )


def test_secret_below_a_mapping_is_found() -> None:
    """A mapping under `api_key` is a reference; what is inside is looked at all the same."""
    source = Source({"api_key": {"env": "NAME", "secret": "x"}}, "f.yaml")
    assert [c.what for c in secrets(source, ())] == ["a literal `secret` is refused in a project's files"]
