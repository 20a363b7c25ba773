"""What questions to stored results cost, beside pandas on the same folders: CPU time of whole processes, interleaved, medians.

    python -m tests.benchmarks.index [DATS] [CELLS_OF_EACH] [ROUNDS]

Writes that many result folders as a run does (journals, then closed: `summary.csv`), builds the index, and asks from cold
processes. Prints CPU seconds and the largest resident size. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pytest_alienbio.model import Json, Outcome, Result, TraceRef
from pytest_alienbio.store import claim, close, encode
from pytest_alienbio.store.layout import INDEX

AGENTS, SCENARIOS = 20, 10

STEPS = {
    "import alone": "",
    "nothing changed": "",
    "count + 50 rows": (
        "question = Query(agents=('agent-1*',), min_score=0.4); print(index.count(question), "
        "len(list(index.rows(question, ('id', 'agent', 'score', 'passed', 'ended_at'), limit=50))))"
    ),
    "count + 50 best": (
        "question = Query(agents=('agent-1*',), min_score=0.4); print(index.count(question), "
        "len(list(index.rows(question, ('id', 'agent', 'score', 'passed', 'ended_at'), order=('-score',), limit=50))))"
    ),
    "sums by agent x scenario": "print(len(index.leaves()))",
    "latest of each cell": "print(index.count(Query(latest=True)))",
    "remembered answer": (
        "print(index.recall('means') is not None)\n"
        "    if '--first' in sys.argv: index.remember('means', Query(), {'mean': 0.5})"
    ),
    "every score, typed": "print(sum(1 for row in index.rows(Query(), ('agent', 'scenario', 'seed', 'score'))))",
}
ASK = """
import sys
from pathlib import Path
from pytest_alienbio.model import Query
from pytest_alienbio.store.index import Index
"""
OPEN = """
with Index.open(Path(sys.argv[1])) as index:
    index.refresh()
    {}
"""
PANDAS = {
    "pandas: count + 50 rows": (
        "rows = frame[frame.agent.str.startswith('agent-1') & (frame.score >= 0.4)]; print(len(rows), len(rows.head(50)))"
    ),
    "pandas: sums by agent x scenario": "print(len(frame.groupby(['agent', 'scenario']).score.agg(['count', 'sum'])))",
}
FRAME = """
import sys
from pathlib import Path
import pandas
files = sorted(Path(sys.argv[1]).rglob('summary.csv'))
frame = pandas.concat([pandas.read_csv(file) for file in files], ignore_index=True)
{}
"""


def results(cells: int, run: int) -> Iterator[Result]:
    """As many cells as the built-in worlds would give."""
    draw = np.random.default_rng(run)
    for number in range(cells):
        world, agent = divmod(number, AGENTS)
        seed, scenario = divmod(world, SCENARIOS)
        score, started = round(float(draw.uniform()), 16), 1_790_000_000 + run * 86_400 + number * 0.5
        yield Result(
            battery="benchmark",
            key=f"{seed:021x}{agent:021x}{scenario:022x}",
            id=f"mutualism/world_{scenario}[d2-agent-{agent}-s{seed:03d}]",
            scenario=f"mutualism/world_{scenario}",
            scenario_hash=f"{scenario:064x}",
            difficulty=2,
            agent=f"agent-{agent}",
            agent_hash=f"{agent:064x}",
            role="candidate",
            seed=seed,
            outcome=Outcome.COMPLETED if number % 50 else Outcome.TIMED_OUT,
            tags=("mutualism", "competition", "keystone"),
            score=score if number % 50 else None,
            scores={"goal": score, "safety": 1.0, "efficiency": 0.0, "utility": score / 2, "raw_score": score},
            passed=score >= 0.6 if number % 50 else None,
            passing_score=0.6,
            metrics={"generation_s": 0.49176198500026665},
            properties={"size": 8, "regions": 0, "reactions": seed, "pulses": 0, "levers": 7, "noise": 0.04, "budget": 15.0},
            run=f"20261126T155918-{run:06x}",
            worker="main",
            started_at=started,
            ended_at=started + 0.4,
            duration_s=0.4,
            trace=TraceRef(f"traces/20261126T155918-{run:06x}-main.zst", number * 900, 900, 20, 15.0),
        )


def write(root: Path, number: int, cells: int) -> None:
    """One result folder."""
    spec: dict[str, Json] = {"experiment.benchmark": {"scenarios": ["mutualism/*"], "agents": ["agent-0"], "seeds": 1}}
    dat = claim(
        root,
        "results/{battery}/{date}_{seq}",
        run_id=f"r{number}",
        spec=spec,
        fields={"battery": "benchmark"},
        command=["pytest"],
        environment={"git": {"commit": f"{number:040x}"}},
    )
    (dat.path / "cells").mkdir()
    with (dat.path / "cells" / f"r{number}-main.jsonl").open("w", encoding="utf-8") as journal:
        journal.writelines(f"{encode(result)}\n" for result in results(cells, number))
    close(dat, status={"verdict": "passed"})


def measured(code: str, root: Path, *args: str) -> tuple[float, float]:
    """CPU seconds, user and system, and MiB resident at most, of one Python process."""
    process = subprocess.Popen([sys.executable, "-c", code, str(root), *args], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(dats: int = 100, cells: int = 1000, rounds: int = 5, pandas: int = 1) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "data")
        for number in range(dats):
            write(root, number, cells)
        say(f"{dats} result folders of {cells} cells")
        say(line("building", *measured(ASK + OPEN.format(""), root)))
        files = [path for path in root.iterdir() if path.name.startswith(INDEX)]
        say(f"{'size of the index':36}{sum(path.stat().st_size for path in files) / 2**20:10.1f} MiB")
        write(root, dats, cells)
        say(line("refresh after one folder came", *measured(ASK + OPEN.format(""), root)))
        codes = {what: ASK + (OPEN.format(code or "pass") if what != "import alone" else "") for what, code in STEPS.items()}
        if pandas:
            codes |= {what: FRAME.format(code) for what, code in PANDAS.items()}
        measured(codes["remembered answer"], root, "--first")
        taken: dict[str, list[tuple[float, float]]] = {what: [] for what in codes}
        for _, (what, code) in itertools.product(range(rounds), codes.items()):
            taken[what].append(measured(code, root))
        for what, each in taken.items():
            seconds, size = (statistics.median(column) for column in zip(*each, strict=True))
            say(line(what, seconds, size))


def line(what: str, seconds: float, size: float) -> str:
    """One row of what is printed."""
    return f"{what:36}{seconds:10.3f} s CPU{size:9.0f} MiB"


def say(text: str) -> None:
    """Prints at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
