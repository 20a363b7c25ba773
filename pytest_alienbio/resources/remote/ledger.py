"""What a session spends, kept in Redis: a `Ledger` for workers on several machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from ...model import Abandoned, Excess, Json, Spent
from .. import booking
from ..booking import COUNTS, QUANTITIES, Account, Worst
from ..holder import is_dead
from ..naming import Naming
from .server import Reply, Script, Server

LEASE_S = 900
"""Of workers on other machines nothing is known: after so long their calls count as ended without anybody seeing it.

Too early does no harm: the worst case counts against the caps as before, and who settles after all is booked as it was.
"""
KEPT_S = 30 * 86_400
"""After so long without use the server forgets a session."""

_KEYS = ("ledger", "reservations", "abandoned", "ages")
"""All counts and caps (a hash, so that they are there or not as one), what each reservation is, and since when."""
_CAPS = tuple(f"cap_{quantity}" for quantity in QUANTITIES)
_FIELDS = ("label", *_CAPS, *COUNTS)

# A cap and what counts against it are whole numbers below 2^53, which Lua's only kind of number holds exactly; they are
# written by '%.0f', as Lua's own way has 14 digits.
_COMMON = """
if redis.call('HEXISTS', KEYS[1], 'made') == 0 then return 'gone' end
local function count(field, scope) return tonumber(redis.call('HGET', KEYS[1], field .. ' ' .. scope) or '0') end
local function add(changes)
  for _, change in ipairs(changes) do
    redis.call('HINCRBY', KEYS[1], change[1], string.format('%.0f', change[2]))
  end
end
local function row(scope, first)
  local fields = {}
  for index = first, #ARGV do fields[#fields + 1] = ARGV[index] .. ' ' .. scope end
  return redis.call('HMGET', KEYS[1], unpack(fields))
end
local function keep() for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[1]) end end
"""

MAKE: Script = (
    "make",
    "redis.call('HSETNX', KEYS[1], 'made', 1) redis.call('EXPIRE', KEYS[1], ARGV[1]) return 'made'",
)
CAP: Script = (
    "cap",
    _COMMON
    + """
for index = 2, #ARGV, 2 do
  if ARGV[index + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[index])
  else redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
end
keep()
return 'done'
""",
)
RESERVE: Script = (
    "reserve",
    _COMMON
    + """
local name, record, ask = ARGV[2], ARGV[3], cjson.decode(ARGV[4])
if name ~= '' and redis.call('HEXISTS', KEYS[2], name) == 1 then return 'done' end
for _, scope in ipairs(ask.scopes) do
  for quantity, amount in pairs(ask.asked) do
    local cap = redis.call('HGET', KEYS[1], 'cap_' .. quantity .. ' ' .. scope)
    if cap then
      local booked = count(quantity, scope)
      if quantity ~= 'cells' then
        booked = booked + count('reserved_' .. quantity, scope) + count('unknown_' .. quantity, scope)
      end
      if amount < 0 or (amount > 0 and booked + amount > tonumber(cap)) then return {scope, row(scope, 5)} end
    end
  end
end
add(ask.changes)
if name ~= '' then
  redis.call('HSET', KEYS[2], name, record)
  redis.call('ZADD', KEYS[4], redis.call('TIME')[1], name)
end
keep()
return 'done'
""",
)
END: Script = (
    "end",
    _COMMON
    + """
