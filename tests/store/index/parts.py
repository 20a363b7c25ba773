"""Result folders to index, and what a question to them should give, said plainly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pytest_alienbio.model import Json, Query, Result
from pytest_alienbio.store import Dat, Journal, claim, encode
from pytest_alienbio.store.index import Index


def a_run(
    root: Path,
    results: Iterable[Result] = (),
    *,
    run: str = "r1",
    battery: str = "b",
    tags: Sequence[str] = (),
    commit: str = "",
) -> Dat:
    """A result folder below `root` that holds `results`, written as a run does."""
    spec: dict[str, Json] = {f"experiment.{battery}": {"tags": list(tags)}, "resolved": {"source": f"{battery}.battery.yaml"}}
    dat = claim(
        root,
        "results/{battery}/{seq}",
        run_id=run,
        spec=spec,
        fields={"battery": battery},
        command=[],
        environment={"git": {"commit": commit}} if commit else {},
    )
    add(dat, *results, run=run)
    return dat


def add(dat: Dat, *results: Result, run: str = "r1", worker: str = "main") -> Path:
    """Appends lines to the journal of a writer, new or not; gives its path."""
    journal = Journal(dat.path, run, worker)
    lines = (encode(result if result.run else result.with_(run=run, worker=worker)) for result in results)
    if results:
        journal.path.parent.mkdir(exist_ok=True)
        with journal.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    return journal.path


def ids(index: Index, query: Query | None = None) -> list[str]:
    """The ids of the records that `query` keeps, in their order."""
    return [name for (name,) in index.rows(query or Query(), ["id"])]


def stored(root: Path, query: Query | None = None) -> list[str]:
    """The same from a fresh look at the disk."""
    with Index.open(root) as index:
        index.refresh()
        return ids(index, query)


def keeps(query: Query, result: Result, *, tags: Sequence[str] = (), notes: Sequence[str] = (), commit: str = "") -> bool:
    """Whether `query` keeps a result, `latest` and `dats` apart; of its DAT `tags`, `notes` and `commit`."""
    score, ended = result.score, result.ended_at
    verdict = False if result.outcome.is_error else result.passed
    return (
        _fits(result.agent, query.agents)
        and _fits(result.scenario, query.scenarios)
        and _fits(result.battery, query.batteries)
        and (not query.roles or result.role in query.roles)
        and (query.seeds is None or result.seed in query.seeds)
        and (not query.outcomes or result.outcome in query.outcomes)
        and (query.passed is None or query.passed is verdict)
        and (query.min_score is None or (score is not None and score >= query.min_score))
        and (query.max_score is None or (score is not None and score <= query.max_score))
        and (query.since is None or (ended > 0 and ended >= query.since))
        and (query.until is None or 0 < ended < query.until)
        and (not query.tags or not set(query.tags).isdisjoint((*result.tags, *tags)))
        and (not query.levels or any(low <= (result.difficulty or -1) <= high for low, high in query.levels))
        and commit.startswith(query.commit)
        and all(name in result.params and result.params[name] in values for name, values in query.params.items())
        and (not query.note or any(query.note.lower() in note.lower() for note in notes))
    )


def _fits(name: str, globs: Sequence[str]) -> bool:
    return not globs or any(fnmatchcase(name, glob) for glob in globs)
