"""Options and ini keys: all there, each with an example, and nonsense refused in one sentence before anything plays."""

from __future__ import annotations

import pytest

from pytest_alienbio.plugin.options import GROUPS, WORDS
from pytest_alienbio.store import annotated, find_dats, log

from .conftest import Lab
from .test_preflight import said

BATTERY = "experiment.x: {scenarios: [{name: walks/line, difficulty: [1, 2]}], agents: [right, half], seeds: 2, tags: [mine]}"


def errors(run: pytest.RunResult) -> list[str]:
    """The sentences pytest ends with."""
    return [line for line in run.stderr.lines if line.startswith("ERROR: ")]


def test_help_shows_groups_and_an_example_of_each_option(lab: Lab) -> None:
    text = "".join(lab.run("plain", "--help").stdout.str().split())
    for title in GROUPS.values():
        assert f"{title}:".replace(" ", "") in text
    for word in WORDS:
        assert (f"Example:--bio-{word.spelled}" in text) == word.option
        assert f"bio_{word.name}(string)" in text


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--bio-scenario", "walks/lime"], "did you mean 'walks/line'"),
        (["--bio-scenario", ""], "--bio-scenario"),
        (["--bio-agent", "rihgt"], "did you mean 'right'"),
        (["--bio-agent", ","], "--bio-agent"),
        (["--bio-tag", "nine"], "did you mean 'mine'"),
        (["--bio-difficulty", "9"], "1, 2"),
        (["--bio-difficulty", "hard"], "--bio-difficulty"),
        (["--bio-difficulty", "4-2"], "--bio-difficulty"),
        (["--bio-agent", "right", "--bio-difficulty", ">3"], "--bio-difficulty"),
        (["--bio-seeds", "0"], "--bio-seeds"),
        (["--bio-seeds", "all"], "--bio-seeds"),
        (["--bio-timeout", "-1"], "--bio-timeout"),
        (["--bio-timeout", "soon"], "--bio-timeout"),
        (["--bio-cells", "maybe"], "assert or record"),
        (["--bio-traces", "fail"], "did you mean 'failed'"),
        (["--bio-out", "../{seq}"], ".."),
        (["--bio-data", ""], "--bio-data"),
        (["--bio-alpha", "0"], "--bio-alpha: '0' is no value for `alpha`; expected a number above 0, at most 0.5"),
        (["--bio-confirm", "walks"], "write it with `=`"),
        (["--bio-baseline", "tag:"], "nothing stands behind `tag:`"),
        (["--bio-set", "strict=maybe"], "true or false"),
        (["--bio-set", "traces"], "KEY=VALUE"),
        (["--bio-label", "gpu"], "label 'gpu': expected a name and a value, like gpu=a100"),
        (["--bio-label", "a=1", "--bio-label", "a=2"], "label 'a' is given twice"),
        (["--bio-label", "a=two words"], "is no tag"),
        (["--bio-note", "  "], "the note is empty"),
        (["--bio-set", "tracez=all"], "did you mean 'traces'"),
        (["--bio-set", "run.traces=some"], "--bio-set"),
        (["--bio-traces", "none", "--bio-set", "traces=all"], "given twice and differently"),
        (["--bio-set", "steps=3", "--bio-set", "limits.per_cell.steps=4"], "given twice and differently"),
    ],
)
def test_nonsense_and_contradictions_are_usage_errors(lab: Lab, args: list[str], expected: str) -> None:
    """Exit 4 and one sentence that names what was wrong; nothing is played, nothing written."""
    lab.battery(BATTERY)
    run = lab.run("plain", *args)
    assert run.ret == 4
    assert len(errors(run)) == 1
    assert expected in errors(run)[0]
    assert "Traceback" not in said(run)
    assert not (lab.path / "data").exists()


@pytest.mark.parametrize(
    "args", [["--bio-traces", "some"], ["--bio-difficulty", "9"], ["--bio-traces", "none", "--bio-set", "traces=all"]]
)
def test_a_usage_error_is_the_same_in_every_mode(lab: Lab, mode: str, args: list[str]) -> None:
    lab.battery(BATTERY)
    run = lab.run(mode, *args)
    assert run.ret == 4
    assert len(errors(run)) == 1
    assert not (lab.path / "data").exists()


def test_nonsense_is_refused_without_a_battery_too(lab: Lab) -> None:
    """Who gives one of our options is told, whatever is collected."""
    lab.pytester.makepyfile("def test_it(): pass")
    assert lab.run("plain", "--bio-seeds", "none").ret == 4
    assert lab.run("plain").ret == 0


