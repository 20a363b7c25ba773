"""How fast providers are asked, kept in Redis: a `Limiter` for workers on several machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event

from ...model import Permit, Rate
from .. import waiting
from ..limiter import SECOND, UNLIMITED
from ..queueing import MINUTE
from .server import Reply, Script, Server

# `queueing` in Lua, to the letter; the tests hold the two against each other.
_QUEUE = """
local names = {'requests_at', 'tokens_at', 'last_at', 'credit', 'paused_until', 'shift', 'seen_at'}
local queue = {}
for index, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do queue[names[index]] = tonumber(value or '0') end
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local by = now - queue.seen_at
if by < 0 then
  for _, name in ipairs({'requests_at', 'tokens_at', 'last_at', 'paused_until', 'shift'}) do queue[name] = queue[name] + by end
end
queue.seen_at = now
local function cost(count, a_minute) return math.ceil(count * tonumber(ARGV[#ARGV]) / a_minute) end
local function text(number) return string.format('%.0f', number) end
local function keep()
  for _, name in ipairs(names) do redis.call('HSET', KEYS[1], name, text(queue[name])) end
  redis.call('EXPIRE', KEYS[1], 86400) -- a day without use
end
"""
PLACE: Script = (
    "place",
    _QUEUE
    + """
local requests, tokens, burst, asked = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local at = math.max(now, queue.last_at, queue.paused_until)
local apart = requests and cost(1, requests)
if requests then at = math.max(at, queue.requests_at - (burst - 1) * apart) end
if tokens then
  at = math.max(at, queue.tokens_at)
  local counted = math.max(0, asked - queue.credit)
  queue.credit = queue.credit - (asked - counted)
  queue.tokens_at = at + cost(counted, tokens)
end
if requests then queue.requests_at = math.max(at, queue.requests_at) + apart end
queue.last_at = at
keep()
return {text(at), text(queue.shift), text(at - now)}
""",
)
DUE: Script = (
    "due",
    _QUEUE
    + """
local moved = queue.shift - ARGV[3]
local start = ARGV[2] + moved
if moved > 0 then start = math.max(start, queue.paused_until) end
return text(math.max(0, start - now))
""",
)
PAUSE: Script = (
    "pause",
    _QUEUE
    + """
local till = now + ARGV[2]
local longer = till - math.max(now, queue.paused_until)
if longer > 0 then
  if queue.last_at > now then
    for _, name in ipairs({'requests_at', 'tokens_at', 'last_at'}) do queue[name] = queue[name] + longer end
  end
  queue.paused_until, queue.shift = till, queue.shift + longer
end
keep()
return 'done'
""",
)
CORRECT: Script = (
    "correct",
    _QUEUE
    + """
local tokens, expected, used = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if used > expected then
  local taken = math.min(used - expected, queue.credit)
  queue.credit = queue.credit - taken
  queue.tokens_at = math.max(queue.tokens_at, now) + cost(used - expected - taken, tokens)
elseif queue.last_at > now then
  queue.credit = math.max(queue.credit, math.min(queue.credit + expected - used, expected))
else
  queue.tokens_at = math.max(queue.last_at, queue.tokens_at - cost(expected - used, tokens))
end
keep()
return 'done'
""",
)


class RedisLimiter:
    """A `Limiter` in the Redis at `url` (see `Server`). `rates` by provider, the same in every worker.

    Time is the server's, so that the clocks of the machines need not agree; if its clock is set back nobody waits for it.
    `clock` and `sleep` are for tests.
    """

    def __init__(
        self,
        url: str,
        rates: Mapping[str, Rate],
        *,
        clock: Callable[[], int] | None = None,
        sleep: Callable[[float, Event | None], None] = waiting.sleep,
    ) -> None:
        self._server = Server(url)
        self._rates = dict(rates)
        self._clock, self._sleep = clock, sleep

    def acquire(self, provider: str, *, tokens: int = 0, cancel: Event | None = None) -> float:
        """See `Limiter`."""
        return self.wait(self.place(provider, tokens=tokens), cancel)

    def place(self, provider: str, *, tokens: int = 0) -> Permit:
        """The next place in the provider's queue, and how long until its call may start. Does not wait; `wait` does."""
        rate = self._rates.get(provider, UNLIMITED)
        reply = self._run(PLACE, provider, _or_none(rate.requests), _or_none(rate.tokens), rate.burst, tokens)
        at, shift, left = (int(str(value)) for value in reply) if isinstance(reply, list) else (0, 0, 0)
        return Permit(provider, left / SECOND, at, shift)

    def wait(self, permit: Permit, cancel: Event | None = None) -> float:
        """Waits until the call may start, through pauses that come meanwhile; gives the seconds waited. See `acquire`."""
        return waiting.sleep_through(lambda: self._left(permit), cancel, self._sleep)

    def correct(self, provider: str, *, expected: int, used: int) -> None:
        """See `Limiter`."""
        rate = self._rates.get(provider, UNLIMITED)
        if expected != used and rate.tokens is not None:
            self._run(CORRECT, provider, rate.tokens, expected, used)

    def slow_down(self, provider: str, seconds: float) -> None:
        """See `Limiter`."""
        if seconds > 0:
            self._run(PAUSE, provider, int(seconds * SECOND))

    def close(self) -> None:
        """See `Limiter`."""
        self._server.close()

    def _left(self, permit: Permit) -> float:
        return int(str(self._run(DUE, permit.provider, permit.at, permit.shift))) / SECOND

    def _run(self, script: Script, provider: str, *arguments: str | int | float) -> Reply:
        return self._server.run(
            script, (f"rate:{provider}",), ("" if self._clock is None else self._clock(), *arguments, MINUTE)
        )


def _or_none(rate: float | None) -> str | float:
    return "" if rate is None else rate
