"""Whether a scenario measures: the ladder that reference, candidate and floor agents must stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..model import Climb, Finding, Outcome, Result
from .intervals import wilson
from .ladder import mean, scores, trend
from .ranks import FEWEST
from .sanity import MIN_CELLS_SMOKE

EASY = "greedy"
"""The kind whose score must fall with difficulty. Without one, the first candidate's."""
FIRST_TRY = 0.9
"""Share of worlds that should be accepted at the first attempt: those refused are no random sample."""
CHANCE = 0.05

REMEDIES: Mapping[str, str] = {
    "unbounded": "lower growth, inflow or gains, or add crowding and decay",
    "unsolvable": "raise the budget, strengthen the levers marked `key`, or ease what is protected",
    "no_gap": "let waiting do worse: a stronger decline, a later window (`from`)",
    "trivial": "make random acting do worse: weaker levers, faster decay, a smaller budget, more levers that harm",
}
"""What to try about refused worlds, by reason."""


def unsound(climbs: Sequence[Climb], kinds: Mapping[str, str], roles: Mapping[str, str]) -> tuple[Finding, ...]:
    """What is broken about one scenario, in sentences with what to try. `kinds` and `roles` are the agents', by name.

    Every cell ends with a score. `oracle` scores exactly 1 and `noop` exactly 0 on every world of the scale that they fix
    (results with a `raw_score`), and elsewhere no agent's mean is above a reference's. At no level a floor agent's mean
    reaches the bar. Over all levels the reference candidate (`EASY`) scores above `random` (on that scale: elsewhere
    nothing need be documented), and its score falls with difficulty. At least 90% of the worlds are accepted at the first
    attempt, or so many that it may be. Means of `random` are judged from five worlds on: one proves nothing.
    """
    found: list[Finding] = []

    def add(rule: str, sentence: str) -> None:
        found.append(Finding(climbs[0].scenario, rule, f"{climbs[0].scenario}: {sentence}"))

    _errors(climbs, add)
    _first_try(climbs, add)
    _ends(climbs, kinds, add)
    _top(climbs, roles, add)
    _floor(climbs, kinds, roles, add)
    for agent in _easy(climbs, kinds, roles):
        _above_random(climbs, agent, kinds, add)
        _falls(climbs, agent, add)
    return tuple(found)


def doubts(climbs: Sequence[Climb], kinds: Mapping[str, str], roles: Mapping[str, str]) -> tuple[str, ...]:
    """What is no fault, yet worth knowing: a beaten oracle, a trend that may be chance, few worlds."""
    name, notes = climbs[0].scenario, []
    beaten = [r for climb in climbs for r in climb.results if r.scores.get("raw_score", 0.0) > 1.0]
    if beaten:
        best = max(beaten, key=lambda result: result.scores["raw_score"])
        what = f"the oracle was beaten on {len({(r.difficulty, r.seed) for r in beaten})} of {len(climbs)} worlds"
        notes.append(f"{name}: {what}, at most by {best.agent}: raw_score {best.scores['raw_score']:.3f} in {best.id}")
    told = [climb.attempts for climb in climbs if climb.attempts is not None]
    if told and told.count(1) < FIRST_TRY * len(told) and not _clearly_few(told):
        share = f"{told.count(1)} of {len(told)} worlds were accepted at the first attempt"
        notes.append(f"{name}: {share}, less than {FIRST_TRY:.0%}, but so few may be chance; try more --seeds")
    for agent in _easy(climbs, kinds, roles):
        seen = trend(climbs, agent)
        if seen.rho is not None and seen.rho < 0 and seen.p is not None and seen.p > CHANCE:
            notes.append(f"{name}: {agent}'s scores fall with difficulty, but it may be chance (p {seen.p:.2f}); more --seeds")
    return tuple(notes)


Add = Callable[[str, str], None]


def _errors(climbs: Sequence[Climb], add: Add) -> None:
    bad = [r for climb in climbs for r in climb.results if not r.outcome.scored and r.outcome is not Outcome.SKIPPED]
    for reason in dict.fromkeys(_cause(result) for result in bad):
        same = [result for result in bad if _cause(result) == reason]
        worlds = len({(result.difficulty, result.seed) for result in same})
        tried = [word for word in REMEDIES if f"x {word} " in same[0].reason]
        hint = f"; try: {'; '.join(REMEDIES[word] for word in tried)}" if tried else ""
        add("error", f"{same[0].outcome} on {worlds} of {len(climbs)} worlds, first {same[0].id}: {same[0].reason}{hint}")


def _cause(result: Result) -> str:
    """What tells one kind of error from another: a world that cannot be found has another text at each seed."""
    error = result.error
    return f"{result.outcome} {error.type} {'' if error.type.endswith('GenerationError') else error.message}" if error else ""


