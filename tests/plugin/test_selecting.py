"""The selecting options: what they leave is played, what they leave out is deselected, and nothing else changes."""

from __future__ import annotations

import pytest
import yaml

from pytest_alienbio.store import dat

from .conftest import Lab

TWO = """
experiment.one:
  scenarios: [{name: walks/line, difficulty: all}, walks/plain]
  agents: [right, noop, {name: right, as: twin}]
  seeds: {start: 8, count: 3}
experiment.other:
  scenarios: [walks/plain]
  agents: [right]
  seeds: 2
  tags: [nightly]
"""


@pytest.fixture
def two(lab: Lab) -> Lab:
    lab.battery(TWO)
    return lab


def ids(lab: Lab, *args: str) -> list[str]:
    output = lab.run("plain", "--collect-only", "-q", *args)
    return [line.removeprefix("a.battery.yaml::") for line in output.outlines if "::" in line]


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (["--bio-scenario", "walks/line"], 27),
        (["--bio-scenario", "*/p*"], 11),
        (["--bio-scenario", "walks/line", "--bio-scenario", "walks/plain"], 38),
        (["--bio-agent", "twin,noop"], 24),
        (["--bio-agent", "t*"], 12),
        (["--bio-tag", "nightly"], 2),
        (["--bio-tag", "walking,nightly"], 29),
        (["--bio-difficulty", ">=2"], 18),
        (["--bio-difficulty", "1", "--bio-difficulty", "3"], 18),
        (["--bio-seeds", "100-103"], 52),
        (["--bio-scenario", "walks/line", "--bio-agent", "twin", "--bio-difficulty", "2", "--bio-seeds", "5-5"], 1),
        (["--bio-smoke"], 7),
        (["--bio-smoke", "--bio-agent", "twin"], 2),
        (["--bio-agent", "right", "-k", "plain"], 5),
        (["--bio-difficulty", "2", "-m", "cell(agent='twin', seed=9)"], 1),
    ],
)
def test_what_is_left(two: Lab, args: list[str], count: int) -> None:
    """Values of one option are alternatives, options must all fit; with `-k` and `-m` both must."""
    assert len(ids(two, *args)) == count


def test_selecting_changes_no_id(two: Lab) -> None:
    every = ids(two)
    for args in (["--bio-smoke"], ["--bio-difficulty", "2"], ["--bio-agent", "twin"]):
        left = ids(two, *args)
        assert left == [cell for cell in every if cell in left]


def test_the_rest_is_deselected_and_only_what_is_left_gets_a_folder(two: Lab, mode: str) -> None:
    """pytest's own count; a battery of which nothing is left leaves no folder, not even an empty one."""
    run = two.run(mode, "--bio-difficulty", "2", "--bio-agent", "right,twin")
    outcomes = run.parseoutcomes()
    assert outcomes["passed"] == 6
    if mode != "n2":  # workers do not tell the controller what they deselect
        assert outcomes["deselected"] == 32
    assert [folder.parent.name for folder in two.dats()] == ["one"]
    opened = dat.open(two.dats()[0])
    status = opened.status()
    assert status["verdict"] == "passed"
    assert status["cells"] == {"planned": 36, "selected": 6, "recorded": 6}
    assert len(two.results()) == 6


def test_the_folder_says_what_was_asked_for(two: Lab) -> None:
    two.run("plain", "--bio-agent", "twin", "--bio-seeds", "4")
    spec = yaml.safe_load((two.dats()[0] / "_spec_.yaml").read_text("utf-8"))
    assert spec["resolved"]["selection"] == {"agents": ["twin"]}
    assert spec["experiment.one"]["seeds"] == [0, 1, 2, 3]


def test_the_environment_and_the_ini_file_select_too_and_give_way(two: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    two.pytester.makeini("[pytest]\nbio_smoke = true\nbio_agent = noop\n")
    assert two.run("plain").parseoutcomes()["xfailed"] == 2
    monkeypatch.setenv("ALIENBIO_AGENT", "twin")
    assert two.run("plain").parseoutcomes()["passed"] == 2
    assert two.run("plain", "--bio-agent", "right").parseoutcomes()["passed"] == 3


def test_last_failed_and_a_selection_go_together(lab: Lab) -> None:
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [half, crash, right], seeds: 2}")
    assert lab.run("plain").parseoutcomes()["failed"] == 4
    assert lab.run("plain", "--lf", "--bio-agent", "half").parseoutcomes()["failed"] == 2
    assert {result.agent for result in lab.results().values()} == {"half"}


def test_functions_over_a_battery_are_deselected_like_its_cells(two: Lab, mode: str) -> None:
    """By the battery they name; a test that is no cell's stays."""
    two.pytester.makepyfile(
        """
        import pytest

        @pytest.mark.battery("a.battery.yaml", head="one")
        def test_one(cell, bio):
            bio.play(cell, check=False)

        @pytest.mark.battery("a.battery.yaml", head="other")
        def test_other(cell):
            pass

        @pytest.mark.parametrize("cell", [1, 2])
        def test_its_own(cell):
            pass

        def test_plain():
            pass
        """
    )
    run = two.run(mode, "--bio-tag", "nightly", "-k", "test_")
    assert run.parseoutcomes()["passed"] == 2 + 2 + 1
    assert [folder.parent.name for folder in two.dats()] == []


