"""Batteries on real Dask clusters: whatever happens to workers, each cell is recorded once, and says how it ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from distributed import Client

import pytest_alienbio
from pytest_alienbio.agents import NoopAgent
from pytest_alienbio.engine import dask
from pytest_alienbio.errors import EngineError, SpecError
from pytest_alienbio.model import Cell, Outcome, Result
from pytest_alienbio.run import BatchResult, OnResult, adhoc_battery, build_catalog, find_project, run_batch
from pytest_alienbio.run.elsewhere import abroad
from pytest_alienbio.run.elsewhere.terms import versions
from pytest_alienbio.run.limits.session import SessionLimits
from pytest_alienbio.spec import read_battery
from pytest_alienbio.store import dat, find_dats, log
from pytest_alienbio.store.layout import journals

from .conftest import Cluster, Write

DEADLINE_S = 120


def play(
    path: Path,
    engine: str,
    *,
    on_result: OnResult | None = None,
    told: list[str] | None = None,
    session: SessionLimits | None = None,
) -> BatchResult:
    """Plays the battery of a file on an engine; what is noticed goes to `told`."""
    [battery] = read_battery(path)
    project = find_project(path.parent)
    battery = replace(battery, engine=engine)
    notice = (told if told is not None else []).append
    root = path.parent / "data"
    return run_batch(
        battery, project, build_catalog(), root, command=["t"], session=session, on_result=on_result, notice=notice
    )


def lines(dat_path: Path) -> Counter[str]:
    """How many journal lines each cell has, whoever wrote them."""
    text = "".join(path.read_text(encoding="utf-8") for path in journals(dat_path))
    return Counter(re.findall(r'"id":"([^"]*)"', text))


def test_two_workers_one_of_them_killed(cluster: Cluster, write: Write) -> None:
    """All cells exactly once, with the scores of a run that nobody disturbed; those of the dead worker say attempt 2."""
    path, killed = write("Waiter", 10, nap=0.3), list[int]()

    def kill(cell: Cell, result: Result) -> None:
        """Once a worker has given a cell, and plays the next one."""
        if killed:
            return
        pid = int(result.worker.rsplit("-", 2)[1])
        mark = path.parent / f"plays-{pid}"
        played, until = mark.read_text(encoding="ascii"), time.monotonic() + DEADLINE_S
        while mark.read_text(encoding="ascii") in ("", played) and time.monotonic() < until:
            time.sleep(0.01)
        killed.append(pid)
        os.kill(pid, signal.SIGKILL)

    batch = play(path, f"dask:{cluster.file}", on_result=kill)
    assert batch.counts == {Outcome.COMPLETED: 10}
    assert set(lines(batch.dat_path).values()) == {1}
    alone = play(write("Waiter", 10), "inline")
    assert [(r.id, r.score, r.scores) for r in batch] == [(r.id, r.score, r.scores) for r in alone]
    assert {result.attempt for result in batch} == {1, 2}
    assert all(dat.open(batch.dat_path).trace(result) for result in dat.open(batch.dat_path).results())


def test_cells_that_take_their_worker_with_them_or_never_end(
    cluster: Cluster, write: Write, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Played again, then lost with a reason; timed out; and what others print and log is heard here."""
    play(write("Waiter"), "inline")  # generates the world: the clock of a cell is for playing it
    path = write("Leaver, Once, Spinner, Freezer, Talker, Waiter", limit=2.0)
    batch = play(path, f"dask:{cluster.file}")
    (path.parent / "enough").touch()
    found = {result.agent: result for result in batch}
    assert {agent: (result.outcome, result.attempt) for agent, result in found.items()} == {
        "Leaver": (Outcome.LOST, 2),
        "Once": (Outcome.COMPLETED, 2),
        "Spinner": (Outcome.TIMED_OUT, 1),
        "Freezer": (Outcome.TIMED_OUT, 1),
        "Talker": (Outcome.COMPLETED, 1),
        "Waiter": (Outcome.COMPLETED, 1),
    }
    assert re.match(
        r"its worker died 2 times while it played \(allowed-failures: 1\)(; last tcp://.*)?$", found["Leaver"].reason
    )
    assert set(lines(batch.dat_path).values()) == {1}
    assert batch.counts[Outcome.LOST] == 1
    assert "said in the worker" in capsys.readouterr().out
    assert "logged in the worker" in caplog.text


