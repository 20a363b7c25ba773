"""A battery over time: which runs are one series, what they say together, and what never looks like a fall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError
from pytest_alienbio.model import History, Outcome, Query, Result, Series
from pytest_alienbio.results.fields import Field
from pytest_alienbio.results.history import Anchor, history
from pytest_alienbio.results.takes import takes
from pytest_alienbio.results.together import Scenarios, mean_of
from pytest_alienbio.store import yamltext
from pytest_alienbio.store.index import Index

from .parts import cell, write_dat

DAY = 86_400
SPREAD = (-0.06, -0.02, 0.02, 0.06)
AGENTS = ("greedy", "prober")
SCENARIOS = ("m/x", "m/y")


def played(
    level: float = 0.7, *, agents: Iterable[str] = AGENTS, scenarios: Iterable[str] = SCENARIOS, day: int = 0, **more: Any
) -> list[Result]:
    """Four seeds of each, around `level`; the second agent 0.2 below."""
    return [
        cell(scenario, agent, seed, round(level - 0.2 * at + off, 4), started_at=1_760_000_000.0 + DAY * day, **more)
        for at, agent in enumerate(agents)
        for scenario in scenarios
        for seed, off in enumerate(SPREAD)
    ]


def spec(
    *,
    scenarios: Iterable[str] = SCENARIOS,
    agents: Iterable[str] = AGENTS,
    exact: bool = False,
    world: str = "",
    **scoring: str,
) -> dict[str, Any]:
    """What a run's `_spec_.yaml` says of its plan."""
    cases = [
        {"scenario": name, "difficulty": 1, "params": {}, "content_hash": f"hash of {name}", "passing_score": 0.6,
         "scoring_hash": scoring.get(name.replace("/", "_"), "s1"), "deterministic": exact}
        for name in scenarios
    ]  # fmt: skip
    return {
        "resolved": {"cases": cases, "agents": {name: {"hash": "h", "deterministic": exact} for name in agents}, "world": world}
    }


