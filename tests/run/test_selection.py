"""What a selection keeps, and what is said if it keeps nothing."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_alienbio.model import AgentEntry, Cell, Plan, ScenarioEntry, Selection
from pytest_alienbio.run import nothing_left, select, unused
from pytest_alienbio.run.plan import plan

from .parts import make_battery, make_catalog

CATALOG = make_catalog()
AGENTS = ("right", AgentEntry("greedy", label="choosy"), "noop")
PLAN = plan(
    make_battery(
        [ScenarioEntry("walks/line", difficulty="all"), "walks/plain"], AGENTS, [5, 3], tags=("nightly",), params={
            "bonus": (0.1, 0.2),
        }
    ),
    CATALOG,
)  # fmt: skip

SELECTIONS = st.builds(
    Selection,
    names=st.lists(st.sampled_from(["walks/*", "*line", "walks/plain", "none"]), max_size=2).map(tuple),
    exclude=st.lists(st.sampled_from(["walks/plain", "*line"]), max_size=1).map(tuple),
    tags=st.lists(st.sampled_from(["walking", "nightly", "none"]), max_size=2).map(tuple),
    type=st.sampled_from(["", "interactive", "task"]),
    levels=st.lists(st.sampled_from([(1, 1), (0, 2), (3, 99), (9, 9)]), max_size=2).map(tuple),
    agents=st.lists(st.sampled_from(["choosy", "greedy", "*o*", "right"]), max_size=2).map(tuple),
)


def _fits(cell: Cell, wanted: Selection) -> bool:
    """The rule, said cell by cell."""
    case = cell.case
    return (
        (not wanted.names or any(fnmatchcase(case.scenario, glob) for glob in wanted.names))
        and not any(fnmatchcase(case.scenario, glob) for glob in wanted.exclude)
        and (not wanted.tags or bool({*case.tags, "nightly"} & set(wanted.tags)))
        and wanted.type in ("", case.type)
        and wanted.at(case.difficulty)
        and (not wanted.agents or any(fnmatchcase(cell.agent.name, glob) for glob in wanted.agents))
    )


@settings(deadline=None)
@given(SELECTIONS)
def test_fields_must_all_fit_and_values_of_one_are_alternatives(wanted: Selection) -> None:
    """In the plan's order, as they were; and exactly if nothing is left, it is said why."""
    kept = select(PLAN, wanted)
    assert kept == tuple(cell for cell in PLAN.cells if _fits(cell, wanted))
    assert bool(nothing_left([PLAN], wanted)) == (not kept)


@settings(deadline=None)
@given(SELECTIONS)
def test_a_smoke_run_is_each_scenario_and_agent_once_at_its_lowest(wanted: Selection) -> None:
    """Of what the other fields keep: the lowest difficulty, of that the first params, of those the lowest seed."""
    kept = select(PLAN, wanted)
    smoke = select(PLAN, replace(wanted, smoke=True))
    pairs = [(cell.case.scenario, cell.agent.name) for cell in smoke]
    assert pairs == list(dict.fromkeys((cell.case.scenario, cell.agent.name) for cell in kept))
    for cell in smoke:
        others = [each for each in kept if (each.case.scenario, each.agent.name) == (cell.case.scenario, cell.agent.name)]
        assert cell.case.difficulty == min((each.case.difficulty for each in others), key=lambda level: level or 0)
        assert (cell.params, cell.seed) == ({"bonus": 0.1}, 3)


def test_smoke_counts_the_lowest_seed_of_the_first_params_not_of_all() -> None:
    """A lower seed of later params does not win; nor do params of a higher level."""
    entries = [
        ScenarioEntry("walks/line", difficulty=(3,), params={"bonus": 0.0}),
        ScenarioEntry("walks/line", difficulty=(2,)),
    ]
    made = plan(make_battery(entries, seeds=[4, 2]), CATALOG)
    (cell,) = select(made, Selection(smoke=True))
    assert (cell.case.difficulty, cell.case.params, cell.seed) == (2, {}, 2)


def _of(scenario: str) -> Plan:
    return plan(make_battery([scenario], ["right"]), CATALOG)


def test_a_batterys_tags_count_for_its_own_cells_only() -> None:
    """`--bio-tag` asks for tags of the scenario or of the battery."""
    assert len(select(PLAN, Selection(tags=("nightly",)))) == len(PLAN)
    assert {cell.case.scenario for cell in select(PLAN, Selection(tags=("walking",)))} == {"walks/line"}
    assert select(_of("walks/plain"), Selection(tags=("nightly",))) == ()


