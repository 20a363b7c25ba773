"""One bisection: the ends first, then the commits between them, until one is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...model import Estimate, inert
from ...model.bisection import Bisection, BisectStatus, Commit, Probe, ProbeCall
from ...stats.means import EXACT
from . import deciding
from .deciding import Reading
from .ends import BAD, GOOD, Ends, end_cells, hold_ends
from .git import Repository
from .probe import Kept, Player, Unit, play_at
from .question import Question
from .search import Search
from .stock import CannotTellError, Stock, counted
from .worktree import Worktree, throw_away

OnStep = Callable[[str], None]
"""Is told a sentence as the bisection goes on."""


class Bisecting:
    """The state of one bisection: which commits were looked at, and what they said."""

    def __init__(
        self,
        repository: Repository,
        question: Question,
        data_root: Path,
        on_step: OnStep = lambda text: None,
        *,
        player: Player = play_at,
    ) -> None:
        self._repository, self._asked, self._on_step = repository, question, on_step
        self._stock = Stock(repository, question, data_root, player)
        self._most = Search.over(question.commits).most_probes
        self._probes: dict[str, Probe] = {}
        self._notes: list[str] = []

    def run(self) -> Bisection:
        """The whole of it. After a Ctrl-C what was played is kept, the worktree is gone, and it passes on.

        Raises `AlienBioError` if an end cannot be played, or has no number to go by.
        """
        asked = self._asked
        if self.key(asked.good) == self.key(asked.bad):
            self._notes.append("no file that counts as input differs between the ends")
            return self._ended("not worse", (), None)
        with throw_away(self._repository, asked.good) as worktree:
            alpha = deciding.spend(asked.alpha, self._most, 0)
            ends = hold_ends(self._stock, worktree, asked, alpha, self._price)
            self._notes += ends.notes
            self._on_step(f"{BAD} {_name(asked.bad)}: {_told(ends.found, ends.call or 'undecided')}")
            suspects = self._search(worktree, ends).suspects if ends.call == "bad" else ()
        return self._ended("not worse" if not suspects else "found" if len(suspects) == 1 else "one of", suspects, ends)

    def foresee(self) -> tuple[int, int, int]:
        """Commits that are played at most, cells of the ends that are kept already, seeds that each is played on at most."""
        seeds = self._asked.seeds
        there = sum(len(self._stock.kept(end, seeds).numbers) for end in (self._asked.good, self._asked.bad))
        return self._most + 2, there, len(seeds)

    def key(self, commit: Commit) -> str:
        """Under which its cells are kept: commits with equal ones share them."""
        return self._stock.key(commit)

    def _price(self, cases: int) -> None:
        commits, _, seeds = self.foresee()
        most = commits * seeds * cases
        self._on_step(f"at most {commits} commits x {seeds} seeds x {cases} cases = {most:,} cells, some of the ends' twice")

    def _search(self, worktree: Worktree, ends: Ends) -> Search:
        search, decided = Search.over(self._asked.commits), 0
        calls: dict[str, tuple[Commit, ProbeCall]] = {
            self.key(self._asked.good): (self._asked.good, "good"),
            self.key(self._asked.bad): (self._asked.bad, "bad"),
        }
        while (commit := search.next()) is not None:
            key = self.key(commit)
            if key in calls:
                probe = self._same(commit, *calls[key], ends)
            else:
                alpha = deciding.spend(self._asked.alpha, self._most, decided + 1)
                probe = self._probe(worktree, commit, ends, alpha)
                decided += probe.call in ("good", "bad")
                calls[key] = commit, probe.call
            self._probes[commit.hash] = probe
            search = search.told(commit.hash, probe.call)
            left = len(search.suspects)
            self._on_step(f"{_name(commit)}: {_said(probe)}; {left} {'commit is' if left == 1 else 'commits are'} left")
        return search

    def _same(self, commit: Commit, other: Commit, call: ProbeCall, ends: Ends) -> Probe:
        """What a commit says that has the inputs of another."""
        before = self._probes.get(other.hash)
        drop = before.drop if before else Estimate(0.0) if other == self._asked.good else ends.found.drop
        return Probe(commit, call, drop, same_as=other.hash, why=before.why if before else "")

    def _probe(self, worktree: Worktree, commit: Commit, ends: Ends, alpha: float) -> Probe:
        """What one commit says, on as many seeds as it takes."""
        found: Reading | None = None
        call: ProbeCall = "undecided"
        why, terms = "", ends.terms
        count = len(ends.seeds)
        while call == "undecided":
            seeds = self._asked.seeds[:count]
            good = end_cells(self._stock, worktree, self._asked.good, seeds, self._asked)
            try:
                later = self._stock.cells(worktree, commit, seeds)
                units = ends.units(good, seeds)
                self._check(good, later, units)
            except CannotTellError as error:
                call, why = "skipped", str(error)
                break
            found = deciding.read(good.first, later.first, units, terms)
            decided = deciding.decide_exactly(found, terms) if terms.exact else deciding.decide(found, terms, alpha)
            call = decided or call
            if count >= len(self._asked.seeds):
                break
            count = deciding.further(count, len(ends.cases))
        if call == "undecided":
            self._say_what_it_takes(commit, ends, alpha)
        return self._told(commit, call, found.drop if found else Estimate(None, why=why), found, why=why)

    def _check(self, good: Kept, later: Kept, units: Sequence[Unit]) -> None:
        """Raises `CannotTellError` if a cell has no number to hold against that of the good end: an outage is never a score."""
        passing = self._asked.play.metric == "passed"
        names = sorted({case[0] for _, case in units})
        other = [name for name in names if not good.asks_the_same(later, name, passing=passing)]
        if other:
            raise CannotTellError(f"{inert(other[0], most=80)} is another question there: its content or scoring differs")
        lacking = [unit for unit in units if unit not in later.numbers]
        if lacking:
            reasons = counted(later.faults.get(unit, "not in its battery") for unit in lacking)
            raise CannotTellError(f"{len(lacking):,} of {len(units):,} cells have no number: {reasons}")

    def _say_what_it_takes(self, commit: Commit, ends: Ends, alpha: float) -> None:
        cells = deciding.cells_to_clear(ends.terms, alpha)
        seeds = -(-cells // len(ends.cases)) if cells else None
        enough = f"; a commit without a drop is cleared after {seeds:,} seeds at the earliest" if seeds else ""
        more = " (--seeds)" if seeds and seeds > len(self._asked.seeds) else ""
        self._notes.append(f"{commit.hash[:10]}: all {len(self._asked.seeds):,} seeds do not tell{enough}{more}")

    def _ended(self, status: BisectStatus, suspects: tuple[Commit, ...], ends: Ends | None) -> Bisection:
        asked = self._asked
        same = Estimate(0.0, why="it is what the others are held against")
        return Bisection(
            battery=asked.play.head,
            agent=asked.play.agent,
            metric=asked.play.metric,
            better=ends.terms.better if ends else asked.better,
            good=asked.good,
            bad=asked.bad,
            status=status,
            suspects=suspects,
            drop=ends.found.drop if ends else Estimate(0.0, why="the same inputs"),
            least=ends.terms.least if ends else asked.drop,
            probes=(
                *((self._told(asked.good, "good", same, role=GOOD),) if ends else ()),
                *((self._told(asked.bad, ends.call or "undecided", ends.found.drop, ends.found, role=BAD),) if ends else ()),
                *self._probes.values(),
            ),
            commits=len(asked.commits),
            seeds=asked.seeds,
            alpha=asked.alpha,
            exact=bool(ends and ends.terms.exact),
            replayed=ends.replayed if ends else 0,
            scenarios=tuple(sorted({case[0] for case in ends.cases})) if ends else (),
            paths=asked.paths,
            root=str(self._stock.base),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _told(
        self, commit: Commit, call: ProbeCall, drop: Estimate, found: Reading | None = None, *, role: str = "", why: str = ""
    ) -> Probe:
        """A commit that was played, and what that took."""
        return Probe(
            commit,
            call,
            drop,
            seeds=self._stock.seeds(commit),
            cells=found.cells if found else 0,
            played=self._stock.played(commit),
            reused=self._stock.reused(commit),
            worse=found.worse if found else None,
            sound=found.sound if found else None,
            role=role,
            why=why,
        )


def _name(commit: Commit) -> str:
    return f"{commit.hash[:10]} {inert(commit.subject, most=60)}"


def _said(probe: Probe) -> str:
    if probe.same_as:
        return f"{probe.call}, its inputs are those of {probe.same_as[:10]}"
    if probe.call == "skipped":
        return f"skipped, {probe.why}"
    return f"{probe.call}, {_drop(probe.drop)} on {probe.cells:,} cells"


def _told(found: Reading, call: str) -> str:
    return f"{call}, {_drop(found.drop)} on {found.cells:,} cells"


def _drop(drop: Estimate) -> str:
    if drop.value is None:
        return "no drop can be told"
    told = drop.interval if drop.mark != EXACT else None
    interval = f" [{told.low:.3f}, {told.high:.3f}]" if told else ""
    return f"a drop of {drop.value:.3f}{interval}"
