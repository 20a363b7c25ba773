"""What plays in the journeys of faults: a world of milliseconds, and one agent that does what a fault needs, where it is told.

An installed package to the processes that play (see `stage`), so all lanes know it. Who plays is told by the environment, so
that a battery stays the same when it is gone on with:

    FAULTS_BOOK     a file to which each cell is written, before and after it is played: `pid thread what seed score`
    FAULTS_DEEDS    what the agent does in which cells: `fork:3 exit:7`
    FAULTS_PACE     seconds that each of its decisions takes
    FAULTS_CLOCK    after so many looks at the clock it jumps back by an hour
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from itertools import count
from math import sin

from pytest_alienbio import Action, ActionResult, ActionSpec, Briefing, Observation, Scores, Step
from pytest_alienbio.play import AgentRegistry, ScenarioRegistry

STEPS = 4
LONG = 1_000_000
"""Characters of a line that is too long."""
HOUR = 3600.0


def write(what: str, seed: int, score: float | None = None) -> None:
    """A line of the book, in one write: what stands there was done, whatever became of the process."""
    line = f"{os.getpid()} {threading.get_native_id()} {what} {seed} {'' if score is None else score.hex()}\n"
    book = os.open(os.environ["FAULTS_BOOK"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(book, line.encode())
    os.close(book)


class Walk:
    """A few steps; its score is a number with all its digits, that depends on the seed and on each step."""

    def reset(self, seed: int) -> Observation:
        """Begins."""
        write("begin", seed)
        self.seed, self.steps, self.sum = seed, 0, 0.0
        return self._seen()

    def briefing(self) -> Briefing:
        """What there is to do."""
        return Briefing("walk", actions=(ActionSpec("walk"),), max_steps=STEPS)

    def step(self, action: Action) -> Step:
        """One on."""
        self.steps += 1
        self.sum += sin(self.seed * 1.7 + self.steps) / 3
        return Step(self._seen(), ActionResult(True), terminated=self.steps == STEPS)

    def score(self) -> Scores:
        """Between 0.1 and 0.9."""
        return Scores(0.5 + 0.4 * sin(self.sum), {"sum": self.sum})

    def snapshot(self) -> dict[str, float]:
        """All of it."""
        return {"sum": self.sum}

    def _seen(self) -> Observation:
        return Observation(self.steps, {"seed": float(self.seed)}, max_steps=STEPS)


class Walker:
    """Walks. In some cells it does something else, too."""

    def start(self, briefing: Briefing) -> None:
        """Nothing to prepare."""
        self.seed = -1

    def decide(self, observation: Observation) -> Action:
        """A step."""
        self.seed = int(observation.state["seed"])
        time.sleep(float(os.environ.get("FAULTS_PACE", "0.001")))
        if observation.step == 1:
            for deed in os.environ.get("FAULTS_DEEDS", "").split():
                name, _, cells = deed.partition(":")
                if cells == "all" or str(self.seed) in cells.split(","):
                    DEEDS[name](self.seed)
        return Action("walk")

    def end(self, scores: Scores) -> None:
        """It is told, and tells the book."""
        write("end", self.seed, scores.score)


class Odd(BaseException):
    """No `Exception`."""


def leak(seed: int) -> None:
    """Takes more and more memory, and touches it."""
    hoard = []
    while True:
        hoard.append(b"x" * 2**23)
        time.sleep(0.01)


def fork(seed: int) -> None:
    """From here on there are two, and both go on."""
    os.fork()


def leave(seed: int) -> None:
    """Ends the process without a word."""
    os._exit(3)


def close_output(seed: int) -> None:
    """Closes the descriptor of what it prints: the next file that is opened gets its number."""
    os.close(1)


def close_stdout(seed: int) -> None:
    """Closes the file that it prints to."""
    sys.stdout.close()


def raise_odd(seed: int) -> None:
    """Raises what `except Exception` does not see."""
    raise Odd(f"odd {seed}")


def break_down(seed: int) -> None:
    """An error that no other cell has."""
    raise ValueError(f"error number {seed} of its kind, at {seed * 7919:x}")


def spin(seed: int) -> None:
    """Lets no other thread run, for hours."""
    sum(range(10**12))


def shout(seed: int) -> None:
    """Logs and prints a line that is too long."""
    logging.getLogger("shouter").warning("%s", "x" * LONG)
    sys.stdout.write("y" * LONG + "\n")


DEEDS: dict[str, Callable[[int], None]] = {
    "leak": leak,
    "fork": fork,
    "exit": leave,
    "close": close_output,
    "closed": close_stdout,
    "odd": raise_odd,
    "error": break_down,
    "spin": spin,
    "shout": shout,
}


def jump_back(after: int) -> None:
    """From the look at the clock with this number on it is an hour earlier, for all of this process that looks."""
    from pytest_alienbio.play import run_cell
    from pytest_alienbio.store import codec, provenance

    looks, true = count(), time.time

    def now() -> float:
        return true() - (HOUR if next(looks) >= after else 0.0)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Jumping:
            return cls.fromtimestamp(now(), tz)

    time.time = now
    (run_cell.__kwdefaults__ or {})["clock"] = now
    for module in (codec, provenance):
        vars(module)["datetime"] = Jumping


def be_short() -> None:
    """A cell that cannot be stopped is given up at once, so that a test of it does not take ten seconds."""
    from pytest_alienbio.play import limits, run_cell

    vars(limits)["MARGIN_S"] = (run_cell.__kwdefaults__ or {})["grace_s"] = 0.3


def register_agents(registry: AgentRegistry) -> None:
    """What the entry point `pytest_alienbio.agents` names."""
    registry.add("walker", Walker)
    if "spin" in os.environ.get("FAULTS_DEEDS", ""):
        be_short()
    if after := os.environ.pop("FAULTS_CLOCK", ""):
        jump_back(int(after))


def register_scenarios(registry: ScenarioRegistry) -> None:
    """What the entry point `pytest_alienbio.scenarios` names."""
    registry.add("faults/walk", Walk, passing_score=0.05)
