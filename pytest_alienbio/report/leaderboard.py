"""Who is best: agents by their mean over scenarios, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model import Leaf, Standing, Summary
from . import figures
from .document import Note, Notes, Section, Table, column, named, silent
from .scores import MAX_ROWS

_ROLES = {"reference": "ref", "candidate": ""}


def leaderboard(summary: Summary, where: str) -> Section | None:
    """The standings of `summary`, best first; None without any. `where` has what a screen leaves out."""
    standings = summary.standings
    if not standings:
        return None
    scenarios = len({leaf.scenario for leaf in summary.leaves})
    level = next((standing.interval.level for standing in standings if standing.interval), 0.95)
    lower = "; lower is better" if summary.better == "lower" else ""
    left_out = max(len(standings) - MAX_ROWS, 0)
    whys = _whys(summary)
    some = any(partial(standing, scenarios) for standing in standings)
    roles = any(standing.role != "candidate" for standing in standings)

    def interval(standing: Standing) -> str:
        if standing.interval is not None:
            return figures.score_interval(standing.interval)
        return f"({whys[standing.agent]})" if standing.agent in whys else figures.MISSING

    def rank(standing: Standing) -> str:
        return (figures.MISSING if standing.rank is None else f"{standing.rank}") + "*" * partial(standing, scenarios)

    def of(standing: Standing) -> str:
        return f"{standing.scenarios} of {scenarios}"

    table = Table(
        "standings",
        (
            column("rank", "rank", standings, lambda s: s.rank, rank),
            named("agent", "agent", standings, lambda s: s.agent),
            column("role", "role", standings, lambda s: s.role, lambda s: _ROLES.get(s.role, s.role), left=True)
            if roles
            else silent("role", standings, lambda s: s.role),
            column("mean", "mean", standings, lambda s: s.mean, lambda s: figures.score(s.mean)),
            column("interval", "interval", standings, _ends, interval, gives_way=2),
            silent("level", standings, lambda s: None if s.interval is None else s.interval.level),
            silent("why_no_interval", standings, lambda s: whys.get(s.agent)),
            column("pass_rate", "passed", standings, lambda s: s.pass_rate, lambda s: figures.percent(s.pass_rate)),
            silent("passed", standings, lambda s: s.passed),
            column("n", "n", standings, lambda s: s.n, lambda s: f"{s.n:,}", gives_way=3),
            column("errors", "errors", standings, lambda s: s.errors, lambda s: f"{s.errors:,}", gives_way=1),
            column("skipped", "skipped", standings, lambda s: s.skipped, lambda s: f"{s.skipped:,}", gives_way=5)
            if any(standing.skipped for standing in standings)
            else silent("skipped", standings, lambda s: s.skipped),
            column("scenarios", "scenarios", standings, lambda s: s.scenarios, of, gives_way=4)
            if some
            else silent("scenarios", standings, lambda s: s.scenarios),
            silent("of_scenarios", standings, lambda s: scenarios),
        ),
        least=8,
        screen=tuple(range(len(standings) - left_out)),
        more=f"… and {figures.many(left_out, 'more agent')}: {where}" if left_out else "",
    )
    about = f"mean over scenarios, {100 * level:g}% interval over seeds, scenarios fixed{lower}"
    remarks = tuple(_remarks(summary, scenarios, some=some))
    return Section("leaderboard", "leaderboard", about, (table, *([Notes("remarks", remarks)] if remarks else [])))


def partial(standing: Standing, scenarios: int) -> bool:
    """Whether this agent has scores, but not on every scenario."""
    return 0 < standing.scenarios < scenarios


def _ends(standing: Standing) -> list[float] | None:
    return None if standing.interval is None else [standing.interval.low, standing.interval.high]


def _remarks(summary: Summary, scenarios: int, *, some: bool) -> Iterator[Note]:
    if some:
        yield Note(f"* scores on only some of the {figures.many(scenarios, 'scenario')}: not like for like")
    if summary.better == "mixed":
        yield Note("no means: some scenarios score higher-is-better, others lower-is-better")


def _whys(summary: Summary) -> Mapping[str, str]:
    """Why an agent with a mean has no interval, by agent."""
    of_agent: dict[str, list[Leaf]] = {}
    for leaf in summary.leaves:
        if leaf.n:
            of_agent.setdefault(leaf.agent, []).append(leaf)
    return {
        standing.agent: _why_no_interval(of_agent.get(standing.agent, []))
        for standing in summary.standings
        if standing.mean is not None and standing.interval is None
    }


def _why_no_interval(leaves: Sequence[Leaf]) -> str:
    if all(leaf.n == 1 for leaf in leaves):
        return "n = 1"
    if all(leaf.worlds == 1 for leaf in leaves):
        return "one world"
    return "no spread"
