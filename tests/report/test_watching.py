"""A run while it is played, as people read it: what is urgent first, in any room, and nothing foreign does anything."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil, floor
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.model import CapUse, Failure, FailureGroup, Outcome, Quantity, Usage
from pytest_alienbio.model.sighting import CellSeen, Life, Sighting, WorkerSeen
from pytest_alienbio.report import as_plain, render
from pytest_alienbio.report.columns import width_of
from pytest_alienbio.report.watching import eta, line, rough, watch_document

HOSTILE = "\x1b[31m<b>\n\u202eevil\u2066\x07"
SEEN = Sighting(
    dat="data/results/mine/1",
    at=1000.0,
    life=Life.RUNNING,
    battery="mine",
    run="r1",
    since=900.0,
    planned=40,
    selected=40,
    done=12,
    recorded=12,
    outcomes={"completed": 10, "provider_error": 2},
    last_at=998.0,
    rate=7.2,
    limit_wait=0.41,
    eta=Quantity(280.0, 200.0, 400.0, 28, 28),
    errors=(FailureGroup(Failure("m/x[a-s1]", Outcome.PROVIDER_ERROR, reason="429"), 2),),
    broken=2,
    workers=(WorkerSeen("gw0", 7, "m/x[a-s1]", 998.0), WorkerSeen("gw1", 5, "m/x[b-s1]", 990.0)),
    playing=(CellSeen("m/x[c-s1]", 995.0),),
    spent=Usage(tokens=1200, usd=0.5, requests=9),
    caps=(CapUse("--bio-max-usd", "usd", 3.0, 0.5, 0.1, together=True),),
)


def test_all_of_it_at_a_glance() -> None:
    assert render(watch_document(SEEN), 80).splitlines() == [
        "mine: running",
        "12/40 cells, ██████▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 30%",
        "for 1m40s, 7.2 cells/min lately, ETA 4m40s (3m20s to 6m40s)",
        "10 completed, 2 provider_error",
        "41% of the time in cells went into waiting for limits",
        "",
        "errors: 2 cells broke, the latest first",
        "  m/x[a-s1]: 2 x provider_error: 429",
        "",
        "spend",
        "spent: $0.5, 1,200 tokens, 9 requests",
        "--bio-max-usd 3: $0.5 spent, $0.1 reserved by all batteries of the session",
        "",
        "workers",
        "worker  cells  ago  last cell",
        "gw0         7   2s  m/x[a-s1]",
        "gw1         5  10s  m/x[b-s1]",
        "",
        "being played: as their checkpoints say",
        " saved  cell",
        "5s ago  m/x[c-s1]",
        "",
        "results: data/results/mine/1",
    ]


def test_all_of_it_in_a_line() -> None:
    assert line(SEEN) == "mine: running, 12/40 cells, 2 errors, ETA 4m40s (3m20s to 6m40s)"
    silent = replace(SEEN, at=SEEN.last_at + 130, eta=Quantity())
    assert line(silent) == "mine: running, 12/40 cells, 2 errors, nothing recorded for 2m10s"
    died = replace(SEEN, life=Life.DIED, eta=Quantity(), again="pytest a.battery.yaml --bio-resume=data/1")
    assert line(died) == "mine: died before its end, 12/40 cells, 2 errors, go on: pytest a.battery.yaml --bio-resume=data/1"


@pytest.mark.parametrize(
    ("life", "changes", "said"),
    [
        (Life.DIED, {"again": "pytest x --bio-resume=y"}, "pytest x --bio-resume=y"),
        (Life.UNKNOWN, {"again": "pytest x --bio-resume=y"}, "If it is dead, go on with it:"),
        (Life.FINISHED, {"status": {"verdict": "failed"}, "until": 950.0}, "mine: finished, failed"),
        (Life.GONE, {}, "mine: gone: the folder was removed"),
        (Life.RUNNING, {"last_at": 1.0, "since": 1.0}, "nothing recorded for 16m39s"),
        (Life.RUNNING, {"selected": 10, "before": 3}, "of 40 cells of the battery, 3 from before"),
        (Life.RUNNING, {"planned": 0, "selected": 0}, "12 cells\n"),
    ],
)
def test_what_became_of_it_and_what_to_do_is_said(life: Life, changes: dict[str, object], said: str) -> None:
    text = render(watch_document(replace(SEEN, life=life, **changes)), 100)  # type: ignore[arg-type]
    assert said in text + "\n"


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        (Quantity(), ""),
        (Quantity(cells=4), "no ETA yet"),
        (Quantity(60.0, None, None, 4, 4), "ETA 1m"),
        (Quantity(60.0, 30.0, 90.0, 3, 8), "ETA 1m (30s to 1m30s) for 3 of the 8 cells left"),
    ],
)
def test_how_long_it_still_takes_is_said_as_far_as_it_is_known(quantity: Quantity, said: str) -> None:
    assert eta(quantity) == said


@given(st.floats(0, 2e6), st.floats(1, 3), st.floats(1, 3))
def test_time_to_go_is_no_more_exact_than_it_is_known_and_its_interval_holds_it(
    value: float, below: float, above: float
) -> None:
    """Rounded: outwards at the ends, and by a tenth of a minute, a sixtieth of an hour."""
    low, high = value / below, value * above
    told = [rough(low, floor), rough(value), rough(high, ceil)]
    spans = [in_seconds(each) for each in told]
    assert spans == sorted(spans)
    assert spans[0] <= low + 0.5
    assert high <= spans[2] + 0.5
    assert abs(spans[1] - value) <= max(0.5, value / 12 if value < 3600 else 1800)


def in_seconds(text: str) -> int:
    """What a duration says."""
    units = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([dhms])", text.replace("<1s", "0s")))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "<1s"),
        (7.4, "7s"),
        (43.0, "45s"),
        (97.0, "1m40s"),
        (601.0, "10m"),
        (7300.0, "2h"),
        (7600.0, "2h05m"),
        (9e5, "10d10h"),
    ],
)
def test_time_to_go_in_words(seconds: float, said: str) -> None:
    assert rough(seconds) == said


@given(
    width=st.integers(40, 200),
    ascii=st.booleans(),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.just(HOSTILE),
)
def test_it_fits_and_nothing_foreign_does_anything(width: int, ascii: bool, text: str) -> None:
    """Cells, workers, reasons, batteries of any name, in any room; what is there to be copied is longer, and is no more."""
    seen = replace(
        SEEN,
        battery=text,
        errors=(FailureGroup(Failure(text * 3, Outcome.AGENT_ERROR, reason=text * 9)),),
        workers=(WorkerSeen(text, 1, text * 5, 0.0),),
        playing=(CellSeen(text, 0.0),),
        notes=(text,),
        caps=(CapUse(text, "usd", 1.0, 0.0),),
    )
    lines = render(watch_document(seen), width, ascii=ascii).splitlines()
    copied = [each for each in lines if each.startswith("results: ")]
    assert all(width_of(each) <= width for each in lines if each not in copied)
    assert not {category(character) for each in [*lines, line(seen)] for character in each} & {"Cc", "Cf", "Zl", "Zp"}
    as_plain(watch_document(seen))
