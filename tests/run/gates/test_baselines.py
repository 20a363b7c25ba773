"""What `against:` means: a file beside the battery, an earlier run, a tag, an agent; and what is said where there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, StoreError
from pytest_alienbio.model import Baseline, Blessing
from pytest_alienbio.run.gates.baselines import agent_run, agents_baselines, baseline_of, file_of, home_of
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.store.annotations import tag
from pytest_alienbio.store.baseline import default_path, write_baseline

from ..parts import Lab, make_plan


def found(project: Path, reference: str = "", **more: Any) -> Baseline:
    options = {"battery": "b", "source": "experiments/b.battery.yaml", "data_root": project / "data", **more}
    return baseline_of(reference, project=project, **options)


def refused(project: Path, reference: str = "", **more: Any) -> str:
    with pytest.raises(SpecError) as caught:
        found(project, reference, **more)
    return str(caught.value)


def played(project: Path, order: int = 0, agents: tuple[str, ...] = ("right", "half")) -> Lab:
    """A closed run; a later one of higher `order`."""
    lab = Lab(project, make_plan(agents=agents))
    lab.play()
    lab.close()
    os.utime(lab.dat_path / "_spec_.yaml", (1000 + order, 1000 + order))
    return lab


def blessed(project: Path, name: str = "b", home: str = "experiments") -> Path:
    """A file `baselines/NAME.json`."""
    lab = played(project)
    path = default_path(project / home, name)
    write_baseline(path, Baseline(batch_of(lab.dat_path), "", "file", Blessing("Kim", name)))
    return path


def test_nothing_means_the_file_beside_the_battery(project: Path) -> None:
    """Called as people know it: from the project."""
    blessed(project)
    baseline = found(project)
    assert (baseline.name, baseline.kind) == ("experiments/baselines/b.json", "file")
    assert baseline.blessing == Blessing("Kim", "b")
    assert len(baseline.batch.cells) == 4


def test_without_one_it_is_said_which_command_blesses(project: Path) -> None:
    told = refused(project)
    where, what = told.split("; ")
    assert where == "there is no baseline experiments/baselines/b.json"
    assert what == "play the battery (--bio-no-gates), look at the run, and bless it: bio baseline save b"
    told = refused(project, "baselines/strict.json")
    assert told.endswith("bio baseline save b -o experiments/baselines/strict.json")


def test_a_file_is_looked_for_beside_the_battery_then_here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And never taken for a run, whatever runs there are."""
    monkeypatch.chdir(project)
    path = blessed(project, "strict")
    assert found(project, "baselines/strict.json").name == "experiments/baselines/strict.json"
    assert found(project, "experiments/baselines/strict.json").name == "experiments/baselines/strict.json"
    assert found(project, str(path)).name == "experiments/baselines/strict.json"
    assert "there is no baseline" in refused(project, "b.json")
    told = refused(project, "experiments/baselines/later.json")
    assert told.startswith("there is no baseline experiments/baselines/later.json; ")
    assert told.endswith(" bio baseline save b -o experiments/baselines/later.json")
    assert file_of("../x.json", battery="b", source="", project=project) == project / "../x.json"


def test_a_word_is_a_baseline_of_that_name_before_it_is_a_run(project: Path) -> None:
    """What `--bio-save-baseline=NAME` makes is what `--bio-baseline=NAME` means."""
    lab = played(project)
    assert (found(project, "b").kind, found(project, "b").name) == (
        "dat",
        lab.dat_path.relative_to(project / "data").as_posix(),
    )
    blessed(project, "release-3")
    assert found(project, "release-3").kind == "file"


def test_a_run_is_named_as_everywhere(project: Path) -> None:
    """By its battery (the newest), its path, its tag; never the one that is judged."""
    older, newer = played(project, 1), played(project, 2)
    names = [lab.dat_path.relative_to(project / "data").as_posix() for lab in (older, newer)]
    assert found(project, "b").name == names[1]
    assert found(project, "b", exclude=newer.dat_path).name == names[0]
    assert found(project, f"{names[0]}").batch == found(project, str(older.dat_path)).batch
    tag(older.dat_path, ["release-3"])
    assert (found(project, "tag:release-3").name, found(project, "tag:release-3").batch.dat) == (
        "tag:release-3",
        f"data/{names[0]}",
    )
    assert found(project, "b").blessing is None


