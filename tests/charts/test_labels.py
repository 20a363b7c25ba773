"""Names on axes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.charts.labels import labels, short

from .parts import HOSTILE, LONG


def test_a_short_name_stays_and_a_long_one_loses_its_middle() -> None:
    assert short("greedy", 10) == "greedy"
    assert short("abcdefghijklmnopqrst", 9) == "abcd…qrst"


def test_names_that_differ_in_the_middle_keep_what_tells_them_apart() -> None:
    """Thirty versions of one model are thirty labels that a reader can tell apart, not one label numbered."""
    made = labels([LONG.format(f"v{number}") for number in range(30)], 24)
    assert all(f"…{number}…" in label for number, label in enumerate(made.values()))
    assert len(set(made.values())) == 30


def test_no_name_is_all_of_them() -> None:
    assert labels(["", "all"]) == {"": "all", "all": "all (2)"}


def test_a_hostile_name_is_one_printable_line() -> None:
    (label,) = labels([HOSTILE], 200).values()
    assert label.isprintable()
    assert "\x1b" not in label
    assert "\u202e" not in label


@given(st.lists(st.text(max_size=60), max_size=30), st.integers(8, 40))
def test_labels_are_short_and_all_different(names: list[str], most: int) -> None:
    """Whatever names there are: a chart whose labels are alike adds up what does not belong together."""
    made = labels(names, most)
    assert set(made) == set(names)
    assert len(set(made.values())) == len(made)
    assert all(0 < len(label) <= most for label in made.values())


def test_no_label_is_what_every_object_of_javascript_has() -> None:
    """Vega keeps panels by their labels in one, and would find a function there instead of a panel."""
    made = labels(["constructor", "__proto__", "greedy", "hasOwnProperty"])
    assert [label.rstrip("\u00a0") for label in made.values()] == list(made)
    assert not {"constructor", "__proto__", "hasOwnProperty"} & set(made.values())
