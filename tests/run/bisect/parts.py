"""Small repositories whose commits say what their agent scores, and who plays them here, in microseconds."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pytest_alienbio.model import Action, ActionSpec, AgentEntry, Briefing, Observation, ScenarioEntry, Scores, Step
from pytest_alienbio.model.bisection import Commit
from pytest_alienbio.play import Catalog
from pytest_alienbio.run import Run, close_dat, new_run_id, open_dat
from pytest_alienbio.run.bisect import Bisecting, Play, Question, Repository
from pytest_alienbio.run.bisect.worktree import Worktree
from pytest_alienbio.run.execute import execute
from pytest_alienbio.run.plan import plan

from ..parts import Crash, Right, make_battery, make_catalog

SCORE = "agent/score.txt"
CASES = 6

_WHO = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in (("NAME", "Ann"), ("EMAIL", "a@b.example"))
    },
    **{f"GIT_{who}_DATE": "2026-01-09T10:15:30+01:00" for who in ("AUTHOR", "COMMITTER")},
}


class History:
    """A repository in a folder. Its agent's score stands in a file: a number, with noise (`0.5~0.2`), or what goes wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.made: dict[str, str] = {}
        """Hashes by what the commits are called."""
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """What git says."""
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments], env={**os.environ, **_WHO}, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, name: str, score: str | None = None, **files: str) -> str:
        """A commit called `name`; `score` as the file says, None = as before."""
        told = {
            **({SCORE: score} if score is not None else {}),
            **{file.replace("__", "."): text for file, text in files.items()},
        }
        for file, text in told.items():
            (self.path / file).parent.mkdir(parents=True, exist_ok=True)
            (self.path / file).write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", name)
        return self._named(name)

    def merge(self, name: str, branch: str) -> str:
        """Merges `branch`, a commit called `name`."""
        self.git("merge", "-q", "--no-ff", "-X", "theirs", "-m", name, branch)
        return self._named(name)

    def state(self) -> tuple[str, ...]:
        """Everything that a bisection must leave as it is: HEAD, index, files, branches, worktrees, and what is stashed."""
        index = (self.path / ".git" / "index").read_bytes().hex()
        files = [
            f"{file.relative_to(self.path)} {file.stat().st_mtime_ns} {file.read_bytes().hex()}"
            for file in sorted(self.path.rglob("*"))
            if file.is_file() and not {".git", "data"} & set(file.relative_to(self.path).parts)
        ]
        head = (self.path / ".git" / "HEAD").read_text()
        told = [self.git(*words) for words in (("for-each-ref",), ("worktree", "list", "--porcelain"), ("reflog", "--all"))]
        return (head, index, *files, *told)

    def _named(self, name: str) -> str:
        self.made[name] = self.git("rev-parse", "HEAD")
        return self.made[name]


class Told:
    """A world that is over after one step, with the score that it was made with."""

    def __init__(self, score: float) -> None:
        self.told = score

    def reset(self, seed: int, /) -> Observation:
        """Nothing to see."""
        return Observation(0, {}, max_steps=1, budget=1.0)

    def briefing(self) -> Briefing:
        """One thing to do."""
        return Briefing("end it", actions=(ActionSpec("right"),), max_steps=1, budget=1.0)

    def step(self, action: Action, /) -> Step:
        """The end."""
        from pytest_alienbio.model import ActionResult

        return Step(Observation(1, {}, max_steps=1, budget=1.0), ActionResult(True), terminated=True)

    def score(self) -> Scores:
        """As it was made."""
        return Scores(self.told)


class Here:
    """Plays commits in this process: real cells in a real DAT, by what the worktree's file says."""

    def __init__(self, *, cases: int = CASES) -> None:
        self.cases = cases
        self.commits: list[str] = []
        """Hashes, in the order they were played."""
        self.cells: Counter[str] = Counter()
        self._noise = np.random.default_rng(7)

    def __call__(
        self, worktree: Worktree, commit: Commit, play: Play, seeds: Sequence[int], root: Path, key: str, *, log: Path
    ) -> str:
        worktree.stand_at(commit)
        file = worktree.path / SCORE
        text = file.read_text("utf-8").strip() if file.is_file() else "broken"
        self.commits.append(commit.hash)
        if text == "broken":
            return "SyntaxError: invalid syntax"
        catalog = self._catalog(text)
        names = [f"walks/{at}" for at in range(self.cases)]
        battery = make_battery([ScenarioEntry(name) for name in names], [AgentEntry("walker")], tuple(seeds))
        battery = replace(battery, output_path=f"results/{key}/{{seq}}", cells="record")
        made, run_id = plan(battery, catalog), new_run_id()
        self.cells[commit.hash] += len(made)
        path = open_dat(root, made, run_id=run_id, project=worktree.path, command=["test"])
        run = Run.of_plan(made, path, run_id, "main")
        execute(made.cells, run, catalog, limits=battery.limits)
        run.close()
        close_dat(path, made, run_id=run_id, selected=frozenset(cell.id for cell in made.cells), interrupted=False, command=str)
        return ""

    def _catalog(self, text: str) -> Catalog:
        from pytest_alienbio.play import AgentRegistry, ScenarioRegistry

        known = make_catalog()
        agents, scenarios = AgentRegistry(known.agents), ScenarioRegistry()
        agents.add("walker", Crash if text == "outage" else Right)
        mean, _, noise = text.partition("~")
        for at in range(self.cases):
            scenarios.add(
                f"walks/{at}", lambda: Told(self._drawn(float(mean), float(noise or 0))) if text != "outage" else Told(0)
            )
        return Catalog(scenarios.entries, agents.entries)

    def _drawn(self, mean: float, noise: float) -> float:
        return float(np.clip(mean + noise * self._noise.uniform(-1, 1), 0, 1))


def bisecting(history: History, good: str, bad: str, player: Here, **more: Any) -> tuple[Bisecting, list[str]]:
    """A bisection between the commits of these names, and what it tells as it goes on."""
    repository = Repository.at(history.path)
    first, last = repository.range(f"{history.made[good]}..{history.made[bad]}")
    question = Question(
        play=Play("b.battery.yaml", "b", ".", "walker", "score", assignments=more.pop("assignments", ())),
        good=first,
        bad=last,
        commits=repository.between(first, last),
        seeds=tuple(range(more.pop("seeds", 10))),
        **more,
    )
    told: list[str] = []
    return Bisecting(repository, question, history.path / "data", told.append, player=player), told
