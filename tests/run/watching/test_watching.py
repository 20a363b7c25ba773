"""What is seen of a run from outside is what its folder says, at every moment of it, and damage is told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.model import Caps, Outcome, Result, Usage
from pytest_alienbio.model.sighting import Life, Sighting
from pytest_alienbio.play import result_of
from pytest_alienbio.run import Run
from pytest_alienbio.run.limits.limiting import Limiting
from pytest_alienbio.run.limits.session import SessionLimits
from pytest_alienbio.run.watching import Watching, exit_code, newest
from pytest_alienbio.run.watching.listed import Listing
from pytest_alienbio.stats import summarize
from pytest_alienbio.store import Dat, Journal, log
from pytest_alienbio.store.holding import Hold
from pytest_alienbio.store.layout import LOG, SPEC

from ..parts import Lab, make_plan

AGENTS = ("right", "half", "crash", "outage")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Eight cells of four agents: two that play, one that breaks, one whose model is down."""
    return Lab(tmp_path, make_plan(agents=AGENTS, seeds=(0, 1)))


def stored(path: Path) -> list[Result]:
    """As a reader of the closed run gets them."""
    return list(Dat(path).results())


def test_a_run_is_seen_from_its_first_moment_to_its_last(lab: Lab) -> None:
    """Each look tells what was recorded by then; the numbers are those that a report of the same records has."""
    watching = Watching(lab.dat_path, lab.dat_path.parents[2])
    with Hold(lab.dat_path):
        seen = watching.look()
        assert (seen.life, seen.battery, seen.planned, seen.selected) == (Life.RUNNING, "b", 8, 8)
        assert (seen.done, seen.left, seen.summary, seen.eta.value, seen.eta.cells) == (0, 8, None, None, 8)
        lab.play(*[cell.id for cell in lab.plan.cells if cell.agent.name == "right"], worker="gw0")
        seen = watching.look()
        assert (seen.done, seen.left, dict(seen.outcomes)) == (2, 6, {"completed": 2})
        assert [(worker.name, worker.cells, worker.last) for worker in seen.workers] == [("gw0", 2, "walks/plain[right-s1]")]
        assert seen.eta.known == 0 < seen.eta.cells == 6  # nothing tells of the other agents yet
        lab.play(*[cell.id for cell in lab.plan.cells if cell.agent.name != "right"], worker="gw1")
        seen = watching.look()
    assert (seen.done, seen.left, seen.broken, seen.eta.cells) == (8, 0, 4, 0)
    assert dict(seen.outcomes) == {"completed": 4, "agent_error": 2, "provider_error": 2}
    assert seen.summary is not None
    assert {each.agent: each.mean for each in seen.summary.standings if each.mean is not None} == {"right": 1.0, "half": 0.5}
    assert [(group.count, group.first.outcome, group.first.agent) for group in seen.errors] == [
        (2, Outcome.PROVIDER_ERROR, "outage"),
        (2, Outcome.AGENT_ERROR, "crash"),
    ]
    lab.close()
    over = watching.look()
    assert (over.life, over.again, over.status["verdict"]) == (Life.FINISHED, "", "failed")
    assert over.until >= over.since > 0
    assert over.summary is not None
    assert over.summary.standings == summarize(stored(lab.dat_path)).standings
    assert exit_code(over) == 1