local name, changes = ARGV[2], cjson.decode(ARGV[3])
if redis.call('HDEL', KEYS[2], name) == 0 then return 'missing' end
redis.call('ZREM', KEYS[4], name)
if redis.call('SREM', KEYS[3], name) == 1 then add(changes.abandoned) else add(changes.open) end
keep()
local rows = {}
for _, scope in ipairs(changes.scopes) do rows[#rows + 1] = row(scope, 4) end
return rows
""",
)
ABANDON: Script = (
    "abandon",
    _COMMON
    + """
local name = ARGV[2]
if redis.call('HEXISTS', KEYS[2], name) == 0 or redis.call('SADD', KEYS[3], name) == 0 then return 0 end
add(cjson.decode(ARGV[3]))
return 1
""",
)
READ: Script = ("read", _COMMON + "return row(ARGV[2], 3)")
OPEN: Script = (
    "open",
    _COMMON
    + """
local found, last = {}, redis.call('TIME')[1] - ARGV[2]
local records = redis.call('HGETALL', KEYS[2])
for index = 1, #records, 2 do
  local name = records[index]
  if redis.call('SISMEMBER', KEYS[3], name) == 0 then
    local age = redis.call('ZSCORE', KEYS[4], name)
    found[#found + 1] = {name, records[index + 1], (not age or tonumber(age) <= last) and 1 or 0}
  end
end
return found
""",
)
RECORD: Script = ("record", _COMMON + "return redis.call('HGET', KEYS[2], ARGV[2]) or ''")


class RedisLedger:
    """A `Ledger` in the Redis at `url` (see `Server`), which `create` makes there; every worker opens it itself.

    A session of which the server knows nothing (any more) is an error, never a missing limit.
    """

    def __init__(self, url: str, *, create: bool = False, lease_s: float = LEASE_S) -> None:
        self._server = Server(url)
        self._naming = Naming()
        self._lease_s = lease_s
        self._mine: set[str] = set()
        """What was reserved here and not ended yet: if the server does not know it, its answer to the end was lost."""
        if create:
            self._server.run(MAKE, ("ledger",), (KEPT_S,))
        self._account("")

    def cap(
        self, scope: str, *, tokens: int | None = None, usd: float | None = None, cells: int | None = None, label: str = ""
    ) -> None:
        """See `Ledger`."""
        caps = (booking.whole("tokens", tokens), booking.nanos(usd), booking.whole("cells", cells))
        said = [(f"cap_{quantity} {scope}", "" if cap is None else cap) for quantity, cap in zip(QUANTITIES, caps, strict=True)]
        self._run(CAP, *(each for pair in (*said, (f"label {scope}", label)) for each in pair))

    def start(self, scopes: Sequence[str]) -> None:
        """See `Ledger`."""
        self._reserve(scopes, {"cells": 1}, {"cells": 1})

    def reserve(self, scopes: Sequence[str], *, tokens: int | None = 0, usd: float | None = 0.0) -> str:
        """See `Ledger`."""
        worst = booking.amounts(tokens, usd)
        holder, name = self._naming.next()
        record: dict[str, Json] = {
            "holder": holder, "scopes": list(dict.fromkeys(scopes)), "tokens": worst.tokens, "usd": worst.usd
        }  # fmt: skip
        asked = {"tokens": worst.tokens, "usd": worst.usd}
        self._reserve(scopes, asked, booking.reserving(worst), name, json.dumps(record))
        self._mine.add(name)
        return name

    def settle(self, reservation: str, *, tokens: int | None = None, usd: float | None = None) -> tuple[Excess, ...]:
        """See `Ledger`. One that was given up for dead is booked as it was after all."""
        actual = booking.amounts(tokens, usd)
        scopes, worst = self._record(reservation)
        ways = {way: booking.settling(worst, actual, abandoned=way == "abandoned") for way in ("open", "abandoned")}
        return tuple(booking.excesses(self._end(reservation, scopes, ways)))

    def release(self, reservation: str) -> None:
        """See `Ledger`."""
        scopes, worst = self._record(reservation)
        ways = {way: booking.releasing(worst, abandoned=way == "abandoned") for way in ("open", "abandoned")}
        self._end(reservation, scopes, ways)

    def spent(self, scope: str) -> Spent:
        """See `Ledger`."""
        return booking.spent_of(self._account(scope).counts)

    def release_dead(self) -> tuple[Abandoned, ...]:
        """See `Ledger`: of this machine those who died, of others what is older than the lease."""
        found = []
        for name, text, expired in _rows(self._run(OPEN, int(self._lease_s))):
            record = json.loads(str(text))
            holder = str(record["holder"])
            if holder != self._naming.holder and (expired or is_dead(holder)):
                worst, scopes = Worst(record["tokens"], record["usd"]), tuple(record["scopes"])
                if self._run(ABANDON, str(name), json.dumps(_flat(scopes, booking.abandoning(worst)))):
                    usd = None if worst.usd is None else worst.usd / booking.NANO
                    found.append(Abandoned(str(name), holder, scopes, worst.tokens, usd))
        return tuple(found)

    def close(self) -> None:
        """See `Ledger`."""
        self._server.close()

    def _run(self, script: Script, *arguments: str | int | float) -> Reply:
        return self._server.run(script, _KEYS, (KEPT_S, *arguments))

    def _reserve(
        self, scopes: Sequence[str], asked: Mapping[str, int | None], change: Mapping[str, int], name: str = "", text: str = ""
    ) -> None:
        scopes = tuple(dict.fromkeys(scopes))
        ask = {
            "scopes": scopes,
            "asked": {quantity: -1 if amount is None else amount for quantity, amount in asked.items()},
            "changes": _flat(scopes, change),
        }
        reply = self._run(RESERVE, name, text, json.dumps(ask), *_FIELDS)
        if isinstance(reply, list):
            scope, row = reply
            refused = booking.refusal(self._read(str(scope), row if isinstance(row, list) else []), asked)
            raise refused or self._server.unusable(f"it refuses what fits under {scope!r}")

    def _record(self, reservation: str) -> tuple[tuple[str, ...], Worst]:
        text = self._run(RECORD, reservation)
        if not isinstance(text, str) or not text:
            raise ValueError(f"{reservation!r} is not reserved (any more): it was settled or released, or never was")
        record = json.loads(text)
        return tuple(record["scopes"]), Worst(record["tokens"], record["usd"])

    def _end(self, reservation: str, scopes: Sequence[str], ways: Mapping[str, Mapping[str, int]]) -> list[Account]:
        """What is booked under the reservation's scopes once it is gone."""
        changes: dict[str, object] = {way: _flat(scopes, change) for way, change in ways.items()}
        reply = self._run(END, reservation, json.dumps({**changes, "scopes": scopes}), *_FIELDS)
        known = reservation in self._mine
        self._mine.discard(reservation)
        if reply == "missing" and not known:
            raise ValueError(f"{reservation!r} is not reserved (any more): it was settled or released at the same moment")
        return [self._read(scope, row) for scope, row in zip(scopes, _rows(reply), strict=False)]

    def _account(self, scope: str) -> Account:
        reply = self._run(READ, scope, *_FIELDS)
        return self._read(scope, reply if isinstance(reply, list) else [])

    def _read(self, scope: str, row: Sequence[Reply]) -> Account:
        """An account of the values of `_FIELDS`."""
        values = dict(zip(_FIELDS, row, strict=False))
        try:
            numbers = {name: int(str(value)) for name, value in values.items() if name != "label" and value is not None}
        except ValueError:
            raise self._server.unusable(f"what is booked under {scope!r} is no number") from None
        caps = {quantity: numbers.get(cap) for quantity, cap in zip(QUANTITIES, _CAPS, strict=True)}
        return Account(scope, str(values.get("label") or ""), caps, {name: numbers.get(name, 0) for name in COUNTS})


def _flat(scopes: Iterable[str], change: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(f"{name} {scope}", by) for scope in scopes for name, by in change.items() if by]


def _rows(reply: Reply) -> list[list[Reply]]:
    return [row for row in reply if isinstance(row, list)] if isinstance(reply, list) else []
