"""Names as charts can show them: short, and still different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from ..model import inert

LONGEST = 30
"""Characters of a name on an axis."""
_TAKEN = frozenset(
    (
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    )
)
"""What every object of JavaScript has: who draws keeps its panels by their labels in one, and would find these there."""


def short(text: str, most: int = LONGEST) -> str:
    """`text`, inert, in at most `most` characters: what is left out stood in the middle, where names say least."""
    text = inert(text)
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def labels(names: Iterable[str], most: int = LONGEST) -> dict[str, str]:
    """A label for each name, no two alike. '' is `all`.

    Of names that would look alike the part in which they differ is kept, `prov…-12-…view`; what still does is numbered.
    """
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(short(name, most) or "all", []).append(name)
    made: dict[str, str] = {}
    taken: set[str] = set()
    for group in alike.values():
        for name, own in zip(group, _apart(group, most), strict=True):
            number, free = 1, f"{own}\u00a0" if own in _TAKEN else own
            while free in taken:
                number += 1
                tail = f" ({number})"
                free = short(own, most - len(tail)) + tail
            made[name] = free
            taken.add(free)
    return made


def _apart(group: Sequence[str], most: int) -> list[str]:
    """Names that look alike when shortened, each with its own part whole if there is room for it."""
    texts = [inert(name) for name in group]
    if len(group) == 1 or min(map(len, texts)) <= most:
        return [short(text, most) or "all" for text in texts]
    head = _alike(texts)
    tail = _alike([text[head:][::-1] for text in texts])
    own = [text[head : len(text) - tail] for text in texts]
    room = most - 2 - min(max(map(len, own)), most // 2)
    left, right = room // 2, room - room // 2
    return [
        f"{text[:head][:left]}…{short(middle, most // 2)}…{text[len(text) - tail :][-right:] if tail else ''}"
        for text, middle in zip(texts, own, strict=True)
    ]


def _alike(texts: Sequence[str]) -> int:
    """How many characters all of them begin with."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))
