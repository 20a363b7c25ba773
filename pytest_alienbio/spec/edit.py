"""Agents written into a configuration's text, and taken out again, and who plays by default: every other byte stays as it is.

Whatever comes out is read again and compared: a text that would mean anything else is never given back. A text whose last line
has no line break keeps it so, and an agent added and taken out leaves the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import Complaint, SpecError
from ..model import Json
from .checks import agent_name_problem
from .project import KeysIn, project_config
from .reader import read
from .scalars import ScalarError, plain_scalar, shorten

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_KEY = "agents"
_DEFAULTS = "default_agents"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_YAML_11 = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Words that readers of YAML 1.1 take for truth values."""
_BREAK = re.compile(r"\r\n|\r|\n")
_LAST_BREAK = re.compile(rf"(?:{_BREAK.pattern})\Z")


def with_agent(text: str | None, name: str, entry: Mapping[str, Json], file: str = "", *, keys: KeysIn = "refused") -> str:
    """`text`, the content of a `bio.yaml` (None: there is none yet), with the agent `name` added behind those it has.

    Raises `SpecError` for a text that is wrong, has such an agent, or cannot be added to line by line.
    """
    if problem := agent_name_problem(name, entry.get("kind")):
        what = f"{shorten(name)!r} cannot name an agent: {problem}"
        raise SpecError(Complaint(what, expected="letters, digits and ._/+-"))
    before = _agents(text or "", file, keys)
    if name in before:
        raise SpecError(Complaint(f"there is an agent {shorten(name)!r} already", file))
    line = f"{_scalar(name)}: {_flow(entry)}"
    after = f"{_KEY}:\n  {line}\n" if text is None else _inserted(text, line)
    return _checked(text or "", after, {**before, name: dict(entry)}, file, keys)


def without_agent(text: str, name: str, file: str = "", *, keys: KeysIn = "refused") -> str | None:
    """`text`, the content of a `bio.yaml`, without its agent `name`; without `agents:` if that was the only one.

    None if all of it is what `with_agent` would write where there is no file. Comments stay, but for one at the end of its own
    lines. Raises `SpecError` for a text that is wrong, has no such agent, or in which something else depends on its lines.
    """
    before = _agents(text, file, keys)
    if name not in before:
        raise SpecError(Complaint(f"there is no agent {shorten(name)!r} here", file))
    after = {other: entry for other, entry in before.items() if other != name}
    left = _checked(text, _removed(text, name), after, file, keys)
    entry = before[name]
    return None if not left and isinstance(entry, dict) and text == with_agent(None, name, entry, keys=keys) else left


def with_defaults(text: str | None, names: Sequence[str], file: str = "", *, keys: KeysIn = "refused") -> str:
    """`text`, the content of a `bio.yaml` (None: there is none yet), with `names` as its `default_agents`.

    Raises `SpecError` for a text that is wrong, and for a list that has comments or is shared with another key.
    """
    before = _agents(text or "", file, keys)
    said = _flow(list(names))
    after = f"{_DEFAULTS}: {said}\n" if text is None else _replaced(text, said)
    return _checked(text or "", after, before, file, keys, {_DEFAULTS: list(names)})


def _agents(text: str, file: str, keys: KeysIn) -> dict[str, object]:
    source = read(text, file)
    project_config(source, keys)
    agents = source.value.get(_KEY) if isinstance(source.value, dict) else None
    return dict(agents) if isinstance(agents, dict) else {}


def _checked(
    old: str,
    new: str | None,
    agents: Mapping[str, object],
    file: str,
    keys: KeysIn,
    others: Mapping[str, object] | None = None,
) -> str:
    """`new`, if it says what `old` says but for its agents, and for `others` of its keys."""
    try:
        source = read(new or "", file)
    except SpecError:
        new = None
    if new is not None:
        project_config(source, keys)
        wanted, found = read(old, file).value or {}, source.value or {}
        assert isinstance(wanted, dict)
        if isinstance(found, dict) and {**found, _KEY: found.get(_KEY) or {}} == {**wanted, _KEY: agents, **(others or {})}:
            return new
    what = "its agents cannot be changed line by line without changing what else it says"
    raise SpecError(Complaint(what, file, hint="do it by hand, with an editor"))


