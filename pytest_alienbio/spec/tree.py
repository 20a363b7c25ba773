"""The tree that reading a YAML text builds: a value and where it stands, node by node."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.source import Path

Place = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(slots=True)
class Node:
    """A value with its place, and what is in it if it is a list or a mapping."""

    value: object
    line: int
    column: int
    keys: dict[str, tuple[Node, int, int]] | None = None
    """A mapping's entries with the place of each key."""
    items: list[Node] | None = None
    size: int = 1
    """Values in it, itself included."""
    height: int = 0
    """Levels below it."""

    def at(self, line: int, column: int) -> Node:
        """The same value standing somewhere else."""
        return Node(self.value, line, column, self.keys, self.items, self.size, self.height)


def merge(node: Node, merged: Node) -> None:
    """Puts the entries of `merged` under those of `node`; of several sources the earlier wins."""
    assert node.keys is not None
    entries: dict[str, tuple[Node, int, int]] = {}
    for source in [merged] if merged.items is None else merged.items:
        for key, entry in (source.keys or {}).items():
            entries.setdefault(key, entry)
    entries |= node.keys
    node.keys = entries
    node.value = {key: entry[0].value for key, entry in entries.items()}


def places(node: Node, path: Path, keys: dict[Path, Place], values: dict[Path, Place]) -> None:
    """Notes where every key and every value of `node` stands, under its path."""
    values[path] = (node.line, node.column)
    if node.keys is not None:
        for key, (child, line, column) in node.keys.items():
            below = (*path, key)
            keys[below] = (line, column)
            places(child, below, keys, values)
    for index, child in enumerate(node.items or ()):
        places(child, (*path, index), keys, values)