def test_smoke_judges_sanity_on_one_cell(lab: Lab) -> None:
    """One cell of noop above the bound, or of the oracle below it, is enough to fail a smoke run; five are for others."""
    lab.battery("experiment.x: {scenarios: [{name: walks/plain, params: {bonus: 0.7}}], agents: [noop, right], seeds: 3}")
    assert lab.run("plain").ret == 0
    run = lab.run("plain", "--bio-smoke")
    assert run.ret == 1
    assert run.parseoutcomes()["failed"] == 1
    assert run.parseoutcomes()["passed"] == 2
    run.stdout.fnmatch_lines(["*sanity*walks/plain*"])
    assert dat.open(lab.dats()[0]).status()["verdict"] == "failed"


def test_smoke_takes_the_lowest_of_the_seeds_that_are_asked_for(two: Lab) -> None:
    assert {cell.rpartition("-s")[2] for cell in ids(two, "--bio-smoke", "--bio-seeds", "50,40")} == {"40]"}


def test_exact_selection_by_params_and_variant(lab: Lab) -> None:
    """`-m` compares text, whole numbers and truth values; any other value stands there as text, as it does in ids."""
    lab.battery(
        """
        experiment.x:
          scenarios: [{name: walks/plain, params: {bonus: 0.1}}, walks/plain, {name: mutualism/competition, variants: 3}]
          agents: [noop]
          seeds: 2
        """
    )
    assert ids(lab, "-m", "cell(bonus='0.1', seed=1)") == ["x::walks/plain[noop-s1-bonus0.1]"]
    assert len(ids(lab, "-m", "cell(variant=2)")) == 2
    assert len(ids(lab, "-m", "cell(variant=1)")) == 6


def test_a_word_no_cell_has_is_warned_about(two: Lab) -> None:
    """`-m "cell(sed=3)"` quietly means nothing to pytest."""
    run = two.run("plain", "-m", "cell(sed=9, agent='cell(x=1)') or cell(seed=9)")
    assert run.ret == 0
    text = run.stdout.str()
    assert "no cell has 'sed'; did you mean 'seed'?" in text
    assert "no cell has 'x'" not in text
    assert "no cell has" not in two.run("plain", "-m", "cell(seed=9)").stdout.str()


def test_where_warnings_are_errors_it_is_a_usage_error(two: Lab, mode: str) -> None:
    run = two.run(mode, "-W", "error", "-m", "cell(sed=9)", workers=False)
    assert run.ret == 4
    assert "did you mean 'seed'?" in run.stderr.str()
    assert "Traceback" not in run.stderr.str()


def test_a_word_that_fits_nothing_is_warned_of_beside_those_that_fit(two: Lab, mode: str) -> None:
    """Once, not by each process, and where it came from; the rest is played."""
    run = two.run(mode, "--bio-agent", "right,twn", "-o", "bio_tag=nightly,walkin")
    assert run.parseoutcomes()["passed"] == 2
    text = run.stdout.str()
    assert text.count("--bio-agent: no agent fits 'twn'; did you mean 'twin'?") == 1
    assert text.count("tox.ini: bio_tag: no tag fits 'walkin'; did you mean 'walking'?") == 1


def test_chosen_seeds_change_no_id(two: Lab) -> None:
    """As wide as the file's own seeds need; a longer one is simply longer."""
    assert ids(two, "--bio-scenario", "*line", "--bio-agent", "twin", "--bio-difficulty", "1", "--bio-seeds", "3,9,150") == [
        f"one::walks/line[d1-twin-s{seed}]" for seed in ("03", "09", "150")
    ]


def test_what_the_environment_asks_for_in_vain_is_not_called_an_option(
    two: Lab, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIENBIO_TAG", "zz")
    run = two.run(mode)
    assert run.ret == 4
    assert "ALIENBIO_TAG zz leaves nothing; known: nightly, walking" in run.stderr.str()


MARKED = """
    import pytest

    @pytest.mark.battery("sub/a.battery.txt")
    def test_it(cell):
        pass

    def test_plain():
        pass
    """


@pytest.fixture
def marked(lab: Lab) -> Lab:
    """A battery that no session collects: only a test's mark names it."""
    lab.battery("experiment.x: {scenarios: [walks/plain], agents: [right, half], seeds: 3}", "sub/a.battery.txt")
    lab.pytester.makepyfile(test_x=MARKED)
    return lab


def test_options_that_leave_no_cell_of_a_marked_function_are_a_usage_error(marked: Lab, mode: str) -> None:
    """As for batteries the session collects; with xdist it is said at the end."""
    run = marked.run(mode, "--bio-agent", "rihgt")
    assert run.ret == 4
    assert "--bio-agent rihgt leaves nothing; did you mean 'right'?" in run.stderr.str() + run.stdout.str()
    assert marked.run("plain", "--bio-agent", "right").parseoutcomes()["passed"] == 4


def test_functions_over_a_battery_have_the_mark_of_their_cells(marked: Lab) -> None:
    """`-m "cell(...)"` keeps them; what words cells have is not known before they are collected."""
    run = marked.run("plain", "-m", "cell(agent='half', seed=2)")
    assert run.parseoutcomes()["passed"] == 1
    assert "no cell has" not in run.stdout.str()