def _first_try(climbs: Sequence[Climb], add: Add) -> None:
    told = [climb.attempts for climb in climbs if climb.attempts is not None]
    if not told or not _clearly_few(told):
        return
    counted: dict[str, int] = {}
    for climb in climbs:
        for reason, count in climb.rejected.items():
            counted[reason] = counted.get(reason, 0) + count
    most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    why = ", ".join(f"{count}x {reason}" for reason, count in most)
    try_this = "; ".join(REMEDIES[reason] for reason, _ in most if reason in REMEDIES)
    share = f"only {told.count(1)} of {len(told)} worlds were accepted at the first attempt ({why})"
    add("first_try", f"{share}, clearly less than {FIRST_TRY:.0%}; try: {try_this}")


def _clearly_few(told: Sequence[int]) -> bool:
    return wilson(told.count(1), len(told)).high < FIRST_TRY


def _ends(climbs: Sequence[Climb], kinds: Mapping[str, str], add: Add) -> None:
    for kind, end in (("oracle", 1.0), ("noop", 0.0)):
        off = [
            r
            for climb in climbs
            for r in climb.results
            if kinds.get(r.agent) == kind and r.outcome.scored and "raw_score" in r.scores and r.score != end
        ]
        if off:
            where = f"{kind} scores {off[0].score!r} in {off[0].id}, not exactly {end:g}, and so on {len(off)} worlds"
            add(f"{kind}_end", f"{where}; the scale is fixed by what it does, so scoring must run the same code for both")


def _top(climbs: Sequence[Climb], roles: Mapping[str, str], add: Add) -> None:
    """For scales that no plan fixes: nobody is above the reference."""
    sign = -1.0 if any(r.better == "lower" for climb in climbs for r in climb.results) else 1.0
    means = {agent: average for agent in roles if (average := mean(scores(climbs, agent))) is not None}
    for top in (agent for agent in means if roles[agent] == "reference"):
        above = [agent for agent in means if sign * means[agent] > sign * means[top]]
        if above:
            said = f"{above[0]} scores {means[above[0]]:.3g} on average, {top} only {means[top]:.3g}"
            add("oracle_top", f"{said}; the scenario's own solution is not its best: improve `solution()`, or the scoring")


def _floor(climbs: Sequence[Climb], kinds: Mapping[str, str], roles: Mapping[str, str], add: Add) -> None:
    for agent in (agent for agent, role in roles.items() if role == "floor"):
        for level in dict.fromkeys(climb.difficulty for climb in climbs):
            mine = [climb for climb in climbs if climb.difficulty == level]
            own = [r for climb in mine for r in climb.results if r.agent == agent and r.outcome.scored and r.score is not None]
            average = mean(scores(mine, agent))
            enough = len(own) >= MIN_CELLS_SMOKE.get(kinds[agent], MIN_CELLS_SMOKE["random"])
            if not enough or average is None or own[0].passing_score is None:
                continue
            bar, lower = own[0].passing_score, own[0].better == "lower"
            if average <= bar if lower else average >= bar:
                at = "" if level is None else f" at difficulty {level}"
                said = f"{agent} scores {average:.3g} on average{at}, and the bar is {bar:g}"
                add("floor_bar", f"{said}; who has no idea should not pass: weaken the levers, let effects fade, raise the bar")
                break


def _easy(climbs: Sequence[Climb], kinds: Mapping[str, str], roles: Mapping[str, str]) -> Iterator[str]:
    """The agent that stands for candidates, if one has scores."""
    candidates = [agent for agent in kinds if roles[agent] == "candidate" and scores(climbs, agent)]
    yield from sorted(candidates, key=lambda agent: kinds[agent] != EASY)[:1]


def _above_random(climbs: Sequence[Climb], agent: str, kinds: Mapping[str, str], add: Add) -> None:
    if not any("raw_score" in result.scores for climb in climbs for result in climb.results):
        return
    own = mean(scores(climbs, agent))
    for dice in (name for name, kind in kinds.items() if kind == "random"):
        rolled = scores(climbs, dice)
        other = mean(rolled)
        if len(rolled) < MIN_CELLS_SMOKE["random"] or own is None or other is None:
            continue
        if other >= own:
            said = f"{dice} scores {other:.3g} on average, {agent} {own:.3g}"
            add("above_random", f"{said}; acting on what is documented should pay: check `documented`, or add levers that harm")


def _falls(climbs: Sequence[Climb], agent: str, add: Add) -> None:
    seen = trend(climbs, agent)
    if len({climb.difficulty for climb in climbs}) < 2 or seen.n < FEWEST:
        return
    if seen.rho is None:
        said = f"whether difficulty lowers {agent}'s score cannot be told: {seen.why}"
    elif seen.rho >= 0:
        said = f"{agent}'s score does not fall with difficulty: Spearman {seen.rho:+.2f} over {seen.n} worlds"
    else:
        return
    add("difficulty", f"{said}; let levels differ by noise, hidden quantities, missing or wrong documentation and budget")
