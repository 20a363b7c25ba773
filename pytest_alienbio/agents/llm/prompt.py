"""What a model is told: once, before the first turn, and at each turn. Pure text of what every agent is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template

from ...errors import Complaint, SpecError, did_you_mean
from ...model import ActionResult, Briefing, Goal, Json, Observation, inert
from .tools import documented

SYSTEM = """\
You run an experiment in a world that nobody has seen before, and act in it through tools.

Rules
$rules

Briefing
$briefing

Constitution
$constitution

Targets
$targets

Limits
$limits

What is documented (it may be incomplete or wrong; effects are between -1 and 1)
$documented
"""

TURN = """\
$head
$readings"""

_SYSTEM_NAMES = ("rules", "briefing", "constitution", "targets", "limits", "documented")
_TURN_NAMES = ("head", "readings", "step", "max_steps", "remaining", "budget", "last")
MOST_LINE = 10_000
"""Characters of a line of a scenario's text."""
MOST_INFO = 2000
"""Characters of what else an environment shows, as JSON."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Two templates: `$name` or `${name}` stands for a part, `$$` for a dollar."""

    system: str = SYSTEM
    turn: str = TURN


def read_prompt(texts: Mapping[str, Json] | None) -> Prompt:
    """The templates that `prompt:` gives, as texts by name: `system`, `turn`; ours for what it does not.

    Raises `SpecError` for a name or a placeholder that there is none of.
    """
    if texts is None:
        return Prompt()
    if not isinstance(texts, Mapping):
        raise SpecError(Complaint(f"prompt cannot be {texts!r:.60}", expected="system and turn, each a template"))
    found = {"system": SYSTEM, "turn": TURN}
    for name, text in texts.items():
        if name not in found:
            raise SpecError(Complaint(f"prompt has no {name!r:.60}", hint=did_you_mean(str(name), found)))
        if not isinstance(text, str) or not text.strip():
            raise SpecError(Complaint(f"prompt.{name} cannot be {text!r:.60}", expected="a template, as text"))
        _check(name, text, _SYSTEM_NAMES if name == "system" else _TURN_NAMES)
        found[name] = text
    return Prompt(**found)


def _check(name: str, text: str, known: tuple[str, ...]) -> None:
    template = Template(text)
    if not template.is_valid():
        at = next(match for match in template.pattern.finditer(text) if match["invalid"] is not None)
        line = text.count("\n", 0, at.start()) + 1
        raise SpecError(Complaint(f"prompt.{name}: a lone $ in its line {line}", expected="$name, ${name} or $$ for a dollar"))
    for wanted in template.get_identifiers():
        if wanted not in known:
            what = f"prompt.{name}: there is no ${wanted:.60}"
            raise SpecError(Complaint(what, hint=did_you_mean(wanted, known) or f"known: {', '.join(known)}"))


def system_text(prompt: Prompt, briefing: Briefing) -> str:
    """What is said once; the same for all turns of an episode, so that providers can keep it in their cache."""
    return Template(prompt.system).safe_substitute(
        rules="\n".join(f"- {rule}" for rule in _rules(briefing)),
        briefing=_foreign(briefing.text) or "(none)",
        constitution=_foreign(briefing.constitution) or "(none)",
        targets="\n".join(_targets(briefing)) or "(none told)",
        limits="\n".join(_limits(briefing)),
        documented="\n".join(documented(briefing.actions)) or "(nothing)",
    )


def turn_text(prompt: Prompt, observation: Observation, before: Mapping[str, float] | None, allowed: str = "") -> str:
    """What is said at a turn. `before`: the readings of the turn before, None at the first; `allowed`: what may be said in
    place of a call that was refused."""
    return Template(prompt.turn).safe_substitute(
        head=_head(observation, allowed),
        readings="\n".join([*_rows(observation.state, before), *_info(observation.info)]),
        step=str(observation.step),
        max_steps=str(observation.max_steps or "?"),
        remaining=f"{observation.remaining:g}",
        budget=f"{observation.budget:g}",
        last=_last(observation.last, allowed),
    )


