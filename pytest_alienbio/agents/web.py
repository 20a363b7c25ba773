"""Who lives on what, as far as it was asked, and what follows from it some links away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ..model import Json
from .answer import Answer, read_answer
from .kept import Kept
from .levels import Levels

STRONGEST = 1.6
"""What a tie that decides all is worth, on the scale of documented effects (-1..1): what one was told counts more."""
HUNTS = 0.7
EXCRETES = 0.8
EATS = 1.0
AMOUNT = 2.0
"""How much of a molecule a lever is taken to add or take away, in units of concentration."""
FAINT = 0.01
"""Effects weaker than this are followed no further."""


class Web:
    """The answers so far, as a graph. `hop` is what is left of an effect from one link to the next."""

    __slots__ = ("_answers", "_diets", "_eaters", "_hop", "_made", "_promoted", "_sufferers", "_ties")

    def __init__(self, hop: float) -> None:
        self._hop = hop
        self._answers: dict[str, Answer] = {}
        self._eaters: dict[str, list[tuple[str, float]]] = {}
        """By food: who eats it, and its half-saturation for them."""
        self._sufferers: dict[str, list[tuple[str, float]]] = {}
        """By poison: whom it harms, and the level at which growth is half."""
        self._diets: dict[str, tuple[str, ...]] = {}
        """The other way round."""
        self._promoted: dict[str, list[tuple[str, float]]] = {}
        """By promoter: what it promotes, and the level at which it does half of what it can."""
        self._made: set[str] = set()
        self._ties: dict[str, list[tuple[str, float]]] = {}
        """By quantity: what more of it does at once, other than as a food."""

    def learn(self, subject: str, answer: Answer) -> None:
        """Adds what is told of `subject`, once."""
        self._answers[subject] = answer
        self._diets[subject] = tuple(answer.needs)
        self._made.update(answer.excretes)
        for food, half in answer.needs.items():
            self._eaters.setdefault(food, []).append((subject, half))
        for poison, half in answer.poisons.items():
            self._sufferers.setdefault(poison, []).append((subject, half))
        for cause, half in answer.promoted_by.items():
            self._promoted.setdefault(cause, []).append((subject, half))
        for causes, strength in (
            (answer.preys_on, HUNTS),
            (answer.reduced_by, -STRONGEST),
        ):
            for cause in causes:
                self._ties.setdefault(cause, []).append((subject, strength))
        own = self._ties.setdefault(subject, [])
        own += [(molecule, EXCRETES) for molecule in answer.excretes]
        own += [(prey, -HUNTS) for prey in answer.preys_on]

    def checkpoint(self) -> Json:
        """The answers, in the order in which they came."""
        return [[subject, answer.told] for subject, answer in self._answers.items()]

    def restore(self, state: Json) -> None:
        """Learns the answers again. Raises `ValueError`."""
        for entry in Kept({"answers": state}).items("answers"):
            if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[1], Mapping):
                raise ValueError(f"the checkpoint's answers hold {entry!r:.60}, not a subject and what was told of it")
            self.learn(str(entry[0]), read_answer(entry[1]))

    def __contains__(self, quantity: object) -> bool:
        """Whether it was asked about, or named in an answer."""
        return any(quantity in named for named in (self._ties, self._eaters, self._sufferers, self._promoted, self._made))

    def exhausts(self, subject: str) -> bool:
        """Whether the answer about it tells what it lives on or suffers from: nothing else touches it at once."""
        answer = self._answers.get(subject)
        return answer is not None and bool(answer.needs or answer.poisons or answer.preys_on)

    def ties(self, quantity: str, subject: str) -> bool:
        """Whether the answer about `subject` names `quantity`."""
        return subject in self._answers and quantity in self._answers[subject]

    def unsourced(self, supplied: Collection[str]) -> bool:
        """Whether some food of those asked about comes from nowhere known: nobody asked excretes it, nothing supplies it."""
        return any(food not in self._made and food not in supplied for food in self._eaters)

    def effects(self, start: str, sign: int, levels: Levels, links: int) -> dict[str, float]:
        """What more (`sign` 1) or less (-1) of `start` does, by quantity, over paths of at most `links` links, added up."""
        found: dict[str, float] = {}
        self._follow((start,), float(sign), levels, links, found)
        return {quantity: max(-STRONGEST, min(STRONGEST, effect)) for quantity, effect in found.items()}

    def _follow(self, path: tuple[str, ...], strength: float, levels: Levels, links: int, found: dict[str, float]) -> None:
        for quantity, tie in self._ties_of(path[-1], strength > 0, levels, first=len(path) == 1):
            if quantity not in path:
                effect = strength * tie
                found[quantity] = found.get(quantity, 0.0) + effect
                if links > 1 and abs(effect) > FAINT:
                    self._follow((*path, quantity), effect * self._hop, levels, links - 1, found)

    def _ties_of(self, of: str, more: bool, levels: Levels, *, first: bool) -> Iterator[tuple[str, float]]:
        """What `more` or less of `of` does at once, for each unit of change: to those who live on it or suffer from it, and
        by what it makes and takes itself.

        What is added to a food that many eat (`first`: by a lever) is lost on the others twice: they take their share, and
        grow by it.
        """
        eaters = self._eaters.get(of, ())
        for subject, half in eaters:
            share = len(eaters) ** 2 if first and more else 1
            yield subject, STRONGEST * relief(half, levels.of(of, half)) / share
        for subject, half in self._promoted.get(of, ()):
            yield subject, STRONGEST * relief(half, levels.of(of, half))
        for subject, half in self._sufferers.get(of, ()):
            yield subject, -STRONGEST * harm(half, levels.of(of, 0.0), more)
        yield from self._ties.get(of, ())
        for food in self._diets.get(of, ()):
            yield food, -EATS / len(self._eaters[food])


def relief(half: float, level: float) -> float:
    """By what share of itself growth c / (K + c) rises if `AMOUNT` of a food is added to its level, 0..1."""
    now = max(0.05 * half, level)
    if now <= 0:
        return 1.0
    then = now + AMOUNT
    return min(1.0, then * (half + now) / ((half + then) * now) - 1.0)


def harm(half: float, level: float, more: bool) -> float:
    """By what share of itself growth K / (K + c) falls if `AMOUNT` of a poison is added, or rises if it is taken away, 0..1."""
    base = half + (level if more else max(0.0, level - AMOUNT))
    change = AMOUNT if more else min(AMOUNT, level)
    return min(1.0, change / (base + AMOUNT if more else base)) if base > 0 else 1.0
