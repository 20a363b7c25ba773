"""Every fault, with the lanes in which it means something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import damaging, misbehaving, striking
from .judging import Found, Scored
from .mounting import can_forbid_writing
from .stage import BIO_BATCH, LANES, SERIAL, THREADS, WORKERS, Lane, Stage


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong."""

    name: str
    strike: Callable[[Stage, Scored, Found], None]
    lanes: tuple[Lane, ...] = LANES
    possible: Callable[[], bool] = lambda: True
    """Whether it can be brought about here."""


FAULTS = (
    Fault("SIGKILL of a worker", striking.killed_worker, (WORKERS,)),
    Fault("SIGKILL of the controller", striking.killed_controller),
    Fault("SIGKILL of all at once", striking.killed_all, (WORKERS,)),
    Fault("SIGKILL, three times in a row", striking.killed_again_and_again),
    Fault("Ctrl-C", striking.interrupted),
    Fault("Ctrl-C, twice", striking.interrupted_twice),
    Fault("a full disk", striking.full_disk),
    Fault("a read-only data root", striking.read_only_root, possible=can_forbid_writing),
    Fault("two runs into one template", striking.two_at_once),
    Fault("a clock that jumps back", striking.clock_back),
    Fault("a torn last line", damaging.torn_line, (SERIAL, BIO_BATCH)),
    Fault("a bit flipped in a journal", damaging.flipped_journal, (SERIAL, BIO_BATCH)),
    Fault("a bit flipped in a trace", damaging.flipped_trace, (BIO_BATCH,)),
    Fault("a bit flipped in the index", damaging.flipped_index, (BIO_BATCH,)),
    Fault("a bit flipped in the cache", damaging.flipped_cache, (BIO_BATCH,)),
    Fault("an agent that leaks memory", misbehaving.leaks),
    Fault("an agent that forks", misbehaving.forks),
    Fault("an agent that calls os._exit", misbehaving.exits),
    Fault("an agent that closes descriptor 1", misbehaving.closes),
    Fault("an agent that closes sys.stdout", misbehaving.closes_stdout),
    Fault("an agent that raises a BaseException", misbehaving.raises),
    Fault("an agent that never lets go", misbehaving.spins),
    Fault("a log line of a million characters", misbehaving.shouts),
    Fault("10,000 distinct errors", misbehaving.many_errors, (THREADS, BIO_BATCH)),
)