def test_what_is_read_bit_by_bit_is_what_is_read_at_once(lab: Lab) -> None:
    """Attempts again, a scored one before an outage, an amended line: all as the merged journals have them."""
    watching = Watching(lab.dat_path)
    cells = lab.plan.cells
    runs = [lab.run("a"), lab.run("b")]
    base = lab.play(cells[0].id, worker="z")[0].with_(run=lab.run_id, trace=None, trajectory=None)

    def told(of: int, outcome: Outcome, score: float | None, at: float, attempt: int = 1, usd: float | None = None) -> Result:
        cell = cells[of]
        return base.with_(
            id=cell.id,
            key=cell.key,
            agent=cell.agent.name,
            seed=cell.seed,
            outcome=outcome,
            score=score,
            passed=None if score is None else score > 0.5,
            ended_at=at,
            attempt=attempt,
            worker="",
            usage=Usage(usd=usd, tokens=None if usd is None else 10, requests=None if usd is None else 1),
        )

    steps = [
        (0, told(1, Outcome.COMPLETED, 0.2, 10.0, usd=0.5)),
        (1, told(1, Outcome.PROVIDER_ERROR, None, 20.0, 2, usd=0.25)),
        (0, told(2, Outcome.PROVIDER_ERROR, None, 5.0, usd=1.0)),
        (0, told(2, Outcome.COMPLETED, 0.7, 6.0, 2)),
        (0, told(3, Outcome.COMPLETED, 0.1, 7.0, usd=2.0)),
        (0, told(3, Outcome.COMPLETED, 0.9, 7.0, usd=3.0)),  # amended
        (1, told(4, Outcome.AGENT_ERROR, None, 8.0)),
        (1, told(4, Outcome.COMPLETED, 0.3, 9.0, 2)),
    ]
    for number, result in steps:
        runs[number]._journal.append(result)
        seen = watching.look()
        whole = Watching(lab.dat_path).look()
        assert (seen.outcomes, seen.done, seen.spent) == (whole.outcomes, whole.done, whole.spent)
        now = stored(lab.dat_path)
        assert seen.recorded == len(now)
        assert whole.summary is not None
        assert whole.summary.standings == summarize(now).standings
        assert sum(seen.outcomes.values()) == len(now)
    assert seen.broken == 0, "what ended well in the end is no error"
    assert seen.spent == Usage(tokens=40, usd=4.75, requests=4), "each attempt is paid once"
    for run in runs:
        run.close()


def test_a_run_whose_session_was_killed_died_and_what_goes_on_with_it_is_said(lab: Lab) -> None:
    lab.play(lab.plan.cells[0].id)
    seen = Watching(lab.dat_path).look()
    assert (seen.life, seen.eta.value, seen.rate, exit_code(seen)) == (Life.DIED, None, None, 3)
    assert seen.again.startswith("Bio().batch(..., resume='")


def test_a_run_that_was_gone_on_with_counts_its_own_cells(lab: Lab) -> None:
    """What stands from before is told apart; a cell that is played again is still to come until it has its new record."""
    lab.play(*[cell.id for cell in lab.plan.cells if cell.agent.name in ("right", "outage")])
    log.append(
        lab.dat_path, "resumed", {"run": "r2", "cells": {"before": 2, "play": 6}, "again": {"provider_error": 2}}, command=["x"]
    )
    watching = Watching(lab.dat_path)
    with Hold(lab.dat_path):
        seen = watching.look()
        assert (seen.run, seen.selected, seen.before, seen.done, seen.recorded) == ("r2", 6, 2, 0, 4)
        again = next(result for result in stored(lab.dat_path) if result.agent == "outage")
        journal = Journal(lab.dat_path, "r2", "gw0")
        journal.append(again.with_(run="r2", worker="gw0", attempt=2, trace=None))
        journal.close()
        seen = watching.look()
    assert (seen.done, seen.left, seen.before, seen.recorded) == (1, 5, 2, 4)
    assert [worker.name for worker in seen.workers] == ["gw0"]


def test_who_closes_a_run_is_no_worker_of_it(lab: Lab) -> None:
    """What was never played is recorded at the end, by nobody who plays."""
    lab.play(lab.plan.cells[0].id)
    closing = Run(lab.dat_path, lab.run_id, "close", traces="none")
    closing.record(result_of(lab.plan.cells[1], Outcome.NOT_RUN, "the run was stopped first"), lab.plan.cells[1])
    closing.close()
    seen = Watching(lab.dat_path).look()
    assert seen.recorded == 2
    assert [worker.name for worker in seen.workers] == ["main"]


