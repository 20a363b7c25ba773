"""What cells print, log and warn of, while others do the same in other threads."""

from __future__ import annotations

import pytest

from ..conftest import Lab

AGENTS = """
import logging, subprocess, sys, threading, warnings

class Loud(Right):
    def __init__(self, word="one"): self.word = word
    def decide(self, observation):
        sys.stdout.buffer.write(f"bytes {self.word}\\n".encode())
        print("text", self.word)
        logging.getLogger("loud").info("info %s", self.word)
        logging.getLogger("loud").warning("warning %s", self.word)
        return Action("left")

class Parent(Right):
    '''Lets a thread of its own speak.'''
    def decide(self, observation):
        child = threading.Thread(target=lambda: (print("child"), logging.getLogger("child").error("child's log")))
        child.start()
        child.join()
        return Action("left")

class Warns(Right):
    def decide(self, observation):
        warnings.warn("old", DeprecationWarning)
        return Action("right")

class Careless(Right):
    '''Lets a thread of its own die.'''
    def start(self, briefing):
        child = threading.Thread(target=lambda: 1 / 0)
        child.start()
        child.join()

class Tidy(Right):
    '''Sets the streams up for what it writes, as command line tools do.'''
    def start(self, briefing):
        sys.stdout.reconfigure(encoding="utf-8")
        assert (sys.stdout.name, sys.stderr.mode) == ("<stdout>", "w")

def pytest_alienbio_register_agents(registry):
    for agent in (Right, Loud, Parent, Warns, Careless, Tidy): registry.add(agent.__name__.lower(), agent)
"""


@pytest.fixture
def loud(lab: Lab) -> Lab:
    """Three cells that say their word at the same time, each failing so that its report shows it."""
    lab.conftest(AGENTS)
    words = ", ".join(f"{{name: loud, as: {word}, params: {{word: {word}}}}}" for word in ("one", "two", "three"))
    lab.battery(f"experiment.a: {{scenarios: [walks/plain], agents: [{words}], seeds: 1}}\n")
    return lab


def test_a_report_shows_its_own_cell_at_the_levels_that_are_asked_for(loud: Lab) -> None:
    run = loud.run("plain", "--bio-engine", "threads:3", "--log-level=INFO")
    _, *reports = run.stdout.str().partition("= FAILURES =")[2].split("_ walks/plain[")
    for word in ("one", "two", "three"):
        mine = next(report for report in reports if report.startswith(word))
        assert mine.count(f"text {word}") == mine.count(f"bytes {word}") == 10
        assert mine.count(f"info {word}") == mine.count(f"warning {word}") == 10
        assert not any(f" {other}\n" in mine for other in {"one", "two", "three"} - {word})
    assert "info one" not in loud.run("plain", "--bio-engine", "threads:3").stdout.str()


def test_with_s_output_goes_where_it_goes(loud: Lab) -> None:
    """To the terminal, and into no report."""
    run = loud.run("plain", "--bio-engine", "threads:3", "-s", "-p", "no:logging")
    assert run.stdout.str().count("text one\n") == 10
    assert "Captured" not in run.stdout.str()


def test_with_tee_it_goes_both_ways(loud: Lab) -> None:
    run = loud.run("plain", "--bio-engine", "threads:3", "--capture=tee-sys")
    assert run.stdout.str().count("text one\n") == 20


def test_live_logs_stand_with_their_cell(loud: Lab) -> None:
    """All of one cell's between its id and its outcome."""
    run = loud.run("plain", "--bio-engine", "threads:3", "--log-cli-level=WARNING", "--show-capture=no")
    live, _, _ = run.stdout.str().partition("= FAILURES =")
    parts = live.split("a.battery.yaml::a::walks/plain[")[1:]
    assert len(parts) == 3
    for part in parts:
        word = part.partition("-s0]")[0]
        assert part.count(f"warning {word}") == part.count("WARNING") == 10
        assert "live log call" in part
        assert "FAILED" in part


def test_a_thread_that_a_cell_started_is_heard_while_it_plays_alone(lab: Lab) -> None:
    lab.conftest(AGENTS)
    lab.battery("experiment.a: {scenarios: [walks/plain], agents: [parent], seeds: 1}\n")
    run = lab.run("plain", "--bio-engine", "threads:3")
    run.stdout.fnmatch_lines(["*Captured log call*", "*child's log", "*Captured stdout call*", "child"])


def test_warnings_are_filtered_and_told_as_in_a_test(lab: Lab) -> None:
    """An error where the ini file says so; otherwise in the summary, under the cell's file."""
    lab.conftest(AGENTS)
    lab.battery("experiment.a: {scenarios: [walks/plain], agents: [warns, right], seeds: 1}\n")
    run = lab.run("plain", "--bio-engine", "threads:2")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["*warnings summary*", "a.battery.yaml: 10 warnings", "*DeprecationWarning: old"])
    run = lab.run("plain", "--bio-engine", "threads:2", "-W", "error::DeprecationWarning")
    assert run.ret == 1
    run.stdout.fnmatch_lines(["*agent_error: *DeprecationWarning: old*"])


def test_what_dies_where_nobody_catches_it_is_told_with_its_cell(lab: Lab) -> None:
    """As in a test: in the summary of warnings, and an error where warnings are; not after all is over."""
    lab.conftest(AGENTS)
    lab.battery("experiment.a: {scenarios: [walks/plain], agents: [careless, tidy], seeds: 1}\n")
    run = lab.run("plain", "--bio-engine", "inline", "-W", "default")
    run.assert_outcomes(passed=2, warnings=1)
    run.stdout.fnmatch_lines(["*warnings summary*", "*careless-s0*", "*PytestUnhandledThreadExceptionWarning*"])
    run = lab.run("plain", "--bio-engine", "inline", "-W", "error")
    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines(["*careless-s0*", "*ZeroDivisionError*"])
