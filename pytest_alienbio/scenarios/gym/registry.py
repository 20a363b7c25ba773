"""Finding a Gymnasium environment by its id. Gymnasium is imported when somebody looks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from ...errors import Complaint, MissingExtraError, SpecError, UnknownNameError, did_you_mean
from ...model.canonical import Json, digest

if TYPE_CHECKING:
    from gymnasium.envs.registration import EnvSpec

PREFIX = "gym:"
INSTALL = 'pip install "pytest-alienbio[gym]"'
ADAPTER = 1
"""Counted up when the same environment is played or scored otherwise than before."""
_ID = re.compile(
    r"(?:(?P<module>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):)?(?P<id>(?:(?P<space>[\w-]+)/)?[\w.-]+?(?:-v\d+)?)", re.ASCII
)


def find(name: str) -> EnvSpec:
    """How the environment of the scenario `gym:ID` is registered, under exactly this id.

    `gym:module:ID` imports that module first, as `gymnasium.make` does. Raises `MissingExtraError` without gymnasium,
    `UnknownNameError` (with a near match) or `SpecError` for an id that nobody registered.
    """
    match = _ID.fullmatch(name.removeprefix(PREFIX))
    if not match:
        expected = "gym:[module:][Namespace/]Name-v0, as Gymnasium spells its ids"
        raise SpecError(Complaint(f"{name!r} is no id of a Gymnasium environment", expected=expected))
    try:
        import gymnasium
        from gymnasium.envs.registration import registry
    except ImportError as error:
        why = "Gymnasium is not installed" if error.name == "gymnasium" else f"Gymnasium cannot be imported ({error})"
        raise MissingExtraError(f"{why}: {INSTALL}") from error
    if match["module"]:
        try:
            import_module(match["module"])
        except Exception as error:
            what = f"{name}: its module {match['module']!r} cannot be imported ({type(error).__name__}: {error})"
            raise SpecError(Complaint(what, hint="a module that registers environments when it is imported")) from error
    spec = registry.get(match["id"])
    if isinstance(spec, gymnasium.envs.registration.EnvSpec):
        return spec
    if match["space"] and not any(each.namespace == match["space"] for each in registry.values()):
        what = f"{name}: no package here registers the namespace {match['space']!r}"
        hint = "install it; if it registers only when imported, write gym:module:" + match["id"]
        raise SpecError(Complaint(what, hint=hint))
    raise UnknownNameError("scenario", name, (PREFIX + known for known in registry))


def fingerprint(spec: EnvSpec) -> str:
    """A hash of what decides how the environment acts, as far as it can be told: gymnasium's version, its registration, and
    the source of a class that is not gymnasium's own."""
    import gymnasium

    content: dict[str, Json] = {
        "adapter": ADAPTER,
        "gymnasium": gymnasium.__version__,
        "id": spec.id,
        "made_by": _source(spec),
        "kwargs": _plain(spec.kwargs),
        "reward_threshold": spec.reward_threshold,
        "max_episode_steps": spec.max_episode_steps,
        "nondeterministic": spec.nondeterministic,
        "wrappers": [[each.name, each.entry_point, _plain(each.kwargs)] for each in spec.additional_wrappers],
    }
    return digest(content)


def constructor(spec: EnvSpec) -> Callable[..., object] | None:
    """What makes the environment; None if its module cannot be imported (a cell then says why)."""
    from gymnasium.envs.registration import load_env_creator

    entry = spec.entry_point
    if callable(entry):
        return entry
    try:
        return load_env_creator(entry) if isinstance(entry, str) else None
    except Exception:  # noqa: BLE001 - somebody's module, being imported
        return None


def wrong_kwargs(spec: EnvSpec, kwargs: Mapping[str, Json]) -> list[Complaint]:
    """Keywords that the environment does not take, as far as its signature tells."""
    make = constructor(spec) if kwargs else None
    if make is None:
        return []
    try:
        parameters = inspect.signature(make).parameters.values()
    except (TypeError, ValueError):
        return []
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters):
        return []
    known = [each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    return [
        Complaint(f"{PREFIX}{spec.id}: its constructor takes no {key!r}", hint=did_you_mean(key, known) or "it takes none")
        for key in kwargs
        if key not in known
    ]


def _source(spec: EnvSpec) -> str:
    entry = spec.entry_point
    if isinstance(entry, str) and entry.startswith("gymnasium."):
        return entry
    make = constructor(spec)
    try:
        return inspect.getsource(make) if make else str(entry)
    except (OSError, TypeError):
        return getattr(make, "__qualname__", "") or type(make).__qualname__


def _plain(value: object) -> str:
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
