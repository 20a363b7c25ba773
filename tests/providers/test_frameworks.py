"""The agents of other frameworks that docs/agents.md prints, played as printed against a provider on loopback."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_alienbio.model import AgentProfile, Outcome, Result
from pytest_alienbio.play import AgentInfo
from pytest_alienbio.run.profiles import UNPAID, Market, settled
from pytest_alienbio.store import dat, find_dats

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
        made.write(name, text.replace("seeds: 2", "seeds: 1"))
    return made


def environment(here: Fake) -> dict[str, str]:
    return {"OPENAI_BASE_URL": here.openai, "OPENAI_API_KEY": here.key}


def results(project: Project, run: int = 0) -> list[Result]:
    """Those of the first, second, ... run."""
    return list(dat.open(sorted(find_dats(project.path / "data", "results/frameworks/*"))[run]).results())


def test_what_is_printed_is_whole() -> None:
    assert set(FILES) == {f"experiments/{name}.py" for name in ("plain", "typed", "planner", "conftest")} | {BATTERY}


def key_is_nowhere(project: Project, key: str) -> None:
    for file in project.path.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file


def test_all_play_in_threads_and_again_from_their_record_in_workers(project: Project, fake: FakeMaker) -> None:
    """Each attempt that the provider counted is booked, with its tokens; faults are mended by the frameworks' own retries."""
    here = fake(faults={"server": 0.04, "rate_limit": 0.04})
    run = project.pytest("experiments", "--bio-live", **environment(here))
    assert run.returncode == 0, run.stdout + run.stderr
    found, counts = results(project), here.counts
    assert {result.outcome for result in found} == {Outcome.COMPLETED}
    assert sum(each.usage.requests or 0 for each in found) == counts["calls"]
    assert sum(each.usage.tokens or 0 for each in found) == counts["input"] + counts["output"]
    assert sum(each.usage.retries or 0 for each in found) == counts["calls"] - counts["answered"] > 0
    assert all(each.usage.usd for each in found), "gpt-5-mini is in the price data"
    key_is_nowhere(project, here.key)
    again = project.pytest("experiments", "--bio-replay", "frameworks", "-n", "2", OPENAI_API_KEY="")
    assert again.returncode == 0, again.stdout + again.stderr
    assert here.counts == counts, "nobody was asked"
    one, other = ({each.id: (each.outcome, each.score) for each in results(project, run)} for run in (0, 1))
    assert one == other


def test_an_outage_is_no_score_in_any_of_them(project: Project, fake: FakeMaker) -> None:
    """In workers; the key is revoked after the first answers, and what providers then say echoes it."""
    here = fake(revoke_after=6)
    run = project.pytest("experiments", "--bio-live", "-n", "2", **environment(here))
    assert run.returncode == 1, run.stdout + run.stderr
    assert [(each.outcome, each.score) for each in results(project)] == [(Outcome.PROVIDER_ERROR, None)] * 3, run.stdout
    assert here.key not in run.stdout + run.stderr
    key_is_nowhere(project, here.key)


def test_a_cap_holds_for_all_of_them_together(project: Project, fake: FakeMaker) -> None:
    """Frameworks in threads share what is left; what was refused was not sent, and no framework makes an error of it."""
    here, cap = fake(), 60_000
    run = project.pytest("experiments", "--bio-live", "--bio-max-tokens", str(cap), **environment(here))
    assert run.returncode == 1, run.stdout
    outcomes = {each.outcome for each in results(project)}
    assert Outcome.OVER_LIMIT in outcomes
    assert outcomes <= {Outcome.OVER_LIMIT, Outcome.COMPLETED, Outcome.NOT_RUN}, run.stdout
    assert 0 < here.counts["input"] + here.counts["output"] <= cap


def test_one_that_is_paid_plays_only_if_it_may() -> None:
    """Without leave to spend it is skipped, as other models are; nothing is paid where no provider is asked."""
    profile, paid, unpaid = AgentProfile("m", "m"), AgentInfo("m", dict, is_paid=True), AgentInfo("m", dict)  # type: ignore[arg-type]
    assert settled(profile, paid, Market(), live=False, offline=False).skip_reason == UNPAID
    for info, live, offline in ((paid, True, False), (paid, False, True), (unpaid, False, False)):
        assert settled(profile, info, Market(), live=live, offline=offline).skip_reason == ""


def test_an_installed_one_is_known_to_bio(project: Project, fake: FakeMaker) -> None:
    """`bio agent test` plays it for real: the contract of agents, and of those that pay."""
    site, conftest = project.path.parent / "site", FILES["experiments/conftest.py"]
    for name in ("plain", "planner", "typed"):
        project.write(f"../site/{name}.py", FILES[f"experiments/{name}.py"])
    project.write("../site/mine.py", conftest.replace("pytest_alienbio_register_agents", "register").replace(", paid=True", ""))
    project.write("../site/mine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    project.write("../site/mine-1.0.dist-info/entry_points.txt", "[pytest_alienbio.agents]\nmine = mine:register\n")
    here = {**environment(fake()), "PYTHONPATH": str(site)}
    run = project.bio("agent", "test", "plain", **here)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    assert "kept: it has its methods" in run.stdout, run.stdout + run.stderr
