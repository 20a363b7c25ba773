"""Language models of a plan: what must be there before the first of their cells, and who plays them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib.util import find_spec

from ..errors import Complaint, MissingExtraError, SpecError
from ..model import AgentProfile, Plan
from ..play import Catalog

THREADS = 16
"""Calls at once by default: a call takes seconds and a thread next to nothing; most accounts are allowed so many, and one
more provider's bill is watched better at 16 calls than at 100."""
CALL_S = 10.0
"""How long a call takes, roughly: more threads than a rate feeds in that time would only wait."""
PACKAGES: Mapping[str, str] = {"openai": "openai", "openai-compatible": "openai", "anthropic": "anthropic"}
"""The client that speaks each wire format."""
INSTALL = "pip install 'pytest-alienbio[llm]'"


def models_of(plan: Plan, catalog: Catalog, ids: Collection[str] | None = None) -> tuple[AgentProfile, ...]:
    """The language models that would play, each once; `ids`: of these cells alone."""
    found = {
        id(cell.agent): cell.agent for cell in plan.cells if not cell.agent.skip_reason and (ids is None or cell.id in ids)
    }
    return tuple(each for each in found.values() if each.kind in catalog.agents and catalog.agent(each.kind).is_model)


def check_models(plan: Plan, catalog: Catalog, ids: Collection[str] | None = None) -> None:
    """Raises before anything is asked or paid: `MissingExtraError` where a client is not installed, `SpecError` for a model
    whose price nobody knows. Nothing is asked of a catalog that reaches no provider."""
    models = () if catalog.offline else models_of(plan, catalog, ids)
    if not models:
        return
    for agent in models:
        package = PACKAGES[agent.kind]
        if find_spec(package) is None:
            raise MissingExtraError(f"agent {agent.name!r} needs the package {package}, which is not installed: {INSTALL}")
    from ..agents.llm.prices import unpriced
    from ..agents.llm.profiles import endpoint_of

    battery = plan.battery
    entries = {entry.label or entry.name: entry for entry in battery.agents}
    wrong: list[Complaint] = []
    for agent in models:
        if said := unpriced(endpoint_of(agent.kind, agent.params, agent.access)):
            wrong.append(battery.complain(f"{agent.name}: {said}", entries.get(agent.name, "agents")))
    if wrong:
        raise SpecError([*dict.fromkeys(wrong)])


def unreplayable(plan: Plan, catalog: Catalog) -> str:
    """What of `plan` could not be replayed, because it keeps no traces of its models' cells; '' = nothing."""
    kept = plan.battery.traces
    if kept == "all" or not models_of(plan, catalog):
        return ""
    which = "no cell of its models" if kept == "none" else "none of its models' cells that pass"
    return f"with `traces: {kept}` {which} can be replayed"


def with_engine(plan: Plan, catalog: Catalog, rates: Mapping[str, str]) -> Plan:
    """`plan` on threads if language models play in it and nobody said who plays: cells that wait are played side by side."""
    battery = plan.battery
    if battery.engine is not None or not (models := models_of(plan, catalog)):
        return plan
    width = battery.concurrency or max(1, min(THREADS, _fed(models, rates)))
    return replace(plan, battery=replace(battery, engine=f"threads:{width}", engine_by_default=True))


def _fed(models: Collection[AgentProfile], rates: Mapping[str, str]) -> int:
    """How many calls at once the rates of their providers feed together."""
    providers = {str(agent.params.get("provider") or agent.kind) for agent in models}
    if not providers <= rates.keys():
        return THREADS
    return sum(int(int(str(rates[each]).partition("/")[0]) * CALL_S / 60) for each in providers)
