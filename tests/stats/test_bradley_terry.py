"""One scale from who beat whom: choix's strengths, and said where none exists."""

from __future__ import annotations

import choix
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.stats import Unit, bradley_terry, meetings

from .cells import units


def values(agents: list[str], wins: list[list[float]]) -> list[float]:
    """Strengths in the order of the agents."""
    found = bradley_terry(agents, wins)
    return [value for agent in agents if (value := found.agents[agent].value) is not None]


def test_strengths_are_choixs() -> None:
    """Twelve agents, thirty games a pair, in choix's order of wins; its own tolerance is 1e-8 in the mean."""
    rng = np.random.default_rng(0)
    true = rng.normal(0, 1, 12)
    pairs = [(a, b) for a in range(12) for b in range(a)]
    games = [(a, b) if rng.random() < 1 / (1 + np.exp(true[b] - true[a])) else (b, a) for a, b in pairs for _ in range(30)]
    wins = np.zeros((12, 12))
    for winner, loser in games:
        wins[winner, loser] += 1
    names = [str(at) for at in range(12)]
    theirs = choix.opt_pairwise(12, games, method="Newton-CG", tol=1e-13)
    assert values(names, wins.tolist()) == pytest.approx((theirs - theirs.mean()).tolist(), abs=1e-6)
    assert values(names, wins.tolist()) == pytest.approx(choix.ilsr_pairwise_dense(wins, tol=1e-12).tolist(), abs=1e-9)


def test_two_agents_are_the_log_odds_with_their_error() -> None:
    """30 wins of 40: the difference is log 3, its error that of a logit, each strength half of it; ties are half wins."""
    found = bradley_terry(["a", "b"], [[0, 30], [10, 0]], ties=4)
    a, b = found.agents["a"], found.agents["b"]
    assert a.value == pytest.approx(np.log(3) / 2, abs=1e-10)
    assert b.value == pytest.approx(-np.log(3) / 2, abs=1e-10)
    assert a.stderr == pytest.approx(np.sqrt(1 / 30 + 1 / 10) / 2, abs=1e-10)
    assert (found.games, found.ties, found.regularised, list(found.agents)) == (40, 4, False, ["a", "b"])


@pytest.mark.parametrize("wins", [[[0, 5, 5], [0, 0, 3], [0, 1, 0]], [[0, 3, 2], [2, 0, 2], [0, 0, 0]]])
def test_who_never_lost_or_never_won_is_kept_finite_and_said(wins: list[list[float]]) -> None:
    """Half a tie a pair that met; the order stays."""
    found = bradley_terry(list("abc"), wins)
    assert found.regularised
    assert found.notes
    assert all(one.value is not None and abs(one.value) < 5 for one in found.agents.values())
    padded = np.array(wins) + 0.25 * (np.array(wins) + np.array(wins).T > 0)
    assert values(list("abc"), wins) == pytest.approx(choix.ilsr_pairwise_dense(padded, tol=1e-12).tolist(), abs=1e-8)
    assert next(iter(found.agents)) == "a"


def test_a_group_that_never_lost_to_the_others_is_seen() -> None:
    """Everybody lost and won, and yet no finite answer exists: a and b only lose to each other."""
    wins = np.zeros((4, 4))
    wins[0, 1] = wins[1, 0] = wins[2, 3] = wins[3, 2] = wins[0, 2] = 1
    assert bradley_terry(list("abcd"), wins.tolist()).regularised


def test_agents_that_never_met_have_no_common_scale() -> None:
    found = bradley_terry(list("abcd"), [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2], [0, 0, 1, 0]])
    assert found.why == "never met, so there is no common scale: {a, b} and {c, d}"
    assert all(one.value is None for one in found.agents.values())
    assert bradley_terry(["a"], [[0]]).why == "fewer than two agents"


WINS = st.lists(st.lists(st.integers(1, 9).map(float), min_size=4, max_size=4), min_size=4, max_size=4)


@settings(deadline=None, max_examples=30)
@given(WINS, st.permutations(range(4)))
def test_agents_may_stand_in_any_order(wins: list[list[float]], order: list[int]) -> None:
    table = np.array(wins)
    np.fill_diagonal(table, 0)
    names = np.array(list("abcd"))
    one = bradley_terry(names.tolist(), table.tolist())
    two = bradley_terry(names[order].tolist(), table[np.ix_(order, order)].tolist())
    for name in "abcd":
        assert two.agents[name].value == pytest.approx(one.agents[name].value, abs=1e-8)
        assert two.agents[name].stderr == pytest.approx(one.agents[name].stderr, abs=1e-8)
    assert sum(each.value or 0.0 for each in one.agents.values()) == pytest.approx(0, abs=1e-9)


def test_meetings_count_cells_that_both_have_a_score_of() -> None:
    """A win, a loss, a tie and a cell without a partner; the other way round where lower is better."""
    cells = {"a": units({"s": [0.9, 0.1, 0.5, 0.7]}), "b": units({"s": [0.5, 0.5, 0.5, None]})}
    assert meetings(cells) == (["a", "b"], [[0.0, 1.5], [1.5, 0.0]], 1)
    cells["a"] = units({"s": [0.9, 0.8, 0.5]})
    assert meetings(cells)[1] == [[0.0, 2.5], [0.5, 0.0]]
    assert meetings(cells, better="lower")[1] == [[0.0, 0.5], [2.5, 0.0]]


@pytest.mark.parametrize("wins", [[[0, 1]], [[0, -1], [1, 0]], [[1, 1], [1, 0]], [[0, float("inf")], [1, 0]]])
def test_tables_that_make_no_sense_are_refused(wins: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"table of 2 x 2|nobody beats himself"):
        bradley_terry(["a", "b"], wins)


def test_more_cells_of_a_world_are_no_more_games() -> None:
    """Variants of a world share its game out among them: strengths and their intervals stay what they were."""
    rng = np.random.default_rng(3)
    scores = {agent: rng.random(12).tolist() for agent in ("a", "b", "c")}

    def cells(variants: int) -> dict[str, list[Unit]]:
        return {
            agent: [Unit("s", seed, score, variant=1 + v) for seed, score in enumerate(mine) for v in range(variants)]
            for agent, mine in scores.items()
        }

    once, thrice = meetings(cells(1)), meetings(cells(3))
    assert np.allclose(once[1], thrice[1])
    assert sum(map(sum, once[1])) == pytest.approx(36)
    strengths = [bradley_terry(names, wins, ties=ties).agents["a"] for names, wins, ties in (once, thrice)]
    assert strengths[0].stderr == pytest.approx(strengths[1].stderr)


def test_of_passes_more_are_better_whichever_way_scores_go() -> None:
    played = {"a": [Unit("s", 0, 0.1, passed=True)], "b": [Unit("s", 0, 0.9, passed=False)]}
    assert meetings(played, measure="passed", better="lower")[1] == meetings(played, better="lower")[1] == [[0, 1], [0, 0]]
