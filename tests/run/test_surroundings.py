"""What an experiment declares to run in, and what it runs in."""

from __future__ import annotations

import pytest

from pytest_alienbio.model import Experiment, Json
from pytest_alienbio.run.surroundings import declared, differences

COMMIT = "ad3f49a0" * 5
HERE: dict[str, Json] = {"python": "3.13.1", "git": {"commit": COMMIT, "dirty": False}}


@pytest.mark.parametrize("version", ["3.13", "3.13.1", "3", "3.x", "3.13.*"])
def test_a_python_that_fits_is_not_worth_a_word(version: str) -> None:
    assert list(differences(Experiment("E", environment={"python_version": version}), HERE)) == []


@pytest.mark.parametrize("version", ["3.12", "3.1", "3.13.2", "2"])
def test_another_python_is_reported(version: str) -> None:
    (said,) = differences(Experiment("E", environment={"python_version": version}), HERE)
    assert said == f"the experiment declares Python {version}, and this is 3.13.1"


def test_another_commit_is_reported_a_short_one_that_fits_is_not() -> None:
    assert list(differences(Experiment("E", environment={"git_commit": "AD3F49A"}), HERE)) == []
    (said,) = differences(Experiment("E", environment={"git_commit": "0000000"}), HERE)
    assert said == "the experiment declares the commit 0000000, and this is ad3f49a0ad3f"


@pytest.mark.parametrize("git", [None, {"commit": None, "dirty": True}])
def test_where_there_is_no_commit_none_is_compared(git: Json) -> None:
    """Outside of git, or before the first commit: nothing can be said, and that is no difference."""
    here = {**HERE, "git": git}
    assert list(differences(Experiment("E", environment={"git_commit": "ad3f49a"}), here)) == []
    assert declared(Experiment("E"), here) == {"git_commit": None}


def test_a_commit_that_was_left_out_is_filled_in_and_nothing_else_is_changed() -> None:
    said = {"python_version": "3.13", "claude_code_version": "1.x"}
    assert declared(Experiment("E", environment=said), HERE) == {**said, "git_commit": COMMIT}
    assert declared(Experiment("E", environment={"git_commit": None}), HERE) == {"git_commit": COMMIT}
    assert declared(Experiment("E", environment={"git_commit": "0000000"}), HERE) == {"git_commit": "0000000"}
