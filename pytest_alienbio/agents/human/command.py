"""What somebody typed, and what is meant by it. Pure: nothing is shown and nothing is done here."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from ...errors import did_you_mean
from ...model import Action, ActionSpec, Json

WORDS = ("help", "actions", "brief", "state", "history", "undo", "quit", "exit")
"""What is for us and not for the world. `quit` and `exit` have to be typed in full."""
_IN_FULL = ("quit", "exit")
_ALWAYS = ("wait", "done")
_RAW = "call"
MOST_WAITS = 1000


class NotUnderstoodError(Exception):
    """Why a line means nothing here, for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One of `WORDS`, or '' for an empty line."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """Something to do in the world."""

    action: Action
    times: int = 1
    """How often it is done, one call after the other."""
    spec: ActionSpec | None = None
    """What is documented of it; None for `wait`, `done` and what is not listed."""
    cost: float = 0.0
    """Of one call, as documented."""
    at_once: bool = False
    """Whether it was typed with a `!` at its end: it needs no Enter."""
    doubt: str = ""
    """Why the world may refuse it."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done now."""

    specs: Sequence[ActionSpec] = ()
    """Numbered from 1."""
    remaining: float | None = None
    """Budget that is left; None if there is no budget."""
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(dict.fromkeys((*(spec.name for spec in self.specs), *_ALWAYS))))


def read(line: str, menu: Menu) -> Call | Word:
    """What `line` means: a word of ours, or a call by number or name with its params and a dose.

    Unique beginnings are enough for names, params and their values; case does not matter; a param's name may be left out.
    Raises `NotUnderstoodError` with what would be understood.
    """
    text = line.strip()
    if any(0xD800 <= ord(character) < 0xE000 for character in text):  # what a terminal sends that is not UTF-8
        raise NotUnderstoodError("that is no text in the encoding of this terminal")
    at_once = text.endswith("!") and text != "!"
    tokens = _split(text.removesuffix("!") if at_once else text)
    if not tokens:
        return Word("")
    head, rest = tokens[0], tokens[1:]
    if head == "?":
        return Word("help")
    if head.isascii() and head.isdigit():
        call = _of_spec(_numbered(head, menu), rest, menu)
    elif head == _RAW and _RAW not in menu.names:
        call = _raw(rest)
    elif not menu.specs and head not in (*WORDS, *_ALWAYS):
        call = _raw(tokens)
    else:
        name = _resolve(head, menu)
        if name in WORDS and name not in menu.names:
            if rest:
                raise NotUnderstoodError(f"{name} takes nothing")
            return Word("quit" if name == "exit" else name)
        call = _named(name, rest, menu)
    return Call(call.action, call.times, call.spec, call.cost, at_once, call.doubt)


