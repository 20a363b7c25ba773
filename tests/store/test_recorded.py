"""What a DAT says of its cells, for who goes on with it."""

from __future__ import annotations

from pathlib import Path

from pytest_alienbio.model import Outcome
from pytest_alienbio.store import Journal
from pytest_alienbio.store.recorded import Record, recorded

from .samples import a_result


def test_of_each_cell_what_counts_and_how_often_it_was_begun(tmp_path: Path) -> None:
    """What was never begun is no attempt; a cell under two keys is one cell."""
    one, two, three, four = (a_result(seed).with_(ended_at=1e9) for seed in range(4))
    bad: dict[str, object] = {"score": None, "scores": {}, "passed": None, "trace": None}
    first, second = Journal(tmp_path, "r1", "main"), Journal(tmp_path, "r2", "main")
    (tmp_path / "cells").mkdir(exist_ok=True)
    first.append(one)
    first.append(two.with_(outcome=Outcome.PROVIDER_ERROR, **bad))
    first.append(two.with_(outcome=Outcome.LOST, attempt=2, ended_at=2e9, **bad))
    first.append(three.with_(outcome=Outcome.NOT_RUN, ended_at=0.0, **bad))
    first.append(four.with_(outcome=Outcome.NOT_RUN, ended_at=0.0, **bad))
    second.append(one.with_(outcome=Outcome.LOST, attempt=2, key="f" * 64, ended_at=one.ended_at + 9, **bad))
    second.append(four)
    for journal in (first, second):
        journal.close()
    with second.path.open("ab") as file:
        file.write(b'{"torn')
    assert recorded(tmp_path) == {
        one.id: Record("completed", 2),
        two.id: Record("lost", 2),
        three.id: Record("not_run", 0),
        four.id: Record("completed", 1),
    }


def test_a_dat_without_records_says_nothing(tmp_path: Path) -> None:
    assert recorded(tmp_path) == {}
