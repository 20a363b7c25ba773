"""Which texts may name a result folder."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.spec.template import CELL_FIELDS, FIELDS, template_problem


@pytest.mark.parametrize(
    "text",
    [
        "results/mutualism/{date}_{seq}",
        "results/{battery}/{date}_{seq}",
        "{user}@{host}/{commit}-{seq}",
        "results/one folder, no seq",
        "a..b/c",
        "größe/{seq}",
    ],
)
def test_allowed(text: str) -> None:
    """Relative, plain, below the data root; `{seq}` is not a must."""
    assert template_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("x" * 201, "longer than 200"),
        ("../{seq}", "'..' leaves the data root"),
        ("a/../../b", "'..' leaves the data root"),
        ("a/..", "'..' leaves the data root"),
        ("./a", "starts with '.'"),
        ("a/.git", "starts with '.'"),
        (".", "starts with '.'"),
        ("/etc/{seq}", "absolute"),
        ("~/x", "home folder"),
        ("C:/x", "drive"),
        ("c:x", "drive"),
        ("a\\b", "backslash"),
        ("a\0b", "control character"),
        ("a\nb", "control character"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("a/ b", "blank"),
        ("a/b.", "ends with '.'"),
        ("a/b*", "'*' is not allowed"),
        ("ab:b/c", "':' is not allowed"),
        ("$HOME/x", "'$' is not allowed"),
        ("{date.__class__}", "no formats, indices, attributes"),
        ("{date!r}", "no formats"),
        ("{date:%Y}", "no formats"),
        ("{0}", "no formats"),
        ("{}", "no formats"),
        ("{seq[0]}", "no formats"),
        ("{ date }", "no formats"),
        ("{{date}}", "stands alone"),
        ("{date", "stands alone"),
        ("date}", "stands alone"),
        ("{dat}", "did you mean 'date'?"),
        ("{home}", "unknown field {home}"),
        ("x/{agent}", "differs from cell to cell"),
        ("x/{scenario}/{seed}", "differs from cell to cell"),
    ],
)
def test_refused_with_a_reason(text: str, reason: str) -> None:
    """Nothing that leaves the data root, nothing that formats."""
    assert reason in template_problem(text)


pieces = st.sampled_from(
    [*(f"{{{field}}}" for field in (*FIELDS, *CELL_FIELDS)), "..", ".", "/", "\\", "~", "a", ":", "{", "}", " ", "\0", "C"]
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(pieces, max_size=12).map("".join)))
def test_what_is_allowed_stays_below_the_root(text: str) -> None:
    """Whatever is let through, filled in with harmless words, is a folder below the root."""
    if template_problem(text):
        return
    filled = text.format_map(dict.fromkeys(FIELDS, "x"))
    path = posixpath.normpath(posixpath.join("/root", filled))
    assert path == "/root/" + filled
