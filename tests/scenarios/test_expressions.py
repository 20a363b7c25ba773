"""Expressions: what they compute, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.scenarios.expressions import MAX_CHARACTERS, MAX_NODES, parse
from pytest_alienbio.scenarios.interpreter import PLAIN_FUNCTIONS, ExpressionError, Function

NAMES: dict[str, object] = {"d": 3, "i": 1, "cost": 2.5, "budget": 10.0}
FUNCTIONS: dict[str, Function] = {
    **PLAIN_FUNCTIONS,
    "mean": lambda q, start=0.5: {"focal": 6.0, "partner": 4.0}[q] * start,
    "by": lambda *values: values[2],
    "half": lambda x: x / 2,
    "bad": lambda: math.nan,
    "choice": lambda *values: values[0],
    "thing": lambda: {"a": 1},
}


def value(text: str, **names: object) -> object:
    known = {**NAMES, **names}
    return parse(text, names=known, functions=FUNCTIONS).evaluate(known, FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("-(2 - 5) / 2", 1.5),
        ("7 // 2 + 7 % 4", 6),
        ("2 ** 3", 8),
        ("2 ** -1", 0.5),
        ("2.0 ** 0", 1),
        ("4 ** 0.5", 2.0),
        ("1e3 + .5", 1000.5),
        ("d <= 3", True),
        ("1 < d < 3", False),
        ("d == 3 and i != 0", True),
        ("not d >= 2 or 0", 0),
        ("5 if d > 4 else 6", 6),
        ("[1, d, 2.5]", [1, 3, 2.5]),
        ("True", True),
        ("by(16, 14, 13, 12, 11)", 13),
        ("mean('focal', start=0.6)", 6.0 * 0.6),
        ('0.5*mean("focal") + 0.5*mean("partner")', 2.5),
        ("1 - cost/budget", 0.75),
        ("min(d, 2) + max([1, 4]) + round(2.6)", 9),
        ("round(2.345, 1)", 2.3),
        ("choice('a', 'b')", "a"),
        ("  1 +\n 2  ", 3),
        ("0 and 1/0", 0),
        ("1 or 1/0", 1),
    ],
)
def test_value(text: str, expected: object) -> None:
    """An expression computes what Python would, with short-circuits."""
    result = value(text)
    assert result == expected
    assert type(result) is type(expected)


ATTACKS = [
    ("__import__('os')", "unknown function '__import__'"),
    ("().__class__.__bases__", "attribute"),
    ("d.__class__", "attribute"),
    ("(1).real", "attribute"),
    ("mean.__globals__", "attribute"),
    ("open('/etc/passwd')", "unknown function 'open'"),
    ("lambda: 1", "lambda"),
    ("(lambda: 1)()", "lambda"),
    ("[x for x in d]", "comprehension"),
    ("{x for x in d}", "comprehension"),
    ("{x: 1 for x in d}", "comprehension"),
    ("half(x for x in d)", "comprehension"),
    ("9**9**9", "exponent"),
    ("9**-9", "exponent"),
    ("'a'*10**9", "string"),
    ("'a' 'b'", "string"),
    ("[0][0]", "subscript"),
    ("mean('focal')[0]", "subscript"),
    ("f'{d}'", "f-string"),
    ("mean(f'{d}')", "f-string"),
    ("half(*[1])", "starred"),
    ("half(**{})", "unpacked"),
    ("1e400", "too large"),
    ("1000000001", "too large"),
    ("-1e10", "too large"),
    ("(x := 1)", ":="),
    ("{}", "mapping"),
    ("{1}", "set"),
    ("1, 2", "tuple"),
    ("()", "tuple"),
    ("b'a'", "a value like"),
    ("None", "a value like None"),
    ("...", "a value like"),
    ("d @ d", "MatMult"),
    ("1 << 62", "LShift"),
    ("d | 1", "BitOr"),
    ("~d", "`~`"),
    ("d is 3", "`is` and `in`"),
    ("d in [3]", "`is` and `in`"),
    ("d = 3", "not an expression"),
    ("import os", "not an expression"),
    ("1; 2", "not an expression"),
    ("1 +", "not an expression"),
    ("await d", "not allowed"),
    ("(yield)", "not allowed"),
    ("1 # comment", "comment"),
    ("0x10", "decimal"),
    ("1_000", "decimal"),
    ("1j", "decimal"),
    ("1if d else 2", "decimal"),
    ("1..real", "decimal"),
    ("mean('\\x41')", "backslash"),
    ("1\0", "NUL"),
    ("", "empty"),
    ("   ", "empty"),
    ("mean", "call it"),
    ("d()", "not a function"),
    ("half(1)(2)", "only a function's name"),
    ("budgit", "did you mean 'budget'?"),
    ("maen('focal')", "did you mean 'mean'?"),
    ("mean(['focal'])", "string is only allowed"),
    ("\ud800", "not an expression"),
    ("(" * 120 + "1" + ")" * 120, ""),
    ("-" * 250 + "1", "too complicated"),
    ("not " * 70 + "1" + "+1" * 60, "too"),
    ("[" * 149 + "]" * 149, "too complicated"),
    ("1" + "+1" * 148, "too complicated"),
    ("1" * 301, "too long"),
]


@pytest.mark.parametrize(("text", "reason"), ATTACKS, ids=range(len(ATTACKS)))
def test_attack_is_refused_with_a_reason(text: str, reason: str) -> None:
    """What the language does not have is refused before anything is evaluated, in words."""
    if text.startswith("((((") and reason == "":
        assert value(text) == 1  # parentheses alone are no nodes
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text, names=NAMES, functions=FUNCTIONS)
    assert reason in str(caught.value)


def test_refusal_names_the_character() -> None:
    """The place is counted in characters, not bytes."""
    with pytest.raises(ExpressionError, match=r"\(character 15\)"):
        parse("mean('größe')+d.x", names=NAMES, functions=FUNCTIONS)


def test_not_a_string_is_refused() -> None:
    """YAML may hand over a number where an expression was meant."""
    with pytest.raises(ExpressionError, match="got int"):
        parse(3, names=(), functions=())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 / (d - 3)", "division by zero"),
        ("d % 0", "division by zero"),
        ("0 ** -1", "division by zero"),
        ("(-1) ** 0.5", "not a real number"),
        ("2 ** (d + 2)", "exponent 5 is too large"),
        ("bad()", "not a finite number"),
        ("min(bad(), 1)", "not a finite number"),
        ("1e9 ** 4 ** 1 * 1e9 ** 4 * 1e9**4 * 1e9**4 * 1e9**4 * 1e9**4 * 1e9**4 * 1e9**4*1e9**4", "not a finite number"),
        ("mean('nobody')", "mean(...): nobody"),
        ("half()", "half(...):"),
        ("half(1, q=2)", "half(...):"),
        ("choice('a') + 1", "cannot calculate with a string"),
        ("[1] * 3", "cannot calculate with a list"),
        ("choice('a') == 1", "takes single numbers"),
        ("1 if [1] else 2", "a condition takes single numbers"),
        ("thing()", "a dict"),
        ("round(1, -1000000000)", "0 to 12 digits"),
        ("round(1.5, 13)", "0 to 12 digits"),
        ("min()", "at least one"),
        ("max([])", "at least one"),
    ],
)
def test_bad_evaluation_is_an_expression_error(text: str, reason: str) -> None:
    """What cannot be computed is refused, never inf or NaN."""
    with pytest.raises(ExpressionError) as caught:
        value(text)
    assert reason in str(caught.value)


def test_nested_powers_stop_early() -> None:
    """Each power is small, sixty of them on top of each other are not."""
    text = "(" * 50 + "9" + "**4)" * 50
    assert len(text) <= MAX_CHARACTERS
    with pytest.raises(ExpressionError, match="too large"):
        value(text)


def test_missing_value_is_named() -> None:
    """A name that was known at parse time but is not given now is an error, not a KeyError."""
    expression = parse("goal * mean('focal')", names={"goal"}, functions={"mean"})
    with pytest.raises(ExpressionError, match="'goal' has no value here"):
        expression.evaluate({}, FUNCTIONS)
    with pytest.raises(ExpressionError, match="'mean' is not known here"):
        expression.evaluate({"goal": 1.0}, {})


def test_parsed_expression_tells_what_it_uses() -> None:
    """A loader can check roles and the order of scores without evaluating."""
    expression = parse("goal * mean('focal', start=0.6) + half(d)", names={"goal", "d"}, functions=FUNCTIONS)
    assert expression.names == {"goal", "d"}
    assert expression.functions == {"mean", "half"}
    assert expression.strings == (("mean", "focal"),)
    assert expression == parse("goal * mean('focal', start=0.6) + half(d)", names={"goal", "d"}, functions=FUNCTIONS)


def test_numpy_scalar_becomes_plain() -> None:
    """Results are plain numbers: JSON and generated code cannot hold numpy's."""
    assert type(value("x + 1", x=np.float64(1.5))) is float
    assert type(value("x", x=np.int64(2))) is int
    assert type(value("x", x=np.bool_(True))) is bool
    assert type(value("x", x=np.array(2.0))) is float