def test_unknown_variables_and_ini_keys_are_refused_where_there_is_a_battery(
    lab: Lab, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a suggestion; a project without batteries never hears of it."""
    lab.battery(BATTERY)
    monkeypatch.setenv("ALIENBIO_TRACE", "none")
    run = lab.run(mode)
    assert run.ret == 4
    assert "did you mean 'ALIENBIO_TRACES'" in errors(run)[0]
    monkeypatch.delenv("ALIENBIO_TRACE")
    lab.pytester.makeini("[pytest]\nbio_cell = record\n")
    run = lab.run(mode)
    assert run.ret == 4
    assert "did you mean 'bio_cells'" in errors(run)[0]


def test_where_only_a_test_names_the_battery_it_is_a_collection_error(
    lab: Lab, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could know before; it is still a sentence, and nothing plays."""
    lab.battery(BATTERY, "x.yaml")
    lab.pytester.makepyfile("""
        import pytest

        @pytest.mark.battery("x.yaml")
        def test_it(cell, bio):
            bio.play(cell)
        """)
    monkeypatch.setenv("ALIENBIO_TRACE", "none")
    run = lab.run(mode)
    assert run.ret in (1, 2)
    assert "did you mean 'ALIENBIO_TRACES'" in said(run)
    assert "INTERNALERROR" not in said(run)
    assert not (lab.path / "data").exists()


def test_an_unrelated_project_is_not_asked(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.pytester.makepyfile("def test_it(): pass")
    lab.pytester.makeini("[pytest]\nbio_cell = record\n")
    monkeypatch.setenv("ALIENBIO_TRACE", "none")
    assert lab.run("plain").ret == 0


def test_settings_reach_the_workers(lab: Lab, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, `--bio-set`, environment, ini and `-o`: what the controller plans with is what workers play with."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [half], seeds: 1}")
    lab.pytester.makeini("[pytest]\nbio_passing_score = 0.9\nbio_trace_files = packed\n")
    monkeypatch.setenv("ALIENBIO_STEPS", "6")
    run = lab.run(mode, "--bio-seeds", "7,9", "--bio-set", "cells=record", "-o", "bio_passing_score=0.4", "--bio-traces=none")
    assert run.parseoutcomes() == {"passed": 2}
    results = lab.results()
    assert set(results) == {"walks/plain[half-s7]", "walks/plain[half-s9]"}
    assert {result.passing_score for result in results.values()} == {0.4}
    assert {(result.outcome, result.score) for result in results.values()} == {("truncated", 0.3)}
    assert not list(lab.dats()[0].glob("traces/*"))


def test_toml_values_need_no_quotes(lab: Lab) -> None:
    """pytest's own TOML tables hold numbers and lists; `bio` reads them, so the plugin does."""
    if pytest.version_tuple < (9,):
        pytest.skip("pytest's own TOML tables come with pytest 9")
    (lab.path / "tox.ini").unlink()
    lab.pytester.makepyprojecttoml(
        "[tool.pytest]\nbio_seeds = 3\nbio_default_agents = ['right', 'half']\nbio_cells = 'record'\n"
    )
    lab.battery("experiment.x: {scenarios: [walks/plain]}")
    assert lab.run("plain").parseoutcomes() == {"passed": 6}


def test_a_failed_cell_is_played_again_under_the_options_that_made_it(lab: Lab) -> None:
    """Its seed may stand in no file: the command has to carry it."""
    lab.battery(BATTERY)
    run = lab.run("plain", "--bio-seeds", "8-10", "-k", "half-s8 and d1", "--bio-tag", "mine")
    command = next(line for line in run.outlines if line.startswith("reproduce: "))
    assert command == "reproduce: pytest 'a.battery.yaml::x::walks/line[d1-half-s8]' --bio-seeds=8-10"
    replayed = lab.run("plain", "--bio-seeds", "8-10", "-k", "half-s8 and d1", "--bio-live", "--bio-replay", "x")
    again = next(line for line in replayed.outlines if line.startswith("reproduce: ")).partition("]' ")[2]
    assert again == "--bio-replay=x --bio-seeds=8-10 --bio-live", "as pytest reads them: a flag has no value"


def test_labels_and_a_note_are_said_of_the_run(lab: Lab) -> None:
    """In the first line of its log, so a run that plays nothing is still removed; they are found as tags and notes are."""
    lab.battery(BATTERY)
    args = ["--bio-label", "gpu=a100", "--bio-label", "lr=1e-3", "--bio-note", "after the fix, with sk-abcdefghijklmnop"]
    lab.run("plain", "--bio-cells=record", *args)
    (path,) = lab.dats()
    said = annotated(path).run
    assert said.tags == ("gpu=a100", "lr=1e-3")
    assert [note.text for note in said.notes] == ["after the fix, with ***"]
    assert find_dats(lab.path / "data", "tag:lr=1e-3") == [path]
    assert [entry["event"] for entry in log.read(path)] == ["created", "closed"]
