"""The agents of other frameworks that docs/agents.md prints, played as printed against a provider on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..journeys.conftest import REPOSITORY, Project
from .fake import Fake

PAGE = (REPOSITORY / "docs" / "agents.md").read_text("utf-8")
PAGE = PAGE.partition("## Agents of other frameworks\n")[2].partition("\n## ")[0]
FILES = dict(re.findall(r"`(experiments/[\w.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL))
BATTERY = "experiments/frameworks.battery.yaml"
FakeMaker = Callable[..., Fake]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("pytest.ini", "[pytest]\nfilterwarnings = error\n")
    for name, text in FILES.items():
        made.write(name, text)
    return made


def environment(here: Fake) -> dict[str, str]:
    return {"OPENAI_BASE_URL": here.openai, "OPENAI_API_KEY": here.key}


def results(project: Project, number: int = 0) -> list[dict[str, object]]:
    """Those of the first, second, ... run."""
    file = sorted(project.path.rglob("results.jsonl"))[number]
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_what_is_printed_is_whole() -> None:
    assert set(FILES) == {f"experiments/{name}.py" for name in ("plain", "typed", "planner", "conftest")} | {BATTERY}


def key_is_nowhere(project: Project, key: str) -> None:
    for file in project.path.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file


def test_all_play_in_threads_and_again_from_their_record_in_workers(project: Project, fake: FakeMaker) -> None:
    """Each attempt that the provider counted is booked, with its tokens; faults are mended by the frameworks' own retries."""
    here = fake(faults={"server": 0.03, "rate_limit": 0.04})
    run = project.pytest("experiments", "--bio-live", **environment(here))
    assert run.returncode == 0, run.stdout + run.stderr
    found, counts = results(project), here.counts
    assert {result["outcome"] for result in found} == {"completed"}
    usage: Any = [result["usage"] for result in found]
    assert sum(each["requests"] for each in usage) == counts["calls"]
    assert sum(each["tokens"] for each in usage) == counts["input"] + counts["output"]
    assert sum(each["retries"] for each in usage) == counts["calls"] - counts["answered"] > 0
    assert all(each["usd"] > 0 for each in usage), "gpt-5-mini is in the price data"
    key_is_nowhere(project, here.key)
    again = project.pytest("experiments", "--bio-replay", "frameworks", "-n", "2", OPENAI_API_KEY="")
    assert again.returncode == 0, again.stdout + again.stderr
    assert here.counts == counts, "nobody was asked"
    one, other = (
        {result["id"]: (result["outcome"], result["score"]) for result in results(project, number)} for number in (0, 1)
    )
    assert one == other


def test_an_outage_is_no_score_in_any_of_them(project: Project, fake: FakeMaker) -> None:
    """In workers; the key is revoked after the first answers, and what providers then say echoes it."""
    here = fake(revoke_after=6)
    run = project.pytest("experiments", "--bio-live", "-n", "2", **environment(here))
    assert run.returncode == 1, run.stdout + run.stderr
    found = results(project)
    assert [(result["outcome"], result["score"]) for result in found] == [("provider_error", None)] * 6
    assert "check the key" in run.stdout
    assert here.key not in run.stdout + run.stderr
    key_is_nowhere(project, here.key)


def test_caps_hold_and_without_leave_nobody_plays(project: Project, fake: FakeMaker) -> None:
    """Frameworks in threads share what is left; what was refused was not sent."""
    here = fake()
    skipped = project.pytest("experiments", **environment(here))
    assert "--bio-live lets it play" in skipped.stdout + (skipped.stderr)
    assert here.counts.get("calls", 0) == 0
    cap = 60_000
    run = project.pytest("experiments", "--bio-live", "--bio-max-tokens", str(cap), **environment(here))
    assert run.returncode == 1, run.stdout
    found = results(project, -1)
    assert "over_limit" in {result["outcome"] for result in found}
    assert not [result for result in found if result["outcome"] in ("agent_error", "provider_error")], run.stdout
    assert 0 < here.counts["input"] + here.counts["output"] <= cap


def test_an_installed_one_is_known_to_bio(project: Project, fake: FakeMaker) -> None:
    """`bio agent test` plays it for real: the contract of agents, and of those that pay."""
    site = project.path.parent / "site"
    for name in ("plain", "planner", "typed"):
        (site / f"{name}.py").parent.mkdir(exist_ok=True)
        (site / f"{name}.py").write_text(FILES[f"experiments/{name}.py"], "utf-8")
    (site / "mine.py").write_text(
        FILES["experiments/conftest.py"].replace("pytest_alienbio_register_agents", "register"), "utf-8"
    )
    info = site / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[pytest_alienbio.agents]\nmine = mine:register\n", "utf-8")
    here = fake()
    run = project.bio("agent", "test", "plain", **environment(here), PYTHONPATH=str(site))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "kept: it has its methods" in run.stdout
