"""What a run would be, before it is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import AgentEntry, Cell, Forecast, Outcome, Plan, PlannedLeaf, Quantity, Result, ScenarioEntry
from pytest_alienbio.model.result import GENERATION
from pytest_alienbio.play import result_of
from pytest_alienbio.run import (
    adhoc_battery,
    build_catalog,
    find_project,
    forecast_battery,
    instance_cache,
    run_batch,
    together,
)
from pytest_alienbio.run.forecast import forecast
from pytest_alienbio.run.plan import plan

from .parts import make_battery, make_catalog, make_plan
from .test_history import recorded

COMPETITION = "mutualism/competition"


def foreseen(root: Path, made: Plan, workers: int = 1) -> Forecast:
    """The forecast of a whole plan of our own worlds."""
    return forecast(made, made.cells, make_catalog(), data_root=root / "data", workers=workers)


def listing(root: Path) -> dict[str, tuple[int, int]]:
    """Every path below a folder, with its size and time."""
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in root.rglob("*")}


def test_cells_are_counted_by_scenario_and_agent(tmp_path: Path) -> None:
    """In the plan's order, in whatever order they are handed over; skipped ones with their reason."""
    made = make_plan(
        ["walks/plain", ScenarioEntry("walks/line", difficulty="all")], ["right", AgentEntry("gpt-4", label="g")], range(3)
    )
    found = forecast(made, reversed(made.cells), make_catalog(), data_root=tmp_path / "data", workers=3)
    reason = "it costs money: add --bio-live (bio: --live)"
    assert found.leaves == (
        PlannedLeaf("walks/plain", "right", 3),
        PlannedLeaf("walks/plain", "g", 3, 3, reason),
        PlannedLeaf("walks/line", "right", 9),
        PlannedLeaf("walks/line", "g", 9, 9, reason),
    )
    assert (found.planned, found.selected, found.cases, found.seeds, found.workers) == (24, 24, 4, 3, 3)
    assert found.target == str(tmp_path / "data" / "results/b/{date}_{seq}")


def test_what_is_not_selected_is_not_foreseen(tmp_path: Path) -> None:
    made = make_plan(agents=["right", "half"], seeds=range(4))
    found = forecast(made, [made.cells[0]], make_catalog(), data_root=tmp_path / "data")
    assert (found.planned, found.selected, found.leaves) == (8, 1, (PlannedLeaf("walks/plain", "right", 1),))


def test_seeds_until_decided_are_foreseen_as_the_most_it_can_be(tmp_path: Path) -> None:
    """Said only where all is selected: of a part nothing is decided."""
    made = make_plan(seeds=range(8), looks=(2, 4, 8))
    whole, part = (forecast(made, cells, make_catalog(), data_root=tmp_path) for cells in (made.cells, made.cells[:1]))
    said = "that is at most: the gates look after 2, 4 and 8 seeds, and what they do not need is not played"
    assert (whole.selected, whole.notes[0]) == (8, said)
    assert said not in part.notes


def test_nothing_is_known_before_the_first_run(tmp_path: Path) -> None:
    found = foreseen(tmp_path, make_plan())
    assert found.seconds == Quantity(cells=2)
    assert found.bytes == Quantity(cells=2)
    assert found.basis == ()


def test_nothing_is_written(tmp_path: Path) -> None:
    """No data folder, no cache, and nothing touched where there are earlier runs."""
    foreseen(tmp_path / "new", make_plan())
    assert not (tmp_path / "new").exists()
    recorded(tmp_path, make_plan())
    before = listing(tmp_path)
    foreseen(tmp_path, make_plan())
    assert listing(tmp_path) == before


def test_time_comes_from_earlier_runs(tmp_path: Path) -> None:
    """Their mean for each cell, with an interval that leaves room for a slower day."""

    def change(cell: Cell, result: Result) -> Result:
        return result.with_(duration_s=2.0 + cell.seed % 3)

    recorded(tmp_path, make_plan(seeds=range(9)), change)
    seconds = foreseen(tmp_path, make_plan(seeds=range(100, 120))).seconds
    assert seconds.value == pytest.approx(60.0)
    assert (seconds.known, seconds.cells) == (20, 20)
    assert seconds.low is not None
    assert seconds.high is not None
    assert 20 < seconds.low < 50 < 70 < seconds.high < 180


