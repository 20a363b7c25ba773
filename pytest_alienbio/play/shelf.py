"""Scenarios by name, of which some are read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping

from .catalog import ScenarioInfo

Reader = Callable[[], ScenarioInfo]
"""Reads one scenario; the same one however often it is called."""

_NOTHING: Mapping[str, Reader] = {}


class Shelf(MutableMapping[str, ScenarioInfo]):
    """`known`, with `more` over it, then those of `unread`: names cost nothing, and a scenario is read when it is looked up.

    A copy: what is added to it is not in `known`. What cannot be read raises what its reader raises, each time.
    """

    def __init__(
        self,
        known: Mapping[str, ScenarioInfo] | None = None,
        more: Mapping[str, ScenarioInfo] | None = None,
        *,
        unread: Mapping[str, Reader] = _NOTHING,
    ) -> None:
        self._held: dict[str, ScenarioInfo | Reader] = {**(known._held if isinstance(known, Shelf) else known or {})}
        self._held |= {**(more or {}), **unread}

    def __getitem__(self, name: str) -> ScenarioInfo:
        found = self._held[name]
        if not isinstance(found, ScenarioInfo):
            found = self._held[name] = found()
        return found

    def __setitem__(self, name: str, info: ScenarioInfo) -> None:
        self._held[name] = info

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)
