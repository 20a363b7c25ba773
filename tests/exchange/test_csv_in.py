"""Tables from elsewhere: what is read, and what is refused with file, row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.exchange import Columns
from pytest_alienbio.model import Outcome

from .cells import read, wrong

HEAD = "scenario,agent,seed,score,outcome,reason\n"


def table(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_foreign_table_is_read_by_its_mapping(tmp_path: Path) -> None:
    """Their columns become our fields, what is the same in every row is set, what is left out is said."""
    path = table(tmp_path, "task,model,acc,trial,note\nadd,gpt-4,0.5,1,x\nadd,o1,1e308,2,y\n")
    columns = Columns(
        {"scenario": "task", "agent": "model", "score": "acc", "seed": "trial"},
        {"battery": "theirs", "tags": "a, b"},
        ("note",),
    )
    first, second = read(path, columns)
    assert (first.battery, first.scenario, first.agent, first.seed, first.score) == ("theirs", "add", "gpt-4", 1, 0.5)
    assert (first.outcome, first.tags, first.origin, second.origin) == (
        Outcome.COMPLETED,
        ("a", "b"),
        "csv:t.csv:2",
        "csv:t.csv:3",
    )
    assert second.score == 1e308
    assert first.id == "add[gpt-4-s1]"
    assert len({first.key, second.key}) == 2


def test_the_same_row_has_the_same_key_in_any_file(tmp_path: Path) -> None:
    """So that two imports of one experiment can be compared."""
    one = read(table(tmp_path, HEAD + "x,a,1,0.5,,\n"))
    other = read(table(tmp_path, "seed;score;agent;scenario\n1;0.7;a;x\n", "o.csv"))
    assert [cell.key for cell in one] == [cell.key for cell in other]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("scenario;agent;seed;score\nx;a;1;0.5\n", "t.csv"),
        ("scenario\tagent\tseed\tscore\nx\ta\t1\t0.5\n", "t.tsv"),
        ("\ufeffscenario,agent,seed,score\r\nx,a,1,0.5\r\n", "t.csv"),
        (" scenario , agent,seed,score\n\nx,a, 1.0 ,0.5\n\n", "t.csv"),
        ('"scenario","agent","seed","score"\n"x","a","1","0.5"', "t.csv"),
    ],
    ids=["semicolons", "tabs", "byte order mark and CRLF", "blanks, a float seed, empty lines", "all quoted, no last line end"],
)
def test_tables_come_in_many_shapes(tmp_path: Path, text: str, name: str) -> None:
    (cell,) = read(table(tmp_path, text, name))
    assert (cell.scenario, cell.agent, cell.seed, cell.score) == ("x", "a", 1, 0.5)


def test_rows_are_numbered_by_the_line_they_begin_at(tmp_path: Path) -> None:
    """A cell over several lines does not shift what comes after it."""
    path = table(tmp_path, HEAD + 'x,a,1,0.5,,"two\nlines"\nx,a,2,oops,,\n')
    assert wrong(path) == ["t.csv:4:4: score: 'oops' is no number"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("x,a,1,nan,,", "t.csv:2:4: score: nan is no number that can be counted; leave it empty, and say in `outcome`"),
        ("x,a,1,-inf,,", "t.csv:2:4: score: -inf is no number that can be counted"),
        ("x,a,1,1e309,,", "t.csv:2:4: score: 1e309 is no number that can be counted: not finite, or too large"),
        ("x,a,1,#DIV/0!,,", "t.csv:2:4: score: #DIV/0! is no number that can be counted"),
        ('x,a,1,"0,5",,', "t.csv:2:4: score: '0,5' is no number; decimals have a point"),
        ("x,a,1,85%,,", "t.csv:2:4: score: '85%' is no number; write 85% as 0.85"),
        ("x,a,1,0x10,,", "t.csv:2:4: score: '0x10' is no number"),
        ("x,a,1,\u0661,,", "t.csv:2:4: score: '\u0661' is no number"),
        ("x,=cmd,1,0.5,,", "t.csv:2:2: agent: '=cmd' begins like a formula, which a spreadsheet would run"),
        ("x,a,1,0.5,,@SUM(A1)", "t.csv:2:6: reason: '@SUM(A1)' begins like a formula"),
        ("x,a,1,0.5,,+1+cmd|' /C calc'!A0", "t.csv:2:6: reason: "),
        ("x,a,9223372036854775808,0.5,,", "t.csv:2:3: seed: '9223372036854775808' is too large for a whole number"),
        ("x,a,1.5,0.5,,", "t.csv:2:3: seed: '1.5' is no whole number"),
        ("x,a,,0.5,,", "t.csv:2:3: seed: no seed; give it a column, or all rows one with --set seed=..."),
        ("x,,1,0.5,,", "t.csv:2:2: agent: no agent"),
        (
            "x,a,1,0.5,timed_out,",
            "t.csv:2:4: score: a score, 0.5, on an outcome that carries none: timed_out; an outage is never",
        ),
        ("x,a,1,,,", "t.csv:2:4: score: neither a score nor an outcome; say in `outcome` why there is none"),
        ("x,a,1,0.5,complete,", "t.csv:2:5: outcome: 'complete' is no outcome; did you mean 'completed'?"),
        ("x,a,1,0.5", "t.csv:2: 4 columns, and the header has 6"),
        ("x,a,1,0.5,,a,b", "t.csv:2: 7 columns, and the header has 6; is a cell with a comma in it not quoted?"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    """File, row and column, what is there, and what to try."""
    found = wrong(table(tmp_path, f"{HEAD}{row}\nx,a,9,0.1,,\n"))
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_every_complaint_comes_at_once_but_not_without_end(tmp_path: Path) -> None:
    """Fifty are said, of more how many."""
    found = wrong(table(tmp_path, HEAD + "".join(f"x,a,{seed},bad,,\n" for seed in range(70))))
    assert len(found) == 51
    assert found[-1] == "... and 20 more like these; nothing was imported"


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("scenario,agent,score", "t.csv:1: there is no column 'seed'; name the one that is it with --map seed=COLUMN"),
        ("scenario,agent,seed", "t.csv:1: there is neither a column 'score' nor 'outcome'"),
        ("scenario,agent,seed,score,score", "t.csv:1:5: column 'score' is there twice: columns 4 and 5"),
        (
            "scenario,agent,seed,score,skore",
            "t.csv:1:5: unknown column 'skore'; did you mean 'score'? say what it is with --map",
        ),
        ("scenario,agent,seed,score,", "t.csv:1:5: a column without a name"),
    ],
)
def test_a_wrong_header_is_named_once(tmp_path: Path, header: str, complaint: str) -> None:
    """And not again for every row."""
    found = wrong(table(tmp_path, f"{header}\n{'x,a,1,1,1'}\n{'x,a,2,1,1'}\n"))
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_a_mapping_that_meets_no_column_is_named(tmp_path: Path) -> None:
    """With the one that was meant, perhaps. What is mapped wins over a column of that very name."""
    path = table(tmp_path, "scenario,agent,seed,accuracy,score\nx,a,1,0.5,0.6\n")
    assert wrong(path, Columns({"usd": "acuracy"}, ignored=("accuracy",))) == [
        "t.csv:1: there is no column 'acuracy' to be 'usd'; did you mean 'accuracy'?"
    ]
    assert [cell.score for cell in read(path, Columns({"score": "accuracy"}))] == [0.5]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "t.csv: the file is empty"),
        (HEAD.encode() + b"x,a,1,0.5,,caf\xe9\n", "t.csv:2: the byte 0xe9 is not UTF-8 at its byte 15; is it Latin-1 or"),
        (HEAD.encode("utf-16"), "t.csv:1: the file is UTF-16; save it as UTF-8"),
        (HEAD.encode() + b'x,a,1,0.5,,ok\nx,a,2,0.5,,"never\nclosed\n', "t.csv:3: a quote that is opened here is never closed"),
        (HEAD.encode() + b"x,a,1,0.5,,a\0b\n", "t.csv:2: a NUL byte at its byte 13"),
        (HEAD.encode() + b'x,a,1,0.5,,"' + b"z" * 200_000 + b'"\n', "t.csv:2: a cell of more than 131,072 characters"),
        (HEAD.encode() + b"x,a,1,0.5,,a\rb\n", "t.csv:2: a carriage return in the middle of a line"),
        (HEAD.encode() + b'x,a,1,0.5,,"a"b\n', "t.csv:2: this is no row of a table"),
    ],
    ids=["empty", "latin-1", "utf-16", "quote", "NUL", "huge cell", "carriage return", "quote inside"],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    found = wrong(table(tmp_path, content))
    assert len(found) == 1, found
    assert found[0].startswith(complaint)


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than is read at most is named, not read."""
    monkeypatch.setattr("pytest_alienbio.store.disk.MAX_LINE", 1000)
    assert wrong(table(tmp_path, HEAD + "x,a,1,0.5,," + "z" * 5000 + "\n"))[0].startswith("t.csv:2: a line of more than")


