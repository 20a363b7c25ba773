"""Blessing is deliberate: what is not fit is refused with the reason, what is done is in the file and in the run's log."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pytest_alienbio.errors import SpecError, StoreError, UnfitRunError
from pytest_alienbio.model import Json
from pytest_alienbio.run.gates.batches import batch_of
from pytest_alienbio.run.gates.blessing import Blessed, bless, moved, promote
from pytest_alienbio.store import dat, log, yamltext
from pytest_alienbio.store.baseline_reading import read_baseline

from ..parts import Lab, make_plan


@pytest.fixture(autouse=True)
def kim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who works here."""
    monkeypatch.setenv("ALIENBIO_AUTHOR", "Kim <kim@example.org>")


@dataclass(frozen=True, slots=True)
class Played:
    """A copy of a run in a project."""

    dat_path: Path


@cache
def original(seeds: int, scenarios: tuple[str, ...], agents: tuple[str, ...], part: int) -> Path:
    """A run of `experiments/b.battery.yaml`, played once for all tests; closed, unless only `part` of its cells were played."""
    folder = Path(tempfile.mkdtemp(prefix="blessing-"))
    atexit.register(shutil.rmtree, folder)
    made = make_plan(scenarios, agents, range(seeds))
    lab = Lab(folder, made)
    lab.play(*(cell.id for cell in made.cells[:part]))
    spec = lab.dat_path / "_spec_.yaml"
    spec.write_text(spec.read_text().replace("source: ''", "source: experiments/b.battery.yaml"))
    if not part:
        lab.close()
    return lab.dat_path


def closed(
    root: Path,
    seeds: int = 10,
    *,
    scenarios: tuple[str, ...] = ("walks/plain",),
    agents: tuple[str, ...] = ("right", "half"),
    part: int = 0,
) -> Played:
    """A run in the project `root`."""
    found = root / "data" / "results" / "b"
    path = found / f"{sum(1 for _ in found.glob('*')):03d}"
    shutil.copytree(original(seeds, scenarios, agents, part), path)
    return Played(path)


def judged(lab: Played, *calls: str, **status: Json) -> Played:
    """The run as its gates said."""
    gates: list[Json] = [{"name": f"score{n}", "call": call, "why": ["because"]} for n, call in enumerate(calls)]
    dat.close(dat.open(lab.dat_path), status={"verdict": "failed", "gates": gates, **status})
    return lab


def blessed(lab: Played, root: Path, **more: Any) -> Blessed:
    return bless(lab.dat_path, project=root, data_root=root / "data", **more)


def refused(lab: Played, root: Path, **more: Any) -> str:
    """Why it is not blessed; nothing is written then."""
    with pytest.raises(UnfitRunError) as caught:
        blessed(lab, root, **more)
    assert not (root / "experiments" / "baselines").exists()
    assert [entry for entry in log.read(lab.dat_path) if entry["event"] == "blessed"] == []
    return str(caught.value)


def test_a_whole_run_becomes_the_file_beside_its_battery(project: Path) -> None:
    """And its log says who did it."""
    lab = closed(project)
    done = blessed(lab, project, why="first")
    path = project / "experiments" / "baselines" / "b.json"
    assert (done.path, str(done), done.before, done.notes) == (path, "experiments/baselines/b.json", None, ())
    held = read_baseline(path, str(done))
    assert held == done.baseline
    assert held.batch.cells == batch_of(lab.dat_path).cells
    assert held.batch.dat == lab.dat_path.relative_to(project).as_posix()
    assert held.blessing is not None
    assert (held.blessing.by, held.blessing.why, held.blessing.forced, held.blessing.verdict) == (
        "Kim <kim@example.org>", "first", False, "",
    )  # fmt: skip
    deed = log.read(lab.dat_path)[-1]
    assert (deed["event"], deed["file"], deed["author"], deed["reason"]) == ("blessed", str(done), held.blessing.by, "first")


