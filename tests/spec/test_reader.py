"""YAML text -> values and places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Tagged
from pytest_alienbio.model.source import Path
from pytest_alienbio.spec.reader import MAX_REPEATED, MAX_VALUES, position, read
from pytest_alienbio.spec.syntax import MAX_DEPTH


@pytest.fixture(params=["c", "pure"], autouse=True)
def loader(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every test runs with the C parser and without it."""
    patch = pytest.MonkeyPatch()
    if request.param == "pure":
        patch.delattr(yaml, "CSafeLoader", raising=False)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")
    yield request.param
    patch.undo()


def complaints(text: str, *, tags: tuple[str, ...] = ()) -> list[tuple[int, int, str]]:
    """Place and text of everything wrong with `text`."""
    with pytest.raises(SpecError) as caught:
        read(text, "f.yaml", tags=tags)
    assert all(c.file == "f.yaml" for c in caught.value.complaints)
    return [(c.line, c.column, c.what) for c in caught.value.complaints]


def test_places_of_keys_and_values() -> None:
    """Both are known, from 1; in flow and in block style."""
    source = read("a:\n  b: 1\n  c:\n    - x\n    - {d: [yes, 2]}\n", "f.yaml")
    assert source.value == {"a": {"b": 1, "c": ["x", {"d": ["yes", 2]}]}}
    assert source.keys == {("a",): (1, 1), ("a", "b"): (2, 3), ("a", "c"): (3, 3), ("a", "c", 1, "d"): (5, 8)}
    expected: dict[Path, tuple[int, int]] = {
        (): (1, 1),
        ("a",): (2, 3),
        ("a", "b"): (2, 6),
        ("a", "c"): (4, 5),
        ("a", "c", 0): (4, 7),
        ("a", "c", 1): (5, 7),
        ("a", "c", 1, "d"): (5, 11),
        ("a", "c", 1, "d", 0): (5, 12),
        ("a", "c", 1, "d", 1): (5, 17),
    }
    assert source.values == expected


def test_column_counts_characters() -> None:
    """Not bytes: `ö` is one column wide."""
    assert read("{größe: 1, b: 2}").keys["b",] == (1, 12)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n...\n"])
def test_empty_text_is_none(text: str) -> None:
    """Nothing was said: that is a value too."""
    assert read(text).value is None


def test_quoted_scalars_are_text() -> None:
    """Quotes, `|`, `>` and `!` make text of anything."""
    source = read("a: '1'\nb: \"no\"\nc: |\n  10\nd: ! 10\ne: !!str 10\nf: !!int '3'\ng: ''\n")
    assert source.value == {"a": "1", "b": "no", "c": "10\n", "d": "10", "e": "10", "f": 3, "g": ""}


def test_key_is_the_text_as_written() -> None:
    """JSON's keys are text, so ours are; `010` and `10` stay two keys."""
    assert read("1: a\nno: b\ntrue: c\n010: d\n1.50: e\n~: f\n'': g\n").value == {
        "1": "a",
        "no": "b",
        "true": "c",
        "010": "d",
        "1.50": "e",
        "~": "f",
        "": "g",
    }


def test_duplicate_keys_name_both_places() -> None:
    """A key given twice is never silently overwritten; also `1` and `"1"`."""
    with pytest.raises(SpecError) as caught:
        read("a: 1\nb: {x: 1, y: 2, 'x': {z: 3}}\na: [2]\n", "f.yaml")
    assert [str(c) for c in caught.value.complaints] == [
        "f.yaml:2:17: duplicate key 'x'; first given at line 2, column 5; keep one of them",
        "f.yaml:3:1: duplicate key 'a'; first given at line 1, column 1; keep one of them",
    ]


def test_every_complaint_at_once_in_order() -> None:
    """Bad scalars, tags and aliases do not stop the reading."""
    found = complaints(
        "a: .inf\nb: !foo x\nc: *nope\nd: 1e999\n&k : 1\na: 2\ne: !!python/name:os.system x\nf: !x [1]\n!x g: 1\n<<: 5\n"
    )
    assert found == [
        (1, 4, ".inf is not a number that can be stored"),
        (2, 4, "the tag !foo is not known"),
        (3, 4, "the alias *nope names an anchor that is not defined above"),
        (4, 4, "this number is too large"),
        (5, 1, "a key is missing before ':'"),
        (6, 1, "duplicate key 'a'"),
        (7, 4, "the tag !!python/name:os.system is not known"),
        (8, 4, "the tag !x is not known"),
        (9, 1, "the tag !x cannot stand on a key"),
        (10, 5, "'<<' merges mappings only"),
    ]


def test_allowed_tag_keeps_its_text() -> None:
    """`!ev` is evaluated by others; on a list it is refused."""
    source = read('a: !ev "uniform(1, 2)"\nb: !_ goal*2\nc: !ev 5\n', tags=("!ev", "!_"))
    assert source.value == {"a": Tagged("!ev", "uniform(1, 2)"), "b": Tagged("!_", "goal*2"), "c": Tagged("!ev", "5")}
    assert complaints("a: !ev [1]\nb: !e 2\n", tags=("!ev",)) == [
        (1, 4, "the tag !ev is for text, not for a list or mapping"),
        (2, 4, "the tag !e is not known"),
    ]


def test_alias_shares_the_value_and_keeps_both_places() -> None:
    """The alias has its own place, what is inside it the anchor's."""
    source = read("a: &x [1, {b: 2}]\nc: *x\n")
    assert source.value == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}
    assert source.values["c",] == (2, 4)
    assert source.values["c", 1, "b"] == source.values["a", 1, "b"] == (1, 15)


