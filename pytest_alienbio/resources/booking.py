"""What a reservation does to the accounts of its scopes. Pure; USD in whole billionths, so that sums are exact."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from ..errors import OverLimitError
from ..model import Excess, Spent

NANO = 10**9
MOST = 2**53 - 1
"""Of anything: what a number can hold exactly everywhere."""

COUNTS = tuple(each.name for each in fields(Spent))
QUANTITIES = ("tokens", "usd", "cells")
"""What can be capped."""


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that one call may take; None: not known."""

    tokens: int | None
    usd: int | None

    def of(self, quantity: str) -> int | None:
        """In whole tokens or billionths of a USD."""
        return self.tokens if quantity == "tokens" else self.usd


@dataclass(frozen=True, slots=True)
class Account:
    """What is booked under one scope, and its caps."""

    scope: str
    label: str
    caps: Mapping[str, int | None]
    """By quantity; None = no cap."""
    counts: Mapping[str, int]
    """By the names in `COUNTS`."""

    def booked(self, quantity: str) -> int:
        """All that counts against the cap of one quantity."""
        if quantity == "cells":
            return self.counts["cells"]
        return self.counts[quantity] + self.counts[f"reserved_{quantity}"] + self.counts[f"unknown_{quantity}"]


def amounts(tokens: int | None, usd: float | None) -> Worst:
    """Both as they are counted. Raises `ValueError` for what is no amount."""
    return Worst(whole("tokens", tokens), nanos(usd))


def whole(what: str, amount: int | None) -> int | None:
    """A count of things. Raises `ValueError`."""
    if amount is not None and not (isinstance(amount, int) and not isinstance(amount, bool) and 0 <= amount <= MOST):
        raise ValueError(f"{what}: expected a whole number from 0 on, got {amount!r}")
    return amount


def nanos(usd: float | None) -> int | None:
    """USD in billionths, the nearest. Raises `ValueError`."""
    if usd is None:
        return None
    if isinstance(usd, bool) or not isinstance(usd, int | float) or not math.isfinite(usd) or not 0 <= usd <= MOST / NANO:
        raise ValueError(f"usd: expected a number from 0 on, got {usd!r}")
    return round(usd * NANO)


def refusal(account: Account, asked: Mapping[str, int | None]) -> OverLimitError | None:
    """Why so much may not be taken under one scope; None: it may. What is not known does not fit under a cap."""
    for quantity, amount in asked.items():
        cap = account.caps[quantity]
        if cap is None:
            continue
        name = account.label or account.scope
        most = f"{name} allows {said(quantity, cap)}"
        if amount is None:
            what = f"{most}, and nobody knows what this call may cost at most; give its price, or take the cap away"
            return OverLimitError(what, scope=account.scope, quantity=quantity, left=_left(account, quantity))
        booked = account.booked(quantity)
        if amount and booked + amount > cap:
            on_their_way = account.counts.get(f"reserved_{quantity}", 0)
            asks = "" if quantity == "cells" else f", and this call may take {said(quantity, amount)}"
            return OverLimitError(
                f"{most}: {_parts(account, quantity)}; {said(quantity, max(0, cap - booked))} left{asks}",
                scope=account.scope,
                quantity=quantity,
                left=_left(account, quantity),
                for_now=booked - on_their_way + amount <= cap,
            )
    return None


def reserving(worst: Worst) -> dict[str, int]:
    """By how much a reservation changes each count."""
    return {"reserved_tokens": worst.tokens or 0, "reserved_usd": worst.usd or 0}


def releasing(worst: Worst, *, abandoned: bool) -> dict[str, int]:
    """What takes a reservation back."""
    change = abandoning(worst) if abandoned else reserving(worst)
    if abandoned:
        change = {name: by for name, by in change.items() if not name.startswith("reserved_")}
    return {name: -by for name, by in change.items()}


def abandoning(worst: Worst) -> dict[str, int]:
    """What becomes of a reservation whose holder died."""
    return {
        "reserved_tokens": -(worst.tokens or 0),
        "reserved_usd": -(worst.usd or 0),
        "unknown_tokens": worst.tokens or 0,
        "unknown_usd": worst.usd or 0,
        "unknown_requests": 1,
        "unbounded_requests": int(worst.tokens is None or worst.usd is None),
    }


def settling(worst: Worst, actual: Worst, *, abandoned: bool) -> dict[str, int]:
    """What books a call as it was; what is not known of it stays at its worst case, which may be 0 and is known then."""
    change = dict.fromkeys(COUNTS, 0)
    for name, by in releasing(worst, abandoned=abandoned).items():
        change[name] += by
    change["requests"] += 1
    unknown = [quantity for quantity in ("tokens", "usd") if actual.of(quantity) is None and worst.of(quantity) != 0]
    for quantity in ("tokens", "usd"):
        change[quantity] += actual.of(quantity) or 0
    for quantity in unknown:
        change[f"unknown_{quantity}"] += worst.of(quantity) or 0
    change["unknown_requests"] += bool(unknown)
    change["unbounded_requests"] += any(worst.of(quantity) is None for quantity in unknown)
    return {name: by for name, by in change.items() if by}


def excesses(accounts: Sequence[Account]) -> Iterator[Excess]:
    """The caps that what was spent exceeds."""
    for account in accounts:
        for quantity in ("tokens", "usd"):
            cap, spent = account.caps[quantity], account.counts[quantity]
            if cap is not None and spent > cap:
                per = NANO if quantity == "usd" else 1
                yield Excess(account.scope, account.label, quantity, cap / per, spent / per)


def spent_of(counts: Mapping[str, int]) -> Spent:
    """As others see it."""
    return Spent(
        **{name: counts[name] for name in COUNTS if not name.endswith("usd")},
        usd=counts["usd"] / NANO,
        reserved_usd=counts["reserved_usd"] / NANO,
        unknown_usd=counts["unknown_usd"] / NANO,
    )


def said(quantity: str, amount: int) -> str:
    """`1,200 tokens`, `0.05 USD`: as many decimals as there are, two at least."""
    if quantity != "usd":
        return f"{amount:,} {quantity if amount != 1 else quantity[:-1]}"
    whole_, digits = divmod(amount, NANO)
    return f"{whole_:,}.{f'{digits:09}'.rstrip('0').ljust(2, '0')} USD"


def _left(account: Account, quantity: str) -> float:
    left = max(0, (account.caps[quantity] or 0) - account.booked(quantity))
    return left / NANO if quantity == "usd" else left


def _parts(account: Account, quantity: str) -> str:
    if quantity == "cells":
        return f"{said(quantity, account.counts['cells'])} started"
    parts = (
        (quantity, "spent"),
        (f"reserved_{quantity}", "reserved for calls on their way"),
        (f"unknown_{quantity}", "perhaps spent, by calls whose end nobody saw"),
    )
    return ", ".join(f"{said(quantity, account.counts[key])} {what}" for key, what in parts if account.counts[key]) or "unused"
