"""Claiming, opening, reading, closing and discarding a DAT."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import Json, Outcome, TaskRecord
from pytest_alienbio.store import Journal, TraceWriter, claim, close, codec, consumed, discard, log, open_for_reading

from .samples import TEMPLATE, a_dat, a_result


def _claim(root: Path, template: str = TEMPLATE, run_id: str = "r1", **fields: str) -> Path:
    return claim(root, template, run_id=run_id, spec={}, fields=fields, command=[], environment={}).path


def _lines(dat_path: Path, *lines: str | bytes, journal: str = "r1-w0") -> Path:
    path = dat_path / "cells" / f"{journal}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(line.encode() + b"\n" if isinstance(line, str) else line for line in lines))
    return path


@contextlib.contextmanager
def _without_rights(folder: Path) -> Iterator[None]:
    """A folder this user may not write to, also when the tests run as root."""
    if os.geteuid():
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_claimed_dat_holds_spec_environment_and_log(tmp_path: Path) -> None:
    """Who, when and which command are there from the start, secrets are not."""
    command = ["pytest", "--api-key", "sk-12345678901234567890"]
    spec: dict[str, Json] = {
        "experiment.b": {"seeds": [1, 2], "note": "010", "text": "a\nb\n", "rate": 1e-05, "odd": "1e3", "no": "no"}
    }
    dat = claim(tmp_path, TEMPLATE, run_id="r1", spec=spec, fields={"battery": "b"}, command=command)
    assert dat.path == tmp_path.resolve() / "results" / "b" / f"{date.today().isoformat()}_001"
    assert dat.spec() == {"v": 1, "run": "r1", **spec}
    assert "odd: '1e3'" in (dat.path / "_spec_.yaml").read_text()
    entry = dat.log()[0]
    assert entry["event"] == "created"
    assert entry["command"] == ["pytest", "--api-key", "***"]
    assert {"at", "user", "host", "run"} <= set(entry)
    assert dat.environment()["v"] == 1
    assert "sk-123" not in "".join(p.read_text() for p in dat.path.iterdir())


def test_numbers_follow_each_other(tmp_path: Path) -> None:
    """Each run gets the next free number, a half-made folder of a crash is skipped and is no DAT."""
    first = _claim(tmp_path, "x/{seq}", "r1")
    (tmp_path / "x" / "002").mkdir()
    third = _claim(tmp_path, "x/{seq}", "r2")
    assert (first.name, third.name) == ("001", "003")
    with pytest.raises(StoreError, match="killed while it was being created"):
        open_for_reading(tmp_path / "x" / "002")


def test_without_seq_the_second_run_gets_a_suffix(tmp_path: Path) -> None:
    """Two sessions into one template both get a folder."""
    assert [_claim(tmp_path, "out", run).name for run in ("r1", "r2", "r3")] == ["out", "out_002", "out_003"]


def test_the_same_run_claims_the_same_dat(tmp_path: Path) -> None:
    """A second process of the session finds the DAT of the first; another run, template or battery does not."""
    first = _claim(tmp_path, battery="b")
    assert _claim(tmp_path, battery="b") == first
    others = {
        _claim(tmp_path, battery="c"),
        _claim(tmp_path, run_id="r2", battery="b"),
        _claim(tmp_path, "o/{seq}", battery="b"),
    }
    assert first not in others
    assert len(others) == 3
    assert len(open_for_reading(first).log()) == 1


def test_what_is_remembered_of_claims_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in the data root does not grow with every run; damage to it costs no run."""
    monkeypatch.setattr("pytest_alienbio.store.claims.MAX_CLAIMS", 3)
    paths = [_claim(tmp_path, "x/{seq}", f"r{n}") for n in range(6)]
    assert len(json.loads((tmp_path / ".bio-claims.json").read_text())) == 3
    assert _claim(tmp_path, "x/{seq}", "r5") == paths[5]
    (tmp_path / ".bio-claims.json").write_bytes(b"\xff{")
    assert _claim(tmp_path, "x/{seq}", "r5") not in paths


