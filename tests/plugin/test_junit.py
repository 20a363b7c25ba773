"""JUnit as other tools read it back."""

from __future__ import annotations

from pathlib import Path

import junitparser

from .conftest import Lab

BATTERY = """
experiment.x:
  scenarios: [{name: walks/line, difficulty: [1]}]
  agents: [right, half, crash, noop, gpt-4]
  seeds: 2
"""


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
    lab.battery(BATTERY)
    seen = []
    for mode in ("plain", "n0", "n2"):
        file = lab.path / f"{mode}.xml"
        lab.run(mode, f"--junitxml={file}")
        seen.append(read(file))
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


def test_the_suite_names_run_and_folder(lab: Lab, mode: str) -> None:
    lab.battery(BATTERY)
    file = lab.path / "j.xml"
    lab.run(mode, f"--junitxml={file}")
    suite = next(iter(junitparser.JUnitXml.fromfile(str(file))))
    found = {prop.name: prop.value for prop in suite.properties()}
    assert found["alienbio_dat:x"] == str(lab.dats()[0])
    assert found["alienbio_run"] in {result.run for result in lab.results().values()}


def test_sanity_is_a_case_of_its_own(lab: Lab, mode: str) -> None:
    lab.battery("experiment.x: {scenarios: [{name: walks/plain, params: {bonus: 0.7}}], agents: [noop], seeds: 5}")
    file = lab.path / "j.xml"
    lab.run(mode, f"--junitxml={file}")
    assert read(file)["sanity[walks/plain]"]["kind"] == "Failure"
