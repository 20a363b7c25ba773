"""What a page says first: how the run ended, who is best and how sure that is, where, what went wrong, and what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..model import Failures, Outcome, Review, Standing, Summary, Verdict, inert
from . import figures
from .document import Fact, Facts, Section
from .gate import one_line, worst_first
from .leaderboard import why_no_interval

GATES = 5
"""Gates that are told, the worst first."""
_ENDS: Mapping[str, str] = {
    "passed": "passed",
    "failed": "failed",
    "incomplete": "incomplete: not every cell that was to be played has a result",
    "interrupted": "interrupted before its end",
    "invalid": "invalid: its gates cannot be judged",
    "inconclusive": "inconclusive: its gates cannot tell",
    "open": "not closed: it is still running, or was killed",
}


def glance_section(review: Review, verdicts: Sequence[tuple[str, Verdict]] = (), end: str = "") -> Section | None:
    """The section `glance`: a line each, with where a page leads from it; None if there is nothing to say.

    `verdicts` are those of gates, each with the run whose it is ('' if there is one), `end` is the word of the one run. Its
    numbers are those of the sections below it.
    """
    facts = (*_run(end), *_gates(verdicts), *_best(review.summary), *_wrong(review), *_show(review))
    alarm = end not in ("", "passed") or any(verdict.fails for _, verdict in verdicts)
    return Section("glance", blocks=(Facts("glance", facts),), alarm=alarm) if facts else None


def _run(end: str) -> Iterator[Fact]:
    if end:
        yield Fact("run", "run", end, _ENDS.get(end, inert(end)))


def _gates(verdicts: Sequence[tuple[str, Verdict]]) -> Iterator[Fact]:
    run_of = {id(verdict): run for run, verdict in verdicts}
    for verdict in worst_first([verdict for _, verdict in verdicts])[:GATES]:
        run = f"{inert(run_of[id(verdict)], verbatim=True)}: " if run_of[id(verdict)] else ""
        yield Fact("gate", "gate", verdict.call.value, run + one_line(verdict), {"part": "gates"})
    if len(verdicts) > GATES:
        yield Fact("gates", "gates", len(verdicts), f"{len(verdicts):,} in all", {"part": "gates"})


def _best(summary: Summary) -> Iterator[Fact]:
    ranked = sorted(
        (each for each in summary.standings if each.rank and each.mean is not None), key=lambda each: each.rank or 0
    )
    if not ranked:
        return
    best, scenarios = ranked[0], len({leaf.scenario for leaf in summary.leaves})
    sure = (
        figures.score_interval(best.interval)
        if best.interval
        else f"({why_no_interval(summary).get(best.agent, 'no interval')})"
    )
    text = f"{inert(best.agent)}, {figures.score(best.mean)} {sure}"
    text += _partly(best, scenarios)
    if len(ranked) > 1:
        text += f"; {_next(ranked[1])}{_partly(ranked[1], scenarios)}"
    yield Fact("best", "best" if len(ranked) > 1 else "candidate", best.agent, text, {"agent": best.agent})
    mine = sorted((leaf.mean, leaf.scenario) for leaf in summary.leaves if leaf.agent == best.agent and leaf.mean is not None)
    if len(mine) > 1:
        (low, weak), (high, strong) = (mine[0], mine[-1]) if summary.better == "higher" else (mine[-1], mine[0])
        text = f"best on {inert(strong)}, {figures.score(high)}; worst on {inert(weak)}, {figures.score(low)}"
        yield Fact("where", "where", weak, text, {"part": "scenarios"})


def _partly(one: Standing, scenarios: int) -> str:
    return f", on {one.scenarios} of {scenarios} scenarios" if one.scenarios < scenarios else ""


def _next(second: Standing) -> str:
    name = f"{inert(second.agent)}, {figures.score(second.mean)}"
    if second.tied_with_above:
        return f"not told apart from {name}"
    return f"ahead of {name} (p {figures.p_value(second.p_above)})" if second.p_above is not None else f"next is {name}"


def _wrong(review: Review) -> Iterator[Fact]:
    if not sum(review.summary.outcomes.values()):
        return
    broke = _outcomes(review.errors)
    unplayed = broke.pop(Outcome.NOT_RUN, 0)
    parts = []
    if broke:
        kinds = ", ".join(f"{count:,} {name}" for name, count in broke.most_common())
        parts.append(f"{figures.many(broke.total(), 'cell')} broke: {kinds}")
    if unplayed:
        parts.append(f"{figures.many(unplayed, 'cell')} not run")
    if review.below.total:
        parts.append(f"{figures.many(review.below.total, 'cell')} below the bar")
    if lacking := sum(each.cells for each in review.unrecorded):
        parts.append(f"{figures.many(lacking, 'cell')} without a record")
    wrong = review.errors.total + review.below.total + lacking
    about = {"part": "failures"} if review.errors.total or review.below.total else {}
    yield Fact("wrong", "went wrong", wrong, "; ".join(parts) or "nothing broke, nobody was below the bar", about)


def _outcomes(errors: Failures) -> Counter[Outcome]:
    found: Counter[Outcome] = Counter()
    for group in errors.groups:
        found[group.first.outcome] += group.count
    return found


def _show(review: Review) -> Iterator[Fact]:
    """A cell that broke; and the one below its bar whose score is the worst."""
    broke = next((group.first for group in review.errors.groups if group.first.outcome is not Outcome.NOT_RUN), None)
    if broke is not None:
        text = f"{inert(broke.id, most=400)}: {broke.outcome}"
        yield Fact("broke", "look at", broke.id, text, {"id": broke.id})
    sign = -1.0 if review.summary.better == "lower" else 1.0
    below = [group.first for group in review.below.groups if group.first.score is not None]
    if below:
        low = min(below, key=lambda each: sign * (each.score or 0.0))
        text = f"{inert(low.id, most=400)}: {figures.against(low.score, low.passing_score)}"
        yield Fact("lowest", "look at", low.id, text, {"id": low.id})
