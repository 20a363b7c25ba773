"""Whose fault an error was that happened elsewhere, told by its type and message."""

from __future__ import annotations

import re

from ..model import CellError, Outcome

MOST_TRACEBACK = 20_000
MOST_MESSAGE = 2_000

_PROVIDER = re.compile(
    r"\b(?:ProviderError|RateLimit\w*|(?:API|Api)(?:Connection|Status|Timeout|Response)?\w*Error|InternalServerError"
    r"|ServiceUnavailable\w*|Overloaded\w*|Authentication\w*|PermissionDenied\w*|InsufficientQuota\w*|ResourceExhausted"
    r"|ReadTimeout|ConnectTimeout|ConnectError|RemoteProtocolError|Connection\w*Error|MaxRetryError"
    r"|ThrottlingException|ModelNotReadyException"
    r"|(?:openai|anthropic|google|mistralai|groq|together|cohere|litellm|botocore|httpx|httpcore)(?:\.\w+)*\.\w+(?:Error|Exception))\b"
    r"|\bHTTP(?:/\d(?:\.\d)?)? (?:429|5\d\d)\b|\bstatus(?:[ _]code)?[ :=]*(?:429|5\d\d)\b"
)
_ENVIRONMENT = re.compile(r"\b(?:Sandbox\w*Error|Docker\w*Error|EnvironmentError|PrerequisiteError|OutOfMemory\w*)\b")
_SCORER = re.compile(r"\bscor(?:er|ing)\b", re.I)
_TIME = re.compile(r"\b(?:SampleTimeout|TimeLimitExceeded|CellTimeout)\w*\b")

_CALL = re.compile(r"([A-Z][\w.<>]*)\((.*)\)$", re.S)
_TOLD = re.compile(r"([A-Za-z_][\w.<>]*)(?:: |:?$)(.*)", re.S)


def blame(kind: str, message: str, *, traceback: str = "") -> Outcome:
    """The outcome of a cell that ended in this error: the agent's fault unless type or message tell another.

    A model provider's errors are known by their names and by HTTP 429 and 5xx, sandboxes' and scorers' by theirs.
    """
    text = f"{kind} {message[:MOST_MESSAGE]}"
    if _PROVIDER.search(text):
        return Outcome.PROVIDER_ERROR
    if _ENVIRONMENT.search(text):
        return Outcome.ENVIRONMENT_ERROR
    if _TIME.search(text):
        return Outcome.TIMED_OUT
    if _SCORER.search(kind) or _SCORER.search(last_frame(traceback)):
        return Outcome.SCORER_ERROR
    return Outcome.AGENT_ERROR


def error_of(text: str, traceback: str = "") -> CellError:
    """An error from `Type: message`, `Type('message')` or any other text (then the type is `Error`)."""
    text = text.strip()
    if found := re.match(r"([A-Za-z_][\w.<>]*)\((['\"])(.*)\2,?\)$", text, re.S):
        kind, message = found[1], found[3]
    elif found := _CALL.match(text) or _TOLD.match(text):
        kind, message = found[1], found[2]
    else:
        kind, message = "Error", text
    return CellError(kind, _cut(message, MOST_MESSAGE), _cut(traceback, MOST_TRACEBACK, tail=True))


def first_line(text: str) -> str:
    """The first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def last_frame(traceback: str) -> str:
    """The line of a traceback that names the last file and function."""
    frames = [line for line in traceback[-MOST_TRACEBACK:].splitlines() if " line " in line and " in " in line]
    return frames[-1] if frames else ""


def _cut(text: str, most: int, *, tail: bool = False) -> str:
    if len(text) <= most:
        return text
    return "[...] " + text[-most:] if tail else text[:most] + " [...]"