def test_blessing_the_same_run_again_changes_nothing_but_when(project: Path) -> None:
    lab = closed(project)
    first = blessed(lab, project)
    text = first.path.read_text().splitlines()
    second = blessed(lab, project, author="Ann")
    assert moved(second.baseline, first.baseline, "score") == []
    assert [line for line in second.path.read_text().splitlines() if line not in text] == [
        line for line in second.path.read_text().splitlines() if line.startswith('"blessed"')
    ]


def test_what_a_new_one_moves_is_told(project: Path) -> None:
    """Agents over what both have, then leaves, the largest change first; then who came and who left."""
    before = blessed(closed(project, agents=("right", "half")), project)
    text = before.path.read_text()
    before.path.write_text(text.replace("0.5, 0.5, 0.5", "0.5, 0.5, 0.25").replace("1.0, 1.0, 1.0]", "1.0, 0.25, 0.25]"))
    after = blessed(closed(project, scenarios=("walks/plain", "walks/line"), agents=("half", "right")), project)
    assert after.before is not None
    assert moved(after.baseline, after.before, "score") == [
        ("right", pytest.approx(0.85), 1.0),
        ("half", 0.425, 0.5),
        ("right|walks/plain", pytest.approx(0.85), 1.0),
        ("half|walks/plain", 0.425, 0.5),
        ("half|walks/line", None, 0.5),
        ("right|walks/line", None, 1.0),
    ]
    assert moved(before.baseline, after.baseline, "score")[0] == ("half|walks/line", 0.5, None)


def test_that_it_is_no_longer_verified_is_told(project: Path) -> None:
    """What was compared with certainty is left to chance from then on."""
    lab = closed(project)
    done = blessed(lab, project, verify=lambda path, batch: (frozenset(), ("played again",)))
    assert done.notes == ("played again",)
    text = done.path.read_text().replace(
        '"role": "candidate"', '"role": "candidate", "deterministic": true, "verified": ["walks/plain"]'
    )
    done.path.write_text(text.replace('"bar": "0.6"', '"bar": "0.6", "deterministic": true'))
    assert blessed(lab, project).notes == (
        "what was there before was verified, and this is not: all is left to chance until --verify",
    )


@pytest.mark.parametrize("call", ["INVALID", "INCONCLUSIVE"])
def test_a_doubtful_run_needs_force_and_a_reason(project: Path, call: str) -> None:
    lab = judged(closed(project), "PASS", call)
    assert f"not blessed: its gate says {call}. Mend it" in refused(lab, project)
    assert f"its gate says {call}" in refused(lab, project, why="a reason alone")
    with pytest.raises(SpecError, match="needs a reason"):
        blessed(lab, project, force=True, why=" ")
    done = blessed(lab, project, force=True, why="a new scenario version")
    assert done.baseline.blessing is not None
    assert (done.baseline.blessing.forced, done.baseline.blessing.verdict) == (True, call)
    assert log.read(lab.dat_path)[-1]["forced"] is True
    assert f"its gate says {call}" in done.notes


def test_a_regression_is_accepted_with_a_reason(project: Path) -> None:
    """It is not hidden by who blesses: the file says what the gate said."""
    lab = judged(closed(project), "FAIL", "PASS")
    assert "its gate says FAIL. If the run is as it should be from now on, say why" in refused(lab, project)
    done = blessed(lab, project, why="the cheap model is good enough")
    assert done.baseline.blessing is not None
    assert (done.baseline.blessing.forced, done.baseline.blessing.verdict) == (False, "FAIL")
    assert blessed(judged(lab, "PASS"), project).baseline.blessing is not None


def test_a_run_that_is_not_whole_is_refused(project: Path) -> None:
    """Open, interrupted, errors, never played: each with its number."""
    lab = closed(project, part=4)
    told = refused(lab, project)
    assert "the run is still open, or was killed; 16 of 20 cells have no score (16 not_run)" in told
    assert "the run was interrupted" in refused(judged(lab, verdict="interrupted"), project)
    broken = closed(project, agents=("right", "outage", "crash"), seeds=1)
    assert "2 of 3 cells have no score (1 agent_error, 1 provider_error)" in refused(broken, project)
    done = blessed(broken, project, force=True, why="the provider is gone for good")
    assert [cell.why for cell in done.baseline.batch.cells] == ["agent_error", "provider_error", ""]


