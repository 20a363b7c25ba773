"""What was recorded so far, counted as it comes: some 200 bytes a cell, whatever its lines hold."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan

from ...model import Failure, FailureGroup, Outcome, Usage
from ...model.brief import Brief
from ...model.result import CLOSER, GENERATION, LIMIT_WAIT, REPLAYED, REUSED, REUSER, WAITING
from ...results.failures import alike
from ...stats import Past
from ...store import codec
from ..history import UNTOLD

Kind = tuple[str, str, int | None]
"""Scenario, agent, difficulty; without a scenario all of the agent's."""
World = tuple[str, int | None]
"""Scenario and difficulty of worlds, of which there is one a seed."""
EVERY_WORLD: World = ("", None)
ALL: Kind = ("", "", None)
"""Every cell."""
MOST_GROUPS = 200
"""Kinds of errors that are told apart: what differs in every cell must not fill the memory."""
_OUTCOMES = tuple(Outcome)
_NUMBER = {outcome.value: number for number, outcome in enumerate(_OUTCOMES)}
_BETTER = ("higher", "lower")
_NOBODY = Usage()
_NANO = 10**9
_LONGEST = 400


class _Ids(dict[object, int]):
    """Numbers for values, in the order they come."""

    def __missing__(self, value: object) -> int:
        self[value] = len(self)
        return self[value]


@dataclass(slots=True)
class _Group:
    """Cells that broke alike."""

    outcome: Outcome
    reason: str
    count: int = 0
    last: str = ""
    last_at: float = 0.0
    agent: str = ""
    scenario: str = ""


@dataclass(slots=True)
class _Worker:
    cells: int = 0
    last: str = ""
    last_at: float = 0.0


