"""Keys are found where they are said to be, and shown nowhere."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from pytest_alienbio.agents.llm.keys import NO_KEY, Secret, key_of, key_place
from pytest_alienbio.errors import CannotPlayError
from pytest_alienbio.model import Endpoint
from pytest_alienbio.run import user_file

SAID = "sk-very-secret"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ALIENBIO_OPENAI_API_KEY", "ALIENBIO_WORK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(SAID)
    assert SAID not in f"{secret} {secret!r} {[secret]}"
    for hand_on in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not handed on"):
            hand_on(secret)
    assert secret.reveal() == SAID


def test_a_providers_own_variable_and_ours_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SAID)
    assert key_of(Endpoint("openai", "m")).reveal() == SAID
    monkeypatch.setenv("ALIENBIO_OPENAI_API_KEY", "other")
    assert key_of(Endpoint("openai", "m")).reveal() == "other"


def test_a_provider_of_ones_own_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIENBIO_WORK_API_KEY", SAID)
    assert key_of(Endpoint("openai-compatible", "m", "https://h/v1", provider="work")).reveal() == SAID


@pytest.mark.parametrize("url", ["https://elsewhere.example/v1", "https://api.openai.com.example/v1", "http://10.0.0.1/v1"])
def test_no_other_host_is_sent_what_a_provider_is_known_by(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A base_url in somebody's battery is not enough to be handed a key."""
    monkeypatch.setenv("OPENAI_API_KEY", SAID)
    with pytest.raises(CannotPlayError, match="ALIENBIO_OPENAI_API_KEY") as caught:
        key_of(Endpoint("openai", "m", url))
    assert SAID not in str(caught.value)
    assert key_of(Endpoint("openai", "m", url, key="env:OPENAI_API_KEY")).reveal() == SAID, "unless its file says so"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://localhost/v1", "http://[::1]:9/v1"])
def test_ones_own_machine_needs_none(url: str) -> None:
    for kind in ("openai", "openai-compatible", "anthropic"):
        endpoint = Endpoint(kind, "m", url)
        assert key_of(endpoint).reveal() == NO_KEY
        assert key_place(endpoint).ready


def test_without_one_it_says_where_it_looked() -> None:
    with pytest.raises(CannotPlayError, match=r"no key for anthropic: set ANTHROPIC_API_KEY \(or ALIENBIO_ANTHROPIC_API_KEY\)"):
        key_of(Endpoint("anthropic", "m"))
    place = key_place(Endpoint("anthropic", "m"))
    assert (place.ready, place.where) == (False, ("ALIENBIO_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"))


def test_the_users_own_file_holds_keys_if_nobody_else_can_read_it() -> None:
    path = user_file()
    assert path is not None
    path.parent.mkdir()
    path.write_text(f"agents: {{x: {{kind: openai, api_key: {SAID}}}}}\n", "utf-8")
    path.chmod(0o600)
    endpoint = Endpoint("openai", "m", key="user:agents/x")
    assert key_of(endpoint).reveal() == SAID
    path.chmod(0o640)
    with pytest.raises(CannotPlayError, match="chmod 600") as caught:
        key_of(endpoint)
    assert SAID not in str(caught.value) + repr(key_place(endpoint))
    path.chmod(0o600)
    with pytest.raises(CannotPlayError, match=r"there is none at .*agents\.y\.api_key"):
        key_of(Endpoint("openai", "m", key="user:agents/y"))


OWN = f"""\
agents:
  own: {{kind: openai, model: m, api_key: {SAID}}}
  far: {{kind: openai-compatible, model: m, base_url: "https://far.example/v1", api_key: {SAID}}}
  here: {{kind: ollama, model: m, api_key: {SAID}}}
  via: {{kind: openai-compatible, model: m, provider: broker, base_url: "https://broker.example/v1"}}
providers:
  broker: {{api_key: {SAID}}}
  proxy: {{api_key: {SAID}, base_url: "https://proxy.example"}}
"""


@pytest.mark.parametrize(
    ("name", "url", "is_sent"),
    [
        ("agents/own", "", True),
        ("agents/own", "https://api.openai.com/v1", True),
        ("agents/own", "http://127.0.0.1:8000/v1", True),
        ("agents/own", "https://collector.example/v1", False),
        ("agents/own", "http://api.openai.com/v1", False),
        ("agents/own", "https://api.openai.com:444/v1", False),
        ("agents/own", "https://api.openai.com.collector.example/v1", False),
        ("agents/far", "https://far.example/v2", True),
        ("agents/far", "https://FAR.example:443/v1", True),
        ("agents/far", "http://far.example/v1", False),
        ("agents/far", "", False),
        ("agents/here", "http://127.0.0.1:11434/v1", True),
        ("agents/here", "https://collector.example/v1", False),
        ("providers/broker", "https://broker.example/v1", True),
        ("providers/broker", "https://collector.example/v1", False),
        ("providers/proxy", "https://proxy.example/v1", True),
        ("providers/proxy", "https://collector.example/v1", False),
    ],
)
def test_a_key_of_ones_own_file_goes_to_the_servers_that_it_names_there(name: str, url: str, is_sent: bool) -> None:
    """Whatever a battery, a project or a record that somebody made says: their `base_url` is handed nothing."""
    path = user_file()
    assert path is not None
    path.parent.mkdir()
    path.write_text(OWN, "utf-8")
    path.chmod(0o600)
    endpoint = Endpoint("openai", "m", url, f"user:{name}")
    if is_sent:
        assert key_of(endpoint).reveal() == SAID
        return
    with pytest.raises(CannotPlayError, match="is not sent to") as caught:
        key_of(endpoint)
    assert SAID not in str(caught.value)
    assert not key_place(endpoint).ready
