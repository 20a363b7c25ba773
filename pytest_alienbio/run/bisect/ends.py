"""Is the bad end worse at all? What the two ends say decides what is looked for between them, and on which cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ...errors import AlienBioError, SpecError
from ...model import inert
from ...model.bisection import Commit
from .deciding import (
    ENOUGH_TWICE,
    FIRST,
    Decision,
    Reading,
    Terms,
    bounds_for,
    cells_to_clear,
    decide,
    decide_exactly,
    further,
    least_of,
    read,
    repeats,
)
from .probe import Case, Kept, Unit
from .question import Question
from .stock import CannotTellError, Stock, counted
from .worktree import Worktree

GOOD, BAD = "GOOD", "BAD"


@dataclass(frozen=True, slots=True)
class Ends:
    """What the good and the bad end say of each other."""

    terms: Terms
    """What every other comparison has in common with this one."""
    seeds: tuple[int, ...]
    """Those that it took."""
    cases: frozenset[Case]
    """That are the same question at both ends, with a number at each."""
    found: Reading
    call: Decision
    """Of the bad end: `bad`, `good`, or '' if neither is shown."""
    replayed: int = 0
    """Cells that were played twice, and gave the same."""
    notes: tuple[str, ...] = field(default=())

    def units(self, good: Kept, seeds: Sequence[int]) -> list[Unit]:
        """The cells to compare on, seed by seed."""
        return units_of(good, seeds, self.cases)


def hold_ends(
    stock: Stock, worktree: Worktree, asked: Question, alpha: float, on_price: Callable[[int], None] = lambda cases: None
) -> Ends:
    """Plays the ends until one is shown to be worse, or all seeds were played; `on_price` is told the cases of a seed first.

    Then some cells once more: if they give the same, numbers are what they are, and decide alone.
    Raises `AlienBioError` if an end cannot be played, or has nothing in common with the other.
    """
    count = FIRST
    while True:
        seeds = asked.seeds[:count]
        good, bad = (end_cells(stock, worktree, commit, seeds, asked) for commit in (asked.good, asked.bad))
        cases, notes = _common(good, bad, asked)
        if count == FIRST:
            on_price(len(cases))
        units = [unit for unit in units_of(good, seeds, cases) if unit in bad.numbers]
        values = [side.first[unit] for side in (good, bad) for unit in units]
        terms = Terms(_direction(good, bad, asked), bounds_for(asked.play.metric, values, asked.bounds), asked.drop)
        found = read(good.first, bad.first, units, terms)
        call = decide(found, terms, alpha)
        if call or count >= len(asked.seeds):
            break
        count = further(count, len(cases))
    replayed = 0 if call == "good" else _replayed(stock, worktree, asked, cases)
    if replayed:
        terms = replace(terms, exact=True)
        found = read(good.first, bad.first, units, terms)
        call = call or decide_exactly(found, terms)
    if call == "bad":
        if not replayed and terms.bounds is None:
            what = (
                f"{inert(asked.play.metric, most=60)} has no bounds that are known, and without them no commit is ever cleared"
            )
            raise SpecError(f"{what}; say them with --bounds LOW..HIGH")
        terms = replace(terms, least=terms.least or least_of(found.drop, exact=terms.exact))
        if not replayed:
            _refuse_too_few(asked, terms, alpha, len(cases))
    return Ends(terms, seeds, cases, found, call, replayed, notes)


def end_cells(stock: Stock, worktree: Worktree, commit: Commit, seeds: Sequence[int], asked: Question, times: int = 1) -> Kept:
    """The cells of an end. Raises `AlienBioError` if it cannot be played, or if none has a number."""
    role = GOOD if commit == asked.good else BAD
    what = f"{role}, {commit.hash[:10]}"
    try:
        found = stock.cells(worktree, commit, seeds, times)
    except CannotTellError as error:
        raise AlienBioError(f"{what}: {error}; name another commit as {role}") from None
    if not found.numbers:
        why = counted(found.faults.values()) or f"its battery has no cell of {inert(asked.play.agent, most=80)} there"
        raise AlienBioError(f"{what}: no cell has a {inert(asked.play.metric, most=60)}: {why}; name another commit as {role}")
    return found


def units_of(good: Kept, seeds: Sequence[int], cases: frozenset[Case]) -> list[Unit]:
    """The cells of these seeds and cases that the good end has a number of, seed by seed."""
    order = sorted(cases)
    return [(seed, case) for seed in seeds for case in order if (seed, case) in good.numbers]


def _common(good: Kept, bad: Kept, asked: Question) -> tuple[frozenset[Case], tuple[str, ...]]:
    """The cases that both ends have, and alike; a note on the others. Raises `AlienBioError` without any."""
    both = good.cases & bad.cases
    passing = asked.play.metric == "passed"
    same = frozenset(case for case in both if good.asks_the_same(bad, case[0], passing=passing))
    if not same:
        what = "play scenarios whose content or scoring differs" if both else "have no cell in common"
        raise AlienBioError(f"GOOD and BAD {what}: their scores say nothing of each other")
    left = sorted({case[0] for case in (good.cases | bad.cases) - same})
    named = ", ".join(inert(name, most=80) for name in left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    return same, (f"left out, for the ends do not both have it, or not alike: {named}",) if left else ()


def _refuse_too_few(asked: Question, terms: Terms, alpha: float, cases: int) -> None:
    """Raises `SpecError` if the seeds cannot clear any commit, whatever it scores: better known before it is paid for."""
    cells = cells_to_clear(terms, alpha)
    need = None if cells is None else -(-cells // cases)
    if need is not None and need > len(asked.seeds):
        what = f"to show that a commit lacks a drop of {terms.least:.3g} takes at least {need:,} seeds of these {cases:,} cases"
        raise SpecError(
            f"{what}, and there are {len(asked.seeds):,}: --seeds {2 * need} leaves room for noise, --drop asks for a larger; "
            "what was played is kept"
        )


def _replayed(stock: Stock, worktree: Worktree, asked: Question, cases: frozenset[Case]) -> int:
    """How many cells of the ends gave the same number again; 0 if one did not, or if they tell too little."""
    some, count = asked.seeds[: max(FIRST, -(-ENOUGH_TWICE // len(cases)))], 0
    for commit in (asked.good, asked.bad):
        found = end_cells(stock, worktree, commit, some, asked, times=2)
        mine = [numbers for (_, case), numbers in found.numbers.items() if case in cases]
        if not repeats(mine, declared=found.declared(asked.play.agent)):
            return 0
        count += sum(len(numbers) > 1 for numbers in mine)
    return count


def _direction(good: Kept, bad: Kept, asked: Question) -> str:
    metric = asked.play.metric
    if asked.better:
        return asked.better
    told = {batch.better.get(metric, "") for side in (good, bad) for batch in side.batches} - {""}
    if len(told) != 1:
        what = "do not tell" if not told else "do not agree"
        raise SpecError(
            f"the results {what} whether more or less {inert(metric, most=60)} is better; say --better higher or lower"
        )
    return told.pop()
