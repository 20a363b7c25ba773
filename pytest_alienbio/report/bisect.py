"""The commit that lowered a score: which one, how far, and what was played to find it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Estimate, Json, inert
from ..model.bisection import Bisection, Commit, Probe
from . import figures
from .document import Block, Copy, Document, Fact, Facts, Item, Items, Note, Notes, Section, Table, column, interval_of, silent

SHORT = 10
"""Letters of a commit's hash where there is little room."""


def bisect_document(found: Bisection) -> Document:
    """Verdict first; then the commits that were looked at, and the bill."""
    return Document(_title(found), (_verdict(found), _probes(found), _bill(found)))


def _title(found: Bisection) -> str:
    who = f"{inert(found.agent, most=80)} on {inert(found.battery, most=80)}"
    if found.status == "found":
        return f"{who}: {found.suspects[0].hash[:SHORT]} {_did(found)}"
    if found.status == "one of":
        return f"{who}: one of {len(found.suspects):,} commits {_did(found)}"
    return f"{who}: {found.bad.hash[:SHORT]} is not shown to be worse than {found.good.hash[:SHORT]}"


def _did(found: Bisection) -> str:
    return f"{'raised' if found.better == 'lower' else 'lowered'} the {inert(found.metric, most=60)}"


def _verdict(found: Bisection) -> Section:
    facts = [
        Fact("status", "", found.status, ""),
        Fact("drop", "drop from end to end", _plain(found.drop), _drop(found.drop)),
        Fact("looked_for", "a drop counts from", found.least, figures.score(found.least, 3)),
        Fact("alpha", "", found.alpha, ""),
        Fact("metric", "", found.metric, ""),
        Fact("better", "", found.better, ""),
        Fact("exact", "", found.exact, ""),
    ]
    facts = [fact for fact in facts if found.status != "not worse" or fact.key != "looked_for" or found.least is not None]
    blocks: list[Block] = []
    if found.status == "found":
        blocks += [_commit(found.suspects[0]), Copy("command", "see it", f"git show {found.suspects[0].hash}")]
    elif found.status == "one of":
        blocks.append(Items("suspects", tuple(map(_suspect, found.suspects)), most=20, more="--json lists all"))
    blocks += [Facts("told", tuple(facts)), Notes("notes", tuple(_notes(found)))]
    return Section("verdict", blocks=tuple(blocks), alarm=found.status != "not worse")


def _commit(commit: Commit) -> Facts:
    return Facts(
        "commit",
        (
            Fact("hash", "commit", commit.hash, commit.hash),
            Fact("subject", "subject", commit.subject, inert(commit.subject, most=300)),
            Fact("author", "author", commit.author, inert(commit.author)),
            Fact("date", "date", commit.date, inert(commit.date, most=40)),
            Fact("parents", "", list[Json](commit.parents), ""),
        ),
    )


def _suspect(commit: Commit) -> Item:
    values: dict[str, Json] = {
        "hash": commit.hash,
        "subject": commit.subject,
        "author": commit.author,
        "date": commit.date,
    }
    return Item(
        f"{commit.hash[:SHORT]} {inert(commit.subject)}", f"{inert(commit.author)}, {inert(commit.date[:10])}", values=values
    )


def _notes(found: Bisection) -> Iterator[Note]:
    if found.status == "one of":
        yield Note("the commits between them could not be played, or did not tell: see why below")
    if found.status == "not worse" and found.drop.value is not None and found.probes:
        what = f"on {figures.many(len(found.seeds), 'seed')} the bad end is not shown to be worse"
        yield Note(f"{what}; nothing is looked for in noise. More seeds (--seeds) show smaller drops")
    if found.exact:
        what = f"{found.replayed:,} cells of the ends were played twice and gave the same numbers"
        yield Note(f"{what}: every difference is real, and no test is needed", values={"replayed": found.replayed})
    elif found.status != "not worse":
        yield Note(
            f"each commit was played until it was shown to have the drop or to lack it; that all are right: at least "
            f"{100 * (1 - found.alpha):g}%"
        )
    if found.status == "found" and len(found.suspects[0].parents) > 1:
        yield Note("it is a merge: what came with a branch that left before the good end cannot be told apart from it")
    yield from (Note(inert(note, most=400)) for note in found.notes)


def _probes(found: Bisection) -> Section:
    rows = found.probes
    about = f"{figures.many(found.commits, 'candidate')}; a drop is against the good end"
    table = Table(
        "probes",
        (
            column("hash", "commit", rows, lambda each: each.commit.hash, lambda each: each.commit.hash[:SHORT], left=True),
            column("call", "is", rows, lambda each: each.call, _call, left=True),
            column("drop", "drop", rows, lambda each: each.drop.value, lambda each: figures.score(each.drop.value, 3)),
            column("interval", "95%", rows, lambda each: interval_of(each.drop.interval), _interval, gives_way=2),
            column("cells", "cells", rows, lambda each: each.cells, _cells, gives_way=1),
            column("played", "played", rows, lambda each: each.played, lambda each: f"{each.played:,}", gives_way=3),
            column("reused", "reused", rows, lambda each: each.reused, lambda each: f"{each.reused:,}", gives_way=4),
            column("subject", "subject", rows, lambda each: each.commit.subject, _subject, left=True, gives_way=5),
            silent("role", rows, lambda each: each.role),
            silent("seeds", rows, lambda each: each.seeds),
            silent("worse", rows, lambda each: each.worse),
            silent("sound", rows, lambda each: each.sound),
            silent("same_as", rows, lambda each: each.same_as),
            silent("why", rows, lambda each: each.why),
            silent("author", rows, lambda each: each.commit.author),
            silent("date", rows, lambda each: each.commit.date),
        ),
    )
    whys = _whys(rows)
    return Section(
        "probes", "commits that were looked at", about, (table, *([Notes("reasons", whys, most=20)] if whys else []))
    )


def _whys(rows: Sequence[Probe]) -> tuple[Note, ...]:
    return tuple(Note(inert(row.why, most=400), row.commit.hash[:SHORT]) for row in rows if row.why)


def _bill(found: Bisection) -> Section:
    facts = (
        Fact("played", "cells played", found.played, f"{found.played:,}"),
        Fact("reused", "cells reused", found.reused, f"{found.reused:,}"),
        Fact("scenarios", "", list[Json](found.scenarios), ""),
        Fact("paths", "", list[Json](found.paths), ""),
    )
    return Section("bill", blocks=(Facts("cells", facts), Copy("root", "kept in", inert(found.root, most=4096, verbatim=True))))


def _call(probe: Probe) -> str:
    if probe.role:
        return f"{probe.call} ({probe.role})"
    return f"{probe.call} (= {probe.same_as[:SHORT]})" if probe.same_as else probe.call


def _cells(probe: Probe) -> str:
    return f"{probe.cells:,}" if probe.cells else figures.MISSING


def _interval(probe: Probe) -> str:
    if probe.drop.mark == "exact":
        return "exact"
    return figures.MISSING if probe.drop.interval is None else figures.score_interval(probe.drop.interval, 3)


def _subject(probe: Probe) -> str:
    return inert(probe.commit.subject, most=60)


def _drop(drop: Estimate) -> str:
    if drop.value is None:
        return figures.MISSING
    between = f" {figures.score_interval(drop.interval, 3)}" if drop.interval and drop.mark != "exact" else ""
    return f"{figures.score(drop.value, 3)}{between}{' (exact)' if drop.mark == 'exact' else ''}"


def _plain(drop: Estimate) -> dict[str, Json]:
    return {"value": drop.value, "interval": interval_of(drop.interval), "mark": drop.mark, "why": drop.why}
