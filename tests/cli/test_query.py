"""The filters of `bio results`: options -> a query."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from pytest_alienbio.cli.parser import Parser
from pytest_alienbio.cli.query import SORTS, add_filters, query_of, sort_keys
from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Query
from pytest_alienbio.store.index import ORDERS

NOW = 1_000_000.0


def asked(*argv: str) -> Query:
    """What these options ask for."""
    parser = Parser()
    add_filters(parser)
    return query_of(parser.parse_args(argv), NOW)


@pytest.mark.parametrize(
    ("argv", "fields"),
    [
        ([], {}),
        (["--battery", "b"], {"batteries": ("b",)}),
        (["--agent", "noop", "--agent", "gr*"], {"agents": ("noop", "gr*")}),
        (["--agent", "noop,greedy"], {"agents": ("noop", "greedy")}),
        (["--scenario", "m/*"], {"scenarios": ("m/*",)}),
        (["--seed", "3"], {"seeds": frozenset({3})}),
        (["--seed", "1,3"], {"seeds": frozenset({1, 3})}),
        (["--seed", "7", "--seed", "0-2"], {"seeds": frozenset({7, 0, 1, 2})}),
        (["--difficulty", "2"], {"levels": ((2, 2),)}),
        (["--difficulty", "1", "--difficulty", "2-4"], {"levels": ((1, 1), (2, 4))}),
        (["--tag", "dry,wet"], {"tags": ("dry", "wet")}),
        (["--outcome", "lost,not_run"], {"outcomes": frozenset({"lost", "not_run"})}),
        (["--passed"], {"passed": True}),
        (["--failed"], {"passed": False}),
        (["--min-score", "0.5", "--max-score", "0.75"], {"min_score": 0.5, "max_score": 0.75}),
        (["--since", "3m"], {"since": NOW - 180}),
        (["--until", "1m"], {"until": NOW - 60}),
        (["--commit", "c0ff"], {"commit": "c0ff"}),
        (["--note", "odd one"], {"note": "odd one"}),
        (["--param", "t=0.5"], {"params": {"t": (0.5,)}}),
        (["--param", "t=1", "--param", "t=yes", "--param", "u=true"], {"params": {"t": (1, "yes"), "u": (True,)}}),
        (["--param", "url=a=b"], {"params": {"url": ("a=b",)}}),
    ],
)
def test_each_option_is_a_field(argv: list[str], fields: dict[str, Any]) -> None:
    """Some may be repeated and take comma lists; a VALUE is read as YAML reads a word; one number alone is that seed."""
    assert asked(*argv) == Query(**fields)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--seed", "x"], "--seed: 'x' cannot be read as seeds"),
        (["--difficulty", "hard"], "--difficulty: "),
        (["--outcome", "complete"], "--outcome: 'complete' is no outcome; did you mean 'completed'?"),
        (["--since", "soon"], "--since: 'soon' is no time"),
        (["--until", "2026-02-30"], "--until: '2026-02-30' is no time"),
        (["--param", "t"], "--param: 't' is no param; expected NAME=VALUE"),
        (["--param", "=3"], "--param: '=3' is no param"),
        (["--param", "t=.nan"], "--param t: .nan is not a number that can be stored"),
        (["--commit", ""], "--commit is empty"),
        (["--note", " "], "--note is empty"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_option(argv: list[str], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        asked(*argv)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["nan", "inf", "x", ""])
def test_a_bound_is_a_finite_number(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked("--min-score", text)
    assert "is no number" in capsys.readouterr().err


def test_sort_keys_are_checked() -> None:
    assert sort_keys("score, agent") == ("score", "agent")
    with pytest.raises(argparse.ArgumentTypeError, match="'scor' is no column to sort by; did you mean 'score'"):
        sort_keys("scor")
    assert set(SORTS.values()) <= set(ORDERS)
