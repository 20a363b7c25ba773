"""What two runs were made of, and what of it is another thing in the second."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence

from ..model import Changed, Json, canonical
from ..model.canonical import mapping
from .sides import AGENT, Run

_ENVIRONMENT = ("python", "implementation", "platform", "packages", "git", "command", "working_directory", "user", "host")
_DERIVED = frozenset({"scenarios", "agents", "output_path", "description"})
"""Keys of a battery that are told in their own way, or change nothing."""
_HEAD = "experiment."
_HASH = 12
"""Digits of a hash that are shown."""


def around(first: Run, second: Run) -> Iterator[Changed]:
    """What changed: in the battery, its agents, its scenarios, and in what it ran on. What is not told is not compared."""
    yield from _battery(first, second)
    yield from _agents(first, second)
    yield from _scenarios(first, second)
    yield from _changed("environment", _environment(first), _environment(second))


def _environment(run: Run) -> dict[str, Json]:
    found = {key: run.environment[key] for key in _ENVIRONMENT if key in run.environment}
    command = found.get("command")
    if isinstance(command, list | tuple):
        found["command"] = _typed(list(map(str, command)))
    return found


def _typed(command: Sequence[str]) -> str:
    """As it was typed: where a program lies is another folder on each machine, and no change."""
    head, *rest = command or [""]
    folder, name = ("", *head.split("/"))[-2:]
    return shlex.join([*(["python", "-m", folder] if name == "__main__.py" else [name]), *rest])


def _battery(first: Run, second: Run) -> Iterator[Changed]:
    (name, before), (other, after) = _head(first), _head(second)
    if name and other and name != other:
        yield Changed("battery", "name", name, other)
    yield from _changed("battery", *({k: v for k, v in head.items() if k not in _DERIVED} for head in (before, after)))
    selected = [mapping(mapping(run.spec.get("resolved")).get("selection")) for run in (first, second)]
    yield from _changed("battery", {"selection": selected[0]}, {"selection": selected[1]})


def _agents(first: Run, second: Run) -> Iterator[Changed]:
    profiles, hashes = [_profiles(run) for run in (first, second)], [_versions(run) for run in (first, second)]
    before, after = ({**mine, **played} for mine, played in zip(profiles, hashes, strict=True))
    yield from _there("agents", before, after)
    for name in (each for each in before if each in after):
        told = list(_changed("agents", {name: profiles[0].get(name, {})}, {name: profiles[1].get(name, {})}))
        yield from told
        old, new = (mine.get(name, "") for mine in hashes)
        # A profile whose settings are the same may still be another one: its code, or what a name stands for.
        if old and new and old != new and not told:
            yield Changed("agents", f"{name}.hash", old[:_HASH], new[:_HASH])


def _scenarios(first: Run, second: Run) -> Iterator[Changed]:
    before, after = first.versions(), second.versions()
    yield from _there("scenarios", before, after)
    for name in sorted(before.keys() & after.keys()):
        old, new = (sorted(each[name] - {""}) for each in (before, after))
        if old and new and old != new:
            yield Changed("scenarios", f"{name}.hash", *(" ".join(each[:_HASH] for each in some) for some in (old, new)))
    was, now = (sorted({cell[2] for cell in run.cells} - {-1}) for run in (first, second))
    if was and now and was != now:
        yield Changed("scenarios", "difficulty", list[Json](was), list[Json](now))


def _there(about: str, before: Collection[str], after: Collection[str]) -> Iterator[Changed]:
    """The names that only one of them has."""
    for name in (each for each in before if each not in after):
        yield Changed(about, name, True, None, "after")
    for name in (each for each in after if each not in before):
        yield Changed(about, name, None, True, "before")


def _profiles(run: Run) -> dict[str, Mapping[str, Json]]:
    listed = _head(run)[1].get("agents")
    every = [mapping(each) for each in listed] if isinstance(listed, list | tuple) else []
    return {str(each.get("name")): each for each in every}


def _versions(run: Run) -> dict[str, str]:
    """The hash of each agent, of those that played; of several the last."""
    return {record.agent: str(record.group[AGENT]) for record in run.cells.values()}


def _head(run: Run) -> tuple[str, Mapping[str, Json]]:
    """The battery in a DAT's spec: its name and what it says."""
    for key, value in run.spec.items():
        if key.startswith(_HEAD) and isinstance(value, Mapping):
            return key.removeprefix(_HEAD), value
    return run.side.batteries[0] if run.side.batteries else "", {}


def _changed(about: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Changed]:
    """The keys, dotted, whose values differ; a list is one value."""
    one, other = dict(_flat(before)), dict(_flat(after))
    for key in dict.fromkeys((*one, *other)):
        if key not in one or key not in other:
            yield Changed(about, key, one.get(key), other.get(key), "after" if key in one else "before")
        elif canonical(one[key]) != canonical(other[key]):
            yield Changed(about, key, one[key], other[key])


def _flat(values: Mapping[str, Json], before: str = "") -> Iterator[tuple[str, Json]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{before}{key}.")
        elif value != {}:
            yield f"{before}{key}", value
