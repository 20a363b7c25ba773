"""Success criteria as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Criterion
from pytest_alienbio.model.criterion import COMPARISONS
from pytest_alienbio.spec import parse_criterion
from pytest_alienbio.spec.criteria import EXPECTED

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("< 0.05", Criterion("m", "< 0.05", "<", 0.05)),
        ("<60000", Criterion("m", "< 60000", "<", 60000)),
        ("  >=   -1.5e3\n", Criterion("m", ">= -1.5e3", ">=", -1500.0)),
        ("== +3", Criterion("m", "== +3", "==", 3)),
        ("!= .5", Criterion("m", "!= .5", "!=", 0.5)),
        ("> 5.", Criterion("m", "> 5.", ">", 5.0)),
        ("between 2 and 3", Criterion("m", "between 2 and 3", "between", 2, 3)),
        ("between  -1  and -0.5", Criterion("m", "between -1 and -0.5", "between", -1, -0.5)),
        ("between 2 and 2", Criterion("m", "between 2 and 2", "between", 2, 2)),
    ],
)
def test_a_condition(text: str, criterion: Criterion) -> None:
    """Whole numbers stay whole; blanks do not matter."""
    found = parse_criterion("m", text)
    assert found == criterion
    assert type(found.bound) is type(criterion.bound)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("= 5", "did you mean '== 5'?"),
        ("=<5", "did you mean '<= 5'?"),
        ("=> 5", "did you mean '>= 5'?"),
        ("≥ 5", "did you mean '>= 5'?"),
        ("<> 5", "did you mean '!= 5'?"),
        ("=== 5", "did you mean '== 5'?"),
        ("at most 5", "did you mean '<= 5'?"),
        ("Less than 5", "did you mean '< 5'?"),
        ("5", "say how it is compared: did you mean '== 5' or '< 5'?"),
        ("2-3", "did you mean 'between 2 and 3'?"),
        ("in [2, 3]", "did you mean 'between 2 and 3'?"),
        ("2..3", "did you mean 'between 2 and 3'?"),
        ("betwen 2 and 3", "did you mean 'between'?"),
        ("BETWEEN 2 and 3", "did you mean 'between'?"),
        ("between 2", "write both numbers: between 2 and 3"),
        ("> 2 and < 3", "one condition each: write a second criterion for the same metric"),
        ("error_rate < 5", "the metric stands under `metric`, the condition begins with its sign"),
    ],
)
def test_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(SpecError, match=f"^{re.escape(f'{text!r} is no condition; expected {EXPECTED}; {meant}')}$"):
        parse_criterion("m", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f"the condition is empty; expected {EXPECTED}"),
        ("<", f"'<' is no condition; expected {EXPECTED}"),
        ("few", f"'few' is no condition; expected {EXPECTED}"),
        ("== 1_000", "'1_000' is no number; expected decimal digits, like 0.05, -3 or 1e6; did you mean 1000?"),
        ("< 1,000,000", "'1,000,000' is no number; expected decimal digits, like 0.05, -3 or 1e6; did you mean 1000000?"),
        ("< 60s", "'60s' is no number; expected decimal digits, like 0.05, -3 or 1e6; give it in the metric's own unit:"),
        ("< 5%", "'5%' is no number; expected decimal digits, like 0.05, -3 or 1e6; percent signs are not understood"),
        ("< inf", "'inf' is no number; expected decimal digits"),
        ("!= nan", "'nan' is no number; expected decimal digits"),
        ("< 0x10", "'0x10' is no number; expected decimal digits"),
        ("< ٣", "'٣' is no number; expected decimal digits"),
        ("< __import__('os')", "\"__import__('os')\" is no number; expected decimal digits"),
        ("< 1e999", "'1e999' is too large for a number; expected a finite one"),
        ("< 1e99999", "'1e99999' is no number"),
        ("< " + "9" * 41, f"'{'9' * 37}...' is too long for a number; expected at most 40 characters"),
        (
            "between 3 and 2",
            "no number is between 3 and 2; expected the smaller number first; did you mean 'between 2",
        ),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=f"^{re.escape(said)}"):
        parse_criterion("m", text)


@given(how=st.sampled_from(sorted(COMPARISONS)), bound=FINITE, value=FINITE)
def test_a_number_is_read_as_it_was_written(how: str, bound: float, value: float) -> None:
    """What a criterion says is what Python's own comparison says, and its text is a condition again."""
    criterion = parse_criterion("m", f"{how}{bound!r}")
    assert criterion.bound == bound
    assert criterion.holds(value) == COMPARISONS[how](value, bound)
    assert parse_criterion("m", criterion.text) == criterion


@given(st.text(max_size=60) | st.text("<>=! 0123456789.eE+-_betwnad", max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    """Nothing else is raised, and no text means something it does not say."""
    try:
        found = parse_criterion("m", text)
    except SpecError:
        return
    assert found.text.replace(" ", "") == "".join(text.split())


def test_a_long_text_is_refused_quickly() -> None:
    with pytest.raises(SpecError, match="is no condition"):
        parse_criterion("m", "1." * 500_000)
