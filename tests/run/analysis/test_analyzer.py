"""`ExperimentAnalyzer`: what the first specification calls, on what lies on a disk."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

import pandas as pd
import pytest
from scipy.stats import ttest_ind

from pytest_alienbio import ExperimentAnalyzer, SpecError, compare_experiments
from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import Outcome, Result, TaskRecord, Usage
from pytest_alienbio.run.analysis.trials import COLUMNS

from ...results.parts import cell, write_dat
from .parts import MS, all_trials, experiment, summary, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An experiment whose six trials are in `runs/`."""
    return experiment(tmp_path / "exp-009", *all_trials())


@pytest.fixture
def analyzer(folder: Path) -> ExperimentAnalyzer:
    return ExperimentAnalyzer(folder)


def trial_result(told: dict[str, object], **changes: object) -> Result:
    """A trial as a DAT would have it."""
    variation, number = str(told["variation"]), int(str(told["trial"]))
    start = pd.Timestamp(str(told["started_at"])).timestamp()
    return cell(
        "count", variation, number, None, outcome=Outcome.COMPLETED, difficulty=None, metrics=told["metrics"],
        task=TaskRecord(1), passing_score=None, started_at=start, ended_at=start + 60.345, duration_s=60.345,
    ).with_(passed=True, **changes)  # fmt: skip


def test_results_have_the_columns_of_the_document(analyzer: ExperimentAnalyzer) -> None:
    """A row a trial, in the order in which they were played; what is no number is missing and not 0."""
    found = analyzer.results
    assert tuple(found.columns) == COLUMNS
    assert tuple(found.columns[:10]) == (
        "experiment_id", "variation", "trial", "params", "metrics", "status", "error", "started_at", "ended_at", "duration_ms",
    )  # fmt: skip
    assert list(found["trial"]) == [1, 1, 2, 2, 3, 3]
    assert found["params"][0] == {"speed": 2}
    assert found["duration_ms"][0] == 60345
    assert str(found["started_at"].dtype) == "datetime64[us, UTC]"
    assert analyzer.variations == ("Fast", "Slow")
    assert analyzer.metrics == ("ms", "words", "duration_ms")
    assert analyzer.load_results().equals(found)


def test_printed_it_says_what_there_is_and_names_do_nothing(tmp_path: Path) -> None:
    """To a terminal, which a notebook's output may end in."""
    runs = write(tmp_path / "runs", summary("\x1b[31mA\u202e"), summary("B"), "{")
    told = ExperimentAnalyzer(tmp_path)
    assert repr(told) == "<ExperimentAnalyzer EXP-9: 2 trials>"
    lines = str(told).splitlines()
    assert lines[:2] == ["2 trials of A, B", "metrics: ms, words, duration_ms"]
    assert lines[2].startswith(f"left out: {runs / 'run-003/summary.json'}:1:2: ")


def test_the_documents_own_snippets_run_on_it(analyzer: ExperimentAnalyzer) -> None:
    flat = pd.concat([analyzer.results[["variation"]], pd.json_normalize(analyzer.results["metrics"].tolist())], axis=1)
    assert flat.groupby("variation").mean()["ms"].round(6).to_dict() == {"Fast": 11.0, "Slow": 23.0}
    rates = analyzer.results.groupby("variation")["status"].value_counts(normalize=True)
    assert rates["Fast", "success"] == 1.0


def test_aggregates_are_plain_statistics_and_what_is_missing_stays_missing(folder: Path) -> None:
    write(folder / "more", summary("Lone", 1, metrics={"ms": 1.5}))
    (folder / "more/run-001").rename(folder / "runs/run-100")
    table: Any = ExperimentAnalyzer(folder).aggregate_by_variation()
    assert list(table.index) == ["Fast", "Lone", "Slow"]
    for name, values in MS.items():
        told = [table.loc[name, ("ms", kind)] for kind in ("mean", "std", "min", "max", "median")]
        assert told == pytest.approx([mean(values), stdev(values), min(values), max(values), median(values)])
    assert table.loc["Fast", ("words", "mean")] == 250
    assert table.loc["Lone", ("ms", "mean")] == 1.5
    assert table.loc["Lone", ("ms", "std")] is pd.NA
    assert table.loc["Lone", "words"].isna().all()


