"""What a person is shown: plain lines, no colours, as wide as the terminal. Everything from a world comes out harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...model import ActionResult, ActionSpec, Briefing, Goal, Json, Observation, Scores, inert
from .command import Call, spelled

HELP = """\
Numbers and names are those of the list (type: actions). Beginnings of words
are enough where only one fits; case does not matter.
  3                        the third action, in full
  3 0.5                    the same at half its dose and cost
  add_feedstock MEv 0.5    by name, or spelt out: molecule=MEvoihul dose=0.5
  assay K, investigate K   measure: costs budget, takes no step
  wait, wait 3             let one step pass, or three
  done                     end it: steps left pass without you, then the score
  call NAME key=value      something not listed; a refusal may use up a step
What you type is only pending at first: Enter carries it out, another call
takes its place, undo drops it. With a ! at its end (3 0.5!) it is done at once.
  state, actions, brief, history    show it again; help or ? shows this
  quit, Ctrl-C, Ctrl-D on an empty line    leave: it is kept, not scored"""

_MOST = 4000
"""Characters of one piece of foreign prose."""
_WIDEST = 110
"""Columns of prose, however wide the terminal: longer lines are hard to read."""
_LONGEST_WORD = 60
"""Columns of a word that goes on in the next line where it has no room; a longer one is cut."""
_LEAST_LAST = 16
"""Columns that the last column of a table gets at least."""
_GAP = "  "


def help_lines(width: int) -> Iterator[str]:
    """What can be typed; in columns where they have room."""
    lines = HELP.splitlines()
    if max(map(len, lines)) <= width:
        yield from lines
        return
    for line in lines:
        start = len(line) - len(line.lstrip())
        yield from _prose(re.sub(r"(?<=\S)  +", ": ", line), width, first=line[:start])


def briefing_lines(briefing: Briefing, width: int) -> Iterator[str]:
    """What is to be reached, and within which bounds."""
    yield from _section("BRIEFING", briefing.text.strip().splitlines() or ["(none)"], width)
    if briefing.constitution.strip():
        yield from _section("CONSTITUTION", briefing.constitution.strip().splitlines(), width)
    if briefing.goals:
        yield from _section("TARGETS", map(_goal, briefing.goals), width)
    if briefing.protected:
        floors = (f"{name}: at least {100 * floor:.3g}% of its start" for name, floor in briefing.protected.items())
        yield from _section("PROTECTED", floors, width)
    limits = [f"{briefing.max_steps} steps"] if briefing.max_steps else []
    limits += [f"a budget of {briefing.budget:g}"] if briefing.budget else []
    yield from _section("LIMITS", [", ".join(limits) or "(not told)"], width)


def action_lines(specs: Sequence[ActionSpec], width: int) -> Iterator[str]:
    """Every action with its number, cost and documented effects; measurements that differ in one value packed together."""
    numbered = list(enumerate(specs, 1))
    levers = [(number, spec) for number, spec in numbered if spec.takes_step]
    if levers:
        dosed = "; a dose scales cost and effect" if any(spec.takes_dose for _, spec in levers) else ""
        yield from _prose(f"ACTIONS, a step each{dosed}", width)
        yield from _table(
            ("", "action", "cost", "documented effects"),
            [(str(number), _name(spec), f"{spec.cost:g}", _effects(spec)) for number, spec in levers],
            width,
            left=(1, 3),
        )
    groups: dict[tuple[str, float], list[str]] = {}
    for number, spec in numbered:
        if not spec.takes_step:
            alone = len(spec.params) == 1
            head = f"{spec.name} {next(iter(spec.params))}" if alone else spec.name
            value = next(iter(spec.params.values())) if alone else _name(spec)
            groups.setdefault((head, spec.cost), []).append(f"{number} {inert(value)}")
    if groups:
        yield from _prose("MEASUREMENTS, which take no step", width)
    for (head, cost), cells in groups.items():
        yield from _prose(f"{head}, cost {cost:g} each:", width)
        yield from _packed(cells, width)
    yield "ALWAYS: wait, done"


def status_lines(observation: Observation, width: int) -> Iterator[str]:
    """Where it stands: step and budget."""
    step = f"step {observation.step}" + (f" of {observation.max_steps}" if observation.max_steps else "")
    budget = f"budget {observation.remaining:.4g} of {observation.budget:.4g} left" if observation.budget else ""
    yield from _prose(" | ".join(filter(None, (step, budget))), width)


def reading_lines(
    briefing: Briefing, observation: Observation, before: Mapping[str, float], first: Mapping[str, float], width: int
) -> Iterator[str]:
    """A row for each quantity: reading, change since `before` (readings of an earlier step), window of its target, floor.

    Floors are fractions of the true start, which nobody is told; here they are reckoned from the `first` readings.
    """
    goals: dict[str, list[Goal]] = {}
    for goal in briefing.goals:
        goals.setdefault(goal.quantity, []).append(goal)
    names = dict.fromkeys((*observation.state, *goals, *(name for name in briefing.protected if name in first)))
    rows = []
    for name in names:
        now, floor = observation.state.get(name), None
        if name in briefing.protected and name in first:
            floor = briefing.protected[name] * first[name]
        wanted = [_window(goal) for goal in goals.get(name, ())]
        notes = ["reached"] if now is not None and wanted and all(_is_reached(goal, now) for goal in goals[name]) else []
        notes += ["BELOW ITS FLOOR"] if now is not None and floor is not None and now < floor else []
        change = "" if now is None or name not in before else _figure(now - before[name], "+")
        reading = "-" if now is None else _figure(now)
        least = "" if floor is None else _figure(floor)
        rows.append((inert(name), reading, change, ", ".join(wanted), least, ", ".join(notes)))
    if rows:
        yield from _table(("quantity", "reading", "change", "wanted", "floor*", ""), rows, width, left=(0, 5))
        if any(row[4] for row in rows):
            yield from _prose("* reckoned from the first reading", width)
    for key, value in observation.info.items():
        yield from _prose(f"{key}: {_short(value)}", width)


def result_lines(done: str, result: ActionResult, width: int, *, passed: bool = False) -> Iterator[str]:
    """What became of the last call (`done`, as it was typed), whether a refused one's step has `passed`, what was measured."""
    said = f"done, cost {result.cost:.4g}" if result.ok else f"REFUSED: {result.reason or 'no reason given'}"
    used = "; its step has passed all the same" if passed and not result.ok else ""
    yield from _prose(f"last: {done}: {said}{used}", width)
    for key, value in result.reading.items():
        yield from _prose(f"{key}: {_short(value)}", width, first="  ")


