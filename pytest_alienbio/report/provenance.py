"""Where runs come from: on what, by whom, how, and what was done with them since."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from ..model import Deed, Json, Provenance, canonical, inert
from ..model.figures import MISSING, many
from .deeds import commit_of
from .document import Block, Copy, Fact, Facts, Field, Item, Items, Note, Notes, Section, Table, column, named, silent
from .timeline import clock

_MORE = "--all"
MOST = 10
"""Notes, and lines of a log, that a screen shows."""
_DIGITS = 12
"""Of a hash, for people."""
_LONG = 4000


def provenance_section(found: Sequence[Provenance], more: str = _MORE) -> Section | None:
    """The section `environment`: of one run its facts, command, versions and log; of several a row each. None for no run."""
    if not found:
        return None
    blocks: list[Block] = []
    if len(found) == 1:
        [one] = found
        blocks.append(Facts("facts", tuple(_facts(one))))
        if one.command:
            blocks.append(Copy("command", "command", inert(shlex.join(one.command), most=_LONG, verbatim=True)))
        if one.packages:
            blocks.append(_packages(one))
    else:
        blocks += [_runs(found, more), *([versions] if (versions := _versions(found)) else [])]
    if noted := _noted(found):
        blocks.append(noted)
    if deeds := [deed for one in found for deed in one.deeds]:
        blocks.append(_log(deeds, several=len(found) > 1, more=more))
    if unread := [Note(inert(note, most=400), "not read") for one in found for note in one.notes]:
        blocks.append(Notes("unread", tuple(unread)))
    about = "as the run wrote it down; what looks like a secret is hidden"
    return Section("environment", "environment and provenance", about, tuple(blocks))


def _facts(one: Provenance) -> Iterator[Fact]:
    def fact(key: str, label: str, value: Json, text: str = "") -> Iterator[Fact]:
        if value not in ("", None, {}, []):
            yield Fact(key, label, value, inert(text or str(value), most=400))

    yield from fact("dat", "result folder", one.dat)
    yield from fact("battery", "battery", one.battery, f"{one.battery} ({one.source})" if one.source else "")
    yield from fact("spec", "description", one.spec, f"sha256 {one.spec[:_DIGITS]}")
    yield from fact("plan", "cells", one.plan, f"sha256 {one.plan[:_DIGITS]}")
    yield from fact(
        "state", "state", one.state, "not closed: it is running, or was killed" if one.state == "open" else one.state
    )
    yield from fact("started", "made", one.started, f"{one.started[:19].replace('T', ' ')} UTC")
    yield from fact("by", "by", one.user, f"{one.user} on {one.host}" if one.host else one.user)
    more = {True: ", with changes that were not committed", False: "", None: ", changes not told"}[one.dirty]
    branch = f" on {one.branch}" if one.branch else ""
    yield from fact("commit", "commit", one.commit, f"{one.commit[:_DIGITS]}{branch}{more}")
    yield from fact("python", "python", one.python)
    yield from fact("platform", "platform", one.platform)
    yield from fact("cpus", "processors", one.cpus)
    yield from fact("directory", "started in", one.directory, "the project's folder" if one.directory == "." else "")
    yield from fact("tags", "tags", list[Json](one.said.tags), ", ".join(one.said.tags))
    for name, value in one.more.items():
        yield from fact(f"more.{name}", inert(name, most=40), value, value if isinstance(value, str) else canonical(value))


def _packages(one: Provenance) -> Table:
    rows = sorted(one.packages.items())
    fields = (
        named("package", "package", rows, lambda row: row[0]),
        column("version", "version", rows, lambda row: row[1], lambda row: inert(row[1], most=40)),
    )
    return Table("packages", fields, caption="versions")


def _runs(found: Sequence[Provenance], more: str) -> Table:
    def text(key: str, header: str, of: list[str], gives_way: int) -> Field:
        return Field(key, header, tuple(each or None for each in of), tuple(inert(each) or MISSING for each in of), left=True,
                     names=True, gives_way=gives_way)  # fmt: skip

    left_out = len(found) - MOST
    return Table(
        "runs",
        (
            named("dat", "result folder", found, lambda one: one.dat),
            named("battery", "battery", found, lambda one: one.battery, gives_way=3, once=True),
            column("started", "made (UTC)", found, lambda one: one.started or None, _minute, left=True),
            text("user", "by", [one.user for one in found], 2),
            text("host", "on", [one.host for one in found], 6),
            column("commit", "commit", found, lambda one: one.commit or None, _commit, left=True),
            silent("dirty", found, lambda one: one.dirty),
            text("python", "python", [one.python for one in found], 5),
            column("spec", "description", found, lambda one: one.spec or None, lambda one: one.spec[:_DIGITS] or MISSING,
                   left=True, gives_way=4),
            silent("plan", found, lambda one: one.plan or None),
            silent("command", found, lambda one: list(one.command)),
            silent("platform", found, lambda one: one.platform or None),
            silent("cpus", found, lambda one: one.cpus),
            text("tags", "tags", [", ".join(one.said.tags) for one in found], 1),
        ),
        screen=tuple(range(min(len(found), MOST))),
        more=f"… and {many(left_out, 'more run')}: {more}" if left_out > 0 else "",
    )  # fmt: skip


def _versions(found: Sequence[Provenance]) -> Table | None:
    """The packages whose version is another one in another run; the same everywhere: nothing."""
    names = sorted({name for one in found for name in one.packages})
    rows = [(name, versions) for name in names if len(versions := {one.packages.get(name, "") for one in found}) > 1]
    if not rows:
        return None
    fields = (
        named("package", "package", rows, lambda row: row[0]),
        column("versions", "versions", rows, lambda row: list[Json](sorted(row[1] - {""})), _told, left=True),
    )
    return Table("versions", fields, caption="packages of different versions")


def _told(row: tuple[str, set[str]]) -> str:
    text = ", ".join(inert(version, most=40) for version in sorted(row[1] - {""})[:6])
    return f"{text}; not told by all" if "" in row[1] else text


def _noted(found: Sequence[Provenance]) -> Items | None:
    """What people noted of the runs."""
    items = [
        Item(
            "note" if len(found) == 1 else inert(one.dat),
            ", ".join(filter(None, (inert(note.author, most=80), clock(note.at)[:16] if note.at else ""))),
            inert(note.text, most=_LONG),
            values={"dat": one.dat, "text": note.text, "author": note.author, "at": note.at or None},
        )
        for one in found
        for note in one.said.notes
    ]
    left_out = len(items) - MOST
    return Items("said", tuple(items), MOST, f"… and {many(left_out, 'more note')}" if left_out > 0 else "") if items else None


def _log(deeds: Sequence[Deed], *, several: bool, more: str) -> Table:
    left_out = len(deeds) - MOST
    return Table(
        "log",
        (
            *([named("dat", "result folder", deeds, lambda deed: deed.dat, once=True, gives_way=2)] if several else []),
            column("at", "when (UTC)", deeds, lambda deed: deed.at or None, lambda deed: clock(deed.at), left=True),
            named("who", "who", deeds, lambda deed: deed.author.partition(" <")[0] or MISSING),
            column("event", "did", deeds, lambda deed: deed.event, lambda deed: inert(deed.event, most=20), left=True),
            named("about", "about", deeds, _about, gives_way=1),
            column("commit", "commit", deeds, lambda deed: deed.commit or None, lambda deed: inert(commit_of(deed)), left=True,
                   gives_way=4),
            column("command", "command", deeds, lambda deed: list(deed.command),
                   lambda deed: inert(shlex.join(deed.command), most=200), left=True, gives_way=5),
        ),
        caption="what was done, and by whom",
        screen=tuple(range(min(len(deeds), MOST))),
        more=f"… and {many(left_out, 'more line')}: {more}" if left_out > 0 else "",
    )  # fmt: skip


def _about(deed: Deed) -> str:
    because = f" ({deed.reason})" if deed.reason else ""
    return ": ".join(filter(None, (deed.cell, deed.about))) + because


def _commit(one: Provenance) -> str:
    return f"{inert(one.commit[:9])}{'+' if one.dirty else ''}" if one.commit else MISSING


def _minute(one: Provenance) -> str:
    return inert(one.started[:16].replace("T", " ")) or MISSING
