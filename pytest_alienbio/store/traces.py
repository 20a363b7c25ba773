"""Trajectory <-> trace: one JSON file a cell, or one compressed frame a cell in a packed file, read in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ..errors import StoreError
from ..model import Json, Result, TraceRef
from . import codec, packing
from .calls import hidden_state, kept
from .disk import OwnFile, store_error
from .fields import complaints
from .layout import TRACES, json_trace_path, packed_path, safe_name
from .tables import table, trajectory_of, turns
from .trace_seal import sealed, unsealed

MODES = ("json", "packed")

__all__ = ["MODES", "TraceWriter", "read", "trace_of", "trajectory_of"]


def trace_of(result: Result, briefing: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """The JSON form of a result's trajectory, with enough beside it to know whose it is.

    `initial`, `seen` and `state` are tables (names once, then rows); a turn leaves out what is empty or as usual.
    Raises `ValueError` naming the place for a number that is not finite and for what is no JSON.
    """
    trajectory = result.trajectory
    calls = trajectory.turns if trajectory else ()
    trace: dict[str, Json] = {
        "v": codec.VERSION,
        "key": result.key,
        "id": result.id,
        "scenario": result.scenario,
        "difficulty": result.difficulty,
        "params": result.params,
        "agent": result.agent,
        "seed": result.seed,
        "attempt": result.attempt,
        "outcome": result.outcome.value,
        "score": result.score,
        "steps": len(calls),
        "cost": trajectory.cost if trajectory else 0.0,
        "budget": trajectory.budget if trajectory else 0.0,
        "briefing": briefing,
        "initial": trajectory.initial if trajectory else {},
        "turns": turns(calls),
        "seen": table([turn.seen for turn in calls]),
        "state": table([turn.state for turn in calls]),
    }
    if trajectory and trajectory.calls:
        asked, left_out = kept(trajectory.calls)
        trace |= {"calls_left_out": left_out} if left_out else {"calls": asked}
        trace["turns"] = hidden_state(trace["turns"])  # they say what its answers say
    if wrong := next(complaints(trace), ""):
        raise ValueError(f"{result.id}: trace: {wrong}")
    return trace


class TraceWriter:
    """The traces of one writer. `mode` is `json` (a file each) or `packed` (a frame each, in one file). Thread-safe."""

    def __init__(self, dat_path: Path, run_id: str, worker: str, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown trace mode {mode!r}; expected one of {', '.join(MODES)}")
        self._dat = Path(dat_path)
        self._mode = mode
        self._packed = OwnFile(packed_path(self._dat, run_id, worker, packing.suffix()))

    def write(self, name: str, trace: Mapping[str, Json]) -> TraceRef:
        """Writes one trace and says where it lies. `name` is made safe; a taken one gets `-2`, `-3`, ...

        Raises `StoreError` (disk full, say; then nothing is left of it) and `ValueError` for what is no JSON.
        """
        steps, cost = trace.get("steps"), trace.get("cost")
        tally = {
            "steps": steps if isinstance(steps, int) else 0,
            "cost": float(cost) if isinstance(cost, int | float) else 0.0,
        }
        if self._mode == "json":
            path = self._write_json(safe_name(name), sealed(readable(trace).encode()))
            return TraceRef(f"{TRACES}/{path.name}", steps=int(tally["steps"]), cost=tally["cost"])
        frame = packing.compress(json.dumps(trace, separators=(",", ":"), allow_nan=False, default=dict).encode())
        offset = self._packed.append(frame)
        file = f"{TRACES}/{self._packed.path.name}"
        return TraceRef(file, offset, len(frame), steps=int(tally["steps"]), cost=tally["cost"])

    def take(self, name: str, dat_path: Path, ref: TraceRef) -> TraceRef:
        """Copies a trace of another DAT: as it is, where both keep traces the same way. Raises as `read` and `write` do."""
        path = inside(dat_path, ref)
        if self._mode == "json" or path.suffix != packing.suffix() or ref.offset is None or ref.length is None:
            return self.write(name, read(dat_path, ref))
        read(dat_path, ref)  # what is damaged is not taken over
        with path.open("rb") as source:
            source.seek(ref.offset)
            frame = source.read(ref.length)
        offset = self._packed.append(frame)
        return TraceRef(f"{TRACES}/{self._packed.path.name}", offset, len(frame), steps=ref.steps, cost=ref.cost)

    def _write_json(self, name: str, data: bytes) -> Path:
        number = 1
        while True:
            own = OwnFile(json_trace_path(self._dat, name, number))
            try:
                own.append(data)
            except StoreError as error:
                if isinstance(error.__cause__, FileExistsError) and os.path.lexists(own.path):
                    number += 1
                    continue
                if own.created:
                    own.path.unlink(missing_ok=True)
                raise
            finally:
                own.close()
            return own.path

    def close(self) -> None:
        """Closes the packed file. Writing afterwards is a `StoreError` there."""
        self._packed.close()


def read(dat_path: Path, ref: TraceRef) -> dict[str, Json]:
    """The trace `ref` points to.

    Raises `StoreError` if that lies outside the DAT, is missing, cut off, damaged or absurdly big.
    """
    path = inside(Path(dat_path), ref)
    try:
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            offset = ref.offset or 0
            length = size if ref.length is None else ref.length
            if offset < 0 or length < 0 or offset + length > size:
                raise StoreError(f"{path}: the trace at byte {offset} is cut off: {length} bytes wanted, {size} in the file")
            if length > packing.MAX_BYTES:
                raise StoreError(f"{path}: a trace of {length} bytes is more than {packing.MAX_BYTES}, not read")
            source.seek(offset)
            data = source.read(length)
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise store_error("read", path, error) from error
    where = f"{path} at byte {offset}" if ref.offset is not None else str(path)
    data = unsealed(data, where) if path.suffix == ".json" else packing.expand(data, path.suffix, where)
    try:
        trace = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{where}: damaged trace: {error}") from error
    if not isinstance(trace, dict):
        raise StoreError(f"{where}: damaged trace: not a JSON object")
    version = trace.get("v", 1)
    if not isinstance(version, int) or version > codec.VERSION:
        raise StoreError(
            f"{where}: trace of format version {version!r:.20}, this pytest-alienbio reads {codec.VERSION}; upgrade it"
        )
    return trace


def inside(dat: Path, ref: TraceRef) -> Path:
    """The file `ref` points into. Raises `StoreError` if that would lie outside the DAT's traces."""
    relative = PurePosixPath(ref.file)
    if (
        relative.is_absolute()
        or ".." in relative.parts
        or len(relative.parts) < 2
        or relative.parts[0] != TRACES
        or "\0" in ref.file
    ):
        raise StoreError(f"{dat}: a trace may only lie below {TRACES}/, not at {ref.file!r:.200}")
    try:
        path = (dat / relative).resolve()
        allowed = path.is_relative_to((dat / TRACES).resolve())
    except (OSError, RuntimeError) as error:
        raise StoreError(f"{dat}: {ref.file!r:.200}: {error}") from error
    if not allowed:
        raise StoreError(f"{dat}: the trace {ref.file!r:.200} leads out of the folder")
    return path


def readable(trace: Mapping[str, Json]) -> str:
    """JSON a person can scroll through: one line a key, one line an element of a list or table."""

    def dump(value: object) -> str:
        return json.dumps(value, allow_nan=False, default=dict, ensure_ascii=True)

    def entry(value: Json) -> str:
        if isinstance(value, list | tuple) and value:
            return "[\n  " + ",\n  ".join(map(dump, value)) + "\n ]"
        if isinstance(value, Mapping) and isinstance(value.get("rows"), list) and value["rows"]:
            inner = ",\n  ".join(f"{dump(k)}: {entry(v)}" for k, v in value.items())
            return "{\n  " + inner + "\n }"
        return dump(value)

    return "{\n " + ",\n ".join(f"{dump(key)}: {entry(value)}" for key, value in trace.items()) + "\n}\n"