def spelled(action: Action, times: int = 1) -> str:
    """A call as one would type it."""
    params = "".join(f" {key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in action.params.items())
    return f"{action.name}{params}" + (f" {times}" if times > 1 else "")


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote without its other half
        return text.split()


def _numbered(head: str, menu: Menu) -> ActionSpec:
    number = int(head[:9])
    if not 1 <= number <= len(menu.specs):
        raise NotUnderstoodError(f"there is no action {head[:9]}: they are numbered 1 to {len(menu.specs)} (type: actions)")
    return menu.specs[number - 1]


def _resolve(head: str, menu: Menu) -> str:
    known = dict.fromkeys((*menu.names, *WORDS))
    if head in known:
        return head
    found = _matching(head, [name for name in known if name not in _IN_FULL])
    if head.lower() in _IN_FULL:
        return head.lower()
    if not found:
        raise NotUnderstoodError(f"{head[:60]!r} is unknown; {did_you_mean(head, known, most=20)}")
    if len(found) > 1:
        raise NotUnderstoodError(f"{head[:60]!r} could be {_either(found)}; type more of it")
    return found[0]


def _matching(text: str, known: Iterable[str]) -> list[str]:
    """The one that is `text`, but for case; else all that begin with it."""
    names = list(dict.fromkeys(known))
    same = [name for name in names if name == text] or [name for name in names if name.lower() == text.lower()]
    return same or [name for name in names if name.lower().startswith(text.lower())]


def _named(name: str, rest: Sequence[str], menu: Menu) -> Call:
    if name in _ALWAYS and not any(spec.name == name for spec in menu.specs):
        return _wait(rest) if name == "wait" else _done(rest)
    left = [spec for spec in menu.specs if spec.name == name]
    own, dose = [], None
    for token in rest:
        key, is_pair, value = token.partition("=")
        if is_pair and "dose".startswith(key.lower()) and not _matching(key, _keys(left)):
            dose = _dose(value)
        elif not is_pair and dose is None and _is_number(token) and not _offers(left, None, token):
            dose = _dose(token)
        else:
            own.append((_key(key, left, name) if is_pair else None, value if is_pair else token))
    for key_of, value in own:
        kept = _offers(left, key_of, value)
        if not kept:
            return _unlisted(name, left, own, dose, value)
        left = kept
    if len(left) > 1:
        choices = ", ".join(f"{menu.specs.index(spec) + 1} {_short(spec)}" for spec in left[:12])
        raise NotUnderstoodError(f"which {name}? {choices}" + (", ..." if len(left) > 12 else ""))
    return _call(left[0], dose, menu)


def _of_spec(spec: ActionSpec, rest: Sequence[str], menu: Menu) -> Call:
    """An action by its number: its params are known, a dose may follow."""
    dose = None
    for token in rest:
        key, is_pair, value = token.partition("=")
        if is_pair and key in spec.params and spec.params[key] == value:
            continue
        if (is_pair and not "dose".startswith(key.lower())) or dose is not None:
            raise NotUnderstoodError(f"{_short(spec)} takes {'a dose and nothing else' if spec.takes_dose else 'no dose'}")
        dose = _dose(value if is_pair else token)
    return _call(spec, dose, menu)


def _call(spec: ActionSpec, dose: float | None, menu: Menu) -> Call:
    params: dict[str, Json] = dict(spec.params)
    if dose is not None:
        if not spec.takes_dose:
            raise NotUnderstoodError(f"{_short(spec)} takes no dose")
        params["dose"] = dose
    cost = spec.cost * (1.0 if dose is None else dose)
    if menu.remaining is not None and cost > menu.remaining + 1e-9:
        paid = _floor(menu.remaining / spec.cost) if spec.takes_dose and menu.remaining > 0 else ""
        most = f"; a dose of {paid} can be paid" if paid else ""
        raise NotUnderstoodError(f"{_short(spec)} costs {cost:g}, and {menu.remaining:g} is left{most}")
    return Call(Action(spec.name, params), spec=spec, cost=cost)


def _wait(rest: Sequence[str]) -> Call:
    if not rest:
        return Call(Action("wait"))
    text = rest[0].removeprefix("steps=")
    if len(rest) > 1 or not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_WAITS:
        raise NotUnderstoodError("wait takes a number of steps, like: wait 2")
    return Call(Action("wait"), times=int(text))


def _done(rest: Sequence[str]) -> Call:
    if rest:
        raise NotUnderstoodError("done takes nothing")
    return Call(Action("done"))


def _raw(tokens: Sequence[str]) -> Call:
    """An action that nothing is documented of, as it stands."""
    if not tokens:
        raise NotUnderstoodError("call takes a name and params, like: call assay quantity=Kx")
    params: dict[str, Json] = {}
    for token in tokens[1:]:
        key, is_pair, value = token.partition("=")
        if not is_pair or not key:
            raise NotUnderstoodError(f"{token[:60]!r} is no param; write key=value")
        params[key] = _value(value)
    return Call(Action(tokens[0], params), doubt="it is not listed")


def _unlisted(
    name: str, left: Sequence[ActionSpec], own: Sequence[tuple[str | None, str]], dose: float | None, value: str
) -> Call:
    """A value that no listed action has: what has been learned on the way may be worth asking about all the same."""
    keys = _keys(left)
    params: dict[str, Json] = {}
    for key, given in own:
        if key is None and len(keys) != 1:
            known = [choice for spec in left for choice in spec.params.values()]
            raise NotUnderstoodError(f"{name} knows no {given[:60]!r}; {did_you_mean(given, known, most=20)}")
        key = key or keys[0]
        listed = [spec.params[key] for spec in left if key in spec.params]
        params[key] = next(iter(_matching(given, listed)), given)
    if dose is not None:
        params["dose"] = dose
    hint = did_you_mean(value, [choice for spec in left for choice in spec.params.values()], most=4)
    return Call(Action(name, params), doubt=f"{value[:60]!r} is not listed" + (f"; {hint}" if hint else ""))


def _keys(specs: Sequence[ActionSpec]) -> list[str]:
    return list(dict.fromkeys(key for spec in specs for key in spec.params))


def _key(key: str, specs: Sequence[ActionSpec], name: str) -> str:
    keys = _keys(specs)
    found = _matching(key, keys)
    if len(found) != 1:
        takes = _either([*keys, *(["dose"] if any(spec.takes_dose for spec in specs) else [])]) or "no params"
        raise NotUnderstoodError(f"{name} has no {key[:60]!r}; it takes {takes}")
    return found[0]


def _offers(specs: Sequence[ActionSpec], key: str | None, value: str) -> list[ActionSpec]:
    """Those of `specs` with a param (called `key`, if given) that `value` means."""

    def values(spec: ActionSpec) -> Mapping[str, str]:
        return spec.params if key is None else {name: each for name, each in spec.params.items() if name == key}

    meant = set(_matching(value, (each for spec in specs for each in values(spec).values())))
    return [spec for spec in specs if meant.intersection(values(spec).values())]


_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?%?", re.ASCII | re.IGNORECASE)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _dose(text: str) -> float:
    """`0.5`, `0,5`, `.5`, `50%`. Raises `NotUnderstoodError` outside 0..1."""
    if _is_number(text):
        dose = float(text.removesuffix("%").replace(",", ".")) / (100 if text.endswith("%") else 1)
        if isfinite(dose) and 0 < dose <= 1:
            return dose
    raise NotUnderstoodError(f"{text[:60]!r} is no dose: a number above 0 and up to 1")


def _value(text: str) -> Json:
    """A number or truth value where it is one, else the text."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        return int(text)
    try:
        number = float(text) if re.fullmatch(r"-?\d+\.\d*(e[-+]?\d+)?", text, re.ASCII | re.IGNORECASE) else None
    except ValueError:
        number = None
    return number if number is not None and isfinite(number) else text


def _floor(dose: float) -> str:
    return f"{int(dose * 100) / 100:g}" if dose >= 0.01 else f"{dose:.2g}"


def _short(spec: ActionSpec) -> str:
    return spelled(Action(spec.name, spec.params))


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else ""
