"""Who is judged: the candidates. A floor or a reference bounds the scale, and none of them regresses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..model import AgentVersion, Baseline, Batch

CANDIDATE = AgentVersion().role


def judged_only(new: Batch, base: Baseline) -> tuple[Batch, Baseline]:
    """Both without the agents that no gate judges; as they are, if no agent of the new run is a candidate.

    An agent's role is what the new run says; of one that only the baseline has, what that says. One of which nobody says it is
    a candidate. Of what this returns it returns the same.
    """
    names, out = _names(new), left_out(new)
    if not any(_role(new, name) == CANDIDATE for name in names):
        return new, base
    gone = {name for name in _names(base.batch) - names if _role(base.batch, name) != CANDIDATE}
    return _without(new, out), replace(base, batch=_without(base.batch, {*out, *gone}))


def left_out(new: Batch) -> tuple[str, ...]:
    """Agents of a run that no gate judges, by name; () if none is a candidate, for then all are judged."""
    names = _names(new)
    out = tuple(sorted(name for name in names if _role(new, name) != CANDIDATE))
    return out if len(out) < len(names) else ()


def remark(new: Batch) -> tuple[str, ...]:
    """`oracle, random: sanity judges them, gates do not`; () if everyone is judged."""
    out = left_out(new)
    return (f"{', '.join(out)}: sanity judges {'it' if len(out) == 1 else 'them'}, gates do not",) if out else ()


def _names(batch: Batch) -> set[str]:
    return {cell.agent for cell in batch.cells}


def _role(batch: Batch, name: str) -> str:
    return batch.agents[name].role if name in batch.agents else CANDIDATE


def _without(batch: Batch, names: Collection[str]) -> Batch:
    out = set(names)
    if not out:
        return batch
    cells = tuple(cell for cell in batch.cells if cell.agent not in out)
    return replace(batch, cells=cells, agents={name: each for name, each in batch.agents.items() if name not in out})
