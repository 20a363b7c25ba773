"""Worlds generated before they are met."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_alienbio.errors import GenerationError
from pytest_alienbio.model import Case, Environment, InstanceCache, Plan, ScenarioEntry
from pytest_alienbio.play import Catalog, ScenarioInfo
from pytest_alienbio.resources import FileCache
from pytest_alienbio.run import build_catalog
from pytest_alienbio.run import warm as module
from pytest_alienbio.run.durations import Durations
from pytest_alienbio.run.plan import plan
from pytest_alienbio.run.warm import LOST, Warmed, World, usable_cpus, warm, worlds_of

from .parts import Line, make_battery, make_catalog

COMPETITION, REFUGE = "mutualism/competition", "population/refuge"


def made_of(name: str, made: list[int], fails_at: int = -1) -> World:
    """The world of seed 0 of a scenario in Python that keeps its worlds."""

    class Kept(Line):
        cache: InstanceCache | None = None

        def reset(self, seed: int, /) -> object:  # type: ignore[override]
            def make() -> dict[str, int]:
                made.append(seed)
                if seed == fails_at:
                    raise GenerationError("none found", {"trivial": 40})
                return {"seed": seed}

            assert self.cache
            self.cache.fetch(f"{name} {seed}", make, lambda value: value == {"seed": seed})
            return super().reset(seed)

    def build(case: Case, cache: InstanceCache | None) -> Environment:
        line = Kept()
        line.cache = cache
        return line  # type: ignore[return-value]

    info = ScenarioInfo(name, build, cache_key=lambda case, seed: f"{name} {seed}")
    return World(info, info.case(), 0, f"{name} 0")


def seeds(world: World, *seeds: int) -> list[World]:
    """The same scenario at other seeds."""
    return [replace(world, seed=seed, key=f"{world.info.name} {seed}") for seed in seeds]


def shipped(*scenarios: str, seeds: int = 1, agents: tuple[str, ...] = ("greedy", "noop")) -> tuple[Plan, Catalog]:
    """A plan over shipped scenarios at their first level."""
    catalog = build_catalog()
    entries = [ScenarioEntry(name, difficulty=(1,)) for name in scenarios]
    return plan(make_battery(entries, agents, range(seeds)), catalog), catalog


def told(done: list[Warmed]) -> list[tuple[int, bool, str]]:
    """Seed, whether it was made, and why it is not there."""
    return [(one.world.seed, one.made_s is not None, one.reason) for one in done]


def test_agents_and_surfaces_share_a_world() -> None:
    """And what keeps no worlds has none."""
    made, catalog = shipped(COMPETITION, seeds=3)
    found = worlds_of([*made.cells, *(replace(cell, case=replace(cell.case, variant=2)) for cell in made.cells)], catalog)
    assert [(world.name, world.seed) for world in found] == [
        (f"{COMPETITION}, difficulty 1, seed {seed}", seed) for seed in (0, 1, 2)
    ]
    assert worlds_of(plan(make_battery(), make_catalog()).cells, make_catalog()) == []


def test_a_world_is_made_once_and_made_again_if_it_is_damaged(tmp_path: Path) -> None:
    made: list[int] = []
    worlds = seeds(made_of("own", made), 0, 1)
    assert told(warm(worlds, tmp_path)) == [(0, True, ""), (1, True, "")]
    assert told(warm(worlds, tmp_path)) == [(0, False, ""), (1, False, "")]
    file = sorted(tmp_path.glob("*/*.json"))[0]
    file.write_bytes(file.read_bytes()[:-3])
    assert sum(one.made_s is not None for one in warm(worlds, tmp_path)) == 1
    assert len(made) == 3


def test_one_that_cannot_be_made_says_why_and_the_others_are_made(tmp_path: Path) -> None:
    heard: list[Warmed] = []
    worlds = seeds(made_of("own", [], fails_at=1), 0, 1, 2)
    done = warm(worlds, tmp_path, on_world=heard.append)
    assert told(done) == [(0, True, ""), (1, True, "none found"), (2, True, "")]
    assert heard == done


def test_a_cache_that_cannot_be_written_is_a_reason(tmp_path: Path) -> None:
    """Nothing would be warm then."""
    (tmp_path / "cache").write_text("a file")
    [one] = warm([made_of("own", [])], tmp_path / "cache")
    assert one.reason.startswith(f"instances are not cached in {tmp_path / 'cache'}")


def test_what_took_longest_before_begins_first(tmp_path: Path) -> None:
    order: list[str] = []
    worlds = [made_of(name, []) for name in ("a", "b", "c")]
    known = Durations(worlds={"a": 1.0, "b": 3.0, "c": 2.0})
    warm(worlds, tmp_path, known=known, on_world=lambda one: order.append(one.world.info.name))
    assert order == ["b", "c", "a"]


def test_processes_make_what_one_would(tmp_path: Path) -> None:
    """Bit for bit, by what they read from the scenario's file; what no file says is made here."""
    made, catalog = shipped(COMPETITION, REFUGE)
    here: list[int] = []
    worlds = [*worlds_of(made.cells, catalog), made_of("own", here)]
    done = warm(worlds, tmp_path / "many", jobs=2)
    assert sorted((one.world.info.name, one.reason) for one in done) == [(COMPETITION, ""), ("own", ""), (REFUGE, "")]
    assert all(one.made_s for one in done)
    assert here == [0]
    [alone] = warm(worlds[:1], tmp_path / "one")
    assert alone.made_s
    files = [next((tmp_path / root).rglob(f"{worlds[0].key}.json")) for root in ("many", "one")]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert json.loads(files[0].read_bytes())["value"]["plan"]


def die() -> None:
    """In place of a process's beginning."""
    os._exit(1)


def test_processes_that_die_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every world that is not there has its reason; what needs no process is made."""
    monkeypatch.setattr(module, "_begin", die)
    made, catalog = shipped(COMPETITION, seeds=3)
    done = warm([*worlds_of(made.cells, catalog), made_of("own", [])], tmp_path, jobs=2)
    assert sorted((one.world.info.name, one.reason) for one in done) == [*[(COMPETITION, LOST)] * 3, ("own", "")]


def test_a_file_that_changed_is_no_world_of_the_plan(tmp_path: Path) -> None:
    """What is made then would be under another key, and nobody would find it."""
    made, catalog = shipped(COMPETITION)
    source = Path(catalog.scenario(COMPETITION).source)
    copy = tmp_path / "copy.yaml"
    copy.write_text(source.read_text() + "# other\n")
    [world] = worlds_of(made.cells, catalog)
    other = replace(world, info=replace(world.info, source=str(copy)), key="0" * 64)
    found = module._made_there(str(copy), other.case, other.seed, other.key, str(tmp_path))
    assert found == (None, f"{copy} has changed meanwhile")
    copy.write_text("nothing: here")
    made_s, reason = module._made_there(str(copy), other.case, other.seed, other.key, str(tmp_path))
    assert made_s is None
    assert str(copy) in reason
    assert not FileCache(tmp_path).has(other.key)


def test_there_is_at_least_one_cpu() -> None:
    assert 1 <= usable_cpus() <= (os.cpu_count() or 1)
