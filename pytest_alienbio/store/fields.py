"""The fields of a journal row, and what each may hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter

from ..model import Outcome
from ..model.price import price_from_json
from .consumed import ALWAYS, SPLIT


def check(row: Mapping[str, object]) -> None:
    """Raises `ValueError` naming the first field of a journal row that is missing or holds what it may not."""
    try:
        types = tuple(map(type, _TYPED(row)))
    except KeyError:
        types = ()
    for name, kinds, fits in _LOOKED_INTO if types in _SOUND else _FIELDS:
        try:
            value = row[name]
        except KeyError:
            raise ValueError(f"{name}: missing") from None
        if type(value) not in kinds and (fits is None or not fits(value)):
            raise ValueError(f"{name}: unexpected value {value!r:.80}")
    if types not in _SOUND and len(_SOUND) < _MOST_SOUND:
        _SOUND.add(types)
    if row["score"] is not None and row["outcome"] not in SCORED:
        raise ValueError(f"score: an outcome {row['outcome']!r} carries no score, got {row['score']!r:.80}")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (float, int)) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_outcome(value: object) -> bool:
    return isinstance(value, str) and value in OUTCOMES


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_scores(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    for number in value.values():  # noqa: SIM110 - half the time of all(), and this runs for every line
        if not _is_number(number):
            return False
    return True


def _is_tags(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_usage(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    get = value.get
    if not (_none_or_number(get("tokens")) and _none_or_number(get("usd")) and _none_or_number(get("requests"))):
        return False
    if value.keys() <= ALWAYS:
        return True
    split = get("split")
    if split is not None and not (isinstance(split, Mapping) and all(_none_or_int(split.get(name)) for name in SPLIT)):
        return False
    return _none_or_number(get("retries")) and _none_or_number(get("latency_s"))


def _is_model(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, Mapping):
        return False
    if not all(isinstance(value.get(name, ""), str) for name in ("provider", "requested", "sdk")):
        return False
    if not all(_is_tags(value.get(name, [])) for name in ("resolved", "responses")):
        return False
    if (price := value.get("price")) is None:
        return True
    try:
        price_from_json(price)
    except (ValueError, RecursionError):
        return False
    return True


def _is_trace(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, Mapping) or not isinstance(value.get("file"), str):
        return False
    get = value.get
    return (
        _none_or_int(get("offset"))
        and _none_or_int(get("length"))
        and _none_or_int(get("steps"))
        and _none_or_number(get("cost"))
    )


def _is_task(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, Mapping) and all(_none_or_int(value.get(name)) for name in ("seed", "events", "unread"))


def _none_or_int(value: object) -> bool:
    return value is None or _is_int(value)


def _none_or_number(value: object) -> bool:
    return value is None or _is_number(value)


OUTCOMES: Mapping[str, Outcome] = {outcome.value: outcome for outcome in Outcome}
SCORED = frozenset(outcome.value for outcome in Outcome if outcome.scored)

_NONE, _TEXT, _INT, _NUMBER, _BOOL, _DICT = (frozenset({kind}) for kind in (type(None), str, int, float, bool, dict))
_NOTHING: frozenset[type] = frozenset()
_FIELDS: tuple[tuple[str, frozenset[type], Callable[[object], bool] | None], ...] = (
    *(
        (n, _TEXT, _is_text)
        for n in ("run", "battery", "key", "id", "scenario", "scenario_hash", "agent", "agent_hash", "role")
    ),
    ("tags", _NOTHING, _is_tags),
    ("difficulty", _INT | _NONE, _is_int),
    ("params", _DICT, _is_mapping),
    ("variant", _INT, _is_int),
    ("seed", _INT, _is_int),
    ("attempt", _INT, _is_int),
    ("outcome", _NOTHING, _is_outcome),
    ("score", _NUMBER | _INT | _NONE, _is_number),
    ("scores", _NOTHING, _is_scores),
    ("better", _TEXT, _is_text),
    ("passed", _BOOL | _NONE, None),
    ("passing_score", _NUMBER | _INT | _NONE, _is_number),
    ("metrics", _DICT, _is_mapping),
    ("properties", _DICT, _is_mapping),
    ("task", _NONE, _is_task),
    ("reason", _TEXT, _is_text),
    ("error", _DICT | _NONE, _is_mapping),
    ("usage", _NOTHING, _is_usage),
    ("model", _NONE, _is_model),
    ("started_at", _NONE, _is_time),
    ("ended_at", _NONE, _is_time),
    ("duration_s", _NUMBER | _INT, _is_number),
    ("worker", _TEXT, _is_text),
    ("origin", _TEXT, _is_text),
    ("trace", _NONE, _is_trace),
)
"""Each field of a row: the types it usually has, at once accepted, and what else it may be."""

_INSIDE = (_is_tags, _is_outcome, _is_scores, _is_usage, _is_model, _is_time, _is_task, _is_trace)
_LOOKED_INTO = tuple(entry for entry in _FIELDS if entry[2] in _INSIDE)
_TYPED = itemgetter(*(name for name, _, fits in _FIELDS if fits not in _INSIDE))
"""The values of all other fields: whether they may be there is a question of their types alone."""
_SOUND: set[tuple[type, ...]] = set()
"""Types of those that were accepted, in their order: most lines of a journal have the same ones."""
_MOST_SOUND = 1000

_CHANGED = ("tags", "outcome", "error", "usage", "model", "started_at", "ended_at", "trace", "task")
SAME = tuple(name for name, _, _ in _FIELDS if name not in _CHANGED)
"""Fields that are the same in a row and in a `Result`."""


def complaints(value: object, where: str = "") -> Iterator[str]:
    """Every place of `value` that cannot be written as JSON: `metrics.loss: nan is not a finite number`."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield f"{where}: {value!r} is not a finite number"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                yield f"{where}: key {key!r:.40} is not a text"
            yield from complaints(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from complaints(item, f"{where}[{index}]")
    elif not (value is None or isinstance(value, bool | int | str)):
        yield f"{where}: {type(value).__name__} is not a JSON value"
