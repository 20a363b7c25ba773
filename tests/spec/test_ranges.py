"""Seeds and difficulties from a command line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.spec import parse_levels, parse_seeds
from pytest_alienbio.spec.ranges import MAX_SEED, MAX_SEEDS, parse_steps


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("3", (0, 1, 2)),
        (" 1 ", (0,)),
        ("3,5", (3, 5)),
        ("5,3", (5, 3)),
        ("100-102", (100, 101, 102)),
        ("7-7", (7,)),
        ("0-0", (0,)),
        (" 9 , 2 - 4 ", (9, 2, 3, 4)),
        ("1-3,2-5,1", (1, 2, 3, 4, 5)),
        (f"{MAX_SEED},0", (MAX_SEED, 0)),
        (str(MAX_SEEDS), tuple(range(MAX_SEEDS))),
    ],
)
def test_seeds(text: str, seeds: tuple[int, ...]) -> None:
    """One number counts, more are seeds; each is taken once, where it first stands."""
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no seeds are given; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("0", "0 is no number of seeds; expected 1 to 100,000; the seed 0 alone is 0-0"),
        ("100001", "100001 is no number of seeds; expected 1 to 100,000; the seed 100001 alone is 100001-100001"),
        ("9" * 20, "99999999999999999999 is no number of seeds; expected 1 to 100,000"),
        ("3,", "'3,': between two commas, or beside one, a number is missing; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("-3", "'-3' cannot be read as seeds; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("1.5", "'1.5' cannot be read as seeds; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("٣,٤", "'٣' cannot be read as seeds; expected 10 (for 0 to 9), 3,5 or 100-119"),
        ("5-3", "'5-3' runs backwards; expected the smaller seed first, like 100-119"),
        ("4294967296,1", "the seed 4294967296 is too large; expected at most 4294967295"),
        ("0-100000", "'0-100000' holds too many seeds; expected at most 100,000"),
        ("0-99999,200000", "'0-99999,200000' holds too many seeds; expected at most 100,000"),
        ("0-4294967295", "'0-4294967295' holds too many seeds; expected at most 100,000"),
    ],
)
def test_no_seeds(text: str, said: str) -> None:
    """What is wrong, and what was expected; nothing huge is built on the way."""
    with pytest.raises(SpecError, match=f"^{re.escape(said)}$"):
        parse_seeds(text)


@given(st.lists(st.integers(0, MAX_SEED), min_size=1, max_size=20, unique=True), st.data())
def test_printed_seeds_are_read_back(seeds: list[int], data: st.DataObject) -> None:
    """As a list, each alone or as a range of one, and with blanks."""
    parts = [data.draw(st.sampled_from([f"{seed}", f"{seed}-{seed}", f" {seed} "])) for seed in seeds]
    if len(parts) == 1:
        parts = [f"{seeds[0]}-{seeds[0]}"]
    assert parse_seeds(",".join(parts)) == tuple(seeds)


@given(st.integers(0, MAX_SEED - 200), st.integers(0, 200))
def test_printed_range_is_read_back(first: int, more: int) -> None:
    """Both ends belong to it."""
    assert parse_seeds(f"{first}-{first + more}") == tuple(range(first, first + more + 1))


@pytest.mark.parametrize(
    ("text", "levels"),
    [("2", ((2, 2),)), ("<=3", ((0, 3),)), ("< 3", ((0, 2),)), ("2-4", ((2, 4),)), ("5,1,5", ((5, 5), (1, 1)))],
)
def test_levels(text: str, levels: object) -> None:
    """Ranges in the text's order, each once."""
    assert parse_levels(text) == levels


one_rule = st.one_of(
    st.integers(0, 12).map(lambda n: (f"{n}", lambda level: level == n)),
    st.integers(0, 12).map(lambda n: (f"<={n}", lambda level: level <= n)),
    st.integers(0, 12).map(lambda n: (f">= {n}", lambda level: level >= n)),
    st.integers(1, 12).map(lambda n: (f" <{n}", lambda level: level < n)),
    st.integers(0, 12).map(lambda n: (f">{n} ", lambda level: level > n)),
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(
        lambda ends: (f"{min(ends)}-{max(ends)}", lambda level: min(ends) <= level <= max(ends))
    ),
)


@given(st.lists(one_rule, min_size=1, max_size=4))
def test_levels_are_those_that_any_part_means(rules: list[tuple[str, object]]) -> None:
    """Against the words themselves, level by level."""
    ranges = parse_levels(",".join(text for text, _ in rules))
    for level in range(120):
        means = any(rule(level) for _, rule in rules)  # type: ignore[operator]
        assert any(low <= level <= high for low, high in ranges) == means


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no difficulties are given; expected 2, <=3, 2-4 or 1,3,5"),
        ("1,,2", "'1,,2': between two commas, or beside one, a number is missing; expected 2, <=3, 2-4 or 1,3,5"),
        ("hard", "'hard' cannot be read as difficulties; expected 2, <=3, 2-4 or 1,3,5"),
        ("=3", "'=3' cannot be read as difficulties; expected 2, <=3, 2-4 or 1,3,5"),
        ("all", "'all' cannot be read as difficulties; expected 2, <=3, 2-4 or 1,3,5; write >=0 for every level"),
        ("<0", "'<0' has no level in it; expected a level from 0 on"),
        ("4-2", "'4-2' runs backwards; expected the lower level first, like 2-4"),
    ],
)
def test_no_levels(text: str, said: str) -> None:
    """What is wrong, and what was expected."""
    with pytest.raises(SpecError, match=f"^{re.escape(said)}$"):
        parse_levels(text)


@given(st.text(alphabet="0123456789-,<>= x", max_size=12) | st.text(max_size=5))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never another exception, never nothing."""
    for parse in (parse_seeds, parse_levels, parse_steps):
        try:
            found: object = parse(text)
        except SpecError as error:
            found = str(error)
        assert found


@pytest.mark.parametrize(("text", "span"), [("3", (3, 3)), ("3-5", (3, 5)), (" 3 - ", (3, None)), ("0-0", (0, 0))])
def test_steps(text: str, span: tuple[int, int | None]) -> None:
    assert parse_steps(text) == span


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no steps are given"), ("-3", "'-3' cannot be read as steps"), ("5-3", "'5-3' runs backwards; expected the earlier")],
)
def test_no_steps(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=f"^{re.escape(said)}"):
        parse_steps(text)
