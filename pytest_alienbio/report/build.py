"""Deciding what a run's report says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..model import Accounts, Failures, Finding, Json, Outcome, Summary, Verdict, inert
from . import figures
from .accounts import accounts_sections
from .document import Block, Copy, Document, Note, Notes, Section
from .failures import failures as failures_section
from .gate import gate_sections
from .leaderboard import leaderboard
from .measures import metrics
from .scores import played, ranks, scores

_NO_FAILURES = Failures()
_AGENTS = 6
"""Named of those skipped for one reason."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cells the battery plans, how many were selected for this run, how many have a result."""

    planned: int
    selected: int
    recorded: int
    """With a result, those from before included."""
    before: int = 0
    """Recorded by an earlier run of the same DAT."""
    reused: int = 0
    """Taken over from other DATs."""


def build(
    *,
    title: str,
    summary: Summary,
    verdicts: Sequence[Verdict] = (),
    failures: Failures = _NO_FAILURES,
    skipped: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    findings: Sequence[Finding] = (),
    notes: Sequence[str] = (),
    dat_path: str = "",
    page_path: str = "",
    counts: Counts | None = None,
    spent: Notes | None = None,
    consumed: Sequence[Accounts] = (),
) -> Document:
    """The report of one battery's run. `skipped` maps an agent to the reason why its cells did not run.

    Its sections: `gates` and one for each of `verdicts`, `run`, `scores`, `metrics`, `leaderboard`, `findings`, `failures`,
    `end`; those with nothing to say are not there, but `run` and `scores` always. Without `counts` only recorded cells are
    told. `page_path`: where the report is as a page, if it is.
    `spent` (see `spend`) stands in `run`; `consumed` by agent, scenario, ... is the section `accounts`.
    """
    recorded = sum(summary.outcomes.values())
    leaves = played(summary.leaves)
    parts = (
        *gate_sections(verdicts, more="reports/gates.json"),
        _run(counts or Counts(recorded, recorded, recorded), summary.outcomes, spent),
        scores(leaves, "summary.csv"),
        metrics(leaves, "results.json"),
        leaderboard(summary, "results.yaml") if ranks(leaves) else None,
        accounts_sections(consumed, "bio cost") if any(each.total.attempts for each in consumed) else None,
        _findings(findings),
        failures_section(failures, "results.yaml"),
        _end(_skipped(skipped), [Note(inert(note, most=400), "note") for note in notes], dat_path, page_path),
    )
    return Document(inert(title), tuple(part for part in parts if part))


def _run(counts: Counts, outcomes: Mapping[str, int], spent: Notes | None) -> Section:
    parts = [figures.many(counts.planned, "cell")]
    if counts.selected != counts.planned:
        parts.append(f"{counts.selected:,} selected")
    if counts.recorded != counts.selected:
        parts.append(f"{counts.recorded:,} recorded")
    if counts.before or counts.reused:
        parts += [f"{count:,} {word}" for count, word in ((counts.before, "from before"), (counts.reused, "reused")) if count]
        parts.append(f"{counts.recorded - counts.before - counts.reused:,} run")
    text = ", ".join(parts) + (f": {told}" if (told := ended(outcomes)) else "")
    values: dict[str, Json] = {
        "planned": counts.planned,
        "selected": counts.selected,
        "recorded": counts.recorded,
        "before": counts.before,
        "reused": counts.reused,
        "outcomes": dict(outcomes),
    }
    return Section("run", blocks=(Notes("cells", (Note(text, values=values),)), *([spent] if spent else [])))


def ended(outcomes: Mapping[str, int]) -> str:
    """How many cells ended how, `49 completed, 2 agent_error`, in the order of `Outcome`."""
    return ", ".join(f"{outcomes[name]:,} {name}" for name in Outcome if outcomes.get(name))


def _findings(findings: Sequence[Finding]) -> Section | None:
    if not findings:
        return None
    notes = tuple(
        Note(inert(finding.sentence, most=400), values={"scenario": finding.scenario, "rule": finding.rule})
        for finding in findings
    )
    return Section("findings", "broken scenarios", "", (Notes("findings", notes, items=True),), alarm=True)


def _end(skipped: Sequence[Note], notes: Sequence[Note], dat_path: str, page_path: str) -> Section | None:
    blocks: tuple[Block, ...] = (
        *([Notes("skipped", tuple(skipped), more="more reasons: results.yaml")] if skipped else []),
        *([Notes("notes", tuple(notes))] if notes else []),
        *([Copy("results", "results", inert(dat_path, most=4096, verbatim=True))] if dat_path else []),
        *([Copy("page", "report", inert(page_path, most=4096, verbatim=True))] if page_path else []),
    )
    return Section("end", blocks=blocks) if blocks else None


def _skipped(skipped: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Note]:
    by_reason: dict[str, list[str]] = {}
    for agent, reason in skipped.items() if isinstance(skipped, Mapping) else skipped:
        agents = by_reason.setdefault(reason, [])
        if agent not in agents:
            agents.append(agent)
    return [
        Note(inert(reason, most=300), f"skipped {some(agents)}", {"reason": reason, "agents": agents})
        for reason, agents in by_reason.items()
    ]


def some(names: Sequence[str], most: int = _AGENTS) -> str:
    """The first names, inert, and how many more there are."""
    return ", ".join(map(inert, names[:most])) + (f" and {len(names) - most:,} more" if len(names) > most else "")
