"""A gate's verdict as people and machines read it: the word and why first, then the nodes that matter, then what it can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Call, Confirmation, Json, Node, NodeKind, Power, Verdict, inert
from ..model.verdict import FELL, told_by_a_leaf
from . import figures
from .contest import is_sized, size
from .document import Block, Document, Note, Notes, Section, Table, silent
from .nodes import counted, drop_text, node_table, ordered, title_of

_SENTENCE = 400
"""Characters of a sentence that may hold names from outside."""
_WHYS = 3
"""Sentences of why that a screen shows: what else regressed is in the table."""
_NAMED = 8
"""Nodes that a failure's text names."""
_NOTHING_SAID = {
    Call.PASS: "nothing regressed",
    Call.FAIL: "a regression somewhere in the battery, not located",
    Call.INCONCLUSIVE: "no regression is shown, nor that there is none",
    Call.INVALID: "the run and its baseline cannot be compared",
    Call.NOT_JUDGED: "only a part of the battery was selected",
}
"""Where a verdict brings no sentence of its own: from the rule of a conftest, perhaps."""


def gate_document(title: str, verdicts: Sequence[Verdict], *, more: str = "--all", notes: Sequence[str] = ()) -> Document:
    """The verdicts of a battery's gates as a page of their own."""
    said = tuple(Note(inert(note, most=_SENTENCE), "note") for note in notes)
    end = [Section("end", blocks=(Notes("notes", said),))] if said else []
    return Document(inert(title), (*gate_sections(verdicts, more=more), *end))


def gate_sections(verdicts: Sequence[Verdict], *, more: str = "--all") -> tuple[Section, ...]:
    """A section a gate, the worst first, behind `gates`, which for machines has a row of each; nothing without gates."""
    if not verdicts:
        return ()
    rows = worst_first(verdicts)
    return (_overview(rows), *(gate_section(each, more=more) for each in rows))


_WORST = (Call.FAIL, Call.INVALID, Call.INCONCLUSIVE, Call.NOT_JUDGED, Call.PASS)


def worst_first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts as people should meet them."""
    return sorted(verdicts, key=lambda each: _WORST.index(each.call))


def worst(verdicts: Sequence[Verdict]) -> Call | None:
    """The call that counts for all of them; None without a gate."""
    return min((each.call for each in verdicts), key=_WORST.index, default=None)


def gate_section(verdict: Verdict, *, more: str = "--all") -> Section:
    """One gate's verdict, under the key `gate[NAME]`. `more` says how to see the nodes that a screen leaves out.

    Its blocks: `why`, `against`, `drifts`, `nodes`, `confirmed` and `confirmation`, `test` (what was compared, the power
    line, the test), `edited`, `notes`; those with nothing to say are not there, but `why`, `against`, `nodes` and `test`.
    """
    sized = is_sized(verdict.rule.metric)
    blocks: list[Block] = [Notes("why", tuple(_why(verdict)), most=_WHYS, more="more: see below"), _against(verdict)]
    if verdict.drifts:
        blocks.append(_drifts(verdict))
    blocks.append(node_table(verdict.nodes, sized=sized, more=more))
    if verdict.confirmation is not None:
        blocks += _confirmation(verdict.confirmation, sized=sized, failed=verdict.call is Call.FAIL)
    blocks.append(Notes("test", tuple(_about(verdict, sized=sized))))
    if verdict.edited:
        blocks.append(_edited(verdict))
    if verdict.notes:
        blocks.append(Notes("notes", tuple(Note(inert(note, most=_SENTENCE), "note") for note in verdict.notes)))
    heading = f"{verdict.call}: {_name(verdict)}"
    return Section(f"gate[{verdict.rule.name}]", heading, _terms(verdict), tuple(blocks), alarm=verdict.fails)


def one_line(verdict: Verdict) -> str:
    """`gate[score] FAIL: greedy dropped by 0.12 [0.07, 0.17] (p 0.002)`; inert."""
    return f"{_name(verdict)} {verdict.call}: {first_reason(verdict)}"


def first_reason(verdict: Verdict) -> str:
    """The sentence that says the most; inert."""
    return next(iter(_sentences(verdict)), _NOTHING_SAID[verdict.call])


def properties_of(verdict: Verdict) -> Iterator[tuple[str, object]]:
    """What machines read of a verdict in JUnit: built-ins only. `drop` and `p_adj` are of the battery as a whole."""
    yield from (("gate", verdict.rule.name), ("metric", verdict.rule.metric), ("verdict", verdict.call.value))
    yield from (("alpha", float(verdict.alpha)), ("baseline", inert(verdict.baseline)))
    overall = next((node for node in verdict.nodes if node.name == "overall"), None)
    if overall and overall.drop.value is not None:
        yield "drop", float(overall.drop.value)
        if interval := overall.drop.interval:
            yield from (("drop_low", float(interval.low)), ("drop_high", float(interval.high)))
    if overall and overall.p is not None:
        yield "p_adj", float(overall.p)
    if fallen := [inert(node.name) for node in verdict.nodes if node.call in FELL]:
        yield "regressed", ", ".join(fallen)


def failure_text(verdict: Verdict) -> str:
    """What stands in a failure's text, and a JUnit file: the verdict and why, each regressed node with its interval."""
    sized = is_sized(verdict.rule.metric)
    by_leaf = told_by_a_leaf(verdict.nodes)
    named = [node for node in ordered(verdict.nodes) if node.call in FELL and node.name not in by_leaf]
    # Of what is named the lines below say more.
    lines = [one_line(verdict), *([] if len(named) > 1 else _sentences(verdict)[1:])]
    if verdict.baseline:
        lines.append(_against_text(verdict))
    lines += [f"  {inert(each.sentence, most=_SENTENCE)}" for each in verdict.drifts if each.sentence not in verdict.why]
    lines += [f"  {_node_text(node, sized=sized)}" for node in named[:_NAMED]]
    if len(named) > _NAMED:
        lines.append(f"  … and {len(named) - _NAMED:,} more that regressed")
    if (again := verdict.confirmation) is not None:
        lines.append(_confirmed_text(again, failed=verdict.call is Call.FAIL))
        lines += [f"  {_node_text(node, sized=sized)}" for node in again.leaves[:_NAMED]]
    if verdict.nodes:
        lines.append(power_line(verdict.power, sized=sized))
    lines += [f"edited: {inert(each, most=_SENTENCE)}" for each in verdict.edited]
    return "\n".join(lines)