def test_processes_share_the_time(tmp_path: Path) -> None:
    recorded(tmp_path, make_plan(seeds=range(9)), lambda cell, result: result.with_(duration_s=2.0 + cell.seed % 3))
    made = make_plan(seeds=range(20))
    one, four, many = (foreseen(tmp_path, made, workers).seconds.value for workers in (1, 4, 1000))
    assert one is not None
    assert four == pytest.approx(one / 4)
    assert many == pytest.approx(one / 20)


def test_partly_known_is_said(tmp_path: Path) -> None:
    """Cells of agents nobody has played yet are not guessed at."""
    recorded(tmp_path, make_plan(), lambda cell, result: result.with_(duration_s=1.0 + cell.seed))
    found = foreseen(tmp_path, make_plan(agents=["right", "half"], seeds=range(10)))
    assert (found.seconds.value, found.seconds.known, found.seconds.cells) == (15.0, 10, 20)
    assert (found.bytes.known, found.bytes.cells) == (10, 20)


def test_another_difficulty_stands_in_and_that_is_said(tmp_path: Path) -> None:
    recorded(tmp_path, make_plan(["walks/line"]))
    found = foreseen(tmp_path, make_plan([ScenarioEntry("walks/line", difficulty=(2, 3))]))
    assert (found.seconds.value, found.seconds.known) == (4.0, 4)
    assert any("2 of the cells were never played at their difficulty" in note for note in found.notes)


def test_a_cell_that_took_very_long_is_pointed_out(tmp_path: Path) -> None:
    """It stays in the sum, for it may come again; but whoever reads the sum should know."""

    def change(cell: Cell, result: Result) -> Result:
        return result.with_(duration_s=500.0 if cell.seed == 3 else 1.0)

    recorded(tmp_path, make_plan(seeds=range(10)), change)
    found = foreseen(tmp_path, make_plan(seeds=range(10)))
    assert found.seconds.value == pytest.approx(509.0)
    assert any("a single cell that once took very long" in note for note in found.notes)


def test_skipped_cells_take_no_time(tmp_path: Path) -> None:
    """Also where they played once."""
    recorded(tmp_path, make_plan(agents=["right", "gpt-4"]))
    found = foreseen(tmp_path, make_plan(agents=["right", "gpt-4"]))
    assert (found.seconds.value, found.seconds.known, found.seconds.cells) == (2.0, 2, 2)


@pytest.mark.parametrize("place", ["taken", "taken/data"])
def test_a_data_root_that_is_a_file_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "taken").write_text("a file")
    made = make_plan()
    with pytest.raises(StoreError, match="taken is no folder"):
        forecast(made, made.cells, make_catalog(), data_root=tmp_path / place)


def test_a_template_that_leads_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="output_path"):
        foreseen(tmp_path, make_plan(output_path="../{seq}"))


def test_worlds_in_the_cache_are_not_generated_again(tmp_path: Path) -> None:
    """Agents share a world, skipped ones need none; scenarios made in Python keep theirs to themselves."""
    catalog = build_catalog()
    made = plan(adhoc_battery("b", COMPETITION, ["greedy", "noop", "gpt-4"], 3), catalog)
    root = tmp_path / "data"

    def worlds() -> tuple[int, int]:
        found = forecast(made, made.cells, catalog, data_root=root)
        return found.instances, found.to_generate

    assert worlds() == (3, 3)
    environment = catalog.make_environment(made.cells[0].case, instance_cache(root))
    environment.reset(1)
    assert worlds() == (3, 2)
    plain = foreseen(tmp_path, make_plan())
    assert (plain.instances, plain.to_generate) == (0, 0)
    skipped = plan(adhoc_battery("b", COMPETITION, "gpt-4", 3), catalog)
    assert forecast(skipped, skipped.cells, catalog, data_root=root).instances == 0


def test_surfaces_share_a_world(tmp_path: Path) -> None:
    catalog = build_catalog()
    made = plan(make_battery([ScenarioEntry(COMPETITION, variants=3)], ["noop"], [0, 1]), catalog)
    found = forecast(made, made.cells, catalog, data_root=tmp_path / "data")
    assert (found.selected, found.cases, found.instances) == (6, 3, 2)