def test_a_broken_scenario_is_no_measure(project: Path) -> None:
    lab = judged(closed(project), broken_scenarios=["walks/plain: noop reaches 0.9"])
    assert "not blessed: walks/plain: noop reaches 0.9" in refused(lab, project)


def test_without_any_number_it_is_refused_whatever_is_said(project: Path) -> None:
    lab = closed(project, agents=("crash",))
    for options in ({}, {"force": True, "why": "x"}):
        assert "no cell of the run has a number for score; of tasks name a metric" in refused(lab, project, **options)
    assert "no number" not in refused(closed(project, seeds=1), project, metrics=["loss"])


def test_an_agent_that_could_not_play_is_left_out(project: Path) -> None:
    done = blessed(closed(project, agents=("right", "claude-opus")), project)
    assert (list(done.baseline.batch.agents), len(done.baseline.batch.cells)) == (["right"], 10)
    assert done.notes == ("skipped, and not in the baseline: claude-opus",)


def test_it_holds_what_the_gates_ask_for(project: Path) -> None:
    lab = closed(project)
    path = lab.dat_path / "_spec_.yaml"
    spec = yamltext.load(path.read_text())
    head = spec["experiment.b"]
    assert isinstance(head, dict)
    spec["experiment.b"] = {**head, "gates": [{"metric": "place"}, {"metric": "duration_s"}, {"metric": "place"}]}
    path.write_text(yamltext.dump(spec))
    assert list(blessed(lab, project).baseline.batch.cells[0].values) == ["score", "place", "duration_s"]
    assert list(blessed(lab, project, metrics=["passed"]).baseline.batch.cells[0].values) == ["passed"]


def test_a_battery_that_was_played_without_its_gates_is_asked_for_them(project: Path) -> None:
    """As the first run of one is, before there is a baseline; and those of the project, where it has none."""
    lab = closed(project, seeds=1)
    battery = project / "experiments" / "b.battery.yaml"
    text = "experiment.b:\n  scenarios: [x/y]\n  agents: [noop]\n  seeds: 1\n"
    (project / "bio.yaml").write_text("gates: [{metric: passed}]\n")
    battery.write_text(text)
    assert list(blessed(lab, project).baseline.batch.cells[0].values) == ["score", "passed"]
    battery.write_text(f"{text}  gates: [{{metric: place, better: lower}}, {{metric: score, better: lower}}]\n")
    held = blessed(lab, project).baseline.batch
    assert list(held.cells[0].values) == ["score", "place"]
    assert held.better == {"score": "higher", "place": "lower"}, "the score says itself which way it is better"
    battery.write_text("experiment.b: [")
    assert list(blessed(lab, project).baseline.batch.cells[0].values) == ["score"]


def test_few_seeds_and_uncommitted_work_are_told(project: Path) -> None:
    assert blessed(closed(project, seeds=1), project).notes == ("1 seed a leaf: with 10 or more a gate sees smaller drops",)
    lab = closed(project)
    around = lab.dat_path / "environment.json"
    around.write_text('{"git": {"commit": "1234", "dirty": true}}')
    assert "the work tree held more than was committed" in blessed(lab, project).notes[0]


def test_what_was_there_before(project: Path) -> None:
    """Another battery's is not overwritten; a damaged file is, and said."""
    lab = closed(project)
    done = blessed(lab, project, name="release-3")
    assert done.path.name == "release-3.json"
    done.path.write_text('{"v": 1')
    assert "what was there before could not be read" in blessed(lab, project, name="release-3").notes[0]
    text = done.path.read_text().replace('"battery": "b"', '"battery": "other"')
    done.path.write_text(text)
    with pytest.raises(SpecError, match=r"is a baseline of other, and this is a run of b; give another name"):
        blessed(lab, project, name="release-3")
    assert done.path.read_text() == text
    assert blessed(lab, project, name="release-3", force=True, why="renamed").before is not None