def pending_lines(call: Call, observation: Observation, width: int) -> Iterator[str]:
    """What a call would do, before it is carried out."""
    parts = [spelled(call.action, call.times)]
    if call.action.name == "done":
        parts.append("it ends here, the steps left pass without you, and it is scored")
    if call.cost:
        left = f"{observation.remaining - call.cost:.4g} of {observation.budget:.4g}"
        parts.append(f"costs {call.cost:.4g}, which leaves {left}")
    if call.spec is not None and not call.spec.takes_step:
        parts.append("takes no step")
    if call.doubt:
        parts += [call.doubt, "refused, it may use up a step all the same"]
    yield from _prose(f"pending: {'; '.join(parts)}", width, first="  ")
    yield from _prose("Enter carries it out, undo drops it", width, first="  ")


def history_lines(history: Sequence[tuple[int, str, ActionResult | None]], width: int) -> Iterator[str]:
    """Every call so far: at which step, what, and what came of it."""
    if not history:
        yield from _prose("nothing has been done yet", width)
        return
    rows = []
    for step, done, result in history:
        came = "" if result is None else "done" if result.ok else f"refused: {inert(result.reason)}"
        cost = "" if result is None else f"{result.cost:.4g}"
        reading = "" if result is None else "; ".join(f"{inert(key)} {_short(value)}" for key, value in result.reading.items())
        rows.append((str(step), inert(done), cost, " ".join(filter(None, (came, reading)))))
    yield from _table(("step", "call", "cost", "came of it"), rows, width, left=(1, 3))


def score_lines(scores: Scores, width: int) -> Iterator[str]:
    """The end."""
    said = "not scored" if scores.score is None else f"score {scores.score:.3f}"
    parts = [f"{name} {value:.3f}" for name, value in scores.parts.items()]
    yield from _prose(f"The episode is over: {said}" + (f" ({', '.join(parts)})" if parts else ""), width)


def message_lines(text: str, width: int) -> Iterator[str]:
    """A sentence about what was typed."""
    yield from _prose(text, width, first="  ")


# -- pieces


def _goal(goal: Goal) -> str:
    low, high = f"{goal.low:.4g}", f"{goal.high:.4g}"
    words = {"up": f"raise to {high} ({low} is worth nothing)", "down": f"lower to {low} ({high} is worth nothing)"}
    weight = "" if goal.weight == 1 else f"; weight {goal.weight:g}"
    return f"{goal.quantity}: {words.get(goal.kind, f'keep between {low} and {high}')}{weight}"


