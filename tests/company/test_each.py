"""What each plugin is for, done to cells."""

from __future__ import annotations

import json
import re

import pytest

from .conftest import ENTRY_POINTS, PYTHON, Company

RERUNS, TIMEOUT, RANDOMLY, SUGAR = (f"pytest-{name}" for name in ("rerunfailures", "timeout", "randomly", "sugar"))
ALLURE = "allure-pytest"


def test_attempts_are_recorded_and_counted_once(company: Company, workers: tuple[str, str]) -> None:
    """Each attempt is a journal line; the cell's result is the latest scored one, and enters a mean once."""
    agents = "[right, flaky, down, fading, crash]"
    company.write("a.battery.yaml", f"experiment.x: {{scenarios: [walks/plain], agents: {agents}, seeds: 1}}\n")
    done = company.run((RERUNS,), *workers, "--reruns=2")
    tries = {
        name: [(row["attempt"], row["outcome"], row["score"]) for row in rows] for name, rows in company.attempts().items()
    }
    assert tries == {
        "walks/plain[right-s0]": [(1, "completed", 1.0)],
        "walks/plain[flaky-s0]": [(1, "completed", 0.5), (2, "completed", 1.0)],
        "walks/plain[down-s0]": [(1, "provider_error", None), (2, "completed", 1.0)],
        "walks/plain[fading-s0]": [(1, "completed", 0.5), (2, "provider_error", None), (3, "provider_error", None)],
        "walks/plain[crash-s0]": [(number, "agent_error", None) for number in (1, 2, 3)],
    }
    counted = {row["agent"]: row["score"] for row in done.results.values()}
    assert counted == {"right": 1.0, "flaky": 1.0, "down": 1.0, "fading": 0.5, "crash": None}
    assert re.search(r"flaky +1 +1\.00 ", done.text), done.text
    assert "2 failed, 3 passed, 6 rerun" in done.text


@pytest.mark.parametrize("order", [("alienbio", "rerunfailures"), ("rerunfailures", "alienbio")], ids=" before ".join)
def test_an_attempt_that_is_tried_again_is_no_pass_in_either_order(company: Company, order: tuple[str, str]) -> None:
    """Which plugin is loaded first decides who names a report first; neither may take the word from the other."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [flaky, crash], seeds: 1}\n")
    plugins = [arg for name in order for arg in ("-p", name)]
    done = company.run((), "--disable-plugin-autoload", *plugins, "--reruns=1", "-v")
    assert "1 failed, 1 passed, 2 rerun" in done.text
    assert len(re.findall(r"\] RERUN +\[", done.text)) == 2
    assert "[flaky-s0] PASSED 1.00" in done.text


def test_a_case_shows_the_attempt_it_is(company: Company) -> None:
    """JUnit has a case for each attempt; properties of an earlier one do not stay in the report of a later one."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [fading], seeds: 1}\n")
    done = company.run((RERUNS,), "-n", "0", "--reruns=1")
    (case,) = done.junit.values()
    assert (company.path / "junit.xml").read_text("utf-8").count("<testcase ") == 2
    assert case["outcome"] == "provider_error"
    assert "score" not in case


def test_only_outages_can_be_tried_again(company: Company, workers: tuple[str, str]) -> None:
    """The outcome is the beginning of a failure's text, so `--only-rerun` can choose by it."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [flaky, down, crash], seeds: 1}\n")
    done = company.run((RERUNS,), *workers, "--reruns=1", "--only-rerun=provider_error")
    assert {name: len(rows) for name, rows in company.attempts().items()} == {
        "walks/plain[flaky-s0]": 1,
        "walks/plain[down-s0]": 2,
        "walks/plain[crash-s0]": 1,
    }
    assert {row["agent"]: row["score"] for row in done.results.values()} == {"flaky": 0.5, "down": 1.0, "crash": None}


def test_a_cell_whose_worker_died_is_tried_again(company: Company) -> None:
    """The attempt that took its worker with it is `lost` and no score; the next one counts."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [shaky, right], seeds: 1}\n")
    done = company.run((RERUNS,), "-n", "2", "--reruns=1")
    rows = company.attempts()["walks/plain[shaky-s0]"]
    assert sorted(row["outcome"] for row in rows) == ["completed", "lost"]
    assert {row["agent"]: row["score"] for row in done.results.values()} == {"shaky": 1.0, "right": 1.0}
    assert done.code == 0


