"""The faults of what lies on the disk: lines that are cut off, bits that flip."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from pytest_alienbio.errors import StoreError
from pytest_alienbio.store import dat, layout
from pytest_alienbio.store.layout import AT_CLOSE

from .judging import Found, Scored, done, look, scored
from .stage import Stage


def flip(path: Path, rng: np.random.Generator) -> str:
    """Turns one bit of a file over; says which."""
    data = bytearray(path.read_bytes())
    place, bit = int(rng.integers(len(data))), int(rng.integers(8))
    data[place] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {place} of {path.name}"


def torn_line(stage: Stage, expected: Scored, found: Found) -> None:
    """A last line that was not written whole: all others are read, and the cell is played again."""
    stage.play()
    path = stage.dat
    journal = stage.one_of(layout.journals(path))
    lines = journal.read_bytes().splitlines(keepends=True)
    cut = int(stage.random.integers(1, len(lines[-1])))
    journal.write_bytes(b"".join(lines)[:-cut])
    for name in AT_CLOSE:
        (path / name).unlink()
    before = look(stage, expected, found, damaged=True)
    missing = 0 if cut == 1 else 1  # a line that lacks its newline alone is whole
    found.expect(len(before.results) == stage.cells - missing, f"{len(before.results)} records without {cut} bytes")
    found.expect(bool(dat.open(path).notes) == bool(missing), f"notes {dat.open(path).notes}")
    done(stage, expected, before, found, *stage.go_on())


def flipped_journal(stage: Stage, expected: Scored, found: Found) -> None:
    """One bit of a journal turns over: a line that is not what was written is told and left out, its cell is played again."""
    stage.play()
    path = stage.dat
    what = flip(stage.one_of(layout.journals(path)), stage.random)
    before = look(stage, expected, found, damaged=True)
    if len(before.results) < stage.cells:
        found.expect(dat.open(path).notes, f"{what}: a record is missing, and nobody said so")
    # With the newline between them two lines are gone.
    found.lost += [f"{what}: {len(before.results)} records left"] if len(before.results) < stage.cells - 2 else []
    done(stage, expected, before, found, *stage.go_on())


def flipped_trace(stage: Stage, expected: Scored, found: Found) -> None:
    """One bit of a trace turns over: it is shown as it was, or said to be damaged; the scores do not depend on it."""
    stage.play()
    path = stage.dat
    results = {result.seed: result for result in dat.open(path).results()}
    intact = {seed: dat.open(path).trace(result) for seed, result in results.items()}
    what = flip(stage.one_of(sorted((path / "traces").iterdir())), stage.random)
    for seed, result in results.items():
        try:
            found.expect(dat.open(path).trace(result) == intact[seed], f"{what}: the trace of seed {seed} is another one")
        except StoreError:
            continue
    before = look(stage, expected, Found(), damaged=True)
    done(stage, expected, before, found, *stage.go_on())


def flipped_index(stage: Stage, expected: Scored, found: Found) -> None:
    """One bit of the index turns over: what is asked is answered as the journals say, or it is made anew."""
    stage.play()
    asked = ("-m", "pytest_alienbio", "results", "--json")
    _, true = stage.play(command=asked)
    index = stage.path / "data" / ".bio-index.sqlite"
    with sqlite3.connect(index) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    what = flip(index, stage.random)
    code, answer = stage.play(command=asked)
    rows = [line for line in answer.splitlines() if line.startswith("{")]
    wanted = [line for line in true.splitlines() if line.startswith("{")]
    found.expect(wanted, f"no rows: {true}")
    found.expect(code == 0 and rows == wanted, f"{what}: {code}, {answer[-2000:]}")
    look(stage, expected, found)


def flipped_cache(stage: Stage, expected: Scored, found: Found) -> None:
    """One bit of a stored world turns over: it is generated again, and the scores are the same."""
    battery = stage.path / "a.battery.yaml"
    battery.write_text("experiment.a: {scenarios: [mutualism/competition], agents: [noop], seeds: 2}\n", "utf-8")
    stage.play()
    first = {result.seed: scored(result) for result in dat.open(stage.dat).results()}
    stored = sorted((stage.path / "data").glob(".bio-cache/**/*.json"))
    found.expect(stored, "no world was stored")
    what = flip(stage.one_of(stored), stage.random)
    folder = stage.dat
    stage.play()
    [other] = [path for path in (stage.path / "data" / "results" / "a").iterdir() if path.resolve() != folder.resolve()]
    second = {result.seed: scored(result) for result in dat.open(other).results()}
    found.expect(len(first) == 2 and first == second, f"{what}: {first} became {second}")
