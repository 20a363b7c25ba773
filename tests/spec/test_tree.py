"""The tree that reading builds."""

from __future__ import annotations

from pytest_alienbio.model.source import Path
from pytest_alienbio.spec.tree import Node, Place, merge, places


def mapping(line: int, **entries: object) -> Node:
    """A mapping on one line, its keys at columns 1, 3, 5, ..."""
    keys = {name: (Node(value, line, 2 * i + 2), line, 2 * i + 1) for i, (name, value) in enumerate(entries.items())}
    return Node(dict(entries), line, 1, keys=keys)


def test_own_entries_win_over_merged_ones_and_earlier_sources_over_later() -> None:
    """Value and places agree afterwards."""
    node = mapping(1, a=1)
    merge(node, Node([], 2, 1, items=[mapping(3, a=2, b=2), mapping(4, b=3, c=3)]))
    assert node.value == {"b": 2, "c": 3, "a": 1}
    assert node.keys is not None
    assert {key: entry[1] for key, entry in node.keys.items()} == {"b": 3, "c": 4, "a": 1}


def test_one_mapping_merges_like_a_list_of_one() -> None:
    one, listed = mapping(1, a=1), mapping(1, a=1)
    merge(one, mapping(2, b=2))
    merge(listed, Node([], 2, 1, items=[mapping(2, b=2)]))
    assert one == listed


def test_every_key_and_value_has_its_place() -> None:
    """Lists by index; the value of an alias stands where the alias stands."""
    anchored = mapping(1, a=1)
    root = Node([anchored.value, anchored.value], 1, 1, items=[anchored, anchored.at(5, 7)])
    keys: dict[Path, Place] = {}
    values: dict[Path, Place] = {}
    places(root, (), keys, values)
    assert keys == {(0, "a"): (1, 1), (1, "a"): (1, 1)}
    assert values == {(): (1, 1), (0,): (1, 1), (0, "a"): (1, 2), (1,): (5, 7), (1, "a"): (1, 2)}
