"""Gymnasium's spaces in our words: what may be done, and what is seen. Imports gymnasium: import it late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite, prod
from typing import Any, TypeAlias

import numpy as np
from gymnasium import spaces

from ...model.canonical import Json
from ...model.turn import ActionSpec

MOST_SPECS = 64
"""Actions of a discrete space that are listed one by one."""
MOST_NUMBERS = 256
"""Numbers of an observation that stand in `state`; larger ones (images) are in `info` alone."""
ROOT = "obs"
"""The name of what is seen, where the space gives none."""

Space: TypeAlias = "spaces.Space[Any]"


class BadActionError(ValueError):
    """Why a value is no action of a space; says what would be one."""


def menu(space: Space) -> tuple[ActionSpec, ...]:
    """What can be drawn from, each as likely as the other: every value of a small discrete space, else `sample`."""
    if isinstance(space, spaces.Discrete) and space.n <= MOST_SPECS:
        first = int(space.start)
        return tuple(ActionSpec("act", {"action": str(first + i)}) for i in range(int(space.n)))
    return (ActionSpec("sample"),)


def shape_of(space: Space) -> str:
    """What `action` must be, in words."""
    match space:
        case spaces.Discrete():
            return f"a whole number from {int(space.start)} to {int(space.start + space.n) - 1}"
        case spaces.MultiBinary():
            return f"{_listed(space.shape)} of 0 and 1"
        case spaces.MultiDiscrete():
            low, high = np.asarray(space.start), np.asarray(space.start) + space.nvec - 1
            return f"{_listed(space.shape)} of whole numbers from {low.tolist()} to {high.tolist()}"
        case spaces.Box():
            kind = "whole numbers" if space.dtype is not None and space.dtype.kind in "iu" else "numbers"
            return f"{_listed(space.shape)} of {kind} {_bounds(space)}" if space.shape else f"a number {_bounds(space)}"
        case spaces.Dict():
            return "a mapping: " + "; ".join(f"{key}: {shape_of(each)}" for key, each in space.spaces.items())
        case spaces.Tuple():
            return "a list: " + "; ".join(shape_of(each) for each in space.spaces)
        case spaces.Text():
            return f"a text of {space.min_length} to {space.max_length} characters"
    return f"not to be written down ({type(space).__name__}): `sample` draws one"


def _listed(shape: tuple[int, ...]) -> str:
    return f"a list of {shape[0]}" if len(shape) == 1 else f"nested lists of the shape {list(shape)}"


def _bounds(space: spaces.Box) -> str:
    low, high = space.low, space.high
    if low.size and (low == low.flat[0]).all() and (high == high.flat[0]).all():
        return f"from {low.flat[0]:g} to {high.flat[0]:g}"
    return f"from {low.tolist()} to {high.tolist()}" if low.size <= 16 else "within the bounds of the space"


def to_action(space: Space, value: Json) -> object:
    """`value`, JSON, as `space` wants it. Raises `BadActionError` for what is not in it."""
    action = _converted(space, value)
    if not space.contains(action):
        raise BadActionError(_expected(space, value))
    return action


def _converted(space: Space, value: Json) -> object:
    if isinstance(space, spaces.Discrete):
        if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 20:
            value = int(value)  # as a briefing lists it
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
            raise BadActionError(_expected(space, value))
        return np.int64(value)
    if isinstance(space, spaces.Dict):
        if not isinstance(value, Mapping) or set(value) != set(space.spaces):
            raise BadActionError(_expected(space, value))
        return {key: to_action(each, value[key]) for key, each in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        if not isinstance(value, list | tuple) or len(value) != len(space.spaces):
            raise BadActionError(_expected(space, value))
        return tuple(to_action(each, one) for each, one in zip(space.spaces, value, strict=True))
    if isinstance(space, spaces.Text):
        if not isinstance(value, str):
            raise BadActionError(_expected(space, value))
        return value
    if isinstance(space, spaces.Box | spaces.MultiBinary | spaces.MultiDiscrete):
        return _array(space, value)
    raise BadActionError(_expected(space, value))


def _array(space: spaces.Box | spaces.MultiBinary | spaces.MultiDiscrete, value: Json) -> object:
    shape = tuple(space.shape)
    try:
        given = np.array(value, dtype=float) if _all_numbers(value) else None
    except (ValueError, OverflowError):  # lists of several lengths
        given = None
    if given is not None and given.shape != shape and given.size == prod(shape) == 1:
        given = given.reshape(shape)
    whole = space.dtype is None or space.dtype.kind in "iub"
    if given is None or given.shape != shape or (whole and not (given == np.floor(given)).all()):
        raise BadActionError(_expected(space, value))
    if isinstance(space, spaces.Box) and not ((given >= space.low) & (given <= space.high)).all():
        raise BadActionError(_expected(space, value))  # before a cast could wrap it round
    if not (np.abs(given) < 2.0**62).all():
        raise BadActionError(_expected(space, value))
    return given.astype(space.dtype)


def _all_numbers(value: Json) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_all_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _expected(space: Space, value: object) -> str:
    shown = repr(value)
    return f"`action` is {shape_of(space)}, not {shown if len(shown) <= 60 else shown[:57] + '...'}"


def width(space: Space) -> int | None:
    """How many numbers an observation is; None for a space that has no fixed number of them."""
    match space:
        case spaces.Discrete():
            return 1
        case spaces.Box() | spaces.MultiBinary() | spaces.MultiDiscrete():
            return prod(space.shape)
        case spaces.Dict() | spaces.Tuple():
            parts = [width(each) for each in (space.spaces.values() if isinstance(space, spaces.Dict) else space.spaces)]
            return None if None in parts else sum(part for part in parts if part is not None)
    return None


def numbers(space: Space, value: object, name: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of an observation, named by where they stand: `obs`, `obs[0]`, `arm.angle[1,2]`.

    Raises `ValueError` for one that is not what its space says.
    """
    if isinstance(space, spaces.Dict):
        if not isinstance(value, Mapping) or set(value) != set(space.spaces):
            raise ValueError(f"the observation{_of(name)} is not the mapping that its space says")
        for key, each in space.spaces.items():
            yield from numbers(each, value[key], f"{name}.{key}" if name else str(key))
    elif isinstance(space, spaces.Tuple):
        if not isinstance(value, tuple | list) or len(value) != len(space.spaces):
            raise ValueError(f"the observation{_of(name)} is not the tuple that its space says")
        for i, (each, one) in enumerate(zip(space.spaces, value, strict=True)):
            yield from numbers(each, one, f"{name or ROOT}[{i}]")
    else:
        try:
            found = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise ValueError(f"the observation{_of(name)} holds what is no number") from None
        if found.shape != tuple(space.shape or ()):
            raise ValueError(f"the observation{_of(name)} has the shape {found.shape}, its space {space.shape}")
        for place in np.ndindex(found.shape):
            at = f"[{','.join(map(str, place))}]" if place else ""
            yield f"{name or ROOT}{at}", float(found[place])


def _of(name: str) -> str:
    return f" {name!r}" if name else ""


def as_json(value: object) -> Json:
    """`value` as JSON values, NaN kept for the caller to find. Raises `TypeError` for what cannot be said in JSON."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a {type(value).__name__}")


def told(info: object) -> dict[str, Json]:
    """What an environment tells beside its observation, without what JSON cannot hold."""
    found: dict[str, Json] = {}
    for key, value in info.items() if isinstance(info, Mapping) else ():
        try:
            said = as_json(value)
        except (TypeError, RecursionError):
            continue
        if _finite(said):
            found[str(key)] = said
    return found


def _finite(value: Json) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, Mapping):
        return all(map(_finite, value.values()))
    if isinstance(value, list):
        return all(map(_finite, value))
    return True
