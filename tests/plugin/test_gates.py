"""Gates in pytest: what they report, what the session ends with, what the folder keeps; the same in every mode."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

# pytester forgets what an in-process run imported, and this is slow to import.
from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, Call, NodeCall, ScenarioVersion
from pytest_alienbio.plugin import hookspecs
from pytest_alienbio.store import dat, deeds_of, log
from pytest_alienbio.store.baseline import write_baseline
from pytest_alienbio.store.verdicts import read_verdicts

from .conftest import Lab
from .test_junit import read

SEEDS = 6
ACTUAL = {"right": 1.0, "half": 0.5, "outage": 0.5}
"""What the agents score on `walks/plain`, whatever the seed."""


def battery(name: str, *agents: str, gates: str = "[score]") -> str:
    """A battery that every test here plays: its agents on two worlds of the same kind."""
    return (
        f"experiment.{name}:\n  scenarios: [walks/plain, {{name: walks/line, difficulty: [1]}}]\n"
        f"  agents: [{', '.join(agents or ('right', 'half'))}]\n  seeds: {SEEDS}\n  gates: {gates}\n"
    )


def bless(
    lab: Lab,
    name: str,
    was: Callable[[str, int], float],
    agents: Sequence[str] = ("right", "half"),
    folder: str = "",
    seeds: int = SEEDS,
) -> None:
    """The battery's default baseline: so much more than now its cells had, by agent and seed."""
    cells = [
        BatchCell(agent, scenario, seed, level, values={"score": ACTUAL[agent] + was(agent, seed)})
        for agent in sorted(agents)
        for scenario, level in (("walks/line", 1), ("walks/plain", None))
        for seed in range(seeds)
    ]
    versions = {cell.scenario: ScenarioVersion() for cell in cells}
    batch = Batch(name, tuple(cells), {"score": "higher"}, versions, {agent: AgentVersion() for agent in agents})
    path = lab.path / folder / "baselines" / f"{name}.json"
    write_baseline(path, Baseline(batch, str(path), blessing=Blessing("Ann", "2026-01-02T00:00:00Z")))


def fell(agent: str, seed: int) -> float:
    """`half` was better by a quarter, with some noise."""
    return (0.25 if agent == "half" else 0.0) + 0.01 * (seed % 3)


def shook(by: float) -> Callable[[str, int], float]:
    """As much better as worse."""
    return lambda agent, seed: by * (-1) ** seed


def calls_of(folder: Path) -> dict[str, str]:
    """What a folder's status says of its gates."""
    gates = dat.open(folder).status()["gates"]
    assert isinstance(gates, list)
    return {gate["name"]: gate["call"] for gate in gates}


CALLS = {
    "fell": "FAIL",
    "same": "PASS",
    "unsure": "INCONCLUSIVE",
    "outage": "INVALID",
    "own": "FAIL",
    "part": "not judged",
}
"""Batteries, each with a gate on the score, and what it says."""
STATUSES = {
    **dict.fromkeys(("fell", "own"), "failed"),
    **dict.fromkeys(("same", "unsure", "part"), "passed"),
    "outage": "invalid",
}
AGENTS = {"outage": ("half", "outage")}
OWN_RULE = textwrap.dedent((inspect.getdoc(hookspecs.pytest_alienbio_regression) or "").partition("::\n")[2])
TOLD = """
def pytest_alienbio_gate_verdict(verdict):
    import pathlib
    written = any(pathlib.Path("data/results", verdict.battery).rglob("gates.json"))
    with open("told.txt", "a") as file:
        file.write(f"{verdict.battery} {verdict.rule.name} {verdict.call.value} {written}\\n")
"""


@pytest.fixture
def every(lab: Lab) -> Lab:
    """A project with a battery for each verdict; one folder has a rule of its own, as the hook's docstring shows one."""
    lab.conftest(TOLD)
    for name in CALLS:
        folder = "sub" if name == "own" else ""
        lab.battery(battery(name, *AGENTS.get(name, ())), Path(folder, f"{name}.battery.yaml").as_posix())
        bless(
            lab, name, {"same": shook(0.005), "unsure": shook(0.2)}.get(name, fell), AGENTS.get(name, ("right", "half")), folder
        )
    (lab.path / "sub" / "conftest.py").write_text(OWN_RULE)
    return lab