def power_line(power: Power, *, sized: bool) -> str:
    """`this run could have seen a drop of 0.04 overall, 0.11 by one agent, with a chance of 80%`."""
    seen = [
        f"{size(drop, sized=sized)} {where}"
        for drop, where in (
            (power.overall, "overall"),
            (power.agent, "by one agent"),
            (power.scenario, "in one scenario"),
            (power.leaf, "by one agent in one scenario"),
        )
        if drop is not None
    ]
    why = inert(power.why, most=_SENTENCE)
    if not seen:
        return why or "how small a drop this run could have seen cannot be told"
    text = f"this run could have seen a drop of {', '.join(seen)}, with a chance of {figures.percent(power.chance)}"
    return f"{text}, and {why}" if why else text


def _name(verdict: Verdict) -> str:
    return f"gate[{inert(verdict.rule.name, most=120)}]"


def _terms(verdict: Verdict) -> str:
    rule = verdict.rule
    text = f"drops of {inert(rule.metric, most=80)}"
    if rule.better:
        text += f", {inert(rule.better, most=20)} is better"
    return text + (f"; a drop up to {size(rule.tol, sized=is_sized(rule.metric))} is none" if rule.tol else "")


def _sentences(verdict: Verdict) -> list[str]:
    return [inert(each, most=_SENTENCE) for each in verdict.why]


def _why(verdict: Verdict) -> Iterator[Note]:
    drifts = {drift.sentence for drift in verdict.drifts}
    told = [each for each in verdict.why if each not in drifts]
    yield Note(
        inert(told[0], most=_SENTENCE) if told else _NOTHING_SAID[verdict.call],
        values={"call": verdict.call.value, "gate": verdict.rule.name},
    )
    yield from (Note(inert(each, most=_SENTENCE)) for each in told[1:])
    if _is_not_located(verdict) and verdict.confirmation is None:
        yield Note("to locate it: --bio-confirm plays the likeliest again, on fresh seeds that the baseline holds")


def _is_not_located(verdict: Verdict) -> bool:
    """Whether the battery alone is told to have regressed."""
    named = {node.kind for node in verdict.nodes if node.call in FELL}
    return named == {NodeKind.OVERALL} and any(node.kind is not NodeKind.OVERALL for node in verdict.nodes)


def _against(verdict: Verdict) -> Notes:
    values: dict[str, Json] = {"baseline": verdict.baseline, **verdict.about}
    return Notes("against", (Note(_against_text(verdict), values=values),))


def _against_text(verdict: Verdict) -> str:
    if not verdict.baseline:
        return "against no baseline"
    about = {name: inert(text, most=200) for name, text in verdict.about.items() if text}
    parts = [f"blessed by {about['by'].partition(' <')[0]}" if "by" in about else ""]
    parts.append(about["at"][:16].replace("T", " ") if "at" in about else "")
    parts.append(f"commit {about['commit'][:10]}" if "commit" in about else "")
    told = " ".join(part for part in parts[:2] if part)
    said = ", ".join(part for part in (told, parts[2]) if part)
    text = f"against {inert(verdict.baseline, most=200)}" + (f": {said}" if said else "")
    return f"{text} ({about['why']})" if "why" in about else text


def _drifts(verdict: Verdict) -> Notes:
    notes = (
        Note(
            inert(each.sentence, most=_SENTENCE),
            values={"kind": each.kind, "was": each.was, "now": each.now, "cells": each.cells},
        )
        for each in verdict.drifts
    )
    return Notes("drifts", tuple(notes), items=True)


