"""What a comparison says, in words: never more than was shown, and nothing a name could smuggle in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_alienbio.model import Comparison, Equivalence, Estimate, Interval, PValue

WHOLE = Comparison(
    "claude",
    "gpt",
    delta=Estimate(0.0432, Interval(0.0123, 0.0741), stderr=0.0158, df=200),
    population=Estimate(0.0432, Interval(-0.021, 0.107)),
    p=PValue(0.0027, "sign flips, 9,999 draws", 240, 0.0003, adjusted=0.0081, family="Holm, 3 pairs"),
    p_population=PValue(0.16, "sign flips, all 4,096", 12, 0.0005),
    improvement=Estimate(0.58, Interval(0.53, 0.63)),
    detectable=0.0442,
    pairs=240,
    cells_b=240,
    scenarios=12,
    families=12,
    missing_a={"timed_out": 1},
    missing_b={"no partner": 2},
)


def test_the_sentence_says_it_all() -> None:
    assert WHOLE.sentence() == (
        "claude - gpt = +0.043 [0.012, 0.074] (fixed), p = 0.008 (Holm, 3 pairs), P(claude better) = 0.58 [0.53, 0.63], "
        "240 pairs over 12 scenarios; 3 unpaired cells ignored"
    )
    assert (WHOLE.leader, WHOLE.significant) == ("claude", True)


def test_remarks_stand_under_it() -> None:
    """New scenarios where they widen the interval, what could have been seen, margins, what is missing, notes once."""
    equal = Equivalence(0.1, Interval(0.017, 0.069, 0.9), 0.001, equivalent=True, not_worse=True)
    noted = replace(WHOLE, equivalence=equal, notes=("a note",), improvement=replace(WHOLE.improvement, notes=("a note",)))
    assert noted.remarks() == (
        "on new scenarios of this kind: +0.043 [-0.021, 0.107], p = 0.160",
        "this data would have shown a difference of 0.044 with a chance of 80%",
        "claude is as good as gpt up to 0.1 (90% interval [0.017, 0.069])",
        "claude: 1 timed_out",
        "gpt: 2 no partner",
        "a note",
    )


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (PValue(0.00004), "p < 0.001"),
        (PValue(0.0501), "p = 0.0501"),
        (PValue(0.05), "p = 0.050"),
        (PValue(1.0), "p = 1.000"),
        (PValue(None, why="no pairs"), "p cannot be told: no pairs"),
        (PValue(0.25, n=3, floor=0.25), "cannot be significant with 3 worlds (p is at least 0.25)"),
    ],
)
def test_a_p_value_is_never_rounded_over_the_edge(p: PValue, said: str) -> None:
    assert f", {said}," in replace(WHOLE, p=p).sentence()


@pytest.mark.parametrize(
    ("equivalent", "not_worse", "said"),
    [
        (False, True, "a is not worse than b by 0.1 or more (90% interval [0.017, 0.069])"),
        (False, False, "not shown that a is as good as b up to 0.1 (90% interval [0.017, 0.069])"),
        (None, None, "whether a is as good as b up to 0.1 cannot be told: no spread"),
    ],
)
def test_silence_is_never_called_equal(equivalent: bool | None, not_worse: bool | None, said: str) -> None:
    found = Equivalence(0.1, Interval(0.017, 0.069, 0.9), 0.2, equivalent, not_worse, why="no spread")
    assert found.sentence("a", "b") == said


def test_where_there_is_no_comparison_it_says_why() -> None:
    none = Comparison("a", "b", why="only 2 of the 9 cells of a have a partner")
    assert none.sentence() == "a - b: cannot be told: only 2 of the 9 cells of a have a partner"
    assert (none.remarks(), none.leader, none.significant, none.impossible) == ((), None, None, "")


def test_names_can_do_nothing_to_a_terminal() -> None:
    hostile = replace(WHOLE, a="\x1b[2Jx\u202e", missing_a={"\x1b]0;t\x07why": 1})
    text = hostile.sentence() + "".join(hostile.remarks())
    assert text.isprintable()
    assert "\x1b" not in text


def test_lower_is_better_turns_the_leader_and_is_said() -> None:
    turned = replace(WHOLE, better="lower")
    assert turned.leader == "gpt"
    assert turned.sentence().endswith("; lower is better")
    assert replace(WHOLE, delta=Estimate(0.0)).leader is None


def test_two_samples_are_counted_on_both_sides() -> None:
    found = replace(WHOLE, paired=False, cells_b=200)
    assert found.sentence().endswith("240 against 200 cells over 12 scenarios; 3 unused cells ignored")
