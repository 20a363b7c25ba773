"""Results to store, and hypothesis strategies for them."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from pytest_alienbio.model import (
    CellError,
    Json,
    ModelUse,
    Outcome,
    Price,
    Result,
    TaskRecord,
    Tokens,
    TraceRef,
    Trajectory,
    Turn,
    Usage,
)
from pytest_alienbio.store import Dat, claim

TEMPLATE = "results/{battery}/{date}_{seq}"


def a_result(
    seed: int = 0, *, agent: str = "oracle", outcome: Outcome = Outcome.COMPLETED, score: float | None = 0.5
) -> Result:
    """A plain result; cells differ by agent and seed."""
    scored = outcome.scored and score is not None
    return Result(
        battery="b",
        key=f"key-{agent}-{seed}",
        id=f"mutualism/x[d2-{agent}-s{seed:02d}]",
        scenario="mutualism/x",
        scenario_hash="abc",
        difficulty=2,
        agent=agent,
        agent_hash="def",
        role="candidate",
        seed=seed,
        outcome=outcome,
        score=score if scored else None,
        passed=score >= 0.5 if score is not None and scored else None,
        passing_score=0.5,
    )


def a_dat(root: Path, run_id: str = "r1", battery: str = "b", template: str = TEMPLATE) -> Dat:
    """A fresh DAT below `root`."""
    return claim(
        root, template, run_id=run_id, spec={"seeds": [1, 2]}, fields={"battery": battery}, command=["pytest"], environment={}
    )


texts = st.text(max_size=20)
finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(string.ascii_letters + "_- é", min_size=1, max_size=8)
json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
mappings = st.dictionaries(texts, json_values, max_size=3)
times = st.integers(0, 4_000_000_000_000_000).map(lambda us: us / 1_000_000)
counts = st.none() | st.integers(0, 10**9)


splits = st.builds(Tokens, counts, counts, counts, counts, counts)
usages = st.builds(Usage, counts, st.none() | finite, counts) | st.builds(
    Usage, counts, st.none() | finite, counts, st.none() | splits, counts, st.none() | st.floats(0, 1e6)
)
rates = st.floats(0, 1e4)
prices = st.builds(Price, rates, rates, st.none() | rates, st.none() | rates, texts)
tiered = st.builds(
    lambda price, above, dear: replace(price, over=((above, replace(dear, source="")),)),
    prices, st.integers(1, 10**6), prices,
)  # fmt: skip
several = st.lists(texts, max_size=3).map(tuple)
uses = st.builds(ModelUse, texts, texts, several, texts, st.none() | prices | tiered, several)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Any result a cell can give, times to the microsecond."""
    outcome = draw(st.sampled_from(Outcome))
    return Result(
        battery=draw(texts),
        key=draw(texts),
        id=draw(texts),
        scenario=draw(texts),
        scenario_hash=draw(texts),
        difficulty=draw(st.none() | st.integers(-5, 100)),
        agent=draw(texts),
        agent_hash=draw(texts),
        role=draw(texts),
        seed=draw(st.integers(0, 2**64)),
        outcome=outcome,
        params=draw(mappings),
        variant=draw(st.integers(1, 9)),
        tags=tuple(draw(st.lists(texts, max_size=3))),
        score=draw(st.none() | finite) if outcome.scored else None,
        scores=draw(st.dictionaries(texts, finite, max_size=3)),
        better=draw(st.sampled_from(["higher", "lower"])),
        passed=draw(st.none() | st.booleans()),
        passing_score=draw(st.none() | finite),
        metrics=draw(mappings),
        properties=draw(mappings),
        task=draw(
            st.none() | st.builds(TaskRecord, st.none() | st.integers(0, 2**32 - 1), st.integers(0, 99), st.integers(0, 9))
        ),
        reason=draw(texts),
        error=draw(st.none() | st.builds(CellError, texts, texts, texts)),
        usage=draw(usages),
        model=draw(st.none() | uses),
        attempt=draw(st.integers(1, 99)),
        run=draw(texts),
        worker=draw(texts),
        origin=draw(texts),
        started_at=draw(times),
        ended_at=draw(times),
        duration_s=draw(finite),
        trace=draw(st.none() | st.builds(TraceRef, texts, counts, counts, st.integers(0, 99), finite)),
    )


levels = st.dictionaries(names, finite, max_size=4)
a_turn = st.builds(
    Turn,
    step=st.integers(0, 99),
    action=texts,
    params=mappings,
    ok=st.booleans(),
    reason=texts,
    cost=st.floats(0, 1e6),
    seen=levels,
    reading=mappings,
    reasoning=texts,
    state=levels,
)
trajectories = st.builds(Trajectory, st.lists(a_turn, max_size=5).map(tuple), levels, finite)
