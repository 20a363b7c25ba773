"""A provider on loopback, for both wire formats: scripted answers, faults by class, and its own count of all that came.

`python -m tests.providers.server` prints its URL and serves until its standard input ends. What it does is said by `POST
/admin/rules` for each API key by itself, so that tests that run at once do not meet (see `Rules`).
"""

from __future__ import annotations

import hashlib
import json
import socket
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .disturbances import AFTER, BEFORE, KINDS, SPOKEN, Reply, cut, endless
from .formats import Asked, Body, error, prefixes, tokens_in, written

KEPT = 400
"""Requests of a key of which the bodies are kept."""


@dataclass(slots=True)
class Rules:
    """What one key is answered. Names are those of the JSON."""

    answers: list[Body] = field(default_factory=list)
    """Scripted: `{text, calls: [{name, arguments | raw}], reasoning, refusal, stop}`, see `formats.written`."""
    by: str = "arrival"
    """Which of them: the next one that nobody had, or `turn`: as many as the assistant has spoken in this conversation."""
    scripts: list[Body] = field(default_factory=list)
    """`{contains: TEXT, answers: [...]}`: by turn, for conversations that say TEXT; before `answers`."""
    default: Body = field(default_factory=lambda: {"text": "", "calls": [{"name": "wait", "arguments": {"steps": 1}}]})
    """When nothing else is left to say."""
    policy: str = ""
    """The name of a way to play, see `policy.act`: in place of all the above."""
    faults: dict[str, float] = field(default_factory=dict)
    """Kind -> share of calls, drawn by `seed`, what is asked and how often it was: whoever asks in whichever order."""
    seed: int = 0
    script: list[str] = field(default_factory=list)
    """Faults of the first calls, in order of arrival; '' = none."""
    latency_s: float = 0.0
    stall_s: float = 30.0
    retry_after_s: float = 0.05
    redirect_to: str = "http://collector.example/v1/steal"
    huge: int = 17_000_000
    revoke_after: int | None = None
    """From this call on the key is no key."""
    model: str = ""
    """The name it answers by; '' = the one it was asked by."""
    no_usage: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    """With each whole answer."""


@dataclass(slots=True)
class Account:
    """All about one key."""

    rules: Rules = field(default_factory=Rules)
    counts: Counter[str] = field(default_factory=Counter)
    """`calls`, `answered`, of these `input`, `cached`, `written`, `output`; `lost_input`, `lost_output` of what broke on its
    way back; `fault:KIND`."""
    log: list[Body] = field(default_factory=list)
    """Of each call: when it came (Unix seconds), its model, fault and turn."""
    bodies: list[Body] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    """Names of the last call's."""
    seen: Counter[str] = field(default_factory=Counter)
    cached: set[str] = field(default_factory=set)
    said: int = 0


class Provider:
    """What the server knows; every method is atomic."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: defaultdict[str, Account] = defaultdict(Account)

    def set(self, key: str, rules: Mapping[str, Any]) -> None:
        """Starts a key anew. Raises `ValueError` for rules it does not know."""
        unknown = set(rules) - {each.name for each in fields(Rules)}
        unknown |= {kind for kind in (*rules.get("faults", {}), *rules.get("script", ())) if kind and kind not in KINDS}
        if unknown:
            raise ValueError(f"no such rules: {sorted(unknown)}")
        with self._lock:
            self._accounts[key] = Account(Rules(**rules))

    def change(self, key: str, rules: Mapping[str, Any]) -> None:
        """Other rules from now on; counts go on."""
        with self._lock:
            for name, value in rules.items():
                setattr(self._accounts[key].rules, name, value)

    def tell(self, what: str, key: str | None) -> Any:
        """`counts`, `log` or `requests` of a key; of all keys together if it is None."""
        with self._lock:
            accounts = list(self._accounts.values()) if key is None else [self._accounts[key]]
            if what == "counts":
                return dict(sum((account.counts for account in accounts), Counter()))
            if what == "headers":
                return sorted({name for account in accounts for name in account.headers})
            if what == "log":
                return sorted((entry for account in accounts for entry in account.log), key=lambda entry: entry["at"])
            return [body for account in accounts for body in account.bodies]

    def hear(self, key: str, headers: list[str]) -> None:
        """Notes the names of a call's headers."""
        with self._lock:
            self._accounts[key].headers = headers

    def answer(self, asked: Asked) -> Reply:
        """What one call gets."""
        at = time.time()
        rules = self._accounts[asked.key].rules
        played = _play(rules.policy, asked) if rules.policy else None
        with self._lock:
            account = self._accounts[asked.key]
            what = hashlib.sha256(asked.text.encode()).hexdigest()
            account.seen[what] += 1
            # Names of answers are sent again in what follows: faults drawn by it are then the same in each run.
            number = f"{what[:12]}{account.seen[what]:04d}"
            fault = self._fault(what, account)
            account.counts["calls"] += 1
            account.log.append({"at": at, "model": asked.model, "fault": fault, "turn": asked.turn})
            if len(account.bodies) < KEPT:
                account.bodies.append(asked.body)
            if fault:
                account.counts[f"fault:{fault}"] += 1
            if fault in BEFORE:
                said = None
            else:
                said = played or self._scripted(asked, account)
                said = SPOKEN[fault](said) if fault in SPOKEN else said
                usage = self._usage(asked, said, account, delivered=fault not in AFTER)
        if rules.latency_s:
            time.sleep(rules.latency_s)
        if said is None:
            return BEFORE[fault](asked, {each.name: getattr(rules, each.name) for each in fields(Rules)})
        told = None if rules.no_usage or said.get("no_usage") else usage
        whole = Reply.of(200, written(asked, said, told, number, rules.model or asked.model), rules.headers)
        return cut(fault, whole) if fault in AFTER else whole

    def _fault(self, what: str, account: Account) -> str:
        rules, nth = account.rules, account.counts["calls"]
        if rules.revoke_after is not None and nth >= rules.revoke_after:
            return "revoked"
        if nth < len(rules.script):
            return rules.script[nth]
        drawn = hashlib.sha256(f"{rules.seed} {what} {account.seen[what]}".encode()).digest()
        left = int.from_bytes(drawn[:8], "big") / 2**64
        for kind, rate in rules.faults.items():
            left -= rate
            if left < 0:
                return kind
        return ""

    def _scripted(self, asked: Asked, account: Account) -> Body:
        rules = account.rules
        for script in rules.scripts:
            if script["contains"] in asked.text:
                return dict(script["answers"][min(asked.turn, len(script["answers"]) - 1)])
        at = asked.turn if rules.by == "turn" else account.said
        account.said += 1
        return dict(rules.answers[at] if at < len(rules.answers) else rules.default)

    def _usage(self, asked: Asked, said: Body, account: Account, *, delivered: bool) -> dict[str, int]:
        """What an answer takes, counted. What was asked before is cached: for OpenAI by itself, for Anthropic where marked."""
        parts = prefixes(asked)
        cached = next((tokens for name, tokens, _ in reversed(parts) if name in account.cached), 0)
        marked = [(name, tokens) for name, tokens, mark in parts if mark or asked.format == "openai"]
        account.cached.update(name for name, _ in marked)
        new = max(0, (marked[-1][1] if marked else 0) - cached) if asked.format == "anthropic" else 0
        reasoning = tokens_in(said["reasoning"]) if said.get("reasoning") else 0
        output = reasoning + tokens_in({"text": said.get("text"), "calls": said.get("calls", [])})
        found = {"input": parts[-1][1], "cached": cached, "written": new, "output": output, "reasoning": reasoning}
        if delivered:
            account.counts.update(answered=1, **found)
        else:
            account.counts.update(lost_input=found["input"], lost_output=found["output"])
        return found


