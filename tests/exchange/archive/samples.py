"""A DAT with everything in it, and zips made by hand."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pytest_alienbio.model import Outcome, Result, Trajectory, Turn
from pytest_alienbio.store import Dat, Journal, TraceWriter, add_artifact, close, log, trace_of, write_metric

from ...store.samples import a_dat, a_result

SPEC = b"v: 1\nrun: r1\n"


def full_dat(root: Path, mode: str = "json", *, said: str = "as I see it", closed: bool = True, cells: int = 4) -> Dat:
    """Cells of two writers, every second of them below its bar, each with a trace; a metric, an artifact, a report."""
    dat = a_dat(root)
    for worker in ("gw0", "gw1"):
        journal, traces = Journal(dat.path, "r1", worker), TraceWriter(dat.path, "r1", worker, mode)
        for seed in range(cells):
            result = played(seed, worker, said)
            journal.append(result.with_(trace=traces.write(f"{worker}_{seed}", trace_of(result))))
        journal.close()
        traces.close()
    write_metric(dat.path, "r1", "gw0", a_result().id, "loss", 0.5)
    (root / "plot.png").write_bytes(b"\x89PNG\0\xff\xfe binary")
    add_artifact(dat.path, "cell", root / "plot.png")
    (dat.path / "reports").mkdir()
    (dat.path / "reports" / "report.md").write_text("# Report\n")
    log.append(dat.path, "noted", {"text": "a note"}, author="Kim")
    if closed:
        close(dat, status={"verdict": "passed"})
    return dat


def played(seed: int, worker: str, said: str) -> Result:
    """A cell with a trace of two steps."""
    turns = tuple(
        Turn(step, "look", {}, True, "", 1.0, {"x": float(step)}, {}, f"{said} {worker} {seed} {step}", {}) for step in (0, 1)
    )
    score = 0.9 if seed % 2 else 0.1
    return a_result(seed, agent=worker, outcome=Outcome.COMPLETED, score=score).with_(
        trajectory=Trajectory(turns, {"x": 0.0}, 9.0)
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, without the lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def a_zip(
    path: Path,
    files: Mapping[str, bytes] | None = None,
    extra: list[tuple[zipfile.ZipInfo, bytes]] | None = None,
    *,
    dat: str = "results/b/2026-01-31_001",
    change: Mapping[str, object] | None = None,
    listed: Mapping[str, bytes] | None = None,
) -> Path:
    """An archive made by hand: `files` (in the DAT, as the manifest lists them), and raw entries beside them."""
    held = {"_spec_.yaml": SPEC} if files is None else dict(files)
    about = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in {**held, **(listed or {})}.items()
    }
    manifest: dict[str, object] = {
        "format": "alienbio-archive",
        "v": 1,
        "dat": dat,
        "battery": "b",
        "state": "closed",
        "traces": "all",
        "traces_kept": 0,
        "traces_left_out": 0,
        "hidden": 0,
        "files": about,
        **(change or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in held.items():
            archive.writestr(f"dat/{name}", data)
        for info, data in extra or []:
            archive.writestr(info, data)
    return path


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """An entry under any name, and of any kind."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    info.create_system = 3
    info.external_attr = mode << 16
    return info