def test_a_part_of_a_battery_counts_as_what_is_to_be_played(tmp_path: Path) -> None:
    lab = Lab(tmp_path, make_plan(agents=AGENTS))
    entries = log.read(lab.dat_path)
    (lab.dat_path / LOG).unlink()
    log.append(lab.dat_path, "created", {**entries[0], "cells": {"play": 3}})
    seen = Watching(lab.dat_path).look()
    assert (seen.planned, seen.selected) == (8, 3)


def test_caps_are_those_of_the_session_that_plays(lab: Lab) -> None:
    """Read from its ledger, under the run's own name or the session's; another session's are none of this run's."""
    root = lab.dat_path.parents[2]
    other = SessionLimits(root, "other", Caps(usd=9.0), labels={"usd": "--bio-max-usd"})
    Limiting(other, Caps(), "run elsewhere").instead(lab.plan.cells[0])
    session = SessionLimits(root, "s1", Caps(usd=2.0), labels={"usd": "--bio-max-usd"})
    limiting = Limiting(session, Caps(cells=5), str(lab.dat_path))
    assert limiting.instead(lab.plan.cells[0]) is None
    name = session.ledger.reserve(["session usd", f"run {lab.dat_path}"], usd=0.5, tokens=10)
    with Hold(lab.dat_path):
        watching = Watching(lab.dat_path, root)
        found = {cap.quantity: cap for cap in watching.look().caps}
        assert found.keys() == {"usd", "cells"}
        assert (found["usd"].most, found["usd"].reserved, found["usd"].spent, found["usd"].together) == (2.0, 0.5, 0.0, True)
        assert (found["cells"].most, found["cells"].spent) == (5.0, 1.0)
        session.ledger.settle(name, usd=0.25, tokens=3)
        found = {cap.quantity: cap for cap in watching.look().caps}
        assert (found["usd"].spent, found["usd"].reserved) == (0.25, 0.0)
    assert watching.look().caps == ()
    session.close(last=True)
    other.close(last=True)


@pytest.mark.parametrize("text", ["", "[1, 2", "\0", "v: 99\n", "v: 1\nexperiment.b: []\nresolved: 3\n"])
def test_a_damaged_spec_takes_nothing_from_what_is_recorded(lab: Lab, text: str) -> None:
    lab.play(lab.plan.cells[0].id)
    (lab.dat_path / SPEC).write_text(text, "utf-8")
    seen = Watching(lab.dat_path).look()
    assert (seen.recorded, seen.planned, seen.battery) == (1, 0, "b")
    assert bool(seen.notes) == (not text.startswith("v: 1"))


def test_hostile_logs_and_specs_say_nothing(lab: Lab) -> None:
    """Whatever types they hold: a folder may come from anywhere."""
    (lab.dat_path / LOG).write_text(
        '{"event": "created", "at": "soon", "run": [1], "battery": {}, "command": {"a": 1}, "cells": {"play": -1}}\n'
        '{"event": "resumed", "at": 1e999, "run": {"x": 1}, "again": [1], "cells": [3]}\n[1]\n"x"\n\xff\n',
        "utf-8",
    )
    (lab.dat_path / SPEC).write_text(
        "v: 1\nexperiment.b: {seeds: 3, agents: [1, {name: [x]}], limits: {wall_clock_s: x}}\n"
        "resolved: {cells: true, cases: [1, {scenario: [2]}], played: [[9, a], [x], 3], source: [1], selection: 1}\n"
    )
    seen = Watching(lab.dat_path).look()
    assert isinstance(seen, Sighting)
    assert (seen.planned, seen.selected, seen.battery) == (0, 0, "b")


def test_damaged_lines_are_told_and_the_others_count(lab: Lab) -> None:
    lab.play(*[cell.id for cell in lab.plan.cells[:2]])
    [journal] = (lab.dat_path / "cells").iterdir()
    with journal.open("ab") as file:
        file.write(b"\x00\xff{}\n" * 200 + b'{"v": 1, "half')
    seen = Watching(lab.dat_path).look()
    assert seen.recorded == 2
    assert 1 <= len(seen.notes) <= 20
    assert "line 3" in seen.notes[0]


