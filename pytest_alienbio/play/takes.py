"""Which params a factory takes, as its signature tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature

from ..errors import did_you_mean


@dataclass(frozen=True, slots=True)
class Takes:
    """The params of a factory: `name in takes` says whether a file may give it one of that name."""

    named: Mapping[str, bool] = field(default_factory=dict)
    """Its keywords, and whether it cannot do without."""
    others: bool = False
    """Whether it takes any other keyword too."""
    handed: frozenset[str] = frozenset()
    """Keywords it is given anyway; no file may give them."""

    def __contains__(self, name: str) -> bool:
        return name not in self.handed and (self.others or name in self.named)

    def wrong(self, who: str, given: Collection[str]) -> Iterator[tuple[str, str]]:
        """What is wrong with giving `who` params of these names, unknown or missing ones: a sentence, and a hint or ''."""
        for name in given:
            if name not in self:
                yield f"{who} has no param {name!r}", did_you_mean(name, self.named) or "it takes none"
        for name, needed in self.named.items():
            if needed and name not in given:
                yield f"{who} needs the param {name!r}", ""


ANYTHING = Takes(others=True)
NOTHING = Takes()


def takes_of(factory: Callable[..., object], handed: Collection[str] = ()) -> Takes:
    """What `factory` takes beside `handed`. One without a readable signature is taken to take anything."""
    try:
        parameters = signature(factory).parameters.values()
    except (TypeError, ValueError):
        return Takes(others=True, handed=frozenset(handed))
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return Takes(
        named={p.name: p.default is Parameter.empty for p in parameters if p.kind in by_name and p.name not in handed},
        others=any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters),
        handed=frozenset(handed),
    )
