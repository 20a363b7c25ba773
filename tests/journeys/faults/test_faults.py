"""Faults, each brought about once: what had ended is kept, and what is gone on with says what an undisturbed run says.

The seed says at which moment, in which cell, which bit: it is in a failure's message, and FAULT_SEED=N tries another one. Many
seeds in all lanes: `python -m tests.benchmarks.faults`. A killed worker of a cluster is in `tests/cluster`.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_alienbio.store import layout

from .judging import Found, Scored, look, undisturbed
from .stage import BIO_BATCH, SERIAL, THREADS, WORKERS, Lane, Stage
from .table import FAULTS

SEED = int(os.environ.get("FAULT_SEED", "20261126"))
NAMED = {fault.name: fault for fault in FAULTS}
ONCE: list[tuple[str, Lane]] = [
    ("SIGKILL of a worker", WORKERS),
    ("SIGKILL of the controller", WORKERS),
    ("SIGKILL of the controller", THREADS),
    ("Ctrl-C", THREADS),
    ("a full disk", SERIAL),
    ("a read-only data root", BIO_BATCH),
    ("a clock that jumps back", BIO_BATCH),
    ("a torn last line", BIO_BATCH),
    ("a bit flipped in a journal", BIO_BATCH),
    ("a bit flipped in the index", BIO_BATCH),
    ("an agent that leaks memory", BIO_BATCH),
    ("an agent that forks", SERIAL),
    ("an agent that calls os._exit", BIO_BATCH),
    ("an agent that closes descriptor 1", BIO_BATCH),
    ("a log line of a million characters", SERIAL),
]
"""Each fault where it means most; the others in these lanes are in the tests of their rooms, or for the command."""


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """What a run says that nothing disturbs."""
    stage = Stage(tmp_path_factory.mktemp("calm"), BIO_BATCH, 0)
    stage.play()
    return undisturbed(stage.dat)


@pytest.mark.parametrize(("name", "lane"), [pytest.param(name, lane, id=f"{name}-{lane.name}") for name, lane in ONCE])
def test_nothing_is_lost_doubled_or_wrong(name: str, lane: Lane, tmp_path: Path, expected: Scored) -> None:
    fault, found = NAMED[name], Found()
    if lane is WORKERS and find_spec("xdist") is None:
        pytest.skip("xdist is not installed")
    if not fault.possible():
        pytest.skip("root, who may not mount here, can write everywhere")
    stage = Stage(tmp_path, lane, SEED)
    try:
        fault.strike(stage, expected, found)
    finally:
        stage.end_all()
    assert not found, f"FAULT_SEED={SEED}: {found}"


def test_the_judge_sees_what_is_lost_doubled_and_wrong(tmp_path: Path, expected: Scored) -> None:
    """Else all the above could pass for any reason."""
    stage = Stage(tmp_path, BIO_BATCH, SEED)
    stage.play()
    [journal] = layout.journals(stage.dat)
    lines = journal.read_bytes().splitlines(keepends=True)
    look(stage, expected, calm := Found())
    assert not calm
    journal.write_bytes(b"".join(lines[1:]))
    look(stage, expected, found := Found())
    assert found.lost
    journal.write_bytes(b"".join([*lines, lines[0]]))
    look(stage, expected, found := Found())
    assert found.twice
    other = {seed: (*numbers[:-1], (0.25).hex()) for seed, numbers in expected.items()}
    journal.write_bytes(b"".join(lines))
    look(stage, other, found := Found())
    assert len(found.wrong) == stage.cells
    assert not found.lost
    assert not found.twice
