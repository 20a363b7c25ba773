"""Trajectory <-> trace, on disk as files and as packed frames."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Json, TraceRef, Trajectory, Turn
from pytest_alienbio.store import TraceWriter, packing, trace_of, traces, trajectory_of

from .samples import a_dat, a_result, trajectories


@given(trajectories)
def test_a_trajectory_comes_back_from_its_trace(trajectory: Trajectory) -> None:
    """Write-then-read is exact, through JSON text."""
    trace = trace_of(a_result().with_(trajectory=trajectory), {"text": "go"})
    assert trajectory_of(json.loads(json.dumps(trace, allow_nan=False))) == trajectory
    assert trace["steps"] == trajectory.steps
    assert trace["briefing"] == {"text": "go"}


def test_states_are_a_table_when_they_share_names() -> None:
    """Names are written once; rows that share nothing stay mappings."""
    same = tuple(Turn(n, "wait", state={"a": 1.0, "b": float(n)}) for n in range(5))
    trace = trace_of(a_result().with_(trajectory=Trajectory(same)))
    assert trace["state"] == {"columns": ["a", "b"], "rows": [[1.0, float(n)] for n in range(5)]}
    odd = tuple(Turn(n, "wait", state={f"x{n}": 1.0}) for n in range(5))
    assert isinstance(trace_of(a_result().with_(trajectory=Trajectory(odd)))["state"], list)


def test_a_number_that_is_not_finite_is_named() -> None:
    """NaN never gets into a trace."""
    bad = Trajectory((Turn(0, "wait", state={"a": float("nan")}),))
    with pytest.raises(ValueError, match=r"mutualism/x.*state\.rows\[0\]\[0\]: nan"):
        trace_of(a_result().with_(trajectory=bad))


@pytest.mark.parametrize("trace", [{}, {"turns": 3}, {"turns": [{}], "seen": [], "state": [], "initial": {}, "budget": 0}])
def test_what_is_no_trace_is_a_store_error(trace: dict[str, Json]) -> None:
    """Damage is said, not guessed around."""
    with pytest.raises(StoreError, match="not a trace"):
        trajectory_of(trace)


def _trace(n: int) -> dict[str, Json]:
    return {"v": 1, "steps": n, "cost": n / 2, "turns": [{"step": i, "action": "wait"} for i in range(n)]}


@pytest.mark.parametrize("mode", ["json", "packed"])
def test_every_trace_is_found_again(tmp_path: Path, mode: str) -> None:
    """The reference alone is enough, in any order."""
    writer = TraceWriter(tmp_path, "r1", "w0", mode)
    refs = [writer.write(f"mutualism-x_oracle_seed{n}", _trace(n)) for n in range(20)]
    assert [traces.read(tmp_path, ref) for ref in reversed(refs)] == [_trace(n) for n in range(19, -1, -1)]
    assert (refs[3].steps, refs[3].cost) == (3, 1.5)
    writer.close()
    files = sorted(p.name for p in (tmp_path / "traces").iterdir())
    assert len(files) == (20 if mode == "json" else 1)
    assert files[0] == ("mutualism-x_oracle_seed0.json" if mode == "json" else "r1-w0.zst")


def test_a_dat_gives_the_trace_of_a_result(tmp_path: Path) -> None:
    """None without one."""
    dat = a_dat(tmp_path)
    result = a_result().with_(trace=TraceWriter(dat.path, "r1", "w", "packed").write("x", _trace(2)))
    assert dat.trace(result) == _trace(2)
    assert dat.trace(a_result()) is None


def test_taken_names_get_a_number(tmp_path: Path) -> None:
    """No trace replaces another, also of another writer, and a dangling link is not written through."""
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "x-2.json").symlink_to(tmp_path / "outside")
    names = [TraceWriter(tmp_path, "r1", f"w{n}", "json").write("x", _trace(n)).file for n in range(3)]
    assert names == ["traces/x.json", "traces/x-3.json", "traces/x-4.json"]
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "a/b\0c", "", "...", "ü" * 300, "x" * 300])
def test_odd_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    """One safe, bounded file name."""
    ref = TraceWriter(tmp_path, "r1", "w", "json").write(name, _trace(1))
    assert [p.name for p in (tmp_path / "traces").iterdir()] == [Path(ref.file).name]
    assert len(Path(ref.file).name) < 150
    assert traces.read(tmp_path, ref) == _trace(1)


def test_long_names_that_differ_at_the_end_stay_two(tmp_path: Path) -> None:
    """Cutting a name does not mix two up."""
    writer = TraceWriter(tmp_path, "r1", "w", "json")
    assert writer.write("x" * 300 + "a", _trace(1)).file != writer.write("x" * 300 + "b", _trace(1)).file
    assert not list((tmp_path / "traces").glob("*-2.json"))


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    """The error lists the modes."""
    with pytest.raises(ValueError, match="json, packed"):
        TraceWriter(tmp_path, "r1", "w", "zip")


@pytest.mark.parametrize(
    "file", ["../secret.json", "/etc/passwd", "traces/../../secret.json", "secret.json", "", "traces", "a\0"]
)
def test_a_reference_out_of_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    """A journal of someone else cannot make us read other files."""
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "dat").mkdir()
    with pytest.raises(StoreError, match="may only lie below traces/"):
        traces.read(tmp_path / "dat", TraceRef(file))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """Nor by a symlink in `traces/`."""
    (tmp_path / "secret.json").write_text("{}")
    (tmp_path / "dat" / "traces").mkdir(parents=True)
    (tmp_path / "dat" / "traces" / "x.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(StoreError, match="leads out"):
        traces.read(tmp_path / "dat", TraceRef("traces/x.json"))


def test_a_cut_frame_is_a_clear_error(tmp_path: Path) -> None:
    """Cut in the file, or by a wrong length; the frames before it are read."""
    writer = TraceWriter(tmp_path, "r1", "w", "packed")
    first, second = writer.write("a", _trace(5)), writer.write("b", _trace(50))
    path = tmp_path / second.file
    path.write_bytes(path.read_bytes()[:-3])
    assert traces.read(tmp_path, first) == _trace(5)
    with pytest.raises(StoreError, match="cut off"):
        traces.read(tmp_path, second)
    assert first.length is not None
    with pytest.raises(StoreError, match="cut off"):
        traces.read(tmp_path, TraceRef(first.file, first.offset, first.length - 2))
    with pytest.raises(StoreError, match="cut off"):
        traces.read(tmp_path, TraceRef(first.file, -1, 5))


def test_damage_is_a_clear_error(tmp_path: Path) -> None:
    """Not a frame, not JSON, not an object, a newer version, not there: each named."""
    (tmp_path / "traces").mkdir()
    for name, data in {"a.zst": b"x" * 50, "a.gz": b"x" * 50, "a.json": b"{", "b.json": b"[]", "c.json": b'{"v":9}'}.items():
        (tmp_path / "traces" / name).write_bytes(data)
        with pytest.raises(StoreError, match=rf"{name}.*(damaged|version 9)"):
            traces.read(tmp_path, TraceRef(f"traces/{name}"))
    with pytest.raises(StoreError, match="No such file"):
        traces.read(tmp_path, TraceRef("traces/gone.json"))
    (tmp_path / "traces" / "x.pkl").write_bytes(b"")
    with pytest.raises(StoreError, match="unknown kind"):
        traces.read(tmp_path, TraceRef("traces/x.pkl"))


@pytest.mark.parametrize("suffix", [".zst", ".gz"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    """A small frame that grows without end is refused."""
    if suffix == ".gz":
        monkeypatch.setattr(packing, "_zstd", lambda: None)
    frame = packing.compress(b" " * 3_000_000)
    monkeypatch.setattr(packing, "MAX_BYTES", 1_000_000)
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / f"x{suffix}").write_bytes(frame)
    with pytest.raises(StoreError, match="more than 1000000 bytes"):
        traces.read(tmp_path, TraceRef(f"traces/x{suffix}", 0, len(frame)))


def test_without_zstd_traces_are_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds are read where both can be."""
    monkeypatch.setattr(packing, "_zstd", lambda: None)
    writer = TraceWriter(tmp_path, "r1", "w", "packed")
    ref = writer.write("a", _trace(3))
    assert ref.file == "traces/r1-w.gz"
    assert traces.read(tmp_path, ref) == _trace(3)
    (tmp_path / "traces" / "x.zst").write_bytes(b"")
    with pytest.raises(StoreError, match="pip install"):
        traces.read(tmp_path, TraceRef("traces/x.zst"))


def test_a_trace_that_cannot_be_written_leaves_no_scrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs this trace only."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(StoreError, match="No space left"):
        TraceWriter(tmp_path, "r1", "w", "json").write("x", _trace(1))
    assert list((tmp_path / "traces").iterdir()) == []
