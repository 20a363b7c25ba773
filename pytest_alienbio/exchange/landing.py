"""Files of other people become DATs: everything is checked before the first line is written."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..model import Json
from ..store import claims, closing, codec, layout, log, provenance, yamltext
from ..store.disk import OwnFile, replace_file
from ..store.secrets import hide
from .columns import Columns
from .formats import Importer, importer
from .problems import Problems
from .spool import Group, Spool

TEMPLATE = f"{layout.IMPORTS}/{{battery}}/{{date}}_{{seq}}"


@dataclass(frozen=True, slots=True)
class Imported:
    """One DAT that was made of a source."""

    dat_path: str
    battery: str
    source: str
    format: str
    cells: int


def import_files(
    sources: Sequence[str],
    root: Path,
    *,
    format: str = "",
    columns: Columns | None = None,
    command: Sequence[str] = (),
    check_only: bool = False,
) -> tuple[Imported, ...]:
    """Makes DATs below the data root of what `sources` hold: one for each battery of each source.

    If a cell was recorded by several runs (as in an export of several DATs), each run has its own. `check_only` writes
    nothing: DAT paths are '' then. Raises `SpecError` with every complaint about all of them at once, and `StoreError`;
    then nothing was imported.
    """
    columns = columns or Columns()
    problems = Problems()
    chosen = [(source, importer(format, source)) for source in dict.fromkeys(sources)]
    with ExitStack() as stack:
        spools: list[tuple[str, Importer, Spool]] = []
        for source, reader in chosen:
            spool = Spool(source, problems)
            stack.callback(spool.close)
            before = len(problems)
            for result in reader.read(source, columns, problems):
                spool.add(result)
            if not spool.cells and len(problems) == before:
                problems.add("there is no cell in it", source)
            spools.append((source, reader, spool))
        problems.refuse()
        claims.check_root(root, TEMPLATE)
        done: list[Imported] = []
        try:
            for source, reader, spool in spools:
                about = _about(source, reader.name, columns)
                for battery, groups in spool.dats():
                    cells = sum(group.cells for group in groups)
                    path = "" if check_only else _land(root, battery, groups, {**about, "rows": cells}, command)
                    done.append(Imported(path, battery, source, reader.name, cells))
        except BaseException:
            for made in filter(None, (each.dat_path for each in done)):
                _take_back(root, Path(made))
            raise
    return tuple(done)


def _about(source: str, format: str, columns: Columns) -> dict[str, Json]:
    mapping: dict[str, Json] = {
        "map": dict(columns.names),
        "set": dict(columns.fixed),
        "ignore": list(columns.ignored),
        "outcomes": dict(columns.outcomes),
    }
    return {
        "format": format,
        "source": hide(source),
        "sha256": _sha256(source),
        "at": codec.now_text(),
        "by": provenance.user_name(),
        "mapping": {name: value for name, value in mapping.items() if value},
    }


def _sha256(source: str) -> str | None:
    """Of a file's bytes; None for what is no file."""
    if not os.path.isfile(source):
        return None
    with open(source, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _land(root: Path, battery: str, groups: Sequence[Group], about: Mapping[str, Json], command: Sequence[str]) -> str:
    """Makes one DAT. Its spec is written last, so that what a crash leaves of it is none."""
    run_id = f"import-{secrets.token_hex(6)}"
    head: dict[str, Json] = {"v": codec.VERSION, "run": run_id}

    def fill(folder: Path) -> None:
        try:
            around = {**head, "imported": about, "command": provenance.redact(command), "host": provenance.host_name()}
            replace_file(folder / layout.ENVIRONMENT, [json.dumps(around, indent=2, default=dict).encode(), b"\n"])
            log.append(folder, "created", {"run": run_id, "battery": battery}, command=command)
            log.append(folder, "imported", {"source": about["source"], "format": about["format"]})
            _write_cells(folder, run_id, groups)
            outcomes: Counter[str] = Counter()
            for group in groups:
                outcomes.update(group.outcomes)
            cells = sum(outcomes.values())
            status: dict[str, Json] = {
                "verdict": "imported",
                "run": run_id,
                "cells": {"planned": cells, "selected": cells, "recorded": cells},
                "outcomes": dict(sorted(outcomes.items())),
            }
            counted = closing.consolidate(folder, status)
            log.append(folder, "closed", {"cells": counted})
            replace_file(folder / layout.SPEC, [yamltext.dump({**head, "imported": about}).encode()])
        except BaseException:
            _take_back(root, folder)
            raise

    return str(claims.claim_folder(root, TEMPLATE, run_id=run_id, fields={"battery": battery}, fill=fill))


def _take_back(root: Path, folder: Path) -> None:
    """Removes what was made, and folders between it and the data root that are empty then."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError, ValueError):
        for parent in folder.resolve().relative_to(root.resolve()).parents[:-1]:
            (root / parent).rmdir()


def _write_cells(folder: Path, run_id: str, groups: Sequence[Group]) -> None:
    _append(layout.journal_path(folder, run_id, "import"), [group.lines for group in groups])
    for group in groups:
        if group.traces:
            _append(folder / group.trace_file, [group.traces])


def _append(path: Path, sources: Sequence[IO[bytes]]) -> None:
    out = OwnFile(path)
    try:
        for source in sources:
            source.seek(0)
            while chunk := source.read(2**20):
                out.append(chunk)
    finally:
        out.close()
