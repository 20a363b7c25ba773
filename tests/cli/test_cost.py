"""`bio cost`: what stored results cost."""

from __future__ import annotations

import json
import shlex

import pytest

from pytest_alienbio.model import ModelUse, Price, Result, Tokens, Usage

from .conftest import Desk

PRICE = Price(3, 15, source="bio.yaml:3:5")


@pytest.fixture
def spent(desk: Desk) -> Desk:
    """A run of a model whose cells cost a known amount."""
    from pytest_alienbio.store import Journal, close
    from tests.store.samples import a_dat, a_result

    dat = a_dat(desk.path / "data", battery="batch")
    journal = Journal(dat.path, "r1", "w0")
    for seed in range(3):
        split = Tokens(1_000_000, 0, 0, 100_000)
        usage = Usage(split.total, PRICE.of(split), 4, split, 1, 2.0)
        made: Result = a_result(seed, agent="gpt").with_(usage=usage, model=ModelUse("maker", "m", ("m-1",), "", PRICE))
        journal.append(made)
    journal.append(a_result(agent="noop"))
    journal.close()
    close(dat, status={})
    return desk


def test_lines_and_total(spent: Desk) -> None:
    """What was not measured is counted, and is in no sum."""
    said = spent.bio("cost")
    assert (said.code, said.err) == (0, "")
    assert "money: not measured of 1 of 4 attempts, which are in no sum" in said.out
    lines = json.loads(spent.bio("cost", "--by", "cell", "--json").out)["sections"]["accounts"]["lines"]
    assert [line["usd"] for line in lines] == [4.5, 4.5, 4.5, None]
    assert {line["input_tokens"] for line in lines} == {1_000_000, None}


def test_other_prices_stand_beside_what_was_booked(spent: Desk) -> None:
    """With both sources; a price that was somebody's own stays unless the file has another."""
    said = " ".join(spent.bio("cost", "--reprice").out.split())
    assert "$13.5 for 3 attempts by bio.yaml:3:5, booked were $13.5 by bio.yaml:3:5: the same" in said
    (spent.path / "prices.yaml").write_text("m*: {input: 6, output: 30}\n")
    said = " ".join(spent.bio("cost", "--reprice", "--prices", "prices.yaml").out.split())
    assert "$27 for 3 attempts by prices.yaml:1:5, booked were $13.5 by bio.yaml:3:5: $13.5 more (+100%)" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("m: {input: 1}", "prices.yaml:1:1: `m.output` is missing"),
        ("m: {input: 1, outputt: 2, output: 1}", "unknown key 'outputt'; did you mean 'output'?"),
        ("m: {input: -1, output: 1}", "`m.input` is -1"),
        ("m: cheap", "`m` is"),
        ("", "the file holds no prices"),
    ],
)
def test_a_file_of_prices_is_checked(spent: Desk, text: str, why: str) -> None:
    (spent.path / "prices.yaml").write_text(text)
    said = spent.bio("cost", "--reprice", "--prices", "prices.yaml")
    assert said.code == 2
    assert why in said.err


def test_prices_need_reprice(spent: Desk) -> None:
    assert "add --reprice" in spent.bio("cost", "--prices", "x.yaml").err


def test_the_examples_of_its_help_can_be_typed(spent: Desk) -> None:
    for line in spent.bio("cost", "--help").out.partition("examples:")[2].splitlines():
        if line.strip():
            argv = shlex.split(line.partition("|")[0].replace("mine", "batch"))
            assert argv.pop(0) == "bio"
            if "bio.yaml" not in argv:
                assert spent.bio(*argv).code == 0
