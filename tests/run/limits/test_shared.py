"""The limits of a run in workers elsewhere: the same ledger, or a sentence why they cannot be kept there."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import LimitStoreError, OverLimitError, SpecError
from pytest_alienbio.model import Caps, CellLimits, Outcome
from pytest_alienbio.play import result_of
from pytest_alienbio.run.limits.limiting import GRACE_S, Limiting
from pytest_alienbio.run.limits.session import SessionLimits
from pytest_alienbio.run.limits.shared import Shared, limiting_there, shared_of

from ..parts import make_plan

CELL = make_plan(seeds=[0]).cells[0]


def here(root: Path, caps: Caps = Caps(), own: Caps = Caps(), at: str = "") -> Limiting:  # noqa: B008 - frozen
    """The controller's limits."""
    return Limiting(SessionLimits(root, "r1", caps, labels={"usd": "--bio-max-usd"}, at=at), own, "x")


def travelled(limiting: Limiting) -> Shared:
    """What a worker hears of them."""
    return Shared.of(json.loads(json.dumps(asdict(shared_of(limiting)))))


def test_what_a_worker_is_refused_stops_the_controller(tmp_path: Path) -> None:
    """On the same machine the ledger is one file, and its books are the sum."""
    mine = here(tmp_path, Caps(usd=1.0), Caps(tokens=100))
    there = limiting_there(travelled(mine), tmp_path)
    meter = there.allow(CELL, CellLimits()).meter
    with meter.call("maker", usd=0.75, tokens=5) as call:
        call.settle(usd=0.5, tokens=3)
    assert mine.instead(CELL) is None
    with pytest.raises(OverLimitError, match="--bio-max-usd"), meter.call("maker", usd=0.75):
        pass
    stopped = mine.instead(CELL)
    assert stopped is not None
    assert stopped.reason == "--bio-max-usd 1 is reached"
    assert [(use.quantity, use.spent) for use in mine.uses()] == [("usd", 0.5), ("tokens", 3)]


@pytest.mark.parametrize(
    ("caps", "own", "rates"), [(Caps(usd=1), {}, {}), (Caps(), {"tokens": 5}, {}), (Caps(), {}, {"a": "5"})]
)
def test_a_worker_that_does_not_share_the_files_says_what_would_help(
    tmp_path: Path, caps: Caps, own: dict[str, int], rates: dict[str, str]
) -> None:
    told = replace(travelled(here(tmp_path, caps, Caps(**own))), rates=rates)
    with pytest.raises(SpecError, match=r"files of the controller's machine.* share a Redis: limits_at, see docs/limits\.md"):
        limiting_there(told, None)


def test_time_cuts_a_cell_there_too(tmp_path: Path) -> None:
    """By what the controller's clocks said: the earliest beginning that was heard counts, as the way takes its time."""
    mine = here(tmp_path, Caps(wall_clock_s=100), Caps(wall_clock_s=30, cells=5))
    there = limiting_there(travelled(mine), None)
    with pytest.raises(LimitStoreError):
        there.allow(CELL, CellLimits())
    for elapsed in ({"": 50.0, "x": 20.0}, {"": 50.0, "x": 15.0}):
        for run, seconds in elapsed.items():
            there.session.hear(run, seconds)
    left = there.allow(CELL, CellLimits()).limits.wall_clock_s
    assert left is not None
    assert 9 + GRACE_S < left <= 10 + GRACE_S
    late = there.allow(CELL, CellLimits()).read(result_of(CELL, Outcome.TIMED_OUT, "cell ran longer than it may"))
    assert late.outcome is Outcome.OVER_LIMIT
    assert set(mine.elapsed()) == {"", "x"}
    assert here(tmp_path).elapsed() == {}


def test_calls_there_are_held_to_the_cells_own_caps_where_nothing_is_shared(tmp_path: Path) -> None:
    there = limiting_there(travelled(here(tmp_path)), None)
    meter = there.allow(CELL, CellLimits(usd=0.5)).meter
    with pytest.raises(OverLimitError, match=r"limits\.per_cell\.usd"), meter.call("maker", usd=0.6):
        pass


def test_a_password_does_not_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who carries terms may log them. Each worker is told by its own environment, and it must mean the same place."""
    told = travelled(here(tmp_path, Caps(usd=1), at="redis://me:hunter2@limits.example:6379/0"))
    assert "hunter2" not in json.dumps(asdict(told))
    for mine in ("", "redis://me:hunter2@elsewhere:6379/0"):
        monkeypatch.setenv("ALIENBIO_LIMITS_AT", mine)
        with pytest.raises(SpecError) as caught:
            limiting_there(told, tmp_path)
        assert "the limits of this run are in redis://limits.example:6379/0, and ALIENBIO_LIMITS_AT is not" in str(caught.value)
        assert "hunter2" not in str(caught.value)


def test_what_the_dead_had_paid_is_in_the_record_of_who_came_after(tmp_path: Path) -> None:
    """Nowhere else would it be: the ledger is the sum of the results. What nobody saw the end of is in no sum."""
    mine = here(tmp_path, Caps(usd=5))
    scopes = ("session", f"cell x {CELL.id}")
    ledger = mine.session.ledger
    ledger.settle(ledger.reserve(scopes, tokens=9, usd=0.2), tokens=5, usd=0.1)  # the dead one's
    ledger.reserve(scopes, tokens=7, usd=0.3)  # as one's of another machine, of whom nothing is known
    there = limiting_there(travelled(mine), tmp_path)
    allowed = there.allow(CELL, CellLimits())
    with closing(there.session), allowed.meter.call("maker", tokens=2, usd=0.2) as call:
        call.settle(tokens=1, usd=0.05)
    played = result_of(CELL, Outcome.COMPLETED).with_(usage=allowed.meter.usage)
    found = mine.lost(CELL, played)
    assert (found.usage.usd, found.usage.tokens, found.usage.requests) == (0.15, 6, 3)
    assert {name: found.metrics[name] for name in found.metrics} == {
        "unsettled_calls": 1,
        "unsettled_tokens": 7,
        "unsettled_usd": 0.3,
    }
