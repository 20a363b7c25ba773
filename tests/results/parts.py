"""Results for questions, in one short call, and a data root that holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pytest_alienbio.model import Outcome, Result
from pytest_alienbio.results.result_set import ResultSet
from pytest_alienbio.store import codec

BAR = 0.6


def cell(
    scenario: str = "m/x",
    agent: str = "greedy",
    seed: int = 0,
    score: float | None = None,
    *,
    outcome: Outcome | None = None,
    difficulty: int | None = 1,
    **more: Any,
) -> Result:
    """A result; `passed` follows from score and direction, a missing score is a timeout unless `outcome` says else."""
    outcome = outcome or (Outcome.TIMED_OUT if score is None else Outcome.COMPLETED)
    lower = more.get("better") == "lower"
    passed = None if score is None else score <= BAR if lower else score >= BAR
    name = f"{scenario}[d{difficulty}-{agent}-s{seed}]"
    fields: dict[str, Any] = {
        "battery": "b",
        "key": f"key of {name}",
        "id": name,
        "scenario": scenario,
        "scenario_hash": f"hash of {scenario}",
        "difficulty": difficulty,
        "agent": agent,
        "agent_hash": f"hash of {agent}",
        "role": {"oracle": "reference", "noop": "floor"}.get(agent, "candidate"),
        "seed": seed,
        "outcome": outcome,
        "score": score,
        "passed": passed,
        "passing_score": BAR,
        "ended_at": 1_760_000_000.0 + seed,
        "duration_s": 1.5,
        "dat_path": "/data/one",
    }
    return Result(**{**fields, **more})


def played(scores: Mapping[tuple[str, str], Iterable[float | None]], **more: Any) -> list[Result]:
    """For each (scenario, agent) its scores, seed by seed."""
    return [
        cell(scenario, agent, seed, score, **more)
        for (scenario, agent), mine in scores.items()
        for seed, score in enumerate(mine)
    ]


def of(*results: Result) -> ResultSet:
    """A set of these."""
    return ResultSet.of(results)


def write_dat(
    folder: Path, results: Iterable[Result], *, run: str = "r1", battery: str = "b", commit: str = "c0ffee" + "0" * 34
) -> Path:
    """A DAT with these results, as a run would leave it without closing it."""
    (folder / "cells").mkdir(parents=True)
    (folder / "environment.json").write_text(json.dumps({"git": {"commit": commit, "branch": "main", "dirty": False}}), "utf-8")
    (folder / "log.jsonl").write_text(json.dumps({"event": "created", "run": run, "battery": battery}) + "\n", "utf-8")
    lines = [codec.encode(result.with_(battery=battery, run=run)) + "\n" for result in results]
    (folder / "cells" / f"{run}-main.jsonl").write_text("".join(lines), "utf-8")
    (folder / "_spec_.yaml").write_text(f"v: 1\nrun: {run}\n", "utf-8")
    return folder