def test_journals_that_were_replaced_are_counted_anew(lab: Lab) -> None:
    watching = Watching(lab.dat_path)
    lab.play(*[cell.id for cell in lab.plan.cells[:4]])
    assert watching.look().recorded == 4
    [journal] = (lab.dat_path / "cells").iterdir()
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0])
    assert watching.look().recorded == 1
    journal.unlink()
    assert watching.look().recorded == 0


def test_a_folder_that_goes_while_it_is_looked_at_is_gone_and_what_was_seen_stays(lab: Lab) -> None:
    watching = Watching(lab.dat_path)
    lab.play(lab.plan.cells[0].id)
    before = watching.look()
    shutil.rmtree(lab.dat_path)
    seen = watching.look()
    assert seen == replace(before, at=seen.at, life=Life.GONE, again="", playing=())
    assert exit_code(seen) == 2
    assert Watching(lab.dat_path).look().life is Life.GONE


@pytest.mark.parametrize(
    ("lost", "life", "missing", "code"),
    [
        ((), Life.FINISHED, 0, 0),
        (("cells",), Life.FINISHED, 2, 3),
        (("results.json",), Life.FINISHED, 0, 3),
        (("cells", "results.json"), Life.FINISHED, 2, 3),
        (("log.jsonl",), Life.FINISHED, 0, 0),
        (("log.jsonl", "results.json"), Life.DIED, 0, 3),
        (("_spec_.yaml",), Life.GONE, 0, 2),
    ],
)
def test_a_run_that_was_closed_and_lost_something_since_is_no_success(
    tmp_path: Path, lost: tuple[str, ...], life: Life, missing: int, code: int
) -> None:
    """Who goes on if it passed must not go on over records or a verdict that nobody can read. The list of runs agrees."""
    lab = Lab(tmp_path, make_plan(seeds=(0, 1)))
    lab.play()
    lab.close()
    for name in lost:
        path = lab.dat_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    seen = Watching(lab.dat_path).look()
    assert (seen.life, seen.missing, exit_code(seen)) == (life, missing, code)
    if life is not Life.GONE:
        assert Listing(tmp_path / "data").run(lab.dat_path).life is life


@pytest.mark.parametrize(("verdict", "code"), [("imported", 0), ("rescored", 0), ("interrupted", 130), ("of a later day", 3)])
def test_what_a_run_came_to_is_an_exit_code(verdict: str, code: int) -> None:
    assert exit_code(Sighting("d", 0.0, Life.FINISHED, status={"verdict": verdict})) == code


def test_nothing_is_written_into_what_is_looked_at(lab: Lab) -> None:
    lab.play(lab.plan.cells[0].id)

    def files() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in lab.dat_path.parents[2].rglob("*")}

    before = files()
    Watching(lab.dat_path, lab.dat_path.parents[2]).look()
    assert files() == before


def test_the_newest_that_is_played_is_meant_else_the_newest(tmp_path: Path) -> None:
    labs = [Lab(tmp_path, make_plan()) for _ in range(3)]
    paths = [lab.dat_path for lab in reversed(labs)]
    assert newest(paths) == paths[0]
    with Hold(paths[1]):
        assert newest(paths) == paths[1]


def test_the_leaderboard_of_a_large_run_is_not_made_at_every_look(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes is a tenth of the time at most, and what it is made of is said; at the end it is of all."""
    now = [1000.0]
    watching = Watching(lab.dat_path, clock=lambda: now[0])
    with Hold(lab.dat_path):
        lab.play(lab.plan.cells[0].id)
        assert watching.look().summary_of == 1
        watching._summary_took = 5.0
        lab.play(lab.plan.cells[1].id, worker="b")
        now[0] += 49.0
        assert (watching.look().summary_of, watching.look().recorded) == (1, 2)
        now[0] += 2.0
        assert watching.look().summary_of == 2
        watching._summary_took = 5.0
        lab.play(lab.plan.cells[2].id, worker="c")
    assert watching.look().summary_of == 3
