"""A cell that is cut off and goes on from its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from numpy.random import default_rng

from pytest_alienbio.agents import NoopAgent, RandomAgent
from pytest_alienbio.errors import StoreError
from pytest_alienbio.model import (
    Action,
    AgentProfile,
    Cell,
    CellLimits,
    Checkpoint,
    Environment,
    InstanceCache,
    Json,
    Observation,
    Outcome,
    Result,
)
from pytest_alienbio.play import Catalog, older_scenario, run_cell
from pytest_alienbio.play.continuing import CONTINUED, NOT_KEPT
from pytest_alienbio.resources import FileCache
from pytest_alienbio.run import build_catalog
from pytest_alienbio.scenarios.older.template import read_older
from pytest_alienbio.scenarios.older.text import TAGS
from pytest_alienbio.spec.reader import read
from pytest_alienbio.store import CheckpointFile
from pytest_alienbio.testing import Pond

from ..scenarios.older.test_template import POOL
from .worlds import Counter, Says, make_catalog, make_cell

POOL_NAME = "pools/first"
PARAMS: dict[str, dict[str, Json]] = {
    "scripted": {"actions": ["wait", {"name": "wait", "params": {"steps": 3}}, "nonsense", "wait", "wait", "wait"]},
    "simulated-llm": {"rate_malformed": 0.2, "skill": 0.8},
}
AGENTS = ("oracle", "inquirer", "greedy", "prober", "random", "noop", "scripted", "simulated-llm")


@cache
def catalog() -> Catalog:
    """What is shipped, and a world of the older format."""
    shipped = build_catalog()
    pool = older_scenario(read_older(read(POOL, "pool.yaml", tags=TAGS)))
    return Catalog({**shipped.scenarios, POOL_NAME: pool}, shipped.agents)


PAIRS = [
    (scenario, agent)
    for scenario in (*build_catalog().scenarios, POOL_NAME)
    for agent in AGENTS
    if (scenario, agent) != (POOL_NAME, "oracle")  # a world of the older format has no solution to replay
]


class CutError(KeyboardInterrupt):
    """The end of a process, as far as the cell can tell."""


class Keeper:
    """A keeper in a folder, after whose `last`th checkpoint nothing more is done in this process."""

    def __init__(self, folder: Path, *, every: int = 1, last: int = 10**9) -> None:
        self.file = CheckpointFile(folder, "0" * 64, "a cell")
        self.every, self.left = every, last
        self.lacks: list[str] = []
        self.saved: list[int] = []

    def load(self) -> Checkpoint | None:
        return self.file.load()

    def save(self, checkpoint: Checkpoint) -> None:
        self.file.save(checkpoint)
        self.saved.append(checkpoint.trajectory.steps)
        self.left -= 1
        if not self.left:
            raise CutError

    def lacking(self, what: str) -> None:
        self.lacks.append(what)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> InstanceCache:
    """Each instance is generated once."""
    return FileCache(tmp_path_factory.mktemp("worlds"))


def catalog_of(world: Callable[[], Environment]) -> Catalog:
    return make_catalog(world, {"random": RandomAgent})


def cell_of(scenario: str, agent: str, seed: int = 3) -> Cell:
    info = catalog().scenario(scenario)
    case = info.case(min(info.levels) if info.levels else None)
    return Cell("b", case, AgentProfile(agent, agent, PARAMS.get(agent, {})), seed, f"{scenario}[{agent}-s{seed}]")


def outcome_of(result: Result) -> dict[str, Any]:
    """All that must not depend on whether it was cut off."""
    metrics = {name: value for name, value in result.metrics.items() if name != CONTINUED}
    kept = ("outcome", "reason", "score", "scores", "passed", "usage", "error", "properties", "trajectory")
    return {**{name: getattr(result, name) for name in kept}, "metrics": metrics}


@pytest.mark.parametrize(("scenario", "agent"), PAIRS)
def test_a_cell_that_was_cut_off_ends_as_if_it_had_not_been(
    scenario: str, agent: str, tmp_path: Path, worlds: InstanceCache
) -> None:
    """Every scenario x every agent of ours, cut off twice at places drawn from a seed that is part of the name."""
    cell = cell_of(scenario, agent)
    whole = run_cell(cell, catalog(), cache=worlds)
    assert whole.trajectory is not None
    calls = whole.trajectory.steps
    assert calls > 1, whole.reason
    stops = sorted(default_rng(crc32(cell.id.encode())).choice(range(1, calls), min(2, calls - 1), replace=False).tolist())
    for stop, before in zip(stops, [0, *stops], strict=False):
        with pytest.raises(CutError):
            run_cell(cell, catalog(), cache=worlds, keeper=Keeper(tmp_path, last=stop - before))
    result = run_cell(cell, catalog(), cache=worlds, keeper=Keeper(tmp_path))
    assert outcome_of(result) == outcome_of(whole)
    assert result.metrics.get(CONTINUED) == max(stops, default=None)


def test_every_so_many_calls_but_not_after_the_last(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, every=3)
    result = run_cell(make_cell(), make_catalog(), keeper=keeper)
    assert result.trajectory is not None
    assert (result.trajectory.steps, keeper.saved) == (10, [3, 6, 9])
    assert result.metrics == {}


def test_a_cell_goes_on_and_does_not_play_again_what_was_played(tmp_path: Path) -> None:
    """The agent is asked for the rest only, and its times and limits are those of all parts together."""
    with pytest.raises(CutError):
        run_cell(make_cell(), make_catalog(), keeper=Keeper(tmp_path, last=7), clock=lambda: 1000.0)
    asked: list[int] = []

    class Counting(NoopAgent):
        def decide(self, observation: Observation, /) -> Action:
            asked.append(observation.step)
            return super().decide(observation)

        def checkpoint(self) -> Json:
            return len(asked)

        def restore(self, state: Json, /) -> None:
            asked.append(-1)

    result = run_cell(make_cell(), make_catalog(agents={"noop": Counting}), keeper=Keeper(tmp_path), clock=lambda: 2000.0)
    assert (asked, result.metrics) == ([-1, 7, 8, 9], {CONTINUED: 7})
    assert (result.started_at, result.ended_at) == (1000.0, 2000.0)


# A cell's time may be up between the opening of a checkpoint's file and the `with` that closes it: then the collector does.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_seconds_of_the_parts_add_up_and_the_limit_holds_for_their_sum(tmp_path: Path) -> None:
    with pytest.raises(CutError):
        run_cell(make_cell(), make_catalog(), keeper=Keeper(tmp_path, last=4))
    kept = Keeper(tmp_path)
    before = kept.load()
    assert before is not None
    longer = Checkpoint(
        before.trajectory, before.observation, before.agent, before.environment, before.started_at, duration_s=100.0
    )
    kept.file.save(longer)
    assert 100.0 < run_cell(make_cell(), make_catalog(), keeper=kept).duration_s < 130.0
    kept.file.save(longer)
    late = run_cell(make_cell(), make_catalog(), keeper=kept, limits=CellLimits(wall_clock_s=99.0))
    assert (late.outcome, late.reason) == (Outcome.TIMED_OUT, "cell ran longer than 99 s")
    kept.file.save(longer)
    cut = run_cell(make_cell(), make_catalog(), keeper=kept, limits=CellLimits(steps=5))
    assert (cut.outcome, cut.trajectory and cut.trajectory.steps) == (Outcome.TRUNCATED, 5)


def test_a_checkpoint_beyond_the_limit_of_calls_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(CutError):
        run_cell(make_cell(), make_catalog(), keeper=Keeper(tmp_path, last=7))
    result = run_cell(make_cell(), make_catalog(), keeper=Keeper(tmp_path), limits=CellLimits(steps=3))
    assert result.trajectory is not None
    assert (result.outcome, result.trajectory.steps) == (Outcome.TRUNCATED, 3)
    assert result.metrics == {NOT_KEPT: "played from its start: the checkpoint has 7 calls, more than the limit"}


def test_who_offers_no_checkpoint_is_named_and_played(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    silent = make_catalog(Counter)
    assert run_cell(make_cell(), silent, keeper=keeper).outcome is Outcome.COMPLETED
    agent = make_catalog(agents={"says": lambda: Says(lambda seen: Action("wait"))})
    assert run_cell(make_cell("says"), agent, keeper=keeper).outcome is Outcome.COMPLETED
    assert keeper.lacks == [
        "scenario 'pond/small' offers no checkpoint() and restore()",
        "agent 'says' offers no checkpoint() and restore()",
    ]
    assert not keeper.saved


def test_a_subclass_that_acts_otherwise_has_to_offer_its_own(tmp_path: Path) -> None:
    """It may remember more than what its parent keeps."""

    class Moody(NoopAgent):
        def decide(self, observation: Observation, /) -> Action:
            return Action("wait")

    class Sturdy(Moody):
        def checkpoint(self) -> Json:
            return 1

        def restore(self, state: Json, /) -> None: ...

    class Shy(Sturdy): ...

    for kind, lacks in ((Moody, 1), (Sturdy, 0), (Shy, 0)):
        keeper = Keeper(tmp_path)
        run_cell(make_cell(), make_catalog(agents={"noop": kind}), keeper=keeper)
        assert len(keeper.lacks) == lacks


def test_one_that_takes_another_ones_place_has_no_checkpoints(tmp_path: Path) -> None:
    """Whoever made it could not make it again."""
    keeper = Keeper(tmp_path)
    world: Environment = Pond()
    run_cell(make_cell(), make_catalog(), keeper=keeper, environment=world)
    assert (keeper.saved, keeper.lacks) == ([], [])


class Broken(Pond):
    """A world whose checkpoints are no good, in one of several ways."""

    way = ""

    def checkpoint(self) -> Json:
        if self.way == "raises":
            raise OSError("no room")
        return {"silt": float("nan")} if self.way == "nan" else super().checkpoint()

    def restore(self, state: Json, /) -> None:
        if self.way == "stays":
            raise SystemExit("not again")
        if self.way != "elsewhere":
            super().restore(state)


@pytest.mark.parametrize(("way", "said"), [("raises", "OSError: no room"), ("nan", "is nan, not a finite number")])
def test_what_cannot_be_saved_is_noted_and_the_cell_plays_on(way: str, said: str, tmp_path: Path) -> None:
    world = type("World", (Broken,), {"way": way})
    keeper = Keeper(tmp_path, every=2)
    result = run_cell(make_cell(), make_catalog(world), keeper=keeper)
    assert result.outcome is Outcome.COMPLETED
    note = str(result.metrics[NOT_KEPT])
    assert note.startswith("nothing was saved from call 2 on: ")
    assert said in note
    assert not keeper.saved


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("stays", "the checkpoint could not be restored: SystemExit: not again"),
        ("elsewhere", "the scenario's restore() leads to another state than its checkpoint() was taken in"),
    ],
)
def test_what_does_not_come_back_is_noted_and_the_cell_starts_anew(way: str, said: str, tmp_path: Path) -> None:
    """With a fresh agent and a fresh environment; the one that failed is closed."""
    with pytest.raises(CutError):
        run_cell(make_cell("random"), catalog_of(Pond), keeper=Keeper(tmp_path, last=5))
    closed: list[int] = []
    world = type("World", (Broken,), {"way": way, "close": lambda self: closed.append(1)})
    result = run_cell(make_cell("random"), catalog_of(world), keeper=Keeper(tmp_path), limits=CellLimits(wall_clock_s=60))
    whole = run_cell(make_cell("random"), catalog_of(Pond))
    assert (result.trajectory, result.score) == (whole.trajectory, whole.score)
    assert result.metrics == {NOT_KEPT: f"played from its start: {said}"}
    assert len(closed) == 2


def test_a_damaged_one_is_noted_and_the_cell_starts_anew(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, last=5)
    with pytest.raises(CutError):
        run_cell(make_cell(), make_catalog(), keeper=keeper)
    whole = bytearray(keeper.file.path.read_bytes())
    whole[-9] ^= 4
    keeper.file.path.write_bytes(whole)
    result = run_cell(make_cell(), make_catalog(), keeper=Keeper(tmp_path))
    assert (result.outcome, result.duration_s < 60) == (Outcome.COMPLETED, True)
    assert "its checksum is wrong" in str(result.metrics[NOT_KEPT])


def test_a_world_that_starts_elsewhere_is_another_one(tmp_path: Path) -> None:
    """The file's name says whose it is; this is the second lock."""
    with pytest.raises(CutError):
        run_cell(make_cell(seed=1), make_catalog(), keeper=Keeper(tmp_path, last=5))
    result = run_cell(make_cell(seed=2), make_catalog(), keeper=Keeper(tmp_path))
    assert result.metrics == {NOT_KEPT: "played from its start: the checkpoint is of a world that starts elsewhere"}


def test_a_disk_that_is_full_ends_no_cell(tmp_path: Path) -> None:
    class Full(Keeper):
        def save(self, checkpoint: Checkpoint) -> None:
            raise StoreError("cannot write x: No space left on device")

    result = run_cell(make_cell(), make_catalog(), keeper=Full(tmp_path, every=4))
    assert result.outcome is Outcome.COMPLETED
    assert "No space left on device" in str(result.metrics[NOT_KEPT])