def test_selecting_everything_changes_nothing() -> None:
    assert select(PLAN, Selection()) is PLAN.cells


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Selection(names=("walks/lin",)), "--bio-scenario walks/lin leaves nothing; did you mean 'walks/line'?"),
        (Selection(names=("none*", "x")), "--bio-scenario none*,x leaves nothing; known: walks/line, walks/plain"),
        (Selection(agents=("greedy",)), "--bio-agent greedy leaves nothing; known: choosy, noop, right"),
        (Selection(agents=("chosy",)), "--bio-agent chosy leaves nothing; did you mean 'choosy'?"),
        (Selection(tags=("nightli",)), "--bio-tag nightli leaves nothing; did you mean 'nightly'?"),
        (Selection(levels=((7, 7),)), "--bio-difficulty 7 leaves nothing; levels there: 1, 2, 3"),
        (Selection(levels=((4, 999_999_999),)), "--bio-difficulty >=4 leaves nothing; levels there: 1, 2, 3"),
        (Selection(levels=((0, 0), (5, 9))), "--bio-difficulty 0,5-9 leaves nothing; levels there: 1, 2, 3"),
        (Selection(exclude=("*",)), "exclude * leaves nothing; it fits all there is: walks/line, walks/plain"),
        (Selection(type="task"), "type task leaves nothing; known: interactive"),
        (
            Selection(names=("*plain",), levels=((1, 1),)),
            "--bio-difficulty 1 leaves nothing of what is kept by --bio-scenario *plain; nothing there has levels",
        ),
        (
            Selection(names=("walks/*",), tags=("walking",), levels=((3, 3),), agents=("claude",)),
            "--bio-agent claude leaves nothing of what is kept by --bio-tag walking and --bio-difficulty 3; "
            "known: choosy, noop, right",
        ),
    ],
)  # fmt: skip
def test_the_option_that_leaves_nothing_is_named_with_what_there_is(wanted: Selection, said: str) -> None:
    """Of several options the first that leaves nothing, with those before it that left something out."""
    assert select(PLAN, wanted) == ()
    assert nothing_left([PLAN], wanted) == said


def test_what_exists_is_told_over_all_batteries() -> None:
    """One battery alone may well be left without cells."""
    plans = [_of("walks/line"), _of("walks/plain")]
    assert nothing_left(plans, Selection(names=("walks/plain",))) == ""
    assert nothing_left(plans, Selection(names=("x",))).endswith("known: walks/line, walks/plain")
    assert nothing_left(plans, Selection(tags=("x",))).endswith("known: walking")
    assert nothing_left(plans[1:], Selection(tags=("x",))).endswith("nothing there has a tag")
    assert nothing_left([], Selection(tags=("x",))) == "there is nothing to choose from"


def test_what_came_from_elsewhere_is_not_blamed_on_an_option() -> None:
    sources = {"tag": "ALIENBIO_TAG", "scenario": "--bio-scenario"}
    wanted = Selection(names=("*plain",), tags=("zz",))
    assert nothing_left([PLAN], wanted, sources).startswith(
        "ALIENBIO_TAG zz leaves nothing of what is kept by --bio-scenario *plain; "
    )
    assert unused([PLAN], Selection(tags=("zz", "walking")), sources) == (
        "ALIENBIO_TAG: no tag fits 'zz'; known: nightly, walking",
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Selection(), ()),
        (Selection(names=("walks/*", "walks/plain"), agents=("choosy",), tags=("nightly",), levels=((9, 9),)), ()),
        (
            Selection(names=("*line", "walks/plian")),
            ("--bio-scenario: no scenario fits 'walks/plian'; did you mean 'walks/plain'?",),
        ),
        (
            Selection(agents=("greedy", "right", "chosy")),
            (
                "--bio-agent: no agent fits 'greedy'; known: choosy, noop, right",
                "--bio-agent: no agent fits 'chosy'; did you mean 'choosy'?",
            ),
        ),
        (Selection(tags=("walk*", "walking")), ("--bio-tag: no tag fits 'walk*'; did you mean 'walking'?",)),
    ],
)
def test_words_that_fit_nothing_are_told_one_by_one(wanted: Selection, said: tuple[str, ...]) -> None:
    """Although others of the same option fit; a word that only another field leaves without cells is no such word."""
    assert unused([PLAN], wanted) == said


def test_a_word_that_fits_one_battery_is_used() -> None:
    plans = [_of("walks/line"), _of("walks/plain")]
    assert unused(plans, Selection(names=("walks/line",), tags=("walking",))) == ()
    assert unused(plans[1:], Selection(tags=("walking",))) == ("--bio-tag: no tag fits 'walking'; nothing there has a tag",)


@pytest.mark.parametrize("field", ["names", "agents", "tags"])
def test_the_sentence_stays_short_whatever_was_asked(field: str) -> None:
    made = plan(make_battery(agents=[AgentEntry("right", label=f"{i}{'long' * 40}") for i in range(9)]), CATALOG)
    wanted = replace(Selection(), **{field: tuple("x" * 500 for _ in range(50))})  # type: ignore[arg-type]
    assert len(nothing_left([made], wanted)) < 420


def test_a_name_chooses_itself_though_it_looks_like_a_glob() -> None:
    """As variations of a task may be called; so nothing that was typed is suggested in return."""
    cell = PLAN.cells[0]
    odd = replace(cell, agent=replace(cell.agent, name="Case [x]"))
    assert select(Plan(PLAN.battery, (cell, odd)), Selection(agents=("Case [x]",))) == (odd,)
