"""Offline W&B runs: made by wandb itself, listed by its own `sync`, and read record by record."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wandb
from wandb.proto import wandb_internal_pb2

from pytest_alienbio.cli.main import main
from pytest_alienbio.exchange import export
from pytest_alienbio.store import Dat

from ..exchange.played import a_run
from .conftest import leaves

BLOCK, HEADER, LEAD = 32 * 1024, 7, 7


def records(path: Path) -> Iterator[Any]:
    """The records of a `.wandb` file: protobufs in a log of LevelDB's form, after 7 bytes of its own.

    Blocks of 32 KiB; a chunk has a checksum (4 bytes), a length (2) and a kind: whole, first, middle or last of a record.
    """
    data = path.read_bytes()
    assert data[:4] == b":W&B"
    at, parts = LEAD, b""
    while at + HEADER <= len(data):
        if BLOCK - at % BLOCK < HEADER:
            at += BLOCK - at % BLOCK
            continue
        length, kind = struct.unpack_from("<HB", data, at + 4)
        if kind == 0:
            at += BLOCK - at % BLOCK
            continue
        parts += data[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (1, 4):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(parts)
            yield record
            parts = b""


def of_kind(path: Path, kind: str) -> list[Any]:
    """The records of one kind."""
    return [getattr(each, kind) for each in records(path) if each.WhichOneof("record_type") == kind]


def items(update: Any) -> dict[str, Any]:
    """Keys and values of a config, a summary or a row of the history."""
    return {".".join(each.nested_key) or each.key: json.loads(each.value_json) for each in update}


@pytest.fixture
def written(dat: Dat, tmp_path: Path) -> dict[str, Path]:
    """The `.wandb` file of each agent's run."""
    done = export(dat.results(), "wandb", tmp_path / "wb", leaves=leaves)
    assert done.cells == 10
    assert done.lost == {"error": 1, "properties": 10, "scenario_hash": 10, "tags": 10, "trace": 6, "worker": 10}
    found = {}
    for path in (tmp_path / "wb").rglob("*.wandb"):
        found[items(of_kind(path, "run")[0].config.update)["agent"]] = path
    return found


def test_an_agent_of_a_dat_is_an_offline_run(written: dict[str, Path]) -> None:
    assert set(written) == {"greedy", "idle"}
    (run,) = of_kind(written["greedy"], "run")[:1]
    config = items(run.config.update)
    assert (run.project, list(run.tags), run.notes) == ("walk", ["nightly"], "Walks of several lengths.")
    assert (config["battery"], config["agent_params"], config["commit"]) == ("walk", {"depth": 3}, "c" * 40)
    assert written["greedy"].parent.name.startswith("offline-run-")
    assert written["greedy"].name == f"run-{run.run_id}.wandb"


def test_the_summary_holds_the_sums_and_means(written: dict[str, Path]) -> None:
    summary: dict[str, Any] = {}
    for each in of_kind(written["greedy"], "summary"):
        summary |= items(each.update)
    assert (summary["score_mean"], summary["cells"], summary["errors"]) == (0.5, 8, 2)
    assert summary["score_mean/walks/line"] == 0.5
    (ended,) = of_kind(written["greedy"], "exit")
    assert ended.exit_code == 0


def test_the_table_has_a_row_a_cell(written: dict[str, Path], dat: Dat) -> None:
    """What has no score has none: an outage is never a score."""
    path = written["greedy"]
    (row,) = [items(each.item) for each in of_kind(path, "history")]
    table = json.loads((path.parent / "files" / row["cells.path"]).read_text("utf-8"))
    cells = [dict(zip(table["columns"], each, strict=True)) for each in table["data"]]
    given = [result for result in dat.results() if result.agent == "greedy"]
    assert [(each["id"], each["outcome"], each["score"]) for each in cells] == [
        (result.id, result.outcome.value, result.score) for result in given
    ]
    assert cells[1]["score.goal"] == 0.5
    assert cells[1]["params"] == '{"slope": 0.5}'


def test_nothing_about_this_machine_is_in_it(written: dict[str, Path], tmp_path: Path) -> None:
    """Only what the DAT says of where it was played; no debug logs, no links, no packages."""
    assert not [path for path in (tmp_path / "wb").rglob("*") if path.is_symlink()]
    names = {path.name for path in (tmp_path / "wb").rglob("*") if path.is_file()}
    assert not {name for name in names if "debug" in name or "requirements" in name or "metadata" in name}


@pytest.mark.parametrize("folder", ["wb", "again"])
def test_what_syncing_uploads_lies_in_the_folder_and_nowhere_else(
    written: dict[str, Path], dat: Dat, tmp_path: Path, folder: str
) -> None:
    """W&B would stage tables below the home folder, whence they could be gone by then. Also the second time in a process."""
    if folder == "again":
        export(dat.results(), "wandb", tmp_path / "again")
    paths = list((tmp_path / folder).rglob("*.wandb"))
    assert len(paths) == len(written)
    for path in paths:
        (table,) = of_kind(path, "artifact")
        (content,) = table.manifest.contents
        assert Path(content.local_path).is_relative_to(tmp_path / folder)
        assert json.loads(Path(content.local_path).read_text("utf-8"))["columns"][0] == "id"


def test_wandbs_own_sync_finds_the_runs_and_the_ids_stay(written: dict[str, Path], dat: Dat, tmp_path: Path) -> None:
    """Syncing the same DAT again changes its runs, and makes no second ones."""
    command = [sys.executable, "-m", "wandb", "sync", "--dry-run", *(str(path.parent) for path in written.values())]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert all(path.parent.name in said.replace("\n", "") for path in written.values()), said
    export(dat.results(), "wandb", tmp_path / "again")
    assert {path.name for path in (tmp_path / "again").rglob("*.wandb")} == {path.name for path in written.values()}


def test_a_run_of_somebody_in_this_process_goes_on(dat: Dat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    theirs = wandb.init(project="theirs", dir=str(tmp_path), mode="offline", settings=wandb.Settings(console="off"))
    export(dat.results(), "wandb", tmp_path / "wb")
    assert wandb.run is theirs
    theirs.log({"x": 1})
    theirs.finish()
    wandb.teardown()  # `finish` only tells W&B's process to write the rest
    (mine,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    assert [items(each.item)["x"] for each in of_kind(mine, "history")] == [1]
    assert os.environ["WANDB_MODE"] == "offline"
    assert "WANDB_DATA_DIR" not in os.environ


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(tmp_path / "data")
    asked = ["export", "walk", "--wandb", str(tmp_path / "wb"), "--data", str(tmp_path / "data")]
    assert main(asked) == 0
    assert "10 cells as wandb" in capsys.readouterr().out
    assert main(asked) == 2
    assert "this exists already" in capsys.readouterr().err