_RACER = """
import sys
from pathlib import Path
from pytest_alienbio.store import claim
root, run, template = sys.argv[1:]
sys.stdin.readline()
for n in range(4):
    path = claim(Path(root), template, run_id=f"{run}-{n}", spec={}, fields={}, command=[], environment={}).path
    print(path, flush=True)
"""


@pytest.mark.parametrize("template", ["x/{date}_{seq}", "x/same"])
def test_processes_that_claim_at_once_get_different_folders(tmp_path: Path, template: str) -> None:
    """Claiming is safe between processes, with and without a sequence."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(tmp_path), f"r{n}", template],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(3)
    ]
    outputs = [racer.communicate("go\n", timeout=60)[0].split() for racer in racers]
    paths = [path for output in outputs for path in output]
    assert len(set(paths)) == 12
    for path in paths:
        open_for_reading(Path(path))


@pytest.mark.parametrize("value", ["../../evil", "/etc", "a/b", "..", "", "\0", "x" * 500, "-rf", "$(x)"])
def test_odd_field_values_stay_below_the_root(tmp_path: Path, value: str) -> None:
    """A battery's or user's name never moves the folder elsewhere."""
    path = _claim(tmp_path / "data", "results/{battery}/{user}/{seq}", battery=value, user=value)
    assert path.is_relative_to((tmp_path / "data").resolve() / "results")
    assert len(path.relative_to((tmp_path / "data").resolve()).parts) == 4


def test_a_link_out_of_the_data_root_is_not_followed(tmp_path: Path) -> None:
    """Nothing is made on the other side of a symlink."""
    (tmp_path / "out").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "results").symlink_to(tmp_path / "out")
    with pytest.raises(StoreError, match="leads out of the data root"):
        _claim(tmp_path / "data", "results/{date}/{seq}")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_dangling_link_is_not_followed_either(tmp_path: Path) -> None:
    """Also when what it points to does not exist yet."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "results").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="leads out of the data root"):
        _claim(tmp_path / "data", "results/{seq}")
    assert not (tmp_path / "nowhere").exists()


def test_a_bad_template_is_a_spec_error(tmp_path: Path) -> None:
    """It is the battery's fault, and nothing is created."""
    with pytest.raises(SpecError, match=r"'\.\.' cannot leave"):
        _claim(tmp_path / "data", "../{seq}")
    assert not (tmp_path / "data").exists()


def test_a_data_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """The error names it and the options that choose another."""
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match=r"data.*must be a folder \(--bio-data"):
        _claim(tmp_path / "data", "x/{seq}")
    with pytest.raises(StoreError, match="must be a folder"):
        _claim(tmp_path / "data" / "below", "x/{seq}")


def test_a_data_root_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Whether it exists or would have to be made."""
    _claim(tmp_path / "warm", "x/{seq}")  # so that nothing has to be imported without rights
    (tmp_path / "data").mkdir()
    with _without_rights(tmp_path / "data"):
        with pytest.raises(StoreError, match=r"(?i)permission denied"):
            _claim(tmp_path / "data", "x/{seq}")
        with pytest.raises(StoreError, match=r"(?i)permission denied"):
            _claim(tmp_path / "data" / "new", "x/{seq}")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """A file where a folder or the DAT itself should be."""
    (tmp_path / "results").write_text("")
    with pytest.raises(StoreError, match=r"results"):
        _claim(tmp_path, "results/{seq}")
    (tmp_path / "out").write_text("")
    with pytest.raises(StoreError, match="it is a file"):
        _claim(tmp_path, "out")


def test_a_dat_inside_a_dat_is_refused(tmp_path: Path) -> None:
    """A template that runs into another run's folder would mix two runs."""
    _claim(tmp_path, "out")
    with pytest.raises(StoreError, match="is itself a result folder"):
        _claim(tmp_path, "out/{seq}", "r2")


