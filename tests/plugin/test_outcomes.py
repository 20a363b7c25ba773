"""The outcome table: what each way to end counts as, in both modes and with every way to run."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pytest_alienbio.model import Outcome

from .conftest import Lab

EVERYTHING = """
experiment.table:
  scenarios: [walks/plain]
  agents: [right, half, crash, outage, noop, claude-opus, {name: half, as: ref, role: reference}]
  seeds: 1
"""


def outcome_of(lab: Lab, agent: str) -> Outcome:
    return lab.results()[f"walks/plain[{agent}-s0]"].outcome


@pytest.mark.parametrize(("cells", "failed", "passed", "letters"), [("assert", 4, 1, ".FFEExs"), ("record", 2, 3, ".bbEExs")])
def test_every_outcome_counts_as_the_table_says(
    lab: Lab, mode: str, cells: str, failed: int, passed: int, letters: str
) -> None:
    """assert: low candidates and references fail. record: only what broke fails. Floor agents are expected low.

    `.` passed, `F` below the bar, `b` the same but only recorded, `E` broke, `x` floor, `s` skipped. An outage is never a
    score: what broke has none, enters no mean and is counted beside it.
    """
    lab.battery(EVERYTHING)
    run = lab.run(mode, "--bio-cells", cells)
    assert run.parseoutcomes() == {"failed": failed, "passed": passed, "xfailed": 1, "skipped": 1}
    assert run.ret == 1
    assert outcome_of(lab, "crash") is Outcome.AGENT_ERROR
    assert outcome_of(lab, "outage") is Outcome.PROVIDER_ERROR
    assert outcome_of(lab, "claude-opus") is Outcome.SKIPPED
    progress = re.compile(r"(?:a\.battery\.yaml )?([.bExsF]{7}) +\[100%\]")
    shown = next(found[1] for line in run.outlines if (found := progress.fullmatch(line)))
    assert Counter(shown) == Counter(letters)
    broken = [result for result in lab.results().values() if result.outcome.is_error]
    assert len(broken) == 2
    assert all(result.score is None and result.passed is None for result in broken)
    run.stdout.re_match_lines([r".*crash +0 +- .* 1$"])


def test_broken_scorer_and_environment_are_outcomes_with_their_tracebacks(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/bad_score, walks/bad_reset], agents: [right], seeds: 1}")
    run = lab.run("plain")
    assert run.parseoutcomes() == {"failed": 2}
    results = lab.results()
    assert results["walks/bad_score[right-s0]"].outcome is Outcome.SCORER_ERROR
    reset = results["walks/bad_reset[right-s0]"]
    assert reset.outcome is Outcome.ENVIRONMENT_ERROR
    assert reset.error is not None
    assert "the world is closed" in reset.error.traceback
    run.stdout.fnmatch_lines(["*the world is closed*"])


def test_failure_text_says_why_and_how_to_play_it_again_inertly(lab: Lab) -> None:
    """A sentence, the agent's own traceback, a command; and nothing of it can steer the terminal."""
    lab.battery(EVERYTHING)
    run = lab.run("plain", "-k", "crash or half")
    run.stdout.fnmatch_lines(
        [
            "score 0.500 is below the bar 0.6",
            "reproduce: pytest 'a.battery.yaml::table::walks/plain?half-s0?'",
            "agent_error: *RuntimeError: boom*",
            "*in decide*",
        ]
    )
    assert "\x1b[31m" not in run.stdout.str()


def test_the_reproducer_command_works_as_printed(lab: Lab) -> None:
    lab.battery(EVERYTHING)
    run = lab.run("plain", "-k", "crash")
    command = next(line for line in run.outlines if line.startswith("reproduce: "))
    nodeid = command.removeprefix("reproduce: pytest ").strip("'")
    assert lab.run("plain", nodeid).parseoutcomes() == {"failed": 1}


def test_verbose_shows_each_cells_score(lab: Lab) -> None:
    lab.battery(EVERYTHING)
    run = lab.run("plain", "-v", "-k", "right or half", "--bio-cells", "record")
    text = run.stdout.str()
    assert "PASSED 1.00" in text
    assert "BELOW 0.50" in text


def test_step_limit_truncates_and_still_scores(lab: Lab) -> None:
    lab.battery(
        """
        experiment.x:
          scenarios: [walks/plain]
          agents: [right]
          seeds: 1
          limits: {per_cell: {steps: 7}}
        """
    )
    assert lab.run("plain").parseoutcomes() == {"passed": 1}
    result = lab.results()["walks/plain[right-s0]"]
    assert result.outcome is Outcome.TRUNCATED
    assert result.score == pytest.approx(0.7)


def test_runxfail_shows_floor_agents_as_passed(lab: Lab) -> None:
    lab.battery(EVERYTHING)
    assert lab.run("plain", "--runxfail", "-k", "noop").parseoutcomes() == {"passed": 1, "deselected": 6}


def test_a_cells_report_shows_the_cells_own_time(lab: Lab, mode: str) -> None:
    """What `--durations`, JUnit and others read: how long the cell played, not what fixtures and writing took around it."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, half, crash], seeds: 2}")
    lab.conftest(
        """
        def pytest_runtest_logreport(report):
            if report.when == "call":
                with open("times.txt", "a") as file:
                    file.write(f"{report.nodeid.rpartition('::')[2]} {report.duration!r} {report.start!r} {report.stop!r}\\n")
        """
    )
    run = lab.run(mode, "--durations=0", "-vv")
    times = {line.split()[0]: tuple(map(float, line.split()[1:])) for line in (lab.path / "times.txt").read_text().splitlines()}
    own = {name: (r.duration_s, r.started_at, r.ended_at) for name, r in lab.results().items()}
    assert times == {name: pytest.approx(three, rel=0, abs=2e-6) for name, three in own.items()}
    assert sum("call" in line and "walks/plain[" in line for line in run.outlines) == 6
