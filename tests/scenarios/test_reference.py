"""The two frozen policies that guard the oracle."""

from __future__ import annotations

from pytest_alienbio.model import Action, ActionResult, ActionSpec, Briefing, Goal, Observation
from pytest_alienbio.scenarios.episode import Episode
from pytest_alienbio.scenarios.reference import Greedy, Inquirer

from .parts import COMPETITION, HIDDEN, instance

FEED = ActionSpec("feed", {"molecule": "M"}, 1.0, {"P": 0.6}, takes_dose=True)
HARM = ActionSpec("feed", {"molecule": "N"}, 1.0, {"P": 0.9, "Q": -1.0}, takes_dose=True)
CULL = ActionSpec("cull", {"species": "Q"}, 1.0, {"P": 1.0}, takes_dose=True)
ASK = ActionSpec("investigate", {"subject": "P"}, 1.5, takes_step=False)


def briefing(*actions: ActionSpec, kind: str = "up") -> Briefing:
    """One goal on P between 2 and 6, Q protected."""
    return Briefing("", "", (Goal("P", kind, 2.0, 6.0),), {"Q": 0.3}, actions, max_steps=20, budget=20.0)


def seen(p: float, q: float = 5.0, *, step: int = 10, spent: float = 0.0, last: ActionResult | None = None) -> Observation:
    """An observation of both."""
    return Observation(step, {"P": p, "Q": q}, 20, 20.0, spent, last)


def first(policy: Greedy, told: Briefing, observation: Observation) -> Action:
    """The first decision."""
    policy.start(told)
    return policy.decide(observation)


def test_greedy_pulls_what_is_documented_to_help() -> None:
    """Not what harms a protected population, and nothing once the goal is met."""
    act = Action("feed", {"molecule": "M", "dose": 1.0})
    assert first(Greedy(), briefing(FEED, HARM), seen(1.0)) == act
    assert first(Greedy(), briefing(FEED), seen(7.0)).name == "wait"
    assert first(Greedy(), briefing(FEED, kind="down"), seen(4.0)).name == "wait"
    assert first(Greedy(), briefing(FEED, kind="band"), seen(3.0)).name == "wait"
    assert first(Greedy(), briefing(FEED, kind="band"), seen(0.5)) == act


def test_greedy_keeps_its_pace() -> None:
    """At most budget * (t + 4) / T is spent by step t."""
    assert first(Greedy(), briefing(FEED), seen(1.0, step=0, spent=3.0)).name == "feed"
    assert first(Greedy(), briefing(FEED), seen(1.0, step=0, spent=3.5)).name == "wait"


def test_greedy_does_not_cull_a_protected_population_below_half_its_start() -> None:
    """By its own first reading."""
    policy = Greedy()
    assert first(policy, briefing(CULL), seen(1.0, q=8.0)).name == "cull"
    assert policy.decide(seen(1.0, q=3.9)).name == "wait"


def test_inquirer_asks_first_and_believes_the_answer() -> None:
    """A poison is left alone whatever the documentation says; a scarce need is served."""
    policy = Inquirer()
    lure = ActionSpec("feed", {"molecule": "X"}, 1.0, {"P": 1.0}, takes_dose=True)
    plain = ActionSpec("feed", {"molecule": "M"}, 1.0, {}, takes_dose=True)
    assert first(policy, briefing(lure, plain, ASK), seen(1.0)) == Action("investigate", {"subject": "P"})
    answer = ActionResult(ok=True, cost=1.5, reading={"subject": "P", "needs": {"M": 2.0}, "poisons": {"X": 1.0}})
    assert policy.decide(seen(1.0, spent=1.5, last=answer)) == Action("feed", {"molecule": "M", "dose": 1.0})


def test_inquirer_believes_what_promotes_and_what_reduces() -> None:
    """As strongly as a need that is wholly lacking; on a molecule, which has no needs, as on a population."""
    plain = [ActionSpec("add", {"catalyst": name}, 1.0, {}, takes_dose=True) for name in ("U", "D")]
    answer = ActionResult(ok=True, reading={"subject": "P", "promoted_by": ["D"], "reduced_by": ["U"]})
    for kind, level, chosen in (("up", 1.0, "D"), ("down", 7.0, "U")):
        policy = Inquirer()
        first(policy, briefing(*plain, ASK, kind=kind), seen(level))
        assert policy.decide(seen(level, last=answer)) == Action("add", {"catalyst": chosen, "dose": 1.0})


def test_inquirer_spends_at_most_its_share_on_questions() -> None:
    """30 % of the budget."""
    dear = ActionSpec("investigate", {"subject": "P"}, 6.5, takes_step=False)
    assert first(Inquirer(), briefing(FEED, dear), seen(1.0)).name == "feed"


def test_both_play_a_world_to_its_end_below_the_oracle() -> None:
    """Between waiting and the plan; the easy level is within greedy's reach."""
    for which in ((HIDDEN, 1, 1), (COMPETITION, 2, 0)):
        of = instance(*which)
        for policy in (Greedy(), Inquirer()):
            episode = Episode(of)
            policy.start(episode.briefing())
            while not episode.over:
                assert episode.act(policy.decide(episode.observation())).result.ok
            assert episode.scores().parts["raw_score"] <= 1.0
    score = episode_score(HIDDEN, 1, 1)
    assert score > 0.5


def episode_score(name: str, difficulty: int, seed: int) -> float:
    """Greedy's."""
    episode, policy = Episode(instance(name, difficulty, seed)), Greedy()
    policy.start(episode.briefing())
    while not episode.over:
        episode.act(policy.decide(episode.observation()))
    score = episode.scores().score
    assert score is not None
    return score
