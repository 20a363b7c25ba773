"""Ways for a request to a model to fail, and what is done about each. None of them ever becomes a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done when a request failed in one way."""

    tries: int
    """Attempts in all; 1: it is not tried again."""
    pause_s: float = 0.0
    """Before the second attempt, doubled before each further one; what the provider asks for wins."""
    hint: str = ""
    """What a person can try."""


LONGEST_S = 60.0
"""Between two attempts, whatever is doubled."""
ASKED_S = 300.0
"""The longest pause that a provider is granted; a longer one ends the cell."""

REMEDIES: Mapping[str, Remedy] = {
    "rate_limit": Remedy(8, 2.0, "lower `concurrency`, or say the provider's rate: --bio-rate PROVIDER=RPM/TPM"),
    "server": Remedy(5, 2.0, "its status page may tell more; --bio-retry provider_error plays these cells again"),
    "timeout": Remedy(3, 1.0, "raise `timeout_s` of the agent if its answers take long"),
    "connection": Remedy(4, 1.0, "check the network and `base_url`"),
    "truncated": Remedy(3, 1.0, "an answer broke off on its way; a proxy in between may cut it"),
    "empty": Remedy(2, 0.0, "raise `max_tokens` if the model spends all of them on reasoning"),
    "too_large": Remedy(1, hint="the answer is larger than any model's: check `base_url`"),
    "redirect": Remedy(1, hint="say the address that answers as `base_url`"),
    "refusal": Remedy(1, hint="the model declined; look at the prompt: bio show CELL --step N"),
    "context_overflow": Remedy(1, hint="say the model's `max_context`, so that old turns are left out"),
    "no_credit": Remedy(1, hint="the account has no credit left, or none of its own limit"),
    "bad_key": Remedy(1, hint="check the key: bio agent test NAME"),
    "wrong_url": Remedy(1, hint="check `base_url`: most servers that speak like OpenAI want it to end with /v1"),
    "unknown_model": Remedy(1, hint="check `model`: bio agent test NAME"),
    "no_tools": Remedy(1, hint="the model, or its server, cannot call tools; take another"),
    "bad_request": Remedy(1, hint="look at the agent's params: bio agent test NAME"),
    "": Remedy(1),
}
"""By `ProviderError.kind`; '' for what is none of these."""


def remedy(kind: str) -> Remedy:
    """What is done about a failure of this kind."""
    return REMEDIES.get(kind, REMEDIES[""])


def pause_s(kind: str, attempt: int, asked_s: float | None) -> float:
    """Seconds between attempt number `attempt`, which failed, and the next."""
    if asked_s is not None:
        return asked_s
    return min(LONGEST_S, remedy(kind).pause_s * 2.0 ** (attempt - 1))
