"""The letter a cell gets, and whether anybody watches the terminal."""

from __future__ import annotations

import io

import pytest

from pytest_alienbio.plugin.status import Status, status_of
from pytest_alienbio.plugin.terminal import watched

from .conftest import OTHERS


def reported(how: str, told: dict[str, object], when: str = "call", scored: bool = True, **more: str) -> Status | None:
    """What a cell's report is called; `told` are its properties."""
    properties = list({"scenario": "walks/plain", "agent": "right", **told}.items())
    report = pytest.TestReport("a", ("a", 1, "a"), {}, how, None, when, user_properties=properties, **more)  # type: ignore[arg-type]
    return status_of(report, scored=scored)


@pytest.mark.parametrize(
    ("how", "told", "status"),
    [
        ("passed", {"outcome": "completed", "score": 1.0, "passed": "true"}, ("passed", ".", "PASSED 1.00")),
        ("passed", {"outcome": "truncated", "score": 0.25, "passed": "false"}, ("passed", "b", "BELOW 0.25")),
        ("passed", {"outcome": "completed"}, ("passed", ".", "PASSED")),
        ("failed", {"outcome": "completed", "score": 0.5, "passed": "false"}, ("failed", "F", "FAILED 0.50")),
        ("failed", {"outcome": "agent_error"}, ("failed", "E", "ERROR")),
        ("failed", {"outcome": "lost"}, ("failed", "E", "ERROR")),
        ("failed", {"outcome": "timed_out"}, ("failed", "T", "TIMEOUT")),
        ("failed", {"outcome": "over_limit"}, ("over limit", "L", "LIMIT")),
        ("failed", {"outcome": "not_run"}, ("not run", "L", "LIMIT")),
    ],
)
def test_a_cell_is_called_by_its_outcome_and_score(how: str, told: dict[str, object], status: Status) -> None:
    """The outcome table's letters; a score below the bar under `cells: record` passes as `b`."""
    assert reported(how, told) == status


def test_a_floor_agent_below_the_bar_shows_its_score_too() -> None:
    low: dict[str, object] = {"outcome": "completed", "score": 0.21, "passed": "false"}
    assert reported("skipped", low, wasxfail="floor agent") == ("xfailed", "x", "XFAIL 0.21")


def test_at_the_end_the_word_is_alone() -> None:
    """In the short summary an id stands behind it, where other tools expect it."""
    low: dict[str, object] = {"outcome": "completed", "score": 0.21, "passed": "false"}
    assert reported("failed", low, scored=False) == ("failed", "F", "FAILED")
    assert reported("skipped", low, scored=False, wasxfail="floor agent") == ("xfailed", "x", "XFAIL")


def test_what_is_not_ours_to_name_is_left_to_others() -> None:
    """Skipped cells, unexpected passes, the setup before a cell, an attempt that is tried again, and what is no cell."""
    scored: dict[str, object] = {"outcome": "completed", "score": 0.5, "passed": "false"}
    assert reported("skipped", {"outcome": "skipped"}) is None
    assert reported("passed", scored, "setup") is None
    assert reported("passed", scored, wasxfail="") is None
    assert reported("rerun", scored) is None
    assert reported("passed", {"score": 0.5}) is None


class Tty(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is at the terminal, whatever this test run's own environment."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)


def judged(pytester: pytest.Pytester, *args: str, file: io.StringIO | None = None) -> bool:
    """Whether a session with these arguments counts as watched."""
    others = [arg for plugin in OTHERS for arg in ("-p", f"no:{plugin}")]
    capture = [] if "no:capture" in args else ["--capture=fd"]
    config = pytester.parseconfigure(*others, *capture, *args)
    return watched(pytest.TerminalReporter(config, Tty() if file is None else file), config)


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("args", [[], ["-v"], ["-vv"], ["--capture=sys"], ["-p", "no:logging"], ["--no-header"], ["-x"]])
def test_a_live_terminal_is_watched(pytester: pytest.Pytester, args: list[str]) -> None:
    assert judged(pytester, *args)


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(
    "args",
    [
        ["-q"], ["-qq"], ["-s"], ["--capture=tee-sys"], ["-p", "no:capture"], ["--collect-only"], ["--fixtures"],
        ["--setup-show"], ["--setup-plan"], ["--pdb"], ["--trace"], ["--log-cli-level=INFO"], ["-o", "log_cli=true"],
        ["-o", "verbosity_test_cases=-1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_where_others_write_or_nobody_wants_it_there_is_no_line(pytester: pytest.Pytester, args: list[str]) -> None:
    """What is printed between pytest's rows, or instead of them, would stand in the middle of it."""
    assert not judged(pytester, *args)


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(("name", "value"), [("CI", "1"), ("BUILD_NUMBER", "7"), ("TERM", "dumb"), ("TERM", "")])
def test_where_nobody_watches_there_is_no_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert not judged(pytester)


@pytest.mark.usefixtures("somebody")
def test_a_pipe_or_another_reporter_is_left_alone(pytester: pytest.Pytester) -> None:
    """pytest-sugar and its like replace pytest's reporter by a subclass with a progress bar of its own."""
    assert not judged(pytester, file=io.StringIO())
    config = pytester.parseconfigure()
    assert not watched(None, config)
    assert not watched(type("Sugar", (pytest.TerminalReporter,), {})(config, Tty()), config)
