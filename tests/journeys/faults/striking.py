"""The faults that strike a run from outside: signals, disks, clocks, other runs."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import dat, find_dats

from .judging import Found, Scored, done, look, scored, whole
from .mounting import can_mount, grow, read_only, small_disk
from .stage import Played, Stage


def workers_of(process: int) -> list[int]:
    """Its children that play, as Linux tells it: execnet starts each with a line that it reads from its input."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            if b"sys.stdin.readline" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


def killed_worker(stage: Stage, expected: Scored, found: Found) -> None:
    """SIGKILL of one worker: at most the cell that it played is `lost`, the others are played by whoever is left."""
    running = stage.start()
    stage.at_random(running)
    killed = False
    with suppress(OSError):  # it was over already
        if workers := workers_of(running.process.pid):
            os.kill(stage.one_of(workers), signal.SIGKILL)
            killed = True
    all_had_ended = stage.lines() == 2 * stage.cells
    running.end()
    found.expect(killed or all_had_ended, "there was no worker to kill")
    before = look(stage, expected, found)
    lost = [result for result in before.results.values() if result.outcome is Outcome.LOST]
    found.expect(len(before.results) == stage.cells, f"{len(before.results)} of {stage.cells} cells have a record")
    found.expect(len(lost) <= 2, f"{len(lost)} cells are lost: one plays, and one may wait, in a worker")
    done(stage, expected, before, found, *stage.go_on())


def killed_controller(stage: Stage, expected: Scored, found: Found) -> None:
    """SIGKILL of the first process alone: its workers end with the cell that they play."""
    running = stage.start()
    stage.at_random(running)
    running.hear(signal.SIGKILL)
    code = running.end()
    _went_on(stage, expected, found, code)


def killed_all(stage: Stage, expected: Scored, found: Found) -> None:
    """SIGKILL of all processes at once, as by a machine that runs out of memory."""
    running = stage.start()
    stage.at_random(running)
    running.all_hear(signal.SIGKILL)
    code = running.end()
    _went_on(stage, expected, found, code)


