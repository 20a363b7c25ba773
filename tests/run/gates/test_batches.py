"""A run as a gate's batch: one record a cell, an outage is no number, and what was never played is there, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.model import AgentEntry, Batch, Json, Outcome, Plan, Result, ScenarioEntry, Usage
from pytest_alienbio.play.blank import result_of
from pytest_alienbio.run import build_catalog
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.plan import plan
from pytest_alienbio.store import claim

from ..parts import Lab, make_battery, make_catalog, make_plan


def recorded(lab: Lab, *results: Result, worker: str = "main") -> None:
    """Writes records as a player would."""
    cells = {cell.id: cell for cell in lab.plan.cells}
    run = lab.run(worker)
    for result in results:
        run.record(result, cells[result.id])
    run.close()


def scored(lab: Lab, at: int, score: float, **more: object) -> Result:
    """A completed record of the plan's cell `at`."""
    cell = lab.plan.cells[at]
    return result_of(cell, Outcome.COMPLETED, "").with_(**{"score": score, "passed": score >= 0.6, "ended_at": 10.0, **more})


def numbers(batch: Batch, metric: str = "score") -> list[float | None]:
    return [cell.values.get(metric) for cell in batch.cells]


def test_the_cells_of_a_run_with_their_numbers(tmp_path: Path) -> None:
    """In order of agent, scenario and unit; only what was asked for."""
    lab = Lab(tmp_path, make_plan([ScenarioEntry("walks/line", difficulty=(1, 3))], ["right", "half"], [1, 0]))
    lab.play()
    lab.close()
    batch = batch_of(lab.dat_path, ("score", "passed", "place"), project=tmp_path)
    assert [(cell.agent, cell.difficulty, cell.seed) for cell in batch.cells] == [
        (agent, level, seed) for agent in ("half", "right") for level in (1, 3) for seed in (0, 1)
    ]
    assert batch.cells[0].values == {"score": 0.5, "passed": 0.0, "place": 5.0}
    assert batch.cells[-1].values == {"score": 1.0, "passed": 1.0, "place": 10.0}
    assert batch.better == {"score": "higher", "passed": "higher", "place": "higher"}
    assert batch.dat == lab.dat_path.relative_to(tmp_path).as_posix()
    assert (batch.battery, batch.run, batch.version, batch.world) == ("b", lab.run_id, 1, "")
    case = lab.plan.cells[0].case
    version = batch.scenarios["walks/line"]
    assert (version.content, version.scoring, version.bar) == (case.content_hash, case.content_hash, "0.6")
    assert {name: (agent.hash, agent.role) for name, agent in batch.agents.items()} == {
        cell.agent.name: (cell.agent.hash, "candidate") for cell in lab.plan.cells
    }


def test_an_outage_has_no_number_however_it_was_measured(tmp_path: Path) -> None:
    """Not even its seconds: a cell that broke after a moment is no fast one."""
    lab = Lab(tmp_path, make_plan(agents=["right", "outage", "crash"], seeds=[0]))
    lab.play()
    batch = batch_of(lab.dat_path, ("score", "passed", "duration_s", "tokens"))
    assert [(cell.agent, cell.why) for cell in batch.cells] == [
        ("crash", "agent_error"),
        ("outage", "provider_error"),
        ("right", ""),
    ]
    assert [cell.values for cell in batch.cells[:2]] == [{}, {}]
    assert batch.cells[2].values.keys() == {"score", "passed", "duration_s"}


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("with_plan", [False, True])
def test_a_cell_that_was_never_played_is_there_as_not_run(tmp_path: Path, closed: bool, with_plan: bool) -> None:
    """After a crash, and when the run was closed as incomplete."""
    made = make_plan([ScenarioEntry("walks/line", difficulty="all")], ["right", "half"], [0, 1])
    lab = Lab(tmp_path, made)
    lab.play(*(cell.id for cell in made.cells[:5]))
    if closed:
        lab.close()
    batch = batch_of(lab.dat_path, plan=made if with_plan else None)
    assert len(batch.cells) == len(made) == 12
    assert [cell.why for cell in batch.cells].count("not_run") == 7
    assert sum(bool(cell.values) for cell in batch.cells) == 5


