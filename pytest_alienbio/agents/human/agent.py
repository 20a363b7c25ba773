"""The agent that asks whoever sits at the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from shutil import get_terminal_size
from typing import TextIO

from ...errors import CannotPlayError, LeftCellError
from ...model import Action, ActionResult, Briefing, Observation, Scores, inert
from . import page
from .command import Call, Menu, NotUnderstoodError, Word, read, spelled

_LEAST_WIDTH = 20
_BREAK = re.compile(r"\r\n|\r|\n")
_PASTED = re.compile(r"\x1b\[20[01]~")
"""What a terminal puts around a text that is pasted, where nobody takes it away."""
_NO_TERMINAL = (
    "a person plays at a terminal, and standard {} is none: use `bio run SCENARIO --agent human` in one, or pytest with -s "
    "and without -n"
)


def _width() -> int:
    return get_terminal_size((100, 24)).columns


@dataclass(slots=True)
class _Sitting:
    """One cell, as far as it has been played."""

    briefing: Briefing = field(default_factory=lambda: Briefing(""))
    pending: Call | None = None
    """Typed, and not carried out yet."""
    typed: list[str] = field(default_factory=list)
    """Lines that came in one with the last one read, as pasted ones do."""
    queue: list[tuple[Action, str]] = field(default_factory=list)
    """Calls that were confirmed and are still to be made, each as the history shows it."""
    history: list[tuple[int, str, ActionResult | None]] = field(default_factory=list)
    """Step, call and what came of it, None while that is not known."""
    step: int = -1
    shown: int = -1
    """The step whose readings are on the screen."""
    first: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    """Readings of the step before the last one that was seen."""
    reading: dict[str, float] = field(default_factory=dict)

    def note(self, observation: Observation) -> None:
        """Takes in what is seen now, and what became of the last call."""
        if observation.step != self.step:
            self.before, self.reading, self.step = self.reading, dict(observation.state), observation.step
        self.first = self.first or dict(observation.state)
        if self.history and observation.last is not None:
            step, done, _ = self.history[-1]
            self.history[-1] = (step, done, observation.last)


class HumanAgent:
    """Shows `screen` what an agent is told and reads from `source` what to do; what is typed is pending until Enter.

    By default both are the terminal; without one, `start` raises `CannotPlayError` (the cell is skipped). Whoever leaves
    (`quit`, the end of `source`, Ctrl-C) raises `LeftCellError`: what was done is kept, and not scored.
    """

    __slots__ = ("_at", "_screen", "_source", "_width")

    def __init__(
        self, *, source: TextIO | None = None, screen: TextIO | None = None, width: Callable[[], int] = _width
    ) -> None:
        self._source, self._screen, self._width = source, screen, width
        self._at = _Sitting()

    @staticmethod
    def at_terminal() -> HumanAgent:
        """Asks whoever sits at the terminal: `bio run SCENARIO --agent human`.

        Without a terminal (output that pytest captures, workers of xdist) its cells are skipped. `help` in the dialogue
        explains what can be typed. A cell that is left before its end keeps its trace and gets no score.
        """
        return HumanAgent()

    def start(self, briefing: Briefing, /) -> None:
        """Shows the briefing. Raises `CannotPlayError` where there is nobody to ask."""
        for name, given, stream in (("input", self._source, sys.stdin), ("output", self._screen, sys.stdout)):
            if given is None and not _is_terminal(stream):
                raise CannotPlayError(_NO_TERMINAL.format(name))
        self._at = _Sitting(briefing)
        self._show("", *page.briefing_lines(briefing, self._columns))
        self._show("", *page.action_lines(briefing.actions, self._columns))
        self._show("", *page.message_lines("Type a number or a name, then Enter; help explains the rest.", self._columns))

    def decide(self, observation: Observation, /) -> Action:
        """What was typed and confirmed. Raises `LeftCellError` if the person leaves."""
        self._at.note(observation)
        if self._at.queue:
            return self._next()
        # A measurement lets no step pass: what is on the screen still holds.
        self._show("", *self._turn(observation, whole=self._at.shown != observation.step))
        self._at.shown = observation.step
        menu = Menu(self._at.briefing.actions, observation.remaining if observation.budget else None)
        while True:
            try:
                asked = read(self._ask(f"step {observation.step}> "), menu)
            except NotUnderstoodError as problem:
                self._at.pending = None
                self._show(*page.message_lines(str(problem), self._columns))
                if self._at.typed:
                    self._show(*page.message_lines(f"dropped with it: {len(self._at.typed)} pasted after it", self._columns))
                    self._at.typed = []
                continue
            if isinstance(asked, Call):
                if asked.at_once:
                    return self._do(asked)
                self._at.pending = asked
                self._show(*page.pending_lines(asked, observation, self._columns))
            elif asked.name == "" and self._at.pending is not None:
                return self._do(self._at.pending)
            else:
                self._answer(asked, observation)
                if self._at.pending is not None:
                    self._show(*page.pending_lines(self._at.pending, observation, self._columns))

    def end(self, scores: Scores, /) -> None:
        """Shows the score."""
        self._show("", *page.score_lines(scores, self._columns), "")

    @property
    def _columns(self) -> int:
        return max(self._width(), _LEAST_WIDTH)

    def _turn(self, observation: Observation, *, whole: bool = True) -> Iterable[str]:
        """What became of the last call, and where it stands now; with `whole` all readings too."""
        at, width = self._at, self._columns
        if at.history and observation.last is not None:
            step, done, _ = at.history[-1]
            yield from page.result_lines(done, observation.last, width, passed=observation.step > step)
        yield from page.status_lines(observation, width)
        if whole:
            yield from page.reading_lines(at.briefing, observation, at.before, at.first, width)

    def _do(self, call: Call) -> Action:
        name, times = spelled(call.action), call.times
        labels = [f"{name} ({number} of {times})" for number in range(1, times + 1)] if times > 1 else [name]
        self._at.pending, self._at.queue = None, [(call.action, label) for label in labels]
        return self._next()

    def _next(self) -> Action:
        action, label = self._at.queue.pop(0)
        self._at.history.append((self._at.step, label, None))
        return Action(action.name, dict(action.params))

    def _answer(self, word: Word, observation: Observation) -> None:
        """Shows what was asked for; a call that was pending stays so, but for `undo`."""
        width = self._columns
        if word.name == "quit":
            raise self._left()
        if word.name == "undo":
            nothing = "nothing is pending; what has been carried out cannot be taken back"
            said = f"dropped: {spelled(self._at.pending.action, self._at.pending.times)}" if self._at.pending else nothing
            self._at.pending = None
            self._show(*page.message_lines(said, width))
        elif word.name == "help":
            self._show(*page.help_lines(width))
        elif word.name == "actions":
            self._show(*page.action_lines(self._at.briefing.actions, width))
        elif word.name == "brief":
            self._show(*page.briefing_lines(self._at.briefing, width))
        elif word.name == "history":
            self._show(*page.history_lines(self._at.history, width))
        elif word.name == "state":
            self._show(*self._turn(observation))
        else:
            said = "nothing is pending: type a number or a name (actions lists them, help explains)"
            self._show(*page.message_lines(said, width))

    def _ask(self, prompt: str) -> str:
        """The next line; of several that came at once, as pasted ones do, one after the other.

        Raises `LeftCellError` at the end of what there is to read and at Ctrl-C, `NotUnderstoodError` for bytes that are no
        text.
        """
        if self._at.typed:
            line = self._at.typed.pop(0)
            self._show(prompt + inert(line))
            return line
        line, *self._at.typed = _BREAK.split(_PASTED.sub("", self._line(prompt)).rstrip("\r\n"))
        return line

    def _line(self, prompt: str) -> str:
        try:
            if self._source is None and self._screen is None:
                with suppress(ImportError):
                    import readline  # noqa: F401 - arrows and history at the prompt
                return input(prompt)
            self._write(prompt)
            line = (self._source or sys.stdin).readline()
            if not line:
                raise EOFError
            return line
        except UnicodeDecodeError:
            raise NotUnderstoodError("that is no text in the encoding of this terminal") from None
        except (EOFError, KeyboardInterrupt):
            self._show("")
            raise self._left() from None

    def _left(self) -> LeftCellError:
        count = len(self._at.history)
        calls = "1 call" if count == 1 else f"{count} calls"
        self._show(*page.message_lines(f"You left after {calls}. What you did is kept, and not scored.", self._columns), "")
        return LeftCellError(f"the person at the terminal left after {calls}, before the end")

    def _show(self, *lines: str) -> None:
        self._write("".join(f"{line}\n" for line in lines))

    def _write(self, text: str) -> None:
        screen = self._screen or sys.stdout
        encoding = screen.encoding or "utf-8"
        screen.write(text.encode(encoding, "backslashreplace").decode(encoding))
        screen.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
