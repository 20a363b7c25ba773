"""Which commit to look at next, and which are left: a search over a history with merges. Pure; no git here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from ...model.bisection import Commit, ProbeCall


@dataclass(frozen=True, slots=True)
class Search:
    """Commits that may be the first bad one. A set of commits is a whole number, with a bit for each place in `commits`."""

    commits: tuple[Commit, ...]
    """Parents first; the last one is known to be bad."""
    behind: tuple[int, ...]
    """Of each commit itself and its ancestors among `commits`."""
    left: int
    """Those that may have done it, `bad` among them."""
    bad: int
    """The place of the earliest one known to be bad."""
    passed: int = 0
    """Those that did not tell: skipped or undecided."""

    @classmethod
    def over(cls, commits: Sequence[Commit]) -> Search:
        """A search over `commits`, parents first, whose last is bad. What they come from outside of them is good.

        Raises `ValueError` without commits, or for a parent that comes after its child.
        """
        if not commits:
            raise ValueError("nothing to search")
        place = {commit.hash: at for at, commit in enumerate(commits)}
        behind: list[int] = []
        for at, commit in enumerate(commits):
            parents = [place[parent] for parent in commit.parents if parent in place]
            if any(parent >= at for parent in parents):
                raise ValueError(f"{commit.hash} comes before its parent")
            behind.append(reduce(or_, (behind[parent] for parent in parents), 1 << at))
        last = len(commits) - 1
        return cls(tuple(commits), tuple(behind), behind[last], last)

    @property
    def suspects(self) -> tuple[Commit, ...]:
        """Those that may have done it, parents first."""
        return tuple(self.commits[at] for at in _places(self.left))

    def next(self) -> Commit | None:
        """The commit that halves those that are left, whatever it says; None if nothing more can be learned.

        Beside commits that did not tell, one as far from them as can be, among those that halve half as well: what breaks one
        commit often breaks its neighbours.
        """
        open_ = [at for at in _places(self.left & ~self.passed) if at != self.bad]
        if not open_:
            return None
        total = self.left.bit_count()
        worth = {at: min(size := (self.behind[at] & self.left).bit_count(), total - size) for at in open_}
        most = max(worth.values())
        dumb = _places(self.passed & self.left)
        if not dumb:
            return self.commits[next(at for at in open_ if worth[at] == most)]
        near = {at: min(abs(at - other) for other in dumb) for at in open_ if 2 * worth[at] >= most}
        return self.commits[max(near, key=lambda at: (near[at], worth[at], -at))]

    def told(self, commit: str, call: ProbeCall) -> Search:
        """What is left once `commit` said so: a good one clears what is behind it, a bad one all that is not."""
        at = next(at for at, known in enumerate(self.commits) if known.hash == commit)
        if call == "good":
            return replace(self, left=self.left & ~self.behind[at])
        if call == "bad":
            return replace(self, left=self.left & self.behind[at], bad=at)
        return replace(self, passed=self.passed | 1 << at)

    @property
    def most_probes(self) -> int:
        """How many answers it takes at most if each halves what is left: ceil(log2 n)."""
        return (self.left.bit_count() - 1).bit_length()


def _places(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found
