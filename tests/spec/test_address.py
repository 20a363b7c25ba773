"""The address of shared limits: what is wrong with one is said without it, and what is shown of one holds no secret."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec import parse_setting
from pytest_alienbio.spec.address import address_problem, is_secret, shown

GOOD = {
    "files": "files",
    "redis://limits.example": "redis://limits.example",
    "redis://limits.example:6379/3": "redis://limits.example:6379/3",
    "redis://[::1]:6379/": "redis://[::1]:6379/",
    "unix:///run/redis.sock?db=2": "unix:///run/redis.sock",
    "rediss://host/0?ssl_ca_certs=/ca.pem": "rediss://host/0",
    "redis://:hunter2@host:6379/0": "redis://host:6379/0",
    "redis://me:hunter%402@host:6379/0": "redis://host:6379/0",
    "redis://host/0?password=hunter2": "redis://host/0",
    "unix://:hunter2@/run/redis.sock": "unix:///run/redis.sock",
}


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_shown_without_what_is_secret(text: str) -> None:
    assert address_problem(text) == ""
    assert shown(text) == GOOD[text]
    assert is_secret(text) is ("hunter" in text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://:hunter2@host/0", "it begins with none of redis://, rediss://, unix://"),
        ("redis://:hunter2@host/0#mine", "nothing may stand behind `#`"),
        ("redis://:hunt/er2@host/0", "it begins with none of"),
        ("redis://me/hunter2@host/0", "in a password `/`, `?`, `#` and `@` are written %2F"),
        ("redis://:hunter2@/0", "it names no host"),
        ("redis://:hunter2@host/zero", "a database is a number"),
        ("redis://:hunter2@host:port/0", "it begins with none of"),
        ("redis://:hunter2@host/0?cheer=5", "behind `?` only these are known: db,"),
        ("unix://run/hunter2.sock", "a socket's path begins with `/`"),
        ("redis://:hunter 2@host/0", "it holds a blank"),
    ],
)
def test_what_is_wrong_is_said_without_the_address(text: str, why: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_setting("limits_at", text)
    assert why in str(caught.value)
    assert "hunt" not in str(caught.value)


@given(st.text(max_size=30))
@example("redis://[")
def test_any_text_is_an_address_or_has_a_problem(text: str) -> None:
    """Where there is nothing to hide all of a good one is shown, but for its options."""
    assert isinstance(address_problem(text), str)
    assert isinstance(is_secret(text), bool)
    if not address_problem(text) and not is_secret(text):
        assert shown(text) == text.partition("?")[0]
