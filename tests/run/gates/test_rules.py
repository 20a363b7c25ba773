"""The gates as they will be judged: whose word counts, who spends how much of alpha, what is frozen."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import Battery, Plan, Rule, Task
from pytest_alienbio.run import Settings, find_project, settings
from pytest_alienbio.run.gates.rules import edited, gates_hash, undirected, written
from pytest_alienbio.run.opening import spec_of
from pytest_alienbio.run.plan import plan
from pytest_alienbio.spec.battery import batteries
from pytest_alienbio.spec.reader import read
from pytest_alienbio.store import yamltext

from ..parts import make_battery, make_catalog, make_plan


def here(folder: Path, bio: str = "", **options: str) -> Settings:
    """What holds in a project with that `bio.yaml`, on a command line with these options."""
    (folder / "bio.yaml").write_text(bio, "utf-8")
    return settings(find_project(folder, environ={}), options=options, environ={}, cwd=folder / "cwd")


def of_file(gates: str = "", seeds: str = "3", more: str = "") -> Battery:
    """A battery in a file, with these gates."""
    text = f"experiment.b:\n  scenarios: [walks/plain]\n  agents: [right]\n  seeds: {seeds}\n{more}"
    (battery,) = batteries(read(text + (f"  gates: {gates}\n" if gates else ""), "/p/x.battery.yaml"))
    return battery


@pytest.mark.parametrize(
    ("gates", "alphas"),
    [
        ("[score]", [0.05]),
        ("[score, passed]", [0.025, 0.025]),
        ("[{alpha: 0.01}, passed, usd]", [0.01, 0.02, 0.02]),
        ("[{alpha: 0.2}]", [0.2]),
        ("[{alpha: 0.04}, {metric: usd, alpha: 0.04}]", [0.04, 0.04]),
    ],
)
def test_who_says_its_alpha_spends_it_and_the_others_share_the_rest(tmp_path: Path, gates: str, alphas: list[float]) -> None:
    found = here(tmp_path).apply(of_file(gates)).gates
    assert [rule.alpha for rule in found] == pytest.approx(alphas)


@given(st.lists(st.none() | st.floats(0.0001, 0.02), min_size=1, max_size=6), st.floats(0.15, 0.5))
def test_the_gates_together_spend_no_more_than_there_is(own: list[float | None], budget: float) -> None:
    """And, if one shares, all of it."""
    rules = tuple(Rule(f"g{at}", alpha=alpha or 0.05, said=("alpha",) if alpha else ()) for at, alpha in enumerate(own))
    plain = settings(find_project(Path("/nowhere"), environ={}), options={"alpha": repr(budget)}, environ={})
    found = plain.apply(replace(of_file(), gates=rules)).gates
    together = sum(rule.alpha for rule in found)
    assert together <= budget + 1e-12
    if None in own:
        assert math.isclose(together, budget)
    assert [rule.alpha for rule, alpha in zip(found, own, strict=True) if alpha] == [alpha for alpha in own if alpha]


def test_a_gate_without_any_alpha_left_is_refused_at_its_line(tmp_path: Path) -> None:
    """Silently judged at 0 it would never fail."""
    with pytest.raises(SpecError) as caught:
        here(tmp_path).apply(of_file("[{alpha: 0.03}, {metric: usd, alpha: 0.02}, passed]"))
    assert str(caught.value) == (
        "/p/x.battery.yaml:5:54: no alpha is left for gate[passed]: gate[score] and gate[usd] spend 0.05 of 0.05; "
        "lower it there, give this one its own, or raise `alpha` in bio.yaml or with --bio-alpha"
    )


def test_a_command_line_that_allows_less_than_a_gate_says_is_told_so(tmp_path: Path) -> None:
    """It wins over files, so it must not be passed over; what a project says gives way."""
    battery = of_file("[{alpha: 0.03}]")
    with pytest.raises(SpecError, match=r"gate\[score\] spends 0.03, and --bio-alpha allows 0.01; leave one of them out"):
        here(tmp_path, alpha="0.01").apply(battery)
    assert here(tmp_path, "alpha: 0.01\n").apply(battery).gates[0].alpha == 0.03
    assert here(tmp_path, "alpha: 0.02\n").apply(of_file("[score]")).gates[0].alpha == 0.02


def test_a_projects_gates_are_for_batteries_in_files_that_name_none(tmp_path: Path) -> None:
    """Not for what somebody plays by hand, nor for experiments, which have criteria; their cells are recorded, too."""
    found = here(tmp_path, "gates: [{tol: 0.1, against: b.json}]\n")
    applied = found.apply(of_file())
    assert [(rule.tol, rule.against, rule.line) for rule in applied.gates] == [(0.1, str(tmp_path / "b.json"), 1)]
    assert applied.cells == "record"
    assert found.of_battery(of_file())["cells"].source == "its gates"
    assert [rule.tol for rule in found.apply(of_file("[score]")).gates] == [0.0]
    by_hand = found.apply(make_battery())
    assert (by_hand.gates, by_hand.cells) == ((), "assert")
    assert found.apply(of_file(more="  cells: assert\n")).cells == "assert"


def test_a_baseline_of_the_command_line_wins_and_makes_a_gate(tmp_path: Path) -> None:
    """One of a file only fills what a gate leaves open."""
    typed = here(tmp_path, baseline="b/x.json")
    assert [rule.against for rule in typed.apply(of_file("[{against: 'tag:a'}, usd]")).gates] == [
        str(tmp_path / "cwd/b/x.json")
    ] * 2
    (made,) = typed.apply(of_file()).gates
    assert (made.name, made.alpha, made.against) == ("score", 0.05, str(tmp_path / "cwd/b/x.json"))
    told = here(tmp_path, "baseline: tag:main\n")
    assert [rule.against for rule in told.apply(of_file("[{against: 'tag:a'}, usd]")).gates] == ["tag:a", "tag:main"]
    assert told.apply(of_file()).gates == ()


def test_confirm_likewise(tmp_path: Path) -> None:
    gates = "[{confirm: 0}, usd, {metric: passed, confirm: 3}]"
    assert [rule.confirm for rule in here(tmp_path, "confirm: 5\n").apply(of_file(gates)).gates] == [0, 5, 3]
    assert [rule.confirm for rule in here(tmp_path, confirm="7").apply(of_file(gates)).gates] == [7, 7, 7]


def test_without_gates_everything_is_played_and_recorded(tmp_path: Path) -> None:
    """`--bio-no-gates` makes no failed tests of low scores."""
    battery = here(tmp_path, no_gates="true").apply(of_file("[score]", "{min: 2, max: 4, until: decided}"))
    assert (battery.gates, battery.looks, battery.seeds, battery.cells) == ((), (), (0, 1, 2, 3), "record")


def test_seeds_until_decided_need_a_gate_that_decides(tmp_path: Path) -> None:
    """It may be the project's."""
    battery = of_file(seeds="{min: 2, max: 4, until: decided}")
    with pytest.raises(SpecError) as caught:
        here(tmp_path).apply(battery)
    assert str(caught.value).startswith("/p/x.battery.yaml:4:27: nothing decides: `seeds: {until: decided}` needs gates;")
    assert here(tmp_path, "gates: [score]\n").apply(battery).looks == (2, 3, 4)


