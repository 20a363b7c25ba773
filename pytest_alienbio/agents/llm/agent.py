"""One cell, played by a language model: what it is told, what it answers, and what that means."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import (
    Action,
    Answer,
    Briefing,
    Endpoint,
    Json,
    Message,
    Meter,
    ModelCall,
    ModelUse,
    Observation,
    Request,
    Scores,
    Usage,
    Wire,
)
from ...model.call_record import calls_as_json, calls_of, message_of
from ...model.conversation import message_as_json
from ..kept import Kept
from .asking import CUT, Asking, Clock
from .estimate import Estimate
from .history import Conversation
from .prompt import Prompt, system_text, turn_text
from .reading import act, said
from .tools import WAIT, Toolbox

MAX_TOKENS = 4096
"""Of an answer, unless its profile says otherwise: room for reasoning, and for one call."""
TIMEOUT_S = 120.0
RETRIES = 8
LONG_TURN = 150
"""Tokens by our count from which a turn is long: of such a conversation only the last readings are kept."""
KEPT_READINGS = 12
"""So many of them, and up to half as many more: they fall out several at once."""
REMINDER = "Call one tool now. A second answer without a call is taken as `wait`."
CUT_OFF = "Your answer was cut off at {} tokens, before it called a tool. "
WAITED = "You called no tool, so a step was waited.\n"
ONLY_ONE = "Not carried out: one call a turn."


class LLMAgent:
    """A language model that acts by calling tools, one for each action."""

    __slots__ = (
        "_asking",
        "_conversation",
        "_estimate",
        "_keep",
        "_last",
        "_max_tokens",
        "_prompt",
        "_seen",
        "_system",
        "_toolbox",
        "_turns",
        "_waits",
    )

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        prompt: Prompt = Prompt(),  # noqa: B008 - frozen
        max_tokens: int = MAX_TOKENS,
        timeout_s: float = TIMEOUT_S,
        retries: int = RETRIES,
        keep_readings: int | None = None,
        clock: Clock = Clock(),  # noqa: B008 - frozen
    ) -> None:
        """`keep_readings`: how many turns are sent again; None: all, or `KEPT_READINGS` where they are long."""
        self._asking = Asking(endpoint, timeout_s, retries, clock)
        self._prompt, self._max_tokens, self._keep = prompt, max_tokens, keep_readings
        self._toolbox: Toolbox | None = None
        self._system = ""
        self._conversation: Conversation | None = None
        self._estimate = Estimate()
        self._last: Message | None = None
        """What the model said last, not yet answered."""
        self._seen: Mapping[str, float] | None = None
        self._turns = 0
        """Decisions so far."""
        self._waits = 0
        """Steps that are still to be waited of the last call."""

    @property
    def endpoint(self) -> Endpoint:
        """Which model it is, and where."""
        return self._asking.endpoint

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """Every attempt so far."""
        return tuple(self._asking.calls)

    @property
    def usage(self) -> Usage:
        """What they took, as far as the provider says."""
        return self._asking.usage

    @property
    def use(self) -> ModelUse | None:
        """Which model answered; None before it is connected."""
        return self._asking.use

    def connect(self, wire: Wire, /) -> None:
        """How the model is reached; once, before `start`."""
        self._asking.connect(wire)

    def attach(self, meter: Meter, /) -> None:
        """Each attempt asks `meter` for leave."""
        self._asking.meter = meter

    def start(self, briefing: Briefing, /) -> None:
        """Begins the conversation; nothing is asked yet."""
        self._toolbox = Toolbox(briefing)
        self._system = system_text(self._prompt, briefing)
        self._conversation, self._last, self._seen, self._turns, self._waits = None, None, None, 0, 0
        self._estimate = Estimate()
        self._asking.calls.clear()

    def decide(self, observation: Observation, /) -> Action:
        """Asks the model, once more if it calls nothing, and waits if it still does not.

        Raises `ProviderError` when all attempts of a request failed, `RuntimeError` before `start`.
        """
        if self._toolbox is None:
            raise RuntimeError("decide() was called before start()")
        turn, self._turns = self._turns, self._turns + 1
        if self._waits:
            self._waits -= 1
            return Action(WAIT)
        conversation = self._hear(observation, self._toolbox)
        answer = self._ask(conversation, self._toolbox, turn)
        if not answer.calls:
            cut = CUT_OFF.format(self._max_tokens) if answer.stop in CUT else ""
            conversation.add(said(answer), Message("user", cut + REMINDER))
            answer = self._ask(conversation, self._toolbox, turn)
        self._last = said(answer)
        action, steps = act(self._toolbox, answer)
        self._waits = steps - 1
        return action

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def checkpoint(self) -> Json:
        """The conversation, with all that was asked so far."""
        return {
            "conversation": self._conversation.as_json() if self._conversation else None,
            "last": message_as_json(self._last) if self._last else None,
            "seen": None if self._seen is None else dict(self._seen),
            "turns": self._turns,
            "waits": self._waits,
            "ratio": self._estimate.ratio,
            "calls": calls_as_json(self._asking.calls),
        }

    def restore(self, state: Json, /) -> None:
        """As `checkpoint` had it; after `start`. Raises `ValueError` for a checkpoint that is none of its."""
        kept = Kept(state)
        self._conversation = Conversation.of(kept["conversation"]) if kept["conversation"] else None
        self._last = message_of(kept["last"]) if kept["last"] else None
        self._seen = None if kept["seen"] is None else kept.numbers("seen")
        self._turns, self._waits = kept.whole("turns"), kept.whole("waits")
        self._estimate = Estimate(None if kept["ratio"] is None else kept.number("ratio"))
        self._asking.calls[:] = calls_of(kept["calls"])

    def _hear(self, observation: Observation, toolbox: Toolbox) -> Conversation:
        """Adds the turn to the conversation: as the answer to the model's last call, where there was one."""
        last = observation.last
        refused = last is not None and not last.ok and " takes " not in last.reason  # worlds of ours say what they take
        called = self._last.calls if self._last else ()
        allowed = toolbox.allowed(called[0]) if refused and called else ""
        text = turn_text(self._prompt, observation, self._seen, allowed)
        self._seen = dict(observation.state)
        if self._conversation is None:
            self._conversation = Conversation(text)
        elif self._last is not None and called:
            others = (Message("tool", ONLY_ONE, of=call.id) for call in called[1:])
            self._conversation.add(self._last, Message("tool", text, of=called[0].id), *others)
        elif self._last is not None:
            self._conversation.add(self._last, Message("user", WAITED + text))
        self._last = None
        keep = KEPT_READINGS if self._keep is None and self._estimate.of_text(text) > LONG_TURN else self._keep
        if keep is not None and self._conversation.kept > keep + keep // 2:
            self._conversation.drop_to(keep)
        return self._conversation

    def _ask(self, conversation: Conversation, toolbox: Toolbox, turn: int) -> Answer:
        request, worst = self._request(conversation, toolbox), 0
        most = self.endpoint.max_context
        while (worst := self._estimate.most(request)) + self._max_tokens > (most or worst + self._max_tokens):
            if conversation.kept < 2:
                break  # the provider says then that it is too long
            conversation.drop_to(conversation.kept * 2 // 3)
            request = self._request(conversation, toolbox)
        answer = self._asking.ask(request, turn, worst)
        self._estimate.learn(request, answer.tokens.input)
        return answer

    def _request(self, conversation: Conversation, toolbox: Toolbox) -> Request:
        endpoint = self.endpoint
        return Request(endpoint.model, self._system, toolbox.tools, conversation.messages(), self._max_tokens, endpoint.params)
