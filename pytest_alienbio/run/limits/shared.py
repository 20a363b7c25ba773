"""The limits of a run as workers elsewhere are told, and what these make of that: the same caps, one ledger."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import SpecError
from ...model import Caps
from ...spec import parse_setting
from ...spec.address import is_secret, shown
from ..said import ENV
from .limiting import Limiting
from .session import SessionLimits

_VARIABLE = f"{ENV}LIMITS_AT"


@dataclass(frozen=True, slots=True)
class Shared:
    """What `Limiting` is made of in another process. Holds no password: it travels, and is logged by those who carry it."""

    session: str = ""
    run: str = ""
    caps: Caps = field(default_factory=Caps)
    """Of the session; `own` are the run's."""
    labels: Mapping[str, str] = field(default_factory=dict)
    rates: Mapping[str, str] = field(default_factory=dict)
    own: Caps = field(default_factory=Caps)
    started: float = 0.0
    """When the session began, by the clock of its machine."""
    at: str = ""
    """The Redis, as it may be shown; '' = files."""
    named: bool = True
    """Whether `at` is all that it takes to connect; else each worker is told the whole address by its own environment."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Shared:
        """What was told, parsed. Raises `TypeError` or `KeyError` for anything else."""
        return cls(**{**row, "caps": Caps(**row["caps"]), "own": Caps(**row["own"])})

    @property
    def needs_place(self) -> bool:
        """Whether workers must write into one place to keep them: money, tokens or rates are limited."""
        capped = (caps for caps in (self.caps, self.own) if caps.usd is not None or caps.tokens is not None)
        return bool(self.rates) or any(True for _ in capped)


def shared_of(limiting: Limiting) -> Shared:
    """What workers elsewhere are told of a run's limits."""
    session = limiting.session
    return Shared(
        session.name,
        limiting.name,
        session.caps,
        session.labels,
        session.rates,
        limiting.own,
        session.started,
        shown(session.at) if session.at else "",
        not is_secret(session.at) and "?" not in session.at,
    )


def limiting_there(shared: Shared, data_root: Path | None) -> Limiting:
    """The limits of a run in a worker elsewhere; `data_root`: the session's, if this is its machine, and it is seen here.

    Raises `SpecError` in a sentence where they could not be kept.
    """
    address = _address(shared) if shared.at else ""
    if shared.needs_place and not address and data_root is None:
        raise SpecError(
            "money, tokens or rates are limited by files of the controller's machine, which it does not share; "
            "several machines share a Redis: limits_at, see docs/limits.md"
        )
    session = SessionLimits(
        data_root,
        shared.session,
        shared.caps,
        labels=shared.labels,
        rates=shared.rates,
        started=shared.started,
        at=address,
    )
    session.check()
    return Limiting(session, shared.own, shared.run)


def _address(shared: Shared) -> str:
    if shared.named:
        return shared.at
    mine = os.environ.get(_VARIABLE, "").strip()
    if not mine or shown(str(parse_setting("limits_at", mine))) != shared.at:
        what = f"the limits of this run are in {shared.at}"
        raise SpecError(f"{what}, and {_VARIABLE} is not set to it in the environment of the worker")
    return mine
