"""`--bio-shard I/N`: each job plays its part, records which it was, and judges nothing."""

from __future__ import annotations

import pytest

from pytest_alienbio.store import dat

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
