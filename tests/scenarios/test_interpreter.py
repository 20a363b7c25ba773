"""What expressions compute, and what they refuse to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.scenarios.expressions import MAX_CHARACTERS, MAX_NODES, parse
from pytest_alienbio.scenarios.interpreter import ExpressionError

from .words import FUNCTIONS, NAMES, value


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
        ("half()", "half(...): call it as half(x)"),
        ("half(1, q=2)", "half(...): call it as half(x)"),
        ("half(choice('a'))", "half(...): call it as half(x)"),
        ("mean()", "mean(...): call it as mean(q, start=0.5)"),
        ("min(1, key=2)", "min(...): call it as min(value, ...)"),
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
