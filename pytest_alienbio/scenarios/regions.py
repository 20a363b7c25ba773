"""`regions:` of a scenario file, and the quantities that are spread over them: `food` becomes `food@home`, `food@away`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .document import BROKEN, Node
from .quantities import BLOCKS, Quantities
from .reading import REGION, Reader

MOST_REGIONS = 24
SPREAD = ("regions", "at")
"""What a molecule or a species may say about where it is."""
ONCE = ("prefix", "group", *SPREAD)
"""What cannot differ from region to region."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry as it is in one place. `variable` is its name in the state, `region` '' if it is in none."""

    variable: str
    region: str
    node: Node


def roles_of(blocks: Mapping[str, Node]) -> Iterator[str]:
    """Every word the evaluated blocks define: quantities, regions, and quantities in regions. Complains about nothing."""
    regions = list(_entries(blocks.get("regions")))
    yield from regions
    for block in BLOCKS:
        for name, node in _entries(blocks.get(block)).items():
            yield name
            where = _entries(node).get("regions")
            listed = where.value if where is not None else []
            named = [each.value for each in listed if isinstance(each, Node)] if isinstance(listed, list) else []
            yield from (f"{name}@{region}" for region in regions if listed == "all" or region in named)


def read_regions(read: Reader, quantities: Quantities, node: Node | None) -> None:
    """Takes down the regions of this difficulty."""
    entries = read.entries(node, "regions")
    if node is not None and len(entries) > MOST_REGIONS:
        read.complaints.add(node.path, f"{len(entries)} regions", expected=f"at most {MOST_REGIONS}")
    for name, each in list(entries.items())[:MOST_REGIONS]:
        entry = read.entries(each, "a region")
        read.known(entry, each.path, ("prefix", "group"))
        quantities.name(read, name, each, entry, prefix="L")
        read.kinds[name] = REGION
        quantities.regions.append(name)


def spread(read: Reader, quantities: Quantities, name: str, node: Node) -> list[Placed]:
    """An entry in each of its regions, with what it says of itself `at` that one; as it is if it is in none."""
    entry = _entries(node)
    if "regions" not in entry:
        if "at" in entry:
            read.complaints.add(entry["at"].path, "`at` without `regions`", expected="regions: all, or a list", key=True)
        return [Placed(name, "", node)]
    places = _places(read, quantities, entry["regions"])
    there = read.references(entry.get("at"), "at", REGION)
    for region, each in there.items():
        if region not in places:
            read.complaints.add(each.path, f"{name!r} is not in {region!r}", key=True)
        for key, value in read.entries(each, "at a region").items():
            if key in ONCE:
                read.complaints.add(value.path, f"`{key}` cannot differ from region to region", key=True)
    everywhere = {key: value for key, value in entry.items() if key not in SPREAD}
    return [
        Placed(f"{name}@{region}", region, Node({**everywhere, **_entries(there.get(region))}, node.path)) for region in places
    ]


def _places(read: Reader, quantities: Quantities, node: Node) -> list[str]:
    if node.value == "all":
        if not quantities.regions:
            read.complaints.add(node.path, "there are no regions", hint="give the file a `regions:` block")
        return list(quantities.regions)
    if node.value is BROKEN or not isinstance(node.value, list):
        if node.value is not BROKEN:
            read.complaints.add(node.path, "`regions` is neither `all` nor a list", expected="all, or [home, away]")
        return []
    places = [read.role(each, REGION) for each in node.value if each.value not in read.roles or each.value in read.kinds]
    for place in places:
        if place and places.count(place) > 1:
            read.complaints.add(node.path, f"{place!r} twice")
    return [place for place in dict.fromkeys(places) if place]


def _entries(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}
