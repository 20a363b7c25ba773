"""What a server answers: values, whoever asks and however it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..model import Json

HTML, JSON, SCRIPT = "text/html; charset=utf-8", "application/json", "text/javascript; charset=utf-8"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"
"""The policy of what is no page: nothing may run, nothing is loaded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the parts of the path below the token, decoded, and what stands behind the question mark."""

    path: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent."""

    body: bytes
    type: str = HTML
    status: int = 200
    policy: str = NOTHING
    """Its Content-Security-Policy; `frame-ancestors 'none'` is added to each."""


class Site(Protocol):
    """What there is to see."""

    def answer(self, asked: Asked, /) -> Answer | None:
        """The answer; None: there is no such page. May be asked by several threads at once. Raises what it cannot read:
        `AlienBioError` is said on a plain page, anything else is only called a fault."""

    def close(self) -> None:
        """Nobody asks any more."""


def as_data(value: Json) -> Answer:
    """A value, for a script. Raises `ValueError` for NaN."""
    return Answer(json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict).encode(), JSON)
