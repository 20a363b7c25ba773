"""The agent that was handed the answer."""

from __future__ import annotations

from ..model import Json
from .scripted import ScriptedAgent, read_script


class OracleAgent(ScriptedAgent):
    """Replays the scenario's own `solution`, one action a call, then says `done`: the top of the scale.

    It gets the solution handed to it openly, since agents cannot see worlds. Raises `SpecError` for one that is no
    list of actions.
    """

    __slots__ = ()

    def __init__(self, *, solution: Json) -> None:
        self._script = read_script(solution, "oracle")
        self._next = 0
