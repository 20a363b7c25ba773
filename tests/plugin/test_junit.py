"""JUnit as other tools read it back."""

from __future__ import annotations

from pathlib import Path

import junitparser

from pytest_alienbio.store import dat

from .conftest import MODES, Lab

BATTERY = """
experiment.x:
  scenarios: [{name: walks/line, difficulty: [1]}]
  agents: [right, half, crash, noop, gpt-4]
  seeds: 2
experiment.y:
  scenarios: [{name: walks/plain, params: {bonus: 0.7}}]
  agents: [noop]
  seeds: 5
"""
"""The second one is a world in which doing nothing scores high."""


def read(path: Path) -> dict[str, dict[str, str]]:
    """Properties by case name, with the kind of result; every file is read by junitparser."""
    xml = junitparser.JUnitXml.fromfile(str(path))
    cases = {}
    for suite in xml:
        for case in suite:
            kinds = ",".join(type(result).__name__ for result in case.result) or "Passed"
            found = {prop.name: prop.value for group in case.iterchildren(junitparser.Properties) for prop in group}
            cases[case.name] = {**found, "kind": kinds}
    return cases


def test_properties_are_all_there_and_the_same_in_every_mode(lab: Lab) -> None:
    """Of the suite: the run and its folders; of each cell: what it was and how it ended. Sanity is a case of its own."""
    lab.battery(BATTERY)
    seen = []
    for mode in MODES:
        file = lab.path / f"{mode}.xml"
        lab.run(mode, f"--junitxml={file}")
        seen.append(read(file))
        suite = next(iter(junitparser.JUnitXml.fromfile(str(file))))
        found = {prop.name: prop.value for prop in suite.properties()}
        folders = {folder.parent.name: folder for folder in lab.dats()[:2]}
        assert {name: found[f"alienbio_dat:{name}"] for name in "xy"} == {name: str(folders[name]) for name in "xy"}
        assert {result.run for result in dat.open(folders["x"]).results()} == {found["alienbio_run"]}
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["walks/line[d1-half-s1]"] == {
        "scenario": "walks/line",
        "difficulty": "1",
        "agent": "half",
        "seed": "1",
        "outcome": "completed",
        "score": "0.5",
        "passed": "false",
        "trace": "traces/walks-line_half_seed1.json",
        "kind": "Failure",
    }
    crash = seen[0]["walks/line[d1-crash-s0]"]
    assert crash["outcome"] == "agent_error"
    assert "score" not in crash
    assert seen[0]["walks/line[d1-gpt-4-s0]"]["kind"] == "Skipped"
    assert seen[0]["sanity[walks/plain]"]["kind"] == "Failure"