def test_every_verdict_counts_as_it_should(every: Lab, mode: str) -> None:
    """FAIL and INVALID fail once each, PASS passes, INCONCLUSIVE passes with a warning; cells are only recorded.

    A battery of which only a part is selected is not judged: a skipped report, which changes nothing. So in pytest's counts,
    its exit code and the folders; `--lf` remembers cells alone, and each verdict is told once. A conftest's own rule judges
    the battery beside it, and not what cannot be compared.
    """
    files = [f"{'sub/' if name == 'own' else ''}{name}.battery.yaml" for name in CALLS]
    run = every.run(mode, *files[:-1], f"{files[-1]}::part::walks/plain")
    assert run.ret == 1
    broken, cells = 2 * SEEDS, 2 * 2 * SEEDS * (len(CALLS) - 1) + 2 * SEEDS
    assert run.parseoutcomes() == {"passed": cells - broken + 2, "failed": broken + 3, "warnings": 1, "skipped": 1}
    dats = {folder.parent.name: folder for folder in every.dats()}
    assert {name: calls_of(folder) for name, folder in dats.items()} == {name: {"score": call} for name, call in CALLS.items()}
    assert {name: dat.open(folder).status()["verdict"] for name, folder in dats.items()} == STATUSES
    assert f"not judged: {2 * SEEDS} of {4 * SEEDS} cells selected" in run.stdout.str()
    remembered = (every.path / ".pytest_cache" / "v" / "cache" / "lastfailed").read_text()
    assert "outage" in remembered
    assert "gate" not in remembered
    told = (every.path / "told.txt").read_text().splitlines()
    assert sorted(told) == sorted(f"{name} score {call} True" for name, call in CALLS.items())
    run.stdout.fnmatch_lines(
        [
            *([] if mode == "n2" else ["same.battery.yaml .*", "unsure.battery.yaml [?]*"]),
            "*unsure.battery.yaml::unsure::gate[[]score[]]",
            "*unsure.battery.yaml:5: GateWarning: gate[[]score[]] INCONCLUSIVE: *",
            "FAILED fell.battery.yaml::fell::gate[[]score[]] - gate[[]score[]] FAIL: half dropped*",
        ]
    )
    assert not any(f"{percent}%" in run.stdout.str() for percent in range(101, 105))
    (own,), (outage,) = read_verdicts(dats["own"]), read_verdicts(dats["outage"])
    assert (own.why, own.nodes, own.baseline) == (("the mean went from 0.89 to 0.75",), (), "sub/baselines/own.json")
    assert outage.missing == {"provider_error": broken}


def test_one_that_cannot_tell_fails_where_that_is_asked(every: Lab) -> None:
    """`--bio-strict`, also said in `bio.yaml`; and pytest's own `-W error`, which is not kept in the folder."""
    (every.path / "bio.yaml").write_text("strict: true\n")
    run = every.run("plain", "unsure.battery.yaml", "same.battery.yaml")
    assert (run.ret, run.parseoutcomes()["failed"]) == (1, 1)
    assert {dat.open(folder).status()["verdict"] for folder in every.dats()} == {"inconclusive", "passed"}
    (every.path / "bio.yaml").unlink()
    assert every.run("plain", "unsure.battery.yaml", "-W", "error").ret == 1
    assert dat.open(every.dats()[0]).status()["verdict"] == "passed"


