"""The loop."""

from __future__ import annotations

from pytest_alienbio.model import Action, CellLimits, Observation, Outcome, Scores, Step
from pytest_alienbio.play.episode import play_episode
from pytest_alienbio.play.session import AgentSession

from .worlds import Counter, Says, make_catalog, make_cell


class Logged(Counter):
    """Writes down what is asked of it."""

    def __init__(self, log: list[str]) -> None:
        super().__init__(length=2)
        self.log = log

    def reset(self, seed: int, /) -> Observation:
        self.log.append(f"reset {seed}")
        return super().reset(seed)

    def step(self, action: Action, /) -> Step:
        self.log.append(f"step {action.name}")
        return super().step(action)

    def score(self) -> Scores:
        self.log.append("score")
        return super().score()


def test_an_episode_is_reset_played_and_scored_once_in_this_order() -> None:
    """The environment's side of the story."""
    log: list[str] = []
    session = AgentSession(make_cell(seed=3), make_catalog(lambda: Logged(log)))
    session.open()
    play_episode(session, CellLimits(), lambda: None)
    assert log == ["reset 3", "step wait", "step wait", "score"]
    assert (session.outcome, session.calls, session.scores) == (Outcome.COMPLETED, 2, Scores(0.7, {"part": 0.1}))


def test_no_steps_allowed_means_no_call_at_all() -> None:
    """A limit of 0 is a limit."""
    session = AgentSession(make_cell(), make_catalog(Counter), agent=Says(lambda seen: Action("wait")))
    session.open()
    play_episode(session, CellLimits(steps=0), lambda: None)
    assert (session.outcome, session.calls) == (Outcome.TRUNCATED, 0)
