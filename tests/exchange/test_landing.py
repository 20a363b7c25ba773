"""Files become DATs: all of them or none, and as good as any other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.exchange import Columns, export, import_files
from pytest_alienbio.model import Outcome
from pytest_alienbio.spec import read_battery
from pytest_alienbio.store import battery_of, find_dats, layout, open_for_reading

from .cells import a_cell

HEAD = "scenario,agent,seed,score,outcome,battery,attempt\n"


def table(folder: Path, *rows: str, name: str = "t.csv") -> str:
    """A table with these rows."""
    path = folder / name
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return str(path)


def test_a_table_becomes_a_closed_dat(tmp_path: Path) -> None:
    """With a spec that says where from, a log, a journal whose lines say so too, and the three files of a closed one."""
    source, root = table(tmp_path, "x,a,1,0.5,,mine,", "x,a,2,,lost,mine,"), tmp_path / "data"
    (done,) = import_files([source], root, columns=Columns(outcomes={"gone": "lost"}), command=["bio", "import", "--token=x"])
    assert (done.battery, done.cells, done.format) == ("mine", 2, "csv")
    assert Path(done.dat_path).relative_to(root).parts[:2] == ("imports", "mine")
    dat = open_for_reading(Path(done.dat_path))
    about = dat.spec()["imported"]
    assert isinstance(about, dict)
    assert about["sha256"] == hashlib.sha256(Path(source).read_bytes()).hexdigest()
    assert {about["format"], about["source"], about["rows"]} == {"csv", source, 2}
    assert about["mapping"] == {"outcomes": {"gone": "lost"}}
    results = list(dat.results())
    assert [(result.outcome, result.score, result.origin) for result in results] == [
        (Outcome.COMPLETED, 0.5, "csv:t.csv:2"),
        (Outcome.LOST, None, "csv:t.csv:3"),
    ]
    assert dat.status()["verdict"] == "imported"
    assert [entry["event"] for entry in dat.log()] == ["created", "imported", "closed"]
    assert "token=x" not in (dat.path / layout.LOG).read_text() + (dat.path / layout.ENVIRONMENT).read_text()
    assert (dat.path / layout.SUMMARY).read_text().count("\n") == 3
    assert json.loads((dat.path / layout.RESULTS_JSON).read_bytes())["cells"][0]["origin"] == "csv:t.csv:2"
    assert find_dats(root, "mine") == [dat.path]
    assert battery_of(dat.path) == "mine"


def test_nothing_is_played_again_from_it(tmp_path: Path) -> None:
    """Its spec says so itself."""
    (done,) = import_files([table(tmp_path, "x,a,1,0.5,,mine,")], tmp_path / "data")
    with pytest.raises(SpecError, match=r"these cells were imported \(csv: .*t\.csv'\), so there is no battery to play again"):
        read_battery(Path(done.dat_path, layout.SPEC))


@pytest.mark.parametrize("bad", ["x,a,3,nan,,mine,", "x,a,1,0.6,,mine,", "x,=a,3,0.5,,mine,"])
def test_one_bad_row_in_one_file_and_nothing_is_imported(tmp_path: Path, bad: str) -> None:
    """Nothing at all: not the rows before it, not the file before it, not even the data root."""
    good, wrong = table(tmp_path, "x,a,1,0.5,,mine,", name="good.csv"), table(tmp_path, "x,a,1,0.5,,mine,", bad, name="bad.csv")
    with pytest.raises(SpecError, match=r"bad\.csv:3"):
        import_files([good, wrong], tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_complaints_of_all_files_come_together(tmp_path: Path) -> None:
    files = [table(tmp_path, "x,a,1,oops,,mine,", name=f"{n}.csv") for n in range(3)]
    with pytest.raises(SpecError) as caught:
        import_files(files, tmp_path / "data")
    assert [Path(complaint.file).name for complaint in caught.value.complaints] == ["0.csv", "1.csv", "2.csv"]


def test_the_same_cell_twice_is_refused_with_both_rows(tmp_path: Path) -> None:
    """Unless attempts are numbered: then the latest with a score counts, as everywhere."""
    twice = ("x,a,1,0.5,,mine,{}", "x,a,2,0.5,,mine,", "x,a,1,,lost,mine,{}")
    with pytest.raises(SpecError, match=r"t\.csv:4: row 4 is the same cell as row 2: x\[a-s1\]; number attempts in a column"):
        import_files([table(tmp_path, *(row.format("") for row in twice))], tmp_path / "data")
    numbered = [row.format(n) for n, row in enumerate(twice)]
    (done,) = import_files([table(tmp_path, *numbered)], tmp_path / "data")
    assert [(r.seed, r.score, r.attempt) for r in open_for_reading(Path(done.dat_path)).results()] == [(1, 0.5, 0), (2, 0.5, 1)]


def test_each_battery_of_a_file_is_a_dat(tmp_path: Path) -> None:
    done = import_files([table(tmp_path, "x,a,1,0.5,,one,", "x,a,1,0.5,,two,", "x,a,2,0.5,,one,")], tmp_path / "data")
    assert [(each.battery, each.cells) for each in done] == [("one", 2), ("two", 1)]


def test_cells_of_several_runs_stay_apart_where_they_meet(tmp_path: Path) -> None:
    """An export of two DATs of one battery comes back as two; runs that continued one another as one."""
    twice = [a_cell(0, run="r1", dat_path="x"), a_cell(0, run="r2", score=0.9), a_cell(1, run="r2")]
    export(twice, "", tmp_path / "twice.jsonl")
    done = import_files([str(tmp_path / "twice.jsonl")], tmp_path / "data")
    assert [each.cells for each in done] == [1, 2]
    assert len({each.dat_path for each in done}) == 2
    export([a_cell(0, run="r1"), a_cell(1, run="r2")], "", tmp_path / "resumed.csv")
    assert [each.cells for each in import_files([str(tmp_path / "resumed.csv")], tmp_path / "data")] == [2]


def test_a_check_writes_nothing(tmp_path: Path) -> None:
    (done,) = import_files([table(tmp_path, "x,a,1,0.5,,mine,")], tmp_path / "data", check_only=True)
    assert (done.cells, done.dat_path) == (1, "")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", ["../out", "a/b", "=x", "con\u202eman", "x" * 500])
def test_a_battery_by_any_name_stays_below_the_data_root(tmp_path: Path, name: str) -> None:
    """What it is called in the file is what it is called; its folder is a safe name."""
    source = table(tmp_path, "x,a,1,0.5,,mine,")
    (done,) = import_files([source], tmp_path / "data", columns=Columns(fixed={"battery": name}))
    folder = Path(done.dat_path)
    assert folder.parent.parent == tmp_path / "data" / "imports"
    (result,) = open_for_reading(folder).results()
    assert result.battery == name


def test_a_battery_that_nobody_named_is_the_file(tmp_path: Path) -> None:
    """One that is named, but blank, is refused: nobody could ask for it."""
    (tmp_path / "july.csv").write_text("scenario,agent,seed,score\nx,a,1,0.5\n")
    (done,) = import_files([str(tmp_path / "july.csv")], tmp_path / "data")
    assert done.battery == "july"
    with pytest.raises(SpecError, match=r"t\.csv:2:6: battery: no battery"):
        import_files([table(tmp_path, "x,a,1,0.5,, ,")], tmp_path / "data")


def test_a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The DATs that were made before are taken back."""
    calls = 0

    def full(*args: object) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreError("disk full")
        return 1

    monkeypatch.setattr("pytest_alienbio.exchange.landing.closing.consolidate", full)
    with pytest.raises(StoreError, match="disk full"):
        import_files([table(tmp_path, "x,a,1,0.5,,one,", "x,a,1,0.5,,two,")], tmp_path / "data")
    assert find_dats(tmp_path / "data") == []
    assert {path.name for path in (tmp_path / "data").iterdir()} <= {layout.CLAIMS, layout.CLAIMS_LOCK}


def test_an_empty_table_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"t\.csv: there is no cell in it"):
        import_files([table(tmp_path)], tmp_path / "data")
    with pytest.raises(SpecError, match=r"no\.csv: cannot be read: No such file"):
        import_files([str(tmp_path / "no.csv")], tmp_path / "data")
    (tmp_path / "t.bin").write_bytes(b"\x00\x01")
    with pytest.raises(SpecError, match=r"neither its content nor its suffix says what it is; say it with --format: .*csv"):
        import_files([str(tmp_path / "t.bin")], tmp_path / "data")


def test_too_many_batteries_in_one_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would be a folder: a file with a wrong column mapped to `battery` must not make thousands."""
    monkeypatch.setattr("pytest_alienbio.exchange.spool.MOST_GROUPS", 3)
    rows = [f"x,a,{n},0.5,,b{n}," for n in range(10)]
    with pytest.raises(SpecError, match="more than 3 batteries and runs in one file; import them in parts"):
        import_files([table(tmp_path, *rows)], tmp_path / "data")
