"""A stand-in for a language model: it costs, dawdles and fails like one, and is the same every time."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from ..errors import Complaint, ProviderError, SpecError
from ..model import Action, Briefing, Json, Meter, MeteredCall, Observation, Scores, Tokens, Usage
from .inquirer import InquirerAgent
from .kept import Kept, place, position
from .leave import leave
from .parameter import number, whole
from .random_agent import RandomAgent
from .tokens import count_briefing, count_turn

if TYPE_CHECKING:
    from numpy.random import Generator

NAME = "simulated-llm"
PROVIDER = "simulated"
"""What its meter calls the service that is not there; its prices are invented."""
RETRY_AFTER_S = 2.0
"""What a 429 asks to wait."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way for a request to fail, and how often it does."""

    rate: float
    kind: str
    message: str
    status: int | None = None
    retry_after_s: float | None = None

    def error(self, attempts: int) -> ProviderError:
        """What is raised when this ended the last of `attempts`."""
        tries = f" (attempt {attempts})" if attempts > 1 else ""
        return ProviderError(f"{self.message}{tries}", kind=self.kind, status=self.status, retry_after_s=self.retry_after_s)


class SimulatedLLM:
    """Acts like a language model behind a rate-limited service, without one: to try cost, limits, retries and replay.

    Each decision is a request. It answers with probability `skill` what `inquirer` would, else what `random` would. Every
    request sends the whole conversation again, so input tokens grow with each turn; the answer has `output_tokens` in the
    mean.

    A request fails with probability `rate_429`, `rate_500` or `rate_timeout` and is sent again, up to `retries` times; then
    the cell ends as `provider_error`. With probability `rate_malformed` an answer is a call whose arguments are one text,
    which worlds refuse. `latency_s`, the mean time of an answer, and `timeout_s` are written into the reasoning, and waited
    for only with `sleep`. Its prices are invented; a meter (`attach`) holds it to caps and rates as if they were paid. All
    dice come from the cell's seed and `seed`; the rates and retries change no choice.
    """

    __slots__ = (
        "_arguments",
        "_faults",
        "_history",
        "_inputs",
        "_latency_s",
        "_luck",
        "_malformed",
        "_meant",
        "_meter",
        "_mind",
        "_output_tokens",
        "_outputs",
        "_pace",
        "_policies",
        "_prices",
        "_requests",
        "_retried",
        "_retries",
        "_seed",
        "_skill",
        "_sleep",
        "_timeout_s",
        "_waited_s",
    )

    def __init__(
        self,
        *,
        skill: float = 0.7,
        latency_s: float = 1.5,
        sleep: bool = False,
        output_tokens: float = 70,
        usd_per_million_input: float = 3.0,
        usd_per_million_output: float = 15.0,
        rate_429: float = 0.0,
        rate_500: float = 0.0,
        rate_timeout: float = 0.0,
        timeout_s: float = 60.0,
        rate_malformed: float = 0.0,
        retries: int = 0,
        seed: int = 0,
    ) -> None:
        self._skill = number(NAME, "skill", skill, high=1.0)
        self._latency_s = number(NAME, "latency_s", latency_s)
        self._timeout_s = number(NAME, "timeout_s", timeout_s)
        self._sleep = sleep
        self._output_tokens = number(NAME, "output_tokens", output_tokens, low=1.0)
        self._prices = (
            number(NAME, "usd_per_million_input", usd_per_million_input),
            number(NAME, "usd_per_million_output", usd_per_million_output),
        )
        self._faults = (
            Fault(number(NAME, "rate_429", rate_429, high=1.0), "rate_limit", "429 too many requests", 429, RETRY_AFTER_S),
            Fault(number(NAME, "rate_500", rate_500, high=1.0), "server", "500 internal server error", 500),
            Fault(number(NAME, "rate_timeout", rate_timeout, high=1.0), "timeout", f"no answer within {self._timeout_s:g} s"),
        )
        if (total := sum(fault.rate for fault in self._faults)) > 1:
            what = f"agent {NAME!r}: rate_429, rate_500 and rate_timeout add up to {total:g}"
            raise SpecError(Complaint(what, expected="at most 1 together, since one request fails in one way"))
        self._malformed = number(NAME, "rate_malformed", rate_malformed, high=1.0)
        self._retries = whole(NAME, "retries", retries, high=100)
        self._seed = whole(NAME, "seed", seed, high=2**63 - 1)
        if not isinstance(sleep, bool):
            raise SpecError(Complaint(f"agent {NAME!r}: sleep cannot be {sleep!r}", expected="true or false"))
        self._policies = (InquirerAgent(), RandomAgent())
        self._meant = True
        self._meter: Meter | None = None
        self._mind: Generator | None = None
        self._luck: Generator | None = None
        self._pace: Generator | None = None
        self._requests = self._inputs = self._outputs = self._history = self._retried = 0
        self._waited_s = 0.0

    @property
    def usage(self) -> Usage:
        """What it has consumed so far; nothing is measured before `start`."""
        if self._mind is None:
            return Usage()
        split = Tokens(input=self._inputs, output=self._outputs)
        usd = self._price(self._inputs, self._outputs)
        return Usage(self._inputs + self._outputs, usd, self._requests, split, self._retried, self._waited_s)

    def attach(self, meter: Meter, /) -> None:
        """Each request asks `meter` for leave from now on."""
        self._meter = meter

    def start(self, briefing: Briefing, /) -> None:
        """Seeds the dice and begins the conversation."""
        from numpy.random import PCG64, Generator, SeedSequence

        streams = SeedSequence([briefing.seed, self._seed]).spawn(4)
        self._mind, self._luck, self._pace = (Generator(PCG64(stream)) for stream in streams[:3])
        noise = int(streams[3].generate_state(1, "uint64")[0]) >> 1
        self._meant = True
        for policy in self._policies:
            policy.start(replace(briefing, seed=noise))
        self._requests = self._inputs = self._outputs = self._retried = 0
        self._waited_s = 0.0
        self._history = count_briefing(briefing)

    def decide(self, observation: Observation, /) -> Action:
        """Asks the model. Raises `ProviderError` when the last attempt failed too, `RuntimeError` before `start`."""
        if self._mind is None or self._luck is None:
            raise RuntimeError("decide() was called before start()")
        self._history += count_turn(observation)
        seconds, garbled, sent, said = self._ask(self._luck)
        able, clueless = self._policies
        # What came of an act of chance is not what the able one's own last answer gave
        wanted = able.decide(observation if self._meant else replace(observation, last=None))
        self._meant = float(self._mind.random()) < self._skill
        action = wanted if self._meant else clueless.decide(observation)
        if garbled:
            action = Action(action.name, {"arguments": json.dumps(dict(action.params), sort_keys=True)})
        note = f"simulated request {self._requests}: {sent} tokens in, {said} out, {seconds:.2f} s"
        return replace(action, reasoning=note)

    def end(self, scores: Scores, /) -> None:
        """Learns nothing."""

    def checkpoint(self) -> Json:
        """The conversation's length, what it cost, where the dice stand, and what the two policies know."""
        dice = (self._mind, self._luck, self._pace)
        if None in dice:
            raise RuntimeError("checkpoint() was called before start()")
        return {
            "policies": [policy.checkpoint() for policy in self._policies],
            "dice": [position(each) for each in dice if each is not None],
            "meant": self._meant,
            "requests": self._requests,
            "inputs": self._inputs,
            "outputs": self._outputs,
            "retried": self._retried,
            "waited_s": self._waited_s,
            "history": self._history,
        }

    def restore(self, state: Json, /) -> None:
        """As `checkpoint` had it. Raises `ValueError` for a checkpoint that is none of its, `RuntimeError` before `start`."""
        kept, dice = Kept(state), (self._mind, self._luck, self._pace)
        for each, where in zip(dice, kept.items("dice"), strict=True):
            if each is None:
                raise RuntimeError("restore() was called before start()")
            place(each, where)
        able, clueless = self._policies
        known, thrown = kept.items("policies")
        able.restore(known)
        clueless.restore(thrown)
        self._meant, self._history = kept.flag("meant"), kept.whole("history")
        self._requests, self._inputs, self._outputs = map(kept.whole, ("requests", "inputs", "outputs"))
        self._retried, self._waited_s = kept.whole("retried"), kept.number("waited_s")

    def _ask(self, luck: Generator) -> tuple[float, bool, int, int]:
        """Sends the request until it is answered: seconds that took, whether it is malformed, tokens in and out."""
        seconds = 0.0
        for attempt in range(1, self._retries + 2):
            fate, garble = (float(draw) for draw in luck.random(2))
            fault = self._fault(fate)
            with self._leave() as call:
                self._requests += 1
                self._retried += attempt > 1
                if fault is None:
                    took = self._answer_time()
                    seconds += self._lasts(took)
                    self._waited_s += took
                    sent, said = self._answered()
                    call.settle(tokens=sent + said, usd=self._price(sent, said))
                    return seconds, garble < self._malformed, sent, said
                took = self._timeout_s if fault.kind == "timeout" else 0.0
                seconds += self._lasts(took)
                self._waited_s += took
                call.settle(tokens=0, usd=0.0)  # what is not answered is not billed here
                if self._sleep and fault.retry_after_s:
                    call.slow_down(fault.retry_after_s)
            if attempt > self._retries:
                raise fault.error(attempt)
            seconds += self._lasts(fault.retry_after_s or 2.0 ** (attempt - 1))
        raise AssertionError("the last attempt is answered or raises")

    def _leave(self) -> AbstractContextManager[MeteredCall]:
        """Leave for one request: the conversation so far, and the longest answer there is."""
        sent, said = self._history, ceil(self._output_tokens * 1.5)
        return leave(self._meter, PROVIDER, tokens=sent + said, usd=self._price(sent, said))

    def _price(self, sent: int, said: int) -> float:
        return (sent * self._prices[0] + said * self._prices[1]) / 1e6

    def _fault(self, fate: float) -> Fault | None:
        for fault in self._faults:
            if fate < fault.rate:
                return fault
            fate -= fault.rate
        return None

    def _answer_time(self) -> float:
        """Between half and three halves of the mean."""
        assert self._pace is not None
        return self._latency_s * (0.5 + float(self._pace.random()))

    def _lasts(self, seconds: float) -> float:
        if self._sleep:
            time.sleep(seconds)
        return seconds

    def _answered(self) -> tuple[int, int]:
        """Books the tokens of an answered request: the whole conversation in, and some out, which then belong to it."""
        assert self._pace is not None
        sent, said = self._history, round(self._output_tokens * (0.5 + float(self._pace.random())))
        self._inputs += sent
        self._outputs += said
        self._history += said
        return sent, said
