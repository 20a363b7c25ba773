"""What an experiment declares to run in, beside what it runs in: compared and reported, never enforced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import Experiment, Json

PYTHON, COMMIT = "python_version", "git_commit"


def declared(experiment: Experiment, environment: Mapping[str, Json]) -> dict[str, Json]:
    """`environment:` as it was declared; a commit that it leaves out is that of this run (null outside of git)."""
    said = dict(experiment.environment)
    if not said.get(COMMIT):
        said[COMMIT] = git_of(environment).get("commit")
    return said


def differences(experiment: Experiment, environment: Mapping[str, Json]) -> Iterator[str]:
    """A sentence for each thing that is declared and is not so here. What cannot be told here is not compared."""
    python, wanted = environment.get("python"), experiment.environment.get(PYTHON)
    if isinstance(wanted, str) and isinstance(python, str) and not _same_version(wanted, python):
        yield f"the experiment declares Python {wanted}, and this is {python}"
    commit, meant = git_of(environment).get("commit"), experiment.environment.get(COMMIT)
    if not isinstance(meant, str) or not meant or not isinstance(commit, str):
        return
    if not (commit.startswith(meant.lower()) or meant.lower().startswith(commit)):
        yield f"the experiment declares the commit {meant[:12]}, and this is {commit[:12]}"


def git_of(environment: Mapping[str, Json]) -> Mapping[str, Json]:
    """`{commit, branch, dirty}` of a run's environment; {} outside of git."""
    git = environment.get("git")
    return git if isinstance(git, Mapping) else {}


def _same_version(wanted: str, version: str) -> bool:
    """`3.13` and `3.x` mean any version that begins so."""
    parts = [part for part in wanted.strip().split(".") if part not in ("x", "*", "")]
    return version.split(".")[: len(parts)] == parts
