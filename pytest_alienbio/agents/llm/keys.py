"""Keys of providers: where they are looked for, and found by the process that plays, at the moment it needs one.

A key is in no file that we write, no argument and no environment of a process that did not have it: what travels is where it
is found (`Endpoint.key`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import CannotPlayError, MissingExtraError
from ...model import Endpoint, inert

USER_FILE = Path("alienbio", "config.yaml")
"""Below `XDG_CONFIG_HOME`, else `~/.config`: the one file that may hold keys."""
NO_KEY = "none"
"""What a client is given where no key is needed: a server on one's own machine."""
MOST_BYTES = 1_000_000
_KNOWN: Mapping[str, tuple[str, str]] = {
    "openai": ("OPENAI_API_KEY", "api.openai.com"),
    "anthropic": ("ANTHROPIC_API_KEY", "api.anthropic.com"),
}
"""By wire format: the variable its provider is known by, and the host that may be sent what it holds."""


class Secret:
    """A text that shows itself to nobody who does not ask for it by name: not in a repr, a format, a pickle or a copy."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not handed on: what finds it is")


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the key of an endpoint is looked for, and whether there is one: never what it is."""

    where: tuple[str, ...]
    """The places, in order: `OPENAI_API_KEY`, `keyring: work`; () = none is needed."""
    found: str = ""
    """The first of them that has one."""
    problem: str = ""
    """Why one cannot be read at all: a package that is missing, a file that others may read."""

    @property
    def ready(self) -> bool:
        """Whether a call could be made, as far as the key goes."""
        return bool(self.found) or not self.where


def key_of(endpoint: Endpoint) -> Secret:
    """The key of an endpoint; `NO_KEY` where none is needed. Raises `CannotPlayError` that says where it was looked for."""
    problem = ""
    places = _places(endpoint)
    for place in places:
        try:
            text = _read(place, endpoint.base_url)
        except MissingExtraError:
            raise
        except CannotPlayError as error:
            problem = str(error)
            continue
        if text:
            return Secret(text)
    if not places:
        return Secret(NO_KEY)
    raise CannotPlayError(problem or f"no key for {_whose(endpoint)}: {_advice(places)}")


def key_place(endpoint: Endpoint) -> KeyPlace:
    """Where its key would be found, here and now. Raises nothing."""
    places, problem = _places(endpoint), ""
    for place in places:
        try:
            if _read(place, endpoint.base_url):
                return KeyPlace(tuple(map(_shown, places)), _shown(place))
        except CannotPlayError as error:
            problem = problem or str(error)
    return KeyPlace(tuple(map(_shown, places)), "", problem)


def variable_of(provider: str) -> str:
    """The variable that is looked at first for any provider: `ALIENBIO_<PROVIDER>_API_KEY`."""
    return f"ALIENBIO_{re.sub(r'[^A-Z0-9]+', '_', provider.upper())}_API_KEY"


def is_own_machine(url: str) -> bool:
    """Whether a URL leads to this machine and nowhere else."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def user_file() -> Path | None:
    """Where the user's own file would be; None if nobody has a home here."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(given if os.path.isabs(given) else os.path.expanduser("~/.config"))
    return folder / USER_FILE if folder.is_absolute() else None


def exposed(file: os.stat_result) -> str:
    """Why a file cannot hold a key, and what mends it, with `{}` for its path; '' if it can."""
    if stat.S_IMODE(file.st_mode) & 0o077:
        return f"others may read it (mode {stat.S_IMODE(file.st_mode):04o}); mend it: chmod 600 {{}}"
    if file.st_uid not in (os.getuid(), 0):
        return "it belongs to somebody else; mend it: chown $USER {}"
    return ""


def _places(endpoint: Endpoint) -> tuple[str, ...]:
    """References, in the order they are looked at; () if none is needed.

    What a provider is known by is sent to that provider and to one's own machine only: a `base_url` in somebody's battery
    must not be enough to be handed a key.
    """
    if endpoint.key:
        return (endpoint.key,)
    provider = endpoint.provider or endpoint.wire_format
    own = is_own_machine(endpoint.base_url)
    if endpoint.wire_format not in _KNOWN:
        named = (f"env:{variable_of(endpoint.provider)}",) if endpoint.provider else ()
        return tuple(place for place in named if not own or _read(place))
    variable, host = _KNOWN[endpoint.wire_format]
    places = [f"env:{variable_of(provider)}"]
    if not endpoint.base_url or own or urlsplit(endpoint.base_url).hostname == host:
        places.append(f"env:{variable}")
    return () if own and not any(map(_read, places)) else tuple(places)


