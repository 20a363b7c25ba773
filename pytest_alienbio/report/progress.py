"""How far a run has come, as one line: the live line of pytest and of `bio batch`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..model import Outcome, inert
from . import figures
from .columns import shorten, to_ascii, width_of

LONGEST_NAME = 24


def can_be_rewritten(environ: Mapping[str, str]) -> bool:
    """Whether a line on this terminal can be written over, and is no log: no dumb terminal, no CI (as pytest tells it)."""
    plain = environ.get("TERM", "dumb") in ("dumb", "unknown", "")
    return not plain and not any(environ.get(name) for name in ("CI", "BUILD_NUMBER"))


@dataclass(frozen=True, slots=True)
class Progress:
    """Cells done of those selected, and what they gave so far. Every cell counts once, whatever it took to finish it."""

    selected: int
    done: int = 0
    errors: int = 0
    skipped: int = 0
    scores: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    """Sum and number of the scores by agent, in the order they are shown."""

    @classmethod
    def of(cls, selected: int, agents: Iterable[str] = ()) -> Progress:
        """Nothing done yet. `agents` fixes the order in which means are shown; one not named there comes after them."""
        return cls(selected, scores=dict.fromkeys(agents, (0.0, 0)))

    def plus(self, agent: str, outcome: Outcome | None, score: float | None) -> Progress:
        """With one more cell; one without an outcome broke before it could be recorded and is an error.

        Only a scored outcome lets `score` into the mean: an outage is never a score.
        """
        scores = self.scores
        if outcome and outcome.scored and score is not None:
            total, n = scores.get(agent, (0.0, 0))
            scores = {**scores, agent: (total + score, n + 1)}
        return replace(
            self,
            done=self.done + 1,
            errors=self.errors + (outcome is None or outcome.is_error),
            skipped=self.skipped + (outcome is Outcome.SKIPPED),
            scores=scores,
        )

    def eta_s(self, elapsed_s: float) -> float | None:
        """Seconds to go at the pace so far; None before the first cell has played, and once all are done.

        Skipped cells cost nothing, so they say nothing about the pace.
        """
        played, left = self.done - self.skipped, self.selected - self.done
        return elapsed_s / played * left if played > 0 and left > 0 else None


def render_progress(progress: Progress, width: int, *, elapsed_s: float, ascii: bool = False) -> str:
    """`12/40 cells, 1 error, ETA 1m20s; mean score: oracle 1.00, greedy 0.71` in at most `width` columns.

    Where that is too long, agents are left out from the end (and counted), then words, then errors and ETA.
    """
    return next((text for text in _spellings(progress, elapsed_s, ascii) if width_of(text) <= width), "")


def _spellings(progress: Progress, elapsed_s: float, ascii: bool) -> Iterator[str]:
    """The line, from the fullest to the shortest way to say it."""
    count, eta_s = f"{progress.done:,}/{progress.selected:,}", progress.eta_s(elapsed_s)
    left = () if eta_s is None else (duration(eta_s),)
    head = ", ".join([f"{count} cells", figures.many(progress.errors, "error"), *(f"ETA {text}" for text in left)])
    means = [f"{_name(agent, ascii)} {figures.score(total / n)}" for agent, (total, n) in progress.scores.items() if n]
    for shown in range(len(means), 0, -1):
        rest = [f"+{len(means) - shown:,}"] if shown < len(means) else []
        yield f"{head}; mean score: {', '.join([*means[:shown], *rest])}"
    yield head
    yield ", ".join([count, f"{progress.errors:,} err", *left])
    yield " ".join([count, f"{progress.errors:,}E", *left])
    yield " ".join([count, *left])
    yield count


def _name(agent: str, ascii: bool) -> str:
    name = inert(agent)
    return shorten(to_ascii(name) if ascii else name, LONGEST_NAME, ascii=ascii)


def duration(seconds: float) -> str:
    """`<1s`, `42s`, `1m20s`, `2h05m`, `3d04h`; `>99d` for what nobody waits for."""
    whole = round(min(seconds, 1e9))
    if whole < 60:
        return f"{whole}s" if whole else "<1s"
    minutes, whole = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{whole:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h" if days < 100 else ">99d"
