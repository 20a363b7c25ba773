"""Who is best: agents by their mean over scenarios, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..model import Json, Leaf, Standing, Summary, inert
from ..model.estimate import FEW_CLUSTERS
from . import figures
from .document import Field, Note, Notes, Section, Table, column, interval_of, named, silent
from .scores import MAX_ROWS

RANKS, NEW_SCENARIOS = "ranks", "new scenarios"
_ROLES = {"reference": "ceiling", "candidate": ""}
_SHORT_ROLES = {"reference": "ref", "candidate": ""}


def leaderboard(summary: Summary, where: str) -> Section | None:
    """The standings of `summary`, best first; None without any. `where` has what a screen leaves out."""
    standings = ordered(summary)
    if not standings:
        return None
    scenarios = len({leaf.scenario for leaf in summary.leaves})
    left_out = max(len(standings) - MAX_ROWS, 0)
    whys = why_no_interval(summary)
    some = any(partial(standing, scenarios) for standing in standings)
    least = figures.decimals(standing.interval for standing in standings)

    def interval(standing: Standing) -> str:
        if standing.interval is not None:
            return figures.score_interval(standing.interval, least)
        return f"({whys[standing.agent]})" if standing.agent in whys else figures.MISSING

    def rank(standing: Standing) -> str:
        if standing.rank is None:
            return figures.MISSING + "*" * partial(standing, scenarios)
        return f"{standing.rank}" + "=" * standing.tied_with_above + "*" * partial(standing, scenarios)

    def of(standing: Standing) -> str:
        return f"{standing.scenarios} of {scenarios}"

    table = Table(
        "standings",
        (
            column("rank", "rank", standings, lambda s: s.rank, rank),
            _ranks(standings),
            silent("tied_with_above", standings, lambda s: s.tied_with_above),
            silent("p_above", standings, lambda s: s.p_above),
            named("agent", "agent", standings, lambda s: s.agent),
            _roles(standings),
            column("mean", "mean", standings, lambda s: s.mean, lambda s: figures.score(s.mean, least)),
            column("interval", "interval", standings, lambda s: interval_of(s.interval), interval, gives_way=2),
            silent("level", standings, lambda s: None if s.interval is None else s.interval.level),
            silent("why_no_interval", standings, lambda s: whys.get(s.agent)),
            _population(standings),
            column("pass_rate", "passed", standings, lambda s: s.pass_rate, lambda s: figures.percent(s.pass_rate)),
            silent("passed", standings, lambda s: s.passed),
            column("n", "n", standings, lambda s: s.n, lambda s: f"{s.n:,}", gives_way=3),
            column("errors", "errors", standings, lambda s: s.errors, lambda s: f"{s.errors:,}", gives_way=1),
            column("skipped", "skipped", standings, lambda s: s.skipped, lambda s: f"{s.skipped:,}", gives_way=6)
            if any(standing.skipped for standing in standings)
            else silent("skipped", standings, lambda s: s.skipped),
            silent("missing", standings, lambda s: s.missing),
            column("scenarios", "scenarios", standings, lambda s: s.scenarios, of, gives_way=5)
            if some
            else silent("scenarios", standings, lambda s: s.scenarios),
            silent("of_scenarios", standings, lambda s: scenarios),
        ),
        least=8,
        screen=tuple(range(len(standings) - left_out)),
        more=f"… and {figures.many(left_out, 'more agent')}: {where}" if left_out else "",
    )
    remarks = tuple(_remarks(summary, scenarios, some=some))
    return Section("leaderboard", "leaderboard", _about(summary), (table, *([Notes("remarks", remarks)] if remarks else [])))


def ordered(summary: Summary) -> list[Standing]:
    """The standings best first, ceiling and floor where their means are; who has no mean comes last."""
    sign = 1.0 if summary.better == "lower" else -1.0
    return sorted(summary.standings, key=lambda s: (s.mean is None, 0.0 if s.mean is None else sign * s.mean))


def _about(summary: Summary) -> str:
    level = next((standing.interval.level for standing in summary.standings if standing.interval), 0.95)
    lower = "; lower is better" if summary.better == "lower" else ""
    return f"mean over scenarios, {100 * level:g}% interval over seeds, scenarios fixed{lower}"


def _roles(standings: Sequence[Standing]) -> Field:
    """Which is the ceiling, which the floor; for machines alone where all are candidates."""
    if all(standing.role == "candidate" for standing in standings):
        return silent("role", standings, lambda s: s.role)
    return column(
        "role",
        "role",
        standings,
        lambda s: s.role,
        lambda s: inert(_ROLES.get(s.role, s.role)),
        narrow=lambda s: inert(_SHORT_ROLES.get(s.role, s.role)),
        left=True,
        gives_way=4,
    )


def _ranks(standings: Sequence[Standing]) -> Field:
    """The ranks that resampled worlds give; for machines alone if none were drawn."""

    def ends(standing: Standing) -> list[int] | None:
        return None if standing.rank_interval is None else list(standing.rank_interval)

    def text(standing: Standing) -> str:
        first, last = standing.rank_interval or (0, 0)
        return "" if standing.rank_interval is None else f"{first}" if first == last else f"{first} to {last}"

    if sum(standing.rank_interval is not None for standing in standings) < 2:
        return silent("rank_interval", standings, ends)
    return column("rank_interval", RANKS, standings, ends, text, gives_way=4)


def _population(standings: Sequence[Standing]) -> Field:
    """The mean's interval for new scenarios of the kind, where it is told; for machines alone if nowhere."""

    def ends(standing: Standing) -> list[float] | None:
        return interval_of(standing.population)

    def text(standing: Standing) -> str:
        return "" if standing.population is None else figures.score_interval(standing.population)

    if not any(standing.population for standing in standings):
        return silent("population", standings, ends)
    return column("population", NEW_SCENARIOS, standings, ends, text, gives_way=4)


