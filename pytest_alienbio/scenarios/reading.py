"""Taking values out of an evaluated file: each of the expected type and range, or a complaint and something to go on with."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from ..errors import did_you_mean
from ..model.source import Path, spelled
from .document import BROKEN, Complaints, Node

MOVING = ("molecule", "species", "control")
"""Kinds of quantities that have a level of their own, which a process or an event can change."""
TOTALS = {"molecule": "sum of a molecule", "species": "sum of a species"}
"""Kinds of quantities that are sums over regions, by what is summed."""
QUANTITIES = (*MOVING, *TOTALS.values())
REGION = "region"


class Reader:
    """Reads nodes against the roles of a file.

    `roles` exist at some difficulty, `present` (quantity -> index into the state) at this one; `kinds` says what each role
    of this one is: a kind of `QUANTITIES`, or a `REGION`.
    """

    def __init__(self, complaints: Complaints, roles: frozenset[str]) -> None:
        self.complaints = complaints
        self.roles = roles
        self.present: dict[str, int] = {}
        self.kinds: dict[str, str] = {}

    def entries(self, node: Node | None, what: str) -> dict[str, Node]:
        """A mapping's entries; {} for a missing node."""
        if node is None or node.value is BROKEN:
            return {}
        if isinstance(node.value, dict):
            return node.value
        self.complaints.add(
            node.path, f"{what}: {spelled(node.value)} is not a mapping" if _short(node) else f"{what}: not a mapping"
        )
        return {}

    def items(self, node: Node | None, what: str, *, most: int | None = None) -> list[Node]:
        """A list's items, not more than `most`; [] for a missing node."""
        if node is None or node.value is BROKEN:
            return []
        if isinstance(node.value, list):
            if most is not None and len(node.value) > most:
                self.complaints.add(node.path, f"{len(node.value)} {what}", expected=f"at most {most}")
            return node.value[:most]
        self.complaints.add(node.path, f"{what}: not a list")
        return []

    def known(
        self,
        entries: Mapping[str, Node],
        path: Path,
        keys: Collection[str],
        *,
        needed: Collection[str] = (),
    ) -> None:
        """Complains about keys nobody knows, and missing ones."""
        for key, node in entries.items():
            if key not in keys:
                self.complaints.add(node.path, f"unknown key {key!r}", hint=did_you_mean(key, keys), key=True)
        for key in needed:
            if key not in entries:
                self.complaints.add(path, f"`{key}` is missing", key=True)

    def number(
        self,
        entries: Mapping[str, Node],
        path: Path,
        key: str,
        *,
        default: float | None = None,
        low: float | None = None,
        above: float | None = None,
        high: float | None = None,
        below: float | None = None,
        whole: bool = False,
    ) -> float:
        """`entries[key]` as a finite float within the bounds; a missing one without default was complained about by `known`."""
        node = entries.get(key)
        if node is None:
            return 1.0 if default is None else default
        return self.bare(node, f"`{key}`", low=low, above=above, high=high, below=below, whole=whole)

    def bare(
        self,
        node: Node,
        what: str,
        *,
        low: float | None = None,
        above: float | None = None,
        high: float | None = None,
        below: float | None = None,
        whole: bool = False,
    ) -> float:
        """A node that is itself a number."""
        value = node.value
        if value is BROKEN:
            return 1.0
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            shown = f"{spelled(value)} is" if _short(node) else "this is"
            self.complaints.add(node.path, f"{what}: {shown} not a finite number")
            return 1.0
        bounds = []
        if above is not None and value <= above:
            bounds.append(f"a number above {above:g}")
        if low is not None and value < low:
            bounds.append(f"a number from {low:g} on")
        if high is not None and value > high:
            bounds.append(f"a number up to {high:g}")
        if below is not None and value >= below:
            bounds.append(f"a number below {below:g}")
        if whole and value != int(value):
            bounds.append("a whole number")
        if bounds:
            self.complaints.add(node.path, f"{what} is {value!r}", expected=" and ".join(bounds))
            return 1.0
        return float(value)

    def flag(self, entries: Mapping[str, Node], path: Path, key: str, default: bool) -> bool:
        """`entries[key]` as true or false."""
        node = entries.get(key)
        if node is None or node.value is BROKEN:
            return default
        if not isinstance(node.value, bool):
            self.complaints.add(node.path, f"`{key}` is {spelled(node.value)}", expected="true or false")
            return default
        return node.value

    def word(self, entries: Mapping[str, Node], path: Path, key: str, default: str, pattern: str, expected: str) -> str:
        """`entries[key]` as text that matches `pattern` wholly."""
        node = entries.get(key)
        if node is None or node.value is BROKEN:
            return default
        if not isinstance(node.value, str) or not re.fullmatch(pattern, node.value):
            shown = f"{spelled(node.value)}" if _short(node) else "something else"
            self.complaints.add(node.path, f"`{key}` is {shown}", expected=expected)
            return default
        return node.value

    def identifier(self, name: str, node: Node) -> None:
        """Complains unless `name` can be a role."""
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            self.complaints.add(node.path, f"{name!r} cannot be a role", expected="letters, digits and _", key=True)

    def role(self, node: Node, *kinds: str) -> str:
        """A node that names a role of this difficulty, of one of `kinds` (none: of any); '' after a complaint."""
        value = node.value
        if value is BROKEN:
            return ""
        if not isinstance(value, str):
            self.complaints.add(node.path, "not a role", expected=f"the name of a {_or(kinds or MOVING, ' a')}")
            return ""
        return value if self._is(value, node.path, kinds) else ""

    def alike(self, path: Path, what: str, source: str, target: str) -> None:
        """Complains unless `what` passes between two different quantities of one kind."""
        if source and target and (source == target or self.kinds[source] != self.kinds[target]):
            way = "from a quantity to itself" if source == target else f"from {source!r} to {target!r}"
            self.complaints.add(path, f"{what} {way}", expected="two molecules, or two populations")

    def references(
        self, node: Node | None, what: str, *kinds: str, needed: bool = False, region: str = "", everywhere: bool = False
    ) -> dict[str, Node]:
        """A mapping whose keys are roles of `kinds`.

        Those dropped at this difficulty are left out, or complained about if they are `needed`. In a `region`, what is
        spread over regions is that of the region; what is not there is left out, or complained about if it has to be
        `everywhere`.
        """
        found = {}
        for name, each in self.entries(node, what).items():
            role = f"{name}@{region}" if f"{name}@{region}" in self.kinds else name
            if role in self.roles and role not in self.kinds and not needed:
                continue
            if region and self.kinds.get(role) in TOTALS.values():
                if everywhere:
                    self.complaints.add(each.path, f"{name!r} is not in {region!r}", key=True)
            elif self._is(role, each.path, kinds, key=True):
                found[role] = each
        return found

    def _is(self, role: str, path: Path, kinds: Sequence[str], *, key: bool = False) -> bool:
        """Whether `role` is present and of one of `kinds`; complains if it is not."""
        if role not in self.roles:
            self.complaints.add(path, f"unknown role {role!r}", hint=did_you_mean(role, self.roles), key=key)
        elif role not in self.kinds:
            self.complaints.add(
                path, f"{role!r} does not exist at every difficulty this entry does", hint="give it a `when`", key=key
            )
        elif kinds and self.kinds[role] not in kinds:
            if self.kinds[role] in TOTALS.values():
                one = next(name for name in self.kinds if name.startswith(f"{role}@"))
                self.complaints.add(path, f"{role!r} is spread over regions", hint=f"name one, like {one}", key=key)
            else:
                named = [kind for kind in kinds if kind not in TOTALS.values()]
                self.complaints.add(path, f"{role!r} is no {_or(named)}", key=key)
        else:
            return True
        return False


def _or(words: Sequence[str], article: str = "") -> str:
    *rest, last = words
    return f"{f',{article} '.join(rest)} or{article} {last}" if rest else last


def _short(node: Node) -> bool:
    return (
        node.value is None
        or isinstance(node.value, bool | int | float)
        or (isinstance(node.value, str) and len(node.value) < 60)
    )