def test_a_spec_that_is_no_json_is_refused(tmp_path: Path) -> None:
    """Before anything is made, naming the place."""
    with pytest.raises(ValueError, match=r"spec: params\.t: nan"):
        claim(tmp_path, "x", run_id="r", spec={"params": {"t": float("nan")}}, fields={}, command=[])
    assert list(tmp_path.iterdir()) == []


def test_opening_what_is_no_dat_says_why(tmp_path: Path) -> None:
    """A file, nothing, an empty folder, a damaged spec, a newer version: five different errors."""
    (tmp_path / "file").write_text("")
    for name in ("empty", "damaged", "newer"):
        (tmp_path / name).mkdir()
    (tmp_path / "damaged" / "_spec_.yaml").write_text("{: [")
    (tmp_path / "newer" / "_spec_.yaml").write_text("v: 9\n")
    wants = [("file", "is a file"), ("gone", "no result folder at"), ("empty", "has no _spec_"), ("damaged", "not readable")]
    for name, says in [*wants, ("newer", "version 9 is newer")]:
        with pytest.raises(StoreError, match=says):
            open_for_reading(tmp_path / name)


def test_a_spec_that_explodes_is_refused(tmp_path: Path) -> None:
    """Aliases of aliases of aliases are not expanded without end."""
    bomb = "v: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    (tmp_path / "_spec_.yaml").write_text(bomb)
    with pytest.raises(StoreError, match="more than"):
        open_for_reading(tmp_path)


def test_results_come_in_one_order_whoever_wrote_them(tmp_path: Path) -> None:
    """Order does not depend on which worker finished what when."""
    dat = a_dat(tmp_path)
    cells = [a_result(seed, agent=agent) for agent in ("noop", "oracle") for seed in range(6)]
    for worker, part in (("w1", cells[::-2]), ("w0", cells[::2])):
        journal = Journal(dat.path, "r1", worker)
        for result in part:
            journal.append(result)
        journal.close()
    assert [r.id for r in dat.results()] == [r.id for r in cells]
    assert {r.dat_path for r in dat.results()} == {str(dat.path)}
    assert {r.worker for r in dat.results()} == {"w0", "w1"}
    assert dat.notes == ()


def test_the_latest_scored_attempt_counts(tmp_path: Path) -> None:
    """A later outage does not hide a score; a later score replaces an earlier one."""
    dat = a_dat(tmp_path)
    lost = a_result(outcome=Outcome.LOST)
    attempts = [a_result(score=0.2), a_result(score=0.9), lost]
    _lines(dat.path, *(codec.encode(r.with_(attempt=n, ended_at=100.0 + n)) for n, r in enumerate(attempts, 1)))
    assert [(r.score, r.attempt) for r in dat.results()] == [(0.9, 2)]


def test_without_a_score_the_latest_attempt_counts(tmp_path: Path) -> None:
    """Across journals the end time decides."""
    dat = a_dat(tmp_path)
    timed_out = a_result(outcome=Outcome.TIMED_OUT).with_(ended_at=200.0)
    lost = a_result(outcome=Outcome.LOST).with_(ended_at=100.0)
    _lines(dat.path, codec.encode(timed_out), journal="r1-a")
    _lines(dat.path, codec.encode(lost), journal="r1-b")
    assert [r.outcome for r in dat.results()] == [Outcome.TIMED_OUT]


