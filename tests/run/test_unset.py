"""What the options mean that say what is played of an earlier run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Outcome
from pytest_alienbio.run import Project, settings
from pytest_alienbio.run.again.asked import Again, again, in_texts


def asked(**options: str) -> Again:
    """What these options ask for."""
    return again(settings(Project(Path("/p")), options=options, environ={}).continuing)


def test_nothing_is_asked_for_unless_it_is_said() -> None:
    assert not asked()
    assert not asked(reuse="no")


def test_kinds_of_errors_and_outcomes_add_up() -> None:
    errors = {outcome for outcome in Outcome if outcome.is_error}
    assert asked(retry="errors").retry == errors
    assert asked(retry="all").retry == errors | {Outcome.SKIPPED}
    assert asked(retry="lost, skipped").retry == {Outcome.LOST, Outcome.SKIPPED}
    assert asked(retry="lost").goes_on


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("retry", "", "nothing is named"),
        ("retry", "not_run", "'not_run' is nothing that can be retried"),
        ("retry", "truncated", "a cell with a score is not played again in its run"),
        ("retry", "timedout", "did you mean 'timed_out'"),
        ("resume", " ", "no result folder can be called so; expected last"),
        ("resume", "a\0b", "no result folder can be called so"),
        ("reuse", "perhaps", "is neither yes nor no"),
    ],
)
def test_nonsense_is_refused_with_its_source(option: str, text: str, expected: str) -> None:
    with pytest.raises(SpecError, match=f"--bio-{option}") as caught:
        asked(**{option: text})
    assert expected in str(caught.value)


def test_a_calls_arguments_are_options() -> None:
    assert in_texts(resume=False, retry=(), reuse=False) == {}
    assert in_texts(resume=True, retry=["lost", "timed_out"], reuse=True) == {
        "resume": "last",
        "retry": "lost,timed_out",
        "reuse": "true",
    }
    assert in_texts(Path("a/b"), "errors", reuse=False) == {"resume": "a/b", "retry": "errors"}