def test_what_cannot_be_written_there_comes_back(cluster: Cluster, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that does not see the run's folder sends results and traces; the log says who wrote what."""
    real = abroad.terms_of
    monkeypatch.setattr(abroad, "terms_of", lambda *a, **k: replace(real(*a, **k), probe=".nowhere x"))
    sent = play(write("Waiter", 3), f"dask:{cluster.file}")
    monkeypatch.setattr(abroad, "terms_of", lambda *a, **k: replace(real(*a, **k), host="another machine"))
    mixed = play(write("Waiter", 3), f"dask:{cluster.file}")
    monkeypatch.undo()
    there = play(write("Waiter", 3), f"dask:{cluster.file}")
    wrote = []
    for batch in (sent, mixed, there):
        opened = dat.open(batch.dat_path)
        told = next(entry for entry in log.read(batch.dat_path) if entry["event"] == "cluster")
        assert isinstance(told["workers"], dict)
        wrote.append({one["writes"] for one in told["workers"].values()})
        assert [len((opened.trace(result) or {})["turns"]) > 0 for result in opened.results()] == [True] * 3  # type: ignore[arg-type]
        assert set(lines(batch.dat_path).values()) == {1}
    assert not list(there.dat_path.glob(".probe*"))
    assert wrote == [{"nothing"}, {"traces"}, {"all"}]
    assert [path.stem.rpartition("-")[2] for path in journals(sent.dat_path)] == ["main"]
    assert len({tuple(result.score for result in batch) for batch in (sent, mixed, there)}) == 1


def test_a_worker_with_another_version_gets_no_cells(
    cluster: Cluster, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with what differs; the others play. Where no other is left nothing is played, and no folder stays."""
    other = tmp_path / "other" / "pytest_alienbio"
    copytree(Path(pytest_alienbio.__file__).parent, other, ignore=lambda *_: {"__pycache__"})
    streams = other / "scenarios" / "streams.py"
    streams.write_text(streams.read_text(encoding="utf-8").replace('VERSION = "1"', 'VERSION = "0"'), encoding="utf-8")
    differs = r"the source text of pytest-alienbio is \w+ there and \w+ here; the world generator is 0 there and 1 here"
    with Client(scheduler_file=str(cluster.file), set_as_default=False) as client:
        stranger = cluster.workers(1, environment={"PYTHONPATH": str(other.parent)})
        client.wait_for_workers(3, timeout=DEADLINE_S)
        told: list[str] = []
        path = write("Waiter", 6)
        batch = play(path, f"dask:{cluster.file}", told=told)
        assert batch.counts == {Outcome.COMPLETED: 6}
        [said] = told
        assert re.fullmatch(rf"no cell is given to tcp://127\.0\.0\.1:\d+: {differs}", said)
        cluster.stop(stranger)
        client.wait_for_workers(2, timeout=DEADLINE_S)
    monkeypatch.setattr(abroad, "versions", lambda: {**versions(), "world": "2"})
    with pytest.raises(
        SpecError, match=r"no worker of tcp://\S+ can play this run(\ntcp://\S+: the world .* 1 there and 2 here){2}"
    ):
        play(path, f"dask:{cluster.file}")
    assert find_dats(tmp_path / "data") == [batch.dat_path]


def test_an_agent_that_only_this_process_knows(cluster: Cluster, tmp_path: Path) -> None:
    """Refused before anything is played, with what to do."""

    class Mine(NoopAgent):
        pass

    battery = replace(adhoc_battery("mine", "mutualism/competition", Mine, 1), engine=f"dask:{cluster.file}")
    with pytest.raises(SpecError, match=r"agent Mine is not known there .* known in this process alone"):
        run_batch(battery, find_project(tmp_path), build_catalog(), tmp_path / "data", command=["t"], notice=lambda _: None)


def test_a_cancelled_run_keeps_what_ended_and_asks_for_nothing_more(cluster: Cluster, write: Write) -> None:
    """Cells on their way get their moment; of the others none is begun, and the cluster has nothing left of ours."""
    seen: list[str] = []

    def stop(cell: Cell, result: Result) -> None:
        seen.append(cell.id)
        if len(seen) == 2:
            raise KeyboardInterrupt

    path = write("Waiter", 40, nap=0.1)
    with pytest.raises(KeyboardInterrupt):
        play(path, f"dask:{cluster.file}", on_result=stop)
    [folder] = find_dats(path.parent / "data")
    outcomes = Counter(result.outcome for result in dat.open(folder).results())
    assert outcomes.total() == 40
    assert 2 <= outcomes[Outcome.COMPLETED] <= 2 + 3 * 2
    assert set(lines(folder).values()) == {1}
    assert dat.open(folder).status()["verdict"] == "interrupted"
    with Client(scheduler_file=str(cluster.file), set_as_default=False) as client:
        assert not any(client.processing().values())


def test_a_cluster_that_is_gone_ends_the_run_and_keeps_what_was_played(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All workers, for a while that is five minutes outside of this test; or the scheduler, at once. A sentence says it."""
    monkeypatch.setattr(dask, "ALONE_S", 1.0)
    monkeypatch.setattr(dask, "_LOOK_S", 0.2)
    path = write("Waiter", 6, nap=0.2)
    (tmp_path / "cluster").mkdir()
    own = Cluster(tmp_path / "cluster").start()

    def ended(victim: subprocess.Popen[bytes]) -> Counter[Outcome]:
        """Plays until the first cell has ended and `victim` with it."""
        with pytest.raises(EngineError, match=said):
            play(path, f"dask:{own.file}", on_result=lambda cell, result: own.stop(victim))
        folder = find_dats(path.parent / "data")[0]
        assert dat.open(folder).status()["verdict"] == "incomplete"
        return Counter(result.outcome for result in dat.open(folder).results())

    try:
        said = r"^all workers of tcp://\S+ are gone, and for 1 s none has joined$"
        first = ended(own.workers(1))
        own.workers(1)
        said = r"^the Dask scheduler at tcp://\S+ is gone: "
        second = ended(own.processes[0])
    finally:
        own.close()
    for outcomes in (first, second):
        assert outcomes.keys() == {Outcome.COMPLETED, Outcome.NOT_RUN}
        assert outcomes.total() == 6


@pytest.fixture
def own_cluster_script(write: Write) -> Path:
    """A script that plays on a cluster of its own, without `if __name__ == "__main__"`."""
    path = write("Waiter", 4)
    script = path.parent / "script.py"
    script.write_text(
        "print('started')\n"
        "from pytest_alienbio import Bio\n"
        "print('counts', {str(k): v for k, v in Bio.run('mine_battery.py').counts.items()})\n",
        encoding="utf-8",
    )
    return script


def test_dask_alone_starts_a_cluster_that_is_gone_afterwards(own_cluster_script: Path) -> None:
    """Also from a script that guards nothing: its workers know nothing of it. Nobody else can talk to it."""
    done = subprocess.run(
        [sys.executable, str(own_cluster_script)],
        cwd=own_cluster_script.parent,
        env={**os.environ, "ALIENBIO_ENGINE": "dask", "ALIENBIO_CONCURRENCY": "2"},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["started", "counts {'completed': 4}"]
    [folder] = find_dats(own_cluster_script.parent / "data")
    told = next(entry for entry in log.read(folder) if entry["event"] == "cluster")
    assert str(told["scheduler"]).startswith("tls://127.0.0.1:")
    state = Path(f"/proc/{next(dat.open(folder).results()).worker.rsplit('-', 2)[1]}/stat")
    assert not state.exists() or state.read_text(encoding="ascii").split()[2] == "Z"
