"""The faults of an agent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from pytest_alienbio.model import Outcome, Result

from .judging import Found, Scored, done, look
from .stage import BIO_BATCH, SERIAL, THREADS, WORKERS, Lane, Stage

Fault = Callable[[Stage, Scored, Found], None]
DIES = {
    SERIAL.name: None,
    THREADS.name: None,
    BIO_BATCH.name: None,
    WORKERS.name: Outcome.LOST,
}
"""What a cell is recorded as that ends its process: by nobody, or by the controller."""


def _is_nobodys(deed: str, lane: Lane, results: Mapping[int, Result], own: Result | None) -> bool:
    """Whether one of several cells froze their process, and the books blame none of them: one is lost, and says why."""
    lost = [result for result in results.values() if result.outcome is Outcome.LOST]
    timed_out = any(result.outcome is Outcome.TIMED_OUT for result in results.values())
    if deed != "spin" or lane is not THREADS or timed_out:
        return False
    return own in (None, *lost) and any("one that played beside it" in result.reason for result in lost)


def _odd(deed: str, outcome: Outcome | dict[str, Outcome | None], limits: str = "", *, ends: Collection[Lane] = ()) -> Fault:
    """`ends`: lanes in which the process of all cells may end with the one."""

    def fault(stage: Stage, expected: Scored, found: Found) -> None:
        stage.limits = limits
        stage.write_battery()
        seed = int(stage.random.integers(stage.cells))
        code, said = stage.play(FAULTS_DEEDS=f"{deed}:{seed}")
        stage.wait_for_last_words()
        before = look(stage, expected, found)
        wanted = outcome[stage.lane.name] if isinstance(outcome, dict) else outcome
        result = before.results.get(seed)
        blamed = not _is_nobodys(deed, stage.lane, before.results, result)
        found.expect(
            not blamed or (result and result.outcome) == wanted, f"the cell ended as {result and result.outcome}, not {wanted}"
        )
        if stage.lane not in ends:
            found.expect((code == 0) == (wanted is Outcome.COMPLETED), f"it ended with {code}:\n{said[-3000:]}")
            found.expect(len(before.results) == stage.cells, f"{len(before.results)} records\n{said[-3000:]}")
        done(stage, expected, before, found, *stage.go_on())

    return fault


leaks = _odd("leak", Outcome.OVER_LIMIT, "{per_cell: {memory_mb: 60}}")
forks = _odd("fork", Outcome.COMPLETED)
exits = _odd("exit", DIES, ends=(SERIAL, THREADS, BIO_BATCH))
closes = _odd("close", Outcome.COMPLETED, ends=(THREADS,))
closes_stdout = _odd("closed", Outcome.COMPLETED)
raises = _odd("odd", Outcome.AGENT_ERROR)
shouts = _odd("shout", Outcome.COMPLETED)
spins = _odd("spin", Outcome.TIMED_OUT, "{per_cell: {wall_clock_s: 2}}", ends=(SERIAL, THREADS, BIO_BATCH))


def many_errors(stage: Stage, expected: Scored, found: Found, cells: int = 10_000) -> None:
    """As many errors as cells, each another one: all recorded, and what is shown stays short."""
    stage.cells = cells
    stage.write_battery()
    code, said = stage.play(FAULTS_DEEDS="error:all", FAULTS_PACE="0")
    before = look(stage, expected, found)
    errors = {result.reason for result in before.results.values() if result.outcome is Outcome.AGENT_ERROR}
    found.lost += [f"{cells - len(before.results)} cells"] if len(before.results) < cells else []
    found.expect(len(errors) == cells, f"{len(errors)} distinct errors of {cells}")
    found.expect(code != 0, "it passed")
    most = 200 if stage.lane is BIO_BATCH else 1000  # pytest tells of every test that failed, unless asked not to
    found.expect(len(said) < most * cells, f"{len(said)} characters were shown")
