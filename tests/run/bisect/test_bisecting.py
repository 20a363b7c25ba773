"""Whole bisections on real repositories, their commits played in this process into real DATs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import AlienBioError, SpecError
from pytest_alienbio.model.bisection import Bisection
from pytest_alienbio.run.bisect import Repository

from .parts import CASES, Here, History, bisecting


def chain(path: Path, *scores: str) -> History:
    """Commits `0`, `1`, ... with these scores, one after the other."""
    history = History(path)
    for at, score in enumerate(scores):
        history.commit(str(at), score)
    return history


def found(history: History, good: str, bad: str, player: Here, **more: object) -> tuple[Bisection, list[str]]:
    """What a bisection finds, which must leave the repository as it was."""
    before = history.state()
    search, told = bisecting(history, good, bad, player, **more)
    result = search.run()
    assert history.state() == before
    return result, told


def test_the_commit_is_found_with_as_few_cells_as_tell(tmp_path: Path) -> None:
    """Two seeds of six cases show the drop; the ends are played twice, and from then on each number is taken as it is."""
    history, player = chain(tmp_path, "0.9", "0.91", "0.92", "0.93", "0.94", "0.5", "0.51", "0.52", "0.53"), Here()
    result, told = found(history, "0", "8", player)
    assert (result.status, [one.hash for one in result.suspects]) == ("found", [history.made["5"]])
    assert result.suspects[0].subject == "5"
    assert result.exact
    assert result.drop.value == pytest.approx(0.37)
    assert result.least == pytest.approx(0.185)
    assert player.commits.count(history.made["0"]) == player.commits.count(history.made["8"]) == 2
    assert {probe.cells for probe in result.probes[1:]} == {2 * CASES}
    assert sum(player.cells.values()) == result.played == (2 + 2 + 3) * 2 * CASES
    assert told[0] == f"at most 5 commits x 10 seeds x {CASES} cases = 300 cells, some of the ends' twice"


def test_what_was_played_before_is_not_played_again(tmp_path: Path) -> None:
    """The same question, asked again, plays nothing; commits that differ in what no cell reads share their cells."""
    history, player = chain(tmp_path, "0.9", "0.8"), Here()
    for name in ("readme", "docs"):
        history.commit(name, None, **{"README__md" if name == "readme" else "docs/page__md": name})
    history.commit("bad", "0.3")
    first, _ = found(history, "0", "bad", player)
    assert first.suspects[0].hash == history.made["bad"]
    shared = next(probe for probe in first.probes if probe.same_as)
    assert (shared.call, shared.played) == ("good", 0)
    again = Here()
    second, _ = found(history, "0", "bad", again)
    assert second.suspects == first.suspects
    assert (again.commits, second.played) == ([], 0)
    assert second.reused > 0


def test_a_branch_is_searched_too_and_a_merge_is_named_only_if_it_did_it(tmp_path: Path) -> None:
    """The culprit on a branch that left after the good end; then one that only the merge brings together."""
    history, player = History(tmp_path), Here()
    history.commit("good", "0.9")
    history.git("checkout", "-q", "-b", "side")
    for name, score in (("side 1", "0.92"), ("side 2", "0.4"), ("side 3", "0.41")):
        history.commit(name, score)
    history.git("checkout", "-q", "main")
    history.commit("main 1", None, other__txt="1")
    history.commit("main 2", None, other__txt="2")
    history.merge("merge", "side")
    history.commit("bad", None, other__txt="3")
    result, _ = found(history, "good", "bad", player)
    assert [one.subject for one in result.suspects] == ["side 2"]


def test_a_branch_that_left_before_the_good_end_is_not_held_against_it(tmp_path: Path) -> None:
    """It lacks what the good end has, and would be bad for that: its merge is named instead."""
    history, player = History(tmp_path), Here()
    history.commit("old", "0.2")
    history.git("checkout", "-q", "-b", "side")
    history.commit("side 1", "0.21")
    history.commit("side 2", "0.4")
    history.git("checkout", "-q", "main")
    history.commit("good", "0.9")
    history.commit("main 1", None, other__txt="1")
    history.merge("merge", "side")
    history.commit("bad", None, other__txt="2")
    result, _ = found(history, "good", "bad", player)
    assert [one.subject for one in result.suspects] == ["merge"]
    assert history.made["side 1"] not in player.commits


def test_broken_commits_are_skipped_and_never_bad(tmp_path: Path) -> None:
    """One that cannot be imported, and one whose agent breaks in every cell; the culprit lies just behind them."""
    history, player = chain(tmp_path, "0.9", "0.91", "broken", "outage", "0.5", "0.51"), Here()
    result, _ = found(history, "0", "5", player)
    assert result.status == "one of"
    assert [one.subject for one in result.suspects] == ["2", "3", "4"]
    why = {probe.commit.subject: probe.why for probe in result.probes if probe.call == "skipped"}
    assert why["2"] == "it cannot be played: SyntaxError: invalid syntax"
    assert why["3"] == f"{2 * CASES} of {2 * CASES} cells have no number: {2 * CASES} agent_error"


def test_noise_is_not_bisected(tmp_path: Path) -> None:
    """The same agent with other draws: the ends are not shown to differ, and nothing between them is played."""
    history, player = chain(tmp_path, "0.5~0.4", "0.5~0.41", "0.5~0.42"), Here()
    result, _ = found(history, "0", "2", player)
    assert (result.status, result.suspects, result.exact) == ("not worse", (), False)
    assert history.made["1"] not in player.commits


def test_a_noisy_agent_takes_more_seeds_and_is_found_all_the_same(tmp_path: Path) -> None:
    """Replays differ, so that each commit is tested: played until it is shown to have the drop, or to lack it."""
    scores = [f"0.{80 + at}~0.1" for at in range(4)] + [f"0.{30 + at}~0.1" for at in range(4)]
    history, player = chain(tmp_path, *scores), Here()
    result, _ = found(history, "0", "7", player, seeds=12)
    assert (result.status, [one.subject for one in result.suspects]) == ("found", ["4"])
    assert not result.exact
    share = result.alpha / (3 + 2)
    for probe in result.probes[2:]:
        told = probe.worse if probe.call == "bad" else probe.sound
        assert told is not None
        assert told >= 1 / share


def test_too_few_seeds_are_known_before_the_commits_are_paid_for(tmp_path: Path) -> None:
    """Scores that differ by 0.1 and from play to play: no two seeds clear a commit of that."""
    history, player = chain(tmp_path, "0.8~0.001", "0.8~0.002", "0.7~0.001"), Here()
    search, _ = bisecting(history, "0", "2", player, seeds=2)
    with pytest.raises(SpecError, match=r"takes at least \d+ seeds of these 6 cases, and there are 2: --seeds \d+"):
        search.run()
    assert history.made["1"] not in player.commits
    assert "tree" not in history.git("worktree", "list")


def test_ends_that_cannot_be_held_against_each_other_are_refused(tmp_path: Path) -> None:
    history = chain(tmp_path, "0.9", "broken", "outage", "0.5")
    for good, bad, words in (
        ("0", "1", "BAD, .*: it cannot be played: SyntaxError"),
        ("1", "3", "GOOD, .*: it cannot be played"),
        ("0", "2", "BAD, .*: no cell has a score: 12 agent_error; name another commit as BAD"),
    ):
        search, _ = bisecting(history, good, bad, Here())
        with pytest.raises(AlienBioError, match=words):
            search.run()
    assert "bio-bisect" not in history.git("worktree", "list")


def test_ends_with_the_same_inputs_need_no_cell(tmp_path: Path) -> None:
    history, player = chain(tmp_path, "0.9"), Here()
    history.commit("docs", None, README__md="more")
    result, _ = found(history, "0", "docs", player)
    assert (result.status, player.commits, result.probes) == ("not worse", [], ())
    assert result.notes == ("no file that counts as input differs between the ends",)


def test_paths_say_what_counts(tmp_path: Path) -> None:
    """With `--paths agent`, commits that differ in something else share their cells. So do not those of other settings."""
    history = chain(tmp_path, "0.9", "0.91")
    history.commit("other", None, other__txt="x")

    def keys(**more: Any) -> list[str]:
        repository = Repository.at(history.path)
        search, _ = bisecting(history, "0", "other", Here(), **more)
        return [search.key(repository.commit(history.made[name])) for name in ("0", "1", "other")]

    assert len(set(keys())) == 3
    zero, one, other = keys(paths=("agent",))
    assert zero != one == other
    assert not set(keys()) & set(keys(assignments=("steps=5",)))


def test_an_interrupted_bisection_goes_on_where_it_was(tmp_path: Path) -> None:
    """A Ctrl-C in the middle passes on; the worktree is gone, and what was played counts the next time."""

    class Impatient(Here):
        def __call__(self, *args: object, **more: object) -> str:
            if len(self.commits) == 5:
                raise KeyboardInterrupt
            return super().__call__(*args, **more)  # type: ignore[arg-type]

    history = chain(tmp_path, "0.9", "0.91", "0.92", "0.93", "0.94", "0.5", "0.51", "0.52", "0.53")
    before, first = history.state(), Impatient()
    search, _ = bisecting(history, "0", "8", first)
    with pytest.raises(KeyboardInterrupt):
        search.run()
    assert history.state() == before
    player = Here()
    result, _ = found(history, "0", "8", player)
    assert result.suspects[0].subject == "5"
    assert len(player.commits) == 2