def test_what_broke_is_a_row_and_in_no_number(folder: Path) -> None:
    """A trial without metrics broke; one with metrics that failed missed a criterion, and counts."""
    broke = summary("Fast", 4, status="failed", error="RuntimeError: no", metrics={}, duration_ms=9e9)
    missed = summary("Slow", 4, status="failed", error="ms is 99, expected < 50", metrics={"ms": 99.0})
    write(folder / "more", broke, missed)
    for number in (1, 2):
        (folder / f"more/run-00{number}").rename(folder / f"runs/run-10{number}")
    told = ExperimentAnalyzer(folder)
    assert list(told.results["status"][told.results["trial"] == 4]) == ["failed", "failed"]
    assert told.results["error"].tolist()[-2:] == ["RuntimeError: no", "ms is 99, expected < 50"]
    table: Any = told.aggregate_by_variation()
    assert table.loc["Fast", ("ms", "mean")] == 11.0
    assert table.loc["Fast", ("duration_ms", "max")] == 60345
    assert table.loc["Slow", ("ms", "max")] == 99.0
    rows = {row["variation"]: row for row in told.report()["success"].rows("variations")}
    assert [rows["Fast"][key] for key in ("trials", "success", "failed", "broke", "rate")] == [4, 3, 0, 1, 1.0]
    assert [rows["Slow"][key] for key in ("trials", "success", "failed", "broke", "rate")] == [4, 3, 1, 0, 0.75]


def test_the_paired_test_is_that_of_a_set_of_results(analyzer: ExperimentAnalyzer, capsys: pytest.CaptureFixture[str]) -> None:
    told = analyzer.statistical_test("ms", "Fast", "Slow")
    own = analyzer.result_set.compare(["Fast", "Slow"], "metrics.ms")[0]
    assert replace(told, notes=()) == own
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Comparing Fast vs Slow on ms:", "  Mean A: 11.00", "  Mean B: 23.00"]
    assert lines[3].startswith("  Difference A - B: -12")
    assert lines[4:6] == [
        "  P-value: 0.2500",
        "  Significant (p<0.05): No (cannot be significant with 3 seeds (p is at least 0.25))",
    ]
    assert lines[6] == "  P(A better): 0"
    assert lines[-1] == '  whether more of ms is better is not declared: P(A better) takes it so (better="lower")'


