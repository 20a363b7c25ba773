"""An agent that forks, and one that closes what the process writes to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PLAYS = """
import os, sys
from pytest_alienbio.model import Action
from pytest_alienbio.play import run_cell
from tests.play.worlds import Counter, Says, make_catalog, make_cell
def decide(seen):
    {deed}
    return Action("wait")
result = run_cell(make_cell(), make_catalog(Counter), agent=Says(decide))
sys.stdout.write(f"over: {{result.outcome}}\\n")
sys.stdout.flush()
os.write(2, b"heard\\n")
"""


def outcome_of(deed: str) -> tuple[str, str]:
    """What a process says in which a cell is played whose agent does `deed` each time."""
    done = subprocess.run([sys.executable, "-c", _PLAYS.format(deed=deed)], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize(
    "deed",
    ["os.fork() or None", "if not os.fork(): raise RuntimeError", "if not os.fork(): raise KeyboardInterrupt"],
    ids=["goes-on", "raises", "interrupts"],
)
def test_a_child_that_comes_back_is_ended_and_the_cell_is_over_once(deed: str) -> None:
    """However it comes back: it would record the cell again, and play all others."""
    out, err = outcome_of(f"seen.step == 0 and exec({deed!r})")
    assert out.count("over: ") == 1
    assert err.count("heard") == 1
    assert "a process that a cell forked came back" in err


@pytest.mark.parametrize(
    "deed", ["os.close(1)", "os.close(2)", "sys.stdout.close()", "sys.stderr.close()", "[os.close(1), os.close(2)]"]
)
def test_what_an_agent_closes_is_there_again_after_its_cell(deed: str) -> None:
    """Of this process: who reports the cell writes there."""
    assert outcome_of(f"seen.step == 0 and {deed}") == ("over: completed\n", "heard\n")


def test_closing_it_after_the_cell_is_as_ever() -> None:
    """Nothing of the shield is left."""
    out, err = outcome_of("0")
    assert (out, err) == ("over: completed\n", "heard\n")
    script = _PLAYS.format(deed="0") + "assert 'close' not in vars(sys.stdout); sys.stdout.close(); assert sys.stdout.closed"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