def test_a_later_line_of_an_attempt_replaces_the_earlier_one(tmp_path: Path) -> None:
    """A test may add to what its cell recorded, or spoil it."""
    dat = a_dat(tmp_path)
    spoilt = a_result(outcome=Outcome.SCORER_ERROR)
    _lines(dat.path, codec.encode(a_result(score=0.4)), codec.encode(a_result(score=0.4).with_(scores={"thrift": 1.0})))
    assert [dict(r.scores) for r in dat.results()] == [{"thrift": 1.0}]
    _lines(dat.path, codec.encode(a_result(score=0.4)), codec.encode(spoilt))
    assert [r.outcome for r in dat.results()] == [Outcome.SCORER_ERROR]


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_cut_off_last_line_is_skipped_with_a_note(tmp_path: Path, cut: int) -> None:
    """A killed writer costs its last line at most."""
    dat = a_dat(tmp_path)
    whole, torn = codec.encode(a_result(1)), codec.encode(a_result(2))
    _lines(dat.path, whole, torn[:-cut].encode())
    assert [r.seed for r in dat.results()] == [1]
    assert dat.notes == ("cells/r1-w0.jsonl: last line is cut off, 1 line skipped",)


def test_only_the_newline_missing_loses_nothing(tmp_path: Path) -> None:
    """A line that is all there counts."""
    dat = a_dat(tmp_path)
    _lines(dat.path, codec.encode(a_result(1)).encode())
    assert [r.seed for r in dat.results()] == [1]
    assert dat.notes == ()


def test_damaged_lines_are_skipped_with_a_note(tmp_path: Path) -> None:
    """The note names file and line; everything else is read."""
    dat = a_dat(tmp_path)
    good = [codec.encode(a_result(seed)) for seed in range(3)]
    flipped = good[1].replace('"outcome"', '"outcomd"')
    _lines(dat.path, good[0], flipped, b"\xff\x00\n", "", good[1].replace('"v":1', '"v":5'), good[2])
    assert [r.seed for r in dat.results()] == [0, 2]
    assert [note[: note.index(":", 20)] for note in dat.notes] == [f"cells/r1-w0.jsonl: line {n}" for n in (2, 3, 5)]


