"""Which failures say the same, and in which order they are told."""

from __future__ import annotations

from pytest_alienbio.model import CellError, Failure, Outcome, TraceRef
from pytest_alienbio.results.failures import failure_of, grouped

from ..stats.results import result


def failed(id: str, outcome: Outcome = Outcome.COMPLETED, reason: str = "", agent: str = "a") -> Failure:
    """A cell that failed; scored ones missed a bar."""
    return Failure(id, outcome, 0.1 if outcome.scored else None, 0.6, reason, agent=agent, scenario="s")


def test_errors_come_before_low_scores_and_large_groups_first() -> None:
    """What broke most is what to look at first."""
    found = grouped(
        [
            failed("low"),
            failed("rare", Outcome.AGENT_ERROR, "KeyError"),
            *(failed(f"often{i}", Outcome.AGENT_ERROR, "ValueError", f"a{i % 2}") for i in range(3)),
            failed("other-kind", Outcome.SCORER_ERROR, "KeyError"),
        ]
    )
    assert [(group.first.id, group.count) for group in found.groups] == [
        ("often0", 3),
        ("rare", 1),
        ("other-kind", 1),
        ("low", 1),
    ]
    assert (found.total, found.broken, found.missed) == (6, 5, 0)
    assert (found.groups[0].agents, found.groups[0].cells) == ({"a0": 2, "a1": 1}, ("often0", "often1", "often2"))


def test_caps_and_lost_workers_are_one_group_whatever_their_reasons() -> None:
    """The cause is outside the cell."""
    assert [group.count for group in grouped(failed(f"c{i}", Outcome.NOT_RUN, f"cap {i}") for i in range(20)).groups] == [20]


def test_errors_that_differ_in_a_place_in_memory_are_the_same() -> None:
    found = grouped(failed(f"c{i}", Outcome.AGENT_ERROR, f"no <x at 0x7f{i:04x}>") for i in range(500))
    assert [(group.count, group.first.id) for group in found.groups] == [(500, "c0")]


def test_equal_low_scores_stay_apart() -> None:
    """Each is a cell of its own with a command of its own."""
    assert [group.count for group in grouped(failed(f"c{i}") for i in range(35)).groups] == [1] * 35


def test_a_result_is_told_with_its_reason_or_its_exception() -> None:
    broke = result("s", "a", None, outcome=Outcome.AGENT_ERROR).with_(error=CellError("KeyError", "'x'"))
    assert failure_of(broke, "again").reason == "KeyError: 'x'"
    assert failure_of(broke.with_(reason="it broke")).reason == "it broke"
    assert failure_of(broke.with_(trace=TraceRef("traces/a.json"))).trace == "traces/a.json"
    assert (failure_of(broke, "again").command, failure_of(broke).agent) == ("again", "a")
