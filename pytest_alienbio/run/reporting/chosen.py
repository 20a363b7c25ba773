"""Which traces a page has, where it has no room for all: those that tell most first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from ...results.sheet import Found
from ...store.fields import OUTCOMES, SCORED


def by_interest(found: Found, named: Collection[str] = ()) -> list[int]:
    """The places in `found` of cells that have a trace, the most telling first; always the same order.

    Cells whose ids are `named` lead. Then one of each way in which an agent broke on a scenario, of each agent on each scenario
    of a run (a leaf) the lowest and the highest score; then what else broke; then, leaf by leaf in turn, what did not pass, and
    at last the others: of each leaf seeds that lie far apart before those between them.
    """
    placed = [place for place, traced in enumerate(found["traced"]) if traced]
    leaf_of: Sequence[tuple[str, ...]] = list(zip(*(found[name] for name in ("dat", "scenario", "agent")), strict=True))
    placed.sort(key=lambda place: (leaf_of[place], found["seed"][place], place))
    first: list[int] = []
    ends: list[int] = []
    tiers: list[list[tuple[int, int]]] = [[], [], []]
    for _, group in groupby(placed, key=lambda place: leaf_of[place]):
        mine = list(group)
        broke: dict[str, int] = {}
        for place in mine:
            if _is_error(found["outcome"][place]):
                broke.setdefault(found["outcome"][place], place)
        first += broke.values()
        scored = [place for place in mine if found["outcome"][place] in SCORED and found["score"][place] is not None]
        if scored:
            ends += dict.fromkeys(_lowest_and_highest(scored, found["score"]))
        for turn, place in enumerate(spread(mine)):
            tiers[_tier(found, place)].append((turn, place))
    rest = [place for tier in tiers for _, place in sorted(tier, key=lambda each: each[0])]
    lead = [place for place in placed if found["id"][place] in named]
    return list(dict.fromkeys([*lead, *first, *ends, *rest]))


def spread(items: Sequence[int]) -> list[int]:
    """All items, so that those at the front lie far apart: the first, the middle, the quarters, ..."""
    bits = max(len(items) - 1, 1).bit_length()
    order = (int(f"{at:0{bits}b}"[::-1], 2) for at in range(1 << bits))
    return [items[at] for at in order if at < len(items)]


def _lowest_and_highest(places: Sequence[int], scores: Sequence[float]) -> tuple[int, int]:
    return min(places, key=scores.__getitem__), max(places, key=scores.__getitem__)


def _tier(found: Found, place: int) -> int:
    return 0 if _is_error(found["outcome"][place]) else 1 if found["passed"][place] is False else 2


def _is_error(outcome: str) -> bool:
    return OUTCOMES[outcome].is_error
