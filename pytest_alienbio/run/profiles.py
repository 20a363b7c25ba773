"""From the lines of `agents:` to profiles: what each name means, and whether it takes the params it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from ..errors import Complaint, UnknownNameError
from ..model import Access, AgentEntry, AgentProfile, Battery, Price, ProviderEntry, name_fault
from ..play import AgentInfo, Catalog

LIVE = "--bio-live (bio: --live)"
"""The option without which nothing is paid, for people: two faces spell it differently."""
UNPAID = f"it costs money: add {LIVE}"
"""Why an agent is skipped that may not spend any."""


@dataclass(frozen=True, slots=True)
class Market:
    """What a configuration says of language models, whichever agent they are."""

    prices: Mapping[str, Price] = field(default_factory=dict)
    """By globs of models' names; the first that fits decides."""
    providers: Mapping[str, ProviderEntry] = field(default_factory=dict)


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
        if made.access != Access() and not catalog.agent(made.kind).is_model:
            what = f"api_key, price and cache are about language models, and {made.kind} is none"
            complaints.append(battery.complain(what, entry, hint="leave them out"))
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

    What the line says wins over its profile, that over what the catalog's name stands for; params one by one. Raises
    `UnknownNameError`.
    """
    said = [entry]
    if not entry.kind and entry.name in profiles:
        said.append(profiles[entry.name])
    kind = said[-1].kind or entry.name
    if kind not in catalog.agents:
        known = catalog.agents if said[-1].kind else {**catalog.agents, **profiles}
        raise UnknownNameError("agent", kind, known)
    if meant := catalog.agent(kind).stands_for:
        said.append(meant)
        kind = meant.kind
    info = catalog.agent(kind)
    return AgentProfile(
        name=entry.label or entry.name,
        kind=kind,
        params={name: value for each in reversed(said) for name, value in each.params.items()},
        role=next(filter(None, (each.role for each in said)), info.role),
        skip_reason=info.skip_reason,
        deterministic=info.deterministic,
        access=Access(
            next(filter(None, (each.key for each in said)), ""),
            next((each.price for each in said if each.price is not None), None),
            next((each.cache for each in said if each.cache is not None), False),
        ),
    )


def settled(agent: AgentProfile, info: AgentInfo, market: Market, *, live: bool, offline: bool) -> AgentProfile:
    """`agent` with what the configuration says of its provider and its model, where no profile did, and why it is not played:
    it costs money, and nobody said that it may (`live`). Where no provider is asked (`offline`) nothing does."""
    if not info.is_model:
        barred = info.is_paid and not (agent.skip_reason or live or offline)
        return replace(agent, skip_reason=UNPAID) if barred else agent
    known = market.providers.get(str(agent.params.get("provider") or agent.kind))
    if known and known.base_url and not agent.params.get("base_url"):
        agent = replace(agent, params={**agent.params, "base_url": known.base_url})
    if known and known.key and not agent.access.key and known.base_url in ("", agent.params.get("base_url")):
        agent = replace(agent, access=replace(agent.access, key=known.key))
    access, model = agent.access, str(agent.params.get("model", ""))
    if access.price is None:
        price = next((each for glob, each in market.prices.items() if fnmatchcase(model, glob)), None)
        agent = agent if price is None else replace(agent, access=replace(access, price=price))
    if agent.skip_reason or live or offline or is_free(agent):
        return agent
    return replace(agent, skip_reason=UNPAID)


def is_free(agent: AgentProfile) -> bool:
    """Whether a language model's calls cost nothing, as its files say; what they do not say costs."""
    return agent.access.price is not None and agent.access.price.is_free
