"""What we ship and what we print is what a user gets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from pytest_alienbio.spec import read_battery

from .conftest import REPOSITORY, Project

USERS_BATTERY = """\
experiment.mutualism_battery:
  scenarios: [mutualism/hidden_dependency, mutualism/competition]
  agents: [claude-opus, gpt-4, oracle, random]
  seeds: 10
  output_path: results/mutualism/{date}_{seq}
"""


def blocks(language: str, file: str = "README.md") -> list[str]:
    """The code blocks of a document."""
    text = (REPOSITORY / file).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_users_battery_is_shipped_letter_for_letter() -> None:
    assert USERS_BATTERY in (REPOSITORY / "experiments" / "mutualism.battery.yaml").read_text("utf-8")


def test_shipped_batteries_have_the_cells_their_readme_counts() -> None:
    heads = {b.name: b for path in (REPOSITORY / "experiments").glob("*.battery.yaml") for b in read_battery(path)}
    ours = {name: battery for name, battery in heads.items() if not name.startswith("gymnasium")}
    assert set(ours) == {"smoke", "worlds", "guard", "mutualism_battery", "mutualism_levels"}
    outside = [len(b.scenarios) * len(b.agents) * len(b.seeds) for name, b in heads.items() if name not in ours]
    assert (len(outside), sum(outside)) == (3, 340)
    assert len(heads["mutualism_battery"].agents) * len(heads["mutualism_battery"].seeds) * 2 == 80


def test_shipped_smoke_experiments_pass_in_a_copy(project: Project) -> None:
    """With the cells of a battery as pytest items and as a Python test, and those of one held against its baseline; xdist."""
    for name in ("smoke.battery.yaml", "test_thrift.py", "guard.battery.yaml", "baselines/guard.json"):
        (project.path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / "experiments" / name, project.path / name)
    run = project.pytest("-n", "2")
    assert run.returncode == 0, run.stdout
    assert "leaderboard" in run.stdout
    assert "PASS: gate[score]" in run.stdout
    assert "of 72 cells" in run.stdout


def test_the_readmes_battery_agent_and_test_run_as_printed(project: Project) -> None:
    """The blocks are cut out of README.md and played; seeds reduced to one to be quick."""
    battery = next(block for block in blocks("yaml") if "experiment.mine" in block)
    agent, test, notebook, asked, analyzed = blocks("python")
    project.write("mine.battery.yaml", battery.replace("seeds: 5", "seeds: 1").replace("agents: [", "agents: [doubtful, "))
    project.write("conftest.py", agent)
    shutil.copy(REPOSITORY / "experiments" / "smoke.battery.yaml", project.path / "smoke.yaml")
    project.write("test_it.py", test.replace("smoke.battery.yaml", "smoke.yaml"))
    run = project.pytest("-n", "2")
    assert run.returncode == 0, run.stdout
    assert "doubtful" in run.stdout
    shown = project.bio("results", "mine", "--agent", "choosy")
    assert "3 of 3 cells" in shown.stdout
    steps = project.bio("show", "mutualism/hidden_dependency[d1-choosy-s0]")
    assert "step 0" in steps.stdout
    script = project.write("notebook.py", notebook.replace("seeds=10", "seeds=1") + "\nprint(batch.mean('oracle'))\n")
    ran = project.run([project.command([])[0], str(script)])
    assert ran.stdout.strip() == "1.0", ran.stderr
    script = project.write(
        "asked.py", asked + "\nprint(len(found.to_dataframe()), found.filter(agent='oracle').mean('score'))\n"
    )
    ran = project.run([project.command([])[0], str(script)])
    assert re.match(r"\d+ 1 .*scenarios, each weighing the same", ran.stdout), ran.stdout + ran.stderr
    for number in range(6):
        name = ("Cue-Based Coordination", "Polling")[number % 2]
        told = {
            "variation": name,
            "trial": number // 2 + 1,
            "status": "success",
            "metrics": {"completion_time_ms": 50 + number},
        }
        folder = f"experiments/exp-001-coordination-comparison/run-{number:03}"
        (project.path / folder).mkdir(parents=True)
        project.write(f"{folder}/summary.json", json.dumps({"experiment_id": "EXP-001", "params": {}, **told}))
    script = project.write("analyzed.py", analyzed)
    ran = project.run([project.command([])[0], str(script)])
    assert "Mean A: 52.00" in ran.stdout, ran.stdout + ran.stderr


def test_documents_name_no_place_of_one_machine() -> None:
    """Nothing committed may hold a path of whoever wrote it."""
    documents = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("experiments/*")]
    documents += REPOSITORY.glob("experiments/*/*.md")
    for path in documents:
        if path.is_file():
            assert not re.search(r"/(?:root|home|Users|work|tmp)/", path.read_text("utf-8")), Path(path).name