@pytest.mark.parametrize("mode", ["iterate", "sample"])
def test_axes_are_in_the_unit_played_or_not(tmp_path: Path, mode: str) -> None:
    """What a battery with `params:` plans is in its spec: of a sample nobody could count it out again."""
    battery = make_battery(
        ["walks/line"],
        ["right", AgentEntry("greedy", params={"pace_lead": 1.0})],
        [0, 1],
        params={"bonus": (0.0, 0.1, 0.2)},
        mode=mode,
        samples=2 if mode == "sample" else 0,
    )
    made = plan(battery, make_catalog())
    lab = Lab(tmp_path, made)
    lab.play(made.cells[0].id)
    batch = batch_of(lab.dat_path)
    assert {(cell.leaf, cell.unit) for cell in batch.cells} == {
        (cell.leaf, cell.unit) for cell in batch_of(lab.dat_path, plan=made).cells
    }
    assert len(batch.cells) == len(made)
    assert {cell.params for cell in batch.cells} >= {'{"bonus":0.1}'} or mode == "sample"


def test_of_several_records_the_latest_scored_one_counts(tmp_path: Path) -> None:
    """As everywhere: an outage after a score does not take it away, a later score does."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1]))
    broken = result_of(lab.plan.cells[0], Outcome.PROVIDER_ERROR, "429").with_(ended_at=99.0)
    recorded(lab, scored(lab, 0, 0.25), scored(lab, 0, 0.75, ended_at=20.0), broken, scored(lab, 1, 0.5))
    assert numbers(batch_of(lab.dat_path)) == [0.75, 0.5]


def test_one_that_was_resumed_with_other_content_has_no_version_of_its_own(tmp_path: Path) -> None:
    """Its cells ask two questions: it is like neither."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1]))
    recorded(lab, scored(lab, 0, 0.25), scored(lab, 1, 0.5, scenario_hash="0ther", key="another"))
    content = batch_of(lab.dat_path).scenarios["walks/plain"].content
    assert content == "+".join(sorted(["0ther", lab.plan.cells[0].case.content_hash]))


