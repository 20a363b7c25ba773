"""The agent that does what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from ..errors import Complaint, SpecError
from ..model import Action, Briefing, Json, Observation, Scores
from .kept import Kept

_KEYS = ("name", "params")
_SHAPE = 'a bare name ("wait", "done") or {"name": ..., "params": {...}}'


def read_script(actions: Json, agent: str = "scripted") -> tuple[Action, ...]:
    """The actions of a script: a list of `{"name": ..., "params": {...}}` or bare names (`"wait"`, `"done"`).

    Raises `SpecError` with every entry that has another shape, counted from 1. Whether a scenario knows the names is
    not asked here: it refuses those it does not.
    """
    if isinstance(actions, str | bytes) or not isinstance(actions, Sequence):
        raise SpecError(Complaint(f"agent {agent!r}: its script is {_kind(actions)}", expected="a list of actions"))
    script: list[Action] = []
    complaints: list[Complaint] = []
    for place, entry in enumerate(actions, 1):
        read = _read_entry(entry)
        if isinstance(read, Action):
            script.append(read)
        else:
            complaints.append(Complaint(f"agent {agent!r}: action {place} {read}", expected=_SHAPE))
    if complaints:
        raise SpecError(complaints)
    return tuple(script)


def _read_entry(entry: Json) -> Action | str:
    if isinstance(entry, str):
        return Action(entry) if entry.strip() else "has an empty name"
    if not isinstance(entry, Mapping):
        return f"is {_kind(entry)}"
    unknown = [str(key) for key in entry if key not in _KEYS]
    if unknown:
        return f"has a key {unknown[0]!r}"
    name, params = entry.get("name"), entry.get("params", {})
    if not isinstance(name, str) or not name.strip():
        return "has no name"
    if not isinstance(params, Mapping):
        return f"has params that are {_kind(params)}"
    wrong = [key for key, value in params.items() if not isinstance(key, str) or not _finite(value)]
    if wrong:
        return f"has a param {wrong[0]!r} that is no finite JSON value"
    return Action(name, dict(params))


def _finite(value: Json) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, bool | int | str | Sequence | Mapping)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "a truth value"
    kinds: dict[type, str] = {
        int: "a whole number",
        float: "a number",
        str: "text",
        bytes: "bytes",
        dict: "a mapping",
        list: "a list",
    }
    return "nothing" if value is None else kinds.get(type(value), f"of type {type(value).__name__}")


class ScriptedAgent:
    """Carries out `actions`, one a call, then says `done`. The same whatever it sees.

    Raises `SpecError` when built from a script of the wrong shape (see `read_script`).
    """

    __slots__ = ("_next", "_script")

    def __init__(self, *, actions: Json) -> None:
        self._script = read_script(actions)
        self._next = 0

    def start(self, briefing: Briefing, /) -> None:
        """Back to the first line."""
        self._next = 0

    def decide(self, observation: Observation, /) -> Action:
        """The next action of the script; `done` when it is over."""
        if self._next >= len(self._script):
            return Action("done")
        action = self._script[self._next]
        self._next += 1
        return Action(action.name, dict(action.params), action.reasoning)

    def checkpoint(self) -> Json:
        """How many lines it has carried out."""
        return {"next": self._next}

    def restore(self, state: Json, /) -> None:
        """On with the line after those. Raises `ValueError` for a checkpoint that is none of its."""
        self._next = Kept(state).whole("next")

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""