def test_junit_says_by_how_much_and_keeps_what_machines_read(every: Lab) -> None:
    """A failure with the interval in its text; the verdict and its numbers as properties; the log and JSON of the folder."""
    run = every.run("plain", "fell.battery.yaml", "--junitxml=j.xml", "-p", "no:terminal")
    assert run.ret == 1
    case = read(every.path / "j.xml")["gate[score]"]
    shown = {name: case[name] for name in ("kind", "gate", "metric", "verdict", "baseline", "alpha")}
    assert shown == {
        "kind": "Failure",
        "gate": "score",
        "metric": "score",
        "verdict": "FAIL",
        "baseline": "baselines/fell.json",
        "alpha": "0.05",
    }
    assert float(case["drop_low"]) < 0.134 < float(case["drop"]) < 0.136 < float(case["drop_high"])
    assert float(case["p_adj"]) <= 0.05
    assert {"overall", "half"} <= set(case["regressed"].split(", "))
    assert "half dropped by 0.26" in (every.path / "j.xml").read_text()
    events = [(entry["event"], entry.get("gates")) for entry in log.read(every.dats()[0])]
    assert events[-2:] == [("gated", {"score": "FAIL"}), ("closed", None)]
    (verdict,) = read_verdicts(every.dats()[0])
    assert verdict.node("half").call is NodeCall.REGRESSED
    assert "gate[score] FAIL" in deeds_of(every.dats()[0])[-2].about


def test_last_failed_plays_what_failed_and_never_the_gate(every: Lab) -> None:
    """After an outage its cells, not judged; after a regression alone everything, for no cell failed."""
    every.run("plain", "outage.battery.yaml")
    run = every.run("plain", "outage.battery.yaml", "--lf", "--junitxml=j.xml")
    assert run.parseoutcomes() == {"failed": 2 * SEEDS, "deselected": 2 * SEEDS, "skipped": 1}
    assert read(every.path / "j.xml")["gate[score]"]["kind"] == "Skipped"
    every.run("plain", "fell.battery.yaml", "--cache-clear")
    assert every.run("plain", "fell.battery.yaml", "--lf", "--sw").parseoutcomes() == {"passed": 4 * SEEDS, "failed": 1}


def test_a_run_that_was_cut_short_is_invalid(every: Lab) -> None:
    assert every.run("plain", "outage.battery.yaml", "-x").ret == 1
    (verdict,) = read_verdicts(every.dats()[0])
    assert verdict.call is Call.INVALID
    assert "cut short" in [drift.kind for drift in verdict.drifts]
    assert dat.open(every.dats()[0]).status()["verdict"] == "incomplete"


def test_a_missing_baseline_ends_the_session_before_the_first_cell(lab: Lab, mode: str) -> None:
    """Exit code 4, the gate's place, and what makes one; nothing is left behind. A part of the battery needs none."""
    lab.battery(battery("x", gates="[score, {metric: passed, against: other.json}]"))
    run = lab.run(mode, workers=False)
    assert run.ret == 4
    assert run.stderr.str().count("a.battery.yaml:5:") == 2
    assert "there is no baseline baselines/x.json" in run.stderr.str()
    assert "bio baseline save x" in run.stderr.str()
    assert lab.run(mode, "a.battery.yaml::x", workers=False).ret == 4
    assert lab.run(mode, "--bio-save-baseline", "a.battery.yaml", workers=False).ret == 4
    assert lab.dats() == []
    if mode == "plain":
        assert lab.run(mode, "--bio-smoke").ret == 0
        assert lab.run(mode, "a.battery.yaml::x::walks/plain[right-s0]").ret == 0
        assert lab.run(mode, "--bio-no-gates").ret == 0
        assert "gates" not in dat.open(lab.dats()[0]).status()


@pytest.mark.parametrize("text", ["", '{"v": 99}', "[1, 2]"])
def test_so_does_one_that_cannot_be_read(lab: Lab, text: str) -> None:
    lab.battery(battery("x"))
    (lab.path / "baselines").mkdir()
    (lab.path / "baselines" / "x.json").write_text(text)
    run = lab.run("plain")
    assert run.ret == 4
    assert "baselines/x.json" in run.stderr.str()
    assert lab.dats() == []


