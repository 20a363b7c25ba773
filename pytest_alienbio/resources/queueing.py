"""Who may call a provider when. Pure: states of a queue in, states out; times in whole microseconds of any one clock.

The generic cell rate algorithm: `requests_at` and `tokens_at` say when the provider's allowance for the calls before is
used up, and the next call starts then or, if that is past, now. Its time is given at once, so who asks first goes first,
and everybody sleeps as long as they were told, outside of any lock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..model import Rate

MINUTE = 60_060_000
"""What is called a minute: who sleeps wakes some milliseconds late, and whoever comes after must not make it one too many in
60 s. It costs a thousandth of the rate."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What is known of one provider."""

    requests_at: int = 0
    tokens_at: int = 0
    last_at: int = 0
    """When the last call that was given a place starts."""
    credit: int = 0
    """Tokens that earlier calls were counted for and did not use, at most those of one call."""
    paused_until: int = 0
    shift: int = 0
    """How far everybody's place has been put off so far: by pauses, and (negative) by a clock that went back."""
    seen_at: int = 0
    """The clock when it was last looked at."""


def place(queue: Queue, rate: Rate, tokens: int, now: int) -> tuple[Queue, int]:
    """The next place, and the queue behind it: when a call of so many tokens may start."""
    queue = seen(queue, now)
    at = max(now, queue.paused_until)
    requests_at, tokens_at, credit = queue.requests_at, queue.tokens_at, queue.credit
    if rate.requests is not None:
        apart = cost(1, rate.requests)
        at = max(at, requests_at - (rate.burst - 1) * apart)
    if rate.tokens is not None:
        at = max(at, tokens_at)
        counted = max(0, tokens - credit)
        credit -= tokens - counted
        tokens_at = at + cost(counted, rate.tokens)
    if rate.requests is not None:
        requests_at = max(at, requests_at) + apart
    last_at = max(at, queue.last_at)
    return replace(queue, requests_at=requests_at, tokens_at=tokens_at, last_at=last_at, credit=credit), at


def paused(queue: Queue, for_us: int, now: int) -> Queue:
    """Nobody starts for so long. Who waits is put off by what that adds, so all keep their order and their distance."""
    queue = seen(queue, now)
    until = now + for_us
    by = until - max(now, queue.paused_until)
    if by <= 0:
        return queue
    moved = by if queue.last_at > now else 0
    return replace(
        queue,
        requests_at=queue.requests_at + moved,
        tokens_at=queue.tokens_at + moved,
        last_at=queue.last_at + moved,
        paused_until=until,
        shift=queue.shift + by,
    )


def corrected(queue: Queue, rate: Rate, expected: int, used: int, now: int) -> Queue:
    """After a call used other than the tokens it was counted for.

    If nobody waits, the next may start so much sooner; if others do, whose times are given, the rest is a credit.
    """
    queue = seen(queue, now)
    if rate.tokens is None or used == expected:
        return queue
    if used > expected:
        more = used - expected
        taken = min(more, queue.credit)
        tokens_at = max(queue.tokens_at, now) + cost(more - taken, rate.tokens)
        return replace(queue, credit=queue.credit - taken, tokens_at=tokens_at)
    less = expected - used
    if queue.last_at > now:
        return replace(queue, credit=max(queue.credit, min(queue.credit + less, expected)))
    return replace(queue, tokens_at=max(queue.last_at, queue.tokens_at - cost(less, rate.tokens)))


def seen(queue: Queue, now: int) -> Queue:
    """The queue by a clock that may have gone back: then no time has passed, and all is put off (negatively) alike."""
    by = now - queue.seen_at
    if by >= 0:
        return replace(queue, seen_at=now)
    return Queue(
        queue.requests_at + by,
        queue.tokens_at + by,
        queue.last_at + by,
        queue.credit,
        queue.paused_until + by,
        queue.shift + by,
        now,
    )


def cut(queue: Queue, last_by: int, requests_by: int, tokens_by: int) -> Queue:
    """The queue without its end, which had put off what comes next by so much: nobody waits there any more."""
    return replace(
        queue,
        last_at=queue.last_at - last_by,
        requests_at=queue.requests_at - requests_by,
        tokens_at=queue.tokens_at - tokens_by,
    )


def due(queue: Queue, at: int, shift: int, now: int) -> int:
    """How long a place given as (`at`, `shift`) still has to wait; 0: it may start."""
    queue = seen(queue, now)
    moved = queue.shift - shift
    start = at + moved
    if moved > 0:
        start = max(start, queue.paused_until)
    return max(0, start - now)


def cost(count: float, a_minute: float) -> int:
    """For how long so many use up a minute's allowance, rounded up."""
    return math.ceil(count * MINUTE / a_minute)
