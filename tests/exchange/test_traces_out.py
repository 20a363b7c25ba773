"""Traces, unpacked."""

from __future__ import annotations

import json
from pathlib import Path

from pytest_alienbio.exchange import export
from pytest_alienbio.model import Json, Result, Trajectory, Turn
from pytest_alienbio.store import Journal, TraceWriter, claim, open_for_reading, trace_of

from .cells import a_cell


def recorded(root: Path, mode: str, *results: Result) -> list[Result]:
    """Results read back from a DAT that kept their traces in this mode, at two levels of m/x."""
    cases: list[Json] = [{"scenario": "m/x", "difficulty": level} for level in (2, 3)]
    spec: dict[str, Json] = {"resolved": {"cases": [*cases, {"scenario": "m/y", "difficulty": 2}]}}
    dat = claim(root, "r/{seq}", run_id=root.name, spec=spec, fields={}, command=[], environment={})
    journal, traces = Journal(dat.path, "r1", "main"), TraceWriter(dat.path, "r1", "main", mode)
    for result in results:
        result = result.with_(trajectory=Trajectory((Turn(1, "wait"),), {"fish": 1.0}, 5.0))
        journal.append(result.with_(trace=traces.write(f"own_{result.seed}", trace_of(result))))
    traces.close()
    journal.close()
    return list(open_for_reading(dat.path).results())


def test_packed_traces_get_the_names_of_unpacked_ones(tmp_path: Path) -> None:
    """The level stands in a name where a scenario was played at several; params and surfaces always."""
    cells = [a_cell(0), a_cell(1, scenario="m/y", params={"k": 1}, variant=2)]
    done = export(recorded(tmp_path / "a", "packed", *cells), "traces", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["m-x_d2_greedy_seed0.json", "m-y_k1_v2_greedy_seed1.json"]
    trace = json.loads((tmp_path / "out" / names[0]).read_text())
    assert (trace["id"], trace["turns"][0]["action"], done.cells, done.lost) == ("m/x[d2-greedy-s0]", "wait", 2, {})


def test_unpacked_ones_keep_their_names_and_none_is_written_over(tmp_path: Path) -> None:
    """Of two DATs as well."""
    results = [*recorded(tmp_path / "a", "json", a_cell(0)), *recorded(tmp_path / "b", "json", a_cell(0))]
    export(results, "traces", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["own_0-2.json", "own_0.json"]


def test_what_has_no_trace_or_a_damaged_one_is_counted(tmp_path: Path) -> None:
    """The others are there."""
    good, gone = recorded(tmp_path / "a", "json", a_cell(0), a_cell(1))
    (Path(gone.dat_path) / str(gone.trace and gone.trace.file)).unlink()
    done = export([good, gone, a_cell(2)], "traces", tmp_path / "out")
    assert done.lost.pop("no trace was kept") == 1  # type: ignore[attr-defined]
    ((what, count),) = done.lost.items()
    assert count == 1
    assert what.startswith("a trace that cannot be read: cannot read")
    assert len(list((tmp_path / "out").iterdir())) == 1