def test_an_absurdly_long_line_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read into memory, and the next line is found."""
    monkeypatch.setattr("pytest_alienbio.store.disk.MAX_LINE", 2000)
    dat = a_dat(tmp_path)
    _lines(dat.path, "x" * 10_001, codec.encode(a_result(1)))
    assert [r.seed for r in dat.results()] == [1]
    assert "line 1" in dat.notes[0]


def test_notes_are_bounded(tmp_path: Path) -> None:
    """A journal that is all garbage gives a hundred notes and a count."""
    dat = a_dat(tmp_path)
    _lines(dat.path, *["garbage"] * 150)
    assert len(dat.notes) == 101
    assert "50 more" in dat.notes[-1]


def test_notes_follow_the_journals(tmp_path: Path) -> None:
    """What is remembered of the last reading is not used once a journal has grown."""
    dat = a_dat(tmp_path)
    path = _lines(dat.path, codec.encode(a_result(1)))
    assert len(list(dat.results())) == 1
    assert dat.notes == ()
    with path.open("a") as out:
        out.write("{\n")
    assert len(dat.notes) == 1


def _filled(root: Path) -> Path:
    dat = a_dat(root)
    journal, writer = Journal(dat.path, "r1", "w0"), TraceWriter(dat.path, "r1", "w0", "json")
    scores = [1.0, 0.25, None, 0.75]
    for seed, score in enumerate(scores):
        outcome = Outcome.COMPLETED if score is not None else Outcome.TIMED_OUT
        result = a_result(seed, outcome=outcome, score=score).with_(reason="=cmd()\n+1", scores={"raw": -1.5, "-x": 2.0})
        journal.append(result.with_(trace=writer.write("t", {"v": 1, "steps": 3, "cost": 2.5})))
    journal.append(a_result(0, agent="noop", score=0.0))
    journal.close()
    return dat.path


def test_closing_writes_what_people_and_programs_read(tmp_path: Path) -> None:
    """results.json has every cell, results.yaml the overview, summary.csv one row a cell."""
    dat = open_for_reading(_filled(tmp_path))
    close(dat, status={"state": "failed", "gates": {"score": "PASS"}})
    whole = json.loads((dat.path / "results.json").read_text())
    assert [codec.decode(json.dumps(cell)).id for cell in whole["cells"]] == [r.id for r in dat.results()]
    page = yaml.safe_load((dat.path / "results.yaml").read_text())
    assert page["status"] == {"state": "failed", "gates": {"score": "PASS"}}
    assert page["outcomes"] == {"completed": 4, "timed_out": 1}
    mean = pytest.approx(2 / 3)
    assert page["scores"]["oracle"]["mutualism/x"] == {"mean": mean, "n": 3, "passed": 2, "timed_out": 1}
    assert len(page["results"]) == 5
    with (dat.path / "summary.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert list(rows[0])[:8] == ["battery", "scenario", "difficulty", "agent", "seed", "outcome", "score", "passed"]
    assert [row["seed"] for row in rows if row["agent"] == "oracle"] == ["0", "1", "2", "3"]
    timed_out = next(row for row in rows if row["outcome"] == "timed_out")
    assert (timed_out["score"], timed_out["passed"]) == ("", "")
    assert all(None not in row and None not in row.values() for row in rows)
    assert dat.status() == {"state": "failed", "gates": {"score": "PASS"}}


def test_the_csv_holds_no_formula(tmp_path: Path) -> None:
    """Text that a spreadsheet would run is quoted, numbers are left alone."""
    dat = open_for_reading(_filled(tmp_path))
    close(dat, status={})
    with (dat.path / "summary.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    oracle = [row for row in rows if row["agent"] == "oracle"]
    assert {row["reason"] for row in oracle} == {"'=cmd() +1"}
    assert {row["score.raw"] for row in oracle} == {"-1.5"}
    assert [row["score.raw"] for row in rows if row["agent"] == "noop"] == [""]


def test_closing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Idempotent but for the log, which says that it was closed twice."""
    dat = open_for_reading(_filled(tmp_path))
    names = ("results.json", "results.yaml", "summary.csv")
    close(dat, status={"state": "passed"})
    first = [(dat.path / name).read_bytes() for name in names]
    close(dat, status={"state": "passed"})
    assert [(dat.path / name).read_bytes() for name in names] == first
    assert [entry["event"] for entry in dat.log()] == ["created", "closed", "closed"]
    assert sorted(p.name for p in dat.path.iterdir() if p.name.startswith(".")) == [".lock"]


def test_a_killed_dat_reads_like_a_closed_one(tmp_path: Path) -> None:
    """Nothing that was recorded depends on the close."""
    dat = open_for_reading(_filled(tmp_path))
    before = list(dat.results())
    assert dat.status() == {"state": "open"}
    close(dat, status={})
    assert list(dat.results()) == before
    assert dat.status() == {"state": "closed"}
    log.append(dat.path, "resumed", {"run": "r2"})
    assert dat.status() == {"state": "open"}


def test_an_empty_dat_can_be_closed(tmp_path: Path) -> None:
    """No results give empty files that still parse."""
    dat = a_dat(tmp_path)
    close(dat, status={"state": "interrupted"})
    assert json.loads((dat.path / "results.json").read_text())["cells"] == []
    assert yaml.safe_load((dat.path / "results.yaml").read_text())["results"] == []
    assert list(dat.results()) == []


def test_many_cells_are_only_pointed_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """results.yaml stays readable."""
    monkeypatch.setattr("pytest_alienbio.store.closing.MAX_ROWS", 4)
    dat = open_for_reading(_filled(tmp_path))
    close(dat, status={})
    assert "results.json" in yaml.safe_load((dat.path / "results.yaml").read_text())["results"]


