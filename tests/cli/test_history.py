"""`bio history` and `Bio.results.history`: which runs are meant, what charts are pinned to, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from pytest_alienbio.api import Bio
from pytest_alienbio.model import AgentVersion, Baseline, Batch, BatchCell, Blessing, ScenarioVersion
from pytest_alienbio.store import yamltext
from pytest_alienbio.store.baseline import write_baseline

from ..results.parts import write_dat
from ..results.test_history import AGENTS, DAY, SCENARIOS, SPREAD, played, spec
from .conftest import WORLD, Desk

LEVELS = (0.7, 0.71, 0.69, 0.7, 0.7, 0.6, 0.61, 0.6, 0.59, 0.6)


def run(desk: Desk, day: int, level: float, *, battery: str = "mine", more: Sequence[str] = ()) -> None:
    """A run of the battery on that day, with a commit and tags of its own."""
    folder = desk.path / f"data/results/{battery}/{day:03}"
    write_dat(folder, played(level, day=day), run=f"{battery}{day}", battery=battery, commit="abcdef"[day % 6] * 40)
    text = yamltext.dump({"v": 1, "run": f"{battery}{day}", **spec()})
    (folder / "_spec_.yaml").write_text(text.replace("resolved:", "resolved:\n  source: experiments/a.battery.yaml"), "utf-8")
    if more:
        with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"event": "tagged", "tags": list(more)}) + "\n")


@pytest.fixture
def watched(desk: Desk) -> Desk:
    """A project with ten runs of `mine`: everything falls with the sixth; the third is a release. And one run of `other`."""
    for day, level in enumerate(LEVELS):
        run(desk, day, level, more=("release-3",) if day == 2 else ())
    run(desk, 0, 0.2, battery="other")
    return desk


def told(desk: Desk, *argv: str) -> Any:
    """What machines get."""
    said = desk.bio("history", *argv, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)["sections"]


def blessed(desk: Desk, level: float, *, content: str = "hash of {}", name: str = "mine") -> None:
    """A baseline's file, where the battery looks for its own: eight times as many seeds as a run."""
    cells = tuple(
        BatchCell(agent, scenario, 100 + seed, 1, values={"score": round(level - 0.2 * at + SPREAD[seed % 4], 4)})
        for at, agent in enumerate(AGENTS)
        for scenario in SCENARIOS
        for seed in range(32)
    )
    scenarios = {scenario: ScenarioVersion(content.format(scenario), "s1", "0.6") for scenario in SCENARIOS}
    batch = Batch(
        "mine", cells, {"score": "higher"}, scenarios, {agent: AgentVersion("h") for agent in AGENTS}, at="2020-01-01T00:00:00Z"
    )
    (desk.path / "experiments").mkdir(exist_ok=True)
    (desk.path / "experiments/a.battery.yaml").touch()
    write_baseline(
        desk.path / f"experiments/baselines/{name}.json", Baseline(batch, name, blessing=Blessing("me", "2020-01-01"))
    )


@pytest.mark.parametrize("name", ["mine", "experiments/mine", "dat.experiments.mine", "results/mine/*", "data/results/mine"])
def test_a_battery_is_all_of_its_runs_by_any_of_its_names(watched: Desk, name: str) -> None:
    rows = told(watched, name)["history"]["agents"]
    assert [(row["agent"], row["runs"]) for row in rows] == [("greedy", 10), ("prober", 10), (None, 10)]


def test_it_says_who_fell_since_when_and_between_which_commits_and_exits_0(watched: Desk) -> None:
    said = watched.bio("history", "mine")
    assert (said.code, said.err) == (0, "")
    assert said.lines[0] == "mine: score over 10 runs"
    assert "    git log --oneline eeeeeeeeeeee..ffffffffffff" in said.lines
    assert any(line.startswith("greedy") and line.endswith("fell in mine/005") for line in said.lines)
    assert "release-3" in said.out
    assert [row["tags"] for row in told(watched, "mine")["runs"]["readings"][:3]] == [[], [], ["release-3"]]


def test_a_tag_pins_the_charts(watched: Desk) -> None:
    """And runs before it are not charted."""
    sections = told(watched, "mine", "--anchor", "tag:release-3", "--agent", "greedy")
    [row] = sections["history"]["agents"]
    assert (row["pinned"], row["anchor"]) == ("tag:release-3", pytest.approx(0.69))
    assert [each["z"] is None for each in sections["runs"]["readings"]] == [True] * 3 + [False] * 7
    assert "against tag:release-3" in watched.bio("history", "mine", "--anchor", "tag:release-3").out


def test_the_batterys_own_baseline_pins_them_unless_another_anchor_is_named(watched: Desk) -> None:
    """It has more seeds than a run, so it is a better anchor, and every run is held against it."""
    blessed(watched, 0.7)
    sections = told(watched, "mine", "--agent", "greedy")
    [row] = sections["history"]["agents"]
    assert row["pinned"] == "experiments/baselines/mine.json"
    assert all(each["z"] is not None for each in sections["runs"]["readings"])
    [first] = told(watched, "mine", "--agent", "greedy", "--anchor", "mine/000")["history"]["agents"]
    assert row["false_alarm_chance"] < first["false_alarm_chance"]


