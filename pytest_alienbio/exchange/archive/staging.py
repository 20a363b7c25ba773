"""A DAT copied for an archive: whole lines only, the chosen traces only, and every line points to its trace again."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import SpecError, StoreError, did_you_mean
from ...model import TraceRef
from ...store import closing, codec, layout, packing, traces
from ...store.disk import lines, store_error
from ...store.trace_seal import sealed
from .screen import Screen

ALL, FAILED, NONE = "all", "failed", "none"

LARGE = 256 * 2**20
"""Bytes of a file that is looked through in one piece; what is larger is no text that anybody reads, and is left out."""

_AS_THEY_ARE = (layout.SPEC, layout.ENVIRONMENT)
PAGE_FILE = f"{layout.REPORTS}/{layout.PAGE}"


Journals = list[tuple[Path, int]]
"""Each with the bytes of it that are looked at."""


@dataclass(slots=True)
class Staged:
    """What was copied to `folder`."""

    folder: Path
    traces_kept: int = 0
    traces_left_out: int = 0
    notes: list[str] = field(default_factory=list)
    """What is not as in the DAT, in words."""

    def leave_out(self, frames: _Frames, offset: int, error: OSError) -> None:
        """A trace that cannot be read is not copied, and that is said."""
        self.traces_kept -= frames.chosen.pop(offset, None) is not None
        self.traces_left_out += 1
        frames.left_out.add(offset)
        self.notes.append(f"a trace is left out: {error}")


@dataclass(slots=True)
class _Frames:
    """The traces of one file (packed: many) that lines of the journals point to."""

    chosen: dict[int, int] = field(default_factory=dict)
    """Offset -> length."""
    left_out: set[int] = field(default_factory=set)
    moved: dict[int, tuple[int, int]] | None = None
    """Offset -> where it lies in the copy, and how long it is; None: everything lies where it lay."""


def stage(dat: Path, folder: Path, screen: Screen, choice: str | Collection[str]) -> Staged:
    """Copies the DAT at `dat` to the empty `folder`. `choice`: all, failed or none of its traces, or those of these ids.

    A log tells here not who shared the folder: so the same DAT gives the same copy. Links are not followed. Raises
    `SpecError` for an id that no line has, `StoreError` for what cannot be read or written.
    """
    staged = Staged(folder)
    state = closing.read_head(dat)
    journals = [(path, path.stat().st_size) for path in layout.journals(dat)]  # lines that come later are not looked at
    kept = _chosen(dat, journals, choice)
    for name in _AS_THEY_ARE:
        if (dat / name).is_file():
            _copy(dat, name, staged, screen)
    _copy_log(dat, staged, screen)
    for name in (layout.METRICS, layout.ARTIFACTS, layout.REPORTS, layout.CONFIRM, layout.RESCORED):
        for file in _files(dat, name, staged):
            if _packs(file):
                if file == PAGE_FILE:
                    staged.notes.append(f"{file}: left out, it packs traces; made anew by: bio report DAT -o report.html")
                continue
            if choice == ALL or name != layout.CONFIRM or f"/{layout.TRACES}/" not in file:
                _copy(dat, file, staged, screen)
    changed = _copy_cells(dat, journals, staged, screen, kept)
    if state is not None and changed:
        status = state.get("status")
        closing.consolidate(folder, status if isinstance(status, dict) else {})
    elif state is not None:
        for name in layout.AT_CLOSE:
            if (dat / name).is_file():
                _copy(dat, name, staged, screen)
    return staged


def _packs(file: str) -> bool:
    """Whether a file of a DAT is a page, or beside one: what it packs nobody can look through, nor choose from."""
    return file == PAGE_FILE or file.startswith(f"{layout.REPORTS}/{Path(layout.PAGE).stem}.files/")


def _chosen(dat: Path, journals: Journals, choice: str | Collection[str]) -> Collection[str] | None:
    """Ids whose traces are kept; None: those of failed cells are."""
    if choice == FAILED:
        return None
    if choice == NONE:
        return frozenset()
    ids = {str(row["id"]) for path, size in journals for row, _ in _rows(path, size) if row}
    if choice == ALL:
        return ids
    for name in choice:
        if name not in ids:
            raise SpecError(f"--traces: no cell {name[:200]!r} in {dat}; {did_you_mean(name, ids, most=3)}")
    return frozenset(choice)


def _copy_cells(dat: Path, journals: Journals, staged: Staged, screen: Screen, kept: Collection[str] | None) -> bool:
    """Copies journals and traces; whether any line is not as it was."""
    files: defaultdict[str, _Frames] = defaultdict(_Frames)
    for path, size in journals:
        for row, _ in _rows(path, size):
            if row and row["trace"]:
                wanted = row["passed"] is not True if kept is None else row["id"] in kept
                _choose(dat, files[row["trace"]["file"]], row["trace"], wanted, staged)
    for file, frames in files.items():
        if frames.chosen:
            _copy_traces(dat, file, frames, staged, screen)
    changed = False
    for path, size in journals:
        name = f"{layout.CELLS}/{path.name}"
        with _new(staged, name) as out:
            for number, (row, raw) in enumerate(_rows(path, size), 1):
                if not raw.endswith(b"\n"):
                    staged.notes.append(f"{name}: line {number} is not whole, left out")
                    continue
                line = raw
                if row and row["trace"]:
                    line = _pointed(row["trace"], files[row["trace"]["file"]], raw)
                line = screen.text(name, line, number)
                if line != raw:
                    changed, line = True, codec.resealed(line)
                out.write(line)
    return changed


def _choose(dat: Path, frames: _Frames, trace: dict[str, Any], wanted: bool, staged: Staged) -> None:
    offset = trace.get("offset") or 0
    if not wanted or not trace["file"]:
        if trace["file"] and offset not in frames.chosen and offset not in frames.left_out:
            frames.left_out.add(offset)
            staged.traces_left_out += 1
        return
    try:
        path = traces.inside(dat, TraceRef(trace["file"]))
        length = trace.get("length")
        size = path.stat().st_size
        if offset < 0 or offset + (size if length is None else length) > size:
            raise StoreError(f"{path}: the trace at byte {offset} is cut off")
    except OSError as error:
        if offset not in frames.left_out:
            staged.leave_out(frames, offset, error)
        return
    if offset not in frames.chosen:
        staged.traces_kept += 1
        staged.traces_left_out -= offset in frames.left_out
        frames.left_out.discard(offset)
    frames.chosen[offset] = size if length is None else length


def _copy_traces(dat: Path, file: str, frames: _Frames, staged: Staged, screen: Screen) -> None:
    """Copies the chosen traces of one file, and notes in `frames` where they lie now."""
    path = traces.inside(dat, TraceRef(file))
    packed = path.suffix != ".json"
    moved: dict[int, tuple[int, int]] = {}
    with _new(staged, file) as out, path.open("rb") as source:
        for offset, length in sorted(frames.chosen.items()):
            source.seek(offset)
            frame = source.read(length)
            try:
                plain = packing.expand(frame, path.suffix, f"{path} at byte {offset}") if packed else frame
            except StoreError as error:
                staged.leave_out(frames, offset, error)
                continue
            seen = screen.text(file, plain)
            if seen is not plain:
                frame = packing.compress(seen, path.suffix) if packed else sealed(seen)
            moved[offset] = (out.tell(), len(frame))
            out.write(frame)
    if any((offset, frames.chosen[offset]) != place for offset, place in moved.items()):
        frames.moved = moved


def _pointed(trace: dict[str, Any], frames: _Frames, raw: bytes) -> bytes:
    """The line with its trace where it lies now: the line itself if that is where it lay."""
    offset = trace.get("offset") or 0
    if offset in frames.left_out:
        place: dict[str, Any] = {"file": "", "offset": None, "length": None}
    elif frames.moved is not None and trace.get("offset") is not None:
        place = {"offset": frames.moved[offset][0], "length": frames.moved[offset][1]}
    else:
        return raw
    row = codec.parse_again(raw)
    row["trace"] = {**row["trace"], **place}
    return json.dumps(row, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _rows(path: Path, size: int) -> Iterator[tuple[codec.Row | None, bytes]]:
    """Every line of the first `size` bytes, with what it says if that can be read here."""
    for _, offset, raw in lines(path):
        if offset >= size:
            return
        try:
            yield codec.parse(raw), raw
        except (ValueError, StoreError):
            yield None, raw


def _copy_log(dat: Path, staged: Staged, screen: Screen) -> None:
    if not (dat / layout.LOG).is_file():
        return
    with _new(staged, layout.LOG) as out:
        for number, _, raw in lines(dat / layout.LOG):
            try:
                entry = json.loads(raw)
            except (ValueError, RecursionError):
                entry = None
            if raw.endswith(b"\n") and not (isinstance(entry, dict) and entry.get("event") == "shared"):
                out.write(screen.text(layout.LOG, raw, number))


def _copy(dat: Path, name: str, staged: Staged, screen: Screen) -> None:
    path = dat / name
    try:
        if path.stat().st_size > LARGE:
            staged.notes.append(f"{name}: more than {LARGE // 2**20} MiB, left out")
            return
        data = path.read_bytes()
    except OSError as error:
        raise store_error("read", path, error) from error
    with _new(staged, name) as out:
        out.write(screen.text(name, data))


def _files(dat: Path, name: str, staged: Staged) -> Iterator[str]:
    """The files below a folder of a DAT, in order; hidden ones and links are left out."""
    for folder, inner, names in os.walk(dat / name):
        inner[:] = sorted(each for each in inner if not each.startswith("."))
        for each in sorted([*inner, *names]):
            path = Path(folder, each)
            if path.is_symlink():
                staged.notes.append(f"{path.relative_to(dat).as_posix()}: a link, left out")
                inner[:] = [other for other in inner if other != each]
            elif path.is_file() and not each.startswith("."):
                yield path.relative_to(dat).as_posix()


def _new(staged: Staged, name: str) -> Any:
    path = staged.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("xb")
