"""Language models in `agents:`: what pydantic cannot see of them, and how they become entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from ..errors import Complaint
from ..model import Access, Json, Price, Source
from ..model.price import RATES, price_as_json
from ..model.source import Path
from .complaints import at, label
from .pricing import LIKE, complaints_about, priced

if TYPE_CHECKING:
    from .agent_schema import LanguageModel

IN_PARAMS = ("model", "base_url", "provider", "max_context")
"""Keys beside `kind` that decide how an agent acts, or where: they end up in its params."""


def check_model(source: Source, path: Path, *, echo: bool = True, recorded: bool = False) -> Iterator[Complaint]:
    """What is wrong with the agent at `path` that takes more than its shape to see; `recorded`: in a run's record."""
    agent = at(source.value, path)
    if not isinstance(agent, dict):
        return
    params = agent.get("params")
    for key in (*IN_PARAMS, "prompt"):
        if key in agent and isinstance(params, dict) and key in params:
            what = f"`{key}` stands in `{label(path)}` and in its `params`"
            yield source.complain((*path, "params", key), what, hint="leave one of them out", key=True)
    if not recorded:
        yield from check_key(source, path)
    if "price" in agent:
        yield from check_price(source, (*path, "price"), echo=echo)


def check_key(source: Source, path: Path) -> Iterator[Complaint]:
    """Refuses `{user: ...}` where people write: it is how a run's record spells that a key stands in the user's own file."""
    entry = at(source.value, path)
    said = entry.get("api_key") if isinstance(entry, dict) else None
    if isinstance(said, dict) and "user" in said:
        what = "`user` means a key of somebody's own file, and stands in records of runs only"
        expected, hint = "{env: NAME}, a variable of the environment, or {keyring: NAME}", "name that agent by its name"
        yield source.complain((*path, "api_key", "user"), what, expected=expected, hint=hint, key=True)


def check_price(source: Source, path: Path, *, echo: bool = True) -> Iterator[Complaint]:
    """What is wrong with a price; without `echo` no text of the file is shown."""
    value = at(source.value, path)
    if isinstance(value, str) and value != "free" and not echo:
        yield source.complain(path, "this is no price", expected=LIKE)
    elif value is not None:  # what is empty is told elsewhere
        yield from complaints_about(source, path, cast("Json", value))


def model_keys(source: Source, path: Path, item: LanguageModel, literal: str = "") -> dict[str, Any]:
    """What `item`, the checked agent at `path`, says of a language model, as keywords of an `AgentEntry`.

    `literal`: what a key that is written out is called by; only the user's own file has one.
    """
    params = cast("Mapping[str, Json]", getattr(item, "params", {}))
    said = {key: value for key in IN_PARAMS if (value := getattr(item, key)) is not None}
    files = {} if item.prompt is None else {name: text for name, text in item.prompt.model_dump().items() if text is not None}
    return {
        "params": {**said, **params},
        "key": reference(item.api_key, literal),
        "price": price_at(source, (*path, "price"), item.price),
        "cache": item.cache,
        "prompt": files,
    }


def reference(api_key: object, literal: str) -> str:
    """`{env: NAME}` as `env:NAME`."""
    if isinstance(api_key, dict):
        [(how, name)] = api_key.items()
        return f"{how}:{name}"
    return f"user:{literal}" if api_key is not None else ""


def price_at(source: Source, path: Path, value: object) -> Price | None:
    """A price about which nobody complained; None if there is none."""
    return None if value is None else priced(cast("Json", value), source.complain(path, "").where)


def access_written(access: Access) -> dict[str, Json]:
    """`access` as a line of `agents:` has it; {} for what says nothing."""
    how, _, name = access.key.partition(":")
    price: Json = None
    if access.price is not None:
        rates = price_as_json(access.price)
        price = "free" if access.price.is_free else {key: rates[key] for key in RATES if key in rates}
    found: dict[str, Json] = {
        "api_key": {how: name} if access.key else None,
        "price": price,
        "cache": access.cache or None,
    }
    return {key: value for key, value in found.items() if value is not None}
