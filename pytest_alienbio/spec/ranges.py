"""Seeds, difficulties and shards as people type them on a command line."""

from __future__ import annotations

import re

from ..errors import Complaint, SpecError
from ..model import Levels
from .scalars import shorten

MAX_SEED = 2**32 - 1
MAX_SEEDS = 100_000
MAX_LEVEL = 999_999_999
"""Beyond every level there is: where `>=2` ends."""
MAX_SHARDS = 10_000

_SEEDS = "10 (for 0 to 9), 3,5 or 100-119"
_LEVELS = "2, <=3, 2-4 or 1,3,5"
_SHARDS = "I/N, like 2/4 for the second of four"
_STEPS = "3, 3-5 or 3- (to the last)"
_STEP_SPAN = re.compile(r"([0-9]{1,9})(\s*-\s*([0-9]{1,9})?)?")
_SHARD = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})")
_SEED_PART = re.compile(r"([0-9]{1,20})(?:\s*-\s*([0-9]{1,20}))?")
_LEVEL_PART = re.compile(r"(<=|>=|<|>)\s*([0-9]{1,9})|([0-9]{1,9})(?:\s*-\s*([0-9]{1,9}))?")


def parse_seeds(text: str) -> tuple[int, ...]:
    """The seeds of a SPEC in its order, each once: `10` is 0 to 9, `3,5` those two, `100-119` both ends and what is between.

    One number alone is a count; `7-7` is the seed 7 alone. Parts may be mixed: `3,5,100-119`. Raises `SpecError`.
    """
    found: dict[int, None] = {}
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        match = _SEED_PART.fullmatch(part)
        if not match:
            raise _refuse(_odd(text, part, "seeds"), _SEEDS)
        first, last = int(match[1]), int(match[2] or match[1])
        if len(parts) == 1 and match[2] is None:
            if not 1 <= first <= MAX_SEEDS:
                alone = f"the seed {first} alone is {first}-{first}" if first <= MAX_SEED else ""
                raise _refuse(f"{shorten(part)} is no number of seeds", f"1 to {MAX_SEEDS:,}", alone)
            return tuple(range(first))
        if last > MAX_SEED:
            raise _refuse(f"the seed {shorten(str(last))} is too large", f"at most {MAX_SEED}")
        if last < first:
            raise _refuse(f"{shorten(part)!r} runs backwards", "the smaller seed first, like 100-119")
        if last - first < MAX_SEEDS:
            found |= dict.fromkeys(range(first, last + 1))
        if last - first >= MAX_SEEDS or len(found) > MAX_SEEDS:
            raise _refuse(f"{shorten(text.strip())!r} holds too many seeds", f"at most {MAX_SEEDS:,}")
    return tuple(found)


def parse_levels(text: str) -> Levels:
    """The difficulties of an EXPR, as ranges in its order: `2`, `<=3`, `>=2`, `<3`, `>3`, `2-4`, `1,3,5`, or some of these.

    `,` means "or". Raises `SpecError`.
    """
    found: dict[tuple[int, int], None] = {}
    for part in map(str.strip, text.split(",")):
        match = _LEVEL_PART.fullmatch(part)
        if not match:
            every = part == "all"
            raise _refuse(_odd(text, part, "difficulties"), _LEVELS, "write >=0 for every level" if every else "")
        sign, bound, first, last = match.groups()
        if sign:
            level = int(bound)
            low, high = {"<=": (0, level), "<": (0, level - 1), ">=": (level, MAX_LEVEL), ">": (level + 1, MAX_LEVEL)}[sign]
        else:
            low, high = int(first), int(last or first)
        if high < low:
            why = "has no level in it" if sign else "runs backwards"
            raise _refuse(f"{shorten(part)!r} {why}", "a level from 0 on" if sign else "the lower level first, like 2-4")
        found[low, high] = None
    return tuple(found)


def parse_steps(text: str) -> tuple[int, int | None]:
    """The first and the last step of a span, None for an open end: `3`, `3-5`, `3-`. Raises `SpecError`."""
    match = _STEP_SPAN.fullmatch(text.strip())
    if not match:
        raise _refuse(_odd(text, text.strip(), "steps"), _STEPS)
    first = int(match[1])
    last = first if not match[2] else int(match[3]) if match[3] else None
    if last is not None and last < first:
        raise _refuse(f"{shorten(text.strip())!r} runs backwards", "the earlier step first, like 3-5")
    return first, last


def parse_shard(text: str) -> tuple[int, int]:
    """Which shard of how many: `2/4` is the second of four. Raises `SpecError`."""
    match = _SHARD.fullmatch(text.strip())
    if not match:
        raise _refuse(f"{shorten(text)!r} is no shard", _SHARDS)
    number, count = int(match[1]), int(match[2])
    if not 1 <= count <= MAX_SHARDS:
        raise _refuse(f"{shorten(text)!r}: a plan is not cut into {count:,} shards", f"1 to {MAX_SHARDS:,} of them")
    if not 1 <= number <= count:
        raise _refuse(f"{shorten(text)!r}: there is no shard {number} of {count}", f"1/{count} to {count}/{count}")
    return number, count


def _odd(text: str, part: str, what: str) -> str:
    """What is wrong with a text one of whose parts cannot be read."""
    if not text.strip():
        return f"no {what} are given"
    if not part:
        return f"{shorten(text)!r}: between two commas, or beside one, a number is missing"
    return f"{shorten(part)!r} cannot be read as {what}"


def _refuse(what: str, expected: str, hint: str = "") -> SpecError:
    return SpecError(Complaint(what, expected=expected, hint=hint))