def test_who_only_looks_is_told_of_the_gates(lab: Lab) -> None:
    """A dry run and `--collect-only` say what each is held against, or what is missing; that ends neither of them."""
    lab.battery(battery("x", gates="[score, {metric: passed, against: other.json}]"))
    bless(lab, "x", fell)
    for option in ("--bio-dry-run", "--collect-only"):
        run = lab.run("plain", option)
        assert run.ret == 0
        run.stdout.fnmatch_lines(
            [
                "*gate[[]score[]] against baselines/x.json, blessed 2026-01-02 by Ann",
                "*gate[[]passed[]]: there is no baseline other.json*",
            ]
        )
    assert lab.run("plain", "--bio-dry-run", "--bio-agent=right").stdout.str().count("would not be judged") == 2
    assert "gate" not in lab.run("plain", "--collect-only", "-q").stdout.str()
    assert lab.dats() == []


def test_a_run_can_become_the_baseline(lab: Lab, mode: str) -> None:
    """Also of a battery whose gate has none yet."""
    lab.battery(battery("x"))
    run = lab.run(mode, "--bio-save-baseline")
    assert run.ret == 0
    run.stdout.fnmatch_lines(["not judged: gate[[]score[]]: *", "baseline: baselines/x.json"])
    assert (lab.path / "baselines" / "x.json").is_file()
    assert log.read(lab.dats()[0])[-1]["event"] == "blessed"


def test_only_a_run_to_which_no_gate_objects_takes_its_place(lab: Lab) -> None:
    """Else the file stays as it is, and a failed report says what to do; another name is another file."""
    lab.battery(battery("x"))
    bless(lab, "x", fell)
    before = (lab.path / "baselines" / "x.json").read_bytes()
    run = lab.run("plain", "--bio-save-baseline")
    assert run.parseoutcomes() == {"passed": 4 * SEEDS, "failed": 2}
    run.stdout.fnmatch_lines(["not blessed: its gate says FAIL.*", "to bless it all the same: bio baseline save /*"])
    assert (lab.path / "baselines" / "x.json").read_bytes() == before
    assert lab.run("plain", "--bio-save-baseline=kept", "--bio-no-gates").ret == 0
    assert (lab.path / "baselines" / "kept.json").is_file()


def test_one_of_several_heads_can_be_saved_and_held_against_what_is_named(lab: Lab) -> None:
    """The other head is no part of the session; `--bio-baseline` makes a gate where there is none."""
    lab.battery(battery("x", "right", gates="[]").replace("  gates: []\n", "") + battery("y"))
    assert lab.run("plain", "a.battery.yaml::x", "--bio-save-baseline=kept").ret == 0
    assert [path.name for path in (lab.path / "baselines").iterdir()] == ["kept.json"]
    assert lab.run("plain", "a.battery.yaml::x", "--bio-baseline=kept", "-x").ret == 0
    assert calls_of(lab.dats()[0]) == {"score": "INCONCLUSIVE"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--bio-save-baseline", "a.battery.yaml"), "took 'a.battery.yaml' for the baseline's name; put the option last"),
        (("--bio-agent=right", "--bio-save-baseline"), "only a part of x is selected"),
        (("a.battery.yaml::x::walks/plain", "--bio-save-baseline"), "only a part of x is selected"),
    ],
)
def test_what_cannot_become_one_ends_the_session(lab: Lab, args: tuple[str, ...], told: str) -> None:
    lab.battery(battery("x"))
    run = lab.run("plain", *args)
    assert run.ret == 4
    assert told in run.stderr.str()


