"""Results as this program records them, for files to hold, and ways to write and read them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.exchange import Columns, Problems, export_to, importer
from pytest_alienbio.model import CellError, Json, Outcome, Result, TaskRecord, TraceRef, Usage

printable = st.characters(codec="utf-8", categories=("L", "N", "P", "S")) | st.just(" ")
names = st.text(printable, min_size=1, max_size=12).filter(lambda name: bool(name.strip()))
"""Of scenarios, agents, batteries: any printable text, also what a spreadsheet would run."""
sentences = st.text(printable, max_size=30).filter(lambda text: not text or bool(text.strip()))
finite = st.floats(allow_nan=False, allow_infinity=False)
times = st.integers(0, 4_000_000_000_000_000).map(lambda us: us / 1_000_000)
plain: st.SearchStrategy[Json] = st.booleans() | st.integers(-(2**53), 2**53) | finite | names
params: st.SearchStrategy[dict[str, Json]] = st.dictionaries(names, plain | st.lists(plain, max_size=2), max_size=3)


@st.composite
def held_by_csv(draw: st.DrawFn) -> Result:
    """A result of which a row of `summary.csv` has every field that is not as usual."""
    outcome = draw(st.sampled_from(Outcome))
    trace = draw(st.none() | st.builds(TraceRef, st.just(""), st.none(), st.none(), st.integers(0, 99), finite))
    return Result(
        battery=draw(names),
        key=draw(names),
        id=draw(names),
        scenario=draw(names),
        scenario_hash="",
        difficulty=draw(st.none() | st.integers(-5, 100)),
        agent=draw(names),
        agent_hash="",
        role=draw(st.sampled_from(["candidate", "reference", "floor"])),
        seed=draw(st.integers(0, 2**63 - 1)),
        outcome=outcome,
        params=draw(params),
        variant=draw(st.integers(1, 9)),
        score=draw(st.none() | finite) if outcome.scored else None,
        scores=draw(st.dictionaries(names, finite, max_size=3)),
        better=draw(st.sampled_from(["higher", "lower"])),
        passed=draw(st.none() | st.booleans()) if outcome.scored else None,
        passing_score=draw(st.none() | finite),
        reason=draw(sentences),
        usage=draw(st.builds(Usage, st.none() | st.integers(0, 10**9), st.none() | finite)),
        attempt=draw(st.integers(1, 99)),
        run=draw(names),
        started_at=draw(times),
        ended_at=draw(times),
        duration_s=draw(finite),
        trace=trace,
    )


@st.composite
def held_by_json(draw: st.DrawFn) -> Result:
    """A result with everything a journal line can have."""
    texts = st.text(max_size=12)
    return draw(held_by_csv()).with_(
        scenario_hash=draw(texts),
        agent_hash=draw(texts),
        tags=tuple(draw(st.lists(texts, max_size=2))),
        metrics=draw(params),
        properties=draw(params),
        task=draw(st.none() | st.builds(TaskRecord, st.none() | st.integers(0, 2**32), st.integers(0, 9), st.integers(0, 9))),
        error=draw(st.none() | st.builds(CellError, texts, texts, texts)),
        reason=draw(texts),
        worker=draw(names),
    )


def a_cell(seed: int = 0, **changes: object) -> Result:
    """A plain scored cell."""
    return Result(
        battery="b",
        key=f"k{seed}",
        id=f"m/x[d2-greedy-s{seed}]",
        scenario="m/x",
        scenario_hash="",
        difficulty=2,
        agent="greedy",
        agent_hash="",
        role="candidate",
        seed=seed,
        outcome=Outcome.COMPLETED,
        score=0.5,
        run="r1",
    ).with_(**changes)


def written(results: Iterable[Result], format: str) -> bytes:
    """What a text format makes of them."""
    out = io.BytesIO()
    export_to(results, format, out)
    return out.getvalue()


def read(path: Path, columns: Columns | None = None, *, format: str = "") -> list[Result]:
    """The cells of a file. Raises `SpecError` with everything that is wrong."""
    problems = Problems()
    found = list(importer(format, str(path)).read(str(path), columns or Columns(), problems))
    problems.refuse()
    return found


def wrong(path: Path, columns: Columns | None = None, *, format: str = "") -> list[str]:
    """The complaints about a file, without its folder."""
    try:
        read(path, columns, format=format)
    except SpecError as error:
        return [str(complaint).replace(f"{path.parent}/", "") for complaint in error.complaints]
    return []


def same(back: Sequence[Result], results: Sequence[Result]) -> bool:
    """Whether cells came back as they were; each says where from, and that is theirs alone."""
    assert all(result.origin for result in back)
    return [result.with_(origin="") for result in back] == list(results)
