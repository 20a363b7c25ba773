"""Every fault again and again, at other moments each time: what is lost, doubled or wrong afterwards, as a table in Markdown.

    python -m tests.benchmarks.faults [--times 20] [--seed 1] [--lane NAME] [--only WORDS] [--minutes M]

Each try plays a tiny battery, brings the fault about at a moment drawn from its seed, looks at what is left, goes on with the
run and holds the end against a run that nothing disturbed. What goes wrong is printed with its seed, `--seed` repeats it.
After M minutes, or at Ctrl-C, no more tries are made and the table tells of those that were.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from ..journeys.faults.judging import Found, Scored, undisturbed
from ..journeys.faults.stage import LANES, SERIAL, Lane, Stage
from ..journeys.faults.table import FAULTS, Fault


@dataclass
class Row:
    """One fault in one lane."""

    fault: Fault
    lane: Lane
    times: int = 0
    lost: int = 0
    twice: int = 0
    wrong: int = 0

    def add(self, found: Found) -> None:
        """One more try."""
        self.times += 1
        self.lost += len(found.lost)
        self.twice += len(found.twice)
        self.wrong += len(found.wrong)


def tried(fault: Fault, lane: Lane, seed: int, expected: Scored) -> Found:
    """What one try finds; whatever it raises is found, too."""
    found = Found()
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name), lane, seed)
        try:
            fault.strike(stage, expected, found)
        except Exception:  # noqa: BLE001 - the other tries go on
            found.wrong.append(traceback.format_exc())
        finally:
            stage.end_all()
    for what in ("lost", "twice", "wrong"):
        for said in getattr(found, what):
            write(f"{fault.name}, {lane.name}, seed {seed}: {what}: {said[:4000]}")
    return found


def main() -> None:
    """Tries and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lane", choices=[lane.name for lane in LANES])
    parser.add_argument("--only", default="")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    faults = [fault for fault in FAULTS if given.only in fault.name and fault.possible()]
    rows = [Row(fault, lane) for fault in faults for lane in fault.lanes if given.lane in (None, lane.name)]
    with tempfile.TemporaryDirectory() as name:
        calm = Stage(Path(name), SERIAL, 0)
        calm.play()
        expected = undisturbed(calm.dat)
    try:
        for seed in range(given.seed, given.seed + given.times):
            for row in rows:
                if time.monotonic() < until:
                    row.add(tried(row.fault, row.lane, seed, expected))
    except KeyboardInterrupt:
        pass
    write(f"\nseeds from {given.seed}\n")
    write("| fault | lane | times tried | cells lost | duplicated | wrong |\n|---|---|---|---|---|---|")
    for row in filter(lambda row: row.times, rows):
        write(f"| {row.fault.name} | `{row.lane.name}` | {row.times} | {row.lost} | {row.twice} | {row.wrong} |")
    total = [sum(getattr(row, what) for row in rows) for what in ("times", "lost", "twice", "wrong")]
    write("| **all** | | " + " | ".join(f"**{number}**" for number in total) + " |")


def write(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
