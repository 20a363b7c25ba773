"""YAML text -> values and places. The parser's events, walked by our own loop: nothing is constructed, nothing recurses.

Rules, where YAML leaves a choice: scalars follow YAML 1.2 (`scalars.py`); a key is always the text as it is written (`1: x` has
the key `"1"`), as JSON needs it; a merge key `<<` takes one mapping or a list of them, and the mapping's own keys win; aliases
share the anchored value; one document a text. Refused: duplicate keys, unknown tags, collections or aliases as keys, more than
`MAX_DEPTH` levels, more than `MAX_VALUES` values, aliases that repeat more than `MAX_REPEATED` values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from ..errors import Complaint, SpecError, near_match
from ..model import Source, Tagged
from ..model.source import Path
from .scalars import ScalarError, plain_scalar, shorten, tagged_scalar
from .syntax import MAX_DEPTH, syntax_complaint
from .tree import Node, Place, merge, places

if TYPE_CHECKING:
    import yaml

MAX_VALUES = 300_000
MAX_REPEATED = 10_000
MAX_CHARACTERS = 10_000_000

_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})
# NUL, controls, lone surrogates and byte order marks; U+0085 and the rest are YAML's "printable".
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    node: Node
    anchor: str | None
    key: tuple[str, int, int] | None = None
    """The key that waits for its value."""
    repeated: bool = False
    """That key is a duplicate: its value is read and dropped."""
    merging: bool = False
    """That key is `<<`."""
    merged: Node | None = None


def read(text: str, file: str = "", *, tags: tuple[str, ...] = (), honoured: tuple[str, ...] | None = None) -> Source:
    """The values of a YAML text (dicts, lists, scalars; `None` for an empty text) and where each of them stands.

    `tags` are the tags, as written (`"!ev"`), under which a scalar is kept as `Tagged`; `honoured` are those that a message
    may offer, all by default. Treat the value as read-only.
    Raises `SpecError` with every complaint that could be found, each with line and column; never anything else for any text.
    """
    if len(text) > MAX_CHARACTERS:
        raise SpecError(Complaint(f"the text is too long: {len(text):,} characters, at most {MAX_CHARACTERS:,}", file))
    bad = _UNPRINTABLE.search(text)
    if bad:
        line, column = position(text, bad.start())
        raise SpecError(Complaint(_name(bad[0]), file, line, column, hint="remove it, and save the file as plain UTF-8"))
    return _Reader(text, file, tags, tags if honoured is None else honoured).read()


def position(text: str, index: int) -> Place:
    """Line and column, both from 1, of the character at `index`."""
    before = re.split(r"\r\n|\r|\n", text[:index])
    return len(before), len(before[-1]) + 1


def _name(character: str) -> str:
    names = {"\0": "a NUL character", "\ufeff": "a byte order mark (BOM)"}
    return f"{names.get(character, f'the character U+{ord(character):04X}')} is not allowed"


class _Reader:
    def __init__(self, text: str, file: str, tags: tuple[str, ...], honoured: tuple[str, ...]) -> None:
        self.text, self.file, self.tags, self.honoured = text, file, tags, honoured
        self.complaints: list[Complaint] = []
        self.anchors: dict[str, Node | None] = {}
        """None while the anchored value is not complete."""
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.count = self.repeated = 0

    def read(self) -> Source:
        import yaml  # late: whoever only needs the names of this room must not pay for it

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.text)
        try:
            self._events(loader)
        except yaml.YAMLError as error:
            self.complaints.append(syntax_complaint(error, self.text, self.file))
        except _Stop:
            pass
        finally:
            loader.dispose()
        if self.complaints:
            raise SpecError(sorted(self.complaints, key=lambda c: (c.line, c.column)))
        source = Source(None if self.root is None else self.root.value, self.file, {}, {})
        if self.root is not None:
            keys: dict[Path, Place] = {}
            values: dict[Path, Place] = {}
            places(self.root, (), keys, values)
            source = Source(self.root.value, self.file, keys, values)
        return source

    def _events(self, loader: yaml.SafeLoader) -> None:
        import yaml

        documents = 0
        while True:
            event = loader.get_event()  # type: ignore[no-untyped-call]
            mark = event.start_mark
            at = (mark.line + 1, mark.column + 1)
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if self._wants_key():
                    self._key(event, at)
                else:
                    self._count(at)
                    node = Node(self._scalar(event, at), *at)
                    if event.anchor is not None:
                        self.anchors[event.anchor] = node
                    self._attach(node)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, at, is_mapping=kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event.anchor, at)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._stop(at, "a second document starts here ('---')", hint="keep one document in a file")
            elif kind is yaml.StreamEndEvent:
                return

    # -- the parts of a tree

    def _wants_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].node.keys is not None and self.stack[-1].key is None

    def _open(self, event: yaml.CollectionStartEvent, at: Place, *, is_mapping: bool) -> None:
        self._count(at)
        if self._wants_key():
            self._stop(at, "a list or mapping is used as a key", hint="quote text that starts with '{' or '['")
        if len(self.stack) >= MAX_DEPTH:
            self._stop(at, f"nested more than {MAX_DEPTH} levels deep")
        if event.tag not in (None, "!", _CORE + ("map" if is_mapping else "seq")):
            why = "is for text, not for a list or mapping" if event.tag in self.tags else "is not known"
            self._tag(at, event.tag, "the tag {} " + why)
        node = Node({}, *at, keys={}) if is_mapping else Node([], *at, items=[])
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(node, event.anchor))

    def _close(self) -> None:
        done = self.stack.pop()
        node = done.node
        if done.merged is not None:
            merge(node, done.merged)
        children = [child for child, _, _ in node.keys.values()] if node.keys is not None else node.items or []
        node.size = 1 + sum(child.size for child in children)
        node.height = 1 + max((child.height for child in children), default=0)
        if done.anchor is not None:
            self.anchors[done.anchor] = node
        self._attach(node)

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.node.items is not None:
            parent.node.items.append(node)
            parent.node.value.append(node.value)  # type: ignore[attr-defined]
            return
        assert parent.key is not None
        assert parent.node.keys is not None
        key, line, column = parent.key
        if parent.merging:
            self._merge_value(parent, node)
        elif not parent.repeated:
            parent.node.keys[key] = (node, line, column)
            parent.node.value[key] = node.value  # type: ignore[index]
        parent.key, parent.repeated, parent.merging = None, False, False

    def _key(self, event: yaml.ScalarEvent, at: Place) -> None:
        key = event.value
        parent = self.stack[-1]
        parent.key = (key, *at)
        assert parent.node.keys is not None
        if event.tag not in (None, "!", _CORE + "str"):
            self._tag(at, event.tag, "the tag {} cannot stand on a key")
        if event.anchor is not None:
            self.anchors[event.anchor] = Node(key, *at)
        if key == "<<" and event.implicit[0]:
            parent.merging = True
            if parent.merged is not None:
                self._complain(at, "'<<' is given twice", hint="merge several mappings with <<: [*a, *b]")
        elif key == "" and event.implicit[0]:
            self._complain(at, "a key is missing before ':'")
        elif key in parent.node.keys:
            first = parent.node.keys[key]
            hint = f"first given at line {first[1]}, column {first[2]}; keep one of them"
            self._complain(at, f"duplicate key {shorten(key)!r}", hint=hint)
            parent.repeated = True

    def _scalar(self, event: yaml.ScalarEvent, at: Place) -> object:
        text, tag = event.value, event.tag
        try:
            if tag is None:
                return plain_scalar(text) if event.implicit[0] else text
            if tag == "!":
                return text
            if tag in self.tags:
                return Tagged(tag, text)
            kind = tag.removeprefix(_CORE)
            if kind != tag and kind in _SCALAR_TAGS:
                return tagged_scalar(kind, text)
        except ScalarError as error:
            self._complain(at, str(error), hint="quote it if it is meant as text")
            return None
        self._tag(at, tag, "the tag {} is not known")
        return None

    def _alias(self, name: str, at: Place) -> None:
        if self._wants_key():
            self._stop(at, f"the alias *{shorten(name)} is used as a key", hint="write the key out, or quote it")
        if name not in self.anchors:
            # Comparing every wrong alias with every anchor of a hostile file would take hours.
            hint = near_match(shorten(name), self.anchors) if len(self.anchors) + len(self.complaints) < 200 else ""
            self._complain(
                at,
                f"the alias *{shorten(name)} names an anchor that is not defined above",
                hint=f"{hint + '; ' if hint else ''}quote a pattern: '*{shorten(name)}'",
            )
            self._attach(Node(None, *at))
            return
        node = self.anchors[name]
        if node is None:
            self._stop(at, f"the alias *{shorten(name)} stands inside the very value it names")
        self.repeated += node.size
        if self.repeated > MAX_REPEATED:
            self._stop(at, f"aliases repeat more than {MAX_REPEATED:,} values")
        if len(self.stack) + node.height > MAX_DEPTH:
            self._stop(at, f"nested more than {MAX_DEPTH} levels deep")
        self._attach(node.at(*at))

    def _merge_value(self, parent: _Open, node: Node) -> None:
        for source in [node] if node.items is None else node.items:
            if source.keys is None:
                self.complaints.append(
                    Complaint(
                        "'<<' merges mappings only",
                        self.file,
                        source.line,
                        source.column,
                        "an alias of a mapping, like <<: *base",
                    )
                )
                return
        parent.merged = node

    # -- what is wrong

    def _count(self, at: Place) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            self._stop(at, f"more than {MAX_VALUES:,} values in one file")

    def _tag(self, at: Place, tag: str, what: str) -> None:
        shown = "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag
        expected = "" if tag in self.tags else " or ".join(self.honoured) or "no tag"
        self._complain(at, what.format(shorten(shown)), expected=expected, hint="quote text that starts with '!'")

    def _complain(self, at: Place, what: str, *, expected: str = "", hint: str = "") -> None:
        self.complaints.append(Complaint(what, self.file, *at, expected, hint))

    def _stop(self, at: Place, what: str, *, hint: str = "") -> NoReturn:
        self._complain(at, what, hint=hint)
        raise _Stop


class _Stop(Exception):  # noqa: N818
    """The rest of the text cannot be read sensibly; the reason is among the complaints."""