def _read(place: str, base_url: str = "") -> str:
    """The key at a place, for a server; '' if there is none. Raises `CannotPlayError`."""
    how, _, name = place.partition(":")
    if how == "env":
        return os.environ.get(name, "").strip()
    if how == "keyring":
        return _from_keyring(name)
    if how == "user":
        return _from_user_file(name, base_url)
    raise CannotPlayError(f"nobody knows how to look for a key at {inert(how, most=20)!r}")


def _from_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise MissingExtraError(
            f"the key keyring: {inert(name, most=100)} needs the package keyring: pip install 'pytest-alienbio[keyring]'"
        ) from None
    try:
        return (keyring.get_password("pytest-alienbio", name) or "").strip()
    except KeyringError as error:
        raise CannotPlayError(
            f"the key keyring: {inert(name, most=100)} cannot be read: {type(error).__name__}: {inert(str(error), most=200)}"
        ) from None


def _from_user_file(name: str, base_url: str) -> str:
    """What the user's own file has at `agents/NAME` or `providers/NAME`, for the servers that it names there."""
    section, _, entry = name.partition("/")
    path = user_file()
    if path is None:
        return ""
    try:
        with open(path, "rb") as file:
            if problem := exposed(os.fstat(file.fileno())):
                raise CannotPlayError(f"the key in {path} is not used: {problem.format(path)}")
            data = file.read(MOST_BYTES)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotPlayError(f"{path} cannot be read: {error.strerror}") from None
    import yaml

    try:
        value = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones, both
    except yaml.YAMLError:
        raise CannotPlayError(f"{path} is not readable as YAML: `bio config` says where") from None
    key = _at(value, section, entry, "api_key")
    if not isinstance(key, str) or not key.strip():
        return ""
    meant = _servers(value, section, entry)
    if not is_own_machine(base_url) and _origin(base_url) not in map(_origin, meant):
        place = f"{section}.{inert(entry, most=100)}"
        raise CannotPlayError(
            f"the key in {path} at {place} is not sent to {_server(base_url)}: by that file it is for "
            f"{' and '.join(map(_server, meant))}; if both are right, say `base_url` there, too"
        )
    return key.strip()


def _servers(file: object, section: str, name: str) -> list[str]:
    """Which servers a user's own file means a key for, that stands in it at a section and a name; '' = the provider's own."""
    from .profiles import SHIPPED

    agents = _at(file, "agents")
    if section == "agents":
        entries = [_at(agents, name)]
    else:
        every = agents.values() if isinstance(agents, dict) else ()
        entries = [_at(file, section, name), *(each for each in every if name in (_at(each, "provider"), _at(each, "kind")))]
    found = []
    for entry in entries:
        kind = _at(entry, "kind")
        shipped = SHIPPED[kind].params if isinstance(kind, str) and kind in SHIPPED else {}
        provider = _at(entry, "provider") or shipped.get("provider") or kind
        said = (
            _at(entry, "base_url"),
            _at(entry, "params", "base_url"),
            shipped.get("base_url"),
            _at(file, "providers", provider, "base_url"),
        )
        found.append(next((url for url in said if isinstance(url, str) and url), ""))
    return list(dict.fromkeys(found))


def _at(value: object, *path: object) -> object:
    for step in path:
        value = value.get(step) if isinstance(value, dict) and isinstance(step, str) else None
    return value


def _origin(url: str) -> tuple[str, str, int | None]:
    """What two addresses of a server have in common; a provider's own are one, however they are said."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return (url, "", None)
    if parts.scheme == "https" and port in (None, 443):
        return ("", "", None) if host in (known for _, known in _KNOWN.values()) else ("https", host, 443)
    return (parts.scheme, host, 80 if parts.scheme == "http" and port is None else port)


def _server(url: str) -> str:
    return inert(url, most=200) if url else "its provider's own server"


def _shown(place: str) -> str:
    how, _, name = place.partition(":")
    if how == "env":
        return name
    return f"{user_file()}: {name.replace('/', '.')}.api_key" if how == "user" else f"keyring: {name}"


def _whose(endpoint: Endpoint) -> str:
    return inert(endpoint.provider or endpoint.base_url or endpoint.wire_format, most=100)


def _advice(places: tuple[str, ...]) -> str:
    first, how = _shown(places[-1]), places[-1].partition(":")[0]
    if how == "env":
        other = f" (or {_shown(places[0])})" if len(places) > 1 else ""
        return f"set {first}{other} in the environment, or say where it is: `api_key: {{env: NAME}}` or `{{keyring: NAME}}`"
    if how == "keyring":
        name = places[-1].partition(":")[2]
        return f"the keyring has none of that name: keyring set pytest-alienbio {inert(name, most=100)}"
    return f"there is none at {first}"