class Tally:
    """The records of one DAT, each taken in once, in any order of its journals.

    As in `store.scan`: of a cell's attempts the latest scored one counts, else the latest; within one journal a later line of
    the same attempt replaces the earlier one.
    """

    def __init__(self) -> None:
        self.runs: _Ids = _Ids()
        self.outcomes: Counter[str] = Counter()
        self.pasts: dict[Kind, Past] = {}
        """What cells of each kind took, attempt by attempt, without their worlds; those of each agent, and `ALL`, too."""
        self.worlds: dict[World, Past] = {}
        """What worlds of each kind took to generate, when they were first met: 0 for those in the cache; `EVERY_WORLD`, too."""
        self.first_at: dict[int, float] = {}
        """When the first attempt of each run began, by the run's number."""
        self.work_s: Counter[int] = Counter()
        """Seconds that attempts took together, worlds included, by run."""
        self.limit_wait_s: Counter[int] = Counter()
        """Of these, waited for leave of limits."""
        self.done: Counter[int] = Counter()
        """Cells that each run recorded, without those that it took over."""
        self.lines = 0
        """Records that were taken in."""
        self.workers: dict[tuple[int, str], _Worker] = {}
        self.last_at = 0.0
        """When the last record was made, by whomever, in Unix seconds; 0 before the first."""
        self._cells: dict[int, int] = {}
        self._kinds, self._seeds, self._roles = _Ids(), _Ids(), _Ids()
        self._met: set[int] = set()
        """Worlds, by a number each."""
        self._groups: list[_Group] = []
        self._group_of: dict[tuple[str, str], int] = {}
        self._kind, self._seed, self._seen_in = array("I"), array("I"), array("I")
        self._role, self._outcome, self._better = array("B"), array("B"), array("B")
        self._passed, self._group = array("b"), array("i")
        self._score, self._ended = array("d"), array("d")
        self._won, self._last = array("Q"), array("Q")
        """Journal and attempt of the record that counts, and of the last one."""
        self._usd, self._tokens, self._requests = array("q"), array("q"), array("q")
        """What the last record took, in billionths of a dollar and whole; -1 is not measured."""
        self._sums = [0, 0, 0]
        self._measured = [0, 0, 0]

    def __len__(self) -> int:
        return len(self._cells)

    def add(self, row: codec.Row, journal: int) -> None:
        """Takes in a record, a checked row of the journal of this number."""
        self.lines += 1
        outcome, run = _NUMBER[row["outcome"]], self.runs[row["run"]]
        cell_id, ended = row["id"], codec.seconds(row["ended_at"])
        version = (journal << 32) | min(row["attempt"], 2**32 - 1)
        place = self._cells.setdefault(hash((row["key"], cell_id)), len(self._cells))
        fresh = place == len(self._kind)
        if fresh:
            self._begin(row)
        amended = not fresh and self._last[place] == version
        self._account(place, row, amended=amended)
        self._last[place] = version
        if self._seen_in[place] != run + 1 and not str(row["origin"]).startswith(REUSED):
            self._seen_in[place] = run + 1
            self.done[run] += 1
        self.last_at = max(self.last_at, ended)
        if row["worker"] not in (CLOSER, REUSER):
            self._heard(run, row["worker"], cell_id, ended, amended=amended)
        if not amended:
            self._pace(row, run)
        if not fresh and self._won[place] != version and self._rank(place) > (_OUTCOMES[outcome].scored, ended, row["attempt"]):
            return
        if not fresh:
            self.outcomes[_OUTCOMES[self._outcome[place]].value] -= 1
            if self._group[place] >= 0:
                self._groups[self._group[place]].count -= 1
        score = row["score"]
        self._won[place], self._outcome[place], self._ended[place] = version, outcome, ended
        self._score[place] = nan if score is None else score
        self._passed[place] = -1 if row["passed"] is None else int(row["passed"])
        self._better[place] = row["better"] == "lower"
        self._group[place] = self._grouped(row, ended)
        self.outcomes[row["outcome"]] += 1

    def _heard(self, run: int, name: str, cell_id: str, ended: float, *, amended: bool) -> None:
        """What a worker says of itself by its record of a cell."""
        worker = self.workers.setdefault((run, name), _Worker())
        worker.cells += not amended
        if ended >= worker.last_at:
            worker.last, worker.last_at = cell_id[:_LONGEST], ended

    def briefs(self) -> Iterator[Brief]:
        """Every cell as far as means and intervals ask for it: no id, no sentence."""
        kinds: list[Kind] = list(self._kinds)  # type: ignore[arg-type]
        seeds: list[int] = list(self._seeds)  # type: ignore[arg-type]
        roles = list(self._roles)
        for place in range(len(self._kind)):
            scenario, agent, level = kinds[self._kind[place]]
            score, passed = self._score[place], self._passed[place]
            yield Brief(
                id="",
                scenario=scenario,
                difficulty=level,
                agent=agent,
                role=str(roles[self._role[place]]),
                seed=seeds[self._seed[place]],
                outcome=_OUTCOMES[self._outcome[place]],
                score=score if score == score else None,
                better=_BETTER[self._better[place]],
                passed=None if passed < 0 else bool(passed),
                passing_score=None,
                reason="",
                run="",
                usage=_NOBODY,
            )

    def standing(self, run: int, again: frozenset[str]) -> tuple[Counter[Kind], int]:
        """By kind the cells that this run has not to play (any more), and how many of them are from before it.

        `again`: outcomes of earlier runs with which a cell is played again.
        """
        kinds: list[Kind] = list(self._kinds)  # type: ignore[arg-type]
        found: Counter[Kind] = Counter()
        before = 0
        for place, number in enumerate(self._kind):
            mine = self._seen_in[place] == run + 1
            if mine or _OUTCOMES[self._outcome[place]].value not in again:
                found[kinds[number]] += 1
                before += not mine
        return found, before

    def spent(self) -> Usage:
        """What all attempts took together, those that do not count, too; None where nothing was measured."""
        usd, tokens, requests = (total if known else None for total, known in zip(self._sums, self._measured, strict=True))
        return Usage(tokens, None if usd is None else usd / _NANO, requests)

    def errors(self, most: int) -> tuple[tuple[FailureGroup, ...], int]:
        """What broke, those that say the same together, the latest first; and how many cells that are."""
        groups = sorted((group for group in self._groups if group.count), key=lambda group: -group.last_at)
        told = tuple(
            FailureGroup(
                Failure(group.last, group.outcome, reason=group.reason, agent=group.agent, scenario=group.scenario), group.count
            )
            for group in groups[:most]
        )
        return told, sum(group.count for group in groups)

    # -- inside

    def _begin(self, row: codec.Row) -> None:
        self._kind.append(self._kinds[row["scenario"], row["agent"], row["difficulty"]])
        self._seed.append(self._seeds[row["seed"]])
        self._role.append(min(self._roles[row["role"]], 255))
        for column in (self._seen_in, self._outcome, self._better, self._passed, self._score, self._ended):
            column.append(0)
        for column in (self._won, self._last):
            column.append(0)
        self._group.append(-1)
        for column in (self._usd, self._tokens, self._requests):
            column.append(-1)

    def _rank(self, place: int) -> tuple[bool, float, int]:
        return _OUTCOMES[self._outcome[place]].scored, self._ended[place], self._won[place] & (2**32 - 1)

    def _account(self, place: int, row: codec.Row, *, amended: bool) -> None:
        used = Usage() if str(row["origin"]).startswith((REUSED, REPLAYED)) else codec.usage_of(row)
        amounts = (_nanos(used.usd), _whole(used.tokens), _whole(used.requests))
        for at, (column, amount) in enumerate(zip((self._usd, self._tokens, self._requests), amounts, strict=True)):
            if amended and column[place] >= 0:
                self._sums[at] -= column[place]
                self._measured[at] -= 1
            if amount >= 0:
                self._sums[at] += amount
                self._measured[at] += 1
            column[place] = amount

    def _pace(self, row: codec.Row, run: int) -> None:
        took = row["duration_s"]
        outcome = _OUTCOMES[_NUMBER[row["outcome"]]]
        if not isfinite(took) or took < 0 or outcome in UNTOLD or outcome is Outcome.SKIPPED:
            return
        if str(row["origin"]):
            return  # played elsewhere
        making = sum(_seconds(row["metrics"].get(name)) for name in (GENERATION, WAITING))
        took = max(took - making, 0.0)
        world: World = (row["scenario"], row["difficulty"])
        if (number := hash((*world, row["seed"], str(row["params"]), row["variant"]))) not in self._met:
            self._met.add(number)
            for each in (world, EVERY_WORLD):
                self.worlds.setdefault(each, Past()).add(making, run)
        for kind in ((row["scenario"], row["agent"], row["difficulty"]), ("", row["agent"], None), ALL):
            self.pasts.setdefault(kind, Past()).add(took, run)
        self.work_s[run] += took + making
        self.limit_wait_s[run] += min(_seconds(row["metrics"].get(LIMIT_WAIT)), took)
        began = codec.seconds(row["started_at"])
        if began:
            self.first_at[run] = min(began, self.first_at.get(run, began))

    def _grouped(self, row: codec.Row, ended: float) -> int:
        outcome = _OUTCOMES[_NUMBER[row["outcome"]]]
        if not outcome.is_error:
            return -1
        error: Mapping[str, object] = row["error"] or {}
        reason = row["reason"] or f"{error.get('type', '')}: {error.get('message', '')}".strip(": ")
        key = alike(outcome, reason[:_LONGEST])
        if key not in self._group_of and len(self._groups) >= MOST_GROUPS:
            key, reason = (outcome.value, "..."), "and other reasons"
        number = self._group_of.setdefault(key, len(self._groups))
        if number == len(self._groups):
            self._groups.append(_Group(outcome, reason[:_LONGEST]))
        group = self._groups[number]
        group.count += 1
        if ended >= group.last_at:
            group.last, group.last_at = row["id"][:_LONGEST], ended
            group.agent, group.scenario, group.reason = row["agent"], row["scenario"], reason[:_LONGEST]
        return number


def _seconds(value: object) -> float:
    """What a metric says that is seconds; 0 for anything else."""
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1e9 else 0.0


def _nanos(usd: float | None) -> int:
    return -1 if usd is None or not 0 <= usd < 1e9 else round(usd * _NANO)


def _whole(count: int | None) -> int:
    return -1 if count is None or not 0 <= count < 2**60 else int(count)
