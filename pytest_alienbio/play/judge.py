"""What a trial returned, as metrics; and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import near_match
from ..model import Json, Task
from .plain import a_type, plain, plain_text


def metrics_of(value: object, task: Task) -> tuple[dict[str, Json], str]:
    """The metrics of what a trial returned: the mapping under `metrics`, else itself. Declared ones first, in their order.

    And what was left out, in a sentence; '' if nothing was: metrics that nobody declared and that cannot be kept (NaN,
    infinities). Whole numbers stay whole; what is no number is kept too, unless it was declared. Raises `TypeError` for
    anything but a mapping and for types that JSON does not know, `TypeError` or `ValueError` for a declared metric (or the
    score) that is missing or no finite number.
    """
    if isinstance(value, Mapping) and "metrics" in value:
        value = value["metrics"]
        if not isinstance(value, Mapping):
            raise TypeError(f"`metrics` of what the task returned is {_kind(value)}; expected a mapping, {{name: number}}")
    if not isinstance(value, Mapping):
        raise TypeError(f"the task returned {_kind(value)}; expected {{'metrics': {{...}}}}")
    needed = dict.fromkeys((*task.metrics, *(criterion.metric for criterion in task.criteria), *filter(None, [task.score])))
    found: dict[str, Json] = {}
    wrong: list[str] = []
    for key, item in value.items():
        name = plain_text(key, "a metric's name")
        try:
            found[name] = plain(item, f"metric {name!r}")
        except ValueError as error:
            if name in needed:
                raise
            wrong.append(str(error))
    missing = [name for name in needed if name not in found]
    if missing:
        names = ", ".join(map(repr, missing))
        gave = ", ".join(found) or "none"
        hint = near_match(missing[0], found)
        what = f"the task did not give the declared metric{'s'[: len(missing) > 1]} {names}; it gave {gave}"
        raise ValueError(f"{what}; {hint}" if hint else what)
    for name in needed:
        if not is_number(found[name]):
            raise TypeError(f"metric {name!r} is {_kind(found[name])}, not a number")
    more = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
    return {**{name: found[name] for name in needed}, **found}, f"left out: {wrong[0]}{more}" if wrong else ""


def missed(metrics: Mapping[str, Json], task: Task) -> list[str]:
    """A sentence for each criterion that these metrics do not meet."""
    return [
        criterion.sentence(value)
        for criterion in task.criteria
        if isinstance(value := metrics[criterion.metric], int | float) and not criterion.holds(value)
    ]


def is_number(value: object) -> bool:
    """Whether a metric can be counted with; a truth value cannot."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: object) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, bool) else a_type(value)
