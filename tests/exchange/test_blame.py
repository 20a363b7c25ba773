"""Whose fault an error was that happened elsewhere."""

from __future__ import annotations

import pytest

from pytest_alienbio.exchange.blame import MOST_MESSAGE, blame, error_of
from pytest_alienbio.model import CellError, Outcome

SCORING = (
    '  File "/x/solver.py", line 3, in solve\n  File "/x/scorer.py", line 9, in score\n    raise ValueError\nValueError: no'
)


@pytest.mark.parametrize(
    ("kind", "message", "traceback", "expected"),
    [
        ("ValueError", "no", "", Outcome.AGENT_ERROR),
        ("RuntimeError", "the API key of the door", "", Outcome.AGENT_ERROR),
        ("ValueError", "expected 429 items", "", Outcome.AGENT_ERROR),
        ("openai.RateLimitError", "slow down", "", Outcome.PROVIDER_ERROR),
        ("anthropic.APIStatusError", "overloaded", "", Outcome.PROVIDER_ERROR),
        ("RuntimeError", "giving up: HTTP 503", "", Outcome.PROVIDER_ERROR),
        ("Exception", "status code: 429", "", Outcome.PROVIDER_ERROR),
        ("httpx.ConnectError", "", "", Outcome.PROVIDER_ERROR),
        ("ConnectionError", "MaxRetryError('HTTPSConnectionPool(host=...)')", "", Outcome.PROVIDER_ERROR),
        ("ConnectionResetError", "peer", "", Outcome.PROVIDER_ERROR),
        ("DockerContainerError", "", "", Outcome.ENVIRONMENT_ERROR),
        ("torch.cuda.OutOfMemoryError", "", "", Outcome.ENVIRONMENT_ERROR),
        ("SampleTimeoutError", "", "", Outcome.TIMED_OUT),
        ("ScorerError", "", "", Outcome.AGENT_ERROR),
        ("ValueError", "no", SCORING, Outcome.SCORER_ERROR),
        ("ValueError", "no", SCORING.replace("scorer.py", "agent.py").replace("in score", "in act"), Outcome.AGENT_ERROR),
    ],
)
def test_an_error_is_the_agents_unless_its_name_or_place_tells_another(
    kind: str, message: str, traceback: str, expected: Outcome
) -> None:
    assert blame(kind, message, traceback=traceback) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ValueError: it broke: twice", CellError("ValueError", "it broke: twice")),
        ("main.<locals>.Odd: x", CellError("main.<locals>.Odd", "x")),
        ("RuntimeError('solver broke')", CellError("RuntimeError", "solver broke")),
        ('KeyError("x")', CellError("KeyError", "x")),
        ("ConnectionError(MaxRetryError('no route'))", CellError("ConnectionError", "MaxRetryError('no route')")),
        ("HTTPError(503, 'busy')", CellError("HTTPError", "503, 'busy'")),
        ("RuntimeError()", CellError("RuntimeError", "")),
        ("it broke (twice)", CellError("Error", "it broke (twice)")),
        ("KeyboardInterrupt", CellError("KeyboardInterrupt", "")),
        ("something went wrong", CellError("Error", "something went wrong")),
        ("", CellError("Error", "")),
    ],
)
def test_type_and_message_are_taken_apart(text: str, expected: CellError) -> None:
    assert error_of(text) == expected


def test_what_is_long_is_cut() -> None:
    found = error_of("E: " + "x" * 10_000, "y" * 100_000)
    assert len(found.message) < MOST_MESSAGE + 10
    assert found.traceback.startswith("[...] ")
