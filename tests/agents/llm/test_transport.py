"""Which addresses a model may have, by their text alone. What may come back is tested against a server."""

from __future__ import annotations

import pytest

from pytest_alienbio.agents.llm.transport import check_url
from pytest_alienbio.errors import SpecError


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.7:8000/v1",
        "http://vllm:8000/v1",
    ],
)
def test_these_may_be_asked(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@host.example/v1",
        "https://@host.example/v1",
        "http://8.8.8.8/v1",
        "https://host.example:port/v1",
        "https://host.example\\@evil.example/v1",
        "https://host.example/v1\r\nX-Evil: 1",
        "https://h\u0430st.example/v1",
        "https://",
    ],
)
def test_these_may_not(url: str) -> None:
    """Nor what clients and people read differently; no complaint repeats a secret."""
    with pytest.raises(SpecError) as raised:
        check_url(url)
    assert "secret" not in str(raised.value)
    assert raised.value.complaints[0].advice
