"""What is asked of git, and what a bisection cannot begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.run.bisect import Repository
from pytest_alienbio.run.bisect.inputs import checked_paths, inputs_of

from .parts import History


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """`one`, `two` and `three` on main, `side` beside `two`; a subject that tries to steer a terminal."""
    made = History(tmp_path_factory.mktemp("history"))
    made.commit("one", "0.5")
    made.git("checkout", "-q", "-b", "branch")
    made.commit("side", "0.6")
    made.git("checkout", "-q", "main")
    made.commit("two", None, README__md="x", docs__page="x", agent__prompt__md="be good")
    made.commit("three: \x1b[31mred", "0.4")
    return made


def test_a_range_is_two_commits_one_behind_the_other(history: History) -> None:
    """`GOOD..` goes to HEAD; branches, tags and short hashes are what they are everywhere."""
    repository = Repository.at(history.path)
    good, bad = repository.range(f"{history.made['one'][:8]}..")
    assert (good.hash, bad.hash) == (history.made["one"], history.git("rev-parse", "main"))
    assert (good.author, good.date, good.subject, good.parents) == ("Ann", "2026-01-09T10:15:30+01:00", "one", ())
    assert [commit.hash for commit in repository.between(good, bad)] == [history.made["two"], bad.hash]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("HEAD", "'HEAD' is no range; expected GOOD..BAD"),
        ("..HEAD", "is no range"),
        ("HEAD~1...HEAD", "is no range"),
        ("nope..HEAD", "git knows no commit 'nope'; git log --oneline names what there is"),
        ("--all..HEAD", "git knows no commit '--all'"),
        ("HEAD~1..\x1b[31mx", "git knows no commit 'x'"),
        ("HEAD..main", "are the same commit"),
        ("HEAD..HEAD~1", "the wrong way round; write the earlier commit first"),
        (
            "branch..main",
            r"on different branches: a bisection needs a GOOD that BAD comes from; where they parted is [0-9a-f]{10}: try",
        ),
    ],
)
def test_what_is_no_range_is_refused_and_says_what_to_write(history: History, typed: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        Repository.at(history.path).range(typed)


def test_outside_of_a_checkout_there_is_nothing_to_bisect(tmp_path: Path, history: History) -> None:
    """Nor in the inside of a repository, which has no files."""
    for folder in (tmp_path, history.path / ".git"):
        with pytest.raises(SpecError, match="is in no git checkout"):
            Repository.at(folder)


def test_what_a_hook_says_of_another_repository_is_not_believed(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    assert Repository.at(history.path).top == history.path


def test_a_dirty_checkout_is_seen(history: History) -> None:
    repository = Repository.at(history.path)
    assert not repository.is_dirty()
    (history.path / "new.txt").write_text("x")
    assert repository.is_dirty()
    (history.path / "new.txt").unlink()


def test_inputs_are_all_files_but_documentation(history: History) -> None:
    """A prompt in Markdown is an input; a README and docs are none. Paths narrow it down."""
    repository = Repository.at(history.path)
    one, two, three = (repository.commit(history.made[name]) for name in ("one", "two", "three: \x1b[31mred"))
    assert inputs_of(repository, one) != inputs_of(repository, two)
    assert inputs_of(repository, one, unread=["agent.prompt.md", "docs.page"]) == inputs_of(
        repository, two, unread=["agent.prompt.md", "docs.page"]
    )
    assert inputs_of(repository, one, ("agent",)) == inputs_of(repository, two, ("agent",))
    assert inputs_of(repository, two, ("agent",)) != inputs_of(repository, three, ("agent",))


def test_paths_must_be_there(history: History) -> None:
    repository = Repository.at(history.path)
    head = repository.commit("main")
    assert checked_paths(repository, head, ["./agent/", "*.md", "agent"]) == ("agent", "*.md")
    with pytest.raises(SpecError, match=r"--paths 'agents' is no file of [0-9a-f]{10}; did you mean 'agent'\?"):
        checked_paths(repository, head, ["agents"])
