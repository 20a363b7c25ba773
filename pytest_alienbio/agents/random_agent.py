"""The agent that throws dice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import Action, ActionSpec, Briefing, Json, Observation, Scores
from .kept import Kept, place, position
from .parameter import number

if TYPE_CHECKING:
    from numpy.random import Generator

DOSES = (0.5, 1.0)
_FREE = ("wait", "done")


class RandomAgent:
    """Waits with `wait_probability`, else pulls a lever drawn uniformly from those that let time pass, at dose 0.5 or 1.

    Its dice are seeded from the briefing; each decision takes three draws whatever comes of them, so that one
    decision never shifts the next one's dice. It never measures and never ends early.
    """

    __slots__ = ("_dice", "_levers", "_wait")

    def __init__(self, *, wait_probability: float = 0.15) -> None:
        self._wait = number("random", "wait_probability", wait_probability, high=1.0)
        self._levers: tuple[ActionSpec, ...] = ()
        self._dice: Generator | None = None

    def start(self, briefing: Briefing, /) -> None:
        """Seeds the dice and notes the levers."""
        from numpy.random import PCG64, Generator

        self._dice = Generator(PCG64(briefing.seed))
        self._levers = tuple(spec for spec in briefing.actions if spec.takes_step and spec.name not in _FREE)

    def decide(self, observation: Observation, /) -> Action:
        """One throw. Raises `RuntimeError` before `start`."""
        if self._dice is None:
            raise RuntimeError("decide() was called before start()")
        idle, which, how_much = (float(draw) for draw in self._dice.random(3))
        if idle < self._wait or not self._levers:
            return Action("wait")
        spec = self._levers[int(which * len(self._levers))]
        params: dict[str, Json] = dict(spec.params)
        if spec.takes_dose:
            params["dose"] = DOSES[int(how_much * len(DOSES))]
        return Action(spec.name, params)

    def checkpoint(self) -> Json:
        """Where its dice stand. Raises `RuntimeError` before `start`."""
        if self._dice is None:
            raise RuntimeError("checkpoint() was called before start()")
        return {"dice": position(self._dice)}

    def restore(self, state: Json, /) -> None:
        """Puts the dice there. Raises `ValueError` for a checkpoint that is none of its, `RuntimeError` before `start`."""
        if self._dice is None:
            raise RuntimeError("restore() was called before start()")
        place(self._dice, Kept(state)["dice"])

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""