def partial(standing: Standing, scenarios: int) -> bool:
    """Whether this agent has scores, but not on every scenario."""
    return 0 < standing.scenarios < scenarios


def _remarks(summary: Summary, scenarios: int, *, some: bool) -> Iterator[Note]:
    standings = summary.standings
    if any(standing.tied_with_above for standing in standings):
        yield Note("= not told apart from the candidate above (paired test, p > 0.05 after Holm)")
    if sum(standing.rank_interval is not None for standing in standings) > 1:
        drawn = f" of {summary.resamples:,}" if summary.resamples else ""
        values: dict[str, Json] = {"resamples": summary.resamples, "seed": summary.seed}
        yield Note(f"{RANKS}: where 95%{drawn} draws of the worlds put a candidate", values=values, column=RANKS)
    if any(standing.population for standing in standings):
        text = f"{NEW_SCENARIOS}: the mean's interval for other scenarios of this kind, where the two differ much"
        if scenarios < FEW_CLUSTERS:
            text += f"; {scenarios} are few: it leans on their being alike"
        yield Note(text, column=NEW_SCENARIOS)
    told = {standing.agent for standing in standings if standing.interval is not None}
    if lone := [leaf for leaf in summary.leaves if leaf.worlds == 1 and leaf.agent in told]:
        agents = figures.many(len({leaf.agent for leaf in lone}), "agent")
        text = f"interval: scenarios on which {agents} met one world alone borrow the spread of that agent's others"
        yield Note(text, values={"leaves": [[leaf.scenario, leaf.agent] for leaf in lone]}, column="interval")
    if some:
        yield Note(f"* scores on only some of the {figures.many(scenarios, 'scenario')}: not like for like")
    if summary.better == "mixed":
        yield Note("no means: some scenarios score higher-is-better, others lower-is-better")


def why_no_interval(summary: Summary) -> Mapping[str, str]:
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
