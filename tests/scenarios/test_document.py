"""Evaluation of a file: draws, `when`, `repeat` and names with braces."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_alienbio.scenarios.document import Complaints, Evaluation, Node, drawn_names, expressions_of, fill, read_expression
from pytest_alienbio.scenarios.interpreter import ExpressionError
from pytest_alienbio.spec.reader import read


def evaluate(text: str, d: int = 2, seed: int = 0) -> tuple[object, list[str]]:
    """(the plain value, complaints) of a YAML text."""
    source = read(text, "x.yaml", tags=("!ev", "!_"))
    complaints = Complaints(source)
    parsed = {(text, inside): read_expression(text, inside_name=inside) for _path, text, inside in expressions_of(source.value)}
    node = Evaluation(d, np.random.default_rng(seed), parsed, complaints).node(source.value, ())
    return plain(node), [str(complaint) for complaint in complaints.found.values()]


def plain(node: Node | None) -> object:
    """A node without places."""
    if node is None:
        return None
    if isinstance(node.value, dict):
        return {key: plain(each) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [plain(each) for each in node.value]
    return node.value


def test_by_picks_by_difficulty() -> None:
    """The second of five at difficulty 2."""
    assert evaluate('a: !ev "by(1, 20, 3, 4, 5)"') == ({"a": 20}, [])


def test_repeat_numbers_its_entries_from_one() -> None:
    """In keys, in text and in nested values; arithmetic between the braces included."""
    text = 'w{i}: {repeat: !ev "d", each: {next: "w{i + 1}", size: !ev "i * 2"}}'
    assert evaluate(text)[0] == {"w1": {"next": "w2", "size": 2}, "w2": {"next": "w3", "size": 4}}


def test_repeat_of_plain_values_in_mappings_and_lists() -> None:
    """What is repeated may be a number; a list grows in place."""
    assert evaluate('{a: {"v{i}": {repeat: 2, each: 2.0}}, b: [0, {repeat: 2, each: !ev "i"}, 9]}')[0] == {
        "a": {"v1": 2.0, "v2": 2.0},
        "b": [0, 1, 2, 9],
    }


def test_repeat_zero_leaves_nothing() -> None:
    """Nor a complaint."""
    assert evaluate('{a: {"v{i}": {repeat: 0, each: 1}}, b: [{repeat: 0, each: 1}]}') == ({"a": {}, "b": []}, [])


def test_when_drops_an_entry_and_its_draws() -> None:
    """What follows draws as if the entry were not there."""
    with_entry = 'a: {when: !ev "d >= 3", x: !ev "uniform(0, 1)"}\nb: !ev "uniform(0, 1)"'
    assert evaluate(with_entry)[0] == evaluate('b: !ev "uniform(0, 1)"')[0]
    kept, _ = evaluate(with_entry, d=3)
    assert isinstance(kept, dict)
    assert list(kept) == ["a", "b"]


def test_draws_are_plain_floats_in_four_digits_and_document_order() -> None:
    """The same generator by hand gives the same numbers."""
    rng = np.random.default_rng(0)
    expected = [round(2 + 3 * rng.random(), 4), round(2 + 3 * rng.random(), 4)]
    value, _ = evaluate('[!ev "uniform(2, 5)", !ev "uniform(2, 5)"]')
    assert value == expected
    assert isinstance(value, list)
    assert [type(each) for each in value] == [float, float]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('a: !ev "by(1, 2, 3)"', "x.yaml:1:4: `by(1, 2, 3)`: by(...) takes 5 values, one for each difficulty, not 3"),
        ('a: !ev "uniform(2, 1)"', "`uniform(2, 1)`: uniform(low, high) with low 2 above high 1"),
        ("a: !ev \"uniform('x', 1)\"", "'x' is no number"),
        ('a: !ev "randint(1.5, 2)"', "randint(low, high) takes two whole numbers"),
        ('a: !ev "chance(2)"', "chance(2) is no probability"),
        ('a: !ev "choice()"', "choice(...) of nothing"),
        ('a: !ev "uniform(1)"', "1:4: `uniform(1)`: uniform(...): call it as uniform(low, high)"),
        ('a: !ev "max(1, 2, key=3)"', "max(...): call it as max(value, ...)"),
        ('a: !ev "round(1, 2, 3)"', "round(...): call it as round(value, digits=0)"),
        (f'a: !ev "1 / 0 + {"1 + " * 40}1"', f"`1 / 0 + {'1 + ' * 12}1...`: division by zero"),
        ("a: {when: null}", "1:11: null is neither true nor false"),
        ("a: {repeat: true, each: 1}", "cannot repeat true times"),
        ('"w{i / 0}": {repeat: 1, each: 1}', "`i / 0`: division by zero"),
        ('a: {when: !ev "1 / 0", x: 1}', "`1 / 0`: division by zero"),
        ('a: {repeat: !ev "1 / 0", each: 1}', "`1 / 0`: division by zero"),
        ('a: !ev "1 / (d - 2)"', "division by zero"),
        ('a: !ev "i"', "'i' has no value here"),
        ('a: !_ "cost"', "x.yaml:1:4: `!_` is for `scoring` only; use !ev"),
        ("a: {when: 3}", "x.yaml:1:11: 3 is neither true nor false"),
        ("a: {repeat: -1, each: 2}", "x.yaml:1:13: cannot repeat -1 times; expected a whole number 0..64"),
        ("a: {repeat: 65, each: 2}", "cannot repeat 65 times"),
        ("a: {repeat: 2}", "x.yaml:1:4: `repeat` without `each`"),
        ('"a{i}": {repeat: 2, each: 1, x: 1}', "x.yaml:1:30: unknown key 'x' beside `repeat`"),
        ('"a": {repeat: 2, each: 1}', "x.yaml:1:1: 'a' comes out twice"),
    ],
)
def test_what_cannot_be_evaluated_is_said_with_its_place(text: str, complaint: str) -> None:
    """One complaint, and the walk goes on."""
    _value, complaints = evaluate(f'{text}\nz: !ev "d"')
    assert len(complaints) == 1
    assert complaint in complaints[0]
    assert plain_z(f'{text}\nz: !ev "d"') == 2


def test_randint_and_choice_draw_from_what_they_are_given() -> None:
    """Both ends included; a list or separate values."""
    seen = {
        str(evaluate('[!ev "randint(1, 3)", !ev "choice([4, 5])", !ev "choice(\'a\', \'b\')"]', seed=seed)[0])
        for seed in range(99)
    }
    assert seen == {str([n, m, word]) for n in (1, 2, 3) for m in (4, 5) for word in "ab"}


def plain_z(text: str) -> object:
    """The entry after the bad one."""
    value, _ = evaluate(text)
    assert isinstance(value, dict)
    return value["z"]


def test_names_may_not_draw() -> None:
    """A name decides what exists; chance inside it would hide that."""
    with pytest.raises(ExpressionError, match="unknown function 'uniform'"):
        read_expression("uniform(1, 2)", inside_name=True)


def test_fill_replaces_plain_words_only() -> None:
    """Nothing can be reached into through a placeholder."""
    assert fill("{a} and {b}", {"a": "X", "b": "{a}"}) == "X and {a}"
    with pytest.raises(KeyError):
        fill("{a.__class__}", {"a": "X"})


def with_draws(draws: str, rest: str, seed: int = 0) -> tuple[object, list[str]]:
    """`rest` evaluated after `draws`."""
    source = read(f"draws: {draws}\n{rest}", "x.yaml", tags=("!ev", "!_"))
    tree, complaints = source.value, Complaints(source)
    assert isinstance(tree, dict)
    drawn = drawn_names(tree["draws"], complaints)
    parsed = {
        (text, inside): read_expression(text, inside_name=inside, drawn=drawn) for _path, text, inside in expressions_of(tree)
    }
    walk = Evaluation(2, np.random.default_rng(seed), parsed, complaints)
    walk.draw(tree.pop("draws"))
    return plain(walk.node(tree, ())), [str(complaint) for complaint in complaints.found.values()]


def test_a_drawn_value_is_the_same_wherever_it_is_used() -> None:
    """By later draws, by values, by `repeat`, and between the braces of a name."""
    draws = '{n: !ev "randint(2, 4)", sizes: [{repeat: !ev "n", each: !ev "uniform(1, 2)"}]}'
    rest = '"last{n}": !ev "nth(sizes, n)"\nall: [{repeat: !ev "n", each: !ev "nth(sizes, i)"}]'
    for seed in range(5):
        value, complaints = with_draws(draws, rest, seed)
        assert complaints == []
        assert isinstance(value, dict)
        assert len(set(value["all"])) == len(value["all"]) in (2, 3, 4)
        assert value[f"last{len(value['all'])}"] == value["all"][-1]


def test_a_sample_holds_different_numbers_in_order() -> None:
    """k of 1..n, every one of them possible; `has` says whether one is among them."""
    found = set()
    for seed in range(40):
        value, _ = with_draws('{few: !ev "sample(2, 4)"}', 'a: [{repeat: 4, each: !ev "has(few, i)"}]', seed)
        assert isinstance(value, dict)
        places = tuple(i for i, inside in enumerate(value["a"], 1) if inside)
        assert len(places) == 2
        found.add(places)
    assert len(found) == 6


def test_draws_come_first_and_others_draw_as_if_they_followed() -> None:
    """Wherever the block stands, it draws before everything else."""
    value, _ = with_draws('{x: !ev "uniform(0, 1)"}', 'a: !ev "uniform(0, 1)"\nb: !ev "x"')
    rng = np.random.default_rng(0)
    first, second = round(float(rng.random()), 4), round(float(rng.random()), 4)
    assert value == {"a": second, "b": first}


@pytest.mark.parametrize(
    ("draws", "rest", "says"),
    [
        ("[1]", "a: 1", "`draws` is not a mapping"),
        ("{d: 1}", "a: 1", "'d' cannot be the name of a drawn value: in expressions it means something already; give it"),
        ("{uniform: 1}", "a: 1", "'uniform' cannot be the name of a drawn value"),
        ("{a-b: 1}", "a: 1", "'a-b' cannot be the name of a drawn value; expected letters, digits and _"),
        ("{x: {y: 1}}", "a: 1", "not a value to draw; expected a number, a word, or a list of these"),
        ("{x: [{y: 1}]}", "a: 1", "not a value to draw"),
        ('{x: !ev "y", y: 1}', "a: 1", "'y' has no value here"),
        ('{x: !ev "sample(3, 2)"}', "a: 1", "sample(k, n) takes k of the whole numbers 1..n"),
        ('{x: !ev "sample(1, 2)"}', 'a: !ev "nth(x, 2)"', "nth(list, place) takes a list and a place from 1 on; here one of 1"),
        ("{x: 3}", 'a: !ev "has(x, 2)"', "has(list, value) takes a list first"),
    ],
)
def test_draws_without_sense_are_said_once(draws: str, rest: str, says: str) -> None:
    """Where they stand; whatever uses a broken one is not complained about again."""
    complaints = with_draws(draws, rest + '\nb: !ev "d"')[1]
    assert len(complaints) == 1, complaints
    assert says in complaints[0]
    assert complaints[0].startswith("x.yaml:")


def test_what_uses_a_broken_draw_is_broken_in_silence() -> None:
    """One fault, one complaint."""
    complaints = with_draws('{x: !ev "chance(7)"}', 'a: !ev "x"\nb: [{repeat: !ev "x", each: 1}]')[1]
    assert len(complaints) == 1
    assert "chance(7) is no probability" in complaints[0]
