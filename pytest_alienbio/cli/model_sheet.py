"""What `bio agent list` and `show` say of a language model: which it is, what it costs, and where its key is looked for."""

from __future__ import annotations

from dataclasses import replace

from ..errors import SpecError
from ..model import AgentEntry
from ..model.price import price_as_json
from ..play import Catalog
from ..report import ModelSheet
from ..run import Project
from ..run.profiles import Market, profile, settled


def model_sheet(name: str, catalog: Catalog, project: Project) -> ModelSheet | None:
    """About the agent `name`, with what the configuration says of its provider; None for what is no model, or not all of one.

    Nothing is asked over a network; of a key it is looked whether it is there.
    """
    found = profile(AgentEntry(name), catalog, project.profiles)
    info = catalog.agent(found.kind)
    if not info.is_model:
        return None
    from ..agents.llm.keys import key_place
    from ..agents.llm.prices import price_of, unpriced
    from ..agents.llm.profiles import endpoint_of

    market = Market(project.prices, project.providers)
    found = settled(replace(found, skip_reason=""), info, market, live=True, offline=False)
    try:
        endpoint = endpoint_of(found.kind, found.params, found.access)
    except (SpecError, TypeError):  # its params say what is wrong, or still to be given
        return None
    price, place = price_of(endpoint), key_place(endpoint)
    return ModelSheet(
        speaks=endpoint.wire_format,
        model=endpoint.model,
        base_url=endpoint.base_url,
        provider=endpoint.provider,
        price=None if price is None else price_as_json(price),
        unpriced=unpriced(endpoint),
        key_at=place.where,
        key_found=place.found,
        key_problem=place.problem,
    )