def _confirmation(found: Confirmation, *, sized: bool, failed: bool) -> Iterator[Block]:
    values: dict[str, Json] = {
        "seeds": list[Json](found.seeds),
        "alpha": found.alpha,
        "p": found.p,
        "regressed": found.regressed,
    }
    said = Note(_confirmed_text(found, failed=failed), values=values)
    yield Notes("confirmed", (said, *(Note(inert(each, most=_SENTENCE), "note") for each in found.notes)))
    if found.leaves:
        yield node_table(found.leaves, sized=sized, key="confirmation")


def _confirmed_text(found: Confirmation, *, failed: bool) -> str:
    """`failed`: the run did, and if not by these leaves then by the first stage."""
    alike = "this leaf" if len(found.leaves) == 1 else f"at least one of these {len(found.leaves):,} leaves"
    if not found.leaves:
        text = "not confirmed: no leaf that was played again has numbers to compare"
    elif found.regressed:
        text = f"confirmed on fresh seeds: {alike} regressed"
    elif found.p is None:
        text = "neither confirmed nor refuted on fresh seeds"
    else:
        text = f"not confirmed on fresh seeds: that {alike} regressed is not shown"
    if found.p is not None:
        text += f" (p {figures.p_value(found.p)}, alpha {found.alpha:g})"
    if found.seeds:
        text += f"; played on {figures.many(len(found.seeds), 'seed')}: {_runs_of(found.seeds)}"
    if failed and not found.regressed:
        text += "; what the first stage shows stands"
    return text


def _runs_of(seeds: Sequence[int]) -> str:
    """`0-9, 12`."""
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and seed == runs[-1][1] + 1:
            runs[-1][1] = seed
        else:
            runs.append([seed, seed])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def _about(verdict: Verdict, *, sized: bool) -> Iterator[Note]:
    lacking = ", ".join(f"{count:,} {inert(why, most=80)}" for why, count in verdict.missing.items())
    if not verdict.expected:
        return
    text = f"compared: {verdict.cells:,} of {figures.many(verdict.expected, 'cell')}"
    cells: dict[str, Json] = {"cells": verdict.cells, "expected": verdict.expected, "missing": dict(verdict.missing)}
    yield Note(f"{text}; without a number: {lacking}" if lacking else text, values=cells)
    if not verdict.nodes:
        return
    power = verdict.power
    can_see: dict[str, Json] = {
        "overall": power.overall,
        "agent": power.agent,
        "scenario": power.scenario,
        "leaf": power.leaf,
        "chance": power.chance,
        "why": power.why or None,
    }
    yield Note(power_line(power, sized=sized), values={"power": can_see})
    if verdict.relabellings:
        how = "all " if verdict.exact else ""
        drawn = "" if verdict.exact or verdict.seed is None else f", drawn with seed {verdict.seed}"
        tested = sum(node.p is not None for node in verdict.nodes)
        part = f" of {verdict.rule.alpha:g}" if verdict.alpha < verdict.rule.alpha else ""
        text = f"p is adjusted over {figures.many(tested, 'node')}, alpha {verdict.alpha:g}{part}: {how}"
        yield Note(
            f"{text}{figures.many(verdict.relabellings, 'relabelling')}{drawn}",
            values={
                "alpha": verdict.alpha,
                "relabellings": verdict.relabellings,
                "exact": verdict.exact,
                "seed": verdict.seed,
            },
        )


def _edited(verdict: Verdict) -> Notes:
    return Notes("edited", tuple(Note(inert(each, most=_SENTENCE), "edited after the first cell") for each in verdict.edited))


def _node_text(node: Node, *, sized: bool) -> str:
    text = f"{title_of(node)} {node.call}: drop {drop_text(node, sized=sized)}"
    if node.base is not None and node.new is not None:
        text += f", from {size(node.base, sized=sized)} to {size(node.new, sized=sized)}"
    return text + (f", p {figures.p_value(node.p)}" if node.p is not None else "")


def _overview(verdicts: Sequence[Verdict]) -> Section:
    """For machines: a row a gate. A screen has their sections."""
    fields = (
        silent("gate", verdicts, lambda each: each.rule.name),
        silent("battery", verdicts, lambda each: each.battery),
        silent("call", verdicts, lambda each: each.call.value),
        silent("why", verdicts, lambda each: list(each.why)),
        silent("metric", verdicts, lambda each: each.rule.metric),
        silent("better", verdicts, lambda each: each.rule.better or None),
        silent("baseline", verdicts, lambda each: each.baseline),
        silent("alpha", verdicts, lambda each: each.alpha),
        silent("tol", verdicts, lambda each: each.rule.tol),
        silent("nodes", verdicts, lambda each: counted(each.nodes)),
    )
    return Section("gates", blocks=(Table("gates", fields),))
