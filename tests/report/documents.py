"""Reports of made-up results for tests, many or few, plain or hostile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pytest_alienbio.model import CellError, Outcome, Result, Usage
from pytest_alienbio.report import Document
from pytest_alienbio.report.review import review_document
from pytest_alienbio.results.review import review

AGENTS = ("oracle", "random", "greedy", "claude-opus", "gpt-4o-mini")
ROLES = {"oracle": "reference", "random": "floor"}
EVIL = (
    "\x1b[31mred\x1b[0m",
    "a|b`c",
    "<script>alert(1)</script>/[x](http://e.vil)@user#12",
    "e\u0301quipe",
    "测试/代理人",
    "עברית\u202e",
    "very-long-" * 12,
    "*_~$www.e.vil :tada: &amp; ![i](j)",
)
"""Names that want to be more than text."""


def results(
    agents: int = 4,
    scenarios: int = 2,
    seeds: int = 3,
    *,
    levels: Sequence[int | None] = (1, 2),
    params: Sequence[float | None] = (None,),
    broke: float = 0.1,
    named: Sequence[str] = (),
    measured: bool = True,
) -> Iterator[Result]:
    """Cells of agents that differ, some of which broke; always the same ones. `named` are names to use in turn for both."""
    drawn = np.random.default_rng(7)
    for scenario in range(scenarios):
        place = named[scenario % len(named)] if named else f"family{scenario % 3}/scenario_{scenario}"
        for at in range(agents):
            agent = named[at % len(named)] if named else AGENTS[at] if at < len(AGENTS) else f"model-{at}-preview"
            role = ROLES.get(agent, "candidate")
            for level in levels:
                for param in params:
                    for seed in range(seeds):
                        score = 1.0 if role == "reference" else min(1.0, max(0.0, float(drawn.normal(0.8 - 0.03 * at, 0.2))))
                        outcome = Outcome.COMPLETED
                        if role == "candidate" and drawn.random() < broke:
                            outcome = Outcome.TIMED_OUT if drawn.random() < 0.5 else Outcome.AGENT_ERROR
                        yield made(place, agent, role, level, param, seed, score, outcome, drawn if measured else None)


def made(
    scenario: str,
    agent: str,
    role: str,
    level: int | None,
    param: float | None,
    seed: int,
    score: float,
    outcome: Outcome = Outcome.COMPLETED,
    drawn: np.random.Generator | None = None,
) -> Result:
    """One cell; with `drawn` it cost something."""
    scored = outcome.scored
    spent = Usage()
    if drawn:
        spent = Usage(int(drawn.integers(100, 5000)), float(drawn.lognormal(-4, 1)), int(drawn.integers(1, 9)))
    return Result(
        battery="b",
        key=f"{scenario}-{agent}-{level}-{param}-{seed}",
        id=f"{scenario}[d{level}-{agent}-s{seed}]",
        scenario=scenario,
        scenario_hash="",
        difficulty=level,
        agent=agent,
        agent_hash="",
        role=role,
        seed=seed,
        outcome=outcome,
        params={} if param is None else {"temperature": param},
        score=score if scored else None,
        passed=score >= 0.6 if scored else None,
        passing_score=0.6,
        error=CellError("KeyError", "'biomass'") if outcome is Outcome.AGENT_ERROR else None,
        reason="took more than 5 s" if outcome is Outcome.TIMED_OUT else "",
        usage=spent,
        duration_s=float(drawn.lognormal(-3, 1)) if drawn else 0.0,
    )


def report(cells: Iterator[Result] | Sequence[Result], only: Sequence[str] = ()) -> Document:
    """The report of these cells, each failure with a command."""
    found = review(cells, title="made_up", dats=["data/results/made_up/1"], command=lambda result: f"pytest 'x::{result.id}'")
    return review_document(found, only)