def test_a_run_that_is_not_there_or_that_is_many_is_refused(project: Path) -> None:
    one = played(project, 1)
    assert "did you mean 'b'?" in refused(project, "bb")
    assert "bio baseline save b blesses a run" in refused(project, "nowhere")
    assert "no run has the tag 'x'; none has any; bio tag" in refused(project, "tag:x")
    assert "'b' is the run that is judged itself" in refused(project, "b", exclude=one.dat_path)
    played(project, 2)
    assert "names 2 runs, the newest of them results/b/" in refused(project, "results/b/*")
    assert "one baseline for each agent" in refused(project, "agent:half")


def test_a_damaged_file_is_refused_where_it_is_wrong(project: Path) -> None:
    path = blessed(project)
    path.write_text(path.read_text()[:-40])
    assert refused(project).startswith(f"{path}:")
    path.unlink()
    path.mkdir()
    assert "there is no baseline" in refused(project)


def test_a_battery_of_arguments_has_its_baselines_in_the_project(project: Path) -> None:
    assert home_of("", project) == home_of("experiments/gone.yaml", project) == project
    assert home_of("experiments/b.battery.yaml", project) == project / "experiments"


def test_an_agent_is_held_against_by_each_candidate_of_its_run(project: Path) -> None:
    """Its cells stand for those the candidate had: they pair by scenario and unit."""
    lab = played(project, agents=("right", "half", "lazy", "outage"))
    new = batch_of(lab.dat_path)
    gates = agents_baselines("half", new)
    assert [agent for agent, _, _ in gates] == ["outage", "right"]
    _, mine, base = gates[1]
    assert {cell.leaf for cell in mine.cells} == {cell.leaf for cell in base.batch.cells} == {("right", "walks/plain")}
    assert [cell.values["score"] for cell in (*mine.cells, *base.batch.cells)] == [1.0, 1.0, 0.5, 0.5]
    assert (base.name, base.kind, list(base.batch.agents)) == ("agent:half", "agent", ["right"])
    assert base.batch.agents["right"].hash == new.agents["half"].hash


def test_an_agent_that_does_not_play_is_the_one_of_the_newest_run_that_has_it(project: Path) -> None:
    old, new = played(project, 1), played(project, 2, ("right", "lazy"))
    options: dict[str, Any] = {"battery": "b", "data_root": project / "data", "exclude": new.dat_path}
    assert agent_run("lazy", agents=("right", "lazy"), **options) is None
    assert agent_run("half", agents=("right", "lazy"), **options) == old.dat_path
    [(agent, mine, base)] = agents_baselines("half", batch_of(new.dat_path), batch_of(old.dat_path))
    assert (agent, base.batch.run, mine.run) == ("right", old.run_id, new.run_id)
    with pytest.raises(SpecError, match="no run of b has an agent 'haft'; did you mean 'half'"):
        agent_run("haft", agents=("right",), **options)
    with pytest.raises(SpecError, match="no run of other has an agent"):
        agent_run("half", agents=("right",), **{**options, "battery": "other"})


def test_nobody_to_hold_against_an_agent_is_said(project: Path) -> None:
    new = batch_of(played(project, agents=("right", "lazy")).dat_path)
    with pytest.raises(SpecError, match="agent:right: no other candidate plays"):
        agents_baselines("right", new)
    with pytest.raises(SpecError, match="agent:half: b has no cell of it"):
        agents_baselines("half", new)


def test_a_run_of_a_newer_format_is_refused(project: Path) -> None:
    lab = played(project)
    spec = lab.dat_path / "_spec_.yaml"
    spec.write_text(spec.read_text().replace("v: 1", "v: 99", 1))
    with pytest.raises(StoreError, match="format version 99 is newer"):
        found(project, str(lab.dat_path))
