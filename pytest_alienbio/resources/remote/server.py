"""A session's part of a Redis database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ...errors import LimitStoreError, MissingExtraError

if TYPE_CHECKING:
    from redis import Redis
    from redis.commands.core import Script as Registered

SCHEMES = ("redis", "rediss", "unix")
INSTALL = "pip install 'pytest-alienbio[redis]'"
TIMEOUT_S = 10.0
"""For one answer; a server that is silent longer is not there."""
GONE = "gone"
"""What a script answers if there is nothing of the session."""

Reply = str | int | list["Reply"] | None
Script = tuple[str, str]
"""Its name and its text."""


class Server:
    """The server at `url`, and what is a session's in it: `redis://HOST:PORT/DATABASE#SESSION`, `rediss` with TLS, `unix`.

    Thread-safe, and may be taken through a fork. Raises `LimitStoreError`, in which no password ever stands, `ValueError`
    for what is no such address, and `MissingExtraError`.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        session = unquote(parts.fragment)
        host = parts.netloc.rpartition("@")[2]
        self.name = f"{parts.scheme}://{host}{parts.path}#{parts.fragment}"
        """The address as it may be shown."""
        if parts.scheme not in SCHEMES or not session or len(session) > 200 or set(session) & set("{}"):
            raise ValueError(f"{self.name}: expected redis://HOST:PORT/DATABASE#SESSION, with a name for the session")
        self._prefix = f"alienbio:{{{session}}}:"
        try:
            import redis
            from redis.backoff import ExponentialBackoff
            from redis.retry import Retry
        except ImportError:
            raise MissingExtraError(f"limits in Redis need its client: {INSTALL}") from None
        self._errors = (redis.RedisError, OSError)
        self._redis: Redis = redis.Redis.from_url(
            url.partition("#")[0],
            decode_responses=True,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), 3),
            retry_on_error=[redis.ConnectionError, redis.TimeoutError],
        )
        self._scripts: dict[str, Registered] = {}

    def key(self, name: str) -> str:
        """The key of something of the session; all are in one slot of a cluster."""
        return self._prefix + name

    def run(self, script: Script, keys: Sequence[str], arguments: Sequence[str | int | float]) -> Reply:
        """Runs a script, alone on the server. It may run twice if an answer is lost, which each has to bear."""
        name, text = script
        found = self._scripts.get(name) or self._scripts.setdefault(name, self._redis.register_script(text))
        try:
            reply: Reply = found(keys=[self.key(key) for key in keys], args=list(arguments))
        except self._errors as error:
            raise self.unusable(f"{type(error).__name__}: {error}") from None
        if reply == GONE:
            raise self.unusable("there is nothing of this session (any more): was it deleted, or the server emptied?")
        return reply

    def unusable(self, why: str) -> LimitStoreError:
        """What to raise."""
        what = f"the shared limits in {self.name} cannot be used: {why}"
        return LimitStoreError(f"{what}; without them no cap would hold, so nothing more is paid for")

    def close(self) -> None:
        """Closes the connections of this process."""
        with suppress(*self._errors):
            self._redis.close()