def test_what_must_stay_below_a_number_is_better_lower(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a criterion says, or who asks; then nobody is told that it was not declared."""
    with (folder / "config.yaml").open("a") as config:
        config.write("success_criteria: [{metric: ms, condition: < 60}]\n")
    analyzer = ExperimentAnalyzer(folder)
    told = analyzer.statistical_test("ms", "Fast", "Slow")
    assert (told.better, told.leader, told.improvement.value, told.notes) == ("lower", "Fast", 1.0, ())
    assert analyzer.statistical_test("ms", "Fast", "Slow", better="higher").improvement.value == 0.0
    assert analyzer.statistical_test("words", "Fast", "Slow", better="lower").better == "lower"
    assert "not declared" not in capsys.readouterr().out


def test_the_t_test_is_scipys_prints_what_the_document_prints_and_says_what_it_ignores(
    analyzer: ExperimentAnalyzer, capsys: pytest.CaptureFixture[str]
) -> None:
    told = analyzer.statistical_test("ms", "Fast", "Slow", method="t")
    own = ttest_ind(MS["Fast"], MS["Slow"])
    assert (told.statistic, told.p, told.df) == (own.statistic, own.pvalue, own.df)
    assert (told.mean_a, told.mean_b, told.significant) == (11.0, 23.0, True)
    assert told.ignores.replace('"', "&quot;") in told._repr_html_()
    assert capsys.readouterr().out.splitlines() == [
        "Comparing Fast vs Slow on ms:",
        "  Mean A: 11.00",
        "  Mean B: 23.00",
        f"  T-statistic: {own.statistic:.2f}",
        f"  P-value: {own.pvalue:.4f}",
        "  Significant (p<0.05): Yes",
        f"  This test {told.ignores}.",
    ]


def test_a_test_that_cannot_be_made_says_so_and_claims_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One trial a side; and two sides without any spread."""
    one = ExperimentAnalyzer(write(tmp_path / "one", summary("A"), summary("B")))
    told = one.statistical_test("ms", "A", "B", method="t")
    assert (told.p, told.significant) == (None, None)
    assert "Significant (p<0.05): cannot be told (1 and 1 values; each side needs two)" in capsys.readouterr().out
    assert one.statistical_test("ms", "A", "B").significant is False
    flat = ExperimentAnalyzer(write(tmp_path / "flat", *(summary(name, trial) for name in "AB" for trial in (1, 2))))
    assert flat.statistical_test("ms", "A", "B", method="t").why == "no spread on either side"


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda of: of.statistical_test("mss", "Fast", "Slow"), "no trial has a metric 'mss'; did you mean 'ms'?"),
        (lambda of: of.statistical_test("ms", "Fsat", "Slow"), "no variation 'Fsat'; did you mean 'Fast'?"),
        (lambda of: of.statistical_test("ms", "Fast", "Slow", method="pair"), "did you mean 'paired'?"),
        (lambda of: of.statistical_test("ms", "Fast", "Slow", method="t", margin=1.0), "margin= is for"),
        (lambda of: of.statistical_test("ms", "Fast", "Slow", method="t", better="lower"), "better= is for"),
        (lambda of: of.statistical_test("ms", "Fast", "Slow", better="lowre"), "did you mean 'lower'?"),
        (lambda of: of.statistical_test("ms", "Fast", "Fast"), "a comparison takes two"),
        (lambda of: of.generate_report("report.doc"), "a report is a file .md"),
        (lambda of: compare_experiments([of.experiment_dir], metric="mss"), "did you mean 'ms'?"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest_name(analyzer: ExperimentAnalyzer, call: object, why: str) -> None:
    assert callable(call)
    with pytest.raises(SpecError, match=re.escape(why)):
        call(analyzer)


def test_a_report_has_the_documents_two_tables(
    analyzer: ExperimentAnalyzer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the experiment, replaced whole; as JSON the same numbers."""
    assert analyzer.generate_report() == folder / "report.md"
    assert capsys.readouterr().out == f"Report generated: {folder / 'report.md'}\n"
    text = (folder / "report.md").read_text("utf-8")
    assert text.startswith("# Experiment Report: EXP-9\n\n## Summary statistics\n")
    assert "## Success rates" in text
    assert "| `words` | `Fast` | 2 | 250 | 70.71 | 200 | 250 | 300 | 1 |" in text
    analyzer.generate_report("report.json")
    page = analyzer.generate_report("report.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert all(f">{name}<" in page for name in analyzer.variations)
    assert analyzer.generate_report("report.xlsx").read_bytes().startswith(b"PK")
    told = json.loads((folder / "report.json").read_text("utf-8"))["sections"]
    assert told["statistics"]["metrics"][0]["mean"] == 11.0
    assert told["statistics"]["metrics"][2]["missing"] == 1


def test_experiments_side_by_side(analyzer: ExperimentAnalyzer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A metric that one of them does not have is missing there; those of one name are told apart by their folders."""
    other = experiment(tmp_path / "other/exp-010", summary("Fast", 1, metrics={"laps": 3}))
    table = compare_experiments([analyzer.experiment_dir, other], metric="ms")
    assert table[["variation", "trials", "mean"]].values.tolist() == [["Fast", 3, 11.0], ["Slow", 3, 23.0], ["Fast", 0, pd.NA]]
    assert capsys.readouterr().out.splitlines() == [
        "Comparing 2 experiments on ms:",
        f"  EXP-9 ({analyzer.experiment_dir}), Fast: 11 ± 1 (n = 3)",
        f"  EXP-9 ({analyzer.experiment_dir}), Slow: 23 ± 3 (n = 3)",
        f"  EXP-9 ({other}), Fast: missing (n = 0)",
    ]
    compare_experiments([other], metric="laps")
    assert capsys.readouterr().out.splitlines()[1] == "  EXP-9, Fast: 3 (n = 1)"


def test_a_trial_that_a_result_folder_has_is_not_counted_twice(folder: Path) -> None:
    """Those of the DAT know how they ended; of `runs/` come those that no DAT has. A DAT of another file is left alone."""
    recorded = [trial_result(told) for told in all_trials()[:4]]
    root = folder.parent / "data/results"
    write_dat(root / "EXP-9/1", recorded, battery="EXP-9")
    write_dat(root / "other/1", [trial_result(summary("Else"))], battery="EXP-9")
    (root / "other/1/_spec_.yaml").write_text("v: 1\nrun: r1\nresolved: {source: copy/config.yaml}\n", "utf-8")
    told = ExperimentAnalyzer(folder)
    assert len(told.results) == 6
    assert told.variations == ("Fast", "Slow")
    assert told.statistical_test("ms", "Fast", "Slow").pairs == 3
    assert told.aggregate_by_variation().loc["Slow", ("ms", "max")] == 26.0


def test_a_trial_that_was_run_again_counts_once_and_it_is_said(folder: Path) -> None:
    """By its latest record; the frame has both."""
    write(
        folder / "more",
        summary("Fast", 1, metrics={"ms": 40.0}, started_at="2026-01-22T10:00:00Z", ended_at="2026-01-22T10:01:00Z"),
    )
    (folder / "more/run-001").rename(folder / "runs/run-100")
    told = ExperimentAnalyzer(folder)
    assert len(told.results) == 7
    assert told.aggregate_by_variation().loc["Fast", ("ms", "max")] == 40.0
    assert told.success_rates().loc["Fast", "trials"] == 3
    assert told.notes == ("1 older record of the same trials left out",)
    assert told.notes[0] in str(told.report())


def test_in_a_battery_of_agents_a_variation_is_the_agent_with_the_params_that_vary(tmp_path: Path) -> None:
    """What a cell took is a metric, and that of one that broke is none."""
    cells = [
        cell(
            "m/x",
            agent,
            seed,
            score,
            params={"threshold": level, "size": 3},
            usage=Usage(tokens=100),
            scores={"raw": score},
            id=f"{level}-{agent}-{seed}",
            key=f"{level}-{agent}-{seed}",
        )
        for agent, level, scores in (("greedy", 0.5, (0.2, 0.4)), ("greedy", 1.0, (0.6, 0.8)), ("noop", 0.5, (0.0, 0.0)))
        for seed, score in enumerate(scores)
    ]
    cells.append(cell("m/x", "greedy", 2, None, params={"threshold": 0.5, "size": 3}, usage=Usage(tokens=10**9)))
    dat = write_dat(tmp_path / "2026-01-01_001", cells)
    told = ExperimentAnalyzer(dat)
    assert told.variations == ("greedy [threshold=0.5]", "greedy [threshold=1.0]", "noop [threshold=0.5]")
    assert told.metrics == ("score", "scores.raw", "tokens", "duration_ms")
    table: Any = told.aggregate_by_variation()
    assert table.loc["greedy [threshold=0.5]", ("score", "mean")] == pytest.approx(0.3)
    assert table.loc["greedy [threshold=0.5]", ("tokens", "max")] == 100
    assert told.statistical_test("score", "greedy [threshold=0.5]", "greedy [threshold=1.0]").delta.value == pytest.approx(-0.4)
    assert told.results["metrics"].tolist().count({}) == 1
    assert told.generate_report() == dat / "reports/analysis/report.md"


def test_scores_of_both_directions_have_no_common_figures(tmp_path: Path) -> None:
    """And the others have."""
    cells = [cell("m/x", seed=0, score=0.5), cell("m/y", seed=0, score=0.5, better="lower")]
    table: Any = ExperimentAnalyzer(write_dat(tmp_path / "d", cells)).aggregate_by_variation()
    assert table.loc["greedy", "score"].isna().all()
    assert table.loc["greedy", ("duration_ms", "mean")] == 1500


def test_where_nothing_was_played_it_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such folder"):
        ExperimentAnalyzer(tmp_path / "none")
    with pytest.raises(StoreError, match="no trial was played; expected a result folder"):
        ExperimentAnalyzer(tmp_path)
    with pytest.raises(StoreError, match="no trial was played"):
        ExperimentAnalyzer(experiment(tmp_path / "exp"))
    dat = write_dat(tmp_path / "dat", [])
    with (dat / "_spec_.yaml").open("a", encoding="utf-8") as spec:
        spec.write("resolved: {cells: 20}\n")
    with pytest.raises(StoreError, match="no trial was played; 20 of 20 planned cells have no record: the run was not closed"):
        ExperimentAnalyzer(dat)
    (tmp_path / "config.yaml").write_text("experiment.x: {scenarios: [a], agents: [noop]}\n", "utf-8")
    with pytest.raises(SpecError, match="is no experiment"):
        ExperimentAnalyzer(tmp_path)
