"""Checkpoints of cells that are being played: one JSON file a cell in `checkpoints/`, replaced whole, with a checksum.

The first line says whose it is and what the second one hashes to. Nothing but JSON is read: the file may come from anywhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from heapq import nlargest
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import StoreError
from ..model import ActionResult, Checkpoint, Json, Observation, Usage
from . import calls, secrets
from .codec import VERSION
from .consumed import usage_from, usage_row
from .disk import MAX_LINE, replace_file, store_error
from .layout import CHECKPOINTS, checkpoint_path
from .tables import table, trajectory_of, turns


class CheckpointFile:
    """The checkpoint of one cell. `identity` (a hash) stands for all that decides how it is played. Thread-safe."""

    def __init__(self, dat_path: Path, identity: str, cell_id: str) -> None:
        self.path = checkpoint_path(Path(dat_path), identity)
        self._identity, self._cell_id = identity, cell_id
        self._lock = Lock()
        self._over = False

    def load(self) -> Checkpoint | None:
        """The last one that was saved; None if there is none. Raises `StoreError` for one that is damaged or another's."""
        try:
            with self.path.open("rb") as source:
                head, body = source.readline(1000), source.read(MAX_LINE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise store_error("read", self.path, error) from error
        try:
            said = json.loads(head)
            if said["v"] != VERSION or said["identity"] != self._identity:
                raise StoreError(f"{self.path.name} is the checkpoint of another cell, or of another version")
            if len(body) > MAX_LINE or sha256(body).hexdigest() != said["sha256"]:
                raise StoreError(f"{self.path.name} is damaged: its checksum is wrong")
            return _checkpoint(json.loads(body, parse_constant=_refuse))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise StoreError(f"{self.path.name} is no checkpoint: {type(error).__name__}: {error}"[:300]) from error

    def save(self, checkpoint: Checkpoint) -> None:
        """Replaces the one before, all or nothing; does nothing after `remove`. Raises `StoreError`, `ValueError`.

        What looks like a secret is hidden in what a model said and was asked, as its trace does; a checkpoint that holds one
        elsewhere is none (`ValueError`): it could not be played on from with less than it holds.
        """
        body = _without_secrets(_plain(checkpoint)).encode()
        if len(body) > MAX_LINE:
            raise StoreError(f"the checkpoint has {len(body):,} bytes, more than {MAX_LINE:,}")
        said = {"v": VERSION, "identity": self._identity, "cell": self._cell_id, "sha256": sha256(body).hexdigest()}
        head = json.dumps(said).encode()
        if len(head) >= 1000:  # a long id; it is there for people only
            head = json.dumps({**said, "cell": ""}).encode()
        with self._lock:
            if self._over:
                return
            try:
                self.path.parent.mkdir(exist_ok=True)
            except OSError as error:
                raise store_error("create", self.path.parent, error) from error
            replace_file(self.path, [head, b"\n", body])

    def remove(self) -> None:
        """The cell is over: whatever was saved goes, half-written files of processes that died included."""
        with self._lock:
            self._over = True
            with suppress(OSError):
                for left in self.path.parent.glob(f".{self.path.name}.*.tmp"):
                    left.unlink(missing_ok=True)
                self.path.unlink(missing_ok=True)


def saved_cells(dat_path: Path, most: int) -> list[tuple[str, float]]:
    """Cells that are being played, as their checkpoints say, and when those were saved (Unix seconds): the newest `most`.

    Only heads are read: what a checkpoint holds may be large. What cannot be read is left out.
    """
    found: list[tuple[float, str]] = []
    with suppress(OSError), os.scandir(Path(dat_path) / CHECKPOINTS) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name.endswith(".json") and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                    found.append((entry.stat(follow_symlinks=False).st_mtime, entry.path))
    cells: list[tuple[str, float]] = []
    for saved_at, path in nlargest(most, found):
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError), open(path, "rb") as source:
            cells.append((str(json.loads(source.readline(1000))["cell"]), saved_at))
    return cells


def _without_secrets(plain: dict[str, Json]) -> str:
    known, body = secrets.secrets_here(), _dumped(plain)
    if not secrets.find(body, known):
        return body
    body = _dumped({**plain, "agent": calls.hidden_state(plain["agent"]), "turns": calls.hidden_state(plain["turns"])})
    if found := secrets.find(body, known):
        raise ValueError(f"it holds {found[0].kind}, which is written nowhere")
    return body


def _dumped(plain: Mapping[str, Json]) -> str:
    return json.dumps(plain, separators=(",", ":"), allow_nan=False, default=dict)


def _plain(checkpoint: Checkpoint) -> dict[str, Json]:
    trajectory, seen = checkpoint.trajectory, checkpoint.observation
    last = seen.last
    return {
        "turns": turns(trajectory.turns),
        "seen": table([turn.seen for turn in trajectory.turns]),
        "state": table([turn.state for turn in trajectory.turns]),
        "initial": trajectory.initial,
        "budget": trajectory.budget,
        "observation": {
            "step": seen.step,
            "state": seen.state,
            "max_steps": seen.max_steps,
            "budget": seen.budget,
            "spent": seen.spent,
            "last": None if last is None else [last.ok, last.reason, last.cost, last.reading],
            "info": seen.info,
        },
        "agent": checkpoint.agent,
        "environment": checkpoint.environment,
        "started_at": checkpoint.started_at,
        "duration_s": checkpoint.duration_s,
        "usage": usage_row(checkpoint.usage),
    }


def _checkpoint(raw: Mapping[str, Any]) -> Checkpoint:
    seen = raw["observation"]
    last = None if seen["last"] is None else ActionResult(*seen["last"])
    started_at, duration_s = float(raw["started_at"]), float(raw["duration_s"])
    if duration_s < 0:
        raise ValueError(f"it was played for {duration_s} s")
    return Checkpoint(
        trajectory_of(raw),
        Observation(**{**seen, "last": last}),
        raw["agent"],
        raw["environment"],
        started_at,
        duration_s,
        _usage(raw.get("usage") or {}),
    )


def _usage(told: Any) -> Usage:
    return Usage(*told) if isinstance(told, list) else usage_from(told)  # of an earlier version it is a list


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")
