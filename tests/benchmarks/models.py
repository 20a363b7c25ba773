"""Language models at full width: 8 scenarios x 2 models x 5 seeds, 64 calls at once, one in ten failing; then it all offline.

    python -m tests.benchmarks.models [--seeds N] [--width N] [--latency S]

The models are the tests' fake provider on loopback, which plays by the words of each request and takes `--latency` seconds for
it. Prints wall time beside the ideal (every cell's calls at their latency, on `width` lanes, and nothing else), what pytest
computed, the cost table, the forecasts beside what came, how cells ended, and the replay. Run on demand.
"""

from __future__ import annotations

import argparse
import heapq
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from time import monotonic

from pytest_alienbio.model import Result
from pytest_alienbio.store import find_dats

from ..journeys.conftest import Project
from ..providers.conftest import serving
from ..providers.fake import Fake
from ..providers.lab import Lab, trajectory

FAULTS = {
    "rate_limit": 0.03,
    "busy": 0.03,
    "drop_before": 0.01,
    "cut": 0.01,
    "cut_json": 0.01,
    "context_overflow": 0.002,
    "refusal": 0.002,
}
"""Shares of calls; about one in ten."""
SCENARIOS = [
    "mutualism/competition",
    "mutualism/hidden_dependency",
    "population/balance",
    "population/refuge",
    "regulation/blocked_step",
    "regulation/setpoint",
    "stewardship/harvest",
    "stewardship/toxin",
]


def say(text: str = "") -> None:
    """Prints at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def timed(lab: Lab, *args: str, **around: str) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """A pytest session: what it said, its wall time and its CPU, seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), monotonic()
    done = subprocess.run(
        lab.project.command(["-p", "no:xdist", "-q", *args]),
        cwd=lab.project.path,
        env={**os.environ, **around},
        capture_output=True,
        text=True,
        check=False,
    )
    took, after = monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ideal_s(results: Mapping[str, Result], latency_s: float, width: int) -> float:
    """Wall time if only the calls took any: cells in order, each on the lane that is free first."""
    lanes = [0.0] * width
    for result in results.values():
        heapq.heapreplace(lanes, lanes[0] + (result.usage.requests or 0) * latency_s)
    return max(lanes)


def lines(text: str, *begins: str) -> list[str]:
    """Those that begin so."""
    return [line for line in text.splitlines() if line.startswith(begins)]


def section(text: str, begin: str) -> str:
    """From a line that begins so to the next empty one."""
    return text[text.index(f"\n{begin}") :].strip("\n").partition("\n\n")[0]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--latency", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Project(Path(folder) / "project"))
        lab.project.write("pytest.ini", "[pytest]\n")
        with serving() as url:
            rules = {"policy": "reader", "faults": FAULTS, "latency_s": asked.latency}
            lab.add("gpt", Fake.at(url, **rules), "openai", price={"input": 1.25, "output": 10, "cached": 0.125})
            lab.add(
                "claude",
                Fake.at(url, **rules),
                "anthropic",
                price={"input": 3, "output": 15, "cached": 0.3, "cache_written": 3.75},
            )
            lab.battery(
                f"  scenarios: [{', '.join(f'{{name: {name}, difficulty: 1}}' for name in SCENARIOS)}]\n"
                f"  agents: [gpt, claude]\n  seeds: {asked.seeds}\n  cells: record\n"
            )
            say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
            before = timed(lab, "--bio-dry-run", "--bio-engine", f"threads:{asked.width}", **lab.keys)[0].stdout
            done, wall_s, cpu_s = timed(lab, "--bio-live", "--bio-engine", f"threads:{asked.width}", **lab.keys)
            again = timed(lab, "--bio-dry-run", "--bio-engine", f"threads:{asked.width}", **lab.keys)[0].stdout
            served = sum((Counter(fake.counts) for fake in lab.agents.values()), Counter())
        found, results = lab.newest()
        best_s = ideal_s(results, asked.latency, asked.width)
        say(f"{len(results)} cells, {served['calls']} calls of {asked.latency:g} s, {asked.width} at once")
        say(f"wall {wall_s:.1f} s, ideal {best_s:.1f} s, ratio {wall_s / best_s:.2f}; CPU of pytest {cpu_s:.1f} s")
        say(f"\n{section(done.stdout, 'cost:')}\n\nforecast before, from nothing but the prompts:")
        say("\n".join(lines(before, "calls:", "tokens:", "money:", "time:")))
        spent = found.status()["spent"]
        assert isinstance(spent, dict)
        say(f"came: {spent['requests']} calls, {spent['tokens']:,} tokens, ${spent['usd']:.2f}, {wall_s:.0f} s")
        say("forecast after, from these cells:\n" + "\n".join(lines(again, "calls:", "tokens:", "money:", "time:")))
        say(f"the server's own count: {served['calls']} calls, {served['input'] + served['output']:,} tokens delivered")
        faults = Counter(call.fault for result in results.values() for call in trajectory(found, result).calls if call.fault)
        ended = Counter((result.outcome.value, trajectory(found, result).calls[-1].fault or "-") for result in results.values())
        say("\nfaults met        calls\n" + "\n".join(f"{kind:18}{count:>5}" for kind, count in faults.most_common()))
        say(
            "\ncells ended       last fault         cells\n"
            + "\n".join(f"{one:18}{two:18}{n:>6}" for (one, two), n in sorted(ended.items()))
        )
        scored = [result for result in results.values() if not result.outcome.scored and result.score is not None]
        say(f"\ncells with a fault's outcome and a score: {len(scored)}")
        _, again_s, again_cpu_s = timed(lab, "--bio-replay", "a", "--bio-engine", "inline")
        assert len(find_dats(lab.project.path / "data")) == 2
        other = lab.newest()[1]
        same = sum(
            (one.score, one.outcome, one.usage) == (other[id_].score, other[id_].outcome, other[id_].usage)
            for id_, one in results.items()
        )
        say(f"replayed offline: {again_s:.1f} s ({again_cpu_s:.1f} s CPU), {same} of {len(results)} cells the same")


if __name__ == "__main__":
    main()
