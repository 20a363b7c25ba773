"""Which commit is looked at next, and which are left: on histories of every shape, against what each answer means."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model.bisection import Commit
from pytest_alienbio.run.bisect.search import Search


def chain(length: int) -> list[Commit]:
    """`0` to `length - 1`, each the parent of the next."""
    return [Commit(str(at), parents=(str(at - 1),) if at else ("good",)) for at in range(length)]


@st.composite
def histories(draw: st.DrawFn) -> list[Commit]:
    """Up to 20 commits, each from one or two former ones; the last comes from all that have no child yet."""
    made: list[Commit] = []
    for at in range(draw(st.integers(1, 19))):
        parents = draw(st.lists(st.integers(0, at - 1), max_size=2, unique=True)) if at else []
        made.append(Commit(str(at), parents=tuple(map(str, parents)) or ("good",)))
    heads = {commit.hash for commit in made} - {parent for commit in made for parent in commit.parents}
    return [*made, Commit(str(len(made)), parents=tuple(sorted(heads)))]


def ancestors(commits: list[Commit], name: str) -> set[str]:
    """Of a commit and itself, the long way."""
    by_hash = {commit.hash: commit for commit in commits}
    found: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one in by_hash and one not in found:
            found.add(one)
            todo += by_hash[one].parents
    return found


@settings(max_examples=60, deadline=None)
@given(histories(), st.data())
def test_the_culprit_is_found_in_any_history_and_is_never_lost(commits: list[Commit], data: st.DataObject) -> None:
    """A commit is bad just if the culprit is behind it. Broken ones are skipped: the culprit stays among the suspects."""
    culprit = data.draw(st.sampled_from(commits)).hash
    broken = data.draw(st.sets(st.sampled_from([commit.hash for commit in commits]), max_size=5)) - {commits[-1].hash}
    search = Search.over(commits)
    asked: list[str] = []
    while (commit := search.next()) is not None:
        asked.append(commit.hash)
        bad = culprit in ancestors(commits, commit.hash)
        search = search.told(commit.hash, "skipped" if commit.hash in broken else "bad" if bad else "good")
        assert culprit in {one.hash for one in search.suspects}
    assert len(set(asked)) == len(asked)
    left = {one.hash for one in search.suspects}
    last = next(one.hash for one in reversed(commits) if one.hash in left)
    assert left - {last} <= broken
    if not broken:
        assert left == {culprit}


def test_a_line_takes_no_more_than_the_logarithm() -> None:
    """Whichever it is."""
    for length in range(1, 40):
        commits = chain(length)
        most = Search.over(commits).most_probes
        assert 2**most >= length > 2**most // 2
        for culprit in range(length):
            search, asked = Search.over(commits), 0
            while (commit := search.next()) is not None:
                asked += 1
                search = search.told(commit.hash, "bad" if int(commit.hash) >= culprit else "good")
            assert [one.hash for one in search.suspects] == [str(culprit)]
            assert asked <= most


def test_beside_a_broken_commit_the_next_one_is_looked_for_elsewhere() -> None:
    """What broke one has often broken its neighbours."""
    search = Search.over(chain(16))
    first = search.next()
    assert first is not None
    second = search.told(first.hash, "skipped").next()
    assert second is not None
    assert abs(int(first.hash) - int(second.hash)) >= 3


def test_a_thousand_commits_are_no_effort() -> None:
    search, asked = Search.over(chain(1000)), 0
    while (commit := search.next()) is not None:
        asked += 1
        search = search.told(commit.hash, "bad" if int(commit.hash) >= 777 else "good")
    assert ([one.hash for one in search.suspects], asked) == (["777"], 10)
