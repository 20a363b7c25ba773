"""A client of the fake provider's admin side: what tests say to it, and ask of it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

_DIRECT = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Fake:
    """One key at the fake provider; nobody else has it."""

    url: str
    key: str

    @classmethod
    def at(cls, url: str, **rules: Any) -> Fake:
        """A new key, answered by `rules` (see `server.Rules`)."""
        fake = cls(url, f"sk-fake-{uuid.uuid4().hex}")
        fake.set(**rules)
        return fake

    @property
    def openai(self) -> str:
        """The base URL of its OpenAI side."""
        return f"{self.url}/v1"

    @property
    def anthropic(self) -> str:
        """The base URL of its Anthropic side."""
        return self.url

    def set(self, **rules: Any) -> None:
        """Starts anew, by `rules`."""
        self._call("/admin/rules", {"key": self.key, **rules})

    def change(self, **rules: Any) -> None:
        """Other rules from now on; counts go on."""
        self._call("/admin/change", {"key": self.key, **rules})

    @property
    def counts(self) -> dict[str, int]:
        """See `server.Account.counts`; what never happened is not in it."""
        return dict(self._call(f"/admin/counts?key={quote(self.key)}"))

    @property
    def log(self) -> list[dict[str, Any]]:
        """Its arrivals in order."""
        return list(self._call(f"/admin/log?key={quote(self.key)}"))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies that came."""
        return list(self._call(f"/admin/requests?key={quote(self.key)}"))

    @property
    def headers(self) -> list[str]:
        """Names of the last call's headers."""
        return list(self._call(f"/admin/headers?key={quote(self.key)}"))

    def _call(self, path: str, said: Any = None) -> Any:
        data = None if said is None else json.dumps(said).encode()
        with _DIRECT.open(Request(self.url + path, data), timeout=30) as answer:  # noqa: S310
            return json.load(answer)