def test_directions_are_those_that_the_records_tell(tmp_path: Path) -> None:
    """A task's score is one of its metrics and has its direction; of others nobody tells; mixed ones are none."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1]))
    metrics: dict[str, Json] = {"loss": 0.25, "epochs": 7, "name": "x", "score": 3}
    one = scored(lab, 0, 0.25, better="lower", metrics=metrics, usage=Usage(100, None))
    recorded(lab, one, scored(lab, 1, 0.5, better="lower", scores={"loss": 0.5}))
    asked = ("score", "loss", "epochs", "metrics.epochs", "metrics.score", "name", "nowhere", "tokens", "usd", "passed")
    batch = batch_of(lab.dat_path, asked)
    assert batch.better == {
        "score": "lower", "loss": "lower", "passed": "higher", "tokens": "lower", "usd": "lower",
    }  # fmt: skip
    first = batch.cells[0].values
    assert first == {
        "score": 0.25,
        "loss": 0.25,
        "epochs": 7,
        "metrics.epochs": 7,
        "metrics.score": 3,
        "tokens": 100,
        "passed": 0,
    }
    recorded(lab, replace(one, better="higher", attempt=2, ended_at=11.0), worker="gw1")
    assert "score" not in batch_of(lab.dat_path, asked).better


def test_a_plan_says_which_cells_are_read(tmp_path: Path) -> None:
    """Of its first seeds, say: the others are no part of that look."""
    made = make_plan(agents=["right", "half"], seeds=[0, 1, 2])
    lab = Lab(tmp_path, made)
    lab.play()
    first = Plan(made.battery, tuple(cell for cell in made.cells if cell.seed < 2))
    assert [(cell.agent, cell.seed) for cell in batch_of(lab.dat_path, plan=first).cells] == [
        ("half", 0), ("half", 1), ("right", 0), ("right", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("with_plan", [False, True])
def test_who_played_in_the_place_of_a_planned_agent_is_there_instead(tmp_path: Path, with_plan: bool) -> None:
    """As `right+Mine`: no cell of `right` is missing. What a test plays beside `right` is one more, that nobody planned."""
    lab = Lab(tmp_path, make_plan(agents=["right", "half"], seeds=[0, 1]))
    first, second = (at for at, each in enumerate(lab.plan.cells) if each.agent.name == "right")
    lab.play(*(each.id for at, each in enumerate(lab.plan.cells) if at != first))
    run = lab.run("other")
    for at, ends in ((first, "]"), (second, "-Mine]")):
        cell = lab.plan.cells[at]
        name = f"{cell.id[:-1]}{ends}"
        run.record(
            scored(lab, at, 0.25).with_(id=name, agent="right+Mine"),
            replace(cell, id=name, agent=replace(cell.agent, name="right+Mine")),
        )
    run.close()
    there = [(each.agent, each.seed, each.why) for each in batch_of(lab.dat_path, plan=lab.plan if with_plan else None).cells]
    beside = [] if with_plan else [("right+Mine", 1, "")]
    assert there == [("half", 0, ""), ("half", 1, ""), ("right", 1, ""), ("right+Mine", 0, ""), *beside]


def test_a_skip_in_the_words_of_a_look_hides_no_cell_where_nobody_looked(tmp_path: Path) -> None:
    """`pytest.skip("not needed: no GPU")`, or an agent that says so, is an outage like any other."""
    lab = Lab(tmp_path, make_plan(seeds=[0, 1]))
    skipped = replace(scored(lab, 1, 0.5), outcome=Outcome.SKIPPED, reason="not needed: no GPU", score=None, scores={})
    recorded(lab, scored(lab, 0, 0.25), skipped)
    for plan_ in (None, lab.plan):
        assert [cell.why for cell in batch_of(lab.dat_path, plan=plan_).cells] == ["", "skipped"]


def test_a_run_of_an_older_version_says_less(tmp_path: Path) -> None:
    """Without scoring, worlds and what is deterministic, which is not recorded, and no seed of its own invention."""
    dat = claim(tmp_path, "r/{seq}", run_id="r1", spec={"x": 1}, fields={"battery": "b"}, command=["x"], environment={})
    batch = batch_of(dat.path)
    assert (batch.cells, batch.scenarios, batch.agents, batch.commit, batch.dirty) == ((), {}, {}, "", None)
    lab = Lab(tmp_path, make_plan())
    lab.play()
    spec = lab.dat_path / "_spec_.yaml"
    kept = [line for line in spec.read_text().splitlines() if "scoring_hash" not in line and "deterministic" not in line]
    spec.write_text("\n".join(kept))
    assert batch_of(lab.dat_path).scenarios["walks/plain"].scoring == ""
    assert len(batch_of(lab.dat_path).cells) == 2


def test_built_in_worlds_and_agents_say_what_is_deterministic(tmp_path: Path) -> None:
    """From the catalog into the run's spec."""
    made = plan(make_battery(["mutualism/competition"], ["greedy", "human"], [0]), build_catalog())
    lab = Lab(tmp_path, made)
    batch = batch_of(lab.dat_path)
    assert batch.world
    assert batch.scenarios["mutualism/competition"].deterministic
    assert batch.scenarios["mutualism/competition"].scoring != batch.scenarios["mutualism/competition"].content
    assert {name: agent.deterministic for name, agent in batch.agents.items()} == {"greedy": True, "human": False}
