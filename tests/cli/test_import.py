"""`bio import`."""

from __future__ import annotations

import json

import pytest

from pytest_alienbio.store import find_dats

from .conftest import Desk

TABLE = "task,model,acc,trial,note\nadd,gpt-4,0.5,1,x\nadd,o1,0.75,1,y\n"
MAPPED = ("--map", "scenario=task,agent=model", "--map", "score=acc,seed=trial", "--ignore", "note", "--set", "battery=theirs")


def test_a_mapped_table_is_queried_like_any_dat(desk: Desk) -> None:
    """In results and in show it is marked as imported, with its file and row."""
    (desk.path / "t.csv").write_text(TABLE)
    said = desk.bio("import", "t.csv", *MAPPED)
    assert (said.code, said.err) == (0, "")
    assert said.lines[0].startswith("t.csv (csv): 2 cells of theirs  -> ")
    shown = desk.bio("results", "theirs", "--agent", "o1")
    assert "imported from" in shown.lines[0]
    assert "csv:t.csv:3" in shown.out
    cell = desk.bio("show", "add[o1-s1]").out
    assert "imported  from csv:t.csv:3" in cell
    assert "no trace was kept for this cell: it was imported" in cell


def test_a_mapping_file_says_the_same(desk: Desk) -> None:
    """And the command line wins over it."""
    (desk.path / "t.csv").write_text(
        TABLE.replace("0.75", "").replace("note", "how").replace(",y", ",crash").replace(",x", ",ok")
    )
    (desk.path / "m.yaml").write_text(
        "map: {scenario: task, agent: model, score: acc, seed: trial, outcome: how}\n"
        "set: {battery: theirs, difficulty: 2}\noutcomes: {ok: completed, crash: agent_error}\n"
    )
    said = desk.bio("import", "t.csv", "--mapping", "m.yaml", "--set", "battery=mine", "--json")
    (done,) = json.loads(said.out)
    assert (done["battery"], done["cells"], done["source"]) == ("mine", 2, "t.csv")
    assert desk.dat().spec()["imported"]["mapping"]["set"] == {"battery": "mine", "difficulty": "2"}  # type: ignore[index,call-overload]
    rows = list(map(json.loads, desk.bio("results", "--json").lines))
    assert [(row["outcome"], row["score"], row["difficulty"]) for row in rows] == [
        ("completed", 0.5, 2),
        ("agent_error", None, 2),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mapp: {}\n", "m.yaml:1:1: unknown key 'mapp'; did you mean 'map'?"),
        ("map: [a]\n", "m.yaml:1:6: `map` is no mapping of words to words; expected {score: acc}"),
        ("ignore: x\n", "m.yaml:1:9: `ignore` is no list of columns"),
        ("- a\n", "m.yaml:1:1: this is no mapping file; expected a mapping with map, set, ignore, outcomes"),
        ("map: {skore: acc}\n", "'skore' is no field of a cell; did you mean 'score'?"),
        ("outcomes: {ok: done}\n", "'done' is no outcome"),
        ("map: {score: acc}\nset: {score: 1}\n", "'score' is both mapped to a column and set to a value"),
    ],
)
def test_a_wrong_mapping_file_is_named_by_its_place(desk: Desk, text: str, complaint: str) -> None:
    (desk.path / "t.csv").write_text(TABLE)
    (desk.path / "m.yaml").write_text(text)
    assert complaint in desk.refused("import", "t.csv", "--mapping", "m.yaml")


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (("--map", "score"), "--map 'score': expected two words with = between them"),
        (("--map", "score=a,score=b"), "--map says 'score' twice"),
        (("--set", "skore=1"), "'skore' is no field of a cell; did you mean 'score'?"),
        (("--outcome", "ok=done"), "'done' is no outcome"),
        (("--format", "cvs"), "unknown format 'cvs'; did you mean 'csv'?"),
    ],
)
def test_a_wrong_option_is_named(desk: Desk, argv: tuple[str, ...], complaint: str) -> None:
    (desk.path / "t.csv").write_text(TABLE)
    assert complaint in desk.refused("import", "t.csv", *argv)


def test_a_column_with_a_comma_in_its_name_can_be_mapped(desk: Desk) -> None:
    (desk.path / "t.csv").write_text('task,model,"acc, mean",seed\nadd,o1,0.5,1\n')
    assert desk.bio("import", "t.csv", "--map", "scenario=task,score=acc, mean,agent=model").code == 0


def test_everything_wrong_is_said_at_once_and_nothing_is_imported(desk: Desk) -> None:
    (desk.path / "t.csv").write_text(TABLE + "add,=cmd,0.5,2,x\nadd,o1,nan,2,x\n")
    said = desk.bio("import", "t.csv", *MAPPED)
    assert (said.code, said.out) == (2, "")
    assert [line.split(": ")[1] for line in said.err.splitlines()] == ["t.csv:4:2", "t.csv:5:3"]
    assert find_dats(desk.path / "data") == []


def test_a_dry_run_checks_and_writes_nothing(desk: Desk) -> None:
    (desk.path / "t.csv").write_text(TABLE)
    said = desk.bio("import", "t.csv", *MAPPED, "--dry-run")
    assert said.lines == ["t.csv (csv): 2 cells of theirs", "nothing is wrong; nothing was written"]
    assert not (desk.path / "data").exists()


def test_what_was_imported_is_not_played_again(desk: Desk) -> None:
    """`bio run` and `bio validate` say why."""
    (desk.path / "t.csv").write_text(TABLE)
    desk.bio("import", "t.csv", *MAPPED)
    folder = desk.dat().path
    why = "these cells were imported (csv: 't.csv'), so there is no battery to play again"
    assert why in desk.refused("run", str(folder))
    said = desk.bio("validate", str(folder / "_spec_.yaml"))
    assert said.code == 2
    assert why in said.out


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.json", "x.xml"])
def test_an_export_comes_back_cell_by_cell(played: Desk, name: str) -> None:
    """The same ids, keys, scores and verdicts, now with an origin."""
    shown = (
        "id",
        "key",
        "scenario",
        "difficulty",
        "agent",
        "seed",
        "outcome",
        "score",
        "scores",
        "passed",
        "started_at",
        "run",
    )

    def cells(pattern: str) -> list[dict[str, object]]:
        rows = map(json.loads, played.bio("results", pattern, "--json").lines)
        return sorted(({name: row[name] for name in shown} for row in rows), key=lambda row: str(row["id"]))

    before = cells("results/*")
    assert played.bio("export", "-o", name).code == 0
    said = played.bio("import", name)
    assert (said.code, said.err) == (0, "")
    assert cells("imports/*") == before


def test_reports_say_that_cells_were_imported(played: Desk) -> None:
    """A leaderboard over both says how many records nobody played here; over played ones it says nothing of it."""
    (played.path / "t.csv").write_text(TABLE)
    assert played.bio("import", "t.csv", *MAPPED).code == 0
    for command in ("report", "leaderboard"):
        both = played.bio(command, "results/*", "imports/*")
        assert both.code == 0
        told = " ".join(both.out.split())
        assert "2 of 6 records were imported from other tools' files, not played here" in told
        assert "imported" not in played.bio(command, "batch").out