def test_a_file_that_never_was_a_baseline_is_not_replaced(project: Path) -> None:
    """Unless by force: `-o package.json` is a slip."""
    lab, path = closed(project, seeds=1), project / "package.json"
    path.write_text('{"name": "mine"}')
    with pytest.raises(SpecError, match=r"package\.json is there and is no baseline .*; give another name, or --force"):
        blessed(lab, project, path=path)
    assert path.read_text() == '{"name": "mine"}'
    assert "could not be read" in blessed(lab, project, path=path, force=True, why="I mean it").notes[0]


def test_links_lead_nowhere_else(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One that goes in a circle is replaced, as whatever else cannot be read."""
    lab, away = closed(project, seeds=1), tmp_path_factory.mktemp("away") / "x.json"
    path = blessed(lab, project).path
    path.rename(away)
    text = away.read_text()
    path.symlink_to(away)
    with pytest.raises(SpecError, match=r"b\.json is a link out of the project .*: -o FILE"):
        blessed(lab, project)
    assert away.read_text() == text
    path.unlink()
    path.symlink_to(path)
    assert "could not be read" in blessed(lab, project).notes[0]
    assert not path.is_symlink()


@pytest.mark.parametrize("name", ["../x", "a/b", "x.json", "a b", "", ".hidden", "ü"])
def test_names_lead_nowhere_else(project: Path, name: str) -> None:
    lab = closed(project, seeds=1)
    if not name:
        assert blessed(lab, project, name=name).path.name == "b.json"
        return
    with pytest.raises(SpecError, match="cannot name a baseline"):
        blessed(lab, project, name=name)


def test_a_run_from_elsewhere_writes_nowhere_else(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What its spec says of its battery's file is somebody's text."""
    away = tmp_path_factory.mktemp("away")
    (away / "b.battery.yaml").touch()
    lab = closed(project, seeds=1)
    spec = lab.dat_path / "_spec_.yaml"
    spec.write_text(spec.read_text().replace("experiments/b.battery.yaml", str(away / "b.battery.yaml")))
    with pytest.raises(SpecError, match="outside of the project"):
        blessed(lab, project)
    assert list(away.iterdir()) == [away / "b.battery.yaml"]
    path = away / "mine.json"
    assert blessed(lab, project, path=path).path == path


def test_no_machine_s_folders_stand_in_the_file(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is read by others, too."""
    lab = closed(project, seeds=1)
    away = tmp_path_factory.mktemp("away") / "results" / "r1"
    shutil.copytree(lab.dat_path, away)
    done = bless(away, project=project, data_root=project / "data")
    assert done.baseline.batch.dat == "results/r1"


def test_a_secret_in_the_reason_is_hidden(project: Path) -> None:
    done = blessed(closed(project, seeds=1), project, why="works with sk-ant-REDACTED")
    assert "sk-ant-REDACTED" not in done.path.read_text()


def test_a_named_one_becomes_the_default_as_it_is(project: Path) -> None:
    named = blessed(closed(project), project, name="release-3", why="shipped")
    done = promote(named.path, project)
    assert (done.shown, done.before) == ("experiments/baselines/b.json", None)
    assert done.path.read_bytes() == named.path.read_bytes()
    with pytest.raises(SpecError, match="is the default already"):
        promote(done.path, project)
    loose = project / "loose.json"
    shutil.copy(named.path, loose)
    with pytest.raises(SpecError, match="lies in no folder baselines/"):
        promote(loose, project)


def test_a_log_that_cannot_be_written_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The baseline is there then; a folder that only others may write is no reason to lose it."""
    lab = closed(project)

    def full(*args: object, **more: object) -> None:
        raise StoreError("cannot write log.jsonl: Read-only file system")

    monkeypatch.setattr(log, "append", full)
    assert "the run's log does not say so: cannot write log.jsonl" in blessed(lab, project).notes[0]