def test_a_status_that_is_no_json_is_refused_before_writing(tmp_path: Path) -> None:
    """Nothing is half-written."""
    dat = a_dat(tmp_path)
    with pytest.raises(ValueError, match=r"status\.mean: nan"):
        close(dat, status={"mean": float("nan")})
    assert not (dat.path / "results.json").exists()


def test_an_untouched_dat_can_be_discarded(tmp_path: Path) -> None:
    """With the empty folders above it; the next claim starts afresh."""
    dat = a_dat(tmp_path)
    discard(open_for_reading(dat.path))
    assert not (tmp_path / "results").exists()
    assert a_dat(tmp_path).path == dat.path


@pytest.mark.parametrize("what", ["result", "trace", "stranger", "tagged"])
def test_a_dat_that_holds_something_is_not_discarded(tmp_path: Path, what: str) -> None:
    """Nothing recorded is ever removed, nor anything that is not ours."""
    dat = a_dat(tmp_path)
    if what == "result":
        Journal(dat.path, "r1", "w0").append(a_result())
    elif what == "trace":
        TraceWriter(dat.path, "r1", "w0", "json").write("t", {})
    elif what == "stranger":
        (dat.path / "notes.txt").write_text("mine")
    else:
        log.append(dat.path, "tagged", {"tag": "baseline"})
    with pytest.raises(StoreError, match="is not removed"):
        discard(dat)
    assert open_for_reading(dat.path).spec()["run"] == "r1"


def test_a_full_disk_at_close_keeps_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are replaced whole or not at all, and no scrap stays behind."""
    dat = open_for_reading(_filled(tmp_path))
    close(dat, status={"n": 1})
    before = (dat.path / "results.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match="No space left"):
        close(dat, status={"n": 2})
    assert (dat.path / "results.json").read_bytes() == before
    assert not list(dat.path.glob(".*.tmp"))


def test_of_many_metrics_the_first_have_columns(tmp_path: Path) -> None:
    """Forty, though a single trial gives more; the others are in `results.json`."""
    dat = a_dat(tmp_path)
    journal = Journal(dat.path, "r1", "w0")
    for seed, count in enumerate((2, 2_000)):
        metrics: dict[str, Json] = {f"m{number}": number for number in range(count)}
        journal.append(a_result(seed).with_(metrics=metrics, task=TaskRecord(None)))
    journal.close()
    close(dat, status={})
    header = (dat.path / "summary.csv").read_text("utf-8").splitlines()[0].split(",")
    assert [name for name in header if name.startswith("metric.")] == [f"metric.m{number}" for number in range(40)]
    assert "m1999" in (dat.path / "results.json").read_text("utf-8")


def test_params_and_surfaces_are_columns_at_the_end(tmp_path: Path) -> None:
    """One a param, so that a table can be grouped by it; empty where a cell has none. The surface is there for every cell."""
    dat = a_dat(tmp_path)
    journal = Journal(dat.path, "r1", "w0")
    told: list[dict[str, Json]] = [{}, {"t": 0.5, "kind": "=x"}, {"t": None, "list": [1, {"a": True}]}, {"on": True}]
    for seed, params in enumerate(told):
        journal.append(a_result(seed).with_(params=params, scores={"raw": 0.1}, variant=seed + 1))
    journal.close()
    close(dat, status={})
    with (dat.path / "summary.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    columns = list(rows[0])
    assert tuple(columns[columns.index("variant") + 1 : columns.index("model") + 1]) == consumed.COLUMNS
    first = columns.index("model") + 1
    assert columns[first:] == [
        "score.raw",
        "params.t",
        "params.kind",
        "params.list",
        "params.on",
    ]
    own = [[row["variant"], *(row[name] for name in columns[first:])] for row in rows]
    assert own == [
        ["1", "0.1", "", "", "", ""],
        ["2", "0.1", "0.5", "'=x", "", ""],
        ["3", "0.1", "", "", '[1, {"a": true}]', ""],
        ["4", "0.1", "", "", "", "true"],
    ]
