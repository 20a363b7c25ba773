"""What pages of 100, 10,000 and 100,000 cells cost to make, how large they are, and how soon a browser shows them.

    python -m tests.benchmarks.pages [CELLS ...] [--rounds N] [--keep FOLDER]

Plays two worlds, then writes journals and traces of as many cells that are like those. Each page is made by a process of its
own: CPU seconds of the index, of the page's content and of its text, and the peak memory of the process. With Chromium and
playwright it is opened from the disk `--rounds` times: the median until its first part is there, and until its table of cells
is. Run on demand; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pytest_alienbio.model import Json, Result
from pytest_alienbio.store import TraceWriter, claim, close, dat, encode, find_dats
from pytest_alienbio.store.layout import journal_path

CELLS = (100, 10_000, 100_000)
SCENARIOS = "mutualism/hidden_dependency,mutualism/competition"
AGENTS = "oracle,greedy,random,noop"
VERSIONS = 5
"""Of each agent, so that there are 20."""
MAKE = """
import json, resource, sys, time
from pathlib import Path
from pytest_alienbio.model import Query
from pytest_alienbio.run.pages import page_on
from pytest_alienbio.run.reporting import report_on
from pytest_alienbio.store import find_dats
from pytest_alienbio.store.index import Index

root, target, traces = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
spent, last = {}, time.process_time()

def lap(name):
    global last
    now = time.process_time()
    spent[name], last = now - last, now

[path] = find_dats(root)
query = Query(dats=(str(path),))
with Index.open(root) as index:
    index.refresh([path])
    lap("index")
    if traces == "report":
        report_on(index, query, [path])
        lap("content")
    else:
        page = page_on(index, query, [path], root=root, traces=traces)
        lap("content")
        page.save(target)
        lap("text")
        content = page.content
        spent["traces"] = sum(map(len, content.traces.values()))
        spent["traced"] = sum(len(cells) for cells in content.places.values())
        spent["bytes"] = target.stat().st_size
spent["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(spent))
"""
FIRST = "main section"
"""What a page shows first."""
ROW = "#cells tbody tr"


def played(root: Path) -> list[tuple[Result, dict[str, Json]]]:
    """Cells that were really played, and their traces."""
    chosen = ("--scenarios", SCENARIOS, "--agents", AGENTS, "--difficulty", "1,3,5", "--seeds", "2", "--data", str(root))
    subprocess.run([sys.executable, "-m", "pytest_alienbio", "batch", *chosen], cwd=root, capture_output=True, check=False)
    [path] = find_dats(root)
    opened = dat.open(path)
    return [(result, trace) for result in opened.results() if (trace := opened.trace(result)) is not None]


def written(root: Path, cells: int, models: list[tuple[Result, dict[str, Json]]]) -> None:
    """A result folder of so many cells like `models`, some of which broke, by four workers."""
    made = claim(root, "results/{battery}/{date}_{seq}", run_id="r", spec={}, fields={"battery": "made"}, command=["pytest"])
    (made.path / "cells").mkdir()
    draw = np.random.default_rng(1)
    for worker in range(4):
        writer = TraceWriter(made.path, "r", f"gw{worker}", "packed")
        with journal_path(made.path, "r", f"gw{worker}").open("w", encoding="utf-8") as journal:
            for result, trace in _like(models, range(worker, cells, 4), f"gw{worker}", draw):
                journal.write(f"{encode(result.with_(trace=writer.write('x', trace)))}\n")
        writer.close()
    close(made, status={"verdict": "failed"})


def _like(
    models: list[tuple[Result, dict[str, Json]]], numbers: range, worker: str, draw: np.random.Generator
) -> Iterator[tuple[Result, dict[str, Json]]]:
    at = 1_790_000_000.0
    for number in numbers:
        result, trace = models[number % len(models)]
        turn = number // len(models)
        version, seed = turn % VERSIONS, turn // VERSIONS
        agent = result.agent if not version else f"{result.agent}-{version}"
        cell = f"{result.scenario}[d{result.difficulty}-{agent}-s{seed:05d}]"
        score = None if result.score is None else round(min(1.0, max(0.0, result.score + float(draw.normal(0, 0.05)))), 12)
        took = float(draw.lognormal(-2, 1))
        at += took + float(draw.exponential(0.02))
        bar = result.passing_score or 0.6
        yield (
            result.with_(
                battery="made",
                key=f"{number:064x}",
                id=cell,
                agent=agent,
                role=result.role if not version else "candidate",
                seed=seed,
                score=score,
                scores={"raw_score": score} if score is not None else {},
                passed=None if score is None else score >= bar,
                run="r",
                worker=worker,
                started_at=at - took,
                ended_at=at,
                duration_s=took,
            ),
            {**trace, "id": cell, "agent": agent, "seed": seed},
        )


def measured(root: Path, target: Path, traces: str) -> dict[str, float]:
    """What a process spent that made the page (`report`: the report's document alone)."""
    done = subprocess.run(
        [sys.executable, "-c", MAKE, str(root), str(target), traces], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def opened(page: Path, rounds: int) -> dict[str, float]:
    """Seconds until the first part is shown and until the cells are there, medians; {} without a browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    from tests.browser.conftest import ARGS
    from tests.browser.set_up import browser

    program = browser()
    if program is None:
        return {}
    first: list[float] = []
    cells: list[float] = []
    with sync_playwright() as playwright:
        args = [*ARGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        started = playwright.chromium.launch(executable_path=program, args=args)
        for _ in range(rounds):
            for found, address, wanted in ((first, "", FIRST), (cells, "#cells", ROW)):
                tab = started.new_page()
                began = time.perf_counter()
                tab.goto(f"{page.as_uri()}{address}", wait_until="commit")
                tab.locator(wanted).first.wait_for(state="visible", timeout=60_000)
                found.append(time.perf_counter() - began)
                tab.close()
        started.close()
    return {"first": statistics.median(first), "cells": statistics.median(cells)}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cells", nargs="*", type=int, default=list(CELLS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="an empty folder for what is made")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = args.keep or Path(name)
        (base / "played").mkdir(parents=True)
        models = played(base / "played")
        for cells in args.cells:
            root = base / f"{cells}"
            root.mkdir()
            written(root, cells, models)
            fresh = measured(root, root / "x", "report")
            alone = measured(root, root / "x", "report")
            say(f"{cells:,} cells: index made in {fresh['index']:.2f} s CPU; report alone {alone['content']:.2f} s, "
                f"peak {alone['peak']:.0f} MiB")  # fmt: skip
            for traces in ("none", "embedded"):
                page = root / f"{traces}.html"
                found = measured(root, page, traces)
                say(
                    f"  traces {traces:9} content {found['content']:6.2f} s, text {found['text']:5.2f} s CPU, "
                    f"peak {found['peak']:4.0f} MiB; {found['bytes'] / 1e6:6.2f} MB, of it "
                    f"{found['traces'] / 1e6:.2f} MB traces of {found['traced']:,} cells"
                )
                if times := opened(page, args.rounds):
                    say(f"    opened: first part after {times['first']:.2f} s, cells after {times['cells']:.2f} s")


def say(text: str) -> None:
    """Prints at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