def _rules(briefing: Briefing) -> Iterator[str]:
    """How one plays, as far as the briefing makes it true."""
    yield "Make exactly one tool call in each turn. You may say in a sentence why; only the call counts."
    if briefing.actions:
        yield "What is documented may be incomplete or wrong, and readings are noisy: trust what you see happen, and test."
    if any(spec.takes_dose and spec.takes_step for spec in briefing.actions):
        yield "A lever costs its dose times its cost, and its step passes, whatever else happens in that time."
    if any(not spec.takes_step for spec in briefing.actions):
        yield "A measurement costs budget but no time. It is worth it where it changes what you do next."
    yield "A call with unknown names or values, or beyond the budget, is refused: it costs no budget, but may cost a step."
    if briefing.goals:
        yield "Your score is how well the targets are met, less where what is protected suffers. Thrift counts little beside."
    yield "Play until the steps are used up; `done` ends your part early."


def _targets(briefing: Briefing) -> Iterator[str]:
    for goal in briefing.goals:
        yield _goal(goal, briefing.max_steps)
    for name, floor in briefing.protected.items():
        yield f"protected: {name} stays above {100 * floor:.3g}% of its starting level"


def _goal(goal: Goal, steps: int) -> str:
    notes = "" if goal.weight == 1 else f" (weight {goal.weight:g})"
    if goal.since and steps:
        notes += f" (what counts is the mean over steps {goal.since} to {steps})"
    if goal.kind == "band":
        return f"{goal.quantity}: keep it between {goal.low:.4g} and {goal.high:.4g}{notes}"
    reach, worth_nothing = (goal.high, goal.low) if goal.kind == "up" else (goal.low, goal.high)
    way = "raise it to" if goal.kind == "up" else "lower it to"
    return f"{goal.quantity}: {way} {reach:.4g} (at {worth_nothing:.4g} it counts nothing){notes}"


def _limits(briefing: Briefing) -> Iterator[str]:
    yield f"{briefing.max_steps} steps of time" if briefing.max_steps else "The number of steps is not told."
    if briefing.max_steps:
        yield f"at most {4 * briefing.max_steps} calls, measurements and refused ones included"
    if briefing.budget:
        yield f"budget {briefing.budget:g}"


def _head(observation: Observation, allowed: str) -> str:
    parts = [f"Step {observation.step}/{observation.max_steps or '?'}"]
    if observation.budget:
        parts.append(f"budget left {observation.remaining:.4g}/{observation.budget:.4g}")
    if told := _last(observation.last, allowed):
        parts.append(f"last call: {told}")
    return " | ".join(parts)


def _last(last: ActionResult | None, allowed: str) -> str:
    if last is None:
        return ""
    if not last.ok:
        return f"refused ({inert(last.reason, most=300) or 'no reason given'})" + (f"; {allowed}" if allowed else "")
    told = f"ok, cost {last.cost:g}"
    return f"{told}\nMeasured: {_json(last.reading)}" if last.reading else told


def _rows(state: Mapping[str, float], before: Mapping[str, float] | None) -> Iterator[str]:
    """Aligned, sorted by name, those of a region together below those of no region."""
    ordered = sorted(state, key=lambda name: (name.partition("@")[2], name))
    width = max((len(name) for name in ordered), default=0) + 2
    for name in ordered:
        change = "" if before is None or name not in before else f"  ({_number(state[name] - before[name], sign=True)})"
        yield f"{name:<{width}}{_number(state[name]):>8}{change}"


def _number(value: float, *, sign: bool = False) -> str:
    digits = ".2f" if abs(value) >= 0.1 or abs(value) < 0.0005 else ".2g"
    return f"{value:{'+' if sign else ''}{digits}}"


def _info(info: Mapping[str, Json]) -> Iterator[str]:
    if info:
        yield f"Also seen: {_json(info)}"


def _json(value: Mapping[str, Json]) -> str:
    text = json.dumps(value, ensure_ascii=True, default=dict)
    return text if len(text) <= MOST_INFO else text[:MOST_INFO] + " [cut off]"


def _foreign(text: str) -> str:
    """A scenario's text, line by line, without what a provider refuses or a reader does not see."""
    return "\n".join(inert(line, most=MOST_LINE, verbatim=True) for line in text.strip().splitlines())
