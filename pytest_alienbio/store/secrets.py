"""What a key, a token or a password looks like: hidden where it would be written, found where a folder is handed on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model import storable

HIDDEN = "***"

MIN_VALUE = 8
"""Characters of an environment variable's value from which it is looked for: shorter ones stand in every text."""

_SECRET_WORD = re.compile(r"key|token(?!s)|secret|passw|passphrase|pwd|credential|authorization|bearer|cookie|\bauth\b", re.I)
_VARIABLE = re.compile(
    r"(?i).*(?:key|token|secret|passw(?:or)?d|passphrase|credentials?)|(?:.*_)?(?:pwd|pass|auth|bearer|cookie|key|token|secret)(?:_.*)?"
)
_NAME_VALUE = re.compile(r"(?s)(-{0,2}[A-Za-z_][\w.:-]*)=(.*)")
_URL_USER = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_NAMED = re.compile(r"(?i)((?:api[_-]?key|token|secret|password)\s*[=:]\s*)[^\s,}]+")

_EDGE = r"(?:\b|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4}))"
"""Where a word may begin, also behind an escape of JSON."""

_KINDS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (kind, tuple(needles.split()), re.compile(pattern.replace("<", _EDGE, 1) if pattern[0] == "<" else pattern))
    for kind, needles, pattern in (
        ("an API key", "sk- pk- rk-", r"<(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}"),
        ("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"<gh[pousr]_[A-Za-z0-9]{20,}"),
        ("a GitHub token", "github_pat_", r"<github_pat_\w{20,}"),
        ("a GitLab token", "glpat-", r"<glpat-[\w-]{16,}"),
        ("a Slack token", "xox", r"<xox[abprs]-[\w-]{10,}"),
        ("an AWS access key", "akia asia", r"<A[KS]IA[0-9A-Z]{16}\b"),
        ("a Google API key", "aiza", r"<AIza[\w-]{30,}"),
        ("a Hugging Face token", "hf_", r"<hf_[A-Za-z0-9]{20,}"),
        ("a JSON web token", "eyj", r"<eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
        ("a bearer token", "bearer ", r"(?<=[Bb]earer )(?!\*\*\*)[^\s\"'\\]+"),
    )
)
"""What it is, the small-letter texts one of which is in every text that has it, and how it is spelled."""
_VALUE = re.compile("|".join(pattern.pattern for _, _, pattern in _KINDS))

_PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\+[nr]|[A-Za-z0-9+/=\s])*(?:-----END [A-Z ]*PRIVATE KEY-----)?")
"""In JSON its line breaks are written `\\n`."""
_URL_PASSWORD = re.compile(r"(?<=://)[^/@\s\"'\\:]*:[^/@\s\"'\\]+(?=@)")
_WORD_VALUE = re.compile(
    r"(?i)(?:(passw(?:or)?d|passphrase|pwd)|api[_-]?key|secret|credentials?|private[_-]?key|token)"
    r"(?:\\*[\"'])?\s*[=:]\s*(?:\\*[\"'])?((?:[^\s,;&{}\[\]()<>\"'\\$*]|\\u[0-9a-fA-F]{4}){6,})"
)
_WORDS = ("passw", "passphrase", "pwd", "api", "secret", "credential", "private", "token")
_NO_VALUE = re.compile(r"(?i)(?:none|null|true|false|hidden|redacted|x+|\.+|os\.environ.*|env[:.].*)")


class Secret(NamedTuple):
    """A place of a text that looks like a secret: what kind, and from where to where."""

    kind: str
    start: int
    end: int


def redact(command: Sequence[str]) -> list[str]:
    """`command` with the values of key-, token- and password-like options, and what looks like a key anywhere, hidden."""
    shown: list[str] = []
    hide_next = False
    for argument in map(storable, command):
        if hide_next and not argument.startswith("-"):
            shown.append(HIDDEN)
            hide_next = False
            continue
        hide_next = argument.startswith("-") and "=" not in argument and bool(_SECRET_WORD.search(argument))
        named = _NAME_VALUE.fullmatch(argument)
        if named and _SECRET_WORD.search(named[1]):
            shown.append(f"{named[1]}={HIDDEN}")
            continue
        shown.append(hide(argument))
    return shown


def hide(text: str) -> str:
    """`text` with what looks like a key, or like the user of a URL, hidden."""
    return _NAMED.sub(rf"\1{HIDDEN}", _URL_USER.sub(HIDDEN, _VALUE.sub(HIDDEN, text)))


def secrets_here(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment variables (name -> value) that are set here and named like a secret.

    Left out are values too short to be told from others, and paths (`PWD`, `SSH_AUTH_SOCK`).
    """
    around = os.environ if environment is None else environment
    named = {name: value for name, value in around.items() if len(value) >= MIN_VALUE and _VARIABLE.fullmatch(name)}
    return {name: value for name, value in named.items() if not os.path.exists(value)}


def find(text: str, known: Mapping[str, str] | None = None) -> list[Secret]:
    """The places of `text` that look like a secret or hold a value of `known` (by name), in order, none overlapping.

    A place ends before a quotation mark and splits no escape, so one that is replaced in JSON leaves it JSON.
    """
    found = sorted(_found(text, known or {}), key=lambda secret: (secret.start, -secret.end))
    kept: list[Secret] = []
    for secret in found:
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return kept


def hide_found(text: str, found: Sequence[Secret]) -> str:
    """`text` with each of the places that `find` gave hidden."""
    parts, at = [], 0
    for secret in found:
        parts += [text[at : secret.start], HIDDEN]
        at = secret.end
    return "".join([*parts, text[at:]])


def _found(text: str, known: Mapping[str, str]) -> Iterator[Secret]:
    low = text.lower()
    for kind, needles, pattern in _KINDS:
        if any(needle in low for needle in needles):
            yield from (Secret(kind, *match.span()) for match in pattern.finditer(text))
    if "private key-----" in low:
        yield from (Secret("a private key", *match.span()) for match in _PRIVATE.finditer(text))
    if "://" in text:
        for match in _URL_PASSWORD.finditer(text):
            if HIDDEN not in match[0]:
                yield Secret("a password in a URL", *match.span())
    if any(word in low for word in _WORDS):
        for match in _WORD_VALUE.finditer(text):
            value = match[2]
            if (match[1] or any(ch.isdigit() for ch in value)) and not _NO_VALUE.fullmatch(value):
                yield Secret("a value named like a secret", *match.span(2))
    for name, value in known.items():
        for spelled in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
            start = text.find(spelled)
            while start >= 0:
                yield Secret(f"the value of {name}", start, start + len(spelled))
                start = text.find(spelled, start + len(spelled))
