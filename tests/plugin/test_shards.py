"""`--bio-shard I/N`: each job plays its part, records which it was, and judges nothing; `bio merge` makes one run of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from junitparser import JUnitXml, TestCase

from pytest_alienbio.cli.main import main
from pytest_alienbio.exchange import archive
from pytest_alienbio.store import dat, log

from .conftest import Lab

GATED = """
experiment.a:
  scenarios: [{name: walks/line, difficulty: [1, 2]}, walks/plain]
  agents: [right, half]
  seeds: 2
  gates: [{metric: score, against: "agent:half"}]
"""


def test_the_shards_of_a_battery_are_all_of_it_and_judge_nothing(lab: Lab, mode: str) -> None:
    """Each cell in one folder, each folder knows its shard; the gate says why it is silent, and the exit code is the cells'."""
    lab.battery(GATED)
    found: list[str] = []
    for number in (1, 2):
        run = lab.run(mode, "--bio-shard", f"{number}/2")
        assert run.ret == 0
        assert f"not judged: a shard, {number}/2 (6 of 12 cells); bio merge judges" in " ".join(run.stdout.str().split())
        found += lab.results()
        opened = dat.open(lab.dats()[0])
        assert opened.spec()["resolved"]["selection"] == {"shard": f"{number}/2"}  # type: ignore[index, call-overload]
        assert opened.status()["verdict"] == "passed"
    assert len(found) == len(set(found)) == 12


def test_a_shard_of_a_selection_keeps_each_cell_in_its_shard(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other options, `-k`, the variable and the ini file alike: what is left over is a part of the same shard."""
    lab.battery(GATED)

    def ids(*args: str) -> set[str]:
        return {line for line in lab.run("plain", "--collect-only", "-q", *args).outlines if "::" in line}

    second = ids("--bio-shard", "2/3")
    assert len(second) == 4
    assert ids("--bio-shard", "2/3", "--bio-agent", "half") == {cell for cell in second if "half" in cell}
    assert ids("--bio-shard", "2/3", "-k", "plain") == {cell for cell in second if "plain" in cell}
    lab.pytester.makeini("[pytest]\nbio_shard = 2/3\n")
    assert ids() == second
    monkeypatch.setenv("ALIENBIO_SHARD", "2 / 3")
    assert ids() == second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", "'3' is no shard; expected I/N, like 2/4 for the second of four"),
        ("0/4", "there is no shard 0 of 4; expected 1/4 to 4/4"),
        ("5/4", "there is no shard 5 of 4"),
        ("1/0", "a plan is not cut into 0 shards"),
        ("13/13", "--bio-shard 13/13 leaves nothing of 12 cells; use fewer shards, or leave this one out"),
    ],
)
def test_what_is_no_shard_is_refused_before_anything_plays(lab: Lab, text: str, said: str) -> None:
    lab.battery(GATED)
    run = lab.run("plain", "--bio-shard", text)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert said in run.stderr.str()
    assert not (lab.path / "data").exists()


def cases(path: Path) -> dict[str, str]:
    """The test cases of a JUnit file, and how each ended."""
    return {
        case.name: type(case.result[0]).__name__ if case.result else "passed"
        for suite in JUnitXml.fromfile(str(path))
        for case in suite
        if isinstance(case, TestCase)
    }


def test_merged_shards_are_the_run_that_one_session_would_have_been(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    """Cells, scores, traces, status, verdict and JUnit; one of the shards comes as an archive, from another machine."""
    lab.battery(GATED)
    assert lab.run("plain", "--junitxml=whole.xml", "-p", "no:cacheprovider").ret == 0
    whole, expected = lab.dats()[0], lab.results()
    for number in (1, 2):
        assert lab.run("plain", f"--bio-shard={number}/2", f"--junitxml={number}.xml", f"--bio-data=machine{number}").ret == 0
    one, two = (next((lab.path / f"machine{number}").glob("results/a/*")) for number in (1, 2))
    archive.share(two, lab.path / "two.zip", root=lab.path / "machine2")
    capsys.readouterr()
    assert main(["merge", str(one), "two.zip", "--junit", "1.xml", "2.xml", "--junit-out", "all.xml"]) == 0
    shown = capsys.readouterr().out
    assert "12 cells" in shown
    merged = lab.dats()[0]
    assert merged not in (whole, one)
    opened, before = dat.open(merged), dat.open(whole)
    results = {result.id: result for result in opened.results()}
    assert {name: result.score for name, result in results.items()} == {n: r.score for n, r in expected.items()}
    assert all(opened.trace(result) for result in results.values())
    assert opened.status() | {"run": ""} == before.status() | {"run": ""}
    assert opened.status()["gates"]
    journals = {path.name: path.read_bytes() for folder in (one, two) for path in folder.glob("cells/*")}
    assert {path.name: path.read_bytes() for path in merged.glob("cells/*")} == journals
    told = next(entry for entry in log.read(merged) if entry["event"] == "merged")
    assert [each["shard"] for each in told["shards"]] == ["1/2", "2/2"]  # type: ignore[index, union-attr, call-overload]
    assert cases(lab.path / "all.xml") == cases(lab.path / "whole.xml")
    assert sorted(cases(lab.path / "1.xml").values()) == [*["Skipped"], *["passed"] * 6], "a shard's gate is not judged"
    total = JUnitXml.fromfile(str(lab.path / "all.xml"))
    assert (total.tests, total.failures, total.errors, total.skipped) == (13, 0, 0, 0)