def test_seeds_from_outside_are_all_played(tmp_path: Path) -> None:
    """Whoever asks for these seeds gets them."""
    battery = of_file("[score]", "{min: 2, max: 4, until: decided}")
    assert here(tmp_path, seeds="4").apply(battery).looks == ()
    assert here(tmp_path).apply(battery, keep={"seeds"}).looks == ()
    assert here(tmp_path, "seeds: 9\n").apply(battery).looks == (2, 3, 4)


def test_a_metric_of_a_task_must_say_its_direction() -> None:
    """Before anything is paid for: a number may be better either way."""

    def asked(plan: Plan, *rules: Rule) -> list[str]:
        battery = replace(plan.battery, gates=rules)
        return [complaint.what for complaint in undirected(replace(plan, battery=battery))]

    rules = (Rule("latency", "latency", line=3), Rule(), Rule("cost", "usd"), Rule("e", "error_rate", better="lower"))
    made = make_plan()
    assert asked(made, *rules) == []
    cases = [replace(cell, case=replace(cell.case, type="task")) for cell in made.cells]
    assert asked(replace(made, cells=tuple(cases)), *rules) == [
        "gate[latency] does not say which way the metric 'latency' of the task walks/plain is better"
    ]
    assert Task("t").better == "higher"


def test_the_rules_are_frozen_as_they_will_be_judged_and_run_again(tmp_path: Path) -> None:
    """Every share of alpha is written out; nothing that is said later changes what a record asks."""
    battery = of_file("[{tol: 0.02}, {metric: usd, as: cost, better: lower}]", "{min: 2, max: 6, until: decided}")
    applied = here(tmp_path, "confirm: 5\n").apply(battery)
    made = plan(applied, make_catalog())
    spec = spec_of(made) | {"v": 1, "run": "r1"}
    assert spec["experiment.b"]["gates"] == [  # type: ignore[index,call-overload]
        {"metric": "score", "tol": 0.02, "alpha": 0.025, "max_missing": 0, "confirm": 5},
        {"metric": "usd", "as": "cost", "better": "lower", "tol": 0.0, "alpha": 0.025, "max_missing": 0, "confirm": 5},
    ]
    assert spec["resolved"]["gates_hash"] == gates_hash(applied.gates)  # type: ignore[index,call-overload]
    (again,) = batteries(read(yamltext.dump(spec), "_spec_.yaml"))
    replayed = here(tmp_path, "confirm: 9\nalpha: 0.3\nbaseline: tag:x\ngates: [passed]\n").apply(again)
    assert gates_hash(replayed.gates) == gates_hash(applied.gates)
    assert (replayed.looks, replayed.seeds, replayed.cells) == ((2, 3, 6), applied.seeds, "record")


