"""Finding a Gymnasium environment."""

from __future__ import annotations

import sys
from pathlib import Path

import gymnasium
import pytest
from gymnasium.envs.registration import registry

from pytest_alienbio.errors import MissingExtraError, SpecError, UnknownNameError
from pytest_alienbio.scenarios.gym.registry import find, fingerprint, wrong_kwargs

from . import gyms

gyms.register()


def test_an_id_is_found_as_it_is_registered() -> None:
    assert find("gym:FrozenLake-v1").id == "FrozenLake-v1"
    assert find("gym:test/Walk-v0").entry_point is gyms.Walk


def test_a_module_is_imported_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `gymnasium.make` does: the environment is registered by its import."""
    (tmp_path / "late_gyms.py").write_text(
        "from gymnasium.envs.registration import register\n"
        "register('late/Room-v3', entry_point='late_gyms:Room')\nclass Room: pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(gymnasium.envs.registration, "registry", registry)
    try:
        assert find("gym:late_gyms:late/Room-v3").version == 3
    finally:
        registry.pop("late/Room-v3", None)
        sys.modules.pop("late_gyms", None)


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("gym:FrozenLak-v1", UnknownNameError, "did you mean 'gym:FrozenLake-v1'"),
        ("gym:CartPole", UnknownNameError, "did you mean 'gym:CartPole-v1'"),
        ("gym:CartPole-v99", UnknownNameError, "did you mean 'gym:CartPole-v1'"),
        ("gym:test/Wlak-v0", UnknownNameError, "did you mean 'gym:test/Walk-v0'"),
        (
            "gym:ALEX/Pong-v5",
            SpecError,
            "no package here registers the namespace 'ALEX'; install it; .*gym:module:ALEX/Pong-v5",
        ),
        ("gym:no_such_module:X-v0", SpecError, "module 'no_such_module' cannot be imported"),
        ("gym:", SpecError, "no id of a Gymnasium environment"),
        ("gym:os.system('x'):X-v0", SpecError, "no id of a Gymnasium environment"),
        ("gym:../x:Y-v0", SpecError, "no id of a Gymnasium environment"),
        ("gym:a:b:Y-v0", SpecError, "no id of a Gymnasium environment"),
        ("gym: CartPole-v1", SpecError, "no id of a Gymnasium environment"),
    ],
)
def test_an_id_nobody_registered_is_refused_with_what_is_near(name: str, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        find(name)


def test_without_gymnasium_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtraError, match=r'pip install "pytest-alienbio\[gym\]"'):
        find("gym:FrozenLake-v1")


def test_the_fingerprint_follows_version_kwargs_and_source(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = find("gym:test/Walk-v0")
    seen = {fingerprint(spec), fingerprint(find("gym:test/Endless-v0"))}
    assert fingerprint(spec) in seen
    monkeypatch.setattr(gymnasium, "__version__", "99")
    seen.add(fingerprint(spec))
    monkeypatch.setattr(spec, "kwargs", {"goal": 3})
    seen.add(fingerprint(spec))
    assert len(seen) == 4


def test_keywords_a_constructor_does_not_take_are_told() -> None:
    spec = find("gym:FrozenLake-v1")
    assert wrong_kwargs(spec, {"is_slippery": False, "map_name": "8x8"}) == []
    [complaint] = wrong_kwargs(spec, {"is_slipery": False})
    assert (complaint.what, complaint.hint) == (
        "gym:FrozenLake-v1: its constructor takes no 'is_slipery'",
        "did you mean 'is_slippery'?",
    )