def _play(name: str, asked: Asked) -> Body:
    """Late, for who plays by a script only starts sooner; outside of the lock, for it takes a while."""
    from . import policy

    return policy.act(name, asked)


class Handler(BaseHTTPRequestHandler):
    """One connection. Answers go out in one piece."""

    protocol_version = "HTTP/1.1"
    provider: Provider

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: keys are in what it would say."""

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        if at.path == "/" or not at.path.startswith("/admin/"):
            return self.send(Reply(404, b"<html>nothing here</html>", {"content-type": "text/html"}))
        key = parse_qs(at.query).get("key", [None])[0]
        self.json(self.provider.tell(at.path.rpartition("/")[2], key))

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        path = urlsplit(self.path).path
        if path.startswith("/admin/"):
            said = json.loads(text)
            act = self.provider.change if path.endswith("change") else self.provider.set
            try:
                act(said.pop("key"), said)
            except ValueError as fault:
                return self.send(Reply.of(400, {"error": str(fault)}))
            return self.json({})
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        for ending, format in (("/v1/chat/completions", "openai"), ("/v1/messages", "anthropic")):
            if path.endswith(ending):
                key = bearer or self.headers.get("x-api-key", "")  # releases of one SDK differ in it
                asked = Asked(format, key, json.loads(text), text)  # type: ignore[arg-type]
                self.provider.hear(key, sorted(map(str.lower, self.headers)))
                if not key:
                    return self.send(Reply.of(401, error(asked, "authentication_error", "You didn't provide an API key.")))
                return self.send(self.provider.answer(asked))
        self.send(Reply(404, b"<html>nothing here</html>", {"content-type": "text/html"}))

    def json(self, value: Any) -> None:
        self.send(Reply(200, json.dumps(value).encode(), {"content-type": "application/json"}))

    def send(self, reply: Reply) -> None:
        if reply.stall_s:
            # Until the client has gone, or the time is over.
            self.connection.settimeout(reply.stall_s)
            with suppress(OSError):
                self.connection.recv(1)
        if reply.silent:
            self.close_connection = True
            return
        broken = reply.sent is not None or reply.endless
        lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in reply.headers.items())]
        lines.append("transfer-encoding: chunked" if reply.endless else f"content-length: {len(reply.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        self.close_connection = self.close_connection or broken
        with suppress(OSError):
            self.connection.sendall(head + (b"" if reply.endless else reply.body[: reply.sent]))
            if reply.endless:
                for chunk in (reply.body, *()):
                    self.connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                for chunk in endless():
                    self.connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                    time.sleep(0.01)


class Server(ThreadingHTTPServer):
    """Many connections at once, none waited for at the end."""

    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no news; anything else is a fault of this server, and shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serves until standard input ends: whoever started it is then gone."""
    handler = type("Bound", (Handler,), {"provider": Provider()})
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