def test_params_in_two_places_must_agree(tmp_path: Path) -> None:
    """Whoever edits one column of an export is not silently ignored."""
    head = 'scenario,agent,seed,score,params,params.n,params.name\nx,a,1,0.5,"{""n"": 2, ""name"": ""01""}",'
    (cell,) = read(table(tmp_path, head + "2,01\n"))
    assert cell.params == {"n": 2, "name": "01"}
    assert wrong(table(tmp_path, head + "3,01\n")) == ["t.csv:2:6: params.n: params.n says 3, and params says 2"]


def test_a_bar_judges_scores_where_nobody_has(tmp_path: Path) -> None:
    """With a bar and no column `passed`, the score decides; an empty `passed` stays unknown."""
    head = "scenario,agent,seed,score,passing_score,better"
    cells = read(table(tmp_path, f"{head}\nx,a,1,0.5,0.5,\nx,a,2,0.5,0.4,lower\nx,a,3,0.5,,\n"))
    assert [cell.passed for cell in cells] == [True, False, None]
    (cell,) = read(table(tmp_path, f"{head},passed\nx,a,1,0.5,0.5,,\n"))
    assert cell.passed is None


def test_their_words_for_outcomes_are_translated(tmp_path: Path) -> None:
    """What they call it, is said by the mapping."""
    path = table(tmp_path, HEAD + "x,a,1,0.5,ok,\nx,a,2,,crash,it broke\n")
    cells = read(path, Columns(outcomes={"ok": "completed", "crash": "agent_error"}))
    assert [cell.outcome for cell in cells] == [Outcome.COMPLETED, Outcome.AGENT_ERROR]
    assert cells[1].reason == "it broke"


