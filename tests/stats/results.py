"""Results for tests, in one short call."""

from __future__ import annotations

from pytest_alienbio.model import Outcome, Result


def result(
    scenario: str = "s",
    agent: str = "a",
    score: float | None = None,
    *,
    outcome: Outcome = Outcome.COMPLETED,
    role: str = "candidate",
    seed: int = 0,
    better: str = "higher",
    bar: float = 0.6,
) -> Result:
    """A result; `passed` follows from score, bar and direction."""
    passed = None if score is None else (score >= bar if better == "higher" else score <= bar)
    return Result(
        battery="b",
        key="",
        id=f"{scenario}[{agent}-s{seed}]",
        scenario=scenario,
        scenario_hash="",
        difficulty=None,
        agent=agent,
        agent_hash="",
        role=role,
        seed=seed,
        outcome=outcome,
        score=score,
        better=better,
        passed=passed,
        passing_score=bar,
    )
