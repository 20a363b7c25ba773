"""What the texts of options mean that are no settings: what selects cells, and what is played of an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import Complaint, SpecError, did_you_mean
from ..model import Json, Outcome
from ..spec import parse_levels
from ..spec.ranges import parse_shard
from ..spec.settings import truth
from .again.asked import KINDS, LAST, UNSCORED


def _truth(text: str) -> Json:
    try:
        return truth(text)
    except ValueError:
        raise SpecError(Complaint(f"{text[:40]!r} is neither yes nor no", expected="true or false")) from None


def _levels(text: str) -> Json:
    parse_levels(text)
    return text


def _shard(text: str) -> Json:
    return list[Json](parse_shard(text))


def _words(expected: str) -> Callable[[str], list[Json]]:
    def read(text: str) -> list[Json]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        if not words:
            raise SpecError(Complaint("nothing is named", expected=expected))
        return list[Json](words)

    return read


def _dat(text: str) -> Json:
    if not text.strip() or any(ord(ch) < 32 or ord(ch) == 127 for ch in text):
        raise SpecError(Complaint("no result folder can be called so", expected=f"{LAST}, a result folder, or a name of one"))
    return text


def _kinds(text: str) -> Json:
    """Outcomes, each once, in the order of `Outcome`."""
    found: set[Outcome] = set()
    for word in _words(f"{', '.join(KINDS)}, or outcomes: {', '.join(UNSCORED)}")(text):
        if word not in KINDS and word not in UNSCORED:
            scored = word in (Outcome.COMPLETED, Outcome.TRUNCATED)
            why = "a cell with a score is not played again in its run; run the battery anew" if scored else ""
            what = f"{str(word)[:40]!r} is nothing that can be retried"
            raise SpecError(Complaint(what, hint=why or did_you_mean(str(word), (*KINDS, *UNSCORED), most=20)))
        found |= KINDS[str(word)] if word in KINDS else {Outcome(str(word))}
    return [each.value for each in Outcome if each in found]


UNSET: Mapping[str, Callable[[str], Json]] = {
    "shard": _shard,
    "smoke": _truth,
    "difficulty": _levels,
    "tag": _words("a tag"),
    "scenario": _words("scenarios by name or pattern"),
    "agent": _words("agents by name or pattern"),
    "resume": _dat,
    "retry": _kinds,
    "reuse": _truth,
    "replay": _dat,
}
"""What a text says about one of `SELECTING` or `CONTINUING`. Raises `SpecError`."""