floats = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)


@settings(deadline=None)
@given(
    st.lists(st.tuples(floats, floats), min_size=1, max_size=9),
    st.sampled_from(
        [
            "x + y",
            "x - 0.1*y",
            "x / (1 + y*y)",
            "x**3 - y**2",
            "(x*x)**0.5",
            "(1 + x*x)**1.7",
            "x % (1 + y*y)",
            "-x // (1+y*y)",
            "half(x)*y**-2",
        ]
    ),
)
def test_batch_agrees_bit_for_bit(pairs: list[tuple[float, float]], text: str) -> None:
    """A lane of an array evaluates to the bits the single numbers give."""
    lanes = value(text, x=np.array([x for x, _ in pairs]), y=np.array([y for _, y in pairs]))
    assert isinstance(lanes, np.ndarray)
    for lane, (x, y) in zip(lanes.tolist(), pairs, strict=True):
        try:
            single = value(text, x=x, y=y)
        except ExpressionError:
            assert not math.isfinite(lane)
        else:
            assert isinstance(single, int | float)
            assert float(single).hex() == float(lane).hex()


def test_batch_divides_by_zero_per_lane() -> None:
    """One bad lane does not spoil the others, and warns nobody."""
    result = value("1 / x", x=np.array([0.0, 2.0]))
    assert isinstance(result, np.ndarray)
    assert result.tolist() == [math.inf, 0.5]