def test_generating_is_foreseen_where_it_has_been_done(tmp_path: Path) -> None:
    """And where it has not, it is said that it comes on top."""
    catalog = build_catalog()
    made = plan(adhoc_battery("b", COMPETITION, "noop", 4), catalog)

    def change(cell: Cell, result: Result) -> Result:
        generated = {GENERATION: 10.0 + cell.seed} if cell.seed < 2 else {}
        return result.with_(duration_s=1.0 + sum(generated.values()), metrics=generated)

    recorded(tmp_path / "with", made, change)
    found = forecast(made, made.cells, catalog, data_root=tmp_path / "with" / "data")
    assert found.to_generate == 4
    assert found.seconds.value == pytest.approx(4 * 1.0 + 4 * 10.5)
    recorded(tmp_path / "without", made)
    found = forecast(made, made.cells, catalog, data_root=tmp_path / "without" / "data")
    assert found.seconds.value == pytest.approx(4.0)
    assert any(note.startswith("generating 4 of the worlds is not in the time") for note in found.notes)


def test_the_size_comes_out_as_it_was(tmp_path: Path) -> None:
    """A battery played once and foreseen again: its folder's size lies in the interval, worlds of its cells are all there."""
    project, catalog, root = find_project(tmp_path), build_catalog(), tmp_path / "data"
    battery = adhoc_battery("b", COMPETITION, ["greedy", "noop", "gpt-4"], 3, difficulty=1)
    done = run_batch(battery, project, catalog, root, command=["test"])
    found = forecast_battery(battery, project, catalog, root)
    size = sum(path.stat().st_size for path in done.dat_path.rglob("*") if path.is_file())
    assert (found.instances, found.to_generate) == (3, 0)
    assert (found.bytes.known, found.bytes.cells) == (9, 9)
    assert found.bytes.value == pytest.approx(size, rel=0.01)
    assert found.bytes.low is not None
    assert found.bytes.high is not None
    assert found.bytes.low < size < found.bytes.high
    assert found.basis == (done.dat_path.relative_to(root).as_posix(),)


def test_a_battery_that_cannot_be_played_cannot_be_foreseen(tmp_path: Path) -> None:
    battery = adhoc_battery("b", "mutualism/none", "noop", 3)
    with pytest.raises(SpecError, match="unknown scenario"):
        forecast_battery(battery, find_project(tmp_path), build_catalog(), tmp_path / "data")


def test_generating_is_told_apart_when_a_cell_is_played(tmp_path: Path) -> None:
    """The first cell of a world carries it in its metrics, the next finds the world and does not."""
    battery = adhoc_battery("b", COMPETITION, ["noop", "greedy"], 1, difficulty=1)
    first, second = run_batch(battery, find_project(tmp_path), build_catalog(), tmp_path / "data", command=["test"])
    generated = first.metrics[GENERATION]
    assert isinstance(generated, float)
    assert 0 < generated < first.duration_s
    assert GENERATION not in second.metrics


def test_several_batteries_come_to_their_sum(tmp_path: Path) -> None:
    recorded(tmp_path, make_plan(), lambda cell, result: result.with_(duration_s=1.0 + cell.seed))
    one, other = foreseen(tmp_path, make_plan()), foreseen(tmp_path, make_plan(agents=["half"]))
    both = together([one, other])
    assert (both.title, both.planned, both.selected, both.leaves) == ("all 2 batteries", 4, 4, ())
    assert (both.seconds.value, both.seconds.known, both.seconds.cells) == (3.0, 2, 4)


def test_cells_that_could_not_be_played_still_fill_their_lines(tmp_path: Path) -> None:
    """A run of skipped cells only: no time but what they would take with leave, and a folder as large as it was."""
    made = make_plan(agents=["gpt-4"])
    recorded(tmp_path, made, lambda cell, result: result_of(cell, Outcome.SKIPPED, "no models" * (1 + cell.seed)))
    found = foreseen(tmp_path, made)
    assert (found.seconds.known, found.seconds.assumed) == (2, 2)
    assert found.bytes.value is not None
    assert (found.bytes.known, found.bytes.cells) == (2, 2)
