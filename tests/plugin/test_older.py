"""Scenario files of the older format in a battery."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_alienbio.model import Outcome

from .conftest import Lab

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"


def documented() -> str:
    """The page's own example."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    [text] = [block for block in blocks if block.startswith("name: pool\n")]
    return str(text)


def test_the_documents_file_plays_in_a_battery_beside_our_own_worlds(lab: Lab, mode: str) -> None:
    (lab.path / "pool.yaml").write_text(documented(), "utf-8")
    lab.battery(
        "experiment.x: {scenarios: [./pool.yaml, walks/plain], agents: [random, noop, greedy, oracle], seeds: 2, cells: record}"
    )
    run = lab.run(mode, "a.battery.yaml")
    assert run.ret == 0, run.stdout.str()
    results = lab.results()
    pool = results["pool[random-s1]"]
    assert (pool.outcome, pool.passing_score) == (Outcome.COMPLETED, 0.6)
    assert 0.0 <= float(pool.score or 0.0) <= 1.0
    assert pool.scores["spent"] > 0.5
    assert results["pool[noop-s0]"].score != results["pool[random-s0]"].score
    assert results["pool[oracle-s0]"].outcome is Outcome.SKIPPED


def test_what_it_cannot_honour_is_said_before_anything_plays(lab: Lab) -> None:
    text = (
        documented()
        .replace('!_ "0.001 * temp * food"', "!ev \"lambda state: 0.1 * state['food']\"")
        .replace("  score:", "  scor:")
    )
    (lab.path / "pool.yaml").write_text(text, "utf-8")
    lab.battery("experiment.x: {scenarios: [walks/plain, ./pool.yaml], agents: [noop], seeds: 1}")
    run = lab.run("plain", workers=False)
    assert run.ret == 2
    said = run.stderr.str()
    assert re.search(r"pool\.yaml:16:\d+: `lambda state: .*is Python code, which is never run; write a formula", said), said
    assert re.search(r"pool\.yaml:17:\d+: no `score` is defined under `scoring`; is it 'scor'\?", said), said
    assert lab.dats() == []
