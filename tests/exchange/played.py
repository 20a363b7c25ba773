"""A DAT as a run leaves it, made by hand: two agents, cells that ended in every way, traces of some."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_alienbio.model import CellError, Json, Outcome, Result, TraceRef, Trajectory, Turn, Usage
from pytest_alienbio.store import Dat, Journal, TraceWriter, claim, close, trace_of

SPEC: dict[str, Json] = {
    "experiment.walk": {
        "description": "Walks of several lengths.",
        "agents": [{"name": "greedy", "kind": "greedy", "params": {"depth": 3}, "role": "candidate"}],
        "tags": ["nightly"],
    }
}
AROUND: dict[str, Json] = {
    "git": {"commit": "c" * 40, "branch": "main", "dirty": True},
    "timestamp": "2026-11-26T10:00:00.000Z",
    "command": ["bio", "run", "walk"],
    "user": "ann",
    "host": "pond",
    "packages": {"pytest-alienbio": "0.1.0"},
}
START = 1_790_000_000.25

WALK = Trajectory(
    turns=(
        Turn(
            0,
            "look",
            {"quantity": "x"},
            cost=0.5,
            seen={"x": 1.5},
            reading={"x": 1.25},
            reasoning="first look",
            state={"x": 1.5},
        ),
        Turn(0, "jump", {"height": 9}, ok=False, reason="too high", seen={"x": 1.5}, state={"x": 1.5}),
        Turn(0, "add", {"dose": 0.5}, cost=1.0, seen={"x": 1.5, "y": 0.0}, state={"x": 2.5}),
    ),
    initial={"x": 1.5},
    budget=4.0,
)


def cell(seed: int = 0, agent: str = "greedy", **changes: object) -> Result:
    """A cell that ended well, with a score, tokens and a trajectory."""
    made = Result(
        battery="walk",
        key=f"{agent}-{seed}",
        id=f"walks/line[d2-{agent}-s{seed}]",
        scenario="walks/line",
        scenario_hash="5" * 64,
        difficulty=2,
        agent=agent,
        agent_hash="a" * 64,
        role="candidate",
        seed=seed,
        outcome=Outcome.COMPLETED,
        params={"slope": 0.5},
        tags=("walks",),
        score=0.25 * seed,
        scores={"goal": 0.5, "safety": 1.0},
        passed=seed > 2,
        passing_score=0.6,
        properties={"size": 6, "noise": 0.01},
        usage=Usage(tokens=100 + seed, usd=0.125, requests=3),
        run="r1",
        worker="main",
        started_at=START + seed,
        ended_at=START + seed + 0.5,
        duration_s=0.5,
        trajectory=WALK,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def broken(seed: int, outcome: Outcome, agent: str = "greedy", **changes: object) -> Result:
    """A cell that ended without a score."""
    return cell(seed, agent, outcome=outcome, score=None, scores={}, passed=None, **changes)


def cells() -> list[Result]:
    """Cells of two agents that ended in every way."""
    error = CellError("pond.Ripple", "it broke: twice", "Traceback ...\npond.Ripple: it broke: twice")
    return [
        *(cell(seed) for seed in range(4)),
        cell(4, outcome=Outcome.TRUNCATED, reason="stopped after 3 calls", variant=2),
        broken(5, Outcome.AGENT_ERROR, error=error, reason="agent: pond.Ripple: it broke: twice"),
        broken(6, Outcome.TIMED_OUT, reason="took more than 5 s", trajectory=None, usage=Usage()),
        broken(7, Outcome.SKIPPED, reason="needs a terminal", trajectory=None, usage=Usage()),
        cell(0, "idle", score=0.0, passed=False, role="floor", trajectory=None, usage=Usage()),
        broken(1, Outcome.LOST, "idle", reason="its worker died", role="floor", trajectory=None),
    ]


def a_run(root: Path, results: list[Result] | None = None, *, closed: bool = True) -> Dat:
    """The results (those of `cells()`) as a DAT below `root`, with the traces of those that have a trajectory."""
    dat = claim(
        root,
        "results/{battery}/{date}_{seq}",
        run_id="r1",
        spec=SPEC,
        fields={"battery": "walk"},
        command=["bio"],
        environment={"v": 1, "run": "r1", **AROUND},
    )
    journal, traces = Journal(dat.path, "r1", "main"), TraceWriter(dat.path, "r1", "main", "packed")
    for result in cells() if results is None else results:
        ref: TraceRef | None = traces.write(result.id, trace_of(result)) if result.trajectory else None
        journal.append(replace(result, trace=ref))
    journal.close()
    traces.close()
    if closed:
        close(dat, status={"verdict": "passed"})
    return dat


def as_read_back(result: Result) -> Result:
    """A cell without what says where it lies: the same for one that was played and one that went out and came back."""
    return replace(result, trace=None, dat_path="", origin="")