def _inserted(text: str, line: str) -> str | None:
    newline = _newline(text)
    is_ended = text.endswith(("\n", "\r"))
    whole = text if not text or is_ended else text + newline
    root = _root(text)
    if root is None or not root.value:
        return f"{whole}{_KEY}:{newline}  {line}{newline if is_ended else ''}" if root is None else None
    agents = _value(root, _KEY)
    if agents is None:
        if root.flow_style:
            return _into_flow(text, root, f"{_KEY}: {{{line}}}")
        indent = " " * root.value[0][0].start_mark.column
        return f"{whole}{indent}{_KEY}:{newline}{indent}  {line}{newline if is_ended else ''}"
    if agents.flow_style:
        return _into_flow(text, agents, line)
    if not agents.value:
        return None
    at = _line_end(text, _end(*agents.value[-1]))
    line = " " * agents.value[0][0].start_mark.column + line
    return f"{text[:at]}{line}{newline}{text[at:]}" if text[:at].endswith(("\n", "\r")) else f"{whole}{line}"


def _replaced(text: str, said: str) -> str | None:
    """`text` with `said` as what it gives `default_agents`, as one more line if it gives nothing yet."""
    newline, root = _newline(text), _root(text)
    if root is None or not root.value:
        return None if root else f"{text}{'' if not text or text.endswith(newline) else newline}{_DEFAULTS}: {said}{newline}"
    found = next((each for each in root.value if each[0].value == _DEFAULTS), None)
    if found:
        start, end = found[0].end_mark.index, _end(*found)
        return None if end <= start or "#" in text[start:end] else f"{text[:start]}: {said}{text[end:]}"
    if root.flow_style:
        return _into_flow(text, root, f"{_DEFAULTS}: {said}")
    first = root.value[0][0].start_mark
    at = _line_start(text, first.index)
    return f"{text[:at]}{' ' * first.column}{_DEFAULTS}: {said}{newline}{text[at:]}"


def _into_flow(text: str, node: MappingNode, line: str) -> str:
    if node.value:
        at = _end(*node.value[-1])
        return f"{text[:at]}, {line}{text[at:]}"
    at = node.start_mark.index + 1
    return f"{text[:at]}{line}{text[at:]}"


def _removed(text: str, name: str) -> str | None:
    root = _root(text)
    agents = None if root is None else _value(root, _KEY)
    if root is None or agents is None:
        return None
    at = next((index for index, (key, _) in enumerate(agents.value) if key.value == name), None)
    if at is None:  # it comes from elsewhere, by a merge key
        return None
    key, value = agents.value[at]
    if agents.flow_style:
        if at:
            start, end = _end(*agents.value[at - 1]), _end(key, value)
        else:
            start = key.start_mark.index
            end = agents.value[1][0].start_mark.index if len(agents.value) > 1 else _end(key, value)
        return text[:start] + text[end:]
    start, end = _line_start(text, key.start_mark.index), _line_end(text, _end(key, value))
    if len(agents.value) > 1:
        return _joined(text[:start], text[end:], text)
    heading = next(each for each, _ in root.value if each.value == _KEY)
    above = _line_start(text, heading.start_mark.index)
    if text[above:start].strip() == f"{_KEY}:":
        return _joined(text[:above], text[end:], text)
    colon = text.index(":", heading.end_mark.index) + 1
    return _joined(f"{text[:colon]} {{}}{text[colon:start]}", text[end:], text)


def _joined(before: str, after: str, whole: str) -> str:
    """What stood before and behind the lines taken out of `whole`; it ends in a line break only if `whole` did."""
    return before + after if after or whole.endswith(("\n", "\r")) else _LAST_BREAK.sub("", before)


def _root(text: str) -> MappingNode | None:
    import yaml

    # The reader has seen the text before: it is no bomb. The reader's own parser, since the two of PyYAML do not take the same
    # texts (a tab before a comment); both count characters, as Python does.
    node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return node if isinstance(node, yaml.MappingNode) else None


def _value(node: MappingNode, name: str) -> MappingNode | None:
    import yaml

    return next((value for key, value in node.value if key.value == name and isinstance(value, yaml.MappingNode)), None)


def _end(key: Node, value: Node) -> int:
    """Where an entry's own text ends; the end of a block's last entry, since its own mark lies behind what follows it."""
    import yaml

    end = value.end_mark.index
    while isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
        last = value.value[-1]
        key, value = last if isinstance(value, yaml.MappingNode) else (last, last)
        end = value.end_mark.index
    return int(max(end, key.end_mark.index))  # an alias has the marks of what it stands for


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _line_end(text: str, index: int) -> int:
    """Behind the line break at or after `index`; `index` itself at the beginning of a line (a block text ends there)."""
    if index and text[index - 1] in "\r\n":
        return index
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def _newline(text: str) -> str:
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _flow(value: Json) -> str:
    """A value in YAML's flow style, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _scalar(text: str) -> str:
    """A text as a plain word where every reader takes it for one, else quoted."""
    try:
        is_word = bool(_WORD.fullmatch(text)) and plain_scalar(text) == text and text.lower() not in _YAML_11
    except ScalarError:
        is_word = False
    return text if is_word else json.dumps(text, ensure_ascii=False)
