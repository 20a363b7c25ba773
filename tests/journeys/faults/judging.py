"""What is left after a fault, held against the book of the players and against a run that nothing disturbed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.store import codec, dat, layout

from .stage import Stage

Scored = dict[int, tuple[str, ...]]
"""By seed: how a cell of an undisturbed run ended, its numbers bit for bit."""


@dataclass
class Found:
    """What a try showed; all empty is as it should be."""

    lost: list[str] = field(default_factory=list)
    """Cells that had ended and are nowhere."""
    twice: list[str] = field(default_factory=list)
    """Cells that are there, or were played, more often than anybody asked."""
    wrong: list[str] = field(default_factory=list)
    """Cells, statuses, exit codes that say what is not so."""

    def __bool__(self) -> bool:
        return bool(self.lost or self.twice or self.wrong)

    def expect(self, holds: object, what: str) -> None:
        """Something that has to be so."""
        if not holds:
            self.wrong.append(what)


def scored(result: Result) -> tuple[str, ...]:
    """All of a result that does not tell of time."""
    numbers = [result.score, *result.scores.values()]
    exact = ["" if number is None else float(number).hex() for number in numbers]
    return (str(result.outcome), str(result.passed), result.key, result.agent_hash, *exact)


def undisturbed(path: Path) -> Scored:
    """What a run says that nothing disturbed."""
    return {result.seed: scored(result) for result in dat.open(path).results()}


def whole(path: Path) -> list[Result]:
    """Every record of every journal, superseded ones too."""
    found = []
    for journal in layout.journals(path):
        for line in journal.read_bytes().splitlines(keepends=True):
            try:
                found.append(codec.decode(line))
            except (ValueError, StoreError):
                continue
    return found


def records(path: Path) -> Counter[tuple[int, int]]:
    """How often each attempt at each cell is recorded. That it was not run is no attempt."""
    return Counter((result.seed, result.attempt) for result in whole(path) if result.outcome is not Outcome.NOT_RUN)


def surely_kept(stage: Stage) -> set[int]:
    """Seeds of cells of which a record must be there: they ended, and then their thread began another one."""
    last: dict[tuple[str, str], int] = {}
    kept = set()
    for line in stage.book.read_text().splitlines() if stage.book.exists() else ():
        process, thread, what, seed, *_ = line.split()
        if what == "begin" and (process, thread) in last:
            kept.add(last.pop((process, thread)))
        elif what == "end":
            last[process, thread] = int(seed)
    return kept


def told(stage: Stage) -> dict[int, str]:
    """By seed the last score that an agent was told."""
    lines = [line.split() for line in stage.book.read_text().splitlines()] if stage.book.exists() else []
    return {int(seed): rest[0] for _, _, what, seed, *rest in lines if what == "end"}


def begun(stage: Stage) -> Counter[int]:
    """By seed: how often it was begun."""
    lines = [line.split() for line in stage.book.read_text().splitlines()] if stage.book.exists() else []
    return Counter(int(seed) for _, _, what, seed, *_ in lines if what == "begin")


@dataclass(frozen=True)
class Before:
    """What was there when the fault was over, before anything was mended."""

    results: dict[int, Result]
    begun: Counter[int]


def look(stage: Stage, expected: Scored, found: Found, *, damaged: bool = False) -> Before:
    """After the fault: all that had ended is there once, and what is there is true. `damaged`: records were taken away."""
    path = stage.dat
    results = {result.seed: result for result in dat.open(path).results()}
    alive = {seed for seed, result in results.items() if result.outcome is not Outcome.NOT_RUN}
    if not damaged:
        found.lost += [f"seed {seed} had ended" for seed in sorted(surely_kept(stage) - alive)]
    lines = records(path)
    found.twice += [f"seed {seed}, attempt {attempt}: {n} records" for (seed, attempt), n in lines.items() if n > 1]
    scores = told(stage)
    for seed, result in results.items():
        if result.score is not None:
            found.expect(scored(result) == expected[seed], f"seed {seed}: {scored(result)}, not {expected[seed]}")
            found.expect(result.score.hex() == scores.get(seed), f"seed {seed}: the agent was told {scores.get(seed)}")
            found.expect(result.duration_s >= 0, f"seed {seed} took {result.duration_s} s")
            try:
                found.expect(damaged or dat.open(path).trace(result), f"seed {seed} has no trace")
            except StoreError as error:
                found.wrong.append(str(error))
    return Before(results, begun(stage))


def done(stage: Stage, expected: Scored, before: Before, found: Found, code: int, said: str) -> None:
    """After the battery was gone on with: it is complete, and says what an undisturbed run says."""
    opened = dat.open(stage.dat)
    results = {result.seed: result for result in opened.results()}
    found.lost += [f"seed {seed} is not there" for seed in expected if seed not in results]
    found.expect(code == 0, f"going on ended with {code}:\n{said[-3000:]}")
    status = opened.status()
    found.expect(status.get("verdict") == "passed", f"status {status}")
    for seed, result in results.items():
        found.expect(scored(result) == expected.get(seed), f"seed {seed}: {scored(result)}, not {expected.get(seed)}")
    again = begun(stage) - before.begun
    for seed, result in before.results.items():
        if result.score is not None:
            found.expect(results.get(seed) == result, f"seed {seed}: its record changed")
            found.twice += [f"seed {seed} had a score and was played again"] if again[seed] else []
    found.twice += [f"seed {seed} was played {times} times" for seed, times in again.items() if times > 1]
    lines = records(stage.dat)
    found.twice += [f"seed {seed}, attempt {attempt}: {n} records" for (seed, attempt), n in lines.items() if n > 1]
