"""What is asked of a run that is there already: to resume it, to retry some of its cells, to reuse others' cells."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ...model import Outcome

if TYPE_CHECKING:
    from ..said import Value

LAST = "last"
"""Instead of a DAT's name: the newest one of the battery."""

_ERRORS = frozenset(outcome for outcome in Outcome if outcome.is_error)
UNSCORED = tuple(outcome.value for outcome in Outcome if not outcome.scored and outcome is not Outcome.NOT_RUN)
"""Outcomes that can be retried by name. What was never started is resumed."""
KINDS: Mapping[str, frozenset[Outcome]] = {"errors": _ERRORS, "all": _ERRORS | {Outcome.SKIPPED}}
"""Several outcomes by one word. What carries a score is never played again in its run: that is a new run."""


Resume = bool | str | os.PathLike[str]
"""True = the last run."""


@dataclass(frozen=True, slots=True)
class Again:
    """What of earlier runs a session uses; nothing by default: each battery is played into a new DAT."""

    resume: str = ""
    """`last` or the DAT to go on with; '' = cells without a record are not asked for."""
    retry: frozenset[Outcome] = frozenset()
    """Cells that ended so are played again."""
    reuse: bool = False
    """Whether unchanged cells of earlier DATs are taken over."""
    replay: str = ""
    """The DAT from whose records cells are played; '' = none."""
    said: Mapping[str, str] | None = None
    """How each was given."""
    flag_as: str = "--bio-{}"
    """How an option is spelled here."""

    @property
    def goes_on(self) -> bool:
        """Whether a run that is there already is gone on with."""
        return bool(self.resume or self.retry)

    def __bool__(self) -> bool:
        return self.goes_on or self.reuse

    def source(self, name: str) -> str:
        """How `resume`, `retry` or `reuse` was given: `--bio-resume`, `ALIENBIO_RETRY`."""
        return (self.said or {}).get(name) or self.flag(name)

    def flag(self, name: str) -> str:
        """How `resume`, `retry` or `reuse` can be asked for here."""
        return self.flag_as.format(name)


NOTHING = Again()


def again(values: Mapping[str, Value], flag: str = "--bio-{}") -> Again:
    """What `Settings.continuing` asks for, where an option is spelled like `flag`."""
    held = {name: value.value for name, value in values.items()}
    retry = frozenset(Outcome(word) for word in cast("list[str]", held.get("retry") or []))
    said = {name: value.source for name, value in values.items()}
    return Again(str(held.get("resume") or ""), retry, bool(held.get("reuse")), str(held.get("replay") or ""), said, flag)


def in_texts(resume: Resume, retry: str | Sequence[str], *, reuse: bool, replay: str | os.PathLike[str] = "") -> dict[str, str]:
    """The arguments of a call as options have them; those that ask for nothing are left out."""
    asked = LAST if resume is True else os.fspath(resume) if resume else ""
    texts = {"resume": asked, "retry": retry if isinstance(retry, str) else ",".join(retry), "reuse": "true" if reuse else ""}
    texts["replay"] = os.fspath(replay)
    return {name: text for name, text in texts.items() if text}