def test_blanks_after_commas_are_no_part_of_names(tmp_path: Path) -> None:
    """`a, b` in the header says how the rows are written, too; without that a blank is a part of its cell."""
    (cell,) = read(table(tmp_path, 'scenario, agent, seed, score\nx, "a, b", 1, 0.5\n'))
    assert (cell.scenario, cell.agent, cell.seed, cell.score) == ("x", "a, b", 1, 0.5)
    (cell,) = read(table(tmp_path, "scenario,agent,seed,score\nx, a,1,0.5\n"))
    assert cell.agent == " a"


def test_names_in_any_script_have_ids_of_their_own(tmp_path: Path) -> None:
    """A note on a cell, or `bio show`, means one cell."""
    rows = "日本,a,1,1,,\n韓国,a,1,0,,\nx,日本,1,1,,\nx,韓国,1,1,,\nx,a,1,1,,\n"
    cells = read(table(tmp_path, HEAD + rows))
    assert len({cell.id for cell in cells}) == 5
    assert all(cell.id.isascii() for cell in cells)
    assert cells[-1].id == "x[a-s1]"


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("tokens", "-3", "tokens: '-3' is below 0"),
        ("requests", "-1", "requests: '-1' is below 0"),
        ("steps", "-1", "steps: '-1' is below 0"),
        ("attempt", "-1", "attempt: '-1' is below 0"),
        ("started_at", "0001-01-01T00:00:00+14:00", "started_at: '0001-01-01T00:00:00+14:00' is no time"),
        ("params", '"{""x"": 1, ""x"": 2}"', """params: '{"x": 1, "x": 2}' is no JSON object: 'x' is there twice"""),
        ("params", '"{""x"": 1e999}"', """params: '{"x": 1e999}' is no JSON object: 1e999 is not a finite number"""),
    ],
)
def test_a_value_that_cannot_be_is_refused(tmp_path: Path, column: str, value: str, complaint: str) -> None:
    (found,) = wrong(table(tmp_path, f"scenario,agent,seed,score,{column}\nx,a,1,0.5,{value}\n"))
    assert found.startswith(f"t.csv:2:5: {complaint}")


def test_a_column_nearly_named_is_mapped_by_its_hint(tmp_path: Path) -> None:
    (found,) = wrong(table(tmp_path, "scenario,Agent,seed,score\nx,a,1,1\n"), Columns(fixed={"agent": "b"}))
    assert "did you mean 'agent'? say what it is with --map agent=Agent" in found
