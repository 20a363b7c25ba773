"""The agent that asks before it acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import Action, Briefing, Json, Observation
from .answer import read_answer
from .greedy import GreedyAgent
from .kept import Kept
from .lasting import SUPPOSED, Lasting
from .levels import Levels
from .parameter import number, whole
from .promise import direction
from .web import Web


class InquirerAgent(GreedyAgent):
    """Asks (`investigate`) what goals and protected populations live on, then acts as `greedy` on what it learned.

    It asks about goals, then about protected populations, for up to `asking_share` of the budget; and, up to `late_share`,
    about whoever the lever it is about to pull is said to touch, and about everybody else while some food comes from
    nowhere known. What a lever does is then followed through the answers over at most `links` links, each worth `hop` of
    the one before, and weighed by how long such a change was seen to last. Where that contradicts the documentation, or
    tells more directly, it counts instead; a claim about someone it asked about, for a thing no answer names, counts
    `doubt`. What questions cost is no part of its pace. The other constants are those of `greedy`. Raises `SpecError`
    for a constant out of range.
    """

    _KIND = "inquirer"
    __slots__ = (
        "_asked",
        "_asking_share",
        "_doubt",
        "_goals",
        "_hop",
        "_known",
        "_lasting",
        "_late_share",
        "_levels",
        "_links",
        "_pending",
        "_questions",
        "_signs",
        "_step",
        "_subjects",
        "_supplied",
        "_web",
    )

    def __init__(
        self,
        *,
        asking_share: float = 0.3,
        late_share: float = 0.4,
        links: int = 4,
        hop: float = 0.7,
        doubt: float = 0.0,
        threshold: float = 0.02,
        side_weight: float = 0.1,
        harm_weight: float = 0.9,
        cost_offset: float = 0.5,
        repeat_penalty: float = 0.15,
        pace_lead: float = 4.0,
        cull_floor: float = 0.5,
    ) -> None:
        super().__init__(
            threshold=threshold,
            side_weight=side_weight,
            harm_weight=harm_weight,
            cost_offset=cost_offset,
            repeat_penalty=repeat_penalty,
            pace_lead=pace_lead,
            cull_floor=cull_floor,
        )
        self._asking_share = number(self._KIND, "asking_share", asking_share, high=1.0)
        self._late_share = number(self._KIND, "late_share", late_share, high=1.0)
        self._links = whole(self._KIND, "links", links, low=1, high=6)
        self._hop = number(self._KIND, "hop", hop, high=1.0)
        self._doubt = number(self._KIND, "doubt", doubt, high=1.0)
        self._open(Briefing(""))

    def start(self, briefing: Briefing, /) -> None:
        """Notes goals, protected populations, levers, and whom one can ask about."""
        super().start(briefing)
        self._open(briefing)

    def _open(self, briefing: Briefing) -> None:
        self._questions = {
            spec.params["subject"]: spec
            for spec in briefing.actions
            if spec.name == "investigate" and not spec.takes_step and "subject" in spec.params
        }
        self._subjects = frozenset(self._questions)
        self._goals = frozenset(goal.quantity for goal in briefing.goals)
        self._pending = list(dict.fromkeys([*(goal.quantity for goal in briefing.goals), *briefing.protected]))
        self._signs = [direction(spec.name) for spec in self._levers]
        self._supplied = frozenset(
            target for spec, sign in zip(self._levers, self._signs, strict=True) if sign > 0 for target in spec.params.values()
        )
        self._web = Web(self._hop)
        self._known: dict[int, Mapping[str, float]] = {}
        self._lasting = Lasting()
        self._levels = Levels()
        self._asked = ""
        self._step = -1

    def decide(self, observation: Observation, /) -> Action:
        """A question while one is due and affordable; else the most promising lever it may pull now, or `wait`."""
        self._learn(observation)
        while self._pending:
            if question := self._ask([self._pending.pop(0)], observation, self._asking_share):
                return question
        best = self._choice(observation)
        late = [*self._levers[best].params.values(), *self._levers[best].effects] if best >= 0 else []
        if self._web.unsourced(self._supplied):
            late += self._questions
        if question := self._ask(late, observation, self._late_share):
            return question
        action = self._take(best, observation)
        if action.name != "wait":
            self._lasting.watch(self._levers[best].params.values(), observation.state)
            if self._signs[best] > 0:
                for target in self._levers[best].params.values():
                    self._levels.give(target)
        return action

    def checkpoint(self) -> Json:
        """What it has learned, and whom it may still ask about."""
        learned: dict[str, Json] = {
            "questions": list(self._questions),
            "pending": list(self._pending),
            "asked": self._asked,
            "step": self._step,
            "web": self._web.checkpoint(),
            "lasting": self._lasting.checkpoint(),
            "levels": self._levels.checkpoint(),
        }
        return {"greedy": super().checkpoint(), **learned}

    def restore(self, state: Json, /) -> None:
        """As `checkpoint` had it. Raises `ValueError` for a checkpoint that is none of its."""
        kept = Kept(state)
        super().restore(kept["greedy"])
        left = kept.texts("questions")
        if unknown := set(left) - self._questions.keys():
            raise ValueError(f"the checkpoint asks about {min(unknown)!r}, which this world does not know")
        self._questions = {subject: self._questions[subject] for subject in left}
        self._pending, self._asked, self._step = kept.texts("pending"), kept.text("asked"), kept.whole("step")
        self._web.restore(kept["web"])
        self._lasting.restore(kept["lasting"])
        self._levels.restore(kept["levels"])

    def _learn(self, observation: Observation) -> None:
        """What the last question gave, and what a step of time left of the last action."""
        last, subject = observation.last, self._asked
        self._asked, self._known = "", {}
        if subject and last is not None and last.ok:
            self._web.learn(subject, read_answer(last.reading))
            self._paid += last.cost
        later = observation.step != self._step
        self._levels.see(observation.state, later=later)
        if later:
            self._step = observation.step
            self._lasting.look(observation.state)

    def _ask(self, subjects: Iterable[str], observation: Observation, share: float) -> Action | None:
        """A question about the first of `subjects` that was not asked about and can be paid; nobody is asked about twice."""
        for subject in subjects:
            question = self._questions.get(subject)
            if question is not None and question.cost <= min(observation.remaining, share * observation.budget - self._paid):
                del self._questions[subject]
                self._asked = subject
                return Action(question.name, dict(question.params))
        return None

    def _effects(self, index: int, state: Mapping[str, float]) -> Mapping[str, float]:
        """Documented effects, corrected by what was learned; worked out once an observation."""
        if index not in self._known:
            self._known[index] = self._corrected(index)
        return self._known[index]

    def _corrected(self, index: int) -> Mapping[str, float]:
        effects, sign, web = dict(self._levers[index].effects), self._signs[index], self._web
        if not sign:
            return effects
        for target in self._levers[index].params.values():
            if target in self._goals:
                effects.setdefault(target, float(sign))
            if target not in web:
                if target not in self._subjects:
                    effects = {name: claim * (self._doubt if web.exhausts(name) else 1.0) for name, claim in effects.items()}
                continue
            weight = self._lasting.share(target) / SUPPOSED
            for quantity, effect in web.effects(target, sign, self._levels, self._links).items():
                if quantity in self._goals or (quantity in self._briefing.protected and web.ties(target, quantity)):
                    claimed, effect = effects.get(quantity, 0.0), weight * effect
                    if claimed * effect <= 0 or abs(effect) > abs(claimed) or web.ties(target, quantity):
                        effects[quantity] = effect
        return effects
