"""Where limits are shared by several machines: the address of a Redis. What is secret in it is never shown."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qs, urlsplit

FILES = "files"
"""In files of this machine, below the data root."""
EXPECTED = f"{FILES}, redis://HOST:PORT/DB, rediss://HOST:PORT/DB (TLS) or unix:///PATH"
IN_ENVIRONMENT = "say it in the environment: ALIENBIO_LIMITS_AT"
_SCHEMES = ("redis", "rediss", "unix")
_SECRET = ("username", "password")
_QUERY = frozenset({"db", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname", *_SECRET})


def address_problem(text: str) -> str:
    """Why limits cannot be shared there; '' if they can. Says nothing of what stands in `text`."""
    if text == FILES:
        return ""
    if not text.isprintable() or " " in text:
        return "it holds a blank or a control character"
    parts = _parts(text)
    if parts is None or not text.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)):
        return f"it begins with none of {', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
    if parts.fragment:
        return "nothing may stand behind `#`: a session is called by its run's id there"
    if "@" in parts.path or "@" in parts.query:
        return "in a password `/`, `?`, `#` and `@` are written %2F, %3F, %23 and %40"
    if parts.query and not parse_qs(parts.query).keys() <= _QUERY:
        return f"behind `?` only these are known: {', '.join(sorted(_QUERY))}"
    if parts.scheme == "unix":
        return (
            "" if parts.path and not parts.netloc.rpartition("@")[2] else "a socket's path begins with `/`, as in unix:///PATH"
        )
    if not parts.hostname:
        return "it names no host"
    return "" if parts.path.strip("/").isdecimal() or parts.path in ("", "/") else "a database is a number"


def shown(text: str) -> str:
    """The address without a user, a password and options, as it may be shown; two that show alike are the same place."""
    parts = _parts(text)
    return text if text == FILES or parts is None else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_secret(text: str) -> bool:
    """Whether there is more in an address than may stand in a file or on a command line."""
    parts = _parts(text)
    return parts is not None and ("@" in parts.netloc or not parse_qs(parts.query).keys().isdisjoint(_SECRET))


def _parts(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for one that is none
    except ValueError:
        return None
    return parts
