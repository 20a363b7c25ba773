"""Aggregates: the light records of many runs, none twice, none lost for good."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import CellError, Outcome, Result, TraceRef
from pytest_alienbio.store import Aggregate, Dat, Journal, aggregate, annotated, find_dats, layout, open_for_reading
from pytest_alienbio.store.annotations import note, tag

from .samples import a_dat, a_result

PLACE = "aggregates/all"


def recorded(root: Path, run_id: str, count: int = 3, worker: str = "gw0") -> Dat:
    """A DAT with some cells."""
    dat = a_dat(root, run_id=run_id)
    journal = Journal(dat.path, run_id, worker)
    for seed in range(count):
        journal.append(heavy(seed))
    journal.close()
    return dat


def heavy(seed: int) -> Result:
    """A cell with everything that a light record leaves out."""
    return a_result(seed, outcome=Outcome.AGENT_ERROR).with_(
        error=CellError("ValueError", "m" * 900, "traceback" * 200),
        reason="r" * 900,
        metrics={"loss": 0.5, "curve": list(range(500)), "note": "x" * 500, "done": True},
        trace=TraceRef("traces/a.zst", 10, 20, 7, 1.5),
        started_at=1.0,
        ended_at=2.0,
    )


def test_light_keeps_what_is_asked_and_drops_what_is_bulky() -> None:
    small = aggregate.light(heavy(3))
    assert small.metrics == {"loss": 0.5, "done": True}
    assert small.error == CellError("ValueError", "m" * 500, "")
    assert small.reason == "r" * 500
    assert small.trace == TraceRef("", None, None, 7, 1.5)
    kept = ("key", "id", "battery", "scenario", "agent", "seed", "outcome", "score", "usage", "params", "tags", "ended_at")
    assert [getattr(small, name) for name in kept] == [getattr(heavy(3), name) for name in kept]
    assert aggregate.light(small) == small


def test_runs_are_added_once_each_in_a_folder_of_its_own(tmp_path: Path) -> None:
    """Also the same cell of two runs; adding again adds nothing, and what is new later is added then."""
    one, two = recorded(tmp_path, "r1"), recorded(tmp_path, "r2")
    assert [aggregate.add(dat.path, tmp_path, PLACE) for dat in (one, two, one)] == [3, 3, 0]
    found = find_dats(tmp_path, PLACE)
    assert [path.relative_to(tmp_path / PLACE) for path in found] == [dat.path.relative_to(tmp_path) for dat in (two, one)]
    assert [result.with_(dat_path="") for result in open_for_reading(found[1]).results()] == [
        aggregate.light(result).with_(dat_path="") for result in one.results()
    ]
    assert open_for_reading(found[1]).spec() == one.spec()
    assert open_for_reading(found[1]).trace(next(open_for_reading(found[1]).results())) is None
    journal = Journal(one.path, "r1", "gw1")
    journal.append(heavy(9))
    journal.close()
    assert aggregate.add(one.path, tmp_path, PLACE) == 1
    assert aggregate.add(one.path, tmp_path, PLACE) == 0
    assert len(list(open_for_reading(found[1]).results())) == 4


def test_patterns_mean_the_runs_unless_they_name_the_aggregate(tmp_path: Path) -> None:
    """So no cell is counted twice, and the newest run stays the newest."""
    dat = recorded(tmp_path, "r1")
    aggregate.add(dat.path, tmp_path, PLACE)
    copy = tmp_path / PLACE / dat.path.relative_to(tmp_path)
    for pattern in ("*", "b", "", "results", "results/*", "*/b/*"):
        assert find_dats(tmp_path, pattern) == [dat.path]
    for pattern in (PLACE, f"{PLACE}/results/b", f"{PLACE}/*", "aggregates/*", str(tmp_path / PLACE)):
        assert find_dats(tmp_path, pattern) == [copy]
    assert find_dats(tmp_path, "aggregates/other") == []
    dat.path.rename(tmp_path / "gone")
    assert find_dats(tmp_path, PLACE) == [copy]


def test_an_amended_record_replaces_the_one_before(tmp_path: Path) -> None:
    """Two lines of one attempt, the second added later."""
    dat = a_dat(tmp_path)
    journal = Journal(dat.path, "r1", "gw0")
    journal.append(a_result(1).with_(scores={"a": 1.0}))
    aggregate.add(dat.path, tmp_path, PLACE)
    journal.append(a_result(1).with_(scores={"a": 1.0, "thrift": 0.5}))
    journal.close()
    assert aggregate.add(dat.path, tmp_path, PLACE) == 1
    (result,) = open_for_reading(find_dats(tmp_path, PLACE)[0]).results()
    assert result.scores == {"a": 1.0, "thrift": 0.5}


def test_tags_and_notes_come_along(tmp_path: Path) -> None:
    dat = recorded(tmp_path, "r1")
    tag(dat.path, ["release-3"])
    aggregate.add(dat.path, tmp_path, PLACE)
    note(dat.path, "later")
    aggregate.add(dat.path, tmp_path, PLACE)
    aggregate.add(dat.path, tmp_path, PLACE)
    assert annotated(find_dats(tmp_path, PLACE)[0]) == annotated(dat.path)


def test_an_aggregate_is_gathered_into_another(tmp_path: Path) -> None:
    """By where the runs themselves were."""
    dat = recorded(tmp_path, "r1")
    aggregate.add(dat.path, tmp_path, PLACE)
    aggregate.add(find_dats(tmp_path, PLACE)[0], tmp_path, "aggregates/more")
    assert aggregate.add(dat.path, tmp_path, "aggregates/more") == 0
    assert find_dats(tmp_path, "aggregates/more") == [tmp_path / "aggregates/more" / dat.path.relative_to(tmp_path)]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("../up", "no part may begin with a dot"),
        ("/etc", "it must be relative"),
        ("a/{seq}", "{seq} is not the same"),
        ("a/{agent}", "{agent} is not the same"),
        ("a/{x}", "unknown field {x}"),
        ("", "is empty"),
        ("results", "other things are in it"),
        ("results/b/2026-01-01_001/inner", "is a result folder"),
        ("results/b/2026-01-01_001", "is a result folder"),
        ("aggregates/all/inner", "or an aggregate itself"),
        ("file", "an aggregate is a folder"),
        ("link", "leads out of the data root"),
        ("link/inner", "leads out of the data root"),
    ],
)
def test_where_no_aggregate_can_be(tmp_path: Path, wanted: str, why: str) -> None:
    """Outside, in a run's folder, in another aggregate, among other things: said before anything is written."""
    root = tmp_path / "data"
    dat = recorded(root, "r1")
    dat.path.rename(dat.path.with_name("2026-01-01_001"))
    aggregate.add(dat.path.with_name("2026-01-01_001"), root, PLACE)
    (root / "file").touch()
    (root / "link").symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((SpecError, StoreError)) as caught:
        aggregate.place(root, wanted, {"battery": "b"})
    assert why in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_where_an_aggregate_can_be(tmp_path: Path) -> None:
    """A folder that is not there yet, an empty one, one that is an aggregate; a run's own folder may not lie in it."""
    (tmp_path / "empty").mkdir()
    assert aggregate.place(tmp_path, "aggregates/{battery}", {"battery": "../x y"}) == "aggregates/-x-y"
    assert aggregate.place(tmp_path, "empty", {}) == "empty"
    aggregate.add(recorded(tmp_path, "r1").path, tmp_path, PLACE)
    assert aggregate.place(tmp_path, PLACE, {}, output="results/{seq}") == PLACE
    with pytest.raises(SpecError, match="the run's own folder out/b/001 would lie in it"):
        aggregate.place(tmp_path, "out", {"battery": "b"}, output="out/{battery}/{seq}")


