"""`bio watch`: real runs, looked at by a process of their own, on a terminal and off it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pytest_alienbio.store import Journal, dat, find_dats

from ..plugin.screen import Terminal
from .conftest import Desk

BATTERY = """
experiment.walks:
  scenarios: [walks/plain]
  agents: [right, crash, sleepy]
  seeds: 2
"""
PATIENCE_S = 60.0


def looking(desk: Desk, columns: int, rows: int, *argv: str, **environment: str) -> Terminal:
    """`bio watch` on a terminal of its own."""
    command = [sys.executable, "-m", "pytest_alienbio", "watch", *argv]
    return Terminal(command, desk.path, columns=columns, rows=rows, **environment)


@pytest.fixture
def run(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A pytest session that has played four cells, and is stuck in the fifth for a minute; its own process group."""
    desk.worlds()
    desk.battery(BATTERY)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-q", "a.battery.yaml"],
        cwd=desk.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        paths = find_dats(desk.path / "data")
        if paths and sum(len(file.read_bytes().splitlines()) for file in paths[0].glob("cells/*.jsonl")) == 4:
            break
        time.sleep(0.02)
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_run_that_is_killed_while_it_is_watched(desk: Desk, run: subprocess.Popen[bytes]) -> None:
    """It is seen to live, on a terminal; then it is killed, and the watcher says so, what to do, and ends by itself with 3."""
    with looking(desk, 80, 24, "--interval", "0.05") as terminal:
        terminal.until(lambda: "workers" in terminal.rows and "4/6 cells" in "".join(terminal.rows))
        assert terminal.rows[0] == "walks: running"
        assert terminal.screen.cursor.hidden
        seen = json.loads(desk.bio("watch", "--json").out)
        [cells] = seen["sections"]["run"]["cells"][:1]
        assert (cells["life"], cells["done"], cells["selected"]) == ("running", 4, 6)
        means = {row["agent"]: row["mean"] for row in seen["sections"]["leaderboard"]["standings"]}
        assert means == {"right": 1.0, "crash": None}
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert terminal.end() == 3
        assert not terminal.screen.cursor.hidden
        # The emulator knows no second screen: what stands where the command was typed is what came after leaving it.
        left = terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()
        assert "walks: died before its end" in left
        assert "pytest a.battery.yaml --bio-resume=data/results/walks/" in left
        assert terminal.raw.count(b"\x1b[?1049h") == terminal.raw.count(b"\x1b[?1049l") == 1
    once = desk.bio("watch", "--once")
    assert (once.code, "died before its end" in once.out) == (0, True)


def test_ctrl_c_ends_the_looking_and_not_the_run(desk: Desk, run: subprocess.Popen[bytes]) -> None:
    """With 130, the terminal as it was; small ones are enough, and in ASCII, without colours, if that is wanted."""
    with looking(desk, 40, 6, NO_COLOR="1", PYTHONIOENCODING="ascii") as terminal:
        terminal.until(lambda: "more line" in terminal.rows[-1])
        assert terminal.rows[0] == "walks: running"
        assert re.fullmatch(r"\.\.\. \d+ more lines: bio watch --once", terminal.rows[-1])
        assert b"\x1b[1m" not in terminal.raw
        assert terminal.raw.isascii()
        terminal.process.send_signal(signal.SIGTSTP)  # Ctrl-Z; in a session of its own it does not stay stopped
        left = b"\x1b[?25h\x1b[?1049l\x1b[?1049h\x1b[?25l"
        terminal.until(lambda: left in terminal.raw)
        terminal.press(b"\x03")
        assert terminal.end() == 130
        assert terminal.raw.endswith(b"\x1b[?25h\x1b[?1049l")
    assert run.poll() is None


def test_off_a_terminal_each_change_is_a_line(desk: Desk, run: subprocess.Popen[bytes]) -> None:
    """No escape, one line until something changes, and at the end the page. Being told to end is no crash."""
    process = desk.start("watch", "walks", "--interval", "0.05")
    assert process.stdout is not None
    first = process.stdout.readline()
    assert re.fullmatch(r"walks: running, 4/6 cells, 2 errors(, ETA [^,]+)?\n", first), first
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err, "\x1b" in out) == (3, "", False)
    assert out.startswith("walks: died before its end\n")


def test_it_ends_when_nobody_reads_it_any_more(desk: Desk, run: subprocess.Popen[bytes]) -> None:
    """`bio watch | head -1` does not wait for the end of the run, nor say that it passed."""
    process = desk.start("watch", "walks", "--interval", "0.05")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("walks: running, 4/6 cells")
    process.stdout.close()
    [path] = find_dats(desk.path / "data")
    [journal] = (path / "cells").glob("*.jsonl")
    again = Journal(path, json.loads(journal.read_bytes().splitlines()[0])["run"], "another")
    again.append(
        next(iter(dat.open(path).results())).with_(id="walks/plain[new-s9]", key="0" * 64, trace=None, trajectory=None)
    )
    again.close()
    assert process.wait(PATIENCE_S) == 130
    assert process.stderr is not None
    with process.stderr as errors:
        assert errors.read() == ""
    assert run.poll() is None


def test_a_page_survives_the_death_of_its_run(desk: Desk, run: subprocess.Popen[bytes]) -> None:
    process = desk.start("watch", "--serve")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", url)

    def now() -> str:
        with urllib.request.urlopen(f"{url}now.json", timeout=PATIENCE_S) as answer:  # noqa: S310 - http, as was seen
            return str(json.load(answer)["life"])

    assert now() == "running"
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    until = time.monotonic() + PATIENCE_S
    while (life := now()) == "running" and time.monotonic() < until:
        pass
    assert life == "died"
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")


def test_a_run_that_is_over_is_told_with_its_verdicts_exit_code(played: Desk) -> None:
    said = played.bio("watch")
    assert said.code == 0
    assert said.lines[0].endswith(": finished, passed")
    assert "4/4 cells" in said.out
    assert played.bio("watch", "--json").code == 0


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("watch", "nobody"), "no DAT matches 'nobody'"),
        (("watch", "--interval", "0"), "is no number of seconds"),
        (("watch", "--serve", "--once"), "leave --once and --json out"),
        (("watch", "--serve", "--port", "70000"), "is no port"),
        (("view", "no/such"), "there is no folder no/such"),
    ],
)
def test_what_cannot_be_is_refused(played: Desk, argv: tuple[str, ...], told: str) -> None:
    assert told in played.refused(*argv)


def test_without_any_run_that_is_said(desk: Desk) -> None:
    assert "no results yet" in desk.refused("watch")