@pytest.mark.parametrize("text", ["x < 1", "x == x", "x and 1", "not x", "1 if x else 2", "2 ** x", "min(x, 1)", "x + z"])
def test_batch_in_a_condition_is_refused(text: str) -> None:
    """Comparison and choice are for single numbers; shapes must fit."""
    with pytest.raises(ExpressionError):
        value(text, x=np.array([1.0, 2.0]), z=np.array([1.0, 2.0, 3.0]))


def test_array_of_text_is_refused() -> None:
    """Only numbers travel in arrays."""
    with pytest.raises(ExpressionError, match="array of"):
        value("x", x=np.array(["a"]))


WORDS = """d i cost budget mean half by min max round choice 'focal' 'x' 1 2 9 0.5 1e9 0 ( ) [ ] , + - * / // % ** < <= ==
and or not if else . : = lambda for in is x := f' { } # \\ @ ~ | _ __class__ True None ;"""
tokens = st.sampled_from([*WORDS.split(), " ", "\n"])


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(tokens, max_size=40).map(" ".join), st.lists(tokens, max_size=25).map("".join)))
def test_any_text_gives_a_value_or_an_expression_error(text: str) -> None:
    """Nothing else comes out of parse or evaluate, whatever goes in."""
    try:
        result = value(text)
    except ExpressionError:
        return
    assert isinstance(result, bool | int | float | str | list)
    assert not isinstance(result, float) or math.isfinite(result)


grown = st.recursive(
    st.sampled_from(["d", "cost", "2", "0.5", "9", "1e9", "mean('focal')"]),
    lambda inner: st.builds(
        "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**", "//", "%", "<", "and"]), inner
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(grown)
def test_well_formed_expression_gives_what_python_gives(text: str) -> None:
    """Where we give a value, it is Python's own (to rounding in powers)."""
    if len(text) > MAX_CHARACTERS or text.count(" ") > MAX_NODES:
        return
    try:
        ours = value(text)
    except ExpressionError:
        return
    theirs = eval(text, {"__builtins__": {}}, {**NAMES, **FUNCTIONS})  # noqa: S307 -- the text is grown above
    assert isinstance(ours, int | float)
    assert ours == pytest.approx(theirs, rel=1e-9, nan_ok=False)
