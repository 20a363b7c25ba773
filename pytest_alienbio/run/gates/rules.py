"""The gates of a battery as they will be judged: defaults filled, alpha shared out, frozen before the first cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import Complaint, SpecError
from ...model import Battery, Json, Plan, Rule, digest
from ...model.batch import MEASURED

if TYPE_CHECKING:
    from ..said import Value

METRICS = frozenset({"score", "passed", *MEASURED})
"""Metrics of every scenario. Sub-scores go as the score does; a task's metrics go either way."""

AGENT_PREFIX = "agent:"
"""How `against` begins where it names an agent."""

_NOTHING = 1e-9
"""What is left of alpha below this is rounding."""


def is_file(against: str) -> bool:
    """Whether `against` names a baseline's file, and no run, tag or agent."""
    return against.endswith(".json") and not against.startswith(("tag:", AGENT_PREFIX))


def asked(battery: Battery, values: Mapping[str, Value], default: Sequence[Rule] = ()) -> tuple[Rule, ...]:
    """The gates that are asked of `battery`: its own, else (of a battery in a file, which says nothing of gates) `default`.

    A `baseline` that was said on the command line or in the environment makes one on the score where there is none.
    """
    own = battery.gates
    if not own and battery.source and battery.experiment is None and "gates" not in battery.said:
        own = tuple(default)
    baseline = values["baseline"]
    if not own and baseline.wins and baseline.value and battery.experiment is None:
        return (Rule(),)
    return own


def settled(battery: Battery, values: Mapping[str, Value], default: Sequence[Rule] = (), *, keep_looks: bool = True) -> Battery:
    """`battery` with its gates as `gate.judge` takes them: what is held against what, and each one's part of alpha.

    `values` are the settings' by name. A gate that says its `alpha` spends that; the others share equally what is left of the
    setting. With `keep_looks` false the seeds are no longer the battery's own, and all of them are played. Raises `SpecError`
    for gates that are left without any alpha, and for seeds until decided without a gate.
    """
    rules = asked(battery, values, default)
    if values["no_gates"].value:
        return replace(battery, gates=(), looks=())
    looks = battery.looks if keep_looks else ()
    if looks and not rules:
        hint = "give `gates:`, or a fixed number of seeds"
        raise SpecError(battery.complain("nothing decides: `seeds: {until: decided}` needs gates", "seeds.until", hint=hint))
    rules = tuple(_filled(rule, values) for rule in rules)
    return replace(battery, gates=_shared_out(battery, rules, values["alpha"]), looks=looks)


def _filled(rule: Rule, values: Mapping[str, Value]) -> Rule:
    baseline, confirm = values["baseline"], values["confirm"]
    if baseline.value and (baseline.wins or "against" not in rule.said):
        rule = replace(rule, against=str(baseline.value))
    elif rule.file and is_file(rule.against):  # relative to the file that says it, as everywhere
        rule = replace(rule, against=os.path.normpath(Path(rule.file).parent / rule.against))
    if confirm.wins or "confirm" not in rule.said:
        rule = replace(rule, confirm=int(str(confirm.value or 0)))
    return rule


def _shared_out(battery: Battery, rules: Sequence[Rule], alpha: Value) -> tuple[Rule, ...]:
    budget = float(str(alpha.value))
    own = [rule for rule in rules if "alpha" in rule.said]
    spent = sum(rule.alpha for rule in own)
    sharing = len(rules) - len(own)
    left = budget - spent
    complaints: list[Complaint] = []
    if sharing and left < _NOTHING:
        what = f"no alpha is left for {{}}: {_named(own)} {'spends' if len(own) == 1 else 'spend'} {spent:g} of {budget:g}"
        hint = "lower it there, give this one its own, or raise `alpha` in bio.yaml or with --bio-alpha"
        complaints += [
            battery.complain(what.format(f"gate[{rule.name}]"), rule, hint=hint) for rule in rules if "alpha" not in rule.said
        ]
    elif alpha.wins and own and left < -_NOTHING:
        what = f"{_named(own)} {'spends' if len(own) == 1 else 'spend'} {spent:g}, and {alpha.source} allows {budget:g}"
        complaints.append(battery.complain(what, own[0], hint="leave one of them out"))
    if complaints:
        raise SpecError(complaints)
    return tuple(rule if "alpha" in rule.said else replace(rule, alpha=left / sharing) for rule in rules)


def _named(rules: Iterable[Rule]) -> str:
    names = [f"gate[{rule.name}]" for rule in rules]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def undirected(plan: Plan) -> Iterator[Complaint]:
    """Gates on a metric that is none of a scenario's, and do not say which of its values are the better ones."""
    tasks = next((cell.case.scenario for cell in plan.cells if cell.case.type == "task"), "")
    for rule in plan.battery.gates if tasks else ():
        if rule.metric not in METRICS and not rule.better:
            what = f"gate[{rule.name}] does not say which way the metric {rule.metric!r} of the task {tasks} is better"
            yield plan.battery.complain(what, rule, hint="add `better: higher` or `better: lower`")


# -- frozen


def written(rule: Rule) -> dict[str, Json]:
    """A settled rule as a line of `gates:` that means the same again, whatever holds then."""
    line: dict[str, Json] = {
        "metric": rule.metric,
        "as": "" if rule.name == rule.metric else rule.name,
        "against": rule.against,
        "better": rule.better,
        "tol": rule.tol,
        "alpha": rule.alpha,
        "max_missing": rule.max_missing,
        "margin": rule.margin,
        "confirm": rule.confirm,
    }
    return {key: value for key, value in line.items() if value not in ("", None)}


def gates_hash(rules: Iterable[Rule]) -> str:
    """Of what the rules ask, wherever they stand."""
    return digest([written(rule) for rule in rules])


def edited(frozen: Sequence[Rule], now: Sequence[Rule]) -> tuple[str, ...]:
    """What of the gates is asked otherwise now than when the first cell was played, a sentence each; names as they are."""
    before, after = ({rule.name: written(rule) for rule in rules} for rules in (frozen, now))
    said = [f"gate[{name}] was not asked for" for name in after if name not in before]
    for name, line in before.items():
        if name not in after:
            said.append(f"gate[{name}] was asked for, and is not now")
            continue
        for key in {**line, **after[name]}:
            was, new = line.get(key), after[name].get(key)
            if was != new:
                said.append(f"gate[{name}]: `{key}` was {_shown(was)} and is {_shown(new)}")
    return tuple(said)


def _shown(value: Json) -> str:
    return "not given" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
