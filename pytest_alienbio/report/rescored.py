"""A run scored again: what changed, what has no score, and how much of it is the scorer's noise."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Estimate, Json, inert
from ..model.rescoring import Leaf, RescoredAgent, Rescoring
from . import figures
from .document import Block, Document, Fact, Facts, Note, Notes, Section, Table, column, interval_of, named, silent
from .versus import end

MOST_CELLS, MOST_LEAVES = 10, 12


def rescored_document(found: Rescoring) -> Document:
    """The whole of it."""
    sections = [_head(found), _agents(found)]
    if found.changed:
        sections.append(_cells(found))
    if found.noise is not None:
        sections.append(_noise(found))
    return Document(f"{inert(found.of)}, scored by {inert(_name(found))}", (*sections, *end(found.notes)))


def _name(found: Rescoring) -> str:
    return str(found.scorer.get("name") or "?")


def _head(found: Rescoring) -> Section:
    kind, version = str(found.scorer.get("kind") or ""), str(found.scorer.get("version") or "")
    hashed = str(found.scorer.get("hash") or "")
    what = {"files": "what scenario files say now", "scorer": "a function", "judge": "a language model"}.get(kind, kind)
    by = ", ".join(filter(None, (inert(_name(found)), what, inert(version), hashed[:10])))
    lacking = "; ".join(f"{count:,} {inert(why, most=200)}" for why, count in found.unscored.items())
    cells = f"{found.scored:,} of {figures.many(found.cells, 'cell')} scored" + (
        f"; without a score: {lacking}" if lacking else ""
    )
    facts = [
        Fact("scorer", "by", dict(found.scorer), by),
        Fact("path", "in", found.path, inert(found.path, most=400, verbatim=True)),
        Fact("cells", "cells", {"all": found.cells, "scored": found.scored, "unscored": dict(found.unscored)}, cells),
    ]
    if found.requests is not None:
        cost = "cost not known" if found.usd is None else f"${figures.usd(found.usd)}"
        facts.append(
            Fact(
                "spent",
                "spent",
                {"requests": found.requests, "usd": found.usd},
                f"{figures.many(found.requests, 'call')}, {cost}",
            )
        )
    return Section("rescored", blocks=(Facts("facts", tuple(facts)),))


def _agents(found: Rescoring) -> Section:
    rows = found.agents
    table = Table(
        "agents",
        (
            named("agent", "agent", rows, lambda row: row.agent),
            column("cells", "cells", rows, lambda row: row.cells, lambda row: f"{row.cells:,}", gives_way=3),
            column("scored", "scored", rows, lambda row: row.scored, lambda row: f"{row.scored:,}", gives_way=2),
            column("changed", "changed", rows, lambda row: row.changed, lambda row: f"{row.changed:,}", gives_way=1),
            column("recorded", "recorded", rows, lambda row: row.before, lambda row: figures.mean(row.before)),
            column("rescored", "rescored", rows, lambda row: row.after, lambda row: figures.mean(row.after)),
            column("difference", "difference", rows, lambda row: _delta(row).value, lambda row: _signed(_delta(row))),
            column("interval", "95%", rows, lambda row: interval_of(_delta(row).interval), lambda row: _ends(_delta(row))),
            silent("p", rows, lambda row: row.against.p.best if row.against else None),
            silent("why", rows, lambda row: (row.against.why or _delta(row).why) if row.against else _NO_COMPARISON),
        ),
        least=8,
    )
    about = f"means over scenarios of the cells that have both scores; {found.better} is better"
    told = tuple(
        Note(f"{inert(row.agent)}: {_NO_COMPARISON}") for row in rows if row.against is None and row.before is not None
    )
    blocks: tuple[Block, ...] = (table, Notes("remarks", told)) if told else (table,)
    return Section("agents", "agents", about, blocks)


_NO_COMPARISON = "higher is better in one of the scores and lower in the other, so that they have no difference"
_NONE = Estimate(None)


def _delta(row: RescoredAgent) -> Estimate:
    return row.against.delta if row.against else _NONE


def _signed(delta: Estimate) -> str:
    return figures.MISSING if delta.value is None else f"{delta.value:+.3f}"


def _ends(delta: Estimate) -> str:
    return "" if delta.interval is None else f"[{delta.interval.low:+.3f}, {delta.interval.high:+.3f}]"


def _cells(found: Rescoring) -> Section:
    rows = found.changed
    left_out = len(rows) - MOST_CELLS
    table = Table(
        "cells",
        (
            named("cell", "cell", rows, lambda row: row.id),
            column("recorded", "recorded", rows, lambda row: row.before, lambda row: figures.score(row.before)),
            column("rescored", "rescored", rows, lambda row: row.after, lambda row: figures.score(row.after)),
        ),
        screen=tuple(range(min(len(rows), MOST_CELLS))),
        more=f"… and {figures.many(left_out, 'more cell')}: --all" if left_out > 0 else "",
    )
    return Section("changed", "cells", "whose score is another one, the greatest changes first", (table,))


def _noise(found: Rescoring) -> Section:
    noise, rows = found.noise, found.leaves
    assert noise is not None
    left_out = len(rows) - MOST_LEAVES
    facts = Facts(
        "noise",
        (
            Fact("judgements", "judgements", noise.scores, f"{noise.scores:,} of {figures.many(noise.cells, 'cell')}"),
            Fact("sd", "noise of one", _plain(noise.sd), f"SD {_told(noise.sd)}" if noise.sd.value is not None else noise.why),
            Fact("share", "its part", _plain(noise.share), f"{_told(noise.share)} of the variance of the mean over all cells"),
            Fact(
                "reliability",
                "reliability",
                _plain(noise.reliability),
                f"{_told(noise.reliability)} of a cell's mean, ICC(1, k)",
            ),
        ),
    )
    table = Table(
        "leaves",
        (
            named("agent", "agent", rows, lambda row: row.agent),
            named("scenario", "scenario", rows, lambda row: row.scenario),
            column("cells", "cells", rows, lambda row: row.noise.cells, lambda row: f"{row.noise.cells:,}", gives_way=3),
            column(
                "judgements", "judged", rows, lambda row: row.noise.scores, lambda row: f"{row.noise.scores:,}", gives_way=2
            ),
            column("mean", "mean", rows, lambda row: row.mean, lambda row: figures.mean(row.mean)),
            column("half", "± judging", rows, lambda row: row.noise.half, lambda row: figures.mean(row.noise.half)),
            column("sd", "SD of one", rows, lambda row: row.noise.sd.value, lambda row: figures.mean(row.noise.sd.value)),
            column(
                "share", "part", rows, lambda row: row.noise.share.value, lambda row: figures.percent(row.noise.share.value)
            ),
            silent("share_interval", rows, lambda row: interval_of(row.noise.share.interval)),
            silent("reliability", rows, lambda row: row.noise.reliability.value),
            silent("single", rows, lambda row: row.noise.single),
            silent("why", rows, lambda row: row.noise.why),
        ),
        least=12,
        screen=tuple(range(min(len(rows), MOST_LEAVES))),
        more=f"… and {figures.many(left_out, 'more row')}: --all" if left_out > 0 else "",
    )
    about = "± judging: 95 % half-width of the mean if the same cells were judged again; part: of the variance of the mean"
    warned = tuple(_warnings(found))
    return Section("noise", "judging", about, (facts, table, *((Notes("warnings", warned),) if warned else ())), bool(warned))


def _warnings(found: Rescoring) -> Iterator[Note]:
    margin = "?" if found.margin is None else f"{found.margin:g}"
    of = f"of {inert(found.margin_of)}" if found.margin_of else "that a gate has by itself"
    for leaf in found.too_noisy[:MOST_LEAVES]:
        yield Note(_too_noisy(leaf, margin, of), "too noisy", {"agent": leaf.agent, "scenario": leaf.scenario})
    if untold := [leaf for leaf in found.leaves if leaf.noise.half is None]:
        yield Note(
            f"of {figures.many(len(untold), 'leaf').replace('leafs', 'leaves')} the noise is not known: "
            "no cell of theirs was judged twice",
            "not measured",
        )


def _too_noisy(leaf: Leaf, margin: str, of: str) -> str:
    noise = leaf.noise
    half = noise.half or 0.0
    return (
        f"{inert(leaf.agent)} on {inert(leaf.scenario)}: judging alone moves its mean by ± {half:.3f}, more than the margin "
        f"{margin} {of}; more replicates, or more seeds, before a gate uses this score"
    )


def _plain(estimate: Estimate) -> dict[str, Json]:
    return {"value": estimate.value, "interval": interval_of(estimate.interval), "why": estimate.why}


def _told(estimate: Estimate) -> str:
    if estimate.value is None:
        return figures.MISSING
    ends = estimate.interval
    return f"{estimate.value:.3f}" + (f" [{ends.low:.3f}, {ends.high:.3f}]" if ends else "")
