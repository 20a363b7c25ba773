"""Single cells as text: rows of many, and one step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Json, Result, Trajectory
from .columns import Column, fit, lines_of, width_of, wrap
from .inert import inert


def table(results: Sequence[Result], width: int) -> list[str]:
    """One line a cell, header first; [] for none. Names are shortened to fit `width`."""
    if not results:
        return []
    rows = [
        (
            inert(result.scenario),
            "-" if result.difficulty is None else str(result.difficulty),
            inert(result.agent),
            str(result.seed),
            str(result.outcome),
            "-" if result.score is None else f"{result.score:.3f}",
            "-" if result.passed is None else "yes" if result.passed else "no",
            inert(result.reason or (result.error.message if result.error else "")),
        )
        for result in results
    ]
    headers = ("scenario", "d", "agent", "seed", "outcome", "score", "passed", "reason")
    texts = {"scenario", "agent", "outcome", "reason"}
    columns = [
        Column(
            header,
            tuple(row[place] for row in rows),
            left=header in texts,
            names=header in ("scenario", "agent", "reason"),
            gives_way=1 if header == "reason" else 0,
        )
        for place, header in enumerate(headers)
        if header != "reason" or any(row[place] for row in rows)
    ]
    return lines_of(fit(columns, width))


def render_cell(result: Result, trajectory: Trajectory | None, width: int) -> list[str]:
    """A cell with everything recorded about it, its trajectory step by step underneath if it was kept."""
    lines = [inert(result.id), f"outcome  {result.outcome}"]
    if result.score is not None:
        verdict = "" if result.passed is None else ", passed" if result.passed else ", not passed"
        bar = "" if result.passing_score is None else f" (bar {result.passing_score:g})"
        lines.append(f"score    {result.score:.4f}{bar}{verdict}")
        lines += [f"         {inert(name)} {value:.4f}" for name, value in result.scores.items()]
    if result.reason:
        lines.append(f"reason   {inert(result.reason, most=400)}")
    lines.append(f"took     {result.duration_s:.3f} s, attempt {result.attempt}, worker {inert(result.worker)}")
    whole = f"DAT      {inert(result.dat_path, most=4096)}"  # a path is to be copied
    lines.append(whole)
    if result.error:
        lines += ["", *(inert(line, most=400) for line in result.error.traceback.splitlines()[-30:])]
    steps = ["no trace was kept for this cell"] if trajectory is None else _steps(trajectory)
    return [part for line in [*lines, "", *steps] for part in ([line] if line == whole else _folded(line, width))]


def _folded(line: str, width: int) -> list[str]:
    """`line` in `width` columns; what does not fit goes on below, further in than it began."""
    if width_of(line) <= width:
        return [line]
    start = line[: len(line) - len(line.lstrip())]
    return wrap(line, width, first=start, indent=f"{start}    ")


def _steps(trajectory: Trajectory) -> list[str]:
    lines: list[str] = []
    before: Mapping[str, float] = {}
    for turn in trajectory.turns:
        params = ", ".join(f"{inert(name)}={_value(value)}" for name, value in turn.params.items())
        spent = f"  cost {turn.cost:g}" if turn.cost else ""
        refused = "" if turn.ok else f"  refused: {inert(turn.reason)}"
        if turn.seen:
            changes = (_change(name, value, before.get(name)) for name, value in turn.seen.items())
            lines.append(f"step {turn.step}: sees {'  '.join(changes)}")
        lines.append(f"    does {inert(turn.action)}({params}){spent}{refused}")
        if turn.reasoning:
            lines.append(f"    because {inert(turn.reasoning, most=400)}")
        if turn.reading:
            lines.append("    reads " + "  ".join(f"{inert(name)} {_value(value)}" for name, value in turn.reading.items()))
        before = turn.seen
    return lines or ["the agent made no call"]


def _change(name: str, value: float, before: float | None) -> str:
    return f"{inert(name)} {value:.2f}" + ("" if before is None else f" ({value - before:+.2f})")


def _value(value: Json) -> str:
    return f"{value:g}" if isinstance(value, float) else inert(str(value))