def killed_again_and_again(stage: Stage, expected: Scored, found: Found) -> None:
    """What goes on with a killed run is killed, too."""
    for _ in range(3):
        running = stage.start(*(stage.lane.again if stage.runs else ()))
        begun = stage.lines()
        stage.wait_for(
            running, begun + int(stage.random.integers(1, stage.cells // 2, endpoint=True)), stage.random.uniform(0, 0.01)
        )
        running.all_hear(signal.SIGKILL)
        running.end()
        look(stage, expected, found)
    _went_on(stage, expected, found, -signal.SIGKILL)


def _went_on(stage: Stage, expected: Scored, found: Found, code: int) -> None:
    before = look(stage, expected, found)
    status = dat.open(stage.dat).status()
    if code == -signal.SIGKILL:
        closed = len(before.results) == stage.cells and status["state"] == "closed"  # killed on its way out
        found.expect(closed or status == {"state": "open"}, f"the status of a run that was killed is {status}")
    done(stage, expected, before, found, *stage.go_on())


def interrupted(stage: Stage, expected: Scored, found: Found) -> None:
    """Ctrl-C in a terminal: what plays is finished, the folder is closed."""
    _interrupted(stage, expected, found, 1)


def interrupted_twice(stage: Stage, expected: Scored, found: Found) -> None:
    """Ctrl-C, and again."""
    _interrupted(stage, expected, found, 2)


def _interrupted(stage: Stage, expected: Scored, found: Found, times: int) -> None:
    running = stage.start(FAULTS_PACE="0.02")
    stage.at_random(running)
    for _ in range(times):
        running.all_hear(signal.SIGINT)
        time.sleep(stage.random.uniform(0, 0.05))
    code = running.end()
    before = look(stage, expected, found)
    played = [result for result in before.results.values() if result.outcome is not Outcome.NOT_RUN]
    by_the_signal = times > 1 and code == -signal.SIGINT  # the second one met pytest as it told of the first
    if code == stage.lane.interrupted or by_the_signal:
        # All may have ended when it was heard.
        status = dat.open(stage.dat).status()
        if times > 1 and status == {"state": "open"}:
            pass  # it came while the folder was being closed, and none of it is lost
        else:
            known = status.get("verdict") == "interrupted" or len(played) == stage.cells
            found.expect(known, f"the status of an interrupted run is {status}")
            found.expect(len(before.results) == stage.cells, f"{len(before.results)} of {stage.cells} cells have a record")
    else:
        found.expect(code == 0 and len(played) == stage.cells, f"it ended with {code}:\n{running.output[-3000:]}")
    done(stage, expected, before, found, *stage.go_on())


def full_disk(stage: Stage, expected: Scored, found: Found) -> None:
    """A disk that is full in the midst of the run: said, and no cell passes that was not recorded."""
    data = stage.path / "data"
    if not can_mount():
        _full(stage, expected, found, *stage.play(room=int(stage.random.integers(3_000, 12_000))))
        return
    with small_disk(data, stage.one_of([28, 36, 44, 52, 64])):
        code, said = stage.play()
        grow(data, 4096)
        _full(stage, expected, found, code, said)


def _full(stage: Stage, expected: Scored, found: Found, code: int, said: str) -> None:
    dats = find_dats(stage.path / "data")
    if not dats:  # there was no room for the folder itself
        found.expect(code != 0 and ("No space left" in said or "too large" in said), f"{code}:\n{said[-3000:]}")
        found.expect(not stage.lines(), "cells were played for a folder that could not be made")
        code, said = stage.play()
        found.expect(code == 0, f"with room it ended with {code}:\n{said[-3000:]}")
        return
    before = look(stage, expected, found, damaged=True)
    kept = sum(result.score is not None for result in before.results.values())
    if kept < stage.cells:
        found.expect(code != 0, f"{kept} of {stage.cells} cells were recorded, and it ended with {code}")
        found.expect("No space left" in said or "too large" in said, f"nobody said that the disk is full:\n{said[-3000:]}")
    found.expect("Traceback (most recent call last)" not in said, f"it was no sentence:\n{said[-3000:]}")
    done(stage, expected, before, found, *stage.go_on())


def read_only_root(stage: Stage, expected: Scored, found: Found) -> None:
    """A data root that becomes read-only in the midst, and still is when the run is to be gone on with."""
    running = stage.start(FAULTS_PACE="0.01")
    stage.at_random(running)
    data = stage.path / "data"
    with read_only(data):
        code = running.end()
        kept = dict(look(stage, expected, found, damaged=True).results)
        refused, said = stage.go_on()
        played = [result for result in kept.values() if result.score is not None]
        if len(played) < stage.cells:
            found.expect(code != 0, f"{len(played)} of {stage.cells} cells were recorded, and it ended with {code}")
        found.expect(refused != 0, "a run was gone on with where nothing can be written")
        found.expect("ead-only" in said or "ermission denied" in said, f"nobody said so:\n{said[-3000:]}")
    before = look(stage, expected, found, damaged=True)
    found.expect(before.results == kept, "what nobody could write has changed")
    done(stage, expected, before, found, *stage.go_on())


def two_at_once(stage: Stage, expected: Scored, found: Found) -> None:
    """Two runs into one template at the same moment: a folder each."""
    stage.more = "output_path: 'one/{battery}'"
    stage.write_battery()
    both: list[Played] = []
    for _ in range(2):
        both.append(stage.start())
        time.sleep(stage.random.uniform(0, 0.02))
    codes = [each.end() for each in both]
    found.expect(codes == [0, 0], f"they ended with {codes}:\n{both[0].output[-2000:]}\n{both[1].output[-2000:]}")
    folders = find_dats(stage.path / "data")
    found.expect(sorted(folder.name for folder in folders) == ["a", "a_002"], f"folders {folders}")
    for folder in folders:
        results = list(dat.open(folder).results())
        found.expect({result.seed: scored(result) for result in results} == expected, f"{folder} holds other results")
        found.lost += [f"{folder.name} holds {len(results)} cells"] if len(results) < stage.cells else []
        found.twice += [f"{folder.name} holds {len(whole(folder))} records"] if len(whole(folder)) > stage.cells else []


def clock_back(stage: Stage, expected: Scored, found: Found) -> None:
    """The clock jumps back by an hour in the midst; in the run, or in the one that goes on with it."""
    jump = {"FAULTS_CLOCK": str(stage.random.integers(1, 2 * stage.cells))}
    first = stage.random.random() < 0.5
    broken = ",".join(map(str, stage.random.choice(stage.cells, 4, replace=False)))
    stage.play(given={"FAULTS_DEEDS": f"error:{broken}", **(jump if first else {})})
    before = look(stage, expected, found)
    done(stage, expected, before, found, *stage.go_on(**({} if first else jump)))
