"""From the lines of `agents:` to profiles: what each name means, and whether it takes the params it is given."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Complaint, UnknownNameError
from ..model import AgentEntry, AgentProfile, Battery, name_fault
from ..play import Catalog


def find_profiles(
    battery: Battery, catalog: Catalog, profiles: Mapping[str, AgentEntry], complaints: list[Complaint]
) -> list[tuple[AgentProfile, AgentEntry]]:
    """The profile of each line of `agents:`, in order, with its line."""
    found: list[tuple[AgentProfile, AgentEntry]] = []
    for entry in battery.agents:
        try:
            made = profile(entry, catalog, profiles)
            found.append((made, entry))
        except UnknownNameError as error:
            complaints.append(battery.complain(str(error), entry, hint=_hint(battery)))
            continue
        fault = name_fault(made.name)
        if fault and catalog.agent(made.kind).plays != "task":  # a variation is named by what it tries
            what, hint = f"{made.name!r} cannot name an agent: it holds {fault}", "use letters, digits and ._/+-"
            complaints.append(battery.complain(what, entry, hint=hint))
    if not battery.agents:
        hint = "give `agents:` in the battery, or `default_agents:` in bio.yaml"
        complaints.append(battery.complain(f"{battery.name}: no agent is named", hint=hint))
    return found


def _hint(battery: Battery) -> str:
    """What an unknown agent of a run's record may have been."""
    if not battery.origin.endswith(".py"):
        return ""
    return f"the record was made from {battery.origin}: if it was a class there, play that file, or register it by this name"


def profile(entry: AgentEntry, catalog: Catalog, profiles: Mapping[str, AgentEntry]) -> AgentProfile:
    """The profile an `agents:` line means: defined on the spot, else in `bio.yaml`, else a name of the catalog.

    Params of the line win over the profile's, one by one. Raises `UnknownNameError`.
    """
    base = profiles.get(entry.name) if not entry.kind else None
    kind = entry.kind or (base.kind if base else entry.name)
    if kind not in catalog.agents:
        known = catalog.agents if entry.kind or base else {**catalog.agents, **profiles}
        raise UnknownNameError("agent", kind, known)
    info = catalog.agent(kind)
    return AgentProfile(
        name=entry.label or entry.name,
        kind=kind,
        params={**(base.params if base else {}), **entry.params},
        role=entry.role or (base.role if base else "") or info.role,
        skip_reason=info.skip_reason,
        deterministic=info.deterministic,
    )