def test_a_part_that_only_pytest_knew_of_is_not_saved(lab: Lab) -> None:
    lab.battery(battery("x", gates="[]").replace("  gates: []\n", ""))
    run = lab.run("plain", "--bio-save-baseline", "-k", "right")
    assert (run.ret, run.parseoutcomes()["failed"]) == (1, 1)
    assert "12 not_run" in run.stdout.str()
    assert not (lab.path / "baselines").exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise RuntimeError('no\\x1b[31mred')", "failed: RuntimeError: nored"),
        ("import pytest; pytest.fail('it is worse')", "failed: Failed: it is worse"),
        ("return 'PASS'", "gave str; expected a Verdict"),
        ("import pytest_alienbio.model as m; return m.Verdict(m.Call.PASS, 'x', m.Rule(), 'why')", "verdict.why: 'why' is no"),
    ],
)
def test_a_hook_that_fails_or_gives_nonsense_is_invalid_and_loses_nothing(lab: Lab, body: str, told: str) -> None:
    lab.battery(battery("x"))
    bless(lab, "x", fell)
    lab.conftest(f"def pytest_alienbio_regression(baseline, current):\n    {body}\n")
    run = lab.run("plain")
    assert run.ret == 1
    assert told in run.stdout.str()
    assert calls_of(lab.dats()[0]) == {"score": "INVALID"}
    assert len(lab.results()) == 4 * SEEDS


def test_a_hook_that_chokes_on_a_verdict_hides_none(lab: Lab) -> None:
    """It may post somewhere, and nobody answers."""
    lab.battery(battery("x"))
    bless(lab, "x", fell)
    lab.conftest("def pytest_alienbio_gate_verdict(verdict):\n    raise OSError('no route to host')\n")
    run = lab.run("plain")
    assert (run.ret, run.parseoutcomes()["failed"]) == (1, 2)
    assert "pytest_alienbio_gate_verdict failed: OSError: no route to host" in run.stdout.str()
    assert "FAIL: gate[score]" in run.stdout.str()


def test_agents_are_held_against_one_of_their_own_run(lab: Lab) -> None:
    """A gate for each candidate, and each its part of alpha."""
    lab.battery(battery("x", "right", "half", "{name: half, as: other}", gates="[{metric: score, against: 'agent:right'}]"))
    run = lab.run("plain")
    assert run.ret == 1
    assert calls_of(lab.dats()[0]) == {"score-half": "FAIL", "score-other": "FAIL"}
    assert {verdict.rule.alpha for verdict in read_verdicts(lab.dats()[0])} == {0.025}
    lab.battery(battery("x", "right", gates="[{metric: score, against: 'agent:right'}]"))
    run = lab.run("plain")
    assert run.ret == 4
    assert "no candidate plays that could be held against right" in run.stderr.str()


def test_a_cell_of_the_confirm_stage_that_cannot_be_stopped_ends_the_session(lab: Lab) -> None:
    """It would hang for ever. What was played is kept, and `bio gate` can judge it."""
    lab.battery(battery("x"))
    bless(lab, "x", fell, seeds=2 * SEEDS)
    lab.conftest(
        f"""
        from pytest_alienbio.play import run_cell

        run_cell.__kwdefaults__["grace_s"] = 0.1
        played = []

        half = Half.decide
        Half.decide = lambda self, seen: (Deaf.decide if len(played) >= {4 * SEEDS} else half)(self, seen)

        def pytest_alienbio_cell_finish(cell, result):
            played.append(cell.id)
        """
    )
    run = lab.pytester.runpytest_subprocess("-p", "no:randomly", "--bio-timeout", "0.2", "--bio-confirm=4")
    assert run.ret == 1
    assert "in the confirm stage of a gate" in run.stderr.str()
    assert len(lab.results()) == 4 * SEEDS


def test_the_worst_leaves_are_played_again_on_fresh_seeds(lab: Lab) -> None:
    """`--bio-confirm`: in the controller, told as it goes, kept in the folder and no cell of the run."""
    lab.battery(battery("x"))
    bless(lab, "x", fell, seeds=2 * SEEDS)
    run = lab.run("plain", "--bio-confirm=4", "--tb=line")
    assert run.ret == 1
    assert "namespace(" not in run.stdout.str()
    assert "_Crash(" not in run.stdout.str()
    run.stdout.fnmatch_lines(["gate[[]score[]] of x: 8 cells on fresh seeds, to confirm bbbbbbbb", "*FAIL: gate[[]score[]]*"])
    (verdict,) = read_verdicts(lab.dats()[0])
    assert verdict.confirmation is not None
    assert verdict.confirmation.seeds == (6, 7, 8, 9)
    assert len(lab.results()) == 4 * SEEDS