def test_the_live_line_counts_a_cell_once_however_often_it_is_tried(company: Company) -> None:
    """While a later cell waits, the line shows cells done, not attempts, and each cell's final score."""
    gate = company.gate()
    agents = "[flaky, down, fading, crash, patient]"
    company.write("a.battery.yaml", f"experiment.x: {{scenarios: [walks/plain], agents: {agents}, seeds: 1}}\n")
    with company.watch((RERUNS,), "--reruns=2", "--tb=no") as terminal:
        terminal.until(lambda: terminal.below_cursor.startswith("4/5 cells"))
        assert re.fullmatch(
            r"4/5 cells, 1 error, ETA \S+; mean score: flaky 1\.00, down 1\.00, fading 0\.50", terminal.below_cursor
        )
        gate.open()
        assert terminal.end() == 1


def test_a_timeout_by_signal_ends_the_cell_and_is_no_score(company: Company, workers: tuple[str, str]) -> None:
    """`timed_out`, a failed test, and every other cell as ever."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [right, sleepy, half], seeds: 1}\n")
    done = company.run((TIMEOUT,), *workers, "--timeout=1", "--timeout-method=signal", "--bio-cells=record")
    found = {row["agent"]: (row["outcome"], row["score"]) for row in done.results.values()}
    assert found == {"right": ("completed", 1.0), "sleepy": ("timed_out", None), "half": ("completed", 0.5)}
    assert {name.rpartition("::")[2] for name in done.failed} == {"walks/plain[sleepy-s0]"}
    assert "Timeout (>1.0s)" in done.results["x::walks/plain[sleepy-s0]"]["reason"]


def test_a_timeout_in_a_fixture_or_a_python_test_is_booked_too(company: Company) -> None:
    """The cell was started: it is `timed_out`, not an error of its agent, and never missing."""
    slow = "\n\n@pytest.fixture\ndef agent(request, agent):\n    time.sleep(60 * ('half' in request.node.name))\n"
    slow += "    return agent\n"
    company.write("conftest.py", (company.path / "conftest.py").read_text("utf-8") + slow)
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [half, right], seeds: 1}\n")
    company.write("b.yaml", "experiment.b: {scenarios: [walks/plain], agents: [sleepy, right], seeds: 1}\n")
    company.write("test_python.py", PYTHON)
    done = company.run((TIMEOUT,), "--timeout=1")
    assert {name: (row["outcome"], row["score"]) for name, row in done.results.items()} == {
        "x::walks/plain[half-s0]": ("timed_out", None),
        "x::walks/plain[right-s0]": ("completed", 1.0),
        "b::walks/plain[sleepy-s0]": ("timed_out", None),
        "b::walks/plain[right-s0]": ("completed", 1.0),
    }


def test_the_shorter_of_two_time_limits_ends_a_cell(company: Company) -> None:
    """Ours and the plugin's do not get into each other's way."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [sleepy], seeds: 1}\n")
    done = company.run((TIMEOUT,), "--timeout=60", "--bio-timeout=0.2")
    (row,) = done.results.values()
    assert row["outcome"] == "timed_out"
    assert "Timeout (>" not in row["reason"]


def test_a_timeout_by_thread_costs_the_worker_and_leaves_the_cell_lost(company: Company) -> None:
    """It ends its process: under xdist the worker is replaced, and the cell is `lost` rather than timed out."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [sleepy, right, half], seeds: 1}\n")
    done = company.run((TIMEOUT,), "-n", "2", "--timeout=1", "--timeout-method=thread", "--bio-cells=record")
    assert done.code == 1
    found = {row["agent"]: (row["outcome"], row["score"]) for row in done.results.values()}
    assert found == {"right": ("completed", 1.0), "sleepy": ("lost", None), "half": ("completed", 0.5)}


def test_a_timeout_by_thread_ends_a_serial_session_with_its_results_kept(company: Company) -> None:
    """Nobody is left to close the folder, but what was played before is in its journal."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [right, sleepy, half], seeds: 1}\n")
    done = company.run((TIMEOUT,), "-n", "0", "--timeout=1", "--timeout-method=thread")
    assert done.code == 1
    assert done.results == {}
    assert {name: [row["outcome"] for row in rows] for name, rows in company.attempts().items()} == {
        "walks/plain[right-s0]": ["completed"]
    }