def _window(goal: Goal) -> str:
    words = {"up": f">= {_figure(goal.high)}", "down": f"<= {_figure(goal.low)}"}
    return words.get(goal.kind, f"{_figure(goal.low)} to {_figure(goal.high)}")


def _is_reached(goal: Goal, level: float) -> bool:
    low = level >= (goal.high if goal.kind == "up" else goal.low)
    high = level <= (goal.low if goal.kind == "down" else goal.high)
    return low if goal.kind == "up" else high if goal.kind == "down" else low and high


def _name(spec: ActionSpec) -> str:
    return " ".join([inert(spec.name), *(f"{inert(key)}={inert(value)}" for key, value in spec.params.items())])


def _effects(spec: ActionSpec) -> str:
    return ", ".join(f"{inert(name)} {strength:+.2g}" for name, strength in spec.effects.items()) or "none"


def _figure(value: float, sign: str = "") -> str:
    plain = value == 0 or 0.0005 <= abs(value) < 1e5 or (sign and abs(value) < 0.0005)
    return f"{value:{sign}.3f}" if plain else f"{value:{sign}.2e}"


def _short(value: Json, depth: int = 0) -> str:
    """Any value on one line, at most three deep."""
    if depth > 3:
        return "..."
    if isinstance(value, Mapping):
        return ", ".join(f"{inert(key)} {_short(each, depth + 1)}" for key, each in value.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_short(each, depth + 1) for each in value) or "none"
    return f"{value:.4g}" if isinstance(value, float) else inert(str(value))


def _section(heading: str, lines: Iterable[str], width: int) -> Iterator[str]:
    yield heading
    for line in lines:
        yield from _prose(line, width, first="  ", indent="    ")


def _prose(text: str, width: int, *, first: str = "", indent: str = "    ") -> Iterator[str]:
    """Foreign `text` folded at blanks, and within words that have no room in a line."""
    width = min(width, _WIDEST)
    line, empty = first, True
    for word in inert(text, most=_MOST).split(" "):
        longer = line + word if empty else f"{line} {word}"
        if not empty and _columns(longer) > width:
            yield line
            longer = indent + word
        while _columns(longer) > width and _columns(word) <= _LONGEST_WORD and width > 2 * len(indent):
            kept = _head(longer, width)
            yield kept
            longer = indent + longer[len(kept) :]
        line, empty = _cut(longer, width), False
    yield line


def _packed(cells: Sequence[str], width: int) -> Iterator[str]:
    """Cells side by side in columns."""
    widest = max(map(_columns, cells), default=1)
    across = max(1, (min(width, _WIDEST) - 2) // (widest + 3))
    if widest + 4 > width:
        for cell in cells:
            yield from _prose(cell, width, first="    ", indent="      ")
        return
    for start in range(0, len(cells), across):
        yield "    " + "   ".join(_pad(cell, widest) for cell in cells[start : start + across]).rstrip()


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, left: Sequence[int]) -> Iterator[str]:
    """Aligned columns, numbers to the right; the last goes on below itself. Without the room for that, a row is prose."""
    table = [header, *rows]
    sizes = [max(_columns(row[at]) for row in table) for at in range(len(header) - 1)]
    start = sum(sizes) + len(_GAP) * (len(sizes) + 1)
    if start + min(max(_columns(row[-1]) for row in table), _LEAST_LAST) > width:
        for row in rows:
            named = (f"{head} {cell}".strip() for head, cell in zip(header, row, strict=True) if cell)
            yield from _prose(", ".join(named), width, first="  ")
        return
    for row in table:
        cells = [_pad(cell, size, right=at not in left) for at, (cell, size) in enumerate(zip(row, sizes, strict=False))]
        first, *more = [*_prose(row[-1], width - start, indent="  ")] if row[-1] else [""]
        yield (_GAP + _GAP.join([*cells, first])).rstrip()
        yield from (" " * start + line for line in more)


def _columns(text: str) -> int:
    """Terminal columns that `text` takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _cut(text: str, most: int) -> str:
    return text if _columns(text) <= most else _head(text, most - 3) + "..."


def _head(text: str, most: int) -> str:
    """As much of `text` as has room in `most` columns."""
    while text and _columns(text) > most:
        text = text[:-1]
    return text


def _pad(text: str, size: int, *, right: bool = False) -> str:
    blanks = " " * (size - _columns(text))
    return blanks + text if right else text + blanks
