"""Keys, tokens and passwords: hidden where they would be written, found where a folder is handed on."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.store import secrets


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["pytest", "--api-key", "abc", "x"], ["pytest", "--api-key", "***", "x"]),
        (["--openai-token=abc"], ["--openai-token=***"]),
        (["--bio-set", "agents.a.api_key=abc"], ["--bio-set", "agents.a.api_key=***"]),
        (["PASSWORD=hunter2", "pytest"], ["PASSWORD=***", "pytest"]),
        (["x", "sk-abcdefghijklmnopqrst"], ["x", "***"]),
        (["--url", "https://me:pw@host/x"], ["--url", "https://***@host/x"]),
        (["-o", "note={api_key: abc}"], ["-o", "note={api_key: ***}"]),
        (["-k", "hidden and oracle"], ["-k", "hidden and oracle"]),
        (["--bio-max-tokens", "1000"], ["--bio-max-tokens", "1000"]),
        (["--bio-max-tokens=1000"], ["--bio-max-tokens=1000"]),
        (["experiments/", "-n", "auto"], ["experiments/", "-n", "auto"]),
        (["--password", "-x"], ["--password", "-x"]),
    ],
)
def test_secrets_are_taken_out_of_a_command(command: list[str], shown: list[str]) -> None:
    """Values of key-, token- and password-like options go, everything else stays readable."""
    assert secrets.redact(command) == shown


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("key sk-abcdefghijklmnopqrst.", "an API key", "sk-abcdefghijklmnopqrst"),
        (r'{"said": "\nsk-abcdefghijklmnopqrst"}', "an API key", "sk-abcdefghijklmnopqrst"),
        (f"ghp_{'a1' * 15}", "a GitHub token", f"ghp_{'a1' * 15}"),
        ("AKIAIOSFODNN7EXAMPLE", "an AWS access key", "AKIAIOSFODNN7EXAMPLE"),
        ("Authorization: Bearer abc.def", "a bearer token", "abc.def"),
        ("see https://kim:hunter2@host/x", "a password in a URL", "kim:hunter2"),
        ('{"api_key": "abc1234"}', "a value named like a secret", "abc1234"),
        (r"{\"password\": \"swordfish\"}", "a value named like a secret", "swordfish"),
        ("OPENAI_API_KEY=abc1234", "a value named like a secret", "abc1234"),
        ("it is xyzzy-plugh now", "the value of MY_TOKEN", "xyzzy-plugh"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\\nMIIabc+/=\\n-----END RSA PRIVATE KEY-----\\n",
            "a private key",
            "-----BEGIN RSA PRIVATE KEY-----\\nMIIabc+/=\\n-----END RSA PRIVATE KEY-----",
        ),
    ],
)
def test_each_kind_is_found_where_it_stands(text: str, kind: str, found: str) -> None:
    """And hiding what was found leaves nothing to find."""
    known = {"MY_TOKEN": "xyzzy-plugh"}
    (secret,) = secrets.find(text, known)
    assert (secret.kind, text[secret.start : secret.end]) == (kind, found)
    hidden = secrets.hide_found(text, [secret])
    assert found not in hidden
    assert secrets.find(hidden, known) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"key":"0f3c9a8b7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a","tokens":123456}',
        '{"api_key": {"env": "OPENAI_API_KEY"}}',
        "api_key: ***",
        "password=$DB_PASSWORD",
        "the secret: nutrients are shared",
        "task-s1_map_reduce risk-assessment-is-high",
        "https://example.org/a:b@c git@github.com:a/b ssh://git@host/x",
    ],
)
def test_what_only_looks_a_little_like_one_is_left_alone(text: str) -> None:
    """A journal's own keys and token counts, names of variables, prose, plain addresses."""
    assert secrets.find(text) == []


def test_only_variables_named_like_a_secret_are_looked_for() -> None:
    around = {"OPENAI_API_KEY": "abcdefgh", "DB_PASSWORD": "short", "HOME": "/home/kim-and-co", "MAX_TOKENS": "100000000"}
    around |= {"PWD": os.getcwd(), "SSH_AUTH_SOCK": "/", "MONKEYS": "bananas!", "GH_PASS": "opensesame"}
    assert secrets.secrets_here(around) == {"OPENAI_API_KEY": "abcdefgh", "GH_PASS": "opensesame"}


@given(
    st.recursive(
        st.text() | st.sampled_from(["sk-abcdefghijklmnop", "password=hunter22", "https://a:b@c", 'x"y\\z é-secret']),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9) | st.just("token"), inner, max_size=3),
        max_leaves=8,
    )
)
def test_json_with_secrets_hidden_is_still_json(value: object) -> None:
    """Whatever surrounds them, escapes and quotation marks stay whole."""
    known = {"ODD": 'x"y\\z é-secret'}
    for ascii in (True, False):
        text = json.dumps(value, ensure_ascii=ascii)
        json.loads(secrets.hide_found(text, secrets.find(text, known)))
