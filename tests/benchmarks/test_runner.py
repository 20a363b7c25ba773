"""The workloads of the runner's benchmarks do what the tables say of them. How long they take is asserted nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.store import open_for_reading

from .runner import PHASES, medians, ratio
from .workloads import ALONE, QUIET, SERIAL, Used, battery, dats, plain, pytest_in, size


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the projects lie, and their bytecode."""
    return tmp_path_factory.mktemp("benchmark")


def test_both_sides_play_each_cell_once_and_keep_its_score(root: Path) -> None:
    """Three plain tests write three lines; a battery of three cells leaves three results and all phases' seconds."""
    theirs = pytest_in(plain(root, 3), *QUIET, *SERIAL, *ALONE)
    assert (root / "plain-3" / "plain.jsonl").read_text().splitlines() == [
        f'{{"seed": {seed}, "score": 0.5}}' for seed in range(3)
    ]
    folder = battery(root, 3, traces="all")
    ours = pytest_in(folder, *QUIET, *SERIAL, "--bio-engine", "inline")
    (dat,) = dats(folder)
    assert [(result.seed, result.score) for result in open_for_reading(dat).results()] == [(0, 0.5), (1, 0.5), (2, 0.5)]
    assert {"cells", "traces", "summary.csv"} <= size(dat).keys()
    for used in (theirs, ours):
        assert set(used.phases) == set(PHASES)
        assert 0 < sum(used.phases.values()) <= used.cpu_s


def test_a_workload_that_fails_is_no_measurement(root: Path) -> None:
    """A session that ends otherwise than it should ends the benchmark, with what it printed."""
    folder = battery(root, 3)
    (folder / "a.battery.yaml").write_text("experiment.a: {scenarios: [nothing], agents: [idel], seeds: 3}\n")
    with pytest.raises(SystemExit, match=r"did you mean 'idle'"):
        pytest_in(folder, *QUIET, *SERIAL)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    """A round in which the machine was slow slows both, and does not count for more."""
    ours = [Used(2.0, 2.0, 10), Used(30.0, 3.0, 30), Used(4.0, 4.0, 20)]
    theirs = [Used(1.0, 1.0, 1), Used(10.0, 1.0, 1), Used(1.0, 1.0, 1)]
    assert ratio(ours, theirs) == "3.00 (2.00-4.00)"
    assert (medians(ours).cpu_s, medians(ours).rss_kib) == (4.0, 20)