def test_shuffling_and_reseeding_change_the_order_only(company: Company) -> None:
    """Two seeds of pytest-randomly play the same cells in two orders, with the same results."""
    runs = [company.run((RANDOMLY,), "-n", "0", f"--randomly-seed={seed}") for seed in (1, 2)]
    assert runs[0].comparable == runs[1].comparable
    assert list(runs[0].junit) != list(runs[1].junit)


def test_an_agent_that_draws_from_the_global_generator_depends_on_the_seed(company: Company) -> None:
    """pytest-randomly seeds that generator before each test: equal seeds give equal scores, in whatever order."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [dice], seeds: 6, cells: record}\n")
    runs = [company.run((RANDOMLY,), "-n", "0", f"--randomly-seed={seed}") for seed in (1, 1, 2)]
    scores = [[row["score"] for row in run.results.values()] for run in runs]
    assert scores[0] == scores[1]
    assert scores[0] != scores[2]


def test_a_score_can_be_shown_in_allure(company: Company) -> None:
    """By a hook of ours and a call of its own, excluded from what identifies a cell: attempts stay retries of one cell."""
    hook = "\n\ndef pytest_alienbio_cell_finish(cell, result):\n    import allure\n"
    hook += "    allure.dynamic.parameter('score', result.score, excluded=True)\n"
    company.write("conftest.py", (company.path / "conftest.py").read_text("utf-8") + hook)
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [flaky], seeds: 1}\n")
    company.run((ALLURE, RERUNS), "--alluredir=out", "--reruns=1")
    attempts = [json.loads(file.read_text("utf-8")) for file in (company.path / "out").glob("*-result.json")]
    assert len({attempt["historyId"] for attempt in attempts}) == 1
    shown = [(parameter["name"], parameter["value"]) for attempt in attempts for parameter in attempt["parameters"]]
    assert sorted(shown) == [("score", "0.5"), ("score", "1.0")]


def test_allure_shows_cells_that_a_battery_gives_to_an_engine(company: Company) -> None:
    """It works on pytest's phases, which the engine lane has none of: its folder had no such cell, and nobody said so."""
    battery = "{scenarios: [walks/plain], agents: [right, half], seeds: 1, run: {engine: threads}}"
    company.write("a.battery.yaml", f"experiment.x: {battery}\n")
    done = company.run((ALLURE,), "--alluredir=out")
    shown = [json.loads(file.read_text("utf-8")) for file in (company.path / "out").glob("*-result.json")]
    assert sorted(case["status"] for case in shown) == ["failed", "passed"]
    assert "--alluredir of allure-pytest works on pytest's own phases" in done.text


@pytest.mark.parametrize("plugins", [(SUGAR,), tuple(ENTRY_POINTS)], ids=["alone", "all together"])
def test_sugar_has_the_terminal_to_itself(company: Company, plugins: tuple[str, ...]) -> None:
    """Its bar is shown, our line stays away, and the summary comes as ever."""
    with company.watch(plugins, "--tb=no") as terminal:
        assert terminal.end() == 1
    text = "\n".join(terminal.lines)
    assert "100% ██████████" in text
    assert "Results (" in text
    assert "24 cells: 16 completed, 4 agent_error, 4 skipped" in text
    assert b"\x1bD" not in terminal.raw
    assert not re.search(r"\d+/24 cells", text)


def test_sugar_shows_signs_without_scores_and_counts_attempts(company: Company) -> None:
    """With `-v` its own sign stands where pytest would show our word with the score; reruns take its bar past 100%."""
    company.write("a.battery.yaml", "experiment.x: {scenarios: [walks/plain], agents: [right, crash], seeds: 1}\n")
    done = company.run((SUGAR, RERUNS), "--force-sugar", "--reruns=1", "-v", "--tb=no")
    assert "[right-s0] ✓" in done.text
    assert "PASSED 1.00" not in done.text
    assert " 150% " in done.text