def test_merge_keys() -> None:
    """Own keys win over merged ones, earlier sources over later ones; a quoted '<<' is a key like any other."""
    source = read("base: &b {x: 1, y: 2}\nc: {<<: *b, y: 3}\nd:\n  <<: [*b, {x: 9, z: 4}]\n  w: 5\ne: {'<<': 1}\n")
    assert isinstance(source.value, dict)
    assert source.value["c"] == {"x": 1, "y": 3}
    assert source.value["d"] == {"x": 1, "y": 2, "z": 4, "w": 5}
    assert source.value["e"] == {"<<": 1}
    assert source.keys["c", "x"] == (1, 11)
    assert source.keys["c", "y"] == (2, 13)


def test_two_merges_in_one_mapping_are_refused() -> None:
    """`<<` is a key too."""
    assert complaints("a: &a {x: 1}\nb: {<<: *a, <<: *a}\n") == [(2, 13, "'<<' is given twice")]


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a: 1\n--- \nb: 2\n", (2, 1), "a second document"),
        ("a: &x [1, *x]\n", (1, 11), "inside the very value"),
        ("a: &x 1\n*x : 2\n", (2, 1), "the alias *x is used as a key"),
        ("{a: 1}: 2\n", (1, 1), "used as a key"),
        ("? [a]\n: 2\n", (1, 3), "used as a key"),
        ("x: {{ template }}\n", (1, 5), "used as a key"),
        ("a: 1\nb: x\0y\n", (2, 5), "a NUL character"),
        ("a: \ufeffb\n", (1, 4), "byte order mark"),
        ("\ufeffa: b\n", (1, 1), "byte order mark"),
        ("a: b\x07", (1, 5), "U+0007"),
        ("a: \ud800", (1, 4), "U+D800"),
        ("a\r\nb\rc\x01", (3, 2), "U+0001"),
    ],
)
def test_refused_outright(text: str, place: tuple[int, int], what: str) -> None:
    """What makes the rest unreadable ends the reading, with its place."""
    [(line, column, said)] = complaints(text)
    assert (line, column) == place
    assert what in said


def test_complaints_before_a_syntax_error_are_kept() -> None:
    """The user sees what was found up to there, too."""
    first, second = complaints("a: .nan\nb: [1, 2\nc: 3\n")
    assert first == (1, 4, ".nan is not a number that can be stored")
    assert second[:2] == (3, 2)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 50_000, "- - - " * 20 + "x"], ids=["list", "map", "block", "just"]
)
def test_deep_nesting_is_refused(text: str) -> None:
    """A complaint, not a RecursionError nor a crash of the C parser."""
    [(_, _, what)] = complaints(text)
    assert what == f"nested more than {MAX_DEPTH} levels deep"


def test_deepest_allowed_nesting_is_read() -> None:
    """The limit itself is allowed."""
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).value


def test_depth_counts_through_aliases() -> None:
    """A chain of aliases is as deep as what it stands for."""
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 100))
    [(line, _, what)] = complaints(text)
    assert what == f"nested more than {MAX_DEPTH} levels deep"
    assert line == MAX_DEPTH


def test_billion_laughs_is_refused_at_once() -> None:
    """The expansion is counted, not made: ten thousand million values would never fit."""
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    text += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))
    [(line, _, what)] = complaints(text)
    assert what == f"aliases repeat more than {MAX_REPEATED:,} values"
    assert line <= 5


def test_too_many_values_are_refused(loader: str) -> None:
    """A file of a million numbers is data, not a battery."""
    if loader == "pure":
        pytest.skip("the same loop, ten times slower")
    [(line, _, what)] = complaints("- 1\n" * (MAX_VALUES + 5))
    assert (line, what) == (MAX_VALUES, f"more than {MAX_VALUES:,} values in one file")


def test_too_long_text_is_refused() -> None:
    """Refused before it is parsed."""
    [(line, _, what)] = complaints("#" * 10_000_001)
    assert line == 0
    assert "too long" in what


def test_position_knows_all_line_ends() -> None:
    """LF, CRLF and CR each end one line."""
    assert position("a\nb\r\nc\rde", 9) == (4, 3)


WORDS = "a b : - ? [ ] { } , & * ! | > ' \" % @ ` # << ~ 1 .inf !!int !ev &a *a --- ..."
words = st.sampled_from([*WORDS.split(), "\t", "\n", "\n  ", "  ", ": ", "- "])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=30).map("".join), st.lists(words, max_size=30).map(" ".join)))
def test_any_text_is_a_source_or_a_spec_error(text: str) -> None:
    """Never another exception, and a complaint always has words."""
    try:
        read(text, "f.yaml", tags=("!ev",))
    except SpecError as error:
        said = error.complaints
    else:
        return
    assert said
    assert all(c.what and c.file == "f.yaml" for c in said)


@settings(deadline=None)
@given(values)
def test_dumped_values_read_back(value: object) -> None:
    """Every JSON value survives, in quotes or as YAML 1.2 would write it."""
    assert read(yaml.safe_dump(value, default_style='"', allow_unicode=False)).value == value


@settings(deadline=None)
@given(values)
def test_every_value_has_a_place(value: object) -> None:
    """Places exist for all paths, and only for those."""
    source = read(yaml.safe_dump(value, default_style='"'))
    paths = set(_paths(source.value, ()))
    assert paths == set(source.values)
    assert {path for path in paths if path and isinstance(path[-1], str)} == set(source.keys)


def _paths(value: object, path: Path) -> list[Path]:
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(below for key, inner in items for below in _paths(inner, (*path, key)))]
