"""Tags and notes: what people said of a run or of one of its cells, as lines of its log that are only ever added to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import SpecError
from ..model import Annotated, Annotations, Json, Note
from . import codec, log
from .secrets import hide

TAGGED, UNTAGGED, NOTED = "tagged", "untagged", "noted"
"""Events of a log: `tags` (a list) put on or taken off, `text` noted; with `cell` (an id) where it is about a cell."""

MAX_TAG = 64
MAX_NOTE = 4000
_TAG = re.compile(r"\w[\w.:/+=@-]*")


def annotated(dat: Path) -> Annotated:
    """The annotations of a DAT, from its log; none if it has no log. Raises `StoreError` if that cannot be read."""
    return annotated_by(log.read(dat))


def annotated_by(entries: Iterable[Mapping[str, Json]]) -> Annotated:
    """The annotations that the entries of a log come to. What cannot be one is passed over: a log may be from anywhere."""
    tags: dict[str, dict[str, None]] = {}
    notes: dict[str, list[Note]] = {}
    for entry in entries:
        event, cell = entry.get("event"), entry.get("cell", "")
        if not isinstance(cell, str):
            continue
        if event == "created":  # what the command line said of a run at its start
            labels = entry.get("labels")
            if isinstance(labels, Mapping):
                tags.setdefault("", {}).update(dict.fromkeys(f"{name}={value}" for name, value in labels.items()))
            _note(notes, "", entry, "note")
        elif event in (TAGGED, UNTAGGED):
            named = [tag for tag in _list(entry.get("tags")) if isinstance(tag, str) and tag]
            held = tags.setdefault(cell, {})
            for tag in named:
                if event == TAGGED:
                    held.setdefault(tag)
                else:
                    held.pop(tag, None)
        elif event == NOTED:
            _note(notes, cell, entry, "text")
    found = {
        cell: Annotations(tuple(tags.get(cell, ())), tuple(notes.get(cell, ()))) for cell in dict.fromkeys((*tags, *notes))
    }
    run = found.pop("", Annotations())
    return Annotated(run, {cell: said for cell, said in found.items() if said})


def time_of(value: Json) -> float:
    """Unix seconds of a time of a log; 0 for what is none."""
    try:
        return codec.seconds(value)
    except ValueError:
        return 0.0


def tag(
    dat: Path, tags: Sequence[str], *, cell: str = "", remove: bool = False, author: str = "", reason: str = ""
) -> tuple[str, ...]:
    """Puts tags on a run or on its cell with the id `cell`, or takes them off; gives those that changed anything.

    Raises `SpecError` for what is no tag and for one to remove that is not there; then nothing is written.
    """
    for word in tags:
        check_tag(word)
    known = annotated(dat)
    held = (known.cells.get(cell, Annotations()) if cell else known.run).tags
    if remove and (missing := [word for word in tags if word not in held]):
        what = f"{cell or dat} has no tag {missing[0]!r}"
        raise SpecError(f"{what}; it has {', '.join(held) if held else 'none'}")
    changed = tuple(word for word in dict.fromkeys(tags) if (word in held) is remove)
    if changed:
        _append(dat, UNTAGGED if remove else TAGGED, {"tags": list(changed)}, cell, author, reason)
    return changed


def note(dat: Path, text: str, *, cell: str = "", author: str = "", reason: str = "") -> str:
    """Notes `text` of a run or of its cell with the id `cell`; gives it as written: what looks like a key is hidden.

    Raises `SpecError` for an empty or too long text.
    """
    written = check_note(text)
    _append(dat, NOTED, {"text": written}, cell, author, reason)
    return written


def said_at_start(labels: Sequence[str], note: str) -> dict[str, Json]:
    """What the log's first entry says of a run's labels, each `K=V`, and its note. Raises `SpecError` naming what is wrong."""
    found: dict[str, Json] = {}
    for label in labels:
        name, equals, value = label.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise SpecError(f"label {label[:80]!r}: expected a name and a value, like gpu=a100")
        check_tag(label)
        if name in found:
            raise SpecError(f"label {name!r} is given twice; leave one of them out")
        found[name] = value
    return {**({"labels": found} if found else {}), **({"note": check_note(note)} if note else {})}


def check_tag(word: str) -> str:
    """`word`, if it can be a tag. Raises `SpecError`."""
    if not _TAG.fullmatch(word) or len(word) > MAX_TAG:
        raise SpecError(
            f"{word[:80]!r} is no tag; expected at most {MAX_TAG} letters, digits and . : / + = @ - _, beginning with a letter "
            "or a digit (a sentence is a note: bio note)"
        )
    return word


def check_note(text: str) -> str:
    """A note as it is written: without blanks at its ends, and what looks like a key hidden. Raises `SpecError`."""
    text = text.strip()
    if not text:
        raise SpecError("the note is empty; write a sentence")
    if len(text) > MAX_NOTE:
        raise SpecError(f"the note has {len(text)} characters; a note may have {MAX_NOTE}: put long texts into a file beside")
    return hide(text)


def _append(dat: Path, event: str, details: dict[str, Json], cell: str, author: str, reason: str) -> None:
    about = {**({"cell": cell} if cell else {}), **details, **({"reason": hide(reason)} if reason else {})}
    log.append(dat, event, about, author=author)


def _note(notes: dict[str, list[Note]], cell: str, entry: Mapping[str, Json], key: str) -> None:
    text = entry.get(key)
    if isinstance(text, str) and text:
        who = entry.get("author") or entry.get("user")
        notes.setdefault(cell, []).append(Note(text, who if isinstance(who, str) else "", time_of(entry.get("at"))))


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()
