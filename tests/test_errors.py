"""Errors are for their readers."""

from __future__ import annotations

import pytest

from pytest_alienbio.errors import (
    AlienBioError,
    Complaint,
    GenerationError,
    NotBuiltError,
    ProviderError,
    SpecError,
    StoreError,
    UnknownNameError,
    did_you_mean,
    near_match,
)


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("orcale", ["oracle", "random"], "did you mean 'oracle'?"),
        ("zzz", ["b", "a", "a"], "known: a, b"),
        ("zzz", [f"n{i}" for i in range(8)], "known: n0, n1, n2, n3, n4, n5, ... (8 in all)"),
        ("zzz", [], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], hint: str) -> None:
    """The nearest name, else what there is, else nothing."""
    assert did_you_mean(word, known) == hint


@pytest.mark.parametrize(
    ("word", "known", "question"),
    [
        ("orcale", ["random", "oracle"], "did you mean 'oracle'?"),
        ("oracle", ["oracle"], "did you mean 'oracle'?"),
        ("zzz", ["oracle"], ""),
        ("", ["oracle"], ""),
        ("oracle", [], ""),
    ],
)
def test_near_match(word: str, known: list[str], question: str) -> None:
    """Only what is near is asked for; nothing is listed instead."""
    assert near_match(word, known) == question


@pytest.mark.parametrize(
    ("complaint", "text"),
    [
        (
            Complaint("bad seed", "b.yaml", 3, 7, "an integer >= 0", "try 0..9"),
            "b.yaml:3:7: bad seed; expected an integer >= 0; try 0..9",
        ),
        (Complaint("bad seed", "b.yaml", 3), "b.yaml:3: bad seed"),
        (Complaint("bad seed", "b.yaml"), "b.yaml: bad seed"),
    ],
)
def test_a_complaint_says_where_and_what(complaint: Complaint, text: str) -> None:
    """As much of `file:line:column` as is known."""
    assert str(complaint) == text


def test_a_spec_error_holds_every_complaint() -> None:
    """One line each, and as values."""
    error = SpecError([Complaint("one", "f", 1, 1), Complaint("two", "f", 2, 1)])
    assert str(error) == "f:1:1: one\nf:2:1: two"
    assert [complaint.line for complaint in error.complaints] == [1, 2]
    assert SpecError("just words").complaints == (Complaint("just words"),)
    assert SpecError(Complaint("one")).complaints == (Complaint("one"),)


def test_an_unknown_name_is_told_with_a_near_one() -> None:
    """Values stay readable as fields."""
    error = UnknownNameError("agent", "orcale", ["random", "oracle", "oracle"])
    assert (error.kind, error.name, error.known) == ("agent", "orcale", ("oracle", "random"))
    assert str(error) == "unknown agent 'orcale'; did you mean 'oracle'?"
    assert str(UnknownNameError("agent", "x", [])) == "unknown agent 'x'"


def test_a_generation_error_counts_its_rejections() -> None:
    """As a copy, so that a later count does not change it."""
    reasons = {"unstable": 3}
    error = GenerationError("no instance", reasons)
    reasons["unstable"] = 4
    assert error.reasons == {"unstable": 3}
    assert GenerationError("no instance").reasons == {}


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (SpecError, ValueError),
        (UnknownNameError, LookupError),
        (StoreError, OSError),
        (GenerationError, RuntimeError),
        (ProviderError, RuntimeError),
        (NotBuiltError, NotImplementedError),
    ],
)
def test_each_error_is_ours_and_the_builtin_a_caller_expects(kind: type[Exception], builtin: type[Exception]) -> None:
    """`except ValueError` and `except AlienBioError` both work."""
    assert issubclass(kind, AlienBioError)
    assert issubclass(kind, builtin)