def test_a_baseline_of_other_versions_gives_way_unless_it_was_named(watched: Desk) -> None:
    blessed(watched, 0.7, content="old {}")
    assert [row["pinned"] for row in told(watched, "mine")["history"]["agents"]] == [None] * 3
    rows = told(watched, "mine", "--anchor", "experiments/baselines/mine.json")["history"]["agents"]
    assert all("cannot be the anchor: since then m/x, m/y are changed" in row["why"] for row in rows)


def test_a_broken_baseline_is_a_note_and_one_that_was_named_is_refused(watched: Desk) -> None:
    blessed(watched, 0.7)
    (watched.path / "experiments/baselines/mine.json").write_text("{", "utf-8")
    notes = told(watched, "mine")["end"]["notes"]
    assert "charts are not pinned to the battery's baseline" in notes[0]["text"]
    assert "mine.json" in watched.refused("history", "mine", "--anchor", "experiments/baselines/mine.json")


def test_since_and_until_are_about_runs(watched: Desk) -> None:
    """Whole ones."""
    from datetime import UTC, datetime

    day = datetime.fromtimestamp(1_760_000_000 + 3 * DAY, UTC).isoformat()
    assert told(watched, "mine", "--since", day)["history"]["agents"][0]["runs"] == 7
    assert told(watched, "mine", "--until", day)["history"]["agents"][0]["runs"] == 4


def test_scenarios_narrow_what_is_followed(watched: Desk) -> None:
    sections = told(watched, "mine", "--scenario", "m/x")
    assert [row["n"] for row in sections["runs"]["readings"][:1]] == [4]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("mime",), "no battery has results as 'mime' below"),
        (("results/*",), "means runs of several batteries: mine, other; a history is of one"),
        (("mine", "--anchor", "tag:nope"), "no run has the tag 'nope'"),
        (("mine", "--anchor", "nope.json"), "there is no baseline nope.json"),
        (("mine", "--anchor", "agent:greedy"), "an anchor is an earlier state of every agent, not one of them"),
        (("mine", "--agent", "gredy"), "did you mean 'greedy'?"),
        (("mine", "--metric", "scor"), "no record has a field 'scor'"),
        (("mine", "--since", "soon"), "--since"),
        (("",), "no battery has results as ''"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(watched: Desk, argv: tuple[str, ...], said: str) -> None:
    assert said in watched.refused("history", *argv)


def test_a_period_without_runs_is_no_error(watched: Desk) -> None:
    said = watched.bio("history", "mine", "--since", "1d")
    assert said.code == 0
    assert said.lines[0] == "mine: score over 0 runs"


def test_a_notebook_gets_the_same(watched: Desk) -> None:
    document = Bio.results.history("mine", agent="greedy", anchor="tag:release-3")
    assert str(document) + "\n" == watched.bio("history", "mine", "--agent", "greedy", "--anchor", "tag:release-3").out
    assert document["history"].rows("agents")[0]["charted"] is True
    assert len(document["runs"].rows("readings")) == 10


def test_what_could_not_be_read_is_said(watched: Desk) -> None:
    with (watched.path / "data/results/mine/003/cells/mine3-main.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"v": 1, "half": \n')
    assert "mine3-main.jsonl" in watched.bio("history", "mine").out


def test_imported_cells_pass_for_no_version_and_are_left_out(watched: Desk) -> None:
    """They do not say what they played."""
    cells = [one.with_(scenario_hash="", origin="theirs.csv") for one in played(0.1, day=20)]
    write_dat(watched.path / "data/imported/mine", cells, run="theirs", battery="mine")
    said = watched.bio("history", "mine")
    assert said.lines[0] == "mine: score over 10 runs"
    assert "16 cells that were not played here are left out" in said.out
    assert watched.bio("history", "data/imported/mine").lines[0] == "mine: score over 1 run"


def test_agents_that_are_declared_deterministic_repeat_and_are_steady(desk: Desk) -> None:
    """Played for real, twice: the DATs say that agents and world are deterministic, and that they repeat was seen."""
    for _ in range(2):
        assert desk.bio("batch", "--scenarios", WORLD, "--agents", "greedy,noop", "--seeds", "2", "--difficulty", "1").code == 0
    rows = told(desk, "batch")["history"]["agents"]
    assert [(row["agent"], row["kind"], row["runs"]) for row in rows] == [
        ("greedy", "exact", 2), ("noop", "exact", 2), (None, "exact", 2),
    ]  # fmt: skip
    assert "equal cells give equal numbers: any change is a step" in rows[0]["why"]


def test_it_is_answered_without_what_plays_cells(watched: Desk) -> None:
    """Nor with what takes half a second to import."""
    code = (
        "import sys; from pytest_alienbio.cli.main import main; main(['history', 'mine', '-o', 'x.txt']);"
        "print([name for name in ('scipy.stats', 'pandas', 'pytest_alienbio.play') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=watched.path, text=True, capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