def test_a_record_without_gates_gets_none_later(tmp_path: Path) -> None:
    spec = spec_of(make_plan()) | {"v": 1, "run": "r1"}
    (again,) = batteries(read(yamltext.dump(spec), "_spec_.yaml"))
    assert here(tmp_path, "gates: [score]\n").apply(again).gates == ()


@pytest.mark.parametrize("looks", [[3, 3], [0, 2], [1], ["1", 2], {}, [True, 2], [1, 3]])
def test_looks_of_a_record_that_cannot_be_are_none(looks: object) -> None:
    """Somebody edited it: then all its seeds are played."""
    spec = spec_of(make_plan()) | {"v": 1, "run": "r1"}
    spec["resolved"]["looks"] = looks  # type: ignore[index]
    (again,) = batteries(read(yamltext.dump(spec), "_spec_.yaml"))
    assert again.looks == ()


RULES = st.builds(
    Rule,
    st.sampled_from(["a", "b", "c"]),
    tol=st.sampled_from([0.0, 0.5]),
    alpha=st.sampled_from([0.01, 0.05]),
    margin=st.sampled_from([None, 0.1]),
    line=st.integers(0, 3),
)
SETS = st.lists(RULES, max_size=3, unique_by=lambda rule: rule.name)


@given(SETS, SETS)
def test_what_was_edited_is_told_exactly_if_the_hashes_differ(frozen: list[Rule], now: list[Rule]) -> None:
    """Where a rule stands does not matter, nor does the order they are told in."""
    alike = sorted(map(str, map(written, frozen))) == sorted(map(str, map(written, now)))
    named = {rule.name for rule in frozen} == {rule.name for rule in now}
    assert bool(edited(frozen, now)) == (not alike or not named)


def test_edits_in_words() -> None:
    frozen = (Rule(tol=0.0), Rule("gone"))
    now = (Rule(tol=0.05, margin=0.1, line=9), Rule("more"))
    assert edited(frozen, now) == (
        "gate[more] was not asked for",
        "gate[score]: `tol` was 0 and is 0.05",
        "gate[score]: `margin` was not given and is 0.1",
        "gate[gone] was asked for, and is not now",
    )