class Shelf:
    """The runs of a battery, a day apart, and what is asked of them."""

    def __init__(self, root: Path) -> None:
        self.root, self.paths = root, list[Path]()

    def put(self, results: Sequence[Result], planned: Mapping[str, Any] | None = None, *, commit: str = "") -> Shelf:
        """One more run; without a plan its spec says nothing."""
        at = len(self.paths)
        path = self.root / f"results/b/{at:03}"
        write_dat(path, results, run=f"r{at}", commit=commit or f"{at:040x}")
        if planned is not None:
            path.joinpath("_spec_.yaml").write_text(yamltext.dump({"v": 1, "run": f"r{at}", **planned}), "utf-8")
        self.paths.append(path)
        return self

    def levels(self, *levels: float, planned: Mapping[str, Any] | None = None, **more: Any) -> Shelf:
        """A run a level."""
        for level in levels:
            self.put(played(level, day=len(self.paths), **more), spec() if planned is None else planned)
        return self

    def told(self, *, anchor: int | None = None, query: Query | None = None, **options: Any) -> History:
        """Their history; `anchor`: the run that charts are pinned to."""
        with Index.open(self.root) as index:
            index.refresh()

            def pinned(number: Field) -> Anchor:
                assert anchor is not None
                return Anchor(f"run {anchor}", takes(index, Query(dats=(str(self.paths[anchor]),)), number)[0])

            return history(index, query or Query(), anchor=None if anchor is None else pinned, battery="b", **options)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty one."""
    return Shelf(tmp_path)


def of(found: History, agent: str, era: int = 0) -> Series:
    """The series of an agent."""
    [one] = [series for series in found.series if (series.agent, series.era) == (agent, era)]
    return one


def means(series: Series) -> list[float | None]:
    """Of each reading, rounded."""
    return [None if each.value.value is None else round(each.value.value, 6) for each in series.readings]


def test_each_agent_and_all_together_are_followed_in_order_of_time(shelf: Shelf) -> None:
    """In order of when runs began, whatever their folders are called; each with its interval on these scenarios."""
    for day, level in ((2, 0.72), (0, 0.7), (1, 0.71)):
        shelf.put(played(level, day=day), spec())
    found = shelf.told()
    assert [run.commit for run in found.runs] == [f"{at:040x}" for at in (1, 2, 0)]
    assert means(of(found, "greedy")) == [0.7, 0.71, 0.72]
    assert means(of(found, "prober")) == [0.5, 0.51, 0.52]
    assert means(of(found, "")) == [0.6, 0.61, 0.62]
    first = of(found, "greedy").readings[0].value
    assert first.interval is not None
    assert first.interval.low < 0.7 < first.interval.high
    assert (first.n, first.unit) == (8, "worlds")


def test_one_agent_has_the_mean_that_every_other_report_has(shelf: Shelf) -> None:
    """`mean_of` one agent is `estimates.mean`."""
    from pytest_alienbio.results.result_set import ResultSet

    results = [one for one in played(0.7) if one.agent == "greedy"]
    told = ResultSet.of(results).mean()
    mine = of(shelf.put(results, spec()).told(), "greedy").readings[0].value
    assert (mine.value, mine.interval, mine.stderr, mine.df) == (told.value, told.interval, told.stderr, told.df)


def test_agents_in_the_same_worlds_are_one_unit_of_their_mean() -> None:
    """Two copies of an agent are as sure as one, not surer by the square root of two."""
    one: Scenarios = {"m/x": {(1, seed): [0.5 + off] for seed, off in enumerate(SPREAD)}, "m/y": {(1, 0): [0.1], (1, 1): [0.3]}}
    alone, twice = mean_of([one], Field("score"), {}), mean_of([one, one], Field("score"), {})
    assert twice.value == pytest.approx(alone.value)
    assert twice.stderr == pytest.approx(alone.stderr)
    assert twice.df == pytest.approx(alone.df)
    assert twice.n == alone.n


def test_a_small_fall_that_stays_alarms_and_says_since_when(shelf: Shelf) -> None:
    """Falls of less than a standard error of a difference each: no single run looks bad."""
    found = shelf.levels(*[0.7] * 5, *[0.66] * 10).told()
    one = of(found, "greedy")
    assert one.charted
    assert one.anchor.value == pytest.approx(0.7)
    [alarm] = one.alarms
    assert (alarm.last, alarm.first) == (4, 5)
    assert alarm.again != ()
    assert [(shift.last, shift.first, shift.worse) for shift in one.shifts] == [(4, 5, True)]
    assert one.shifts[0].before == pytest.approx(0.7)
    assert one.shifts[0].after == pytest.approx(0.66)
    assert all(each.z is None or each.z > -2 for each in one.readings)
    assert one.readings[0].z is None


def test_an_anchor_that_was_lucky_alarms_where_no_level_ends_and_a_fall_after_it_is_its_own(shelf: Shelf) -> None:
    """The first run was 1.5 standard errors of a difference too good: an alarm, and nothing that ends. Then comes a fall."""
    found = shelf.levels(0.74, *[0.7, 0.69, 0.71] * 3, *[0.6] * 4).told()
    one = of(found, "greedy")
    luck, fall = one.alarms
    assert not luck.supported
    assert (luck.zero, luck.last, luck.first) == (0, 0, 1)
    assert fall.supported
    assert (fall.last, fall.first) == (9, 10)
    assert [(shift.last, shift.first) for shift in one.shifts] == [(9, 10)]


def test_a_rise_is_a_level_and_no_alarm(shelf: Shelf) -> None:
    one = of(shelf.levels(*[0.6] * 5, *[0.7] * 5).told(), "greedy")
    assert one.charted
    assert one.alarms == ()
    assert [shift.worse for shift in one.shifts] == [False]


def test_where_lower_is_better_a_rise_is_the_fall(shelf: Shelf) -> None:
    one = of(shelf.levels(*[0.3] * 5, *[0.4] * 5, better="lower").told(), "greedy")
    assert len(one.alarms) >= 1
    assert [shift.worse for shift in one.shifts] == [True]


@pytest.mark.parametrize(("runs", "charted"), [(7, False), (8, True)])
def test_a_chart_begins_with_eight_runs(shelf: Shelf, runs: int, charted: bool) -> None:
    """Below it says so."""
    one = of(shelf.levels(*[0.7, 0.71] * 3, *[0.7] * (runs - 6)).told(), "greedy")
    assert one.charted is charted
    assert one.why == ("" if charted else "7 runs from the anchor on: a chart begins with 8")


def test_the_chance_of_a_false_alarm_is_that_of_an_anchor_as_large_as_a_run(shelf: Shelf) -> None:
    from pytest_alienbio.stats.drift import alarm_chance

    one = of(shelf.levels(*[0.7] * 9).told(), "greedy")
    assert one.chance == pytest.approx(alarm_chance(8, 0.5), abs=1e-9)


def test_a_run_with_more_seeds_is_a_better_anchor(shelf: Shelf) -> None:
    """It may lie before, and the chart begins after it."""
    many = [
        cell(scenario, agent, seed, round(0.7 + SPREAD[seed % 4], 4), started_at=1.0)
        for agent in AGENTS for scenario in SCENARIOS for seed in range(80)
    ]  # fmt: skip
    shelf.put(many, spec()).levels(*[0.7] * 9)
    pinned, first = of(shelf.told(anchor=0), "greedy"), of(shelf.told(since=2.0), "greedy")
    assert pinned.chance is not None
    assert first.chance is not None
    assert pinned.chance < 0.6 * first.chance
    assert pinned.anchor_run == 0


def test_runs_before_the_anchor_are_not_charted(shelf: Shelf) -> None:
    found = shelf.levels(0.9, 0.9, *[0.7] * 8).told(anchor=2)
    one = of(found, "greedy")
    assert [each.z is None for each in one.readings] == [True] * 3 + [False] * 7
    assert one.alarms == ()


# -- breaks


def test_a_changed_scenario_begins_another_stretch(shelf: Shelf) -> None:
    """Never averaged over: a scenario that got easier is no better agent."""
    shelf.levels(0.5, 0.5)
    edited = [one.with_(scenario_hash="edited") if one.scenario == "m/x" else one for one in played(0.9, day=2)]
    shelf.put(edited, spec())
    found = shelf.told()
    assert [era.runs for era in found.eras] == [(0, 1), (2,)]
    assert found.eras[1].began == ("m/x is changed",)
    assert means(of(found, "greedy", 0)) == [0.5, 0.5]
    assert means(of(found, "greedy", 1)) == [0.9]
    assert all(series.shifts == () for series in found.series)


@pytest.mark.parametrize(
    ("planned", "scenarios", "said"),
    [
        (spec(scenarios=("m/x",)), ("m/x",), "m/y is no longer played"),
        (spec(scenarios=("m/x", "m/y", "m/z")), ("m/x", "m/y", "m/z"), "m/z is new"),
        (spec(m_y="s2"), SCENARIOS, "m/y is scored by other rules"),
        (spec(world="2"), SCENARIOS, "the world of version 1 is of version 2"),
    ],
)
def test_what_makes_means_incomparable_is_said(
    shelf: Shelf, planned: dict[str, Any], scenarios: Sequence[str], said: str
) -> None:
    found = shelf.levels(0.7, planned=spec(world="1")).put(played(0.7, day=1, scenarios=scenarios), planned).told()
    assert [era.runs for era in found.eras] == [(0,), (1,)]
    assert found.eras[1].began == (said,)


def test_other_levels_are_another_stretch(shelf: Shelf) -> None:
    found = shelf.put(played(0.7)).put(played(0.4, day=1, difficulty=2)).told()
    assert found.eras[1].began == ("m/x, m/y are played at other levels or with other params",)


def test_a_battery_that_goes_back_is_in_its_old_stretch_again(shelf: Shelf) -> None:
    shelf.levels(0.7)
    shelf.put([one.with_(scenario_hash="edited") for one in played(0.7, day=1)], spec())
    shelf.levels(0.7)
    assert [era.runs for era in shelf.told().eras] == [(0, 2), (1,)]


def test_what_does_not_tell_its_version_is_taken_for_the_same(shelf: Shelf) -> None:
    """Specs of an older version say nothing of scoring and world."""
    found = shelf.levels(0.7).put(played(0.7, day=1)).levels(0.7, planned=spec(world="1")).told()
    assert [era.runs for era in found.eras] == [(0, 1, 2)]


# -- what is missing


def lost(results: Sequence[Result], gone: Callable[[Result], bool]) -> list[Result]:
    """An outage on some cells."""
    return [
        one.with_(outcome=Outcome.PROVIDER_ERROR, score=None, passed=None) if gone(one) else one for one in results
    ]  # fmt: skip


def test_an_outage_is_no_fall(shelf: Shelf) -> None:
    """The better scenario was not reached: the run has no number, and is in no chart and no level."""
    levels = {"m/x": 0.9, "m/y": 0.3}
    for day in range(10):
        cells = [one.with_(score=round(levels[one.scenario] + SPREAD[one.seed], 4)) for one in played(day=day)]
        shelf.put(lost(cells, lambda one: one.scenario == "m/x") if day == 6 else cells, spec())
    found = shelf.told()
    one = of(found, "greedy")
    assert one.readings[6].why == "1 of 2 cases have no number"
    assert one.readings[6].z is None
    assert dict(one.readings[6].value.missing) == {"provider_error": 4}
    assert (one.alarms, one.shifts) == ((), ())
    together = of(found, "").readings[6]
    assert together.value.value is None
    assert together.why == "2 of 4 cases have no number"


def test_too_many_missing_cells_leave_a_run_out(shelf: Shelf) -> None:
    """Which seeds are missing may decide the mean."""
    shelf.levels(0.7, 0.7).put(lost(played(0.7, day=2), lambda one: one.seed == 3), spec())
    one = of(shelf.told(), "greedy")
    assert one.readings[2].why == "2 of 8 cells have no number"
    assert one.readings[2] not in one.values


def test_what_one_agent_lost_does_not_make_the_other_weigh_more(shelf: Shelf) -> None:
    """All together: the mean of the agents, not of the cells that are left."""
    many = [cell(scenario, agent, seed, level, started_at=1.0) for scenario in SCENARIOS
            for agent, level in (("greedy", 0.9), ("prober", 0.3)) for seed in range(20)]  # fmt: skip
    kept = lost(many, lambda one: one.agent == "greedy" and one.seed == 7)
    together = of(shelf.put(kept, spec()).told(), "").readings[0]
    assert together.why == ""
    assert together.value.value == pytest.approx(0.6)


def test_a_run_of_some_scenarios_has_no_number(shelf: Shelf) -> None:
    """`-k m/x`: the spec still says what the battery is."""
    found = shelf.levels(0.7).put(played(0.9, day=1, scenarios=("m/x",)), spec()).told()
    assert len(found.eras) == 1
    assert of(found, "greedy").readings[1].why == "1 of 2 cases have no number"


def test_a_run_of_one_agent_is_whole_for_that_agent(shelf: Shelf) -> None:
    found = shelf.levels(0.7).put(played(0.72, day=1, agents=("greedy",)), spec()).told()
    assert means(of(found, "greedy")) == [0.7, 0.72]
    assert len(of(found, "prober").readings) == 1
    assert len(of(found, "").readings) == 1


def test_agents_that_some_runs_never_planned_are_not_in_the_mean_of_all(shelf: Shelf) -> None:
    shelf.levels(0.7).put(played(0.7, day=1, agents=(*AGENTS, "late")), spec(agents=(*AGENTS, "late")))
    found = shelf.told()
    assert of(found, "").agents == AGENTS
    assert means(of(found, "")) == [0.6, 0.6]


# -- series without standard errors


def test_of_what_is_declared_and_seen_to_repeat_any_change_is_a_step(shelf: Shelf) -> None:
    one = of(shelf.levels(0.7, 0.7, 0.6999, 0.6999, planned=spec(exact=True)).told(), "greedy")
    assert one.kind == "exact"
    assert [(shift.last, shift.first) for shift in one.shifts] == [(1, 2)]
    assert "any change is a step" in one.why


@pytest.mark.parametrize("exact", [False, True])
def test_what_was_never_seen_to_repeat_is_no_deterministic_series(shelf: Shelf, exact: bool) -> None:
    """Declared, and no two runs agree: their differences are noise. Not declared: that they agree may be luck."""
    levels = (0.7, 0.701, 0.7, 0.701) if exact else (0.7, 0.7, 0.701, 0.701)
    one = of(shelf.levels(*levels, planned=spec(exact=exact)).told(), "greedy")
    assert (one.kind, one.shifts) == ("means", ())


def test_a_single_seed_tells_no_spread_and_no_levels(shelf: Shelf) -> None:
    for day, level in enumerate((0.7, 0.7, 0.2, 0.2)):
        shelf.put([one for one in played(level, day=day) if one.seed == 0], spec())
    one = of(shelf.told(), "greedy")
    assert (one.kind, one.shifts) == ("means", ())
    assert one.why == "no run tells its spread: it takes two seeds a scenario"


def test_all_equal_scores_are_steady(shelf: Shelf) -> None:
    for day in range(9):
        shelf.put([one.with_(score=1.0) for one in played(day=day)], spec())
    one = of(shelf.told(), "greedy")
    assert (one.alarms, one.shifts, one.kind) == ((), (), "exact")


def test_durations_have_levels_of_medians_and_no_chart(shelf: Shelf) -> None:
    """Less is better, one slow run is no level."""
    for day, seconds in enumerate([1.0, 1.1, 0.9, 1.0, 1.1, 1.0, 2.1, 2.0, 1.9, 3.5, 2.1, 2.0, 2.0, 2.1]):
        shelf.put([one.with_(duration_s=seconds) for one in played(day=day)], spec())
    found = shelf.told(metric="duration_s")
    one = of(found, "greedy")
    assert (found.better, one.kind, one.charted) == ("lower", "long tail", False)
    assert [(shift.first, shift.before, shift.after, shift.worse) for shift in one.shifts] == [(6, 1.0, 2.05, True)]
    assert all(each.value.interval is None for each in one.readings)


@pytest.mark.parametrize("size", [1e-300, 1e140, 1e300])
def test_numbers_of_any_size_break_nothing(shelf: Shelf, size: float) -> None:
    """What has no square among the floats is missing; what is so small that its square is 0 has no spread."""
    for day in range(9):
        shelf.put([one.with_(metrics={"m": size * (1 + one.seed)}) for one in played(day=day)], spec())
    one = of(shelf.told(metric="m"), "greedy")
    assert (one.alarms, one.shifts) == ((), ())
    assert dict(one.readings[0].value.missing) == ({"too large to compare": 8} if size == 1e300 else {})


# -- and the rest


def test_a_trend_is_told_from_ten_runs_on(shelf: Shelf) -> None:
    shelf.levels(*[0.7 + 0.001 * at for at in range(9)])
    assert of(shelf.told(), "greedy").tau is None
    one = of(shelf.levels(0.72).told(), "greedy")
    assert one.tau == pytest.approx(1.0)
    assert one.tau_p is not None
    assert one.tau_p < 0.01


def test_an_agent_with_other_settings_is_told_and_followed(shelf: Shelf) -> None:
    shelf.levels(0.7, 0.7).put([one.with_(agent_hash="other") for one in played(0.7, day=2)], spec())
    assert [each.other_agent for each in of(shelf.told(), "greedy").readings] == [False, False, True]


def test_an_anchor_of_another_version_is_refused_with_its_reason(shelf: Shelf) -> None:
    shelf.put([one.with_(scenario_hash="old") for one in played(0.7)], spec()).levels(0.7, 0.7)
    one = of(shelf.told(anchor=0), "greedy", 1)
    assert one.why == "run 0 cannot be the anchor: since then m/x, m/y are changed"


def test_a_shift_of_all_scores_shifts_the_means_and_nothing_else(tmp_path: Path) -> None:
    levels = [0.5, 0.52, 0.49, 0.5, 0.51, 0.45, 0.44, 0.46, 0.45]
    here, there = (
        of(Shelf(tmp_path / f"{shift}").levels(*[level + shift for level in levels]).told(), "greedy") for shift in (0, 0.25)
    )
    assert [float(each.value) for each in there.readings] == pytest.approx([float(each.value) + 0.25 for each in here.readings])
    assert [each.z for each in there.readings] == [pytest.approx(each.z) for each in here.readings]
    assert [(one.last, one.first) for one in there.shifts] == [(one.last, one.first) for one in here.shifts]


def test_scores_of_both_directions_have_no_history(shelf: Shelf) -> None:
    shelf.put([one.with_(better="lower") if one.scenario == "m/y" else one for one in played()], spec())
    with pytest.raises(SpecError, match="no common mean; ask for scenarios of one kind"):
        shelf.told()
    assert means(of(shelf.told(query=Query(scenarios=("m/y",))), "greedy")) == [0.7]
