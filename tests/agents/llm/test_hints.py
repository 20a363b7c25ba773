"""When a provider says to come again, by its headers or its words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.agents.llm.hints import asked_s

NOW = datetime(2026, 11, 27, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "said", "seconds"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, "", 0.25),
        ({"retry-after": "Fri, 27 Nov 2026 02:00:30 GMT"}, "", 30.0),
        ({"retry-after": "Fri, 27 Nov 2026 01:00:00 GMT"}, "", 0.0),
        ({"retry-after": "-3"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "inf"}, "", None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, "", 360.0),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "60s",
                "x-ratelimit-limit-requests": "120",
            },
            "",
            0.5,
        ),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s"}, "", None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms"}, "", 0.12),
        (
            {
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-27T02:00:12Z",
            },
            "",
            12.0,
        ),
        ({}, "Rate limit reached. Please try again in 1.5s.", 1.5),
        ({}, "Please try again in 1m2.5s. Visit", 62.5),
        ({"retry-after": "2"}, "Please try again in 20s.", 2.0),
    ],
)
def test_seconds_until_again(headers: dict[str, str], said: str, seconds: float | None) -> None:
    found = asked_s(headers, NOW, said)
    assert found == (None if seconds is None else pytest.approx(seconds))


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"]),
        st.text(max_size=6) | st.text("0159smhd.- ", max_size=6),
    ),
    st.text(max_size=40),
)
def test_whatever_is_there_it_is_seconds_or_nothing(headers: dict[str, str], said: str) -> None:
    """Headers are anybody's: nothing of them raises, or goes backwards."""
    found = asked_s(headers, NOW, said)
    assert found is None or found >= 0