def test_trouble_with_it_never_disturbs_a_run(tmp_path: Path) -> None:
    """A disk that refuses: the record is lost there only, and that is kept to be told."""
    dat = recorded(tmp_path, "r1")
    (tmp_path / "aggregates").write_text("in the way")
    writer = Aggregate(dat.path, tmp_path, PLACE, "r1", "gw0")
    writer.push(heavy(1))
    writer.push(heavy(2))
    writer.close()
    assert "aggregates" in writer.trouble
    with pytest.raises(StoreError):
        aggregate.add(dat.path, tmp_path, PLACE)
    (tmp_path / "aggregates").unlink()
    assert aggregate.add(dat.path, tmp_path, PLACE) == 3


_PUSHER = """
import sys
from pathlib import Path
from pytest_alienbio.store import Aggregate, Journal
from tests.store.test_aggregate import heavy
root, dat, run, worker, count = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]
journal, aggregate = Journal(dat, run, worker), Aggregate(dat, root, "aggregates/all", run, worker)
for seed in range(int(count)):
    result = heavy(seed).with_(run=run, worker=worker)
    journal.append(result)
    aggregate.push(result)
    assert not aggregate.trouble, aggregate.trouble
"""


def start(root: Path, dat: Dat, run: str, worker: str, count: int) -> subprocess.Popen[bytes]:
    """A process that records and pushes."""
    argv = [sys.executable, "-c", _PUSHER, str(root), str(dat.path), run, worker, str(count)]
    return subprocess.Popen(argv, cwd=Path(__file__).parents[2])


def test_two_runs_and_two_workers_of_one_push_at_once(tmp_path: Path) -> None:
    """Into one aggregate that none of them finds there."""
    dats = {run: a_dat(tmp_path, run_id=run) for run in ("r1", "r2")}
    started = [("r1", "gw0"), ("r1", "gw1"), ("r2", "gw0")]
    writers = [start(tmp_path, dats[run], run, worker, 100) for run, worker in started]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = find_dats(tmp_path, PLACE)
    assert len(found) == 2
    counts = [len(journal.read_bytes().splitlines()) for path in found for journal in layout.journals(path)]
    assert counts == [100, 100, 100]
    assert all(open_for_reading(path).notes == () for path in found)
    assert [aggregate.add(dat.path, tmp_path, PLACE) for dat in dats.values()] == [0, 0]


def test_what_a_kill_cuts_off_is_added_later(tmp_path: Path) -> None:
    """SIGKILL anywhere: no damage to what is there, and adding makes it complete."""
    dat = a_dat(tmp_path)
    writer = start(tmp_path, dat, "r1", "gw0", 10**6)
    deadline = time.monotonic() + 60
    while sum(path.stat().st_size for path in layout.journals(dat.path)) < 50_000 and time.monotonic() < deadline:
        assert writer.poll() is None
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    (path,) = find_dats(tmp_path, PLACE)
    (journal,) = layout.journals(path)
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-5]) + lines[-5][:40])  # as if the machine had gone down, too
    assert aggregate.add(dat.path, tmp_path, PLACE) >= 5
    assert aggregate.add(dat.path, tmp_path, PLACE) == 0
    assert [result.id for result in open_for_reading(path).results()] == [result.id for result in dat.results()]


def test_the_mark_says_what_the_folder_is(tmp_path: Path) -> None:
    aggregate.add(recorded(tmp_path, "r1").path, tmp_path, PLACE)
    about = json.loads((tmp_path / PLACE / "aggregate.json").read_text())
    assert about["v"] == 1
    assert layout.is_aggregate(tmp_path / PLACE)
