"""Expressions: what may be written, and what is refused before anything is computed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.scenarios.expressions import parse
from pytest_alienbio.scenarios.interpreter import ExpressionError

from .words import FUNCTIONS, NAMES, value

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


def test_parsed_expression_tells_what_it_uses() -> None:
    """A loader can check roles and the order of scores without evaluating."""
    expression = parse("goal * mean('focal', start=0.6) + half(d)", names={"goal", "d"}, functions=FUNCTIONS)
    assert expression.names == {"goal", "d"}
    assert expression.functions == {"mean", "half"}
    assert expression.strings == (("mean", "focal"),)
    assert expression == parse("goal * mean('focal', start=0.6) + half(d)", names={"goal", "d"}, functions=FUNCTIONS)


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
